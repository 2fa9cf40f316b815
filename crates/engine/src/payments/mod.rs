//! Payments: top-up, p2p, qr payment, refund, payout; limits, provisional value, and what a bank answers.

mod entities;
mod funds;
mod limit;
mod offer;
mod payee;
mod presented;
mod qr;
mod refund;
mod transfer;

pub use entities::{Parcel, Payment, PaymentKind, PaymentState, PresentedCode, UsageEntry};
pub use funds::{Purse, Share, clearing_account, hold_of, offers_account, spending_key};
pub use limit::{Usage, check_limit};
pub use offer::{AnswerOffer, AnswerOfferFacts, Lapse, LapseFacts, OfferAnswer, OfferFacts, OfferToPhone};
pub use payee::{LookUpPayee, LookUpPayeeFacts, SeenPayee};
pub use presented::{ChargeCode, ChargeCodeFacts, PresentCode, PresentCodeFacts, Presented, Presenter};
pub use qr::{MerchantPaymentFacts, PayQr, PayQrFacts};
pub use refund::{Refund, RefundFacts};
pub use transfer::{Payee, TransferFacts, TransferToHandle};
