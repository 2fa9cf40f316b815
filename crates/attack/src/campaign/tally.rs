//! What a campaign counts while it runs.

use engine::Refusal;
use std::collections::{BTreeMap, BTreeSet};
use terms::{BankCode, Time};

/// Who noticed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// A depositor, in the passbook.
    Victim,
    /// A depositor who answered the bank's notice of a link.
    Notice,
    /// An alarm over all tries.
    Alarm,
    /// A number that is a trap.
    Canary,
    /// A bank's own word.
    Signal,
}

impl FoundBy {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Victim => "a passbook",
            Self::Notice => "a notice",
            Self::Alarm => "an alarm",
            Self::Canary => "a canary",
            Self::Signal => "a bank",
        }
    }
}

/// The counts.
#[derive(Debug, Default)]
pub struct Tally {
    /// When the first attacker acted.
    pub began_at: Option<Time>,
    /// Things that attackers tried at a bank's page.
    pub tries: u64,
    /// Wallets that attackers opened.
    pub wallets: u64,
    /// Links that attackers made.
    pub links: u64,
    /// Accounts of others that were debited.
    pub debited: BTreeSet<String>,
    /// At which banks.
    pub banks: BTreeSet<BankCode>,
    /// What was debited, in yen.
    pub taken_yen: i64,
    /// What of it left the wallet: spent, sent to others, paid out.
    pub gone_yen: i64,
    /// What attackers got that is not money, in words.
    pub gained: BTreeMap<&'static str, u64>,
    /// Attackers' asks that were refused, by code.
    pub refused: BTreeMap<&'static str, u64>,
    /// Who noticed first, and when.
    pub found: Option<(FoundBy, Time)>,
    /// The first alarm: its word, the sighting that it rang at, when.
    pub alarm: Option<(String, u64, Time)>,
    /// The first breaker: its scope in words, by whom, when.
    pub breaker: Option<(String, String, Time)>,
    /// Reports of depositors, by bank.
    pub reports: BTreeMap<BankCode, u32>,
    /// What ordinary people asked.
    pub honest: u64,
    /// What of it needed a fresh signature because of what the gate found, and got it.
    pub honest_stepped_up: u64,
    /// What of it the gate refused, or gave to a person to look at.
    pub honest_refused: u64,
    /// Everything that was refused to them and to the banks, for whatever reason: what, and the code.
    pub honest_refusals: BTreeMap<String, u64>,
    /// What of it stood still because of a breaker.
    pub honest_stopped: u64,
}

impl Tally {
    /// An attacker got something that is not money.
    pub fn gains(&mut self, what: &'static str) {
        *self.gained.entry(what).or_default() += 1;
    }

    /// A customer's own value left the wallet without the customer's will.
    pub const fn robs(&mut self, yen: i64) {
        self.taken_yen += yen;
        self.gone_yen += yen;
    }

    /// Somebody noticed.
    pub fn found(&mut self, by: FoundBy, at: Time) {
        if self.began_at.is_some() {
            self.found.get_or_insert((by, at));
        }
    }

    /// An ask was refused.
    pub fn refuses(&mut self, asked: &str, hostile: bool, refusal: &Refusal) {
        use engine::Code;
        if hostile {
            *self.refused.entry(refusal.code.as_str()).or_default() += 1;
            return;
        }
        if refusal.code != Code::StepUpNeeded {
            let what = format!("{asked} {}", refusal.code.as_str());
            *self.honest_refusals.entry(what).or_default() += 1;
        }
        match refusal.code {
            Code::UnderReview | Code::GateDenied => self.honest_refused += 1,
            Code::Stopped => self.honest_stopped += 1,
            _ => {}
        }
    }
}
