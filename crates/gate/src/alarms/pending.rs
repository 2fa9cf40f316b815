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
