//! Linkage: how a wallet and its banks check people together, judged before anybody links (H14).
//!
//! [`assess`] reads a [`Linkage`] against a [`Model`] and says how money could leave a stranger's account: the ways in,
//! the cheapest first, what they bring, what refuses the linkage, and the fewest changes that close them.

mod assess;
mod assessment;
mod campaign;
mod changes;
mod configuration;
mod exception;
mod in_force;
mod model;
mod rules;
mod sections;
mod step;
mod ways;

pub use assess::assess;
pub use assessment::{Assessment, LinkageFinding, LinkedBank, MethodAssessed, WayIn, Weight};
pub use configuration::{Linkage, Places};
pub use exception::{EXCEPTION_DAYS_MAX, ExceptionWrong, LinkageException, end_of_day_s};
pub use model::{ATTACKERS, AUTHENTICATORS, Attacker, Authenticator, Model};
pub use sections::{
    AccountKey, Against, AssertionCheck, BankLockOut, Claims, Compared, Federation, Identity, Level,
    LinkLimits, Matching, May, Notice, Occasion, Proofing, Recovery, SignIn, Spread, Stop, Told, Way, Window,
    Young,
};
pub use step::{Step, Steps, Tree};

/// The linkage that `serve` starts with when its configuration names no other.
pub const TODAY: &str = include_str!("../../../../linkage/today.toml");
