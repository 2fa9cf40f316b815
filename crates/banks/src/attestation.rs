//! The bank's signed word on a link: whose token it is, for which request, and what it says of holder and factors.

use crate::discovery::Endpoints;
use crate::{BankWord, WordWrong, clock};
use jose::{Algorithm, Expect, state_hash, verify};
use serde::Deserialize;
use terms::{BirthDate, Kana, Secret, Yen};

/// FAPI 2.0 §5.4.1 allows these.
pub(crate) const ALGORITHMS: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256];
/// How far a bank's clock may be off, in seconds.
pub(crate) const LEEWAY_S: i64 = 10;
/// How old an attestation may be, in seconds; it lives as long by contract.
const MAX_AGE_S: i64 = 300;
const FACTORS_MAX: usize = 16;
const CODE_MAX: usize = 40;
/// The longest opaque name of a bank account, in bytes.
const ACCOUNT_MAX: usize = 200;
/// The longest text for people, in characters.
const SHOWN_MAX: usize = 60;

/// The claims; all are required.
#[derive(Deserialize)]
struct Claims {
    #[expect(
        dead_code,
        reason = "its presence is the check: the verifier obeys `exp` only where there is one"
    )]
    exp: i64,
    jti: String,
    state_hash: String,
    account_id: String,
    account_masked: String,
    branch_name: String,
    method: String,
    factors: Vec<String>,
    holder_kana: String,
    birth_date: String,
    depositor_notified: bool,
}

/// What a valid attestation says.
pub(crate) struct Attested {
    pub(crate) account: String,
    pub(crate) method: String,
    account_masked: String,
    branch_name: String,
    factors: Vec<String>,
    holder: Kana,
    birth_date: BirthDate,
    depositor_notified: bool,
}

/// Checks `token`, in the order of [`WordWrong`].
pub(crate) async fn check(
    token: &str,
    endpoints: &Endpoints,
    client_id: &str,
    state: &str,
    method: &str,
) -> Result<Attested, WordWrong> {
    let expect = Expect {
        typ: "link-attestation+jwt",
        issuer: &endpoints.issuer,
        audience: client_id,
        algorithms: &ALGORITHMS,
        now_s: clock::now_s(),
        leeway_s: LEEWAY_S,
        max_age_s: MAX_AGE_S,
    };
    let claims: Claims = verify(token, &endpoints.keys, expect).await?;
    if claims.state_hash != state_hash(state) {
        return Err(WordWrong::State);
    }
    if claims.method != method {
        return Err(WordWrong::Method);
    }
    claims.read().ok_or(WordWrong::Claim)
}

impl Claims {
    fn read(self) -> Option<Attested> {
        let shown = |text: &str| {
            let length = text.chars().count();
            (1..=SHOWN_MAX).contains(&length) && !text.chars().any(char::is_control)
        };
        let code = |code: &String| {
            let letters = code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            (1..=CODE_MAX).contains(&code.len()) && letters
        };
        let fine = (1..=ACCOUNT_MAX).contains(&self.account_id.len())
            && self.account_id.bytes().all(|b| b.is_ascii_graphic())
            && !self.jti.is_empty()
            && shown(&self.account_masked)
            && shown(&self.branch_name)
            && (1..=FACTORS_MAX).contains(&self.factors.len())
            && self.factors.iter().all(code);
        if !fine {
            return None;
        }
        Some(Attested {
            holder: Kana::parse(&self.holder_kana).ok()?,
            birth_date: BirthDate::parse(&self.birth_date).ok()?,
            account: self.account_id,
            method: self.method,
            account_masked: self.account_masked,
            branch_name: self.branch_name,
            factors: self.factors,
            depositor_notified: self.depositor_notified,
        })
    }
}

impl Attested {
    pub(crate) fn into_word(
        self,
        per_debit_limit: Yen,
        per_day_limit: Yen,
        refresh_token: Secret,
    ) -> BankWord {
        BankWord {
            account: self.account,
            account_masked: self.account_masked,
            branch_name: self.branch_name,
            method: self.method,
            factors: self.factors,
            holder: self.holder,
            birth_date: self.birth_date,
            depositor_notified: self.depositor_notified,
            per_debit_limit,
            per_day_limit,
            refresh_token,
        }
    }
}
