//! The fewest changes to a linkage after which something holds.

use super::{configuration::Linkage, rules::RULES};
use crate::directory::Method;

/// The most changes that are tried together.
const TOGETHER_MAX: u32 = 8;

/// One change.
pub(super) struct Change<'m> {
    /// In words.
    pub(super) words: String,
    /// To the wallet's side; nothing when it is the bank's method that changes.
    mend: Option<fn(&mut Linkage)>,
    /// The method to use instead.
    method: Option<&'m Method>,
}

/// Every change that is known: one for each rule, and a better method of the same bank.
pub(super) fn all<'m>(better: Option<&'m Method>) -> Vec<Change<'m>> {
    let other = better.map(|method| Change {
        words: format!("link by {} instead ({})", method.code, method.name_en),
        mend: None,
        method: Some(method),
    });
    let rules = RULES.iter().map(|rule| Change {
        words: rule.change.to_owned(),
        mend: Some(rule.mend),
        method: None,
    });
    other.into_iter().chain(rules).collect()
}

/// The fewest changes after which `holds`, in words; the first ones of the list where several are as few.
pub(super) fn fewest(
    changes: &[Change<'_>],
    linkage: &Linkage,
    method: Option<&Method>,
    holds: impl Fn(&Linkage, Option<&Method>) -> bool,
) -> Option<Vec<String>> {
    assert!(changes.len() < 16, "bug: 2^{} sets of changes are too many to try", changes.len());
    let mut sets: Vec<u32> =
        (0..1_u32 << changes.len()).filter(|set| set.count_ones() <= TOGETHER_MAX).collect();
    sets.sort_by_key(|set| (set.count_ones(), *set));
    let chosen = sets.into_iter().find(|set| {
        let (mut linkage, mut method) = (linkage.clone(), method);
        for change in taken(changes, *set) {
            if let Some(mend) = change.mend {
                mend(&mut linkage);
            }
            method = change.method.or(method);
        }
        holds(&linkage, method)
    })?;
    Some(taken(changes, chosen).map(|change| change.words.clone()).collect())
}

fn taken<'c, 'm>(changes: &'c [Change<'m>], set: u32) -> impl Iterator<Item = &'c Change<'m>> {
    changes.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, change)| change)
}
