//! What is kept about sign-in: sessions, passkeys, ceremonies, recoveries, outside identities.

use crate::{Aal, Redirect};
use serde::{Deserialize, Serialize};
use terms::{AuthenticatorId, CeremonyId, CustomerId, DeviceId, Digest, RecoveryId, SessionId, Time};

/// One sign-in on one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which session, as shown in the device list.
    pub id: SessionId,
    /// SHA-256 of the token that opens it.
    pub token: Digest,
    /// Whose.
    pub customer: CustomerId,
    /// On which device.
    pub device: Option<DeviceId>,
    /// The device's name for people.
    pub name: String,
    /// How it was opened.
    pub aal: Aal,
    /// The passkey that opened or raised it; it ends when that is removed.
    pub authenticator: Option<AuthenticatorId>,
    /// When it was opened.
    pub created_at: Time,
    /// When a passkey last signed for it.
    pub stepped_up_at: Option<Time>,
    /// When it ends unless it is used.
    pub idle_until: Time,
    /// When it ends in any case.
    pub expires_at: Time,
    /// When it was ended.
    pub ended_at: Option<Time>,
}

impl Session {
    /// Whether it can be used now.
    pub fn is_open(&self, now: Time) -> bool {
        self.ended_at.is_none() && now < self.idle_until && now < self.expires_at
    }
}

/// A passkey bound to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticator {
    /// Which passkey.
    pub id: AuthenticatorId,
    /// Whose.
    pub customer: CustomerId,
    /// The credential id, base64url without padding.
    pub credential: String,
    /// Public key, counter and flags, as the server's WebAuthn library writes them.
    pub passkey: String,
    /// Its name for people.
    pub name: String,
    /// When it was bound.
    pub created_at: Time,
    /// When it was removed.
    pub removed_at: Option<Time>,
}

/// What a ceremony is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeremonyKind {
    /// A passkey opens a session.
    SignIn,
    /// A passkey raises a session.
    StepUp,
    /// Another passkey is bound.
    AddPasskey,
    /// An outside provider vouches, to sign in.
    FederatedSignIn,
    /// An outside identity is bound to this wallet.
    FederatedBind,
}

/// One round of a passkey or provider ceremony: used once, over soon.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ceremony {
    /// Which round.
    pub id: CeremonyId,
    /// What for.
    pub kind: CeremonyKind,
    /// Whose, where it is known.
    pub customer: Option<CustomerId>,
    /// The WebAuthn library's state, or the provider's name.
    pub state: String,
    /// The redirect, where a provider is asked.
    pub redirect: Option<Redirect>,
    /// When it is over.
    pub expires_at: Time,
    /// When it was used.
    pub used_at: Option<Time>,
}

impl Ceremony {
    /// Whether it can be used now, for this.
    pub fn is_open(&self, kind: &CeremonyKind, now: Time) -> bool {
        self.kind == *kind && self.used_at.is_none() && now < self.expires_at
    }

    /// The same, used up.
    #[must_use]
    pub fn used(&self, now: Time) -> Self {
        Self { used_at: Some(now), ..self.clone() }
    }
}

/// An identity at an outside provider, bound to a wallet: keyed by issuer and subject, never by e-mail (H9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Federation {
    /// The provider's issuer.
    pub issuer: String,
    /// The provider's subject.
    pub subject: String,
    /// Whose wallet.
    pub customer: CustomerId,
    /// When it was bound.
    pub bound_at: Time,
    /// When it was removed.
    pub removed_at: Option<Time>,
}

/// What became of a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryState {
    /// The delay runs; the notice is out.
    Waiting,
    /// A new passkey was bound.
    Done,
    /// The customer said no.
    Cancelled,
}

/// A recovery of a lost sign-in: only by a code bound before, after a delay, with notice (H10).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recovery {
    /// Which recovery.
    pub id: RecoveryId,
    /// Whose; nothing for a code that fits nobody, which gets the same answer and leads nowhere.
    pub customer: Option<CustomerId>,
    /// When it began.
    pub begun_at: Time,
    /// From when on it can be finished.
    pub ready_at: Time,
    /// When it can be finished no more.
    pub expires_at: Time,
    /// What became of it.
    pub state: RecoveryState,
    /// The passkey ceremony's state.
    pub ceremony: Option<String>,
}
