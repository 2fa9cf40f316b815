//! What every request goes through and every answer has in common.

mod answer;
mod asking;
mod cross_site;
mod headers;
mod rate;

pub(crate) use asking::Asking;

use crate::{
    AppState, Settings,
    body::BODY_BYTES_MAX,
    problem::{Problem, ShellCode},
};
use axum::{
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use headers::SecurityHeaders;
use rate::Limiter;
use std::{any::Any, time::Duration};
use terms::Invalid;
use tower_http::catch_panic::CatchPanicLayer;

/// What the layers keep between requests.
pub(crate) struct Shell {
    headers: SecurityHeaders,
    addresses: Option<Limiter>,
    sessions: Option<Limiter>,
}

impl Shell {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Invalid> {
        Ok(Self {
            headers: SecurityHeaders::new(settings)?,
            addresses: settings.address_rate.map(|rate| Limiter::new("address", rate)),
            sessions: settings.session_rate.map(|rate| Limiter::new("session", rate)),
        })
    }
}

/// Puts the layers around the routes; the last is the outermost.
pub(crate) fn around(router: axum::Router<AppState>, state: &AppState) -> axum::Router<AppState> {
    router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(cross_site::refuse))
        .layer(from_fn_with_state(state.clone(), rate::limit))
        .layer(from_fn_with_state(state.clone(), deadline))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), answer::finish))
}

/// A slow answer becomes a 503. A stream of events is not cut: its head is there at once.
async fn deadline(State(state): State<AppState>, request: Request, next: Next) -> Response {
    within(Duration::from_millis(state.settings.deadline_ms), next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(_) => Problem::fault("no answer in time").into_response(),
    }
}

fn panicked(what: Box<dyn Any + Send>) -> Response {
    let text = what.downcast_ref::<&str>().copied().or(what.downcast_ref::<String>().map(String::as_str));
    tracing::error!(bug = text.unwrap_or("a panic without words"), "a handler panicked");
    Problem::from(ShellCode::Bug).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, routing::get};
    use tower::ServiceExt;

    async fn bug() -> &'static str {
        // The bounds are only known at run time, as in a real bug.
        let nothing: Vec<&'static str> = Vec::with_capacity(1);
        nothing[nothing.len()]
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_without_its_words() {
        let router = axum::Router::new().route("/", get(bug)).layer(CatchPanicLayer::custom(panicked));
        let response = router.oneshot(Request::new(Body::empty())).await.expect("an answer");
        let problem = response.extensions().get::<Problem>().expect("a problem");
        assert_eq!((response.status().as_u16(), problem.code()), (500, "bug"));
    }

    #[tokio::test]
    async fn no_answer_in_time_is_a_fault_to_come_back_from() {
        let response = within(Duration::from_millis(1), std::future::pending()).await;
        let problem = response.extensions().get::<Problem>().expect("a problem");
        assert_eq!((response.status().as_u16(), problem.code()), (503, "unavailable"));
    }
}
