//! What a back-test came to.

use serde::Serialize;
use terms::Time;

/// What one rule, or all together, would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Attempts for which it held.
    pub held: u64,
    /// Of the attempts that were taken: would have been denied, or looked at by a person first.
    pub stopped: u64,
    /// Of the attempts that were taken: would have needed a fresh passkey signature.
    pub stepped_up: u64,
    /// Of those stopped or stepped up: something bad was heard of later, in whichever of the three ways.
    pub later_bad: u64,
    /// A bank signalled something about the bank account.
    pub later_signalled: u64,
    /// The gate denied the customer something, or wanted a person to look at it.
    pub later_denied: u64,
    /// A merchant refunded the customer.
    pub later_refunded: u64,
    /// Different customers who would have been stopped or stepped up, and of whom nothing bad was heard later.
    pub annoyed: u64,
    /// Attempts for which it came to nothing: a division by zero, a number too large.
    pub failed: u64,
    /// Attempts for which it cannot be told, because the rule asks for something that is not remembered.
    pub not_recorded: u64,
}

/// What a back-test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackTestReport {
    /// From when on attempts were judged.
    pub from: Time,
    /// When the last attempt was.
    pub until: Time,
    /// How many attempts were judged.
    pub judged: u64,
    /// Each rule by code and version, in the order of the file.
    pub rules: Vec<(String, Effect)>,
    /// All rules together.
    pub together: Effect,
}
