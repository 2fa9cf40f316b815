//! The service about itself: is it there, is it ready, what does it count, with which keys does it sign.

use crate::{AppState, body::Json, openapi, problem::Problem};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const METRICS_TYPE: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
        .routes(routes!(jwks))
        .routes(routes!(description))
}

/// Whether the service works.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process is there
///
/// Does nothing else, so it is also the yardstick of the benchmark.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether the service can take requests
///
/// Asks the database; a 503 says that it did not answer.
#[utoipa::path(get, path = "/readyz", tag = "service", responses((status = 200, body = Health)))]
async fn readyz(State(state): State<AppState>) -> Result<Json<Health>, Problem> {
    state.teller.look(|shelf| shelf.errands_waiting()).await?;
    Ok(Json(Health { status: "ok" }))
}

/// Counts and durations as Prometheus text
#[utoipa::path(
    get, path = "/metrics", tag = "service",
    responses((status = 200, content_type = "text/plain", body = String))
)]
async fn metrics(State(state): State<AppState>) -> Response {
    ([(header::CONTENT_TYPE, METRICS_TYPE)], state.metrics().text()).into_response()
}

/// The wallet's public keys
///
/// A JWK set (RFC 7517): banks and the verifier check our client assertions with it.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "service",
    responses((status = 200, body = serde_json::Value))
)]
async fn jwks(State(state): State<AppState>) -> Json<serde_json::Value> {
    Json(state.jwks.clone())
}

/// This description
#[utoipa::path(
    get, path = "/openapi.json", tag = "service",
    responses((status = 200, body = serde_json::Value))
)]
async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi::document().text.as_str()).into_response()
}
