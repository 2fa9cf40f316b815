//! Ports that nobody listens on.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::fault::Fault;

/// Below the ports that Linux gives to outgoing connections: else one of those could take a server's port while
/// the server is down.
const FIRST: u16 = 15_000;
const MANY: u16 = 15_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A free port. Two processes that ask at once begin at different places.
///
/// # Errors
///
/// [`Fault::Failed`] when all are taken.
pub(crate) fn free() -> Result<u16, Fault> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let start = (now.subsec_micros() + std::process::id() * 37) % u32::from(MANY);
    let start = u16::try_from(start).unwrap_or_default();
    for _ in 0..MANY {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % MANY;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Fault::Failed { what: "no port is free on 127.0.0.1".to_owned(), said: String::new() })
}
