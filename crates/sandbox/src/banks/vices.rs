//! What a bank does wrong, for the next few payments.

use rusqlite::{OptionalExtension, Transaction};
use std::time::Duration;

/// Every vice.
pub(crate) const VICES: [&str; 9] = [
    "none",
    "timeout_after_debit",
    "timeout_before_debit",
    "lost_reply",
    "answers_twice",
    "books_late",
    "down",
    "refuses",
    "slow",
];

/// A vice for one payment.
pub(super) struct Vice {
    pub(super) name: String,
    pub(super) seconds: i64,
}

impl Vice {
    pub(super) fn pause(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.seconds).unwrap_or(0))
    }
}

/// Sets a bank's vice for its next payments.
pub(crate) fn set(
    tx: &Transaction<'_>,
    bank: &str,
    vice: &str,
    times: u32,
    seconds: u32,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO bank_vices VALUES (?1, ?2, ?3, ?4) ON CONFLICT (bank) DO UPDATE SET \
               vice = excluded.vice, times = excluded.times, seconds = excluded.seconds";
    tx.execute(sql, (bank, vice, times, seconds)).map(|_| ())
}

/// Takes the vice for one payment.
pub(super) fn take(tx: &Transaction<'_>, bank: &str) -> rusqlite::Result<Vice> {
    let sql = "SELECT vice, seconds FROM bank_vices WHERE bank = ?1 AND times > 0";
    let vice =
        tx.query_row(sql, [bank], |row| Ok(Vice { name: row.get(0)?, seconds: row.get(1)? })).optional()?;
    tx.execute("UPDATE bank_vices SET times = times - 1 WHERE bank = ?1 AND times > 0", [bank])?;
    Ok(vice.unwrap_or(Vice { name: "none".to_owned(), seconds: 0 }))
}
