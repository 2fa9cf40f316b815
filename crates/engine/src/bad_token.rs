//! A key or token that opens nothing was shown: remembered, so that guessing is seen (P6).

use crate::{Ask, Code, Context, Decision};
use gate::Step;

/// The ask; its only answer is `not_signed_in`.
#[derive(Debug, Clone, Copy)]
pub struct RememberBadToken;

impl Ask for RememberBadToken {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "bad_token.remember";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        Decision::turned_away(at, Step::BadToken, at.source.subjects(), Code::NotSignedIn.into())
    }
}
