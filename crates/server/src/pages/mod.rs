//! The customer's pages: one file per capability, one line here.

mod docs;
mod identity;
mod me;
mod problem;
mod sessions;
mod sign_up;
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
    ];
    capabilities.into_iter().fold(Router::new(), Router::merge)
}
