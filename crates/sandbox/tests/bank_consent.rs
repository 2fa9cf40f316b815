//! A person at a bank: each method's pages in a browser, what the bank then vouches for, and every way to a no.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod at_bank;
mod stage;

use at_bank::{AtBank, STATE, sha256};
use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Value, json};
use stage::{BACK, CLIENT, Came, now_s};

/// What a page hides in its form.
fn flow_of(page: &Came) -> String {
    let (_, rest) = page.text.split_once("name=\"flow\" value=\"").unwrap_or_else(|| panic!("{}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

/// What the browser keeps: the pair before the attributes.
fn cookie_of(page: &Came) -> String {
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A person in front of a browser.
struct Person<'a> {
    bank: &'a AtBank,
    flow: String,
    cookie: String,
    account: Value,
    birth_date: String,
    kana: String,
}

impl<'a> Person<'a> {
    /// Follows the client to the first page.
    async fn arrive(bank: &'a AtBank, method: &str) -> (Self, Came) {
        let url = bank.begin(method).await;
        let page = bank.stage.send(bank.stage.http.get(url)).await;
        let account = bank.account("hanako").await;
        let (birth_date, kana) = ("1988-04-12".to_owned(), "ヤマダ ハナコ".to_owned());
        let (flow, cookie) = (flow_of(&page), cookie_of(&page));
        (Self { bank, flow, cookie, account, birth_date, kana }, page)
    }

    async fn send(&self, fields: &[(&str, &str)]) -> Came {
        let mut form = vec![("flow", self.flow.as_str())];
        form.extend_from_slice(fields);
        let url = format!("{}/authorize", self.bank.issuer());
        let http = &self.bank.stage.http;
        self.bank.stage.send(http.post(url).header("cookie", &self.cookie).form(&form)).await
    }

    /// Types all that any method asks on its first page.
    async fn sign_in(&self) -> Came {
        let (account, of) = (&self.account, |name: &str| text(&self.account[name]));
        assert_eq!(account["bank"], self.bank.code);
        let fields = ["login", "password", "branch", "number", "pin"].map(|name| (name, of(name)));
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend([("birth_date", self.birth_date.as_str()), ("name", self.kana.as_str())]);
        self.send(&fields).await
    }

    /// The six digits that came to the registered phone.
    async fn otp(&self) -> String {
        let newest = self.bank.texts("hanako").await.swap_remove(0);
        newest.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned()
    }
}

fn step(page: &Came, step: &str) {
    page.has(&[&format!("data-step=\"{step}\"")]);
    assert_eq!(page.status, 200);
}

const METHODS: [(&str, &str, &[&str]); 5] = [
    ("0001", "online_banking_otp", &["password", "otp_app"]),
    ("0035", "registered_phone_sms", &["account_number", "birth_date", "pin", "otp_registered_phone"]),
    ("0168", "registered_phone_call", &["account_number", "birth_date", "pin", "otp_registered_phone_call"]),
    ("0125", "account_pin_2020", &["account_number", "name", "pin"]),
    ("0168", "account_pin_birth_2020", &["account_number", "name", "pin", "birth_date"]),
];

#[tokio::test]
async fn each_method_asks_what_it_vouches_for() {
    for (code, method, factors) in METHODS {
        let bank = AtBank::new(code).await;
        let (person, page) = Person::arrive(&bank, method).await;
        step(&page, "login");
        let has_otp = factors.iter().any(|factor| factor.starts_with("otp_"));
        for (field, asked) in [
            ("password", factors.contains(&"password")),
            ("number", factors.contains(&"account_number")),
            ("name", factors.contains(&"name")),
            ("pin", factors.contains(&"pin")),
            ("birth_date", factors.contains(&"birth_date")),
        ] {
            assert_eq!(page.text.contains(&format!("<input name=\"{field}\"")), asked, "{method}: {field}");
        }
        let before = bank.texts("hanako").await.len();
        let mut page = person.sign_in().await;
        assert_eq!(bank.texts("hanako").await.len() - before, usize::from(has_otp), "{method}");
        if has_otp {
            step(&page, "otp");
            page = person.send(&[("otp", &person.otp().await)]).await;
        }
        step(&page, "consent");
        page.has(&["¥100,000", "¥300,000", CLIENT, "普通 ***", "ウォレットへのチャージ"]);
        let back = person.send(&[("say", "yes")]).await;
        assert_eq!(back.status, 303, "{method}: {}", back.text);
        assert!(back.location.starts_with(&format!("{BACK}?")), "{}", back.location);
        assert_eq!((back.query("state"), back.query("iss")), (STATE.to_owned(), bank.issuer()));

        let came = bank.token(&bank.code_form(&back.query("code"))).await;
        let answer = came.json();
        let claims = attested(&bank, &answer).await;
        assert_eq!(claims["factors"], json!(factors), "{method}");
        assert_eq!(claims["method"], method);
        assert!(bank.texts("hanako").await[0].contains("登録されました"), "the depositor is told");
    }
}

/// The claims of a link attestation, read by the bank's published key.
async fn attested(bank: &AtBank, answer: &Value) -> Value {
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[CLIENT]);
    rules.set_issuer(&[bank.issuer()]);
    let token = text(&answer["link_attestation"]);
    let (header, claims) =
        bank.stage.read(&format!("/banks/{}/jwks", bank.code), &token, &rules).await.unwrap();
    assert_eq!(header.typ.as_deref(), Some("link-attestation+jwt"));
    claims
}

#[tokio::test]
async fn the_attestation_says_whose_account_it_is_and_what_was_granted() {
    let bank = AtBank::new("0001").await;
    let (first, again) = (bank.link("hanako").await, bank.link("hanako").await);
    assert_eq!(first.account_id, again.account_id, "an account keeps its name");
    assert_ne!(first.account_id, bank.link("taro").await.account_id);
    let granted = json!([{
        "type": "jp_account_link", "method": "online_banking_otp", "purpose": "wallet_charge",
        "per_debit_limit": 100_000, "per_day_limit": 300_000, "account_id": first.account_id,
    }]);
    assert_eq!(first.answer["authorization_details"], granted);
    assert_eq!((&first.answer["token_type"], &first.answer["expires_in"]), (&json!("DPoP"), &json!(300)));
    let claims = attested(&bank, &first.answer).await;
    let number = text(&bank.account("hanako").await["number"]);
    let expected = json!({
        "state_hash": sha256(STATE), "account_id": first.account_id, "holder_kana": "ヤマダ ハナコ",
        "birth_date": "1988-04-12", "depositor_notified": true,
        "account_masked": format!("普通 ***{}", &number[3..]),
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&claims[name], value, "{name}");
    }
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!(life == 300 && (claims["iat"].as_i64().unwrap() - now_s()).abs() < 30);
    assert!(!text(&claims["branch_name"]).is_empty() && !text(&claims["jti"]).is_empty());
    assert!(!first.answer.to_string().contains(&number), "the number itself is not told");
    assert_ne!(attested(&bank, &again.answer).await["jti"], claims["jti"]);
}

#[tokio::test]
async fn a_person_may_say_no_on_every_page_and_silence_is_no_yes() {
    let bank = AtBank::new("0001").await;
    for pages in 0..3 {
        let (person, _) = Person::arrive(&bank, "online_banking_otp").await;
        if pages > 0 {
            step(&person.sign_in().await, "otp");
        }
        if pages > 1 {
            step(&person.send(&[("otp", &person.otp().await)]).await, "consent");
            step(&person.send(&[]).await, "consent");
            step(&person.send(&[("say", "perhaps")]).await, "consent");
        }
        let back = person.send(&[("say", "no")]).await;
        assert_eq!((back.status, back.query("error").as_str()), (303, "access_denied"), "page {pages}");
        assert_eq!((back.query("state"), back.query("iss")), (STATE.to_owned(), bank.issuer()));
        assert_eq!(back.query("code"), "");
        assert_eq!(person.send(&[("say", "yes")]).await.status, 410, "it is over");
    }
}

#[tokio::test]
async fn a_sign_in_goes_on_only_in_the_browser_that_began_it() {
    let bank = AtBank::new("0001").await;
    let (mut person, page) = Person::arrive(&bank, "online_banking_otp").await;
    let (own, stranger) = (person.cookie.clone(), format!("bank_browser={}", "x".repeat(43)));
    let other = Person::arrive(&bank, "online_banking_otp").await.0;
    let url = format!("{}/authorize?flow={}", bank.issuer(), person.flow);
    for cookie in ["", "bank_browser=", &stranger, &other.cookie] {
        let looked = bank.stage.send(bank.stage.http.get(&url).header("cookie", cookie)).await;
        assert_eq!((looked.status, looked.text.contains("data-step")), (403, false), "{cookie}");
        person.cookie = cookie.to_owned();
        for _ in 0..3 {
            assert_eq!(
                person.send(&[("login", "nobody"), ("password", "wrong")]).await.status,
                403,
                "{cookie}"
            );
        }
        assert_eq!(person.sign_in().await.status, 403, "{cookie}");
        assert_eq!(person.send(&[("say", "no")]).await.status, 403, "{cookie}");
    }
    person.cookie = format!("theme=dark; {own}");
    step(&page, "login");
    step(&person.sign_in().await, "otp");
    let second = bank.begin("online_banking_otp").await;
    let second = bank.stage.send(bank.stage.http.get(second).header("cookie", &own)).await;
    assert_eq!(cookie_of(&second), own, "a second tab takes nothing from the first");
    step(&person.send(&[("otp", &person.otp().await)]).await, "consent");
}

#[tokio::test]
async fn three_wrong_tries_end_a_page() {
    let bank = AtBank::new("0001").await;
    let login = text(&bank.account("hanako").await["login"]);
    for (what, fields) in [
        ("password", vec![("login", login.as_str()), ("password", "wrong")]),
        ("unknown login", vec![("login", "nobody"), ("password", "wrong")]),
    ] {
        let (person, _) = Person::arrive(&bank, "online_banking_otp").await;
        for _ in 0..2 {
            let page = person.send(&fields).await;
            step(&page, "login");
            page.has(&["role=\"alert\""]);
        }
        let back = person.send(&fields).await;
        assert_eq!((back.status, back.query("error").as_str()), (303, "access_denied"), "{what}");
    }
    let (person, _) = Person::arrive(&bank, "online_banking_otp").await;
    person.send(&[("login", "nobody"), ("password", "wrong")]).await;
    step(&person.sign_in().await, "otp");
    let right = person.otp().await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..2 {
        step(&person.send(&[("otp", wrong)]).await, "otp");
    }
    assert_eq!(person.send(&[("otp", wrong)]).await.query("error"), "access_denied");
    assert_eq!(person.send(&[("otp", &right)]).await.status, 410, "the right code comes too late");
}

#[tokio::test]
async fn wrong_pins_lock_the_account_over_all_requests_and_a_success_forgets_them() {
    let bank = AtBank::new("0168").await;
    let method = "account_pin_birth_2020";
    let failures = |count: i64| {
        let connection = rusqlite::Connection::open(bank.data.join("sandbox.sqlite")).unwrap();
        let sql = "SELECT pin_failures FROM bank_accounts WHERE bank = '0168' AND person = 'hanako'";
        let found: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(found, count);
    };
    let wrong_pin = async || {
        let (mut person, _) = Person::arrive(&bank, method).await;
        let pin = text(&person.account["pin"]);
        person.account["pin"] = json!(if pin == "0000" { "0001" } else { "0000" });
        step(&person.sign_in().await, "login");
    };
    wrong_pin().await;
    wrong_pin().await;
    failures(2);
    let (mut other_day, _) = Person::arrive(&bank, method).await;
    other_day.birth_date = "1988-04-13".to_owned();
    step(&other_day.sign_in().await, "login");
    failures(2);
    let (right, _) = Person::arrive(&bank, method).await;
    step(&right.sign_in().await, "consent");
    failures(0);
    for _ in 0..3 {
        wrong_pin().await;
    }
    failures(3);
    let (right, _) = Person::arrive(&bank, method).await;
    step(&right.sign_in().await, "login");
    // Another method of the same bank asks the same card's PIN.
    let (right, _) = Person::arrive(&bank, "registered_phone_call").await;
    step(&right.sign_in().await, "login");
}

#[tokio::test]
async fn a_name_is_kana_with_or_without_its_space() {
    let bank = AtBank::new("0125").await;
    for (kana, expected) in
        [("ヤマダハナコ", "consent"), ("ヤマダ　ハナコ", "consent"), ("スズキ タロウ", "login")]
    {
        let (mut person, _) = Person::arrive(&bank, "account_pin_2020").await;
        person.kana = kana.to_owned();
        step(&person.sign_in().await, expected);
    }
}

#[tokio::test]
async fn pages_speak_both_languages_and_run_nothing() {
    let bank = AtBank::new("0001").await;
    let url = bank.begin("online_banking_otp").await;
    let page = bank.stage.send(bank.stage.http.get(format!("{url}&lang=en"))).await;
    page.has(&["Mizuho Bank", "lang=\"en\"", ">Stop</button>", "name=\"viewport\""]);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    for word in ["<script", "style=", "onclick", "<style"] {
        assert!(!page.text.contains(word), "{word}");
    }
    let flow = flow_of(&page);
    let cookie = page
        .headers
        .get_all("set-cookie")
        .iter()
        .find_map(|set| set.to_str().ok()?.split(';').next())
        .unwrap();
    let again = format!("{}/authorize?flow={flow}&lang=ja", bank.issuer());
    let again = bank.stage.send(bank.stage.http.get(again).header("cookie", cookie)).await;
    again.has(&["みずほ銀行", ">やめる</button>"]);
    assert_eq!(
        bank.stage.get(&format!("/banks/0009/authorize?flow={flow}")).await.status,
        410,
        "another bank's"
    );
    let front = bank.stage.get("/?lang=en").await;
    front.has(&[
        "Mizuho Bank",
        "Japan Post Bank",
        "/control/banks/9900/books",
        "/shop",
        "/phones/09000000001",
    ]);
    assert_eq!(bank.stage.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_program_walks_the_same_pages() {
    let bank = AtBank::new("0035").await;
    for (method, say, wrong, expected) in [
        ("online_banking_otp", "yes", None, ""),
        ("registered_phone_sms", "yes", None, ""),
        ("online_banking_otp", "no", None, "access_denied"),
        ("online_banking_otp", "yes", Some("otp"), "access_denied"),
        ("registered_phone_sms", "yes", Some("otp"), "access_denied"),
        ("online_banking_otp", "yes", Some("pin"), "access_denied"),
        ("registered_phone_sms", "yes", Some("pin"), "access_denied"),
        ("registered_phone_sms", "yes", None, "access_denied"),
    ] {
        let came = bank.stage.walk(&bank.begin(method).await, "taro", say, wrong).await;
        assert_eq!(came.query("error"), expected, "{method} {say} {wrong:?}: {}", came.text);
        assert_eq!(came.query("code").is_empty(), !expected.is_empty());
        assert_eq!((came.query("state"), came.query("iss")), (STATE.to_owned(), bank.issuer()));
    }
    let url = bank.begin("online_banking_otp").await;
    for (person, say, wrong) in
        [("nobody", "yes", None), ("taro", "maybe", None), ("taro", "yes", Some("face"))]
    {
        assert_eq!(bank.stage.walk(&url, person, say, wrong).await.status, 400, "{person} {say} {wrong:?}");
    }
}

#[tokio::test]
async fn a_stranger_has_an_account_with_a_million_at_every_bank() {
    let bank = AtBank::new("9900").await;
    let new = json!({
        "name": "森 一", "kana": "モリ ハジメ", "birth_date": "1970-02-28", "phone": "08012345678",
        "mail": "mori@example.jp",
    });
    let url = format!("{}/control/people", bank.stage.url);
    let came = bank.stage.send(bank.stage.http.post(&url).json(&new)).await;
    let person = came.json();
    let accounts = person["bank_accounts"].as_array().unwrap();
    assert_eq!((came.status, accounts.len()), (201, 35));
    assert!(accounts.iter().all(|account| account["balance"] == 1_000_000));
    let link = bank.link(&text(&person["id"])).await;
    assert_eq!(attested(&bank, &link.answer).await["holder_kana"], "モリ ハジメ");
    for (name, value) in
        [("birth_date", "1970-02-30"), ("phone", "110"), ("kana", ""), ("name", &"森".repeat(61))]
    {
        let mut bad = new.clone();
        bad[name] = json!(value);
        let came = bank.stage.send(bank.stage.http.post(&url).json(&bad)).await;
        assert_eq!(came.status, 400, "{name}");
        came.has(&[name]);
    }
}
