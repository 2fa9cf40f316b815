//! The bank pushes a payment's result to the client, signed; tried a few times, then left to inquiries.

use super::{books, issuer};
use crate::{AppState, Fault, clock, random};
use serde_json::json;
use std::time::Duration;

const TRIES: u32 = 5;

/// Books late payments when their time has come, and tells the client.
pub(super) fn book_later(state: AppState, bank: String, id: String, pause: Duration) {
    tokio::spawn(async move {
        tokio::time::sleep(pause).await;
        let (own_bank, own_id) = (bank.clone(), id.clone());
        if let Err(fault) = state.db.write(move |tx| books::book_late(tx, &own_bank, &own_id)).await {
            tracing::error!(%fault, "booking late failed");
            return;
        }
        push(state, bank, id, 1).await;
    });
}

/// Takes up again what a stop interrupted.
pub(crate) async fn resume(state: &AppState) -> Result<(), Fault> {
    for (bank, id, due_at) in state.db.read(books::pending).await? {
        let seconds = u64::try_from(due_at - clock::now_s()).unwrap_or(0);
        book_later(state.clone(), bank, id, Duration::from_secs(seconds));
    }
    Ok(())
}

/// Pushes a result `times` times over.
pub(super) async fn push(state: AppState, bank: String, id: String, times: u32) {
    let Some(token) = signed(&state, &bank, &id).await else { return };
    let url = format!("{}/v1/bank-callbacks/{bank}", state.settings.shop_wallet_url);
    for _ in 0..times {
        for tried in 0..TRIES {
            let sent = state
                .http
                .post(&url)
                .header("content-type", "application/jwt")
                .body(token.clone())
                .send()
                .await;
            if sent.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200 << tried)).await;
        }
    }
}

async fn signed(state: &AppState, bank: &str, id: &str) -> Option<String> {
    let (own_bank, own_id) = (bank.to_owned(), id.to_owned());
    let payment = state.db.read(move |c| books::kept(c, &own_bank, &own_id)).await.ok()??;
    let claims = json!({
        "iss": issuer(state, bank), "aud": state.settings.client_id, "iat": clock::now_s(), "jti": random::token(),
        "payment": {
            "id": id, "status": payment.status, "reason": payment.reason, "bank_reference": payment.bank_reference,
        },
    });
    state.keys.get(&format!("bank:{bank}")).await.ok()?.sign("payment-result+jwt", &claims).ok()
}
