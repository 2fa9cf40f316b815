//! Depositors at a bank, and what they allow the operator.

use crate::world::{bank::Bank, dice::Dice};
use engine::{
    directory::Directory,
    linking::{BankSaid, Consent},
};
use terms::{BirthDate, Kana, Secret};

/// A depositor's account at a bank.
#[derive(Debug, Clone)]
pub struct BankAccount {
    /// The bank's opaque name of it.
    pub name: String,
    /// Whose it is, as the bank knows the holder.
    pub holder: Kana,
    /// The holder's birth date.
    pub birth_date: BirthDate,
    /// What is on it, in yen.
    pub balance_yen: i64,
}

/// What a depositor allowed: the bank account that a token stands for.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Which bank account.
    pub account: String,
    /// The factors that were really checked.
    pub factors: Vec<String>,
    /// Whether it still holds.
    pub active: bool,
}

impl Bank {
    /// A depositor opens an account.
    pub fn open(&mut self, account: BankAccount) {
        self.accounts.insert(account.name.clone(), account);
    }

    /// An account by the bank's name of it.
    pub fn account(&self, name: &str) -> Option<&BankAccount> {
        self.accounts.get(name)
    }

    /// The grant behind a token.
    pub fn grant(&self, token: &str) -> Option<&Grant> {
        self.grants.get(token)
    }

    /// Somebody signed in as the depositor says yes to a consent: the bank's word. Now and then (`vice`, in
    /// times per thousand) the bank checks less than it should, or forgets to tell the depositor.
    pub fn authorise(
        &mut self,
        account: &str,
        consent: &Consent,
        vice: u64,
        dice: &mut Dice,
    ) -> Option<BankSaid> {
        let account = self.accounts.get(account)?.clone();
        let method = Directory::embedded().method(self.code, &consent.method)?;
        let mut factors: Vec<String> = method.factors.iter().map(|factor| factor.code.clone()).collect();
        if dice.chance(vice) {
            factors = vec!["account_number".to_owned(), "pin".to_owned()];
        }
        let token = format!("grant-{:016x}", dice.draw());
        let grant = Grant { account: account.name.clone(), factors: factors.clone(), active: true };
        self.grants.insert(token.clone(), grant);
        Some(BankSaid {
            account: account.name.clone(),
            account_masked: "普通 ***0001".to_owned(),
            branch_name: "本店".to_owned(),
            method: consent.method.clone(),
            factors,
            holder: account.holder,
            birth_date: account.birth_date,
            depositor_notified: !dice.chance(vice),
            per_debit_limit: consent.per_debit_limit,
            per_day_limit: consent.per_day_limit,
            refresh_token: Secret::new(token),
        })
    }

    /// The operator gives a grant back, or the depositor withdraws it.
    pub fn end_grant(&mut self, token: &str) {
        if let Some(grant) = self.grants.get_mut(token) {
            grant.active = false;
        }
    }
}
