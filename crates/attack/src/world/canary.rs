//! Rules that are broken on purpose: a world that does not notice is worth nothing.

use crate::world::letter::{Letter, letter};
use engine::{
    Ask, Context, Decision, Once, Plan, Policy, Write,
    linking::{FinishConsent, FinishConsentFacts, Link},
    payments::{Payment, TransferFacts, TransferToHandle},
};
use gate::{Evidence, Step, judge};
use ledger::{Posting, Transfer};
use std::rc::Rc;
use store::{Fault, Load, Shelf};
use terms::{Span, TransferId};

/// What is broken in a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    /// Nothing: the wallet as it is.
    Alive,
    /// A bank books an order again that comes again.
    BankBooksAgain,
    /// A bank books later what it refused.
    BankBooksRefused,
    /// The desk answers before the commit.
    AnswersBeforeCommit,
    /// The holder's name is not compared.
    NameNotCompared,
    /// Young value may be used for everything after a minute.
    YoungValueLeaves,
    /// A payment moves its money twice.
    MovesTwice,
    /// A payment moves money and remembers no verdict.
    PastTheGate,
}

impl Canary {
    /// All that is broken, one by one.
    pub const BROKEN: [Self; 7] = [
        Self::BankBooksAgain,
        Self::BankBooksRefused,
        Self::AnswersBeforeCommit,
        Self::NameNotCompared,
        Self::YoungValueLeaves,
        Self::MovesTwice,
        Self::PastTheGate,
    ];

    /// The operator's settings that the wallet runs with.
    pub fn policy(self) -> Policy {
        match self {
            Self::YoungValueLeaves => Policy { value_matures_ms: Span::minutes(1), ..Policy::default() },
            _ => Policy::default(),
        }
    }

    /// The letter of somebody who comes back from a bank.
    pub fn finish_consent(self, ask: FinishConsent) -> Rc<dyn Letter> {
        match self {
            Self::NameNotCompared => letter(NameNotCompared(ask)),
            _ => letter(ask),
        }
    }

    /// The letter of somebody who sends money.
    pub fn transfer(self, ask: TransferToHandle) -> Rc<dyn Letter> {
        match self {
            Self::MovesTwice => letter(Replanned { ask, plan: moved_twice }),
            Self::PastTheGate => letter(Replanned { ask, plan: without_attempt }),
            _ => letter(ask),
        }
    }
}

/// As the ask within, but whoever holds the bank account has the right name.
struct NameNotCompared(FinishConsent);

impl Ask for NameNotCompared {
    type Facts = FinishConsentFacts;
    type Answer = Link;
    const NAME: &'static str = FinishConsent::NAME;

    fn decide(&self, facts: &FinishConsentFacts, at: &Context<'_>) -> Decision<Link> {
        self.0.decide(facts, at)
    }
}

impl Load for NameNotCompared {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<FinishConsentFacts, Fault> {
        let mut facts = self.0.load(shelf, at)?;
        if let (Some(identity), Some(said)) = (&mut facts.identity, &self.0.said) {
            identity.kana = said.holder.clone();
        }
        Ok(facts)
    }
}

/// As the ask within, with another plan.
struct Replanned {
    ask: TransferToHandle,
    plan: fn(&Plan, &Context<'_>) -> Plan,
}

impl Ask for Replanned {
    type Facts = TransferFacts;
    type Answer = Payment;
    const NAME: &'static str = TransferToHandle::NAME;

    fn once(&self) -> Option<Once> {
        self.ask.once()
    }

    fn asker(&self, facts: &TransferFacts, at: &Context<'_>) -> Option<String> {
        self.ask.asker(facts, at)
    }

    fn decide(&self, facts: &TransferFacts, at: &Context<'_>) -> Decision<Payment> {
        let decision = self.ask.decide(facts, at);
        match decision.answer {
            Ok(answer) => Decision::done(answer, (self.plan)(&decision.plan, at)),
            Err(refusal) => Decision::refused(refusal, decision.plan),
        }
    }
}

impl Load for Replanned {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<TransferFacts, Fault> {
        self.ask.load(shelf, at)
    }
}

/// The same writes but for the attempt; `times` says how often money moves.
fn again(plan: &Plan, at: &Context<'_>, times: u8) -> Plan {
    let verdict = judge(Step::Clockwork, &Evidence::new([]));
    let mut planned = Plan::new();
    for write in plan.writes() {
        match write {
            Write::Put(row) => planned.put(row.clone()),
            Write::Event(event) => planned.tell(event.clone()),
            Write::Posting(Posting::Transfer(transfer)) => {
                let Some(pass) = verdict.pass(false) else { continue };
                planned.post(&pass, Posting::Transfer(transfer.clone()));
                for _ in 1..times {
                    let id = TransferId::new(at.moment.uuid());
                    planned.post(&pass, Posting::Transfer(Transfer { id, ..transfer.clone() }));
                }
            }
            _ => {}
        }
    }
    planned
}

fn without_attempt(plan: &Plan, at: &Context<'_>) -> Plan {
    again(plan, at, 1)
}

fn moved_twice(plan: &Plan, at: &Context<'_>) -> Plan {
    let mut planned = again(plan, at, 2);
    let verdict = judge(Step::Transfer, &Evidence::nothing_seen(Step::Transfer));
    planned.remember_judged(at, &verdict, at.source.subjects(), None);
    planned
}
