//! The controls that close the holes of 2020, by name, so that a simulation can show what each of them buys.
//!
//! No configuration reaches this: only a program that links the engine can switch a control off, and `attack` is the
//! only one that does.

use std::collections::BTreeSet;

macro_rules! controls {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// One control.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Control {$(
            $(#[$doc])*
            $name,
        )*}

        impl Control {
            /// All controls.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that scenarios use.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }
        }
    };
}

controls! {
    /// A proved identity before a bank is linked or money moves (H1).
    Identity "identity";
    /// Something held among what the bank asks for, and not one leak for all of it (H2).
    Possession "possession";
    /// Exactly the same name and birth date on both sides (H3).
    Match "match";
    /// The bank tells the depositor through a channel of its own (P10).
    Notice "notice";
    /// Detectors on each ask (H4).
    Detectors "detectors";
    /// Alarms over all tries at banks, and the breakers that they open (H4, H5).
    Alarms "alarms";
    /// Value from a young link is provisional (P9, H12).
    YoungValue "young_value";
}

/// The controls that are in force: all of them, unless a simulation says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controls(BTreeSet<Control>);

impl Default for Controls {
    fn default() -> Self {
        Self::only(Control::ALL.iter().copied())
    }
}

impl Controls {
    /// These, and no others.
    pub fn only(controls: impl IntoIterator<Item = Control>) -> Self {
        Self(controls.into_iter().collect())
    }

    /// All but these.
    pub fn all_but(controls: &[Control]) -> Self {
        Self::only(Control::ALL.iter().copied().filter(|control| !controls.contains(control)))
    }

    /// Whether a control is in force.
    pub fn has(&self, control: Control) -> bool {
        self.0.contains(&control)
    }
}
