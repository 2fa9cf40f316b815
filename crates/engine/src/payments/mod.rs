//! Payments: top-up, p2p, qr payment, refund, payout; limits, provisional value, and what a bank answers.

mod bank_answer;
mod close;
mod discrepancy;
mod entities;
mod funds;
mod limit;
mod mature;
mod offer;
mod payee;
mod payout;
mod presented;
mod qr;
mod refund;
mod top_up;
mod transfer;

pub use bank_answer::{Asking, BankAnswered, BankAnsweredFacts};
pub use close::{Belongings, Close, CloseFacts, Closing};
pub use discrepancy::{BankWord, Discrepancy};
pub use entities::{Parcel, Payment, PaymentKind, PaymentState, PresentedCode, UsageEntry};
pub use funds::{Purse, Share, clearing_account, hold_of, offers_account, spending_key};
pub use limit::{Usage, check_limit};
pub use mature::{Mature, MatureFacts, all_matured_at};
pub use offer::{AnswerOffer, AnswerOfferFacts, Lapse, LapseFacts, OfferAnswer, OfferFacts, OfferToPhone};
pub use payee::{LookUpPayee, LookUpPayeeFacts, SeenPayee};
pub use payout::{Payout, PayoutFacts, payout_key};
pub use presented::{ChargeCode, ChargeCodeFacts, PresentCode, PresentCodeFacts, Presented, Presenter};
pub use qr::{MerchantPaymentFacts, PayQr, PayQrFacts};
pub use refund::{Refund, RefundFacts};
pub use top_up::{TopUp, TopUpFacts, link_key, top_up_key};
pub use transfer::{Payee, TransferFacts, TransferToHandle};
