//! What is kept about linking: consents and links.

use crate::{Redirect, directory::Directory, sign_up::Locale};
use serde::{Deserialize, Serialize};
use terms::{
    BankCode, ConsentId, CustomerId, DeviceId, Digest, LinkId, OperatorName, Secret, Time, Yen, exposed,
};

/// Where a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// The person is at the bank.
    Awaiting,
    /// The bank said yes.
    Authorised,
    /// The bank or the person said no, or the answer was refused.
    Rejected,
}

/// One authorisation at a bank by redirect.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Consent {
    /// Which consent.
    pub id: ConsentId,
    /// Whose.
    pub customer: CustomerId,
    /// At which bank.
    pub bank: BankCode,
    /// By which of its methods.
    pub method: String,
    /// The most per debit that the person signs.
    pub per_debit_limit: Yen,
    /// The most per day that the person signs.
    pub per_day_limit: Yen,
    /// The redirect to the bank.
    pub redirect: Redirect,
    /// Where it stands.
    pub state: ConsentState,
    /// When it began.
    pub created_at: Time,
    /// On which device it began: what is tried at the bank is counted there.
    #[serde(default)]
    pub device: Option<DeviceId>,
    /// From which network it began.
    #[serde(default)]
    pub address: Option<String>,
}

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It can be used.
    Active,
    /// It is stopped for now.
    Suspended,
    /// It is over.
    Ended,
}

/// Somebody of the staff asked that a suspended link may be used again; a second person has to agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftAsked {
    /// Who.
    pub by: OperatorName,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
}

/// The standing right to debit a bank account, as the depositor signed it at the bank.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    /// Which link.
    pub id: LinkId,
    /// Whose wallet.
    pub customer: CustomerId,
    /// The consent behind it.
    pub consent: ConsentId,
    /// The bank.
    pub bank: BankCode,
    /// The bank's method.
    pub method: String,
    /// The factors that the bank says it checked.
    pub factors: Vec<String>,
    /// The bank's opaque name of the bank account.
    pub account: String,
    /// Keyed tag of bank and bank account, to find it again.
    pub account_tag: Digest,
    /// Keyed tag of the holder's name.
    pub holder_tag: Digest,
    /// What the customer sees of it, `普通 ***0001`.
    pub account_masked: String,
    /// The branch, for the customer.
    pub branch_name: String,
    /// The most per debit.
    pub per_debit_limit: Yen,
    /// The most per day.
    pub per_day_limit: Yen,
    /// The refresh token, bound to our DPoP key.
    #[serde(with = "exposed")]
    pub refresh_token: Secret,
    /// Where it stands.
    pub state: LinkState,
    /// What waits for a second person while it is suspended.
    #[serde(default)]
    pub lift: Option<LiftAsked>,
    /// Whether the bank says that it told the depositor (P10).
    pub depositor_notified: bool,
    /// When it began.
    pub created_at: Time,
    /// Until when it counts as young (P9).
    pub young_until: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
}

impl Link {
    /// The bank account as its customer knows it, `みずほ銀行 普通 ***0001`.
    pub fn named(&self, locale: Locale) -> String {
        let bank = Directory::embedded().bank(self.bank).map_or("", |bank| match locale {
            Locale::Ja => bank.name.as_str(),
            Locale::En => bank.name_en.as_str(),
        });
        format!("{bank} {}", self.account_masked).trim_start().to_owned()
    }

    /// Whether money may move over it.
    pub fn is_active(&self) -> bool {
        self.state == LinkState::Active && self.ended_at.is_none()
    }
}
