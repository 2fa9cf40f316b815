//! What a bank tells the client of what it sees: wrong tries, traps, reports; signed (RFC 8417) and pushed (RFC 8935).

mod by_hand;
mod outbox;
mod tags;
mod tries;

pub(crate) use by_hand::{canary, report, send};
pub(crate) use outbox::deliver;
pub(super) use tries::{wrong_login, wrong_otp};

/// What stands before the name of an event.
const NAMESPACE: &str = "urn:tsugime:signal:";
