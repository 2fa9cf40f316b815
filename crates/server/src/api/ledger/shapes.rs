//! Accounts and transfers of the book as the API shows them, and how their ids and times are read.

use crate::problem::Problem;
use engine::Code;
use jiff::Timestamp;
use ledger::{Account, AccountState, Transfer};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::borrow::Cow;
use store::look::HistoryEntry;
use terms::{AccountId, Time, TransferId};
use utoipa::ToSchema;
use uuid::Uuid;

/// An account of the book, now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountView {
    /// Its id.
    #[schema(example = "acc_01kaqe3v4x5b8r7y2m9c6d0f1g")]
    pub(super) id: String,
    /// Its currency (ISO 4217).
    #[schema(example = "JPY")]
    pub(super) currency: String,
    /// The lowest balance allowed, in minor units; absent where there is no floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) floor: Option<i64>,
    /// `open`, `frozen_out`, `frozen_in`, `frozen` or `closed`.
    #[schema(value_type = String, example = "open")]
    pub(super) state: AccountState,
    /// Credits less debits, in minor units: what is owed to its owner.
    pub(super) balance: i64,
    /// What can go out now; absent where there is no floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) available: Option<i64>,
    /// Reserved to go out.
    pub(super) held: i64,
    /// Announced to come in.
    pub(super) announced: i64,
    /// Sum of all debits.
    pub(super) debits: i64,
    /// Sum of all credits.
    pub(super) credits: i64,
}

impl AccountView {
    pub(super) fn of(account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            currency: account.currency.to_string(),
            floor: account.floor.map(terms::Net::get),
            state: account.state,
            balance: account.balance().get(),
            available: account.available().map(terms::Amount::get),
            held: account.held.get(),
            announced: account.announced.get(),
            debits: account.debits.get(),
            credits: account.credits.get(),
        }
    }
}

/// A transfer of the book.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LedgerTransfer {
    /// Its id.
    #[schema(example = "trf_01kaqe3v4x5b8r7y2m9c6d0f1g")]
    id: String,
    /// The account whose balance fell.
    debit: String,
    /// The account whose balance rose.
    credit: String,
    /// The currency of both.
    currency: String,
    /// In minor units.
    amount: i64,
    /// When it was decided; of an import, when it took place.
    at: String,
    /// The hold that it captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    captures: Option<String>,
    /// The transfer that it took back.
    #[serde(skip_serializing_if = "Option::is_none")]
    reverses: Option<String>,
}

impl LedgerTransfer {
    pub(super) fn of(transfer: &Transfer) -> Self {
        Self {
            id: transfer.id.to_string(),
            debit: transfer.debit.to_string(),
            credit: transfer.credit.to_string(),
            currency: transfer.currency.to_string(),
            amount: transfer.amount.get(),
            at: transfer.at.to_string(),
            captures: transfer.captures.map(|hold| hold.to_string()),
            reverses: transfer.reverses.map(|original| original.to_string()),
        }
    }
}

/// A transfer as one of its accounts sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HistoryLine {
    /// The transfer.
    transfer: LedgerTransfer,
    /// The account's balance after it, in minor units.
    balance: i64,
}

impl HistoryLine {
    pub(super) fn of(entry: &HistoryEntry) -> Self {
        Self { transfer: LedgerTransfer::of(&entry.transfer), balance: entry.balance.get() }
    }
}

fn account_of(text: &str) -> Option<AccountId> {
    AccountId::parse(text).ok().or_else(|| Uuid::parse_str(text).ok().map(AccountId::new))
}

fn transfer_of(text: &str) -> Option<TransferId> {
    TransferId::parse(text).ok().or_else(|| Uuid::parse_str(text).ok().map(TransferId::new))
}

/// The account in a path, by our id or as the bare UUID that its asker chose.
pub(super) fn account_in_path(text: &str) -> Result<AccountId, Problem> {
    account_of(text).ok_or_else(|| Code::NotFound.into())
}

/// The transfer in a path.
pub(super) fn transfer_in_path(text: &str) -> Result<TransferId, Problem> {
    transfer_of(text).ok_or_else(|| Code::NotFound.into())
}

/// An account in a body.
pub(super) fn account_id<'de, D: Deserializer<'de>>(from: D) -> Result<AccountId, D::Error> {
    let text = <Cow<'de, str>>::deserialize(from)?;
    account_of(&text).ok_or_else(|| D::Error::custom("no account, expected an id acc_… or a UUID"))
}

/// A transfer in a body.
pub(super) fn transfer_id<'de, D: Deserializer<'de>>(from: D) -> Result<TransferId, D::Error> {
    let text = <Cow<'de, str>>::deserialize(from)?;
    transfer_of(&text).ok_or_else(|| D::Error::custom("no transfer, expected an id trf_… or a UUID"))
}

/// A transfer that may be absent.
pub(super) fn maybe_transfer_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TransferId>, D::Error> {
    let text = <Option<Cow<'de, str>>>::deserialize(from)?;
    let wrong = || D::Error::custom("no transfer, expected an id trf_… or a UUID");
    text.map(|text| transfer_of(&text).ok_or_else(wrong)).transpose()
}

/// A time that may be absent.
pub(super) fn maybe_time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    let text = <Option<Cow<'de, str>>>::deserialize(from)?;
    let wrong = || D::Error::custom("no time, expected RFC 3339 such as 2026-11-22T05:00:00Z");
    text.map(|text| time_of(&text).ok_or_else(wrong)).transpose()
}

/// A time as RFC 3339 writes it; finer parts than milliseconds are cut off.
pub(super) fn time_of(text: &str) -> Option<Time> {
    text.parse::<Timestamp>().ok().map(|time| Time::from_millis(time.as_millisecond()))
}
