//! Access tokens, one per link, kept in memory until shortly before they run out.

use crate::begin::said_no;
use crate::discovery::Endpoints;
use crate::finish::TOKEN_MAX;
use crate::{BankFault, Banks, clock};
use jose::{Body, Exchange, Method, Possession};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use terms::{BankCode, LinkId, Secret};

pub(crate) const STEP: &str = "refresh";
/// A token is not used in its last seconds: it must outlive the request.
const MARGIN_S: i64 = 30;
/// The longest life believed, in seconds.
const LIFE_MAX_S: i64 = 600;
/// The most tokens kept; beyond, the first by id makes room and costs one request.
const KEPT_MAX: usize = 10_000;

/// The tokens in memory.
#[derive(Default)]
pub(crate) struct Access(Mutex<BTreeMap<LinkId, (Secret, i64)>>);

#[derive(Deserialize)]
struct Refreshed {
    access_token: String,
    token_type: String,
    expires_in: i64,
}

impl Access {
    pub(crate) fn forget(&self, link: LinkId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&link);
    }

    fn kept(&self, link: LinkId, now_s: i64) -> Option<Secret> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, until_s) = kept.get(&link)?;
        (now_s < *until_s).then(|| token.clone())
    }

    fn keep(&self, link: LinkId, token: &Secret, until_s: i64, now_s: i64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.retain(|_, (_, until_s)| now_s < *until_s);
        }
        if kept.len() >= KEPT_MAX {
            kept.pop_first();
        }
        kept.insert(link, (token.clone(), until_s));
    }
}

impl Banks {
    /// The link's access token: from memory, or by its refresh token (RFC 6749 §6).
    pub(crate) async fn access_token(
        &self,
        bank: BankCode,
        endpoints: &Endpoints,
        link: LinkId,
        refresh_token: &Secret,
    ) -> Result<Secret, BankFault> {
        let now_s = clock::now_s();
        if let Some(token) = self.access.kept(link, now_s) {
            return Ok(token);
        }
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
        let exchange = Exchange {
            method: Method::Post,
            url: &endpoints.token,
            body: Body::Form(&form),
            client_auth: Some(self.client_auth(&endpoints.issuer)),
            possession: Some(Possession { key: &self.dpop_key, access_token: None }),
            now_s,
        };
        let answer = self.http.send(&exchange).await;
        let answer = answer.map_err(|fault| BankFault::NoAnswer { bank, step: STEP, fault })?;
        let fits = |refreshed: &Refreshed| {
            answer.status == 200
                && refreshed.token_type.eq_ignore_ascii_case("DPoP")
                && (1..=TOKEN_MAX).contains(&refreshed.access_token.len())
        };
        let refreshed = answer.json::<Refreshed>().ok().filter(fits);
        let refreshed = refreshed.ok_or_else(|| said_no(bank, STEP, &answer))?;
        let token = Secret::new(refreshed.access_token);
        let life_s = refreshed.expires_in.clamp(0, LIFE_MAX_S);
        self.access.keep(link, &token, now_s.saturating_add(life_s - MARGIN_S), now_s);
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn link(number: usize) -> LinkId {
        LinkId::new(Uuid::from_u128(number as u128))
    }

    #[test]
    fn tokens_run_out_are_forgotten_and_make_room() {
        let (access, token) = (Access::default(), Secret::new("t"));
        access.keep(link(1), &token, 100, 50);
        assert!(access.kept(link(1), 99).is_some());
        assert!(access.kept(link(1), 100).is_none(), "over");
        assert!(access.kept(link(2), 99).is_none(), "another link's");
        access.forget(link(1));
        assert!(access.kept(link(1), 99).is_none(), "forgotten");
        for number in 0..KEPT_MAX + 5 {
            access.keep(link(number), &token, 100, 50);
        }
        assert_eq!(access.0.lock().unwrap().len(), KEPT_MAX);
        access.keep(link(KEPT_MAX + 9), &token, 300, 200);
        assert_eq!(access.0.lock().unwrap().len(), 1, "those that are over make room first");
    }
}
