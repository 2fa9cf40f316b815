//! Sign-up: an e-mail address, a phone and a passkey become a customer (H1).

mod customer;
mod enrolment;
mod handle;

pub use customer::{Customer, CustomerState, Locale};
pub use enrolment::SignUp;
pub use handle::{ChooseHandle, ChooseHandleFacts};
