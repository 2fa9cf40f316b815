//! The sections of a linkage's file: identity, match, sign-in, recovery, limits, notice, and what watches and stops.

use crate::table::{Whole, WholeYen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a wallet needs before it may link a bank account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A mail address answered.
    Mail,
    /// A phone answered.
    Phone,
    /// A verifier signed for name and birth date.
    Proved,
}

/// What an identity is proved by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proofing {
    /// Nothing.
    None,
    /// A picture of a paper, which can be forged.
    Photo,
    /// The chip of an identity card.
    Chip,
}

/// How the names on both sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Not at all.
    None,
    /// What is close counts as the same.
    Close,
    /// Only what is the same counts.
    Exact,
}

/// Which name and birth date of the wallet's owner is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// What the owner typed.
    Declared,
    /// What a verifier signed for.
    Proved,
}

/// What is checked of an assertion by an outside provider (OpenID Connect Core §3.1.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionCheck {
    /// Its signature.
    Signature,
    /// Who made it.
    Issuer,
    /// For whom it was made.
    Audience,
    /// For which sign-in it was made.
    Nonce,
    /// Until when it is good.
    Expiry,
}

impl AssertionCheck {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Signature, Self::Issuer, Self::Audience, Self::Nonce, Self::Expiry];
}

/// What finds the wallet of a person for whom a provider vouches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKey {
    /// Issuer and subject together.
    IssuerAndSubject,
    /// The mail address that the provider names.
    Mail,
}

/// What a session may do that an outside provider opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum May {
    /// Look only.
    Look,
    /// Link bank accounts and move money.
    Link,
}

/// How limits are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Windows that slide.
    Rolling,
    /// By the calendar: at midnight and on the first of a month they are full again.
    CalendarMonth,
}

/// Who tells the depositor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Nobody.
    None,
    /// The wallet, through a channel that the wallet's owner registered.
    WalletChannel,
    /// The bank, through its own channel.
    BankChannel,
}

/// When the depositor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// When a link is made.
    Link,
    /// When money is taken.
    Debit,
}

/// Where value from a young link may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// To a bank account.
    Payout,
    /// To another customer.
    P2p,
    /// Into goods that are easily sold again.
    Resale,
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }
    )*};
}

sections! {
    /// Who a wallet's owner is.
    Identity {
        /// What is needed before linking.
        level: Level,
        /// What it is proved by.
        proofing: Proofing,
    }
    /// What must agree between the wallet's owner and the bank's record.
    Matching {
        /// The names.
        name: Compared,
        /// The birth dates.
        birth_date: Compared,
        /// Which of the owner's names and dates.
        against: Against,
    }
    /// How a customer signs in.
    SignIn {
        /// Codes of authenticators; all of them are needed.
        authenticators: Vec<String>,
    }
    /// How a lost sign-in is recovered.
    Recovery {
        /// Codes of authenticators; all of them are needed.
        authenticators: Vec<String>,
        /// How long it waits.
        delay_h: Whole<0, 8_760>,
        /// Whether the channels known before are told.
        notice_on_old_channels: bool,
        /// Whether the asker says where the new secret goes.
        destination_in_request: bool,
    }
    /// Sign-in by an outside provider.
    Federation {
        /// Whether there is such a thing.
        accepted: bool,
        /// What is checked of an assertion.
        #[serde(default)]
        checks: BTreeSet<AssertionCheck>,
        /// What finds the wallet.
        #[serde(default)]
        account_key: Option<AccountKey>,
        /// What such a session may do.
        #[serde(default)]
        may: Option<May>,
    }
    /// What one link lets through.
    LinkLimits {
        /// How it is counted.
        window: Window,
        /// Per debit.
        per_debit_yen: WholeYen,
        /// In a day.
        day_yen: WholeYen,
        /// In seven days.
        #[serde(default)]
        week_yen: Option<WholeYen>,
        /// In thirty days, or a calendar month.
        month_yen: WholeYen,
    }
    /// Value from a young link.
    Young {
        /// How long a link is young.
        days: Whole<0, 3_650>,
        /// Where its value may not go.
        not_for: BTreeSet<Way>,
    }
    /// What the depositor is told.
    Notice {
        /// By whom.
        to_depositor: Told,
        /// When.
        #[serde(default)]
        at: BTreeSet<Occasion>,
    }
    /// When a bank stops wrong tries.
    BankLockOut {
        /// Wrong tries on one bank account.
        per_bank_account_tries: Whole<1, 1_000>,
    }
    /// What stops tries that are spread over many bank accounts; 0 is nothing.
    Spread {
        /// Failed tries of one wallet in a day.
        #[serde(default)]
        per_wallet_day: Whole<0, 1_000_000>,
        /// Failed tries from one device in a day.
        #[serde(default)]
        per_device_day: Whole<0, 1_000_000>,
        /// Failed tries from one network in an hour.
        #[serde(default)]
        per_network_hour: Whole<0, 1_000_000>,
        /// After so many guesses, wherever they come from, an alarm stops new links.
        #[serde(default)]
        alarm_after_tries: Whole<0, 1_000_000_000>,
    }
    /// How a hole is stopped.
    Stop {
        /// From the order until no new link is made anywhere.
        effective_s: Whole<0, 31_536_000>,
    }
    /// The claim desk.
    Claims {
        /// Whether a depositor without a wallet is heard.
        without_a_wallet: bool,
    }
}

impl Default for Whole<0, 1_000_000> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Default for Whole<0, 1_000_000_000> {
    fn default() -> Self {
        Self::ZERO
    }
}
