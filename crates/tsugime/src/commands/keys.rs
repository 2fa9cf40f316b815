//! `tsugime keys`: the gate's tags are put under a new key, while the server is stopped.

use crate::{
    commands::which::Which,
    exit::Done,
    folder::{Folder, key_text, keys_of},
    paper::say,
};
use std::io::{IsTerminal, Write};

/// What is done with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeysCommand {
    /// Puts the tags of bank accounts, holders and shared secrets under one more key. Stop every node first; it goes on
    /// where it was cut off.
    RotateTags(Options),
}

/// Whose tags.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    which: Which,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Does it.
///
/// # Errors
/// The folder is in use or not complete, or the database belongs to another key.
pub(crate) fn run(command: &KeysCommand) -> Done {
    let KeysCommand::RotateTags(options) = command;
    let (data, place) = options.which.find()?;
    Folder::look_at(&data)?;
    let folder = Folder::open_to_rotate(&data)?;
    let path = folder.key_path();
    let before = keys_of(&path, &key_text(&path)?)?;
    let text = folder.next_key_text()?;
    let after = keys_of(&path, &text)?;
    let is_shared = matches!(place, store::Place::Postgres(_));
    let shows = std::io::stderr().is_terminal();
    let done = store::rotate_tags(place, before, &after, &mut |rows| {
        if shows {
            eprint!("\r· {rows} rows");
            // A line of progress that cannot be shown is no reason to stop.
            let _shown = std::io::stderr().flush();
        }
    })?;
    if shows {
        eprintln!();
    }
    folder.take_next_key()?;
    let keys = text.expose().lines().count() - 1;
    if options.json {
        let report = serde_json::json!({ "ok": true, "rows": done.rows, "tag_keys": keys });
        say(&report)?;
    } else {
        say(format!("{} rows have tags under key {keys}. Keep a copy of {}.", done.rows, path.display()))?;
        if is_shared {
            say("Copy it into the folder of every other node before you start them.")?;
        }
    }
    Ok(())
}
