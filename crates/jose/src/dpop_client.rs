//! A small HTTP client that proves possession: form or JSON out, status and bounded body back, one retry for a nonce.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::assertion::{CLIENT_ASSERTION_TYPE, client_assertion};
use crate::base64url;
use crate::dpop::dpop_proof;
use crate::key::SigningKey;

/// The longest body sent or read, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// The most origins whose newest nonce is kept; beyond, the first by name makes room and costs one retry.
const MAX_ORIGINS: usize = 256;
/// The longest nonce kept, in bytes.
const MAX_NONCE_BYTES: usize = 512;

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub struct TimeLimits {
    /// For a connection, in milliseconds.
    pub connect_ms: u64,
    /// From the first byte sent to the last byte of the answer, in milliseconds. A retry for a nonce counts anew.
    pub answer_ms: u64,
}

/// The methods that the protocols here use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Ask for something.
    Post,
    /// End something.
    Delete,
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// What is sent. At most 64 KiB.
pub enum Body<'a> {
    /// Nothing.
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(&'a [(&'a str, &'a str)]),
    /// `application/json`.
    Json(&'a Value),
}

/// Who the client is, by `private_key_jwt`: `client_id`, `client_assertion_type` and a fresh `client_assertion` are
/// added to a form. A retry makes a new assertion, because a server accepts each `jti` once.
#[derive(Clone, Copy)]
pub struct ClientAuth<'a> {
    /// The key whose public half the client publishes.
    pub key: &'a SigningKey,
    /// The client's name at the server.
    pub client_id: &'a str,
    /// The server's issuer identifier.
    pub audience: &'a str,
}

/// That the sender holds a key (RFC 9449): a fresh proof goes with each try.
#[derive(Clone, Copy)]
pub struct Possession<'a> {
    /// The key that the token is, or will be, bound to.
    pub key: &'a SigningKey,
    /// The access token, sent as `Authorization: DPoP …`; none at the token endpoint.
    pub access_token: Option<&'a str>,
}

/// One request and the evidence that goes with it.
pub struct Exchange<'a> {
    /// The method.
    pub method: Method,
    /// The whole URL, http or https.
    pub url: &'a str,
    /// The body.
    pub body: Body<'a>,
    /// Added to a form where present.
    pub client_auth: Option<ClientAuth<'a>>,
    /// Proven where present.
    pub possession: Option<Possession<'a>>,
    /// Now, in seconds since 1970.
    pub now_s: i64,
}

/// What came back, whatever its status. No `Debug`: bodies carry tokens.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The whole body, at most 64 KiB.
    pub body: Vec<u8>,
    /// `WWW-Authenticate`, where sent.
    pub www_authenticate: Option<String>,
    /// `Location`, where sent; redirects are not followed.
    pub location: Option<String>,
}

impl Answer {
    /// The body as JSON of the shape `T`.
    ///
    /// # Errors
    /// What serde says when it is not.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// Why there is no answer. The difference between the first two decides whether a payment is in doubt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeFault {
    /// Nothing left this machine: the request certainly had no effect.
    #[error("nothing was sent to {origin}: {why}")]
    NotSent {
        /// Scheme, host and port asked.
        origin: String,
        /// What failed.
        why: String,
    },
    /// The request may have arrived and had its effect, but no whole answer came back.
    #[error("no whole answer came from {origin}: {why}")]
    NoAnswer {
        /// Scheme, host and port asked.
        origin: String,
        /// What failed.
        why: String,
    },
    /// The request cannot be built: the caller's program or configuration is wrong. Nothing was sent.
    #[error("the request cannot be built: {0}")]
    BadRequest(&'static str),
}

impl ExchangeFault {
    /// Whether the other side certainly did nothing.
    #[must_use]
    pub const fn had_no_effect(&self) -> bool {
        matches!(self, Self::NotSent { .. } | Self::BadRequest(_))
    }
}

/// An HTTP client that remembers each server's newest nonce (RFC 9449 §8.2). Cheap to share behind an `Arc`.
///
/// It follows no redirect, repeats nothing except once after `use_dpop_nonce`, and reads at most 64 KiB.
pub struct DpopClient {
    http: reqwest::Client,
    newest_nonce: Mutex<BTreeMap<String, String>>,
}

impl DpopClient {
    /// A client with these time limits.
    ///
    /// # Errors
    /// [`ExchangeFault::BadRequest`] when the system's TLS roots cannot be read.
    pub fn new(limits: TimeLimits) -> Result<Self, ExchangeFault> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_millis(limits.connect_ms))
            .timeout(Duration::from_millis(limits.answer_ms))
            .build()
            .map_err(|_| ExchangeFault::BadRequest("the HTTP client could not be made"))?;
        Ok(Self { http, newest_nonce: Mutex::default() })
    }

    /// Sends `exchange` and returns what came back, whatever its status.
    ///
    /// When the server refuses the proof with `use_dpop_nonce` and gives a nonce, the exchange is sent exactly once
    /// more, with that nonce, a new proof and a new assertion; such a refused request had no effect (RFC 9449 §8, §9).
    ///
    /// # Errors
    /// [`ExchangeFault`]; see [`ExchangeFault::had_no_effect`].
    pub async fn send(&self, exchange: &Exchange<'_>) -> Result<Answer, ExchangeFault> {
        let url = url::Url::parse(exchange.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or(ExchangeFault::BadRequest("the URL is not an http or https URL"))?;
        let origin = url.origin().ascii_serialization();
        let first = self.try_once(exchange, &url, &origin).await?;
        if exchange.possession.is_some() && first.wants_other_nonce() {
            return Ok(self.try_once(exchange, &url, &origin).await?.answer);
        }
        Ok(first.answer)
    }

    async fn try_once(
        &self,
        exchange: &Exchange<'_>,
        url: &url::Url,
        origin: &str,
    ) -> Result<Tried, ExchangeFault> {
        let request = self.request(exchange, url, origin)?;
        let sent = self.http.execute(request).await;
        let mut response = sent.map_err(|error| {
            let why = reason(&error);
            if error.is_connect() || error.is_builder() {
                ExchangeFault::NotSent { origin: origin.to_owned(), why }
            } else {
                ExchangeFault::NoAnswer { origin: origin.to_owned(), why }
            }
        })?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let nonce = header("dpop-nonce").filter(|nonce| !nonce.is_empty() && nonce.len() <= MAX_NONCE_BYTES);
        let www_authenticate = header("www-authenticate");
        let location = header("location");
        let status = response.status().as_u16();
        if let Some(nonce) = &nonce {
            self.keep(origin, nonce);
        }
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await.map_err(|error| ExchangeFault::NoAnswer {
                origin: origin.to_owned(),
                why: reason(&error),
            })?;
            let Some(chunk) = chunk else { break };
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                let why = "the answer is longer than 64 KiB".to_owned();
                return Err(ExchangeFault::NoAnswer { origin: origin.to_owned(), why });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Tried { answer: Answer { status, body, www_authenticate, location }, gave_nonce: nonce.is_some() })
    }

    fn request(
        &self,
        exchange: &Exchange<'_>,
        url: &url::Url,
        origin: &str,
    ) -> Result<reqwest::Request, ExchangeFault> {
        let method = match exchange.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = self.http.request(method, url.clone()).header("accept", "application/json");
        if let Some(Possession { key, access_token }) = exchange.possession {
            let nonce = self.nonce(origin);
            let htm = exchange.method.name();
            let jti = fresh_jti()?;
            let proof =
                dpop_proof(key, htm, url.as_str(), exchange.now_s, &jti, access_token, nonce.as_deref());
            request = request.header("dpop", proof);
            if let Some(token) = access_token {
                request = request.header("authorization", format!("DPoP {token}"));
            }
        }
        let (kind, body) = written(exchange)?;
        if body.len() > MAX_BODY_BYTES {
            return Err(ExchangeFault::BadRequest("the body is longer than 64 KiB"));
        }
        if let Some(kind) = kind {
            request = request.header("content-type", kind).body(body);
        }
        request
            .build()
            .map_err(|_| ExchangeFault::BadRequest("a header holds a letter that HTTP does not allow"))
    }

    fn nonce(&self, origin: &str) -> Option<String> {
        let nonces = self.newest_nonce.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        nonces.get(origin).cloned()
    }

    fn keep(&self, origin: &str, nonce: &str) {
        let mut nonces = self.newest_nonce.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if nonces.len() >= MAX_ORIGINS && !nonces.contains_key(origin) {
            nonces.pop_first();
        }
        nonces.insert(origin.to_owned(), nonce.to_owned());
    }
}

struct Tried {
    answer: Answer,
    gave_nonce: bool,
}

impl Tried {
    /// RFC 9449 §8: a token endpoint says so in its body with 400; §9: a resource says so in its challenge with 401.
    fn wants_other_nonce(&self) -> bool {
        #[derive(serde::Deserialize)]
        struct Refusal {
            error: String,
        }
        if !self.gave_nonce || !matches!(self.answer.status, 400 | 401) {
            return false;
        }
        let challenged = self
            .answer
            .www_authenticate
            .as_deref()
            .is_some_and(|challenge| challenge.contains(r#"error="use_dpop_nonce""#));
        challenged || self.answer.json::<Refusal>().is_ok_and(|refusal| refusal.error == "use_dpop_nonce")
    }
}

fn written(exchange: &Exchange<'_>) -> Result<(Option<&'static str>, String), ExchangeFault> {
    const FORM: &str = "application/x-www-form-urlencoded";
    match (&exchange.body, exchange.client_auth) {
        (Body::Empty, None) => Ok((None, String::new())),
        (Body::Json(value), None) => Ok((Some("application/json"), value.to_string())),
        (Body::Json(_) | Body::Empty, Some(_)) => {
            Err(ExchangeFault::BadRequest("client authentication travels in a form, and there is none"))
        }
        (Body::Form(fields), client_auth) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(fields.iter());
            if let Some(ClientAuth { key, client_id, audience }) = client_auth {
                let jti = fresh_jti()?;
                form.append_pair("client_id", client_id)
                    .append_pair("client_assertion_type", CLIENT_ASSERTION_TYPE)
                    .append_pair(
                        "client_assertion",
                        &client_assertion(key, client_id, audience, exchange.now_s, &jti),
                    );
            }
            Ok((Some(FORM), form.finish()))
        }
    }
}

/// 128 random bits: RFC 9449 §4.2 asks for at least 96.
fn fresh_jti() -> Result<String, ExchangeFault> {
    let mut random = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut random)
        .map_err(|_| ExchangeFault::BadRequest("the operating system gave no random bytes"))?;
    Ok(base64url::encode(&random))
}

/// What failed, without the URL: a query may carry what logs must not.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the time limit passed".to_owned();
    }
    let mut deepest: Option<&dyn std::error::Error> = None;
    let mut next = std::error::Error::source(error);
    for _ in 0..8 {
        let Some(source) = next else { break };
        deepest = Some(source);
        next = source.source();
    }
    deepest.map_or_else(|| "the connection failed".to_owned(), ToString::to_string)
}
