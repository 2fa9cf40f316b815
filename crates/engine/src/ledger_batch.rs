//! An operator's postings straight to the book: the gate's verdict on them, and what is remembered (P5, P6).

use crate::{Ask, Code, Context, Decision, Plan, Refusal};
use gate::{Evidence, Step, judge};

/// What is written beside a batch of postings: one attempt with the gate's verdict. `refused` is the code of the
/// book's first refusal where nothing was applied. Nothing where the gate gives no pass: then the batch must not be.
pub fn remembered_batch(at: &Context<'_>, refused: Option<&'static str>) -> Option<Plan> {
    let verdict = judge(Step::LedgerPosting, &Evidence::new([]));
    let refusal = refused.map(|code| Refusal::new(Code::FieldNotAllowed).quietly(code));
    let mut plan = Plan::new();
    plan.remember_judged(at, &verdict, at.source.subjects(), refusal.as_ref());
    verdict.pass(false).map(|_| plan)
}

/// Postings that were refused before the book was asked; its only answer is that refusal.
#[derive(Debug, Clone, Copy)]
pub struct RefusePostings {
    /// The code of why.
    pub reason: &'static str,
}

impl Ask for RefusePostings {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "ledger.refuse";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let refusal = Refusal::new(Code::FieldNotAllowed).quietly(self.reason);
        Decision::turned_away(at, Step::LedgerPosting, at.source.subjects(), refusal)
    }
}
