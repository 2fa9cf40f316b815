//! What a session is opened with: the passkey that was made or that signed, the new token, the device's name.

use crate::{
    Aal, Code, Context, Event, Plan, Refusal,
    event::Audience,
    sessions::{Authenticator, Session},
};
use gate::Pass;
use serde::{Deserialize, Serialize};
use terms::{AuthenticatorId, CustomerId, Digest, SessionId, Time};

const NAME_MAX: usize = 60;

/// A passkey that was just made; the shell has checked its answer against the ceremony's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadePasskey {
    /// The credential id, base64url without padding.
    pub credential: String,
    /// Public key, counter and flags, as the WebAuthn library writes them.
    pub passkey: String,
}

/// A passkey that just signed; the shell has checked the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPasskey {
    /// Which passkey.
    pub authenticator: AuthenticatorId,
    /// What was known of it when the signature was checked.
    pub before: String,
    /// The same with its new counter.
    pub after: String,
}

/// A session to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// SHA-256 of the new token.
    pub token: Digest,
    /// The device's name for people, 1 to 60 characters.
    pub name: String,
}

/// The answer to whoever got a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub customer: CustomerId,
    /// The session's id.
    pub session: SessionId,
    /// When it ends in any case.
    pub expires_at: Time,
}

/// Whether a name for a device or passkey is 1 to 60 characters without control characters.
///
/// # Errors
/// `field_not_allowed`, with the field.
pub(crate) fn check_name(name: &str, field: &str) -> Result<(), Refusal> {
    let fine = (1..=NAME_MAX).contains(&name.chars().count())
        && !name.trim().is_empty()
        && !name.chars().any(char::is_control);
    if fine { Ok(()) } else { Err(Refusal::new(Code::FieldNotAllowed).field(field)) }
}

impl NewSession {
    /// Plans the session, under a pass, and tells the customer's other devices.
    pub(crate) fn open(
        &self,
        plan: &mut Plan,
        pass: &Pass<'_>,
        at: &Context<'_>,
        customer: CustomerId,
        aal: Aal,
        authenticator: Option<AuthenticatorId>,
    ) -> SignedIn {
        let now = at.moment.now;
        let expires_at = now.plus(at.policy.session_life_ms);
        let session = Session {
            id: SessionId::new(at.moment.uuid()),
            token: self.token,
            customer,
            device: at.source.device,
            name: self.name.clone(),
            aal,
            authenticator,
            created_at: now,
            stepped_up_at: None,
            idle_until: now.plus(at.policy.session_idle_ms).min(expires_at),
            expires_at,
            ended_at: None,
        };
        let signed_in = SignedIn { customer, session: session.id, expires_at };
        plan.tell(Event {
            audience: Audience::Customer(customer),
            at: now,
            kind: "session.opened".to_owned(),
            body: serde_json::json!({ "session": session.id, "name": session.name, "aal": session.aal }),
        });
        plan.open_session(pass, session);
        signed_in
    }
}

impl SignedPasskey {
    /// The passkey as it is to be kept, where it is this customer's, still bound, and nobody used it in between.
    pub(crate) fn accept(
        &self,
        known: Option<&Authenticator>,
        customer: CustomerId,
    ) -> Result<Authenticator, Refusal> {
        known
            .filter(|known| known.id == self.authenticator)
            .filter(|known| known.customer == customer && known.removed_at.is_none())
            .filter(|known| known.passkey == self.before)
            .map(|known| Authenticator { passkey: self.after.clone(), ..known.clone() })
            .ok_or(Refusal::new(Code::CodeWrong))
    }
}
