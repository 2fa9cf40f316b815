//! Depositors of the campaign's banks, made when somebody reaches for them: the same seed, bank and number give the
//! same person.
//!
//! PINs are drawn as people choose those of bank cards: by the crate `pins`, whose curves `assess` reads too.

use crate::world::Dice;
use pins::{Born, CardHolders, Pin, bank_cards};
use std::sync::OnceLock;
use terms::{BankCode, BirthDate, Kana};

const FAMILIES: [&str; 12] = [
    "ヤマダ",
    "サトウ",
    "スズキ",
    "タカハシ",
    "タナカ",
    "イトウ",
    "ワタナベ",
    "ナカムラ",
    "コバヤシ",
    "カトウ",
    "ヨシダ",
    "モリ",
];
const GIVEN: [&str; 12] = [
    "ハナコ",
    "タロウ",
    "ジロウ",
    "ミサキ",
    "ケンジ",
    "ユウコ",
    "アキラ",
    "ナオミ",
    "ヒロシ",
    "サクラ",
    "ツバサ",
    "マコト",
];
/// How many depositors a bank has.
pub(crate) const DEPOSITORS: u64 = 1_000_000;

/// Somebody with an account at a bank.
#[derive(Debug, Clone)]
pub struct Depositor {
    /// The bank's opaque name of the account.
    pub account: String,
    /// The holder.
    pub holder: Kana,
    /// The holder's birth date.
    pub birth_date: BirthDate,
    /// The cash card's PIN.
    pub pin: u16,
    /// What is on the account, in yen.
    pub balance_yen: i64,
}

/// The PINs in the order in which a guesser does best.
pub fn best_pins() -> impl Iterator<Item = u16> {
    static ORDER: OnceLock<Vec<Pin>> = OnceLock::new();
    ORDER.get_or_init(|| bank_cards().guessing_order()).iter().map(|pin| pin.number())
}

/// The depositor of a bank with a number; nothing that can be parsed fails here, so `None` never comes.
pub fn depositor(seed: u64, bank: BankCode, number: u64) -> Option<Depositor> {
    let mut dice = Dice::new(mixed(seed, u64::from(bank.number()), number));
    // The first draw of neighbouring numbers is not yet mixed.
    dice.draw();
    let (month, day) = (dice.between(1, 12), dice.between(1, 28));
    let year = dice.between(1935, 2002);
    let birth_date = BirthDate::parse(&format!("{year}-{month:02}-{day:02}")).ok()?;
    let pin = pin(&mut dice, year, month, day)?;
    let name = format!("{} {}", dice.pick(&FAMILIES)?, dice.pick(&GIVEN)?);
    // Half of all accounts hold less than a month's pay; nobody's is endless.
    let balance_yen = match dice.below(10) {
        0..2 => dice.between(0, 60_000),
        2..6 => dice.between(60_000, 400_000),
        6..9 => dice.between(400_000, 2_000_000),
        _ => dice.between(2_000_000, 9_000_000),
    };
    let account = format!("d{}-{number:07}", bank.as_str());
    Some(Depositor { account, holder: Kana::parse(&name).ok()?, birth_date, pin, balance_yen })
}

/// The number of the depositor with an account of this name.
pub(crate) fn number_of(account: &str) -> Option<u64> {
    account.split_once('-').filter(|(bank, _)| bank.starts_with('d'))?.1.parse().ok()
}

fn mixed(seed: u64, bank: u64, number: u64) -> u64 {
    let seeded = Dice::new(seed ^ 0x5e_ed0f_ba4b).draw();
    seeded ^ bank.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
}

fn pin(dice: &mut Dice, year: i64, month: i64, day: i64) -> Option<u16> {
    static HOLDERS: OnceLock<CardHolders> = OnceLock::new();
    let number = |number: i64| u16::try_from(number).ok();
    let born = Born::new(number(year)?, number(month)?, number(day)?)?;
    let (kind, unit) = (dice.unit(), dice.unit());
    Some(HOLDERS.get_or_init(CardHolders::new).pin(born, kind, unit).number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_as_guessable_as_those_of_bank_cards() {
        let bank = BankCode::parse("0001").expect("a bank");
        let people: Vec<Depositor> = (0..60_000).filter_map(|number| depositor(7, bank, number)).collect();
        assert_eq!(people.len(), 60_000);
        let opened = |guesses: &[u16]| {
            people.iter().filter(|person| guesses.contains(&person.pin)).count() as f64 / 600.0
        };
        let best: Vec<u16> = best_pins().collect();
        let (one, three, six) = (opened(&best[..1]), opened(&best[..3]), opened(&best[..6]));
        // Three standard deviations of 60,000 people.
        let curve = bank_cards().curve();
        for (opened, guesses, luck) in [(one, 1, 0.09), (three, 3, 0.15), (six, 6, 0.17)] {
            let expected = curve.opened(guesses) * 100.0;
            assert!((opened - expected).abs() < luck, "{guesses} guesses: {opened}, {expected} expected");
        }
        let birthdays = people.iter().filter(|person| {
            let date = person.birth_date.as_str();
            let own: Vec<u16> =
                [&date[5..7], &date[8..10], &date[..4]].iter().filter_map(|part| part.parse().ok()).collect();
            let [month, day, year] = own[..] else { return false };
            [month * 100 + day, day * 100 + month, year].contains(&person.pin)
        });
        // Three quarters of a third of the dates are written as month and day, day and month, or year.
        let birthdays = birthdays.count() as f64 / 600.0;
        assert!((5.5..6.7).contains(&birthdays), "{birthdays}");
    }

    #[test]
    fn the_same_number_is_the_same_person_and_the_next_is_another() {
        let bank = BankCode::parse("0001").expect("a bank");
        let name = |seed, number| {
            depositor(seed, bank, number).map(|person| (person.account, person.pin, person.balance_yen))
        };
        assert_eq!(name(1, 5), name(1, 5));
        assert_ne!(name(1, 5), name(2, 5));
        assert_eq!(number_of(&name(1, 5).expect("somebody").0), Some(5));
        assert_eq!(number_of("own-5"), None);
    }
}
