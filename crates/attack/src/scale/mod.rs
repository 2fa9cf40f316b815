//! A year at full size: millions of wallets live their ordinary life before the production gate, and somebody guesses.
//!
//! Each day is played in two parts. First, in order of time and by one thread, what happens at the door: sign-ups,
//! sign-ins, links, the banks' words, attackers. That is counted by devices, networks and bank accounts, which anybody
//! may share. Then, by as many threads as there are processors, money that moves: it is counted by customer, bank account
//! and payee only, so that circles of wallets that pay each other can be played beside each other. It sees the door's
//! attempts as of its own second. The outcome depends on the settings alone.
//!
//! The gate is the production's: its detectors, counts, alarms, and breakers, as the engine puts them together. Ledger,
//! limits, provisional value, identity and the engine's other rules are not played here.

#[cfg(test)]
mod against_all;
mod calendar;
mod census;
mod doors;
mod guessers;
mod judge;
mod life;
mod links;
mod log;
mod lookout;
mod orders;
mod outcome;
mod record;
mod settings;
mod shard;
mod tally;

pub use outcome::{Campaign, Honest, Moment, Outcome};
pub use settings::{OutOfRange, Settings};

use calendar::Day;
use census::Census;
use doors::Doors;
use guessers::Guessing;
use shard::{SHARDS, Shard, Today, young_s};

/// How far a year is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Days that were played.
    pub days: u32,
    /// Of so many.
    pub of: u32,
    /// Alarms so far.
    pub alarms: u64,
    /// Attempts that are remembered now.
    pub remembered: u64,
}

/// Plays a year. `looks` is told of each day that ends: where it says no, what was found so far is the outcome.
///
/// # Errors
/// A setting that is not allowed.
pub fn run(settings: &Settings, looks: &mut dyn FnMut(Progress) -> bool) -> Result<Outcome, OutOfRange> {
    settings.check()?;
    let census = Census::new(settings);
    let sign_ups = calendar::sign_up_days(settings.days);
    let young_s = young_s();
    let mut shards = at_once((0..SHARDS).collect(), |number| Shard::new(&census, number));
    let mut day = Day::new(settings, 0);
    shards = at_once(shards, |mut shard| {
        shard.plans(&census, &day, &sign_ups);
        shard
    });
    let mut doors = Doors::new(census.clone(), day.clone(), Guessing::new(settings));
    let mut played = 0;
    while played < settings.days {
        doors.play(day.clone(), &mut shards);
        let next = Day::new(settings, played + 1);
        let today =
            Today { census: &census, day: &day, doors: &doors.log, stops: doors.lookout.changes(), young_s };
        shards = at_once(shards, |mut shard| {
            shard.moves(&today);
            shard.plans(&census, &next, &sign_ups);
            shard
        });
        played += 1;
        day = next;
        let remembered = doors.log.len() + shards.iter().map(|shard| shard.log.len()).sum::<usize>();
        let progress = Progress {
            days: played,
            of: settings.days,
            alarms: doors.lookout.alarms,
            remembered: remembered as u64,
        };
        if !looks(progress) {
            break;
        }
    }
    Ok(Outcome::of(settings, played, &doors, &shards))
}

/// Does the same to each, on as many threads as there are processors; in the same order.
fn at_once<T: Send, U: Send>(all: Vec<T>, one: impl Fn(T) -> U + Sync) -> Vec<U> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(all.len()).max(1);
    let mut hands: Vec<Vec<(usize, T)>> = (0..threads).map(|_| Vec::new()).collect();
    for (place, each) in all.into_iter().enumerate() {
        if let Some(hand) = hands.get_mut(place % threads) {
            hand.push((place, each));
        }
    }
    let one = &one;
    let mut done: Vec<(usize, U)> = std::thread::scope(|scope| {
        let work = |hand: Vec<(usize, T)>| {
            hand.into_iter().map(|(place, each)| (place, one(each))).collect::<Vec<_>>()
        };
        let threads: Vec<_> = hands.into_iter().map(|hand| scope.spawn(move || work(hand))).collect();
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(done) => done,
            Err(broken) => std::panic::resume_unwind(broken),
        });
        joined.flatten().collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, each)| each).collect()
}
