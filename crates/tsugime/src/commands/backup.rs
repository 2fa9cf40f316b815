//! `tsugime backup`: a proved copy of the database while the server runs.

use crate::{
    commands::which::Which,
    exit::{Done, Ended},
    folder::store_keys,
    paper::say,
};
use std::path::{Path, PathBuf};
use store::Progress;

/// What is backed up, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    which: Which,
    /// The file to write; its manifest is written beside it.
    #[arg(long)]
    to: PathBuf,
    /// Do not prove the book in the copy.
    #[arg(long)]
    no_prove: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Prints how far a backup or restore is, a line for each tenth.
pub(crate) fn on_stderr() -> impl FnMut(Progress) {
    const LINE_BYTES: u64 = 64 << 20;
    let mut shown = 0;
    move |progress| match progress {
        Progress::Copied { bytes, of } => {
            let line = of.map_or(LINE_BYTES, |of| (of / 10).max(1));
            if bytes / line > shown {
                shown = bytes / line;
                let mebibytes = |bytes: u64| bytes.div_ceil(1 << 20);
                let of = of.map(|of| format!(" of {} MiB", mebibytes(of))).unwrap_or_default();
                eprintln!("{} MiB{of} copied …", mebibytes(bytes));
            }
        }
        Progress::Proved(rows) => eprintln!("{rows} rows read to prove the book …"),
    }
}

/// Backs up, and proves the copy.
///
/// # Errors
/// The copy does not prove (exit 1), or folder, database or file cannot be used.
pub(crate) fn run(options: &Options) -> Done {
    let (store, data) = options.which.look()?;
    let prove_with = if options.no_prove { None } else { Some(store_keys(&data)?) };
    let made = store::back_up(&store, &options.to, prove_with, &mut on_stderr())?;
    let violation = made.proof.as_ref().and_then(|proof| proof.violation.clone());
    if options.json {
        let ok = violation.is_none();
        say(serde_json::json!({ "ok": ok, "manifest": made.manifest, "proof": made.proof }))?;
    } else if violation.is_none() {
        say(told(&made, &options.to))?;
    }
    match violation {
        None => Ok(()),
        Some(violation) => Err(Ended::FoundFalse(format!(
            "the copy does not prove: {violation}; it was left at {}, and no backup was replaced",
            made.path.display()
        ))),
    }
}

fn told(made: &store::Backup, to: &Path) -> String {
    let manifest = &made.manifest;
    let proved = if manifest.proved { "proved" } else { "not proved (--no-prove)" };
    format!(
        "backed up: {} bytes, {} transfers, up to commit {} of {}, {proved}\n  {}\n  {}\n\
         No secret is in it. Keep store.key and the other secrets of the data folder apart from it: without \
         store.key it cannot be read by anybody.",
        manifest.bytes,
        manifest.transfers,
        manifest.commits,
        manifest.at,
        to.display(),
        store::manifest_path(to).display(),
    )
}
