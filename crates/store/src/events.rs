//! Events for customers and merchants, numbered in the order of their commits.

use crate::{
    Fault,
    shelf::Shelf,
    sql::{Manner, Shape, Value, column},
};
use engine::Event;

const TABLE: &str = "events";

/// An event with its number.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Grows with every event.
    pub number: i64,
    /// What happened, and whom to tell.
    pub event: Event,
}

/// An audience's events after a number, the oldest first.
pub fn events_after(
    shelf: &mut Shelf<'_>,
    audience: &engine::event::Audience,
    after: i64,
    most: u32,
) -> Result<Vec<StoredEvent>, Fault> {
    let sql = "SELECT number, body FROM events WHERE audience = ?1 AND number > ?2 ORDER BY number LIMIT ?3";
    let key = audience.key();
    let rows = shelf.query(
        TABLE,
        sql,
        &[Value::text(key.as_str()), Value::Int(after), Value::Int(i64::from(most))],
    )?;
    rows.iter()
        .map(|row| {
            let number = column(TABLE, row, 0, Value::as_int)?;
            let sealed = column(TABLE, row, 1, |value| value.as_blob().map(<[u8]>::to_vec))?;
            let body = shelf.keys.open(TABLE, key.as_bytes(), sealed)?;
            let event =
                serde_json::from_slice(&body).map_err(|e| Fault::Row { table: TABLE, why: e.to_string() })?;
            Ok(StoredEvent { number, event })
        })
        .collect()
}

/// The number of an audience's newest event; 0 where there is none.
pub fn last_event(shelf: &mut Shelf<'_>, audience: &engine::event::Audience) -> Result<i64, Fault> {
    let sql = "SELECT number FROM events WHERE audience = ?1 ORDER BY number DESC LIMIT 1";
    let rows = shelf.query(TABLE, sql, &[Value::text(audience.key())])?;
    rows.first().map_or(Ok(0), |row| column(TABLE, row, 0, Value::as_int))
}

const EVENTS: Shape = Shape {
    table: TABLE,
    columns: &["number", "audience", "at", "kind"],
    has_body: true,
    keys: 1,
    manner: Manner::Insert,
};

impl Shelf<'_> {
    pub(crate) fn add_event(&mut self, event: &Event) -> Result<(), Fault> {
        let key = event.audience.key();
        let body = serde_json::to_vec(event).map_err(|e| Fault::Row { table: TABLE, why: e.to_string() })?;
        let body = self.keys.seal(TABLE, key.as_bytes(), body)?;
        self.pen.events += 1;
        let number = self.pen.events;
        let values = vec![
            Value::Int(number),
            Value::text(key),
            Value::Int(event.at.millis()),
            Value::text(event.kind.as_str()),
            Value::Blob(body),
        ];
        self.pending.add(&EVENTS, values);
        self.told.push(StoredEvent { number, event: event.clone() });
        Ok(())
    }
}
