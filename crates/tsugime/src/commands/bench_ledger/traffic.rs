//! Who pays whom: accounts with money, and transfers between them, drawn without the system's dice.

use crate::exit::Ended;
use ledger::{Account, Item, Posting, Transfer};
use std::sync::atomic::{AtomicU64, Ordering};
use teller::Teller;
use terms::{AccountId, Amount, Balance, Time, TransferId, Yen};
use uuid::Uuid;

/// How payers and payees are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Skew {
    /// Everybody alike.
    Uniform,
    /// The n-th account n times less often than the first (Zipf's law, exponent 1).
    Zipf,
    /// Everybody pays one account.
    Hot,
}

/// How ids are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ids {
    /// UUID version 7: ordered by time.
    Ordered,
    /// All bits mixed, as of version 4.
    Random,
}

const FUNDS: i64 = 1_000_000_000;

/// The accounts, and the ids given out.
pub(crate) struct Traffic {
    accounts: Vec<AccountId>,
    /// Cumulated weights of Zipf's law.
    zipf: Vec<u64>,
    ids: Ids,
    born: Time,
    next: AtomicU64,
}

/// SplitMix64 (Steele, Lea, Flood 2014): a generator of one word of state.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }
}

const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Traffic {
    /// Opens the accounts and gives each its funds.
    pub(crate) async fn open(teller: &Teller, accounts: u32, ids: Ids) -> Result<Self, Ended> {
        let born = teller.now();
        let id = |number: u64| {
            AccountId::new(Uuid::from_u64_pair(0x7e5e_0000_0000_7000, mix(number) >> 2 | 1 << 63))
        };
        let world = id(0);
        let accounts: Vec<AccountId> = (1..=u64::from(accounts)).map(id).collect();
        let mut weight = 0;
        let zipf = (1..=accounts.len() as u64).map(|rank| {
            weight += 1_000_000_000 / rank;
            weight
        });
        let traffic = Self { zipf: zipf.collect(), accounts, ids, born, next: AtomicU64::new(0) };
        let mut items = vec![Item::alone(Posting::Open(Account::open(world, None)))];
        for account in &traffic.accounts {
            items.push(Item::alone(Posting::Open(Account::open(*account, Some(Balance::ZERO)))));
            items.push(Item::alone(Posting::Transfer(Transfer::yen(
                traffic.id(),
                world,
                *account,
                Yen::of(FUNDS),
                born,
            ))));
        }
        for items in items.chunks(ledger::BATCH_MAX) {
            let outcomes = teller.post_all(items.to_vec(), engine::Source::default()).await;
            let outcomes = outcomes.map_err(|no| Ended::Fault(no.to_string()))?;
            if let Some(Err(refusal)) = outcomes.into_iter().find(Result::is_err) {
                return Err(Ended::Fault(format!("the accounts cannot be opened: {}", refusal.code())));
            }
        }
        Ok(traffic)
    }

    fn id(&self) -> TransferId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let bits = match self.ids {
            // 2^12 ids per millisecond, then the clock is ahead of itself: order is what matters.
            Ids::Ordered => {
                let ms = u64::try_from(self.born.millis()).unwrap_or(0) + (number >> 12);
                (ms << 16 | 0x7000 | (number & 0xfff), mix(number) >> 2 | 1 << 63)
            }
            Ids::Random => (mix(number) & !0xf000 | 0x4000, mix(!number) >> 2 | 1 << 63),
        };
        TransferId::new(Uuid::from_u64_pair(bits.0, bits.1))
    }

    /// A batch of transfers.
    pub(crate) fn batch(&self, skew: Skew, size: u32, dice: &mut Dice) -> Vec<Item> {
        (0..size)
            .map(|_| {
                let (debit, credit) = self.pair(skew, dice);
                let amount = Amount::of(1 + i64::try_from(dice.below(100)).unwrap_or(0));
                let transfer =
                    Transfer { amount, ..Transfer::yen(self.id(), debit, credit, Yen::ZERO, self.born) };
                Item::alone(Posting::Transfer(transfer))
            })
            .collect()
    }

    fn pair(&self, skew: Skew, dice: &mut Dice) -> (AccountId, AccountId) {
        let all = self.accounts.len() as u64;
        let debit = match skew {
            Skew::Zipf => self.by_rank(dice),
            Skew::Uniform => dice.below(all),
            Skew::Hot => 1 + dice.below(all - 1),
        };
        let credit = match skew {
            Skew::Zipf => self.by_rank(dice),
            Skew::Uniform => dice.below(all),
            Skew::Hot => 0,
        };
        let credit = if credit == debit { (credit + 1) % all } else { credit };
        (self.accounts[debit as usize], self.accounts[credit as usize])
    }

    fn by_rank(&self, dice: &mut Dice) -> u64 {
        let total = self.zipf.last().copied().unwrap_or(1);
        let drawn = dice.below(total);
        self.zipf.partition_point(|&weight| weight <= drawn) as u64
    }
}
