//! What is counted of attempts: the same answers as a list that never forgets gives, whatever was committed before and
//! whatever still waits in the batch; a flood is read no further than its bound.

use crate::{bed::Bed, dice::Dice};
use engine::{Ask, Code, Context, Decision, Plan, Policy, Refusal, Source};
use gate::{Attempt, By, Count, How, NEVER, Outcome, Step, Subjects, Tally, needs};
use std::collections::BTreeSet;
use store::{Fault, Load, Question, Shelf, Writer};
use terms::{BankCode, CustomerId, DeviceId, Digest, Moment, Span, Time, Yen};
use uuid::Uuid;

const BEGIN: Time = Time::from_millis(1_900_000_000_000);
const COMMITS: usize = 60;
const CODES: &[&str] = &["link_refused:name", "link_refused:birth_date"];
/// What is asked beside everything that the detectors want.
const MORE: &[Count] = &[
    Count::of(&[Step::Opening], By::Customer, Span::days(9)).taken().since_first(),
    Count::of(&[Step::ConsentReturned], By::Holder, Span::days(9)).distinct(By::Network),
    Count::of(&[Step::SignIn, Step::Opening], By::Bank, Span::days(9)).same(By::Device),
    Count::of(&[Step::TopUp], By::BankAccount, Span::hours(9)).before(Span::hours(1)).yen(),
    Count::of(&[Step::TopUp, Step::Transfer], By::Customer, Span::days(9)).refused_for(CODES).yen(),
];

#[derive(Clone)]
struct Remember {
    step: Step,
    subjects: Subjects,
    refused: Option<Refusal>,
}

impl Ask for Remember {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.remember";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        plan.remember(at, self.step, self.subjects.clone(), self.refused.as_ref());
        Decision::done((), plan)
    }
}

impl Load for Remember {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

fn remember(shelf: &mut Shelf<'_>, ask: &Remember, now: Time) -> Result<Attempt, Fault> {
    let (source, policy) = (Source::default(), Policy::default());
    let seed = u64::try_from(now.millis()).expect("after 1970");
    let at = Context { moment: Moment::new(now, seed), source: &source, policy: &policy };
    store::run(ask, shelf, &at)?.expect("it refuses nothing");
    let outcome = match &ask.refused {
        None => Outcome::Taken,
        Some(refusal) => Outcome::Refused(format!("link_refused:{}", refusal.quiet.unwrap_or_default())),
    };
    let (id, step, subjects) = (Uuid::nil(), ask.step, ask.subjects.clone());
    Ok(Attempt { id, at: now, step, outcome, ruling: None, findings: Vec::new(), subjects })
}

/// Somebody of few, so that they meet on every axis.
fn subjects(dice: &mut Dice) -> Subjects {
    let mut one_of = |many: u64| (!dice.one_in(6)).then(|| dice.below(many));
    let id = |n: u64| Uuid::from_u128(u128::from(n) + 1);
    let digest = |n: u64| Digest::new([u8::try_from(n).unwrap_or(0); 32]);
    let (customer, device, address) = (one_of(4), one_of(3), one_of(4));
    let (bank, account, holder, payee, amount) = (one_of(3), one_of(3), one_of(3), one_of(4), one_of(9));
    Subjects {
        customer: customer.map(|n| CustomerId::new(id(n))),
        bank: bank.and_then(|n| BankCode::parse(&format!("000{n}")).ok()),
        bank_account: account.map(digest),
        holder: holder.map(digest),
        payee: payee.map(|n| CustomerId::new(id(n))),
        amount: amount.map(|n| Yen::of(i64::try_from(n * n).unwrap_or(0) * 1_000)),
        ..Subjects::at(device.map(|n| DeviceId::new(id(n))), address.map(|n| format!("10.0.{}.{n}", n % 2)))
    }
}

fn ask(dice: &mut Dice) -> Remember {
    let steps: Vec<Step> = needs_of_all().iter().flat_map(|count| count.steps.iter().copied()).collect();
    let step = steps[dice.place(steps.len())];
    let quiet = ["name", "birth_date", "limits"][dice.place(3)];
    let refused = dice.one_in(3).then(|| Refusal::new(Code::LinkRefused).quietly(quiet));
    Remember { step, subjects: subjects(dice), refused }
}

fn needs_of_all() -> Vec<Count> {
    let mut counts: BTreeSet<Count> = Step::ALL.iter().flat_map(|step| needs(*step)).copied().collect();
    counts.extend(MORE);
    counts.into_iter().collect()
}

/// What somebody is on an axis, as text.
fn on(subjects: &Subjects, by: By) -> Option<String> {
    match by {
        By::Customer | By::AsPayee => subjects.customer.map(|id| id.to_string()),
        By::Device => subjects.device.map(|id| id.to_string()),
        By::Address => subjects.address.clone(),
        By::Network => subjects.network.clone(),
        By::Bank => subjects.bank.map(|bank| bank.to_string()),
        By::BankAccount => subjects.bank_account.map(|tag| format!("{tag:?}")),
        By::Holder => subjects.holder.map(|tag| format!("{tag:?}")),
        By::Payee => subjects.payee.map(|id| id.to_string()),
    }
}

/// The answer by reading everything, and how many rows a bound would have met.
fn counted(past: &[Attempt], count: &Count, asks: &Subjects, now: Time) -> (u64, usize) {
    if asks.amount.is_some_and(|amount| amount < count.least) {
        return (count.nothing(), 0);
    }
    let is = |attempt: &Attempt, by: By| {
        let column = if by == By::AsPayee { By::Payee } else { by };
        on(asks, by).is_some() && on(&attempt.subjects, column) == on(asks, by)
    };
    let went = |attempt: &Attempt| match count.how {
        How::Any => true,
        How::Taken => attempt.outcome == Outcome::Taken,
        How::Refused | How::RefusedFor(_) => attempt.outcome != Outcome::Taken,
    };
    let read: Vec<&Attempt> = past
        .iter()
        .filter(|a| count.steps.contains(&a.step) && went(a) && is(a, count.by))
        .filter(|a| a.at > now.minus(count.span) && a.at <= now.minus(count.skip))
        .collect();
    let fits: Vec<&&Attempt> = read
        .iter()
        .filter(|attempt| count.same.is_none_or(|same| is(attempt, same)))
        .filter(|attempt| match (&attempt.outcome, count.how) {
            (Outcome::Refused(code), How::RefusedFor(codes)) => codes.contains(&code.as_str()),
            _ => true,
        })
        .collect();
    let ago = |at: Option<Time>| at.map_or(NEVER, |at| u64::try_from(now.since(at).as_millis()).unwrap_or(0));
    let times = fits.iter().map(|attempt| attempt.at);
    let answer = match count.tally {
        Tally::Attempts => fits.len() as u64,
        Tally::Distinct(of) => {
            fits.iter().filter_map(|a| on(&a.subjects, of)).collect::<BTreeSet<_>>().len() as u64
        }
        Tally::Yen => fits.iter().filter_map(|a| a.subjects.amount).map(|yen| yen.get().unsigned_abs()).sum(),
        Tally::SinceFirst => ago(times.min()),
        Tally::SinceLast => ago(times.max()),
    };
    (answer, read.len())
}

fn compare(shelf: &mut Shelf<'_>, question: &Question, past: &[Attempt], asks: &Subjects, now: Time) {
    for (count, answer) in shelf.answers(question, asks, now).expect("counted") {
        let (expected, rows) = counted(past, &count, asks, now);
        let timed = matches!(count.tally, Tally::SinceFirst | Tally::SinceLast);
        if timed || rows <= count.rows as usize {
            assert_eq!(answer, expected, "{count:?} of {asks:?}");
        } else {
            assert!(answer >= 1 && answer <= expected, "at least: {count:?}");
        }
    }
}

// promise: P6
pub(crate) fn check(bed: &Bed) {
    let mut dice = Dice::new("counts");
    let question = Question::new(&needs_of_all()).expect("something is counted");
    let (_store, mut writer) = bed.open();
    let (mut past, mut now) = (Vec::new(), BEGIN);
    for _ in 0..COMMITS {
        let asks: Vec<Remember> = (0..=dice.below(5)).map(|_| ask(&mut dice)).collect();
        let pause = [1_000, 60_000, 3_600_000, 40_000_000][dice.place(4)];
        now = now.plus(Span::millis(dice.small(pause) + 1));
        writer
            .commit(|shelf| {
                let mut known = past.clone();
                for (place, ask) in asks.iter().enumerate() {
                    let now = now.plus(Span::millis(place as i64));
                    // In the middle of a batch, right after one attempt of somebody and before the next.
                    compare(shelf, &question, &known, &ask.subjects, now);
                    known.push(remember(shelf, ask, now)?);
                }
                compare(shelf, &question, &known, &asks[0].subjects, now.plus(Span::seconds(1)));
                past = known;
                Ok(())
            })
            .expect("committed");
        now = now.plus(Span::seconds(1));
    }
    drop(writer);
    let (_store, mut other) = bed.open();
    for _ in 0..20 {
        let asks = subjects(&mut dice);
        let looked = other.commit(|shelf| {
            compare(shelf, &question, &past, &asks, now);
            Ok(())
        });
        looked.expect("another node");
    }
    a_flood_is_bounded(&mut other, now.plus(Span::days(500)));
}

fn a_flood_is_bounded(writer: &mut Writer, now: Time) {
    let who = Subjects { customer: Some(CustomerId::new(Uuid::from_u128(77))), ..Subjects::default() };
    let count = Count::of(&[Step::SignIn], By::Customer, Span::hours(1)).refused().rows(100);
    let question = Question::new(&[count]).expect("one");
    let flood = Remember { step: Step::SignIn, subjects: who.clone(), refused: Some(Code::CodeWrong.into()) };
    let write = |writer: &mut Writer, many: i64, from: i64| {
        let each = |shelf: &mut Shelf<'_>| {
            let times = (from..from + many).map(|place| now.plus(Span::millis(place)));
            times.map(|at| remember(shelf, &flood, at)).collect::<Result<Vec<_>, _>>()
        };
        writer.commit(each).expect("committed");
    };
    for (many, from, expected) in [(99, 0, 99), (1, 99, 100), (400, 100, 100)] {
        write(writer, many, from);
        let now = now.plus(Span::minutes(1));
        let answers = writer.commit(|shelf| shelf.answers(&question, &who, now)).expect("counted");
        assert_eq!(answers, [(count, expected)]);
    }
}
