//! `tsugime migrate`: brings the schema of a database up to date and says what was done.

use crate::{
    commands::which::Which,
    exit::Done,
    folder::{Folder, store_keys},
    paper::say,
};

/// What is brought up to date.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    which: Which,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Applies the steps that are missing.
///
/// # Errors
/// The folder is in use, or the database cannot be used or was written by a newer program.
pub(crate) fn run(options: &Options) -> Done {
    let (data, place) = options.which.find()?;
    Folder::look_at(&data)?;
    let folder = Folder::open(&data)?;
    let done = store::upgrade(place, store_keys(folder.path())?)?;
    if options.json {
        say(serde_json::json!({ "ok": true, "from": done.from, "to": done.to }))?;
    } else if done.from == done.to {
        say(format!("the schema is up to date: {}", done.to))?;
    } else {
        say(format!("the schema was brought from {} to {}", done.from, done.to))?;
    }
    Ok(())
}
