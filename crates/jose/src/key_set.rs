//! Somebody else's public keys: fetched from their URL, kept, and fetched again when a new name turns up.

use std::sync::RwLock;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::jwk::{Jwk, PublicKey};
use crate::refused::TokenRefused;

/// The longest JWK Set read, in bytes.
const SET_MAX_BYTES: usize = 64 * 1024;
/// The most keys kept of one set; a set with more is refused whole rather than cut.
const SET_MAX_KEYS: usize = 64;
/// An unknown key name makes us ask again at most this often, in seconds, whoever invents names.
const REFETCH_MIN_S: i64 = 5;
/// After this age, in seconds, the set is fetched again even for a known name: withdrawn keys must disappear.
const FRESH_S: i64 = 600;
/// A set that could not be renewed serves this long, in seconds; then nothing verifies any more.
const STALE_MAX_S: i64 = 86_400;
/// Time limit of one fetch.
const FETCH_LIMIT: Duration = Duration::from_secs(5);

/// The JWK Set (RFC 7517 §5) of one issuer.
///
/// Keys come only from here: a `jwk`, `jku` or `x5u` in a token's header is never looked at (RFC 8725 §3.10).
/// No redirect is followed. Time limit 5 s, size limit 64 KiB, at most 64 keys; asked at most once in 5 s.
pub struct KeySet {
    source: Source,
    kept: RwLock<Kept>,
    /// Held while fetching, so that a thousand tokens cause one request.
    fetching: tokio::sync::Mutex<()>,
}

enum Source {
    Url { url: String, http: reqwest::Client },
    Fixed,
}

#[derive(Default)]
struct Kept {
    keys: Vec<PublicKey>,
    fetched_at_s: Option<i64>,
    tried_at_s: Option<i64>,
}

#[derive(Deserialize)]
struct SetText {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys published at `url`. Nothing is fetched until the first token needs a key.
    ///
    /// # Errors
    /// A sentence when the HTTP client cannot be made.
    pub fn at(url: &str) -> Result<Self, String> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(FETCH_LIMIT)
            .connect_timeout(FETCH_LIMIT)
            .build()
            .map_err(|error| format!("the HTTP client for {url} could not be made: {error}"))?;
        Ok(Self {
            source: Source::Url { url: url.to_owned(), http },
            kept: RwLock::default(),
            fetching: tokio::sync::Mutex::new(()),
        })
    }

    /// A set that never changes, from a JWK Set document at hand.
    ///
    /// # Errors
    /// [`TokenRefused::KeysUnavailable`] when `set` is not a JWK Set within the limits.
    pub fn fixed(set: &Value) -> Result<Self, TokenRefused> {
        let keys = read_set(set.to_string().as_bytes())?;
        let kept = Kept { keys, fetched_at_s: Some(0), tried_at_s: None };
        Ok(Self { source: Source::Fixed, kept: RwLock::new(kept), fetching: tokio::sync::Mutex::new(()) })
    }

    /// The key that a token names, or the only fitting one when it names none (RFC 7515 §4.1.4 makes `kid` optional).
    pub(crate) async fn key(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        now_s: i64,
    ) -> Result<PublicKey, TokenRefused> {
        let (found, age_s) = self.look(kid, algorithm, now_s);
        match (&self.source, found, age_s) {
            (Source::Fixed, found, _) => found.ok_or(TokenRefused::UnknownKey),
            (Source::Url { .. }, Some(key), Some(age_s)) if age_s <= FRESH_S => Ok(key),
            (Source::Url { url, http }, _, _) => self.fetch_and_look(url, http, kid, algorithm, now_s).await,
        }
    }

    async fn fetch_and_look(
        &self,
        url: &str,
        http: &reqwest::Client,
        kid: Option<&str>,
        algorithm: Algorithm,
        now_s: i64,
    ) -> Result<PublicKey, TokenRefused> {
        let one_at_a_time = self.fetching.lock().await;
        let mut trouble = None;
        if self.may_ask(now_s) {
            // Noted before asking, so that a fetch that fails is not repeated at once either.
            self.with_kept(|kept| kept.tried_at_s = Some(now_s));
            match fetch(url, http).await {
                Ok(keys) => self.with_kept(|kept| {
                    kept.keys = keys;
                    kept.fetched_at_s = Some(now_s);
                }),
                Err(refused) => trouble = Some(refused),
            }
        }
        drop(one_at_a_time);
        match self.look(kid, algorithm, now_s) {
            (Some(key), Some(age_s)) if age_s <= STALE_MAX_S => Ok(key),
            (_, Some(age_s)) if age_s <= STALE_MAX_S && trouble.is_none() => Err(TokenRefused::UnknownKey),
            _ => Err(trouble.unwrap_or(TokenRefused::KeysUnavailable("asked a moment ago without success"))),
        }
    }

    fn look(&self, kid: Option<&str>, algorithm: Algorithm, now_s: i64) -> (Option<PublicKey>, Option<i64>) {
        let kept = self.kept.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut fitting = kept
            .keys
            .iter()
            .filter(|key| key.fits(algorithm) && (kid.is_none() || key.kid.as_deref() == kid));
        let first = fitting.next();
        // Two keys under one description: which one is meant is not ours to guess.
        let found = if fitting.next().is_none() { first.cloned() } else { None };
        (found, kept.fetched_at_s.map(|at_s| now_s.saturating_sub(at_s)))
    }

    fn may_ask(&self, now_s: i64) -> bool {
        let kept = self.kept.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.tried_at_s.is_none_or(|at_s| now_s.saturating_sub(at_s) >= REFETCH_MIN_S || now_s < at_s)
    }

    fn with_kept(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.kept.write().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

async fn fetch(url: &str, http: &reqwest::Client) -> Result<Vec<PublicKey>, TokenRefused> {
    let unreachable = |_| TokenRefused::KeysUnavailable("no answer from the key set's URL");
    let mut answer = http.get(url).send().await.map_err(unreachable)?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(TokenRefused::KeysUnavailable("the key set's URL answered with another status than 200"));
    }
    let mut text = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if text.len() + chunk.len() > SET_MAX_BYTES {
            return Err(TokenRefused::KeysUnavailable("the key set is longer than 64 KiB"));
        }
        text.extend_from_slice(&chunk);
    }
    read_set(&text)
}

fn read_set(text: &[u8]) -> Result<Vec<PublicKey>, TokenRefused> {
    if text.len() > SET_MAX_BYTES {
        return Err(TokenRefused::KeysUnavailable("the key set is longer than 64 KiB"));
    }
    let set: SetText = serde_json::from_slice(text)
        .map_err(|_| TokenRefused::KeysUnavailable("the key set is not a JWK Set"))?;
    if set.keys.len() > SET_MAX_KEYS {
        return Err(TokenRefused::KeysUnavailable("the key set has more than 64 keys"));
    }
    // A key of an unknown kind is skipped, as RFC 7517 §5 asks; it may be meant for others.
    let known = set.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    Ok(known.filter_map(|jwk| PublicKey::read(&jwk)).collect())
}
