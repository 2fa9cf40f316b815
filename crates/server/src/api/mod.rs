//! The JSON API: one file per capability, one line here.

mod service;
pub(crate) mod sessions;
pub(crate) mod sign_up;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;

/// All capabilities; their routes and their description come from the same place.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    let capabilities = [service::routes(), sessions::routes(), sign_up::routes()];
    capabilities
        .into_iter()
        .fold(OpenApiRouter::with_openapi(crate::openapi::opening()), OpenApiRouter::merge)
}
