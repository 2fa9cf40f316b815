//! The gate's tags are tagged once more under a new key: all of them in one commit, none of them by its value (P13).

use crate::{
    Fault, Keys, Place, Store,
    shelf::Shelf,
    sightings::sightings_after,
    sql::{Value, column, counted},
    store::{blocking, mark_in},
    watch::watch_state,
};
use engine::{linking::Link, signals::Signal, watch::WatchState};
use gate::{Sighting, alarms::Watch};
use terms::Digest;
use uuid::Uuid;

/// Rows that are read at once.
const PAGE: u32 = 2_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// Rows that were written anew; 0 where it had been done before.
    pub rows: u64,
}

/// Rotates the tags of a database that stands under `before` to those of `after`, which is `before` and one key more.
/// Nobody else may work on it meanwhile. `said` hears how many rows are done.
///
/// # Errors
/// The database cannot be used, or belongs to neither.
pub fn rotate_tags(
    place: Place,
    before: Keys,
    after: &Keys,
    said: &mut dyn FnMut(u64),
) -> Result<Rotated, Fault> {
    let again = place.clone();
    let (store, mut writer) = match Store::open_at(place, before) {
        Ok(opened) => opened,
        // Cut off after its commit: then there is nothing left to do here.
        Err(fault) => {
            let is_done = is_under(&again, after)?;
            return if is_done { Ok(Rotated { rows: 0 }) } else { Err(fault) };
        }
    };
    let rows = writer.commit(|shelf| rotate(shelf, after, said))?;
    drop(store);
    Ok(Rotated { rows })
}

fn is_under(place: &Place, keys: &Keys) -> Result<bool, Fault> {
    blocking(|| {
        let mut connection = place.connect()?;
        connection.begin(false)?;
        let mark = mark_in(connection.as_sql())?;
        connection.roll_back();
        Ok(mark.is_some_and(|mark| mark == keys.gate_tag("store", "mark").bytes()))
    })
}

fn rotate(shelf: &mut Shelf<'_>, after: &Keys, said: &mut dyn FnMut(u64)) -> Result<u64, Fault> {
    let mut rows = rotate_attempts(shelf, after, said)?;
    let mut last = Value::id(Uuid::nil());
    loop {
        let values = [last.clone(), Value::Int(i64::from(PAGE))];
        let links: Vec<Link> = shelf.find("id > ?1 ORDER BY id LIMIT ?2", &values)?;
        let Some(end) = links.last() else { break };
        last = Value::id(end.id.uuid());
        for mut link in links {
            link.account_tag = after.newest_of(&link.account_tag);
            link.holder_tag = after.newest_of(&link.holder_tag);
            shelf.put(&link)?;
            rows += 1;
        }
    }
    let mut last = 0;
    loop {
        let values = [counted(last), Value::Int(i64::from(PAGE))];
        let signals: Vec<Signal> = shelf.find("number > ?1 ORDER BY number LIMIT ?2", &values)?;
        let Some(end) = signals.last() else { break };
        last = end.number;
        for mut signal in signals {
            signal.told.account = signal.told.account.map(|tag| after.newest_of(&tag));
            signal.told.secret = signal.told.secret.map(|tag| after.newest_of(&tag));
            shelf.put(&signal)?;
            rows += 1;
        }
    }
    said(rows);
    rows += rotate_sightings(shelf, after)?;
    said(rows);
    let mark = after.gate_tag("store", "mark");
    shelf.sql.change("UPDATE store SET mark = ?1 WHERE id = 1", &[Value::digest(&mark)])?;
    shelf.pending.note_change();
    Ok(rows)
}

/// What is remembered of attempts has no body: columns are all there is.
fn rotate_attempts(shelf: &mut Shelf<'_>, after: &Keys, said: &mut dyn FnMut(u64)) -> Result<u64, Fault> {
    const TABLE: &str = "attempts";
    let page = "SELECT id, bank_account, holder FROM attempts WHERE id > ?1 ORDER BY id LIMIT ?2";
    let change = "UPDATE attempts SET bank_account = ?2, holder = ?3 WHERE id = ?1";
    let (mut rows, mut last) = (0, Value::id(Uuid::nil()));
    loop {
        let found = shelf.query(TABLE, page, &[last.clone(), Value::Int(i64::from(PAGE))])?;
        let Some(end) = found.last().and_then(|row| row.first()) else { return Ok(rows) };
        last = end.clone();
        for row in &found {
            let tag = |place: usize| {
                column(TABLE, row, place, |value| match value {
                    Value::Null => Some(None),
                    value => Some(Some(Digest::new(value.as_blob()?.try_into().ok()?))),
                })
            };
            let (account, holder): (Option<Digest>, Option<Digest>) = (tag(1)?, tag(2)?);
            if account.is_none() && holder.is_none() {
                continue;
            }
            let newest = |tag: Option<Digest>| Value::maybe(tag, |tag| Value::digest(&after.newest_of(&tag)));
            let id = row.first().cloned().unwrap_or(Value::Null);
            shelf.sql.change(change, &[id, newest(account), newest(holder)])?;
            rows += 1;
        }
        said(rows);
    }
}

/// The watch knows accounts by their tags: it looks at everything once more, and rings for nothing of before.
fn rotate_sightings(shelf: &mut Shelf<'_>, after: &Keys) -> Result<u64, Fault> {
    let before = watch_state(shelf)?;
    let (mut rows, mut last, mut watch) = (0, 0, Watch::new());
    loop {
        let sightings: Vec<Sighting> = sightings_after(shelf, last, PAGE)?;
        let Some(end) = sightings.last() else { break };
        last = end.number;
        for mut sighting in sightings {
            sighting.account = sighting.account.map(|tag| after.newest_of(&tag));
            sighting.secret = sighting.secret.map(|tag| after.newest_of(&tag));
            shelf.put(&sighting)?;
            if before.as_ref().is_some_and(|state| sighting.number <= state.watch.number()) {
                let _rang_before = watch.see(&sighting);
            }
            rows += 1;
        }
    }
    if let Some(before) = before {
        let saved_number = watch.number();
        shelf.put(&WatchState { watch, saved_number, saved_at: before.saved_at })?;
    }
    Ok(rows)
}
