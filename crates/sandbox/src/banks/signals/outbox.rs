//! Signals that wait to be pushed: kept until the client took them, tried again with longer and longer pauses.

use crate::{AppState, Fault, banks::issuer, clock, random};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde_json::{Value, json};
use std::{convert::Infallible, time::Duration};

const LOOK_EVERY: Duration = Duration::from_millis(200);
const AFTER_A_FAULT: Duration = Duration::from_secs(2);
/// More are not kept: a client that is away for so long learns of it elsewhere.
const WAITING_MAX: i64 = 10_000;
/// Of those that the client refused or never took, so many are kept to be looked at.
const OVER_MAX: i64 = 100;
/// With the longest pause this is about a day.
const TRIES_MAX: i64 = 300;
const PAUSE_MAX_S: i64 = 300;
const WHY_MAX: usize = 300;

/// A signal that waits: what its token will say.
struct Waiting {
    number: i64,
    bank: String,
    jti: String,
    toe: i64,
    account: Option<String>,
    events: String,
    tries: i64,
}

/// Adds a signal.
pub(super) fn add(
    tx: &Transaction<'_>,
    bank: &str,
    account: Option<&str>,
    events: &Value,
) -> rusqlite::Result<()> {
    let waiting: i64 =
        tx.query_row("SELECT COUNT(*) FROM bank_signals WHERE why IS NULL", [], |row| row.get(0))?;
    if waiting >= WAITING_MAX {
        tracing::warn!(%bank, "too many signals wait; this one is not kept");
        return Ok(());
    }
    let sql = "INSERT INTO bank_signals (bank, jti, toe, account_id, events, tries, due_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, 0, ?3)";
    tx.execute(sql, (bank, random::token(), clock::now_s(), account, events.to_string())).map(|_| ())
}

fn next_due(connection: &Connection, now_s: i64) -> rusqlite::Result<Option<Waiting>> {
    let sql = "SELECT number, bank, jti, toe, account_id, events, tries FROM bank_signals \
               WHERE why IS NULL AND due_at <= ?1 ORDER BY due_at, number LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Waiting {
            number: row.get(0)?,
            bank: row.get(1)?,
            jti: row.get(2)?,
            toe: row.get(3)?,
            account: row.get(4)?,
            events: row.get(5)?,
            tries: row.get(6)?,
        })
    };
    connection.prepare_cached(sql)?.query_row([now_s], read).optional()
}

/// Pushes what is due, one after the other, for as long as the sandbox runs.
pub(crate) async fn deliver(state: &AppState) -> Infallible {
    loop {
        let pause = match push_next(state).await {
            Ok(true) => continue,
            Ok(false) => LOOK_EVERY,
            Err(fault) => {
                tracing::error!(%fault, "a signal could not be pushed");
                AFTER_A_FAULT
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Pushes one; nothing was due where it says no.
async fn push_next(state: &AppState) -> Result<bool, Fault> {
    let Some(waiting) = state.db.read(|c| next_due(c, clock::now_s())).await? else { return Ok(false) };
    let token = waiting.signed(state).await?;
    let url = format!("{}/v1/banks/{}/signals", state.settings.shop_wallet_url, waiting.bank);
    let sent =
        state.http.post(url).header("content-type", "application/secevent+jwt").body(token).send().await;
    let (status, said) = match sent {
        Ok(answer) => {
            let status = answer.status().as_u16();
            (status, answer.text().await.unwrap_or_default())
        }
        Err(why) => (0, why.to_string()),
    };
    state
        .db
        .write(move |tx| match status {
            202 => tx.execute("DELETE FROM bank_signals WHERE number = ?1", [waiting.number]).map(|_| ()),
            400 => waiting.give_up(tx, &said),
            _ if waiting.tries + 1 >= TRIES_MAX => waiting.give_up(tx, "nobody takes it"),
            _ => waiting.again(tx),
        })
        .await?;
    Ok(true)
}

impl Waiting {
    /// The token, signed now by the bank: the same `jti` each time.
    async fn signed(&self, state: &AppState) -> Result<String, Fault> {
        let events: Value = serde_json::from_str(&self.events).map_err(Fault::outside)?;
        let mut claims = json!({
            "iss": issuer(state, &self.bank), "aud": state.settings.client_id, "iat": clock::now_s(),
            "jti": self.jti, "toe": self.toe, "events": events,
        });
        if let Some(account) = &self.account {
            claims["sub_id"] = json!({ "format": "opaque", "id": account });
        }
        state.keys.get(&format!("bank:{}", self.bank)).await?.sign("secevent+jwt", &claims)
    }

    fn again(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        let pause_s = (1_i64 << self.tries.min(20)).min(PAUSE_MAX_S);
        let sql = "UPDATE bank_signals SET tries = tries + 1, due_at = ?2 WHERE number = ?1";
        tx.execute(sql, (self.number, clock::now_s() + pause_s)).map(|_| ())
    }

    fn give_up(&self, tx: &Transaction<'_>, why: &str) -> rusqlite::Result<()> {
        let why: String = why.chars().take(WHY_MAX).collect();
        tracing::warn!(bank = %self.bank, jti = %self.jti, %why, "the client does not take a signal");
        tx.execute("UPDATE bank_signals SET why = ?2 WHERE number = ?1", (self.number, why))?;
        let sql = "DELETE FROM bank_signals WHERE why IS NOT NULL AND number NOT IN \
                   (SELECT number FROM bank_signals WHERE why IS NOT NULL ORDER BY number DESC LIMIT ?1)";
        tx.execute(sql, [OVER_MAX]).map(|_| ())
    }
}

/// How many of a bank's signals wait, and why the others are not taken.
pub(super) fn standing(connection: &Connection, bank: &str) -> rusqlite::Result<Value> {
    let sql = "SELECT COUNT(*) FROM bank_signals WHERE bank = ?1 AND why IS NULL";
    let waiting: i64 = connection.query_row(sql, [bank], |row| row.get(0))?;
    let sql =
        "SELECT jti, why FROM bank_signals WHERE bank = ?1 AND why IS NOT NULL ORDER BY number LIMIT 100";
    let refused = connection
        .prepare_cached(sql)?
        .query_map([bank], |row| {
            let (jti, why): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(json!({ "jti": jti, "why": why }))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(json!({ "waiting": waiting, "refused": refused }))
}
