//! What a measurement gave, as numbers for machines and as a table for people.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::load::Outcome;
use crate::samples::Latency;

/// One number of connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BenchRow {
    /// How many connections at once.
    pub connections: usize,
    /// `GET /healthz`: answers per second.
    pub nothing_per_s: u64,
    /// `GET /healthz`: latency.
    pub nothing: Latency,
    /// `POST /v1/transfers`: transfers done per second.
    pub transfers_per_s: u64,
    /// `POST /v1/transfers`: latency of those done.
    pub transfers: Latency,
    /// Transfers per second as a share of nothing per second, in thousandths.
    pub ratio_permille: u64,
    /// Answers that were not the one expected, by status and code, both kinds together.
    pub errors: BTreeMap<String, u64>,
}

impl BenchRow {
    pub(super) fn of(connections: usize, seconds: u64, nothing: Outcome, transfers: Outcome) -> Self {
        let per_s =
            |outcome: &Outcome| u64::try_from(outcome.samples.count()).unwrap_or(u64::MAX) / seconds.max(1);
        let (nothing_per_s, transfers_per_s) = (per_s(&nothing), per_s(&transfers));
        let mut errors = nothing.errors;
        for (code, count) in transfers.errors {
            *errors.entry(code).or_default() += count;
        }
        Self {
            connections,
            nothing_per_s,
            nothing: nothing.samples.latency(),
            transfers_per_s,
            transfers: transfers.samples.latency(),
            ratio_permille: (transfers_per_s * 1000).checked_div(nothing_per_s).unwrap_or_default(),
            errors,
        }
    }
}

/// A whole measurement with its conditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BenchReport {
    /// How many customers sent to each other.
    pub customers: usize,
    /// Seconds of each kind at each number of connections.
    pub seconds: u64,
    /// Processors of the machine, shared by the server, its sandbox and the load.
    pub cpus: usize,
    /// One row per number of connections.
    pub rows: Vec<BenchRow>,
}

impl fmt::Display for BenchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} customers, {} s of each kind in turns of 1 s, {} processors for server and load together",
            self.customers, self.seconds, self.cpus
        )?;
        writeln!(f, "{:>5} {:^38}   {:^38}", "", "POST /v1/transfers", "GET /healthz")?;
        let columns = format!("{:>9} {:>9} {:>9} {:>8}", "per s", "p50 ms", "p99 ms", "max ms");
        writeln!(f, "{:>5} {columns}   {columns}   ratio  errors", "conn.")?;
        for row in &self.rows {
            let side = |per_s: u64, latency: Latency| {
                let [p50, p99, max] = [latency.p50_us, latency.p99_us, latency.max_us].map(millis);
                format!("{per_s:>9} {p50:>9} {p99:>9} {max:>8}")
            };
            let errors: Vec<String> =
                row.errors.iter().map(|(code, count)| format!("{count} × {code}")).collect();
            writeln!(
                f,
                "{:>5} {}   {}   {:>2}.{:03}  {}",
                row.connections,
                side(row.transfers_per_s, row.transfers),
                side(row.nothing_per_s, row.nothing),
                row.ratio_permille / 1000,
                row.ratio_permille % 1000,
                if errors.is_empty() { "none".to_owned() } else { errors.join(", ") }
            )?;
        }
        Ok(())
    }
}

fn millis(micros: u32) -> String {
    format!("{}.{:02}", micros / 1000, micros % 1000 / 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn rows_and_the_table() {
        let outcome = |count: u32, errors: &[(&str, u64)]| {
            let mut outcome = Outcome::default();
            for _ in 0..count {
                outcome.samples.add(Duration::from_micros(1_234));
            }
            outcome.errors = errors.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect();
            outcome
        };
        let row = BenchRow::of(64, 2, outcome(400, &[]), outcome(100, &[("403 over_limit", 7)]));
        assert_eq!((row.nothing_per_s, row.transfers_per_s, row.ratio_permille), (200, 50, 250));
        let nothing = BenchRow::of(1, 1, outcome(0, &[]), outcome(0, &[]));
        assert_eq!((nothing.ratio_permille, nothing.transfers), (0, Latency::default()));
        let text = BenchReport { customers: 3, seconds: 2, cpus: 2, rows: vec![row] }.to_string();
        for part in ["   64        50      1.23      1.23     1.23", "0.250  7 × 403 over_limit"] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }
}
