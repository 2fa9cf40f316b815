//! Closing a wallet: the balance goes back to a bank account of its owner, then everything ends.

use crate::{
    Ask, Code, Context, Decision, Need, Once, Plan, Refusal, Row, Standing,
    identity::Identity,
    linking::Link,
    payments::{
        Parcel, Payment, Purse, Usage, all_matured_at,
        payout::{check_age, pay_out},
        top_up::own_link,
    },
    sessions::{Notice, Session},
    sign_up::{Customer, CustomerState},
};
use gate::{Evidence, Pass, Step, Subjects, judge};
use ledger::{AccountState, Book, Posting};
use serde::{Deserialize, Serialize};
use terms::{AskId, Digest, LinkId, PaymentId};

/// The ask.
#[derive(Debug, Clone)]
pub struct Close {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// The id that the customer chose: of the payout, if there is a balance.
    pub id: PaymentId,
    /// Where the balance goes.
    pub link: Option<LinkId>,
}

/// Everything that ends with a wallet.
#[derive(Debug, Default)]
pub struct Belongings {
    /// Open sessions.
    pub sessions: Vec<Session>,
    /// Links that have not ended.
    pub links: Vec<Link>,
    /// The proved identity.
    pub identity: Option<Identity>,
}

/// What the decision may know.
#[derive(Debug)]
pub struct CloseFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The link for the balance.
    pub link: Option<Link>,
    /// The customer's accounts and the bank's clearing account.
    pub book: Book,
    /// What was paid out in the last 30 days.
    pub usage: Usage,
    /// The customer's parcels of provisional value that have something left.
    pub parcels: Vec<Parcel>,
    /// How many payments are under way.
    pub under_way: usize,
    /// What would end.
    pub belongings: Belongings,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// How far the closing is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Closing or closed.
    pub state: CustomerState,
    /// The payout of the balance.
    pub payment: Option<Payment>,
}

impl Ask for Close {
    type Facts = CloseFacts;
    type Answer = Closing;
    const NAME: &'static str = "payments.close";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(self.id.uuid()), &(Self::NAME, self.link)))
    }

    fn asker(&self, facts: &CloseFacts, at: &Context<'_>) -> Option<String> {
        Standing::asker(&facts.standing, at)
    }

    fn decide(&self, facts: &CloseFacts, at: &Context<'_>) -> Decision<Closing> {
        let standing = match Standing::meet(&facts.standing, Need::CLOSE, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::Closing, at.source.subjects(), refusal),
        };
        let verdict = judge(Step::Closing, &facts.evidence);
        let subjects = Subjects {
            bank: facts.link.as_ref().map(|link| link.bank),
            bank_account: facts.link.as_ref().map(|link| link.account_tag),
            amount: Some(Purse::new(&facts.book, &standing.customer).main()),
            ..standing.subjects(at)
        };
        Decision::judged(at, &verdict, subjects, |plan| {
            let pass =
                verdict.pass(standing.stepped_up(at)).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let customer = &standing.customer;
            if facts.under_way > 0 {
                return Err(Code::PaymentsUnderWay.into());
            }
            let purse = Purse::new(&facts.book, customer);
            if !purse.young().is_zero() {
                let refusal = Refusal::new(Code::ValueProvisional);
                return Err(match all_matured_at(&facts.parcels) {
                    Some(time) => refusal.not_before(time),
                    None => refusal,
                });
            }
            let balance = purse.main();
            if balance.is_zero() {
                plan.end_wallet(&pass, at, customer, &facts.belongings);
                return Ok(Closing { state: CustomerState::Closed, payment: None });
            }
            let link = own_link(facts.link.as_ref(), customer.id)?;
            check_age(link, at)?;
            if balance > at.policy.payment_max {
                return Err(Code::AmountNotAllowed.into());
            }
            let asked = (self.id, balance);
            let payment = pay_out(plan, &pass, at, customer, link, &facts.book, &facts.usage, asked);
            plan.put(Row::Customer(Customer { state: CustomerState::Closing, ..customer.clone() }));
            Ok(Closing { state: CustomerState::Closing, payment: Some(payment) })
        })
    }
}

impl Plan {
    /// Ends everything that belongs to a wallet whose accounts are empty.
    pub(crate) fn end_wallet(
        &mut self,
        pass: &Pass<'_>,
        at: &Context<'_>,
        customer: &Customer,
        belongings: &Belongings,
    ) {
        let now = at.moment.now;
        for account in [customer.main, customer.young] {
            self.post(pass, Posting::SetState(account, AccountState::Closed));
        }
        self.notify(at, customer, &Notice::WalletClosed);
        for link in &belongings.links {
            self.unlink(at, link);
        }
        for session in &belongings.sessions {
            self.end_session(session.clone(), now);
        }
        if let Some(identity) = &belongings.identity {
            self.put(Row::Identity(Identity { ended_at: Some(now), ..identity.clone() }));
        }
        self.give_up_handle(at, customer, belongings.identity.as_ref());
        self.put(Row::Customer(Customer {
            state: CustomerState::Closed,
            closed_at: Some(now),
            ..customer.clone()
        }));
    }
}
