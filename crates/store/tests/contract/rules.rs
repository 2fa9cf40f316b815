//! Operators' rules: one proposes, another promotes, whoever writes next is under them; what a shadow noted is what a
//! back-test of the same history finds.

use crate::{ask::put, bed::Bed, dice::Dice};
use engine::{
    Ask, Code, Context, Decision, Policy, Row, Source,
    operators::Operator,
    rules::{PromoteRules, ProposeRules, RetireRules, RuleSetState},
};
use gate::{
    Evidence, Ruling, Step, Subjects, judge,
    rules::{BackTest, RuleBook},
};
use store::{Fault, Load, Shelf, Store, Writer, look};
use terms::{CustomerId, Digest, Moment, OperatorName, Span, Time, Yen};
use uuid::Uuid;

const BEGIN: Time = Time::from_millis(1_900_000_000_000);
const TRIES: u64 = 150;

fn file(version: u32, when: &str, weight: u32) -> String {
    format!(
        "[[rule]]\ncode = \"often\"\nversion = {version}\nsteps = [\"payout\"]\nwhen = \"{when}\"\nweight = {weight}\n\
         says_ja = \"多い\"\nsays_en = \"Often.\"\n[rule.counts]\n\
         tries = {{ step = \"payout\", by = \"customer\", span = \"10m\" }}\n\
         others = {{ step = \"payout\", by = \"bank_account\", distinct = \"customer\", span = \"2h\" }}\n\
         [[rule]]\ncode = \"much\"\nversion = 1\nsteps = [\"payout\"]\nweight = 0\n\
         when = \"paid + amount > 9000 && last < duration('30m') && first > duration('9m') && both > 0\"\n\
         says_ja = \"高い\"\nsays_en = \"Much.\"\n[rule.counts]\n\
         paid = {{ step = \"payout\", how = \"taken\", by = \"customer\", tally = \"yen\", span = \"1h\" }}\n\
         last = {{ step = \"payout\", how = \"taken\", by = \"customer\", tally = \"since_last\", span = \"1d\" }}\n\
         first = {{ step = \"payout\", how = \"taken\", by = \"customer\", tally = \"since_first\", span = \"1h\" }}\n\
         both = {{ step = \"payout\", by = \"customer\", same = \"bank_account\", span = \"1d\" }}\n"
    )
}

/// A payout that does nothing but be judged and remembered.
#[derive(Clone)]
struct Try(Subjects);

impl Ask for Try {
    type Facts = Evidence;
    type Answer = ();
    const NAME: &'static str = "test.try";

    fn decide(&self, evidence: &Evidence, at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Payout, evidence);
        Decision::judged(at, &verdict, self.0.clone(), |_| match verdict.ruling() {
            Ruling::Allow => Ok(()),
            other => Err(engine::Refusal::no_pass(other)),
        })
    }
}

impl Load for Try {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<Evidence, Fault> {
        shelf.evidence(Step::Payout, &self.0, at.moment.now)
    }
}

fn ask<A: Load + Clone>(writer: &mut Writer, ask: &A, at: Time) -> Result<A::Answer, Code> {
    let (source, policy) = (Source::default(), Policy::default());
    let ran = writer.commit(|shelf| {
        let seed = u64::try_from(at.millis()).expect("after 1970");
        let at = Context { moment: Moment::new(at, seed), source: &source, policy: &policy };
        store::run(ask, shelf, &at)
    });
    ran.expect("the store works").map_err(|refusal| refusal.code)
}

fn who(customer: u64, account: u8) -> Subjects {
    Subjects {
        customer: Some(CustomerId::new(Uuid::from_u128(u128::from(customer)))),
        bank_account: Some(Digest::new([account; 32])),
        ..Subjects::default()
    }
}

fn name(text: &str) -> OperatorName {
    OperatorName::parse(text).expect("a name")
}

fn propose(writer: &mut Writer, by: &str, text: String, at: Time) -> Result<u32, Code> {
    let set = ask(writer, &ProposeRules { by: name(by), text, reason: "seen lately".to_owned() }, at)?;
    assert_eq!(set.state(), RuleSetState::Shadow);
    Ok(set.version)
}

fn promote(writer: &mut Writer, by: &str, version: u32, at: Time) -> Result<(), Code> {
    let ask_it = PromoteRules { by: name(by), version, reason: "looked at".to_owned() };
    ask(writer, &ask_it, at).map(|set| assert_eq!(set.state(), RuleSetState::Active))
}

pub(crate) fn check(bed: &Bed) {
    let (store, mut writer) = bed.open();
    let at = |minutes: i64| BEGIN.plus(Span::minutes(minutes));
    let people = ["akari", "minato"].map(|person| {
        let token = Digest::new([person.as_bytes()[0]; 32]);
        let added_by = Operator::first_hour();
        Row::Operator(Operator {
            name: name(person),
            token,
            added_by,
            line: name(person),
            created_at: BEGIN,
            ended_at: None,
        })
    });
    writer.commit(|shelf| put(shelf, people.to_vec())).expect("kept");

    let nobody = propose(&mut writer, "operator", file(1, "true", 60), at(0));
    assert_eq!(nobody, Err(Code::SecondPersonNeeded), "the first hour's token is nobody in particular");
    assert_eq!(propose(&mut writer, "akari", file(1, "nobody", 60), at(0)), Err(Code::FieldNotAllowed));
    let first = file(1, "tries > 2 || others > 1 && known_device == false", 60);
    assert_eq!(propose(&mut writer, "akari", first.clone(), at(0)), Ok(1));
    assert_eq!(propose(&mut writer, "akari", first.clone(), at(0)), Ok(1), "the same again is the same");
    let other = propose(&mut writer, "akari", file(1, "tries > 3", 60), at(0));
    assert_eq!(other, Err(Code::ChangedSince), "a code and a version are one condition");
    assert_eq!(promote(&mut writer, "akari", 1, at(0)), Err(Code::SecondPersonNeeded));
    assert_eq!(promote(&mut writer, "operator", 1, at(0)), Err(Code::SecondPersonNeeded));
    assert_eq!(promote(&mut writer, "minato", 9, at(0)), Err(Code::NotFound));

    in_shadow(&store, &mut writer, &file(1, "tries > 2 || others > 1", 60));

    // Another process writes next: it is under what was promoted here.
    let (_, mut other) = bed.open();
    let hour = |hours: i64| BEGIN.plus(Span::days(30)).plus(Span::hours(hours));
    let tries = |writer: &mut Writer, now: Time| -> Vec<_> {
        (0..5).map(|i| ask(writer, &Try(who(77, 77)), now.plus(Span::minutes(i)))).collect()
    };
    let denied = Err(Code::UnderReview);
    assert_eq!(tries(&mut other, hour(0)), [Ok(()); 5], "a shadow stops nobody");
    promote(&mut writer, "minato", 1, hour(1)).expect("promoted");
    assert_eq!(tries(&mut other, hour(2)), [Ok(()), Ok(()), Ok(()), denied, denied]);
    assert_eq!(promote(&mut other, "minato", 1, hour(3)), Err(Code::WrongState), "it is active already");
    assert_eq!(propose(&mut other, "minato", file(2, "tries > 1", 100), hour(3)), Ok(2));
    promote(&mut other, "akari", 2, hour(4)).expect("promoted");
    let gone = Err(Code::GateDenied);
    assert_eq!(
        tries(&mut writer, hour(5)),
        [Ok(()), Ok(()), gone, gone, gone],
        "the newer one took its place"
    );
    let retire = RetireRules { by: name("akari"), version: 2, reason: "too strict".to_owned() };
    let set = ask(&mut writer, &retire, hour(6)).expect("retired");
    assert_eq!(set.state(), RuleSetState::Retired);
    assert_eq!(tries(&mut other, hour(7)), [Ok(()); 5]);

    // What was in force when.
    let sets = store.read(|shelf| look::rule_sets(shelf, None, 10)).expect("read");
    let standing =
        |version: u32, at: Time| sets.iter().find(|set| set.version == version).expect("kept").state_at(at);
    use RuleSetState::{Active, Retired, Shadow};
    for (hours, one, two) in [
        (0, Some(Shadow), None),
        (1, Some(Active), None),
        (3, Some(Active), Some(Shadow)),
        (4, Some(Retired), Some(Active)),
        (6, Some(Retired), Some(Retired)),
    ] {
        assert_eq!((standing(1, hour(hours)), standing(2, hour(hours))), (one, two), "hour {hours}");
    }
    assert_eq!(standing(1, BEGIN.minus(Span::millis(1))), None);
}

/// Random payouts under the shadow: what it noted is what a back-test finds, and it stopped nobody.
fn in_shadow(store: &Store, writer: &mut Writer, text: &str) {
    let mut dice = Dice::new("rules");
    let mut now = BEGIN.plus(Span::minutes(1));
    for _ in 0..TRIES {
        let minutes = dice.below(8);
        now = now.plus(Span::minutes(i64::try_from(minutes).expect("few") + 1));
        let subjects = Subjects {
            amount: Some(Yen::of(1 + dice.small(5_000))),
            ..who(dice.below(4), u8::try_from(dice.below(3)).expect("few"))
        };
        assert_eq!(ask(writer, &Try(subjects), now), Ok(()), "a shadow changes no ruling");
    }
    let end = now.plus(Span::millis(1));
    let mut history = Vec::new();
    store
        .read(|shelf| {
            history = look::attempts_between(shelf, BEGIN.plus(Span::minutes(1)), end, None)?;
            let half = &history[history.len() / 2];
            let rest = look::attempts_between(shelf, BEGIN, end, Some((half.at, half.id)))?;
            assert!(rest.iter().eq(&history[history.len() / 2 + 1..]), "a page begins behind the last one");
            Ok(())
        })
        .expect("read");
    let noted = |rule: &str| {
        let found = history.iter().flat_map(|attempt| &attempt.findings);
        found.filter(|one| one.detector == format!("shadow:{rule}") && one.weight == 0).count()
    };
    let book = RuleBook::read(text).expect("good");
    let mut test = BackTest::new(&book, BEGIN);
    history.iter().for_each(|attempt| test.see(attempt).expect("little"));
    let report = test.report();
    assert_eq!(report.judged, TRIES);
    for (rule, effect) in &report.rules {
        let noted = noted(rule);
        assert_eq!(usize::try_from(effect.held), Ok(noted), "{rule}");
        assert!(noted > 5 && noted < history.len(), "{rule} was noted {noted} times: that says little");
    }
}
