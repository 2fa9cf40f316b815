//! Secrets drawn from the system's randomness: tokens, one-time codes, recovery codes, ids that nobody can guess.

use crate::{credentials::digest_of, problem::Problem};
use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use terms::{Digest, Secret};
use uuid::Uuid;

/// Crockford's base 32, upper case for people.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RECOVERY_BYTES: usize = 20;
const RECOVERY_DIGITS: usize = RECOVERY_BYTES * 8 / 5;
const GROUP: usize = 4;

/// Random bytes.
///
/// # Errors
/// When the system has none.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Problem::fault("no random bytes"))?;
    Ok(bytes)
}

/// A token of 256 bits in base64url, and the digest that is kept of it.
///
/// # Errors
/// When the system has no randomness.
pub(crate) fn token() -> Result<(Secret, Digest), Problem> {
    let token = URL_SAFE_NO_PAD.encode(bytes::<32>()?);
    let digest = digest_of(&token);
    Ok((Secret::new(token), digest))
}

/// Six digits, each code as likely as any other.
///
/// # Errors
/// When the system has no randomness.
pub(crate) fn six_digits() -> Result<Secret, Problem> {
    // 2^64 is so much larger than 10^6 that no code is likelier than another by more than 10^-13.
    let number = u64::from_be_bytes(bytes::<8>()?) % 1_000_000;
    Ok(Secret::new(format!("{number:06}")))
}

/// An id that nobody can guess: 122 random bits.
///
/// # Errors
/// When the system has no randomness.
pub(crate) fn uuid() -> Result<Uuid, Problem> {
    Ok(uuid::Builder::from_random_bytes(bytes::<16>()?).into_uuid())
}

/// A recovery code of 160 bits for people: eight groups of four.
///
/// # Errors
/// When the system has no randomness.
pub(crate) fn recovery_code() -> Result<Secret, Problem> {
    let bytes = bytes::<RECOVERY_BYTES>()?;
    let bit = |at: usize| (bytes[at / 8] >> (7 - at % 8)) & 1;
    let mut text = String::with_capacity(RECOVERY_DIGITS + RECOVERY_DIGITS / GROUP);
    for place in 0..RECOVERY_DIGITS {
        if place > 0 && place.is_multiple_of(GROUP) {
            text.push('-');
        }
        let digit = (place * 5..place * 5 + 5).fold(0, |digit, at| digit * 2 + usize::from(bit(at)));
        text.push(char::from(CROCKFORD[digit]));
    }
    Ok(Secret::new(text))
}

/// The digest of a recovery code as a person wrote it: case, spaces and hyphens do not matter, O is 0, I and L are 1.
/// Nothing where it cannot be one.
pub(crate) fn recovery_digest(written: &str) -> Option<Digest> {
    const WRITTEN_MAX: usize = 100;
    if written.len() > WRITTEN_MAX {
        return None;
    }
    let mut plain = Vec::with_capacity(RECOVERY_DIGITS);
    for c in written.bytes().filter(|c| !matches!(c, b'-' | b' ')) {
        let digit = match c.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        CROCKFORD.contains(&digit).then(|| plain.push(digit))?;
    }
    let plain = String::from_utf8(plain).ok().filter(|plain| plain.len() == RECOVERY_DIGITS)?;
    Some(digest_of(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_reads_back_however_it_is_written() {
        let code = recovery_code().expect("randomness");
        let written = code.expose();
        assert_eq!(written.len(), 39);
        let digest = recovery_digest(written).expect("a code");
        for other in [written.to_lowercase(), written.replace('-', " "), written.replace('-', "")] {
            assert_eq!(recovery_digest(&other), Some(digest), "{other}");
        }
        assert_ne!(recovery_digest(recovery_code().expect("randomness").expose()), Some(digest));
        let spelled = "OIL0-0000-0000-0000-0000-0000-0000-0000";
        assert_eq!(recovery_digest(spelled), recovery_digest("0110-0000-0000-0000-0000-0000-0000-0000"));
        for wrong in ["", "0000", &"0".repeat(33), &"U".repeat(32), &"0".repeat(101)] {
            assert_eq!(recovery_digest(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn codes_have_six_digits() {
        for _ in 0..50 {
            let code = six_digits().expect("randomness");
            assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
