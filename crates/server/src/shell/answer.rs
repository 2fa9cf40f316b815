//! The outermost layer: gives the request an id, writes problems, adds headers, logs and counts.

use super::asking::{Asking, REQUEST_ID, is_for_machines};
use crate::{AppState, credentials::Cookies, locale, problem::Problem};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::Instrument;

pub(super) async fn finish(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let asking = Asking::new(&request, &state.settings);
    let method = known(request.method());
    request.extensions_mut().insert(asking.clone());
    // Never the path or the query: they can hold what must not be in a log.
    let span = tracing::info_span!("request", method, route = %asking.route, id = %asking.request);
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = in_words(response, &asking);
    add_headers(&state, &asking, &mut response);
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    state.metrics().answered(method, &asking.route, status, took);
    let latency_ms = took.as_secs_f64() * 1_000.0;
    span.in_scope(|| match is_for_machines(&asking.path) {
        true => tracing::debug!(status, latency_ms, "answered"),
        false => tracing::info!(status, latency_ms, "answered"),
    });
    response
}

/// The method as a word from a short list, so that strangers cannot invent series of counts.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Writes the body of a problem; an error that a library answered with becomes one.
fn in_words(mut response: Response, asking: &Asking) -> Response {
    let status = response.status();
    let problem = response.extensions_mut().remove::<Problem>();
    let wordless = || {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
        (status.is_client_error() || status.is_server_error()) && plain
    };
    let Some(problem) = problem.or_else(|| wordless().then(|| Problem::of_status(status))) else {
        return response;
    };
    let mut written = problem.answer(asking);
    for (name, value) in response.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            written.headers_mut().append(name, value.clone());
        }
    }
    written
}

fn add_headers(state: &AppState, asking: &Asking, response: &mut Response) {
    let headers = response.headers_mut();
    state.shell().headers.add(headers);
    if let Ok(id) = HeaderValue::from_str(&asking.request) {
        headers.insert(REQUEST_ID, id);
    }
    let cookies = Cookies::of(&state.settings);
    let language = asking.language.to_remember().map(locale::tag);
    let device = asking.new_device.map(|device| cookies.name_device(device));
    for cookie in device.into_iter().chain(language.map(|tag| cookies.remember_language(tag))) {
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}
