//! The counts of the log beside those of a list of everything, counted one by one, as slowly and plainly as can be.

use super::{
    log::{Entry, Log},
    orders::{CODES, Orders},
    record::Record,
};
use crate::world::Dice;
use gate::{By, Count, How, NEVER, Step, Tally, needs};
use std::collections::BTreeSet;

const STEPS: [Step; 12] = [
    Step::SignUp,
    Step::Opening,
    Step::Code,
    Step::SignIn,
    Step::Recovery,
    Step::AuthenticatorChange,
    Step::ConsentBegun,
    Step::ConsentReturned,
    Step::BankSignal,
    Step::TopUp,
    Step::Transfer,
    Step::Payout,
];

fn on(entry: &Entry, by: By) -> Option<u64> {
    let number = match by {
        By::Customer => entry.wallet.into(),
        By::Device => entry.device,
        By::Address => entry.address.into(),
        By::Network => (entry.address / 256).into(),
        By::Bank => entry.bank.into(),
        By::BankAccount => entry.account,
        By::Holder => entry.holder,
        By::Payee | By::AsPayee => entry.payee.into(),
    };
    Some(number).filter(|number| *number > 0)
}

/// As the gate's own tests and the store's question read: see `Count`.
fn counted(count: &Count, asks: &Entry, all: &[Entry]) -> u64 {
    if asks.yen > 0 && i64::from(asks.yen) < count.least.get() {
        return count.nothing();
    }
    let by = |entry: &Entry| {
        let (asked, column) = match count.by {
            By::AsPayee => (on(asks, By::Customer), By::Payee),
            by => (on(asks, by), by),
        };
        asked.is_some() && on(entry, column) == asked
    };
    let ago = |entry: &Entry| i64::from(asks.at) - i64::from(entry.at);
    let (span, skip) = (count.span.as_millis() / 1_000, count.skip.as_millis() / 1_000);
    let mut found: Vec<&Entry> = Vec::new();
    for (step, refused) in count.steps.iter().flat_map(|step| [(*step, false), (*step, true)]) {
        if matches!((count.how, refused), (How::Taken, true) | (How::Refused | How::RefusedFor(_), false)) {
            continue;
        }
        let rows = all.iter().rev().filter(|e| e.step == step as u8 && e.refused == refused && by(e));
        let rows = rows.filter(|e| ago(e) >= skip.max(0) && ago(e) < span).take(count.rows as usize);
        found.extend(rows.filter(|e| match count.how {
            How::RefusedFor(codes) => codes.contains(&CODES[usize::from(e.code)]),
            _ => true,
        }));
    }
    found.retain(|e| count.same.is_none_or(|same| on(asks, same).is_some() && on(e, same) == on(asks, same)));
    let ages = || found.iter().map(|e| ago(e) as u64 * 1_000);
    match count.tally {
        Tally::Attempts => found.len() as u64,
        Tally::Distinct(of) => found.iter().filter_map(|e| on(e, of)).collect::<BTreeSet<_>>().len() as u64,
        Tally::Yen => found.iter().map(|e| u64::from(e.yen)).sum(),
        Tally::SinceFirst => ages().max().unwrap_or(NEVER),
        Tally::SinceLast => ages().min().unwrap_or(NEVER),
    }
}

fn anything(dice: &mut Dice, at: u32) -> Entry {
    let step = *dice.pick(&STEPS).expect("a step");
    let moves = !step.is_door();
    // Half of the time few, so that they meet.
    let mut one_of = |few: u64| if dice.chance(100) { 0 } else { 1 + dice.below(few) };
    Entry {
        at,
        step: step as u8,
        wallet: one_of(6) as u32,
        device: one_of(5),
        address: one_of(900) as u32,
        bank: one_of(9) as u8,
        account: one_of(7),
        holder: one_of(8),
        payee: if step == Step::Transfer { one_of(6) as u32 } else { 0 },
        yen: if moves { 1_000 + one_of(60) as u32 * 1_000 } else { 0 },
        refused: one_of(100) < 30,
        code: one_of(2) as u8,
    }
}

#[test]
fn what_is_forgotten_is_not_missed() {
    let (record, mut unlike_nothing) = (Record::NONE, 0);
    for seed in [2_020, 7, 41] {
        let mut dice = Dice::new(seed);
        // Asks come up to a day late, as money does behind the door.
        let (mut doors, mut own, mut all) = (Log::new(86_400), Log::new(86_400), Vec::new());
        let mut now = 10_000_000;
        for _ in 0..1_500 {
            // Quarters of an hour, so that something lies exactly a span back.
            now += if dice.chance(30) { dice.below(800) } else { dice.below(5) } as u32 * 900;
            let entry = anything(&mut dice, now);
            let door = STEPS.iter().any(|step| *step as u8 == entry.step && step.is_door());
            if door { &mut doors } else { &mut own }.remember(entry);
            all.push(entry);
            let late = if dice.chance(500) { dice.below(96) as u32 * 900 } else { 0 };
            let asks = anything(&mut dice, now - late);
            let step = Step::ALL[usize::from(asks.step)];
            for (count, answer) in Orders::all().answers(step, &asks, &record, &doors, &own) {
                if count.span > terms::Span::days(90) {
                    continue;
                }
                assert_eq!(answer, counted(&count, &asks, &all), "seed {seed}, {count}: {asks:?}");
                unlike_nothing += u32::from(answer != count.nothing());
            }
            assert_eq!(needs(step).len(), Orders::all().answers(step, &asks, &record, &doors, &own).count());
        }
        doors.forget_until(now + 100 * 86_400);
        own.forget_until(now + 100 * 86_400);
        assert_eq!((doors.len(), own.len(), doors.subjects(), own.subjects()), (0, 0, 0, 0));
    }
    assert!(unlike_nothing > 3_000, "{unlike_nothing}");
}
