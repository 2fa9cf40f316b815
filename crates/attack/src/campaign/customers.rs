//! Customers with money in their wallets, for those attackers who are after these: made when an attacker needs them,
//! and counted among ordinary people until then.

use super::{
    counter::Shown,
    stage::{Asker, Stage},
    wallet::{Reached, Wallet, fresh_place},
};
use crate::world::{bank::BankAccount, people::Civilian};
use engine::sessions::{EndSession, Which};
use terms::BankCode;

/// Somebody with a wallet, a link and value in it.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The wallet.
    pub wallet: Wallet,
    /// Who they are.
    pub person: Civilian,
    /// The bank's name of the linked account.
    pub account: String,
}

impl Customer {
    /// Somebody opens a wallet, proves who they are, links an account of their own and charges some yen over it.
    /// Nobody comes where something of that is refused, as while links are stopped.
    pub fn settles(stage: &mut Stage, yen: i64) -> Option<Self> {
        let asker = Asker { source: fresh_place(stage), hostile: false };
        let person = stage.is_born()?;
        let banks = stage.banks.codes();
        let bank = *stage.dice.pick(&banks)?;
        let account = format!("customer-{}", person.subject);
        let mut wallet = Wallet::open(stage, asker).ok()?;
        wallet.proves(stage, &person).ok()?;
        Self::has_account(stage, bank, &account, &person);
        let Reached::Linked(link) = wallet.reaches(stage, bank, &account, &[Shown::All]) else { return None };
        wallet.charges(stage, link, yen).ok()?;
        Some(Self { wallet, person, account })
    }

    /// A bank opens an account for whoever shows papers with that name and birth date.
    pub fn has_account(stage: &mut Stage, bank: BankCode, account: &str, papers: &Civilian) {
        if let Some(books) = stage.banks.get(bank) {
            books.open(BankAccount {
                name: account.to_owned(),
                holder: papers.kana.clone(),
                birth_date: papers.birth_date.clone(),
                balance_yen: 1_000_000,
            });
        }
    }

    /// A thief with this wallet's session; with the passkey too, where the unlocked phone is in the thief's hand.
    pub fn stolen(&self, thief: Asker, has_phone: bool) -> Wallet {
        let mut stolen = self.wallet.clone();
        stolen.asker = thief;
        if !has_phone {
            stolen.loses_passkey();
        }
        stolen
    }

    /// A notice came, and it was not the customer: all sessions end.
    pub fn ends_all_sessions(&self, stage: &mut Stage) {
        let end = EndSession { session: self.wallet.session, which: Which::All };
        // Refused where they have ended already.
        let _ended = stage.ask(&self.wallet.asker, &end);
    }
}
