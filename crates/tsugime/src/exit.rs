//! How the program ends: one clear line for people, and an exit code for scripts.

use std::process::ExitCode;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) enum Ended {
    /// What was to be checked is not so (exit 1).
    FoundFalse(String),
    /// The input or configuration is refused (exit 2).
    Refused(String),
    /// Something outside does not work: disk, database, port, bank (exit 3).
    Fault(String),
}

impl Ended {
    /// A fault at a place, with what to do about it.
    pub(crate) fn fault(place: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self::Fault(format!("{place}: {why}"))
    }

    /// Prints the line and gives the code.
    pub(crate) fn report(self) -> ExitCode {
        let (line, code) = match self {
            Self::FoundFalse(line) => (line, 1),
            Self::Refused(line) => (line, 2),
            Self::Fault(line) => (line, 3),
        };
        eprintln!("tsugime: {line}");
        ExitCode::from(code)
    }
}

impl From<store::Fault> for Ended {
    fn from(fault: store::Fault) -> Self {
        Self::Fault(fault.to_string())
    }
}

/// What a command gives back.
pub(crate) type Done = Result<(), Ended>;
