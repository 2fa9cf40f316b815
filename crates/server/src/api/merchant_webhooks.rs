//! Where a merchant wants webhooks, and the secret that it checks them with (Standard Webhooks).

use super::merchants::look_for;
use crate::{
    AppState,
    body::{Json, Path},
    credentials::{Caller, MerchantKey},
    draw,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD};
use engine::{
    Code,
    merchants::{AddEndpoint, RemoveEndpoint, WebhookEndpoint},
};
use serde::{Deserialize, Serialize};
use store::look;
use terms::{EndpointId, Secret};
use url::{Host, Url};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(add_endpoint, list_endpoints)).routes(routes!(remove_endpoint))
}

/// Where webhooks go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndpointBody {
    /// An `https` URL, at most 500 characters.
    url: String,
}

/// A new endpoint.
#[derive(Serialize, ToSchema)]
struct NewEndpoint {
    /// The endpoint.
    endpoint: String,
    /// What webhooks are signed with, `whsec_…`. It is shown once.
    secret: String,
}

/// An endpoint.
#[derive(Debug, Serialize, ToSchema)]
struct EndpointView {
    /// The endpoint.
    endpoint: String,
    /// Where to.
    url: String,
    /// When it was added.
    created_at: String,
}

/// All endpoints.
#[derive(Debug, Serialize, ToSchema)]
struct EndpointList {
    /// The oldest first.
    endpoints: Vec<EndpointView>,
}

impl EndpointView {
    fn of(endpoint: WebhookEndpoint) -> Self {
        Self {
            endpoint: endpoint.id.to_string(),
            url: endpoint.url,
            created_at: endpoint.created_at.to_string(),
        }
    }
}

/// Whether webhooks may go there: by `https`, or on a laptop to the laptop itself. What the name leads to is
/// checked again at each delivery.
fn may_be_sent_to(url: &str, laptop: bool) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let way = match url.scheme() {
        "https" => laptop || !loopback,
        "http" => laptop && loopback,
        _ => false,
    };
    plain && way
}

/// Have webhooks sent
#[utoipa::path(
    post, path = "/v1/merchant/webhooks", tag = "merchant", request_body = EndpointBody,
    security(("merchant_key" = [])),
    responses((status = 201, body = NewEndpoint))
)]
async fn add_endpoint(
    State(state): State<AppState>,
    caller: Caller,
    MerchantKey(key): MerchantKey,
    Json(body): Json<EndpointBody>,
) -> Result<(StatusCode, Json<NewEndpoint>), Problem> {
    if !may_be_sent_to(&body.url, !state.settings.is_secure()) {
        let allowed = "an https URL without user name and fragment";
        return Err(Problem::from(Code::FieldNotAllowed).field("url", allowed));
    }
    let secret = format!("whsec_{}", STANDARD.encode(draw::bytes::<32>()?));
    let ask = AddEndpoint { key, url: body.url, secret: Secret::new(secret.as_str()) };
    let endpoint = state.teller.ask(ask, caller.source).await?.to_string();
    Ok((StatusCode::CREATED, Json(NewEndpoint { endpoint, secret })))
}

/// Where webhooks are sent
#[utoipa::path(
    get, path = "/v1/merchant/webhooks", tag = "merchant", security(("merchant_key" = [])),
    responses((status = 200, body = EndpointList))
)]
async fn list_endpoints(
    State(state): State<AppState>,
    caller: Caller,
    key: MerchantKey,
) -> Result<Json<EndpointList>, Problem> {
    let endpoints =
        look_for(&state, &caller, key, |shelf, merchant| look::endpoints_of(shelf, merchant.id)).await?;
    Ok(Json(EndpointList { endpoints: endpoints.into_iter().map(EndpointView::of).collect() }))
}

/// Have no more webhooks sent
#[utoipa::path(
    delete, path = "/v1/merchant/webhooks/{endpoint}", tag = "merchant",
    params(("endpoint" = String, Path, description = "The endpoint")),
    security(("merchant_key" = [])),
    responses((status = 204, description = "Removed"))
)]
async fn remove_endpoint(
    State(state): State<AppState>,
    caller: Caller,
    MerchantKey(key): MerchantKey,
    Path(endpoint): Path<EndpointId>,
) -> Result<StatusCode, Problem> {
    state.teller.ask(RemoveEndpoint { key, endpoint }, caller.source).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_go_out_encrypted_or_stay_on_the_laptop() {
        for (url, in_production, on_a_laptop) in [
            ("https://shop.example/hooks", true, true),
            ("http://shop.example/hooks", false, false),
            ("http://127.0.0.1:9/hooks", false, true),
            ("http://localhost:9/hooks", false, true),
            ("http://[::1]:9/hooks", false, true),
            ("https://localhost/hooks", false, true),
            ("http://127.0.0.1.shop.example/", false, false),
            ("https://user@shop.example/", false, false),
            ("https://:secret@shop.example/", false, false),
            ("https://shop.example/#part", false, false),
            ("ftp://shop.example/", false, false),
            ("file:///etc/passwd", false, false),
            ("shop.example", false, false),
            ("", false, false),
        ] {
            let got = (may_be_sent_to(url, false), may_be_sent_to(url, true));
            assert_eq!(got, (in_production, on_a_laptop), "{url}");
        }
    }
}
