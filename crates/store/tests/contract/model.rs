//! A book that never forgets, beside the store: what is refused, and what every account's past must say.

use ledger::{Applied, Book, Item, Posting, Transfer};
use std::collections::BTreeMap;
use store::{
    Fault, Outcomes, Shelf, Store,
    look::{self, HistoryEntry},
};
use terms::{AccountId, Net, Time};

/// A transfer as one of its accounts must see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) number: i64,
    pub(crate) transfer: Transfer,
    pub(crate) balance: Net,
}

/// Everything that was committed.
#[derive(Clone, Default)]
pub(crate) struct Model {
    pub(crate) book: Book,
    pub(crate) transfers: i64,
    /// When the last commit was, and when the one under way will have been; nothing while it does nothing.
    at: Latest,
    next_at: Option<Time>,
    past: BTreeMap<AccountId, Vec<Seen>>,
    /// Times of commits with the number of the last transfer up to each.
    commits: Vec<(Time, i64)>,
}

#[derive(Clone, Copy)]
struct Latest(Time);

impl Default for Latest {
    fn default() -> Self {
        Self(Time::from_millis(0))
    }
}

impl Model {
    /// A part of a commit; call [`Model::commit`] after the last.
    pub(crate) fn apply(&mut self, items: &[Item], now: Time) -> Outcomes {
        let outcomes = self.book.apply_all(items, now);
        if outcomes.contains(&Ok(Applied::Now)) {
            self.next_at = Some(self.next_at.unwrap_or(self.at.0).max(now));
        }
        for (item, outcome) in items.iter().zip(&outcomes) {
            let id = match (&item.posting, outcome) {
                (Posting::Transfer(transfer) | Posting::Import(transfer), Ok(Applied::Now)) => transfer.id,
                (Posting::Capture { transfer, .. }, Ok(Applied::Now)) => *transfer,
                _ => continue,
            };
            let transfer = self.book.transfer(id).cloned().expect("it was applied");
            self.transfers += 1;
            let amount = transfer.amount.get();
            for (account, change) in [(transfer.debit, -amount), (transfer.credit, amount)] {
                let past = self.past.entry(account).or_default();
                let balance = Net::new(past.last().map_or(0, |seen| seen.balance.get()) + change);
                past.push(Seen { number: self.transfers, transfer: transfer.clone(), balance });
            }
        }
        outcomes
    }

    pub(crate) fn commit(&mut self) {
        if let Some(at) = self.next_at.take() {
            self.at.0 = at;
            self.commits.push((at, self.transfers));
        }
    }

    fn balance_at(&self, account: AccountId, at: Time) -> Net {
        let bound = self.commits.iter().rev().find(|commit| commit.0 <= at).map_or(0, |commit| commit.1);
        let past = self.past.get(&account).map_or(&[][..], Vec::as_slice);
        past.iter().rev().find(|seen| seen.number <= bound).map_or(Net::ZERO, |seen| seen.balance)
    }

    /// The longest past of an account.
    pub(crate) fn longest(&self) -> usize {
        self.past.values().map(Vec::len).max().unwrap_or(0)
    }

    /// Every account as it stands, its whole past in pages, and its balance at many times.
    pub(crate) fn compare(&self, store: &Store) {
        let compared = store.read(|shelf| {
            for (place, account) in self.book.accounts().enumerate() {
                let id = account.id;
                assert_eq!(look::account_of(shelf, id)?.as_ref(), Some(account));
                let past = self.past.get(&id).map_or(&[][..], Vec::as_slice);
                assert_eq!(past_of(shelf, id, [7, 1_000][place % 2])?, past, "account {id}");
                let step = self.commits.len().div_ceil(10).max(1);
                let times = self.commits.iter().step_by(step).map(|commit| commit.0.millis());
                for at in times.flat_map(|at| [at - 1, at]).chain([i64::MIN, 0, i64::MAX]) {
                    let at = Time::from_millis(at);
                    let wanted = Some(self.balance_at(id, at));
                    assert_eq!(look::balance_at(shelf, id, at)?, wanted, "{id} at {at}");
                }
            }
            for transfer in self.book.transfers() {
                assert_eq!(look::transfer_of(shelf, transfer.id)?.as_ref(), Some(transfer));
            }
            Ok(())
        });
        compared.expect("can be read");
    }
}

/// All pages of an account's past, the oldest first.
fn past_of(shelf: &mut Shelf<'_>, account: AccountId, most: u32) -> Result<Vec<Seen>, Fault> {
    let (mut cursor, mut past) = (None, Vec::new());
    loop {
        let page = look::history_of(shelf, account, cursor, most)?;
        assert!(page.len() <= most as usize);
        let Some(last) = page.last() else { break };
        cursor = Some(last.number);
        let seen = |entry: HistoryEntry| Seen {
            number: entry.number,
            transfer: entry.transfer,
            balance: entry.balance,
        };
        past.extend(page.into_iter().map(seen));
    }
    past.reverse();
    Ok(past)
}
