//! Every capability as decisions: facts in, plan out. No clock, no dice, no disk, no waiting.
//!
//! An [`Ask`] says what is wanted. The store loads its facts, [`Ask::decide`] answers and plans, the store
//! commits the plan, the teller runs its errands. A refusal has a plan too: the attempt is remembered.

mod ask;
mod bad_token;
mod control;
pub mod directory;
pub mod errand;
mod errand_settled;
pub mod event;
pub mod identity;
mod ledger_batch;
pub mod linkage;
pub mod linking;
pub mod merchants;
pub mod operators;
pub mod payments;
mod plan;
mod policy;
mod redirect;
mod refusal;
mod retention;
pub mod rules;
pub mod sessions;
pub mod sign_up;
pub mod signals;
mod standing;
pub mod stops;
mod table;
pub mod watch;

pub use ask::{Ask, Context, Once, Source};
pub use bad_token::RememberBadToken;
pub use control::{Control, Controls};
pub use errand::{BankOutcome, Errand, NewErrand};
pub use errand_settled::ErrandSettled;
pub use event::Event;
pub use ledger_batch::{RefusePostings, remembered_batch};
pub use plan::{Decision, Plan, Row, Write};
pub use policy::{Limits, Policy};
pub use redirect::{Redirect, Returned};
pub use refusal::{Code, Refusal};
pub use retention::Retention;
pub use standing::{Aal, Ial, Need, Standing};
pub use table::{TableWrong, Whole, WholeYen};
