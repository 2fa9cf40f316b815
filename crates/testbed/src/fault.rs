//! What can go wrong with a server that a test starts.

use std::{io, path::Path, time::Duration};

/// What went wrong, where, and what the server said last.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A program that the machine does not have, or something that it does not allow. A test is skipped then.
    #[error("{what} is not here: {better}")]
    Missing {
        /// What is not here.
        what: String,
        /// How to get it.
        better: String,
    },
    /// The file system or the start of a process refused.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, and with which file.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A command or a server ended where it should not, or said no.
    #[error("{what}\n{said}")]
    Failed {
        /// What was tried.
        what: String,
        /// The end of what it said.
        said: String,
    },
    /// Something did not come about in its time.
    #[error("{what} did not come about in {} s\n{said}", waited.as_secs())]
    Late {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
        /// The end of what was said meanwhile.
        said: String,
    },
}

impl Fault {
    pub(crate) fn io(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = format!("{what} {}", path.display());
        move |source| Self::Io { what, source }
    }

    pub(crate) fn missing(what: &str, better: &str) -> Self {
        Self::Missing { what: what.to_owned(), better: better.to_owned() }
    }
}
