//! The book itself, for the operator: accounts, transfers in bulk, balances then and now, histories.
//!
//! Looking takes the operator's token or the ledger's; moving money without a customer takes the ledger's own, and
//! never touches a customer's purse (decision 0007).

mod accounts;
mod bulk;
mod shapes;

use crate::{
    AppState,
    credentials::Caller,
    problem::{Problem, ShellCode},
};
use engine::{RefusePostings, payments::offers_account};
use ledger::{Applied, Item, Posting};
use std::collections::BTreeSet;
use store::look;
use teller::No;
use terms::AccountId;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    accounts::routes().merge(bulk::routes())
}

/// Those of the accounts that hold customers' money: a customer's purse, or what is on its way to one.
///
/// It is asked before the writer has the batch. An account cannot become a purse in between: purses get ids of their
/// own that nobody can name before.
async fn purses_among(state: &AppState, named: BTreeSet<AccountId>) -> Result<BTreeSet<AccountId>, Problem> {
    let offers = named.contains(&offers_account()).then(offers_account);
    let mut purses = state.teller.look(move |shelf| look::purses_among(shelf, &named)).await?;
    purses.extend(offers);
    Ok(purses)
}

/// Remembers that postings were refused before the book was asked (P6).
async fn remember_refused(state: &AppState, caller: &Caller, reason: &'static str) -> Result<(), Problem> {
    match state.teller.ask(RefusePostings { reason }, caller.source.clone()).await {
        Ok(()) | Err(No::Refusal(_)) => Ok(()),
        Err(no) => Err(no.into()),
    }
}

/// Posts one thing about one account, which is no customer's.
async fn post_one(
    state: &AppState,
    caller: &Caller,
    account: AccountId,
    posting: Posting,
) -> Result<Applied, Problem> {
    if !purses_among(state, [account].into()).await?.is_empty() {
        let code = ShellCode::CustomerAccount;
        remember_refused(state, caller, code.as_str()).await?;
        return Err(code.into());
    }
    let outcomes = state.teller.post_all(vec![Item::alone(posting)], caller.source.clone()).await?;
    match outcomes.into_iter().next() {
        Some(outcome) => outcome.map_err(Problem::from),
        None => Err(Problem::fault("a posting has no outcome")),
    }
}
