//! Counts over attempts that go by in order of time: the same answers as the store's, without a database.

use crate::{Attempt, By, Count, Evidence, Outcome, Subjects};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use terms::{BankCode, CustomerId, DeviceId, Digest, Time};

/// One subject of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Customer(CustomerId),
    Device(DeviceId),
    Address(String),
    Bank(BankCode),
    Tag(Digest),
}

impl Subject {
    pub(super) const fn of_customer(customer: CustomerId) -> Self {
        Self::Customer(customer)
    }

    fn of(subjects: &Subjects, by: By) -> Option<Self> {
        match by {
            By::Customer => subjects.customer.map(Self::Customer),
            By::Device => subjects.device.map(Self::Device),
            By::Address => subjects.address.clone().map(Self::Address),
            By::Bank => subjects.bank.map(Self::Bank),
            By::BankAccount => subjects.bank_account.map(Self::Tag),
            By::Holder => subjects.holder.map(Self::Tag),
        }
    }
}

type Seen = VecDeque<(Time, Option<Subject>)>;

/// What was seen for each count, by subject, not older than its span.
pub(super) struct Tally {
    seen: BTreeMap<Count, BTreeMap<Subject, Seen>>,
    len: usize,
}

impl Tally {
    pub(super) fn of(counts: BTreeSet<Count>) -> Self {
        Self { seen: counts.into_iter().map(|count| (count, BTreeMap::new())).collect(), len: 0 }
    }

    /// How many entries are held.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn add(&mut self, attempt: &Attempt) {
        let is_refused = matches!(attempt.outcome, Outcome::Refused(_));
        for (count, seen) in &mut self.seen {
            if count.step != attempt.step || count.refused.is_some_and(|wanted| wanted != is_refused) {
                continue;
            }
            let Some(subject) = Subject::of(&attempt.subjects, count.by) else { continue };
            let other = count.distinct.and_then(|by| Subject::of(&attempt.subjects, by));
            if count.distinct.is_some() && other.is_none() {
                continue;
            }
            let entries = seen.entry(subject).or_default();
            self.len += 1;
            self.len -= forget(entries, attempt.at.minus(count.span));
            entries.push_back((attempt.at, other));
        }
    }

    pub(super) fn evidence(&mut self, counts: &[Count], subjects: &Subjects, now: Time) -> Evidence {
        let answers = counts.iter().map(|count| (*count, self.answer(count, subjects, now)));
        Evidence::new(answers.collect::<Vec<_>>())
    }

    fn answer(&mut self, count: &Count, subjects: &Subjects, now: Time) -> u32 {
        let Some(subject) = Subject::of(subjects, count.by) else { return 0 };
        let Some(entries) = self.seen.get_mut(count).and_then(|seen| seen.get_mut(&subject)) else {
            return 0;
        };
        self.len -= forget(entries, now.minus(count.span));
        let found = match count.distinct {
            None => entries.len(),
            Some(_) => entries.iter().filter_map(|(_, other)| other.as_ref()).collect::<BTreeSet<_>>().len(),
        };
        u32::try_from(found).unwrap_or(u32::MAX)
    }
}

/// Forgets what is as old as `since` or older; says how many.
fn forget(entries: &mut Seen, since: Time) -> usize {
    let before = entries.len();
    while entries.front().is_some_and(|(at, _)| *at <= since) {
        entries.pop_front();
    }
    before - entries.len()
}
