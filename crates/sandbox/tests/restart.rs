//! The sandbox is killed, not stopped: what it answered is still so, and what it promised is done.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod at_bank;
mod stage;

use at_bank::{AtBank, payment_id};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

const FOLDER: &str = "SANDBOX_TEST_FOLDER";

fn settings(data: &Path, public_url: String) -> sandbox::Settings {
    sandbox::Settings {
        data: data.to_owned(),
        public_url,
        client_id: stage::CLIENT.to_owned(),
        client_jwks_uri: "http://127.0.0.1:9/jwks".to_owned(),
        client_redirect_uris: Vec::new(),
        carrier_token: "carrier".to_owned(),
        shop_wallet_url: "http://127.0.0.1:9".to_owned(),
        shop_key: String::new(),
        shop_webhook_secret: String::new(),
    }
}

/// No test by itself: the process that [`Process::start`] starts, and kills; without its folder it does nothing.
#[tokio::test]
async fn the_process() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    println!("\nserves at {url} .");
    sandbox::serve(settings(Path::new(&folder), url), listener, std::future::pending()).await.unwrap();
}

/// A sandbox in a process of its own.
struct Process {
    child: Child,
    url: String,
    http: reqwest::Client,
}

impl Process {
    async fn start(data: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["the_process", "--exact", "--nocapture"])
            .env(FOLDER, data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.find_map(|line| line.unwrap().strip_prefix("serves at ").map(str::to_owned));
        let url = said.unwrap().trim_end_matches(" .").to_owned();
        // Whatever it says later must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let process = Self { child, url, http: reqwest::Client::new() };
        for _ in 0..100 {
            if process.http.get(format!("{}/healthz", process.url)).send().await.is_ok() {
                return process;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the sandbox does not answer at {}", process.url);
    }

    async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    async fn add_person(&self, number: u32) -> u16 {
        let person = json!({
            "name": format!("人 {number}"), "kana": "ヒト", "birth_date": "2000-01-01", "phone": format!("080{number:08}"),
            "mail": "p@example.jp",
        });
        let request = self.http.post(format!("{}/control/people", self.url)).json(&person);
        request.send().await.map_or(0, |answer| answer.status().as_u16())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing can be written on the way out.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn folder() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("sandbox-restart-{}", at_bank::once()))
}

// promise: P2
#[tokio::test]
async fn what_was_answered_survives_kill_9() {
    let data = folder();
    let (mut answered, mut keys) = (0, Vec::new());
    for round in 0..3 {
        let process = Process::start(&data).await;
        let people = process.get("/control/people").await;
        let known = people["people"].as_array().unwrap().len();
        // One more than was answered may be there: the one whose answer the kill took.
        assert!((12 + answered..=12 + answered + round).contains(&known), "{known} after {answered} answers");
        for person in people["people"].as_array().unwrap().iter().skip(12) {
            assert_eq!(person["bank_accounts"].as_array().unwrap().len(), 35, "all of it or nothing");
        }
        keys.push(process.get("/banks/0001/jwks").await);
        assert_eq!(keys[0], keys[round], "a bank keeps its key");
        for number in 0..4 {
            assert_eq!(process.add_person(number).await, 201);
            answered += 1;
        }
        let (http, url) = (process.http.clone(), process.url.clone());
        let in_flight = tokio::spawn(async move {
            let person = json!({
                "name": "人", "kana": "ヒト", "birth_date": "2000-01-01", "phone": "08000000000", "mail": "p@example.jp",
            });
            http.post(format!("{url}/control/people")).json(&person).send().await.is_ok()
        });
        tokio::time::sleep(Duration::from_millis(3)).await;
        drop(process);
        answered += usize::from(in_flight.await.unwrap());
    }
    std::fs::remove_dir_all(data).unwrap();
}

/// Kept payments, links and a late booking, made in this process; then read by another.
#[tokio::test]
async fn books_links_and_promises_are_taken_up_again() {
    let mut bank = AtBank::new("0001").await;
    let link = bank.link("hanako").await;
    let (early, late) = (payment_id(), payment_id());
    let booked = bank.book(&link, &early, "debit", 5_000).await;
    assert_eq!(booked.status, 201);
    bank.vice("books_late", 60).await;
    assert_eq!(bank.book(&link, &late, "debit", 3_000).await.status, 202);
    let before = (bank.books().await, bank.account("hanako").await);

    bank.restart().await;
    assert_eq!((bank.books().await, bank.account("hanako").await), before);
    let again = bank.book(&link, &early, "debit", 5_000).await;
    assert_eq!((again.status, again.json()), (200, booked.json()), "token, nonce and id are still good");
    assert_eq!(bank.inquire(&link, &late).await.json()["status"], "pending");

    // A minute passes while it is down.
    bank.meddle("UPDATE bank_payments SET due_at = due_at - 60 WHERE status = 'pending'");
    bank.restart().await;
    for _ in 0..50 {
        if bank.inquire(&link, &late).await.json()["status"] == "booked" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(bank.settlement().await, 8_000, "it was booked once, after the restart");
    assert_eq!(bank.token(&bank.refresh_form(&link.refresh)).await.status, 200);
}

/// What the sandbox says when it cannot begin.
async fn complaint(data: &Path) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = sandbox::serve(settings(data, "http://x".to_owned()), listener, std::future::ready(()));
    served.await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_file_that_does_not_fit_gets_one_clear_line_and_stays_as_it_is() {
    let data = folder();
    std::fs::create_dir_all(&data).unwrap();
    let file = data.join("sandbox.sqlite");
    for version in [0, 99] {
        let other = rusqlite::Connection::open(&file).unwrap();
        other
            .execute_batch(&format!("CREATE TABLE IF NOT EXISTS t (x); PRAGMA user_version = {version}"))
            .unwrap();
        drop(other);
        let before = std::fs::read(&file).unwrap();
        let said = complaint(&data).await;
        assert!(std::fs::read(&file).unwrap() == before, "version {version} is touched");
        assert!(said.contains("sandbox.sqlite") && said.contains(&version.to_string()), "{said}");
        assert!(said.contains("move the file away") && !said.contains('\n'), "{said}");
    }
    std::fs::write(&file, "this is no database, and it is longer than a header of SQLite is".repeat(4))
        .unwrap();
    assert!(complaint(&data).await.contains("not a database"));
    std::fs::remove_file(&file).unwrap();
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::write(&data, "a file where the folder should be").unwrap();
    assert!(complaint(&data).await.contains("cannot be made"));
    std::fs::remove_file(&data).unwrap();
}

#[tokio::test]
async fn it_stops_within_its_patience_though_a_bank_hangs() {
    let mut bank = AtBank::new("0001").await;
    let link = bank.link("hanako").await;
    bank.vice("timeout_after_debit", 60).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    bank.stage.url = format!("http://{}", listener.local_addr().unwrap());
    let mut settings = settings(&bank.data, bank.stage.url.clone());
    settings.client_jwks_uri = format!("{}/jwks", bank.wallet);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(sandbox::serve(settings, listener, async { drop(stopped.await) }));
    let order = bank.order(&link, &payment_id(), "debit", 1_000).await;
    let hanging = tokio::spawn(order.send());
    for _ in 0..100 {
        if bank.settlement().await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(bank.settlement().await, 1_000, "it booked, and hangs");
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), served).await;
    assert!(ended.expect("it stops in ten seconds").unwrap().is_ok());
    hanging.abort();
}
