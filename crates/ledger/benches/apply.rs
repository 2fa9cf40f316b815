//! Transfers per second of the book alone, in memory, on one thread: `cargo bench -p ledger`.
//!
//! 10,000 accounts; batches of 8,190, of 64 and of 1; all uniform, all into one hot account, and in chains of two.
//! As a store does, each batch is played on a book that knows its accounts and not the transfers of all time.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a measurement reads the clock and prints"
)]

use ledger::{Account, Applied, Book, Item, Posting, Transfer};
use std::time::Instant;
use terms::{AccountId, Balance, Time, TransferId, Yen};
use uuid::Uuid;

const ACCOUNTS: u64 = 10_000;
const TRANSFERS: usize = 400_000;

/// SplitMix64.
fn dice(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Spread as random ids are.
fn account(number: u64) -> AccountId {
    let mut state = number;
    AccountId::new(Uuid::from_u64_pair(dice(&mut state), number))
}

fn items(hot: bool, chains: bool) -> Vec<Item> {
    let mut state = 7;
    let mut transfer = |number: usize| {
        let from = dice(&mut state) % (ACCOUNTS - 1) + 1;
        let to = if hot { 0 } else { (from + 1 + dice(&mut state) % (ACCOUNTS - 2)) % ACCOUNTS };
        // Ids in the order of time, as version 7.
        let id = TransferId::new(Uuid::from_u64_pair(number as u64, dice(&mut state)));
        let posting = Posting::Transfer(Transfer::yen(
            id,
            account(from),
            account(to),
            Yen::of(1),
            Time::from_millis(0),
        ));
        Item { posting, linked: chains && number.is_multiple_of(2) }
    };
    (0..TRANSFERS).map(&mut transfer).collect()
}

fn main() {
    let now = Time::from_millis(0);
    let mut town = Book::new();
    for number in 0..ACCOUNTS {
        town.bring_account(Account::open(account(number), Some(Balance::new(-1_000_000_000))));
    }
    println!("{:<8} {:>6} {:>14}", "", "batch", "transfers/s");
    for (name, hot, chains) in [("uniform", false, false), ("hot", true, false), ("chains", false, true)] {
        let items = items(hot, chains);
        for batch in [8_190, 64, 2] {
            let mut book = town.clone();
            let begun = Instant::now();
            for batch in items.chunks(batch) {
                let outcomes = book.apply_all(batch, now);
                assert!(outcomes.iter().all(|outcome| *outcome == Ok(Applied::Now)));
            }
            let per_second = TRANSFERS as f64 / begun.elapsed().as_secs_f64();
            println!("{name:<8} {batch:>6} {per_second:>14.0}");
        }
    }
}
