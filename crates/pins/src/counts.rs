//! How often each PIN was seen, as read from a table of two columns.

use crate::{
    distribution::Distribution,
    pin::{PINS, Pin},
};
use std::collections::BTreeSet;

/// The largest count of one PIN; the sum over all then still fits.
const COUNT_MAX: u64 = 1 << 48;

/// A count for each of the 10,000 PINs, at least one of them above zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts(Vec<u64>);

/// Why a text is no table of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountsWrong {
    /// A line is neither a comment, nor the heading, nor a PIN and a count.
    #[error("line {0}: expected four digits, a comma and a count up to 2^48, such as 1234,17")]
    Line(usize),
    /// A PIN stands twice.
    #[error("line {0}: this PIN stands twice")]
    Twice(usize),
    /// There is no count above zero.
    #[error("no PIN has a count above zero")]
    Empty,
}

impl Counts {
    /// Reads `pin,count` lines; lines that begin with `#` and the heading `pin,count` are passed over, and a PIN
    /// that is not there was never seen.
    ///
    /// # Errors
    /// [`CountsWrong`] with the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, CountsWrong> {
        let mut counts = vec![None; PINS];
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') || line == "pin,count" {
                continue;
            }
            let (pin, count) = line
                .split_once(',')
                .and_then(|(pin, count)| Some((Pin::parse(pin)?, count.parse::<u64>().ok()?)))
                .filter(|(_, count)| *count <= COUNT_MAX)
                .ok_or(CountsWrong::Line(at + 1))?;
            if counts[pin.place()].replace(count).is_some() {
                return Err(CountsWrong::Twice(at + 1));
            }
        }
        let counts: Vec<u64> = counts.into_iter().map(Option::unwrap_or_default).collect();
        if counts.iter().all(|count| *count == 0) { Err(CountsWrong::Empty) } else { Ok(Self(counts)) }
    }

    /// How often a PIN was seen.
    #[must_use]
    pub fn of(&self, pin: Pin) -> u64 {
        self.0[pin.place()]
    }

    /// All of them together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The `most` commonest PINs, the commonest first; of two that are equally common the smaller number.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<Pin> {
        self.shares().guessing_order().into_iter().take(most).collect()
    }

    /// These counts without some PINs: whoever held a barred one picks like the others.
    ///
    /// # Errors
    /// [`CountsWrong::Empty`] when nothing is left.
    pub fn without(&self, barred: &BTreeSet<Pin>) -> Result<Self, CountsWrong> {
        let left = |pin: Pin| if barred.contains(&pin) { 0 } else { self.of(pin) };
        let counts: Vec<u64> = Pin::all().map(left).collect();
        if counts.iter().all(|count| *count == 0) { Err(CountsWrong::Empty) } else { Ok(Self(counts)) }
    }

    /// The shares that these counts are.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53, see COUNT_MAX")]
    pub fn shares(&self) -> Distribution {
        Distribution::of_weights(self.0.iter().map(|count| *count as f64).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_tables_are_refused_with_their_line() {
        for (text, expected) in [
            ("# a\npin,count\n1234,1\n\n0000,0\n", Ok(1)),
            ("1234,1\n1234,1\n", Err(CountsWrong::Twice(2))),
            ("1234;1\n", Err(CountsWrong::Line(1))),
            ("# a\n123,1\n", Err(CountsWrong::Line(2))),
            ("1234,-1\n", Err(CountsWrong::Line(1))),
            ("1234,281474976710657\n", Err(CountsWrong::Line(1))),
            ("1234,0\n", Err(CountsWrong::Empty)),
            ("", Err(CountsWrong::Empty)),
        ] {
            assert_eq!(Counts::parse(text).map(|counts| counts.total()), expected, "{text:?}");
        }
    }

    #[test]
    fn barring_everything_leaves_nothing() {
        let counts = Counts::parse("1234,3\n1111,2\n0000,2\n").expect("counts");
        let top: Vec<String> = counts.top(2).iter().map(ToString::to_string).collect();
        assert_eq!(top, ["1234", "0000"]);
        let barred: BTreeSet<Pin> = counts.top(2).into_iter().collect();
        let left = counts.without(&barred).expect("one is left");
        assert_eq!(left.shares().curve().opened(1), 1.0);
        assert_eq!(counts.without(&counts.top(3).into_iter().collect()), Err(CountsWrong::Empty));
    }
}
