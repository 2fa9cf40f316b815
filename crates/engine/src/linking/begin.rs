//! A consent begins: the bank's method must hold a possession factor (P4, H2).

use crate::{
    Ask, Code, Context, Control, Decision, Need, Redirect, Refusal, Row, Standing,
    directory::Directory,
    linking::{Consent, ConsentState},
};
use gate::{Evidence, Step, Subjects, judge};
use terms::{BankCode, ConsentId, CustomerId, Digest, Yen};

const OPEN_MAX: usize = 5;

/// The ask. The shell drew state, browser secret and verifier; only their digests and the verifier come here.
///
/// It has no id of the kind that is answered once: the answer holds a secret for this browser. The consent's own
/// id is the asker's. The same again, when the bank did not answer, begins anew; another one under it is refused.
#[derive(Debug, Clone)]
pub struct BeginConsent {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The id that the customer chose.
    pub id: ConsentId,
    /// At which bank.
    pub bank: BankCode,
    /// By which of its methods.
    pub method: String,
    /// The most per debit that the person is asked to sign.
    pub per_debit_limit: Yen,
    /// The most per day.
    pub per_day_limit: Yen,
    /// What must be true when the browser comes back.
    pub redirect: Redirect,
}

/// What the decision may know.
#[derive(Debug)]
pub struct BeginConsentFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// What is kept under the id.
    pub known: Option<Consent>,
    /// How many other consents of this customer wait.
    pub awaiting: usize,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for BeginConsent {
    type Facts = BeginConsentFacts;
    type Answer = ();
    const NAME: &'static str = "linking.begin_consent";

    fn decide(&self, facts: &BeginConsentFacts, at: &Context<'_>) -> Decision<()> {
        let step = Step::ConsentBegun;
        let standing = match Standing::meet(&facts.standing, Need::MONEY, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, step, at.source.subjects(), refusal),
        };
        let verdict = judge(step, &facts.evidence);
        let subjects = Subjects { bank: Some(self.bank), ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| {
            verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let directory = Directory::embedded();
            directory.bank(self.bank).ok_or(Refusal::new(Code::BankUnknown).field("bank"))?;
            let method = directory
                .method(self.bank, &self.method)
                .ok_or(Refusal::new(Code::BankUnknown).field("method"))?;
            if at.policy.controls.has(Control::Possession) {
                method.linkable().map_err(|_| Refusal::new(Code::MethodTooWeak).field("method"))?;
            }
            let limits_fine = !self.per_debit_limit.is_zero()
                && self.per_debit_limit <= self.per_day_limit
                && self.per_day_limit <= at.policy.payment_max;
            if !limits_fine {
                return Err(Refusal::new(Code::AmountNotAllowed).field("per_debit_limit"));
            }
            if facts.known.as_ref().is_some_and(|known| !self.is_again(known, standing.customer.id)) {
                return Err(Refusal::new(Code::IdReused).field("id"));
            }
            if facts.awaiting >= OPEN_MAX {
                return Err(Code::TooMany.into());
            }
            plan.put(Row::Consent(Consent {
                id: self.id,
                customer: standing.customer.id,
                bank: self.bank,
                method: self.method.clone(),
                per_debit_limit: self.per_debit_limit,
                per_day_limit: self.per_day_limit,
                redirect: self.redirect.clone(),
                state: ConsentState::Awaiting,
                created_at: at.moment.now,
                device: at.source.device,
                address: at.source.address.clone(),
            }));
            Ok(())
        })
    }
}

impl BeginConsent {
    /// Whether this is the same consent once more, and nobody came back from the bank with the one before.
    fn is_again(&self, known: &Consent, customer: CustomerId) -> bool {
        known.customer == customer
            && known.state == ConsentState::Awaiting
            && known.redirect.used_at.is_none()
            && (known.bank, known.per_debit_limit, known.per_day_limit)
                == (self.bank, self.per_debit_limit, self.per_day_limit)
            && known.method == self.method
    }
}
