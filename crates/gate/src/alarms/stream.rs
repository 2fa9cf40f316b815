//! All statistics of one bank × method, or of all together.

use super::{
    alarm::{Code, Says, Scope},
    canaries::{self, Canaries},
    excess::Excess,
    failures::{self, FAILURES},
    orphans::{self, ORPHANS},
    ratio::{Measure, Ratio},
    share::Share,
    singletons::{self, SINGLETONS},
    spread::{self, Spread},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Days that the hostile share is told from.
const SHARE_DAYS: usize = 7;

/// The streams of shares.
pub(super) const RATIOS: [Code; 3] = [Code::Orphans, Code::FailureShift, Code::Singletons];

/// One bank × method, or all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stream {
    pub(super) scope: Scope,
    pub(super) orphans: Ratio,
    pub(super) failures: Ratio,
    pub(super) singletons: Ratio,
    pub(super) spread: Spread,
    pub(super) canaries: Canaries,
    pub(super) excess: Excess,
    /// Failures of the last days that singletons are counted among, the newest last.
    failed: VecDeque<u32>,
    /// Tries and successes of the last days, the newest last.
    tries: VecDeque<(u32, u32)>,
}

impl Stream {
    pub(super) fn new(scope: Scope) -> Self {
        Self {
            orphans: Ratio::new(ORPHANS.of(&scope)),
            failures: Ratio::new(FAILURES.of(&scope)),
            singletons: Ratio::new(SINGLETONS.of(&scope)),
            scope,
            spread: Spread::default(),
            canaries: Canaries::default(),
            excess: Excess::default(),
            failed: VecDeque::from([0]),
            tries: VecDeque::from([(0, 0)]),
        }
    }

    /// A try; `known` when orphans can tell of it, so that its failure is counted there and not here.
    pub(super) fn tried(&mut self, worked: bool, known: bool) {
        self.failures.tried(FAILURES.of(&self.scope), false, !worked);
        if let Some((tries, successes)) = self.tries.back_mut() {
            *tries = tries.saturating_add(1);
            *successes = successes.saturating_add(u32::from(worked));
        }
        if !known {
            self.excess.tried(!worked, self.failures.prudent_mean());
        } else if !worked && let Some(failed) = self.failed.back_mut() {
            *failed = failed.saturating_add(1);
        }
    }

    /// The evidence begins anew, and singletons are not sought among the failures of the last days.
    pub(super) fn begins_anew(&mut self) {
        self.failed.iter_mut().for_each(|failed| *failed = 0);
        for ratio in [&mut self.orphans, &mut self.failures, &mut self.singletons] {
            ratio.restart();
        }
    }

    /// Singletons are not sought among those of one part, the newest day beside the newest.
    pub(super) fn failed_less(&mut self, part: &Self) {
        for (failed, less) in self.failed.iter_mut().rev().zip(part.failed.iter().rev()) {
            *failed = failed.saturating_sub(*less);
        }
    }

    /// A failure whose account is known, told early.
    pub(super) fn told(&mut self, yesterday: bool, orphan: bool) {
        self.orphans.tried(ORPHANS.of(&self.scope), yesterday, orphan);
        self.excess.tried(orphan, self.orphans.prudent_mean());
    }

    /// A day has ended in which `singles` accounts turned out to be singletons.
    pub(super) fn day_ends(&mut self, singles: u32) {
        self.failures.day_ends(FAILURES.of(&self.scope));
        self.orphans.day_ends_late(ORPHANS.of(&self.scope));
        if self.failed.len() > singletons::DAYS as usize
            && let Some(failed) = self.failed.pop_front()
        {
            for hit in 0..failed {
                self.singletons.tried(SINGLETONS.of(&self.scope), false, hit < singles);
            }
            self.singletons.day_ends(SINGLETONS.of(&self.scope));
        }
        self.failed.push_back(0);
        self.tries.push_back((0, 0));
        if self.tries.len() > SHARE_DAYS {
            self.tries.pop_front();
        }
        self.spread.day_ends();
        self.excess.day_ends();
    }

    /// The stream of shares of a statistic.
    pub(super) fn ratio(&mut self, code: Code) -> Option<&mut Ratio> {
        match code {
            Code::Orphans => Some(&mut self.orphans),
            Code::FailureShift => Some(&mut self.failures),
            Code::Singletons => Some(&mut self.singletons),
            Code::Spread | Code::Canary => None,
        }
    }

    /// The hostile share of the last days' tries.
    pub(super) fn share(&self) -> Option<Share> {
        let (tries, successes) = self
            .tries
            .iter()
            .fold((0, 0), |(tries, good), day| (tries + u64::from(day.0), good + u64::from(day.1)));
        Share::of(tries, successes, 1.0 - self.failures.mean()?)
    }

    /// The sentence of an alarm of this stream.
    pub(super) fn says(&self, code: Code, evidence: f64) -> Says {
        let place = place(&self.scope);
        let usual = |ratio: &Ratio, measure: &Measure| ratio.mean().unwrap_or(measure.before);
        let mut says = match code {
            Code::Orphans => orphans::says(&place, usual(&self.orphans, ORPHANS.of(&self.scope)), evidence),
            Code::FailureShift => {
                failures::says(&place, usual(&self.failures, FAILURES.of(&self.scope)), evidence)
            }
            Code::Singletons => {
                singletons::says(&place, usual(&self.singletons, SINGLETONS.of(&self.scope)), evidence)
            }
            Code::Spread => spread::says(&place, evidence),
            Code::Canary => canaries::says(&place, evidence),
        };
        let opened = self.excess.accounts();
        if opened >= 0.1 {
            says.ja += &format!("破られた口座は推定{opened:.1}件です（30日で薄まる累計）。");
            says.en += &format!(
                " About {opened:.1} accounts have probably been opened (a sum that fades over 30 days)."
            );
        }
        if let Some(Share { hostile, error }) = self.share().filter(|share| share.hostile > 2.0 * share.error)
        {
            let (hostile, error) = (hostile * 100.0, error * 100.0);
            says.ja += &format!("この7日間の照会の{hostile:.0}%（±{error:.0}）が攻撃とみられます。");
            says.en +=
                &format!(" About {hostile:.0}% (±{error:.0}) of the tries of these seven days are hostile.");
        }
        says
    }
}

/// The scope in words.
fn place(scope: &Scope) -> Says {
    match scope {
        Scope::All => Says { ja: "全銀行".to_owned(), en: "All banks".to_owned() },
        Scope::Bank(bank) => Says { ja: format!("銀行{bank}"), en: format!("Bank {bank}") },
        Scope::Method(bank, method) => Says {
            ja: format!("銀行{bank}（方式 {method}）"),
            en: format!("Bank {bank}, method {method}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::BankCode;

    #[test]
    fn each_alarm_is_told_in_both_languages_with_its_numbers() {
        let bank = BankCode::parse("0001").unwrap();
        let mut stream = Stream::new(Scope::Method(bank, "web".to_owned()));
        (0..100).for_each(|_| stream.excess.tried(true, 0.25));
        for (code, ja, en) in [
            (
                Code::Orphans,
                "24時間以内に同じ口座で成功しない",
                "not followed by a success on the same account",
            ),
            (Code::FailureShift, "照会の失敗が普段", "more tries fail than usual"),
            (Code::Singletons, "一度だけ失敗して", "failed once and were never tried before or again"),
            (Code::Spread, "同じ暗証番号", "the same secrets"),
            (Code::Canary, "発行したことのない口座番号", "never gave out"),
        ] {
            let says = stream.says(code, 2_345.0);
            assert!(says.ja.starts_with("銀行0001（方式 web）") && says.ja.contains(ja), "{}", says.ja);
            assert!(says.en.starts_with("Bank 0001, method web: ") && says.en.contains(en), "{}", says.en);
            assert!(
                [&says.ja, &says.en].iter().all(|text| text.contains("2345") && text.contains("3.5")),
                "{says:?}"
            );
        }
        assert!(Stream::new(Scope::All).says(Code::Orphans, 1e300).ja.starts_with("全銀行"));
    }
}
