//! A test that cannot run here says so in one line and ends.

use std::{io::Write, sync::Once};

use crate::fault::Fault;

static SAID: Once = Once::new();

/// The value; or `None` when the machine lacks what it needs, which is said once in a process, past the capture of
/// the tests' output.
///
/// # Panics
///
/// On every other fault: a server that is installed must start.
#[must_use]
pub fn or_skip<T>(made: Result<T, Fault>) -> Option<T> {
    match made {
        Ok(value) => Some(value),
        Err(fault @ Fault::Missing { .. }) => {
            SAID.call_once(|| {
                // Nothing can be done about a closed standard error, and the test goes on without it.
                let _unsaid = writeln!(std::io::stderr(), "skipped: {fault}");
            });
            None
        }
        Err(fault) => panic!("{fault}"),
    }
}
