//! Remembered attempts, and the counts that detectors want (P6).

use crate::{
    Fault,
    shelf::Shelf,
    sql::{Manner, Row, Shape, Value, column},
};
use gate::{Attempt, By, Count, Evidence, Outcome, Ruling, Step, Subjects, needs};
use std::collections::HashMap;
use terms::Time;

pub(crate) const TABLE: &str = "attempts";
const ATTEMPTS: Shape = Shape {
    table: TABLE,
    columns: &[
        "id",
        "at",
        "step",
        "refused",
        "code",
        "ruling",
        "findings",
        "customer",
        "device",
        "address",
        "bank",
        "bank_account",
        "holder",
    ],
    has_body: false,
    keys: 1,
    manner: Manner::Insert,
};
const AXES: [By; 6] = [By::Customer, By::Device, By::Address, By::Bank, By::BankAccount, By::Holder];

/// Attempts that this batch remembered and the database has not seen, by whom: they count too.
#[derive(Default)]
pub(crate) struct PendingAttempts {
    by: HashMap<Vec<u8>, Vec<(Step, bool)>>,
}

impl PendingAttempts {
    fn place(by: By, subject: &Value) -> Vec<u8> {
        let mut place = axis(by).as_bytes().to_vec();
        subject.key_bytes(&mut place);
        place
    }

    fn add(&mut self, step: Step, refused: bool, subjects: &Subjects) {
        for by in AXES {
            let subject = subject(subjects, by);
            if subject != Value::Null {
                self.by.entry(Self::place(by, &subject)).or_default().push((step, refused));
            }
        }
    }

    fn count(&self, count: &Count, by: &Value) -> usize {
        let fits = |&&(step, refused): &&(Step, bool)| {
            step == count.step && count.refused.is_none_or(|wanted| wanted == refused)
        };
        self.by.get(&Self::place(count.by, by)).map_or(0, |found| found.iter().filter(fits).count())
    }

    /// They were written.
    pub(crate) fn clear(&mut self) {
        self.by.clear();
    }
}

const fn axis(by: By) -> &'static str {
    match by {
        By::Customer => "customer",
        By::Device => "device",
        By::Address => "address",
        By::Bank => "bank",
        By::BankAccount => "bank_account",
        By::Holder => "holder",
    }
}

fn subject(subjects: &Subjects, by: By) -> Value {
    match by {
        By::Customer => Value::maybe(subjects.customer, |id| Value::id(id.uuid())),
        By::Device => Value::maybe(subjects.device, |id| Value::id(id.uuid())),
        By::Address => Value::maybe(subjects.address.as_deref(), Value::text),
        By::Bank => Value::maybe(subjects.bank, |bank| Value::text(bank.as_str())),
        By::BankAccount => Value::maybe(subjects.bank_account.as_ref(), Value::digest),
        By::Holder => Value::maybe(subjects.holder.as_ref(), Value::digest),
    }
}

impl Shelf<'_> {
    /// Everything that the detectors of a step and `more` want counted by these subjects.
    pub(crate) fn counted(
        &mut self,
        step: Step,
        more: &[Count],
        subjects: &Subjects,
        now: Time,
    ) -> Result<Evidence, Fault> {
        let mut answers = Vec::new();
        let wanted = needs(step);
        let more = more.iter().filter(|count| !wanted.contains(count)).copied().collect::<Vec<_>>();
        for count in wanted.into_iter().chain(more) {
            let answer = self.count(&count, subjects, now)?;
            answers.push((count, answer));
        }
        Ok(Evidence::new(answers))
    }

    /// The attempts of a step in the order remembered, at most a thousand: when, and whether it was refused.
    pub fn attempts_of(&mut self, step: Step) -> Result<Vec<(Time, bool)>, Fault> {
        let sql = "SELECT at, refused FROM attempts WHERE step = ?1 ORDER BY id LIMIT 1000";
        let rows = self.query(TABLE, sql, &[Value::text(step.as_str())])?;
        rows.iter()
            .map(|row| {
                let at = column(TABLE, row, 0, Value::as_int)?;
                let refused = column(TABLE, row, 1, Value::as_int)?;
                Ok((Time::from_millis(at), refused != 0))
            })
            .collect()
    }

    fn count(&mut self, count: &Count, subjects: &Subjects, now: Time) -> Result<u32, Fault> {
        let by = subject(subjects, count.by);
        if by == Value::Null {
            return Ok(0);
        }
        let waiting = self.attempts.count(count, &by);
        let (what, waiting) = match count.distinct {
            None => ("*".to_owned(), waiting),
            Some(other) => {
                if waiting > 0 {
                    // Who is distinct cannot be told from two sides: the database counts them all.
                    self.attempts.clear();
                    self.pending.flush(TABLE, self.sql)?;
                }
                (format!("DISTINCT {}", axis(other)), 0)
            }
        };
        let refused = match count.refused {
            None => " AND refused IN (0, 1)",
            Some(true) => " AND refused = 1",
            Some(false) => " AND refused = 0",
        };
        let sql = format!(
            "SELECT COUNT({what}) FROM attempts WHERE {} = ?1 AND step = ?2 AND at > ?3{refused}",
            axis(count.by)
        );
        let since = Value::Int(now.minus(count.span).millis());
        let rows = self.sql.query(&sql, &[by, Value::text(count.step.as_str()), since])?;
        let found = rows.first().ok_or(Fault::Row { table: TABLE, why: "no count".to_owned() })?;
        let found = column(TABLE, found, 0, |value| u32::try_from(value.as_int()?).ok())?;
        Ok(found.saturating_add(u32::try_from(waiting).unwrap_or(u32::MAX)))
    }

    pub(crate) fn remember(&mut self, attempt: &Attempt) {
        let (refused, code) = match &attempt.outcome {
            Outcome::Taken => (0, Value::Null),
            Outcome::Refused(code) => (1, Value::text(code.as_str())),
        };
        let ruling = attempt.ruling.map(Ruling::as_str);
        let findings = match attempt.findings.as_slice() {
            [] => Value::Null,
            findings => Value::text(serde_json::to_string(findings).unwrap_or_default()),
        };
        let subjects = &attempt.subjects;
        let values: Row = vec![
            Value::id(attempt.id),
            Value::Int(attempt.at.millis()),
            Value::text(attempt.step.as_str()),
            Value::Int(refused),
            code,
            Value::maybe(ruling, Value::text),
            findings,
            subject(subjects, By::Customer),
            subject(subjects, By::Device),
            subject(subjects, By::Address),
            subject(subjects, By::Bank),
            subject(subjects, By::BankAccount),
            subject(subjects, By::Holder),
        ];
        self.attempts.add(attempt.step, refused == 1, subjects);
        self.pending.add(&ATTEMPTS, values);
    }
}
