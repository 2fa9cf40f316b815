//! What the gate's measurement gave, as numbers for machines and as a table for people.

use super::{
    Options,
    history::{Drawn, History},
    memory::Judged,
    share::Shared,
};
use serde::Serialize;
use std::fmt;

/// A whole measurement with its conditions.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct GateReport {
    cpus: usize,
    release: bool,
    attempts: u64,
    bank_accounts: u64,
    remembered_per_s: u64,
    file_bytes: u64,
    bytes_per_attempt: u64,
    /// Resident memory of the program, in bytes, where the system says it.
    memory_bytes: Option<u64>,
    memory: Vec<Judged>,
    evidence: Vec<Drawn>,
    share: Vec<Shared>,
}

impl GateReport {
    pub(crate) fn new(
        options: &Options,
        memory: Vec<Judged>,
        history: &History,
        evidence: Vec<Drawn>,
        share: Vec<Shared>,
        file_bytes: u64,
    ) -> Self {
        Self {
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
            release: !cfg!(debug_assertions),
            attempts: history.attempts,
            bank_accounts: options.bank_accounts,
            remembered_per_s: history.per_s,
            file_bytes,
            bytes_per_attempt: file_bytes / history.attempts.max(1),
            memory_bytes: resident_bytes(),
            memory,
            evidence,
            share,
        }
    }
}

/// `VmRSS` of this process.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}

impl fmt::Display for GateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let build = if self.release { "release" } else { "debug" };
        writeln!(f, "{} cpus, {build} build; one thread judges.", self.cpus)?;
        writeln!(f, "\nIn memory        detectors  counts   verdicts/s  ns per detector")?;
        for row in &self.memory {
            writeln!(
                f,
                "{:<16} {:>9} {:>7} {:>12} {:>16}",
                row.step, row.detectors, row.counts, row.verdicts_per_s, row.ns_per_detector
            )?;
        }
        writeln!(
            f,
            "\n{} attempts over {} bank accounts: remembered {} a second, {} bytes on disk each ({} MB), {} MB of memory.",
            self.attempts,
            self.bank_accounts,
            self.remembered_per_s,
            self.bytes_per_attempt,
            self.file_bytes / 1_000_000,
            self.memory_bytes.unwrap_or(0) / 1_000_000
        )?;
        writeln!(f, "\nEvidence and verdict      a second   p50 µs   p99 µs   max µs")?;
        for row in &self.evidence {
            let latency = row.latency;
            writeln!(
                f,
                "{:<24} {:>9} {:>8} {:>8} {:>8}",
                row.step, row.per_s, latency.p50_us, latency.p99_us, latency.max_us
            )?;
        }
        writeln!(f, "\nTop-ups in a batch of    a second   refused   the gate's share")?;
        for row in &self.share {
            let (whole, tenth) = (row.gate_permille / 10, row.gate_permille % 10);
            writeln!(
                f,
                "{:>22} {:>11} {:>9} {whole:>15}.{tenth} %",
                row.batch, row.top_ups_per_s, row.refused
            )?;
        }
        Ok(())
    }
}
