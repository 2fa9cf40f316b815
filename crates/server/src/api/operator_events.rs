//! What the staff is told, as it happens: stops and resumes, alarms, banks' signals, who joins and leaves.

use crate::{
    AppState,
    body::Query,
    credentials::Operator,
    feed::{AfterQuery, Reader, last_seen, stream},
    problem::Problem,
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, Sse},
};
use engine::event::Audience;
use futures_util::Stream;
use std::convert::Infallible;
use store::look;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(stream_operator_events))
}

/// The staff's events
///
/// Server-sent events: `id` is the event's number, `event` its kind, `data` its body as JSON. Without a number to
/// begin after, the stream begins now. It ends soon after its person leaves; each name has at most six at once.
#[utoipa::path(
    get, path = "/v1/operator/events", tag = "operator", params(AfterQuery),
    security(("operator_token" = [])),
    responses((status = 200, content_type = "text/event-stream", body = String))
)]
async fn stream_operator_events(
    State(state): State<AppState>,
    operator: Operator,
    Query(query): Query<AfterQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let live = state.teller.listen();
    let newest = state.teller.look(|shelf| look::last_event(shelf, &Audience::Operators)).await?;
    let after = last_seen(&headers).or(query.after).unwrap_or(newest);
    stream(&state, Reader::Operator(operator.name), after, live)
}
