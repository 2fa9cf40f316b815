//! The one way in which a word can be wrong: which word, and what is allowed.

/// Text or number that is not a valid value of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {allowed}")]
pub struct Invalid {
    /// The word that was to be read, such as `phone`.
    pub what: &'static str,
    /// What would have been allowed, as a sentence part.
    pub allowed: &'static str,
}

impl Invalid {
    /// `what` is the type's name for people; `allowed` says what is accepted.
    pub const fn new(what: &'static str, allowed: &'static str) -> Self {
        Self { what, allowed }
    }
}

/// Implements `Display`, `FromStr`, serde as text for a newtype with `parse` and `as_str`.
macro_rules! text_type {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::Invalid;
            fn from_str(text: &str) -> Result<Self, $crate::Invalid> {
                Self::parse(text)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_type;
