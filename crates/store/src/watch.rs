//! Rows of the watch: its state, and the alarms that it raised.

use crate::{
    Fault, Keys, Load,
    kept::Kept,
    shelf::Shelf,
    sightings::sightings_after,
    sql::{Value, column, key_of},
};
use engine::{
    Context,
    watch::{LookOut, LookOutFacts, RaisedAlarm, SINCE, WatchState},
};
use gate::Breaker;
use terms::Time;

/// Sightings taken in at once: a commit stays short, however many have come.
const TAKEN_MAX: u32 = 1_000;
const BREAKERS_MAX: u32 = 1_000;
/// Alarms looked back at; more than these in 30 days are the same stop many times.
const ALARMS_MAX: u32 = 500;

impl Kept for WatchState {
    const TABLE: &'static str = "watch";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] = &["id"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::Int(1)]
    }
}

impl Kept for RaisedAlarm {
    const TABLE: &'static str = "alarms";
    const COLUMNS: &'static [&'static str] = &["id", "at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id), Value::Int(self.raised_at.millis())]
    }
}

/// The watch as it stands; nothing before it has looked once.
pub fn watch_state(shelf: &mut Shelf<'_>) -> Result<Option<WatchState>, Fault> {
    shelf.get(Value::Int(1))
}

/// The alarms raised after a time, the newest first.
pub fn alarms_since(shelf: &mut Shelf<'_>, since: Time, most: u32) -> Result<Vec<RaisedAlarm>, Fault> {
    let values = [Value::Int(since.millis()), Value::Int(i64::from(most))];
    shelf.find("at > ?1 ORDER BY at DESC, id DESC LIMIT ?2", &values)
}

/// The number of the newest sighting; 0 before the first.
pub fn newest_sighting(shelf: &mut Shelf<'_>) -> Result<u64, Fault> {
    let rows = shelf.query("sightings", "SELECT number FROM sightings ORDER BY number DESC LIMIT 1", &[])?;
    rows.first()
        .map_or(Ok(0), |row| column("sightings", row, 0, |value| value.as_int().map(i64::unsigned_abs)))
}

impl Shelf<'_> {
    /// Puts the watch's state where it is to be saved now; else it is only remembered.
    pub(crate) fn put_watch(&mut self, state: &WatchState) -> Result<(), Fault> {
        if state.is_to_be_saved() {
            return self.put(state);
        }
        if self.writes {
            self.cache.keep(&key_of(&[Value::Int(1)]), state.clone());
        }
        Ok(())
    }
}

impl Load for LookOut {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<LookOutFacts, Fault> {
        let state = watch_state(shelf)?.unwrap_or_default();
        let fresh = sightings_after(shelf, state.watch.number(), TAKEN_MAX)?;
        let breakers = shelf.find::<Breaker>(
            "scope >= ?1 ORDER BY scope LIMIT ?2",
            &[Value::text(""), Value::Int(i64::from(BREAKERS_MAX))],
        )?;
        Ok(LookOutFacts {
            more: u32::try_from(fresh.len()).is_ok_and(|length| length == TAKEN_MAX),
            alarms: alarms_since(shelf, at.moment.now.minus(SINCE), ALARMS_MAX)?,
            state,
            fresh,
            breakers,
        })
    }
}
