//! `tsugime bench http`: authenticated transfers beside an endpoint that does nothing, in the same run.

use crate::{
    exit::{Done, Ended},
    paper::say,
};
use player::{BenchOptions, bench};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The wallet, on this machine.
    #[arg(long, default_value = "http://localhost:7080")]
    pub(crate) url: String,
    /// The sandbox behind it.
    #[arg(long, default_value = "http://localhost:7081")]
    pub(crate) sandbox: String,
    /// Connections at once, one measurement each.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    pub(crate) connections: Vec<usize>,
    /// Seconds of each kind of request at each number of connections.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// Customers that send to each other.
    #[arg(long, default_value_t = 64)]
    pub(crate) customers: usize,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Measures, and prints the table.
///
/// # Errors
/// The server does not answer, or refuses what it must not.
pub(crate) async fn run(options: Options) -> Done {
    let asked = BenchOptions {
        connections: options.connections,
        seconds: options.seconds,
        customers: options.customers,
        ..BenchOptions::usual(&options.url, &options.sandbox)
    };
    let report = bench(asked, |step| eprintln!("· {step}"))
        .await
        .map_err(|trouble| Ended::Fault(trouble.to_string()))?;
    if options.json {
        say(serde_json::json!({ "ok": true, "report": report }))?;
    } else {
        say(&report)?;
        if cfg!(debug_assertions) {
            say("built without --release: compare the ratio, not the rates")?;
        }
    }
    Ok(())
}
