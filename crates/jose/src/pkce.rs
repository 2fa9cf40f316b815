//! Proof Key for Code Exchange (RFC 7636) with S256, the only method that FAPI 2.0 allows.

use aws_lc_rs::digest;

use crate::base64url;

/// One verifier and its challenge. No `Debug`: the verifier is a secret until the code is exchanged.
#[derive(Clone, PartialEq, Eq)]
pub struct Pkce {
    /// Kept by the client and sent with the code: 43 letters (RFC 7636 §4.1).
    pub verifier: String,
    /// Sent ahead: base64url of the SHA-256 of the verifier (RFC 7636 §4.2).
    pub challenge: String,
}

impl Pkce {
    /// The pair made from 32 random bytes that the caller drew, as RFC 7636 §4.1 recommends.
    #[must_use]
    pub fn from_random(random: &[u8; 32]) -> Self {
        let verifier = base64url::encode(random);
        let challenge = base64url::encode(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref());
        Self { verifier, challenge }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_example() {
        // RFC 7636, appendix B.
        let random = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
            214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let pkce = Pkce::from_random(&random);
        assert_eq!(pkce.verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(pkce.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
