//! Text that must not be printed: no `Debug`, no `Display`, wiped when dropped.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A secret text. It can be read on purpose with [`Secret::expose`] and in no other way.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Each use is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // promise: P13
    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::new("4071");
        assert!(!format!("{secret:?}").contains("4071"));
        assert_eq!(secret.expose(), "4071");
    }
}
