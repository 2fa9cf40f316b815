//! The machine-readable description of the API (OpenAPI 3.1), made from the routes themselves.

use crate::{api, problem::ProblemBody};
use std::sync::LazyLock;
use utoipa::{
    OpenApi,
    openapi::{
        RefOr, Response,
        content::ContentBuilder,
        path::Operation,
        response::ResponseBuilder,
        schema::Ref,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tsugime",
        description = "The wallet's API. Money is whole yen; times are RFC 3339 UTC. Every no is \
                       application/problem+json with a stable code. The id in a body is a UUID of your \
                       choosing: the same id and body again gets the same answer for ever.",
    ),
    components(schemas(ProblemBody)),
    tags(
        (name = "enrollment", description = "From a phone and a mail address to a wallet with a passkey"),
        (name = "sessions", description = "Sign in and out, devices, passkeys, recovery"),
        (name = "identity", description = "Prove who the customer is"),
        (name = "linking", description = "Banks, consents and links"),
        (name = "wallet", description = "Balance, limits, handle, closing"),
        (name = "payments", description = "Top-ups, transfers, QR payments, payouts, and their list"),
        (name = "merchant", description = "Be paid, refund, reconcile"),
        (name = "operator", description = "For the operator's staff"),
        (name = "ledger", description = "The book itself, for the operator"),
        (name = "banks", description = "What banks send to us"),
        (name = "service", description = "The service about itself"),
    ),
)]
struct Opening;

/// What stands before the routes.
pub(crate) fn opening() -> utoipa::openapi::OpenApi {
    let mut opening = Opening::openapi();
    let components = opening.components.get_or_insert_default();
    let bearer = |text: &str| {
        SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text)).build(),
        )
    };
    components.add_security_scheme("session", bearer("A session token"));
    components.add_security_scheme("merchant_key", bearer("A merchant's key"));
    components.add_security_scheme("operator_token", bearer("The operator's token"));
    components.add_security_scheme("ledger_token", bearer("The token that moves money in the book"));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-tsugime"));
    components.add_security_scheme("session_cookie", SecurityScheme::ApiKey(cookie));
    opening
}

/// The finished description, as text and as a tree to render.
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) tree: serde_json::Value,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let mut openapi = api::routes().split_for_parts().1;
    for item in openapi.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            add_problem(operation);
        }
    }
    let tree = serde_json::to_value(&openapi).unwrap_or_default();
    Document { text: tree.to_string(), tree }
});

/// The description of the API.
pub(crate) fn document() -> &'static Document {
    &DOCUMENT
}

/// Every operation can answer with a problem.
fn add_problem(operation: &mut Operation) {
    let schema = RefOr::Ref(Ref::from_schema_name("Problem"));
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let problem: Response = ResponseBuilder::new()
        .description("Why not, with a stable code")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(problem));
}
