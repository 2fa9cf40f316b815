//! Many transfers in one request, for settlements and imports; and one transfer, looked up.

use super::{
    accounts::yen,
    purses_among, remember_refused,
    shapes::{LedgerTransfer, account_id, maybe_time, maybe_transfer_id, transfer_id, transfer_in_path},
};
use crate::{
    AppState,
    body::{Json, LargeJson, Path},
    credentials::{BookReader, Caller, LedgerDesk},
    locale::t,
    problem::{Problem, ShellCode, key},
};
use axum::extract::{DefaultBodyLimit, State};
use engine::{Code, sign_up::Locale};
use ledger::{Applied, BATCH_MAX, Item, Posting, Refusal, Transfer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::look;
use terms::{AccountId, Amount, Currency, Time, TransferId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// 512 bytes for each item, and room for the rest.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024 + 64 * 1024;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(post_transfers))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .routes(routes!(show_transfer))
}

/// One transfer to post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TransferItem {
    /// A UUID of your choosing, for ever; version 7 is the fastest.
    #[serde(deserialize_with = "transfer_id")]
    #[schema(value_type = String, format = "uuid")]
    id: TransferId,
    /// The account whose balance falls.
    #[serde(deserialize_with = "account_id")]
    #[schema(value_type = String)]
    debit: AccountId,
    /// The account whose balance rises.
    #[serde(deserialize_with = "account_id")]
    #[schema(value_type = String)]
    credit: AccountId,
    /// In minor units, 1 to 1,000,000,000,000,000.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64)]
    amount: i64,
    /// The currency of both accounts (ISO 4217); JPY if not said.
    #[serde(default = "yen")]
    #[schema(value_type = String)]
    currency: Currency,
    /// When it took place (RFC 3339), for an import: then a part of its content. Now, if not said.
    #[serde(default, deserialize_with = "maybe_time")]
    #[schema(value_type = Option<String>)]
    at: Option<Time>,
    /// The transfer that it takes back, all or in part: from its credit to its debit.
    #[serde(default, deserialize_with = "maybe_transfer_id")]
    #[schema(value_type = Option<String>)]
    reverses: Option<TransferId>,
    /// Tied to the next item: from the first that is tied to the first that is not, all are applied or none.
    #[serde(default)]
    linked: bool,
}

/// Transfers to post, in order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "transfers": [
    {
        "id": "019ab0e1-ec9d-7a8d-9c5e-30a6b1d4f2c8", "debit": "acc_01kaqe3v4x5b8r7y2m9c6d0f1g",
        "credit": "019ab0e1-ec9d-7a8d-9c5e-30a6b1d4f2c7", "amount": 125_000, "linked": true
    },
    {
        "id": "019ab0e1-ec9d-7a8d-9c5e-30a6b1d4f2c9", "debit": "019ab0e1-ec9d-7a8d-9c5e-30a6b1d4f2c7",
        "credit": "acc_01kaqe3v4x5b8r7y2m9c6d0f1g", "amount": 300, "at": "2026-03-31T23:59:59Z"
    }
] }))]
struct TransferItems {
    /// 1 to 8,190.
    transfers: Vec<TransferItem>,
}

/// What became of one item.
#[derive(Debug, Serialize, ToSchema)]
struct ItemOutcome {
    /// The transfer's id.
    id: String,
    /// `applied`, `applied_before`, or the stable code of why not.
    #[schema(example = "applied")]
    status: &'static str,
    /// Why not, in the asker's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

/// What became of all of them, in their order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "outcomes": [
        { "id": "trf_01kaqe3v4x5b8r7y2m9c6d0f1h", "status": "applied" },
        {
            "id": "trf_01kaqe3v4x5b8r7y2m9c6d0f1j", "status": "below_floor",
            "title": "The balance would fall below what is allowed"
        }
    ],
    "applied": 1, "applied_before": 0, "refused": 1
}))]
struct BulkAnswer {
    /// One for each item.
    outcomes: Vec<ItemOutcome>,
    /// How many were applied now.
    applied: usize,
    /// How many had been applied before, with the same content.
    applied_before: usize,
    /// How many were refused; they changed nothing.
    refused: usize,
}

/// A transfer that was found.
#[derive(Debug, Serialize, ToSchema)]
struct TransferAnswer {
    /// The transfer.
    transfer: LedgerTransfer,
}

/// Post transfers between accounts that are no customer's
///
/// Up to 8,190 in one commit: each is applied, was applied before, or is refused by itself or with its chain.
/// Sending the same list again changes nothing.
#[utoipa::path(
    post, path = "/v1/ledger/transfers", tag = "ledger", request_body = TransferItems,
    security(("ledger_token" = [])),
    responses((status = 200, body = BulkAnswer))
)]
async fn post_transfers(
    State(state): State<AppState>,
    _: LedgerDesk,
    caller: Caller,
    LargeJson(body): LargeJson<TransferItems, BODY_BYTES_MAX>,
) -> Result<Json<BulkAnswer>, Problem> {
    let items = body.transfers;
    if items.is_empty() {
        return Err(Problem::from(Code::FieldNotAllowed).field("transfers", "1 to 8,190"));
    }
    if items.len() > BATCH_MAX {
        let refusal = Refusal::BatchTooLarge;
        remember_refused(&state, &caller, refusal.code()).await?;
        return Err(Problem::from(refusal).field("transfers", "1 to 8,190"));
    }
    let named: BTreeSet<AccountId> = items.iter().flat_map(|item| [item.debit, item.credit]).collect();
    let purses = purses_among(&state, named).await?;
    let now = state.teller.now();
    let postings: Vec<Result<Item, &'static str>> =
        items.iter().map(|item| posting_of(item, &purses, now)).collect();
    let sorted = sort_out(&items, postings);
    if let Some(reason) = sorted.first_barred {
        remember_refused(&state, &caller, reason).await?;
    }
    let outcomes = match sorted.to_post.is_empty() {
        true => Vec::new(),
        false => state.teller.post_all(sorted.to_post, caller.source.clone()).await?,
    };
    let mut posted = outcomes.into_iter();
    let statuses = sorted.barred.into_iter().map(|barred| match barred {
        Some(code) => Ok(code),
        None => posted.next().map(status_of).ok_or_else(|| Problem::fault("an item has no outcome")),
    });
    let statuses = statuses.collect::<Result<Vec<_>, _>>()?;
    Ok(Json(answer_of(&items, &statuses, caller.language.locale())))
}

/// One transfer of the book
#[utoipa::path(
    get, path = "/v1/ledger/transfers/{transfer}", tag = "ledger",
    params(("transfer" = String, Path, description = "Its id, or the UUID that its asker chose")),
    security(("operator_token" = []), ("ledger_token" = [])),
    responses((status = 200, body = TransferAnswer))
)]
async fn show_transfer(
    State(state): State<AppState>,
    _: BookReader,
    Path(transfer): Path<String>,
) -> Result<Json<TransferAnswer>, Problem> {
    let id = transfer_in_path(&transfer)?;
    let found = state.teller.look(move |shelf| look::transfer_of(shelf, id)).await?;
    let found = found.ok_or_else(|| Problem::from(Code::NotFound))?;
    Ok(Json(TransferAnswer { transfer: LedgerTransfer::of(&found) }))
}

/// What the book is asked to do, or why it is not asked.
fn posting_of(item: &TransferItem, purses: &BTreeSet<AccountId>, now: Time) -> Result<Item, &'static str> {
    if item.amount < 0 {
        return Err(ShellCode::AmountNegative.as_str());
    }
    let amount = Amount::new(item.amount).map_err(|_| Refusal::AmountAboveCap.code())?;
    if purses.contains(&item.debit) || purses.contains(&item.credit) {
        return Err(ShellCode::CustomerAccount.as_str());
    }
    let TransferItem { id, debit, credit, currency, reverses, linked, .. } = *item;
    let at = item.at.unwrap_or(now);
    let transfer = Transfer { id, debit, credit, currency, amount, at, captures: None, reverses };
    let posting = if item.at.is_some() { Posting::Import(transfer) } else { Posting::Transfer(transfer) };
    Ok(Item { posting, linked })
}

/// Items that the book is asked for, and the codes of those that it is not.
struct Sorted {
    to_post: Vec<Item>,
    barred: Vec<Option<&'static str>>,
    first_barred: Option<&'static str>,
}

/// A chain with a barred item goes to the book in no part; one that does not end is the book's to refuse.
fn sort_out(items: &[TransferItem], postings: Vec<Result<Item, &'static str>>) -> Sorted {
    let mut sorted = Sorted { to_post: Vec::new(), barred: Vec::new(), first_barred: None };
    let mut postings = postings.into_iter();
    for chain in items.chunk_by(|item, _| item.linked) {
        let postings: Vec<_> = postings.by_ref().take(chain.len()).collect();
        match postings.iter().position(Result::is_err) {
            None => {
                sorted.barred.extend(postings.iter().map(|_| None));
                sorted.to_post.extend(postings.into_iter().flatten());
            }
            Some(at_fault) => {
                let is_open = chain.last().is_some_and(|item| item.linked);
                for (place, posting) in postings.into_iter().enumerate() {
                    let code = match posting {
                        _ if is_open && place + 1 == chain.len() => Refusal::ChainOpen.code(),
                        Err(code) if place == at_fault && !is_open => code,
                        _ => Refusal::ChainBroken.code(),
                    };
                    sorted.first_barred.get_or_insert(code);
                    sorted.barred.push(Some(code));
                }
            }
        }
    }
    sorted
}

const fn status_of(outcome: Result<Applied, Refusal>) -> &'static str {
    match outcome {
        Ok(Applied::Now) => APPLIED,
        Ok(Applied::Before) => APPLIED_BEFORE,
        Err(refusal) => refusal.code(),
    }
}

const APPLIED: &str = "applied";
const APPLIED_BEFORE: &str = "applied_before";

fn answer_of(items: &[TransferItem], statuses: &[&'static str], locale: Locale) -> BulkAnswer {
    let outcome = |(item, status): (&TransferItem, &&'static str)| {
        let fine = [APPLIED, APPLIED_BEFORE].contains(status);
        let title = (!fine).then(|| t(locale, &key(status), &[]));
        ItemOutcome { id: item.id.to_string(), status, title }
    };
    let count = |wanted: &str| statuses.iter().filter(|status| **status == wanted).count();
    let (applied, applied_before) = (count(APPLIED), count(APPLIED_BEFORE));
    BulkAnswer {
        outcomes: items.iter().zip(statuses).map(outcome).collect(),
        applied,
        applied_before,
        refused: statuses.len() - applied - applied_before,
    }
}
