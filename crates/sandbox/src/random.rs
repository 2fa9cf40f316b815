//! Random tokens and codes.

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Fills with random bytes.
///
/// # Panics
/// When the system has no randomness: a token of zeros would open every account.
fn fill(bytes: &mut [u8]) {
    assert!(rand::fill(bytes).is_ok(), "the system gives no randomness");
}

/// 256 random bits.
pub(crate) fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    fill(&mut bytes);
    bytes
}

/// 256 random bits, base64url.
pub(crate) fn token() -> String {
    URL_SAFE_NO_PAD.encode(secret())
}

/// Random digits; a byte above 249 is drawn again, so that each digit is as likely.
pub(crate) fn digits(count: usize) -> String {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let mut byte = [0; 1];
        fill(&mut byte);
        if byte[0] < 250 {
            text.push(char::from(b'0' + byte[0] % 10));
        }
    }
    text
}
