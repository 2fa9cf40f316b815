//! Returns from a bank, a verifier and a provider that belong to another flow, browser or time.

use crate::{
    watch::{Sent, Watch},
    world::World,
};
use serde_json::{Value, json};
use terms::Span;

/// What a thief changes in a return, and what it puts there.
const FORGERIES: [(&str, &str); 5] = [
    ("flow_secret", "another"),
    ("flow_secret", ""),
    ("state", "another"),
    ("iss", "https://elsewhere.example"),
    ("iss", ""),
];

// promise: P4
// promise: P6
#[tokio::test]
async fn a_consent_is_finished_by_its_own_browser_with_its_own_return() {
    let world = World::new().await;
    let stage = &world.stage;
    let (hanako, taro) = (world.hanako().await, world.taro().await);
    let (begun, right) = world.back(&hanako, "hanako").await;
    let (_, other) = world.back(&hanako, "hanako").await;
    let watch = Watch::new(&stage.router, &stage.teller).customer(&hanako.token).customer(&taro.token);
    let path = |begun: &Value| format!("/v1/consents/{}/finish", begun["consent"].as_str().unwrap());
    let with = |name: &str, value: &Value| {
        let mut body = right.clone();
        body[name] = value.clone();
        Sent::post(path(&begun), &hanako.token, &body)
    };
    for (name, value) in FORGERIES {
        let what = format!("{name} {value:?}");
        watch.refused(&what, &with(name, &json!(value)), 409, "ceremony_over").await;
    }
    for name in ["flow_secret", "state"] {
        let what = format!("the {name} of another consent");
        watch.refused(&what, &with(name, &other[name]), 409, "ceremony_over").await;
    }
    let whole = Sent::post(path(&begun), &hanako.token, &other);
    watch.refused("the return of another consent", &whole, 409, "ceremony_over").await;
    let nobody = Sent::post(path(&begun), "", &right);
    let answer = watch.send(&nobody).await;
    assert_eq!((answer.status, answer.body["code"].as_str()), (401, Some("not_signed_in")));
}

// promise: P4
// promise: P6
#[tokio::test]
async fn a_code_of_another_flow_and_a_second_or_late_return_make_no_link() {
    let world = World::new().await;
    let stage = &world.stage;
    let (hanako, taro) = (world.hanako().await, world.taro().await);
    let (begun, mut right) = world.back(&hanako, "hanako").await;
    let (other_begun, other) = world.back(&hanako, "hanako").await;
    let (_, of_taro) = world.back(&taro, "taro").await;
    let watch = Watch::new(&stage.router, &stage.teller).customer(&hanako.token).customer(&taro.token);
    let path = |begun: &Value| format!("/v1/consents/{}/finish", begun["consent"].as_str().unwrap());
    // Somebody else's code, slipped into a browser: the bank does not take it with this flow's verifier.
    right["code"] = of_taro["code"].clone();
    let slipped = Sent::post(path(&begun), &hanako.token, &right);
    watch.refused("another person's code", &slipped, 422, "consent_denied").await;
    watch.refused("a flow that was used up", &slipped, 409, "ceremony_over").await;

    let second = Sent::post(path(&other_begun), &hanako.token, &other);
    watch.expect(&second, 200).await;
    watch.refused("twice", &second, 409, "ceremony_over").await;
    let (late_begun, late) = world.back(&hanako, "hanako").await;
    stage.wait(Span::minutes(16));
    let late = Sent::post(path(&late_begun), &hanako.token, &late);
    watch.refused("too late", &late, 409, "ceremony_over").await;
}

// promise: P6
#[tokio::test]
async fn a_proof_and_a_binding_are_finished_by_one_browser_once() {
    let world = World::new().await;
    let stage = &world.stage;
    let (mut hanako, taro) = (world.hanako().await, world.taro().await);
    hanako.step_up(stage).await;
    let token = Some(hanako.token.as_str());
    let proof = json!({ "method": "jpki_signature" });
    let proof = stage.post("/v1/proofings", token, proof).await.expect(201);
    let bind = json!({ "provider": "sandbox", "purpose": "bind" });
    let bind = stage.post("/v1/federated", token, bind).await.expect(201);
    let watch = Watch::new(&stage.router, &stage.teller).customer(&hanako.token).customer(&taro.token);
    for (kind, id, url, begun) in [
        ("proofings", &proof["proofing"], &proof["start_url"], &proof),
        ("federated", &bind["flow"], &bind["authorize_url"], &bind),
    ] {
        let returned = world.walk(url.as_str().unwrap(), "hanako", "yes").await;
        let right = crate::world::finish_body(&returned, &begun["flow_secret"]);
        let path = format!("/v1/{kind}/{}/finish", id.as_str().unwrap());
        for (name, value) in FORGERIES {
            let mut body = right.clone();
            body[name] = json!(value);
            let sent = Sent::post(path.as_str(), &hanako.token, &body);
            watch.refused(&format!("{kind}: {name} {value:?}"), &sent, 409, "ceremony_over").await;
        }
        let right = Sent::post(path.as_str(), &hanako.token, &right);
        let done = watch.send(&right).await;
        assert_eq!(done.status, 200, "{kind}: {}", done.body);
        watch.refused(&format!("{kind}: twice"), &right, 409, "ceremony_over").await;
    }
}
