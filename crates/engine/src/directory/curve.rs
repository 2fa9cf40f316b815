//! What guesses open, as a small table with straight lines between its points.

use crate::table::{Table, TableWrong};
use serde::Deserialize;
use std::collections::BTreeMap;
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
    points: Spanned<Vec<(u64, f64)>>,
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
        let bounded = text.points.get_ref().iter().all(|(at, share)| *at > 0 && (0.0..=100.0).contains(share));
        if !grows || !bounded || text.points.get_ref().is_empty() {
            let why = "pairs of guesses (from 1, growing) and per cents (0 to 100, never falling) are allowed, at least one";
            return Err(table.wrong(&text.points, why));
        }
        let points = text.points.into_inner().into_iter().map(|(at, share)| (at, share / 100.0)).collect();
        Ok((code, Curve { title: text.title, source: text.source, points }))
    });
    curves.collect()
}
