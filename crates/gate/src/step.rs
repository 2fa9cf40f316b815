//! What a person can attempt, one word each.

use serde::{Deserialize, Serialize};

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// One kind of attempt. Every attempt of such a kind is remembered before its effect (P6).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Step {$(
            $(#[$doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl Step {
            /// All steps.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }
        }
    };
}

steps! {
    /// A sign-up begins.
    SignUp "sign_up";
    /// A sign-up becomes a wallet.
    Opening "opening";
    /// A code that was sent is given back.
    Code "code";
    /// A passkey or provider ceremony is offered.
    CeremonyBegun "ceremony_begun";
    /// A passkey opens a session.
    SignIn "sign_in";
    /// A passkey raises a session.
    StepUp "step_up";
    /// One session ends, or all.
    SignOut "sign_out";
    /// An outside provider vouches for somebody.
    Federation "federation";
    /// A lost sign-in is recovered.
    Recovery "recovery";
    /// A recovery is cancelled by its customer.
    RecoveryCancel "recovery_cancel";
    /// A passkey or recovery code is added or removed.
    AuthenticatorChange "authenticator_change";
    /// An identity is proved.
    Proofing "proofing";
    /// A consent at a bank begins.
    ConsentBegun "consent_begun";
    /// The person comes back from the bank.
    ConsentReturned "consent_returned";
    /// A link ends.
    Unlink "unlink";
    /// Money comes from a bank account.
    TopUp "top_up";
    /// Money goes to another customer.
    Transfer "transfer";
    /// The payee takes or declines what waits.
    Acceptance "acceptance";
    /// Money goes to a merchant.
    QrPayment "qr_payment";
    /// A merchant gives money back.
    Refund "refund";
    /// Money goes to a bank account.
    Payout "payout";
    /// A wallet is closed.
    Closing "closing";
    /// A bank answered a debit or credit, so a hold is captured or released.
    BankAnswer "bank_answer";
    /// Time passed: value matures, an offer lapses.
    Clockwork "clockwork";
    /// A payee is looked up.
    PayeeLookup "payee_lookup";
    /// A merchant, its orders or webhooks change.
    MerchantChange "merchant_change";
    /// An operator posts to the book, or opens or changes an account of it.
    LedgerPosting "ledger_posting";
    /// A customer shows a one-time code.
    CodeShown "code_shown";
    /// An id that was used before comes with something else, or from somebody else.
    KnownId "known_id";
    /// A customer chooses the name to be paid under.
    HandleChange "handle_change";
    /// A customer chooses the language.
    LocaleChange "locale_change";
    /// A session, id or token that is not valid was shown.
    BadToken "bad_token";
    /// A bank sends a signed security event.
    BankSignal "bank_signal";
    /// A depositor tells the bank of a link of this customer: not mine.
    LinkDenied "link_denied";
    /// An operator stops something.
    Stop "stop";
    /// An operator asks or agrees that something goes on again.
    Resume "resume";
    /// An operator proposes, promotes or retires rules.
    RuleChange "rule_change";
    /// A person joins or leaves the operator's staff.
    OperatorChange "operator_change";
    /// An operator asks or agrees that a suspended link may be used again.
    LinkLift "link_lift";
    /// A suspended link may be used again: what the depositor told is settled.
    LinkLifted "link_lifted";
}

impl Step {
    /// Just this one.
    pub fn alone(self) -> &'static [Self] {
        Self::ALL.get(self as usize).map_or(&[], std::slice::from_ref)
    }

    /// Whether strangers knock here, so that attempts are counted by where they come from as well. Money that moves is
    /// counted by customer, bank account and payee only.
    pub const fn is_door(self) -> bool {
        matches!(
            self,
            Self::SignUp
                | Self::Opening
                | Self::Code
                | Self::SignIn
                | Self::StepUp
                | Self::Federation
                | Self::Recovery
                | Self::AuthenticatorChange
                | Self::Proofing
                | Self::ConsentBegun
                | Self::ConsentReturned
                | Self::BankSignal
        )
    }
}
