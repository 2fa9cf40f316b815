//! A desk with the ledger's token, and accounts to post between.

use crate::stage::{Answer, LEDGER, OPERATOR, Stage};
use axum::http::Method;
use serde_json::{Value, json};
use terms::AccountId;
use uuid::Uuid;

pub(crate) struct Desk {
    pub(crate) stage: Stage,
    /// Without a floor.
    pub(crate) outside: Uuid,
    /// With a floor of zero.
    pub(crate) shop: Uuid,
}

/// The purse of `person1` in the stage, who has ¥10,000.
pub(crate) fn purse() -> Uuid {
    Uuid::from_u128(0x101)
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let desk = Self { stage: Stage::new().await, outside: Uuid::now_v7(), shop: Uuid::now_v7() };
        desk.open(json!({ "id": desk.outside, "floor": null })).await.expect(201);
        desk.open(json!({ "id": desk.shop })).await.expect(201);
        desk
    }

    pub(crate) async fn open(&self, body: Value) -> Answer {
        self.stage.post("/v1/ledger/accounts", LEDGER, &body).await
    }

    /// A new account in a currency, without a floor.
    pub(crate) async fn opened_in(&self, currency: &str) -> Uuid {
        let id = Uuid::now_v7();
        self.open(json!({ "id": id, "currency": currency, "floor": null })).await.expect(201);
        id
    }

    pub(crate) async fn set_state(&self, account: Uuid, state: &str) -> Answer {
        let path = format!("/v1/ledger/accounts/{account}/state");
        self.stage.ask(Method::PUT, &path, LEDGER, Some(&json!({ "state": state }))).await
    }

    pub(crate) async fn post(&self, transfers: &[Value]) -> Answer {
        self.stage.post("/v1/ledger/transfers", LEDGER, &json!({ "transfers": transfers })).await
    }

    /// The status of each of these.
    pub(crate) async fn statuses(&self, transfers: &[Value]) -> Vec<String> {
        let answer = self.post(transfers).await.expect(200);
        let outcomes = answer["outcomes"].as_array().unwrap();
        assert_eq!(outcomes.len(), transfers.len());
        outcomes.iter().map(|outcome| outcome["status"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn account(&self, account: Uuid) -> Value {
        self.stage.get(&format!("/v1/ledger/accounts/{account}"), OPERATOR).await.expect(200)["account"]
            .clone()
    }

    pub(crate) async fn balance(&self, account: Uuid) -> i64 {
        self.account(account).await["balance"].as_i64().unwrap()
    }

    pub(crate) fn transfer(&self, amount: i64) -> Value {
        item(self.outside, self.shop, amount)
    }

    #[track_caller]
    pub(crate) fn prove(&self) {
        let proof = store::prove(self.stage.teller.store(), |_| ()).unwrap();
        assert_eq!(proof.violation, None);
    }
}

/// One item under a new id.
pub(crate) fn item(debit: Uuid, credit: Uuid, amount: i64) -> Value {
    json!({ "id": Uuid::now_v7(), "debit": debit, "credit": credit, "amount": amount })
}

/// The same item with some fields set.
pub(crate) fn with(item: &Value, fields: Value) -> Value {
    let mut item = item.clone();
    for (name, value) in fields.as_object().unwrap() {
        item[name] = value.clone();
    }
    item
}

pub(crate) fn acc(account: Uuid) -> String {
    AccountId::new(account).to_string()
}
