//! Checkpoints: the end of the hash chain, signed from time to time.
//!
//! Who keeps a checkpoint elsewhere can later prove that nothing before it was altered, whoever has the database.

use crate::{
    Fault, Keys,
    pen::Pen,
    sql::{Row, Sql, Value, column},
};
use aws_lc_rs::signature::{ED25519, KeyPair, UnparsedPublicKey};
use terms::{Digest, Time};

pub(crate) const TABLE: &str = "checkpoints";
/// A checkpoint is made at the latest after so many commits …
const EVERY_COMMITS: i64 = 1_000;
/// … or, when there are commits, after so many milliseconds.
const EVERY_MS: i64 = 60_000;

/// A signed end of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of the commit that it stands behind.
    pub number: i64,
    /// When it was signed.
    pub at: Time,
    /// The chain's digest at that commit (SHA-256).
    pub digest: Digest,
    /// The public key (Ed25519, RFC 8032), 32 bytes.
    pub signer: Vec<u8>,
    /// The signature, 64 bytes.
    pub signature: Vec<u8>,
}

fn message(number: i64, at: Time, digest: &Digest) -> Vec<u8> {
    let mut message = b"tsugime checkpoint v1\n".to_vec();
    message.extend_from_slice(&number.to_be_bytes());
    message.extend_from_slice(&at.millis().to_be_bytes());
    message.extend_from_slice(digest.bytes());
    message
}

impl Checkpoint {
    /// Whether the signature is its signer's.
    pub fn is_signed(&self) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.signer);
        key.verify(&message(self.number, self.at, &self.digest), &self.signature).is_ok()
    }
}

/// Whether a commit of this number and time is signed, where the last one signed is known: so a checkpoint that was
/// taken away is missed.
pub(crate) fn is_due(last: Option<(i64, Time)>, number: i64, at: Time) -> bool {
    last.is_none_or(|(signed, signed_at)| {
        number.saturating_sub(signed) >= EVERY_COMMITS || at.since(signed_at).as_millis() >= EVERY_MS
    })
}

/// Signs the end of the chain when the last checkpoint is far or long enough behind.
pub(crate) fn sign_if_due(pen: &Pen, keys: &Keys, sql: &mut dyn Sql) -> Result<(), Fault> {
    let rows = sql.query("SELECT number, at FROM checkpoints ORDER BY number DESC LIMIT 1", &[])?;
    let last = match rows.first() {
        None => None,
        Some(row) => {
            let at = column(TABLE, row, 1, |value| value.as_int().map(Time::from_millis))?;
            Some((column(TABLE, row, 0, Value::as_int)?, at))
        }
    };
    if !is_due(last, pen.commits, pen.at) {
        return Ok(());
    }
    let signature = keys.signer.sign(&message(pen.commits, pen.at, &pen.digest));
    let insert =
        "INSERT INTO checkpoints (number, at, digest, signer, signature) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = [
        Value::Int(pen.commits),
        Value::Int(pen.at.millis()),
        Value::digest(&pen.digest),
        Value::bytes(keys.signer.public_key().as_ref()),
        Value::bytes(signature.as_ref()),
    ];
    sql.change(insert, &values).map(|_| ())
}

/// Reads a row of `number, at, digest, signer, signature`.
pub(crate) fn read(row: &Row) -> Result<Checkpoint, Fault> {
    let bytes = |place: usize| column(TABLE, row, place, |value| value.as_blob().map(<[u8]>::to_vec));
    Ok(Checkpoint {
        number: column(TABLE, row, 0, Value::as_int)?,
        at: column(TABLE, row, 1, |value| value.as_int().map(Time::from_millis))?,
        digest: column(TABLE, row, 2, |value| <[u8; 32]>::try_from(value.as_blob()?).ok().map(Digest::new))?,
        signer: bytes(3)?,
        signature: bytes(4)?,
    })
}
