//! Which breakers alarms open: one that rang over all streams of its statistic together, with at least one expected
//! compromised account beyond the honest ones. One that stands by itself is shown to people and stops nothing: with 35
//! banks it rings for nothing every two or three months somewhere.

use crate::watch::RaisedAlarm;
use gate::{
    Breaker, Scope, Setting,
    alarms::{self, Code, Grade, Watch},
};
use std::collections::BTreeMap;
use terms::{Span, Time};

/// How long an alarm counts: as long as the excess that it is weighed with remembers.
pub const SINCE: Span = Span::days(30);
/// A breaker is measured in excess expected compromised accounts, and opens at one.
const OPENS_AT: f64 = 1.0;

/// The scopes to stop now, each with the alarm that says so. An alarm counts once: a breaker that people have changed
/// since it rang is left as they put it.
pub fn to_stop<'a>(
    alarms: impl IntoIterator<Item = &'a RaisedAlarm>,
    watch: &Watch,
    breakers: &[Breaker],
    now: Time,
) -> BTreeMap<Scope, &'a RaisedAlarm> {
    let mut found = BTreeMap::new();
    for raised in alarms {
        let (scope, excess) = match &raised.alarm.scope {
            alarms::Scope::All => (Scope::All, watch.excess_of_all()),
            alarms::Scope::Bank(bank) => (Scope::Bank(*bank), watch.excess(*bank)),
            alarms::Scope::Method(bank, method) => {
                (Scope::Method(*bank, method.clone()), watch.excess(*bank))
            }
        };
        let is_enough =
            raised.alarm.grade == Grade::Family && (raised.alarm.code == Code::Canary || excess >= OPENS_AT);
        let known = breakers.iter().find(|breaker| breaker.scope == scope);
        let is_seen = known.is_some_and(|breaker| {
            breaker.setting == Setting::Open || breaker.changed_at >= raised.raised_at
        });
        if is_enough && !is_seen && raised.raised_at > now.minus(SINCE) {
            found.entry(scope).or_insert(raised);
        }
    }
    found
}
