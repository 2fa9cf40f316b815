//! Debits and credits at banks that behave, and at banks that do not: each vice has its outcome, and money moves once.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use banks::{BankWord, Banks};
use engine::BankOutcome;
use engine::errand::{BankOrder, BankReason, Direction};
use serde_json::json;
use stage::outside::Outside;
use stage::pretend::{self, Does};
use stage::{asked, bank, banks, key};
use std::time::Duration;
use terms::{LinkId, PaymentId, Secret, Yen};
use uuid::Uuid;

const AT: &str = "0001";

fn order(number: u128, direction: Direction, amount: i64) -> BankOrder {
    BankOrder {
        payment: PaymentId::new(Uuid::from_u128(number)),
        link: LinkId::new(Uuid::from_u128(1)),
        bank: bank(AT),
        direction,
        amount: Yen::of(amount),
    }
}

fn debit(number: u128, amount: i64) -> BankOrder {
    order(number, Direction::Debit, amount)
}

async fn linked(answer_ms: u64) -> (Outside, BankWord) {
    let outside = Outside::start(&[AT], answer_ms).await;
    let word = outside.consent(bank(AT), &asked("online_banking_otp", 100_000, 300_000), "hanako").await;
    (outside, word)
}

async fn book(banks: &Banks, word: &BankWord, order: &BankOrder) -> BankOutcome {
    banks.book(order, &word.account, &word.refresh_token).await
}

fn is_booked(outcome: &BankOutcome) -> bool {
    matches!(outcome, BankOutcome::Booked { bank_reference } if !bank_reference.is_empty())
}

// promise: P3
#[tokio::test]
async fn an_order_is_booked_once_however_often_it_is_sent() {
    let (outside, word) = linked(5_000).await;
    let first = book(&outside.banks, &word, &debit(1, 5_000)).await;
    assert!(is_booked(&first), "{first:?}");
    assert_eq!(book(&outside.banks, &word, &debit(1, 5_000)).await, first);
    assert_eq!(outside.banks.inquire(&debit(1, 5_000), &word.refresh_token).await, first);
    assert_eq!(outside.books(AT).await, (1, 5_000));
    let other_content = book(&outside.banks, &word, &debit(1, 6_000)).await;
    assert_eq!(other_content, BankOutcome::NoAnswer, "the id stands for something else: doubt, not a guess");
    let back = order(2, Direction::Credit, 2_000);
    assert!(is_booked(&book(&outside.banks, &word, &back).await));
    assert_eq!(outside.books(AT).await, (2, 3_000));
    let never_seen = outside.banks.inquire(&debit(3, 1), &word.refresh_token).await;
    assert_eq!(never_seen, BankOutcome::Unknown);
}

#[tokio::test]
async fn a_refusal_names_its_reason_and_stays() {
    let (outside, word) = linked(5_000).await;
    let refused = |reason| BankOutcome::Refused { reason };
    let over = debit(1, 100_001);
    assert_eq!(book(&outside.banks, &word, &over).await, refused(BankReason::OverLimit));
    assert_eq!(book(&outside.banks, &word, &over).await, refused(BankReason::OverLimit));
    let told = outside.banks.inquire(&over, &word.refresh_token).await;
    assert_eq!(told, refused(BankReason::OverLimit));
    assert_eq!(outside.books(AT).await.1, 0);
}

// promise: P8
#[tokio::test]
async fn each_vice_has_its_outcome_and_the_inquiry_tells_the_truth() {
    let (outside, word) = linked(700).await;
    // One exchange before, so that what times out is the order and not the way to it.
    assert!(is_booked(&book(&outside.banks, &word, &debit(99, 1)).await));
    let outcome = BankOutcome::NoAnswer;
    let refused = BankOutcome::Refused { reason: BankReason::AccountClosed };
    for (number, vice, of_order, of_inquiry, moved) in [
        (1, "timeout_after_debit", Some(outcome.clone()), None, 1_000),
        (2, "timeout_before_debit", Some(outcome.clone()), Some(BankOutcome::Unknown), 0),
        (3, "lost_reply", Some(outcome.clone()), None, 1_000),
        (4, "answers_twice", None, None, 1_000),
        (5, "down", Some(outcome), Some(BankOutcome::Unknown), 0),
        (6, "refuses", Some(refused.clone()), Some(refused), 0),
    ] {
        let (order, before) = (debit(number, 1_000), outside.books(AT).await.1);
        outside.vice(AT, vice, 3).await;
        let booked = book(&outside.banks, &word, &order).await;
        let told = outside.banks.inquire(&order, &word.refresh_token).await;
        // Where the vice has no other outcome, the bank says that it is booked.
        assert!(
            of_order.as_ref().map_or_else(|| is_booked(&booked), |expected| *expected == booked),
            "{vice}: {booked:?}"
        );
        assert!(
            of_inquiry.as_ref().map_or_else(|| is_booked(&told), |expected| *expected == told),
            "{vice}: {told:?}"
        );
        assert_eq!(outside.books(AT).await.1 - before, moved, "{vice}");
        // P8: the same id again never moves more than once.
        let again = book(&outside.banks, &word, &order).await;
        let moved_once = if vice == "refuses" { 0 } else { 1_000 };
        assert_eq!(outside.books(AT).await.1 - before, moved_once, "{vice}: {again:?}");
    }
}

#[tokio::test]
async fn a_bank_that_books_late_calls_back_and_only_it_is_believed() {
    let (outside, word) = linked(5_000).await;
    outside.vice(AT, "books_late", 1).await;
    let order = debit(1, 4_000);
    assert_eq!(book(&outside.banks, &word, &order).await, BankOutcome::Pending);
    assert_eq!(outside.banks.inquire(&order, &word.refresh_token).await, BankOutcome::Pending);
    let mut pushed = Vec::new();
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        pushed = outside.pushed.lock().unwrap().clone();
        if !pushed.is_empty() {
            break;
        }
    }
    let (path, token) = pushed.first().expect("the bank calls back");
    assert_eq!(path, "/v1/bank-callbacks/0001");
    let (payment, outcome) = outside.banks.verify_callback(bank(AT), token).await.unwrap();
    assert_eq!(payment, order.payment);
    assert!(is_booked(&outcome), "{outcome:?}");
    assert_eq!(outside.banks.inquire(&order, &word.refresh_token).await, outcome);

    // The same words, but a letter of them or of the signature changed, or said in another bank's name.
    let mut forged: Vec<String> = Vec::new();
    for part in 0..3 {
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let letter = if parts[part].starts_with('A') { "B" } else { "A" };
        parts[part].replace_range(0..1, letter);
        forged.push(parts.join("."));
    }
    for forged in forged {
        assert!(outside.banks.verify_callback(bank(AT), &forged).await.is_err(), "{forged}");
    }
    let issuers = [("0009", format!("{}/banks/0009", outside.url))];
    let of_another = banks(&issuers, key(), key(), 5_000);
    assert!(of_another.verify_callback(bank("0009"), token).await.is_err());
    assert!(of_another.verify_callback(bank(AT), token).await.is_err(), "a bank that is not in the settings");
}

#[tokio::test]
async fn after_the_end_of_a_link_nothing_moves_and_a_doubt_stays_a_doubt() {
    let (outside, word) = linked(5_000).await;
    let earlier = debit(1, 5_000);
    assert!(is_booked(&book(&outside.banks, &word, &earlier).await));
    let link = earlier.link;
    assert_eq!(outside.banks.end_link(bank(AT), link, &word.refresh_token).await, Ok(()));
    assert_eq!(outside.banks.end_link(bank(AT), link, &word.refresh_token).await, Ok(()), "twice is once");
    let ended = BankOutcome::Refused { reason: BankReason::LinkEnded };
    assert_eq!(book(&outside.banks, &word, &debit(2, 1)).await, ended);
    // It was booked; that the bank tells us nothing any more must not look like a refusal.
    assert_eq!(outside.banks.inquire(&earlier, &word.refresh_token).await, BankOutcome::NoAnswer);
    assert_eq!(outside.books(AT).await, (1, 5_000));
}

#[tokio::test]
async fn a_token_that_is_bound_to_another_key_moves_nothing() {
    let (outside, word) = linked(5_000).await;
    let issuers = [(AT, format!("{}/banks/{AT}", outside.url))];
    let thief = banks(&issuers, key(), key(), 5_000);
    let outcome = book(&thief, &word, &debit(1, 5_000)).await;
    assert_eq!(outcome, BankOutcome::NotSent);
    assert_eq!(outside.books(AT).await, (0, 0));
}

/// A bank whose way to an order works, and whose answer to the order itself a test makes up.
async fn at_pretended(answer: impl Fn() -> Does + Send + Sync + 'static) -> BankOutcome {
    let (listener, url) = pretend::listen().await;
    let issuer = format!("{url}/banks/0001");
    let about = json!({
        "issuer": issuer, "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"), "jwks_uri": format!("{issuer}/jwks"),
        "authorization_response_iss_parameter_supported": true, "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "dpop_signing_alg_values_supported": ["ES256"],
    });
    let token = json!({"access_token": "a", "token_type": "DPoP", "expires_in": 300}).to_string();
    pretend::serve(listener, move |_, path, _| match path {
        "/.well-known/oauth-authorization-server/banks/0001" => Does::Answers(200, about.to_string()),
        "/banks/0001/token" => Does::Answers(200, token.clone()),
        _ => answer(),
    });
    let banks = banks(&[(AT, issuer)], key(), key(), 500);
    banks.book(&debit(1, 5_000), "acc-1", &Secret::new("r")).await
}

// promise: P8
#[tokio::test]
async fn what_was_sent_is_in_doubt_and_what_was_not_sent_is_not() {
    assert_eq!(at_pretended(|| Does::HangsUp).await, BankOutcome::NoAnswer);
    assert_eq!(at_pretended(|| Does::SaysNothing).await, BankOutcome::NoAnswer);
    assert_eq!(at_pretended(|| Does::Answers(500, String::new())).await, BankOutcome::NoAnswer);
    assert_eq!(at_pretended(|| Does::Answers(200, "{}".into())).await, BankOutcome::NoAnswer);
    assert_eq!(at_pretended(|| Does::Answers(401, "{}".into())).await, BankOutcome::NotSent);
    // Nobody listens: the port was free a moment ago.
    let (listener, url) = pretend::listen().await;
    drop(listener);
    let nobody = banks(&[(AT, format!("{url}/banks/{AT}"))], key(), key(), 500);
    let order = debit(1, 5_000);
    assert_eq!(nobody.book(&order, "acc-1", &Secret::new("r")).await, BankOutcome::NotSent);
    assert_eq!(nobody.inquire(&order, &Secret::new("r")).await, BankOutcome::NotSent);
    let elsewhere = BankOrder { bank: bank("0009"), ..order };
    assert_eq!(nobody.book(&elsewhere, "acc-1", &Secret::new("r")).await, BankOutcome::NotSent);
}
