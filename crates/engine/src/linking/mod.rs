//! Linking: a consent at the bank, its signed answer, and the link that it leaves behind.

mod entities;

pub use entities::{Consent, ConsentState, Link, LinkState};
