//! The JSON API: one file per capability, one line here.

mod alarms;
pub(crate) mod bank_money;
pub(crate) mod banks;
pub(crate) mod codes;
pub(crate) mod events;
pub(crate) mod federation;
pub(crate) mod handle;
pub(crate) mod identity;
mod ledger;
mod lifts;
pub(crate) mod links;
mod merchant_webhooks;
mod merchants;
pub(crate) mod offers;
mod operator;
mod operator_events;
mod operator_payments;
mod operators;
pub(crate) mod passkeys;
pub(crate) mod payees;
pub(crate) mod payments;
pub(crate) mod qr;
pub(crate) mod recoveries;
mod rules;
mod service;
pub(crate) mod sessions;
pub(crate) mod sign_up;
mod signals;
mod stops;
pub(crate) mod transfers;
pub(crate) mod unbinding;
pub(crate) mod wallet;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;

/// All capabilities; their routes and their description come from the same place.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    let capabilities = [
        service::routes(),
        sign_up::routes(),
        sessions::routes(),
        passkeys::routes(),
        recoveries::routes(),
        federation::routes(),
        unbinding::routes(),
        identity::routes(),
        banks::routes(),
        links::routes(),
        wallet::routes(),
        payments::routes(),
        bank_money::routes(),
        handle::routes(),
        payees::routes(),
        transfers::routes(),
        offers::routes(),
        qr::routes(),
        codes::routes(),
        events::routes(),
        merchants::routes(),
        operator::routes(),
        operator_events::routes(),
        operator_payments::routes(),
        operators::routes(),
        lifts::routes(),
        stops::routes(),
        rules::routes(),
        alarms::routes(),
        signals::routes(),
        ledger::routes(),
    ];
    capabilities
        .into_iter()
        .fold(OpenApiRouter::with_openapi(crate::openapi::opening()), OpenApiRouter::merge)
}
