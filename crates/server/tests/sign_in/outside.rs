//! Outside providers and the verifier, both a sandbox over real HTTP: bound by passkey, keyed by issuer and subject,
//! enough to look and no more (H9); one person, one wallet (H1).

use crate::{
    stage::{Answer, Jar, Person, Stage, sign_up},
    wired::{CLIENT, REDIRECT_URI, key},
};
use axum::http::Method;
use gate::Step;
use jose::jwks;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use terms::{Span, Time};

static SANDBOXES: AtomicU32 = AtomicU32::new(0);

/// A sandbox of its own, and a server beside it.
struct World {
    stage: Stage,
    sandbox: String,
    http: reqwest::Client,
}

/// Where a listener is.
async fn listen() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    (listener, url)
}

impl World {
    async fn new() -> Self {
        let key = key();
        let published = jwks(&[&key]).to_string();
        let (keys, keys_url) = listen().await;
        let route = axum::routing::get(move || {
            let published = published.clone();
            async move { ([("content-type", "application/json")], published) }
        });
        tokio::spawn(async move { axum::serve(keys, axum::Router::new().fallback(route)).await.unwrap() });
        let (listener, sandbox) = listen().await;
        let number = SANDBOXES.fetch_add(1, Ordering::Relaxed);
        let data = format!("{}/sign-in-{}-{number}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        // A process of the same number may have left one.
        let _absent = std::fs::remove_dir_all(&data);
        let settings = sandbox::Settings {
            data: data.into(),
            public_url: sandbox.clone(),
            client_id: CLIENT.to_owned(),
            client_jwks_uri: format!("{keys_url}/jwks"),
            client_redirect_uris: vec![REDIRECT_URI.to_owned()],
            carrier_token: "carrier".to_owned(),
            shop_wallet_url: keys_url,
            shop_key: String::new(),
            shop_webhook_secret: String::new(),
        };
        tokio::spawn(async move {
            sandbox::serve(settings, listener, std::future::pending()).await.unwrap();
        });
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = Time::from_millis(i64::try_from(since.as_millis()).unwrap());
        Self { stage: Stage::beside(&sandbox, &key, now), sandbox, http: reqwest::Client::new() }
    }

    async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/control/{path}", self.sandbox);
        let answer = self.http.request(method.parse().unwrap(), url).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// What the browser brings back from `url`, as the body that finishes a flow.
    async fn walk(&self, url: &Value, secret: &Value, person: &str, say: &str) -> Value {
        let body = json!({ "url": url, "person": person, "say": say, "wrong": null });
        let answer = self.control("POST", "walk", &body).await;
        let location: reqwest::Url = answer["location"].as_str().unwrap().parse().unwrap();
        let mut body = json!({ "flow_secret": secret });
        for (name, value) in location.query_pairs() {
            body[name.as_ref()] = json!(value);
        }
        body
    }

    async fn begin(&self, token: Option<&str>, purpose: &str) -> Answer {
        self.stage.post("/v1/federated", token, json!({ "provider": "sandbox", "purpose": purpose })).await
    }

    async fn finish(&self, token: Option<&str>, flow: &Value, body: &Value) -> Answer {
        let path = format!("/v1/federated/{}/finish", flow["flow"].as_str().unwrap());
        self.stage.post(&path, token, body.clone()).await
    }

    async fn sign_in(&self, person: &str) -> Answer {
        let flow = self.begin(None, "sign_in").await.expect(201);
        let body = self.walk(&flow["authorize_url"], &flow["flow_secret"], person, "yes").await;
        self.finish(None, &flow, &body).await
    }

    async fn bind(&self, by: &Person, person: &str) -> Answer {
        let flow = self.begin(Some(&by.token), "bind").await.expect(201);
        let body = self.walk(&flow["authorize_url"], &flow["flow_secret"], person, "yes").await;
        self.finish(Some(&by.token), &flow, &body).await
    }

    async fn begin_proof(&self, by: &Person, method: &str) -> Answer {
        self.stage.post("/v1/proofings", Some(&by.token), json!({ "method": method })).await
    }

    async fn finish_proof(&self, by: &Person, proof: &Value, body: &Value) -> Answer {
        let path = format!("/v1/proofings/{}/finish", proof["proofing"].as_str().unwrap());
        self.stage.post(&path, Some(&by.token), body.clone()).await
    }

    async fn prove(&self, by: &Person, person: &str) -> Answer {
        let proof = self.begin_proof(by, "jpki_signature").await.expect(201);
        let body = self.walk(&proof["start_url"], &proof["flow_secret"], person, "yes").await;
        self.finish_proof(by, &proof, &body).await
    }
}

#[tokio::test]
async fn an_outside_identity_opens_only_what_it_was_bound_to() {
    let world = World::new().await;
    let mut hanako = sign_up(&world.stage, "09000000001", "hanako@example.jp").await;
    let mut taro = sign_up(&world.stage, "09000000002", "taro@example.jp").await;
    // The provider knows the same mail address; that joins nothing.
    world.sign_in("hanako").await.refused(403, "not_bound");
    world.begin(Some(&hanako.token), "bind").await.refused(403, "step_up_needed");
    hanako.step_up(&world.stage).await;
    world.bind(&hanako, "hanako").await.expect(200);
    let opened = world.sign_in("hanako").await.expect(201);
    assert_eq!(opened["customer"].as_str(), Some(hanako.customer.as_str()));
    let token = opened["session"]["token"].as_str().unwrap();
    world.stage.get("/v1/sessions", token).await.expect(200);
    for path in ["/v1/passkeys/options", "/v1/recovery-codes", "/v1/sessions/sign-out-everywhere"] {
        world.stage.post(path, Some(token), json!({})).await.refused(403, "passkey_needed");
    }
    let proof = world.stage.post("/v1/proofings", Some(token), json!({ "method": "jpki_signature" })).await;
    proof.refused(403, "passkey_needed");
    taro.step_up(&world.stage).await;
    world.bind(&taro, "hanako").await.refused(409, "identity_taken");
    world.sign_in("taro").await.refused(403, "not_bound");
}

#[tokio::test]
async fn an_outside_identity_that_is_unbound_opens_nothing() {
    let world = World::new().await;
    let stage = &world.stage;
    let mut hanako = sign_up(stage, "09000000001", "hanako@example.jp").await;
    let mut taro = sign_up(stage, "09000000002", "taro@example.jp").await;
    hanako.step_up(stage).await;
    world.bind(&hanako, "hanako").await.expect(200);
    let path = "/v1/federated-identities";
    let one = format!("{path}/sandbox");
    let listed = stage.get(path, &hanako.token).await.expect(200);
    assert_eq!(listed["identities"][0]["provider"], "sandbox", "{listed}");
    let opened = world.sign_in("hanako").await.expect(201);
    let vouched = opened["session"]["token"].as_str().unwrap();
    stage.ask(Method::DELETE, &one, Some(vouched), None).await.refused(403, "passkey_needed");
    stage.ask(Method::DELETE, &one, Some(&taro.token), None).await.refused(403, "step_up_needed");
    taro.step_up(stage).await;
    stage.ask(Method::DELETE, &one, Some(&taro.token), None).await.refused(404, "not_found");
    let elsewhere = format!("{path}/elsewhere");
    stage.ask(Method::DELETE, &elsewhere, Some(&hanako.token), None).await.refused(404, "not_found");

    hanako.step_up(stage).await;
    let before = stage.letters("09000000001", "hanako@example.jp");
    stage.ask(Method::DELETE, &one, Some(&hanako.token), None).await.expect(204);
    let after = stage.letters("09000000001", "hanako@example.jp");
    assert_eq!((after.0.len(), after.1.len()), (before.0.len() + 1, before.1.len() + 1), "told twice");
    stage.get("/v1/sessions", vouched).await.refused(401, "not_signed_in");
    world.sign_in("hanako").await.refused(403, "not_bound");
    let listed = stage.get(path, &hanako.token).await.expect(200);
    assert_eq!(listed, json!({ "identities": [] }));
    stage.ask(Method::DELETE, &one, Some(&hanako.token), None).await.refused(404, "not_found");

    // What is free again may be bound again, by its page too.
    world.bind(&hanako, "hanako").await.expect(200);
    let mut jar = Jar([("tsugime".to_owned(), hanako.token.clone())].into());
    let remove = "/me/outside/sandbox/remove";
    let page = stage.browse(&mut jar, "/me", None).await.2;
    assert!(page.contains(remove) && !page.contains("action=\"/me/outside\""), "{page}");
    assert_eq!(stage.browse(&mut jar, remove, Some("")).await.1, "/me");
    let page = stage.browse(&mut jar, "/me", None).await.2;
    assert!(!page.contains(remove) && page.contains("action=\"/me/outside\""), "{page}");
}

#[tokio::test]
async fn forged_swapped_and_late_answers_of_a_provider_are_refused() {
    let world = World::new().await;
    let mut hanako = sign_up(&world.stage, "09000000001", "hanako@example.jp").await;
    hanako.step_up(&world.stage).await;
    world.bind(&hanako, "hanako").await.expect(200);
    let begin = || async {
        let flow = world.begin(None, "sign_in").await.expect(201);
        let body = world.walk(&flow["authorize_url"], &flow["flow_secret"], "hanako", "yes").await;
        (flow, body)
    };
    for (field, value) in
        [("flow_secret", "another"), ("state", "another"), ("iss", "https://elsewhere.example")]
    {
        let (flow, mut body) = begin().await;
        body[field] = json!(value);
        world.finish(None, &flow, &body).await.refused(409, "ceremony_over");
    }
    let (flow, mut body) = begin().await;
    body["code"] = json!("another");
    world.finish(None, &flow, &body).await.refused(422, "assertion_refused");
    let (_, other) = begin().await;
    world.finish(None, &flow, &other).await.refused(409, "ceremony_over");
    let (flow, body) = begin().await;
    world.finish(None, &flow, &body).await.expect(201);
    world.finish(None, &flow, &body).await.refused(409, "ceremony_over");
    let flow = world.begin(None, "sign_in").await.expect(201);
    let no = world.walk(&flow["authorize_url"], &flow["flow_secret"], "hanako", "no").await;
    world.finish(None, &flow, &no).await.refused(422, "assertion_refused");
    for vice in ["wrong_iss", "wrong_aud", "wrong_nonce", "wrong_key", "alg_none", "expired"] {
        world.control("PUT", "openid/vice", &json!({ "vice": vice, "times": 1 })).await;
        world.sign_in("hanako").await.refused(422, "assertion_refused");
    }
    let (flow, body) = begin().await;
    world.stage.wait(Span::minutes(11));
    world.finish(None, &flow, &body).await.refused(409, "ceremony_over");
    let (taken, refused) = world.stage.attempts(Step::Federation);
    assert_eq!((taken, refused), (2, 14));
}

#[tokio::test]
async fn a_verifiers_word_makes_one_persons_one_wallet() {
    let world = World::new().await;
    let hanako = sign_up(&world.stage, "09000000001", "hanako@example.jp").await;
    let taro = sign_up(&world.stage, "09000000002", "taro@example.jp").await;
    let before = world.stage.get("/v1/identity", &hanako.token).await.expect(200);
    assert_eq!(before, json!({ "level": "phone" }));
    for method in ["card_and_face_picture", "selfie"] {
        world.begin_proof(&hanako, method).await.refused(422, "method_not_valid");
    }
    let methods = world.stage.get("/v1/proofing-methods", "").await.expect(200);
    let names: Vec<_> = methods["methods"].as_array().unwrap().iter().map(|m| m["method"].clone()).collect();
    assert_eq!(names, ["jpki_signature", "ic_chip_licence"]);

    let proof = world.begin_proof(&hanako, "jpki_signature").await.expect(201);
    let body = world.walk(&proof["start_url"], &proof["flow_secret"], "hanako", "yes").await;
    world.finish_proof(&taro, &proof, &body).await.refused(404, "not_found");
    let mut forged = body.clone();
    forged["flow_secret"] = json!("another");
    world.finish_proof(&hanako, &proof, &forged).await.refused(409, "ceremony_over");
    let done = world.finish_proof(&hanako, &proof, &body).await.expect(200);
    assert_eq!(
        (&done["identity"]["level"], &done["identity"]["method"]),
        (&json!("proved"), &json!("jpki_signature"))
    );
    world.finish_proof(&hanako, &proof, &body).await.refused(409, "ceremony_over");
    let after = world.stage.get("/v1/identity", &hanako.token).await.expect(200);
    assert_eq!(after["level"], "proved");

    world.prove(&taro, "hanako").await.refused(409, "identity_taken");
    world.prove(&hanako, "taro").await.refused(409, "identity_taken");
    world.prove(&hanako, "hanako").await.expect(200);
    world.prove(&taro, "taro").await.expect(200);
}
