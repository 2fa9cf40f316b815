//! Accounts of the book: opened, looked at, frozen, thawed, closed; their balances then, and their histories.

use super::{
    post_one,
    shapes::{AccountView, HistoryLine, account_id, account_in_path, time_of},
};
use crate::{
    AppState,
    body::{Json, Path, Query},
    credentials::{BookReader, Caller, LedgerDesk},
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::Code;
use ledger::{Account, AccountState, Posting};
use serde::{Deserialize, Serialize};
use store::look;
use terms::{AccountId, Currency, Net};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const PAGE: u32 = 100;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(open_account))
        .routes(routes!(show_account))
        .routes(routes!(set_state))
        .routes(routes!(list_transfers))
}

/// An account to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "019ab0e1-ec9d-7a8d-9c5e-30a6b1d4f2c7", "currency": "JPY", "floor": 0 }))]
struct NewAccountBody {
    /// A UUID of your choosing: the account's id.
    #[serde(deserialize_with = "account_id")]
    #[schema(value_type = String, format = "uuid")]
    id: AccountId,
    /// Three capital letters (ISO 4217), for ever; JPY if not said.
    #[serde(default = "yen")]
    #[schema(value_type = String)]
    currency: Currency,
    /// The lowest balance allowed, in minor units; 0 if not said, `null` for none.
    #[serde(default = "zero")]
    floor: Option<i64>,
}

pub(super) const fn yen() -> Currency {
    Currency::JPY
}

#[allow(clippy::unnecessary_wraps)] // serde wants the field's own type
const fn zero() -> Option<i64> {
    Some(0)
}

/// An account, and its balance at the time asked for.
#[derive(Debug, Serialize, ToSchema)]
struct AccountAnswer {
    /// The account, now.
    account: AccountView,
    /// The account then, where `at` was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<BalanceThen>,
}

/// What an account had.
#[derive(Debug, Serialize, ToSchema)]
struct BalanceThen {
    /// The time asked for.
    at: String,
    /// The balance after the last commit that was not later, in minor units.
    balance: i64,
}

/// When.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AtQuery {
    /// RFC 3339; what the book said at that time. Imported transfers count from their commit on.
    at: Option<String>,
}

/// What becomes of an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "frozen_out" }))]
struct StateBody {
    /// `open`, `frozen_out` (nothing goes out), `frozen_in` (nothing comes in), `frozen` (neither) or `closed`: for
    /// ever, and only at a balance of zero without holds.
    #[schema(value_type = String)]
    state: AccountState,
}

/// A page of a history.
#[derive(Debug, Serialize, ToSchema)]
struct HistoryPage {
    /// The newest first.
    transfers: Vec<HistoryLine>,
    /// Send it as `before` to see the older ones; nothing when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Which page of a history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// The `next` of the page before.
    before: Option<String>,
    /// 1 to 1,000; 100 if not said.
    limit: Option<u32>,
}

async fn account_now(state: &AppState, id: AccountId) -> Result<Account, Problem> {
    let found = state.teller.look(move |shelf| look::account_of(shelf, id)).await?;
    found.ok_or_else(|| Code::NotFound.into())
}

/// Open an account of the book
///
/// The same id, currency and floor again gets the same account.
#[utoipa::path(
    post, path = "/v1/ledger/accounts", tag = "ledger", request_body = NewAccountBody,
    security(("ledger_token" = [])),
    responses((status = 201, body = AccountAnswer))
)]
async fn open_account(
    State(state): State<AppState>,
    _: LedgerDesk,
    caller: Caller,
    Json(body): Json<NewAccountBody>,
) -> Result<(StatusCode, Json<AccountAnswer>), Problem> {
    let account = Account::open_in(body.id, body.currency, body.floor.map(Net::new));
    post_one(&state, &caller, body.id, Posting::Open(account)).await?;
    let account = AccountView::of(&account_now(&state, body.id).await?);
    Ok((StatusCode::CREATED, Json(AccountAnswer { account, then: None })))
}

/// One account of the book, now and then
#[utoipa::path(
    get, path = "/v1/ledger/accounts/{account}", tag = "ledger",
    params(("account" = String, Path, description = "Its id, or the UUID that its asker chose"), AtQuery),
    security(("operator_token" = []), ("ledger_token" = [])),
    responses((status = 200, body = AccountAnswer))
)]
async fn show_account(
    State(state): State<AppState>,
    _: BookReader,
    Path(account): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<Json<AccountAnswer>, Problem> {
    let id = account_in_path(&account)?;
    let wrong = || Problem::from(Code::FieldNotAllowed).field("at", "RFC 3339, such as 2026-11-22T05:00:00Z");
    let at = query.at.as_deref().map(|at| time_of(at).ok_or_else(wrong)).transpose()?;
    let found = state.teller.look(move |shelf| {
        let account = look::account_of(shelf, id)?;
        let then = match at {
            Some(at) => look::balance_at(shelf, id, at)?.map(|balance| (at, balance)),
            None => None,
        };
        Ok((account, then))
    });
    let (account, then) = found.await?;
    let account = account.ok_or_else(|| Problem::from(Code::NotFound))?;
    let then = then.map(|(at, balance)| BalanceThen { at: at.to_string(), balance: balance.get() });
    Ok(Json(AccountAnswer { account: AccountView::of(&account), then }))
}

/// Freeze, thaw or close an account of the book
#[utoipa::path(
    put, path = "/v1/ledger/accounts/{account}/state", tag = "ledger", request_body = StateBody,
    params(("account" = String, Path, description = "Its id, or the UUID that its asker chose")),
    security(("ledger_token" = [])),
    responses((status = 200, body = AccountAnswer))
)]
async fn set_state(
    State(state): State<AppState>,
    _: LedgerDesk,
    caller: Caller,
    Path(account): Path<String>,
    Json(body): Json<StateBody>,
) -> Result<Json<AccountAnswer>, Problem> {
    let id = account_in_path(&account)?;
    post_one(&state, &caller, id, Posting::SetState(id, body.state)).await?;
    let account = AccountView::of(&account_now(&state, id).await?);
    Ok(Json(AccountAnswer { account, then: None }))
}

/// The transfers of an account of the book
#[utoipa::path(
    get, path = "/v1/ledger/accounts/{account}/transfers", tag = "ledger",
    params(("account" = String, Path, description = "Its id, or the UUID that its asker chose"), HistoryQuery),
    security(("operator_token" = []), ("ledger_token" = [])),
    responses((status = 200, body = HistoryPage))
)]
async fn list_transfers(
    State(state): State<AppState>,
    _: BookReader,
    Path(account): Path<String>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<HistoryPage>, Problem> {
    let id = account_in_path(&account)?;
    let not_allowed = |field, allowed| Problem::from(Code::FieldNotAllowed).field(field, allowed);
    let limit = match query.limit.unwrap_or(PAGE) {
        limit @ 1..=look::PAGE_MAX => limit,
        _ => return Err(not_allowed("limit", "1 to 1,000")),
    };
    let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number > 0);
    let cursor = query.before.as_deref().map(|text| number(text).ok_or(()));
    let before = cursor.transpose().map_err(|()| not_allowed("before", "the `next` of the page before"))?;
    let entries = state.teller.look(move |shelf| match look::account_of(shelf, id)? {
        None => Ok(None),
        // One more than is shown tells whether there are older ones.
        Some(_) => look::history_of(shelf, id, before, limit + 1).map(Some),
    });
    let mut entries = entries.await?.ok_or_else(|| Problem::from(Code::NotFound))?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = entries.len() > shown;
    entries.truncate(shown);
    let next = entries.last().filter(|_| has_more).map(|entry| entry.number.to_string());
    Ok(Json(HistoryPage { transfers: entries.iter().map(HistoryLine::of).collect(), next }))
}
