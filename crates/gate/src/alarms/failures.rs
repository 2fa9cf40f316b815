//! Failure shift: more of the tries fail than usual.
//!
//! It needs nothing but the outcome of each try, and is the weakest: an error in an app moves it everywhere at once,
//! which its learned spread has to allow for.

use super::{
    alarm::Says,
    ratio::{Measure, Measures},
};

/// Hostile tries for each honest one.
pub(super) const FAILURES: Measures = Measures {
    of_all: Measure { sizes: [0.003, 0.006, 0.012, 0.025, 0.05, 0.12, 0.4, 1.5], before: 0.45 },
    of_one: Measure { sizes: [0.006, 0.012, 0.02, 0.03, 0.05, 0.12, 0.4, 1.5], before: 0.45 },
};

/// The sentence.
pub(super) fn says(place: &Says, usual: f64, evidence: f64) -> Says {
    let (percent, times) = (usual * 100.0, evidence.min(1e12));
    Says {
        ja: format!(
            "{}で、照会の失敗が普段（{percent:.0}%）より増えています。偶然よりも攻撃と考えるほうが{times:.0}倍よく説明できます。",
            place.ja
        ),
        en: format!(
            "{}: more tries fail than usual ({percent:.0}%). An attack explains this {times:.0} times better than chance.",
            place.en
        ),
    }
}
