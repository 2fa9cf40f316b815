//! The stream of events: live, resumed, for one customer only, and not without end.

use crate::stage::{Stage, token};
use axum::{
    body::{Body, BodyDataStream},
    http::{Request, header},
};
use futures_util::StreamExt;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

async fn open(stage: &Stage, number: u8, path: &str, last: Option<&str>) -> (u16, BodyDataStream) {
    let mut request =
        Request::builder().uri(path).header(header::AUTHORIZATION, format!("Bearer {}", token(number)));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = stage.send(request.body(Body::empty()).unwrap()).await;
    (response.status().as_u16(), response.into_body().into_data_stream())
}

/// The next event: its number, kind and body.
async fn next(stream: &mut BodyDataStream) -> (i64, String, serde_json::Value) {
    let chunk = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.expect("in time");
    let text = String::from_utf8(chunk.expect("an event").expect("a whole one").to_vec()).unwrap();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).trim().to_owned()
    };
    (field("id").parse().unwrap(), field("event"), serde_json::from_str(&field("data")).unwrap())
}

#[tokio::test]
async fn events_come_live_and_again_after_a_number() {
    let stage = Stage::new().await;
    let (_, mut payer) = open(&stage, 1, "/v1/events", None).await;
    let (_, mut payee) = open(&stage, 2, "/v1/events", None).await;
    for amount in [100, 200] {
        let body = json!({ "id": Uuid::now_v7(), "to": { "handle": "person2" }, "amount": amount });
        stage.post("/v1/transfers", &token(1), &body).await.expect(201);
    }
    let (first, kind, body) = next(&mut payer).await;
    assert_eq!((kind.as_str(), &body["amount"]), ("payment.completed", &json!(100)));
    let (second, _, body) = next(&mut payer).await;
    assert_eq!((second > first, &body["amount"]), (true, &json!(200)));
    assert_eq!(next(&mut payee).await.1, "payment.received");
    let after = first.to_string();
    let query = format!("/v1/events?after={first}");
    for (path, last) in [("/v1/events", Some(after.as_str())), (query.as_str(), None)] {
        let (_, mut resumed) = open(&stage, 1, path, last).await;
        assert_eq!(next(&mut resumed).await.0, second, "{path}");
    }
    let (_, mut all) = open(&stage, 1, "/v1/events?after=0", None).await;
    assert_eq!((next(&mut all).await.0, next(&mut all).await.0), (first, second));
}

#[tokio::test]
async fn a_customer_has_at_most_six_streams() {
    let stage = Stage::new().await;
    let mut streams = Vec::new();
    for _ in 0..6 {
        let (status, stream) = open(&stage, 1, "/v1/events", None).await;
        assert_eq!(status, 200);
        streams.push(stream);
    }
    assert_eq!(open(&stage, 1, "/v1/events", None).await.0, 429);
    assert_eq!(open(&stage, 2, "/v1/events", None).await.0, 200);
    drop(streams);
    // A stream that was left is noticed by its task.
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if open(&stage, 1, "/v1/events", None).await.0 == 200 {
            return;
        }
    }
    panic!("the places were not given back");
}
