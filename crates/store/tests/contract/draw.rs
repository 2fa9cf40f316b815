//! Postings drawn at random: few accounts and small amounts, so that everything meets everything.

use crate::{dice::Dice, model::Model};
use ledger::{AMOUNT_CAP, Account, AccountState, HoldState, Item, Posting, Transfer};
use terms::{AccountId, Amount, Currency, HoldId, Net, Time, TransferId};
use uuid::{Builder, Uuid};

/// The first two have no floor and are of yen and of dollars; even ones are of yen.
pub(crate) const ACCOUNTS: u64 = 14;

pub(crate) fn account(number: u64) -> AccountId {
    // Not in the order of their numbers, so that an index is not always at its end.
    AccountId::new(Uuid::from_u128(
        u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64 | u128::from(number),
    ))
}

fn currency(number: u64) -> Currency {
    if number.is_multiple_of(2) { Currency::JPY } else { Currency::parse("USD").expect("three letters") }
}

pub(crate) fn amount(minor: i64) -> Amount {
    Amount::new(minor).expect("an amount")
}

/// An id as askers choose them: mostly ordered by time, some at random, some strange.
pub(crate) fn id(dice: &mut Dice, now: i64) -> Uuid {
    match dice.below(12) {
        0 => Uuid::from_u128(u128::from(dice.next()) << 64 | u128::from(dice.next())),
        1 => Uuid::from_u128(u128::from(dice.below(30))),
        2 => Uuid::from_u128(u128::MAX - u128::from(dice.below(30))),
        _ => {
            let (high, low) = (dice.next().to_be_bytes(), dice.next().to_be_bytes());
            let mut random = [0; 10];
            random[..8].copy_from_slice(&high);
            random[8..].copy_from_slice(&low[..2]);
            Builder::from_unix_timestamp_millis(now.unsigned_abs(), &random).into_uuid()
        }
    }
}

pub(crate) fn open(number: u64) -> Posting {
    let floor = match number {
        0 | 1 => None,
        4 => Some(Net::new(-20)),
        _ => Some(Net::ZERO),
    };
    Posting::Open(Account::open_in(account(number), currency(number), floor))
}

/// A plain transfer.
pub(crate) fn transfer(id: Uuid, from: u64, to: u64, minor: i64, now: i64) -> Transfer {
    Transfer {
        id: TransferId::new(id),
        debit: account(from),
        credit: account(to),
        currency: currency(from),
        amount: amount(minor),
        at: Time::from_millis(now),
        captures: None,
        reverses: None,
    }
}

/// A batch, some of its items tied together.
pub(crate) fn batch(
    dice: &mut Dice,
    model: &Model,
    asked: &mut Vec<Posting>,
    now: i64,
    most: u64,
) -> Vec<Item> {
    let count = 1 + dice.below(most);
    let mut items: Vec<Item> = (0..count)
        .map(|_| {
            let posting = posting(dice, model, asked, now);
            asked.push(posting.clone());
            Item { posting, linked: dice.one_in(7) }
        })
        .collect();
    if let Some(last) = items.last_mut() {
        last.linked &= dice.one_in(5);
    }
    items
}

fn posting(dice: &mut Dice, model: &Model, asked: &[Posting], now: i64) -> Posting {
    if dice.one_in(8) && !asked.is_empty() {
        let again = asked[dice.place(asked.len())].clone();
        return if dice.one_in(3) { with_other_content(again) } else { again };
    }
    let (from, to) = (dice.below(ACCOUNTS), dice.below(ACCOUNTS));
    let to = if dice.one_in(12) { to } else { (to & !1) | (from & 1) };
    // Much goes out of the accounts without a floor, or there would be nothing to move.
    let from = if dice.one_in(3) { to & 1 } else { from };
    let minor = match dice.below(150) {
        0 => AMOUNT_CAP.get() + 1,
        1 => 0,
        _ => 1 + dice.small(60),
    };
    let moved = transfer(id(dice, now), from, to, minor, now);
    match dice.below(24) {
        0 => open(dice.below(ACCOUNTS)),
        1 => state(dice),
        2..=3 => hold(dice, moved, now),
        4..=6 => over(dice, model, now).unwrap_or(Posting::Transfer(moved)),
        7..=8 => Posting::Import(Transfer { at: Time::from_millis(now - 30 + dice.small(33)), ..moved }),
        9..=11 => back(dice, model, now).unwrap_or(Posting::Transfer(moved)),
        _ => Posting::Transfer(moved),
    }
}

fn state(dice: &mut Dice) -> Posting {
    let state = match dice.below(12) {
        0 => AccountState::Frozen,
        1 => AccountState::FrozenOut,
        2 => AccountState::FrozenIn,
        3 => return Posting::SetState(account(10 + dice.below(4)), AccountState::Closed),
        _ => AccountState::Open,
    };
    Posting::SetState(account(dice.below(ACCOUNTS)), state)
}

fn hold(dice: &mut Dice, moved: Transfer, now: i64) -> Posting {
    Posting::Hold {
        id: HoldId::new(id(dice, now)),
        debit: moved.debit,
        credit: moved.credit,
        currency: moved.currency,
        amount: moved.amount,
        expires_at: dice.one_in(2).then(|| Time::from_millis(now + dice.small(40))),
    }
}

/// The end of a hold, mostly of one that is open.
fn over(dice: &mut Dice, model: &Model, now: i64) -> Option<Posting> {
    let open = dice.below(5) > 0;
    let holds: Vec<_> = model.book.holds().filter(|hold| !open || hold.state == HoldState::Held).collect();
    let hold = holds.get(dice.place(holds.len()))?;
    Some(match dice.below(5) {
        0 => Posting::Release(hold.id),
        1 => Posting::Expire(hold.id),
        _ => {
            let part =
                if dice.one_in(3) { hold.amount.get() } else { dice.small(hold.amount.get().unsigned_abs()) };
            let part = amount(part + i64::from(dice.one_in(9)));
            Posting::Capture { hold: hold.id, transfer: TransferId::new(id(dice, now)), amount: part }
        }
    })
}

/// A reversal of all or a part of a transfer.
fn back(dice: &mut Dice, model: &Model, now: i64) -> Option<Posting> {
    let count = model.book.transfers().count();
    let original = model.book.transfers().nth(dice.place(count))?.clone();
    let part = amount(1 + dice.small(original.amount.get().unsigned_abs()));
    Some(Posting::Transfer(Transfer {
        id: TransferId::new(id(dice, now)),
        debit: original.credit,
        credit: if dice.one_in(12) { account(0) } else { original.debit },
        currency: original.currency,
        amount: part,
        at: Time::from_millis(now),
        captures: None,
        reverses: Some(original.id),
    }))
}

fn with_other_content(mut posting: Posting) -> Posting {
    match &mut posting {
        Posting::Transfer(transfer) | Posting::Import(transfer) => {
            transfer.amount = amount(transfer.amount.get() + 1)
        }
        Posting::Hold { amount: of, .. } | Posting::Capture { amount: of, .. } => *of = amount(of.get() + 1),
        Posting::Open(account) => account.floor = Some(Net::new(-1)),
        Posting::SetState(..) | Posting::Release(_) | Posting::Expire(_) => {}
    }
    posting
}
