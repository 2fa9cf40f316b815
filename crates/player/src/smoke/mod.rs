//! A whole life of two new customers against a running wallet, with both sides' books compared after every step.

mod beginning;
mod charging;
mod expected;
mod leaving;
mod paying;
mod report;

pub use report::{BankLine, SmokeFailure, SmokeReport, Step};

use std::time::Instant;

use expected::Expected;
use report::Stop;

use crate::sandbox::Sandbox;
use crate::trouble::{Problem, Trouble};
use crate::wallet::Wallet;

/// Where to play and how patient to be. No `Debug`: it carries a token.
pub struct SmokeOptions {
    /// The wallet, `http://host:port`; also the origin of the passkeys.
    pub wallet_url: String,
    /// The sandbox behind it.
    pub sandbox_url: String,
    /// An operator's token at the wallet: makes a merchant, reads the clearing accounts.
    pub operator_token: String,
    /// How long one payment may take to settle, in seconds; a vice of a bank alone takes some.
    pub settle_limit_s: u64,
    /// How long young value and payout delays may last, in seconds. A production policy says days; a demo seconds.
    pub mature_limit_s: u64,
}

/// Plays the whole life. `progress` gets one line when a step begins.
///
/// # Errors
/// [`SmokeFailure`] with the first step at which something was not as it must be.
pub async fn smoke(
    options: SmokeOptions,
    mut progress: impl FnMut(&str),
) -> Result<SmokeReport, SmokeFailure> {
    let began = Instant::now();
    let start = |trouble: Trouble| Stop::from(trouble).at("start");
    let wallet = Wallet::at(&options.wallet_url).map_err(start)?;
    let mut play = Play {
        operator: wallet.with_token(&options.operator_token),
        sandbox: Sandbox::at(&options.sandbox_url).map_err(start)?,
        origin: origin(&options.wallet_url).map_err(start)?,
        wallet,
        options: &options,
        say: &mut progress,
        expected: Expected::default(),
        steps: Vec::new(),
        began: Instant::now(),
    };
    match play.whole_life().await {
        Ok(banks) => {
            play.end_step();
            let took_ms = report::millis(began.elapsed());
            Ok(SmokeReport { steps: play.steps, banks, took_ms })
        }
        Err(stop) => {
            let step = play.steps.last().map_or_else(|| "start".to_owned(), |step| step.name.clone());
            Err(stop.at(&step))
        }
    }
}

/// Everything that the steps share.
struct Play<'p> {
    options: &'p SmokeOptions,
    wallet: Wallet,
    operator: Wallet,
    sandbox: Sandbox,
    origin: String,
    say: &'p mut dyn FnMut(&str),
    expected: Expected,
    steps: Vec<Step>,
    began: Instant,
}

impl Play<'_> {
    async fn whole_life(&mut self) -> Result<Vec<report::BankLine>, Stop> {
        let mut cast = self.begin().await?;
        self.charge(&mut cast).await?;
        self.pay(&mut cast).await?;
        self.look_around(&mut cast).await?;
        self.leave(&mut cast).await?;
        self.compare_all_banks().await
    }

    /// Begins a step; the one before took until now.
    fn step(&mut self, name: &str) {
        self.end_step();
        (self.say)(name);
        self.began = Instant::now();
        self.steps.push(Step { name: name.to_owned(), took_ms: 0, compared: 0 });
    }

    fn end_step(&mut self) {
        if let Some(step) = self.steps.last_mut() {
            step.took_ms = report::millis(self.began.elapsed());
        }
    }

    /// Compares every balance on both sides with what they must be by now.
    async fn compare(&mut self) -> Result<(), Stop> {
        let compared = self.expected.compare(&self.sandbox).await?;
        if let Some(step) = self.steps.last_mut() {
            step.compared += compared;
        }
        Ok(())
    }
}

/// The refusal that must come, with one of these codes.
fn refused<T>(what: &str, outcome: Result<T, Trouble>, codes: &[&str]) -> Result<Problem, Stop> {
    let expected = || format!("{what} is refused with {}", codes.join(" or "));
    match outcome {
        Err(Trouble::Refused(problem)) if codes.contains(&problem.code.as_str()) => Ok(problem),
        Err(Trouble::Refused(problem)) => Err(Stop::difference(expected(), problem)),
        Err(trouble) => Err(trouble.into()),
        Ok(_) => Err(Stop::difference(expected(), "it was accepted")),
    }
}

/// `scheme://host[:port]` of the wallet's pages.
pub(crate) fn origin(url: &str) -> Result<String, Trouble> {
    match url::Url::parse(url) {
        Ok(url) if url.origin().is_tuple() => Ok(url.origin().ascii_serialization()),
        _ => {
            Err(Trouble::Option(format!("\"{url}\" is not an http or https URL; allowed: http://host:port")))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;

    #[test]
    fn origins() {
        assert_eq!(origin("http://localhost:7080/x?y").unwrap(), "http://localhost:7080");
        assert_eq!(origin("https://wallet.example:443").unwrap(), "https://wallet.example");
        assert!(origin("localhost:7080").is_err());
    }

    #[tokio::test]
    async fn a_wallet_that_is_not_there_is_told_at_the_first_step() {
        let closed = {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            format!("http://{}", listener.local_addr().unwrap())
        };
        let options = SmokeOptions {
            wallet_url: closed.clone(),
            sandbox_url: closed,
            operator_token: "x".to_owned(),
            settle_limit_s: 1,
            mature_limit_s: 1,
        };
        let failure = smoke(options, |_| {}).await.unwrap_err();
        assert_eq!(failure.step, "two new people");
        assert!(failure.got.contains("no answer"), "{failure}");
    }
}
