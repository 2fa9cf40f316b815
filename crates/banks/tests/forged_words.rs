//! A bank that says what it must not: each forged part of its word on a link is refused, and the grant given back.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use banks::{BankFault, Finish, WordWrong};
use jose::{SigningKey, TokenRefused, jwks, sign, state_hash};
use serde_json::{Value, json};
use stage::pretend::{self, Does};
use stage::{CLIENT, asked, bank, banks, key, now_s};
use std::sync::{Arc, Mutex};
use terms::Secret;

const STATE: &str = "the-state";

/// A word on a link before it is signed: what a test changes of it.
struct Word {
    typ: &'static str,
    claims: Value,
    answer: Value,
    /// Whether another key signs than the one that the bank publishes.
    by_another: bool,
}

impl Word {
    fn honest(issuer: &str) -> Self {
        let claims = json!({
            "iss": issuer, "aud": CLIENT, "iat": now_s(), "exp": now_s() + 300, "jti": "once",
            "state_hash": state_hash(STATE), "account_id": "acc-1", "account_masked": "普通 ***0001",
            "branch_name": "本店", "method": "online_banking_otp", "factors": ["password", "otp_app"],
            "holder_kana": "ヤマダ ハナコ", "birth_date": "1988-04-12", "depositor_notified": true,
        });
        let detail = json!({
            "type": "jp_account_link", "method": "online_banking_otp", "purpose": "wallet_charge",
            "per_debit_limit": 100_000, "per_day_limit": 300_000, "account_id": "acc-1",
        });
        let answer = json!({
            "access_token": "a", "token_type": "DPoP", "expires_in": 300, "refresh_token": "r",
            "authorization_details": [detail],
        });
        Self { typ: "link-attestation+jwt", claims, answer, by_another: false }
    }

    fn body(mut self, key: &SigningKey) -> String {
        let other = SigningKey::generate().unwrap();
        let key = if self.by_another { &other } else { key };
        self.answer["link_attestation"] = json!(sign(key, self.typ, &self.claims));
        self.answer.to_string()
    }
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer, "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"), "jwks_uri": format!("{issuer}/jwks"),
        "authorization_response_iss_parameter_supported": true, "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "dpop_signing_alg_values_supported": ["ES256"],
    })
}

/// What a finish against a bank that gives this word says, and how often the grant was given back.
async fn finish(change: impl FnOnce(&mut Word)) -> (Result<(), BankFault>, usize) {
    let (listener, url) = pretend::listen().await;
    let issuer = format!("{url}/banks/0001");
    let key = key();
    let mut word = Word::honest(&issuer);
    change(&mut word);
    let (word, published, about) =
        (word.body(&key), jwks(&[&key]).to_string(), metadata(&issuer).to_string());
    let revoked: Arc<Mutex<usize>> = Arc::default();
    let counted = Arc::clone(&revoked);
    pretend::serve(listener, move |_, path, body| match path {
        "/.well-known/oauth-authorization-server/banks/0001" => Does::Answers(200, about.clone()),
        "/banks/0001/jwks" => Does::Answers(200, published.clone()),
        "/banks/0001/token" => Does::Answers(200, word.clone()),
        "/banks/0001/revoke" if body.contains("token=r&") => {
            *counted.lock().unwrap() += 1;
            Does::Answers(200, String::new())
        }
        _ => Does::Answers(404, String::new()),
    });
    let banks = banks(&[("0001", issuer)], stage::key(), stage::key(), 2_000);
    let asked = asked("online_banking_otp", 100_000, 300_000);
    let (code, verifier, state) = (Secret::new("c"), Secret::new("v"), Secret::new(STATE));
    let finish = Finish { code: &code, verifier: &verifier, state: &state, asked: &asked };
    let outcome = banks.finish(bank("0001"), finish).await.map(|_| ());
    let revoked = *revoked.lock().unwrap();
    (outcome, revoked)
}

/// A change of the word, and why it must be refused.
type Forgery = (&'static str, fn(&mut Word), WordWrong);

// promise: P4
#[tokio::test]
async fn each_forged_part_is_refused() {
    assert_eq!(finish(|_| {}).await, (Ok(()), 0), "an honest word is taken");
    let forgeries: [Forgery; 25] = [
        ("typ", |w| w.typ = "JWT", WordWrong::Token(TokenRefused::WrongType)),
        ("key", |w| w.by_another = true, WordWrong::Token(TokenRefused::UnknownKey)),
        (
            "iss",
            |w| w.claims["iss"] = json!("https://elsewhere.example"),
            WordWrong::Token(TokenRefused::WrongIssuer),
        ),
        ("aud", |w| w.claims["aud"] = json!("another"), WordWrong::Token(TokenRefused::WrongAudience)),
        (
            "two aud",
            |w| w.claims["aud"] = json!([CLIENT, "another"]),
            WordWrong::Token(TokenRefused::WrongAudience),
        ),
        ("exp past", |w| w.claims["exp"] = json!(now_s() - 60), WordWrong::Token(TokenRefused::Expired)),
        (
            "no exp",
            |w| drop(w.claims.as_object_mut().unwrap().remove("exp")),
            WordWrong::Token(TokenRefused::WrongClaims),
        ),
        ("old", |w| w.claims["iat"] = json!(now_s() - 400), WordWrong::Token(TokenRefused::TooOld)),
        ("to come", |w| w.claims["iat"] = json!(now_s() + 60), WordWrong::Token(TokenRefused::NotYetValid)),
        ("state", |w| w.claims["state_hash"] = json!(state_hash("another")), WordWrong::State),
        ("method", |w| w.claims["method"] = json!("account_pin_2020"), WordWrong::Method),
        (
            "granted method",
            |w| w.answer["authorization_details"][0]["method"] = json!("account_pin_2020"),
            WordWrong::Method,
        ),
        (
            "granted type",
            |w| w.answer["authorization_details"][0]["type"] = json!("payment_initiation"),
            WordWrong::Method,
        ),
        ("no factor", |w| w.claims["factors"] = json!([]), WordWrong::Claim),
        ("a factor that is no code", |w| w.claims["factors"] = json!(["OTP <app>"]), WordWrong::Claim),
        ("no name", |w| w.claims["holder_kana"] = json!(""), WordWrong::Claim),
        ("a name in kanji", |w| w.claims["holder_kana"] = json!("山田 花子"), WordWrong::Claim),
        ("no such day", |w| w.claims["birth_date"] = json!("1988-02-30"), WordWrong::Claim),
        ("no account", |w| w.claims["account_id"] = json!(""), WordWrong::Claim),
        (
            "another account",
            |w| w.answer["authorization_details"][0]["account_id"] = json!("acc-2"),
            WordWrong::Account,
        ),
        (
            "more per debit",
            |w| w.answer["authorization_details"][0]["per_debit_limit"] = json!(100_001),
            WordWrong::Limits,
        ),
        (
            "more per day",
            |w| w.answer["authorization_details"][0]["per_day_limit"] = json!(300_001),
            WordWrong::Limits,
        ),
        (
            "nothing per day",
            |w| w.answer["authorization_details"][0]["per_day_limit"] = json!(0),
            WordWrong::Limits,
        ),
        ("no grant", |w| w.answer["authorization_details"] = json!([]), WordWrong::Limits),
        (
            "two grants",
            |w| {
                let one = w.answer["authorization_details"][0].clone();
                w.answer["authorization_details"] = json!([one, one]);
            },
            WordWrong::Limits,
        ),
    ];
    for (name, change, why) in forgeries {
        let refused = Err(BankFault::WordRefused { bank: bank("0001"), why });
        assert_eq!(finish(change).await, (refused, 1), "{name}");
    }
    let lower = finish(|w| w.answer["authorization_details"][0]["per_debit_limit"] = json!(1)).await;
    assert_eq!(lower, (Ok(()), 0), "the person may sign for less");
}

#[tokio::test]
async fn a_token_that_works_for_its_finder_is_refused() {
    let changes: [fn(&mut Word); 3] = [
        |w| w.answer["token_type"] = json!("Bearer"),
        |w| w.answer["refresh_token"] = json!(""),
        |w| w.answer["authorization_details"][0]["per_day_limit"] = json!(-1),
    ];
    for change in changes {
        let not_understood =
            BankFault::NotUnderstood { bank: bank("0001"), step: "token request", status: 200 };
        assert_eq!(finish(change).await.0, Err(not_understood));
    }
}

#[tokio::test]
async fn a_bank_that_is_another_or_too_weak_is_not_spoken_to() {
    let changes: [(&str, Value); 7] = [
        ("issuer", json!("http://127.0.0.1:1/banks/0001")),
        ("token_endpoint", json!("http://elsewhere.example/token")),
        ("jwks_uri", json!("ftp://localhost/jwks")),
        ("authorization_response_iss_parameter_supported", json!(false)),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("token_endpoint_auth_methods_supported", json!(["client_secret_basic"])),
        ("dpop_signing_alg_values_supported", json!([])),
    ];
    for (member, value) in changes {
        let (listener, url) = pretend::listen().await;
        let issuer = format!("{url}/banks/0001");
        let mut about = metadata(&issuer);
        about[member] = value;
        pretend::serve(listener, move |_, _, _| Does::Answers(200, about.to_string()));
        let banks = banks(&[("0001", issuer)], key(), key(), 2_000);
        let (state, asked) = (Secret::new(STATE), asked("online_banking_otp", 1, 1));
        let begin = banks::BeginConsent { asked: &asked, state: &state, challenge: "c" };
        let refused = banks.begin(bank("0001"), begin).await;
        let not_understood = BankFault::NotUnderstood { bank: bank("0001"), step: "discovery", status: 200 };
        assert_eq!(refused, Err(not_understood), "{member}");
    }
}
