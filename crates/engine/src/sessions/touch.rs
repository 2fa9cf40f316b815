//! A session was used: its idle time begins anew. The server asks this after reads, at most every five minutes.

use crate::{Ask, Context, Decision, Need, Plan, Standing};
use gate::Step;
use terms::{Digest, Span};

/// The ask.
#[derive(Debug, Clone)]
pub struct TouchSession {
    /// SHA-256 of the session's token.
    pub session: Digest,
}

/// What the decision may know.
#[derive(Debug)]
pub struct TouchSessionFacts {
    /// Who asks.
    pub standing: Option<Standing>,
}

impl TouchSession {
    /// The idle time is not written again before so much of it is used.
    pub const EVERY: Span = Span::minutes(5);

    /// Whether a session was not touched for a while.
    pub fn is_due(standing: &Standing, at: &Context<'_>) -> bool {
        let session = &standing.session;
        let fresh = at.moment.now.plus(at.policy.session_idle_ms).min(session.expires_at);
        fresh.since(session.idle_until) >= Self::EVERY
    }
}

impl Ask for TouchSession {
    type Facts = TouchSessionFacts;
    type Answer = ();
    const NAME: &'static str = "sessions.touch";

    fn decide(&self, facts: &TouchSessionFacts, at: &Context<'_>) -> Decision<()> {
        match Standing::meet(&facts.standing, Need::LOOK, at) {
            Ok(standing) => {
                let mut plan = Plan::new();
                if Self::is_due(standing, at) {
                    let idle_until = at.moment.now.plus(at.policy.session_idle_ms);
                    plan.see_session(standing.session.clone(), idle_until);
                }
                Decision::done((), plan)
            }
            Err(refusal) => Decision::turned_away(at, Step::BadToken, at.source.subjects(), refusal),
        }
    }
}
