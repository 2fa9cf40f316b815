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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;
    use crate::pretend::serve;

    /// Both sides in one: a wallet with ¥700 of ¥1,000 available, a bank account with ¥9,000, a merchant with ¥50.
    async fn both_sides() -> String {
        let respond = |request: &str| {
            let body = match request.split(' ').nth(1).unwrap() {
                "/v1/wallet" => r#"{"balance":1000,"available":700,"provisional":200,"held":100}"#,
                "/v1/merchant" => r#"{"balance":50}"#,
                "/control/banks/0001/accounts/001/1000001" => r#"{"balance":9000,"movements":[]}"#,
                _ => return (404, String::new()),
            };
            (200, body.to_owned())
        };
        serve(respond).await.0
    }

    #[tokio::test]
    async fn one_yen_off_is_found_and_told() {
        let url = both_sides().await;
        let (wallet, sandbox) = (Wallet::at(&url).unwrap(), Sandbox::at(&url).unwrap());
        let account = |balance| BankAccount {
            bank: "0001".into(),
            branch: "001".into(),
            number: "1000001".into(),
            balance,
        };
        // change in wallet, bank account, merchant; the difference told
        let cases = [
            (1_000, -1_000, 50, None),
            (999, -1_000, 50, Some(("the wallet of A holds ¥999", "¥1,000"))),
            (1_000, -999, 50, Some(("bank 0001 has on 001-1000001 ¥9,001", "¥9,000"))),
            (1_000, -1_000, 51, Some(("the merchant has ¥51", "¥50"))),
        ];
        for (in_wallet, at_bank, at_merchant, difference) in cases {
            let mut book = Expected::default();
            book.watch_wallet("A", &wallet);
            book.watch_account(account(10_000), 10_000);
            book.watch_merchant(&wallet);
            book.wallet("A", in_wallet);
            // The account is known by its number, not by what was once on it.
            book.account(&account(0), at_bank);
            book.merchant(at_merchant);
            match (book.compare(&sandbox).await, difference) {
                (Ok(compared), None) => assert_eq!(compared, 3),
                (Err(Stop::Difference { expected, got }), Some(told)) => {
                    assert_eq!((expected.as_str(), got.as_str()), told);
                }
                (outcome, _) => panic!("{outcome:?}"),
            }
        }
    }
}
