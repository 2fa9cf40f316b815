//! The watch: sightings and the passing of days in, alarms out.

use super::{
    alarm::{Alarm, Code, Scope},
    clock::{Clock, Stop, day_of},
    pending::{Key, Pending, Settled, Waiting},
    seen::mix,
    share::Share,
    singletons::Firsts,
    still::Still,
    stream::{RATIOS, Stream},
};
use crate::Sighting;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use terms::{BankCode, Time};

/// Bank × methods that are told apart; more are watched only as part of all.
const MOST_STREAMS: usize = 256;
/// The place of a failure that is watched only as part of all.
pub(super) const NO_STREAM: u16 = u16::MAX;
/// Longest method code that is kept.
const LONGEST_METHOD: usize = 64;

/// A fold over sightings, in the store's order, and over days.
///
/// Its whole state is serde: after reading it back, the same sightings give the same alarms at the same sighting, to
/// the last bit. It stays below a megabyte of JSON with 35 banks at 150 tries a day; what an attacker can make
/// it hold is bounded by constants (20,000 waiting failures, 20,000 single accounts, 192 secrets for each of 256
/// streams).
///
/// Days end at midnight in Japan. The clock never goes back: a sighting that is told late counts as of now. A
/// sighting moves the clock forward by a day at most, so that one with an absurd time does no harm; after a longer
/// silence call [`Watch::tick`] first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    pub(super) number: u64,
    pub(super) clock: Clock,
    pub(super) all: Stream,
    pub(super) streams: Vec<Stream>,
    pub(super) pending: Pending,
    pub(super) firsts: Firsts,
    #[serde(skip)]
    pub(super) still: Still,
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// A watch that has seen nothing.
    pub fn new() -> Self {
        Self {
            number: 0,
            clock: Clock::default(),
            all: Stream::new(Scope::All),
            streams: Vec::new(),
            pending: Pending::default(),
            firsts: Firsts::default(),
            still: Still::default(),
        }
    }

    /// The number of the last sighting seen, 0 before the first: feed those that follow.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The time that the watch believes, the latest of all that it was told within reason.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Sees one sighting. One whose number is not above [`Watch::number`] was seen before and is passed over.
    pub fn see(&mut self, sighting: &Sighting) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        if sighting.number <= self.number {
            return alarms;
        }
        self.advance(self.clock.heard(sighting.at), &mut alarms);
        self.number = sighting.number;
        let stream = self.stream_of(sighting.bank, &sighting.method);
        let key = key_of(sighting);
        if !self.still.holds(stream) {
            for stream in both(&mut self.all, &mut self.streams, stream) {
                stream.tried(sighting.worked, key.is_some());
            }
            self.remember(sighting, key, stream);
        }
        self.settle(&mut alarms);
        self.ring(Code::FailureShift, stream, &mut alarms);
        self.ring_direct(sighting, key, stream, &mut alarms);
        alarms
    }

    /// Tells the time, at least once a day: days end and failures turn out to be orphans without new sightings too.
    pub fn tick(&mut self, now: Time) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        self.advance(now, &mut alarms);
        alarms
    }

    /// Expected compromised accounts at a bank beyond what honest failures and luck explain, decayed over 30 days; 0
    /// for a bank never seen.
    pub fn excess(&self, bank: BankCode) -> f64 {
        self.streams
            .iter()
            .filter(|stream| bank_of(stream) == Some(bank))
            .map(|stream| stream.excess.accounts())
            .sum()
    }

    /// The same of every bank that was seen.
    pub fn excesses(&self) -> BTreeMap<BankCode, f64> {
        self.streams.iter().filter_map(bank_of).map(|bank| (bank, self.excess(bank))).collect()
    }

    /// The same over all banks together, where luck at one bank makes good for bad luck at another.
    pub fn excess_of_all(&self) -> f64 {
        self.all.excess.accounts()
    }

    /// The hostile share of the last seven days' tries in a scope, told from the success rate alone; nothing
    /// while the honest rate is not learned (60 days).
    pub fn share(&self, scope: &Scope) -> Option<Share> {
        match scope {
            Scope::All => self.all.share(),
            Scope::Bank(bank) => self.streams.iter().find(|stream| bank_of(stream) == Some(*bank))?.share(),
            Scope::Method(..) => self.streams.iter().find(|stream| stream.scope == *scope)?.share(),
        }
    }

    fn stream_of(&mut self, bank: BankCode, method: &str) -> u16 {
        let method: &str = method.get(..LONGEST_METHOD).unwrap_or(method);
        let found = self
            .streams
            .iter()
            .position(|stream| matches!(&stream.scope, Scope::Method(at, by) if *at == bank && by == method));
        let place = found.unwrap_or_else(|| {
            if self.streams.len() < MOST_STREAMS && method.len() <= LONGEST_METHOD {
                self.streams.push(Stream::new(Scope::Method(bank, method.to_owned())));
                return self.streams.len() - 1;
            }
            usize::from(NO_STREAM)
        });
        u16::try_from(place).unwrap_or(NO_STREAM)
    }

    fn remember(&mut self, sighting: &Sighting, key: Option<Key>, stream: u16) {
        let now = self.clock.now();
        let customer = customer_key(sighting);
        if sighting.worked {
            for key in key.into_iter().chain(customer) {
                self.pending.succeeded(key, now, sighting.at);
                self.firsts.succeeded(key);
            }
        } else if let Some(key) = key {
            self.pending.failed(key, stream, now, sighting.at);
            self.firsts.failed(key, day_of(now), stream);
        }
    }

    fn advance(&mut self, to: Time, alarms: &mut Vec<Alarm>) {
        while let Some(stop) = self.clock.step(to) {
            self.settle(alarms);
            if stop == Stop::DayEnds {
                self.day_ends(alarms);
            }
        }
    }

    /// Failures whose time has come.
    fn settle(&mut self, alarms: &mut Vec<Alarm>) {
        let now = self.clock.now();
        // A day that ends is still the day of what is settled at its last moment.
        let today = day_of(Time::from_millis(now.millis().saturating_sub(1)));
        while let Some(settled) = self.pending.next(now) {
            let (Settled::Early(Waiting { stream, at, followed, .. })
            | Settled::Full(Waiting { stream, at, followed, .. })) = settled;
            let yesterday = day_of(at) < today;
            for one in both(&mut self.all, &mut self.streams, stream) {
                match settled {
                    Settled::Early(_) => one.told(yesterday, !followed),
                    Settled::Full(_) => one.orphans.settled(yesterday, !followed),
                }
            }
            if matches!(settled, Settled::Early(_)) {
                self.ring(Code::Orphans, stream, alarms);
            }
        }
    }

    fn day_ends(&mut self, alarms: &mut Vec<Alarm>) {
        let today = day_of(self.clock.now()) - 1;
        let mut singles = vec![0_u32; self.streams.len()];
        let settled = self.firsts.settle(today);
        for stream in &settled {
            if let Some(count) = singles.get_mut(usize::from(*stream)) {
                *count += 1;
            }
        }
        self.all.day_ends(settled.len() as u32);
        for (stream, singles) in self.streams.iter_mut().zip(singles) {
            stream.day_ends(singles);
        }
        for code in RATIOS {
            for stream in 0..self.streams.len() {
                self.ring(code, stream as u16, alarms);
            }
            self.ring(code, NO_STREAM, alarms);
        }
    }
}

/// All, and the one stream where it is told apart.
pub(super) fn both<'s>(
    all: &'s mut Stream,
    streams: &'s mut [Stream],
    stream: u16,
) -> impl Iterator<Item = &'s mut Stream> {
    std::iter::once(all).chain(streams.get_mut(usize::from(stream)))
}

fn bank_of(stream: &Stream) -> Option<BankCode> {
    match &stream.scope {
        Scope::All => None,
        Scope::Bank(bank) | Scope::Method(bank, _) => Some(*bank),
    }
}

/// The account where the bank tells it, else the customer at that bank.
fn key_of(sighting: &Sighting) -> Option<Key> {
    sighting
        .account
        .as_ref()
        .map(|account| Key::Account(first_bytes(account)))
        .or_else(|| customer_key(sighting))
}

fn customer_key(sighting: &Sighting) -> Option<Key> {
    let customer = sighting.customer?.uuid().as_u128();
    let bank = u64::from(sighting.bank.number());
    Some(Key::Customer(mix(customer as u64 ^ mix((customer >> 64) as u64 ^ bank.rotate_left(48)))))
}

/// Tags are keyed, so their first 64 bits tell accounts apart as well as all of them.
pub(super) fn first_bytes(digest: &terms::Digest) -> u64 {
    digest.bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
