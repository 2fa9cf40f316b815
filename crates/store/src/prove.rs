//! Proof over the whole book, streamed from the database: the chain, every balance and every hold, from the journal.

use crate::{
    Fault, Store,
    journal::{COMMITS, Commit, Entry, Noted, canonical, seal},
    ledger_rows::{
        ACCOUNTS, HOLDS, MARKS, TRANSFERS, read_account, read_entry, read_hold, read_mark, select,
    },
    pen::Pen,
    prove_checkpoints::Checkpoints,
    prove_seen::Seen,
    shelf::Shelf,
    sql::{Row, Value, column},
};
use ::ledger::prove::{Proof, Violation};
use aws_lc_rs::digest::{Context, SHA256};
use terms::{Digest, Time};

const PAGE: usize = 5_000;
const TICK: u64 = 100_000;

/// What was proved.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ProofReport {
    /// Commits whose link in the chain was made again.
    pub commits: u64,
    /// Signed checkpoints that fit.
    pub checkpoints: u64,
    /// Accounts checked.
    pub accounts: u64,
    /// Transfers summed.
    pub transfers: u64,
    /// Holds summed.
    pub holds: u64,
    /// The end of the chain: keep it elsewhere.
    pub digest: String,
    /// The public key of the newest checkpoint, in hexadecimal.
    pub signer: Option<String>,
    /// The first violation, in words.
    pub violation: Option<String>,
}

/// Either the database failed, or something does not hold.
enum Stop {
    Fault(Fault),
    Found(String),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        match fault {
            // A row that cannot be read is a finding: this is where alterations are looked for.
            Fault::Row { .. } => Self::Found(fault.to_string()),
            other => Self::Fault(other),
        }
    }
}

impl From<String> for Stop {
    fn from(why: String) -> Self {
        Self::Found(why)
    }
}

impl From<Violation> for Stop {
    fn from(violation: Violation) -> Self {
        Self::Found(violation.to_string())
    }
}

fn found<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Found(why.into()))
}

/// Proves the whole book in one snapshot; `progress` hears how many rows were read.
///
/// # Errors
/// When the database fails. A violation is no fault: it stands in the report.
pub fn prove(store: &Store, progress: impl FnMut(u64)) -> Result<ProofReport, Fault> {
    store.read(|shelf| prove_here(shelf, progress))
}

/// Proves the whole book in the snapshot that the shelf stands in.
pub(crate) fn prove_here(shelf: &mut Shelf<'_>, progress: impl FnMut(u64)) -> Result<ProofReport, Fault> {
    let mut prover = Prover::new(progress);
    let violation = match prover.run(shelf) {
        Ok(()) => None,
        Err(Stop::Found(why)) => Some(why),
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    Ok(ProofReport {
        commits: prover.commits,
        checkpoints: prover.checkpoints.fitted,
        accounts: prover.proof.accounts,
        transfers: prover.transfers,
        holds: prover.proof.holds,
        digest: prover.digest.to_string(),
        signer: prover.checkpoints.signer.map(|key| key.iter().map(|byte| format!("{byte:02x}")).collect()),
        violation,
    })
}

struct Prover<P> {
    progress: P,
    read: u64,
    proof: Proof,
    seen: Seen,
    digest: Digest,
    at: Time,
    commits: u64,
    transfers: u64,
    checkpoints: Checkpoints,
}

impl<P: FnMut(u64)> Prover<P> {
    fn new(progress: P) -> Self {
        Self {
            progress,
            read: 0,
            proof: Proof::new(),
            seen: Seen::default(),
            digest: Digest::new([0; 32]),
            at: Time::from_millis(0),
            commits: 0,
            transfers: 0,
            checkpoints: Checkpoints::new(),
        }
    }

    fn run(&mut self, shelf: &mut Shelf<'_>) -> Result<(), Stop> {
        self.each(shelf, &select(&COMMITS), &["number"], |prover, shelf, row| {
            prover.commit(shelf, &read_commit(row)?)
        })?;
        self.ends(shelf)?;
        self.each(shelf, &select(&HOLDS), &["id"], |prover, _, row| {
            let hold = read_hold(row)?;
            prover.seen.hold(&hold)?;
            prover.proof.hold(&hold);
            Ok(())
        })?;
        self.each(shelf, &select(&ACCOUNTS), &["id"], |prover, _, row| {
            let (account, end) = read_account(row)?;
            prover.proof.account(&account)?;
            prover.seen.account(&account, end).map_err(Stop::from)
        })?;
        self.each(shelf, &select(&MARKS), &["account", "number"], |prover, _, row| {
            let (account, number) = read_mark(row)?;
            prover.seen.mark(account, number).map_err(Stop::from)
        })?;
        self.seen.all_there()?;
        self.proof_to_finish().finish()?;
        shelf.sql.damage()?.map_or(Ok(()), found)
    }

    /// The proof's sums; its counts stay for the report.
    fn proof_to_finish(&mut self) -> Proof {
        let counts = (self.proof.transfers, self.proof.holds, self.proof.accounts);
        let proof = std::mem::take(&mut self.proof);
        (self.proof.transfers, self.proof.holds, self.proof.accounts) = counts;
        proof
    }

    fn commit(&mut self, shelf: &mut Shelf<'_>, commit: &Commit) -> Result<(), Stop> {
        self.commits += 1;
        if commit.number != self.commits as i64 {
            return found(format!("commit {} is missing, or one stands where none can be", self.commits));
        }
        if commit.at < self.at {
            return found(format!("commit {} is earlier than the one before it", commit.number));
        }
        self.at = commit.at;
        let mut context = Context::new(&SHA256);
        context.update(self.digest.bytes());
        while (self.transfers as i64) < commit.transfers {
            let page = commit.transfers.min(self.transfers as i64 + PAGE as i64);
            let sql = format!("{} WHERE number > ?1 AND number <= ?2 ORDER BY number", select(&TRANSFERS));
            let rows = shelf.sql.query(&sql, &[Value::Int(self.transfers as i64), Value::Int(page)])?;
            if rows.is_empty() {
                return found(format!("transfer number {} is missing", self.transfers + 1));
            }
            for row in &rows {
                let entry = read_entry(row)?;
                self.entry(&entry)?;
                context.update(&canonical(&entry));
            }
        }
        if seal(context, commit) != commit.digest {
            return found(format!(
                "commit {} of {} does not fit its digest: it or one of its transfers was altered",
                commit.number, commit.at
            ));
        }
        self.digest = commit.digest;
        self.postings(commit)?;
        self.checkpoints.commit(shelf.sql, shelf.keys, commit)?.map_or(Ok(()), found)
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), Stop> {
        self.transfers += 1;
        self.tick();
        if entry.number != self.transfers as i64 {
            return found(format!("transfer number {} is missing", self.transfers));
        }
        self.seen.entry(entry)?;
        self.proof.transfer(&entry.transfer);
        Ok(())
    }

    fn postings(&mut self, commit: &Commit) -> Result<(), Stop> {
        if commit.postings.is_empty() {
            return Ok(());
        }
        let Ok(postings) = serde_json::from_str::<Vec<Noted>>(&commit.postings) else {
            return found(format!("the postings of commit {} cannot be read", commit.number));
        };
        postings.into_iter().try_for_each(|noted| self.seen.posting(noted)).map_err(Stop::from)
    }

    /// Where the chain ends: the pen says the same, and nothing stands behind it or before its beginning.
    fn ends(&mut self, shelf: &mut Shelf<'_>) -> Result<(), Stop> {
        self.checkpoints.end(shelf.sql)?.map_or(Ok(()), found)?;
        let sql = "SELECT number FROM transfers WHERE number > ?1 OR number < 1 ORDER BY number LIMIT 1";
        if let Some(row) = shelf.sql.query(sql, &[Value::Int(self.transfers as i64)])?.first() {
            let number = column(TRANSFERS.table, row, 0, Value::as_int)?;
            return found(format!("transfer number {number} is in no commit"));
        }
        let pen = Pen::look(shelf.sql)?;
        let sql = "SELECT COALESCE(MAX(number), 0), (SELECT COUNT(*) FROM pen), \
                   (SELECT COALESCE(MAX(number), 0) FROM signals), \
                   (SELECT COALESCE(MAX(number), 0) FROM sightings) FROM events";
        let counts = shelf.sql.query(sql, &[])?;
        let count = |place: usize| counts.first().and_then(|row| row.get(place)).and_then(Value::as_int);
        if count(1) != Some(1) {
            return found("there is more than one pen");
        }
        let (commits, transfers) = (self.commits as i64, self.transfers as i64);
        let digest = self.digest;
        let (events, at) = (count(0).unwrap_or_default(), self.at);
        // The newest of each is always there: a number is never given out twice.
        let (signals, sightings) = (count(2).unwrap_or_default(), count(3).unwrap_or_default());
        let wanted = Pen { commits, transfers, events, signals, sightings, at, digest };
        if pen != wanted {
            let shown = |pen: &Pen| {
                let Pen { commits, transfers, events, signals, sightings, at, digest } = pen;
                format!(
                    "commit {commits} of {at}, transfer {transfers}, event {events}, signal {signals}, \
                     sighting {sightings}, digest {digest}"
                )
            };
            return found(format!("the book ends at {}; the pen says {}", shown(&wanted), shown(&pen)));
        }
        Ok(())
    }

    /// All rows in the order of their key, in pages; the key's columns come first in the rows.
    fn each(
        &mut self,
        shelf: &mut Shelf<'_>,
        select: &str,
        key: &[&str],
        mut take: impl FnMut(&mut Self, &mut Shelf<'_>, &Row) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let (order, places) = (key.join(", "), if key.len() == 1 { "(?1)" } else { "(?1, ?2)" });
        let mut sql = format!("{select} ORDER BY {order} LIMIT {PAGE}");
        let mut after = Vec::new();
        loop {
            let rows = shelf.sql.query(&sql, &after)?;
            for row in &rows {
                take(self, shelf, row)?;
                self.tick();
            }
            match rows.last() {
                Some(last) if rows.len() == PAGE => after = last.iter().take(key.len()).cloned().collect(),
                _ => return Ok(()),
            }
            sql = format!("{select} WHERE ({order}) > {places} ORDER BY {order} LIMIT {PAGE}");
        }
    }

    fn tick(&mut self) {
        self.read += 1;
        if self.read.is_multiple_of(TICK) {
            (self.progress)(self.read);
        }
    }
}

fn read_commit(row: &Row) -> Result<Commit, Stop> {
    let table = COMMITS.table;
    let number = column(table, row, 0, Value::as_int)?;
    Ok(Commit {
        number,
        id: column(table, row, 1, Value::as_uuid)?,
        at: column(table, row, 2, |value| value.as_int().map(Time::from_millis))?,
        transfers: column(table, row, 3, Value::as_int)?,
        postings: column(table, row, 4, |value| value.as_text().map(str::to_owned))?,
        digest: column(table, row, 5, |value| <[u8; 32]>::try_from(value.as_blob()?).ok().map(Digest::new))?,
    })
}
