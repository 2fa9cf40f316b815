//! The JSON API: one file per capability, one line here.

pub(crate) mod federation;
pub(crate) mod identity;
pub(crate) mod passkeys;
pub(crate) mod recoveries;
mod service;
pub(crate) mod sessions;
pub(crate) mod sign_up;

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
        identity::routes(),
    ];
    capabilities
        .into_iter()
        .fold(OpenApiRouter::with_openapi(crate::openapi::opening()), OpenApiRouter::merge)
}
