//! What a stop holds up on its way, and what goes on.

use crate::{
    people::{asks, confirms, joins, stops},
    stage::OPERATOR,
    world::{BANK, STRONG, World},
};
use serde_json::json;
use terms::Span;
use uuid::Uuid;

/// A bank's code as part of a scope.
fn of_bank() -> String {
    format!("bank:{BANK}")
}

// promise: P7
#[tokio::test]
async fn who_is_at_the_bank_when_the_stop_comes_is_refused_on_return() {
    let world = World::new().await;
    let (stage, hanako) = (&world.stage, world.hanako().await);
    let links = async || stage.get("/v1/links", &hanako.token).await.expect(200)["links"].clone();
    for scope in [of_bank(), format!("method:{BANK}:{STRONG}"), "all".to_owned(), "operation:link".to_owned()]
    {
        let (begun, body) = world.back(&hanako, "hanako").await;
        stops(stage, OPERATOR, &scope, "links").await;
        world.finish(&hanako, &begun, &body).await.refused(403, "stopped");
        world.consent(&hanako, Uuid::now_v7(), STRONG).await.refused(403, "stopped");
        assert_eq!(links().await, json!([]), "{scope}");
        let [akari, minato] = [format!("a-{}", scope.len()), format!("m-{}", scope.len())];
        let (akari, minato) = (joins(stage, &akari).await, joins(stage, &minato).await);
        asks(stage, &akari, &scope, "closed", 1).await.expect(200);
        confirms(stage, &minato, &scope, "closed", 2).await.expect(200);
    }
    stops(stage, OPERATOR, &format!("method:{BANK}:another"), "top_ups").await;
    stops(stage, OPERATOR, "bank:0009", "top_ups").await;
    world.linked(&hanako, "hanako").await;
    assert_eq!(links().await.as_array().unwrap().len(), 1, "other stops are not about this");
}

// promise: P7
#[tokio::test]
async fn each_level_holds_up_its_top_ups_and_reading_goes_on() {
    let world = World::new().await;
    let (stage, hanako) = (&world.stage, world.hanako().await);
    let link = world.linked(&hanako, "hanako").await;
    let top_up = async || {
        let body = json!({ "id": Uuid::now_v7(), "link": link, "amount": 1_000 });
        let answer = stage.post("/v1/top-ups", Some(&hanako.token), body).await;
        // Nobody is to be slowed down for tops-ups in a row here.
        stage.wait(Span::minutes(3));
        answer
    };
    stops(stage, OPERATOR, &of_bank(), "links").await;
    let first = top_up().await.expect(202);
    stops(stage, OPERATOR, &of_bank(), "young_top_ups").await;
    top_up().await.refused(403, "stopped");

    // What was there before the stop can be looked at, and taken away.
    let payment = format!("/v1/payments/{}", first["payment"]["id"].as_str().unwrap());
    for path in ["/v1/wallet", "/v1/payments", "/v1/links", "/v1/sessions", "/v1/banks", &payment] {
        stage.get(path, &hanako.token).await.expect(200);
    }
    stops(stage, OPERATOR, &of_bank(), "links").await;
    top_up().await.refused(403, "stopped");
    stops(stage, OPERATOR, "operation:transfer", "links").await;
    let body = json!({ "id": Uuid::now_v7(), "to": { "phone": "09000000002" }, "amount": 1 });
    stage.post("/v1/transfers", Some(&hanako.token), body).await.refused(403, "stopped");
    stops(stage, OPERATOR, "operation:sign_up", "links").await;
    let body = json!({ "email": "new@example.jp", "phone": "09000000009", "locale": "ja" });
    stage.post("/v1/sign-ups", None, body).await.refused(403, "stopped");
}

// promise: P7
#[tokio::test]
async fn an_old_link_is_held_up_at_the_last_level_only() {
    let world = World::new().await;
    let (stage, mut hanako) = (&world.stage, world.hanako().await);
    let link = world.linked(&hanako, "hanako").await;
    stage.wait(Span::days(31));
    hanako.token = hanako.sign_in(stage).await;
    let token = hanako.token.clone();
    let top_up = async || {
        let body = json!({ "id": Uuid::now_v7(), "link": link, "amount": 1_000 });
        stage.wait(Span::minutes(3));
        stage.post("/v1/top-ups", Some(&token), body).await
    };
    stops(stage, OPERATOR, "all", "young_top_ups").await;
    top_up().await.expect(202);
    stops(stage, OPERATOR, "all", "top_ups").await;
    top_up().await.refused(403, "stopped");
    let path = format!("/v1/links/{link}");
    stage.delete(&path, &token).await.refused(409, "payments_under_way");
    stage.delete("/v1/sessions/current", &token).await.expect(204);
}

// promise: P7
#[tokio::test]
async fn a_link_ends_whatever_is_stopped() {
    let world = World::new().await;
    let (stage, hanako) = (&world.stage, world.hanako().await);
    let link = world.linked(&hanako, "hanako").await;
    for scope in [&of_bank(), "all", "operation:link", "operation:top_up", "operation:payout"] {
        stops(stage, OPERATOR, scope, "top_ups").await;
    }
    assert_eq!(stage.delete(&format!("/v1/links/{link}"), &hanako.token).await.status, 204);
}

// promise: P7
#[tokio::test]
async fn a_page_says_that_it_is_stopped() {
    let world = World::new().await;
    let (stage, hanako) = (&world.stage, world.hanako().await);
    stops(stage, OPERATOR, "all", "links").await;
    let mut jar = crate::world::browser_of(&hanako);
    let choose = format!("/bank/new/{BANK}?lang=en");
    let (status, _, page) = stage.browse(&mut jar, &choose, None).await;
    assert_eq!(status, 200, "{page}");
    let id = crate::world::value_of(&page, "id");
    let form = format!("id={id}&method={STRONG}&per_debit_limit=50000&per_day_limit=80000");
    let (status, _, page) = stage.browse(&mut jar, &choose, Some(&form)).await;
    assert!(status == 403 && page.contains("role=\"alert\"") && page.contains("stopped"), "{status} {page}");
}
