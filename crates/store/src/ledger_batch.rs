//! An operator's postings: applied and remembered in one commit; and which accounts are customers' purses.

use crate::{
    Fault, Load, Outcomes,
    shelf::Shelf,
    sql::{Value, column},
};
use ::ledger::Item;
use engine::{Context, RefusePostings, remembered_batch};
use std::collections::BTreeSet;
use terms::AccountId;

const NAME: &str = "ledger.bulk";

impl Shelf<'_> {
    /// Applies an operator's batch, and remembers that it was tried (P6).
    ///
    /// # Errors
    /// When the database fails or the gate gives no pass; then none is applied.
    pub fn post_batch(&mut self, items: &[Item], at: &Context<'_>) -> Result<Outcomes, Fault> {
        let outcomes = self.apply_all(items, at.moment.now)?;
        let refused = match outcomes.iter().all(Result::is_err) {
            true => outcomes.iter().find_map(|outcome| outcome.err()).map(|refusal| refusal.code()),
            false => None,
        };
        let no_pass = || Fault::Bug { ask: NAME, why: "the gate gives no pass".to_owned() };
        let plan = remembered_batch(at, refused).ok_or_else(no_pass)?;
        self.write(NAME, &plan, at.moment.now)?;
        Ok(outcomes)
    }
}

impl Load for RefusePostings {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// Those of the accounts that are the purse of a customer, open or closed.
///
/// # Errors
/// When the database fails.
pub fn purses_among(
    shelf: &mut Shelf<'_>,
    accounts: &BTreeSet<AccountId>,
) -> Result<BTreeSet<AccountId>, Fault> {
    let keys: Vec<Value> = accounts.iter().map(|account| Value::id(account.uuid())).collect();
    let mut purses = BTreeSet::new();
    for side in ["main", "young"] {
        let select = format!("SELECT {side} FROM customers");
        for row in shelf.sql.query_keys(&select, side, &keys)? {
            purses.insert(column("customers", &row, 0, |value| value.as_uuid().map(AccountId::new))?);
        }
    }
    Ok(purses)
}
