//! Suspended links, and the facts of lifting a suspension.

use crate::{
    Fault, Load,
    linking::{link_of, links_of},
    operators::operator_of,
    shelf::Shelf,
    sign_up::customer_of,
    sql::Value,
};
use engine::{
    Context,
    linking::{AskToLift, ConfirmLift, LiftFacts, Link, LinkState},
};
use terms::{LinkId, OperatorName};

/// At most so many are listed, the oldest first.
const LISTED_MAX: i64 = 500;

/// Links that are suspended, the oldest first; at most 500.
pub fn links_suspended(shelf: &mut Shelf<'_>) -> Result<Vec<Link>, Fault> {
    shelf.find("suspended = 1 ORDER BY id LIMIT ?1", &[Value::Int(LISTED_MAX)])
}

fn lift_facts(shelf: &mut Shelf<'_>, id: LinkId, by: &OperatorName) -> Result<LiftFacts, Fault> {
    let operator = operator_of(shelf, by)?;
    let Some(link) = link_of(shelf, id)? else {
        return Ok(LiftFacts { link: None, another_suspended: false, operator, asked_by: None });
    };
    let others = links_of(shelf, link.customer)?;
    let asked_by = match &link.lift {
        Some(asked) => operator_of(shelf, &asked.by)?,
        None => None,
    };
    let customer = customer_of(shelf, link.customer)?;
    Ok(LiftFacts {
        another_suspended: others
            .iter()
            .any(|other| other.id != link.id && other.state == LinkState::Suspended),
        link: customer.map(|customer| (link, customer)),
        operator,
        asked_by,
    })
}

impl Load for AskToLift {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<LiftFacts, Fault> {
        lift_facts(shelf, self.link, &self.by)
    }
}

impl Load for ConfirmLift {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<LiftFacts, Fault> {
        lift_facts(shelf, self.link, &self.by)
    }
}
