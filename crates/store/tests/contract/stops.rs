//! Stops: in force for the next ask of the same batch, for the other writer at once and after a new start; taken back
//! with a batch that fails; probing and closed again by two people who are still of the staff (P7).

use crate::{
    ask::{digest, put},
    bed::{Bed, violation},
};
use engine::{
    Code, Context, Policy, Row, Source,
    operators::{AddOperator, EndOperator, Operator},
    stops::{AskToResume, ConfirmResume, Stop},
};
use gate::{Breaker, Level, Ruling, Scope, Setting, Step, Subjects, judge};
use std::collections::BTreeMap;
use store::{Fault, Load, Shelf, Store, Writer, look};
use terms::{BankCode, CustomerId, Moment, OperatorName, Time};
use uuid::Uuid;

const NOW: Time = Time::from_millis(1_900_000_000_000);
const CUSTOMERS: u128 = 300;

fn name(text: &str) -> OperatorName {
    OperatorName::parse(text).expect("a name")
}

fn scope(text: &str) -> Scope {
    text.parse().expect("a scope")
}

fn run<A: Load>(shelf: &mut Shelf<'_>, ask: &A) -> Result<Result<A::Answer, Code>, Fault> {
    let (source, policy) = (Source::default(), Policy::default());
    let at = Context { moment: Moment::new(NOW, 7), source: &source, policy: &policy };
    Ok(store::run(ask, shelf, &at)?.map_err(|refusal| refusal.code))
}

fn ask<A: Load>(writer: &mut Writer, ask: &A) -> Result<A::Answer, Code> {
    writer.commit(|shelf| run(shelf, ask)).expect("the store works")
}

fn stop(of: &str, level: Level) -> Stop {
    Stop { by: name("akari"), scope: scope(of), level, reason: "failures tripled".to_owned() }
}

fn first(of: &str, to: Setting, version: u64) -> AskToResume {
    AskToResume { by: name("minato"), scope: scope(of), to, version, reason: "it is calm".to_owned() }
}

fn second(of: &str, to: Setting, version: u64) -> ConfirmResume {
    ConfirmResume { by: name("sora"), scope: scope(of), to, version }
}

/// What the gate would say now, inside of a batch.
fn ruled(shelf: &mut Shelf<'_>, step: Step, bank: &str, customer: Option<u128>) -> Result<Ruling, Fault> {
    let bank = Some(BankCode::parse(bank).expect("a code"));
    let customer = customer.map(|number| CustomerId::new(Uuid::from_u128(number)));
    let subjects = Subjects { bank, customer, ..Subjects::default() };
    Ok(judge(step, &shelf.evidence(step, &subjects, NOW)?).ruling())
}

fn ruling(writer: &mut Writer, step: Step, bank: &str) -> Ruling {
    writer.commit(|shelf| ruled(shelf, step, bank, None)).expect("counted")
}

/// What many customers at the bank meet.
fn rulings(writer: &mut Writer) -> Vec<Ruling> {
    let all = |shelf: &mut Shelf<'_>| {
        (0..CUSTOMERS).map(|number| ruled(shelf, Step::ConsentBegun, "0001", Some(number))).collect()
    };
    writer.commit(all).expect("counted")
}

fn listed(store: &Store) -> Vec<(String, Setting)> {
    let stops = store.read(look::stops).expect("read");
    stops.iter().map(|breaker| (breaker.scope.to_string(), breaker.setting)).collect()
}

fn staff() -> Vec<Row> {
    let person = |text: &str| {
        let added_by = Operator::first_hour();
        let token = digest(text.as_bytes()[0]);
        Row::Operator(Operator {
            name: name(text),
            token,
            added_by,
            line: name(text),
            created_at: NOW,
            ended_at: None,
        })
    };
    ["akari", "minato", "sora"].map(person).to_vec()
}

// promise: P7
pub(crate) fn check(bed: &Bed) {
    let (store, mut here) = bed.open();
    let (_, mut there) = bed.open();
    here.commit(|shelf| put(shelf, staff())).expect("kept");
    // Both have looked, so both remember that nothing is stopped.
    for writer in [&mut here, &mut there] {
        assert_eq!(ruling(writer, Step::ConsentBegun, "0001"), Ruling::Allow);
    }
    a_stop_is_in_force_at_once(&store, &mut here, &mut there);
    each_scope_is_its_own(&store, &mut here, &mut there);
    drop((here, there));
    let (_, mut here) = bed.open();
    assert_eq!(ruling(&mut here, Step::ConsentBegun, "0001"), Ruling::Stop, "after a new start");
    let (_, mut there) = bed.open();
    two_people_of_the_staff_resume(&mut here, &mut there);
    it_is_probed_alike_everywhere(bed, &mut here, &mut there);
    assert_eq!(listed(&store), [("bank:0009".to_owned(), Setting::Open)], "closed ones are left out");
    let kept = |shelf: &mut Shelf<'_>| look::breaker_of(shelf, &scope("bank:0001"));
    let kept: Option<Breaker> = store.read(kept).expect("read");
    let kept = kept.expect("a closed breaker is kept");
    assert_eq!((kept.setting, kept.version), (Setting::Closed, 5));
    assert_eq!(violation(&store), None);
}

fn a_stop_is_in_force_at_once(store: &Store, here: &mut Writer, there: &mut Writer) {
    let of = stop("bank:0001", Level::Links);
    let failed = here.commit(|shelf| {
        let stopped = run(shelf, &of)?;
        assert_eq!(stopped.expect("stopped").version, 1);
        assert_eq!(ruled(shelf, Step::ConsentBegun, "0001", None)?, Ruling::Stop);
        Err::<(), _>(Fault::Bug { ask: "test", why: "on purpose".to_owned() })
    });
    assert!(failed.is_err());
    for writer in [&mut *here, &mut *there] {
        assert_eq!(ruling(writer, Step::ConsentBegun, "0001"), Ruling::Allow, "taken back with its batch");
    }
    assert_eq!(listed(store), []);
    let in_batch = here.commit(|shelf| {
        let before = ruled(shelf, Step::ConsentReturned, "0001", None)?;
        let stopped = run(shelf, &of)?;
        assert_eq!(stopped.expect("stopped").version, 1);
        let after = ruled(shelf, Step::ConsentReturned, "0001", None)?;
        let seen: Vec<u64> = look::stops(shelf)?.iter().map(|breaker| breaker.version).collect();
        Ok((before, after, seen))
    });
    assert_eq!(in_batch.expect("committed"), (Ruling::Allow, Ruling::Stop, vec![1]), "the next of the batch");
    for (told, writer) in [("here", here), ("at the other writer, which had looked before", there)] {
        assert_eq!(ruling(writer, Step::ConsentBegun, "0001"), Ruling::Stop, "{told}");
        assert_eq!(ruling(writer, Step::ConsentReturned, "0001"), Ruling::Stop, "{told}");
        assert_eq!(ruling(writer, Step::Unlink, "0001"), Ruling::Allow, "{told}");
    }
    assert_eq!(listed(store), [("bank:0001".to_owned(), Setting::Open)]);
}

fn each_scope_is_its_own(store: &Store, here: &mut Writer, there: &mut Writer) {
    for of in ["operation:transfer", "bank:0009", "all"] {
        ask(there, &stop(of, Level::Links)).expect("stopped");
    }
    let open = |text: &str| (text.to_owned(), Setting::Open);
    let all = ["all", "bank:0001", "bank:0009", "operation:transfer"].map(open);
    assert_eq!(listed(store), all, "in the order of their scopes");
    let expected = [
        (Step::ConsentBegun, "0005", Ruling::Stop),
        (Step::Transfer, "0005", Ruling::Stop),
        (Step::Payout, "0001", Ruling::Allow),
    ];
    for (step, bank, ruled) in expected {
        assert_eq!(ruling(here, step, bank), ruled, "{step:?} at {bank}");
    }
    for of in ["operation:transfer", "all"] {
        ask(here, &first(of, Setting::Closed, 1)).expect("asked");
        ask(there, &second(of, Setting::Closed, 2)).expect("confirmed");
    }
    let expected = [
        (Step::ConsentBegun, "0005", Ruling::Allow),
        (Step::ConsentBegun, "0009", Ruling::Stop),
        (Step::Transfer, "0005", Ruling::Allow),
    ];
    for (step, bank, ruled) in expected {
        assert_eq!(ruling(here, step, bank), ruled, "{step:?} at {bank}");
    }
}

fn two_people_of_the_staff_resume(here: &mut Writer, there: &mut Writer) {
    let of = "bank:0001";
    // Somebody joins at one writer and leaves at the other, which had seen them.
    let add = AddOperator { by: name("akari"), name: name("nagi"), token: digest(b'n') };
    ask(here, &add).expect("added");
    assert_eq!(ask(there, &add).expect_err("a name is given once"), Code::WrongState);
    let by_token = |shelf: &mut Shelf<'_>| look::operator_by_token(shelf, &digest(b'n'));
    let found = there.commit(by_token).expect("read").expect("added");
    assert!(found.is_active());
    let nagi = AskToResume { by: name("nagi"), ..first(of, Setting::Probing1, 0) };
    assert_eq!(ask(there, &nagi).expect_err("an older version"), Code::ChangedSince);
    ask(here, &EndOperator { by: name("akari"), name: name("nagi") }).expect("ended");
    assert!(!there.commit(by_token).expect("read").expect("a name is kept").is_active());
    let nagi = AskToResume { version: 1, ..nagi };
    assert_eq!(ask(there, &nagi).expect_err("who left"), Code::SecondPersonNeeded);

    ask(here, &first(of, Setting::Probing1, 1)).expect("asked");
    assert_eq!(ruling(there, Step::ConsentBegun, "0001"), Ruling::Stop, "nothing yet");
    let alone = ConfirmResume { by: name("minato"), ..second(of, Setting::Probing1, 2) };
    assert_eq!(ask(there, &alone).expect_err("whoever asked"), Code::SecondPersonNeeded);
    let own = ConfirmResume { by: name("akari"), ..second(of, Setting::Probing1, 2) };
    assert_eq!(ask(there, &own).expect_err("whoever stopped"), Code::SecondPersonNeeded);
    let probing = ask(there, &second(of, Setting::Probing1, 2)).expect("confirmed");
    assert_eq!((probing.setting, probing.version), (Setting::Probing1, 3));
    assert_eq!(ask(here, &second(of, Setting::Probing1, 2)).expect_err("again"), Code::ChangedSince);
}

/// A hundredth of the customers goes on with a signature, the same ones here, there and after a new start; then all.
fn it_is_probed_alike_everywhere(bed: &Bed, here: &mut Writer, there: &mut Writer) {
    let seen = rulings(here);
    assert_eq!(rulings(there), seen);
    assert_eq!(rulings(&mut bed.open().1), seen, "after a new start");
    let mut share = BTreeMap::new();
    seen.iter().for_each(|ruling| *share.entry(format!("{ruling:?}")).or_insert(0) += 1);
    let (goes_on, stopped) = (share.get("StepUp").copied().unwrap_or(0), share["Stop"]);
    assert_eq!(goes_on + stopped, seen.len(), "{share:?}");
    assert!(goes_on <= 15, "{share:?}");
    assert_eq!(ruling(here, Step::ConsentBegun, "0001"), Ruling::Stop, "who is nobody does not go on");
    ask(here, &first("bank:0001", Setting::Closed, 3)).expect("asked");
    ask(there, &second("bank:0001", Setting::Closed, 4)).expect("confirmed");
    for writer in [here, there] {
        assert_eq!(ruling(writer, Step::ConsentBegun, "0001"), Ruling::Allow, "closed again");
    }
}
