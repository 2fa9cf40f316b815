//! The shop: a till that asks the wallet's merchant API for payment codes, and hears its webhooks.

mod hooks;
mod orders;
mod signature;
mod till;
mod wallet;

use crate::AppState;
use axum::{
    Router,
    routing::{get, post},
};

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS shop_hooks (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, right INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS shop_sales (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, wallet_order TEXT NOT NULL, amount INTEGER NOT NULL,
    payload TEXT NOT NULL) STRICT;";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/shop", get(till::show))
        .route("/shop/orders", post(till::order))
        .route("/shop/orders/{id}/qr.svg", get(orders::picture))
        .route("/shop/charges", post(till::charge))
        .route("/shop/refunds", post(till::refund))
        .route("/shop/hooks", post(hooks::take))
        .route("/shop/received", get(hooks::list))
}
