//! The staff's stream: stops, resumes and changes of the staff as they happen, resumed where it was cut.

use crate::{
    people::{asks, confirms, joins, stops},
    stage::{OPERATOR, Stage, sign_up},
};
use axum::{
    body::{Body, BodyDataStream},
    http::{Request, header},
};
use futures_util::StreamExt;
use serde_json::Value;
use std::time::Duration;
use tower::ServiceExt;

const PATH: &str = "/v1/operator/events";

async fn open(stage: &Stage, token: &str, path: &str, last: Option<i64>) -> (u16, BodyDataStream) {
    let mut request = Request::builder().uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = stage.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (response.status().as_u16(), response.into_body().into_data_stream())
}

/// The next event: its number, kind and body.
async fn next(stream: &mut BodyDataStream) -> (i64, String, Value) {
    let chunk = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.expect("in time");
    let text = String::from_utf8(chunk.expect("an event").expect("a whole one").to_vec()).unwrap();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).trim().to_owned()
    };
    (field("id").parse().unwrap(), field("event"), serde_json::from_str(&field("data")).unwrap())
}

// promise: P7
#[tokio::test]
async fn every_change_is_told_to_the_staff_and_to_nobody_else() {
    let stage = Stage::new();
    let customer = sign_up(&stage, "09000000001", "hanako@example.jp").await;
    let (_, mut of_customer) = open(&stage, &customer.token, "/v1/events", None).await;
    let (status, mut first_hour) = open(&stage, OPERATOR, PATH, None).await;
    assert_eq!(status, 200);
    let akari = joins(&stage, "akari").await;
    let (begin, kind, body) = next(&mut first_hour).await;
    assert_eq!(
        (kind.as_str(), &body["name"], &body["by"]),
        ("operator.added", &"akari".into(), &"operator".into())
    );
    assert!(!body.to_string().contains("op_"), "{body}");
    let minato = joins(&stage, "minato").await;

    let (_, mut of_akari) = open(&stage, &akari, PATH, None).await;
    stops(&stage, &akari, "bank:0001", "links").await;
    asks(&stage, &akari, "bank:0001", "probing_1", 1).await.expect(200);
    confirms(&stage, &minato, "bank:0001", "probing_1", 2).await.expect(200);
    stage.delete("/v1/operator/operators/minato", &akari).await;
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(next(&mut of_akari).await);
    }
    let kinds: Vec<&str> = told.iter().map(|(_, kind, _)| kind.as_str()).collect();
    let changed = "breaker.changed";
    assert_eq!(kinds, [changed, changed, changed, "operator.ended"]);
    let settings: Vec<&str> =
        told[..3].iter().map(|(_, _, body)| body["setting"].as_str().unwrap()).collect();
    assert_eq!(settings, ["open", "open", "probing_1"]);
    assert_eq!((&told[0].2["scope"], &told[1].2["resume"]["by"]), (&"bank:0001".into(), &"akari".into()));
    assert!(told.is_sorted_by_key(|(number, _, _)| *number));

    let (_, mut again) = open(&stage, OPERATOR, PATH, Some(begin)).await;
    assert_eq!(next(&mut again).await.2["name"], "minato");
    let number = told[0].0;
    let (_, mut again) = open(&stage, OPERATOR, &format!("{PATH}?after={number}"), None).await;
    assert_eq!(next(&mut again).await, told[1]);
    let silent = tokio::time::timeout(Duration::from_millis(300), of_customer.next()).await;
    assert!(silent.is_err(), "a customer heard something: {silent:?}");
}

#[tokio::test]
async fn each_name_has_six_streams() {
    let stage = Stage::new();
    let akari = joins(&stage, "akari").await;
    let mut streams = Vec::new();
    for _ in 0..6 {
        let (status, stream) = open(&stage, &akari, PATH, None).await;
        assert_eq!(status, 200);
        streams.push(stream);
    }
    assert_eq!(open(&stage, &akari, PATH, None).await.0, 429);
    assert_eq!(open(&stage, OPERATOR, PATH, None).await.0, 200);
    drop(streams);
    // A stream that was left is noticed by its task.
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if open(&stage, &akari, PATH, None).await.0 == 200 {
            return;
        }
    }
    panic!("the places were not given back");
}
