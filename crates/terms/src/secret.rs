//! Text that must not be printed: no `Debug`, no `Display`, wiped when dropped.

use zeroize::Zeroizing;

/// A secret text. It can be read on purpose with [`Secret::expose`] and in no other way.
#[derive(Clone)]
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

    /// Whether both are the same text, in a time that tells nothing but the lengths.
    pub fn matches(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), other.0.as_bytes());
        let differing = ours.iter().zip(theirs).fold(0, |bits, (a, b)| std::hint::black_box(bits | (a ^ b)));
        ours.len() == theirs.len() && differing == 0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Writes and reads a [`Secret`] with serde where it goes to sealed storage: named at each such field
/// (`#[serde(with = "terms::exposed")]`), so that a secret cannot slip into an answer or a log by habit.
pub mod exposed {
    use super::Secret;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the text itself.
    ///
    /// # Errors
    /// As the writer's.
    pub fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    /// Reads the text.
    ///
    /// # Errors
    /// As the reader's.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
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

    #[test]
    fn secrets_match_whole() {
        for (a, b, same) in
            [("", "", true), ("4071", "4071", true), ("4071", "4070", false), ("4071", "407", false)]
        {
            assert_eq!(Secret::new(a).matches(&Secret::new(b)), same, "{a} {b}");
        }
    }
}
