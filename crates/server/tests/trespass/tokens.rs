//! Tokens of another kind, ended and expired sessions, on routes of every kind.

use crate::{
    stage::{OPERATOR, Stage, sign_up},
    watch::{Sent, Watch},
};
use serde_json::json;
use terms::Span;
use uuid::Uuid;

// promise: P6
#[tokio::test]
async fn a_token_opens_only_what_it_was_made_for() {
    let stage = Stage::new();
    let idle = sign_up(&stage, "09000000003", "jiro@example.jp").await;
    stage.wait(Span::days(15));
    let mut owner = sign_up(&stage, "09000000001", "hanako@example.jp").await;
    let ended = owner.sign_in(&stage).await;
    stage.delete("/v1/sessions/current", &ended).await.expect(204);
    let left = owner.sign_in(&stage).await;
    stage.post("/v1/sessions/sign-out-everywhere", Some(&left), json!({})).await.expect(204);
    owner.token = owner.sign_in(&stage).await;
    owner.step_up(&stage).await;
    let token = Some(owner.token.as_str());
    let recovery = stage.post("/v1/recovery-codes", token, json!({})).await.expect(201);
    let recovery = recovery["recovery_code"].as_str().unwrap().to_owned();
    let shop = json!({ "name": "豆の店", "name_en": "BEANS", "category": "5812", "city": "KYOTO" });
    let shop = stage.post("/v1/operator/merchants", Some(OPERATOR), shop).await.expect(201);
    let (shop, shop_id) = (shop["key"].as_str().unwrap(), shop["merchant"].as_str().unwrap());
    let devices = stage.get("/v1/sessions", &owner.token).await.expect(200);
    let session = devices["sessions"][0]["id"].as_str().unwrap();
    let ceremony = stage.post("/v1/sessions/options", None, json!({})).await.expect(200);
    let ceremony = ceremony["ceremony"].as_str().unwrap();

    let watch = Watch::new(&stage.router, &stage.teller).customer(&owner.token).shop(shop);
    let longer = format!("{}x", owner.token);
    let other_case: String =
        owner.token.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c }).collect();
    let nobody = [
        ("a session that was idle too long", idle.token.as_str()),
        ("a session that was signed out", &ended),
        ("a session signed out with all others", &left),
        ("a recovery code", &recovery),
        ("a session's id", session),
        ("a customer's id", &owner.customer),
        ("a shop's id", shop_id),
        ("a ceremony", ceremony),
        ("a token and more", &longer),
        ("a token cut off", &owner.token[..owner.token.len() - 1]),
        ("a token in other letters", &other_case),
    ];
    let of_customers = [("a shop's key", shop), ("the operator's token", OPERATOR)];
    let of_shops = [("a session", owner.token.as_str()), ("the operator's token", OPERATOR)];
    let of_operators = [("a session", owner.token.as_str()), ("a shop's key", shop)];
    let id = Uuid::now_v7();
    let transfer = json!({ "id": id, "to": { "handle": "somebody" }, "amount": 1 });
    let merchant = json!({ "name": "店", "name_en": "SHOP", "category": "5812", "city": "KYOTO" });
    for (what, wrong) in nobody.iter().chain(&of_customers) {
        for sent in [
            Sent::get("/v1/wallet", wrong),
            Sent::get("/v1/events", wrong),
            Sent::post("/v1/transfers", wrong, &transfer),
            Sent::post("/v1/recovery-codes", wrong, &json!({})),
            Sent::post("/v1/proofings", wrong, &json!({ "method": "jpki_signature" })),
            Sent::delete("/v1/sessions/current", wrong),
        ] {
            watch.refused(what, &sent, 401, "not_signed_in").await;
        }
    }
    for (what, wrong) in nobody.iter().chain(&of_shops) {
        for sent in [
            Sent::get("/v1/merchant", wrong),
            Sent::post("/v1/merchant/orders", wrong, &json!({ "id": id, "amount": 1 })),
            Sent::post("/v1/merchant/webhooks", wrong, &json!({ "url": "https://shop.example/" })),
        ] {
            watch.refused(what, &sent, 401, "not_signed_in").await;
        }
    }
    for (what, wrong) in nobody.iter().chain(&of_operators) {
        for sent in [
            Sent::get("/v1/operator/banks", wrong),
            Sent::get("/v1/operator/ledger/proof", wrong),
            Sent::post("/v1/operator/merchants", wrong, &merchant),
        ] {
            watch.refused(what, &sent, 401, "not_signed_in").await;
        }
    }
}
