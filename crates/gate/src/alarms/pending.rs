//! Failures that wait to see whether a success on the same account follows: the watch's memory of accounts.
//!
//! Bounded by [`MOST_WAITING`] failures and [`MOST_SUCCESSES`] successes. Beyond that the oldest are settled as they
//! stand: a flood rings sooner, it does not fill the memory.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use terms::{Span, Time};

/// How long a failure waits for a success before it is an orphan.
pub(super) const ORPHAN_AFTER: Span = Span::hours(24);
/// After this time nearly all who will try again have done so: what can be told early.
pub(super) const EARLY_AFTER: Span = Span::hours(2);
/// Failures that wait at most, over all banks.
const MOST_WAITING: usize = 20_000;
/// Successes that are remembered for failures that are told late, at most.
const MOST_SUCCESSES: usize = 5_000;
/// Failures that one success answers at most where only the customer is known, so that an attacker's own account
/// does not answer for all that he tried.
const MOST_BY_CUSTOMER: usize = 3;

/// Who tried where: an account, or a customer at a bank where the account is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Key {
    #[serde(rename = "a")]
    Account(u64),
    #[serde(rename = "c")]
    Customer(u64),
}

/// A failure that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    #[serde(rename = "k")]
    pub(super) key: Key,
    #[serde(rename = "t")]
    pub(super) at: Time,
    #[serde(rename = "s")]
    pub(super) stream: u16,
    #[serde(rename = "f")]
    pub(super) followed: bool,
}

/// A failure's moment of truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// Two hours have passed.
    Early(Waiting),
    /// A day has passed.
    Full(Waiting),
}

/// All failures that wait.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(super) struct Pending {
    queue: VecDeque<Waiting>,
    /// The number of the queue's front; the others follow.
    front: u64,
    /// How many of the front have been told early.
    told: usize,
    successes: VecDeque<(Key, Time)>,
    /// Rebuilt from the queue when loaded.
    open: BTreeSet<(Key, u64)>,
    /// Rebuilt from the successes when loaded.
    lately: BTreeMap<Key, Time>,
}

/// What is saved of it.
#[derive(Serialize, Deserialize)]
struct Saved {
    queue: VecDeque<Waiting>,
    told: usize,
    successes: VecDeque<(Key, Time)>,
}

impl From<Saved> for Pending {
    fn from(saved: Saved) -> Self {
        let open = (0..)
            .zip(&saved.queue)
            .filter(|(_, waiting)| !waiting.followed)
            .map(|(number, waiting)| (waiting.key, number))
            .collect();
        let lately = saved.successes.iter().copied().collect();
        let told = saved.told.min(saved.queue.len());
        Self { queue: saved.queue, front: 0, told, successes: saved.successes, open, lately }
    }
}

impl From<Pending> for Saved {
    fn from(pending: Pending) -> Self {
        Self { queue: pending.queue, told: pending.told, successes: pending.successes }
    }
}

impl Pending {
    /// A failure at the clock's time; `happened` is the time that was told for it.
    pub(super) fn failed(&mut self, key: Key, stream: u16, clock: Time, happened: Time) {
        let followed = self.lately.get(&key).is_some_and(|success| *success >= happened);
        let number = self.front + self.queue.len() as u64;
        if !followed {
            self.open.insert((key, number));
        }
        self.queue.push_back(Waiting { key, at: clock, stream, followed });
    }

    /// A success at the clock's time: the open failures of the key are followed.
    pub(super) fn succeeded(&mut self, key: Key, clock: Time, happened: Time) {
        let most = match key {
            Key::Account(_) => usize::MAX,
            Key::Customer(_) => MOST_BY_CUSTOMER,
        };
        let answered: Vec<u64> =
            self.open.range((key, 0)..=(key, u64::MAX)).map(|(_, number)| *number).take(most).collect();
        for number in answered {
            self.open.remove(&(key, number));
            if let Some(waiting) = self.queue.get_mut((number - self.front) as usize) {
                waiting.followed = true;
            }
        }
        self.lately.insert(key, happened);
        self.successes.push_back((key, happened));
        let old = clock.minus(EARLY_AFTER);
        while self.successes.front().is_some_and(|(_, at)| *at < old) || self.successes.len() > MOST_SUCCESSES
        {
            if let Some((key, at)) = self.successes.pop_front()
                && self.lately.get(&key) == Some(&at)
            {
                self.lately.remove(&key);
            }
        }
    }

    /// Forgets the failures that wait in some streams, as if they had not been.
    pub(super) fn forget(&mut self, in_stream: impl Fn(u16) -> bool) {
        if !self.queue.iter().any(|waiting| in_stream(waiting.stream)) {
            return;
        }
        let mut saved = Saved::from(std::mem::take(self));
        saved.told = saved.queue.iter().take(saved.told).filter(|waiting| !in_stream(waiting.stream)).count();
        saved.queue.retain(|waiting| !in_stream(waiting.stream));
        *self = saved.into();
    }

    /// The next failure whose time has come, or that has to go because too many wait.
    pub(super) fn next(&mut self, clock: Time) -> Option<Settled> {
        if let Some(first) = self.queue.front().copied()
            && self.told > 0
            && (first.at.plus(ORPHAN_AFTER) <= clock || self.queue.len() > MOST_WAITING)
        {
            self.queue.pop_front();
            self.open.remove(&(first.key, self.front));
            self.front += 1;
            self.told -= 1;
            return Some(Settled::Full(first));
        }
        let waiting = self.queue.get(self.told).copied()?;
        let due = waiting.at.plus(EARLY_AFTER) <= clock || self.queue.len() > MOST_WAITING;
        due.then(|| {
            self.told += 1;
            Settled::Early(waiting)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Key = Key::Account(1);
    const C: Key = Key::Customer(1);

    fn at(hours: i64) -> Time {
        Time::from_millis(0).plus(Span::hours(hours))
    }

    /// Plays failures (-) and successes (+) at hours; tells how many of the failures were orphans early and in full.
    fn orphans(plays: &[(char, Key, i64, i64)]) -> (usize, usize) {
        let (mut pending, mut early, mut full) = (Pending::default(), 0, 0);
        let mut settle = |pending: &mut Pending, now: Time| {
            while let Some(settled) = pending.next(now) {
                match settled {
                    Settled::Early(waiting) => early += usize::from(!waiting.followed),
                    Settled::Full(waiting) => full += usize::from(!waiting.followed),
                }
            }
        };
        for (what, key, clock, happened) in plays {
            settle(&mut pending, at(*clock));
            match what {
                '-' => pending.failed(*key, 0, at(*clock), at(*happened)),
                _ => pending.succeeded(*key, at(*clock), at(*happened)),
            }
        }
        settle(&mut pending, at(1_000));
        assert!(pending.queue.is_empty() && pending.open.is_empty() && pending.told == 0);
        (early, full)
    }

    #[test]
    fn a_failure_is_an_orphan_unless_a_success_follows_in_time() {
        let cases: [(&[(char, Key, i64, i64)], (usize, usize)); 9] = [
            (&[('-', A, 0, 0)], (1, 1)),
            (&[('-', A, 0, 0), ('+', A, 1, 1)], (0, 0)),
            (&[('-', A, 0, 0), ('+', A, 5, 5)], (1, 0)),
            (&[('-', A, 0, 0), ('+', A, 25, 25)], (1, 1)),
            (&[('+', A, 0, 0), ('-', A, 1, 1)], (1, 1)),
            (&[('-', A, 0, 0), ('+', Key::Account(2), 1, 1)], (1, 1)),
            // Told late: it failed before the success that we know.
            (&[('+', A, 3, 3), ('-', A, 4, 2)], (0, 0)),
            // The attacker's own success answers for three of five.
            (
                &[
                    ('-', C, 0, 0),
                    ('-', C, 0, 0),
                    ('-', C, 0, 0),
                    ('-', C, 0, 0),
                    ('-', C, 0, 0),
                    ('+', C, 1, 1),
                ],
                (2, 2),
            ),
            (
                &[
                    ('-', A, 0, 0),
                    ('-', A, 0, 0),
                    ('-', A, 0, 0),
                    ('-', A, 0, 0),
                    ('-', A, 0, 0),
                    ('+', A, 1, 1),
                ],
                (0, 0),
            ),
        ];
        for (plays, expected) in cases {
            assert_eq!(orphans(plays), expected, "{plays:?}");
        }
    }

    #[test]
    fn what_is_forgotten_of_some_streams_leaves_the_others_as_they_were() {
        let mut dice = 7;
        let mut draw = |below: u64| {
            dice = super::super::seen::mix(dice + 1);
            dice % below
        };
        let plays: Vec<_> = (0..400)
            .map(|_| (draw(3) > 0, Key::Account(draw(40)), draw(3) as u16, 1 + draw(4) as i64))
            .collect();
        // The even streams are forgotten now and then; what is told of the odd one is the same without them.
        let play = |others: bool| {
            let (mut pending, mut now, mut told) = (Pending::default(), 0, Vec::new());
            for (place, (failed, key, stream, hours)) in plays.iter().enumerate() {
                now += hours;
                let of_odd = *stream == 1;
                if of_odd || others {
                    // Each stream has accounts of its own.
                    let Key::Account(number) = key else { continue };
                    let key = Key::Account(number * 3 + u64::from(*stream));
                    match failed {
                        true => pending.failed(key, *stream, at(now), at(now)),
                        false => pending.succeeded(key, at(now), at(now)),
                    }
                }
                if others && place % 5 == 0 {
                    pending.forget(|stream| stream != 1);
                }
                while let Some(settled) = pending.next(at(now)) {
                    let (Settled::Early(waiting) | Settled::Full(waiting)) = settled;
                    let early = matches!(settled, Settled::Early(_));
                    if waiting.stream == 1 {
                        told.push((now, early, waiting.key, waiting.followed));
                    }
                }
            }
            told
        };
        let told = play(true);
        assert!(told.len() > 50 && told == play(false), "{told:?}");
    }

    #[test]
    fn a_flood_is_settled_early_and_does_not_grow() {
        let mut pending = Pending::default();
        let mut settled = 0;
        for number in 0..100_000 {
            pending.failed(Key::Account(number), 0, at(0), at(0));
            pending.succeeded(Key::Account(number + 1_000_000), at(0), at(0));
            while pending.next(at(0)).is_some() {
                settled += 1;
            }
            assert!(pending.queue.len() <= MOST_WAITING && pending.open.len() <= MOST_WAITING);
            assert!(pending.successes.len() <= MOST_SUCCESSES && pending.lately.len() <= MOST_SUCCESSES);
        }
        assert!(settled > 100_000);
    }
}
