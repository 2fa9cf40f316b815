//! All routes in one router, and the way to serve it.

use crate::{AppState, api, pages, problem::Problem, shell, statics};
use axum::http::StatusCode;
use std::{future::Future, net::SocketAddr};

/// Every route of the server, with everything around it.
pub fn router(state: AppState) -> axum::Router {
    let routes = api::routes().split_for_parts().0;
    let routes = routes.merge(pages::routes()).merge(statics::routes()).fallback(no_route);
    shell::around(routes, &state).with_state(state)
}

async fn no_route() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}

/// Serves until `stop` is there, then lets the open requests end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: axum::Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
