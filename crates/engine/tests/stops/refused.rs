//! What an open breaker refuses: everything that it is about, with nothing but the attempt remembered (P5, P6, P7).

use crate::{
    attempt, breaker,
    build::{NOW, book, calm, customer, decided, digest, id, money, payee, shop, standing_of},
    stops,
    world::{
        Outside, bank, consent, errands, finish_facts, link, links, payout_facts, redirect, return_facts,
        returned, said, top_up_facts, young_link,
    },
};
use engine::{
    Ask, Code, Row,
    linking::{
        BeginConsent, BeginConsentFacts, Consent, ConsentState, FinishConsent, FinishConsentFacts, Link,
        TakeReturn, TakeReturnFacts,
    },
    merchants::static_payload,
    payments::{
        PayQr, PayQrFacts, Payout, PayoutFacts, PresentCode, PresentCodeFacts, TopUp, TopUpFacts,
        TransferFacts, TransferToHandle, Usage,
    },
    sessions::{BeginRecovery, BeginRecoveryFacts},
    sign_up::{BeginSignUp, BeginSignUpFacts, Locale},
};
use gate::{Evidence, Level, Path, Setting, Step, Stops};
use terms::{ConsentId, Email, Handle, PaymentId, Phone, RecoveryId, Secret, SignUpId, Yen};

/// Calm evidence of a step of customer 1 at the bank, under these breakers.
fn under(stops: &Stops, step: Step, is_young: bool) -> Evidence {
    let path = Path {
        bank: Some(bank()),
        method: Some("online_banking_otp".to_owned()),
        is_young,
        customer: Some(customer(1).id),
    };
    calm(step).under(stops, step, &path)
}

/// Everything that moves money, links or lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    Consent,
    Return,
    YoungTopUp,
    OldTopUp,
    Payout,
    Transfer,
    QrPayment,
    CodeShown,
    SignUp,
    Recovery,
}

use Tried::{
    CodeShown, Consent as Begun, OldTopUp, QrPayment, Recovery, Return, SignUp, Transfer, YoungTopUp,
};

const ALL: [Tried; 10] =
    [Begun, Return, YoungTopUp, OldTopUp, Tried::Payout, Transfer, QrPayment, CodeShown, SignUp, Recovery];

fn top_up() -> TopUp {
    TopUp { session: digest(1), id: PaymentId::new(id(77)), link: link().id, amount: Yen::of(1_000) }
}

fn begin() -> BeginConsent {
    BeginConsent {
        session: digest(1),
        id: ConsentId::new(id(0x12)),
        bank: bank(),
        method: "online_banking_otp".to_owned(),
        per_debit_limit: Yen::of(100_000),
        per_day_limit: Yen::of(150_000),
        redirect: redirect(),
    }
}

/// Decides and checks; a refusal plans nothing but its attempt, under the right step.
fn decide<A: Ask>(told: &str, ask: &A, facts: &A::Facts, step: Step, is_stopped: bool) {
    let expected = if is_stopped { Err(Code::Stopped) } else { Ok(()) };
    let decision = decided(told, ask, facts, expected);
    let word = if is_stopped { "stopped" } else { "taken" };
    assert_eq!(attempt(&decision), (step, word.to_owned()), "{told}");
}

fn try_bank(told: &str, tried: Tried, stops: &Stops, is_stopped: bool) {
    let top_up_over = |link: Link, is_young| {
        let evidence = under(stops, Step::TopUp, is_young);
        let facts = TopUpFacts { link: Some(link), evidence, ..top_up_facts() };
        decide(told, &top_up(), &facts, Step::TopUp, is_stopped);
    };
    match tried {
        Begun => {
            let evidence = under(stops, Step::ConsentBegun, false);
            let standing = standing_of(&customer(1));
            let facts = BeginConsentFacts { standing, known: None, awaiting: 0, evidence };
            decide(told, &begin(), &facts, Step::ConsentBegun, is_stopped);
        }
        Return => {
            let ask = TakeReturn { session: digest(1), id: consent().id, returned: returned() };
            let evidence = under(stops, Step::ConsentReturned, false);
            let facts = TakeReturnFacts { evidence, ..return_facts() };
            decide(told, &ask, &facts, Step::ConsentReturned, is_stopped);
        }
        YoungTopUp => top_up_over(young_link(), true),
        OldTopUp => top_up_over(link(), false),
        Tried::Payout => {
            let amount = Yen::of(1_000);
            let ask = Payout { session: digest(1), id: PaymentId::new(id(77)), link: link().id, amount };
            let facts = PayoutFacts { evidence: under(stops, Step::Payout, false), ..payout_facts() };
            decide(told, &ask, &facts, Step::Payout, is_stopped);
        }
        _ => try_elsewhere(told, tried, stops, is_stopped),
    }
}

fn try_elsewhere(told: &str, tried: Tried, stops: &Stops, is_stopped: bool) {
    let evidence = |step| calm(step).under(stops, step, &Path::default());
    let (payer, other, shop) = (customer(1), customer(2), shop());
    let amount = Yen::of(500);
    match tried {
        Transfer => {
            let facts = TransferFacts {
                standing: standing_of(&payer),
                payer_name: "ハ● ヤ●".to_owned(),
                payee: payee(&other),
                book: book(&[(payer.main, 9_000), (payer.young, 0), (other.main, 10)]),
                usage: Usage::default(),
                evidence: evidence(Step::Transfer),
            };
            let to = Handle::parse("person2").unwrap();
            let id = PaymentId::new(id(77));
            let ask = TransferToHandle { session: digest(1), id, to, amount, message: None };
            decide(told, &ask, &facts, Step::Transfer, is_stopped);
        }
        CodeShown => {
            let standing = standing_of(&payer);
            let facts = PresentCodeFacts { standing, evidence: evidence(Step::CodeShown) };
            let ask = PresentCode { session: digest(1), code: digest(9) };
            decide(told, &ask, &facts, Step::CodeShown, is_stopped);
        }
        QrPayment => {
            let payload = static_payload(&shop).unwrap();
            let ask = PayQr { session: digest(1), id: PaymentId::new(id(77)), payload, amount: Some(amount) };
            let book = book(&[(payer.main, 1_000), (payer.young, 0), (shop.account, 0)]);
            let mut money = money(book, Vec::new());
            money.evidence = evidence(Step::QrPayment);
            let standing = standing_of(&payer);
            let facts = PayQrFacts { standing, merchant: Some(shop), order: None, money };
            decide(told, &ask, &facts, Step::QrPayment, is_stopped);
        }
        SignUp => {
            let ask = BeginSignUp {
                id: SignUpId::new(id(0x51)),
                phone: Phone::parse("09012340009").unwrap(),
                email: Email::parse("new@example.jp").unwrap(),
                locale: Locale::Ja,
                phone_code: Secret::new("123456"),
                email_code: Secret::new("654321"),
            };
            let facts = BeginSignUpFacts { owner: None, under_way: 0, evidence: evidence(Step::SignUp) };
            decide(told, &ask, &facts, Step::SignUp, is_stopped);
        }
        Recovery => {
            let ask = BeginRecovery { id: RecoveryId::new(id(0x4e)), code: digest(4) };
            let facts = BeginRecoveryFacts {
                customer: Some(payer),
                waiting: None,
                evidence: evidence(Step::Recovery),
            };
            decide(told, &ask, &facts, Step::Recovery, is_stopped);
        }
        _ => panic!("{tried:?} goes over a bank"),
    }
}

// promise: P5
// promise: P6
// promise: P7
#[test]
fn an_open_breaker_refuses_what_it_is_about_and_nothing_else() {
    use Level::{Links, TopUps, YoungTopUps};
    let links_young = [Begun, Return, YoungTopUp];
    let cases: Vec<(&str, Level, &[Tried])> = vec![
        ("all", Links, &[Begun, Return]),
        ("all", YoungTopUps, &links_young),
        ("all", TopUps, &[Begun, Return, YoungTopUp, OldTopUp]),
        ("bank:0001", Links, &[Begun, Return]),
        ("bank:0001", YoungTopUps, &links_young),
        ("bank:0001", TopUps, &[Begun, Return, YoungTopUp, OldTopUp]),
        ("bank:0009", TopUps, &[]),
        ("method:0001:online_banking_otp", Links, &[Begun, Return]),
        ("method:0001:online_banking_otp", TopUps, &[Begun, Return, YoungTopUp, OldTopUp]),
        ("method:0001:registered_phone_sms", TopUps, &[]),
        ("operation:link", Links, &[Begun, Return]),
        ("operation:top_up", Links, &[YoungTopUp, OldTopUp]),
        ("operation:payout", Links, &[Tried::Payout]),
        ("operation:transfer", Links, &[Transfer]),
        ("operation:qr_payment", Links, &[QrPayment, CodeShown]),
        ("operation:sign_up", Links, &[SignUp]),
        ("operation:recovery", Links, &[Recovery]),
    ];
    for (scope, level, stopped) in cases {
        for tried in ALL {
            let told = format!("{scope} at {level:?}: {tried:?}");
            let open = stops(scope, level, Setting::Open);
            try_bank(&told, tried, &open, stopped.contains(&tried));
            let closed = stops(scope, level, Setting::Closed);
            try_bank(&format!("{told}, closed again"), tried, &closed, false);
        }
    }
}

// promise: P7
#[test]
fn who_came_back_from_the_bank_too_late_gets_no_link_and_the_grant_goes_back() {
    for scope in ["all", "bank:0001", "method:0001:online_banking_otp", "operation:link"] {
        let stops = stops(scope, Level::Links, Setting::Open);
        let evidence = under(&stops, Step::ConsentReturned, false);
        let facts = FinishConsentFacts { evidence, ..finish_facts() };
        let ask = FinishConsent { session: digest(1), id: consent().id, said: Some(said()) };
        let (source, policy) = (engine::Source::default(), engine::Policy::default());
        let moment = terms::Moment::new(NOW, 7);
        let decision = ask.decide(&facts, &engine::Context { moment, source: &source, policy: &policy });
        assert_eq!(decision.answer.as_ref().unwrap_err().code, Code::Stopped, "{scope}");
        assert_eq!(attempt(&decision), (Step::ConsentReturned, "stopped".to_owned()), "{scope}");
        assert!(links(&decision).is_empty(), "{scope}");
        assert_eq!(errands(&decision), [Outside::Revoke], "{scope}");
        let consents: Vec<Consent> = crate::build::rows(&decision.plan, |row| match row {
            Row::Consent(consent) => Some(consent.clone()),
            _ => None,
        });
        let [rejected] = consents.as_slice() else { panic!("{scope}: {consents:?}") };
        assert_eq!((rejected.id, rejected.state), (consent().id, ConsentState::Rejected), "{scope}");
    }
}

// promise: P7
#[test]
fn probing_asks_its_share_for_a_fresh_signature_and_refuses_the_rest() {
    let mut seen = std::collections::BTreeMap::new();
    for number in 1..=200 {
        let person = customer(number);
        let stops = stops("bank:0001", Level::TopUps, Setting::Probing10);
        let path = Path { bank: Some(bank()), customer: Some(person.id), ..Path::default() };
        let facts = |raised: bool| {
            let mut standing = standing_of(&customer(1)).unwrap();
            standing.session.stepped_up_at = raised.then_some(NOW);
            let evidence = calm(Step::TopUp).under(&stops, Step::TopUp, &path);
            TopUpFacts { standing: Some(standing), evidence, ..top_up_facts() }
        };
        let code = |raised| {
            let decision = crate::build::decide(&top_up(), &facts(raised));
            decision.answer.err().map(|refusal| refusal.code)
        };
        *seen.entry(format!("{:?} {:?}", code(false), code(true))).or_insert(0) += 1;
    }
    let [goes_on, refused] = ["Some(StepUpNeeded) None", "Some(Stopped) Some(Stopped)"];
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!((5..=40).contains(&seen[goes_on]) && seen[refused] >= 160, "{seen:?}");
}

// promise: P7
#[test]
fn what_the_gate_found_names_the_breaker() {
    let evidence =
        under(&Stops::new([breaker("all", Level::Links, Setting::Open)]), Step::ConsentBegun, false);
    let facts = BeginConsentFacts { standing: standing_of(&customer(1)), known: None, awaiting: 0, evidence };
    let decision = decided("stopped", &begin(), &facts, Err(Code::Stopped));
    let findings = decision.plan.writes().iter().find_map(|write| match write {
        engine::Write::Attempt(attempt) => Some(attempt.findings.clone()),
        _ => None,
    });
    assert_eq!(findings.unwrap()[0].detector, "stopped:all");
}
