//! The facts of recoveries: codes, delays, and what ends when one is finished.

use crate::{
    Fault, Load,
    sessions::{credential_known, sessions_of, standing},
    shelf::Shelf,
    sign_ins::change_evidence,
    sign_up::customer_of,
    sql::Value,
};
use engine::{
    Context,
    sessions::{
        BeginRecovery, BeginRecoveryFacts, CancelRecovery, CancelRecoveryFacts, FinishRecovery, MadePasskey,
        MakeRecoveryCode, MakeRecoveryCodeFacts, OfferRecoveryPasskey, Recovery, RecoveryFacts,
        RecoveryState,
    },
    sign_up::Customer,
};
use gate::{Step, Subjects};
use terms::{CustomerId, Digest, RecoveryId, Time};

/// A customer's recoveries that wait and are not over.
pub fn recoveries_waiting(
    shelf: &mut Shelf<'_>,
    customer: CustomerId,
    now: Time,
) -> Result<Vec<Recovery>, Fault> {
    let mut found: Vec<Recovery> = shelf.find("customer = ?1", &[Value::id(customer.uuid())])?;
    found.retain(|recovery| recovery.state == RecoveryState::Waiting && now < recovery.expires_at);
    Ok(found)
}

/// A recovery by its id.
pub fn recovery_of(shelf: &mut Shelf<'_>, id: RecoveryId) -> Result<Option<Recovery>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

/// The facts of a recovery on its way to its end.
pub fn recovery_facts(
    shelf: &mut Shelf<'_>,
    id: RecoveryId,
    made: Option<&MadePasskey>,
    at: &Context<'_>,
) -> Result<RecoveryFacts, Fault> {
    let recovery = recovery_of(shelf, id)?;
    let customer = match recovery.as_ref().and_then(|recovery| recovery.customer) {
        Some(customer) => customer_of(shelf, customer)?,
        None => None,
    };
    let sessions = match &customer {
        Some(customer) => sessions_of(shelf, customer.id)?,
        None => Vec::new(),
    };
    let subjects =
        Subjects { customer: customer.as_ref().map(|customer| customer.id), ..at.source.subjects() };
    Ok(RecoveryFacts {
        credential_known: credential_known(shelf, made)?,
        evidence: shelf.evidence(Step::Recovery, &subjects, at.moment.now)?,
        recovery,
        customer,
        sessions,
    })
}

fn customer_by_code(shelf: &mut Shelf<'_>, code: &Digest) -> Result<Option<Customer>, Fault> {
    shelf.find_one("recovery_code = ?1", &[Value::digest(code)])
}

impl Load for MakeRecoveryCode {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<MakeRecoveryCodeFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let evidence = change_evidence(shelf, standing.as_ref(), at)?;
        Ok(MakeRecoveryCodeFacts { standing, evidence })
    }
}

impl Load for BeginRecovery {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<BeginRecoveryFacts, Fault> {
        let customer = customer_by_code(shelf, &self.code)?;
        let waiting = match &customer {
            Some(customer) => recoveries_waiting(shelf, customer.id, at.moment.now)?.into_iter().next(),
            None => None,
        };
        let subjects =
            Subjects { customer: customer.as_ref().map(|customer| customer.id), ..at.source.subjects() };
        let evidence = shelf.evidence(Step::Recovery, &subjects, at.moment.now)?;
        Ok(BeginRecoveryFacts { customer, waiting, evidence })
    }
}

impl Load for CancelRecovery {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<CancelRecoveryFacts, Fault> {
        let recovery = recovery_of(shelf, self.recovery)?;
        Ok(CancelRecoveryFacts { standing: standing(shelf, &self.session)?, recovery })
    }
}

impl Load for OfferRecoveryPasskey {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<RecoveryFacts, Fault> {
        recovery_facts(shelf, self.recovery, None, at)
    }
}

impl Load for FinishRecovery {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<RecoveryFacts, Fault> {
        recovery_facts(shelf, self.recovery, self.made.as_ref(), at)
    }
}
