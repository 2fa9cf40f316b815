//! The signed checkpoints beside the chain: each fits its commit, none is missing, none stands elsewhere.

use crate::{
    Fault, Keys,
    checkpoint::{self, Checkpoint},
    journal::Commit,
    sql::{Sql, Value},
};
use std::collections::VecDeque;
use terms::Time;

/// Checkpoints as the chain reaches them.
pub(crate) struct Checkpoints {
    waiting: VecDeque<Checkpoint>,
    from: Option<i64>,
    /// How many fitted.
    pub(crate) fitted: u64,
    /// The key of the newest.
    pub(crate) signer: Option<Vec<u8>>,
    last: Option<(i64, Time)>,
}

impl Checkpoints {
    pub(crate) const fn new() -> Self {
        Self { waiting: VecDeque::new(), from: Some(i64::MIN), fitted: 0, signer: None, last: None }
    }

    /// Checks the checkpoint of a commit where it has one; says what does not hold.
    pub(crate) fn commit(
        &mut self,
        sql: &mut dyn Sql,
        keys: &Keys,
        commit: &Commit,
    ) -> Result<Option<String>, Fault> {
        self.fill(sql)?;
        let number = commit.number;
        let Some(next) = self.waiting.pop_front_if(|next| next.number <= number) else {
            let is_due = checkpoint::is_due(self.last, number, commit.at);
            return Ok(is_due.then(|| format!("the checkpoint at commit {number} is missing")));
        };
        if next.number != number {
            return Ok(Some(format!("the checkpoint {} is at no commit", next.number)));
        }
        if next.digest != commit.digest || next.at != commit.at {
            return Ok(Some(format!("the checkpoint at commit {number} is not of this chain")));
        }
        if next.signer != keys.public_key() || !next.is_signed() {
            return Ok(Some(format!("the checkpoint at commit {number} is not signed by this store's key")));
        }
        self.fitted += 1;
        self.last = Some((number, next.at));
        self.signer = Some(next.signer);
        Ok(None)
    }

    /// After the last commit none may be left.
    pub(crate) fn end(&mut self, sql: &mut dyn Sql) -> Result<Option<String>, Fault> {
        self.fill(sql)?;
        let left = self.waiting.front().map(|next| next.number);
        Ok(left.map(|number| format!("the checkpoint {number} is behind the end of the chain")))
    }

    fn fill(&mut self, sql: &mut dyn Sql) -> Result<(), Fault> {
        let (true, Some(from)) = (self.waiting.is_empty(), self.from) else { return Ok(()) };
        let select = format!(
            "SELECT number, at, digest, signer, signature FROM {} WHERE number >= ?1 ORDER BY number LIMIT 1000",
            checkpoint::TABLE
        );
        for row in sql.query(&select, &[Value::Int(from)])? {
            self.waiting.push_back(checkpoint::read(&row)?);
        }
        self.from = self.waiting.back().and_then(|last| last.number.checked_add(1));
        Ok(())
    }
}
