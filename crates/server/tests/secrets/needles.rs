//! What must be nowhere, in every guise in which a careless program would keep it.

use aws_lc_rs::digest;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use blake2::{Blake2b512, Blake2s256, Digest};

/// A place that was looked into, and its bytes.
pub(crate) type Place = (String, Vec<u8>);

/// Secrets to look for.
#[derive(Default)]
pub(crate) struct Needles(Vec<Needle>);

struct Needle {
    what: String,
    bytes: Vec<u8>,
    /// A few digits stand in longer numbers by chance: only alone are they the secret.
    alone: bool,
}

impl Needles {
    /// A secret of any length, as it is.
    pub(crate) fn plain(&mut self, what: &str, secret: &str) {
        self.add(what.to_owned(), secret.as_bytes().to_vec(), secret.len() < 12);
    }

    /// A secret that a few tries guess: its digests are as good as the secret.
    pub(crate) fn guessable(&mut self, what: &str, secret: &str) {
        self.plain(what, secret);
        self.digests(what, secret);
        let text = secret.as_bytes();
        for (guise, text) in [("base64", STANDARD.encode(text)), ("base64url", URL_SAFE.encode(text))] {
            self.add(format!("{what} in {guise}"), text.into_bytes(), true);
        }
    }

    /// Its digests only: for a secret drawn at random that a number in a log may be by chance.
    pub(crate) fn digests(&mut self, what: &str, secret: &str) {
        let text = secret.as_bytes();
        let of = |algorithm| digest::digest(algorithm, text).as_ref().to_vec();
        let digests = [
            ("SHA-1", of(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
            ("SHA-224", of(&digest::SHA224)),
            ("SHA-256", of(&digest::SHA256)),
            ("SHA-384", of(&digest::SHA384)),
            ("SHA-512", of(&digest::SHA512)),
            ("MD5", md5::compute(text).to_vec()),
            ("BLAKE2b", Blake2b512::digest(text).to_vec()),
            ("BLAKE2s", Blake2s256::digest(text).to_vec()),
        ];
        for (name, bytes) in digests {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let guises = [
                ("in hex", hex.clone().into_bytes()),
                ("in capital hex", hex.to_uppercase().into_bytes()),
                ("in base64", STANDARD_NO_PAD.encode(&bytes).into_bytes()),
                ("in base64url", URL_SAFE_NO_PAD.encode(&bytes).into_bytes()),
                ("of its hex in base64", STANDARD_NO_PAD.encode(&hex).into_bytes()),
                ("raw", bytes),
            ];
            for (guise, bytes) in guises {
                self.add(format!("{what}, {name} {guise}"), bytes, false);
            }
        }
    }

    fn add(&mut self, what: String, bytes: Vec<u8>, alone: bool) {
        self.0.push(Needle { what, bytes, alone });
    }

    /// What was found, and where; each once per place.
    pub(crate) fn found_in(&self, places: &[Place]) -> Vec<String> {
        // One pass, whatever the number of needles: by their first byte.
        let mut by_first: Vec<Vec<&Needle>> = vec![Vec::new(); 256];
        for needle in &self.0 {
            if let Some(first) = needle.bytes.first() {
                by_first[usize::from(*first)].push(needle);
            }
        }
        let mut found = Vec::new();
        for (place, bytes) in places {
            for (at, byte) in bytes.iter().enumerate() {
                for needle in by_first[usize::from(*byte)].iter().filter(|needle| needle.is_at(bytes, at)) {
                    let told = format!("{}: {place}", needle.what);
                    if !found.contains(&told) {
                        found.push(told);
                    }
                }
            }
        }
        found
    }
}

impl Needle {
    fn is_at(&self, hay: &[u8], at: usize) -> bool {
        let end = at + self.bytes.len();
        let in_more = |place: Option<usize>| {
            place.and_then(|place| hay.get(place)).is_some_and(u8::is_ascii_alphanumeric)
        };
        hay.get(at..end) == Some(&self.bytes[..])
            && !(self.alone && (in_more(at.checked_sub(1)) || in_more(Some(end))))
    }
}

#[test]
fn every_guise_is_found_and_chance_is_not() {
    let mut needles = Needles::default();
    needles.guessable("a PIN", "4071");
    needles.plain("a token", "abcdefghijklmnop");
    let of = |algorithm| digest::digest(algorithm, b"4071").as_ref().to_vec();
    let sha256: String = of(&digest::SHA256).iter().map(|byte| format!("{byte:02x}")).collect();
    for planted in [
        b"pin=4071".to_vec(),
        b"\x014071\x02".to_vec(),
        format!("x{sha256}y").into_bytes(),
        sha256.to_uppercase().into_bytes(),
        [b"abc".to_vec(), of(&digest::SHA1_FOR_LEGACY_USE_ONLY)].concat(),
        STANDARD.encode(md5::compute(b"4071").as_slice()).into_bytes(),
        URL_SAFE_NO_PAD.encode(Blake2b512::digest(b"4071")).into_bytes(),
        b"yabcdefghijklmnopz".to_vec(),
    ] {
        assert!(!needles.found_in(&[("planted".to_owned(), planted.clone())]).is_empty(), "{planted:?}");
    }
    for chance in ["1407155", "0.40712", "id a4071f", ""] {
        assert!(needles.found_in(&[("chance".to_owned(), chance.into())]).is_empty(), "{chance}");
    }
}
