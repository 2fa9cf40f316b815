//! Every refusal, with a stable code: an expected no, told to people in their language by the server.

use gate::Ruling;
use serde::{Deserialize, Serialize};
use terms::Time;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $kept:ident;)*) => {
        /// Why an ask is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {$(
            $(#[$doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code that clients branch on.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }

            /// Whether the refusal is the lasting answer to the asker's id (`kept`), or the asker may come
            /// back with the same id once it has done what is missing (`free`).
            pub const fn is_kept(self) -> bool {
                match self {$(Self::$name => codes!(@ $kept),)*}
            }
        }
    };
    (@ kept) => { true };
    (@ free) => { false };
}

codes! {
    /// No valid session came with the ask.
    NotSignedIn "not_signed_in" free;
    /// A fresh passkey signature is needed.
    StepUpNeeded "step_up_needed" free;
    /// A session opened by a passkey is needed, not one that an outside provider vouched for.
    PasskeyNeeded "passkey_needed" free;
    /// The customer has to prove the identity first.
    IdentityNeeded "identity_needed" free;
    /// The wallet is closed.
    WalletClosed "wallet_closed" kept;
    /// The id was used for something else.
    IdReused "id_reused" free;
    /// Not there, or not the asker's.
    NotFound "not_found" kept;
    /// The gate says no.
    GateDenied "gate_denied" kept;
    /// A person of the operator looks at it first.
    UnderReview "under_review" kept;
    /// It is stopped for now, for everybody at that bank or at this operation (P7).
    Stopped "stopped" free;
    /// A code, token or signature is wrong or over.
    CodeWrong "code_wrong" free;
    /// Too many wrong tries; begin again.
    TooManyTries "too_many_tries" free;
    /// The round is over: begin again.
    CeremonyOver "ceremony_over" free;
    /// It is not in a state in which this can be done.
    WrongState "wrong_state" kept;
    /// The last passkey cannot be removed.
    LastPasskey "last_passkey" free;
    /// It can be done from a later time on.
    TooSoon "too_soon" free;
    /// The handle cannot be had.
    HandleTaken "handle_taken" free;
    /// No wallet is bound to this outside identity.
    NotBound "not_bound" free;
    /// The verifier's or provider's answer is not valid.
    AssertionRefused "assertion_refused" free;
    /// The proofing method is not valid at this date.
    MethodNotValid "method_not_valid" free;
    /// The identity belongs to another wallet.
    IdentityTaken "identity_taken" free;
    /// The bank is not in the directory.
    BankUnknown "bank_unknown" free;
    /// The bank's method asks only for things that can leak (P4).
    MethodTooWeak "method_too_weak" kept;
    /// The bank account cannot be linked; the reason is not told, for it would tell a stranger something (P4).
    LinkRefused "link_refused" kept;
    /// The person said no at the bank, or did not get through.
    ConsentDenied "consent_denied" kept;
    /// The link is not active.
    LinkNotActive "link_not_active" kept;
    /// The amount is zero, or above what one payment may be.
    AmountNotAllowed "amount_not_allowed" kept;
    /// Not enough money that may be used for this.
    InsufficientFunds "insufficient_funds" kept;
    /// There is enough, but a part is provisional and may not be used for this yet (P9).
    ValueProvisional "value_provisional" kept;
    /// A rolling limit is used up.
    OverLimit "over_limit" kept;
    /// The payee cannot be paid; whether there is such a payee is not told.
    PayeeUnavailable "payee_unavailable" kept;
    /// Payer and payee are the same.
    SamePerson "same_person" kept;
    /// The QR code cannot be read, or is not of this wallet.
    CodeNotReadable "code_not_readable" kept;
    /// The order or code was paid, used or is over.
    OrderOver "order_over" kept;
    /// More than was paid cannot be given back.
    AboveOriginal "above_original" kept;
    /// Payments are under way; they have to end first.
    PaymentsUnderWay "payments_under_way" free;
    /// Too many of these are open.
    TooMany "too_many" free;
    /// Somebody changed it since it was looked at.
    ChangedSince "changed_since" free;
    /// A second, different person has to agree.
    SecondPersonNeeded "second_person_needed" free;
    /// A field's value is not allowed.
    FieldNotAllowed "field_not_allowed" free;
}

/// A refusal: why, which field if one is at fault, and from when on it may be tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// From when on it may be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Time>,
    /// What the record says besides; the asker never sees it, and it is not kept with the answer.
    #[serde(skip)]
    pub quiet: Option<&'static str>,
}

impl Refusal {
    /// A refusal of this code.
    pub const fn new(code: Code) -> Self {
        Self { code, field: None, not_before: None, quiet: None }
    }

    /// The refusal that a ruling without a pass means.
    pub fn no_pass(ruling: Ruling) -> Self {
        match ruling {
            Ruling::Allow | Ruling::StepUp => Code::StepUpNeeded.into(),
            Ruling::Review => Code::UnderReview.into(),
            Ruling::Deny => Code::GateDenied.into(),
            Ruling::Stop => Code::Stopped.into(),
        }
    }

    /// With the field at fault.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// With a reason for our record only.
    #[must_use]
    pub const fn quietly(mut self, reason: &'static str) -> Self {
        self.quiet = Some(reason);
        self
    }

    /// With the time from when on it may be tried again.
    #[must_use]
    pub const fn not_before(mut self, time: Time) -> Self {
        self.not_before = Some(time);
        self
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
