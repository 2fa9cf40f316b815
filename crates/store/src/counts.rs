//! The question that answers everything which the detectors of a step want counted: in one trip where that counts.

use crate::{
    Fault,
    attempts::{TABLE, subject},
    sql::{Row, Sql, Value, column},
};
use gate::{By, Count, How, Step, Subjects, Tally};
use std::sync::LazyLock;
use terms::{Span, Time};

/// What stands for `?n` in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parameter {
    /// Whoever asks, on this axis.
    Subject(By),
    /// The time that lies so far back.
    Ago(Span),
    /// How much is to move.
    Amount,
}

/// Counts, and the statements that answer them: all at once, or one after the other.
pub struct Question {
    pub(crate) counts: Vec<Count>,
    at_once: Statement,
    each: Vec<Statement>,
}

/// A statement whose one row has one column per count, and what its parameters stand for.
struct Statement {
    sql: String,
    parameters: Vec<Parameter>,
}

/// The question of a step; nothing where nothing is counted.
pub(crate) fn question(step: Step) -> Option<&'static Question> {
    static QUESTIONS: LazyLock<Vec<Option<Question>>> =
        LazyLock::new(|| Step::ALL.iter().map(|step| Question::new(gate::needs(*step))).collect());
    QUESTIONS.get(step as usize).and_then(Option::as_ref)
}

/// The column of an axis.
pub(crate) const fn axis(by: By) -> &'static str {
    match by {
        By::Customer => "customer",
        By::Device => "device",
        By::Address => "address",
        By::Network => "network",
        By::Bank => "bank",
        By::BankAccount => "bank_account",
        By::Holder => "holder",
        By::Payee | By::AsPayee => "payee",
    }
}

impl Question {
    /// The question that answers these counts, in one trip to the database; nothing where there are none. Make it once:
    /// the statement is kept.
    pub fn new(counts: &[Count]) -> Option<Self> {
        if counts.is_empty() {
            return None;
        }
        let each = counts.chunks(1).map(Statement::new).collect();
        Some(Self { counts: counts.to_vec(), at_once: Statement::new(counts), each })
    }

    /// Asks: in one trip where the database is far, else each count for itself, which SQLite answers several times
    /// faster than all of them together.
    pub(crate) fn ask(&self, sql: &mut dyn Sql, subjects: &Subjects, now: Time) -> Result<Row, Fault> {
        if sql.is_far() {
            return self.at_once.ask(sql, subjects, now);
        }
        let mut row = Row::new();
        for (count, one) in self.counts.iter().zip(&self.each) {
            // Nobody is meant, or too little is to move: nothing is counted, and nothing need be asked.
            let idle = subject(subjects, count.by) == Value::Null
                || subjects.amount.is_some_and(|amount| amount < count.least);
            row.extend(if idle { vec![Value::Null] } else { one.ask(sql, subjects, now)? });
        }
        Ok(row)
    }

    /// The answers, in the order of the counts.
    pub(crate) fn answers(&self, row: &Row, now: Time) -> Result<Vec<(Count, u64)>, Fault> {
        let answer = |(place, count): (usize, &Count)| {
            let found = column(TABLE, row, place, |value| match value {
                Value::Null => Some(None),
                value => value.as_int().map(Some),
            })?;
            let number = match (count.tally, found) {
                (_, None) => return Ok((*count, count.nothing())),
                (Tally::SinceFirst | Tally::SinceLast, Some(at)) => {
                    now.since(Time::from_millis(at)).as_millis()
                }
                (_, Some(number)) => number,
            };
            Ok((*count, u64::try_from(number).unwrap_or(0)))
        };
        self.counts.iter().enumerate().map(answer).collect()
    }
}

impl Statement {
    fn new(counts: &[Count]) -> Self {
        let mut parameters = Vec::new();
        let columns: Vec<String> = counts.iter().map(|count| answer(count, &mut parameters)).collect();
        Self { sql: format!("SELECT {}", columns.join(", ")), parameters }
    }

    fn ask(&self, sql: &mut dyn Sql, subjects: &Subjects, now: Time) -> Result<Row, Fault> {
        let value = |parameter: &Parameter| match *parameter {
            Parameter::Subject(by) => subject(subjects, by),
            Parameter::Ago(span) => Value::Int(now.minus(span).millis()),
            Parameter::Amount => Value::Int(subjects.amount.map_or(i64::MAX, terms::Yen::get)),
        };
        let values: Vec<Value> = self.parameters.iter().map(value).collect();
        let rows = sql.query(&self.sql, &values)?;
        rows.into_iter().next().ok_or(Fault::Row { table: TABLE, why: "no count".to_owned() })
    }
}

/// `?n` for a parameter, the same for the same.
fn place(parameters: &mut Vec<Parameter>, wanted: Parameter) -> String {
    let known = parameters.iter().position(|parameter| *parameter == wanted);
    let place = known.unwrap_or_else(|| {
        parameters.push(wanted);
        parameters.len() - 1
    });
    format!("?{}", place + 1)
}

/// The column that answers one count. Each step and outcome is read for itself, at most so many rows along one order
/// of the table and no column more than needed: for a list of alternatives SQLite makes a table of its own.
fn answer(count: &Count, parameters: &mut Vec<Parameter>) -> String {
    let outcomes: &[u8] = match count.how {
        How::Any => &[0, 1],
        How::Taken => &[0],
        How::Refused | How::RefusedFor(_) => &[1],
    };
    let (by, whoever) = (axis(count.by), place(parameters, Parameter::Subject(count.by)));
    let mut bounds = format!("at > {}", place(parameters, Parameter::Ago(count.span)));
    if count.skip > Span::millis(0) {
        bounds += &format!(" AND at <= {}", place(parameters, Parameter::Ago(count.skip)));
    }
    if count.by.is_place() {
        bounds += " AND door = 1";
    }
    let order = if count.tally == Tally::SinceFirst { "at" } else { "at DESC" };
    let (columns, limit) = (columns(count), count.rows);
    let mut rows = Vec::new();
    for (step, refused) in
        count.steps.iter().flat_map(|step| outcomes.iter().map(move |refused| (step, refused)))
    {
        let step = step.as_str();
        rows.push(format!(
            "SELECT {columns} FROM attempts WHERE {by} = {whoever} AND step = '{step}' AND refused = {refused} \
             AND {bounds} ORDER BY {order} LIMIT {limit}"
        ));
    }
    let rows = match rows.as_slice() {
        [rows] => rows.clone(),
        several => {
            let named: Vec<String> =
                several.iter().map(|rows| format!("SELECT {columns} FROM ({rows}) AS part")).collect();
            named.join(" UNION ALL ")
        }
    };
    let what = match count.tally {
        Tally::Attempts => "COUNT(*)".to_owned(),
        Tally::Distinct(of) => format!("COUNT(DISTINCT {})", axis(of)),
        Tally::Yen => "CAST(COALESCE(SUM(amount), 0) AS BIGINT)".to_owned(),
        Tally::SinceFirst => "MIN(at)".to_owned(),
        Tally::SinceLast => "MAX(at)".to_owned(),
    };
    let mut fits = Vec::new();
    if let Some(same) = count.same {
        fits.push(format!("{} = {}", axis(same), place(parameters, Parameter::Subject(same))));
    }
    if let How::RefusedFor(codes) = count.how {
        let codes: Vec<String> = codes.iter().map(|code| format!("'{code}'")).collect();
        fits.push(format!("code IN ({})", codes.join(", ")));
    }
    let fits = if fits.is_empty() { String::new() } else { format!(" WHERE {}", fits.join(" AND ")) };
    let answer = format!("(SELECT {what} FROM ({rows}) AS read{fits})");
    if count.least.is_zero() {
        return answer;
    }
    let (amount, least) = (place(parameters, Parameter::Amount), count.least.get());
    format!("CASE WHEN CAST({amount} AS BIGINT) >= {least} THEN {answer} END")
}

/// What is looked at of each row, in order: nothing but what the index has, where that is enough.
fn columns(count: &Count) -> String {
    let mut columns = std::collections::BTreeSet::from(["at"]);
    match count.tally {
        Tally::Distinct(of) => drop(columns.insert(axis(of))),
        Tally::Yen => drop(columns.insert("amount")),
        Tally::Attempts | Tally::SinceFirst | Tally::SinceLast => {}
    }
    columns.extend(count.same.map(axis));
    columns.extend(matches!(count.how, How::RefusedFor(_)).then_some("code"));
    columns.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::STEPS;

    #[test]
    fn no_count_reads_everybodys_attempts_or_sorts_them() {
        let database = rusqlite::Connection::open_in_memory().expect("opens");
        STEPS.iter().for_each(|step| database.execute_batch(step).expect("is applied"));
        for step in Step::ALL {
            let Some(question) = Question::new(gate::needs(*step)) else { continue };
            let Statement { sql, parameters } = &question.at_once;
            let mut statement =
                database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("is a statement");
            let values = vec![rusqlite::types::Null; parameters.len()];
            let plan: Vec<String> = statement
                .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
                .expect("a plan")
                .map(|line| line.expect("a line"))
                .collect();
            let searches = plan.iter().filter(|line| line.starts_with("SEARCH attempts USING")).count();
            let parts = |count: &Count| count.steps.len() * if count.how == How::Any { 2 } else { 1 };
            let parts: usize = question.counts.iter().map(parts).sum();
            assert_eq!(searches, parts, "{step:?}: {plan:#?}");
            for line in &plan {
                assert!(!line.starts_with("SCAN attempts"), "{step:?}: {plan:#?}");
                assert!(!line.contains("FOR ORDER BY"), "{step:?}: {plan:#?}");
                let timed = !line.starts_with("SEARCH attempts") || line.contains("at>");
                assert!(timed, "{step:?}: {line}");
            }
        }
    }
}
