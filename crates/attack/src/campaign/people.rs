//! Ordinary people of a campaign: each opens a wallet, proves who they are, links an account of their own with
//! typing errors, charges, pays, and comes back for more.

use super::{
    counter::Shown,
    stage::{Asker, Stage},
    wallet::{Reached, Wallet, fresh_place},
};
use crate::world::bank::BankAccount;
use terms::{BankCode, LinkId, Span};

/// After so many vain tries to link somebody does without.
const GIVES_UP: u32 = 5;

/// Where somebody stands.
#[derive(Debug)]
enum Standing {
    Outside,
    Inside(Box<Wallet>),
    Linked(Box<Wallet>, LinkId),
    Gone,
}

/// An ordinary person.
#[derive(Debug)]
pub(super) struct Person {
    number: usize,
    mistyping: f64,
    bank: Option<(BankCode, String)>,
    standing: Standing,
    forgot: bool,
    /// How often in a row the link did not come about.
    failures: u32,
}

impl Person {
    /// Somebody without a wallet.
    pub(super) const fn new(number: usize, mistyping: f64) -> Self {
        Self { number, mistyping, bank: None, standing: Standing::Outside, forgot: false, failures: 0 }
    }

    /// Does the next thing; how long until the one after it.
    pub(super) fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        self.standing = match std::mem::replace(&mut self.standing, Standing::Gone) {
            Standing::Outside => self.opens(stage),
            Standing::Inside(wallet) => self.links(stage, wallet),
            Standing::Linked(wallet, link) => lives(stage, wallet, link),
            Standing::Gone => return None,
        };
        Some(match self.standing {
            Standing::Linked(..) => stage.dice.span(Span::hours(3), Span::hours(60)),
            // At first again soon, then another day; the bank's branch unlocks an account meanwhile.
            Standing::Inside(_) if self.failures == 1 => stage.dice.span(Span::minutes(5), Span::hours(5)),
            Standing::Inside(_) if self.failures > 1 => stage.dice.span(Span::hours(20), Span::hours(72)),
            _ => stage.dice.span(Span::minutes(1), Span::hours(3)),
        })
    }

    fn opens(&mut self, stage: &mut Stage) -> Standing {
        let asker = Asker { source: fresh_place(stage), hostile: false };
        let Some(person) = stage.is_born() else { return Standing::Gone };
        let banks = stage.banks.codes();
        let Some(bank) = stage.dice.pick(&banks).copied() else { return Standing::Gone };
        let account = format!("own-{}", self.number);
        if let Some(books) = stage.banks.get(bank) {
            books.open(BankAccount {
                name: account.clone(),
                holder: person.kana.clone(),
                birth_date: person.birth_date.clone(),
                balance_yen: 400_000,
            });
        }
        self.bank = Some((bank, account));
        stage.tally.honest += 1;
        let Ok(wallet) = Wallet::open(stage, asker) else { return Standing::Outside };
        let _proved = wallet.proves(stage, &person);
        stage.runs_errands();
        Standing::Inside(Box::new(wallet))
    }

    fn links(&mut self, stage: &mut Stage, mut wallet: Box<Wallet>) -> Standing {
        let Some((bank, account)) = self.bank.clone() else { return Standing::Gone };
        let mistypes = stage.dice.below(1_000_000) < (self.mistyping * 1e6) as u64;
        // Mostly it is a slip; some have forgotten, look it up, and come back later.
        self.forgot = mistypes && stage.dice.chance(300);
        let shown: &[Shown] = match (mistypes, self.forgot) {
            (false, _) => &[Shown::All],
            (true, false) => &[Shown::Mistyped, Shown::All],
            (true, true) => &[Shown::Mistyped, Shown::Mistyped],
        };
        match wallet.reaches(stage, bank, &account, shown) {
            Reached::Linked(link) => Standing::Linked(wallet, link),
            Reached::Wrong | Reached::Refused(_) => {
                self.failures += 1;
                if self.failures > 1 {
                    stage.counters.unlock(&account);
                }
                if self.failures > GIVES_UP { Standing::Gone } else { Standing::Inside(wallet) }
            }
        }
    }
}

/// An ordinary day: charges when there is little left, else buys something.
fn lives(stage: &mut Stage, mut wallet: Box<Wallet>, link: LinkId) -> Standing {
    let left = wallet.holds_yen(stage);
    if left < 8_000 {
        let yen = stage.dice.between(1, 8) * 5_000;
        let _charged = wallet.charges(stage, link, yen);
    }
    let yen = stage.dice.between(150, 6_000);
    let _paid = wallet.pays(stage, 0, yen);
    Standing::Linked(wallet, link)
}
