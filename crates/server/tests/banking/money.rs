//! Top-ups, payouts and closing as they begin, and banks that call: what a bank then answers is played by `smoke`.

use crate::world::{BANK, World, browser_of, value_of};
use engine::{BankOutcome, payments::BankAnswered};
use gate::Step;
use serde_json::json;
use terms::{BankCode, PaymentId, Span};
use uuid::Uuid;

// promise: P3
// promise: P9
#[tokio::test]
async fn a_top_up_begins_once_and_only_over_the_own_link() {
    let world = World::new().await;
    let (stage, hanako, taro) = (&world.stage, world.hanako().await, world.taro().await);
    let link = world.linked(&hanako, "hanako").await;
    let id = Uuid::now_v7();
    let body = |amount: i64| json!({ "id": id, "link": link, "amount": amount });
    let first = stage.post("/v1/top-ups", Some(&hanako.token), body(5_000)).await.expect(202);
    assert_eq!(
        (first["payment"]["state"].as_str(), first["payment"]["amount"].as_i64()),
        (Some("in_progress"), Some(5_000))
    );
    assert_eq!(stage.post("/v1/top-ups", Some(&hanako.token), body(5_000)).await.expect(202), first);
    stage.post("/v1/top-ups", Some(&hanako.token), body(5_001)).await.refused(409, "id_reused");
    stage.post("/v1/top-ups", Some(&taro.token), body(5_000)).await.refused(409, "id_reused");
    let foreign = json!({ "id": Uuid::now_v7(), "link": link, "amount": 1 });
    stage.post("/v1/top-ups", Some(&taro.token), foreign).await.refused(404, "not_found");
    let wallet = stage.get("/v1/wallet", &hanako.token).await.expect(200);
    assert_eq!((wallet["balance"].as_i64(), wallet["announced"].as_i64()), (Some(0), Some(5_000)));
    let path = format!("/v1/links/{link}");
    stage.delete(&path, &hanako.token).await.refused(409, "payments_under_way");
    let payment = format!("/v1/payments/{}", first["payment"]["id"].as_str().unwrap());
    stage.get(&payment, &taro.token).await.refused(404, "not_found");
    assert_eq!(stage.get(&payment, &hanako.token).await.expect(200), first);
    assert_eq!(stage.get(&format!("/v1/payments/{id}"), &hanako.token).await.expect(200), first);
    let proof = store::prove(stage.teller.store(), |_| ()).unwrap();
    assert_eq!(proof.violation, None);
}

#[tokio::test]
async fn amounts_and_limits_are_refused_with_their_code() {
    let world = World::new().await;
    let (stage, hanako) = (&world.stage, world.hanako().await);
    let link = world.linked(&hanako, "hanako").await;
    let body = |amount: i64| json!({ "id": Uuid::now_v7(), "link": link, "amount": amount });
    for (amount, status, code) in [
        (-1, 422, "field_not_allowed"),
        (0, 422, "amount_not_allowed"),
        (50_001, 422, "amount_not_allowed"),
        (i64::MAX, 422, "field_not_allowed"),
    ] {
        stage.post("/v1/top-ups", Some(&hanako.token), body(amount)).await.refused(status, code);
    }
    stage.post("/v1/top-ups", Some(&hanako.token), body(50_000)).await.expect(202);
    stage.post("/v1/top-ups", Some(&hanako.token), body(30_001)).await.refused(422, "over_limit");
}

// promise: P9
#[tokio::test]
async fn money_goes_out_with_a_fresh_signature_and_not_at_once() {
    let world = World::new().await;
    let (stage, mut hanako) = (&world.stage, world.hanako().await);
    let link = world.linked(&hanako, "hanako").await;
    let body = json!({ "id": Uuid::now_v7(), "link": link, "amount": 1_000 });
    stage.post("/v1/payouts", Some(&hanako.token), body.clone()).await.refused(403, "step_up_needed");
    hanako.step_up(stage).await;
    let early = stage.post("/v1/payouts", Some(&hanako.token), body.clone()).await;
    assert!(early.body["not_before"].is_string(), "{}", early.body);
    assert!(early.body["detail"].as_str().unwrap().contains("からご利用いただけます。"), "{}", early.body);
    early.refused(409, "too_soon");
    let mut jar = browser_of(&hanako);
    let (_, _, page) = stage.browse(&mut jar, &format!("/bank/payout?link={link}"), None).await;
    let form = format!("id={}&link={link}&amount=1000", value_of(&page, "id"));
    for (lang, words) in [("ja", "からご利用いただけます。"), ("en", "JST on.")] {
        jar.0.insert("lang".to_owned(), lang.to_owned());
        let (status, _, page) = stage.browse(&mut jar, "/bank/payout", Some(&form)).await;
        let told = page.split("role=\"alert\"").nth(1).and_then(|rest| rest.split("</div>").next()).unwrap();
        assert!(status == 409 && told.contains(words), "{lang} {told}");
    }
    stage.wait(Span::hours(73));
    hanako.step_up(stage).await;
    stage.post("/v1/payouts", Some(&hanako.token), body).await.refused(422, "insufficient_funds");
    let closing = json!({ "id": Uuid::now_v7() });
    let closed = stage.post("/v1/closings", Some(&hanako.token), closing).await.expect(202);
    assert_eq!(closed["state"], "closed");
    stage.get("/v1/wallet", &hanako.token).await.refused(401, "not_signed_in");
}

// promise: P9
#[tokio::test]
async fn a_wallet_with_provisional_value_says_from_when_on_it_closes() {
    let world = World::new().await;
    let (stage, mut hanako) = (&world.stage, world.hanako().await);
    let link = world.linked(&hanako, "hanako").await;
    let id = Uuid::now_v7();
    let body = json!({ "id": id, "link": link, "amount": 1_000 });
    stage.post("/v1/top-ups", Some(&hanako.token), body).await.expect(202);
    let outcome = BankOutcome::Booked { bank_reference: "B-1".to_owned() };
    let (bank, payment) = (BankCode::parse(BANK).unwrap(), PaymentId::new(id));
    let booked = BankAnswered { asking: None, bank, payment, outcome };
    stage.teller.ask(booked, engine::Source::default()).await.unwrap();
    hanako.step_up(stage).await;
    let closing = json!({ "id": Uuid::now_v7(), "link": link });
    let refused = stage.post("/v1/closings", Some(&hanako.token), closing.clone()).await;
    let again = stage.post("/v1/closings", Some(&hanako.token), closing).await;
    assert!(refused.body["not_before"].is_string(), "{}", refused.body);
    assert_eq!(refused.body["not_before"], again.body["not_before"]);
    refused.refused(422, "value_provisional");
    let (status, _, page) = stage.browse(&mut browser_of(&hanako), "/me/close", None).await;
    assert!(status == 200 && page.contains("からは解約できます。"), "{page}");
}

// promise: P6
#[tokio::test]
async fn nobody_but_a_bank_calls_back() {
    let world = World::new().await;
    for (kind, path, body, status, code) in [
        ("application/json", "0001", "{}", 415, "wrong_content_type"),
        ("application/jwt", "0001", "not.a.token", 422, "assertion_refused"),
        ("application/jwt", "0001", "eyJhbGciOiJub25lIn0.e30.", 422, "assertion_refused"),
        ("application/jwt", "9999", "not.a.token", 422, "assertion_refused"),
        ("application/jwt", "x", "not.a.token", 404, "not_found"),
    ] {
        let path = format!("/v1/bank-callbacks/{path}");
        let answer = world.stage.post_as(kind, &path, body).await;
        assert_eq!(answer.body["code"], code, "{kind} {path} {body}");
        assert_eq!(answer.status.as_u16(), status, "{kind} {path} {body}");
    }
    assert_eq!(world.stage.attempts(Step::BadToken), (0, 3));
}

#[tokio::test]
async fn a_person_tops_up_and_asks_for_a_payout_by_pages() {
    let world = World::new().await;
    let (stage, hanako) = (&world.stage, world.hanako().await);
    let mut jar = browser_of(&hanako);
    let (status, _, page) = stage.browse(&mut jar, "/bank/top-up", None).await;
    assert!(
        status == 200 && page.contains("/bank/new"),
        "without a link there is nothing to fill in: {page}"
    );
    let link = world.linked(&hanako, "hanako").await;
    let (_, _, page) = stage.browse(&mut jar, &format!("/bank/top-up?link={link}"), None).await;
    let form = |page: &str, amount: &str| format!("id={}&link={link}&amount={amount}", value_of(page, "id"));
    let (status, _, again) = stage.browse(&mut jar, "/bank/top-up", Some(&form(&page, "50001"))).await;
    assert!(status == 422 && again.contains("role=\"alert\""), "{again}");
    assert_ne!(value_of(&again, "id"), value_of(&page, "id"), "what was refused keeps its id");
    let sent = form(&again, "%EF%BC%91%EF%BC%8C000%E5%86%86");
    let (status, payment, page) = stage.browse(&mut jar, "/bank/top-up", Some(&sent)).await;
    assert!(status == 303 && payment.starts_with("/payments/pay_"), "{status} {page}");
    assert_eq!(stage.browse(&mut jar, "/bank/top-up", Some(&sent)).await.1, payment, "sent twice is once");
    for path in [payment.as_str(), "/home", "/payments", "/payments?limit=1"] {
        let (status, _, page) = stage.browse(&mut jar, path, None).await;
        assert!(status == 200 && page.contains("¥1,000"), "{path}: {page}");
    }
    let path = format!("/bank/payout?link={link}");
    let (status, next, _) = stage.browse(&mut jar, &path, None).await;
    assert_eq!((status, next), (303, format!("/step-up?next={path}")));
    let (status, next, _) = stage.browse(&mut jar, "/me/close", None).await;
    assert_eq!((status, next.as_str()), (303, "/step-up?next=/me/close"));
}
