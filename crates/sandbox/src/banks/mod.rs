//! 35 pretend banks: sign-in and consent pages, tokens, payments, books and vices.
//!
//! Which methods a bank offers is the sandbox's own choice and says nothing about the real bank of that name.

mod accounts;
mod api;
mod attestation;
mod authorize;
mod books;
mod browser;
mod callback;
mod dpop;
mod flow;
mod list;
mod metadata;
mod nonce;
mod par;
mod reports;
mod revoke;
mod signals;
mod token;
mod vices;
mod walk;

use crate::AppState;
use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use accounts::{Account, accounts_of, open_accounts};
pub(crate) use callback::resume;
pub(crate) use list::{Bank, all, bank};
pub(crate) use nonce::Nonces;
pub(crate) use reports::{account_report, bank_report, payment_record};
pub(crate) use signals::{canary, deliver as deliver_signals, report as signals_report, send as send_signal};
pub(crate) use vices::{VICES, set as set_vice};
pub(crate) use walk::walk;

pub(crate) const SCHEMA: &str = include_str!("schema.sql");

/// The issuer of a bank.
pub(crate) fn issuer(state: &AppState, code: &str) -> String {
    format!("{}/banks/{code}", state.settings.public_url)
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/banks/{code}/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route("/.well-known/oauth-authorization-server/banks/{code}", get(metadata::metadata))
        .route("/banks/{code}/jwks", get(metadata::jwks))
        .route("/banks/{code}/par", post(par::par))
        .route("/banks/{code}/authorize", get(authorize::begin).post(authorize::step))
        .route("/banks/{code}/token", post(token::token))
        .route("/banks/{code}/revoke", post(revoke::revoke))
        .route("/banks/{code}/api/payments", post(api::book))
        .route("/banks/{code}/api/payments/{id}", get(api::inquire))
}
