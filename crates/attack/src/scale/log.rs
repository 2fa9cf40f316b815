//! Remembered attempts in little room: what detectors may still ask for, and nothing that is older.
//!
//! Every attempt is one entry of a ring in order of time. For each order in which it can be asked for (by whom, step,
//! refused or not) it points back to the one before of the same subject. What has passed the longest span of its order
//! is forgotten, so that the room taken depends on traffic and not on how long life goes on.

use super::orders::{AXES, Order, Orders};
use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasherDefault, Hasher},
};

/// No attempt before this one.
const NOTHING: u32 = u32::MAX;
/// Expiry looks at so many entries at most for each that is added, so that no addition waits.
const FORGOTTEN_AT_ONCE: usize = 64;

/// One attempt. What is 0 is not known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    /// Seconds, as the calendar counts them.
    pub(super) at: u32,
    /// The step's place in the list of steps.
    pub(super) step: u8,
    /// Whether it was refused.
    pub(super) refused: bool,
    /// Refused for this, as a place in the list of codes.
    pub(super) code: u8,
    /// The bank's place, counted from 1.
    pub(super) bank: u8,
    /// The wallet, counted from 1.
    pub(super) wallet: u32,
    pub(super) device: u64,
    pub(super) address: u32,
    pub(super) account: u64,
    pub(super) holder: u64,
    /// The wallet that is paid, counted from 1.
    pub(super) payee: u32,
    pub(super) yen: u32,
}

/// An entry with its pointers back, one for each axis.
#[derive(Debug, Clone, Copy)]
struct Kept {
    entry: Entry,
    before: [u32; AXES],
}

/// Keys are mixed already.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// A log of attempts: one ring for each span after which steps are forgotten.
#[derive(Debug)]
pub(super) struct Log {
    orders: &'static Orders,
    rings: Vec<Ring>,
    /// Somebody may still ask as of so many seconds ago.
    behind: u32,
    most: usize,
}

impl Log {
    /// An empty one, of which may be asked as of now or up to so many seconds ago.
    pub(super) fn new(behind: u32) -> Self {
        let orders = Orders::all();
        let rings = orders.spans().iter().map(|longest| Ring::new(orders, *longest)).collect();
        Self { orders, rings, behind, most: 0 }
    }

    /// How many attempts are remembered now.
    pub(super) fn len(&self) -> usize {
        self.rings.iter().map(|ring| ring.kept.len()).sum()
    }

    /// How many subjects are remembered now, each once in each order.
    #[cfg(test)]
    pub(super) fn subjects(&self) -> usize {
        self.rings.iter().map(|ring| ring.newest.len()).sum()
    }

    /// The most attempts that were remembered whenever [`Log::forget_until`] was called.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    /// Remembers an attempt that is not older than the last one. What nobody asks for is not kept.
    pub(super) fn remember(&mut self, entry: Entry) {
        let Some(ring) = self.orders.ring_of(entry.step, entry.refused) else { return };
        if let Some(ring) = self.rings.get_mut(ring) {
            ring.forget(self.orders, entry.at.saturating_sub(self.behind), FORGOTTEN_AT_ONCE);
            ring.add(self.orders, entry);
        }
    }

    /// Forgets all that is too old at a time.
    pub(super) fn forget_until(&mut self, now: u32) {
        self.most = self.most.max(self.len());
        for ring in &mut self.rings {
            ring.forget(self.orders, now.saturating_sub(self.behind), usize::MAX);
        }
    }

    /// The attempts of a subject in an order, the newest first.
    pub(super) fn newest_first(&self, order: &Order, key: u64) -> impl Iterator<Item = &Entry> {
        let ring = self.rings.get(order.ring);
        let mut next = ring.and_then(|ring| ring.newest.get(&key)).copied().unwrap_or(NOTHING);
        let axis = order.axis;
        std::iter::from_fn(move || {
            if next == NOTHING {
                return None;
            }
            let ring = ring?;
            let kept = ring.kept.get(next.wrapping_sub(ring.front) as usize)?;
            next = kept.before.get(axis).copied().unwrap_or(NOTHING);
            Some(&kept.entry)
        })
    }
}

/// Attempts of steps that are forgotten after the same span.
#[derive(Debug)]
struct Ring {
    kept: VecDeque<Kept>,
    /// The number of the first; numbers wrap around long after an entry is forgotten.
    front: u32,
    /// The newest attempt of each subject in each order. Only looked up, never walked: its order is nobody's.
    newest: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
    /// Each span after which some order forgets, and how far that has gone, as a place in the ring.
    passed: Vec<(u32, usize)>,
}

impl Ring {
    fn new(orders: &Orders, longest: u32) -> Self {
        let passed = orders.spans().iter().filter(|span| **span <= longest).map(|span| (*span, 0)).collect();
        Self { kept: VecDeque::new(), front: 0, newest: HashMap::default(), passed }
    }

    fn add(&mut self, orders: &Orders, entry: Entry) {
        let number = self.front.wrapping_add(self.kept.len() as u32);
        let mut before = [NOTHING; AXES];
        for order in orders.of(entry.step, entry.refused) {
            if let (Some(key), Some(place)) = (order.key(&entry), before.get_mut(order.axis)) {
                *place = self.newest.insert(key, number).unwrap_or(NOTHING);
            }
        }
        self.kept.push_back(Kept { entry, before });
    }

    fn forget(&mut self, orders: &Orders, now: u32, mut at_once: usize) {
        for (span, passed) in &mut self.passed {
            while at_once > 0
                && let Some(kept) = self.kept.get(*passed).filter(|kept| kept.entry.at + *span <= now)
            {
                let number = self.front.wrapping_add(*passed as u32);
                *passed += 1;
                at_once -= 1;
                let entry = &kept.entry;
                let over = orders.of(entry.step, entry.refused).iter().filter(|order| order.span == *span);
                for key in over.filter_map(|order| order.key(entry)) {
                    if self.newest.get(&key) == Some(&number) {
                        self.newest.remove(&key);
                    }
                }
            }
        }
        // What every span has passed is of no use to anybody.
        let done = self.passed.iter().map(|(_, passed)| *passed).min().unwrap_or(0);
        self.kept.drain(..done);
        self.front = self.front.wrapping_add(done as u32);
        self.passed.iter_mut().for_each(|(_, passed)| *passed -= done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gate::Step;

    fn sign_in(at: u32, wallet: u32) -> Entry {
        Entry { at, step: Step::SignIn as u8, wallet, device: wallet.into(), ..Entry::default() }
    }

    #[test]
    fn what_nobody_may_ask_for_any_more_is_forgotten() {
        let mut log = Log::new(0);
        for number in 0..10_000 {
            log.remember(sign_in(1_000_000 + number * 60, number + 1));
        }
        // By customer an hour counts, by device 30 days.
        log.forget_until(1_000_000 + 10_000 * 60);
        assert_eq!((log.len(), log.subjects()), (10_000, 10_000 + 59));
        log.forget_until(1_000_000 + 10_000 * 60 + 29 * 86_400);
        assert_eq!((log.len(), log.subjects()), (1_439, 1_439));
        log.forget_until(1_000_000 + 10_000 * 60 + 31 * 86_400);
        assert_eq!((log.len(), log.subjects()), (0, 0));
        assert_eq!(log.most(), 10_000);
    }

    #[test]
    fn a_subject_is_found_again_the_newest_first_and_nobody_else() {
        let mut log = Log::new(0);
        for number in 0..100 {
            log.remember(sign_in(1_000_000 + number, 1 + number % 7));
        }
        let order = Orders::all().of(Step::SignIn as u8, false).first().expect("an order");
        let key = order.key(&sign_in(0, 3)).expect("a key");
        let found: Vec<u32> = log.newest_first(order, key).map(|entry| entry.at - 1_000_000).collect();
        assert_eq!(found, (0..100).rev().filter(|number| number % 7 == 2).collect::<Vec<_>>());
    }
}
