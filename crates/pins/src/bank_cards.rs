//! Bank-card PINs as a mixture: most people keep a random one, some form a pattern, about a quarter write a date.
//!
//! How many people do what is published (Bonneau, Preibusch, Anderson, "A birthday present every eleven wallets?",
//! Financial Cryptography 2012). How the people of one kind spread over the PINs of that kind is not: these weights
//! are fitted so that the published results come out (the tests say how closely).

use crate::{
    distribution::Distribution,
    pin::{PINS, Pin},
    shapes::{CORNERS, DateForm, is_of_two_digits, is_plain, is_walk},
};

/// The share of people whose PIN is as good as random.
pub const RANDOM: f64 = 0.637;
/// The share who chose a numeric pattern.
pub const NUMERIC: f64 = 0.05;
/// The share who chose a pattern on the keypad.
pub const KEYPAD: f64 = 0.09;
/// The share who chose a date.
pub const DATES: f64 = 0.223;
/// The share of the dates that are the holder's own birthday.
pub const BIRTHDAYS: f64 = 1.0 / 3.0;

/// How dates are written: fitted.
const FORMS: [(DateForm, f64); 5] = [
    (DateForm::MonthDay, 0.24),
    (DateForm::DayMonth, 0.24),
    (DateForm::Year, 0.28),
    (DateForm::MonthYear, 0.12),
    (DateForm::YearMonth, 0.12),
];

/// The favourites among numeric patterns: fitted. One of the plain ones weighs 0.3, any other 0.1.
const FAVOURITES: [(u16, f64); 5] = [(1_234, 4.9), (0, 4.7), (1_111, 4.3), (1_212, 1.75), (7_777, 1.45)];

/// A day of birth. Only what can be a date is written into PINs, so a month of 13 is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Born {
    year: u16,
    month: u16,
    day: u16,
}

impl Born {
    /// A year from 1900 to 2099, a month from 1 to 12, a day from 1 to 31.
    #[must_use]
    pub fn new(year: u16, month: u16, day: u16) -> Option<Self> {
        let is_day = (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        is_day.then_some(Self { year, month, day })
    }
}

/// People with bank cards, one after the other: each is drawn with the day of birth that they have.
#[derive(Clone, Debug)]
pub struct CardHolders {
    /// Whoever does not write the own birthday, the shares added up in the PINs' order.
    below: Vec<f64>,
}

impl Default for CardHolders {
    fn default() -> Self {
        Self::new()
    }
}

impl CardHolders {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        let others = mixture(&Own::Nobody);
        let mut sum = 0.0;
        let add = |pin: Pin| {
            sum += others.share(pin);
            sum
        };
        Self { below: Pin::all().map(add).collect() }
    }

    /// The PIN of somebody born on a day. `kind` and `unit` are two independent numbers from 0 to 1 and decide whether
    /// it is the birthday, and which PIN; the dice are the caller's.
    #[must_use]
    pub fn pin(&self, born: Born, kind: f64, unit: f64) -> Pin {
        if kind < DATES * BIRTHDAYS {
            let mut below = 0.0;
            let form = FORMS.iter().find(|(_, weight)| {
                below += weight;
                unit < below
            });
            return form.unwrap_or(&FORMS[0]).0.write(born.year, born.month, born.day);
        }
        let place = self.below.partition_point(|below| *below <= unit);
        let place = u16::try_from(place.min(PINS - 1)).unwrap_or(0);
        Pin::of_halves(place / 100, place % 100)
    }
}

/// PINs of people of whom nothing is known.
#[must_use]
pub fn bank_cards() -> Distribution {
    mixture(&Own::Anybodys)
}

/// PINs of people who were born on one day: what somebody faces who found the card beside the driving licence.
#[must_use]
pub fn bank_cards_born(born: Born) -> Distribution {
    mixture(&Own::Of(born))
}

/// Whose birthday those write who write their own.
enum Own {
    /// Nobody knows: it is as any date.
    Anybodys,
    /// That of somebody born then.
    Of(Born),
    /// These people are left out.
    Nobody,
}

fn mixture(own: &Own) -> Distribution {
    let mut weights = vec![0.0; PINS];
    let mut spread = |share: f64, kind: Vec<(Pin, f64)>| {
        let total: f64 = kind.iter().map(|(_, weight)| weight).sum();
        for (pin, weight) in kind {
            weights[pin.place()] += share * weight / total;
        }
    };
    spread(RANDOM, Pin::all().map(|pin| (pin, 1.0)).collect());
    spread(NUMERIC, numeric());
    spread(KEYPAD, keypad());
    match own {
        Own::Anybodys => spread(DATES, any_date()),
        Own::Nobody => spread(DATES * (1.0 - BIRTHDAYS), any_date()),
        Own::Of(born) => {
            spread(DATES * (1.0 - BIRTHDAYS), any_date());
            let own =
                |(form, weight): &(DateForm, f64)| (form.write(born.year, born.month, born.day), *weight);
            spread(DATES * BIRTHDAYS, FORMS.iter().map(own).collect());
        }
    }
    Distribution::of_weights(weights)
}

fn numeric() -> Vec<(Pin, f64)> {
    let weight = |pin: Pin| match FAVOURITES.iter().find(|(number, _)| *number == pin.number()) {
        Some((_, weight)) => *weight,
        None if is_plain(pin) => 0.3,
        None => 0.1,
    };
    Pin::all().filter(|pin| is_plain(*pin) || is_of_two_digits(*pin)).map(|pin| (pin, weight(pin))).collect()
}

/// The straight lines and the corners are favourites: fitted.
fn keypad() -> Vec<(Pin, f64)> {
    let weight = |pin: Pin| match pin.number() {
        2_580 => 14.0,
        852 => 3.0,
        number if CORNERS.contains(&number) => 2.0,
        _ => 1.0,
    };
    let chosen = |pin: &Pin| is_walk(*pin) || CORNERS.contains(&pin.number());
    Pin::all().filter(chosen).map(|pin| (pin, weight(pin))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "there are at most 840 dates of one form")]
fn any_date() -> Vec<(Pin, f64)> {
    let of_form = |(form, weight): (DateForm, f64)| {
        let pins = form.all();
        let each = weight / pins.len() as f64;
        pins.into_iter().map(move |pin| (pin, each))
    };
    FORMS.into_iter().flat_map(of_form).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_day_outside_the_calendar() {
        for (year, month, day, allowed) in [
            (1975, 4, 23, true),
            (1899, 1, 1, false),
            (2100, 1, 1, false),
            (1975, 0, 1, false),
            (1975, 13, 1, false),
            (1975, 1, 0, false),
            (1975, 1, 32, false),
        ] {
            assert_eq!(Born::new(year, month, day).is_some(), allowed, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn people_who_are_drawn_hold_the_pins_of_the_mixture() {
        let (holders, whole, people) = (CardHolders::new(), bank_cards(), 400_000_u64);
        let best = whole.guessing_order();
        // SplitMix64 (Steele, Lea, Flood 2014), from a seed.
        let mut state = 20_120_227_u64;
        let mut unit = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut held = vec![0_u32; PINS];
        let mut birthdays = 0;
        for person in 0..people {
            let born = u16::try_from(person % 23_520).expect("small");
            let born = Born::new(1_935 + born / 336, 1 + born % 12, 1 + born / 12 % 28).expect("a day");
            let pin = holders.pin(born, unit(), unit());
            held[pin.place()] += 1;
            birthdays +=
                u32::from(FORMS.iter().any(|(form, _)| form.write(born.year, born.month, born.day) == pin));
        }
        let percent = |count: u32| f64::from(count) * 100.0 / people as f64;
        for guesses in [1, 3, 6, 10] {
            let opened = percent(best.iter().take(guesses).map(|pin| held[pin.place()]).sum());
            let expected = whole.curve().opened(guesses) * 100.0;
            assert!((opened - expected).abs() < 0.06, "{guesses}: {opened} {expected}");
        }
        // A third of the dates, and what others hit by chance.
        assert!((7.4..8.6).contains(&percent(birthdays)), "{}", percent(birthdays));
        assert_eq!(holders.pin(Born::new(1_975, 4, 23).expect("a day"), 0.0, 0.0).to_string(), "0423");
        let _any = [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (-1.0, -1.0), (2.0, 2.0)]
            .map(|(kind, unit)| holders.pin(Born::new(2_000, 1, 1).expect("a day"), kind, unit));
    }

    #[test]
    fn the_kinds_are_everybody() {
        assert!((RANDOM + NUMERIC + KEYPAD + DATES - 1.0).abs() < 1e-9);
        assert!((FORMS.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((bank_cards().curve().opened(PINS) - 1.0).abs() < 1e-9);
    }
}
