//! Every kind of row that has a purpose with an end: old ones go, a few per commit, young ones and what is kept for
//! ever stay, and the book still proves.

use crate::{
    bed::{Bed, violation},
    raw::Raw,
};
use engine::{
    Aal, Ask, Code, Context, Decision, Errand, NewErrand, Once, Plan, Policy, Redirect, Refusal, Retention,
    Row, Source,
    identity::{Proofing, ProofingState},
    linking::{Consent, ConsentState},
    payments::{PresentedCode, UsageEntry},
    sessions::{Ceremony, CeremonyKind, Recovery, RecoveryState, Session},
    sign_up::{GivenUpHandle, Locale, SignUp},
    signals::{Signal, SignalKind, Told},
};
use gate::{Evidence, Sighting, Step, Subjects, judge};
use ledger::{Account, Posting};
use store::{Fault, Load, PURPOSES, Purpose, Shelf, Writer};
use terms::{
    AccountId, AskId, BankCode, CeremonyId, ConsentId, CustomerId, Digest, Email, EndpointId, ErrandId,
    Handle, Moment, Phone, ProofingId, RecoveryId, Secret, SessionId, SignUpId, Span, Time, Yen,
};
use uuid::Uuid;

const NOW: Time = Time::from_millis(1_900_000_000_000);
/// Rows of each purpose that are old enough; more than go in one commit.
const OLD: u32 = 7;
const PER_COMMIT: u32 = 3;

/// One row of every purpose, whose purpose ended at the time of the ask.
struct Live(u32);

impl Ask for Live {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.live";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(Uuid::from_u128(u128::from(self.0))), &self.0))
    }

    fn asker(&self, (): &(), _: &Context<'_>) -> Option<String> {
        Some("somebody".to_owned())
    }

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        lived(&mut plan, self.0, at);
        Decision::done((), plan)
    }
}

impl Load for Live {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// A refused ask, whose answer is kept under its id.
struct Refused(u32);

impl Ask for Refused {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.refused";

    fn once(&self) -> Option<Once> {
        Some(Once::new(AskId::new(Uuid::from_u128(1_000_000 + u128::from(self.0))), &self.0))
    }

    fn asker(&self, (): &(), _: &Context<'_>) -> Option<String> {
        Some("somebody".to_owned())
    }

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let denied = judge(Step::TopUp, &Evidence::missing());
        Decision::judged(at, &denied, subjects(), |_| Err(Refusal::new(Code::NotFound)))
    }
}

impl Load for Refused {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

fn subjects() -> Subjects {
    Subjects { customer: Some(customer()), ..Subjects::default() }
}

fn customer() -> CustomerId {
    CustomerId::new(Uuid::from_u128(9))
}

fn redirect(n: u32, over: Time) -> Redirect {
    Redirect {
        state: digest(n),
        browser: digest(n),
        nonce: None,
        verifier: Secret::new("verifier"),
        issuer: "https://bank.example".to_owned(),
        expires_at: over,
        used_at: None,
    }
}

fn digest(n: u32) -> Digest {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    Digest::new(bytes)
}

fn lived(plan: &mut Plan, n: u32, at: &Context<'_>) {
    let (over, id) = (at.moment.now, Uuid::from_u128(u128::from(n)));
    plan.put(Row::Ceremony(Ceremony {
        id: CeremonyId::new(id),
        kind: CeremonyKind::SignIn,
        customer: None,
        state: String::new(),
        redirect: None,
        expires_at: over,
        used_at: None,
    }));
    plan.put(Row::SignUp(SignUp {
        id: SignUpId::new(id),
        phone: Phone::parse("09000000001").expect("a phone"),
        email: Email::parse("a@example.jp").expect("an address"),
        locale: Locale::Ja,
        phone_code: Secret::new("123456"),
        email_code: Secret::new("654321"),
        decoy: false,
        tries: 0,
        confirmed_at: None,
        customer: None,
        ceremony: None,
        expires_at: over,
        done_at: None,
    }));
    plan.put(Row::PresentedCode(PresentedCode {
        code: digest(n),
        customer: customer(),
        session: SessionId::new(id),
        expires_at: over,
        used_by: None,
    }));
    plan.put(Row::Recovery(Recovery {
        id: RecoveryId::new(id),
        customer: None,
        begun_at: over,
        ready_at: over,
        expires_at: over,
        state: RecoveryState::Waiting,
        ceremony: None,
    }));
    plan.put(Row::Proofing(Proofing {
        id: ProofingId::new(id),
        customer: customer(),
        method: "jpki".to_owned(),
        redirect: redirect(n, over),
        state: ProofingState::Begun,
        begun_at: over,
    }));
    plan.put(Row::GivenUpHandle(GivenUpHandle {
        handle: Handle::parse(&format!("name_{n}")).expect("a handle"),
        customer: customer(),
        person: None,
        free_at: over,
    }));
    plan.put(Row::Consent(consent(n, over, ConsentState::Rejected)));
    plan.put(Row::Consent(consent(n + 1_000_000, over, ConsentState::Authorised)));
    plan.put(Row::Usage(UsageEntry {
        key: format!("key {n}"),
        hour: over.millis() / 3_600_000,
        sum: Yen::of(1),
    }));
    plan.put(Row::Signal(signal(n, over)));
    plan.put(Row::Sighting(sighting(over)));
    let verdict = judge(Step::Clockwork, &Evidence::new([]));
    let pass = verdict.pass(false).expect("nothing speaks against it");
    plan.open_session(&pass, session(n, over));
    plan.post(&pass, Posting::Open(Account::open(AccountId::new(id), None)));
    plan.remember(at, Step::SignIn, subjects(), None);
    let endpoint = EndpointId::new(id);
    let errands = [
        Errand::Sms { to: Phone::parse("09000000001").expect("a phone"), text: Secret::new("123456") },
        Errand::Webhook { endpoint, event: "e".to_owned(), body: "{}".to_owned() },
    ];
    for errand in errands {
        let id = ErrandId::new(at.moment.uuid());
        plan.run(NewErrand { id, due_at: over, errand: errand.clone() });
        plan.give_up(id);
        // One that still waits is never old.
        plan.run(NewErrand { id: ErrandId::new(at.moment.uuid()), due_at: over, errand });
    }
}

fn signal(n: u32, over: Time) -> Signal {
    let told = Told {
        jti: format!("jti-{n}"),
        kind: SignalKind::AccountCompromised,
        at: over,
        account: Some(digest(n)),
        state: None,
        method: None,
        secret: None,
        canary: false,
    };
    let bank = BankCode::parse("0001").expect("a bank");
    Signal { number: 0, bank, told, taken_at: over, consent: None, customer: None, suspended: Vec::new() }
}

fn sighting(over: Time) -> Sighting {
    Sighting {
        number: 0,
        at: over,
        bank: BankCode::parse("0001").expect("a bank"),
        method: "online_banking_otp".to_owned(),
        account: None,
        secret: None,
        canary: false,
        worked: true,
        customer: Some(customer()),
        device: None,
        address: None,
    }
}

fn session(n: u32, over: Time) -> Session {
    Session {
        id: SessionId::new(Uuid::from_u128(u128::from(n))),
        token: digest(n),
        customer: customer(),
        device: None,
        name: "phone".to_owned(),
        aal: Aal::Passkey,
        authenticator: None,
        created_at: over,
        stepped_up_at: None,
        idle_until: over,
        expires_at: over,
        ended_at: None,
    }
}

fn consent(n: u32, over: Time, state: ConsentState) -> Consent {
    Consent {
        id: ConsentId::new(Uuid::from_u128(u128::from(n))),
        customer: customer(),
        bank: BankCode::parse("0001").expect("a bank"),
        method: "otp".to_owned(),
        per_debit_limit: Yen::of(1),
        per_day_limit: Yen::of(1),
        redirect: redirect(n, over),
        state,
        created_at: over,
        device: None,
        address: None,
    }
}

fn policy() -> Policy {
    Policy {
        retention: Retention { rows_per_commit: PER_COMMIT, ..Retention::default() },
        ..Policy::default()
    }
}

fn live(writer: &mut Writer, n: u32, now: Time) {
    let (source, policy) = (Source::default(), policy());
    writer
        .commit(|shelf| {
            let at = Context { moment: Moment::new(now, u64::from(n)), source: &source, policy: &policy };
            store::run(&Live(n), shelf, &at)?.expect("taken");
            store::run(&Refused(n), shelf, &at)?.expect_err("refused");
            Ok(())
        })
        .expect("committed");
}

/// Sweeps a purpose to its end; how many rows each commit deleted.
fn sweep(writer: &mut Writer, purpose: &'static Purpose) -> Vec<usize> {
    let policy = policy();
    let mut commits = Vec::new();
    loop {
        let deleted = writer.commit(|shelf| shelf.sweep(purpose, NOW, &policy)).expect("swept");
        if deleted == 0 {
            return commits;
        }
        commits.push(deleted);
    }
}

fn rows(raw: &mut Raw, purpose: &Purpose) -> i64 {
    raw.number(&format!("SELECT COUNT(*) FROM {} WHERE {}", purpose.table, purpose.which))
}

pub(crate) fn check(bed: &Bed) {
    let (store, mut writer) = bed.open();
    let mut raw = bed.raw();
    let day = Span::days(1).as_millis();
    let kept_days = |purpose: &Purpose| (purpose.kept)(&Retention::default()).as_millis() / day;
    let longest = PURPOSES.iter().map(kept_days).max().expect("purposes");
    for n in 0..OLD {
        let over = NOW.minus(Span::days(longest + 1)).plus(Span::millis(i64::from(n)));
        live(&mut writer, n, over);
    }
    let shortest = PURPOSES.iter().map(kept_days).min().expect("purposes");
    for n in OLD..OLD + 2 {
        live(&mut writer, n, NOW.minus(Span::days(shortest)).plus(Span::hours(2)));
    }
    let (old, per_commit) = (OLD as usize, PER_COMMIT as usize);
    for purpose in PURPOSES {
        // The newest signal and sighting are spared: the proof counts by them.
        let spared = i64::from(purpose.which.contains("MAX"));
        assert_eq!(rows(&mut raw, purpose), i64::from(OLD) + 2 - spared, "{}", purpose.name);
        let due = || store.read(|shelf| store::is_due(shelf, purpose, NOW, &policy())).expect("looked");
        assert!(due(), "{}", purpose.name);
        let commits = sweep(&mut writer, purpose);
        assert_eq!(commits, [per_commit, per_commit, old - 2 * per_commit], "{}", purpose.name);
        assert!(!due(), "{}", purpose.name);
        assert_eq!(rows(&mut raw, purpose), 2 - spared, "{}", purpose.name);
    }
    // promise: P3
    assert_eq!(raw.number("SELECT COUNT(*) FROM asks WHERE refused = 0"), i64::from(OLD) + 2);
    assert_eq!(raw.number("SELECT COUNT(*) FROM consents WHERE over_at IS NULL"), i64::from(OLD) + 2);
    assert_eq!(raw.number("SELECT COUNT(*) FROM errands WHERE state = 0"), 2 * (i64::from(OLD) + 2));
    assert_eq!(violation(&store), None);
    // The same id, years later: the same answer, and nothing done twice.
    live(&mut writer, 0, NOW);
    assert_eq!(raw.number("SELECT COUNT(*) FROM consents WHERE over_at IS NULL"), i64::from(OLD) + 2);
}
