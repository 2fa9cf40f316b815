//! What is counted while a year is played.

use super::calendar::Deed;
use gate::{Ruling, Step, Verdict};
use std::collections::{BTreeMap, BTreeSet};

const RULINGS: [Ruling; 5] = [Ruling::Allow, Ruling::StepUp, Ruling::Review, Ruling::Deny, Ruling::Stop];
/// Findings that are told apart for honest people.
const FINDINGS_MOST: usize = 100;

/// Verdicts by step and ruling.
#[derive(Debug, Clone)]
pub(super) struct Verdicts([[u64; 5]; Step::ALL.len()]);

impl Default for Verdicts {
    fn default() -> Self {
        Self([[0; 5]; Step::ALL.len()])
    }
}

impl Verdicts {
    fn add(&mut self, verdict: &Verdict) {
        let cell =
            self.0.get_mut(verdict.step() as usize).and_then(|row| row.get_mut(verdict.ruling() as usize));
        if let Some(cell) = cell {
            *cell += 1;
        }
    }

    fn join(&mut self, other: &Self) {
        for (to, from) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *to += from;
        }
    }

    /// By step and ruling, those that came.
    pub(super) fn by_word(&self) -> BTreeMap<&'static str, BTreeMap<&'static str, u64>> {
        let rows = Step::ALL.iter().zip(&self.0).filter(|(_, row)| row.iter().any(|count| *count > 0));
        rows.map(|(step, row)| {
            let words = RULINGS.iter().map(|ruling| ruling.as_str());
            (step.as_str(), words.zip(row.iter().copied()).filter(|(_, count)| *count > 0).collect())
        })
        .collect()
    }

    /// How many there were of a ruling.
    pub(super) fn of(&self, ruling: Ruling) -> u64 {
        self.0.iter().filter_map(|row| row.get(ruling as usize)).sum()
    }

    /// How many there were.
    pub(super) fn all(&self) -> u64 {
        self.0.iter().flatten().sum()
    }
}

/// Counts of ordinary people, or of a part of them: they can be joined in any order.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) verdicts: Verdicts,
    /// Things that people did, by kind.
    pub(super) deeds: [u64; 9],
    /// What the gate found where it did not simply allow.
    pub(super) findings: BTreeMap<String, u64>,
}

impl Tally {
    /// The gate ruled. Whether an honest person goes on, who signs afresh where that is wanted.
    pub(super) fn ruled(&mut self, verdict: &Verdict) -> bool {
        self.verdicts.add(verdict);
        if verdict.ruling() != Ruling::Allow {
            for finding in verdict.findings() {
                if self.findings.len() < FINDINGS_MOST || self.findings.contains_key(&finding.detector) {
                    *self.findings.entry(finding.detector.clone()).or_default() += 1;
                }
            }
        }
        verdict.pass(true).is_some()
    }

    /// Somebody did something.
    pub(super) fn did(&mut self, deed: Deed) {
        if let Some(count) = self.deeds.get_mut(deed as usize) {
            *count += 1;
        }
    }

    /// Adds another's counts.
    pub(super) fn join(&mut self, other: &Self) {
        self.verdicts.join(&other.verdicts);
        self.deeds.iter_mut().zip(other.deeds).for_each(|(to, from)| *to += from);
        for (finding, count) in &other.findings {
            *self.findings.entry(finding.clone()).or_default() += count;
        }
    }
}

/// Counts of one attacker.
#[derive(Debug, Clone, Default)]
pub(super) struct Loot {
    pub(super) tries: u64,
    pub(super) wallets: u64,
    pub(super) links: u64,
    /// Accounts of others that were debited, and their banks.
    pub(super) debited: BTreeSet<u64>,
    pub(super) yen: u64,
    pub(super) verdicts: Verdicts,
}

impl Loot {
    /// The gate ruled. Whether they go on: the device and its passkey are theirs.
    pub(super) fn ruled(&mut self, verdict: &Verdict) -> bool {
        self.verdicts.add(verdict);
        verdict.pass(true).is_some()
    }
}
