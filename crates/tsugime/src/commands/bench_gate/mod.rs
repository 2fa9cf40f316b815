//! `tsugime bench gate`: verdicts per second in memory, evidence from years of attempts, and the gate's share of a top-up.

mod crowd;
mod history;
mod memory;
mod report;
mod share;

use crate::{
    exit::{Done, Ended},
    paper::say,
};
use report::GateReport;
use std::path::PathBuf;
use store::{Keys, Store};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Tries at banks that lie behind: 9,600,000 are five years of 35 banks with 150 a day.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1_000..=100_000_000))]
    attempts: u64,
    /// Bank accounts that they are spread over.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(1_000..=1_000_000_000))]
    bank_accounts: u64,
    /// Seconds of each measurement in memory.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// A folder on the disk to be measured. What is made in it is removed again.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Measures, and prints the table.
///
/// # Errors
/// The folder cannot be used, or the store refuses what it must not.
pub(crate) fn run(options: &Options) -> Done {
    let folder = super::bench_ledger::fresh_folder(&options.folder)?;
    let file = folder.path().join("gate.sqlite");
    let keys = Keys::new(&crate::clock::secret_bytes().map_err(|why| Ended::fault("random numbers", why))?)?;
    let (store, mut writer) = Store::open(&file, keys)?;
    eprintln!("· verdicts in memory");
    let memory = memory::measure(options.seconds);
    let history = history::fill(&mut writer, options)?;
    eprintln!("· evidence beside {} attempts", history.attempts);
    let evidence = history.measure(&store)?;
    eprintln!("· top-ups");
    let crowd = crowd::enter(&mut writer, &history)?;
    let share = share::measure(&mut writer, &crowd, &history)?;
    let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
    let report = GateReport::new(options, memory, &history, evidence, share, bytes);
    if options.json {
        say(serde_json::to_string(&report).map_err(|why| Ended::fault("the report", why))?)?;
    } else {
        say(report.to_string().trim_end())?;
    }
    Ok(())
}
