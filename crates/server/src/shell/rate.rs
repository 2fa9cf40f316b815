//! How often one address and one session may ask: exact per key but for rare collisions, in fixed memory.

use super::asking::{Asking, is_for_machines};
use crate::{
    AppState, Rate,
    credentials::Cookies,
    problem::{Problem, ShellCode},
};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

const SLOTS: usize = 1 << 16;
const ROWS: usize = 2;
const MICROS: u64 = 1_000_000;

/// Two rows of slots; a key has one slot in each, chosen by a keyed hash, and is refused only where both are
/// used up, so that a stranger who happens to share one slot does no harm.
pub(super) struct Limiter {
    name: &'static str,
    rate: Rate,
    hash: RandomState,
    begun: Instant,
    /// Per slot the time in microseconds at which all that was asked is paid off (GCRA, ITU-T I.371).
    slots: Vec<AtomicU64>,
}

/// What a key has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    allowed: bool,
    requests: u64,
    full_after_s: u64,
}

impl Limiter {
    pub(super) fn new(name: &'static str, rate: Rate) -> Self {
        let slots = std::iter::repeat_with(|| AtomicU64::new(0)).take(SLOTS * ROWS).collect();
        Self { name, rate, hash: RandomState::new(), begun: Instant::now(), slots }
    }

    fn ask(&self, key: &str) -> Left {
        let now_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.ask_at(key, now_us)
    }

    fn ask_at(&self, key: &str, now_us: u64) -> Left {
        let hash = self.hash.hash_one(key);
        let places = [hash as usize % SLOTS, SLOTS + (hash >> 32) as usize % SLOTS];
        let [first, second] = places.map(|place| self.take(&self.slots[place], now_us));
        let better = if first.requests >= second.requests { first } else { second };
        Left { allowed: first.allowed || second.allowed, ..better }
    }

    /// Takes one request from a slot, if one is left.
    fn take(&self, slot: &AtomicU64, now_us: u64) -> Left {
        let step_us = (MICROS / u64::from(self.rate.per_second.max(1))).max(1);
        let burst_us = step_us * u64::from(self.rate.burst.max(1));
        let taken = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paid_us| {
            let next_us = paid_us.max(now_us) + step_us;
            (next_us <= now_us + burst_us).then_some(next_us)
        });
        let paid_us = match taken {
            Ok(before_us) => before_us.max(now_us) + step_us,
            Err(before_us) => before_us,
        };
        let owed_us = paid_us.saturating_sub(now_us);
        Left {
            allowed: taken.is_ok(),
            requests: burst_us.saturating_sub(owed_us) / step_us,
            full_after_s: owed_us.div_ceil(MICROS),
        }
    }

    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    fn headers(&self, left: Left) -> Option<[(HeaderName, HeaderValue); 2]> {
        let window_s = u64::from(self.rate.burst).div_ceil(u64::from(self.rate.per_second.max(1)));
        let policy = format!("\"{}\";q={};w={window_s}", self.name, self.rate.burst);
        let state = format!("\"{}\";r={};t={}", self.name, left.requests, left.full_after_s);
        Some([
            (HeaderName::from_static("ratelimit-policy"), HeaderValue::from_str(&policy).ok()?),
            (HeaderName::from_static("ratelimit"), HeaderValue::from_str(&state).ok()?),
        ])
    }
}

pub(super) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_for_machines(request.uri().path()) {
        return next.run(request).await;
    }
    let asking = request.extensions().get::<Asking>();
    let address = asking.and_then(|asking| asking.source.address.as_deref()).unwrap_or("unknown");
    let session = Cookies::of(&state.settings).secret_in(request.headers()).map(|digest| digest.to_string());
    let shell = state.shell();
    let by_address = shell.addresses.as_ref().map(|limiter| (limiter, limiter.ask(address)));
    let by_session = session.and_then(|key| {
        let limiter = shell.sessions.as_ref()?;
        Some((limiter, limiter.ask(&key)))
    });
    let all = [by_address, by_session];
    let refused = all.iter().flatten().find(|(_, left)| !left.allowed);
    let tightest = refused.or(all.iter().flatten().min_by_key(|(_, left)| left.requests)).copied();
    let mut response = match refused {
        // One request is paid off within a second at any rate.
        Some(_) => Problem::from(ShellCode::SlowDown).retry_after(1).into_response(),
        None => next.run(request).await,
    };
    if let Some(list) = tightest.and_then(|(limiter, left)| limiter.headers(left)) {
        response.headers_mut().extend(list);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let limiter = Limiter::new("address", Rate { burst: 3, per_second: 2 });
        let second = MICROS;
        for (at_us, key, allowed) in [
            (0, "a", true),
            (0, "a", true),
            (0, "a", true),
            (0, "a", false),
            (0, "b", true),
            (second / 2 - 1, "a", false),
            (second / 2, "a", true),
            (second / 2, "a", false),
            (second * 9, "a", true),
            (second * 9, "a", true),
            (second * 9, "a", true),
            (second * 9, "a", false),
        ] {
            assert_eq!(limiter.ask_at(key, at_us).allowed, allowed, "{key} at {at_us} µs");
        }
    }

    #[test]
    fn a_flood_of_other_keys_does_not_shut_out_one() {
        let limiter = Limiter::new("session", Rate { burst: 4, per_second: 1 });
        for stranger in 0..2_000 {
            for _ in 0..4 {
                limiter.ask_at(&format!("stranger {stranger}"), 0);
            }
        }
        let refused = (0..100).filter(|n| !limiter.ask_at(&format!("customer {n}"), 0).allowed).count();
        // Both slots are taken with a chance of (2000 / 65536)², about 0.1 %.
        assert!(refused <= 2, "{refused} of 100 were shut out");
    }
}
