//! Rows of sessions, and who stands behind a token.

use crate::{Fault, Keys, Load, kept::Kept, shelf::Shelf, sign_ins::change_evidence, sql::Value};
use engine::{
    Context, Standing,
    sessions::{
        Authenticator, Ceremony, Federation, MadePasskey, Recovery, Session, UnbindFederation,
        UnbindFederationFacts,
    },
    sign_up::Customer,
};
use gate::{Step, Subjects};
use terms::{AuthenticatorId, CeremonyId, CustomerId, Digest};

/// The session that a token opens, with its customer; whether it is still open is for the decision to say.
pub fn standing(shelf: &mut Shelf<'_>, token: &Digest) -> Result<Option<Standing>, Fault> {
    let Some(session) = shelf.find_one::<Session>("token = ?1", &[Value::digest(token)])? else {
        return Ok(None);
    };
    let customer = shelf.get::<Customer>(Value::id(session.customer.uuid()))?;
    Ok(customer.map(|customer| Standing { session, customer }))
}

/// A customer's sessions that were not ended; some may be over by time.
pub fn sessions_of(shelf: &mut Shelf<'_>, id: CustomerId) -> Result<Vec<Session>, Fault> {
    shelf.find("customer = ?1 AND ended = 0 ORDER BY id", &[customer(id)])
}

/// A customer's passkeys that are bound, the oldest first.
pub fn authenticators_of(shelf: &mut Shelf<'_>, id: CustomerId) -> Result<Vec<Authenticator>, Fault> {
    shelf.find("customer = ?1 AND removed = 0 ORDER BY id", &[customer(id)])
}

/// The passkey with this credential id (base64url), bound or removed.
pub fn authenticator_by_credential(
    shelf: &mut Shelf<'_>,
    credential: &str,
) -> Result<Option<Authenticator>, Fault> {
    shelf.find_one("credential = ?1", &[Value::text(credential)])
}

/// A ceremony by its id.
pub fn ceremony_of(shelf: &mut Shelf<'_>, id: CeremonyId) -> Result<Option<Ceremony>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

/// What an outside identity is bound to.
pub(crate) fn federation_of(
    shelf: &mut Shelf<'_>,
    issuer: &str,
    subject: &str,
) -> Result<Option<Federation>, Fault> {
    shelf.find_one("issuer = ?1 AND subject = ?2", &[Value::text(issuer), Value::text(subject)])
}

/// The outside identities bound to a customer.
pub fn federations_of(shelf: &mut Shelf<'_>, id: CustomerId) -> Result<Vec<Federation>, Fault> {
    shelf.find("customer = ?1 AND removed = 0", &[customer(id)])
}

pub(crate) fn authenticator_of(
    shelf: &mut Shelf<'_>,
    id: AuthenticatorId,
) -> Result<Option<Authenticator>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

/// Whether a new passkey's credential is bound already, or was once, to whomever.
pub(crate) fn credential_known(shelf: &mut Shelf<'_>, made: Option<&MadePasskey>) -> Result<bool, Fault> {
    match made {
        Some(made) => Ok(authenticator_by_credential(shelf, &made.credential)?.is_some()),
        None => Ok(false),
    }
}

/// Whether the customer signed in on this device before, or opened the wallet on it.
pub(crate) fn device_known(shelf: &mut Shelf<'_>, subjects: &Subjects) -> Result<bool, Fault> {
    let (Some(of), Some(device)) = (subjects.customer, subjects.device) else { return Ok(false) };
    let sql = "SELECT 1 FROM attempts WHERE customer = ?1 AND step IN (?2, ?3) AND device = ?4 AND refused = 0 LIMIT 1";
    let values = [
        customer(of),
        Value::text(Step::SignIn.as_str()),
        Value::text(Step::Opening.as_str()),
        Value::id(device.uuid()),
    ];
    Ok(!shelf.query("attempts", sql, &values)?.is_empty())
}

fn flag(set: bool) -> Value {
    Value::Int(i64::from(set))
}

fn customer(id: CustomerId) -> Value {
    Value::id(id.uuid())
}

impl Kept for Session {
    const TABLE: &'static str = "sessions";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] = &["id", "token", "customer", "ended", "expires_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::digest(&self.token),
            customer(self.customer),
            flag(self.ended_at.is_some()),
            Value::Int(self.expires_at.millis()),
        ]
    }
}

impl Kept for Authenticator {
    const TABLE: &'static str = "authenticators";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] = &["id", "customer", "credential", "removed"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            customer(self.customer),
            Value::text(self.credential.as_str()),
            flag(self.removed_at.is_some()),
        ]
    }
}

impl Kept for Ceremony {
    const TABLE: &'static str = "ceremonies";
    const COLUMNS: &'static [&'static str] = &["id", "expires_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::Int(self.expires_at.millis())]
    }
}

impl Kept for Federation {
    const TABLE: &'static str = "federations";
    const COLUMNS: &'static [&'static str] = &["issuer", "subject", "customer", "removed"];
    const KEYS: usize = 2;
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::text(self.issuer.as_str()),
            Value::text(self.subject.as_str()),
            customer(self.customer),
            flag(self.removed_at.is_some()),
        ]
    }
}

impl Kept for Recovery {
    const TABLE: &'static str = "recoveries";
    const COLUMNS: &'static [&'static str] = &["id", "customer", "expires_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::maybe(self.customer, customer),
            Value::Int(self.expires_at.millis()),
        ]
    }
}

impl Load for UnbindFederation {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<UnbindFederationFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let (bound, sessions) = match &standing {
            Some(standing) => {
                let id = standing.customer.id;
                (federations_of(shelf, id)?, sessions_of(shelf, id)?)
            }
            None => (Vec::new(), Vec::new()),
        };
        let evidence = change_evidence(shelf, standing.as_ref(), at)?;
        Ok(UnbindFederationFacts { standing, bound, sessions, evidence })
    }
}
