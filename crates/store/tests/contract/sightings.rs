//! Sightings and signals: numbered in the order of their commits, without gaps, whoever writes; a signal that comes
//! twice is one (P3).

use crate::{
    ask::{digest, put},
    bed::{Bed, violation},
    dice::Dice,
};
use engine::{
    Code, Context, Policy, Row, Source,
    signals::{Signal, SignalKind, SignalSaid, TakeSignal},
};
use gate::Sighting;
use std::collections::BTreeMap;
use store::{Fault, Shelf, Writer, look};
use terms::{BankCode, Moment, Time};

const BATCHES: u32 = 80;
const JTIS: u64 = 12;

fn bank(number: u64) -> BankCode {
    BankCode::parse(["0001", "0009"][usize::from(number % 2 == 1)]).expect("a code")
}

fn sighting(number: u64, at: i64) -> Sighting {
    Sighting {
        number: 0,
        at: Time::from_millis(at),
        bank: bank(number),
        method: "online_banking_otp".to_owned(),
        account: number.is_multiple_of(3).then(|| digest(u8::try_from(number % 200).unwrap_or(0))),
        secret: number.is_multiple_of(5).then(|| digest(9)),
        canary: number.is_multiple_of(7),
        worked: number.is_multiple_of(2),
        customer: None,
        device: None,
        address: number.is_multiple_of(4).then(|| "192.0.2.1".to_owned()),
    }
}

/// What must be found.
#[derive(Clone, Default)]
struct Wanted {
    sightings: Vec<Sighting>,
    signals: Vec<Signal>,
    /// What was first said under an id.
    said: BTreeMap<(BankCode, String), SignalSaid>,
}

pub(crate) fn check(bed: &Bed) {
    let mut dice = Dice::new("sightings");
    let mut writers: Vec<Writer> = (0..2).map(|_| bed.open().1).collect();
    let mut wanted = Wanted::default();
    for batch in 0..BATCHES {
        if dice.one_in(20) {
            writers = (0..2).map(|_| bed.open().1).collect();
        }
        let (fails, steps, seed) = (dice.one_in(5), 1 + dice.below(7), dice.next());
        let writer = usize::from(dice.one_in(3));
        let mut after = wanted.clone();
        let done = writers[writer].commit(|shelf| {
            // A batch may be run again, from the same beginning.
            let mut dice = Dice::of(seed);
            after = wanted.clone();
            (0..steps).try_for_each(|_| step(shelf, &mut dice, &mut after))?;
            if fails { Err(Fault::Bug { ask: "test", why: "on purpose".to_owned() }) } else { Ok(()) }
        });
        match done {
            Ok(()) if !fails => wanted = after,
            Err(Fault::Bug { ask: "test", .. }) if fails => {}
            other => panic!("batch {batch}: {other:?}"),
        }
    }
    let (store, _) = bed.open();
    store.read(|shelf| wanted.found(shelf)).expect("everything is there");
    assert!(wanted.sightings.len() > 50 && wanted.signals.len() > 15, "little was played");
    assert_eq!(violation(&store), None);
}

fn step(shelf: &mut Shelf<'_>, dice: &mut Dice, wanted: &mut Wanted) -> Result<(), Fault> {
    match dice.below(5) {
        0 => wanted.found(shelf)?,
        1 | 2 => {
            let new = sighting(dice.below(1_000), 1 + dice.small(1_000));
            put(shelf, vec![Row::Sighting(new.clone())])?;
            wanted.seen(new);
        }
        _ => wanted.told(shelf, dice)?,
    }
    Ok(())
}

/// A signal under one of few ids.
fn said(dice: &mut Dice) -> TakeSignal {
    let is_try = dice.one_in(2);
    let kind = if is_try { SignalKind::TryFailed } else { SignalKind::LinkDenied };
    let said = SignalSaid {
        jti: format!("jti-{}", dice.below(JTIS)),
        kind,
        at: Time::from_millis(1 + dice.small(2)),
        account: Some(format!("account-{}", dice.below(2))),
        state: None,
        method: is_try.then(|| "online_banking_otp".to_owned()),
        secret: is_try.then(|| digest(3)),
        canary: false,
    };
    TakeSignal { bank: bank(dice.below(2)), said }
}

impl Wanted {
    fn seen(&mut self, sighting: Sighting) {
        self.sightings.push(Sighting { number: self.sightings.len() as u64 + 1, ..sighting });
    }

    fn told(&mut self, shelf: &mut Shelf<'_>, dice: &mut Dice) -> Result<(), Fault> {
        let ask = said(dice);
        let (source, policy) = (Source::default(), Policy::default());
        let now = Time::from_millis(2_000);
        let at = Context { moment: Moment::new(now, dice.next()), source: &source, policy: &policy };
        let answer = store::run(&ask, shelf, &at)?;
        let key = (ask.bank, ask.said.jti.clone());
        match self.said.get(&key) {
            Some(known) if *known == ask.said => assert_eq!(answer, Ok(())),
            Some(_) => assert_eq!(answer.map_err(|no| no.code), Err(Code::IdReused)),
            None => {
                assert_eq!(answer, Ok(()));
                self.said.insert(key, ask.said.clone());
                let new = look::signals(shelf, None, 1)?.pop().expect("it was taken");
                assert_eq!((new.number, new.bank), (self.signals.len() as u64 + 1, ask.bank));
                assert_eq!(
                    (&new.told.jti, new.told.kind, new.told.at),
                    (&ask.said.jti, ask.said.kind, ask.said.at)
                );
                assert_ne!(
                    new.told.secret,
                    ask.said.secret.or(Some(digest(3))),
                    "the bank's own tag is not kept"
                );
                if ask.said.kind.is_try() {
                    let newest = look::sightings_after(shelf, self.sightings.len() as u64, 10)?;
                    let [seen] = newest.as_slice() else { panic!("one sighting: {newest:?}") };
                    assert_eq!((seen.account, seen.secret), (new.told.account, new.told.secret));
                    self.seen(seen.clone());
                }
                self.signals.push(new);
            }
        }
        Ok(())
    }

    fn found(&self, shelf: &mut Shelf<'_>) -> Result<(), Fault> {
        let (mut seen, mut after) = (Vec::new(), 0);
        loop {
            let page = look::sightings_after(shelf, after, 7)?;
            let Some(last) = page.last() else { break };
            after = last.number;
            seen.extend(page);
        }
        assert_eq!(seen, self.sightings);
        let (mut told, mut before) = (Vec::new(), None);
        loop {
            let page = look::signals(shelf, before, 3)?;
            let Some(last) = page.last() else { break };
            before = Some(last.number);
            told.extend(page);
        }
        told.reverse();
        assert_eq!(told, self.signals);
        for signal in &self.signals {
            let account = signal.told.account.expect("each has one");
            let about = look::signals_about(shelf, &account, 100)?;
            let wanted = self.signals.iter().rev().filter(|other| other.told.account == Some(account));
            assert!(about.iter().eq(wanted), "{about:?}");
        }
        Ok(())
    }
}
