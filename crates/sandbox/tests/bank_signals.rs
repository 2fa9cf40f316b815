//! What a bank tells the client of what it sees: each wrong try, each trap, each report; signed, until it is taken.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod at_bank;
mod stage;

use at_bank::{AtBank, STATE, sha256};
use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Value, json};
use stage::{CLIENT, Came, now_s};
use std::{collections::BTreeSet, time::Duration};

const STRONG: &str = "online_banking_otp";
const BY_NUMBER: &str = "account_pin_birth_2020";

/// Waits until so many tokens came, and reads them by the bank's published key.
async fn told(bank: &AtBank, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        if bank.heard.lock().unwrap().came.len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let came = bank.heard.lock().unwrap().came.clone();
    assert_eq!(came.len(), count, "{came:?}");
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[CLIENT]);
    rules.set_issuer(&[bank.issuer()]);
    rules.set_required_spec_claims(&["iss", "aud"]);
    let mut told = Vec::new();
    for (of, token) in &came {
        assert_eq!(of, bank.code);
        let route = format!("/banks/{}/jwks", bank.code);
        let (header, claims) = bank.stage.read(&route, token, &rules).await.unwrap();
        assert_eq!(header.typ.as_deref(), Some("secevent+jwt"));
        assert!((now_s() - 60..=now_s()).contains(&claims["toe"].as_i64().unwrap()), "{claims}");
        assert!(claims["jti"].is_string() && claims["iat"].is_i64() && claims["exp"].is_null(), "{claims}");
        told.push(claims);
    }
    told
}

/// The one event of a token, its name and its members.
fn event(claims: &Value) -> (String, Value) {
    let events = claims["events"].as_object().unwrap();
    assert_eq!(events.len(), 1, "{claims}");
    let (name, members) = events.iter().next().unwrap();
    (name.strip_prefix("urn:tsugime:signal:").unwrap().to_owned(), members.clone())
}

fn different<'a>(values: impl Iterator<Item = &'a Value>) -> usize {
    values.map(Value::to_string).collect::<BTreeSet<_>>().len()
}

async fn account_id(bank: &AtBank) -> Value {
    let books = bank.books().await;
    let accounts = books["accounts"].as_array().unwrap();
    accounts.iter().find(|account| account["person"] == "hanako").unwrap()["account_id"].clone()
}

#[tokio::test]
async fn each_wrong_try_is_told_and_nothing_else() {
    let bank = AtBank::new("0001").await;
    for (say, wrong) in [("yes", None), ("no", None)] {
        bank.stage.walk(&bank.begin(STRONG).await, "hanako", say, wrong).await;
    }
    let came = bank.stage.walk(&bank.begin(STRONG).await, "hanako", "yes", Some("pin")).await;
    assert_eq!(came.query("error"), "access_denied");
    let by_secret = told(&bank, 3).await;
    let came = bank.stage.walk(&bank.begin(STRONG).await, "hanako", "yes", Some("otp")).await;
    assert_eq!(came.query("error"), "access_denied");
    let all = told(&bank, 6).await;
    assert_eq!(different(all.iter().map(|claims| &claims["jti"])), 6, "each has its own id");
    let account = json!({ "format": "opaque", "id": account_id(&bank).await });
    for claims in &all {
        let (name, members) = event(claims);
        assert_eq!((name.as_str(), &claims["sub_id"]), ("try-failed", &account));
        assert_eq!((&members["method"], &members["state_hash"]), (&json!(STRONG), &json!(sha256(STATE))));
    }
    let tags: Vec<Value> = by_secret.iter().map(|claims| event(claims).1["secret_tag"].clone()).collect();
    assert_eq!((different(tags.iter()), tags[0].as_str().unwrap().len()), (1, 43));
    assert!(event(&all[5]).1["secret_tag"].is_null(), "a one-time password is worth nothing");
}

/// A person who types a number, and what the page says.
async fn tries(bank: &AtBank, branch: &str, number: &str, pin: &str) -> Came {
    let page = bank.stage.send(bank.stage.http.get(bank.begin(BY_NUMBER).await)).await;
    let (_, rest) = page.text.split_once("name=\"flow\" value=\"").unwrap();
    let flow = rest.split('"').next().unwrap();
    let cookie = page.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let form = [
        ("flow", flow),
        ("branch", branch),
        ("number", number),
        ("pin", pin),
        ("birth_date", "1988-04-12"),
        ("name", "ヤマダ ハナコ"),
    ];
    let url = format!("{}/authorize", bank.issuer());
    let mut came = bank.stage.send(bank.stage.http.post(url).header("cookie", cookie).form(&form)).await;
    came.text = came.text.replace(flow, "FLOW");
    came
}

#[tokio::test]
async fn a_trap_answers_like_any_other_wrong_try() {
    let bank = AtBank::new("0001").await;
    let hanako = bank.account("hanako").await;
    let trap = bank.stage.get("/control/banks/0001/canary").await.json();
    let (branch, number) = (trap["branch"].as_str().unwrap(), trap["number"].as_str().unwrap());
    let (own_branch, own) = (hanako["branch"].as_str().unwrap(), hanako["number"].as_str().unwrap());
    let wrong = if hanako["pin"] == "0000" { "1111" } else { "0000" };
    let pages = [
        tries(&bank, own_branch, own, wrong).await,
        tries(&bank, branch, number, wrong).await,
        tries(&bank, branch, number, "----").await,
        tries(&bank, "1", "1", wrong).await,
    ];
    for page in &pages[1..] {
        assert_eq!((page.status, &page.text), (pages[0].status, &pages[0].text));
    }
    let told = told(&bank, 4).await;
    let names: Vec<String> = told.iter().map(|claims| event(claims).0).collect();
    assert_eq!(names, ["try-failed", "canary-tried", "canary-tried", "try-failed"]);
    let ids: Vec<&Value> = told.iter().map(|claims| &claims["sub_id"]["id"]).collect();
    assert_eq!(ids[0], &account_id(&bank).await);
    assert_eq!((ids[1], ids[3]), (ids[2], &Value::Null), "a trap has one name; what is no number has none");
    assert_eq!(ids[1].as_str().unwrap().len(), ids[0].as_str().unwrap().len());
    let tag = |place: usize| event(&told[place]).1["secret_tag"].clone();
    assert_eq!((tag(0) == tag(1), tag(1) == tag(2)), (true, false), "the same PIN has the same name");
    let text = told.iter().map(ToString::to_string).collect::<String>();
    assert!(!text.contains(number) && !text.contains(&format!("\"{wrong}\"")), "{text}");
}

#[tokio::test]
async fn about_half_of_the_banks_share_no_names_of_secrets() {
    let bank = AtBank::new("0125").await;
    let person = {
        let books = bank.books().await;
        books["accounts"][0]["person"].as_str().unwrap().to_owned()
    };
    bank.stage.walk(&bank.begin(STRONG).await, &person, "yes", Some("pin")).await;
    for claims in told(&bank, 3).await {
        assert!(event(&claims).1["secret_tag"].is_null(), "{claims}");
    }
}

#[tokio::test]
async fn what_was_not_taken_is_pushed_again_also_after_a_restart() {
    let mut bank = AtBank::new("0001").await;
    bank.heard.lock().unwrap().answers = 503;
    let by_hand = json!({ "kind": "link-denied", "person": "hanako" });
    let route = "/control/banks/0001/signals";
    assert_eq!(
        bank.stage
            .send(bank.stage.http.post(format!("{}{route}", bank.stage.url)).json(&by_hand))
            .await
            .status,
        202
    );
    let first = told(&bank, 1).await.remove(0);
    assert_eq!(bank.stage.get(route).await.json(), json!({ "waiting": 1, "refused": [] }));
    bank.restart().await;
    {
        let mut heard = bank.heard.lock().unwrap();
        heard.answers = 202;
        heard.came.clear();
    }
    // The bank of before lives on in this test, and one of the two is taken.
    let mut again = Value::Null;
    for _ in 0..100 {
        again = bank.stage.get(route).await.json();
        if again["waiting"] == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(again, json!({ "waiting": 0, "refused": [] }));
    bank.heard.lock().unwrap().came.truncate(1);
    let second = told(&bank, 1).await.remove(0);
    for name in ["jti", "toe", "sub_id", "events"] {
        assert_eq!(second[name], first[name], "{name}");
    }
}

#[tokio::test]
async fn what_the_client_refuses_is_kept_to_be_looked_at_and_not_pushed_again() {
    let bank = AtBank::new("0001").await;
    bank.heard.lock().unwrap().answers = 400;
    let route = "/control/banks/0001/signals";
    let url = format!("{}{route}", bank.stage.url);
    let stop = json!({ "kind": "stop-requested" });
    assert_eq!(bank.stage.send(bank.stage.http.post(&url).json(&stop)).await.status, 202);
    let sent = told(&bank, 1).await.remove(0);
    assert_eq!(event(&sent), ("stop-requested".to_owned(), json!({})));
    let mut standing = Value::Null;
    for _ in 0..100 {
        standing = bank.stage.get(route).await.json();
        if standing["waiting"] == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((&standing["waiting"], &standing["refused"][0]["jti"]), (&json!(0), &sent["jti"]));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(told(&bank, 1).await.len(), 1, "once");
}

#[tokio::test]
async fn by_hand_a_bank_reports_accounts_and_itself() {
    let bank = AtBank::new("0001").await;
    let post = async |code: &str, body: Value| {
        let url = format!("{}/control/banks/{code}/signals", bank.stage.url);
        bank.stage.send(bank.stage.http.post(url).json(&body)).await.status
    };
    for (code, body, status) in [
        ("9999", json!({ "kind": "stop-requested" }), 404),
        ("0001", json!({ "kind": "try-failed" }), 400),
        ("0001", json!({ "kind": "link-denied" }), 400),
        ("0001", json!({ "kind": "stop-requested", "person": "hanako" }), 400),
        ("0001", json!({ "kind": "link-denied", "person": "nobody" }), 404),
        ("0001", json!({ "kind": "link-denied", "person": "hanako", "pin": "1234" }), 422),
        ("0001", json!({ "kind": "account-compromised", "person": "hanako" }), 202),
        ("0001", json!({ "kind": "bank-compromised" }), 202),
    ] {
        assert_eq!(post(code, body.clone()).await, status, "{code} {body}");
    }
    let told = told(&bank, 2).await;
    let names: Vec<String> = told.iter().map(|claims| event(claims).0).collect();
    assert_eq!(names, ["account-compromised", "bank-compromised"]);
    assert_eq!((&told[0]["sub_id"]["id"], &told[1]["sub_id"]), (&account_id(&bank).await, &Value::Null));
}
