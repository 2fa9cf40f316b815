//! Writes a plan: all of it, in its order, within the transaction of its batch.

use crate::{Fault, shelf::Shelf};
use engine::{Plan, Row, Write};
use terms::Time;

impl Shelf<'_> {
    pub(crate) fn write(&mut self, ask: &'static str, plan: &Plan, now: Time) -> Result<(), Fault> {
        self.happens_at(now);
        for write in plan.writes() {
            match write {
                Write::Put(row) => self.put_row(row)?,
                Write::Session(session) => self.put(session)?,
                Write::Link(link) => self.put(link)?,
                Write::Posting(posting) => self.post(ask, posting, now)?,
                Write::Errand(new) => self.add_errand(new)?,
                Write::ErrandDone(id) => self.finish_errand(*id)?,
                Write::ErrandAgain(again) => self.repeat_errand(again)?,
                Write::ErrandGivenUp(id) => self.give_up_errand(*id)?,
                Write::Event(event) => self.add_event(event)?,
                Write::Attempt(attempt) => self.remember(attempt),
            }
        }
        Ok(())
    }

    fn put_row(&mut self, row: &Row) -> Result<(), Fault> {
        match row {
            Row::Alarm(row) => self.put(row),
            Row::Authenticator(row) => self.put(row),
            Row::Breaker(row) => self.put_breaker(row),
            Row::Ceremony(row) => self.put(row),
            Row::Consent(row) => self.put(row),
            Row::Customer(row) => self.put(row),
            Row::Discrepancy(row) => self.put(row),
            Row::Federation(row) => self.put(row),
            Row::GivenUpHandle(row) => self.put(row),
            Row::Identity(row) => self.put(row),
            Row::Merchant(row) => self.put(row),
            Row::Operator(row) => self.put(row),
            Row::Order(row) => self.put(row),
            Row::Parcel(row) => self.put(row),
            Row::Payment(row) => self.put(row),
            Row::PresentedCode(row) => self.put(row),
            Row::Proofing(row) => self.put(row),
            Row::Recovery(row) => self.put(row),
            Row::RuleSet(row) => self.put_rules(row),
            Row::Sighting(row) => self.add_sighting(row),
            Row::SignUp(row) => self.put(row),
            Row::Signal(row) => self.add_signal(row),
            Row::Usage(row) => {
                self.put_usage(row);
                Ok(())
            }
            Row::Watch(row) => self.put_watch(row),
            Row::WebhookEndpoint(row) => self.put(row),
        }
    }
}
