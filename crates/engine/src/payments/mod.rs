//! Payments: top-up, p2p, qr payment, refund, payout; limits, provisional value, and what a bank answers.

mod entities;
mod funds;
mod limit;
mod transfer;

pub use entities::{Parcel, Payment, PaymentKind, PaymentState, PresentedCode, UsageEntry};
pub use funds::{Purse, Share};
pub use limit::{Usage, check_limit};
pub use transfer::{Payee, TransferFacts, TransferToHandle};
