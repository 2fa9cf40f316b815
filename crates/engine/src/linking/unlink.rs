//! A customer ends a link: the right to debit is gone here at once, and the bank is told.

use crate::{
    Ask, Code, Context, Decision, Errand, Need, NewErrand, Plan, Refusal, Standing,
    linking::{Link, LinkState},
    sessions::Notice,
};
use gate::{Evidence, Step, Subjects, judge};
use terms::{Digest, ErrandId, LinkId};

/// The ask.
#[derive(Debug, Clone)]
pub struct Unlink {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which link.
    pub link: LinkId,
}

/// What the decision may know.
#[derive(Debug)]
pub struct UnlinkFacts {
    /// Who asks.
    pub standing: Option<Standing>,
    /// The link.
    pub link: Option<Link>,
    /// How many payments over it are under way.
    pub under_way: usize,
}

impl Ask for Unlink {
    type Facts = UnlinkFacts;
    type Answer = ();
    const NAME: &'static str = "linking.unlink";

    fn decide(&self, facts: &UnlinkFacts, at: &Context<'_>) -> Decision<()> {
        let standing = match Standing::meet(&facts.standing, Need::ACT, at) {
            Ok(standing) => standing,
            Err(refusal) => return Decision::turned_away(at, Step::Unlink, at.source.subjects(), refusal),
        };
        let verdict = judge(Step::Unlink, &Evidence::new([]));
        let bank = facts.link.as_ref().map(|link| link.bank);
        let subjects = Subjects { bank, ..standing.subjects(at) };
        Decision::judged(at, &verdict, subjects, |plan| {
            let link = facts
                .link
                .as_ref()
                .filter(|link| link.customer == standing.customer.id)
                .ok_or(Refusal::new(Code::NotFound))?;
            if link.state == LinkState::Ended {
                return Ok(());
            }
            if facts.under_way > 0 {
                return Err(Code::PaymentsUnderWay.into());
            }
            plan.unlink(at, link);
            let customer = &standing.customer;
            plan.notify(at, customer, &Notice::LinkEnded { account: &link.named(customer.locale) });
            Ok(())
        })
    }
}

impl Plan {
    /// Ends a link here and tells the bank.
    pub(crate) fn unlink(&mut self, at: &Context<'_>, link: &Link) {
        self.end_link(Link { state: LinkState::Ended, ..link.clone() }, at.moment.now);
        self.run(NewErrand {
            id: ErrandId::new(at.moment.uuid()),
            due_at: at.moment.now,
            errand: Errand::EndLink { link: link.id },
        });
    }
}
