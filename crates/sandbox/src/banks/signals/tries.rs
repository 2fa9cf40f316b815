//! A wrong try on the bank's pages becomes a signal, in the transaction that counts it.

use super::{NAMESPACE, outbox, tags::TagKey};
use crate::banks::{
    accounts,
    dpop::sha256,
    flow::{Flow, Params},
    list::Bank,
};
use rusqlite::Transaction;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The longest secret that gets a name, in bytes; nothing that long was ever issued.
const SECRET_MAX: usize = 100;

/// Whether a bank shares the names of the secrets that were tried; about half of them do.
const fn shares_secrets(bank: &Bank) -> bool {
    bank.tone.is_multiple_of(2)
}

/// The sign-in was wrong.
pub(in crate::banks) fn wrong_login(
    tx: &Transaction<'_>,
    flow: &Flow,
    form: &BTreeMap<String, String>,
) -> rusqlite::Result<()> {
    let take = |name: &str| form.get(name).map_or("", |typed| typed.trim());
    let (bank, key) = (flow.bank, TagKey::of(tx, &flow.bank.code)?);
    let by_login = flow.params.method == "online_banking_otp";
    let (branch, number) = (take("branch"), take("number"));
    let known = if by_login {
        accounts::by_login(tx, &bank.code, take("login"))?
    } else {
        accounts::by_number(tx, &bank.code, branch, number)?
    };
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let unissued = known.is_none() && !by_login && digits(branch, 3) && digits(number, 7);
    let canary = unissued && key.is_canary(branch, number);
    let account = known.map(|account| account.account_id);
    let account = account.or_else(|| unissued.then(|| key.unissued(branch, number)));
    let secret = if by_login { take("password") } else { take("pin") };
    let named = shares_secrets(bank) && (1..=SECRET_MAX).contains(&secret.len());
    let secret = named.then(|| key.secret(secret));
    let kind = if canary { "canary-tried" } else { "try-failed" };
    outbox::add(tx, &bank.code, account.as_deref(), &event(kind, &flow.params, secret))
}

/// The one-time password was wrong.
pub(in crate::banks) fn wrong_otp(tx: &Transaction<'_>, flow: &Flow) -> rusqlite::Result<()> {
    let event = event("try-failed", &flow.params, None);
    outbox::add(tx, &flow.bank.code, flow.account_id.as_deref(), &event)
}

fn event(kind: &str, params: &Params, secret_tag: Option<String>) -> Value {
    let mut members = json!({ "method": params.method, "state_hash": sha256(&params.state) });
    if let Some(tag) = secret_tag {
        members["secret_tag"] = json!(tag);
    }
    json!({ format!("{NAMESPACE}{kind}"): members })
}
