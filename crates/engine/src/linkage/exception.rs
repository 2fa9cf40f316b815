//! A dated exception: a person answers for a refused linkage until a day. Who signed it is checked outside.

use super::assessment::Assessment;
use crate::directory::is_date;
use serde::{Deserialize, Serialize};

/// The longest exception, in days.
pub const EXCEPTION_DAYS_MAX: i64 = 92;
const DAY_S: i64 = 86_400;

/// What a person signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkageException {
    /// SHA-256 of the linkage's file, or of all files of its folder, in hexadecimal digits.
    pub linkage_sha256: String,
    /// Codes of what is put up with.
    pub refusals: Vec<String>,
    /// Who answers for it.
    pub person: String,
    /// Why.
    pub reason: String,
    /// The last day, as `2026-12-31`, in UTC.
    pub until: String,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
}

/// Why an exception does not cover a linkage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExceptionWrong {
    /// It was signed for another file, or the file was changed since.
    #[error("the exception is for another linkage, or the file was changed since")]
    OtherLinkage,
    /// Nobody answers for it.
    #[error("the exception names no person or no reason")]
    Nobody,
    /// The end is no day.
    #[error("the exception ends at {0:?}, which is no day such as 2026-12-31")]
    NoDay(String),
    /// It is over.
    #[error("the exception ended on {0}")]
    Over(String),
    /// It is not yet good.
    #[error("the exception was signed in the future")]
    TooEarly,
    /// It lasts too long.
    #[error("the exception lasts until {0}; at most {EXCEPTION_DAYS_MAX} days are allowed")]
    TooLong(String),
    /// Something is wrong that it does not name.
    #[error("the exception does not put up with {0}")]
    NotNamed(String),
}

impl LinkageException {
    /// Whether this exception covers an assessment, now.
    ///
    /// # Errors
    /// [`ExceptionWrong`] with the first reason why not.
    pub fn covers(&self, assessment: &Assessment, sha256: &str, now_s: i64) -> Result<(), ExceptionWrong> {
        if self.linkage_sha256 != sha256 {
            return Err(ExceptionWrong::OtherLinkage);
        }
        if self.person.trim().is_empty() || self.reason.trim().is_empty() {
            return Err(ExceptionWrong::Nobody);
        }
        let end_s = end_of_day_s(&self.until).ok_or_else(|| ExceptionWrong::NoDay(self.until.clone()))?;
        if now_s < self.iat {
            return Err(ExceptionWrong::TooEarly);
        }
        if now_s >= end_s {
            return Err(ExceptionWrong::Over(self.until.clone()));
        }
        if end_s - self.iat > (EXCEPTION_DAYS_MAX + 1) * DAY_S {
            return Err(ExceptionWrong::TooLong(self.until.clone()));
        }
        let refusals = assessment.refusals();
        match refusals.into_iter().find(|code| !self.refusals.iter().any(|named| named == code)) {
            Some(code) => Err(ExceptionWrong::NotNamed(code.to_owned())),
            None => Ok(()),
        }
    }
}

/// The second after a day (UTC), counted from 1970; nothing for a text that is no day.
pub fn end_of_day_s(day: &str) -> Option<i64> {
    if !is_date(day) {
        return None;
    }
    let parts: Vec<i64> = day.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [year, month, day] = parts[..] else { return None };
    // Days of the civil calendar, counted in years that begin in March, so that the leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some((days + 1) * DAY_S)
}
