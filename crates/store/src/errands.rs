//! Errands: kept until they are done, found when they are due.

use crate::{
    Fault,
    shelf::Shelf,
    sql::{Manner, Shape, Value, column},
};
use engine::{Errand, NewErrand};
use terms::{ErrandId, Time};

const TABLE: &str = "errands";
const ERRANDS: Shape = Shape {
    table: TABLE,
    columns: &["id", "due_at", "state", "tries", "lane"],
    has_body: true,
    keys: 1,
    manner: Manner::Insert,
};

/// An errand that is due.
#[derive(Debug, Clone)]
pub struct DueErrand {
    /// Which errand.
    pub id: ErrandId,
    /// How often it was tried.
    pub tries: u32,
    /// What to do.
    pub errand: Errand,
    /// The lane that it runs in.
    pub lane: String,
}

impl Shelf<'_> {
    /// Errands that are due, the oldest first, at most so many of each lane.
    pub fn due_errands(&mut self, now: Time, most_of_a_lane: u32) -> Result<Vec<DueErrand>, Fault> {
        let sql = "SELECT id, tries, body, lane FROM (SELECT id, tries, body, lane, due_at, ROW_NUMBER() OVER \
                   (PARTITION BY lane ORDER BY due_at, id) AS place FROM errands WHERE state = 0 AND due_at <= ?1) AS due \
                   WHERE place <= ?2 ORDER BY due_at, id";
        let rows =
            self.query(TABLE, sql, &[Value::Int(now.millis()), Value::Int(i64::from(most_of_a_lane))])?;
        rows.iter()
            .map(|row| {
                let id = column(TABLE, row, 0, Value::as_uuid)?;
                let tries = column(TABLE, row, 1, |value| u32::try_from(value.as_int()?).ok())?;
                let sealed = column(TABLE, row, 2, |value| value.as_blob().map(<[u8]>::to_vec))?;
                let lane = column(TABLE, row, 3, |value| value.as_text().map(str::to_owned))?;
                let body = self.keys.open(TABLE, id.as_bytes(), sealed)?;
                let errand = serde_json::from_slice(&body)
                    .map_err(|e| Fault::Row { table: TABLE, why: e.to_string() })?;
                Ok(DueErrand { id: ErrandId::new(id), tries, errand, lane })
            })
            .collect()
    }

    /// Takes errands that are due, so that no other node runs them before `until`; whoever took one and died leaves
    /// it due from then on.
    pub fn claim_errands(
        &mut self,
        now: Time,
        most_of_a_lane: u32,
        until: Time,
    ) -> Result<Vec<DueErrand>, Fault> {
        let due = self.due_errands(now, most_of_a_lane)?;
        for errand in &due {
            let values = [Value::id(errand.id.uuid()), Value::Int(until.millis())];
            self.pending.note_change();
            self.sql.change("UPDATE errands SET due_at = ?2 WHERE id = ?1", &values)?;
        }
        Ok(due)
    }

    /// When the next errand is due.
    pub fn next_errand_due_at(&mut self) -> Result<Option<Time>, Fault> {
        let rows = self.query(TABLE, "SELECT MIN(due_at) FROM errands WHERE state = 0", &[])?;
        Ok(rows.first().and_then(|row| row.first()).and_then(Value::as_int).map(Time::from_millis))
    }

    /// How many errands are waiting.
    pub fn errands_waiting(&mut self) -> Result<i64, Fault> {
        let rows = self.query(TABLE, "SELECT COUNT(*) FROM errands WHERE state = 0", &[])?;
        Ok(rows.first().and_then(|row| row.first()).and_then(Value::as_int).unwrap_or(0))
    }

    pub(crate) fn add_errand(&mut self, new: &NewErrand) -> Result<(), Fault> {
        let body = self.seal_errand(new.id, &new.errand)?;
        let values = vec![
            Value::id(new.id.uuid()),
            Value::Int(new.due_at.millis()),
            Value::Int(0),
            Value::Int(0),
            Value::text(new.errand.lane()),
            Value::Blob(body),
        ];
        self.errands_added = true;
        self.pending.put(&ERRANDS, values);
        Ok(())
    }

    pub(crate) fn finish_errand(&mut self, id: ErrandId) -> Result<(), Fault> {
        // A finished errand is not kept: it may hold a one-time code.
        self.change_errand("DELETE FROM errands WHERE id = ?1", &[Value::id(id.uuid())]).map(|_| ())
    }

    pub(crate) fn repeat_errand(&mut self, again: &NewErrand) -> Result<(), Fault> {
        let body = self.seal_errand(again.id, &again.errand)?;
        let sql = "UPDATE errands SET due_at = ?2, tries = tries + 1, body = ?3, lane = ?4 WHERE id = ?1";
        let values = [
            Value::id(again.id.uuid()),
            Value::Int(again.due_at.millis()),
            Value::Blob(body),
            Value::text(again.errand.lane()),
        ];
        self.errands_added = true;
        self.change_errand(sql, &values).map(|_| ())
    }

    pub(crate) fn give_up_errand(&mut self, id: ErrandId) -> Result<(), Fault> {
        self.change_errand("UPDATE errands SET state = 2 WHERE id = ?1", &[Value::id(id.uuid())]).map(|_| ())
    }

    fn change_errand(&mut self, sql: &str, values: &[Value]) -> Result<usize, Fault> {
        self.pending.flush(TABLE, self.sql)?;
        self.pending.note_change();
        self.sql.change(sql, values)
    }

    fn seal_errand(&self, id: ErrandId, errand: &Errand) -> Result<Vec<u8>, Fault> {
        let body = serde_json::to_vec(errand).map_err(|e| Fault::Row { table: TABLE, why: e.to_string() })?;
        self.keys.seal(TABLE, id.uuid().as_bytes(), body)
    }
}
