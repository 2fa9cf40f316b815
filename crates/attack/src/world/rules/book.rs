//! The book proves itself: totals from transfers, holds, floors, the sum of everything is zero (P1).

use super::{Broken, Seen};

// promise: P1
pub(super) fn check(seen: &Seen<'_>) -> Result<(), Broken> {
    let rule = "the book proves itself";
    let report = store::prove(seen.store, |_| ()).map_err(|fault| Broken::new(rule, fault))?;
    report.violation.map_or(Ok(()), |violation| Err(Broken::new(rule, violation)))
}
