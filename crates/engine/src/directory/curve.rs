//! What guesses open, as a small table with straight lines between its points.

use crate::table::{Table, TableWrong};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, SeqAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};
use toml::Spanned;

/// The share of accounts that the best guesses open.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What is guessed.
    pub title: String,
    /// Where the points come from.
    pub source: String,
    /// Guesses, and the share that so many open, from 0 to 1; both grow.
    points: Vec<(u64, f64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CurvesText {
    curves: BTreeMap<String, CurveText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CurveText {
    title: String,
    source: String,
    points: Spanned<Vec<Point>>,
}

/// Guesses, and the per cent of accounts that so many open.
struct Point(u64, f64);

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Point;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a pair of guesses and per cent, such as [3, 1.44]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Point, A::Error> {
                let (guesses, share) = (pair.next_element()?, pair.next_element()?);
                let more: Option<IgnoredAny> = pair.next_element()?;
                match (guesses, share, more) {
                    (Some(guesses), Some(share), None) => Ok(Point(guesses, share)),
                    _ => {
                        Err(A::Error::custom("a pair of guesses and per cent is allowed, such as [3, 1.44]"))
                    }
                }
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

/// How far rounding to two places can move the difference of two points, in per cent.
const ROUNDING: f64 = 0.01;

/// Whether no guess opens more than those before it, but for rounding.
#[expect(clippy::cast_precision_loss, reason = "guesses stay far below 2^53")]
fn bends_down(points: &[Point]) -> bool {
    let mut before = (0, 0.0, f64::INFINITY);
    points.iter().all(|Point(at, share)| {
        let (at_before, share_before, slope_most) = before;
        let guesses = (at - at_before) as f64;
        before = (*at, *share, (share - share_before + ROUNDING) / guesses);
        (share - share_before - ROUNDING) / guesses <= slope_most
    })
}

impl Curve {
    /// The share of accounts, from 0 to 1, that the best `guesses` guesses open. It never falls when guesses grow.
    #[expect(clippy::cast_precision_loss, reason = "guesses stay far below 2^53")]
    pub fn opened(&self, guesses: u64) -> f64 {
        let mut from = (0, 0.0);
        for &(at, share) in &self.points {
            if guesses <= at {
                let (before, opened) = from;
                return opened + (share - opened) * (guesses - before) as f64 / (at - before) as f64;
            }
            from = (at, share);
        }
        from.1
    }

    /// The points of the table: guesses, and the share from 0 to 1.
    pub fn points(&self) -> &[(u64, f64)] {
        &self.points
    }
}

/// All curves of a file.
///
/// # Errors
/// The file cannot be read, or a curve falls, or leaves 0 to 100 per cent.
pub(super) fn read(table: Table<'_>) -> Result<BTreeMap<String, Curve>, TableWrong> {
    let text: CurvesText = table.read()?;
    let curves = text.curves.into_iter().map(|(code, text)| {
        let grows = text.points.get_ref().windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
        let bounded = text.points.get_ref().iter().all(|Point(at, share)| *at > 0 && (0.0..=100.0).contains(share));
        if !grows || !bounded || text.points.get_ref().is_empty() {
            let why = "pairs of guesses (from 1, growing) and per cents (0 to 100, never falling) are allowed, at least one";
            return Err(table.wrong(&text.points, why));
        }
        if !bends_down(text.points.get_ref()) {
            let why = "a later guess opens more than one before it; who guesses takes the best first, so each point adds at most as much a guess as those before";
            return Err(table.wrong(&text.points, why));
        }
        let points = text.points.into_inner().into_iter().map(|Point(at, share)| (at, share / 100.0)).collect();
        Ok((code, Curve { title: text.title, source: text.source, points }))
    });
    curves.collect()
}
