//! Rows of sightings, numbered in the order of their commits: what the alarms fold over.

use crate::{
    Fault, Keys,
    kept::Kept,
    shelf::Shelf,
    sql::{Value, counted},
};
use gate::Sighting;

impl Kept for Sighting {
    const TABLE: &'static str = "sightings";
    const COLUMNS: &'static [&'static str] = &["number", "at", "bank"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![counted(self.number), Value::Int(self.at.millis()), Value::text(self.bank.as_str())]
    }
}

/// The sightings after a number, the oldest first.
pub fn sightings_after(shelf: &mut Shelf<'_>, number: u64, most: u32) -> Result<Vec<Sighting>, Fault> {
    let values = [counted(number), Value::Int(i64::from(most))];
    shelf.find("number > ?1 ORDER BY number LIMIT ?2", &values)
}

impl Shelf<'_> {
    /// Adds a sighting under the next number.
    pub(crate) fn add_sighting(&mut self, sighting: &Sighting) -> Result<(), Fault> {
        self.pen.sightings += 1;
        let number = self.pen.sightings.unsigned_abs();
        self.put(&Sighting { number, ..sighting.clone() })
    }
}
