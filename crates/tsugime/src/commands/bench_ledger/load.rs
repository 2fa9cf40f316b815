//! Callers that send one batch after the other and wait for each to be on disk.

use super::traffic::{Dice, Skew, Traffic};
use crate::exit::Ended;
use ledger::Applied;
use player::Samples;
use std::time::{Duration, Instant};
use teller::{No, Teller};

/// One point of the measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) skew: Skew,
    pub(crate) clients: u32,
    pub(crate) batch: u32,
    pub(crate) seconds: u64,
}

/// What was measured.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) transfers: u64,
    pub(crate) refused: u64,
    pub(crate) elapsed: Duration,
    pub(crate) calls: Samples,
}

impl Measured {
    pub(crate) fn merge(&mut self, other: Self) {
        self.transfers += other.transfers;
        self.refused += other.refused;
        self.elapsed += other.elapsed;
        self.calls.merge(other.calls);
    }
}

/// Lets callers send for a time; each has its next batch ready when the last one is answered.
pub(crate) async fn run(
    teller: &Teller,
    traffic: &Traffic,
    point: &Point,
    time: Duration,
) -> Result<Measured, Ended> {
    let begun = Instant::now();
    let callers =
        (0..point.clients).map(|caller| send(teller, traffic, point, begun + time, u64::from(caller)));
    let mut all = Measured::default();
    for measured in futures_util::future::join_all(callers).await {
        all.merge(measured?);
    }
    all.elapsed = begun.elapsed();
    Ok(all)
}

async fn send(
    teller: &Teller,
    traffic: &Traffic,
    point: &Point,
    until: Instant,
    caller: u64,
) -> Result<Measured, Ended> {
    let mut dice = Dice::new(teller.now().millis().unsigned_abs() ^ (caller << 48));
    let mut measured = Measured::default();
    let mut next = traffic.batch(point.skew, point.batch, &mut dice);
    while Instant::now() < until {
        let sent = Instant::now();
        let posted = teller.post_all(next, engine::Source::default());
        // The next batch is made while this one is on its way, as a caller on another machine would.
        let (outcomes, made) =
            tokio::join!(posted, async { traffic.batch(point.skew, point.batch, &mut dice) });
        next = made;
        match outcomes {
            Ok(outcomes) => {
                measured.calls.add(sent.elapsed());
                let applied = outcomes.iter().filter(|outcome| **outcome == Ok(Applied::Now)).count() as u64;
                measured.transfers += applied;
                measured.refused += outcomes.len() as u64 - applied;
            }
            Err(No::Busy) => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(no) => return Err(Ended::Fault(no.to_string())),
        }
    }
    Ok(measured)
}
