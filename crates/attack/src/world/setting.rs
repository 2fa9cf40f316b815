//! How a world is peopled, and its first morning.

use crate::world::Caller;
use crate::world::{
    Broken, Canary, Dice, Happening, Waiting, Weather, World,
    bank::{BankAccount, Banks},
    clock::Clock,
    desk::{Desk, Fate},
    letter::{letter, read},
    people::{Actor, CivilRegister, Civilian, Letterbox, Town, ordinary::Person, shop::Shop},
    rules::Acknowledged,
    runner::Runner,
    trace::Trace,
};
use engine::{
    Source,
    merchants::{AddMerchant, Merchant, static_payload},
};
use std::collections::BTreeMap;
use terms::{BankCode, Span, Time};

/// 2026-11-22T05:00:00Z; any time will do.
const MORNING: Time = Time::from_millis(1_795_323_600_000);

/// How many of what, how rough, and what is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Ordinary people.
    pub people: usize,
    /// Banks, from the first of the directory.
    pub banks: usize,
    /// Things that happen before dusk.
    pub steps: u64,
    /// After how many things every rule is checked.
    pub check_every: u64,
    /// How rough it is before dusk.
    pub weather: Weather,
    /// What is broken on purpose.
    pub canary: Canary,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            people: 5,
            banks: 3,
            steps: 4_000,
            check_every: 80,
            weather: Weather::ROUGH,
            canary: Canary::Alive,
        }
    }
}

impl World {
    /// A world on its first morning.
    ///
    /// # Errors
    /// The book cannot be opened, or a shop not be added.
    pub fn new(seed: u64, setting: Setting) -> Result<Self, Broken> {
        let hasty = setting.canary == Canary::AnswersBeforeCommit;
        let desk = Desk::open(setting.canary.policy(), hasty, MORNING);
        let desk = desk.map_err(|fault| Broken::new("a book can be opened", fault))?;
        let mut world = Self {
            setting,
            weather: setting.weather,
            dice: Dice::new(seed),
            clock: Clock::new(MORNING),
            trace: Trace::default(),
            desk,
            waiting: Vec::new(),
            desk_is_called: false,
            is_up: true,
            runner_looks_at: None,
            runner: Runner::default(),
            calls: BTreeMap::new(),
            calls_made: 0,
            actors: Vec::new(),
            banks: Banks::found(setting.banks),
            register: CivilRegister::default(),
            letterbox: Letterbox::default(),
            town: Town::default(),
            acknowledged: Acknowledged::default(),
            at_dusk: false,
        };
        world.opens_shops()?;
        world.peoples();
        world.clock.after(Span::hours(1), Happening::AsksAgain);
        Ok(world)
    }

    fn opens_shops(&mut self) -> Result<(), Broken> {
        for (name_en, category) in [("BEANS", "5812"), ("GEMS", crate::world::rules::RESOLD)] {
            let add = AddMerchant {
                name: "店".to_owned(),
                name_en: name_en.to_owned(),
                category: category.to_owned(),
                city: "KYOTO".to_owned(),
                key: self.dice.digest(),
            };
            let waiting = Waiting { caller: Caller::Nobody, letter: letter(add), source: Source::default() };
            let turn = self.desk.turn(vec![waiting], MORNING, Fate::Well, &mut self.dice);
            let turn = turn.map_err(|fault| Broken::new("a shop can be added", fault))?;
            let answer = turn.answers.first().and_then(|(_, answer)| answer.as_ref().ok());
            let merchant: Option<Merchant> = answer.and_then(read);
            let merchant = merchant.ok_or_else(|| Broken::new("a shop can be added", name_en))?;
            self.town.printed.extend(static_payload(&merchant).ok());
            self.town.shops.insert(merchant.id, merchant.clone());
            self.enters(Box::new(Shop::new(merchant)));
        }
        Ok(())
    }

    fn peoples(&mut self) {
        let people: Vec<Civilian> = (0..self.setting.people)
            .filter_map(|number| self.register.enter(number, &mut self.dice))
            .collect();
        let banks = self.banks.codes();
        let accounts: Vec<Vec<(BankCode, String)>> =
            people.iter().map(|person| self.opens_accounts(person, &banks)).collect();
        for (number, (person, own)) in people.iter().zip(&accounts).enumerate() {
            let mut own = own.clone();
            // Some know how to sign in to accounts of somebody else's: of a namesake, or of one born on the same day.
            let others = people.iter().zip(&accounts).filter(|(other, _)| other.subject != person.subject);
            let (alike, strangers): (Vec<_>, Vec<_>) = others
                .partition(|(other, _)| other.kana == person.kana || other.birth_date == person.birth_date);
            let others = if alike.is_empty() { strangers } else { alike };
            while self.dice.chance(500)
                && let Some((_, accounts)) = self.dice.pick(&others)
            {
                own.extend(accounts.first().cloned());
            }
            if let Some(person) = Person::new(number, person.clone(), own) {
                self.enters(Box::new(person));
            }
        }
    }

    fn opens_accounts(&mut self, person: &Civilian, banks: &[BankCode]) -> Vec<(BankCode, String)> {
        let mut opened = Vec::new();
        for _ in 0..2 {
            let Some(code) = self.dice.pick(banks).copied() else { continue };
            let name = format!("{}-{:08x}", person.subject, self.dice.below(1 << 32));
            if let Some(bank) = self.banks.get(code) {
                bank.books_again = self.setting.canary == Canary::BankBooksAgain;
                bank.books_refused = self.setting.canary == Canary::BankBooksRefused;
                bank.open(BankAccount {
                    name: name.clone(),
                    holder: person.kana.clone(),
                    birth_date: person.birth_date.clone(),
                    balance_yen: 150_000,
                });
                opened.push((code, name));
            }
        }
        opened
    }

    fn enters(&mut self, actor: Box<dyn Actor>) {
        let pause = self.dice.span(Span::seconds(1), Span::minutes(30));
        self.clock.after(pause, Happening::Wakes(self.actors.len()));
        self.actors.push(actor);
    }
}
