//! The operator's staff: who may act, each under a name and a token of their own.

mod add;
mod end;
mod entities;

pub use add::{AddOperator, AddOperatorFacts};
pub use end::{EndOperator, EndOperatorFacts};
pub use entities::Operator;
pub(crate) use entities::named;
