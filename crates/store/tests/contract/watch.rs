//! The watch: a trap that is tried twice opens a breaker, once, whoever writes and however often it starts again; what
//! people resume stays resumed (P7).

use crate::{ask::put, bed::Bed};
use engine::{
    Context, Policy, Row, Source,
    operators::Operator,
    stops::{AskToResume, ConfirmResume, Stop},
    watch::{LookOut, Looked},
};
use gate::{Level, Ruling, Scope, Setting, Sighting, Step, Subjects, judge};
use store::{Load, Writer, look};
use terms::{BankCode, Digest, Moment, OperatorName, Span, Time};

const BEGIN: Time = Time::from_millis(1_900_000_000_000);

fn bank() -> BankCode {
    BankCode::parse("0001").expect("a code")
}

fn tried(at: Time, canary: bool) -> Row {
    Row::Sighting(Sighting {
        number: 0,
        at,
        bank: bank(),
        method: "registered_phone_sms".to_owned(),
        account: Some(Digest::new([9; 32])),
        secret: None,
        canary,
        worked: false,
        customer: None,
        device: None,
        address: None,
    })
}

fn ask<A: Load + Clone>(writer: &mut Writer, ask: &A, at: Time) -> Result<A::Answer, engine::Code> {
    let (source, policy) = (Source::default(), Policy::default());
    let ran = writer.commit(|shelf| {
        let at = Context {
            moment: Moment::new(at, u64::try_from(at.millis()).expect("after 1970")),
            source: &source,
            policy: &policy,
        };
        store::run(ask, shelf, &at)
    });
    ran.expect("the store works").map_err(|refusal| refusal.code)
}

fn see(writer: &mut Writer, rows: Vec<Row>) {
    writer.commit(|shelf| put(shelf, rows.clone())).expect("kept");
}

fn ruling(writer: &mut Writer, at: Time) -> Ruling {
    let subjects = Subjects { bank: Some(bank()), ..Subjects::default() };
    let evidence = writer.commit(|shelf| shelf.evidence(Step::ConsentBegun, &subjects, at));
    judge(Step::ConsentBegun, &evidence.expect("counted")).ruling()
}

pub(crate) fn check(bed: &Bed) {
    let (_store, mut writer) = bed.open();
    let at = |minutes: i64| BEGIN.plus(Span::minutes(minutes));
    let quiet = Looked { alarms: 0, stops: 0, more: false };
    assert_eq!(ask(&mut writer, &LookOut, at(0)), Ok(quiet), "nothing was tried yet");
    see(&mut writer, vec![tried(at(1), false), tried(at(1), true)]);
    assert_eq!(ask(&mut writer, &LookOut, at(1)), Ok(quiet), "one hit may be a slip");
    assert_eq!(ruling(&mut writer, at(1)), Ruling::Allow);

    // Another process has the pen now: it has seen none of this, and folds over what was not saved.
    let (store, mut other) = bed.open();
    see(&mut other, vec![tried(at(2), true)]);
    let looked = ask(&mut other, &LookOut, at(2)).expect("it looks");
    assert!(looked.alarms >= 1 && looked.stops >= 1, "{looked:?}");
    assert_eq!(ruling(&mut writer, at(2)), Ruling::Stop, "in force for whoever decides next");
    assert_eq!(ask(&mut writer, &LookOut, at(3)), Ok(quiet), "an alarm rings once");
    let alarms = store.read(|shelf| look::alarms_since(shelf, BEGIN, 10)).expect("read");
    assert_eq!(alarms.len(), looked.alarms);
    assert!(alarms.iter().all(|raised| !raised.alarm.says.ja.is_empty() && raised.alarm.number == 3));

    // Two people look at it and let it go on; the alarm of before does not stop it again.
    let names = ["akari", "minato"].map(|name| OperatorName::parse(name).expect("a name"));
    let people = names.each_ref().map(|name| {
        let token = Digest::new([name.as_str().as_bytes()[0]; 32]);
        let added_by = Operator::first_hour();
        Row::Operator(Operator {
            name: name.clone(),
            token,
            added_by,
            line: name.clone(),
            created_at: at(0),
            ended_at: None,
        })
    });
    see(&mut writer, people.to_vec());
    let stops = store.read(look::stops).expect("read");
    for breaker in stops.iter() {
        let (scope, to, version) = (breaker.scope.clone(), Setting::Closed, breaker.version);
        let [by, _] = names.clone();
        let first = AskToResume { by, scope: scope.clone(), to, version, reason: "looked at".to_owned() };
        ask(&mut writer, &first, at(4)).expect("asked");
        let [_, by] = names.clone();
        let second = ConfirmResume { by, scope, to, version: version + 1 };
        assert_eq!(ask(&mut writer, &second, at(5)).expect("confirmed").setting, Setting::Closed);
    }
    assert_eq!(ruling(&mut other, at(5)), Ruling::Allow, "for the other one too");
    drop((writer, other));
    let (_store, mut writer) = bed.open();
    assert_eq!(ask(&mut writer, &LookOut, at(6)), Ok(quiet), "a new start rings nothing again");
    assert_eq!(ruling(&mut writer, at(6)), Ruling::Allow);
    let [by, _] = names;
    let stop = Stop { by, scope: Scope::Bank(bank()), level: Level::Links, reason: "by hand".to_owned() };
    ask(&mut writer, &stop, at(7)).expect("stopped");
    assert_eq!(ruling(&mut writer, at(7)), Ruling::Stop);
}
