//! A payout account in the customer's own name, opened at a bank with forged papers: names match, and the wallet's
//! session is in the forger's hand. For some hours perhaps also the customer's unlocked phone.

use super::Attacker;
use crate::campaign::{Asker, Customer, Reached, Shown, Stage, Wallet, Wrong, fresh_place, within};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::{LinkId, Span, Time};

/// What is in the wallet of each customer, in yen.
const IN_WALLET: i64 = 90_000;
/// Value is good for everything after so long.
const BEFORE: Span = Span::days(4);
/// How often, and how long, a payout is tried.
const AGAIN: Span = Span::hours(6);
const TRIES: u32 = 16;

/// How they forge.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forger {
    /// Customers who are attacked, four days after they came.
    pub customers: u32,
    /// Hours in which the unlocked phone is in the forger's hand, so that its passkey signs; 0 for a stolen session.
    #[serde(default)]
    pub phone_hours: u32,
    /// Hours after which a customer has read the notice of the new account and ends all sessions; 0 for never.
    #[serde(default)]
    pub answered_hours: u32,
}

impl Forger {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("forger", "customers", self.customers, 1, 1_000)?;
        within("forger", "phone_hours", self.phone_hours, 0, 240)?;
        within("forger", "answered_hours", self.answered_hours, 0, 240)
    }
}

/// What comes next.
#[derive(Debug)]
enum Job {
    Comes,
    Links(Box<Customer>),
    PaysOut { wallet: Box<Wallet>, link: LinkId, tries: u32, phone_until: Time },
    Answers(Box<Customer>),
}

/// A forger at work.
#[derive(Debug)]
pub(crate) struct Forging {
    plan: Forger,
    jobs: BTreeMap<(Time, u64), Job>,
    count: u64,
}

impl Forging {
    /// One who begins.
    pub(crate) const fn new(plan: Forger) -> Self {
        Self { plan, jobs: BTreeMap::new(), count: 0 }
    }

    fn plans(&mut self, at: Time, job: Job) {
        self.count += 1;
        self.jobs.insert((at, self.count), job);
    }

    fn does(&mut self, stage: &mut Stage, job: Job) {
        match job {
            Job::Comes => {
                if let Some(customer) = Customer::settles(stage, IN_WALLET) {
                    self.plans(stage.now.plus(BEFORE), Job::Links(Box::new(customer)));
                }
            }
            Job::Links(customer) => self.links(stage, *customer),
            Job::Answers(customer) => customer.ends_all_sessions(stage),
            Job::PaysOut { mut wallet, link, tries, phone_until } => {
                if stage.now >= phone_until {
                    wallet.loses_passkey();
                }
                let yen = wallet.holds_yen(stage);
                if wallet.pays_out(stage, link, yen).is_ok() {
                    stage.tally.robs(yen);
                } else if tries < TRIES {
                    let job = Job::PaysOut { wallet, link, tries: tries + 1, phone_until };
                    self.plans(stage.now.plus(AGAIN), job);
                }
            }
        }
    }

    fn links(&mut self, stage: &mut Stage, customer: Customer) {
        let hours = i64::from(self.plan.phone_hours);
        let asker = Asker { source: fresh_place(stage), hostile: true };
        let mut wallet = customer.stolen(asker, hours > 0);
        let account = format!("forged-{}", customer.person.subject);
        let banks = stage.banks.codes();
        let Some(bank) = stage.dice.pick(&banks).copied() else { return };
        Customer::has_account(stage, bank, &account, &customer.person);
        let Reached::Linked(link) = wallet.reaches(stage, bank, &account, &[Shown::All]) else { return };
        if self.plan.answered_hours > 0 {
            let at = stage.now.plus(Span::hours(i64::from(self.plan.answered_hours)));
            self.plans(at, Job::Answers(Box::new(customer)));
        }
        let phone_until = stage.now.plus(Span::hours(hours));
        self.plans(stage.now, Job::PaysOut { wallet: Box::new(wallet), link, tries: 1, phone_until });
    }
}

impl Attacker for Forging {
    fn name(&self) -> &'static str {
        "forger"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        if self.count == 0 {
            for number in 0..i64::from(self.plan.customers) {
                self.plans(stage.now.plus(Span::minutes(number)), Job::Comes);
            }
        }
        while let Some(((at, number), job)) = self.jobs.pop_first() {
            if at > stage.now {
                self.jobs.insert((at, number), job);
                return Some(at.since(stage.now));
            }
            self.does(stage, job);
        }
        None
    }
}
