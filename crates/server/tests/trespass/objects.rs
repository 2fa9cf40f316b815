//! Other people's objects and other people's ids.

use crate::{
    shops::{Stage as Shops, phone, token},
    stage::Person,
    watch::{Sent, Watch},
    world::{BANK, STRONG, World, finish_body},
};
use serde_json::{Value, json};
use terms::{AuthenticatorId, ConsentId, EndpointId, LinkId, PaymentId, ProofingId, RecoveryId, SessionId};
use uuid::Uuid;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn new_id() -> Uuid {
    Uuid::now_v7()
}

// promise: P4
// promise: P6
#[tokio::test]
async fn payments_offers_sessions_and_webhooks_of_others_are_not_there() {
    let stage = Shops::new().await;
    let (shop, other) = (stage.merchant().await, stage.merchant().await);
    let to = |to: Value| json!({ "id": new_id(), "to": to, "amount": 700 });
    let sent = stage.post("/v1/transfers", &token(1), &to(json!({ "handle": "person2" }))).await.expect(201);
    let offered = stage.post("/v1/transfers", &token(1), &to(json!({ "phone": phone(2) }))).await.expect(201);
    let printed = stage.get("/v1/merchant", &shop).await.expect(200)["static_payload"].clone();
    let bought = json!({ "id": new_id(), "payload": printed, "amount": 300 });
    let bought = stage.post("/v1/qr-payments", &token(1), &bought).await.expect(201);
    let url = json!({ "url": "https://shop.example/hooks" });
    let hook = stage.post("/v1/merchant/webhooks", &shop, &url).await.expect(201);
    let devices = stage.get("/v1/sessions", &token(2)).await.expect(200);
    let (sent, offered) = (text(&sent["payment"]["id"]), text(&offered["payment"]["id"]));
    let (bought, hook) = (text(&bought["payment"]["id"]), text(&hook["endpoint"]));
    let session = text(&devices["sessions"][0]["id"]);

    let watch = Watch::new(&stage.router, &stage.teller);
    let watch = watch.customer(&token(1)).customer(&token(2)).customer(&token(4)).shop(&shop).shop(&other);
    let (thief, nothing) = (token(4), json!({}));
    let payment = PaymentId::new(new_id()).to_string();
    let at = |id: &str, rest: &str| format!("/v1/payments/{id}{rest}");
    let refund = json!({ "id": new_id(), "payment": bought, "amount": 1 });
    for (what, sent, object, missing) in [
        ("a transfer", Sent::get(at(sent, ""), &thief), sent, &payment),
        ("an offer", Sent::get(at(offered, ""), &thief), offered, &payment),
        ("to take an offer", Sent::post(at(offered, "/accept"), &thief, &nothing), offered, &payment),
        ("to decline an offer", Sent::post(at(offered, "/decline"), &thief, &nothing), offered, &payment),
        (
            "to take one's own offer",
            Sent::post(at(offered, "/accept"), &token(1), &nothing),
            offered,
            &payment,
        ),
        ("to take a transfer", Sent::post(at(sent, "/accept"), &thief, &nothing), sent, &payment),
        (
            "to refund another shop's sale",
            Sent::post("/v1/merchant/refunds", &other, &refund),
            bought,
            &payment,
        ),
        (
            "a device",
            Sent::delete(format!("/v1/sessions/{session}"), &thief),
            session,
            &SessionId::new(new_id()).to_string(),
        ),
        (
            "another shop's endpoint",
            Sent::delete(format!("/v1/merchant/webhooks/{hook}"), &other),
            hook,
            &EndpointId::new(new_id()).to_string(),
        ),
    ] {
        watch.not_there(what, &sent, object, missing).await;
    }
}

// promise: P3
// promise: P6
#[tokio::test]
async fn an_id_that_stands_for_something_stands_for_nothing_else() {
    let stage = Shops::new().await;
    let (shop, other) = (stage.merchant().await, stage.merchant().await);
    let id = new_id();
    let transfer = json!({ "id": id, "to": { "handle": "person2" }, "amount": 700 });
    stage.post("/v1/transfers", &token(1), &transfer).await.expect(201);
    let order_id = new_id();
    let order = json!({ "id": order_id, "amount": 880 });
    stage.post("/v1/merchant/orders", &shop, &order).await.expect(201);
    let printed = stage.get("/v1/merchant", &shop).await.expect(200)["static_payload"].clone();
    let bought = json!({ "id": new_id(), "payload": printed, "amount": 300 });
    let sold = stage.post("/v1/qr-payments", &token(1), &bought).await.expect(201);
    let code = stage.post("/v1/codes", &token(2), &json!({})).await.expect(201)["code"]["digits"].clone();

    let watch = Watch::new(&stage.router, &stage.teller);
    let watch = watch.customer(&token(1)).customer(&token(2)).customer(&token(4)).shop(&shop).shop(&other);
    let with = |name: &str, value: Value| {
        let mut body = transfer.clone();
        body[name] = value;
        body
    };
    let pay = json!({ "id": id, "payload": printed, "amount": 700 });
    let charge = json!({ "id": id, "code": code, "amount": 700 });
    let refund = json!({ "id": id, "payment": sold["payment"]["id"], "amount": 100 });
    for (what, path, who, body) in [
        ("by somebody else", "/v1/transfers", token(4), transfer.clone()),
        ("by its payee", "/v1/transfers", token(2), transfer.clone()),
        ("another amount", "/v1/transfers", token(1), with("amount", json!(701))),
        ("another payee", "/v1/transfers", token(1), with("to", json!({ "handle": "person4" }))),
        ("to a phone", "/v1/transfers", token(1), with("to", json!({ "phone": phone(2) }))),
        ("other words", "/v1/transfers", token(1), with("message", json!("more"))),
        ("as a payment to a shop", "/v1/qr-payments", token(1), pay),
        ("as a shop's charge", "/v1/merchant/charges", shop.clone(), charge),
        ("as a refund", "/v1/merchant/refunds", shop.clone(), refund),
        ("another shop's order", "/v1/merchant/orders", other.clone(), order.clone()),
        ("another order", "/v1/merchant/orders", shop.clone(), json!({ "id": order_id, "amount": 881 })),
    ] {
        watch.refused(what, &Sent::post(path, &who, &body), 409, "id_reused").await;
    }
}

/// A recovery of this person under way; gives its id.
async fn recovery_of(world: &World, person: &mut Person) -> String {
    person.step_up(&world.stage).await;
    let made = world.stage.post("/v1/recovery-codes", Some(&person.token), json!({})).await.expect(201);
    let code = json!({ "recovery_code": made["recovery_code"] });
    let begun = world.stage.post("/v1/recoveries", None, code).await.expect(202);
    text(&begun["recovery"]).to_owned()
}

// promise: P4
// promise: P6
#[tokio::test]
async fn links_passkeys_consents_and_recoveries_of_others_are_not_there() {
    let world = World::new().await;
    let stage = &world.stage;
    let (mut hanako, mut taro) = (world.hanako().await, world.taro().await);
    let link = world.linked(&hanako, "hanako").await;
    let top_up_id = new_id();
    let top_up = |id: Uuid| json!({ "id": id, "link": link, "amount": 5_000 });
    let paid = stage.post("/v1/top-ups", Some(&hanako.token), top_up(top_up_id)).await.expect(202);
    let payment = text(&paid["payment"]["id"]).to_owned();
    let passkeys = stage.get("/v1/passkeys", &hanako.token).await.expect(200);
    let passkey = text(&passkeys["passkeys"][0]["id"]).to_owned();
    let (consent, returned) = world.back(&hanako, "hanako").await;
    let consent = text(&consent["consent"]).to_owned();
    let recovery = recovery_of(&world, &mut hanako).await;
    let proof = json!({ "method": "jpki_signature" });
    let proof = stage.post("/v1/proofings", Some(&hanako.token), proof).await.expect(201);
    let verified = world.walk(text(&proof["start_url"]), "hanako", "yes").await;
    let verified = finish_body(&verified, &proof["flow_secret"]);
    let proofing = text(&proof["proofing"]).to_owned();
    taro.step_up(stage).await;

    let watch = Watch::new(&stage.router, &stage.teller).customer(&hanako.token).customer(&taro.token);
    let (thief, nothing) = (taro.token.as_str(), json!({}));
    let at = |what: &str, id: &str, rest: &str| format!("/v1/{what}/{id}{rest}");
    let no_link = LinkId::new(new_id()).to_string();
    let no_payment = PaymentId::new(new_id()).to_string();
    for (what, sent, object, missing) in [
        ("a link", Sent::get(at("links", &link, ""), thief), &link, no_link.clone()),
        ("to end a link", Sent::delete(at("links", &link, ""), thief), &link, no_link.clone()),
        ("to top up", Sent::post("/v1/top-ups", thief, &top_up(new_id())), &link, no_link.clone()),
        ("to be paid out", Sent::post("/v1/payouts", thief, &top_up(new_id())), &link, no_link),
        ("a top-up", Sent::get(at("payments", &payment, ""), thief), &payment, no_payment.clone()),
        (
            "to take a top-up",
            Sent::post(at("payments", &payment, "/accept"), thief, &nothing),
            &payment,
            no_payment,
        ),
        (
            "a passkey",
            Sent::delete(at("passkeys", &passkey, ""), thief),
            &passkey,
            AuthenticatorId::new(new_id()).to_string(),
        ),
        (
            "to cancel a recovery",
            Sent::post(at("recoveries", &recovery, "/cancel"), thief, &nothing),
            &recovery,
            RecoveryId::new(new_id()).to_string(),
        ),
        (
            "a consent",
            Sent::post(at("consents", &consent, "/finish"), thief, &returned),
            &consent,
            ConsentId::new(new_id()).to_string(),
        ),
        (
            "a proofing",
            Sent::post(at("proofings", &proofing, "/finish"), thief, &verified),
            &proofing,
            ProofingId::new(new_id()).to_string(),
        ),
    ] {
        watch.not_there(what, &sent, object, &missing).await;
    }
    // While a recovery is under way no bank account is linked.
    stage.post(&at("recoveries", &recovery, "/cancel"), Some(&hanako.token), nothing).await;
    let reused = |body: &Value, path: &str, who: &Person| Sent::post(path, &who.token, body);
    let consent_id = new_id();
    let ask = |limit: u32| json!({ "id": consent_id, "bank": BANK, "method": STRONG, "per_debit_limit": limit, "per_day_limit": 80_000 });
    stage.post("/v1/consents", Some(&hanako.token), ask(50_000)).await.expect(201);
    for (what, sent) in [
        ("another's top-up", reused(&top_up(top_up_id), "/v1/top-ups", &taro)),
        (
            "another amount",
            reused(&json!({ "id": top_up_id, "link": link, "amount": 1 }), "/v1/top-ups", &hanako),
        ),
        ("as a payout", reused(&top_up(top_up_id), "/v1/payouts", &hanako)),
        ("another's consent", reused(&ask(50_000), "/v1/consents", &taro)),
        ("another limit", reused(&ask(50_001), "/v1/consents", &hanako)),
    ] {
        watch.refused(what, &sent, 409, "id_reused").await;
    }
    // What was trespassed on is still good in its owner's hands.
    let own = world.finish(&hanako, &json!({ "consent": consent }), &returned).await;
    // The bank says yes; this bank account is linked already.
    own.refused(409, "wrong_state");
    let finish = at("proofings", &proofing, "/finish");
    stage.post(&finish, Some(&hanako.token), verified).await.expect(200);
}
