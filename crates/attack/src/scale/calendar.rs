//! The year: days with their holidays, paydays, marketing peaks and bad days, and how often people do what.
//!
//! Times are whole seconds since 1,200 days before the first day, which is Wednesday, 2026-04-01 in Japan.

use super::{census::hash, settings::Settings};
use crate::world::Dice;
use terms::Time;

pub(super) const DAY_S: u32 = 86_400;
/// The first second of the first day.
pub(super) const START_S: u32 = 1_200 * DAY_S;
/// Midnight in Japan, 2026-04-01.
const START: Time = Time::from_millis(1_774_969_200_000);

/// Of a hundred wallets, so many are opened within the days that are played; the others before.
pub(super) const NEWCOMERS_PERCENT: u64 = 20;

/// How often somebody does something, in a year. All are assumed; what they come to is in `docs/performance.md`.
#[derive(Debug, Clone, Copy)]
struct Rates {
    /// Of a hundred people.
    percent: u64,
    pays: f64,
    tops_up: f64,
    sends: f64,
    signs_in: f64,
    pays_out: f64,
    /// The second account, by those who have not linked it.
    links: f64,
    /// A telephone lasts three years; some are lost.
    changes_device: f64,
    loses_device: f64,
}

/// Those who use it all the time, those who do so now and then, and those who sleep.
const PEOPLE: [Rates; 3] = [
    // A top-up a month, a payment every ten days; a session that was idle for 14 days has to begin anew.
    Rates {
        percent: 60,
        pays: 36.0,
        tops_up: 12.0,
        sends: 3.0,
        signs_in: 6.0,
        pays_out: 0.3,
        links: 0.4,
        changes_device: 0.3,
        loses_device: 0.02,
    },
    Rates {
        percent: 25,
        pays: 4.0,
        tops_up: 2.0,
        sends: 0.5,
        signs_in: 3.0,
        pays_out: 0.1,
        links: 0.15,
        changes_device: 0.3,
        loses_device: 0.02,
    },
    Rates {
        percent: 15,
        pays: 0.6,
        tops_up: 0.4,
        sends: 0.1,
        signs_in: 0.5,
        pays_out: 0.05,
        links: 0.05,
        changes_device: 0.1,
        loses_device: 0.01,
    },
];

/// Into which of the three kinds a wallet's owner falls.
pub(super) fn kind_of(seed: u64, wallet: u32) -> usize {
    let drawn = hash(seed, 20, u64::from(wallet)) % 100;
    let first = PEOPLE[0].percent;
    usize::from(drawn >= first) + usize::from(drawn >= first + PEOPLE[1].percent)
}

/// Honest tries at banks: the share that fails, and of that the share that does not come back within the day, as in
/// [`crate::campaign::BanksPart`]; a day moves all banks together.
const FAILING: (f64, f64, f64) = (0.15, 0.02, 0.012);
const ORPHANED: (f64, f64, f64) = (0.25, 0.01, 0.04);

/// Something somebody may do on a day; what is done at the door comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    SignsUp,
    SignsIn,
    ChangesDevice,
    LosesDevice,
    Links,
    TopsUp,
    Sends,
    PaysOut,
    Pays,
}

/// One day.
#[derive(Debug, Clone)]
pub(super) struct Day {
    /// From 0 on.
    pub(super) number: u32,
    /// Its first second.
    pub(super) begins: u32,
    /// By kind of people: up to which 32-bit number of a draw each deed is done, one after the other.
    pub(super) deeds: [[(u32, Deed); 7]; 3],
    /// By kind of people: below which 32-bit number of a second draw somebody pays once, twice, three times.
    pub(super) pays: [[u32; 3]; 3],
    /// Whoever draws these or more does nothing and pays nothing, of whatever kind.
    pub(super) busiest: (u32, u32),
    /// The share that fails and the share of that which does not come back, by bank, in millionths.
    pub(super) trouble: Vec<(u64, u64)>,
}

/// A second as the gate and the alarms see it.
pub(super) const fn time(second: u32) -> Time {
    Time::from_millis(START.millis() + (second as i64 - START_S as i64) * 1_000)
}

impl Day {
    pub(super) fn new(settings: &Settings, number: u32) -> Self {
        let (holiday, weekend) = (is_holiday(number), matches!(weekday(number), 3 | 4));
        let peak = is_peak(number);
        // People top up on payday, pay more at the weekend, and do not visit their bank on holidays.
        let (called, at_the_bank) = (if peak { 1.5 } else { 1.0 }, if holiday { 0.6 } else { 1.0 });
        let top_ups = called * if number % 30 == 24 { 2.5 } else { 0.95 };
        let pays = if weekend || holiday { 1.3 } else { 0.9 };
        let links = called * at_the_bank;
        let deeds = PEOPLE.map(|rates| {
            let mut until = 0_u32;
            [
                (rates.tops_up * top_ups, Deed::TopsUp),
                (rates.signs_in, Deed::SignsIn),
                (rates.sends * pays, Deed::Sends),
                (rates.changes_device, Deed::ChangesDevice),
                (rates.links * links, Deed::Links),
                (rates.pays_out, Deed::PaysOut),
                (rates.loses_device, Deed::LosesDevice),
            ]
            .map(|(a_year, deed)| {
                until = until.saturating_add(of_32_bits(a_year / 365.0));
                (until, deed)
            })
        });
        let pays = PEOPLE.map(|rates| {
            // Who pays at all on a day does so 1.5 times in the mean.
            let once = rates.pays * pays / 365.0 / 1.5;
            [once, once * 0.35, once * 0.15].map(of_32_bits)
        });
        let most = |all: &mut dyn Iterator<Item = u32>| all.max().unwrap_or(u32::MAX);
        let busiest = (
            most(&mut deeds.iter().flatten().map(|(until, _)| *until)),
            most(&mut pays.iter().flatten().copied()),
        );
        let trouble = trouble(settings, number);
        Self { number, begins: START_S + number * DAY_S, deeds, pays, busiest, trouble }
    }
}

/// The failing and orphaned share of each bank.
fn trouble(settings: &Settings, day: u32) -> Vec<(u64, u64)> {
    let mut dice = Dice::new(hash(settings.seed, 21, u64::from(day)));
    let mut normal = |deviation: f64| {
        let even: f64 = (0..12).map(|_| (dice.draw() >> 11) as f64 / (1_u64 << 53) as f64).sum();
        (even - 6.0) * deviation
    };
    let (failing, orphaned) = (FAILING.0 + normal(FAILING.1), ORPHANED.0 + normal(ORPHANED.1));
    (0..settings.banks)
        .map(|_| {
            let failing = (failing + normal(FAILING.2)).clamp(0.01, 0.9);
            let orphaned = (orphaned + normal(ORPHANED.2)).clamp(0.0, 1.0);
            ((failing * 1e6) as u64, (orphaned * 1e6) as u64)
        })
        .collect()
}

/// The newcomers of each day, summed up, in 32 bits: the day of somebody's sign-up is found by a draw.
pub(super) fn sign_up_days(days: u32) -> Vec<u32> {
    let weights: Vec<f64> = (0..days)
        .map(|day| match (is_peak(day), is_holiday(day)) {
            (true, _) => 5.0,
            (false, true) => 0.6,
            (false, false) => 1.0,
        })
        .collect();
    let all: f64 = weights.iter().sum();
    let mut sum = 0.0;
    weights
        .iter()
        .map(|weight| {
            sum += weight;
            of_32_bits(sum / all)
        })
        .collect()
}

fn of_32_bits(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32
}

/// 0 is Wednesday.
const fn weekday(day: u32) -> u32 {
    day % 7
}

/// Golden Week, Obon and New Year.
fn is_holiday(day: u32) -> bool {
    matches!(day % 365, 28..=35 | 132..=137 | 272..=277)
}

/// Four weeks a year, marketing calls people: the first week of each quarter's third month.
fn is_peak(day: u32) -> bool {
    day % 91 >= 61 && day % 91 < 68
}

/// A second of a day: nine in ten from six in the morning to midnight.
pub(super) const fn moment(dice: &mut Dice) -> u32 {
    if dice.chance(900) { 21_600 + dice.below(64_800) as u32 } else { dice.below(86_400) as u32 }
}
