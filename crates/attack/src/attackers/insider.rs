//! A member of the staff who works for somebody outside: wants to resume a stop, to have a rule of their own weigh, to
//! lift an accomplice's suspension, alone or with colleagues whom they brought in; and to give value out of nothing.

use super::Attacker;
use crate::campaign::{Asker, Customer, Stage, Wrong, within};
use engine::{
    Code, Refusal,
    linking::{AskToLift, ConfirmLift},
    operators::{AddOperator, Operator},
    payments::Refund,
    rules::{PromoteRules, ProposeRules},
    signals::SignalKind,
    stops::{AskToResume, ConfirmResume},
};
use gate::{Scope, Setting};
use serde::Deserialize;
use terms::{LinkId, OperatorName, PaymentId, Span, Yen};

/// What an accomplice has, in yen.
const ACCOMPLICES: i64 = 50_000;
const WHY: &str = "the bank found the cause";
/// A rule that is asked at no payout at all.
const RULE: &str = "[[rule]]\ncode = \"mine\"\nversion = 1\nsteps = [\"payout\"]\nwhen = \"amount < 0\"\nweight = 1\n\
                    says_ja = \"確認中です。\"\nsays_en = \"Being looked at.\"\n";

/// How they work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insider {
    /// Colleagues whom they bring in to be the second person; each by the one before, so that they are a chain.
    pub puppets: u32,
    /// How often they try, each time about another bank.
    pub tries: u32,
}

impl Insider {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("insider", "puppets", self.puppets, 0, 5)?;
        within("insider", "tries", self.tries, 1, 35)
    }
}

/// An insider at work.
#[derive(Debug)]
pub(crate) struct Abusing {
    plan: Insider,
    names: Vec<OperatorName>,
    tries: usize,
}

impl Abusing {
    /// One who begins.
    pub(crate) const fn new(plan: Insider) -> Self {
        Self { plan, names: Vec::new(), tries: 0 }
    }

    /// The token of the first hour brought the insider in; puppets follow, each brought in by the one before.
    fn is_staff(&mut self, stage: &mut Stage) {
        let mut by = Operator::first_hour();
        for number in 0..=self.plan.puppets {
            let Ok(name) = OperatorName::parse(&format!("insider-{number}")) else { return };
            let add = AddOperator { by, name: name.clone(), token: stage.dice.digest() };
            // Nobody has these names.
            let _added = stage.ask(&hostile(), &add);
            self.names.push(name.clone());
            by = name;
        }
    }

    /// Tries with every pair of theirs, also with one name twice, until it works.
    fn by_two(
        &self,
        stage: &mut Stage,
        what: &'static str,
        works: impl Fn(&mut Stage, &OperatorName, &OperatorName) -> Result<(), Refusal>,
    ) {
        let mut pairs =
            self.names.iter().flat_map(|first| self.names.iter().map(move |second| (first, second)));
        if pairs.any(|(first, second)| works(stage, first, second).is_ok()) {
            stage.tally.gains(what);
        }
    }

    fn resumes(&self, stage: &mut Stage, scope: &Scope) {
        self.by_two(stage, "stops resumed", |stage, first, second| {
            let found = stage.store().read(|shelf| store::look::breaker_of(shelf, scope)).ok().flatten();
            let version = found.ok_or(Refusal::new(Code::NotFound))?.version;
            let (scope, to, reason) = (scope.clone(), Setting::Closed, WHY.to_owned());
            let ask = AskToResume { by: first.clone(), scope: scope.clone(), to, version, reason };
            let version = stage.ask(&hostile(), &ask)?.version;
            stage.ask(&hostile(), &ConfirmResume { by: second.clone(), scope, to, version }).map(|_| ())
        });
    }

    fn promotes(&self, stage: &mut Stage) {
        self.by_two(stage, "rules of their own in force", |stage, first, second| {
            let (by, text, reason) = (first.clone(), RULE.to_owned(), WHY.to_owned());
            let version = stage.ask(&hostile(), &ProposeRules { by, text, reason })?.version;
            let (by, reason) = (second.clone(), WHY.to_owned());
            stage.ask(&hostile(), &PromoteRules { by, version, reason }).map(|_| ())
        });
    }

    fn lifts(&self, stage: &mut Stage, link: LinkId) {
        self.by_two(stage, "suspensions lifted", |stage, first, second| {
            stage.ask(&hostile(), &AskToLift { by: first.clone(), link, reason: WHY.to_owned() })?;
            stage.ask(&hostile(), &ConfirmLift { by: second.clone(), link }).map(|_| ())
        });
    }
}

fn hostile() -> Asker {
    Asker { hostile: true, ..Asker::default() }
}

/// A shop, whose key they know, gives back what nobody paid.
fn refunds_out_of_nothing(stage: &mut Stage) {
    let Some(key) = stage.shop_keys.first().copied() else { return };
    let id = |stage: &mut Stage| PaymentId::new(stage.dice.uuid(stage.now));
    let refund = Refund { key, id: id(stage), payment: id(stage), amount: Yen::of(100_000) };
    if stage.ask(&hostile(), &refund).is_ok() {
        stage.tally.robs(100_000);
    }
}

impl Attacker for Abusing {
    fn name(&self) -> &'static str {
        "insider"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        if self.names.is_empty() {
            self.is_staff(stage);
        }
        let bank = stage.banks.codes().get(self.tries).copied()?;
        self.tries += 1;
        // An accomplice's account was reported: the link is suspended, and new links of the bank are stopped by hand.
        if let Some(accomplice) = Customer::settles(stage, ACCOMPLICES)
            && let Some((at, link)) = accomplice.wallet.links.first().copied()
        {
            stage.bank_reports(at, &accomplice.account, SignalKind::AccountCompromised);
            self.lifts(stage, link);
        }
        stage.staff_stops(Some(bank));
        self.resumes(stage, &Scope::Bank(bank));
        self.promotes(stage);
        refunds_out_of_nothing(stage);
        (self.tries < usize::try_from(self.plan.tries).unwrap_or(0)).then(|| Span::hours(2))
    }
}
