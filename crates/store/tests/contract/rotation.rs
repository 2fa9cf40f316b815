//! The gate's tags under a new key: what was counted before is counted after, an account that is named again is the
//! same account, the old key opens nothing any more, and the book still proves (P13).

use crate::bed::{Bed, keys, violation};
use engine::{
    Ask, Code, Context, Decision, Plan, Policy, Refusal, Row, Source,
    signals::{SignalKind, SignalSaid, TakeSignal},
    watch::LookOut,
};
use gate::{By, Count, Sighting, Step, Subjects};
use store::{Fault, Keys, Load, Question, Shelf, Writer, look, rotate_tags};
use terms::{BankCode, Digest, Moment, Span, Time};

const NOW: Time = Time::from_millis(1_900_000_000_000);
const ACCOUNT: &str = "1234567";
const FIRST: [u8; 32] = [1; 32];
const SECOND: [u8; 32] = [2; 32];

fn bank() -> BankCode {
    BankCode::parse("0001").expect("a code")
}

/// A failed try at a bank account, seen by the alarms too; the holder is told.
struct Tried;

impl Ask for Tried {
    type Facts = (Digest, Digest);
    type Answer = ();
    const NAME: &'static str = "test.tried";

    fn decide(&self, (account, holder): &(Digest, Digest), at: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        let subjects = Subjects {
            bank: Some(bank()),
            bank_account: Some(*account),
            holder: Some(*holder),
            ..Subjects::default()
        };
        plan.remember(at, Step::ConsentReturned, subjects, Some(&Refusal::new(Code::ConsentDenied)));
        plan.put(Row::Sighting(Sighting {
            number: 0,
            at: at.moment.now,
            bank: bank(),
            method: "online_banking_otp".to_owned(),
            account: Some(*account),
            secret: Some(*holder),
            canary: false,
            worked: false,
            customer: None,
            device: None,
            address: None,
        }));
        Decision::done((), plan)
    }
}

impl Load for Tried {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<(Digest, Digest), Fault> {
        Ok((account(shelf), shelf.gate_tag("holder", "ヤマダ ハナコ")))
    }
}

fn account(shelf: &Shelf<'_>) -> Digest {
    shelf.gate_tag("bank account", &format!("{}\n{ACCOUNT}", bank()))
}

fn ask<A: Load>(writer: &mut Writer, ask: &A, minutes: i64) {
    let (source, policy) = (Source::default(), Policy::default());
    let now = NOW.plus(Span::minutes(minutes));
    let ran = writer.commit(|shelf| {
        let moment = Moment::new(now, u64::try_from(minutes).expect("after the beginning"));
        store::run(ask, shelf, &Context { moment, source: &source, policy: &policy })
    });
    assert!(ran.expect("the store works").is_ok());
}

fn denied(number: u32, minutes: i64) -> TakeSignal {
    let said = SignalSaid {
        jti: format!("jti-{number}"),
        kind: SignalKind::AccountCompromised,
        at: NOW.plus(Span::minutes(minutes)),
        account: Some(ACCOUNT.to_owned()),
        state: None,
        method: None,
        secret: None,
        canary: false,
    };
    TakeSignal { bank: bank(), said }
}

/// How often the account failed, and how many signals and sightings are about it.
fn told(writer: &mut Writer) -> (u64, usize, usize) {
    let count = Count::of(&[Step::ConsentReturned], By::BankAccount, Span::days(30)).refused();
    let question = Question::new(&[count]).expect("a question");
    writer
        .commit(|shelf| {
            let tag = account(shelf);
            let subjects = Subjects { bank_account: Some(tag), ..Subjects::default() };
            let answers = shelf.answers(&question, &subjects, NOW.plus(Span::days(1)))?;
            let seen = look::sightings_after(shelf, 0, 100)?;
            let about = seen.iter().filter(|sighting| sighting.account == Some(tag)).count();
            Ok((answers[0].1, look::signals_about(shelf, &tag, 100)?.len(), about))
        })
        .expect("looked")
}

fn rotated(times: usize) -> Keys {
    [FIRST, SECOND].iter().take(times).fold(keys(), Keys::rotated)
}

fn rotate(bed: &Bed, times: usize) -> Result<u64, Fault> {
    let (mut before, mut after) = (keys(), keys());
    for (number, key) in [FIRST, SECOND].iter().take(times).enumerate() {
        if number + 1 < times {
            before = before.rotated(key);
        }
        after = after.rotated(key);
    }
    rotate_tags(bed.place(), before, &after, &mut |_| ()).map(|done| done.rows)
}

// promise: P13
pub(crate) fn check(bed: &Bed) {
    let (store, mut writer) = bed.open();
    for minutes in 0..5 {
        ask(&mut writer, &Tried, minutes);
    }
    ask(&mut writer, &denied(1, 5), 6);
    ask(&mut writer, &LookOut, 7);
    assert_eq!(told(&mut writer), (5, 1, 5));
    let watch = |writer: &mut Writer| writer.commit(look::watch_state).expect("read").expect("it looked");
    let before = watch(&mut writer);
    drop((store, writer));
    for times in 1..=2 {
        let so_far = 5 + u64::try_from(times - 1).expect("few");
        let rows = rotate(bed, times).expect("rotated");
        assert_eq!(rows, 2 * so_far + 2, "each attempt, each sighting, the signal and its attempt");
        assert_eq!(rotate(bed, times).expect("done already"), 0, "twice is once");
        let refused = bed.try_open(rotated(times - 1)).err().expect("refused").to_string();
        assert!(refused.contains("another store key"), "{refused}");
        let (store, mut writer) = bed.try_open(rotated(times)).expect("opens");
        let seen = usize::try_from(so_far).expect("few");
        assert_eq!(told(&mut writer), (so_far, 1, seen), "what was counted before is counted after");
        assert_eq!(watch(&mut writer).watch.number(), before.watch.number(), "as it was saved");
        // The same account is named again: it is the same account.
        ask(&mut writer, &Tried, 10 + i64::try_from(times).expect("few"));
        ask(&mut writer, &LookOut, 20 + i64::try_from(times).expect("few"));
        assert_eq!(told(&mut writer), (so_far + 1, 1, seen + 1));
        assert_eq!(violation(&store), None);
    }
}
