//! Linking: a consent at the bank, its signed answer, and the link that it leaves behind.

mod begin;
mod entities;
mod finish;
mod lift;
mod unlink;

pub use begin::{BeginConsent, BeginConsentFacts};
pub use entities::{Consent, ConsentState, LiftAsked, Link, LinkState};
pub use finish::{BankSaid, FinishConsent, FinishConsentFacts, TakeReturn, TakeReturnFacts};
pub use lift::{AskToLift, ConfirmLift, LiftFacts};
pub use unlink::{Unlink, UnlinkFacts};
