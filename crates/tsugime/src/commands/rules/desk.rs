//! `tsugime rules propose`, `promote`, `retire` and `list`: over HTTP against a running server.

use super::file::{book_in, text_of};
use crate::{
    commands::desk::{Server, word},
    exit::Done,
};
use serde_json::{Value, json};
use std::path::PathBuf;

const PATH: &str = "/v1/operator/rules";

/// A file to propose.
#[derive(Debug, clap::Args)]
pub(crate) struct ProposeOptions {
    /// The file of rules.
    file: PathBuf,
    /// Why, in 3 to 500 characters.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    server: Server,
}

/// A set to promote or retire.
#[derive(Debug, clap::Args)]
pub(crate) struct ChangeOptions {
    /// The set's version; `tsugime rules list` shows it.
    version: u32,
    /// Why, in 3 to 500 characters.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    server: Server,
}

/// Where to list.
#[derive(Debug, clap::Args)]
pub(crate) struct ListOptions {
    #[command(flatten)]
    server: Server,
}

/// Proposes.
///
/// # Errors
/// The file is refused; the server refuses, or does not answer.
pub(crate) async fn propose(options: ProposeOptions) -> Done {
    let ProposeOptions { file, reason, server } = options;
    let text = text_of(&file)?;
    book_in(&file, &text)?;
    let body = json!({ "rules": text, "reason": reason });
    let answer = server.wallet()?.post(PATH, &body).await.map_err(|why| server.ended(why))?;
    server.print(&answer, |set| vec![line_of(set)])?;
    Ok(())
}

/// Promotes or retires.
///
/// # Errors
/// The server refuses, or does not answer.
pub(crate) async fn change(options: ChangeOptions, part: &str) -> Done {
    let ChangeOptions { version, reason, server } = options;
    let path = format!("{PATH}/{version}/{part}");
    let body = json!({ "reason": reason });
    let answer = server.wallet()?.post(&path, &body).await.map_err(|why| server.ended(why))?;
    server.print(&answer, |set| vec![line_of(set)])?;
    Ok(())
}

/// Lists.
///
/// # Errors
/// The server refuses, or does not answer.
pub(crate) async fn list(options: ListOptions) -> Done {
    let server = options.server;
    let answer = server.wallet()?.get(PATH).await.map_err(|why| server.ended(why))?;
    server.print(&answer, |answer| match answer["sets"].as_array().map_or(&[][..], Vec::as_slice) {
        [] => vec!["There are no rules.".to_owned()],
        sets => sets.iter().map(line_of).collect(),
    })?;
    Ok(())
}

fn line_of(set: &Value) -> String {
    let rules = set["rules"].as_array().map_or(&[][..], Vec::as_slice);
    let names: Vec<String> =
        rules.iter().map(|rule| format!("{}@{}", word(rule, "code"), rule["version"])).collect();
    let who = |what: &str| match set.get(what) {
        Some(touched) => {
            let (by, at, reason) = (word(touched, "by"), word(touched, "at"), word(touched, "reason"));
            format!(" · {what} by {by} at {at}: {reason}")
        }
        None => String::new(),
    };
    format!(
        "version {} · {} · {}{}{}{}",
        set["version"],
        word(set, "state"),
        names.join(", "),
        who("proposed"),
        who("promoted"),
        who("retired")
    )
}
