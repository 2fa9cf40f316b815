//! The signature of a webhook (Standard Webhooks 1.0): HMAC-SHA-256 over `id.timestamp.body`.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};

/// How far the sender's clock may be away, in seconds; an older delivery is a replay.
const TOLERANCE_S: i64 = 300;
/// The convention's key length. A shorter one, most of all an empty one, would let anybody sign.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// A sender that changes its key signs with both; nobody signs with more than a few.
const SIGNATURES_MAX: usize = 8;

/// The three headers of a webhook; a missing one is empty.
#[derive(Clone, Copy)]
pub(super) struct Headers<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) signature: &'a str,
}

/// Whether the delivery is of `now_s` and signed with the secret (`whsec_…`).
pub(super) fn is_right(secret: &str, headers: Headers<'_>, body: &[u8], now_s: i64) -> bool {
    let Headers { id, timestamp, signature } = headers;
    let at = timestamp.parse::<i64>().ok();
    let fresh = at.is_some_and(|at| (now_s - TOLERANCE_S..=now_s + TOLERANCE_S).contains(&at));
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret));
    let Some(key) = key.ok().filter(|key| KEY_BYTES.contains(&key.len())) else { return false };
    if !fresh || id.is_empty() {
        return false;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(body);
    signature
        .split(' ')
        .take(SIGNATURES_MAX)
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .any(|tag| hmac::verify(&key, &signed, &tag).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the convention's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const NOW: i64 = 1_614_265_330;
    const GOOD: Headers<'_> = Headers {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1614265330",
        signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };

    #[test]
    fn only_the_whole_truth_is_right() {
        let both = format!("v1,AAAA v1a,AAAA {}", GOOD.signature);
        let many = format!("{}{}", "v1,AAAA ".repeat(SIGNATURES_MAX), GOOD.signature);
        let empty_key = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, b""),
            &[b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.".as_slice(), BODY].concat(),
        );
        let empty_key = format!("v1,{}", STANDARD.encode(empty_key));
        let with = |change: fn(&mut Headers<'_>)| {
            let mut headers = GOOD;
            change(&mut headers);
            headers
        };
        let cases = [
            ("the example", SECRET, GOOD, BODY, NOW, true),
            ("without prefix", &SECRET[6..], GOOD, BODY, NOW, true),
            ("one of several", SECRET, Headers { signature: &both, ..GOOD }, BODY, NOW, true),
            ("late but in time", SECRET, GOOD, BODY, NOW + TOLERANCE_S, true),
            ("after too many others", SECRET, Headers { signature: &many, ..GOOD }, BODY, NOW, false),
            ("a replay", SECRET, GOOD, BODY, NOW + TOLERANCE_S + 1, false),
            ("from the future", SECRET, GOOD, BODY, NOW - TOLERANCE_S - 1, false),
            ("another body", SECRET, GOOD, b"{}", NOW, false),
            ("another id", SECRET, with(|h| h.id = "msg_2"), BODY, NOW, false),
            ("another time", SECRET, with(|h| h.timestamp = "1614265331"), BODY, NOW, false),
            ("the longest time", SECRET, with(|h| h.timestamp = "-9223372036854775808"), BODY, NOW, false),
            ("no time", SECRET, with(|h| h.timestamp = ""), BODY, NOW, false),
            ("no id", SECRET, with(|h| h.id = ""), BODY, NOW, false),
            ("no signature", SECRET, with(|h| h.signature = ""), BODY, NOW, false),
            ("no version", SECRET, with(|h| h.signature = &h.signature[3..]), BODY, NOW, false),
            ("another secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx", GOOD, BODY, NOW, false),
            ("no secret set", "", Headers { signature: &empty_key, ..GOOD }, BODY, NOW, false),
        ];
        for (what, secret, headers, body, now_s, right) in cases {
            assert_eq!(is_right(secret, headers, body, now_s), right, "{what}");
        }
    }
}
