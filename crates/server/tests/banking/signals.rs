//! What a bank sees arrives at the wallet: wrong tries on its pages, and a depositor who denies a link.

use crate::world::{BANK, STRONG, World, finish_body};
use gate::Sighting;
use serde_json::json;
use std::time::Duration;
use store::look;
use uuid::Uuid;

/// Waits until the store has so many sightings.
async fn sightings(world: &World, count: usize) -> Vec<Sighting> {
    let look = || world.stage.teller.store().read(|shelf| look::sightings_after(shelf, 0, 100)).unwrap();
    for _ in 0..200 {
        if look().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let found = look();
    assert_eq!(found.len(), count, "{found:#?}");
    found
}

// promise: P13
#[tokio::test]
async fn wrong_tries_at_a_bank_arrive_as_sightings_of_the_consents_customer() {
    let world = World::new().await;
    let hanako = world.hanako().await;
    let begun = world.consent(&hanako, Uuid::now_v7(), STRONG).await.expect(201);
    let url = begun["authorize_url"].as_str().unwrap();
    let returned = world.walk_wrongly(url, "hanako", "yes", Some("pin")).await;
    let tried = sightings(&world, 3).await;
    for (place, sighting) in tried.iter().enumerate() {
        assert_eq!((sighting.number, sighting.bank.as_str()), (place as u64 + 1, BANK));
        assert_eq!((sighting.method.as_str(), sighting.worked, sighting.canary), (STRONG, false, false));
        assert!(sighting.customer.is_some() && sighting.account.is_some() && sighting.secret.is_some());
        assert_eq!((sighting.account, sighting.secret), (tried[0].account, tried[0].secret));
        assert_eq!(sighting.customer, tried[0].customer);
    }
    let body = finish_body(&returned, &begun["flow_secret"]);
    world.finish(&hanako, &begun, &body).await.refused(422, "consent_denied");
    let link = world.linked(&hanako, "hanako").await;
    let all = sightings(&world, 5).await;
    assert_eq!((all[3].worked, all[3].account), (false, None), "the way back says no more");
    assert_eq!((all[4].worked, all[4].account), (true, tried[0].account), "one account, one tag");
    assert!(all.iter().all(|sighting| sighting.customer == tried[0].customer));

    let path = format!("banks/{BANK}/signals");
    world.control(&path, &json!({ "kind": "link-denied", "person": "hanako" })).await;
    let (stage, path) = (&world.stage, format!("/v1/links/{link}"));
    for _ in 0..200 {
        if stage.get(&path, &hanako.token).await.expect(200)["state"] == "suspended" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(stage.get(&path, &hanako.token).await.expect(200)["state"], "suspended");
    let body = json!({ "id": Uuid::now_v7(), "link": link, "amount": 1_000 });
    stage.post("/v1/top-ups", Some(&hanako.token), body).await.refused(409, "link_not_active");
    assert_eq!(sightings(&world, 5).await, all, "a report is no try");

    // Nobody gets around it by ending the link and making a new one.
    assert_eq!(stage.delete(&path, &hanako.token).await.status, 204);
    world.consent(&hanako, Uuid::now_v7(), STRONG).await.refused(403, "under_review");
}

// promise: P7
#[tokio::test]
async fn a_bank_that_asks_for_a_stop_gets_no_new_link_any_more() {
    let world = World::new().await;
    let hanako = world.hanako().await;
    let link = world.linked(&hanako, "hanako").await;
    let (begun, body) = world.back(&hanako, "hanako").await;
    world.control(&format!("banks/{BANK}/signals"), &json!({ "kind": "stop-requested" })).await;
    let taken = || world.stage.teller.store().read(|shelf| look::signals(shelf, None, 1)).unwrap();
    for _ in 0..200 {
        if !taken().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let refused = world.consent(&hanako, Uuid::now_v7(), STRONG).await;
    assert_eq!(refused.body["code"], "stopped", "{}", refused.body);
    let late = world.finish(&hanako, &begun, &body).await;
    assert_eq!(late.body["code"], "stopped", "one that is under way ends too: {}", late.body);
    let body = json!({ "id": Uuid::now_v7(), "link": link, "amount": 1_000 });
    world.stage.post("/v1/top-ups", Some(&hanako.token), body).await.expect(202);
}
