//! The customer's pages: one file per capability, one line here.

mod docs;
mod problem;
mod welcome;

pub(crate) use problem::problem;

use crate::AppState;
use axum::Router;

/// All pages.
pub(crate) fn routes() -> Router<AppState> {
    let capabilities = [docs::routes(), welcome::routes()];
    capabilities.into_iter().fold(Router::new(), Router::merge)
}
