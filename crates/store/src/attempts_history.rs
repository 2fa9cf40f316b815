//! Remembered attempts in order of time, page by page, for back-tests.

use crate::{
    Fault,
    attempts::TABLE,
    shelf::Shelf,
    sql::{Row, Value, column},
};
use gate::{Attempt, Finding, Outcome, Ruling, Step, Subjects};
use terms::{BankCode, CustomerId, DeviceId, Digest, Time, Yen};
use uuid::Uuid;

/// The most attempts on one page.
pub const ATTEMPTS_PAGE_MAX: usize = 5_000;
/// Each of the two has an index of its own.
const PARTS: [&str; 2] = ["ruling = 'deny'", "(ruling IS NULL OR ruling <> 'deny')"];
const RULINGS: [Ruling; 5] = [Ruling::Allow, Ruling::StepUp, Ruling::Review, Ruling::Deny, Ruling::Stop];

/// The attempts from a time on and before another, behind `after` in the order of time and id; at most a page.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub fn attempts_between(
    shelf: &mut Shelf<'_>,
    from: Time,
    until: Time,
    after: Option<(Time, Uuid)>,
) -> Result<Vec<Attempt>, Fault> {
    // Nothing is before the first id.
    let (at, id) = after.map_or((from, Uuid::nil()), |(at, id)| (at.max(from), id));
    let most = i64::try_from(ATTEMPTS_PAGE_MAX).unwrap_or(i64::MAX);
    let values = [Value::Int(at.millis()), Value::id(id), Value::Int(until.millis()), Value::Int(most)];
    let mut found = Vec::new();
    for part in PARTS {
        let sql = format!(
            "SELECT id, at, step, refused, code, ruling, findings, customer, device, address, \
             network, bank, bank_account, holder, payee, amount FROM attempts WHERE {part} AND at >= ?1 AND at < ?3 \
             AND (at > ?1 OR id > ?2) ORDER BY at, id LIMIT ?4"
        );
        for row in shelf.query(TABLE, &sql, &values)? {
            found.push(attempt_in(&row)?);
        }
    }
    found.sort_unstable_by_key(|attempt| (attempt.at, attempt.id));
    found.truncate(ATTEMPTS_PAGE_MAX);
    Ok(found)
}

/// What may be missing.
fn maybe<T>(row: &Row, at: usize, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, Fault> {
    column(TABLE, row, at, |value| match value {
        Value::Null => Some(None),
        value => read(value).map(Some),
    })
}

fn digest(value: &Value) -> Option<Digest> {
    Some(Digest::new(value.as_blob()?.try_into().ok()?))
}

fn attempt_in(row: &Row) -> Result<Attempt, Fault> {
    let text = |value: &Value| value.as_text().map(str::to_owned);
    let findings = maybe(row, 6, |value| serde_json::from_str::<Vec<Finding>>(value.as_text()?).ok())?;
    let refused = column(TABLE, row, 3, Value::as_int)? != 0;
    Ok(Attempt {
        id: column(TABLE, row, 0, Value::as_uuid)?,
        at: Time::from_millis(column(TABLE, row, 1, Value::as_int)?),
        step: column(TABLE, row, 2, |value| {
            let word = value.as_text()?;
            Step::ALL.iter().find(|step| step.as_str() == word).copied()
        })?,
        outcome: if refused {
            Outcome::Refused(maybe(row, 4, text)?.unwrap_or_default())
        } else {
            Outcome::Taken
        },
        ruling: maybe(row, 5, |value| {
            let word = value.as_text()?;
            RULINGS.into_iter().find(|ruling| ruling.as_str() == word)
        })?,
        findings: findings.unwrap_or_default(),
        subjects: Subjects {
            customer: maybe(row, 7, |value| value.as_uuid().map(CustomerId::new))?,
            device: maybe(row, 8, |value| value.as_uuid().map(DeviceId::new))?,
            address: maybe(row, 9, text)?,
            network: maybe(row, 10, text)?,
            bank: maybe(row, 11, |value| BankCode::parse(value.as_text()?).ok())?,
            bank_account: maybe(row, 12, digest)?,
            holder: maybe(row, 13, digest)?,
            payee: maybe(row, 14, |value| value.as_uuid().map(CustomerId::new))?,
            amount: maybe(row, 15, |value| Yen::new(value.as_int()?).ok())?,
        },
    })
}
