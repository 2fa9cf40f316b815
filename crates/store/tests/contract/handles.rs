//! A name that was given up: nobody else has it until it has rested, its former owner has it back at once, and
//! nobody keeps many names from everybody.

use crate::{ask::digest, bed::Bed};
use engine::{
    Aal, Ask, Code, Context, Decision, Ial, Plan, Policy, Row, Source,
    sessions::Session,
    sign_up::{ChooseHandle, Customer, CustomerState, Locale},
};
use gate::{Evidence, Step, judge};
use store::{Fault, Load, Shelf, Writer};
use terms::{AccountId, CustomerId, Email, Handle, Moment, Phone, SessionId, Span, Time};
use uuid::Uuid;

const BEGIN: Time = Time::from_millis(1_900_000_000_000);

/// A customer with a session.
struct Arrive(u8);

impl Ask for Arrive {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.arrive";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Clockwork, &Evidence::new([]));
        let pass = verdict.pass(false).expect("nothing speaks against it");
        let mut plan = Plan::new();
        let id = |kind: u128| Uuid::from_u128(kind << 8 | u128::from(self.0));
        let customer = Customer {
            id: CustomerId::new(id(1)),
            state: CustomerState::Active,
            phone: Phone::parse(&format!("0900000000{}", self.0)).expect("a phone"),
            email: Email::parse("a@example.jp").expect("an address"),
            locale: Locale::Ja,
            handle: None,
            ial: Ial::Phone,
            main: AccountId::new(id(2)),
            young: AccountId::new(id(3)),
            recovery_code: None,
            created_at: at.moment.now,
            closed_at: None,
        };
        let session = Session {
            id: SessionId::new(id(4)),
            token: digest(self.0),
            customer: customer.id,
            device: None,
            name: "phone".to_owned(),
            aal: Aal::Passkey,
            authenticator: None,
            created_at: at.moment.now,
            stepped_up_at: Some(at.moment.now),
            idle_until: at.moment.now.plus(Span::days(1_000)),
            expires_at: at.moment.now.plus(Span::days(1_000)),
            ended_at: None,
        };
        plan.open_session(&pass, session);
        plan.put(Row::Customer(customer));
        Decision::done((), plan)
    }
}

impl Load for Arrive {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

fn run<A: Load>(writer: &mut Writer, ask: &A, days: i64) -> Result<A::Answer, Code> {
    let (source, policy) = (Source::default(), Policy::default());
    let now = BEGIN.plus(Span::days(days));
    let at = Context { moment: Moment::new(now, 1), source: &source, policy: &policy };
    let ran = writer.commit(|shelf| store::run(ask, shelf, &at)).expect("committed");
    ran.map_err(|refusal| refusal.code)
}

pub(crate) fn check(bed: &Bed) {
    let (_, mut writer) = bed.open();
    for who in [1, 2, 3] {
        run(&mut writer, &Arrive(who), 0).expect("arrives");
    }
    let mut choose = |who: u8, handle: &str, day: i64| {
        let handle = Handle::parse(handle).expect("a handle");
        run(&mut writer, &ChooseHandle { session: digest(who), handle }, day).map(|_| ())
    };
    let (ok, taken) = (Ok(()), Err(Code::HandleTaken));
    for (told, who, handle, day, expected) in [
        ("a name", 1, "hanako", 0, ok),
        ("somebody has it", 2, "hanako", 0, taken),
        ("another name", 1, "hana", 1, ok),
        ("it rests", 2, "hanako", 1, taken),
        ("it rests until the last day", 2, "hanako", 90, taken),
        ("its former owner has it back", 1, "hanako", 90, ok),
        ("so it is in use, and the other one rests", 2, "hanako", 181, taken),
        ("the other one rested since day 90", 2, "hana", 179, taken),
        ("until day 180", 2, "hana", 180, ok),
        ("the same name again gives nothing up", 2, "hana", 180, ok),
        ("a first change", 3, "name_a", 200, ok),
        ("a second", 3, "name_b", 200, ok),
        ("a third", 3, "name_c", 200, ok),
        ("a fourth", 3, "name_d", 200, ok),
        ("a fifth would keep a fourth name from everybody", 3, "name_e", 200, Err(Code::TooMany)),
        ("one of those that rest makes no more of them", 3, "name_a", 201, ok),
        ("when they have rested", 3, "name_e", 290, ok),
        ("a name that rests since then", 2, "name_a", 290, taken),
        ("a name that has rested", 2, "name_b", 290, ok),
    ] {
        assert_eq!(choose(who, handle, day), expected, "{told}");
    }
}
