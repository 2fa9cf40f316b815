//! The store's key: bodies are sealed with it, and values are found again by keyed tags (P13).

use crate::Fault;
use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, RandomizedNonceKey},
    digest, hkdf, hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use terms::Digest;

const NONCE_BYTES: usize = 12;

/// Seals, tags and signs; made from 32 secret bytes that stay outside of the database.
pub struct Keys {
    seal: RandomizedNonceKey,
    tag: hmac::Key,
    /// Keys that came later, in their order: each one tags the tags before it.
    rotated: Vec<hmac::Key>,
    pub(crate) signer: Ed25519KeyPair,
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Keys {
    /// Derives the keys from one secret (HKDF-SHA-256, RFC 5869).
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn new(secret: &[u8; 32]) -> Result<Self, Fault> {
        let failed = |_| Fault::Folder { path: "store key".to_owned(), why: "cannot be used".to_owned() };
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"tsugime store v1").extract(secret);
        let derive = |purpose: &[u8]| -> Result<[u8; 32], aws_lc_rs::error::Unspecified> {
            let mut bytes = [0; 32];
            root.expand(&[purpose], Length(32))?.fill(&mut bytes)?;
            Ok(bytes)
        };
        let seal =
            RandomizedNonceKey::new(&AES_256_GCM_SIV, &derive(b"seal").map_err(failed)?).map_err(failed)?;
        let tag = hmac::Key::new(hmac::HMAC_SHA256, &derive(b"tag").map_err(failed)?);
        let signer = Ed25519KeyPair::from_seed_unchecked(&derive(b"sign").map_err(failed)?)
            .map_err(|_| failed(aws_lc_rs::error::Unspecified))?;
        Ok(Self { seal, tag, rotated: Vec::new(), signer })
    }

    /// These keys and one more, under which the gate's tags are tagged once more.
    #[must_use]
    pub fn rotated(mut self, secret: &[u8; 32]) -> Self {
        self.rotated.push(hmac::Key::new(hmac::HMAC_SHA256, secret));
        self
    }

    /// The keyed tag of what the gate counts by: bank accounts, holders, secrets that banks share. It changes with each
    /// rotation; and because the next tag is made of the one before, so can those whose value nobody kept.
    pub(crate) fn gate_tag(&self, kind: &str, value: &str) -> Digest {
        self.rotated.iter().fold(self.tag(kind, value), |tag, key| again(key, &tag))
    }

    /// What the newest key makes of a gate's tag of before; the same where no key came later.
    pub(crate) fn newest_of(&self, before: &Digest) -> Digest {
        self.rotated.last().map_or(*before, |key| again(key, before))
    }

    /// Seals a body for one place: table and key are bound to it, so that rows cannot be swapped.
    pub(crate) fn seal(&self, table: &'static str, key: &[u8], body: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let mut sealed = body;
        let nonce = self
            .seal
            .seal_in_place_append_tag(Aad::from(place(table, key)), &mut sealed)
            .map_err(|_| Fault::Row { table, why: "cannot be sealed".to_owned() })?;
        sealed.extend_from_slice(nonce.as_ref());
        Ok(sealed)
    }

    /// Opens a body.
    pub(crate) fn open(
        &self,
        table: &'static str,
        key: &[u8],
        mut sealed: Vec<u8>,
    ) -> Result<Vec<u8>, Fault> {
        let wrong = || Fault::Row { table, why: "the seal does not fit".to_owned() };
        let nonce_at = sealed.len().checked_sub(NONCE_BYTES).ok_or_else(wrong)?;
        let nonce = sealed.split_off(nonce_at);
        let nonce = aws_lc_rs::aead::Nonce::try_assume_unique_for_key(&nonce).map_err(|_| wrong())?;
        let length = self
            .seal
            .open_in_place(nonce, Aad::from(place(table, key)), &mut sealed)
            .map_err(|_| wrong())?
            .len();
        sealed.truncate(length);
        Ok(sealed)
    }

    /// The public key that checkpoints are signed with (Ed25519), 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.signer.public_key().as_ref()
    }

    /// The keyed tag of a value, so that it can be found without being readable. `kind` keeps kinds apart.
    pub fn tag(&self, kind: &str, value: &str) -> Digest {
        let mut context = hmac::Context::with_key(&self.tag);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(value.as_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        Digest::new(bytes)
    }
}

fn again(key: &hmac::Key, tag: &Digest) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(hmac::sign(key, tag.bytes()).as_ref());
    Digest::new(bytes)
}

/// Sixteen random bytes.
pub(crate) fn random_bytes() -> Result<[u8; 16], Fault> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Fault::Folder { path: "random numbers".to_owned(), why: "cannot be had".to_owned() })?;
    Ok(bytes)
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    let mut digest = [0; 32];
    digest.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    Digest::new(digest)
}

fn place(table: &str, key: &[u8]) -> Vec<u8> {
    let mut place = Vec::with_capacity(table.len() + 1 + key.len());
    place.extend_from_slice(table.as_bytes());
    place.push(0);
    place.extend_from_slice(key);
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    // promise: P13
    #[test]
    fn a_tag_of_before_becomes_the_tag_of_now_without_its_value() {
        let keys = || Keys::new(&[7; 32]).expect("keys");
        let (first, second) = (keys().rotated(&[8; 32]), keys().rotated(&[8; 32]).rotated(&[9; 32]));
        let value = ("bank account", "0001\n1234567");
        let tags = [&keys(), &first, &second].map(|keys| keys.gate_tag(value.0, value.1));
        assert_eq!(first.newest_of(&tags[0]), tags[1]);
        assert_eq!(second.newest_of(&tags[1]), tags[2]);
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);
        assert_ne!(keys().rotated(&[9; 32]).gate_tag(value.0, value.1), tags[1], "under another key");
        assert_eq!(
            second.tag("phone", "0901"),
            keys().tag("phone", "0901"),
            "not what is looked up by value"
        );
    }

    // promise: P13
    #[test]
    fn a_body_opens_only_in_its_place_and_unaltered() {
        let keys = Keys::new(&[7; 32]).expect("keys");
        let sealed = keys.seal("links", b"a", b"0001".to_vec()).expect("sealed");
        assert_eq!(keys.open("links", b"a", sealed.clone()).expect("opens"), b"0001");
        assert!(keys.open("links", b"b", sealed.clone()).is_err());
        assert!(keys.open("customers", b"a", sealed.clone()).is_err());
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert!(keys.open("links", b"a", altered).is_err());
        }
        assert!(keys.open("links", b"a", Vec::new()).is_err());
    }
}
