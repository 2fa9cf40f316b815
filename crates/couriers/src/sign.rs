//! The secret and signature of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use terms::Secret;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";

/// The secret that a merchant checks webhooks with, `whsec_` and base64 of 32 random bytes that the caller drew.
pub fn new_webhook_secret(bytes: [u8; 32]) -> Secret {
    let bytes = Zeroizing::new(bytes);
    Secret::new(format!("{PREFIX}{}", STANDARD.encode(bytes.as_slice())))
}

/// The value of `webhook-signature`; nothing when the secret is not one of 24 to 64 bytes.
pub(crate) fn signature(secret: &Secret, id: &str, timestamp_s: i64, body: &str) -> Option<String> {
    let key = Zeroizing::new(STANDARD.decode(secret.expose().strip_prefix(PREFIX)?).ok()?);
    if !(24..=64).contains(&key.len()) {
        return None;
    }
    let signed = format!("{id}.{timestamp_s}.{body}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
    Some(format!("v1,{}", STANDARD.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conventions_own_example() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn each_part_is_signed() {
        let secret = new_webhook_secret([7; 32]);
        let whole = signature(&secret, "a", 1, "b");
        assert!(whole.is_some());
        for other in [
            signature(&secret, "c", 1, "b"),
            signature(&secret, "a", 2, "b"),
            signature(&secret, "a", 1, "c"),
            signature(&new_webhook_secret([8; 32]), "a", 1, "b"),
        ] {
            assert_ne!(other, whole);
        }
    }

    #[test]
    fn what_is_not_a_secret_signs_nothing() {
        for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA", "whsec_!!!!"] {
            assert_eq!(signature(&Secret::new(text), "a", 1, "b"), None, "{text}");
        }
    }
}
