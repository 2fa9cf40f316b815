//! Proof over the whole book, streamed from the database: the chain, every balance and every hold, from the journal.

use crate::{
    Fault, Store,
    cache::ThreadEnd,
    checkpoint::{self, Checkpoint},
    journal::{COMMITS, Commit, Entry, Standing, canonical, seal},
    ledger_rows::{ACCOUNTS, HOLDS, TRANSFERS, read_account, read_entry, read_hold, select},
    pen::Pen,
    shelf::Shelf,
    sql::{Row, Value, column},
};
use ::ledger::{
    Hold, HoldState, Posting,
    prove::{Proof, Violation},
};
use aws_lc_rs::digest::{Context, SHA256};
use std::collections::BTreeMap;
use terms::{AccountId, Digest, HoldId, Time};

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
        checkpoints: prover.checkpoints,
        accounts: prover.proof.accounts,
        transfers: prover.transfers,
        holds: prover.proof.holds,
        digest: prover.digest.to_string(),
        signer: prover.signer.map(|key| key.iter().map(|byte| format!("{byte:02x}")).collect()),
        violation,
    })
}

struct Prover<P> {
    progress: P,
    read: u64,
    proof: Proof,
    threads: BTreeMap<AccountId, ThreadEnd>,
    /// Holds that the journal made and what became of them.
    holds: BTreeMap<HoldId, HoldState>,
    digest: Digest,
    at: Time,
    commits: u64,
    transfers: u64,
    checkpoints: u64,
    signer: Option<Vec<u8>>,
}

impl<P: FnMut(u64)> Prover<P> {
    fn new(progress: P) -> Self {
        Self {
            progress,
            read: 0,
            proof: Proof::new(),
            threads: BTreeMap::new(),
            holds: BTreeMap::new(),
            digest: Digest::new([0; 32]),
            at: Time::from_millis(0),
            commits: 0,
            transfers: 0,
            checkpoints: 0,
            signer: None,
        }
    }

    fn run(&mut self, shelf: &mut Shelf<'_>) -> Result<(), Stop> {
        let pen = Pen::look(shelf.sql)?;
        let mut signed = Checkpoints::default();
        self.each(
            shelf,
            "SELECT number, id, at, transfers, postings, digest FROM commits",
            "number",
            |prover, shelf, row| {
                let commit = read_commit(row)?;
                prover.commit(shelf, &commit)?;
                signed.check(shelf, &commit, prover)
            },
        )?;
        if self.commits as i64 != pen.commits
            || self.digest != pen.digest
            || self.transfers as i64 != pen.transfers
        {
            return found(format!(
                "the chain ends at commit {} with {} transfers, the pen says {} with {}",
                self.commits, self.transfers, pen.commits, pen.transfers
            ));
        }
        self.rest_of_transfers(shelf)?;
        self.each(shelf, &select(&HOLDS), "id", |prover, _, row| prover.hold(&read_hold(row)?))?;
        if let Some((missing, _)) = self.holds.iter().find(|(_, state)| **state == HoldState::Held) {
            return found(format!("hold {missing} was made in the journal and is gone"));
        }
        self.each(shelf, &select(&ACCOUNTS), "id", |prover, _, row| prover.account(row))?;
        if let Some((missing, _)) = self.threads.iter().find(|(_, thread)| thread.entries > 0) {
            return found(format!("account {missing} has transfers and is gone"));
        }
        std::mem::take(&mut self.proof_to_finish()).finish().map_err(Stop::from)
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
            return found(format!("commit {} is missing", self.commits));
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
        self.postings(commit)
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), Stop> {
        self.transfers += 1;
        self.tick();
        let transfer = &entry.transfer;
        if entry.number != self.transfers as i64 {
            return found(format!("transfer number {} is missing", self.transfers));
        }
        let amount = transfer.amount.get();
        for (account, change, standing) in
            [(transfer.debit, -amount, entry.debit), (transfer.credit, amount, entry.credit)]
        {
            let thread = self.threads.entry(account).or_default();
            thread.balance += change;
            if standing != (Standing { balance: thread.balance, before: thread.last }) {
                return found(format!(
                    "transfer {} (number {}) does not follow from what {account} had before it",
                    transfer.id, entry.number
                ));
            }
            thread.entries += 1;
            thread.last = entry.number;
        }
        if let Some(hold) = transfer.captures {
            self.settle(hold, HoldState::Captured)?;
        }
        self.proof.transfer(transfer);
        Ok(())
    }

    fn postings(&mut self, commit: &Commit) -> Result<(), Stop> {
        if commit.postings.is_empty() {
            return Ok(());
        }
        let Ok(postings) = serde_json::from_str::<Vec<(i64, Posting)>>(&commit.postings) else {
            return found(format!("the postings of commit {} cannot be read", commit.number));
        };
        for (_, posting) in postings {
            match posting {
                Posting::Hold { id, .. } => {
                    // A hold made and captured in one commit is settled before its making is read here.
                    self.holds.entry(id).or_insert(HoldState::Held);
                }
                Posting::Release(id) => self.settle(id, HoldState::Released)?,
                Posting::Expire(id) => self.settle(id, HoldState::Expired)?,
                Posting::Open(_) | Posting::SetState(..) | Posting::Transfer(_) => {}
                Posting::Import(_) | Posting::Capture { .. } => {}
            }
        }
        Ok(())
    }

    fn settle(&mut self, hold: HoldId, state: HoldState) -> Result<(), Stop> {
        match self.holds.insert(hold, state) {
            None | Some(HoldState::Held) => Ok(()),
            Some(before) => found(format!("hold {hold} was {before:?} and later {state:?}")),
        }
    }

    fn hold(&mut self, hold: &Hold) -> Result<(), Stop> {
        self.tick();
        match self.holds.remove(&hold.id) {
            Some(state) if state == hold.state => {}
            Some(state) => {
                return found(format!("hold {} is {:?}, the journal says {state:?}", hold.id, hold.state));
            }
            None => return found(format!("hold {} is not in the journal", hold.id)),
        }
        self.proof.hold(hold);
        Ok(())
    }

    fn account(&mut self, row: &Row) -> Result<(), Stop> {
        self.tick();
        let (account, end) = read_account(row)?;
        let thread = self.threads.remove(&account.id).unwrap_or_default();
        self.proof.account(&account)?;
        if end != thread {
            return found(format!(
                "account {} says {} transfers, the last number {}; the journal says {} and {}",
                account.id, end.entries, end.last, thread.entries, thread.last
            ));
        }
        Ok(())
    }

    fn rest_of_transfers(&mut self, shelf: &mut Shelf<'_>) -> Result<(), Stop> {
        let sql = "SELECT number FROM transfers WHERE number > ?1 ORDER BY number LIMIT 1";
        match shelf.sql.query(sql, &[Value::Int(self.transfers as i64)])?.first() {
            None => Ok(()),
            Some(row) => found(format!(
                "transfer number {} is in no commit",
                row.first().and_then(Value::as_int).unwrap_or_default()
            )),
        }
    }

    /// All rows in the order of their key, in pages.
    fn each(
        &mut self,
        shelf: &mut Shelf<'_>,
        select: &str,
        key: &str,
        mut take: impl FnMut(&mut Self, &mut Shelf<'_>, &Row) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let sql = format!("{select} WHERE {key} > ?1 ORDER BY {key} LIMIT {PAGE}");
        let mut after = if key == "id" { Value::Blob(Vec::new()) } else { Value::Int(0) };
        loop {
            let rows = shelf.sql.query(&sql, std::slice::from_ref(&after))?;
            for row in &rows {
                take(self, shelf, row)?;
            }
            match rows.last().and_then(|row| row.first()) {
                Some(last) if rows.len() == PAGE => after = last.clone(),
                _ => return Ok(()),
            }
        }
    }

    fn tick(&mut self) {
        self.read += 1;
        if self.read.is_multiple_of(TICK) {
            (self.progress)(self.read);
        }
    }
}

/// The signed checkpoints, read as the chain reaches them.
#[derive(Default)]
struct Checkpoints {
    waiting: std::collections::VecDeque<Checkpoint>,
    after: i64,
    at_end: bool,
}

impl Checkpoints {
    fn check<P: FnMut(u64)>(
        &mut self,
        shelf: &mut Shelf<'_>,
        commit: &Commit,
        prover: &mut Prover<P>,
    ) -> Result<(), Stop> {
        if self.waiting.is_empty() && !self.at_end {
            let sql = format!(
                "SELECT number, at, digest, signer, signature FROM {} WHERE number > ?1 ORDER BY number LIMIT 1000",
                checkpoint::TABLE
            );
            for row in shelf.sql.query(&sql, &[Value::Int(self.after)])? {
                self.waiting.push_back(checkpoint::read(&row)?);
            }
            self.at_end = self.waiting.is_empty();
        }
        let Some(next) = self.waiting.front() else { return Ok(()) };
        if next.number != commit.number {
            return Ok(());
        }
        if next.digest != commit.digest || next.at != commit.at {
            return found(format!("the checkpoint at commit {} is not of this chain", next.number));
        }
        if next.signer != shelf.keys.public_key() || !next.is_signed() {
            return found(format!(
                "the checkpoint at commit {} is not signed by this store's key",
                next.number
            ));
        }
        prover.checkpoints += 1;
        prover.signer = Some(next.signer.clone());
        self.after = next.number;
        self.waiting.pop_front();
        Ok(())
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
