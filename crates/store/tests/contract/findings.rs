//! What the gate found is kept with the attempt, and adds up to the ruling that is kept with it.

use crate::{bed::Bed, dice::Dice};
use engine::{Ask, Context, Decision, Policy, Refusal, Source};
use gate::{Evidence, Outcome, Ruling, STOP_WEIGHT, Step, Subjects, judge};
use std::collections::BTreeSet;
use store::{Fault, Load, Shelf, look};
use terms::{BankCode, CustomerId, DeviceId, Digest, Moment, Span, Time, Yen};
use uuid::Uuid;

const BEGIN: Time = Time::from_millis(1_900_000_000_000);
const ROUNDS: i64 = 400;
const STEPS: &[Step] = &[
    Step::SignUp,
    Step::Opening,
    Step::SignIn,
    Step::ConsentBegun,
    Step::ConsentReturned,
    Step::TopUp,
    Step::Transfer,
    Step::Payout,
];

/// Tries a step, as every use case does: judged on what the store counted, remembered with what was found.
struct Try {
    step: Step,
    subjects: Subjects,
}

impl Ask for Try {
    type Facts = Evidence;
    type Answer = ();
    const NAME: &'static str = "test.try";

    fn decide(&self, evidence: &Evidence, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(self.step, evidence);
        Decision::judged(at, &verdict, self.subjects.clone(), |_| {
            verdict.pass(false).map(|_| ()).ok_or_else(|| Refusal::no_pass(verdict.ruling()))
        })
    }
}

impl Load for Try {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<Evidence, Fault> {
        shelf.evidence(self.step, &self.subjects, at.moment.now)
    }
}

/// Somebody of a crowd on few devices, so that there is much to find.
fn random(dice: &mut Dice) -> Try {
    let id = |n: u64| Uuid::from_u128(u128::from(n) + 1);
    let (customer, device, bank) = (dice.below(12), dice.below(2), dice.below(12));
    let address = format!("192.0.2.{}", dice.below(3));
    let tag = |n: u64| Some(Digest::new([u8::try_from(n).unwrap_or(0); 32]));
    let subjects = Subjects {
        customer: Some(CustomerId::new(id(customer))),
        bank: BankCode::parse(&format!("{bank:04}")).ok(),
        bank_account: tag(dice.below(12)),
        holder: tag(dice.below(12)),
        payee: Some(CustomerId::new(id(dice.below(12)))),
        amount: Some(Yen::of(dice.small(60) * 1_000)),
        ..Subjects::at(Some(DeviceId::new(id(device))), Some(address))
    };
    Try { step: STEPS[dice.place(STEPS.len())], subjects }
}

// promise: P6
pub(crate) fn check(bed: &Bed) {
    let mut dice = Dice::new("findings");
    let (store, mut writer) = bed.open();
    for round in 0..ROUNDS {
        let ask = random(&mut dice);
        let (source, policy) = (Source::default(), Policy::default());
        let now = BEGIN.plus(Span::minutes(round * 7));
        let seed = u64::try_from(round).unwrap_or(0);
        let tried = writer.commit(|shelf| {
            let at = Context { moment: Moment::new(now, seed), source: &source, policy: &policy };
            store::run(&ask, shelf, &at)
        });
        // Refused or not: both are remembered.
        drop(tried.expect("the store works"));
    }
    let until = BEGIN.plus(Span::days(100));
    let kept = store.read(|shelf| look::attempts_between(shelf, BEGIN, until, None)).expect("read");
    assert_eq!(kept.len(), usize::try_from(ROUNDS).expect("few"));
    let mut rulings = BTreeSet::new();
    for attempt in kept {
        let expected = match attempt.findings.iter().map(|finding| finding.weight).sum::<u32>() {
            0..30 => Ruling::Allow,
            30..60 => Ruling::StepUp,
            60..100 => Ruling::Review,
            100..STOP_WEIGHT => Ruling::Deny,
            STOP_WEIGHT.. => Ruling::Stop,
        };
        assert_eq!(attempt.ruling, Some(expected), "{attempt:?}");
        assert_eq!(attempt.outcome == Outcome::Taken, expected == Ruling::Allow, "{attempt:?}");
        assert!(attempt.findings.iter().all(|finding| finding.weight > 0), "{attempt:?}");
        rulings.insert(expected);
    }
    assert!(rulings.len() >= 3, "there was something to find: {rulings:?}");
}
