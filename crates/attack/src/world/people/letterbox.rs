//! Where texts and mails arrive, by phone number and address.

use std::collections::BTreeMap;

/// The last text of each phone and mailbox, and how many came.
#[derive(Debug, Default)]
pub struct Letterbox {
    boxes: BTreeMap<String, (u64, String)>,
}

impl Letterbox {
    /// A text arrives.
    pub fn put(&mut self, to: &str, text: &str) {
        let slot = self.boxes.entry(to.to_owned()).or_default();
        slot.0 += 1;
        slot.1 = text.to_owned();
    }

    /// How many texts came.
    pub fn count(&self, to: &str) -> u64 {
        self.boxes.get(to).map_or(0, |(count, _)| *count)
    }

    /// The six digits in the last text that came, if it has some.
    pub fn code(&self, to: &str) -> Option<String> {
        let text = &self.boxes.get(to)?.1;
        text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6).map(str::to_owned)
    }
}
