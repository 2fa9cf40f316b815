//! `tsugime ledger prove`: the whole book, from its transfers.

use crate::{
    commands::which::Which,
    exit::{Done, Ended},
    paper::say,
};

/// Whose book is proved.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    which: Which,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Proves the book; the server may be running.
///
/// # Errors
/// The first violation (exit 1), or the folder or the database cannot be used.
pub(crate) fn prove(options: &Options) -> Done {
    let json = options.json;
    let (store, _) = options.which.look()?;
    let report = store::prove(&store, |rows| eprintln!("{rows} rows read …"))?;
    if json {
        say(serde_json::json!({ "ok": report.violation.is_none(), "proof": report }))?;
    } else if report.violation.is_none() {
        say(format!(
            "proved: {} accounts, {} transfers, {} holds, {} commits, {} signed checkpoints\n\
             every balance follows from its transfers, nothing is below its floor, holds are covered, the sum is \
             ¥0, and the chain is whole up to {}",
            report.accounts,
            report.transfers,
            report.holds,
            report.commits,
            report.checkpoints,
            report.digest
        ))?;
    }
    match report.violation {
        None => Ok(()),
        Some(violation) => Err(Ended::FoundFalse(format!("the book is wrong: {violation}"))),
    }
}
