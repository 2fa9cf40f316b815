//! Depositors of the campaign's banks, made when somebody reaches for them: the same seed, bank and number give the
//! same person.
//!
//! PINs follow how people choose those of bank cards (Bonneau, Preibusch, Anderson, FC 2012): 64 % as good as
//! drawn, 5 % a pattern of digits, 9 % a pattern on the keypad, 23 % a date, of which a third is the birthday.
//! Which pattern is whose share within its kind is assumed.

use crate::world::Dice;
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
/// Patterns of digits, the most used first; the first has one in eight of them, the others share what is left.
const DIGITS: [u16; 16] =
    [1234, 1111, 0, 1212, 7777, 1122, 9999, 2222, 5555, 3333, 4321, 8888, 6666, 4444, 1010, 1313];
/// Patterns on the keypad, the most used first.
const KEYPAD: [u16; 12] = [2580, 852, 1470, 3690, 1397, 7410, 9630, 1236, 1478, 7894, 1590, 3570];
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
    DIGITS
        .into_iter()
        .take(1)
        .chain(KEYPAD.into_iter().take(2))
        .chain(DIGITS.into_iter().skip(1))
        .chain(KEYPAD.into_iter().skip(2))
}

/// The depositor of a bank with a number; nothing that can be parsed fails here, so `None` never comes.
pub fn depositor(seed: u64, bank: BankCode, number: u64) -> Option<Depositor> {
    let mut dice = Dice::new(mixed(seed, u64::from(bank.number()), number));
    // The first draw of neighbouring numbers is not yet mixed.
    dice.draw();
    let (month, day) = (dice.between(1, 12), dice.between(1, 28));
    let birth_date = BirthDate::parse(&format!("{}-{month:02}-{day:02}", dice.between(1935, 2002))).ok()?;
    let pin = pin(&mut dice, month, day);
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

fn pin(dice: &mut Dice, month: i64, day: i64) -> u16 {
    let number = match dice.below(1_000) {
        0..637 => dice.between(0, 9_999),
        637..687 if dice.chance(125) => i64::from(DIGITS[0]),
        637..687 => i64::from(dice.pick(&DIGITS[1..]).copied().unwrap_or(1)),
        687..777 if dice.chance(60) => i64::from(KEYPAD[0]),
        687..777 if dice.chance(50) => i64::from(KEYPAD[1]),
        // Most walks over the keypad are rare: as good as drawn among many.
        687..777 if dice.chance(800) => dice.between(0, 1_999) * 5 + 3,
        687..777 => i64::from(dice.pick(&KEYPAD[2..]).copied().unwrap_or(1)),
        _ if dice.chance(320) => month * 100 + day,
        _ => match dice.below(3) {
            0 => dice.between(1, 12) * 100 + dice.between(1, 31),
            1 => dice.between(1, 31) * 100 + dice.between(1, 12),
            _ => dice.between(1940, 2010),
        },
    };
    u16::try_from(number).unwrap_or(0)
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
        // The study's own model: 1.44 % for three guesses, 1.94 % for six.
        assert!((0.5..0.9).contains(&one), "{one}");
        assert!((1.2..2.0).contains(&three), "{three}");
        assert!((1.7..3.5).contains(&six), "{six}");
        let birthdays = people.iter().filter(|person| {
            let date = person.birth_date.as_str();
            date[5..].replace('-', "").parse() == Ok(person.pin)
        });
        let birthdays = birthdays.count() as f64 / 600.0;
        assert!((6.5..8.5).contains(&birthdays), "{birthdays}");
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
