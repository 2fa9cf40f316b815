//! A point in time and a span of it, in milliseconds.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Later by a span, at most the end of time.
    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// Earlier by a span.
    pub const fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// How long after `earlier`; negative when it was before.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    /// From milliseconds.
    pub const fn millis(millis: i64) -> Self {
        Self(millis)
    }
    /// From seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000)
    }
    /// From minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes * 60_000)
    }
    /// From hours.
    pub const fn hours(hours: i64) -> Self {
        Self(hours * 3_600_000)
    }
    /// From days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self(days * 86_400_000)
    }
    /// The number of milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
}
