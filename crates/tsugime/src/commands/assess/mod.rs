//! `tsugime assess`: how money could leave a stranger's account under a linkage, and whether it must be refused.

mod figures;
mod graph;
mod report;
mod sign;
mod words;

use crate::{
    exit::{Done, Ended},
    linkage::OnDisk,
    paper::{can_put, put, say},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use engine::{Whole, linkage::assess};
use std::path::PathBuf;

/// The attacker whose pace can be set.
const GUESSER: &str = "guesser";

/// What is assessed, and how it is shown.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Options {
    /// A linkage's file, or a folder with `linkage.toml` and, where they are other than the program's own, `banks/`,
    /// `methods.toml`, `curves.toml`, `authenticators.toml` and `attackers.toml`.
    #[arg(required = true)]
    path: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Write a report with the attack graphs to this file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// How often the guesser tries in a day.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    tries_a_day: Option<String>,
    #[command(subcommand)]
    command: Option<sign::ExceptionCommand>,
}

/// Assesses, or deals with exceptions.
///
/// # Errors
/// The linkage is refused or cannot be read (exit 2), or the report cannot be written (exit 3).
pub(crate) fn run(options: &Options) -> Done {
    if let Some(command) = &options.command {
        return sign::run(command);
    }
    let Some(path) = &options.path else {
        return Err(Ended::Refused("name a linkage's file or folder".to_owned()));
    };
    let mut read = OnDisk::read(path)?;
    if let Some(tries) = &options.tries_a_day {
        let guesser = read.model.attackers.get_mut(GUESSER);
        let (Some(guesser), Some(tries)) = (guesser, tries.parse().ok().and_then(Whole::new)) else {
            let allowed = "allowed are 1 to 1,000,000,000, where attackers.toml has a `guesser`";
            return Err(Ended::Refused(format!("--tries-a-day {tries:?}: {allowed}")));
        };
        guesser.tries_a_day = tries;
    }
    let assessment = assess(&read.linkage, &read.model);
    if let Some(file) = &options.html {
        can_put(&[file], path)?;
        put(file, report::page(&assessment, &style_sha256()).as_bytes())?;
    }
    if options.json {
        let printed = serde_json::json!({
            "ok": !assessment.refused,
            "refusals": assessment.refusals(),
            "linkage_sha256": read.sha256,
            "assessment": assessment,
        });
        say(&printed)?;
    } else {
        say(words::text(&assessment).trim_end())?;
    }
    if assessment.refused {
        let file = &read.linkage.places.file;
        return Err(Ended::Refused(format!(
            "{file}: this linkage is refused: {}",
            assessment.refusals().join(", ")
        )));
    }
    Ok(())
}

/// The digest by which the page's own policy knows its style.
fn style_sha256() -> String {
    STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, report::STYLE.as_bytes()))
}
