//! Remembered attempts, and the counts that detectors want (P6).

use crate::{
    Fault,
    counts::{Question, axis},
    shelf::Shelf,
    sql::{Manner, Row, Shape, Value, column},
};
use gate::{Attempt, By, Count, Evidence, How, Outcome, Ruling, Step, Subjects, Tally};
use std::collections::HashMap;
use terms::{Time, Yen};

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
        "network",
        "bank",
        "bank_account",
        "holder",
        "payee",
        "amount",
        "door",
    ],
    has_body: false,
    keys: 1,
    manner: Manner::Insert,
};

/// An attempt that the database has not seen.
struct Waiting {
    step: Step,
    refused: bool,
    at: Time,
    amount: Option<Yen>,
}

/// Attempts that this batch remembered and the database has not seen, by whom: they count too.
#[derive(Default)]
pub(crate) struct PendingAttempts {
    by: HashMap<Vec<u8>, Vec<Waiting>>,
}

impl PendingAttempts {
    fn place(by: By, subject: &Value) -> Vec<u8> {
        let mut place = axis(by).as_bytes().to_vec();
        place.push(0);
        subject.key_bytes(&mut place);
        place
    }

    fn add(&mut self, attempt: &Attempt, refused: bool) {
        let subjects = &attempt.subjects;
        // Whoever is paid is found as such from either side.
        for by in By::ALL.iter().filter(|by| **by != By::AsPayee) {
            let subject = subject(subjects, *by);
            if subject != Value::Null && (attempt.step.is_door() || !by.is_place()) {
                let (step, at, amount) = (attempt.step, attempt.at, subjects.amount);
                let waiting = Waiting { step, refused, at, amount };
                self.by.entry(Self::place(*by, &subject)).or_default().push(waiting);
            }
        }
    }

    /// Those that fit a count, but for what only the database can tell.
    fn of(&self, count: &Count, subjects: &Subjects, now: Time) -> impl Iterator<Item = &Waiting> {
        let wanted = match count.how {
            How::Any => None,
            How::Taken => Some(false),
            How::Refused | How::RefusedFor(_) => Some(true),
        };
        let (steps, after, until) = (count.steps, now.minus(count.span), now.minus(count.skip));
        let by = subject(subjects, count.by);
        let of = if by == Value::Null { None } else { self.by.get(&Self::place(count.by, &by)) };
        of.into_iter().flatten().filter(move |waiting| {
            steps.contains(&waiting.step)
                && wanted.is_none_or(|wanted| wanted == waiting.refused)
                && waiting.at > after
                && waiting.at <= until
        })
    }

    /// Whether a count can only be told by the database, and something that waits may be part of it.
    fn hides(&self, count: &Count, subjects: &Subjects, now: Time) -> bool {
        let plain = count.same.is_none()
            && !matches!(count.how, How::RefusedFor(_))
            && !matches!(count.tally, Tally::Distinct(_));
        !plain && self.of(count, subjects, now).next().is_some()
    }

    /// What waits added to what the database told.
    fn with(&self, count: &Count, found: u64, subjects: &Subjects, now: Time) -> u64 {
        if subjects.amount.is_some_and(|amount| amount < count.least) {
            return found;
        }
        self.of(count, subjects, now).fold(found, |found, waiting| {
            let ago = u64::try_from(now.since(waiting.at).as_millis()).unwrap_or(0);
            let amount = waiting.amount.and_then(|amount| u64::try_from(amount.get()).ok()).unwrap_or(0);
            match count.tally {
                Tally::Attempts => found.saturating_add(1),
                Tally::Yen => found.saturating_add(amount),
                Tally::SinceLast => found.min(ago),
                Tally::SinceFirst if found == gate::NEVER => ago,
                Tally::SinceFirst => found.max(ago),
                Tally::Distinct(_) => found,
            }
        })
    }

    /// They were written.
    pub(crate) fn clear(&mut self) {
        self.by.clear();
    }
}

/// Who is meant on an axis.
pub(crate) fn subject(subjects: &Subjects, by: By) -> Value {
    match by {
        By::Customer | By::AsPayee => Value::maybe(subjects.customer, |id| Value::id(id.uuid())),
        By::Device => Value::maybe(subjects.device, |id| Value::id(id.uuid())),
        By::Address => Value::maybe(subjects.address.as_deref(), Value::text),
        By::Network => Value::maybe(subjects.network.as_deref(), Value::text),
        By::Bank => Value::maybe(subjects.bank, |bank| Value::text(bank.as_str())),
        By::BankAccount => Value::maybe(subjects.bank_account.as_ref(), Value::digest),
        By::Holder => Value::maybe(subjects.holder.as_ref(), Value::digest),
        By::Payee => Value::maybe(subjects.payee, |id| Value::id(id.uuid())),
    }
}

impl Shelf<'_> {
    /// Everything that a question asks about these subjects, with how much is to move.
    pub(crate) fn counted(
        &mut self,
        question: Option<&Question>,
        subjects: &Subjects,
        now: Time,
    ) -> Result<Evidence, Fault> {
        let answers = match question {
            Some(question) if self.counts_nothing => {
                question.counts.iter().map(|count| (*count, count.nothing())).collect()
            }
            Some(question) => self.answers(question, subjects, now)?,
            None => Vec::new(),
        };
        Ok(Evidence::new(answers).moving(subjects.amount.unwrap_or_default()))
    }

    /// The answers to a question by these subjects, exact up to each count's bound: what this batch remembered and
    /// the database has not seen is counted too.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub fn answers(
        &mut self,
        question: &Question,
        subjects: &Subjects,
        now: Time,
    ) -> Result<Vec<(Count, u64)>, Fault> {
        if question.counts.iter().any(|count| self.attempts.hides(count, subjects, now)) {
            self.attempts.clear();
            self.pending.flush(TABLE, self.sql)?;
        }
        let row = question.ask(self.sql, subjects, now)?;
        let mut answers = question.answers(&row, now)?;
        for (count, answer) in &mut answers {
            *answer = self.attempts.with(count, *answer, subjects, now);
        }
        Ok(answers)
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
            subject(subjects, By::Network),
            subject(subjects, By::Bank),
            subject(subjects, By::BankAccount),
            subject(subjects, By::Holder),
            subject(subjects, By::Payee),
            Value::maybe(subjects.amount, |amount| Value::Int(amount.get())),
            Value::Int(i64::from(attempt.step.is_door())),
        ];
        self.attempts.add(attempt, refused == 1);
        self.pending.add(&ATTEMPTS, values);
    }
}
