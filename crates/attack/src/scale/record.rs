//! A wallet's own record: what is kept of it for as long as it lives, in 44 bytes.

/// Never, or not yet, in seconds.
pub(super) const NEVER: u32 = u32::MAX;

const DAY_S: u32 = 86_400;
const USED_DAYS: u32 = 173;
const KNOWN_DAYS: u32 = 220;
/// The shortest span in which use can be asked for, in seconds.
pub(super) const USED_S: u32 = USED_DAYS * DAY_S;
/// The shortest span in which coming in can be asked for, in seconds.
pub(super) const KNOWN_S: u32 = KNOWN_DAYS * DAY_S;

/// Whether something happened in a span that lies back, in three numbers.
///
/// The span that is asked for has a fixed length, at least `DAYS` long: so of what happened closer together than that only
/// the begin and the end of the run count, and the end of the run before. The answer is exact for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Runs<const DAYS: u32> {
    begin: u32,
    end: u32,
    end_before: u32,
}

impl<const DAYS: u32> Runs<DAYS> {
    /// Nothing happened yet.
    pub(super) const NONE: Self = Self { begin: NEVER, end: 0, end_before: 0 };

    /// It happened, at most a day before what was said to have happened already.
    pub(super) fn happened(&mut self, at: u32) {
        if self.begin == NEVER {
            (self.begin, self.end) = (at, at);
        } else if at > self.end && at - self.end > DAYS * DAY_S {
            (self.end_before, self.begin, self.end) = (self.end, at, at);
        } else {
            // Told late, it may close the gap to the run before.
            if at < self.begin && self.end_before > 0 && at - self.end_before.min(at) <= DAYS * DAY_S {
                self.begin = self.end_before;
            }
            (self.begin, self.end) = (self.begin.min(at), self.end.max(at));
        }
    }

    /// Whether it happened less than `span` and at least `skip` seconds before now.
    pub(super) fn any(&self, now: u32, skip: u32, span: u32) -> bool {
        let (after, until) = (i64::from(now) - i64::from(span), i64::from(now) - i64::from(skip));
        let run = self.begin != NEVER && i64::from(self.begin) <= until && i64::from(self.end) > after;
        let before = self.end_before > 0 && (after + 1..=until).contains(&i64::from(self.end_before));
        run || before
    }
}

/// What is kept of a wallet. Times are in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    /// When it was opened.
    pub(super) opened: u32,
    /// When its main and its second account were linked.
    pub(super) linked: [u32; 2],
    /// When its owner took another device.
    pub(super) device_changed: u32,
    /// When it was used: `sleeper_awake` asks for 7 to 180 days back.
    pub(super) used: Runs<USED_DAYS>,
    /// When its owner signed in or opened it: the same asks for 180 to 400 days back.
    pub(super) known: Runs<KNOWN_DAYS>,
    /// How many devices it had before this one.
    pub(super) devices_had: u8,
}

impl Record {
    /// A wallet that nobody opened yet.
    pub(super) const NONE: Self = Self {
        opened: NEVER,
        linked: [NEVER; 2],
        device_changed: 0,
        used: Runs::NONE,
        known: Runs::NONE,
        devices_had: 0,
    };

    /// It was used: money moved, or its owner came in.
    pub(super) fn is_used(&mut self, at: u32, comes_in: bool) {
        self.used.happened(at);
        if comes_in {
            self.known.happened(at);
        }
    }

    /// The device at a time of the last day or two: how many it had before.
    pub(super) const fn device_at(&self, at: u32) -> u8 {
        if at < self.device_changed { self.devices_had.saturating_sub(1) } else { self.devices_had }
    }

    /// Which of its accounts is linked at a time, the main one first.
    pub(super) fn linked_at(&self, at: u32) -> Option<u8> {
        (0_u8..2).find(|which| self.linked.get(usize::from(*which)).is_some_and(|linked| *linked <= at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Dice;

    #[test]
    fn three_numbers_answer_as_all_of_them_would() {
        let mut dice = Dice::new(7);
        for _ in 0..2_000 {
            let (mut runs, mut all, mut now) = (Runs::<USED_DAYS>::NONE, Vec::new(), 1_000 * DAY_S);
            for _ in 0..12 {
                let most = if dice.chance(500) { 400 } else { 40 };
                now += dice.below(most) as u32 * DAY_S / 2 + dice.below(7_200) as u32;
                if dice.chance(600) {
                    runs.happened(now);
                    all.push(now);
                }
                // Of the same day, told late.
                if dice.chance(300) {
                    let late = now - dice.below(80_000) as u32;
                    runs.happened(late);
                    all.push(late);
                }
                let asked = now + dice.below(30) as u32 * DAY_S / 3;
                let (after, until) = (asked - 180 * DAY_S, asked - 7 * DAY_S);
                let found = all.iter().any(|at| *at > after && *at <= until);
                assert_eq!(runs.any(asked, 7 * DAY_S, 180 * DAY_S), found, "{all:?} at {asked}");
            }
        }
    }

    #[test]
    fn a_record_is_as_small_as_it_says() {
        assert_eq!(size_of::<Record>(), 44);
    }
}
