//! What a detector wants counted: which attempts, how they went, by whom, what is tallied, over which span.

use crate::{By, Step, detectors};
use std::{fmt, sync::LazyLock};
use terms::{Span, Yen};

/// How the attempts that count went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Either way.
    Any,
    /// Done, or begun.
    Taken,
    /// Refused, for whatever reason.
    Refused,
    /// Refused with one of these codes, as the record has them: `code`, or `code:quiet reason`.
    RefusedFor(&'static [&'static str]),
}

/// What is tallied of the attempts that fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tally {
    /// How many there were.
    Attempts,
    /// How many different ones of these took part; who is not known does not count.
    Distinct(By),
    /// The sum of their amounts, in yen.
    Yen,
    /// Milliseconds since the first of them; [`NEVER`] where there is none. One step, taken or refused.
    SinceFirst,
    /// Milliseconds since the last of them; [`NEVER`] where there is none. One step, taken or refused.
    SinceLast,
}

/// The answer to "how long ago" where it never was.
pub const NEVER: u64 = u64::MAX;
/// So many rows are read for one count unless it says otherwise.
const ROWS: u32 = 1_000;

/// A number that is told by remembered attempts. The store answers it; up to the bound exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// Which attempts.
    pub steps: &'static [Step],
    /// How they went.
    pub how: How,
    /// Of whom: of the same as whoever asks now.
    pub by: By,
    /// Only those that have this too in common with the ask.
    pub same: Option<By>,
    /// What is tallied.
    pub tally: Tally,
    /// Not older than this.
    pub span: Span,
    /// Older than this, or as old.
    pub skip: Span,
    /// At most so many rows are read, where there is an order the newest; beyond that the answer is "at least".
    pub rows: u32,
    /// An ask for less than this is not worth counting for: the answer is then that of nothing seen.
    pub least: Yen,
}

impl Count {
    /// How many attempts there were, however they went.
    pub const fn of(steps: &'static [Step], by: By, span: Span) -> Self {
        Self {
            steps,
            how: How::Any,
            by,
            same: None,
            tally: Tally::Attempts,
            span,
            skip: Span::millis(0),
            rows: ROWS,
            least: Yen::ZERO,
        }
    }

    /// Only those that were taken.
    #[must_use]
    pub const fn taken(mut self) -> Self {
        self.how = How::Taken;
        self
    }

    /// Only those that were refused.
    #[must_use]
    pub const fn refused(mut self) -> Self {
        self.how = How::Refused;
        self
    }

    /// Only those that were refused with one of these codes.
    #[must_use]
    pub const fn refused_for(mut self, codes: &'static [&'static str]) -> Self {
        self.how = How::RefusedFor(codes);
        self
    }

    /// Only those that have this too in common with the ask.
    #[must_use]
    pub const fn same(mut self, other: By) -> Self {
        self.same = Some(other);
        self
    }

    /// How many different ones of these took part.
    #[must_use]
    pub const fn distinct(mut self, of: By) -> Self {
        self.tally = Tally::Distinct(of);
        self
    }

    /// The sum of their amounts.
    #[must_use]
    pub const fn yen(mut self) -> Self {
        self.tally = Tally::Yen;
        self
    }

    /// How long ago the first was.
    #[must_use]
    pub const fn since_first(mut self) -> Self {
        self.tally = Tally::SinceFirst;
        self.rows = 1;
        self
    }

    /// How long ago the last was.
    #[must_use]
    pub const fn since_last(mut self) -> Self {
        self.tally = Tally::SinceLast;
        self.rows = 1;
        self
    }

    /// Only those that are at least so old.
    #[must_use]
    pub const fn before(mut self, age: Span) -> Self {
        self.skip = age;
        self
    }

    /// Reads at most so many rows.
    #[must_use]
    pub const fn rows(mut self, rows: u32) -> Self {
        self.rows = rows;
        self
    }

    /// Is answered for asks of at least so much, and for those that move nothing.
    #[must_use]
    pub const fn from(mut self, least: Yen) -> Self {
        self.least = least;
        self
    }

    /// The answer where nothing was seen.
    pub const fn nothing(&self) -> u64 {
        match self.tally {
            Tally::Attempts | Tally::Distinct(_) | Tally::Yen => 0,
            Tally::SinceFirst | Tally::SinceLast => NEVER,
        }
    }

    /// The answer that speaks most against the ask: it stands for what was not counted.
    pub const fn worst(&self) -> u64 {
        match self.tally {
            Tally::Attempts | Tally::Distinct(_) | Tally::Yen => u64::MAX,
            Tally::SinceFirst | Tally::SinceLast => 0,
        }
    }

    /// Whether the store keeps an order by which this is answered without reading everybody's attempts: by a place
    /// only the steps at the door are in one.
    pub fn is_in_order(&self) -> bool {
        let one = matches!((self.steps, self.how), ([_], How::Taken | How::Refused));
        let timed = matches!(self.tally, Tally::SinceFirst | Tally::SinceLast);
        (!self.by.is_place() || self.steps.iter().all(|step| step.is_door())) && (!timed || one)
    }
}

impl fmt::Display for Count {
    /// For people: `different customers, sign_in or opening, taken, by device, in 30 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tally {
            Tally::Attempts => f.write_str("attempts"),
            Tally::Distinct(of) => write!(f, "different {}", of.as_str()),
            Tally::Yen => f.write_str("yen"),
            Tally::SinceFirst => f.write_str("time since the first"),
            Tally::SinceLast => f.write_str("time since the last"),
        }?;
        for (place, step) in self.steps.iter().enumerate() {
            write!(f, "{} `{}`", if place == 0 { "," } else { " or" }, step.as_str())?;
        }
        match self.how {
            How::Any => Ok(()),
            How::Taken => f.write_str(", taken"),
            How::Refused => f.write_str(", refused"),
            How::RefusedFor(codes) => write!(f, ", refused as {}", codes.join(" or ")),
        }?;
        write!(f, ", by {}", self.by.as_str())?;
        if let Some(same) = self.same {
            write!(f, " and the same {}", same.as_str())?;
        }
        write!(f, ", in {}", Words(self.span))?;
        if self.skip > Span::millis(0) {
            write!(f, " but not in the last {}", Words(self.skip))?;
        }
        if self.least > Yen::ZERO {
            write!(f, "; from {} on", self.least)?;
        }
        Ok(())
    }
}

/// A span for people.
struct Words(Span);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() / 60_000 {
            minutes if minutes >= 2 * 1_440 && minutes % 1_440 == 0 => write!(f, "{} days", minutes / 1_440),
            minutes if minutes >= 120 && minutes % 60 == 0 => write!(f, "{} hours", minutes / 60),
            minutes => write!(f, "{minutes} minutes"),
        }
    }
}

/// Everything that the detectors of a step want counted, each once, in order.
pub fn needs(step: Step) -> &'static [Count] {
    static NEEDS: LazyLock<Vec<Vec<Count>>> =
        LazyLock::new(|| Step::ALL.iter().map(|step| gather(*step)).collect());
    NEEDS.get(step as usize).map_or(&[], Vec::as_slice)
}

fn gather(step: Step) -> Vec<Count> {
    let mut counts: Vec<Count> = detectors::ALL
        .iter()
        .filter(|detector| detector.steps.contains(&step))
        .flat_map(|detector| detector.counts.iter().copied())
        .collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_has_an_order_for_each_count_and_bounds_it() {
        for step in Step::ALL {
            for count in needs(*step) {
                assert!(count.is_in_order(), "{step:?}: {count:?}");
                assert!((1..=2_000).contains(&count.rows), "{step:?}: {count:?}");
                assert!(count.skip < count.span, "{step:?}: {count:?}");
            }
        }
    }

    #[test]
    fn steps_lie_in_the_order_of_their_list() {
        for (place, step) in Step::ALL.iter().enumerate() {
            assert_eq!(*step as usize, place);
        }
    }
}
