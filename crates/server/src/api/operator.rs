//! For the operator's staff: merchants, what stands open with each bank, and the proof of the book.

use crate::{
    AppState,
    body::Json,
    credentials::{Caller, Operator, digest_of},
    draw,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use engine::{directory::Directory, merchants::AddMerchant};
use serde::{Deserialize, Serialize};
use store::look;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(add_merchant)).routes(routes!(list_clearing)).routes(routes!(prove))
}

/// A shop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMerchantBody {
    /// Its name, 1 to 25 characters.
    #[schema(example = "豆の店")]
    name: String,
    /// Its name in printable ASCII, 1 to 25 characters.
    #[schema(example = "MAME")]
    name_en: String,
    /// Its category (ISO 18245), four digits.
    #[schema(example = "5812")]
    category: String,
    /// Its city in printable ASCII, 1 to 15 characters.
    #[schema(example = "KYOTO")]
    city: String,
}

/// A merchant that was added.
#[derive(Serialize, ToSchema)]
struct NewMerchant {
    /// The merchant.
    merchant: String,
    /// Its key, `mk_…`. It is shown once.
    key: String,
}

/// What stands open with one bank.
#[derive(Debug, Serialize, ToSchema)]
struct ClearingView {
    /// The bank: four digits.
    code: String,
    /// The balance of its clearing account in yen: below zero by what the bank owes us.
    clearing_balance: i64,
    /// Payments of which it is not known whether the bank booked them.
    in_doubt: usize,
    /// Payments that the bank was asked for and has not answered yet.
    in_progress: usize,
}

/// What stands open with every bank.
#[derive(Debug, Serialize, ToSchema)]
struct ClearingList {
    /// In the order of their codes.
    banks: Vec<ClearingView>,
}

/// The proof of the whole book.
#[derive(Debug, Serialize, ToSchema)]
struct ProofView {
    /// Whether everything holds.
    ok: bool,
    /// Accounts checked.
    accounts: u64,
    /// Transfers summed.
    transfers: u64,
    /// Holds summed.
    holds: u64,
    /// The first thing that does not hold, in words.
    violation: Option<String>,
}

/// Add a merchant
#[utoipa::path(
    post, path = "/v1/operator/merchants", tag = "operator", request_body = NewMerchantBody,
    security(("operator_token" = [])),
    responses((status = 201, body = NewMerchant))
)]
async fn add_merchant(
    State(state): State<AppState>,
    _: Operator,
    caller: Caller,
    Json(body): Json<NewMerchantBody>,
) -> Result<(StatusCode, Json<NewMerchant>), Problem> {
    let (token, _) = draw::token()?;
    let key = format!("mk_{}", token.expose());
    let NewMerchantBody { name, name_en, category, city } = body;
    let ask = AddMerchant { name, name_en, category, city, key: digest_of(&key) };
    let merchant = state.teller.ask(ask, caller.source).await?.id.to_string();
    Ok((StatusCode::CREATED, Json(NewMerchant { merchant, key })))
}

/// What stands open with each bank
#[utoipa::path(
    get, path = "/v1/operator/banks", tag = "operator", security(("operator_token" = [])),
    responses((status = 200, body = ClearingList))
)]
async fn list_clearing(State(state): State<AppState>, _: Operator) -> Result<Json<ClearingList>, Problem> {
    let banks = state.teller.look(|shelf| {
        let codes = Directory::embedded().banks.keys();
        let views = codes.map(|&code| {
            let standing = look::bank_standing(shelf, code)?;
            Ok(ClearingView {
                code: code.to_string(),
                clearing_balance: standing.clearing.get(),
                in_doubt: standing.in_doubt,
                in_progress: standing.in_progress,
            })
        });
        views.collect()
    });
    Ok(Json(ClearingList { banks: banks.await? }))
}

/// Prove the whole book
///
/// Every balance again from its transfers, every hold against its account, and the sum of all, which is zero.
#[utoipa::path(
    get, path = "/v1/operator/ledger/proof", tag = "operator", security(("operator_token" = [])),
    responses((status = 200, body = ProofView))
)]
async fn prove(State(state): State<AppState>, _: Operator) -> Result<Json<ProofView>, Problem> {
    let store = state.teller.store().clone();
    let proof = tokio::task::spawn_blocking(move || store::prove(&store, |_| ())).await;
    let proof = proof.map_err(Problem::fault)?.map_err(Problem::fault)?;
    Ok(Json(ProofView {
        ok: proof.violation.is_none(),
        accounts: proof.accounts,
        transfers: proof.transfers,
        holds: proof.holds,
        violation: proof.violation,
    }))
}
