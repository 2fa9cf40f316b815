//! Looking something up for whoever is signed in, and noting that the session was used.

use crate::{AppState, credentials::Caller, problem::Problem};
use engine::{Code, Context, Need, Refusal, Standing, sessions::TouchSession};
use store::{Fault, Shelf};
use terms::Moment;

/// Looks something up in one snapshot, for a session that meets `need`.
///
/// # Errors
/// The refusal of the standing, of the look-up itself, or a fault.
pub(crate) async fn look_as<T: Send + 'static>(
    state: &AppState,
    caller: &Caller,
    need: Need,
    look: impl FnOnce(&mut Shelf<'_>, &Standing, &Context<'_>) -> Result<Result<T, Refusal>, Fault>
    + Send
    + 'static,
) -> Result<T, Problem> {
    let session = caller.session()?;
    let (teller, source) = (state.teller.clone(), caller.source.clone());
    let looked = state.teller.look(move |shelf| {
        // No id is made here, so the seed does not matter.
        let moment = Moment::new(teller.now(), 0);
        let at = Context { moment, source: &source, policy: teller.policy() };
        let standing = store::look::standing(shelf, &session)?;
        let standing = match Standing::meet(&standing, need, &at) {
            Ok(standing) => standing,
            Err(refusal) => return Ok((refusal.code == Code::NotSignedIn, Err(refusal))),
        };
        Ok((TouchSession::is_due(standing, &at), look(shelf, standing, &at)?))
    });
    let (touch, found) = looked.await?;
    if touch {
        // Refused, it is remembered as the attempt that it was; otherwise the idle time begins anew.
        let (teller, source) = (state.teller.clone(), caller.source.clone());
        tokio::spawn(async move {
            if let Err(teller::No::Fault(fault)) = teller.ask(TouchSession { session }, source).await {
                tracing::warn!(fault, "a session could not be touched");
            }
        });
    }
    found.map_err(Problem::from)
}
