//! `tsugime smoke`: a customer's whole life over HTTP against a running server, every balance checked.

use crate::{
    exit::{Done, Ended},
    paper::say,
};
use player::{SmokeOptions, smoke};
use std::path::PathBuf;

/// What the player is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The wallet.
    #[arg(long, default_value = "http://localhost:7080")]
    pub(crate) url: String,
    /// The sandbox behind it.
    #[arg(long, default_value = "http://localhost:7081")]
    pub(crate) sandbox: String,
    /// The server's data folder: its `operator.token` is read there.
    #[arg(long, default_value = "data")]
    pub(crate) data: PathBuf,
    /// The operator's token itself, instead of the file.
    #[arg(long, env = "TSUGIME_OPERATOR_TOKEN", hide_env_values = true)]
    pub(crate) operator_token: Option<String>,
    /// How long a payment may take to settle, in seconds.
    #[arg(long, default_value_t = 60)]
    pub(crate) settle_limit_s: u64,
    /// How long value may stay young, in seconds.
    #[arg(long, default_value_t = 180)]
    pub(crate) mature_limit_s: u64,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The operator's token from the option or the data folder.
///
/// # Errors
/// Neither is there.
pub(crate) fn operator_token(given: Option<String>, data: &std::path::Path) -> Result<String, Ended> {
    let path = data.join("operator.token");
    match given {
        Some(token) => Ok(token),
        None => std::fs::read_to_string(&path).map(|text| text.trim().to_owned()).map_err(|why| {
            Ended::Refused(format!(
                "{}: cannot be read ({why}); name the server's data folder with --data, or set TSUGIME_OPERATOR_TOKEN",
                path.display()
            ))
        }),
    }
}

/// Plays, and prints the report.
///
/// # Errors
/// The first difference (exit 1), or no answer (exit 3).
pub(crate) async fn run(options: Options) -> Done {
    let asked = SmokeOptions {
        operator_token: operator_token(options.operator_token, &options.data)?,
        wallet_url: options.url,
        sandbox_url: options.sandbox,
        settle_limit_s: options.settle_limit_s,
        mature_limit_s: options.mature_limit_s,
    };
    match smoke(asked, |step| eprintln!("· {step}")).await {
        Ok(report) => {
            if options.json {
                say(serde_json::json!({ "ok": true, "report": report }))?;
            } else {
                say(&report)?;
            }
            Ok(())
        }
        Err(failure) => {
            if options.json {
                say(serde_json::json!({ "ok": false, "failure": failure }))?;
            }
            let line = failure.to_string();
            Err(if failure.no_answer { Ended::Fault(line) } else { Ended::FoundFalse(line) })
        }
    }
}
