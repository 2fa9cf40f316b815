//! Sessions: passkeys in, step-up, devices, sign-out, recovery, outside providers.

mod begin;
mod end;
mod entities;
mod federation;
mod notice;
mod opening;
mod passkeys;
mod recovery;
mod recovery_finish;
mod sign_in;
mod step_up;
mod touch;
mod unbind;

pub use begin::{BeginCeremony, BeginCeremonyFacts, CeremonyBegun};
pub use end::{EndSession, EndSessionFacts, Which};
pub use entities::{Authenticator, Ceremony, CeremonyKind, Federation, Recovery, RecoveryState, Session};
pub use federation::{
    BeginFederation, BeginFederationFacts, FinishFederation, FinishFederationFacts, OutsideIdentity, Vouched,
};
pub(crate) use notice::Notice;
pub(crate) use opening::check_name;
pub use opening::{MadePasskey, NewSession, SignedIn, SignedPasskey};
pub use passkeys::{AddPasskey, AddPasskeyFacts, RemovePasskey, RemovePasskeyFacts};
pub use recovery::{
    BeginRecovery, BeginRecoveryFacts, CancelRecovery, CancelRecoveryFacts, MakeRecoveryCode,
    MakeRecoveryCodeFacts, RecoveryBegun,
};
pub use recovery_finish::{FinishRecovery, OfferRecoveryPasskey, RecoveryFacts};
pub use sign_in::{SignIn, SignInFacts};
pub use step_up::{StepUp, StepUpFacts};
pub use touch::{TouchSession, TouchSessionFacts};
pub use unbind::{UnbindFederation, UnbindFederationFacts};
