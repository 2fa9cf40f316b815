//! A key or token that opens nothing has no facts.

use crate::{Fault, Load, shelf::Shelf};
use engine::{Context, RememberBadToken};

impl Load for RememberBadToken {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}
