//! The gate's own judgement: evidence from what is remembered, breakers, verdict; nothing of it is imitated.

use super::{
    log::{Entry, Log},
    orders::Orders,
    record::Record,
};
use gate::{Evidence, Path, Step, Stops, Verdict, judge};
use terms::Yen;

/// The gate as it stands: what is remembered, and what is stopped.
#[derive(Clone, Copy)]
pub(super) struct Gate<'g> {
    /// What was attempted at the door.
    pub(super) doors: &'g Log,
    /// Where the asker's movements of money are remembered.
    pub(super) own: &'g Log,
    pub(super) stops: &'g Stops,
}

impl Gate<'_> {
    /// Judges what somebody asks. `path` is only looked at while something is stopped.
    pub(super) fn judges(
        &self,
        step: Step,
        asks: &Entry,
        record: &Record,
        known_device: bool,
        path: impl FnOnce() -> Path,
    ) -> Verdict {
        let answers = Orders::all().answers(step, asks, record, self.doors, self.own);
        let evidence = Evidence::new(answers)
            .moving(Yen::new(i64::from(asks.yen)).unwrap_or(Yen::ZERO))
            .on_known_device(known_device);
        if self.stops.iter().next().is_none() {
            return judge(step, &evidence);
        }
        judge(step, &evidence.under(self.stops, step, &path()))
    }
}
