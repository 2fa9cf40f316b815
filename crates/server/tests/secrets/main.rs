//! Secrets stay where they are typed (P13): a life with right and wrong PINs at a bank's page of 2020, and then a
//! look into every file, log line and event for them, their digests, codes, tokens and account numbers.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod log;
mod needles;
#[path = "../sign_in/stage.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of signing in")]
mod stage;
#[allow(unreachable_pub, dead_code, reason = "shared with other tests of the server")]
#[path = "../wired/mod.rs"]
mod wired;
#[path = "../banking/world.rs"]
#[allow(dead_code, reason = "shared with the tests of banking")]
mod world;

use crate::{
    log::Log,
    needles::{Needles, Place},
    stage::{Person, code_in},
    world::{World, finish_body, value_of},
};
use engine::{Control, Controls, Policy};
use reqwest::{Client, Response, header, redirect};
use serde_json::{Value, json};
use std::time::Duration;
use store::look;
use uuid::Uuid;

const BANK: &str = "0001";
const METHOD: &str = "account_pin_birth_2020";
const PHONE: &str = "09000000001";
const MAIL: &str = "hanako@example.jp";
/// What hanako types before she remembers it.
const WRONG_PINS: [&str; 2] = ["4071", "9153"];

/// A wallet as careless as those of 2020: no other would send anybody to a page that asks for a PIN alone.
fn careless() -> Policy {
    let controls = Control::ALL.iter().copied().filter(|control| *control != Control::Possession);
    Policy { controls: Controls::only(controls), ..Policy::default() }
}

/// The person's account at the bank: branch and number.
async fn account_of(world: &World, http: &Client) -> (String, String) {
    let people: Value =
        http.get(format!("{}/control/people", world.sandbox)).send().await.unwrap().json().await.unwrap();
    let people = people.as_array().or_else(|| people["people"].as_array()).unwrap();
    let hanako = people.iter().find(|person| person["id"] == "hanako").unwrap();
    let accounts = hanako["bank_accounts"].as_array().unwrap();
    let account = accounts.iter().find(|account| account["bank"] == BANK).unwrap();
    (account["branch"].as_str().unwrap().to_owned(), account["number"].as_str().unwrap().to_owned())
}

/// Hanako types PINs at her bank until the right one, and says yes; where the browser is sent then, and the PIN.
async fn types_pins(
    http: &Client,
    begun: &Value,
    (branch, number): &(String, String),
) -> (reqwest::Url, String) {
    let url = begun["authorize_url"].as_str().unwrap();
    let first = http.get(url).send().await.unwrap();
    let cookie = first.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = first.text().await.unwrap();
    let flow = value_of(&page, "flow");
    // The page of a pretend bank tells what its pretend people know.
    let hint = page.split(&format!("{branch}-{number}")).nth(1).unwrap().split("</td>").next().unwrap();
    let right = hint.rsplit(" / ").next().unwrap().trim().to_owned();
    let action = url.split('?').next().unwrap();
    let post = async |fields: &[(&str, &str)]| -> Response {
        let mut form: Vec<(&str, &str)> = vec![("flow", &flow)];
        form.extend_from_slice(fields);
        http.post(action).header(header::COOKIE, &cookie).form(&form).send().await.unwrap()
    };
    for pin in WRONG_PINS.into_iter().chain([right.as_str()]) {
        let fields = [
            ("branch", branch.as_str()),
            ("number", number.as_str()),
            ("pin", pin),
            ("birth_date", "1988-04-12"),
            ("name", "ヤマダ ハナコ"),
        ];
        let page = post(&fields).await.text().await.unwrap();
        assert_eq!(page.contains("data-step=\"consent\""), pin == right, "{page}");
    }
    let sent = post(&[("say", "yes")]).await;
    (sent.headers()[header::LOCATION].to_str().unwrap().parse().unwrap(), right)
}

/// A link, a charge and its end at the bank of 2020.
async fn lives(world: &World, hanako: &Person, http: &Client) -> (Value, String, String) {
    let token = Some(hanako.token.as_str());
    let body = json!({
        "id": Uuid::now_v7(), "bank": BANK, "method": METHOD, "per_debit_limit": 50_000, "per_day_limit": 80_000,
    });
    let begun = world.stage.post("/v1/consents", token, body).await.expect(201);
    let account = account_of(world, http).await;
    let (returned, pin) = types_pins(http, &begun, &account).await;
    let linked =
        world.finish(hanako, &begun, &finish_body(&returned, &begun["flow_secret"])).await.expect(200);
    let body = json!({ "id": Uuid::now_v7(), "link": linked["link"]["id"], "amount": 1_000 });
    world.stage.post("/v1/top-ups", token, body).await.expect(202);
    // The bank tells of the tries in its own time, with a tag of what was typed.
    let seen = || world.stage.teller.store().read(|shelf| look::sightings_after(shelf, 0, 100)).unwrap();
    let tagged = || seen().iter().filter(|sighting| sighting.secret.is_some()).count();
    for _ in 0..100 {
        if tagged() >= WRONG_PINS.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(tagged() >= WRONG_PINS.len(), "{:?}", seen());
    (linked, account.1, pin)
}

/// Every file of the wallet, everything logged, and what rows say once they are opened.
fn everything(world: &World, hanako: &Person, log: &Log) -> (Vec<Place>, Vec<Place>) {
    let mut closed = vec![("the log".to_owned(), log.bytes())];
    for entry in std::fs::read_dir(&world.stage.folder).unwrap() {
        let path = entry.unwrap().path();
        closed
            .push((path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()));
    }
    let customer = terms::CustomerId::parse(&hanako.customer).unwrap();
    let opened = world.stage.teller.store().read(|shelf| {
        let audience = engine::event::Audience::Customer(customer);
        Ok([
            ("events", format!("{:?}", look::events_after(shelf, &audience, 0, 1_000)?)),
            ("links", serde_json::to_string(&look::links_of(shelf, customer)?).unwrap()),
            ("consents", serde_json::to_string(&look::consents_awaiting(shelf, customer)?).unwrap()),
            ("sightings", serde_json::to_string(&look::sightings_after(shelf, 0, 1_000)?).unwrap()),
            ("signals", format!("{:?}", look::signals(shelf, None, 1_000)?)),
            ("sessions", serde_json::to_string(&look::sessions_of(shelf, customer)?).unwrap()),
            ("identity", serde_json::to_string(&look::identity_of(shelf, customer)?).unwrap()),
            ("errands", format!("{:?}", shelf.due_errands(terms::Time::from_millis(i64::MAX), 1_000)?)),
        ])
    });
    let opened = opened.unwrap().map(|(name, text)| (format!("opened {name}"), text.into_bytes()));
    (closed, opened.into())
}

// promise: P13
#[tokio::test]
async fn no_secret_is_kept_logged_or_told() {
    let log = Log::begin();
    let http = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let world = World::under(careless()).await;
    let hanako = world.hanako().await;
    let (linked, number, pin) = lives(&world, &hanako, &http).await;
    let (closed, opened) = everything(&world, &hanako, &log);
    assert!(closed.iter().any(|(name, _)| name.ends_with("-wal")), "the write-ahead log is looked into too");
    assert!(log.bytes().len() > 1_000, "nothing is logged");

    let mut pins = Needles::default();
    pins.digests("the PIN", &pin);
    WRONG_PINS.iter().for_each(|wrong| pins.guessable("a wrong PIN", wrong));
    pins.guessable("the account's number", &number);
    assert_eq!(pins.found_in(&closed), [""; 0]);
    assert_eq!(pins.found_in(&opened), [""; 0]);

    let mut kept_sealed = Needles::default();
    let (texts, mails) = world.stage.letters(PHONE, MAIL);
    let codes =
        texts.iter().chain(&mails).filter(|text| text.contains("確認コード")).map(|text| code_in(text));
    for code in codes.collect::<Vec<_>>() {
        kept_sealed.guessable("a code", &code);
    }
    kept_sealed.plain("a session's token", &hanako.token);
    kept_sealed.guessable("a phone", PHONE);
    kept_sealed.guessable("an address", MAIL);
    let id = terms::LinkId::parse(linked["link"]["id"].as_str().unwrap()).unwrap();
    let link = world.stage.teller.store().read(|shelf| look::link_of(shelf, id)).unwrap().unwrap();
    kept_sealed.guessable("the account at the bank", &link.account);
    kept_sealed.plain("the grant of the bank", link.refresh_token.expose());
    kept_sealed.plain("the holder", "ヤマダ");
    kept_sealed.plain("the holder as written", "山田");
    assert_eq!(kept_sealed.found_in(&closed), [""; 0]);

    // And the look would see it: one planted secret of each kind.
    tracing::debug!(typed = WRONG_PINS[0], "planted");
    std::fs::write(world.stage.folder.join("planted"), hanako.token.as_bytes()).unwrap();
    let (closed, _) = everything(&world, &hanako, &log);
    assert_eq!(pins.found_in(&closed), ["a wrong PIN: the log"]);
    assert_eq!(kept_sealed.found_in(&closed), ["a session's token: planted"]);
}
