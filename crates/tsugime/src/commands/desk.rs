//! `tsugime stop`, `resume`, `stops` and `operator`: what a person on duty does, over HTTP against a running server.

use crate::{
    commands::smoke::operator_token,
    exit::{Done, Ended},
    paper::say,
};
use gate::Scope;
use player::{Trouble, Wallet};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Which server, and in whose name.
#[derive(Debug, clap::Args)]
pub(crate) struct Server {
    /// The wallet.
    #[arg(long, default_value = "http://localhost:7080")]
    url: String,
    /// The server's data folder: its `operator.token` is read there.
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// Your own token (`op_…`), instead of the folder's. Two people resume, each with theirs.
    #[arg(long, env = "TSUGIME_OPERATOR_TOKEN", hide_env_values = true)]
    operator_token: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Stops at once.
#[derive(Debug, clap::Args)]
pub(crate) struct StopOptions {
    /// `all`, `bank:0001`, `method:0001:METHOD`, or `operation:` and one of sign_up, recovery, link, top_up, transfer,
    /// qr_payment, payout.
    scope: Scope,
    /// How far it goes at banks; each includes those before.
    #[arg(long, default_value = "links", value_parser = ["links", "young_top_ups", "top_ups"])]
    level: String,
    /// Why, in 3 to 500 characters.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    server: Server,
}

/// Lets something go on again: one person asks, another one confirms.
#[derive(Debug, clap::Args)]
pub(crate) struct ResumeOptions {
    /// The scope that is stopped; `tsugime stops` lists them.
    scope: Scope,
    /// How far: one customer in a hundred, one in ten, or all.
    #[arg(long, value_parser = ["probing_1", "probing_10", "closed"])]
    to: String,
    /// Why, in 3 to 500 characters: the first person's part.
    #[arg(long, required_unless_present = "confirm", conflicts_with = "confirm")]
    reason: Option<String>,
    /// Confirm what a colleague has asked for: the second person's part.
    #[arg(long)]
    confirm: bool,
    #[command(flatten)]
    server: Server,
}

/// The operator's staff.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum OperatorCommand {
    /// Adds a person and prints their token, once.
    Add {
        /// 2 to 40 of a-z, 0-9, `.` and `-`, a letter first.
        name: String,
        #[command(flatten)]
        server: Server,
    },
    /// Ends a person's token.
    End {
        /// The person.
        name: String,
        #[command(flatten)]
        server: Server,
    },
    /// Lists everybody.
    List {
        #[command(flatten)]
        server: Server,
    },
}

impl Server {
    pub(crate) fn wallet(&self) -> Result<Wallet, Ended> {
        let token = operator_token(self.operator_token.clone(), &self.data)?;
        let wallet = Wallet::at(&self.url).map_err(|trouble| self.ended(trouble))?;
        Ok(wallet.with_token(token.trim()))
    }

    pub(crate) fn ended(&self, trouble: Trouble) -> Ended {
        match trouble {
            Trouble::Refused(problem) if problem.status < 500 => {
                Ended::Refused(format!("{}: {problem}", self.url))
            }
            other => Ended::fault(&self.url, other),
        }
    }

    pub(crate) fn print(&self, answer: &Value, lines: impl FnOnce(&Value) -> Vec<String>) -> Done {
        if self.json { say(answer) } else { lines(answer).iter().try_for_each(say) }
    }
}

/// A field's text, or none of it.
pub(crate) fn word<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or("")
}

fn stop_line(stop: &Value) -> String {
    let waits = match stop.get("resume") {
        Some(resume) => format!(
            " · {} asks for {}: a second person confirms with `tsugime resume {} --to {} --confirm`",
            word(resume, "by"),
            word(resume, "to"),
            word(stop, "scope"),
            word(resume, "to")
        ),
        None => String::new(),
    };
    format!(
        "{} · {} · {} · by {} at {} · {}{waits}",
        word(stop, "scope"),
        word(stop, "setting"),
        word(stop, "level"),
        word(stop, "stopped_by"),
        word(stop, "stopped_at"),
        word(stop, "reason")
    )
}

/// Stops.
///
/// # Errors
/// The server refuses, or does not answer.
pub(crate) async fn stop(options: StopOptions) -> Done {
    let StopOptions { scope, level, reason, server } = options;
    let body = json!({ "scope": scope.to_string(), "level": level, "reason": reason });
    let answer = server.wallet()?.post("/v1/operator/stops", &body).await.map_err(|why| server.ended(why))?;
    server.print(&answer, |stop| vec![stop_line(stop)])?;
    Ok(())
}

/// Lists what is stopped.
///
/// # Errors
/// The server refuses, or does not answer.
pub(crate) async fn stops(server: Server) -> Done {
    let answer = server.wallet()?.get("/v1/operator/stops").await.map_err(|why| server.ended(why))?;
    server.print(&answer, |answer| match answer["stops"].as_array().map_or(&[][..], Vec::as_slice) {
        [] => vec!["Nothing is stopped.".to_owned()],
        stops => stops.iter().map(stop_line).collect(),
    })?;
    Ok(())
}

/// Asks to resume, or confirms.
///
/// # Errors
/// Nothing is stopped there; the server refuses, or does not answer.
pub(crate) async fn resume(options: ResumeOptions) -> Done {
    let ResumeOptions { scope, to, reason, confirm, server } = options;
    let wallet = server.wallet()?;
    let listed = wallet.get("/v1/operator/stops").await.map_err(|why| server.ended(why))?;
    let stops = listed["stops"].as_array().map_or(&[][..], Vec::as_slice);
    let Some(stop) = stops.iter().find(|stop| word(stop, "scope") == scope.to_string()) else {
        return Err(Ended::Refused(format!("{scope}: not stopped; `tsugime stops` lists what is")));
    };
    let mut body = json!({ "to": to, "version": stop["version"] });
    if let Some(reason) = reason {
        body["reason"] = reason.into();
    }
    let part = if confirm { "confirm" } else { "resume" };
    let path = format!("/v1/operator/stops/{scope}/{part}");
    let answer = wallet.post(&path, &body).await.map_err(|why| server.ended(why))?;
    server.print(&answer, |stop| vec![stop_line(stop)])?;
    Ok(())
}

/// Changes or lists the staff.
///
/// # Errors
/// The server refuses, or does not answer.
pub(crate) async fn operator(command: OperatorCommand) -> Done {
    const PATH: &str = "/v1/operator/operators";
    match command {
        OperatorCommand::Add { name, server } => {
            let added = server.wallet()?.post(PATH, &json!({ "name": name })).await;
            let added = added.map_err(|why| server.ended(why))?;
            server.print(&added, |added| {
                vec![
                    format!("{} may act with this token; it is shown once:", word(added, "name")),
                    word(added, "token").to_owned(),
                ]
            })?;
        }
        OperatorCommand::End { name, server } => {
            let ended = server.wallet()?.delete(&format!("{PATH}/{name}")).await;
            ended.map_err(|why| server.ended(why))?;
            let done = json!({ "name": name, "ended": true });
            server.print(&done, |_| vec![format!("{name}'s token opens nothing any more.")])?;
        }
        OperatorCommand::List { server } => {
            let listed = server.wallet()?.get(PATH).await.map_err(|why| server.ended(why))?;
            server.print(&listed, |listed| {
                let operators = listed["operators"].as_array().map_or(&[][..], Vec::as_slice);
                let line = |one: &Value| {
                    let until = one["until"].as_str().map(|at| format!(", until {at}")).unwrap_or_default();
                    format!(
                        "{} · since {}, added by {}{until}",
                        word(one, "name"),
                        word(one, "since"),
                        word(one, "added_by")
                    )
                };
                operators.iter().map(line).collect()
            })?;
        }
    }
    Ok(())
}
