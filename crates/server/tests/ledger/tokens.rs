//! Who may: looking takes the operator's token or the ledger's, posting takes the ledger's own.

use crate::{
    desk::Desk,
    stage::{LEDGER, OPERATOR, token},
};
use axum::http::Method;
use serde_json::json;
use uuid::Uuid;

// promise: P5
#[tokio::test]
async fn only_the_ledgers_token_posts_and_it_opens_nothing_else() {
    let desk = Desk::new().await;
    let merchant = desk.stage.merchant().await;
    let session = token(1);
    let transfers = json!({ "transfers": [desk.transfer(1)] });
    let account = format!("/v1/ledger/accounts/{}", desk.shop);
    let state = format!("{account}/state");
    for wrong in [OPERATOR, &merchant, &session, "nobody's", ""] {
        for (method, path, body) in [
            (Method::POST, "/v1/ledger/transfers", transfers.clone()),
            (Method::POST, "/v1/ledger/accounts", json!({ "id": Uuid::now_v7() })),
            (Method::PUT, &state, json!({ "state": "frozen" })),
        ] {
            let answer = desk.stage.ask(method, path, wrong, Some(&body)).await;
            answer.refused(401, "not_signed_in");
        }
    }
    let history = format!("{account}/transfers");
    let transfer = format!("/v1/ledger/transfers/{}", Uuid::now_v7());
    for wrong in [&merchant, &session, "nobody's", ""] {
        for path in [&account, &history, &transfer] {
            desk.stage.get(path, wrong).await.refused(401, "not_signed_in");
        }
    }
    for right in [OPERATOR, LEDGER] {
        desk.stage.get(&account, right).await.expect(200);
        desk.stage.get(&history, right).await.expect(200);
        desk.stage.get(&transfer, right).await.refused(404, "not_found");
    }
    let shop = json!({ "name": "店", "name_en": "SHOP", "category": "5812", "city": "KYOTO" });
    desk.stage.post("/v1/operator/merchants", LEDGER, &shop).await.refused(401, "not_signed_in");
    desk.stage.get("/v1/operator/banks", LEDGER).await.refused(401, "not_signed_in");
    desk.stage.get("/v1/wallet", LEDGER).await.refused(401, "not_signed_in");
    assert_eq!(desk.balance(desk.shop).await, 0);
    assert_eq!(desk.account(desk.shop).await["state"], "open");
}
