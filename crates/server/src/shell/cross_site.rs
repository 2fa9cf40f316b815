//! Refuses what a page elsewhere sends in a customer's name (CSRF).
//!
//! A browser says where a request comes from: `Sec-Fetch-Site` (Fetch Metadata), and `Origin` before that.
//! A request with a bearer token passes, for no page elsewhere has the token; so does one without either
//! header, for that is no browser.

use crate::{
    credentials::has_bearer,
    problem::{Problem, ShellCode},
};
use axum::{
    extract::Request,
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

pub(super) async fn refuse(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || has_bearer(request.headers()) || is_ours(request.headers()) {
        return next.run(request).await;
    }
    Problem::from(ShellCode::CrossSite).into_response()
}

fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
        (None, Some(origin)) => {
            let authority = origin.parse::<Uri>().ok().and_then(|uri| Some(uri.authority()?.to_string()));
            authority.is_some() && authority.as_deref() == text(header::HOST.as_str())
        }
    }
}
