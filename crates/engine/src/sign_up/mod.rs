//! Sign-up: an e-mail address, a phone and a passkey become a customer (H1).

mod begin;
mod codes;
mod customer;
mod enrolment;
mod handle;
mod locale;
mod open;
mod passkey;

pub use begin::{BeginSignUp, BeginSignUpFacts, SignUpBegun};
pub use codes::{ConfirmCodes, ConfirmCodesFacts};
pub use customer::{Customer, CustomerState, Locale};
pub use enrolment::SignUp;
pub use handle::{ChooseHandle, ChooseHandleFacts, GivenUpHandle};
pub use locale::{ChooseLocale, ChooseLocaleFacts};
pub use open::{OpenWallet, OpenWalletFacts};
pub use passkey::{OfferPasskey, OfferPasskeyFacts};
