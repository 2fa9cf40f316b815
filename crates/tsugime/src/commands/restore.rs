//! `tsugime restore`: a backup into a new data folder, or into an empty database of PostgreSQL.

use crate::{
    commands::{backup::on_stderr, which::Which},
    exit::{Done, Ended},
    folder::{Folder, key_text, keys_of},
    paper::say,
};
use std::path::PathBuf;
use store::{Place, Restored};

/// What is restored, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The backup.
    #[arg(long)]
    from: PathBuf,
    #[command(flatten)]
    which: Which,
    /// The `store.key` of the data folder that the backup was made of.
    #[arg(long)]
    key: PathBuf,
    /// Do not prove the book.
    #[arg(long)]
    no_prove: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Restores, and proves what was restored.
///
/// # Errors
/// The book does not prove or is not the manifest's (exit 1), the folder is not empty (exit 2), or backup, key or
/// place cannot be used.
pub(crate) fn run(options: &Options) -> Done {
    let (data, place) = options.which.find()?;
    let key = key_text(&options.key)?;
    let keys = keys_of(&options.key, &key)?;
    // Only a database file lives in the folder; beside PostgreSQL a node's folder may be there already.
    let is_file = matches!(place, Place::File(_));
    let folder = match Folder::look_at(&data) {
        Ok(_) if !is_file => {
            let folder = Folder::open(&data)?;
            if !key_text(&folder.key_path())?.matches(&key) {
                let why = "has another store.key than the backup; give the node a folder of its own";
                return Err(Ended::Refused(format!("{}: {why}", data.display())));
            }
            folder
        }
        _ => Folder::prepare(&data, key.expose())?,
    };
    let restored = match store::restore(&options.from, place, keys, !options.no_prove, &mut on_stderr()) {
        Ok(restored) => restored,
        Err(fault) => {
            if is_file {
                folder.clear();
            }
            return Err(fault.into());
        }
    };
    if restored.violation.is_none() {
        folder.complete()?;
    }
    report(options, &restored)
}

fn report(options: &Options, restored: &Restored) -> Done {
    let Restored { manifest, commits, digest, proof, violation } = restored;
    if options.json {
        let told = serde_json::json!({
            "ok": violation.is_none(), "manifest": manifest, "commits": commits, "digest": digest, "proof": proof,
            "violation": violation,
        });
        say(&told)?;
    } else if violation.is_none() {
        let proved = if proof.is_some() { "proved" } else { "not proved (--no-prove)" };
        say(format!("restored: up to commit {commits}, {proved}; the chain ends with {digest}"))?;
        if manifest.is_none() {
            say("The backup has no manifest beside it, so nothing says whether it is whole but the proof.")?;
        }
        say(
            "Put the other secrets of the old data folder into the new one before the first start (signing.key, \
             dpop.key, operator.token, ledger.token, carrier.token): what is missing is made anew, and banks do \
             not know a new key.",
        )?;
    }
    match violation {
        None => Ok(()),
        Some(violation) => Err(Ended::FoundFalse(format!(
            "{}: what was restored is wrong: {violation}",
            options.from.display()
        ))),
    }
}
