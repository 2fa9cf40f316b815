//! Notices at the sandbox's carrier: each id arrives once, and a refusal says whether repeating can help.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use couriers::NotDelivered;
use stage::pretend::{self, Does};
use stage::{Outside, couriers};
use terms::{Email, ErrandId, Phone, Secret};
use uuid::Uuid;

fn errand(number: u128) -> ErrandId {
    ErrandId::new(Uuid::from_u128(number))
}

// promise: P3
#[tokio::test]
async fn a_notice_arrives_once_however_often_it_is_handed_over() {
    let outside = Outside::start().await;
    let couriers = outside.couriers();
    let (phone, mailbox) = (Phone::parse("09012345678").unwrap(), Email::parse("a@example.jp").unwrap());
    for _ in 0..2 {
        assert_eq!(couriers.sms(errand(1), &phone, &Secret::new("認証コード: 123456")).await, Ok(()));
        assert_eq!(couriers.mail(errand(2), &mailbox, "お知らせ", &Secret::new("こんにちは")).await, Ok(()));
    }
    let texts = outside.read("/phones/09012345678/messages").await;
    let mails = outside.read("/mailboxes/a@example.jp/messages").await;
    assert_eq!(texts["messages"].as_array().unwrap().len(), 1);
    assert_eq!(texts["messages"][0]["text"], "認証コード: 123456");
    assert_eq!(mails["messages"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&mails["messages"][0]["subject"], &mails["messages"][0]["text"]),
        (&"お知らせ".into(), &"こんにちは".into())
    );
}

#[tokio::test]
async fn what_is_not_delivered_says_why() {
    let outside = Outside::start().await;
    let phone = Phone::parse("09012345678").unwrap();
    let stranger = couriers(&format!("{}/carrier", outside.url), "another-token", true);
    let refused = stranger.sms(errand(1), &phone, &Secret::new("x")).await;
    assert_eq!(refused, Err(NotDelivered::Status(401)));
    for text in [String::new(), "x".repeat(1_001)] {
        let refused = outside.couriers().sms(errand(1), &phone, &Secret::new(text)).await;
        assert_eq!(refused, Err(NotDelivered::NotANotice));
    }
    let mailbox = Email::parse("a@example.jp").unwrap();
    let two_lines = outside.couriers().mail(errand(1), &mailbox, "a\nBcc: b", &Secret::new("x")).await;
    assert_eq!(two_lines, Err(NotDelivered::NotANotice));

    let (listener, url) = pretend::listen().await;
    drop(listener);
    let nobody = couriers(&url, "t", true).sms(errand(1), &phone, &Secret::new("x")).await;
    assert_eq!(nobody, Err(NotDelivered::NoAnswer("no connection")));
    let (listener, url) = pretend::listen().await;
    pretend::serve(listener, |_, path, _| match path {
        "/slow/sms" => Does::SaysNothing,
        "/gone/sms" => Does::HangsUp,
        "/moved/sms" => Does::Answers(302, String::new()),
        _ => Does::Answers(503, String::new()),
    });
    for (path, expected, lasting) in [
        ("slow", NotDelivered::NoAnswer("the time limit passed"), false),
        ("gone", NotDelivered::NoAnswer("the connection broke"), false),
        ("moved", NotDelivered::Status(302), false),
        ("down", NotDelivered::Status(503), false),
    ] {
        let couriers = couriers(&format!("{url}/{path}/"), "t", true);
        let refused = couriers.sms(errand(1), &phone, &Secret::new("x")).await.unwrap_err();
        assert_eq!((refused.is_lasting(), refused), (lasting, expected), "{path}");
    }
    assert!(NotDelivered::Status(400).is_lasting() && !NotDelivered::Status(429).is_lasting());
}
