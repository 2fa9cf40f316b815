//! The orders in which attempts are asked for, and how each count of the gate is answered from them: both follow from
//! what the detectors need, so that a new detector is answered too.

use super::{
    census::mix,
    log::{Entry, Log},
    record::{KNOWN_S, Record, USED_S},
};
use gate::{By, Count, How, Step, Tally, needs};
use std::sync::LazyLock;
use terms::Span;

/// Axes by which attempts are found: customer, device, address, network, bank account, payee.
pub(super) const AXES: usize = 6;
/// Addresses of one network.
const NETWORK_BITS: u32 = 8;
/// Codes of refusals that detectors tell apart; 0 is any other.
pub(super) const CODES: [&str; 3] = ["", "link_refused:name", "link_refused:birth_date"];
/// Counts that reach further back are answered from a wallet's own record.
const LONGEST: Span = Span::days(90);

/// One order: by whom, which step, refused or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// Its place, which is part of a key.
    number: u64,
    by: By,
    /// The place of the axis in an entry's pointers.
    pub(super) axis: usize,
    step: u8,
    refused: bool,
    /// Nobody asks further back, in seconds.
    pub(super) span: u32,
    /// In which of a log's rings it is kept.
    pub(super) ring: usize,
}

impl Order {
    /// The subject of an entry in this order; nothing where it is not known.
    pub(super) fn key(&self, entry: &Entry) -> Option<u64> {
        let subject = subject(entry, self.by)?;
        Some(mix(subject ^ self.number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// Who asks, in this order.
    fn asker(&self, asks: &Entry, by: By) -> Option<u64> {
        let subject = subject(asks, if by == By::AsPayee { By::Customer } else { by })?;
        Some(mix(subject ^ self.number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

fn subject(entry: &Entry, by: By) -> Option<u64> {
    let number = match by {
        By::Customer => u64::from(entry.wallet),
        By::Device => entry.device,
        By::Address => u64::from(entry.address),
        By::Network => u64::from(entry.address >> NETWORK_BITS),
        By::Bank => u64::from(entry.bank),
        By::BankAccount => entry.account,
        By::Holder => entry.holder,
        By::Payee | By::AsPayee => u64::from(entry.payee),
    };
    (number != 0).then_some(number)
}

/// The column that an axis is found in.
const fn column(by: By) -> Option<(By, usize)> {
    Some(match by {
        By::Customer => (By::Customer, 0),
        By::Device => (By::Device, 1),
        By::Address => (By::Address, 2),
        By::Network => (By::Network, 3),
        By::BankAccount => (By::BankAccount, 4),
        By::Payee | By::AsPayee => (By::Payee, 5),
        By::Bank | By::Holder => return None,
    })
}

/// All orders that the gate asks for.
#[derive(Debug)]
pub(super) struct Orders {
    all: Vec<Order>,
    by_step: Vec<[Vec<Order>; 2]>,
    spans: Vec<u32>,
    answers: Vec<Vec<(Count, Answer)>>,
}

/// How a count is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// From these orders.
    Orders(Vec<Order>),
    /// Milliseconds since the wallet was opened, where that is less than so many seconds ago.
    Opened(u32),
    /// Whether the wallet was used in the span, in seconds.
    Used(u32, u32),
    /// Whether its owner signed in or opened it in the span.
    Known(u32, u32),
    /// This program cannot: it stands for nothing, and a test rules it out.
    Unknown,
}

impl Orders {
    /// Those of all steps.
    pub(super) fn all() -> &'static Self {
        static ALL: LazyLock<Orders> = LazyLock::new(Orders::new);
        &ALL
    }

    fn new() -> Self {
        let mut orders =
            Self { all: Vec::new(), by_step: Vec::new(), spans: Vec::new(), answers: Vec::new() };
        let counts = |step: &Step| needs(*step).iter();
        for count in Step::ALL.iter().flat_map(counts).filter(|count| count.span <= LONGEST) {
            orders.add(count);
        }
        orders.spans = orders.all.iter().map(|order| order.span).collect();
        orders.spans.sort_unstable();
        orders.spans.dedup();
        orders.take_rings();
        for step in 0..Step::ALL.len() {
            let of = |refused| {
                orders
                    .all
                    .iter()
                    .filter(move |o| usize::from(o.step) == step && o.refused == refused)
                    .copied()
            };
            orders.by_step.push([of(false).collect(), of(true).collect()]);
        }
        orders.answers = Step::ALL
            .iter()
            .map(|step| counts(step).map(|count| (*count, orders.answer(count))).collect())
            .collect();
        orders
    }

    fn add(&mut self, count: &Count) {
        let Some((by, axis)) = column(count.by) else { return };
        let span = seconds(count.span);
        for (step, refused) in parts(count) {
            let known = self.all.iter_mut().find(|o| (o.by, o.step, o.refused) == (by, step, refused));
            if let Some(order) = known {
                order.span = order.span.max(span);
                continue;
            }
            let number = self.all.len() as u64 + 1;
            self.all.push(Order { number, by, axis, step, refused, span, ring: 0 });
        }
    }

    /// A step is kept as long as its longest order asks back.
    fn take_rings(&mut self) {
        let all = self.all.clone();
        for order in &mut self.all {
            let same = all.iter().filter(|o| (o.step, o.refused) == (order.step, order.refused));
            let longest = same.map(|o| o.span).max().unwrap_or(order.span);
            order.ring = self.spans.iter().position(|span| *span == longest).unwrap_or(0);
        }
    }

    fn answer(&self, count: &Count) -> Answer {
        let bounds = (seconds(count.skip), seconds(count.span));
        let taken_of_customer = count.how == How::Taken && count.by == By::Customer && count.rows == 1;
        match (count.tally, count.steps) {
            (Tally::SinceLast, [Step::Opening]) if taken_of_customer => Answer::Opened(bounds.1),
            (Tally::Attempts, [Step::Opening, Step::SignIn])
                if taken_of_customer && KNOWN_S <= bounds.1 - bounds.0 =>
            {
                Answer::Known(bounds.0, bounds.1)
            }
            (
                Tally::Attempts,
                [Step::Opening, Step::SignIn, Step::TopUp, Step::Transfer, Step::QrPayment, Step::Payout],
            ) if taken_of_customer && USED_S <= bounds.1 - bounds.0 => Answer::Used(bounds.0, bounds.1),
            _ if count.span > LONGEST || column(count.by).is_none() => Answer::Unknown,
            _ => Answer::Orders(
                parts(count)
                    .filter_map(|(step, refused)| {
                        let by = column(count.by)?.0;
                        self.all.iter().find(|o| (o.by, o.step, o.refused) == (by, step, refused)).copied()
                    })
                    .collect(),
            ),
        }
    }

    /// Those in which an attempt is found.
    pub(super) fn of(&self, step: u8, refused: bool) -> &[Order] {
        let by_step = self.by_step.get(usize::from(step));
        by_step.and_then(|by| by.get(usize::from(refused))).map_or(&[], Vec::as_slice)
    }

    /// The ring in which an attempt is kept; nothing where nobody asks for it.
    pub(super) fn ring_of(&self, step: u8, refused: bool) -> Option<usize> {
        self.of(step, refused).first().map(|order| order.ring)
    }

    /// After how many seconds something is forgotten, the shortest first.
    pub(super) fn spans(&self) -> &[u32] {
        &self.spans
    }

    /// The answers to everything that the detectors of a step want counted. What was attempted at the door is in
    /// `doors`, what moved money in `own`; both may hold what happens later, which does not count yet.
    pub(super) fn answers<'l>(
        &'l self,
        step: Step,
        asks: &'l Entry,
        record: &'l Record,
        doors: &'l Log,
        own: &'l Log,
    ) -> impl Iterator<Item = (Count, u64)> + 'l {
        let answers = self.answers.get(step as usize).map_or(&[][..], Vec::as_slice);
        let moves = Step::ALL.get(usize::from(asks.step)).is_some_and(|step| !step.is_door());
        answers.iter().map(move |(count, answer)| {
            if moves && i64::from(asks.yen) < count.least.get() {
                return (*count, count.nothing());
            }
            let number = match answer {
                Answer::Orders(orders) => counted(count, orders, asks, doors, own),
                Answer::Opened(span) => match asks.at.checked_sub(record.opened) {
                    Some(age) if age < *span => u64::from(age) * 1_000,
                    _ => count.nothing(),
                },
                Answer::Used(skip, span) => u64::from(record.used.any(asks.at, *skip, *span)),
                Answer::Known(skip, span) => u64::from(record.known.any(asks.at, *skip, *span)),
                Answer::Unknown => count.worst(),
            };
            (*count, number)
        })
    }
}

/// Counts as the store does: of each order the newest rows in the span, of these what else has to fit.
fn counted(count: &Count, orders: &[Order], asks: &Entry, doors: &Log, own: &Log) -> u64 {
    let (after, until) =
        (asks.at.saturating_sub(seconds(count.span)), asks.at - seconds(count.skip).min(asks.at));
    let (mut number, mut last, mut different) = (0_u64, None::<u32>, Vec::new());
    for order in orders {
        let Some(key) = order.asker(asks, count.by) else { continue };
        let is_door = Step::ALL.get(usize::from(order.step)).is_some_and(|step| step.is_door());
        let log = if is_door { doors } else { own };
        let rows = log.newest_first(order, key).skip_while(|entry| entry.at > until);
        for entry in rows.take_while(|entry| entry.at > after).take(count.rows as usize) {
            if !fits(count, entry, asks) {
                continue;
            }
            match count.tally {
                Tally::Attempts => number += 1,
                Tally::Yen => number += u64::from(entry.yen),
                Tally::Distinct(of) => different.extend(subject(entry, of)),
                Tally::SinceLast => last = last.max(Some(entry.at)),
                Tally::SinceFirst => last = Some(last.map_or(entry.at, |at| at.min(entry.at))),
            }
        }
    }
    match count.tally {
        Tally::Attempts | Tally::Yen => number,
        Tally::Distinct(_) => {
            different.sort_unstable();
            different.dedup();
            different.len() as u64
        }
        Tally::SinceFirst | Tally::SinceLast => {
            last.map_or(count.nothing(), |at| u64::from(asks.at - at) * 1_000)
        }
    }
}

fn fits(count: &Count, entry: &Entry, asks: &Entry) -> bool {
    let named = match count.how {
        How::RefusedFor(codes) => CODES.get(usize::from(entry.code)).is_some_and(|code| codes.contains(code)),
        How::Any | How::Taken | How::Refused => true,
    };
    named
        && count
            .same
            .is_none_or(|same| subject(entry, same).is_some() && subject(entry, same) == subject(asks, same))
}

/// Steps and outcomes that a count is about.
fn parts(count: &Count) -> impl Iterator<Item = (u8, bool)> + use<> {
    let outcomes: &[bool] = match count.how {
        How::Any => &[false, true],
        How::Taken => &[false],
        How::Refused | How::RefusedFor(_) => &[true],
    };
    count.steps.iter().flat_map(move |step| outcomes.iter().map(move |refused| (*step as u8, *refused)))
}

fn seconds(span: Span) -> u32 {
    u32::try_from(span.as_millis() / 1_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_of_every_detector_is_answered() {
        let orders = Orders::all();
        for (step, answers) in Step::ALL.iter().zip(&orders.answers) {
            assert_eq!(answers.len(), needs(*step).len());
            for (count, answer) in answers {
                assert_ne!(*answer, Answer::Unknown, "{step:?}: {count}");
                assert!(*answer != Answer::Orders(Vec::new()), "{step:?}: {count}");
            }
        }
    }
}
