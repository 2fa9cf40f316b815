//! Rows of identity, and the facts of its asks.

use crate::{Fault, Keys, Load, kept::Kept, sessions::standing, shelf::Shelf, sql::Value};
use engine::{
    Context,
    identity::{BeginProofing, BeginProofingFacts, FinishProofing, FinishProofingFacts, Identity, Proofing},
};
use terms::{CustomerId, Digest, ProofingId};

impl Kept for Proofing {
    const TABLE: &'static str = "proofings";
    const COLUMNS: &'static [&'static str] = &["id", "customer", "expires_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::id(self.customer.uuid()),
            Value::Int(self.redirect.expires_at.millis()),
        ]
    }
}

impl Kept for Identity {
    const TABLE: &'static str = "identities";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] = &["customer", "person"];
    fn columns(&self, keys: &Keys) -> Vec<Value> {
        let person = person(keys, &self.issuer, &self.subject);
        let person = if self.ended_at.is_none() { Value::digest(&person) } else { Value::Null };
        vec![Value::id(self.customer.uuid()), person]
    }
}

fn person(keys: &Keys, issuer: &str, subject: &str) -> Digest {
    keys.tag("person", &format!("{issuer}\n{subject}"))
}

/// A customer's identity, ended or not.
pub fn identity_of(shelf: &mut Shelf<'_>, customer: CustomerId) -> Result<Option<Identity>, Fault> {
    shelf.identity(customer)
}

/// A proof on its way.
pub fn proofing_of(shelf: &mut Shelf<'_>, id: ProofingId) -> Result<Option<Proofing>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

impl Load for BeginProofing {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<BeginProofingFacts, Fault> {
        Ok(BeginProofingFacts { standing: standing(shelf, &self.session)? })
    }
}

impl Load for FinishProofing {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<FinishProofingFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let identity = match &standing {
            Some(standing) => shelf.identity(standing.customer.id)?,
            None => None,
        };
        let holder = match &self.person {
            Some(proved) => {
                let tag = person(shelf.keys, &proved.issuer, &proved.subject);
                shelf.find_one::<Identity>("person = ?1", &[Value::digest(&tag)])?
            }
            None => None,
        };
        Ok(FinishProofingFacts {
            proofing: proofing_of(shelf, self.id)?,
            holder: holder.map(|holder| holder.customer),
            identity,
            standing,
        })
    }
}

impl Shelf<'_> {
    /// The identity of a customer.
    pub(crate) fn identity(&mut self, customer: CustomerId) -> Result<Option<Identity>, Fault> {
        self.get(Value::id(customer.uuid()))
    }

    /// A customer's name as other customers see it; nothing without a proved identity.
    pub(crate) fn masked_name(&mut self, customer: CustomerId) -> Result<Option<String>, Fault> {
        Ok(self.identity(customer)?.map(|identity| identity.kana.masked()))
    }
}
