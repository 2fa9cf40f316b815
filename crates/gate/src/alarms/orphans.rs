//! Orphans per failure: failures that no success on the same account follows within a day.
//!
//! Honest people try again; a guesser goes on to the next account. Days that are bad everywhere raise failures and
//! orphans alike, so their ratio stands where the failure rate does not. Which secret is tried does not matter.

use super::{
    alarm::Says,
    ratio::{Measure, Measures},
};

/// Hostile failures for each honest one. One bank alone cannot show an attack as thin as all together can.
pub(super) const ORPHANS: Measures = Measures {
    of_all: Measure { sizes: [0.012, 0.024, 0.038, 0.052, 0.08, 0.16, 0.4, 1.5], before: 0.55 },
    of_one: Measure { sizes: [0.03, 0.04, 0.05, 0.065, 0.09, 0.16, 0.4, 1.5], before: 0.55 },
};

/// The sentence.
pub(super) fn says(place: &Says, usual: f64, evidence: f64) -> Says {
    let (percent, times) = (usual * 100.0, evidence.min(1e12));
    Says {
        ja: format!(
            "{}で、失敗したあと24時間以内に同じ口座で成功しない照会が普段（失敗の{percent:.0}%）より増えています。\
             偶然よりも攻撃と考えるほうが{times:.0}倍よく説明できます。",
            place.ja
        ),
        en: format!(
            "{}: more failures than usual ({percent:.0}% of failures) are not followed by a success on the same \
             account within 24 hours. An attack explains this {times:.0} times better than chance.",
            place.en
        ),
    }
}
