//! The words of the wallet as types: a value that exists is a valid value.
//!
//! No behaviour lives here beyond keeping a value valid and showing it to people.

mod amount;
mod bank;
mod contact;
mod currency;
mod digest;
mod handle;
mod id;
mod invalid;
mod moment;
mod name;
mod operator;
mod secret;
mod time;
mod yen;

pub use amount::{Amount, Net};
pub use bank::BankCode;
pub use contact::{Email, Phone};
pub use currency::Currency;
pub use digest::Digest;
pub use handle::Handle;
pub use id::{
    AccountId, AskId, AuthenticatorId, CeremonyId, ConsentId, CustomerId, DeviceId, EndpointId, ErrandId,
    HoldId, LinkId, MerchantId, OrderId, ParcelId, PaymentId, ProofingId, RecoveryId, SessionId, SignUpId,
    TransferId,
};
pub use invalid::Invalid;
pub use moment::Moment;
pub use name::{BirthDate, Kana};
pub use operator::OperatorName;
pub use secret::{Secret, exposed};
pub use time::{Span, Time};
pub use yen::{Balance, Yen};
