//! Counts over attempts that go by in order of time: the same answers as the store's, without a database.

use crate::{Attempt, By, Count, Evidence, How, Outcome, Subjects, Tally};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use terms::{BankCode, CustomerId, DeviceId, Digest, Time, Yen};

/// One subject of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Customer(CustomerId),
    Device(DeviceId),
    Place(String),
    Bank(BankCode),
    Tag(Digest),
}

impl Subject {
    /// Who is meant when somebody asks.
    fn asking(subjects: &Subjects, by: By) -> Option<Self> {
        match by {
            By::Customer | By::AsPayee => subjects.customer.map(Self::Customer),
            By::Device => subjects.device.map(Self::Device),
            By::Address => subjects.address.clone().map(Self::Place),
            By::Network => subjects.network.clone().map(Self::Place),
            By::Bank => subjects.bank.map(Self::Bank),
            By::BankAccount => subjects.bank_account.map(Self::Tag),
            By::Holder => subjects.holder.map(Self::Tag),
            By::Payee => subjects.payee.map(Self::Customer),
        }
    }

    /// Under whom an attempt is found.
    fn remembered(subjects: &Subjects, by: By) -> Option<Self> {
        Self::asking(subjects, if by == By::AsPayee { By::Payee } else { by })
    }
}

/// One attempt, as far as a count wants to know it.
struct Entry {
    at: Time,
    fits: bool,
    same: Option<Subject>,
    distinct: Option<Subject>,
    amount: u64,
}

type Entries = VecDeque<Entry>;

/// What was seen for each count, by subject, not older than its span.
pub(super) struct Seen {
    counts: BTreeMap<Count, BTreeMap<Subject, Entries>>,
    len: usize,
}

impl Seen {
    pub(super) fn of(counts: BTreeSet<Count>) -> Self {
        Self { counts: counts.into_iter().map(|count| (count, BTreeMap::new())).collect(), len: 0 }
    }

    /// How many entries are held.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn add(&mut self, attempt: &Attempt) {
        let subjects = &attempt.subjects;
        for (count, seen) in &mut self.counts {
            let Some(fits) = fits(count, attempt) else { continue };
            let Some(subject) = Subject::remembered(subjects, count.by) else { continue };
            let of = |by: Option<By>| by.and_then(|by| Subject::remembered(subjects, by));
            let distinct = match count.tally {
                Tally::Distinct(by) => of(Some(by)),
                _ => None,
            };
            let amount = u64::try_from(subjects.amount.map_or(0, Yen::get)).unwrap_or(0);
            let at = attempt.at;
            let entries = seen.entry(subject).or_default();
            self.len += 1;
            self.len -= forget(entries, attempt.at.minus(count.span));
            entries.push_back(Entry { at, fits, same: of(count.same), distinct, amount });
        }
    }

    pub(super) fn evidence(&mut self, counts: &[Count], subjects: &Subjects, now: Time) -> Evidence {
        let answers: Vec<_> =
            counts.iter().map(|count| (*count, self.answer(count, subjects, now))).collect();
        Evidence::new(answers).moving(subjects.amount.unwrap_or_default())
    }

    fn answer(&mut self, count: &Count, subjects: &Subjects, now: Time) -> u64 {
        let nothing = count.nothing();
        if subjects.amount.is_some_and(|amount| amount < count.least) {
            return nothing;
        }
        let Some(subject) = Subject::asking(subjects, count.by) else { return nothing };
        let Some(entries) = self.counts.get_mut(count).and_then(|seen| seen.get_mut(&subject)) else {
            return nothing;
        };
        self.len -= forget(entries, now.minus(count.span));
        let until = now.minus(count.skip);
        let same = count.same.map(|by| Subject::asking(subjects, by));
        let rows = usize::try_from(count.rows).unwrap_or(usize::MAX);
        let old_enough = entries.iter().filter(|entry| entry.at <= until);
        let read: Vec<&Entry> = match count.tally {
            Tally::SinceFirst => old_enough.take(rows).collect(),
            _ => old_enough.rev().take(rows).collect(),
        };
        let is_same = |entry: &&&Entry| match &same {
            None => true,
            Some(wanted) => wanted.is_some() && entry.same == *wanted,
        };
        let found: Vec<&Entry> = read.iter().filter(|e| e.fits).filter(is_same).copied().collect();
        let ago =
            |at: Option<Time>| at.map_or(nothing, |at| u64::try_from(now.since(at).as_millis()).unwrap_or(0));
        match count.tally {
            Tally::Attempts => found.len() as u64,
            Tally::Distinct(_) => {
                found.iter().filter_map(|e| e.distinct.as_ref()).collect::<BTreeSet<_>>().len() as u64
            }
            Tally::Yen => found.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.amount)),
            Tally::SinceFirst => ago(found.iter().map(|entry| entry.at).min()),
            Tally::SinceLast => ago(found.iter().map(|entry| entry.at).max()),
        }
    }
}

/// Whether an attempt is read for a count, and then whether it fits to the end.
fn fits(count: &Count, attempt: &Attempt) -> Option<bool> {
    let is_read = count.steps.contains(&attempt.step) && (!count.by.is_place() || attempt.step.is_door());
    match (&attempt.outcome, count.how) {
        _ if !is_read => None,
        (_, How::Any) | (Outcome::Taken, How::Taken) | (Outcome::Refused(_), How::Refused) => Some(true),
        (Outcome::Refused(code), How::RefusedFor(codes)) => Some(codes.contains(&code.as_str())),
        (Outcome::Taken, How::Refused | How::RefusedFor(_)) | (Outcome::Refused(_), How::Taken) => None,
    }
}

/// Forgets what is as old as `since` or older; says how many.
fn forget(entries: &mut Entries, since: Time) -> usize {
    let before = entries.len();
    while entries.front().is_some_and(|entry| entry.at <= since) {
        entries.pop_front();
    }
    before - entries.len()
}
