//! Takes the bank's word: the code becomes tokens and a signed attestation, and each part of it is checked.

use crate::attestation::{self, Attested};
use crate::begin::said_no;
use crate::{Asked, BankFault, Banks, WordWrong, clock};
use jose::{Body, Exchange, Method, Possession};
use serde::Deserialize;
use terms::{BankCode, BirthDate, Kana, LinkId, Secret, Yen};

const STEP: &str = "token request";
const REVOKE: &str = "revocation";
/// The longest token kept, in bytes.
pub(crate) const TOKEN_MAX: usize = 4_096;

/// What came back with the browser, and what was kept for it.
pub struct Finish<'a> {
    /// The code that came back.
    pub code: &'a Secret,
    /// The PKCE verifier that was kept.
    pub verifier: &'a Secret,
    /// The state that came back; the caller has compared it with the one that was sent.
    pub state: &'a Secret,
    /// What the person was asked to sign.
    pub asked: &'a Asked,
}

/// What a bank vouches for when a person said yes: all of it was checked against what was asked.
pub struct BankWord {
    /// The bank's opaque name of the bank account, the same for each consent.
    pub account: String,
    /// For the customer's eyes, `普通 ***0001`.
    pub account_masked: String,
    /// The branch, for the customer's eyes.
    pub branch_name: String,
    /// The method used: the one that was asked.
    pub method: String,
    /// The factors that the bank says it really checked; codes of the directory, not yet judged.
    pub factors: Vec<String>,
    /// The holder's name as the bank has it.
    pub holder: Kana,
    /// The holder's birth date as the bank has it.
    pub birth_date: BirthDate,
    /// Whether the bank says that it told the depositor (P10).
    pub depositor_notified: bool,
    /// The most per debit that the person signed: as asked, or lower.
    pub per_debit_limit: Yen,
    /// The most per day that the person signed: as asked, or lower.
    pub per_day_limit: Yen,
    /// Bound to our DPoP key.
    pub refresh_token: Secret,
}

#[derive(Deserialize)]
struct Granted {
    token_type: String,
    refresh_token: String,
    authorization_details: Vec<Detail>,
    link_attestation: String,
}

#[derive(Deserialize)]
struct Detail {
    r#type: String,
    method: String,
    per_debit_limit: Yen,
    per_day_limit: Yen,
    account_id: String,
}

impl Banks {
    /// Exchanges the code and checks the bank's word. A word that is not believed is given back: the grant is revoked.
    ///
    /// # Errors
    /// [`BankFault`]. A code works once, so after any of them the consent has to begin again.
    pub async fn finish(&self, bank: BankCode, finish: Finish<'_>) -> Result<BankWord, BankFault> {
        let endpoints = self.endpoints(bank).await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", finish.code.expose()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", finish.verifier.expose()),
        ];
        let exchange = Exchange {
            method: Method::Post,
            url: &endpoints.token,
            body: Body::Form(&form),
            client_auth: Some(self.client_auth(&endpoints.issuer)),
            possession: Some(Possession { key: &self.dpop_key, access_token: None }),
            now_s: clock::now_s(),
        };
        let answer = self.http.send(&exchange).await;
        let answer = answer.map_err(|fault| BankFault::NoAnswer { bank, step: STEP, fault })?;
        let granted = answer
            .json::<Granted>()
            .ok()
            .filter(|granted| answer.status == 200 && granted.is_bound())
            .ok_or_else(|| said_no(bank, STEP, &answer))?;
        let refresh_token = Secret::new(granted.refresh_token.as_str());
        let attested = attestation::check(
            &granted.link_attestation,
            &endpoints,
            &self.client_id,
            finish.state.expose(),
            &finish.asked.method,
        )
        .await;
        let checked = attested.and_then(|attested| {
            let detail = granted.detail(finish.asked, &attested)?;
            Ok((attested, detail.per_debit_limit, detail.per_day_limit))
        });
        match checked {
            Ok((attested, per_debit_limit, per_day_limit)) => {
                tracing::info!(%bank, method = attested.method, "the bank gave its word on a link");
                Ok(attested.into_word(per_debit_limit, per_day_limit, refresh_token))
            }
            Err(why) => {
                tracing::warn!(%bank, %why, "the bank's word on a link is refused");
                if let Err(fault) = self.revoke(bank, &refresh_token).await {
                    tracing::warn!(%bank, %fault, "the refused grant could not be given back");
                }
                Err(BankFault::WordRefused { bank, why })
            }
        }
    }

    /// Tells the bank that a link has ended, and forgets its access token. Twice is once (RFC 7009 §2.2).
    ///
    /// # Errors
    /// [`BankFault`]; the caller repeats.
    pub async fn end_link(
        &self,
        bank: BankCode,
        link: LinkId,
        refresh_token: &Secret,
    ) -> Result<(), BankFault> {
        self.access.forget(link);
        self.revoke(bank, refresh_token).await
    }

    /// Gives a grant back that became no link, because the decision refused it.
    ///
    /// # Errors
    /// [`BankFault`]; the caller repeats.
    pub async fn revoke(&self, bank: BankCode, refresh_token: &Secret) -> Result<(), BankFault> {
        let endpoints = self.endpoints(bank).await?;
        let form = [("token", refresh_token.expose()), ("token_type_hint", "refresh_token")];
        let exchange = Exchange {
            method: Method::Post,
            url: &endpoints.revocation,
            body: Body::Form(&form),
            client_auth: Some(self.client_auth(&endpoints.issuer)),
            possession: None,
            now_s: clock::now_s(),
        };
        let answer = self.http.send(&exchange).await;
        let answer = answer.map_err(|fault| BankFault::NoAnswer { bank, step: REVOKE, fault })?;
        if matches!(answer.status, 200 | 204) { Ok(()) } else { Err(said_no(bank, REVOKE, &answer)) }
    }
}

impl Granted {
    /// A bearer token would work for whoever finds it.
    fn is_bound(&self) -> bool {
        self.token_type.eq_ignore_ascii_case("DPoP") && (1..=TOKEN_MAX).contains(&self.refresh_token.len())
    }

    /// The one detail granted, when it is what was asked, or less.
    fn detail(&self, asked: &Asked, attested: &Attested) -> Result<&Detail, WordWrong> {
        let [detail] = self.authorization_details.as_slice() else { return Err(WordWrong::Limits) };
        if detail.r#type != "jp_account_link" || detail.method != asked.method {
            return Err(WordWrong::Method);
        }
        let within = |granted: Yen, asked: Yen| !granted.is_zero() && granted <= asked;
        if !within(detail.per_debit_limit, asked.per_debit_limit)
            || !within(detail.per_day_limit, asked.per_day_limit)
        {
            return Err(WordWrong::Limits);
        }
        if detail.account_id != attested.account {
            return Err(WordWrong::Account);
        }
        Ok(detail)
    }
}
