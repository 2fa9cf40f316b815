//! The customer's pages: one file per capability, one line here.

mod bank;
mod bank_money;
mod docs;
mod home;
mod identity;
mod links;
mod me;
mod offers;
mod pay;
mod payment;
mod problem;
mod send;
mod sessions;
mod sign_up;
pub(crate) mod typed;
mod way_on;
mod welcome;

pub(crate) use problem::problem;

use crate::AppState;
use axum::Router;

/// All pages.
pub(crate) fn routes() -> Router<AppState> {
    let capabilities = [
        docs::routes(),
        welcome::routes(),
        sign_up::routes(),
        sessions::routes(),
        me::routes(),
        identity::routes(),
        home::routes(),
        bank::routes(),
        links::routes(),
        bank_money::routes(),
        send::routes(),
        pay::routes(),
        offers::routes(),
        payment::routes(),
    ];
    capabilities.into_iter().fold(Router::new(), Router::merge)
}
