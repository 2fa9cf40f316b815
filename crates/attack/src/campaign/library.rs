//! The scenarios that come with the program, by name.

use super::{Scenario, ScenarioWrong};

macro_rules! library {
    ($($name:literal)*) => {
        /// Each with its text, in the order of their names.
        const LIBRARY: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../scenarios/", $name, ".toml")))),*];
    };
}

library! {
    "flood"
    "insider"
    "koza-2020"
    "koza-2020-gate-only"
    "koza-2020-today"
    "lowered-limits"
    "lowered-limits-stopped"
    "lowered-limits-today"
    "mules"
    "one-pin-slow"
    "outside-ids-and-resets"
    "phished-in-real-time"
    "planted-failures"
    "same-name-payout"
    "sim-swap"
    "top-20-in-turn"
}

/// The names of all.
pub fn library() -> impl Iterator<Item = &'static str> {
    LIBRARY.iter().map(|(name, _)| *name)
}

impl Scenario {
    /// The scenario of this name, where one comes with the program.
    ///
    /// # Errors
    /// Something in it is not allowed: a test sees to it that this does not happen.
    pub fn named(name: &str) -> Result<Option<Self>, ScenarioWrong> {
        let found = LIBRARY.iter().find(|(known, _)| *known == name);
        found.map(|(name, text)| Self::read(&format!("scenarios/{name}.toml"), text)).transpose()
    }
}
