//! What every balance must be by now, kept by the play itself: a third book beside the wallet's and the banks'.

use super::report::Stop;
use crate::fields::{self, money};
use crate::sandbox::{BankAccount, Sandbox};
use crate::wallet::Wallet;

/// Balances that must be found, whole yen.
#[derive(Default)]
pub(super) struct Expected {
    wallets: Vec<Purse>,
    accounts: Vec<(BankAccount, i64)>,
    merchant: Option<(Wallet, i64)>,
}

struct Purse {
    whose: String,
    wallet: Wallet,
    balance: i64,
}

impl Expected {
    /// From now on the wallet of `whose` is compared; it begins with nothing.
    pub(super) fn watch_wallet(&mut self, whose: &str, wallet: &Wallet) {
        self.wallets.push(Purse { whose: whose.to_owned(), wallet: wallet.clone(), balance: 0 });
    }

    /// The wallet of `whose` is closed: it cannot be asked any more.
    pub(super) fn forget_wallet(&mut self, whose: &str) {
        self.wallets.retain(|purse| purse.whose != whose);
    }

    /// From now on this bank account is compared; it begins with `balance`.
    pub(super) fn watch_account(&mut self, account: BankAccount, balance: i64) {
        self.accounts.push((account, balance));
    }

    /// From now on the merchant's balance is compared; it begins with nothing.
    pub(super) fn watch_merchant(&mut self, merchant: &Wallet) {
        self.merchant = Some((merchant.clone(), 0));
    }

    /// The wallet of `whose` must have changed by this.
    pub(super) fn wallet(&mut self, whose: &str, change: i64) {
        for purse in self.wallets.iter_mut().filter(|purse| purse.whose == whose) {
            purse.balance += change;
        }
    }

    /// The bank account must have changed by this.
    pub(super) fn account(&mut self, account: &BankAccount, change: i64) {
        for (_, balance) in self.accounts.iter_mut().filter(|(watched, _)| watched.is(account)) {
            *balance += change;
        }
    }

    /// The merchant's balance must have changed by this.
    pub(super) fn merchant(&mut self, change: i64) {
        if let Some((_, balance)) = &mut self.merchant {
            *balance += change;
        }
    }

    /// What the wallet of `whose` must hold.
    pub(super) fn balance_of(&self, whose: &str) -> i64 {
        self.wallets.iter().find(|purse| purse.whose == whose).map_or(0, |purse| purse.balance)
    }

    /// Asks both sides for every balance watched; the number compared, or the first difference.
    pub(super) async fn compare(&self, sandbox: &Sandbox) -> Result<usize, Stop> {
        for purse in &self.wallets {
            let found = purse.wallet.balances().await?;
            let whose = &purse.whose;
            equal(&format!("the wallet of {whose} holds"), purse.balance, found.balance)?;
            let parts = found.available + found.provisional + found.held;
            equal(&format!("available + provisional + held of {whose} is"), found.balance, parts)?;
        }
        for (account, balance) in &self.accounts {
            let name = format!("bank {} has on {}-{}", account.bank, account.branch, account.number);
            equal(&name, *balance, sandbox.balance(account).await?)?;
        }
        if let Some((merchant, balance)) = &self.merchant {
            let answer = merchant.get("/v1/merchant").await?;
            equal("the merchant has", *balance, fields::yen(&answer, "balance", "GET /v1/merchant")?)?;
        }
        Ok(self.wallets.len() + self.accounts.len() + usize::from(self.merchant.is_some()))
    }
}

impl BankAccount {
    /// Whether both are the same account, whatever was on it when it was read.
    fn is(&self, other: &Self) -> bool {
        (&self.bank, &self.branch, &self.number) == (&other.bank, &other.branch, &other.number)
    }
}

fn equal(what: &str, expected: i64, got: i64) -> Result<(), Stop> {
    if expected == got {
        return Ok(());
    }
    Err(Stop::difference(format!("{what} {}", money(expected)), money(got)))
}
