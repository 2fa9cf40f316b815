//! What happens in a customer's wallet, as it happens: server-sent events that resume where they were cut.

use crate::{AppState, body::Query, credentials::Caller, looking::look_as, problem::Problem};
use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use engine::{Code, Context, Need, Standing, event::Audience};
use futures_util::Stream;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use store::{StoredEvent, look};
use terms::{CustomerId, Moment};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        mpsc,
    },
    time::{MissedTickBehavior, interval},
};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

const STREAMS_MAX: u32 = 6;
const AHEAD_MAX: usize = 64;
const PAGE: u32 = 200;
const RECHECK: Duration = Duration::from_secs(30);
/// How soon the events of other nodes are looked for.
const OTHERS: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(stream_events))
}

/// How many streams each customer has open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<BTreeMap<CustomerId, u32>>>);

/// One of a customer's streams; given back when it ends.
struct Seat {
    streams: Streams,
    customer: CustomerId,
}

impl Streams {
    fn change(&self, customer: CustomerId, change: impl FnOnce(u32) -> Option<u32>) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.get(&customer).copied().unwrap_or(0);
        match change(count) {
            None => return false,
            Some(0) => open.remove(&customer),
            Some(count) => open.insert(customer, count),
        };
        true
    }

    fn take(&self, customer: CustomerId) -> Option<Seat> {
        let taken = self.change(customer, |count| (count < STREAMS_MAX).then_some(count + 1));
        taken.then(|| Seat { streams: self.clone(), customer })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.streams.change(self.customer, |count| Some(count.saturating_sub(1)));
    }
}

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AfterQuery {
    /// The number of the last event seen; the header `Last-Event-ID` says the same and goes first.
    after: Option<i64>,
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
    let shown = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    // Listening begins before anything is read, so that nothing falls in between.
    let live = state.teller.listen();
    let (customer, newest) = look_as(&state, &caller, Need::LOOK, |shelf, standing, _| {
        let customer = standing.customer.id;
        Ok(Ok((customer, look::last_event(shelf, &Audience::Customer(customer))?)))
    })
    .await?;
    let seat = state.streams().take(customer).ok_or_else(|| Problem::from(Code::TooMany))?;
    let after = shown.or(query.after).unwrap_or(newest);
    let (send, events) = mpsc::channel(AHEAD_MAX);
    let feed = Feed { state, caller, audience: Audience::Customer(customer), after, send, _seat: seat };
    tokio::spawn(feed.run(live));
    Ok(Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// One stream: what is stored after a number, then what is committed.
struct Feed {
    state: AppState,
    caller: Caller,
    audience: Audience,
    after: i64,
    send: mpsc::Sender<Result<Event, Infallible>>,
    _seat: Seat,
}

/// The stream is over: the reader went away, the session ended, or the store failed.
struct Over;

impl Feed {
    async fn run(mut self, mut live: Receiver<StoredEvent>) {
        let shared = self.state.teller.store().is_shared();
        let [mut recheck, mut others] = [RECHECK, OTHERS].map(interval);
        for ticks in [&mut recheck, &mut others] {
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.tick().await;
        }
        if self.read_stored().await.is_err() {
            return;
        }
        loop {
            let gone = self.send.clone();
            let went_on = tokio::select! {
                told = live.recv() => match told {
                    // Another node may have told an earlier one, so all are read in their order.
                    Ok(stored) if shared && stored.event.audience == self.audience => self.read_stored().await,
                    Ok(stored) => self.pass_on(&stored).await,
                    Err(RecvError::Lagged(_)) => self.read_stored().await,
                    Err(RecvError::Closed) => Err(Over),
                },
                _ = others.tick(), if shared => self.read_stored().await,
                _ = recheck.tick() => self.check_session().await,
                () = gone.closed() => Err(Over),
            };
            if went_on.is_err() {
                return;
            }
        }
    }

    /// Everything in the store after the last number sent.
    async fn read_stored(&mut self) -> Result<(), Over> {
        loop {
            let (audience, after) = (self.audience, self.after);
            let read = self.state.teller.look(move |shelf| look::events_after(shelf, &audience, after, PAGE));
            let page = read.await.map_err(|_| Over)?;
            for stored in &page {
                self.pass_on(stored).await?;
            }
            if u32::try_from(page.len()).unwrap_or(u32::MAX) < PAGE {
                return Ok(());
            }
        }
    }

    async fn pass_on(&mut self, stored: &StoredEvent) -> Result<(), Over> {
        if stored.event.audience != self.audience || stored.number <= self.after {
            return Ok(());
        }
        self.after = stored.number;
        let event = Event::default()
            .id(stored.number.to_string())
            .event(&stored.event.kind)
            .data(stored.event.body.to_string());
        self.send.send(Ok(event)).await.map_err(|_| Over)
    }

    async fn check_session(&self) -> Result<(), Over> {
        // Not as a look-up of the customer's: an open page alone must not keep a session from ending.
        let session = self.caller.session.ok_or(Over)?;
        let (teller, source) = (self.state.teller.clone(), self.caller.source.clone());
        let looked = self.state.teller.look(move |shelf| {
            let moment = Moment::new(teller.now(), 0);
            let at = Context { moment, source: &source, policy: teller.policy() };
            let standing = look::standing(shelf, &session)?;
            Ok(Standing::meet(&standing, Need::LOOK, &at).is_ok())
        });
        if looked.await.unwrap_or(false) { Ok(()) } else { Err(Over) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_has_six_streams_and_gets_them_back() {
        let streams = Streams::default();
        let (one, other) =
            (CustomerId::new(uuid::Uuid::from_u128(1)), CustomerId::new(uuid::Uuid::from_u128(2)));
        let mut seats: Vec<Seat> = (0..STREAMS_MAX).filter_map(|_| streams.take(one)).collect();
        assert_eq!(seats.len(), 6);
        assert!(streams.take(one).is_none());
        assert!(streams.take(other).is_some());
        seats.pop();
        assert!(streams.take(one).is_some());
        drop(seats);
        assert!(streams.0.lock().expect("unspoiled").is_empty());
    }
}
