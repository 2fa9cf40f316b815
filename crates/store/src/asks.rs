//! Ids that askers chose: the same ask again gets the same answer, for ever (P3).

use crate::{
    Fault,
    keys::sha256,
    shelf::Shelf,
    sql::{Manner, Shape, Value, column, key_of},
};
use engine::{Once, Refusal};
use serde::{Serialize, de::DeserializeOwned};
use terms::Time;

const TABLE: &str = "asks";
const ASKS: Shape = Shape {
    table: TABLE,
    columns: &["id", "name", "asker", "content", "at", "refused"],
    has_body: true,
    keys: 1,
    manner: Manner::Insert,
};

/// What is known of an asker's id.
pub(crate) enum Known<A> {
    /// Never seen.
    New,
    /// Seen, for the same ask of the same asker: this was the answer.
    Same(Result<A, Refusal>),
    /// Seen, for something else or of somebody else.
    Other,
}

impl Shelf<'_> {
    pub(crate) fn known_ask<A: DeserializeOwned>(
        &mut self,
        once: &Once,
        name: &str,
        asker: &str,
    ) -> Result<Known<A>, Fault> {
        let sql = "SELECT name, asker, content, body FROM asks WHERE id = ?1";
        let key = Value::id(once.id.uuid());
        if self.pending.has(TABLE, &key_of(std::slice::from_ref(&key))) {
            self.pending.flush(TABLE, self.sql)?;
        }
        let rows = self.sql.query(sql, &[key])?;
        let Some(row) = rows.first() else { return Ok(Known::New) };
        let is = |place: usize, text: &str| row.get(place).and_then(Value::as_text) == Some(text);
        let content = sha256(once.content.as_bytes());
        let same_content = row.get(2).and_then(Value::as_blob) == Some(content.bytes().as_slice());
        if !(is(0, name) && is(1, asker) && same_content) {
            return Ok(Known::Other);
        }
        let sealed = column(TABLE, row, 3, |value| value.as_blob().map(<[u8]>::to_vec))?;
        let body = self.keys.open(TABLE, once.id.uuid().as_bytes(), sealed)?;
        let answer =
            serde_json::from_slice(&body).map_err(|e| Fault::Row { table: TABLE, why: e.to_string() })?;
        Ok(Known::Same(answer))
    }

    pub(crate) fn keep_answer<A: Serialize>(
        &mut self,
        once: &Once,
        name: &str,
        asker: &str,
        answer: &Result<A, Refusal>,
        now: Time,
    ) -> Result<(), Fault> {
        let body = serde_json::to_vec(answer).map_err(|e| Fault::Row { table: TABLE, why: e.to_string() })?;
        let body = self.keys.seal(TABLE, once.id.uuid().as_bytes(), body)?;
        let content = sha256(once.content.as_bytes());
        let values = vec![
            Value::id(once.id.uuid()),
            Value::text(name),
            Value::text(asker),
            Value::digest(&content),
            Value::Int(now.millis()),
            Value::Int(i64::from(answer.is_err())),
            Value::Blob(body),
        ];
        self.pending.put(&ASKS, values);
        Ok(())
    }
}
