//! Measures transfers between customers over HTTP, beside an endpoint that does nothing, in the same run.

mod load;
mod prepare;
mod report;

pub use prepare::GivenCustomer;
pub use report::{BenchReport, BenchRow};

use crate::keep_alive::loopback;
use crate::trouble::Trouble;

/// What to measure. No `Debug`: it may carry tokens.
pub struct BenchOptions {
    /// The wallet, `http://localhost:port`: only this machine, without TLS.
    pub wallet_url: String,
    /// The sandbox behind it; not needed when `given` is filled.
    pub sandbox_url: String,
    /// How many customers are prepared, from 2 to 10,000; not used when `given` is filled.
    pub customers: usize,
    /// How many are prepared at the same time, from 1 to 64.
    pub prepared_at_once: usize,
    /// Customers who exist, with money that can be sent; at least two, or none.
    pub given: Vec<GivenCustomer>,
    /// How many connections at once, one measurement each; each from 1 to 1,024.
    pub connections: Vec<usize>,
    /// How long each kind of request is measured at each number of connections, in seconds, from 1 to 600.
    pub seconds: u64,
    /// How long young value may take to mature while preparing, in seconds.
    pub mature_limit_s: u64,
}

impl BenchOptions {
    /// The usual measurement: 1, 16, 64 and 256 connections, ten seconds each, 64 new customers.
    #[must_use]
    pub fn usual(wallet_url: &str, sandbox_url: &str) -> Self {
        Self {
            wallet_url: wallet_url.to_owned(),
            sandbox_url: sandbox_url.to_owned(),
            customers: 64,
            prepared_at_once: 8,
            given: Vec::new(),
            connections: vec![1, 16, 64, 256],
            seconds: 10,
            mature_limit_s: 180,
        }
    }

    fn check(&self) -> Result<(), Trouble> {
        let ranges = [
            ("customers", self.customers, 2..=10_000),
            ("prepared at once", self.prepared_at_once, 1..=64),
            ("seconds", usize::try_from(self.seconds).unwrap_or(usize::MAX), 1..=600),
            ("numbers of connections", self.connections.len(), 1..=16),
        ];
        let each = self.connections.iter().map(|count| ("connections", *count, 1..=1024));
        for (name, value, range) in ranges.into_iter().chain(each) {
            if !range.contains(&value) {
                let (low, high) = range.into_inner();
                return Err(Trouble::Option(format!(
                    "{name}: {value} is not allowed; allowed: {low} to {high}"
                )));
            }
        }
        if self.given.len() == 1 {
            return Err(Trouble::Option("one customer cannot send to another; give two or none".to_owned()));
        }
        Ok(())
    }
}

/// Prepares customers where none are given, then measures. `progress` gets one line per phase.
///
/// Transfers of ¥1 go round: each customer sends to the next, so that nobody runs dry. Slices of one second of
/// transfers and of `GET /healthz` take turns on the same connections, so that both meet the same machine.
///
/// # Errors
/// [`Trouble`] when an option is out of range, a customer cannot be prepared, or the wallet is not on this machine.
pub async fn bench(options: BenchOptions, mut progress: impl FnMut(&str)) -> Result<BenchReport, Trouble> {
    options.check()?;
    let address = loopback(&options.wallet_url).await?;
    let customers = if options.given.is_empty() {
        prepare::prepare(&options, &mut progress).await?
    } else {
        options.given
    };
    let requests = std::sync::Arc::new(load::Requests::new(address, &customers));
    let mut rows = Vec::new();
    for connections in options.connections {
        progress(&format!("{connections} connections, {} s of transfers and of nothing", options.seconds));
        let [nothing, transfers] =
            load::measure(address, std::sync::Arc::clone(&requests), connections, options.seconds).await?;
        rows.push(BenchRow::of(connections, options.seconds, nothing, transfers));
    }
    Ok(BenchReport {
        customers: customers.len(),
        seconds: options.seconds,
        cpus: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        rows,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;

    #[test]
    fn options_out_of_range_are_named() {
        let usual = || BenchOptions::usual("http://localhost:1", "http://localhost:2");
        assert!(usual().check().is_ok());
        let cases = [
            (BenchOptions { customers: 1, ..usual() }, "customers: 1"),
            (BenchOptions { seconds: 0, ..usual() }, "seconds: 0"),
            (BenchOptions { connections: vec![], ..usual() }, "numbers of connections: 0"),
            (BenchOptions { connections: vec![1, 5_000], ..usual() }, "connections: 5000"),
            (BenchOptions { prepared_at_once: 65, ..usual() }, "prepared at once: 65"),
            (BenchOptions { given: vec![GivenCustomer::new("t", "h")], ..usual() }, "one customer"),
        ];
        for (options, says) in cases {
            let error = options.check().unwrap_err().to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
