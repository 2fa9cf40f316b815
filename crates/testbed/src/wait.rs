//! Waiting with an end.

use std::{
    io::{Read, Seek, SeekFrom},
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::fault::Fault;

/// Between two looks. Short against a server's start, long against a look.
const PAUSE: Duration = Duration::from_millis(20);
/// How much of a log a fault shows, in bytes.
const TAIL: u64 = 3_000;

/// Looks until there is a value. `said` is asked only when time is up.
///
/// # Errors
///
/// The look's own fault at once; [`Fault::Late`] when the time is up.
pub(crate) fn until<T>(
    what: &str,
    limit: Duration,
    said: impl Fn() -> String,
    mut look: impl FnMut() -> Result<Option<T>, Fault>,
) -> Result<T, Fault> {
    let end = Instant::now() + limit;
    loop {
        if let Some(value) = look()? {
            return Ok(value);
        }
        if Instant::now() >= end {
            return Err(Fault::Late { what: what.to_owned(), waited: limit, said: said() });
        }
        sleep(PAUSE);
    }
}

/// The end of a log, as much as a person reads; says so where there is none.
pub(crate) fn tail(log: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = std::fs::File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        Ok(format!("the end of {}:\n{}", log.display(), String::from_utf8_lossy(&bytes)))
    };
    read().unwrap_or_else(|fault| format!("{} cannot be read: {fault}", log.display()))
}
