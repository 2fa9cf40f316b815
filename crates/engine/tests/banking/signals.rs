//! Signals of banks and sightings: what is kept, what is suspended, and what is refused (P3, P6, P13).

use crate::{
    build::{NOW, check, customer, decide, digest, rows},
    linking::finish,
    world::{
        Outside, bank, code, consent, errands, finish_facts, link, links, remembered, said, tags,
        top_up_facts,
    },
};
use engine::{
    Code, Decision, Row, Write,
    event::Audience,
    linking::{Consent, Link, LinkState},
    payments::{TopUp, TopUpFacts},
    signals::{Signal, SignalKind, SignalSaid, TakeSignal, TakeSignalFacts, Told},
};
use gate::{Breaker, Level, Scope, Setting, Sighting, Stopper};
use terms::{BankCode, DeviceId, PaymentId, Span, Yen};

const METHOD: &str = "online_banking_otp";

/// What a bank says at most, and rightly, of each kind.
fn told(kind: SignalKind) -> Told {
    let is_try = kind.is_try();
    let about_bank = matches!(kind, SignalKind::BankCompromised | SignalKind::StopRequested);
    Told {
        jti: "jti-1".to_owned(),
        kind,
        at: NOW.minus(Span::minutes(1)),
        account: (!about_bank).then(|| tags().0),
        state: is_try.then(|| digest(0x51)),
        method: is_try.then(|| METHOD.to_owned()),
        secret: is_try.then(|| digest(0x5e)),
        canary: kind == SignalKind::CanaryTried,
    }
}

/// The ask; what the bank said is in the facts, with our tags.
fn take() -> TakeSignal {
    let said = SignalSaid {
        jti: "jti-1".to_owned(),
        kind: SignalKind::TryFailed,
        at: NOW,
        account: None,
        state: None,
        method: None,
        secret: None,
        canary: false,
    };
    TakeSignal { bank: bank(), said }
}

fn facts(told: Told) -> TakeSignalFacts {
    let begun = Consent {
        device: Some(DeviceId::new(crate::build::id(0xd))),
        address: Some("192.0.2.7".to_owned()),
        ..consent()
    };
    let consent = told.state.is_some().then_some(begun);
    let links = if told.kind.suspends() { vec![(link(), customer(1))] } else { Vec::new() };
    TakeSignalFacts { known: None, told, consent, breaker: None, links }
}

fn signals<A>(decision: &Decision<A>) -> Vec<Signal> {
    rows(&decision.plan, |row| match row {
        Row::Signal(signal) => Some(signal.clone()),
        _ => None,
    })
}

fn sightings<A>(decision: &Decision<A>) -> Vec<Sighting> {
    rows(&decision.plan, |row| match row {
        Row::Sighting(sighting) => Some(sighting.clone()),
        _ => None,
    })
}

/// The kinds of events that a plan tells the staff.
fn to_staff<A>(decision: &Decision<A>) -> usize {
    let told = |write: &&Write| matches!(write, Write::Event(e) if e.audience == Audience::Operators);
    decision.plan.writes().iter().filter(told).count()
}

// promise: P6
#[test]
fn each_kind_is_kept_and_does_what_it_is_for() {
    for &kind in SignalKind::ALL {
        let (facts, word) = (facts(told(kind)), kind.as_str());
        let decision = decide(&take(), &facts);
        assert_eq!(code(&decision), None, "{word}");
        // The signal, and whoever linked what its depositor does not know.
        let attempts = if kind == SignalKind::LinkDenied { vec!["taken"; 2] } else { vec!["taken"] };
        assert_eq!(remembered(&decision), attempts, "{word}");
        let kept = signals(&decision);
        let [signal] = kept.as_slice() else { panic!("{word}: one signal: {kept:?}") };
        assert_eq!((signal.bank, &signal.told, signal.taken_at), (bank(), &facts.told, NOW), "{word}");
        // The signal, and the breaker where one opens.
        let events = usize::from(kind != SignalKind::TryFailed) + breakers(&decision).len();
        assert_eq!(to_staff(&decision), events, "{word}");

        let seen = sightings(&decision);
        assert_eq!(seen.len(), usize::from(kind.is_try()), "{word}");
        for sighting in seen {
            let begun = facts.consent.as_ref().unwrap();
            assert_eq!((sighting.account, sighting.secret), (Some(tags().0), Some(digest(0x5e))), "{word}");
            assert_eq!(
                (sighting.worked, sighting.canary),
                (false, kind == SignalKind::CanaryTried),
                "{word}"
            );
            assert_eq!((sighting.bank, sighting.method.as_str()), (bank(), METHOD), "{word}");
            assert_eq!((sighting.at, sighting.customer), (facts.told.at, Some(customer(1).id)), "{word}");
            assert_eq!((sighting.device, sighting.address), (begun.device, begun.address.clone()), "{word}");
        }
        let suspended = links(&decision);
        if kind.suspends() {
            let [now] = suspended.as_slice() else { panic!("{word}: one link: {suspended:?}") };
            assert_eq!((now.id, now.state, now.ended_at), (link().id, LinkState::Suspended, None), "{word}");
            assert_eq!(signal.suspended, [link().id], "{word}");
            assert_eq!(errands(&decision), [Outside::Mail, Outside::Text], "{word}: the customer is told");
        } else {
            assert!(suspended.is_empty() && errands(&decision).is_empty(), "{word}");
            assert!(signal.suspended.is_empty(), "{word}");
        }
    }
}

fn breakers<A>(decision: &Decision<A>) -> Vec<Breaker> {
    rows(&decision.plan, |row| match row {
        Row::Breaker(breaker) => Some(breaker.clone()),
        _ => None,
    })
}

// promise: P7
#[test]
fn a_bank_stops_itself_at_once_and_a_stop_only_tightens() {
    let by_hand = |level, setting| {
        let by = Stopper::Operator(terms::OperatorName::parse("akari").unwrap());
        let open = Breaker::stop(None, Scope::Bank(bank()), level, by, "why".to_owned(), NOW);
        Some(Breaker { setting, ..open })
    };
    let (links, top_ups) = (Level::Links, Level::TopUps);
    for (kind, before, expected) in [
        (SignalKind::StopRequested, None, links),
        (SignalKind::StopRequested, by_hand(links, Setting::Probing10), links),
        (SignalKind::StopRequested, by_hand(top_ups, Setting::Open), top_ups),
        (SignalKind::StopRequested, by_hand(top_ups, Setting::Closed), links),
        (SignalKind::BankCompromised, None, top_ups),
        (SignalKind::BankCompromised, by_hand(links, Setting::Open), top_ups),
    ] {
        let decision = decide(&take(), &TakeSignalFacts { breaker: before.clone(), ..facts(told(kind)) });
        let put = breakers(&decision);
        let [breaker] = put.as_slice() else { panic!("one breaker: {put:?}") };
        assert_eq!((&breaker.scope, breaker.setting), (&Scope::Bank(bank()), Setting::Open), "{before:?}");
        assert_eq!((breaker.level, &breaker.stopped_by), (expected, &Stopper::Bank(bank())), "{before:?}");
    }
    for &kind in SignalKind::ALL.iter().filter(|kind| told(**kind).account.is_some()) {
        assert!(breakers(&decide(&take(), &facts(told(kind)))).is_empty(), "{}", kind.as_str());
    }
}

#[test]
fn links_are_suspended_in_every_state_that_allows_it() {
    let active = || (link(), customer(1));
    let other = || (Link { id: terms::LinkId::new(crate::build::id(0x99)), ..link() }, customer(2));
    let in_state = |state| (Link { state, ..link() }, customer(1));
    let cases: Vec<(&str, Vec<_>, usize)> = vec![
        ("no link", vec![], 0),
        ("an active one", vec![active()], 1),
        ("one of each of two wallets", vec![active(), other()], 2),
        ("a suspended one", vec![in_state(LinkState::Suspended)], 0),
        ("an ended one", vec![in_state(LinkState::Ended)], 0),
        ("an active one beside a suspended one", vec![in_state(LinkState::Suspended), other()], 1),
    ];
    for kind in [SignalKind::AccountCompromised, SignalKind::LinkDenied] {
        for (what, has, expected) in &cases {
            let decision = decide(&take(), &TakeSignalFacts { links: has.clone(), ..facts(told(kind)) });
            assert_eq!(code(&decision), None, "{what}");
            assert_eq!(links(&decision).len(), *expected, "{what}");
            assert_eq!(signals(&decision)[0].suspended.len(), *expected, "{what}");
            assert_eq!(errands(&decision).len(), 2 * expected, "{what}");
            let postings = |write: &&Write| matches!(write, Write::Posting(_));
            assert_eq!(decision.plan.writes().iter().filter(postings).count(), 0, "{what}: no money moves");
        }
    }
}

#[test]
fn no_money_comes_over_a_suspended_link() {
    let suspended = Some(Link { state: LinkState::Suspended, ..link() });
    let (id, link, amount) = (PaymentId::new(crate::build::id(1)), link().id, Yen::of(1_000));
    let ask = TopUp { session: digest(1), id, link, amount };
    check("an active link", &ask, &top_up_facts(), Ok(()));
    check(
        "a suspended link",
        &ask,
        &TopUpFacts { link: suspended, ..top_up_facts() },
        Err(Code::LinkNotActive),
    );
}

// promise: P3
#[test]
fn the_same_again_changes_nothing_and_something_else_under_the_same_id_is_refused() {
    for &kind in SignalKind::ALL {
        let first = decide(&take(), &facts(told(kind)));
        let known = signals(&first).remove(0);
        let again = decide(&take(), &TakeSignalFacts { known: Some(known.clone()), ..facts(told(kind)) });
        assert_eq!((code(&again), again.plan.writes().len()), (None, 0), "{}", kind.as_str());
        let mut other = told(kind);
        other.at = other.at.minus(Span::millis(1));
        let taken = decide(&take(), &TakeSignalFacts { known: Some(known), ..facts(other) });
        assert_eq!(code(&taken), Some(Code::IdReused));
        assert_eq!(remembered(&taken), ["id_reused"]);
        assert!(signals(&taken).is_empty() && sightings(&taken).is_empty() && links(&taken).is_empty());
    }
}

// promise: P6
#[test]
fn what_cannot_be_is_refused_with_its_field_and_changes_nothing() {
    use SignalKind::{
        AccountCompromised, BankCompromised, CanaryTried, LinkDenied, StopRequested, TryFailed,
    };
    type Change = fn(&mut Told);
    let cases: Vec<(&str, SignalKind, Change, Option<&str>)> = vec![
        ("just now", TryFailed, |t| t.at = NOW, None),
        ("a bit ahead", TryFailed, |t| t.at = NOW.plus(Span::minutes(1)), None),
        ("in the future", TryFailed, |t| t.at = NOW.plus(Span::minutes(2)), Some("toe")),
        ("a month ago", TryFailed, |t| t.at = NOW.minus(Span::days(30)), None),
        ("longer ago", TryFailed, |t| t.at = NOW.minus(Span::days(31)), Some("toe")),
        ("a try without an account", TryFailed, |t| t.account = None, None),
        ("a try without a consent", TryFailed, |t| t.state = None, None),
        ("a try without a secret's tag", TryFailed, |t| t.secret = None, None),
        ("a try without a method", TryFailed, |t| t.method = None, Some("method")),
        ("by no method", TryFailed, |t| t.method = Some(String::new()), Some("method")),
        ("by another bank's", TryFailed, |t| t.method = Some("registered_phone_sms".into()), Some("method")),
        ("by a method of 2020", TryFailed, |t| t.method = Some("account_pin_birth_2020".into()), None),
        ("a canary without a number", CanaryTried, |t| t.account = None, Some("sub_id")),
        ("nobody's account", AccountCompromised, |t| t.account = None, Some("sub_id")),
        ("nobody's link", LinkDenied, |t| t.account = None, Some("sub_id")),
        ("a report with a method", LinkDenied, |t| t.method = Some(METHOD.into()), Some("method")),
        ("a report with a secret", AccountCompromised, |t| t.secret = Some(digest(1)), Some("events")),
        ("a report with a consent", AccountCompromised, |t| t.state = Some(digest(1)), Some("events")),
        ("a stop as a canary", StopRequested, |t| t.canary = true, Some("events")),
        ("a stop of an account", StopRequested, |t| t.account = Some(tags().0), Some("sub_id")),
        ("a bank's account", BankCompromised, |t| t.account = Some(tags().0), Some("sub_id")),
    ];
    for (what, kind, change, field) in cases {
        let mut told = told(kind);
        change(&mut told);
        let decision = decide(&take(), &facts(told));
        let refused = decision.answer.as_ref().err();
        assert_eq!(refused.and_then(|refusal| refusal.field.as_deref()), field, "{what}");
        if field.is_some() {
            assert_eq!(code(&decision), Some(Code::FieldNotAllowed), "{what}");
            assert_eq!(decision.plan.writes().len(), 1, "{what}: the attempt and nothing else");
            assert_eq!(remembered(&decision), ["field_not_allowed"], "{what}");
        }
    }
}

#[test]
fn a_bank_says_nothing_about_people_at_other_banks() {
    let other = BankCode::parse("0009").unwrap();
    let mut facts = facts(told(SignalKind::TryFailed));
    facts.consent = Some(Consent { bank: other, ..consent() });
    let decision = decide(&take(), &facts);
    let (signal, sighting) = (signals(&decision).remove(0), sightings(&decision).remove(0));
    assert_eq!((signal.consent, signal.customer), (None, None));
    assert_eq!((sighting.customer, sighting.device, sighting.address), (None, None, None));
}

// promise: P4
#[test]
fn the_way_back_from_a_bank_is_seen_whatever_we_make_of_it() {
    type Change = fn(&mut engine::linking::BankSaid, &mut engine::linking::FinishConsentFacts);
    let passed = Some((true, Some(tags().0)));
    let cases: Vec<(&str, Change, Option<(bool, Option<terms::Digest>)>)> = vec![
        ("a link", |_, _| (), passed),
        ("another name", |s, _| s.holder = terms::Kana::parse("スズキ タロウ").unwrap(), passed),
        ("linked elsewhere", |_, f| f.linked_elsewhere = true, passed),
        ("no gate", |_, f| f.evidence = gate::Evidence::missing(), passed),
        ("signed out meanwhile", |_, f| f.standing = None, passed),
        ("somebody else's", |_, f| f.consent.as_mut().unwrap().customer = customer(2).id, None),
        ("it did not come back", |_, f| f.consent.as_mut().unwrap().redirect.used_at = None, None),
        ("no consent", |_, f| f.consent = None, None),
    ];
    for (what, change, expected) in cases {
        let (mut word, mut facts) = (said(), finish_facts());
        change(&mut word, &mut facts);
        let seen = sightings(&decide(&finish(Some(word)), &facts));
        let short: Vec<_> = seen.iter().map(|sighting| (sighting.worked, sighting.account)).collect();
        assert_eq!(short, Vec::from_iter(expected), "{what}");
        assert!(seen.iter().all(|sighting| sighting.customer == Some(customer(1).id)), "{what}");
    }
    let mut no = finish_facts();
    no.tags = None;
    let seen = sightings(&decide(&finish(None), &no));
    let short: Vec<_> = seen.iter().map(|sighting| (sighting.worked, sighting.account)).collect();
    assert_eq!(short, [(false, None)], "the person or the bank said no");
}
