//! From a bank's name to a link and its end; everything that does not lead there.

use crate::{
    stage::Jar,
    world::{BANK, STRONG, World, browser_of, value_of},
};
use gate::Step;
use serde_json::{Value, json};
use uuid::Uuid;

// promise: P4
#[tokio::test]
async fn every_bank_is_listed_with_what_it_asks_and_why_a_weak_method_is_refused() {
    let world = World::new().await;
    let listed = world.stage.get("/v1/banks", "nobody").await.expect(200);
    let banks = listed["banks"].as_array().unwrap();
    assert_eq!(banks.len(), 35);
    let methods = |code: &str| banks.iter().find(|bank| bank["code"] == code).unwrap()["methods"].clone();
    let [strong, weak] = [methods(BANK)[0].clone(), methods(BANK)[1].clone()];
    assert_eq!((strong["linkable"].as_bool(), strong["reason"].as_str()), (Some(true), None));
    assert_eq!((weak["linkable"].as_bool(), weak["reason"].as_str()), (Some(false), Some("nothing_held")));
}

// promise: P4
// promise: P6
#[tokio::test]
async fn a_link_begins_with_the_owners_word_only() {
    let world = World::new().await;
    let (hanako, taro) = (world.hanako().await, world.taro().await);
    world.consent(&hanako, Uuid::now_v7(), "account_pin_birth_2020").await.refused(422, "method_too_weak");
    assert_eq!(world.stage.attempts(Step::ConsentBegun), (0, 1));

    let (begun, body) = world.back(&hanako, "taro").await;
    let refused = world.finish(&hanako, &begun, &body).await;
    for told in ["スズキ", "鈴木", "name", "birth"] {
        assert!(!refused.body.to_string().contains(told), "{}", refused.body);
    }
    refused.refused(422, "link_refused");

    let (begun, body) = world.back(&hanako, "hanako").await;
    world.finish(&taro, &begun, &body).await.refused(404, "not_found");
    for field in ["flow_secret", "state", "iss"] {
        let mut forged = body.clone();
        forged[field] = json!("another");
        world.finish(&hanako, &begun, &forged).await.refused(409, "ceremony_over");
    }
    let answer = world.finish(&hanako, &begun, &body).await.expect(200);
    let link = &answer["link"];
    assert_eq!(
        (link["state"].as_str(), link["per_debit_limit"].as_i64(), link["per_day_limit"].as_i64()),
        (Some("active"), Some(50_000), Some(80_000))
    );
    world.finish(&hanako, &begun, &body).await.refused(409, "ceremony_over");
    let path = format!("/v1/links/{}", link["id"].as_str().unwrap());
    world.stage.get(&path, &taro.token).await.refused(404, "not_found");
    world.stage.delete(&path, &taro.token).await.refused(404, "not_found");
    assert_eq!(world.stage.get(&path, &hanako.token).await.expect(200)["state"], "active");
    assert_eq!(world.stage.delete(&path, &hanako.token).await.status, 204);
    assert_eq!(world.stage.get(&path, &hanako.token).await.expect(200)["state"], "ended");
    assert_eq!(world.stage.delete(&path, &hanako.token).await.status, 204, "ended twice is ended once");
}

#[tokio::test]
async fn the_same_consent_begins_anew_and_another_one_under_its_id_does_not() {
    let world = World::new().await;
    let (hanako, taro) = (world.hanako().await, world.taro().await);
    let id = Uuid::now_v7();
    let first = world.consent(&hanako, id, STRONG).await.expect(201);
    let again = world.consent(&hanako, id, STRONG).await.expect(201);
    assert_eq!(first["consent"], again["consent"]);
    assert_ne!(first["flow_secret"], again["flow_secret"]);
    world.consent(&taro, id, STRONG).await.refused(409, "id_reused");
    let returned = world.walk(first["authorize_url"].as_str().unwrap(), "hanako", "yes").await;
    let body = crate::world::finish_body(&returned, &first["flow_secret"]);
    world.finish(&hanako, &first, &body).await.refused(409, "ceremony_over");
    let returned = world.walk(again["authorize_url"].as_str().unwrap(), "hanako", "no").await;
    let body = crate::world::finish_body(&returned, &again["flow_secret"]);
    world.finish(&hanako, &again, &body).await.refused(422, "consent_denied");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_place() {
    let world = World::new().await;
    let hanako = world.hanako().await;
    let good = json!({ "id": Uuid::now_v7(), "bank": BANK, "method": STRONG });
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for (body, status, code) in [
        (with("id", json!("x")), 422, "field_not_allowed"),
        (with("bank", json!("1")), 422, "field_not_allowed"),
        (with("bank", json!("9999")), 422, "bank_unknown"),
        (with("method", json!("x".repeat(10_000))), 422, "bank_unknown"),
        (with("per_debit_limit", json!(-1)), 422, "field_not_allowed"),
        (with("per_debit_limit", json!(0)), 422, "amount_not_allowed"),
        (with("per_day_limit", json!(1_000_001)), 422, "amount_not_allowed"),
        (with("more", json!(1)), 422, "field_not_allowed"),
    ] {
        world.stage.post("/v1/consents", Some(&hanako.token), body).await.refused(status, code);
    }
    world.stage.post("/v1/consents", None, good).await.refused(401, "not_signed_in");
}

// promise: P4
#[tokio::test]
async fn a_person_links_and_unlinks_by_pages() {
    let world = World::new().await;
    let (stage, hanako) = (&world.stage, world.hanako().await);
    let mut jar = browser_of(&hanako);
    let (_, _, page) = stage.browse(&mut jar, "/home?lang=en", None).await;
    assert!(page.contains("href=\"/bank/new\""), "{page}");
    let (status, _, page) = stage.browse(&mut jar, "/bank/new", None).await;
    assert!(status == 200 && page.contains(&format!("href=\"/bank/new/{BANK}\"")), "{page}");
    let choose = format!("/bank/new/{BANK}");
    let (_, _, page) = stage.browse(&mut jar, &choose, None).await;
    assert!(page.contains("this is how money was stolen in 2020"), "{page}");
    let form = |page: &str, method: &str| {
        let id = value_of(page, "id");
        format!("id={id}&method={method}&per_debit_limit=50%2C000&per_day_limit=80000")
    };
    let (status, _, page) =
        stage.browse(&mut jar, &choose, Some(&form(&page, "account_pin_birth_2020"))).await;
    assert!(status == 422 && page.contains("role=\"alert\""), "{page}");
    let (status, authorize_url, page) = stage.browse(&mut jar, &choose, Some(&form(&page, STRONG))).await;
    assert_eq!(status, 303, "{page}");
    let returned = world.walk(&authorize_url, "hanako", "yes").await;
    let back = format!("/links/return?{}", returned.query().unwrap());

    let mut elsewhere = browser_of(&hanako);
    let (status, _, _) = stage.browse(&mut elsewhere, &back, None).await;
    assert_eq!(status, 409, "another browser of the same person cannot finish it");
    let mut nobody = Jar::default();
    assert_eq!(stage.browse(&mut nobody, &back, None).await.0, 401);
    let (status, link, page) = stage.browse(&mut jar, &back, None).await;
    assert!(status == 303 && link.starts_with("/links/lnk_"), "{status} {page}");
    let (status, _, page) = stage.browse(&mut jar, &link, None).await;
    assert!(status == 200 && page.contains("¥50,000") && page.contains("¥80,000"), "{page}");
    assert_eq!(stage.browse(&mut jar, &back, None).await.0, 409, "once");

    let end = format!("{}/end", link.split('?').next().unwrap());
    let (status, next, _) = stage.browse(&mut jar, &end, Some("")).await;
    assert_eq!((status, next.as_str()), (303, "/bank"));
    let (_, _, page) = stage.browse(&mut jar, "/bank", None).await;
    assert!(page.contains("Ended"), "{page}");
}
