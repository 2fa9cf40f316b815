//! What is stopped right now, as every verdict sees it.

use crate::{Breaker, Finding, Level, Scope, Setting, Step};
use std::sync::Arc;
use terms::{BankCode, CustomerId};

/// The weight of an open breaker: above whatever detectors can add up to, so that the sum alone says why.
pub const STOP_WEIGHT: u32 = 10_000;
/// The weight of a probing breaker for those who may go on: a fresh passkey signature is needed.
const PROBING_WEIGHT: u32 = 30;

/// Over which way a step goes, as far as breakers ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// The bank.
    pub bank: Option<BankCode>,
    /// The bank's method; nothing where it is not known, which counts as every method.
    pub method: Option<String>,
    /// Whether it goes over a young link.
    pub is_young: bool,
    /// Whose step it is: decides who goes on while a breaker is probing.
    pub customer: Option<CustomerId>,
}

/// The breakers that are not closed. Cloning it is cheap.
#[derive(Debug, Clone, Default)]
pub struct Stops {
    breakers: Arc<[Breaker]>,
}

impl Stops {
    /// Those of these breakers that are not closed.
    pub fn new(breakers: impl IntoIterator<Item = Breaker>) -> Self {
        Self { breakers: breakers.into_iter().filter(|breaker| breaker.setting != Setting::Closed).collect() }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Breaker> {
        self.breakers.iter()
    }

    /// Whether an open breaker stands in the way of a step for everybody; one that is probing lets some go on.
    pub fn hold_everybody(&self, step: Step, path: &Path) -> bool {
        self.breakers.iter().any(|breaker| breaker.setting == Setting::Open && meets(breaker, step, path))
    }

    /// What they say of a step: nothing, or the tightest of them as a finding.
    pub fn finding(&self, step: Step, path: &Path) -> Option<Finding> {
        let weight = |breaker: &Breaker| {
            let goes_on =
                path.customer.is_some_and(|customer| share_of(breaker, customer) < breaker.setting.percent());
            if goes_on { PROBING_WEIGHT } else { STOP_WEIGHT }
        };
        let met = self.breakers.iter().filter(|breaker| meets(breaker, step, path));
        let (weight, scope) = met.map(|breaker| (weight(breaker), &breaker.scope)).max()?;
        let word = if weight == STOP_WEIGHT { "stopped" } else { "probing" };
        Some(Finding { detector: format!("{word}:{scope}"), weight })
    }
}

fn meets(breaker: &Breaker, step: Step, path: &Path) -> bool {
    let level: Level = breaker.level;
    match &breaker.scope {
        Scope::Operation(operation) => operation.includes(step),
        Scope::All => level.stops(step, path.is_young),
        Scope::Bank(bank) => path.bank == Some(*bank) && level.stops(step, path.is_young),
        Scope::Method(bank, method) => {
            path.bank == Some(*bank)
                && path.method.as_ref().is_none_or(|taken| taken == method)
                && level.stops(step, path.is_young)
        }
    }
}

/// 0 to 99: always the same for one customer during one probing, and another one in the next (FNV-1a).
fn share_of(breaker: &Breaker, customer: CustomerId) -> u64 {
    let bytes = customer.uuid().into_bytes();
    let seed = breaker.stopped_at.millis().to_le_bytes();
    let hash = bytes.iter().chain(&seed).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    (hash >> 32) % 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Operation, Stopper};
    use terms::{OperatorName, Time};
    use uuid::Uuid;

    fn breaker(scope: &str, level: Level, setting: Setting) -> Breaker {
        let by = Stopper::Operator(OperatorName::parse("akari").expect("a name"));
        let scope = scope.parse().expect("a scope");
        Breaker { setting, ..Breaker::stop(None, scope, level, by, String::new(), Time::from_millis(7)) }
    }

    fn path(bank: &str, method: Option<&str>, is_young: bool) -> Path {
        let bank = BankCode::parse(bank).ok();
        Path { bank, method: method.map(str::to_owned), is_young, customer: None }
    }

    // promise: P7
    #[test]
    fn each_scope_stops_its_own() {
        let here = path("0001", Some("pin"), false);
        for (scope, level, step, path, is_stopped) in [
            ("all", Level::Links, Step::ConsentBegun, &here, true),
            ("all", Level::Links, Step::TopUp, &here, false),
            ("all", Level::TopUps, Step::TopUp, &here, true),
            ("all", Level::YoungTopUps, Step::TopUp, &path("0001", None, true), true),
            ("all", Level::TopUps, Step::Transfer, &here, false),
            ("bank:0001", Level::Links, Step::ConsentReturned, &here, true),
            ("bank:0002", Level::TopUps, Step::ConsentReturned, &here, false),
            ("bank:0001", Level::TopUps, Step::ConsentBegun, &Path::default(), false),
            ("method:0001:pin", Level::Links, Step::ConsentBegun, &here, true),
            ("method:0001:app", Level::Links, Step::ConsentBegun, &here, false),
            ("method:0001:app", Level::Links, Step::ConsentBegun, &path("0001", None, false), true),
            ("method:0002:pin", Level::Links, Step::ConsentBegun, &here, false),
            ("operation:payout", Level::Links, Step::Payout, &here, true),
            ("operation:payout", Level::TopUps, Step::TopUp, &here, false),
            ("operation:transfer", Level::Links, Step::Transfer, &Path::default(), true),
        ] {
            let finding = Stops::new([breaker(scope, level, Setting::Open)]).finding(step, path);
            let expected =
                is_stopped.then(|| Finding { detector: format!("stopped:{scope}"), weight: STOP_WEIGHT });
            assert_eq!(finding, expected, "{scope} {level:?} {step:?} {path:?}");
        }
    }

    #[test]
    fn what_takes_rights_away_or_books_what_happened_is_never_stopped() {
        let everything = Operation::ALL.map(|operation| format!("operation:{}", operation.as_str()));
        let scopes = everything.iter().map(String::as_str).chain(["all", "bank:0001"]);
        let stops = Stops::new(scopes.map(|scope| breaker(scope, Level::TopUps, Setting::Open)));
        for step in [
            Step::Unlink,
            Step::SignOut,
            Step::Closing,
            Step::BankAnswer,
            Step::Clockwork,
            Step::SignIn,
            Step::StepUp,
            Step::RecoveryCancel,
            Step::Refund,
        ] {
            assert_eq!(stops.finding(step, &path("0001", None, true)), None, "{step:?}");
        }
    }

    // promise: P7
    #[test]
    fn probing_lets_its_share_go_on_with_a_signature_and_nobody_else() {
        for (setting, least, most) in [
            (Setting::Open, 0, 0),
            (Setting::Probing1, 60, 140),
            (Setting::Probing10, 880, 1_120),
            (Setting::Closed, 10_000, 10_000),
        ] {
            let stops = Stops::new([breaker("all", Level::Links, setting)]);
            let goes_on = |number: u128| {
                let customer = Some(CustomerId::new(Uuid::from_u128(number)));
                let path = Path { customer, ..path("0001", None, false) };
                match stops.finding(Step::ConsentBegun, &path) {
                    None => true,
                    Some(finding) if finding.weight == PROBING_WEIGHT => true,
                    Some(finding) => {
                        assert_eq!(finding.weight, STOP_WEIGHT);
                        false
                    }
                }
            };
            let share = (0..10_000).filter(|number| goes_on(*number)).count();
            assert!((least..=most).contains(&share), "{setting:?}: {share} of 10,000");
        }
    }

    #[test]
    fn the_tightest_says_it() {
        let stops = Stops::new([
            breaker("all", Level::Links, Setting::Probing10),
            breaker("bank:0001", Level::Links, Setting::Open),
        ]);
        let finding = stops.finding(Step::ConsentBegun, &path("0001", None, false)).expect("stopped");
        assert_eq!(finding.detector, "stopped:bank:0001");
    }
}
