//! The desk's routes: tokens, fields, versions, and the two people that a resume needs.

use crate::{
    people::{asks, confirms, joins, listed, stop_body, stops},
    stage::{OPERATOR, Stage, sign_up},
};
use gate::Step;
use serde_json::{Value, json};

// promise: P6
#[tokio::test]
async fn only_the_staffs_tokens_open_the_desk() {
    let stage = Stage::new();
    let customer = sign_up(&stage, "09000000001", "hanako@example.jp").await;
    let akari = joins(&stage, "akari").await;
    let left = joins(&stage, "nagi").await;
    assert_eq!(stage.delete("/v1/operator/operators/nagi", &akari).await.status, 204);
    assert_eq!(stage.delete("/v1/operator/operators/nagi", &akari).await.status, 204, "left once");
    let longer = format!("{akari}x");
    let refused_before = stage.attempts(Step::BadToken).1;
    let wrong = [customer.token.as_str(), left.as_str(), &longer, &akari[3..], "op_"];
    let resume = json!({ "to": "closed", "version": 1, "reason": "calm" });
    let confirm = json!({ "to": "closed", "version": 1 });
    for token in wrong {
        for (path, body) in [
            ("/v1/operator/stops", stop_body("all", "links")),
            ("/v1/operator/stops/all/resume", resume.clone()),
            ("/v1/operator/stops/all/confirm", confirm.clone()),
            ("/v1/operator/operators", json!({ "name": "sora" })),
        ] {
            stage.post(path, Some(token), body).await.refused(401, "not_signed_in");
        }
        for path in ["/v1/operator/stops", "/v1/operator/operators", "/v1/operator/events"] {
            stage.get(path, token).await.refused(401, "not_signed_in");
        }
        stage.delete("/v1/operator/operators/akari", token).await.refused(401, "not_signed_in");
    }
    let remembered = stage.attempts(Step::BadToken).1 - refused_before;
    assert!(remembered >= wrong.len(), "only {remembered} were remembered");
    stage.post("/v1/operator/stops", None, stop_body("all", "links")).await.refused(401, "not_signed_in");
    assert_eq!(listed(&stage).await, [Value::Null; 0]);
    assert_eq!((stage.attempts(Step::Stop), stage.attempts(Step::Resume)), ((0, 0), (0, 0)));
}

#[tokio::test]
async fn the_staff_is_listed_with_who_left() {
    let stage = Stage::new();
    let akari = joins(&stage, "akari").await;
    joins(&stage, "sora").await;
    let by_akari = stage.post("/v1/operator/operators", Some(&akari), json!({ "name": "minato" })).await;
    by_akari.expect(201);
    assert_eq!(stage.delete("/v1/operator/operators/sora", &akari).await.status, 204);
    let listed = stage.get("/v1/operator/operators", OPERATOR).await.expect(200);
    let found: Vec<(&str, &str, bool)> = listed["operators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |field: &str| one[field].as_str().unwrap();
            assert!(!one.to_string().contains("op_"), "{one}");
            (text("name"), text("added_by"), one.get("until").is_some())
        })
        .collect();
    assert_eq!(found, [("akari", "operator", false), ("minato", "akari", false), ("sora", "operator", true)]);
    for (name, status, code) in [
        ("akari", 409, "wrong_state"),
        ("sora", 409, "wrong_state"),
        ("operator", 409, "wrong_state"),
        ("x", 422, "field_not_allowed"),
        ("Akari", 422, "field_not_allowed"),
        ("1akari", 422, "field_not_allowed"),
        ("akari\u{1b}[2J", 422, "field_not_allowed"),
        ("", 422, "field_not_allowed"),
    ] {
        let answer = stage.post("/v1/operator/operators", Some(&akari), json!({ "name": name })).await;
        assert_eq!(answer.body["field"], "name", "{name:?}: {}", answer.body);
        answer.refused(status, code);
    }
    stage.delete("/v1/operator/operators/nobody", &akari).await.refused(404, "not_found");
}

// promise: P7
#[tokio::test]
async fn what_cannot_be_read_stops_nothing_and_says_its_place() {
    let stage = Stage::new();
    let with = |name: &str, value: Value| {
        let mut body = stop_body("bank:0001", "links");
        body[name] = value;
        body
    };
    let cases = [
        ("scope", with("scope", json!("bank:1"))),
        ("scope", with("scope", json!("bank:0001 "))),
        ("scope", with("scope", json!("everything"))),
        ("scope", with("scope", json!("operation:fly"))),
        ("scope", with("scope", json!("method:0001:"))),
        ("level", with("level", json!("top-ups"))),
        ("reason", with("reason", json!(""))),
        ("reason", with("reason", json!("no"))),
        ("reason", with("reason", json!("two\nlines"))),
        ("reason", with("reason", json!("x".repeat(501)))),
        ("reason", with("reason", Value::Null)),
    ];
    for (field, body) in cases {
        let answer = stage.post("/v1/operator/stops", Some(OPERATOR), body.clone()).await;
        let said = answer.body.clone();
        answer.refused(422, "field_not_allowed");
        let told = said.to_string();
        assert!(said["field"] == field || told.contains(field), "{body} says {said}");
    }
    for missing in ["scope", "level", "reason"] {
        let mut body = stop_body("bank:0001", "links");
        body.as_object_mut().unwrap().remove(missing);
        let answer = stage.post("/v1/operator/stops", Some(OPERATOR), body).await;
        assert!(answer.body.to_string().contains(missing), "{}", answer.body);
        answer.refused(422, "field_not_allowed");
    }
    let more = with("until", json!("tomorrow"));
    stage.post("/v1/operator/stops", Some(OPERATOR), more).await.refused(422, "field_not_allowed");
    assert_eq!(listed(&stage).await, [Value::Null; 0]);
}

// promise: P7
#[tokio::test]
async fn one_stops_and_two_people_resume() {
    let stage = Stage::new();
    let akari = joins(&stage, "akari").await;
    let minato = joins(&stage, "minato").await;
    let sora = joins(&stage, "sora").await;
    let scope = "method:0001:online_banking_otp";
    let stopped = stops(&stage, &akari, scope, "young_top_ups").await;
    assert_eq!(
        (stopped["scope"].as_str(), stopped["level"].as_str(), stopped["setting"].as_str()),
        (Some(scope), Some("young_top_ups"), Some("open"))
    );
    assert_eq!(
        (stopped["stopped_by"].as_str(), stopped["version"].as_u64()),
        (Some("operator:akari"), Some(1))
    );
    assert_eq!(listed(&stage).await, [stopped]);

    for of in ["bank:0009", "all"] {
        asks(&stage, &minato, of, "closed", 1).await.refused(404, "not_found");
        confirms(&stage, &minato, of, "closed", 1).await.refused(404, "not_found");
    }
    for of in ["bank:1", "x", "bank%3A1"] {
        let status = asks(&stage, &minato, of, "closed", 1).await.status.as_u16();
        assert!([404, 422].contains(&status), "{of}: {status}");
    }
    asks(&stage, OPERATOR, scope, "closed", 1).await.refused(403, "second_person_needed");
    asks(&stage, &minato, scope, "probing1", 1).await.refused(422, "field_not_allowed");
    asks(&stage, &minato, scope, "open", 1).await.refused(409, "wrong_state");
    asks(&stage, &minato, scope, "probing_1", 7).await.refused(409, "changed_since");
    let body = json!({ "to": "probing_1", "version": 1, "reason": "" });
    let path = format!("/v1/operator/stops/{scope}/resume");
    stage.post(&path, Some(&minato), body).await.refused(422, "field_not_allowed");

    let asked = asks(&stage, &minato, scope, "probing_1", 1).await.expect(200);
    assert_eq!((asked["setting"].as_str(), asked["version"].as_u64()), (Some("open"), Some(2)));
    assert_eq!(
        (asked["resume"]["by"].as_str(), asked["resume"]["to"].as_str()),
        (Some("minato"), Some("probing_1"))
    );
    confirms(&stage, &minato, scope, "probing_1", 2).await.refused(403, "second_person_needed");
    confirms(&stage, &akari, scope, "probing_1", 2).await.refused(403, "second_person_needed");
    confirms(&stage, OPERATOR, scope, "probing_1", 2).await.refused(403, "second_person_needed");
    confirms(&stage, &sora, scope, "closed", 2).await.refused(409, "wrong_state");
    confirms(&stage, &sora, scope, "probing_1", 1).await.refused(409, "changed_since");
    assert_eq!(listed(&stage).await, [asked], "refusals change nothing");

    // Stopped once more in between: what was seen is not what is.
    stops(&stage, &akari, scope, "top_ups").await;
    confirms(&stage, &sora, scope, "probing_1", 2).await.refused(409, "changed_since");
    for (place, to) in ["probing_1", "probing_10", "closed"].into_iter().enumerate() {
        let version = 3 + 2 * place as u64;
        asks(&stage, &minato, scope, to, version).await.expect(200);
        let done = confirms(&stage, &sora, scope, to, version + 1).await.expect(200);
        assert_eq!((done["setting"].as_str(), done.get("resume")), (Some(to), None));
        assert_eq!(done["level"], "top_ups", "the higher of both levels");
        assert_eq!(listed(&stage).await.len(), usize::from(to != "closed"));
    }
    asks(&stage, &minato, scope, "closed", 9).await.refused(409, "wrong_state");
    let (taken, refused) = stage.attempts(Step::Resume);
    assert!(taken == 7 && refused >= 13, "{taken} and {refused}");
    assert_eq!(stage.attempts(Step::Stop), (2, 0));
}

// promise: P7
#[tokio::test]
async fn who_left_the_staff_is_not_the_second_person() {
    let stage = Stage::new();
    let minato = joins(&stage, "minato").await;
    let sora = joins(&stage, "sora").await;
    stops(&stage, OPERATOR, "all", "links").await;
    asks(&stage, &minato, "all", "closed", 1).await.expect(200);
    assert_eq!(stage.delete("/v1/operator/operators/sora", &minato).await.status, 204);
    confirms(&stage, &sora, "all", "closed", 2).await.refused(401, "not_signed_in");
    assert_eq!(listed(&stage).await[0]["setting"], "open");
}

// promise: P6
#[tokio::test]
async fn a_person_of_the_staff_looks_into_the_book_and_moves_nothing_in_it() {
    let stage = Stage::new();
    let akari = joins(&stage, "akari").await;
    let nobody = format!("/v1/ledger/accounts/{}", uuid::Uuid::nil());
    for path in ["/v1/operator/ledger/proof", "/v1/operator/banks", "/v1/operator/alarms"] {
        stage.get(path, &akari).await.expect(200);
    }
    stage.get(&nobody, &akari).await.refused(404, "not_found");
    let account = json!({ "id": uuid::Uuid::now_v7() });
    stage.post("/v1/ledger/accounts", Some(&akari), account).await.refused(401, "not_signed_in");
    let none = json!({ "transfers": [] });
    stage.post("/v1/ledger/transfers", Some(&akari), none).await.refused(401, "not_signed_in");
    assert_eq!(stage.delete("/v1/operator/operators/akari", OPERATOR).await.status, 204);
    stage.get(&nobody, &akari).await.refused(401, "not_signed_in");
}
