//! Why a posting is refused, in the order in which it is checked.

/// The first reason that applies; the order of the variants is the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The id of the account, hold or transfer is taken.
    IdTaken,
    /// The amount is zero.
    AmountZero,
    /// Debit and credit are the same account.
    SameAccount,
    /// The hold is not in the book.
    HoldUnknown,
    /// The hold was captured, released or has expired before.
    HoldOver,
    /// The hold's time is over, so it cannot be captured.
    HoldExpired,
    /// The hold's time is not over, so it cannot be expired.
    HoldNotExpired,
    /// More than is held.
    AboveHold,
    /// The account that pays is not in the book.
    DebitUnknown,
    /// The account that receives is not in the book.
    CreditUnknown,
    /// The account that pays is closed.
    DebitClosed,
    /// The account that receives is closed.
    CreditClosed,
    /// The account that pays is frozen.
    DebitFrozen,
    /// The account that receives is frozen.
    CreditFrozen,
    /// The transfer to be taken back is not in the book, or is of other accounts or less money.
    ReversalUnfit,
    /// The balance less holds would fall below the floor.
    BelowFloor,
    /// A total would pass the largest amount.
    TooMuch,
    /// An account with money or holds cannot be closed.
    NotEmpty,
}
