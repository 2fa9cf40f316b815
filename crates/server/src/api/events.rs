//! What happens in a customer's wallet, as it happens: server-sent events that resume where they were cut.

use crate::{
    AppState,
    body::Query,
    credentials::Caller,
    feed::{AfterQuery, Reader, last_seen, stream},
    looking::look_as,
    problem::Problem,
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, Sse},
};
use engine::{Need, event::Audience};
use futures_util::Stream;
use std::convert::Infallible;
use store::look;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(stream_events))
}

/// Your events
///
/// Server-sent events: `id` is the event's number, `event` its kind, `data` its body as JSON. Without a number to
/// begin after, the stream begins now. It ends with the session; a customer has at most six at once.
#[utoipa::path(
    get, path = "/v1/events", tag = "payments", params(AfterQuery),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, content_type = "text/event-stream", body = String))
)]
async fn stream_events(
    State(state): State<AppState>,
    caller: Caller,
    Query(query): Query<AfterQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let live = state.teller.listen();
    let (customer, newest) = look_as(&state, &caller, Need::LOOK, |shelf, standing, _| {
        let customer = standing.customer.id;
        Ok(Ok((customer, look::last_event(shelf, &Audience::Customer(customer))?)))
    })
    .await?;
    let after = last_seen(&headers).or(query.after).unwrap_or(newest);
    stream(&state, Reader::Customer(customer, caller), after, live)
}
