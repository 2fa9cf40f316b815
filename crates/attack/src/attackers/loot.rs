//! What attackers do once an account is linked, as in 2020: four debits within two minutes, together ¥300,000, and
//! the value turned into goods within a day.

use crate::campaign::{Stage, Wallet};
use std::collections::BTreeMap;
use terms::{LinkId, Span, Time};

/// The four debits, in yen, and how many seconds after the first.
const DEBITS: [(i64, i64); 4] = [(100_000, 0), (90_000, 35), (90_000, 70), (20_000, 110)];
/// One purchase is at most so much, in yen.
const PURCHASE: i64 = 50_000;
/// The shop whose goods are easily resold, among those of the stage.
const RESALE: usize = 1;
/// Purchases that are refused before they give up on a wallet.
const REFUSALS_MOST: u32 = 6;

/// What is to be done with a linked account.
#[derive(Debug, Clone, Copy)]
enum Job {
    Debit { wallet: usize, link: LinkId, place: usize },
    Buy { wallet: usize, refusals: u32 },
}

/// Wallets with linked accounts, and what is to be done with them.
#[derive(Debug, Default)]
pub(super) struct Loot {
    wallets: Vec<Wallet>,
    jobs: BTreeMap<(Time, u64), Job>,
    count: u64,
    /// From linking to the first debit.
    pub(super) wait: Option<(Span, Span)>,
}

impl Loot {
    /// Takes a wallet into which something will come.
    pub(super) fn keeps(&mut self, wallet: Wallet) -> usize {
        self.wallets.push(wallet);
        self.wallets.len() - 1
    }

    /// A wallet.
    pub(super) fn wallet(&mut self, place: usize) -> Option<&mut Wallet> {
        self.wallets.get_mut(place)
    }

    /// An account is linked: it is to be drained.
    pub(super) fn drains(&mut self, stage: &mut Stage, wallet: usize, link: LinkId) {
        let (least, most) = self.wait.unwrap_or((Span::minutes(2), Span::minutes(30)));
        let first = stage.now.plus(stage.dice.span(least, most));
        for (place, (_, seconds)) in DEBITS.iter().enumerate() {
            self.plans(first.plus(Span::seconds(*seconds)), Job::Debit { wallet, link, place });
        }
        for _ in 0..6 {
            let wait = stage.dice.span(Span::minutes(20), Span::hours(20));
            self.plans(first.plus(wait), Job::Buy { wallet, refusals: 0 });
        }
    }

    fn plans(&mut self, at: Time, job: Job) {
        self.count += 1;
        self.jobs.insert((at, self.count), job);
    }

    /// When the next job is due.
    pub(super) fn next_at(&self) -> Option<Time> {
        self.jobs.keys().next().map(|(at, _)| *at)
    }

    /// Does the jobs that are due.
    pub(super) fn does(&mut self, stage: &mut Stage) {
        while let Some(((at, number), job)) = self.jobs.pop_first() {
            if at > stage.now {
                self.jobs.insert((at, number), job);
                return;
            }
            match job {
                Job::Debit { wallet, link, place } => {
                    if let (Some(wallet), Some((yen, _))) = (self.wallets.get_mut(wallet), DEBITS.get(place))
                    {
                        // Refused where it is too much, or the account is empty: the next debit is tried all the same.
                        let _charged = wallet.charges(stage, link, *yen);
                    }
                }
                Job::Buy { wallet, refusals } => self.buys(stage, wallet, refusals),
            }
        }
    }

    fn buys(&mut self, stage: &mut Stage, place: usize, refusals: u32) {
        let Some(wallet) = self.wallets.get_mut(place) else { return };
        let yen = wallet.holds_yen(stage).min(PURCHASE);
        if yen == 0 {
            return;
        }
        if wallet.pays(stage, RESALE, yen).is_ok() {
            stage.tally.gone_yen += yen;
        } else if refusals < REFUSALS_MOST {
            let at = stage.now.plus(stage.dice.span(Span::hours(4), Span::hours(16)));
            self.plans(at, Job::Buy { wallet: place, refusals: refusals + 1 });
        }
    }

    /// What is still in the wallets, in yen.
    pub(super) fn holds_yen(&self, stage: &Stage) -> i64 {
        self.wallets.iter().map(|wallet| wallet.holds_yen(stage)).sum()
    }
}
