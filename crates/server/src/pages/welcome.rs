//! The first page: what this is, and the two ways in.

use crate::{
    AppState,
    credentials::Caller,
    page::{Page, html},
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/", get(welcome))
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    page: Page,
}

async fn welcome(State(state): State<AppState>, caller: Caller) -> Response {
    if caller.session.is_some() {
        return Redirect::to("/home").into_response();
    }
    html(&Welcome { page: Page::new(&state, &caller, "welcome-title") })
}
