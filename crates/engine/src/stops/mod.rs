//! Stops: one person or an alarm stops, two different people resume, and everybody on duty is told (P7).

mod resume;
mod stop;
mod under_way;

pub use resume::{AskToResume, ConfirmResume, ResumeFacts};
pub use stop::{Stop, StopFacts};
pub use under_way::is_stopped;

use crate::{Code, Context, Event, Plan, Refusal, Row, event::Audience};
use gate::{Breaker, NotAllowed};

const REASON_LENGTH_MIN: usize = 3;
const REASON_LENGTH_MAX: usize = 500;

/// A reason in words: 3 to 500 characters, of which blanks around it count only to the most.
pub(crate) fn check_reason(reason: &str) -> Result<(), Refusal> {
    let says_something = reason.trim().chars().count() >= REASON_LENGTH_MIN;
    let is_short = reason.chars().count() <= REASON_LENGTH_MAX;
    if says_something && is_short && reason.chars().all(|c| !c.is_control()) {
        Ok(())
    } else {
        Err(Refusal::new(Code::FieldNotAllowed).field("reason"))
    }
}

const fn refusal_of(why: NotAllowed) -> Refusal {
    Refusal::new(match why {
        NotAllowed::NothingToLoosen | NotAllowed::NotAsked => Code::WrongState,
        NotAllowed::SamePerson | NotAllowed::OwnStop => Code::SecondPersonNeeded,
        NotAllowed::Changed => Code::ChangedSince,
    })
}

impl Plan {
    /// Puts a breaker as it stands now, and tells everybody on duty.
    pub fn set_breaker(&mut self, at: &Context<'_>, breaker: &Breaker) {
        self.put(Row::Breaker(breaker.clone()));
        self.tell(Event {
            audience: Audience::Operators,
            at: at.moment.now,
            kind: "breaker.changed".to_owned(),
            body: serde_json::to_value(breaker).unwrap_or_default(),
        });
    }
}
