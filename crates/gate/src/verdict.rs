//! The verdict: the findings' weights added up, and the pass that only a verdict gives.

use crate::{
    Count, Finding, Path, STOP_WEIGHT, Step, Stops, detectors, needs,
    rules::{Asked, Beside, InForce},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use terms::Yen;

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Go on.
    Allow,
    /// Go on after a fresh passkey signature.
    StepUp,
    /// Not now; a person looks at it.
    Review,
    /// No.
    Deny,
    /// Not while a breaker is open (P7): the same ask may come back when it is closed.
    Stop,
}

impl Ruling {
    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::StepUp => "step_up",
            Self::Review => "review",
            Self::Deny => "deny",
            Self::Stop => "stop",
        }
    }
}

/// The counts that were wanted, with their answers, and what else is known of the ask.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// In the order of the counts.
    answers: Vec<(Count, u64)>,
    amount: Yen,
    complete: bool,
    stopped: Option<Finding>,
    known_device: bool,
    beside: Option<Beside>,
}

impl Evidence {
    /// Takes the answers to [`needs`].
    pub fn new(answers: impl IntoIterator<Item = (Count, u64)>) -> Self {
        let mut answers: Vec<(Count, u64)> = answers.into_iter().collect();
        if !answers.is_sorted_by_key(|(count, _)| *count) {
            answers.sort_unstable();
        }
        Self { answers, complete: true, ..Self::missing() }
    }

    /// As if nobody had tried anything before.
    pub fn nothing_seen(step: Step) -> Self {
        Self::new(needs(step).iter().map(|count| (*count, count.nothing())))
    }

    /// Evidence that could not be had: the gate fails closed on it.
    pub const fn missing() -> Self {
        Self {
            answers: Vec::new(),
            amount: Yen::ZERO,
            complete: false,
            stopped: None,
            known_device: false,
            beside: None,
        }
    }

    /// With how much is to move.
    #[must_use]
    pub const fn moving(mut self, amount: Yen) -> Self {
        self.amount = amount;
        self
    }

    /// How much is to move, in yen; 0 where nothing moves.
    pub fn amount(&self) -> u64 {
        u64::try_from(self.amount.get()).unwrap_or(0)
    }

    /// With what the breakers say of the step.
    #[must_use]
    pub fn under(mut self, stops: &Stops, step: Step, path: &Path) -> Self {
        self.stopped = stops.finding(step, path);
        self
    }

    /// With operators' rules, which are asked when everything is judged, and see all of the evidence.
    #[must_use]
    pub fn beside(mut self, rules: &Arc<InForce>, asked: &Asked<'_>) -> Self {
        self.beside = rules.are_asked_at(asked.step).then(|| Beside::new(rules, asked));
        self
    }

    /// With whether the customer concerned signed in on the asking device before. A device's id is a secret that
    /// stays with it, so what strangers do on theirs is no evidence against it.
    #[must_use]
    pub const fn on_known_device(mut self, known: bool) -> Self {
        self.known_device = known;
        self
    }

    /// Whether the customer concerned signed in on the asking device before; where that is not known: no.
    pub const fn is_on_known_device(&self) -> bool {
        self.known_device
    }

    /// The answer to one count, where it was counted.
    pub fn counted(&self, count: &Count) -> Option<u64> {
        let place = self.answers.binary_search_by(|(known, _)| known.cmp(count)).ok()?;
        self.answers.get(place).map(|(_, answer)| *answer)
    }

    /// The answer to one count; what was not counted speaks against the ask, so that a detector errs to the safe side.
    pub fn of(&self, count: &Count) -> u64 {
        self.counted(count).unwrap_or_else(|| count.worst())
    }
}

/// What the gate says of one step, with everything that it found.
#[derive(Debug, Clone)]
pub struct Verdict {
    step: Step,
    ruling: Ruling,
    findings: Vec<Finding>,
}

/// Proof that the gate allowed a step. It cannot be made, only taken from a [`Verdict`].
///
/// ```compile_fail
/// let pass = gate::Pass { step: gate::Step::TopUp };
/// ```
#[derive(Debug)]
pub struct Pass<'v> {
    verdict: &'v Verdict,
}

impl Pass<'_> {
    /// The step that was allowed.
    pub const fn step(&self) -> Step {
        self.verdict.step
    }
}

impl Verdict {
    /// What is ruled.
    pub const fn ruling(&self) -> Ruling {
        self.ruling
    }

    /// What was found.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The step that was judged.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// The pass, where the ruling is *allow*, or *step up* and the session was raised just now.
    pub fn pass(&self, stepped_up: bool) -> Option<Pass<'_>> {
        match self.ruling {
            Ruling::Allow => Some(Pass { verdict: self }),
            Ruling::StepUp if stepped_up => Some(Pass { verdict: self }),
            Ruling::StepUp | Ruling::Review | Ruling::Deny | Ruling::Stop => None,
        }
    }
}

/// The ruling that a sum of weights means.
pub(crate) const fn ruling_of(weight: u32) -> Ruling {
    match weight {
        0..30 => Ruling::Allow,
        30..60 => Ruling::StepUp,
        60..100 => Ruling::Review,
        100..STOP_WEIGHT => Ruling::Deny,
        STOP_WEIGHT.. => Ruling::Stop,
    }
}

/// Judges a step on its evidence: the weights of all findings add up.
pub fn judge(step: Step, evidence: &Evidence) -> Verdict {
    if !evidence.complete && !needs(step).is_empty() {
        let findings = vec![Finding { detector: "evidence_missing".to_owned(), weight: 100 }];
        return Verdict { step, ruling: Ruling::Deny, findings };
    }
    let seen = detectors::ALL
        .iter()
        .filter(|detector| detector.steps.contains(&step))
        .map(|detector| Finding { detector: detector.code.to_owned(), weight: (detector.judge)(evidence) })
        .filter(|finding| finding.weight > 0);
    let ruled = evidence.beside.iter().flat_map(|rules| rules.findings(step, evidence));
    let findings: Vec<Finding> = seen.chain(ruled).chain(evidence.stopped.clone()).collect();
    let ruling = ruling_of(findings.iter().map(|finding| finding.weight).sum());
    Verdict { step, ruling, findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    // promise: P6
    #[test]
    fn without_evidence_the_gate_is_closed_where_money_moves() {
        assert_eq!(judge(Step::TopUp, &Evidence::missing()).ruling(), Ruling::Deny);
        assert_eq!(judge(Step::ConsentReturned, &Evidence::missing()).ruling(), Ruling::Deny);
    }

    // promise: P5
    #[test]
    fn only_an_allowed_step_gives_a_pass() {
        for (weights, stepped_up, passes) in
            [(0, false, true), (30, false, false), (30, true, true), (60, true, false), (100, true, false)]
        {
            let ruling = match weights {
                0 => Ruling::Allow,
                30 => Ruling::StepUp,
                60 => Ruling::Review,
                _ => Ruling::Deny,
            };
            let verdict = Verdict { step: Step::TopUp, ruling, findings: Vec::new() };
            assert_eq!(verdict.pass(stepped_up).is_some(), passes, "{weights} {stepped_up}");
        }
    }
}
