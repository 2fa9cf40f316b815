//! The gate's share of a top-up: from the ask to the bank's booked answer, both on disk, and its evidence and verdict
//! alone. The bank and the network take no time here, which makes the share larger.

use super::{
    crowd::Member,
    history::{History, id, per_s},
};
use crate::exit::Ended;
use engine::{
    BankOutcome, Context, Policy, Source,
    payments::{BankAnswered, TopUp},
};
use gate::{Step, Subjects, judge};
use serde::Serialize;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use store::{Load, Writer};
use terms::{Moment, PaymentId, Span, Time, Yen};

/// Rounds, each with a top-up of every member; far enough from each other that nobody is denied.
const ROUNDS: u64 = 4;
const APART: Span = Span::hours(9);

/// What a batch size gave.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shared {
    pub(crate) batch: usize,
    pub(crate) top_ups: u64,
    pub(crate) refused: u64,
    pub(crate) top_ups_per_s: u64,
    /// Of a top-up's time, in thousandths.
    pub(crate) gate_permille: u64,
}

/// Measures single top-ups and batches.
///
/// # Errors
/// The store fails.
pub(crate) fn measure(
    writer: &mut Writer,
    crowd: &[Member],
    history: &History,
) -> Result<Vec<Shared>, Ended> {
    let mut shares = Vec::new();
    let mut now = history.end.plus(APART);
    for (batch, people) in [(1, 200), (64, crowd.len())] {
        let crowd = crowd.get(..people).unwrap_or(crowd);
        let mut share = Shared { batch, top_ups: 0, refused: 0, top_ups_per_s: 0, gate_permille: 0 };
        let (mut whole, mut gate) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..ROUNDS {
            for members in crowd.chunks(batch) {
                let begin = Instant::now();
                share.refused += commit(writer, members, now, top_up)?;
                share.refused += commit(writer, members, now, booked)?;
                whole += begin.elapsed();
                gate += gate_alone(writer, members, now)?;
                share.top_ups += u64::try_from(members.len()).unwrap_or(u64::MAX);
            }
            now = now.plus(APART);
        }
        share.top_ups_per_s = per_s(share.top_ups, whole);
        let permille = gate.as_nanos().saturating_mul(1_000) / whole.as_nanos().max(1);
        share.gate_permille = u64::try_from(permille).unwrap_or(u64::MAX);
        shares.push(share);
    }
    Ok(shares)
}

/// Runs an ask for each of them in one batch, and says how many were refused.
fn commit<A: Load>(
    writer: &mut Writer,
    members: &[Member],
    now: Time,
    ask: fn(&Member, Time) -> A,
) -> Result<u64, Ended> {
    let policy = Policy::default();
    let refused = writer.commit(|shelf| {
        let mut refused = 0;
        for member in members {
            let source = Source { device: Some(member.device), ..Source::default() };
            let moment = Moment::new(now, member.customer.uuid().as_u64_pair().0);
            let at = Context { moment, source: &source, policy: &policy };
            refused += u64::from(store::run(&ask(member, now), shelf, &at)?.is_err());
        }
        Ok(refused)
    })?;
    Ok(refused)
}

fn payment(member: &Member, now: Time) -> PaymentId {
    PaymentId::new(id(member.customer.uuid().as_u64_pair().0, now.millis().unsigned_abs()))
}

fn top_up(member: &Member, now: Time) -> TopUp {
    TopUp { session: member.session, id: payment(member, now), link: member.link, amount: Yen::of(1_000) }
}

fn booked(member: &Member, now: Time) -> BankAnswered {
    BankAnswered {
        asking: None,
        bank: member.bank,
        payment: payment(member, now),
        outcome: BankOutcome::Booked { bank_reference: format!("booked-{}", now.millis()) },
    }
}

/// The same people's evidence and verdict once more, in a batch that writes nothing.
fn gate_alone(writer: &mut Writer, members: &[Member], now: Time) -> Result<Duration, Ended> {
    let taken = writer.commit(|shelf| {
        let begin = Instant::now();
        for member in members {
            let subjects = Subjects {
                customer: Some(member.customer),
                device: Some(member.device),
                bank: Some(member.bank),
                bank_account: Some(member.bank_account),
                amount: Some(Yen::of(1_000)),
                ..Subjects::default()
            };
            let evidence = shelf.evidence(Step::TopUp, &subjects, now)?;
            black_box(judge(Step::TopUp, &evidence));
        }
        Ok(begin.elapsed())
    })?;
    Ok(taken)
}
