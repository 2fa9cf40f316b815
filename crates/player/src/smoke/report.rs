//! What a play found: its steps and the banks' books, or the first difference.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::fields::money;
use crate::trouble::Trouble;

/// One step of the play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What was played.
    pub name: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How many balances were compared, on both sides together.
    pub compared: usize,
}

/// One bank as both sides see it at the end, whole yen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankLine {
    /// The bank's code.
    pub bank: String,
    /// The wallet's clearing account at this bank.
    pub wallet_clearing: i64,
    /// What the bank owes the wallet by its own books.
    pub bank_settlement: i64,
}

/// A life that was played to its end, with equal books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SmokeReport {
    /// The steps in order.
    pub steps: Vec<Step>,
    /// Every bank at the end.
    pub banks: Vec<BankLine>,
    /// The whole play, in milliseconds.
    pub took_ms: u64,
}

impl fmt::Display for SmokeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9}  {:>8}  step", "ms", "compared")?;
        for step in &self.steps {
            writeln!(f, "{:>9}  {:>8}  {}", step.took_ms, step.compared, step.name)?;
        }
        writeln!(f, "\n{:>6}  {:>16}  {:>16}", "bank", "wallet clearing", "bank owes")?;
        for line in self.banks.iter().filter(|line| line.bank_settlement != 0) {
            let (ours, theirs) = (money(line.wallet_clearing), money(line.bank_settlement));
            writeln!(f, "{:>6}  {ours:>16}  {theirs:>16}", line.bank)?;
        }
        let compared: usize = self.steps.iter().map(|step| step.compared).sum();
        write!(
            f,
            "\nAll {} steps done in {}.{} s; {compared} balances compared, {} banks agree to the yen.",
            self.steps.len(),
            self.took_ms / 1000,
            self.took_ms % 1000 / 100,
            self.banks.len()
        )
    }
}

/// The first thing that was not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("step \"{step}\": expected {expected}; got {got}")]
pub struct SmokeFailure {
    /// The step at which it showed.
    pub step: String,
    /// What had to be.
    pub expected: String,
    /// What was.
    pub got: String,
    /// Whether the wallet or sandbox did not answer at all, rather than answer wrongly.
    pub no_answer: bool,
}

/// Why a step ended early; becomes a [`SmokeFailure`] once the step is known.
#[derive(Debug)]
pub(super) enum Stop {
    Trouble(Trouble),
    Difference { expected: String, got: String },
}

impl Stop {
    pub(super) fn difference(expected: impl fmt::Display, got: impl fmt::Display) -> Self {
        Self::Difference { expected: expected.to_string(), got: got.to_string() }
    }

    pub(super) fn at(self, step: &str) -> SmokeFailure {
        let step = step.to_owned();
        match self {
            Self::Difference { expected, got } => SmokeFailure { step, expected, got, no_answer: false },
            Self::Trouble(Trouble::Unexpected { at, expected, got }) => {
                let expected = format!("{expected} from {at}");
                SmokeFailure { step, expected, got, no_answer: false }
            }
            Self::Trouble(trouble) => {
                let no_answer = matches!(trouble, Trouble::NoAnswer { .. });
                let expected = "the step to go through".to_owned();
                SmokeFailure { step, expected, got: trouble.to_string(), no_answer }
            }
        }
    }
}

impl<T: Into<Trouble>> From<T> for Stop {
    fn from(trouble: T) -> Self {
        Self::Trouble(trouble.into())
    }
}

pub(super) fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read() {
        let report = SmokeReport {
            steps: vec![Step { name: "top up".to_owned(), took_ms: 1234, compared: 5 }],
            banks: vec![
                BankLine { bank: "0001".to_owned(), wallet_clearing: -12_345, bank_settlement: 12_345 },
                BankLine { bank: "0005".to_owned(), wallet_clearing: 0, bank_settlement: 0 },
            ],
            took_ms: 2_345,
        };
        let text = report.to_string();
        for part in
            ["1234         5  top up", "0001          -¥12,345           ¥12,345", "1 steps done in 2.3 s"]
        {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        assert!(!text.contains("0005"), "banks without money are not listed");
    }

    #[test]
    fn failures_say_where_and_what() {
        let failure = Stop::difference("¥5", "¥4").at("top up");
        assert_eq!(failure.to_string(), "step \"top up\": expected ¥5; got ¥4");
        let lost = Trouble::NoAnswer { at: "GET /x".to_owned(), why: "refused".to_owned() };
        assert!(Stop::from(lost).at("s").no_answer);
    }
}
