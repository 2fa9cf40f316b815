//! The bank's signed word on a link: what was checked, whose account it is, that the depositor was told.

use super::{accounts::Account, flow::Params, issuer, list};
use crate::{AppState, Fault, clock, people::Person, random};
use serde_json::json;

const LIFE_S: i64 = 300;

/// What the client may show of an account.
pub(super) fn masked(account: &Account) -> String {
    format!("普通 ***{}", account.number.get(3..).unwrap_or_default())
}

/// Signs the attestation.
pub(super) async fn attest(
    state: &AppState,
    account: &Account,
    person: &Person,
    params: &Params,
) -> Result<String, Fault> {
    let now = clock::now_s();
    let claims = json!({
        "iss": issuer(state, &account.bank),
        "aud": state.settings.client_id,
        "iat": now,
        "exp": now + LIFE_S,
        "jti": random::token(),
        "state_hash": super::dpop::sha256(&params.state),
        "account_id": account.account_id,
        "account_masked": masked(account),
        "branch_name": format!("{}番支店", account.branch),
        "method": params.method,
        "factors": list::factors(&params.method),
        "holder_kana": person.kana,
        "birth_date": person.birth_date,
        "depositor_notified": true,
    });
    state.keys.get(&format!("bank:{}", account.bank)).await?.sign("link-attestation+jwt", &claims)
}
