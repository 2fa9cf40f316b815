//! The stage on which a campaign is played: the wallet, the banks, the street, and what is counted.

use super::{
    asks::SeedWatch,
    counter::{Checked, Counters, Shown},
    depositors::number_of,
    tally::{FoundBy, Tally},
};
use crate::world::{
    Broken, Dice,
    bank::{BankAccount, Banks},
    desk::Desk,
    people::{CivilRegister, Civilian, Letterbox},
};
use engine::{
    Control, Controls, Policy, Refusal, Source,
    linking::Consent,
    merchants::{AddMerchant, Merchant, static_payload},
    signals::{SignalKind, SignalSaid, TakeSignal},
    stops::Stop,
    watch::{LookOut, WatchState},
};
use gate::{
    Scope, Stopper,
    alarms::{Grade, Watch},
};
use store::{Fault, Load, Store, look};
use terms::{BankCode, OperatorName, Span, Time};

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// Device and network.
    pub source: Source,
    /// Whether it is an attacker.
    pub hostile: bool,
}

/// What is to happen later by itself.
#[derive(Debug, Clone)]
pub enum Later {
    /// A depositor reads the passbook.
    Passbook(BankCode, String),
    /// A depositor answers the bank's notice of a link.
    AnswersNotice(BankCode, String),
    /// Staff stop new links: at a bank, or at all.
    StaffStop(Option<BankCode>),
}

/// The stage.
pub struct Stage {
    /// The time.
    pub now: Time,
    /// Chance.
    pub dice: Dice,
    /// The banks' books.
    pub banks: Banks,
    /// The banks' pages.
    pub counters: Counters,
    /// Who people are.
    pub register: CivilRegister,
    /// Texts and mails.
    pub letterbox: Letterbox,
    /// What is counted.
    pub tally: Tally,
    /// What is to happen later.
    pub later: Vec<(Time, Later)>,
    /// Printed codes of a plain shop, and of one whose goods are easily resold.
    pub shops: Vec<String>,
    /// SHA-256 of the keys of these shops.
    pub shop_keys: Vec<terms::Digest>,
    pub(super) desk: Desk,
    pub(super) controls: Controls,
    pub(super) setting: super::scenario::Scenario,
    pub(super) fault: Option<Fault>,
    signals: u64,
    people: u64,
}

impl Stage {
    /// A stage at a time, with nobody on it.
    ///
    /// # Errors
    /// The book cannot be opened.
    pub fn new(seed: u64, setting: super::scenario::Scenario, now: Time) -> Result<Self, Broken> {
        let controls =
            setting.controls_in_force().map_err(|what| Broken::new("controls have names", what))?;
        let policy = Policy { controls: controls.clone(), ..setting.policy.clone() };
        let desk =
            Desk::open(policy, false, now).map_err(|fault| Broken::new("a book can be opened", fault))?;
        let banks = Banks::found(usize::try_from(setting.banks.count).unwrap_or(0));
        let weak = super::weak_banks(&banks.codes(), &setting.banks);
        let mut stage = Self {
            now,
            dice: Dice::new(seed),
            banks,
            counters: Counters::new(seed, weak),
            register: CivilRegister::default(),
            letterbox: Letterbox::default(),
            tally: Tally::default(),
            later: Vec::new(),
            shops: Vec::new(),
            shop_keys: Vec::new(),
            desk,
            controls,
            setting,
            fault: None,
            signals: 0,
            people: 0,
        };
        stage.opens_shops();
        Ok(stage)
    }

    fn opens_shops(&mut self) {
        for (name_en, category) in [("BEANS", "5812"), ("GEMS", crate::world::rules::RESOLD)] {
            let key = self.dice.digest();
            self.shop_keys.push(key);
            let add = AddMerchant {
                name: "店".to_owned(),
                name_en: name_en.to_owned(),
                category: category.to_owned(),
                city: "KYOTO".to_owned(),
                key,
            };
            let merchant: Option<Merchant> = self.ask(&Asker::default(), &add).ok();
            self.shops.extend(merchant.and_then(|merchant| static_payload(&merchant).ok()));
        }
    }

    /// The store, to look something up.
    pub const fn store(&self) -> &Store {
        self.desk.store()
    }

    /// A number that nobody else has.
    pub const fn next_person(&mut self) -> u64 {
        self.people += 1;
        self.people
    }

    /// Asks the wallet. A fault ends the campaign after this.
    ///
    /// # Errors
    /// The wallet's refusal.
    pub fn ask<A: Load>(&mut self, asker: &Asker, ask: &A) -> Result<A::Answer, Refusal> {
        match self.desk.ask(ask, &asker.source, self.now, &mut self.dice) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(refusal)) => {
                self.tally.refuses(A::NAME, asker.hostile, &refusal);
                Err(refusal)
            }
            Err(fault) => {
                self.fault = Some(fault);
                Err(engine::Code::NotFound.into())
            }
        }
    }

    /// Somebody with a consent is at the bank's page. Wrong tries are told to the wallet where the bank does so.
    pub fn at_page(&mut self, consent: &Consent, account: &str, shown: Shown) -> Checked {
        let bank = consent.bank;
        let depositor = number_of(account).and_then(|number| self.counters.depositor(bank, number));
        let factors: Vec<String> = engine::directory::Directory::embedded()
            .method(bank, &consent.method)
            .map(|method| method.factors.iter().map(|factor| factor.code.clone()).collect())
            .unwrap_or_default();
        let pin = depositor.as_ref().map(|depositor| depositor.pin);
        let checked = self.counters.check(bank, account, pin, shown, &factors);
        if checked != Checked::Wrong {
            if let (Checked::Passed(_), Some(depositor)) = (&checked, depositor) {
                self.opens_account(bank, &depositor);
            }
            return checked;
        }
        if self.setting.banks.signals {
            let said = SignalSaid {
                account: Some(account.to_owned()),
                state: Some(consent.redirect.state),
                method: Some(consent.method.clone()),
                ..self.signal(SignalKind::TryFailed)
            };
            self.tells(bank, said);
        }
        checked
    }

    fn opens_account(&mut self, bank: BankCode, depositor: &super::depositors::Depositor) {
        if let Some(books) = self.banks.get(bank).filter(|books| books.account(&depositor.account).is_none())
        {
            books.open(BankAccount {
                name: depositor.account.clone(),
                holder: depositor.holder.clone(),
                birth_date: depositor.birth_date.clone(),
                balance_yen: depositor.balance_yen,
            });
        }
    }

    fn signal(&mut self, kind: SignalKind) -> SignalSaid {
        self.signals += 1;
        let jti = format!("signal-{}", self.signals);
        SignalSaid {
            jti,
            kind,
            at: self.now,
            account: None,
            state: None,
            method: None,
            secret: None,
            canary: false,
        }
    }

    /// A bank tells the wallet something.
    pub fn tells(&mut self, bank: BankCode, said: SignalSaid) {
        // Only a bank that the wallet does not know is refused, and there is none here.
        let _taken = self.ask(&Asker::default(), &TakeSignal { bank, said });
        self.looks_out();
    }

    /// A bank tells the wallet something about an account.
    pub fn bank_reports(&mut self, bank: BankCode, account: &str, kind: SignalKind) {
        let said = SignalSaid { account: Some(account.to_owned()), ..self.signal(kind) };
        self.tells(bank, said);
    }

    /// The watch looks out, where alarms are in force.
    pub fn looks_out(&mut self) {
        if !self.controls.has(Control::Alarms) {
            return;
        }
        while let Ok(looked) = self.ask(&Asker::default(), &LookOut) {
            if looked.alarms > 0 || looked.stops > 0 {
                self.notes_alarms();
            }
            if !looked.more {
                break;
            }
        }
    }

    fn notes_alarms(&mut self) {
        let since = self.tally.began_at.unwrap_or(self.now).minus(Span::millis(1));
        let seen =
            self.store().read(|shelf| Ok((look::alarms_since(shelf, since, 500)?, look::stops(shelf)?)));
        let Ok((alarms, stops)) = seen else { return };
        // Of thirty-five banks' own statistics one rings every other month: what counts stands over all together.
        let mut standing: Vec<_> =
            alarms.iter().filter(|raised| raised.alarm.grade == Grade::Family).collect();
        standing.sort_by_key(|raised| raised.raised_at);
        if let Some(first) = standing.first() {
            let code = serde_json::to_value(first.alarm.code).unwrap_or_default();
            let word = code.as_str().unwrap_or_default().to_owned();
            let by = if word == "canary" { FoundBy::Canary } else { FoundBy::Alarm };
            self.tally.found(by, first.raised_at);
            let sighting = self.last_sighting();
            self.tally.alarm.get_or_insert((word, sighting, first.raised_at));
        }
        if let Some(first) = stops.iter().min_by_key(|breaker| breaker.stopped_at) {
            let by = match &first.stopped_by {
                Stopper::Operator(_) => "staff".to_owned(),
                Stopper::Alarm(word) => format!("alarm {word}"),
                Stopper::Bank(bank) => format!("bank {}", bank.as_str()),
            };
            self.tally.breaker.get_or_insert((first.scope.to_string(), by, first.stopped_at));
        }
    }

    fn last_sighting(&self) -> u64 {
        self.store().read(look::newest_sighting).unwrap_or_default()
    }

    /// The watch begins with what it has learned from quiet days.
    pub fn seeds_watch(&mut self, watch: Watch) {
        let state = WatchState { watch, saved_number: 0, saved_at: self.now };
        let _seeded = self.ask(&Asker::default(), &SeedWatch { state });
    }

    /// A depositor found what is not theirs; the bank hears of it, and so does the wallet's staff.
    pub fn is_reported(&mut self, bank: BankCode, account: &str, by: FoundBy) {
        self.tally.found(by, self.now);
        let count = self.tally.reports.entry(bank).or_default();
        *count += 1;
        let (at_bank, all) = (*count, self.tally.reports.values().sum::<u32>());
        let staff = self.setting.staff;
        let at = self.now.plus(Span::hours(i64::from(staff.hours)));
        if at_bank == staff.stop_bank_after_reports {
            self.later.push((at, Later::StaffStop(Some(bank))));
        }
        if all == staff.stop_all_after_reports {
            self.later.push((at, Later::StaffStop(None)));
        }
        if self.setting.banks.signals {
            let kind =
                if by == FoundBy::Notice { SignalKind::LinkDenied } else { SignalKind::AccountCompromised };
            self.bank_reports(bank, account, kind);
        }
    }

    /// Staff stop by hand, new links or more.
    pub fn staff_stops(&mut self, bank: Option<BankCode>) {
        let scope = bank.map_or(Scope::All, Scope::Bank);
        let Ok(by) = OperatorName::parse("desk") else { return };
        let words = scope.to_string();
        let stop =
            Stop { by, scope, level: self.setting.staff.level, reason: "depositors report links".to_owned() };
        if self.ask(&Asker::default(), &stop).is_ok() {
            self.tally.breaker.get_or_insert((words, "staff".to_owned(), self.now));
        }
    }

    /// Somebody who can prove to be themselves.
    pub fn is_born(&mut self) -> Option<Civilian> {
        let number = usize::try_from(self.next_person()).unwrap_or(0);
        self.register.enter(number, &mut self.dice)
    }
}
