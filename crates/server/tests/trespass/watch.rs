//! A server under watch: what its customers own before and after, and which attempts it remembered.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, header},
};
use gate::Step;
use serde_json::{Value, json};
use std::time::Duration;
use teller::Teller;
use tower::ServiceExt;
use uuid::Uuid;

const ANSWER_BYTES_MAX: usize = 1 << 20;
/// What an attempt is remembered within; a look at something writes it down after its answer.
const REMEMBERED_WITHIN: Duration = Duration::from_secs(2);

/// All that a customer can look at.
const OF_A_CUSTOMER: [&str; 8] = [
    "/v1/wallet",
    "/v1/links",
    "/v1/payments",
    "/v1/offers",
    "/v1/sessions",
    "/v1/passkeys",
    "/v1/recoveries",
    "/v1/identity",
];
/// All that a shop can look at.
pub(crate) const OF_A_SHOP: [&str; 3] = ["/v1/merchant", "/v1/merchant/payments", "/v1/merchant/webhooks"];

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// What the asker can learn from a problem.
    fn told(&self) -> (u16, Value) {
        let mut body = self.body.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("instance");
        }
        (self.status, body)
    }
}

/// A request as data.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) body: String,
}

impl Sent {
    pub(crate) fn new(method: Method, path: impl Into<String>, token: &str, body: &Value) -> Self {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let token = Some(token.to_owned()).filter(|token| !token.is_empty());
        Self { method, path: path.into(), token, kind: "application/json", body }
    }

    pub(crate) fn get(path: impl Into<String>, token: &str) -> Self {
        Self::new(Method::GET, path, token, &Value::Null)
    }

    pub(crate) fn delete(path: impl Into<String>, token: &str) -> Self {
        Self::new(Method::DELETE, path, token, &Value::Null)
    }

    pub(crate) fn post(path: impl Into<String>, token: &str, body: &Value) -> Self {
        Self::new(Method::POST, path, token, body)
    }

    /// A request of its own that names another object.
    fn instead(&self, object: &str, other: &str) -> Self {
        assert!(self.path.contains(object) || self.body.contains(object), "{self:?} does not name {object}");
        let body = self.body.replace(object, other);
        let body = match serde_json::from_str::<Value>(&body) {
            Ok(mut fields) if fields["id"].is_string() => {
                fields["id"] = json!(Uuid::now_v7());
                fields.to_string()
            }
            _ => body,
        };
        Self { path: self.path.replace(object, other), body, ..self.clone() }
    }
}

/// The server and what is looked at before and after each attempt.
pub(crate) struct Watch {
    router: Router,
    teller: Teller,
    looks: Vec<Sent>,
}

impl Watch {
    pub(crate) fn new(router: &Router, teller: &Teller) -> Self {
        Self { router: router.clone(), teller: teller.clone(), looks: Vec::new() }
    }

    /// Looks at all that the customer of this session owns.
    pub(crate) fn customer(mut self, token: &str) -> Self {
        self.looks.extend(OF_A_CUSTOMER.map(|path| Sent::get(path, token)));
        self
    }

    /// Looks at all that the shop with this key owns.
    pub(crate) fn shop(mut self, key: &str) -> Self {
        self.looks.extend(OF_A_SHOP.map(|path| Sent::get(path, key)));
        self
    }

    /// Looks at something else too.
    pub(crate) fn also(mut self, look: Sent) -> Self {
        self.looks.push(look);
        self
    }

    pub(crate) async fn send(&self, sent: &Sent) -> Answer {
        let mut request = Request::builder().method(&sent.method).uri(&sent.path);
        if let Some(token) = &sent.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.header(header::CONTENT_TYPE, sent.kind).body(Body::from(sent.body.clone()));
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// The body of an answer with this status.
    pub(crate) async fn expect(&self, sent: &Sent, status: u16) -> Value {
        let answer = self.send(sent).await;
        assert_eq!(answer.status, status, "{sent:?}: {}", answer.body);
        answer.body
    }

    async fn everything(&self) -> Vec<Value> {
        let mut seen = Vec::new();
        for look in &self.looks {
            let mut body = self.expect(look, 200).await;
            // A session that looks is in use.
            for session in body["sessions"].as_array_mut().into_iter().flatten() {
                session["idle_until"] = Value::Null;
            }
            seen.push(json!({ "path": look.path, "body": body }));
        }
        seen
    }

    /// How many refused attempts are remembered, over all steps.
    fn remembered(&self) -> usize {
        let count = self.teller.store().read(|shelf| {
            let mut refused = 0;
            for step in Step::ALL {
                refused += shelf.attempts_of(*step)?.iter().filter(|attempt| attempt.1).count();
            }
            Ok(refused)
        });
        count.unwrap()
    }

    /// The attempt gets this refusal, everything is as before, and one more attempt is remembered.
    pub(crate) async fn refused(&self, what: &str, sent: &Sent, status: u16, code: &str) -> Answer {
        let answer = self.refused_quietly(what, sent, status, ("code", code), true).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{what}");
        answer
    }

    /// The same for a bank's security event token: refused as RFC 8935 says.
    pub(crate) async fn refused_signal(&self, what: &str, sent: &Sent, err: &str) {
        let answer = self.refused_quietly(what, sent, 400, ("err", err), true).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json", "{what}");
        assert_eq!(answer.headers[header::CONTENT_LANGUAGE], "en", "{what}");
        assert!(answer.body["description"].is_string(), "{what}");
    }

    async fn refused_quietly(
        &self,
        what: &str,
        sent: &Sent,
        status: u16,
        (member, code): (&str, &str),
        remembered: bool,
    ) -> Answer {
        let (seen, before) = (self.everything().await, self.remembered());
        let answer = self.send(sent).await;
        let got = (answer.status, answer.body[member].as_str());
        assert_eq!(got, (status, Some(code)), "{what}: {sent:?} {}", answer.body);
        if remembered {
            let begun = std::time::Instant::now();
            while self.remembered() == before && begun.elapsed() < REMEMBERED_WITHIN {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(self.remembered() > before, "{what}: no attempt is remembered of {sent:?}");
        }
        assert_eq!(self.everything().await, seen, "{what}: {sent:?} changed something");
        let proof = store::prove(self.teller.store(), |_| ()).unwrap();
        assert_eq!(proof.violation, None, "{what}");
        answer
    }

    /// Somebody else's object is answered for like one that is not there: 404, to the byte but for the request's id.
    ///
    /// A look at a thing is not an attempt at anything, so only what would change it is remembered.
    pub(crate) async fn not_there(&self, what: &str, sent: &Sent, object: &str, missing: &str) {
        let remembered = sent.method != Method::GET;
        let there = self.refused_quietly(what, sent, 404, ("code", "not_found"), remembered).await;
        let other = sent.instead(object, missing);
        let nowhere = self.refused_quietly(what, &other, 404, ("code", "not_found"), remembered).await;
        assert_eq!(there.told(), nowhere.told(), "{what} tells whether it exists");
    }
}
