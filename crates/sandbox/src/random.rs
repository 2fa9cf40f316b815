//! Random tokens and codes.

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

fn fill(bytes: &mut [u8]) {
    // aws-lc-rs aborts rather than give weak randomness; an error here is not known to happen.
    if rand::fill(bytes).is_err() {
        tracing::error!("no randomness");
    }
}

/// 256 random bits, base64url.
pub(crate) fn token() -> String {
    let mut bytes = [0; 32];
    fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
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
