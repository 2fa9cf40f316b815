//! The journal: every commit is one link of a hash chain over what it did to the book.
//!
//! A link is SHA-256 over the link before it, every transfer of the commit in order, its other postings as JSON, and
//! the commit's own number, id, time and counts. One writer at a time has the pen, so the chain needs no lock of its
//! own, and nothing that was acknowledged is ever outside of it.

use crate::{
    Fault,
    pen::Pen,
    sql::{Manner, Shape, Value},
};
use ::ledger::{Posting, Transfer};
use aws_lc_rs::digest::{Context, SHA256};
use terms::{Digest, Time};
use uuid::Uuid;

pub(crate) const COMMITS: Shape = Shape {
    table: "commits",
    columns: &["number", "id", "at", "transfers", "postings", "digest"],
    has_body: false,
    keys: 1,
    manner: Manner::Insert,
};

/// A transfer with its number, and where it stands on the threads of its two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: i64,
    pub(crate) transfer: Transfer,
    pub(crate) debit: Standing,
    pub(crate) credit: Standing,
}

/// An account after a transfer: its balance, and the transfer of it that came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) balance: i64,
    pub(crate) before: i64,
}

/// A posting that is no transfer, the number of the transfer that it came after, and when it was decided.
pub(crate) type Noted = (i64, Time, Posting);

/// What one commit did to the book, as it grows.
pub(crate) struct Journal {
    context: Context,
    postings: Vec<Noted>,
    written: bool,
}

/// A commit as it is written down.
pub(crate) struct Commit {
    pub(crate) number: i64,
    pub(crate) id: Uuid,
    pub(crate) at: Time,
    /// Number of the last transfer up to and with this commit.
    pub(crate) transfers: i64,
    pub(crate) postings: String,
    pub(crate) digest: Digest,
}

impl Journal {
    /// The link after this one.
    pub(crate) fn after(pen: &Pen) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(pen.digest.bytes());
        Self { context, postings: Vec::new(), written: false }
    }

    /// A transfer.
    pub(crate) fn entry(&mut self, entry: &Entry) {
        self.written = true;
        self.context.update(&canonical(entry));
    }

    /// A posting that is no transfer.
    pub(crate) fn posting(&mut self, after: i64, now: Time, posting: &Posting) {
        self.written = true;
        self.postings.push((after, now, posting.clone()));
    }

    /// Whether the commit did anything to the book.
    pub(crate) const fn is_written(&self) -> bool {
        self.written
    }

    /// Closes the link; `pen` has the commit's own numbers already, but for the digest.
    pub(crate) fn close(self, pen: &Pen, id: Uuid) -> Result<Commit, Fault> {
        let postings = if self.postings.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&self.postings)
                .map_err(|e| Fault::Row { table: COMMITS.table, why: e.to_string() })?
        };
        let commit = Commit {
            number: pen.commits,
            id,
            at: pen.at,
            transfers: pen.transfers,
            postings,
            digest: Digest::new([0; 32]),
        };
        let digest = seal(self.context, &commit);
        Ok(Commit { digest, ..commit })
    }
}

impl Commit {
    pub(crate) fn row(&self) -> Vec<Value> {
        vec![
            Value::Int(self.number),
            Value::id(self.id),
            Value::Int(self.at.millis()),
            Value::Int(self.transfers),
            Value::text(self.postings.as_str()),
            Value::digest(&self.digest),
        ]
    }
}

/// Seals what was hashed so far with the commit's own fields.
pub(crate) fn seal(mut context: Context, commit: &Commit) -> Digest {
    context.update(commit.postings.as_bytes());
    context.update(&(commit.postings.len() as u64).to_be_bytes());
    for number in [commit.number, commit.at.millis(), commit.transfers] {
        context.update(&number.to_be_bytes());
    }
    context.update(commit.id.as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Digest::new(bytes)
}

pub(crate) const ENTRY_BYTES: usize = 7 * 8 + 3 * 16 + 3 + 2 * 17;

/// A transfer as bytes, each field at its place.
pub(crate) fn canonical(entry: &Entry) -> [u8; ENTRY_BYTES] {
    let transfer = &entry.transfer;
    let mut bytes = [0; ENTRY_BYTES];
    let mut place = 0;
    let mut add = |part: &[u8]| {
        bytes[place..place + part.len()].copy_from_slice(part);
        place += part.len();
    };
    let numbers = [
        entry.number,
        transfer.amount.get(),
        transfer.at.millis(),
        entry.debit.balance,
        entry.debit.before,
        entry.credit.balance,
        entry.credit.before,
    ];
    numbers.iter().for_each(|number| add(&number.to_be_bytes()));
    for id in [transfer.id.uuid(), transfer.debit.uuid(), transfer.credit.uuid()] {
        add(id.as_bytes());
    }
    add(transfer.currency.as_str().as_bytes());
    for id in [transfer.captures.map(|hold| hold.uuid()), transfer.reverses.map(|original| original.uuid())] {
        add(&[u8::from(id.is_some())]);
        add(id.unwrap_or_default().as_bytes());
    }
    bytes
}
