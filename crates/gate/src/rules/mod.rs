//! Operators' rules: conditions over the same evidence that detectors see, written in a part of CEL.
//!
//! A file is read and checked as a whole; a rule of it is worked out in one pass over its parts, in which nothing
//! repeats, so the longest expression is the slowest. What a rule adds is a weight, like a detector's.

mod backtest;
mod book;
mod day;
mod declared;
mod expression;
mod form;
mod in_force;
mod mistake;
mod reading;
mod variable;
mod word;

pub use backtest::{BackTest, BackTestReport, ENTRIES_MAX, Effect, TooMuch};
pub use book::{Mode, Rule, RuleBook, STEP_COUNTS_MAX};
pub use day::day_begins;
pub use declared::{COUNTS_MAX, ROWS_MAX, SPAN_MAX};
pub use expression::Failed;
pub use form::{FILE_BYTES_MAX, RULES_MAX, STEPS};
pub(crate) use in_force::Beside;
pub use in_force::{InForce, SHADOWS_MAX};
pub use mistake::Mistake;
pub use reading::{EXPRESSION_BYTES_MAX, LIST_MAX, NESTING_MAX};
pub use variable::{Asked, Named, Way, names};
