//! A bank calls back: whether it is that bank, and what it says of which payment.

use crate::attestation::{ALGORITHMS, LEEWAY_S};
use crate::payment_answer::PaymentText;
use crate::{Banks, clock};
use engine::BankOutcome;
use jose::{Expect, TokenRefused, verify};
use serde::Deserialize;
use terms::{BankCode, PaymentId};

/// How old a callback may be, in seconds. A repeated one is harmless: the decision knows what it has settled.
const MAX_AGE_S: i64 = 86_400;

#[derive(Deserialize)]
struct Claims {
    payment: PaymentText,
}

impl Banks {
    /// The payment that `jws` speaks of and its outcome, when the token is this bank's and meant for us.
    ///
    /// # Errors
    /// [`TokenRefused`]; a bank that is not in the settings has no key, so nothing of it is believed.
    pub async fn verify_callback(
        &self,
        bank: BankCode,
        jws: &str,
    ) -> Result<(PaymentId, BankOutcome), TokenRefused> {
        if self.discovered(bank).is_err() {
            return Err(TokenRefused::WrongIssuer);
        }
        let endpoints = self.endpoints(bank).await;
        let endpoints =
            endpoints.map_err(|_| TokenRefused::KeysUnavailable("the bank's metadata cannot be had"))?;
        let expect = Expect {
            typ: "payment-result+jwt",
            issuer: &endpoints.issuer,
            audience: &self.client_id,
            algorithms: &ALGORITHMS,
            now_s: clock::now_s(),
            leeway_s: LEEWAY_S,
            max_age_s: MAX_AGE_S,
        };
        let claims: Claims = verify(jws, &endpoints.keys, expect).await?;
        Ok((PaymentId::new(claims.payment.id), claims.payment.outcome()))
    }
}
