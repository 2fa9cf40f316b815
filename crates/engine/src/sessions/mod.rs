//! Sessions: passkeys in, step-up, devices, sign-out, recovery, outside providers.

mod entities;

pub use entities::{Authenticator, Ceremony, CeremonyKind, Federation, Recovery, RecoveryState, Session};
