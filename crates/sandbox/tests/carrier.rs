//! The carrier over HTTP: one id is delivered once, to whom it names, and only for who has the token.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use serde_json::{Value, json};
use stage::{CARRIER_TOKEN, Stage};

async fn hand_over(stage: &Stage, kind: &str, token: &str, body: &Value) -> u16 {
    let request = stage.http.post(format!("{}/carrier/{kind}", stage.url)).bearer_auth(token).json(body);
    stage.send(request).await.status
}

async fn texts(stage: &Stage, path: &str) -> Vec<String> {
    let came = stage.get(&format!("{path}/messages")).await.json();
    let messages = came["messages"].as_array().unwrap();
    messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_id_is_delivered_once_and_the_newest_is_first() {
    let stage = Stage::start().await;
    let sms = |id: &str, text: &str| json!({ "id": id, "to": "09012345678", "text": text });
    for (id, text, status) in
        [("1", "first", 202), ("2", "second", 202), ("1", "first", 200), ("3", "third", 202)]
    {
        assert_eq!(hand_over(&stage, "sms", CARRIER_TOKEN, &sms(id, text)).await, status, "{id}");
    }
    assert_eq!(texts(&stage, "/phones/09012345678").await, ["third", "second", "first"]);
    assert!(texts(&stage, "/phones/09087654321").await.is_empty());

    let mail = json!({ "id": "4", "to": "a@example.jp", "subject": "件名", "text": "本文" });
    assert_eq!(hand_over(&stage, "mail", CARRIER_TOKEN, &mail).await, 202);
    let came = stage.get("/mailboxes/a@example.jp/messages").await.json();
    let message = &came["messages"][0];
    assert_eq!(
        [&message["from"], &message["subject"], &message["text"], &message["id"]],
        ["Tsugime", "件名", "本文", "4"]
    );
    assert!(message["at"].is_i64());
}

#[tokio::test]
async fn many_at_once_with_one_id_are_one_message() {
    let stage = Stage::start().await;
    let body = json!({ "id": "same", "to": "09012345678", "text": "once" });
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let request = stage.http.post(format!("{}/carrier/sms", stage.url));
        all.spawn(request.bearer_auth(CARRIER_TOKEN).json(&body).send());
    }
    let statuses = all.join_all().await.into_iter().map(|came| came.unwrap().status().as_u16());
    assert_eq!(statuses.filter(|status| *status == 202).count(), 1);
    assert_eq!(texts(&stage, "/phones/09012345678").await, ["once"]);
}

#[tokio::test]
async fn without_the_token_nothing_is_delivered() {
    let stage = Stage::start().await;
    let body = json!({ "id": "1", "to": "09012345678", "text": "x" });
    let longer = format!("{CARRIER_TOKEN}x");
    for token in ["", "another", &CARRIER_TOKEN[1..], &longer] {
        assert_eq!(hand_over(&stage, "sms", token, &body).await, 401, "{token:?}");
    }
    let bare = stage.http.post(format!("{}/carrier/sms", stage.url)).json(&body);
    assert_eq!(stage.send(bare).await.status, 401);
    let basic = stage.http.post(format!("{}/carrier/sms", stage.url)).header("authorization", CARRIER_TOKEN);
    assert_eq!(stage.send(basic.json(&body)).await.status, 401);
    assert!(texts(&stage, "/phones/09012345678").await.is_empty());

    let open = Stage::start_with(|settings| settings.carrier_token.clear()).await;
    assert_eq!(hand_over(&open, "sms", "", &body).await, 401, "an empty setting lets nobody in");
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let stage = Stage::start().await;
    let long = "長".repeat(1_001);
    let sms = json!({ "id": "1", "to": "09012345678", "text": "x" });
    let mail = json!({ "id": "1", "to": "a@example.jp", "subject": "s", "text": "x" });
    let cases = [
        ("sms", &sms, "id", json!("")),
        ("sms", &sms, "id", json!("x".repeat(201))),
        ("sms", &sms, "to", json!("090-1234-5678")),
        ("sms", &sms, "to", json!("a@example.jp")),
        ("sms", &sms, "to", json!("1")),
        ("sms", &sms, "text", json!("")),
        ("sms", &sms, "text", json!(long)),
        ("sms", &sms, "text", json!(7)),
        ("sms", &sms, "subject", json!("s")),
        ("mail", &mail, "to", json!("09012345678")),
        ("mail", &mail, "to", json!("@example.jp")),
        ("mail", &mail, "to", json!("a @example.jp")),
        ("mail", &mail, "subject", json!("")),
        ("mail", &mail, "subject", json!("two\r\nlines")),
        ("mail", &mail, "subject", json!("x".repeat(201))),
        ("mail", &mail, "subject", Value::Null),
        ("mail", &mail, "html", json!("<p>")),
    ];
    for (kind, good, name, value) in cases {
        let mut body = good.clone();
        body[name] = value;
        assert_eq!(hand_over(&stage, kind, CARRIER_TOKEN, &body).await, 400, "{kind} {name}");
    }
    let huge = json!({ "id": "1", "to": "09012345678", "text": "x".repeat(70_000) });
    assert_eq!(hand_over(&stage, "sms", CARRIER_TOKEN, &huge).await, 413);
    assert_eq!(hand_over(&stage, "sms", CARRIER_TOKEN, &sms).await, 202, "no refusal used the id up");
}

#[tokio::test]
async fn the_pages_look_again_by_themselves_and_run_nothing() {
    let stage = Stage::start().await;
    let text = "<script>alert(1)</script>\n確認番号 123456";
    let sms = json!({ "id": "1", "to": "09012345678", "text": text });
    let mail = json!({ "id": "2", "to": "a@example.jp", "subject": "<b>s</b>", "text": text });
    assert_eq!(hand_over(&stage, "sms", CARRIER_TOKEN, &sms).await, 202);
    assert_eq!(hand_over(&stage, "mail", CARRIER_TOKEN, &mail).await, 202);
    for path in ["/phones/09012345678", "/mailboxes/a@example.jp"] {
        for (lang, word) in [("ja", "3 秒ごとに更新します"), ("en", "every 3 seconds")] {
            let page = stage.get(&format!("{path}?lang={lang}")).await;
            page.has(&[word, "http-equiv=\"refresh\" content=\"3\"", "確認番号 123456", "Tsugime"]);
            assert!(!page.text.contains("<script") && !page.text.contains("<b>"), "{}", page.text);
            let policy = page.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            let cookie = page.headers["set-cookie"].to_str().unwrap();
            assert!(cookie.starts_with(&format!("sandbox_lang={lang};")), "{cookie}");
        }
    }
}
