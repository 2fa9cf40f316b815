//! Sessions end: this one, another one of the same customer, or all of them.

use crate::{
    Ask, Code, Context, Decision, Event, Need, Refusal, Standing, event::Audience, sessions::Session,
};
use gate::{Evidence, Step, judge};
use terms::{Digest, SessionId};

/// Which sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that asks.
    Current,
    /// This one.
    This(SessionId),
    /// All, the one that asks too.
    All,
}

/// The ask.
#[derive(Debug, Clone)]
pub struct EndSession {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which ones end.
    pub which: Which,
}

/// What the decision may know.
#[derive(Debug)]
pub struct EndSessionFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The customer's sessions that have not ended.
    pub sessions: Vec<Session>,
}

impl Ask for EndSession {
    type Facts = EndSessionFacts;
    type Answer = ();
    const NAME: &'static str = "sessions.end";

    fn decide(&self, facts: &EndSessionFacts, at: &Context<'_>) -> Decision<()> {
        // Whoever may only look may leave, and may not throw others out.
        let need = if self.which == Which::Current { Need::LOOK } else { Need::ACT };
        let standing = match Standing::meet(&facts.standing, need, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::SignOut, at.source.subjects(), refusal),
        };
        let verdict = judge(Step::SignOut, &Evidence::new([]));
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            let now = at.moment.now;
            let ending: Vec<&Session> = match self.which {
                Which::Current => vec![&standing.session],
                Which::This(id) => facts.sessions.iter().filter(|session| session.id == id).collect(),
                Which::All => facts.sessions.iter().collect(),
            };
            if ending.is_empty() {
                return Err(Refusal::new(Code::NotFound));
            }
            for session in ending {
                plan.end_session(session.clone(), now);
                plan.tell(Event {
                    audience: Audience::Customer(standing.customer.id),
                    at: now,
                    kind: "session.ended".to_owned(),
                    body: serde_json::json!({ "session": session.id }),
                });
            }
            Ok(())
        })
    }
}
