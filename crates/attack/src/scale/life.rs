//! What ordinary people will do on a day: a plan that depends on the seed, the day and the person, and on nothing that
//! happens.

use super::{
    calendar::{DAY_S, Day, Deed, NEWCOMERS_PERCENT, START_S, kind_of, moment},
    census::{CIRCLE, Census, hash, mix},
    record::Record,
};
use crate::world::Dice;

/// Somebody will do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Intent {
    pub(super) at: u32,
    pub(super) wallet: u32,
    pub(super) deed: Deed,
    /// Decides everything else of it.
    pub(super) chance: u32,
}

/// What is planned for a day, in order of time.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// At the door: counted by places that strangers share.
    pub(super) doors: Vec<Intent>,
    /// Money that moves: counted by the circle's own.
    pub(super) money: Vec<Intent>,
}

/// The day on which a wallet is opened; nothing for those that are older.
fn sign_up_day(census: &Census, days: &[u32], wallet: u32) -> Option<u32> {
    let drawn = hash(census.seed, 30, u64::from(wallet));
    let day = days.partition_point(|until| *until < (drawn >> 32) as u32) as u32;
    (drawn % 100 < NEWCOMERS_PERCENT).then_some(day)
}

/// The record of a wallet before the first day.
pub(super) fn record_before(census: &Census, wallet: u32) -> Record {
    let drawn = hash(census.seed, 30, u64::from(wallet));
    if drawn % 100 < NEWCOMERS_PERCENT {
        return Record::NONE;
    }
    let mut dice = Dice::new(hash(census.seed, 31, u64::from(wallet)));
    let opened = START_S - DAY_S - dice.below(1_095 * u64::from(DAY_S)) as u32;
    let mut record = Record { opened, ..Record::NONE };
    if dice.chance(920) {
        record.linked[0] = opened + 600;
    }
    if dice.chance(250) {
        record.linked[1] = opened + (START_S - opened) / 2;
    }
    // Used all the time until lately, or some time ago and not since.
    let age = u64::from(START_S - opened);
    let quiet = match kind_of(census.seed, wallet) {
        0 => dice.below(age.min(14 * 86_400)),
        1 => dice.below(age.min(150 * 86_400)),
        _ => dice.below(age),
    };
    let mut at = opened;
    while at < START_S - quiet as u32 {
        record.is_used(at, true);
        at = at.saturating_add(100 * DAY_S);
    }
    record.is_used(opened.max(START_S - 1 - quiet as u32), true);
    record
}

/// Plans a day for the wallets with these numbers. `records` only say who has come already; who comes on the day is
/// asked again when it happens.
pub(super) fn plan(
    census: &Census,
    day: &Day,
    sign_ups: &[u32],
    wallets: impl Iterator<Item = u32>,
    records: &[Record],
    into: &mut Plan,
) {
    into.doors.clear();
    into.money.clear();
    let salt = hash(census.seed, 32, u64::from(day.number));
    for (wallet, record) in wallets.zip(records) {
        if record.opened > day.begins {
            if sign_up_day(census, sign_ups, wallet) == Some(day.number) {
                add(day, into, wallet, Deed::SignsUp, salt);
            }
            continue;
        }
        let drawn = mix(salt ^ u64::from(wallet).wrapping_mul(0xd129_0d3f_8e4d_9b5b));
        let (first, second) = (drawn as u32, (drawn >> 32) as u32);
        // On most days most people do nothing, of whatever kind they are.
        if first >= day.busiest.0 && second >= day.busiest.1 {
            continue;
        }
        let kind = kind_of(census.seed, wallet);
        let (Some(deeds), Some(pays)) = (day.deeds.get(kind), day.pays.get(kind)) else { continue };
        if let Some((_, deed)) = deeds.iter().find(|(until, _)| first < *until) {
            add(day, into, wallet, *deed, salt);
        }
        for (round, _) in (1..).zip(pays.iter().filter(|until| second < **until)) {
            add(day, into, wallet, Deed::Pays, salt.wrapping_add(round));
        }
    }
    into.doors.sort_unstable();
    into.money.sort_unstable();
}

fn add(day: &Day, into: &mut Plan, wallet: u32, deed: Deed, salt: u64) {
    let mut dice = Dice::new(hash(salt, 33, u64::from(wallet)));
    let at = day.begins + moment(&mut dice);
    let intent = Intent { at, wallet, deed, chance: dice.draw() as u32 };
    if deed < Deed::TopsUp { into.doors.push(intent) } else { into.money.push(intent) }
}

/// Somebody of the same circle.
pub(super) const fn friend(wallet: u32, chance: u32) -> u32 {
    let (circle, place) = (wallet - wallet % CIRCLE, wallet % CIRCLE);
    circle + (place + 1 + chance % (CIRCLE - 1)) % CIRCLE
}
