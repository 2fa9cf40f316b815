//! The end of a link at the bank (RFC 7009): its tokens are worth nothing, and the depositor is told.

use super::{accounts, attestation, issuer, list};
use crate::{AppState, carrier, clients::ClientRefused};
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rusqlite::{OptionalExtension, Transaction};
use std::collections::BTreeMap;

pub(super) async fn revoke(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    if list::bank(&code).is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    state.clients.authenticate(&issuer(&state, &code), &form).await?;
    let token = form.get("token").cloned().unwrap_or_default();
    state
        .db
        .write(move |tx| {
            let sql = "SELECT id FROM bank_grants WHERE bank = ?2 AND (refresh_token = ?1 \
                       OR id = (SELECT grant_id FROM bank_access WHERE token = ?1))";
            let grant: Option<String> = tx.query_row(sql, (&token, &code), |row| row.get(0)).optional()?;
            grant.map_or(Ok(()), |grant| end(tx, &grant))
        })
        .await?;
    // RFC 7009: an unknown token gets the same answer.
    Ok(StatusCode::OK.into_response())
}

/// Ends a grant, if it has not ended, and tells the depositor.
pub(super) fn end(tx: &Transaction<'_>, grant: &str) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM bank_access WHERE grant_id = ?1", [grant])?;
    let sql = "UPDATE bank_grants SET ended = 1 WHERE id = ?1 AND ended = 0 RETURNING bank, account_id";
    let ended: Option<(String, String)> =
        tx.query_row(sql, [grant], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((bank, account_id)) = ended else { return Ok(()) };
    let (Some(bank), Some(account)) = (list::bank(&bank), accounts::by_id(tx, &account_id)?) else {
        return Ok(());
    };
    let text = format!(
        "{}です。{} のウォレット（Tsugime）への登録が終わりました。",
        bank.name,
        attestation::masked(&account)
    );
    carrier::deliver_sms(tx, &bank.name, &account.phone, &text)
}
