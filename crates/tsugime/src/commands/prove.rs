//! `tsugime ledger prove`: the whole book, from its transfers.

use crate::{
    exit::{Done, Ended},
    folder::{Folder, database_of, store_keys},
};
use std::path::Path;

/// Proves the book of a data folder; the server may be running.
///
/// # Errors
/// The first violation (exit 1), or the folder cannot be used.
pub(crate) fn prove(data: &Path, json: bool) -> Done {
    let folder = Folder::look_at(data)?;
    let store = store::Store::look_at(store::Place::File(database_of(&folder)), store_keys(&folder)?)?;
    let report = store::prove(&store, |rows| eprintln!("{rows} rows read …"))?;
    if json {
        println!("{}", serde_json::json!({ "ok": report.violation.is_none(), "proof": report }));
    } else if report.violation.is_none() {
        println!(
            "proved: {} accounts, {} transfers, {} holds, {} commits, {} signed checkpoints\n\
             every balance follows from its transfers, nothing is below its floor, holds are covered, the sum is \
             ¥0, and the chain is whole up to {}",
            report.accounts,
            report.transfers,
            report.holds,
            report.commits,
            report.checkpoints,
            report.digest
        );
    }
    match report.violation {
        None => Ok(()),
        Some(violation) => Err(Ended::FoundFalse(format!("the book is wrong: {violation}"))),
    }
}
