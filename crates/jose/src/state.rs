//! The hash of a `state` value, by which a signed answer shows which request it belongs to.

use aws_lc_rs::digest;

use crate::base64url;

/// base64url of the SHA-256 of `state`, as the claim `state_hash` carries it.
#[must_use]
pub fn state_hash(state: &str) -> String {
    base64url::encode(digest::digest(&digest::SHA256, state.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_hash() {
        // FIPS 180-4: SHA-256 of "abc" is ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad.
        assert_eq!(state_hash("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }
}
