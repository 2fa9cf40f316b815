//! `tsugime rules check` and `names`.

use super::file::{lines, text_of};
use crate::{
    exit::{Done, Ended},
    paper::say,
};
use gate::rules::{self, Rule, RuleBook};
use serde_json::json;
use std::path::PathBuf;

/// Which file.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The file of rules.
    file: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How the names are shown.
#[derive(Debug, clap::Args)]
pub(crate) struct NamesOptions {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Checks a file.
///
/// # Errors
/// It cannot be read, or something is wrong in it (exit 2).
pub(crate) fn check(options: &Options) -> Done {
    let text = text_of(&options.file)?;
    match RuleBook::read(&text) {
        Ok(book) if options.json => {
            let good: Vec<_> =
                book.rules().iter().map(|rule| format!("{}@{}", rule.code, rule.version)).collect();
            say(json!({ "ok": true, "rules": good }))?;
            Ok(())
        }
        Ok(book) => {
            book.rules().iter().try_for_each(|rule| say(line_of(rule)))?;
            say(format!("{}: {} rules, all good", options.file.display(), book.rules().len()))?;
            Ok(())
        }
        Err(mistakes) => {
            if options.json {
                let told: Vec<_> = mistakes
                    .iter()
                    .map(|one| json!({ "line": one.line, "column": one.column, "what": one.what }))
                    .collect();
                say(json!({ "ok": false, "mistakes": told }))?;
            }
            Err(Ended::Refused(lines(&options.file, &mistakes)))
        }
    }
}

fn line_of(rule: &Rule) -> String {
    let steps: Vec<&str> = rule.steps.iter().map(|step| step.as_str()).collect();
    let dates = match (rule.from, rule.until) {
        (None, None) => String::new(),
        (from, until) => {
            let shown = |time: Option<terms::Time>| time.map(|time| time.to_string()).unwrap_or_default();
            format!(" · {} … {}", shown(from), shown(until))
        }
    };
    format!(
        "{}@{} · weight {} at {} · at most {} steps of work{dates}",
        rule.code,
        rule.version,
        rule.weight,
        steps.join(", "),
        rule.parts()
    )
}

/// Lists what a rule can ask for.
///
/// # Errors
/// None.
pub(crate) fn names(options: &NamesOptions) -> Done {
    let names = rules::names();
    if options.json {
        say(json!({ "names": names }))?;
    } else {
        names.iter().try_for_each(|named| say(format!("{}: {}", named.name, named.says)))?;
    }
    Ok(())
}
