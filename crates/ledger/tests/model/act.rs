//! Postings in bare numbers, drawn at random so that few ids and small amounts make everything meet everything.

use ledger::{AMOUNT_CAP, Account, AccountState, Posting, Transfer};
use terms::{AccountId, Amount, Currency, HoldId, Net, Time, TransferId};
use uuid::Uuid;

/// Numbers of accounts; the first two have no floor and are of yen and of dollars, the last is seldom opened.
pub(crate) const ACCOUNTS: u64 = 8;
const IDS: u64 = 400;

/// SplitMix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn small(&mut self, limit: u64) -> i64 {
        i64::try_from(self.below(limit)).unwrap_or(0)
    }
}

pub(crate) fn account(number: u64) -> AccountId {
    AccountId::new(Uuid::from_u128(u128::from(number)))
}

pub(crate) fn hold(number: u64) -> HoldId {
    HoldId::new(Uuid::from_u128(u128::from(number)))
}

pub(crate) fn transfer(number: u64) -> TransferId {
    TransferId::new(Uuid::from_u128(u128::from(number)))
}

pub(crate) fn currency(dollars: bool) -> Currency {
    if dollars { Currency::parse("USD").expect("three letters") } else { Currency::JPY }
}

/// What is asked of two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Between {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) dollars: bool,
    pub(crate) minor: i64,
}

/// One posting.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    Open {
        account: u64,
        dollars: bool,
        floor: Option<i64>,
    },
    State {
        account: u64,
        state: AccountState,
    },
    /// `then` is the time of an import.
    Move {
        id: u64,
        between: Between,
        then: Option<i64>,
        back: Option<u64>,
    },
    Hold {
        id: u64,
        between: Between,
        until: Option<i64>,
    },
    Capture {
        hold: u64,
        id: u64,
        minor: i64,
    },
    Release {
        hold: u64,
    },
    Expire {
        hold: u64,
    },
}

/// An account as the play opens it: dollars for odd numbers, a little credit for number 4.
pub(crate) fn opening(number: u64) -> Act {
    let floor = match number {
        0 | 1 => None,
        4 => Some(-20),
        _ => Some(0),
    };
    Act::Open { account: number, dollars: !number.is_multiple_of(2), floor }
}

impl Act {
    pub(crate) fn draw(dice: &mut Dice, now: i64) -> Self {
        let between = draw_between(dice);
        let (id, other) = (dice.below(IDS), dice.below(IDS));
        match dice.below(17) {
            0 => match opening(dice.below(ACCOUNTS + 1)) {
                Self::Open { account, dollars, floor } => {
                    Self::Open { account, dollars: dollars ^ dice.one_in(9), floor }
                }
                other => other,
            },
            1 => match draw_state(dice) {
                // Only some are ever closed, so that the play goes on.
                AccountState::Closed => {
                    Self::State { account: 6 + between.from % 3, state: AccountState::Closed }
                }
                state => Self::State { account: between.from, state },
            },
            2..=8 => Self::Move { id, between, then: None, back: None },
            9 => Self::Move { id, between, then: Some(now - 30 + dice.small(34)), back: None },
            10..=13 => {
                let until = dice.one_in(3).then(|| now + dice.small(40));
                Self::Hold { id, between, until }
            }
            14 => Self::Capture { hold: id, id: other, minor: between.minor },
            15 => Self::Release { hold: id },
            _ => Self::Expire { hold: id },
        }
    }

    /// The same ids with other content, where there is an amount.
    pub(crate) fn with_another_amount(mut self) -> Self {
        match &mut self {
            Self::Move { between: Between { minor, .. }, .. }
            | Self::Hold { between: Between { minor, .. }, .. }
            | Self::Capture { minor, .. } => *minor += 1,
            _ => {}
        }
        self
    }

    pub(crate) fn posting(&self, now: i64) -> Posting {
        let amount = |minor: i64| Amount::new(minor).expect("drawn in range");
        match *self {
            Self::Open { account: number, dollars, floor } => {
                Posting::Open(Account::open_in(account(number), currency(dollars), floor.map(Net::new)))
            }
            Self::State { account: number, state } => Posting::SetState(account(number), state),
            Self::Move { id, between, then, back } => {
                let moved = Transfer {
                    id: transfer(id),
                    debit: account(between.from),
                    credit: account(between.to),
                    currency: currency(between.dollars),
                    amount: amount(between.minor),
                    at: Time::from_millis(then.unwrap_or(now)),
                    captures: None,
                    reverses: back.map(transfer),
                };
                if then.is_some() { Posting::Import(moved) } else { Posting::Transfer(moved) }
            }
            Self::Hold { id, between, until } => Posting::Hold {
                id: hold(id),
                debit: account(between.from),
                credit: account(between.to),
                currency: currency(between.dollars),
                amount: amount(between.minor),
                expires_at: until.map(Time::from_millis),
            },
            Self::Capture { hold: held, id, minor } => {
                Posting::Capture { hold: hold(held), transfer: transfer(id), amount: amount(minor) }
            }
            Self::Release { hold: held } => Posting::Release(hold(held)),
            Self::Expire { hold: held } => Posting::Expire(hold(held)),
        }
    }
}

fn draw_between(dice: &mut Dice) -> Between {
    let (from, to) = (dice.below(ACCOUNTS + 1), dice.below(ACCOUNTS + 1));
    // Mostly two accounts of one currency: numbers of one parity.
    let to = if dice.one_in(8) { to } else { (to & !1) | (from & 1) };
    let dollars = (from & 1 == 1) ^ dice.one_in(25);
    let minor = match dice.below(100) {
        0 => AMOUNT_CAP.get() + 1,
        1 => AMOUNT_CAP.get(),
        _ => dice.small(60),
    };
    Between { from, to, dollars, minor }
}

fn draw_state(dice: &mut Dice) -> AccountState {
    match dice.below(30) {
        0..=1 => AccountState::Frozen,
        2..=3 => AccountState::FrozenOut,
        4..=5 => AccountState::FrozenIn,
        6..=11 => AccountState::Closed,
        _ => AccountState::Open,
    }
}
