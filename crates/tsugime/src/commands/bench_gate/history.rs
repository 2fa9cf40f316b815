//! Years of tries at banks behind the gate, kept by the store's own path, and how fast evidence is drawn from them.

use super::Options;
use crate::exit::Ended;
use engine::{Ask, Context, Decision, Plan, Policy, Refusal, Source};
use gate::{Step, Subjects, judge};
use player::{Latency, Samples};
use serde::Serialize;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use store::{Fault, Load, Shelf, Store, Writer};
use terms::{BankCode, CustomerId, DeviceId, Digest, Moment, Span, Time};
use uuid::Uuid;

/// 2021-11-23T00:00:00Z; what was tried since then lies five years back at most.
const BEGIN: Time = Time::from_millis(1_637_625_600_000);
const FIVE_YEARS: Span = Span::days(1_826);
const COMMIT: u64 = 10_000;
const ASKED: u64 = 5_000;

/// Tries that were remembered.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) attempts: u64,
    pub(crate) bank_accounts: u64,
    pub(crate) per_s: u64,
    pub(crate) end: Time,
}

/// How fast evidence is drawn and judged, one ask after the other.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Drawn {
    pub(crate) step: &'static str,
    pub(crate) per_s: u64,
    pub(crate) latency: Latency,
}

/// One try as it would have been remembered; nothing else is written.
struct Try(Subjects, bool);

impl Ask for Try {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "bench.try";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        let refused = Refusal::new(engine::Code::ConsentDenied);
        let refused = self.1.then_some(&refused);
        plan.remember(at, Step::ConsentReturned, self.0.clone(), refused);
        Decision::done((), plan)
    }
}

impl Load for Try {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// 64 bits that belong to a number and a purpose (SplitMix64).
pub(crate) const fn mixed(number: u64, purpose: u64) -> u64 {
    let mut z =
        number.wrapping_add(purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xd129_0d3f_8e4d_9b5b);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An id of ours that belongs to a number.
pub(crate) fn id(number: u64, purpose: u64) -> Uuid {
    Uuid::from_u64_pair(mixed(number, purpose), mixed(number, purpose + 100))
}

/// A keyed tag that belongs to a number.
pub(crate) fn tag(number: u64, purpose: u64) -> Digest {
    let mut bytes = [0; 32];
    for (place, chunk) in (0_u64..).zip(bytes.chunks_exact_mut(8)) {
        chunk.copy_from_slice(&mixed(number, purpose * 8 + place).to_le_bytes());
    }
    Digest::new(bytes)
}

/// Who tries: one of as many bank accounts, and people who come back now and then.
pub(crate) fn subjects(number: u64, bank_accounts: u64) -> Subjects {
    let account = mixed(number, 1) % bank_accounts;
    let bank = account % 35;
    // Each person tries three times in all.
    let person = number / 3;
    let octets = mixed(person, 4).to_le_bytes();
    let address = format!("{}.{}.{}.{}", 1 + octets[0] % 223, octets[1], octets[2], octets[3]);
    Subjects {
        customer: Some(CustomerId::new(id(person, 2))),
        device: Some(DeviceId::new(id(person, 3))),
        network: gate::network_around(&address),
        address: Some(address),
        bank: BankCode::parse(&format!("{bank:04}")).ok(),
        bank_account: Some(tag(account, 5)),
        holder: Some(tag(account / 2, 6)),
        ..Subjects::default()
    }
}

/// Fills the store with tries, evenly over five years.
///
/// # Errors
/// The store fails.
pub(crate) fn fill(writer: &mut Writer, options: &Options) -> Result<History, Ended> {
    let (source, policy) = (Source::default(), Policy::default());
    let step = FIVE_YEARS.as_millis().unsigned_abs() / options.attempts.max(1);
    let at = |number: u64| BEGIN.plus(Span::millis(i64::try_from(number * step).unwrap_or(i64::MAX)));
    let begin = Instant::now();
    let mut done = 0;
    while done < options.attempts {
        let end = (done + COMMIT).min(options.attempts);
        writer.commit(|shelf| {
            for number in done..end {
                let moment = Moment::new(at(number), mixed(number, 7));
                let at = Context { moment, source: &source, policy: &policy };
                // 15 of 100 fail.
                let refused = mixed(number, 8) % 100 < 15;
                let ran = store::run(&Try(subjects(number, options.bank_accounts), refused), shelf, &at)?;
                debug_assert!(ran.is_ok());
            }
            Ok(())
        })?;
        done = end;
        if done.is_multiple_of(COMMIT * 50) || done == options.attempts {
            eprintln!("· {done} attempts of {}", options.attempts);
        }
    }
    Ok(History {
        attempts: options.attempts,
        bank_accounts: options.bank_accounts,
        per_s: per_s(done, begin.elapsed()),
        end: at(done),
    })
}

pub(crate) fn per_s(count: u64, elapsed: Duration) -> u64 {
    count.saturating_mul(1_000_000) / u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).max(1)
}

impl History {
    /// Draws evidence for people who tried before, and judges it.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) fn measure(&self, store: &Store) -> Result<Vec<Drawn>, Ended> {
        let mut drawn = Vec::new();
        for step in [Step::ConsentReturned, Step::TopUp] {
            let (mut samples, begin) = (Samples::default(), Instant::now());
            store.read(|shelf| {
                for number in 0..ASKED {
                    let subjects = subjects(mixed(number, 9) % self.attempts, self.bank_accounts);
                    let asked = Instant::now();
                    let evidence = shelf.evidence(step, &subjects, self.end)?;
                    black_box(judge(step, &evidence));
                    samples.add(asked.elapsed());
                }
                Ok(())
            })?;
            let (per_s, latency) = (per_s(ASKED, begin.elapsed()), samples.latency());
            drawn.push(Drawn { step: step.as_str(), per_s, latency });
        }
        Ok(drawn)
    }
}
