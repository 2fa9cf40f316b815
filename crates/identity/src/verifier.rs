//! The identity verifier: sends a person to have a card's chip read, and checks what was signed about it.

use crate::exchange::Party;
use crate::{AssertionWrong, IdentityFault, PartySettings, SettingsWrong, clock};
use jose::{Algorithm, Expect, KeySet, verify};
use serde::Deserialize;
use terms::{BirthDate, Kana, Secret, Time};
use url::Url;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256];
/// How far the verifier's clock may be off, in seconds.
const LEEWAY_S: i64 = 10;
/// How old an assertion may be, in seconds.
const MAX_AGE_S: i64 = 300;
/// How long before its assertion a card may have been read, in seconds: one flow's length.
const READ_BEFORE_MAX_S: i64 = 600;
const NAME_MAX: usize = 100;
const SUBJECT_MAX: usize = 255;

/// A verifier, from outside.
pub struct Verifier {
    party: Party,
    keys: KeySet,
}

/// Who a person is, by a verifier's word that was checked in every part.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedPerson {
    /// The verifier.
    pub issuer: String,
    /// Its stable name of the person.
    pub subject: String,
    /// How it verified: the method that was asked.
    pub method: String,
    /// The name as written on the card.
    pub name: String,
    /// The name in kana.
    pub kana: Kana,
    /// The birth date.
    pub birth_date: BirthDate,
    /// When the card was read.
    pub verified_at: Time,
    /// When the certificate on the card ends.
    pub certificate_expires_at: Time,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

#[derive(Deserialize)]
struct Asserted {
    assertion: String,
}

/// The claims; all are required. The address is not read: what is not kept cannot leak.
#[derive(Deserialize)]
struct Claims {
    #[expect(
        dead_code,
        reason = "its presence is the check: the verification obeys `exp` only where there is one"
    )]
    exp: i64,
    iat: i64,
    jti: String,
    sub: String,
    nonce: String,
    method: String,
    verified_at: i64,
    name: String,
    name_kana: String,
    birth_date: String,
    certificate_expires_at: i64,
    face_image: bool,
}

impl Verifier {
    /// A verifier at `settings.issuer`. Nothing is sent until it is needed.
    ///
    /// # Errors
    /// [`SettingsWrong`] says which setting, and what is allowed.
    pub fn new(settings: PartySettings) -> Result<Self, SettingsWrong> {
        let party = Party::new(settings)?;
        let keys = KeySet::at(&format!("{}/jwks", party.issuer)).map_err(SettingsWrong::NoHttpClient)?;
        Ok(Self { party, keys })
    }

    /// The issuer identifier: what `iss` must be when a browser comes back (RFC 9207).
    pub fn issuer(&self) -> &str {
        &self.party.issuer
    }

    /// Tells the verifier what is wanted, and returns where to send the browser.
    ///
    /// # Errors
    /// [`IdentityFault`]; nothing that lasts was begun.
    pub async fn begin(&self, method: &str, state: &Secret, nonce: &str) -> Result<String, IdentityFault> {
        let url = format!("{}/requests", self.party.issuer);
        let form = [
            ("method", method),
            ("redirect_uri", self.party.redirect_uri.as_str()),
            ("state", state.expose()),
            ("nonce", nonce),
        ];
        let pushed: Pushed = self.party.post("verification request", &url, &form, &[201]).await?;
        let mut start = Url::parse(&format!("{}/start", self.party.issuer))
            .map_err(|_| self.not_understood("verification request"))?;
        start.query_pairs_mut().append_pair("request_uri", &pushed.request_uri);
        Ok(start.into())
    }

    /// Exchanges the code for the verifier's word, and checks it against what was asked.
    ///
    /// # Errors
    /// [`IdentityFault`]. A code works once, so after any of them the proofing has to begin again.
    pub async fn finish(
        &self,
        code: &Secret,
        method: &str,
        nonce: &str,
    ) -> Result<VerifiedPerson, IdentityFault> {
        let url = format!("{}/assertions", self.party.issuer);
        let form = [("code", code.expose())];
        let asserted: Asserted = self.party.post("assertion request", &url, &form, &[200]).await?;
        let person = self.check(&asserted.assertion, method, nonce, clock::now_s()).await;
        person.map_err(|why| IdentityFault::WordRefused { issuer: self.party.issuer.clone(), why })
    }

    /// The order of the checks is that of [`AssertionWrong`].
    async fn check(
        &self,
        assertion: &str,
        method: &str,
        nonce: &str,
        now_s: i64,
    ) -> Result<VerifiedPerson, AssertionWrong> {
        let expect = Expect {
            typ: "identity-assertion+jwt",
            issuer: &self.party.issuer,
            audience: &self.party.client_id,
            algorithms: &ALGORITHMS,
            now_s,
            leeway_s: LEEWAY_S,
            max_age_s: MAX_AGE_S,
        };
        let claims: Claims = verify(assertion, &self.keys, expect).await?;
        if claims.nonce != nonce {
            return Err(AssertionWrong::Nonce);
        }
        if claims.method != method {
            return Err(AssertionWrong::Method);
        }
        if claims.face_image {
            return Err(AssertionWrong::FaceImage);
        }
        let read_before_s = claims.iat.saturating_sub(claims.verified_at);
        if !(-LEEWAY_S..=READ_BEFORE_MAX_S).contains(&read_before_s) {
            return Err(AssertionWrong::OtherTime);
        }
        if claims.certificate_expires_at <= now_s {
            return Err(AssertionWrong::CertificateOver);
        }
        claims.read(&self.party.issuer).ok_or(AssertionWrong::Claim)
    }

    fn not_understood(&self, step: &'static str) -> IdentityFault {
        IdentityFault::NotUnderstood { issuer: self.party.issuer.clone(), step, status: 201 }
    }
}

impl Claims {
    fn read(self, issuer: &str) -> Option<VerifiedPerson> {
        let name_fine =
            (1..=NAME_MAX).contains(&self.name.chars().count()) && !self.name.chars().any(char::is_control);
        let subject_fine =
            (1..=SUBJECT_MAX).contains(&self.sub.len()) && self.sub.bytes().all(|b| b.is_ascii_graphic());
        if !name_fine || !subject_fine || self.jti.is_empty() {
            return None;
        }
        Some(VerifiedPerson {
            kana: Kana::parse(&self.name_kana).ok()?,
            birth_date: BirthDate::parse(&self.birth_date).ok()?,
            issuer: issuer.to_owned(),
            subject: self.sub,
            method: self.method,
            name: self.name,
            verified_at: from_seconds(self.verified_at)?,
            certificate_expires_at: from_seconds(self.certificate_expires_at)?,
        })
    }
}

fn from_seconds(seconds: i64) -> Option<Time> {
    seconds.checked_mul(1_000).map(Time::from_millis)
}
