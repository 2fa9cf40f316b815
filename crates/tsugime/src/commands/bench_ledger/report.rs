//! What a measurement gave, as numbers for machines and as a table for people.

use super::{
    Engine, Options, light,
    load::{self, Point},
    traffic::{Ids, Skew},
};
use player::Latency;
use serde::Serialize;
use std::{fmt, time::Duration};
use store::ProofReport;

/// One point.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LedgerRow {
    pub(crate) skew: Skew,
    pub(crate) clients: u32,
    pub(crate) batch: u32,
    /// Transfers done while it was measured.
    pub(crate) transfers: u64,
    pub(crate) transfers_per_s: u64,
    /// Latency of a call, whatever its batch.
    pub(crate) call: Latency,
    pub(crate) refused: u64,
    pub(crate) light_per_s: u64,
    /// Transfers per second as a share of the speed of light, in thousandths.
    pub(crate) ratio_permille: u64,
    /// When growth is measured: how many transfers there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u64>,
    /// Bytes of the database file, all indexes and other tables included, for each transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes_per_transfer: Option<u64>,
}

fn per_s(count: u64, elapsed: Duration) -> u64 {
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1_000_000) / micros
}

impl LedgerRow {
    pub(crate) fn of(point: &Point, ledger: load::Measured, light: light::Measured) -> Self {
        let transfers_per_s = per_s(ledger.transfers, ledger.elapsed);
        let light_per_s = per_s(light.transfers, light.elapsed);
        Self {
            skew: point.skew,
            clients: point.clients,
            batch: point.batch,
            transfers: ledger.transfers,
            transfers_per_s,
            call: ledger.calls.latency(),
            refused: ledger.refused,
            light_per_s,
            ratio_permille: (transfers_per_s * 1000).checked_div(light_per_s).unwrap_or_default(),
            after: None,
            bytes_per_transfer: None,
        }
    }
}

/// A whole measurement with its conditions.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LedgerReport {
    store: &'static str,
    accounts: u32,
    ids: Ids,
    seconds: u64,
    cpus: usize,
    release: bool,
    rows: Vec<LedgerRow>,
    /// PostgreSQL: one transfer per transaction by a stored procedure, 32 connections.
    one_by_one: Vec<OneByOne>,
    /// The book was proved after it, over so many transfers.
    proved_transfers: u64,
}

#[derive(Debug, Clone, Serialize)]
struct OneByOne {
    skew: Skew,
    transfers_per_s: u64,
}

impl LedgerReport {
    pub(crate) fn new(
        options: &Options,
        rows: Vec<LedgerRow>,
        one_by_one: Vec<(Skew, u64)>,
        proof: &ProofReport,
    ) -> Self {
        Self {
            store: match options.store {
                Engine::Sqlite => "sqlite",
                Engine::Postgres => "postgres",
            },
            accounts: options.accounts,
            ids: options.ids,
            seconds: options.seconds,
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
            release: !cfg!(debug_assertions),
            rows,
            one_by_one: one_by_one
                .into_iter()
                .map(|(skew, transfers_per_s)| OneByOne { skew, transfers_per_s })
                .collect(),
            proved_transfers: proof.transfers,
        }
    }
}

impl fmt::Display for LedgerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, {} accounts, {:?} ids, {} s each, {} processors for callers and book together; every transfer \
             balance-checked, journaled and on disk before its answer",
            self.store, self.accounts, self.ids, self.seconds, self.cpus
        )?;
        writeln!(
            f,
            "{:>8} {:>8} {:>6} {:>12} {:>9} {:>9} {:>9} {:>12} {:>6}",
            "skew", "callers", "batch", "transfers/s", "p50 ms", "p99 ms", "max ms", "light/s", "ratio"
        )?;
        for row in &self.rows {
            let [p50, p99, max] = [row.call.p50_us, row.call.p99_us, row.call.max_us].map(millis);
            write!(
                f,
                "{:>8} {:>8} {:>6} {:>12} {p50:>9} {p99:>9} {max:>9} {:>12} {:>2}.{:03}",
                format!("{:?}", row.skew).to_lowercase(),
                row.clients,
                row.batch,
                row.transfers_per_s,
                row.light_per_s,
                row.ratio_permille / 1000,
                row.ratio_permille % 1000
            )?;
            if let Some(after) = row.after {
                write!(f, "  after {after}")?;
            }
            if let Some(bytes) = row.bytes_per_transfer {
                write!(f, "  {bytes} bytes each")?;
            }
            match row.refused {
                0 => writeln!(f)?,
                refused => writeln!(f, "  {refused} refused")?,
            }
        }
        for one in &self.one_by_one {
            writeln!(
                f,
                "{:>8} one transfer per transaction, stored procedure, 32 connections: {} per s",
                format!("{:?}", one.skew).to_lowercase(),
                one.transfers_per_s
            )?;
        }
        write!(f, "proved after it: {} transfers", self.proved_transfers)?;
        if !self.release {
            write!(f, "\nbuilt without --release: compare the ratios, not the rates")?;
        }
        Ok(())
    }
}

fn millis(micros: u32) -> String {
    format!("{}.{:02}", micros / 1000, micros % 1000 / 10)
}
