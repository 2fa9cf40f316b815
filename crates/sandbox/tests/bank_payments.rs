//! Debits and credits at a bank: an id is one payment for ever, the books balance, and each vice is what it says.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod at_bank;
mod stage;

use at_bank::{AtBank, Link, payment_id};
use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Value, json};
use stage::{CLIENT, Came};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn linked() -> (AtBank, Link) {
    let bank = AtBank::new("0001").await;
    let link = bank.link("hanako").await;
    (bank, link)
}

fn reason(came: &Came) -> (u16, String, String) {
    let text = |name: &str| came.json()[name].as_str().unwrap_or_default().to_owned();
    (came.status, text("error"), text("reason"))
}

fn refused(why: &str) -> (u16, String, String) {
    (422, "refused".to_owned(), why.to_owned())
}

/// Both sides of a bank's books say the same, and nobody is overdrawn.
async fn balanced(bank: &AtBank, settlement: i64) {
    let books = bank.books().await;
    assert_eq!(books["settlement_balance"], settlement);
    let accounts = books["accounts"].as_array().unwrap();
    let left: i64 = accounts.iter().map(|account| account["balance"].as_i64().unwrap()).sum();
    assert!(accounts.iter().all(|account| account["balance"].as_i64().unwrap() >= 0));
    let opened = i64::try_from(accounts.len()).unwrap() * 1_000_000;
    assert_eq!(left + settlement, opened, "what left the accounts is what the bank owes");
}

// promise: P3
#[tokio::test]
async fn the_same_id_is_the_same_payment_and_nothing_else() {
    let (bank, link) = linked().await;
    let id = payment_id();
    let first = bank.book(&link, &id, "debit", 5_000).await;
    assert_eq!((first.status, &first.json()["status"]), (201, &json!("booked")));
    assert!(first.json()["booked_at"].is_i64() && first.json()["bank_reference"].is_string());
    let again = bank.book(&link, &id, "debit", 5_000).await;
    assert_eq!((again.status, again.json()), (200, first.json()), "the same answer, word for word");
    let told = bank.inquire(&link, &id).await;
    assert_eq!((told.status, told.json()), (200, first.json()));

    let other = json!({ "id": id, "direction": "debit", "amount": 5_000, "account_id": link.account_id });
    let came = bank.stage.send(bank.order_of(&link, &other).await).await;
    assert_eq!((came.status, &came.json()["error"]), (409, &json!("id_reused")), "without its reference");
    for (direction, amount) in [("debit", 5_001), ("credit", 5_000)] {
        let came = bank.book(&link, &id, direction, amount).await;
        assert_eq!((came.status, &came.json()["error"]), (409, &json!("id_reused")), "{direction} {amount}");
    }
    let taro = bank.link("taro").await;
    assert_eq!(bank.book(&taro, &id, "debit", 5_000).await.status, 409, "another's id");
    let came = bank.inquire(&taro, &id).await;
    assert_eq!((came.status, &came.json()["error"]), (404, &json!("unknown_payment")), "another's payment");
    assert_eq!(bank.inquire(&link, &payment_id()).await.status, 404);
    balanced(&bank, 5_000).await;

    let back = bank.book(&link, &payment_id(), "credit", 2_000).await;
    assert_eq!(back.status, 201);
    balanced(&bank, 3_000).await;
    let account = bank.account("hanako").await;
    assert_eq!(account["balance"], 997_000);
    let path = format!(
        "/control/banks/0001/accounts/{}/{}",
        account["branch"].as_str().unwrap(),
        account["number"].as_str().unwrap()
    );
    let report = bank.stage.get(&path).await.json();
    let amounts: Vec<i64> =
        report["movements"].as_array().unwrap().iter().map(|m| m["amount"].as_i64().unwrap()).collect();
    assert_eq!((amounts, &report["balance"]), (vec![2_000, -5_000], &json!(997_000)));
    let record = bank.stage.get(&format!("/control/banks/0001/payments/{id}")).await.json();
    assert_eq!((&record["amount"], &record["direction"]), (&json!(5_000), &json!("debit")));
    assert_eq!(bank.stage.get(&format!("/control/banks/0001/payments/{}", payment_id())).await.status, 404);
}

// promise: P3
#[tokio::test]
async fn many_at_once_under_one_id_are_one_payment() {
    let (bank, link) = linked().await;
    let id = payment_id();
    let mut sent = Vec::new();
    for _ in 0..8 {
        let order = bank.order(&link, &id, "debit", 7_000).await;
        sent.push(tokio::spawn(async move { order.send().await.unwrap().status().as_u16() }));
    }
    let mut statuses = Vec::new();
    for sent in sent {
        statuses.push(sent.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    balanced(&bank, 7_000).await;
}

#[tokio::test]
async fn a_refusal_has_its_reason_and_stays() {
    let (bank, link) = linked().await;
    let over = payment_id();
    for _ in 0..2 {
        assert_eq!(reason(&bank.book(&link, &over, "debit", 100_001).await), refused("over_limit"));
    }
    let told = bank.inquire(&link, &over).await.json();
    assert_eq!(told, json!({ "id": over, "status": "refused", "reason": "over_limit" }));

    for _ in 0..3 {
        assert_eq!(bank.book(&link, &payment_id(), "debit", 100_000).await.status, 201);
    }
    assert_eq!(reason(&bank.book(&link, &payment_id(), "debit", 1).await), refused("over_limit"));
    let second = bank.link("hanako").await;
    let came = bank.book(&second, &payment_id(), "debit", 1).await;
    assert_eq!(reason(&came), refused("over_limit"), "a second link gives no second limit");
    bank.meddle("UPDATE bank_movements SET at = at - 86401");
    assert_eq!(bank.book(&link, &payment_id(), "debit", 1).await.status, 201, "the next day");

    let taro = bank.link("taro").await;
    bank.meddle("UPDATE bank_accounts SET balance = 999 WHERE bank = '0001' AND person = 'taro'");
    let poor = payment_id();
    assert_eq!(reason(&bank.book(&taro, &poor, "debit", 1_000).await), refused("insufficient_funds"));
    assert_eq!(bank.book(&taro, &payment_id(), "credit", 1_000).await.status, 201);
    assert_eq!(
        reason(&bank.book(&taro, &poor, "debit", 1_000).await),
        refused("insufficient_funds"),
        "stays"
    );
    assert_eq!(bank.book(&taro, &payment_id(), "debit", 1_999).await.status, 201, "to the last yen");

    bank.vice("refuses", 0).await;
    assert_eq!(reason(&bank.book(&taro, &payment_id(), "credit", 1).await), refused("account_closed"));
    bank.meddle("UPDATE bank_grants SET ended = 1");
    assert_eq!(reason(&bank.book(&link, &payment_id(), "credit", 1).await), refused("link_ended"));
}

#[tokio::test]
async fn an_order_that_is_not_well_formed_is_no_order() {
    let (bank, link) = linked().await;
    let good = || {
        json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057", "direction": "debit", "amount": 1_000,
            "account_id": link.account_id, "reference": "r",
        })
    };
    let taro = bank.link("taro").await;
    for (name, value) in [
        ("id", json!("1")),
        ("id", json!("01890A5D-AC96-774B-BCCE-B302099A8057")),
        ("id", json!("01890a5dac96774bbcceb302099a8057")),
        ("direction", json!("sideways")),
        ("amount", json!(0)),
        ("amount", json!(-1)),
        ("amount", json!(1.5)),
        ("amount", json!("1000")),
        ("amount", json!(10_000_001)),
        ("amount", json!(u64::MAX)),
        ("account_id", json!(taro.account_id)),
        ("account_id", Value::Null),
        ("reference", json!("a reference of 21 ch.")),
        ("more", json!(true)),
    ] {
        let mut order = good();
        order[name] = value.clone();
        let came = bank.stage.send(bank.order_of(&link, &order).await).await;
        assert_eq!((came.status, &came.json()["error"]), (400, &json!("invalid_request")), "{name}: {value}");
        assert!(came.headers.contains_key("dpop-nonce"));
    }
    assert_eq!(bank.books().await["payments"], 0);
    assert_eq!(bank.stage.send(bank.order_of(&link, &good()).await).await.status, 201);
}

// promise: P10
#[tokio::test]
async fn the_depositor_is_told_of_each_debit_of_a_young_link() {
    let (bank, link) = linked().await;
    let before = bank.texts("hanako").await.len();
    bank.book(&link, &payment_id(), "debit", 1_234).await;
    let texts = bank.texts("hanako").await;
    assert_eq!(texts.len(), before + 1);
    assert!(texts[0].contains("¥1,234") && texts[0].contains("***"), "{}", texts[0]);
    bank.book(&link, &payment_id(), "credit", 1_234).await;
    bank.book(&link, &payment_id(), "debit", 999_999).await;
    assert_eq!(bank.texts("hanako").await.len(), before + 1, "nothing left the account");
    bank.meddle("UPDATE bank_grants SET created_at = created_at - 30 * 86400");
    bank.book(&link, &payment_id(), "debit", 1_234).await;
    assert_eq!(bank.texts("hanako").await.len(), before + 1, "the link is old");
}

/// Sends an order as bytes, and gives the bytes that come back until the bank closes the line.
async fn raw(bank: &AtBank, link: &Link, id: &str) -> (Vec<u8>, Duration) {
    let request = bank.order(link, id, "debit", 1_000).await.build().unwrap();
    let host = bank.stage.url.strip_prefix("http://").unwrap();
    let body = request.body().unwrap().as_bytes().unwrap();
    // A bank that does answer closes too, so that the test ends and fails.
    let mut text = format!("POST {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", request.url().path());
    text += &format!("content-length: {}\r\n", body.len());
    for (name, value) in request.headers() {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    text += "\r\n";
    let mut line = TcpStream::connect(host).await.unwrap();
    line.write_all(text.as_bytes()).await.unwrap();
    line.write_all(body).await.unwrap();
    let (began, mut came) = (Instant::now(), Vec::new());
    // The end may come as a reset: for the client it is the same silence.
    let _closed = line.read_to_end(&mut came).await;
    (came, began.elapsed())
}

// promise: P8
#[tokio::test]
async fn a_bank_that_cuts_the_line_sends_not_one_byte() {
    let (bank, link) = linked().await;
    for (vice, seconds, booked) in
        [("timeout_after_debit", 1, true), ("timeout_before_debit", 1, false), ("lost_reply", 1, true)]
    {
        let (id, before) = (payment_id(), bank.settlement().await);
        bank.vice(vice, seconds).await;
        let (came, after) = raw(&bank, &link, &id).await;
        assert_eq!(String::from_utf8_lossy(&came), "", "{vice}");
        let hung = after >= Duration::from_secs(1);
        assert_eq!(hung, vice != "lost_reply", "{vice} took {after:?}");
        assert_eq!(bank.inquire(&link, &id).await.status, if booked { 200 } else { 404 }, "{vice}");
        assert_eq!(bank.settlement().await - before, if booked { 1_000 } else { 0 }, "{vice}");
        let again = bank.book(&link, &id, "debit", 1_000).await;
        assert_eq!(again.status, if booked { 200 } else { 201 }, "{vice} is over, the id is not");
        assert_eq!(bank.settlement().await - before, 1_000, "{vice}");
    }
}

// promise: P8
#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_the_bank() {
    let (bank, link) = linked().await;
    let id = payment_id();
    bank.vice("slow", 1).await;
    let order = bank.order(&link, &id, "debit", 1_000).await;
    assert!(order.timeout(Duration::from_millis(200)).send().await.is_err());
    assert_eq!(bank.inquire(&link, &id).await.status, 404, "not yet");
    eventually(async || bank.inquire(&link, &id).await.status == 200).await;
    balanced(&bank, 1_000).await;
}

/// Waits until something holds, for five seconds at most.
async fn eventually(holds: impl AsyncFn() -> bool) {
    for _ in 0..50 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not hold within five seconds");
}

#[tokio::test]
async fn a_vice_is_for_as_many_orders_as_it_says() {
    let (bank, link) = linked().await;
    let body = json!({ "vice": "down", "times": 2, "seconds": 0 });
    assert_eq!(bank.stage.put("/control/banks/0001/vice", &body).await.status, 204);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(bank.book(&link, &payment_id(), "debit", 1_000).await.status);
    }
    assert_eq!(statuses, [503, 503, 201]);
    bank.vice("down", 0).await;
    bank.vice("none", 0).await;
    assert_eq!(bank.book(&link, &payment_id(), "debit", 1_000).await.status, 201);
    for (path, body, expected) in [
        ("/control/banks/0001/vice", json!({ "vice": "lies" }), 400),
        ("/control/banks/0001/vice", json!({ "vice": "slow", "seconds": 121 }), 400),
        ("/control/banks/0001/vice", json!({ "vice": "slow", "more": 1 }), 422),
        ("/control/banks/7777/vice", json!({ "vice": "slow" }), 404),
    ] {
        assert_eq!(bank.stage.put(path, &body).await.status, expected, "{body}");
    }
    balanced(&bank, 2_000).await;
}

/// What the bank pushed, read by its published key.
async fn pushed(bank: &AtBank, place: usize) -> Value {
    let (of, token) = bank.pushed.lock().unwrap()[place].clone();
    assert_eq!(of, bank.code);
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[CLIENT]);
    rules.set_issuer(&[bank.issuer()]);
    rules.set_required_spec_claims(&["iss", "aud"]);
    let (header, claims) = bank.stage.read("/banks/0001/jwks", &token, &rules).await.unwrap();
    assert_eq!(header.typ.as_deref(), Some("payment-result+jwt"));
    assert!(claims["jti"].is_string() && claims["iat"].is_i64());
    claims
}

#[tokio::test]
async fn a_bank_that_answers_twice_pushes_what_it_answered() {
    let (bank, link) = linked().await;
    let id = payment_id();
    bank.vice("answers_twice", 0).await;
    let came = bank.book(&link, &id, "debit", 1_000).await;
    assert_eq!(came.status, 201);
    eventually(async || bank.pushed.lock().unwrap().len() == 2).await;
    let payment = pushed(&bank, 0).await["payment"].clone();
    for name in ["id", "status", "bank_reference"] {
        assert_eq!(payment[name], came.json()[name], "{name}");
    }
    assert_eq!(pushed(&bank, 1).await["payment"], payment);
    balanced(&bank, 1_000).await;
}

// promise: P8
#[tokio::test]
async fn a_bank_that_books_late_keeps_its_word_within_the_limits() {
    let (bank, link) = linked().await;
    let id = payment_id();
    bank.vice("books_late", 2).await;
    let came = bank.book(&link, &id, "debit", 100_000).await;
    assert_eq!((came.status, came.json()), (202, json!({ "id": id, "status": "pending" })));
    assert_eq!(bank.book(&link, &id, "debit", 100_000).await.status, 202, "still pending");
    assert_eq!(bank.inquire(&link, &id).await.json()["status"], "pending");
    assert_eq!(bank.settlement().await, 0);
    for _ in 0..2 {
        assert_eq!(bank.book(&link, &payment_id(), "debit", 100_000).await.status, 201);
    }
    let came = bank.book(&link, &payment_id(), "debit", 1).await;
    assert_eq!(reason(&came), refused("over_limit"), "what is promised counts");

    eventually(async || !bank.pushed.lock().unwrap().is_empty()).await;
    let payment = pushed(&bank, 0).await["payment"].clone();
    assert_eq!((&payment["id"], &payment["status"]), (&json!(id), &json!("booked")));
    let again = bank.book(&link, &id, "debit", 100_000).await;
    assert_eq!((again.status, &again.json()["status"]), (200, &json!("booked")));
    balanced(&bank, 300_000).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(bank.pushed.lock().unwrap().len(), 1, "called back once");
}

#[tokio::test]
async fn money_that_is_promised_is_not_promised_again() {
    let (bank, link) = linked().await;
    bank.meddle("UPDATE bank_accounts SET balance = 1500 WHERE bank = '0001' AND person = 'hanako'");
    let late = payment_id();
    bank.vice("books_late", 1).await;
    assert_eq!(bank.book(&link, &late, "debit", 1_000).await.status, 202);
    let came = bank.book(&link, &payment_id(), "debit", 501).await;
    assert_eq!(reason(&came), refused("insufficient_funds"));
    assert_eq!(bank.book(&link, &payment_id(), "debit", 500).await.status, 201);
    eventually(async || bank.inquire(&link, &late).await.json()["status"] == "booked").await;
    assert_eq!(bank.account("hanako").await["balance"], 0);
}
