//! Operators' rules: one person proposes, they run in shadow, a second person makes them weigh.

mod entities;
mod promote;
mod propose;
mod retire;

pub use entities::{RuleSet, RuleSetState, Touched};
pub use promote::{PromoteRules, PromoteRulesFacts};
pub use propose::{ProposeRules, ProposeRulesFacts};
pub use retire::{RetireRules, RetireRulesFacts};

use crate::{Code, Context, Event, Plan, Refusal, Row, event::Audience};

const REASON_LENGTH: std::ops::RangeInclusive<usize> = 3..=500;

/// A reason in words: 3 to 500 characters.
fn check_reason(reason: &str) -> Result<(), Refusal> {
    let is_text = reason.chars().all(|c| !c.is_control());
    if REASON_LENGTH.contains(&reason.trim().chars().count()) && is_text {
        Ok(())
    } else {
        Err(Refusal::new(Code::FieldNotAllowed).field("reason"))
    }
}

impl Plan {
    /// Puts a set of rules as it stands now, and tells everybody on duty.
    fn set_rules(&mut self, at: &Context<'_>, set: &RuleSet) {
        self.put(Row::RuleSet(set.clone()));
        self.tell(Event {
            audience: Audience::Operators,
            at: at.moment.now,
            kind: "rules.changed".to_owned(),
            body: serde_json::json!({
                "version": set.version,
                "state": set.state(),
                "proposed": set.proposed,
                "promoted": set.promoted,
                "retired": set.retired,
            }),
        });
    }
}
