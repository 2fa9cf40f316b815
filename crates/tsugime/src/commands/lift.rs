//! `tsugime suspended` and `lift`: links that a bank's word stopped, and the two people who let them be used again.

use crate::{
    commands::desk::{Server, word},
    exit::Done,
};
use serde_json::{Value, json};
use terms::LinkId;

/// Lifts a suspension: one person asks, another one confirms.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The link, `lnk_…`; `tsugime suspended` lists them.
    #[arg(value_parser = LinkId::parse)]
    link: LinkId,
    /// Why, in 3 to 500 characters: the first person's part.
    #[arg(long, required_unless_present = "confirm", conflicts_with = "confirm")]
    reason: Option<String>,
    /// Confirm what a colleague has asked for: the second person's part.
    #[arg(long)]
    confirm: bool,
    #[command(flatten)]
    server: Server,
}

fn line(link: &Value) -> String {
    let waits = match link.get("lift") {
        Some(lift) => format!(
            " · {} asks to lift it ({}): a second person confirms with `tsugime lift {} --confirm`",
            word(lift, "by"),
            word(lift, "reason"),
            word(link, "link")
        ),
        None => String::new(),
    };
    format!(
        "{} · {} · bank {} · {} · of {}{waits}",
        word(link, "link"),
        word(link, "state"),
        word(link, "bank"),
        word(link, "account_masked"),
        word(link, "customer")
    )
}

/// Lists suspended links.
///
/// # Errors
/// The server refuses, or does not answer.
pub(crate) async fn suspended(server: Server) -> Done {
    let answer = server.wallet()?.get("/v1/operator/suspended-links").await;
    let answer = answer.map_err(|why| server.ended(why))?;
    server.print(&answer, |answer| match answer["links"].as_array().map_or(&[][..], Vec::as_slice) {
        [] => vec!["No link is suspended.".to_owned()],
        links => links.iter().map(line).collect(),
    })?;
    Ok(())
}

/// Asks to lift, or confirms.
///
/// # Errors
/// The server refuses, or does not answer.
pub(crate) async fn lift(options: Options) -> Done {
    let Options { link, reason, confirm, server } = options;
    let part = if confirm { "confirm" } else { "lift" };
    let path = format!("/v1/operator/suspended-links/{link}/{part}");
    let body = reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
    let answer = server.wallet()?.post(&path, &body).await.map_err(|why| server.ended(why))?;
    server.print(&answer, |link| vec![line(link)])?;
    Ok(())
}
