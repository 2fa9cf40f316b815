//! Why a posting is refused, in the order in which it is checked.

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident $code:literal;)*) => {
        /// The first reason that applies; the order of the variants is the order of the checks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            /// Every refusal, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// A code for programs; it never changes.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

refusals! {
    /// More items than [`crate::BATCH_MAX`]; none was looked at.
    BatchTooLarge "batch_too_large";
    /// The last item of the batch is tied to a next one; its chain was not tried.
    ChainOpen "chain_open";
    /// Another item of the chain was refused.
    ChainBroken "chain_broken";
    /// The id of the account, hold or transfer was used with other content.
    IdTaken "id_taken";
    /// The amount is zero.
    AmountZero "amount_zero";
    /// The amount is above [`crate::AMOUNT_CAP`].
    AmountAboveCap "amount_above_cap";
    /// The stated time is later than now.
    TimeInFuture "time_in_future";
    /// Debit and credit are the same account.
    SameAccount "same_account";
    /// A transfer says that it captures a hold; only a capture does.
    CaptureStated "capture_stated";
    /// The hold is not in the book.
    HoldUnknown "hold_unknown";
    /// The hold was captured before.
    HoldCaptured "hold_captured";
    /// The hold was released before.
    HoldReleased "hold_released";
    /// The hold's time is over.
    HoldExpired "hold_expired";
    /// The hold's time is not over, so it cannot be expired.
    HoldNotDue "hold_not_due";
    /// More than is held.
    AboveHold "above_hold";
    /// The transfer to be taken back is not in the book.
    OriginalUnknown "original_unknown";
    /// The transfer to be taken back takes back another.
    OriginalIsReversal "original_is_reversal";
    /// A reversal goes from the original's credit to its debit, in its currency.
    NotTheOriginalsAccounts "not_the_originals_accounts";
    /// More than what of the original is not taken back yet.
    AboveOriginal "above_original";
    /// The account whose state is to be set is not in the book.
    AccountUnknown "account_unknown";
    /// The account that pays is not in the book.
    DebitUnknown "debit_unknown";
    /// The account that receives is not in the book.
    CreditUnknown "credit_unknown";
    /// The posting's currency is not that of both accounts.
    WrongCurrency "wrong_currency";
    /// A closed account cannot be opened again.
    AccountClosed "account_closed";
    /// The account that pays is closed.
    DebitClosed "debit_closed";
    /// The account that receives is closed.
    CreditClosed "credit_closed";
    /// The account that pays is frozen.
    DebitFrozen "debit_frozen";
    /// The account that receives is frozen.
    CreditFrozen "credit_frozen";
    /// The balance less holds would fall below the floor.
    BelowFloor "below_floor";
    /// An account with money or holds cannot be closed.
    AccountNotEmpty "account_not_empty";
    /// An account states less held or announced than this hold: the book it came from is damaged.
    HoldNotCovered "hold_not_covered";
    /// A total would pass [`terms::Amount::MAX`].
    TotalTooLarge "total_too_large";
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
