//! The one question that answers everything which the detectors of a step want counted: one statement, one trip.

use crate::{
    Fault,
    attempts::{TABLE, subject},
    sql::{Row, Value, column},
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

/// A statement whose one row has one column per count, and what its parameters stand for.
pub struct Question {
    pub(crate) counts: Vec<Count>,
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
        let mut parameters = Vec::new();
        let columns: Vec<String> = counts.iter().map(|count| answer(count, &mut parameters)).collect();
        Some(Self { counts: counts.to_vec(), sql: format!("SELECT {}", columns.join(", ")), parameters })
    }

    /// The statement.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// The values of its parameters.
    pub(crate) fn values(&self, subjects: &Subjects, now: Time) -> Vec<Value> {
        let value = |parameter: &Parameter| match *parameter {
            Parameter::Subject(by) => subject(subjects, by),
            Parameter::Ago(span) => Value::Int(now.minus(span).millis()),
            Parameter::Amount => Value::Int(subjects.amount.map_or(i64::MAX, terms::Yen::get)),
        };
        self.parameters.iter().map(value).collect()
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

/// `?n` for a parameter, the same for the same.
fn place(parameters: &mut Vec<Parameter>, wanted: Parameter) -> String {
    let known = parameters.iter().position(|parameter| *parameter == wanted);
    let place = known.unwrap_or_else(|| {
        parameters.push(wanted);
        parameters.len() - 1
    });
    format!("?{}", place + 1)
}

/// The column that answers one count: of at most so many rows, read along one order of the table.
fn answer(count: &Count, parameters: &mut Vec<Parameter>) -> String {
    let steps: Vec<String> = count.steps.iter().map(|step| format!("'{}'", step.as_str())).collect();
    let refused = match count.how {
        How::Any => "refused IN (0, 1)",
        How::Taken => "refused = 0",
        How::Refused | How::RefusedFor(_) => "refused = 1",
    };
    let mut rows = format!(
        "SELECT * FROM attempts WHERE {} = {} AND step IN ({}) AND {refused} AND at > {}",
        axis(count.by),
        place(parameters, Parameter::Subject(count.by)),
        steps.join(", "),
        place(parameters, Parameter::Ago(count.span)),
    );
    if count.skip > Span::millis(0) {
        rows += &format!(" AND at <= {}", place(parameters, Parameter::Ago(count.skip)));
    }
    if count.by.is_place() {
        rows += " AND door = 1";
    }
    if steps.len() == 1 && count.how != How::Any {
        rows += if count.tally == Tally::SinceFirst { " ORDER BY at" } else { " ORDER BY at DESC" };
    }
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
    let answer = format!("(SELECT {what} FROM ({rows} LIMIT {}) AS read{fits})", count.rows);
    if count.least.is_zero() {
        return answer;
    }
    let (amount, least) = (place(parameters, Parameter::Amount), count.least.get());
    format!("CASE WHEN CAST({amount} AS BIGINT) >= {least} THEN {answer} END")
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
            let mut statement =
                database.prepare(&format!("EXPLAIN QUERY PLAN {}", question.sql())).expect("is a statement");
            let values = vec![rusqlite::types::Null; question.parameters.len()];
            let plan: Vec<String> = statement
                .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
                .expect("a plan")
                .map(|line| line.expect("a line"))
                .collect();
            let searches = plan.iter().filter(|line| line.starts_with("SEARCH attempts USING")).count();
            assert_eq!(searches, question.counts.len(), "{step:?}: {plan:#?}");
            for line in &plan {
                assert!(!line.starts_with("SCAN attempts"), "{step:?}: {plan:#?}");
                assert!(!line.contains("FOR ORDER BY"), "{step:?}: {plan:#?}");
                let timed = !line.starts_with("SEARCH attempts") || line.contains("at>");
                assert!(timed, "{step:?}: {line}");
            }
        }
    }
}
