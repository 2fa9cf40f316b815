//! Who people really are, as a verifier of identities knows it.

use crate::world::dice::Dice;
use engine::identity::ProvedPerson;
use std::collections::BTreeMap;
use terms::{BirthDate, Kana, Span, Time};

/// The verifier's issuer.
pub const VERIFIER: &str = "https://verifier.example";

/// Few names, so that some people share theirs.
const FAMILIES: [&str; 3] = ["ヤマダ", "サトウ", "スズキ"];
const GIVEN: [&str; 4] = ["ハナコ", "タロウ", "ジロウ", "ミサキ"];
const BIRTH_DATES: [&str; 3] = ["1988-04-12", "1990-01-01", "1975-11-30"];

/// A person of flesh and blood.
#[derive(Debug, Clone)]
pub struct Civilian {
    /// The verifier's name of the person.
    pub subject: String,
    /// The name in kana.
    pub kana: Kana,
    /// The birth date.
    pub birth_date: BirthDate,
}

fn birth_date(dice: &mut Dice) -> Option<BirthDate> {
    BirthDate::parse(dice.pick(&BIRTH_DATES)?).ok()
}

/// Everybody, by the verifier's subject.
#[derive(Debug, Default)]
pub struct CivilRegister {
    people: BTreeMap<String, Civilian>,
}

impl CivilRegister {
    /// A person is born.
    pub fn enter(&mut self, number: usize, dice: &mut Dice) -> Option<Civilian> {
        let subject = format!("person-{number}");
        let others: Vec<&Civilian> = self.people.values().collect();
        let other = if dice.chance(400) { dice.pick(&others) } else { None };
        let civilian = match other {
            // Two people have one name; some were even born on the same day.
            Some(other) if dice.chance(500) => Civilian { subject, ..(*other).clone() },
            Some(other) => Civilian { subject, kana: other.kana.clone(), birth_date: birth_date(dice)? },
            None => {
                let name = format!("{} {}", dice.pick(&FAMILIES)?, dice.pick(&GIVEN)?);
                Civilian { subject, kana: Kana::parse(&name).ok()?, birth_date: birth_date(dice)? }
            }
        };
        self.people.insert(civilian.subject.clone(), civilian.clone());
        Some(civilian)
    }

    /// A person by the verifier's subject.
    pub fn person(&self, subject: &str) -> Option<&Civilian> {
        self.people.get(subject)
    }

    /// The verifier's word for who stands before it.
    pub fn vouch(&self, subject: &str, now: Time) -> Option<ProvedPerson> {
        let person = self.person(subject)?;
        Some(ProvedPerson {
            issuer: VERIFIER.to_owned(),
            subject: person.subject.clone(),
            method: "jpki_signature".to_owned(),
            name: person.kana.as_str().to_owned(),
            kana: person.kana.clone(),
            birth_date: person.birth_date.clone(),
            verified_at: now,
            valid_until: now.plus(Span::days(1_000)),
        })
    }
}
