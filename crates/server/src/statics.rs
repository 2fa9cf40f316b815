//! Style, scripts and the mark: embedded in the program, cached by their digest.

use crate::{AppState, credentials::digest_of, problem::Problem};
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use std::sync::LazyLock;

struct Embedded {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
    tag: String,
}

/// All embedded files: one line each.
static EMBEDDED: LazyLock<Vec<Embedded>> = LazyLock::new(|| {
    const CSS: &str = "text/css; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    const SVG: &str = "image/svg+xml";
    [
        ("tsugime.css", CSS, include_str!("../static/tsugime.css")),
        ("passkey.js", JS, include_str!("../static/passkey.js")),
        ("live.js", JS, include_str!("../static/live.js")),
        ("pay.js", JS, include_str!("../static/pay.js")),
        ("mark.svg", SVG, include_str!("../static/mark.svg")),
        ("seam.svg", SVG, include_str!("../static/seam.svg")),
    ]
    .into_iter()
    .map(|(name, kind, text)| Embedded {
        name,
        kind,
        text,
        tag: digest_of(text).to_string()[..16].to_owned(),
    })
    .collect()
});

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/static/{name}", get(file))
        .route("/favicon.svg", get(async |headers: HeaderMap| send("mark.svg", &headers)))
        .route("/favicon.ico", get(async || Redirect::permanent("/favicon.svg")))
}

/// The address of an embedded file; it changes with the content, so browsers may keep it.
pub(crate) fn href(name: &str) -> String {
    let tag = EMBEDDED.iter().find(|file| file.name == name).map_or("", |file| &file.tag);
    format!("/static/{name}?v={tag}")
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    send(&name, &headers)
}

fn send(name: &str, headers: &HeaderMap) -> Response {
    let Some(file) = EMBEDDED.iter().find(|file| file.name == name) else {
        return Problem::of_status(StatusCode::NOT_FOUND).into_response();
    };
    let tag = format!("\"{}\"", file.tag);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|shown| shown.as_bytes() == tag.as_bytes());
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { file.text.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}
