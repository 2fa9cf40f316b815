//! Streams of events: what is stored after a number, then what is committed, for as long as the reader may see it.

use crate::{AppState, credentials::Caller, problem::Problem};
use axum::response::sse::{Event, KeepAlive, Sse};
use engine::{Code, Context, Need, Standing, event::Audience, operators::Operator};
use futures_util::Stream;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use store::{StoredEvent, look};
use terms::{CustomerId, Moment, OperatorName};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        mpsc,
    },
    time::{MissedTickBehavior, interval},
};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

const STREAMS_MAX: u32 = 6;
const AHEAD_MAX: usize = 64;
const PAGE: u32 = 200;
const RECHECK: Duration = Duration::from_secs(30);
/// How soon the events of other nodes are looked for.
const OTHERS: Duration = Duration::from_secs(2);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AfterQuery {
    /// The number of the last event seen; the header `Last-Event-ID` says the same and goes first.
    pub(crate) after: Option<i64>,
}

/// Whose streams are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    Customer(CustomerId),
    Operator(OperatorName),
}

/// How many streams each of them has open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<BTreeMap<Holder, u32>>>);

/// One of somebody's streams; given back when it ends.
struct Seat {
    streams: Streams,
    holder: Holder,
}

impl Streams {
    fn change(&self, holder: &Holder, change: impl FnOnce(u32) -> Option<u32>) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.get(holder).copied().unwrap_or(0);
        match change(count) {
            None => return false,
            Some(0) => open.remove(holder),
            Some(count) => open.insert(holder.clone(), count),
        };
        true
    }

    fn take(&self, holder: Holder) -> Option<Seat> {
        let taken = self.change(&holder, |count| (count < STREAMS_MAX).then_some(count + 1));
        taken.then(|| Seat { streams: self.clone(), holder })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.streams.change(&self.holder, |count| Some(count.saturating_sub(1)));
    }
}

/// Who reads a stream.
pub(crate) enum Reader {
    /// A customer, by a session.
    Customer(CustomerId, Caller),
    /// Somebody of the operator's staff.
    Operator(OperatorName),
}

impl Reader {
    const fn audience(&self) -> Audience {
        match self {
            Self::Customer(customer, _) => Audience::Customer(*customer),
            Self::Operator(_) => Audience::Operators,
        }
    }

    fn holder(&self) -> Holder {
        match self {
            Self::Customer(customer, _) => Holder::Customer(*customer),
            Self::Operator(name) => Holder::Operator(name.clone()),
        }
    }

    /// Whether the session goes on, or the person is still one of the staff.
    async fn may_go_on(&self, state: &AppState) -> bool {
        let looked = match self {
            Self::Operator(name) if *name == Operator::first_hour() => return true,
            Self::Operator(name) => {
                let name = name.clone();
                let look = move |shelf: &mut store::Shelf<'_>| look::operator_of(shelf, &name);
                state.teller.look(look).await.map(|found| found.is_some_and(|operator| operator.is_active()))
            }
            Self::Customer(_, caller) => {
                // Not as a look-up of the customer's: an open page alone must not keep a session from ending.
                let Some(session) = caller.session else { return false };
                let (teller, source) = (state.teller.clone(), caller.source.clone());
                let look = move |shelf: &mut store::Shelf<'_>| {
                    let moment = Moment::new(teller.now(), 0);
                    let at = Context { moment, source: &source, policy: teller.policy() };
                    let standing = look::standing(shelf, &session)?;
                    Ok(Standing::meet(&standing, Need::LOOK, &at).is_ok())
                };
                state.teller.look(look).await
            }
        };
        looked.unwrap_or(false)
    }
}

/// Streams to a reader what is stored after a number, then what `live` tells. It must have been listened to before the
/// number was read, so that nothing falls in between.
///
/// # Errors
/// The reader has as many streams as one may have.
pub(crate) fn stream(
    state: &AppState,
    reader: Reader,
    after: i64,
    live: Receiver<StoredEvent>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    let seat = state.streams().take(reader.holder()).ok_or_else(|| Problem::from(Code::TooMany))?;
    let (send, events) = mpsc::channel(AHEAD_MAX);
    let feed = Feed { state: state.clone(), audience: reader.audience(), reader, after, send, _seat: seat };
    tokio::spawn(feed.run(live));
    Ok(Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The number after which a reader who was cut off goes on, as the header says it.
pub(crate) fn last_seen(headers: &axum::http::HeaderMap) -> Option<i64> {
    headers.get("last-event-id").and_then(|value| value.to_str().ok()?.trim().parse().ok())
}

/// One stream.
struct Feed {
    state: AppState,
    reader: Reader,
    audience: Audience,
    after: i64,
    send: mpsc::Sender<Result<Event, Infallible>>,
    _seat: Seat,
}

/// The stream is over: the reader went away or may not read any more, or the store failed.
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
                _ = recheck.tick() => if self.reader.may_go_on(&self.state).await { Ok(()) } else { Err(Over) },
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_has_six_streams_and_gets_them_back() {
        let streams = Streams::default();
        let customer = |number| Holder::Customer(CustomerId::new(uuid::Uuid::from_u128(number)));
        let operator = |name| Holder::Operator(OperatorName::parse(name).expect("a name"));
        for (one, other) in [(customer(1), customer(2)), (operator("akari"), operator("sora"))] {
            let mut seats: Vec<Seat> = (0..STREAMS_MAX).filter_map(|_| streams.take(one.clone())).collect();
            assert_eq!(seats.len(), 6);
            assert!(streams.take(one.clone()).is_none());
            assert!(streams.take(other).is_some());
            seats.pop();
            assert!(streams.take(one).is_some());
            drop(seats);
            assert!(streams.0.lock().expect("unspoiled").is_empty());
        }
    }
}
