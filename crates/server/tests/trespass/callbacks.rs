//! Callbacks that no bank, or another bank, signed; the bank here is one that publishes its keys and does no more.

use crate::{
    shops::{OPERATOR, Stage, token},
    watch::{Sent, Watch},
    wired::CLIENT,
};
use axum::{Json, Router, extract::Path, routing::get};
use engine::{
    Ask, Context, Decision, Plan, Source,
    linking::{Link, LinkState},
};
use gate::{Evidence, Step, judge};
use jose::{SigningKey, jwks, sign};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use store::{Fault, Load, Shelf};
use terms::{BankCode, ConsentId, CustomerId, Digest, LinkId, Secret, Span, Time, Yen};
use uuid::Uuid;

pub(crate) const BANK: &str = "0001";
pub(crate) const OTHER: &str = "0009";
pub(crate) const LINK: LinkId = LinkId::new(Uuid::from_u128(0x11));

/// The bank's name of the account behind [`LINK`].
pub(crate) const ACCOUNT: &str = "account";

/// A link of `person1` at [`BANK`].
pub(crate) struct SeedLink;

impl Ask for SeedLink {
    type Facts = Digest;
    type Answer = ();
    const NAME: &'static str = "test.link";

    fn decide(&self, account_tag: &Digest, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Clockwork, &Evidence::new([]));
        let pass = verdict.pass(false).expect("nothing speaks against it");
        let mut plan = Plan::new();
        let link = Link {
            id: LINK,
            customer: CustomerId::new(Uuid::from_u128(1)),
            consent: ConsentId::new(Uuid::from_u128(0x12)),
            bank: BankCode::parse(BANK).expect("a code"),
            method: "online_banking_otp".to_owned(),
            factors: vec!["password".to_owned(), "otp_app".to_owned()],
            account: ACCOUNT.to_owned(),
            account_tag: *account_tag,
            holder_tag: Digest::new([2; 32]),
            account_masked: "普通 ***0001".to_owned(),
            branch_name: "本店".to_owned(),
            per_debit_limit: Yen::of(50_000),
            per_day_limit: Yen::of(80_000),
            refresh_token: Secret::new("refresh"),
            state: LinkState::Active,
            lift: None,
            depositor_notified: true,
            created_at: at.moment.now,
            young_until: at.moment.now.plus(Span::days(30)),
            ended_at: None,
        };
        plan.open_link(&pass, link);
        Decision::done((), plan)
    }
}

impl Load for SeedLink {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<Digest, Fault> {
        Ok(shelf.gate_tag("bank account", &format!("{BANK}\n{ACCOUNT}")))
    }
}

/// Both banks' keys, published at this URL.
pub(crate) struct Publishing {
    pub(crate) url: String,
    pub(crate) keys: Arc<BTreeMap<&'static str, SigningKey>>,
}

impl Publishing {
    pub(crate) async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let keys = [BANK, OTHER].map(|bank| (bank, SigningKey::generate().unwrap()));
        let keys = Arc::new(BTreeMap::from(keys));
        let (at, kept) = (url.clone(), Arc::clone(&keys));
        let described = move |Path(bank): Path<String>| async move {
            let issuer = format!("{at}/banks/{bank}");
            let mut metadata = json!({
                "issuer": issuer,
                "authorization_response_iss_parameter_supported": true,
                "require_pushed_authorization_requests": true,
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "dpop_signing_alg_values_supported": ["ES256"],
                "authorization_details_types_supported": ["jp_account_link"],
                "jwks_uri": format!("{issuer}/jwks"),
            });
            for name in ["pushed_authorization_request", "authorization", "token", "revocation"] {
                metadata[format!("{name}_endpoint")] = json!(format!("{issuer}/{name}"));
            }
            Json(metadata)
        };
        let published = move |Path(bank): Path<String>| async move { Json(jwks(&[&kept[bank.as_str()]])) };
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server/banks/{bank}", get(described))
            .route("/banks/{bank}/jwks", get(published));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, keys }
    }

    pub(crate) fn issuer(&self, bank: &str) -> String {
        format!("{}/banks/{bank}", self.url)
    }
}

pub(crate) fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time::from_millis(i64::try_from(since.as_millis()).unwrap())
}

fn call(bank: &str, token: String) -> Sent {
    let sent = Sent::post(format!("/v1/bank-callbacks/{bank}"), "", &Value::Null);
    Sent { kind: "application/jwt", body: token, ..sent }
}

// promise: P1
// promise: P6
#[tokio::test]
async fn only_the_payments_own_bank_says_what_became_of_it() {
    let banks = Publishing::new().await;
    let stage = Stage::beside(&banks.url, now()).await;
    stage.teller.ask(SeedLink, Source::default()).await.expect("seeded");
    let id = Uuid::now_v7();
    let body = json!({ "id": id, "link": LINK.to_string(), "amount": 5_000 });
    stage.post("/v1/top-ups", &token(1), &body).await.expect(202);
    let watch = Watch::new(&stage.router, &stage.teller).customer(&token(1)).customer(&token(2));

    let claims = |bank: &str, payment: Uuid| {
        json!({
            "iss": banks.issuer(bank), "aud": CLIENT, "iat": now().seconds(), "jti": Uuid::now_v7(),
            "payment": { "id": payment, "status": "booked", "reason": null, "bank_reference": "B1" },
        })
    };
    let with = |name: &str, value: Value| {
        let mut claims = claims(BANK, id);
        claims[name] = value;
        claims
    };
    const TYPE: &str = "payment-result+jwt";
    let (own, other) = (&banks.keys[BANK], &banks.keys[OTHER]);
    let unknown = SigningKey::generate().unwrap();
    let right = sign(own, TYPE, &claims(BANK, id));
    let (head, rest) = right.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let forged = sign(own, TYPE, &claims(BANK, Uuid::now_v7()));
    let other_claims = forged.split('.').nth(1).unwrap();
    let old = now().minus(Span::days(2)).seconds();
    let early = now().plus(Span::hours(1)).seconds();
    for (what, token) in [
        ("a key that nobody published", sign(&unknown, TYPE, &claims(BANK, id))),
        ("another bank's key", sign(other, TYPE, &claims(BANK, id))),
        ("another bank's word", sign(other, TYPE, &claims(OTHER, id))),
        ("meant for another wallet", sign(own, TYPE, &with("aud", json!("another-wallet")))),
        ("meant for nobody", sign(own, TYPE, &with("aud", Value::Null))),
        ("meant for several", sign(own, TYPE, &with("aud", json!([CLIENT, "another-wallet"])))),
        ("of another issuer", sign(own, TYPE, &with("iss", json!(banks.issuer(OTHER))))),
        ("of another kind", sign(own, "link-attestation+jwt", &claims(BANK, id))),
        ("of the day before yesterday", sign(own, TYPE, &with("iat", json!(old)))),
        ("of the future", sign(own, TYPE, &with("iat", json!(early)))),
        ("of no time", sign(own, TYPE, &with("iat", Value::Null))),
        ("without a payment", sign(own, TYPE, &with("payment", Value::Null))),
        ("with other claims", format!("{head}.{other_claims}.{signature}")),
        ("without its signature", format!("{head}.{other_claims}.")),
        (
            "signed by nobody",
            format!("eyJhbGciOiJub25lIiwidHlwIjoicGF5bWVudC1yZXN1bHQrand0In0.{other_claims}."),
        ),
    ] {
        watch.refused(what, &call(BANK, token), 422, "assertion_refused").await;
    }
    watch.refused("at another bank's address", &call(OTHER, right.clone()), 422, "assertion_refused").await;
    let meddling = sign(other, TYPE, &claims(OTHER, id));
    watch.refused("a bank about another bank's payment", &call(OTHER, meddling), 404, "not_found").await;
    let nobodys = sign(own, TYPE, &claims(BANK, Uuid::now_v7()));
    watch.refused("a bank about no payment", &call(BANK, nobodys), 404, "not_found").await;

    let balance = stage.balance(1).await.0;
    assert_eq!(watch.send(&call(BANK, right.clone())).await.status, 204);
    assert_eq!(watch.send(&call(BANK, right)).await.status, 204, "said twice");
    let payment = stage.get(&format!("/v1/payments/{id}"), &token(1)).await.expect(200);
    assert_eq!(payment["payment"]["state"], "completed");
    assert_eq!(stage.get("/v1/wallet", &token(1)).await.expect(200)["balance"], balance + 5_000);
    let late = json!({ "id": id, "status": "refused", "reason": "other", "bank_reference": null });
    assert_eq!(watch.send(&call(BANK, sign(own, TYPE, &with("payment", late)))).await.status, 204);
    assert_eq!(stage.get("/v1/wallet", &token(1)).await.expect(200)["balance"], balance + 5_000);
    let found = stage.get("/v1/operator/discrepancies", OPERATOR).await.expect(200);
    let found = found["discrepancies"].as_array().expect("a list");
    assert_eq!(found.len(), 1, "kept for finance: {found:?}");
    for (field, value) in [
        ("payment", json!(terms::PaymentId::new(id).to_string())),
        ("amount", json!(5_000)),
        ("ours", json!("completed")),
        ("theirs", json!("refused")),
    ] {
        assert_eq!(found[0][field], value);
    }
}
