//! A consent, its return and the bank's word: what links, and what does not (P4, P5, P6, P10, H2, H3).

use crate::{
    build::{NOW, check, customer, decide, decided, digest, id, rows, standing_of},
    world::{
        Outside, bank, code, consent, errands, factors, finish_facts, link, links, redirect, remembered,
        return_facts, returned, said, tags, unlink_facts,
    },
};
use engine::{
    Aal, Code, Ial, Redirect, Row, Standing, Write,
    linking::{
        BankSaid, BeginConsent, BeginConsentFacts, Consent, ConsentState, FinishConsent, FinishConsentFacts,
        LinkState, TakeReturn, TakeReturnFacts, Unlink, UnlinkFacts,
    },
    sign_up::CustomerState,
};
use gate::{Evidence, Step};
use terms::{BankCode, BirthDate, ConsentId, Kana, Span, Yen};

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

fn begin_facts() -> BeginConsentFacts {
    BeginConsentFacts {
        standing: standing_of(&customer(1)),
        known: None,
        awaiting: 0,
        evidence: crate::build::calm(Step::ConsentBegun),
    }
}

fn standing(change: impl FnOnce(&mut Standing)) -> Option<Standing> {
    let mut standing = standing_of(&customer(1));
    change(standing.as_mut().unwrap());
    standing
}

/// Standings that are not enough to link or to move money, and why.
pub(crate) fn not_enough() -> Vec<(&'static str, Option<Standing>, Code)> {
    vec![
        ("nobody", None, Code::NotSignedIn),
        ("an ended session", standing(|s| s.session.ended_at = Some(NOW)), Code::NotSignedIn),
        ("a closing wallet", standing(|s| s.customer.state = CustomerState::Closing), Code::WalletClosed),
        ("a closed wallet", standing(|s| s.customer.state = CustomerState::Closed), Code::WalletClosed),
        ("a provider's session", standing(|s| s.session.aal = Aal::Federated), Code::PasskeyNeeded),
        ("an identity not proved", standing(|s| s.customer.ial = Ial::Phone), Code::IdentityNeeded),
    ]
}

// promise: P4
// promise: P6
#[test]
fn what_a_consent_needs_to_begin() {
    for (told, standing, code) in not_enough() {
        check(told, &begin(), &BeginConsentFacts { standing, ..begin_facts() }, Err(code));
    }
    type Change = fn(&mut BeginConsent, &mut BeginConsentFacts);
    fn other(change: fn(&mut Consent)) -> Option<Consent> {
        let mut consent = consent();
        change(&mut consent);
        Some(consent)
    }
    fn bank_of(code: &str) -> BankCode {
        BankCode::parse(code).unwrap()
    }
    let (yen, taken) = (Yen::of, Err(Code::IdReused));
    let cases: Vec<(&str, Change, Result<(), Code>)> = vec![
        ("a strong method", |_, _| (), Ok(())),
        ("a method of 2020", |a, _| a.method = "account_pin_birth_2020".into(), Err(Code::MethodTooWeak)),
        ("a method of another bank", |a, _| a.method = "registered_phone_sms".into(), Err(Code::BankUnknown)),
        ("no method", |a, _| a.method = String::new(), Err(Code::BankUnknown)),
        ("no bank", |a, _| a.bank = bank_of("9999"), Err(Code::BankUnknown)),
        ("no gate", |_, f| f.evidence = Evidence::missing(), Err(Code::GateDenied)),
        ("the same once more", |_, f| f.known = Some(consent()), Ok(())),
        ("the same id at another bank", |_, f| f.known = other(|c| c.bank = bank_of("0009")), taken),
        ("by another method", |_, f| f.known = other(|c| c.method.clear()), taken),
        ("with another limit", |_, f| f.known = other(|c| c.per_day_limit = Yen::of(1)), taken),
        ("of somebody else", |_, f| f.known = other(|c| c.customer = customer(2).id), taken),
        ("that came back", |_, f| f.known = other(|c| c.redirect.used_at = Some(NOW)), taken),
        ("that was refused", |_, f| f.known = other(|c| c.state = ConsentState::Rejected), taken),
        ("four others wait", |_, f| f.awaiting = 4, Ok(())),
        ("five others wait", |_, f| f.awaiting = 5, Err(Code::TooMany)),
        ("no limit per debit", |a, _| a.per_debit_limit = Yen::ZERO, Err(Code::AmountNotAllowed)),
    ];
    for (told, change, expected) in cases {
        let (mut ask, mut facts) = (begin(), begin_facts());
        change(&mut ask, &mut facts);
        check(told, &ask, &facts, expected);
    }
    for (debit, day, fine) in [
        (1, 1, true),
        (1_000_000, 1_000_000, true),
        (100_001, 100_000, false),
        (1, 1_000_001, false),
        (1_000_001, 1_000_001, false),
    ] {
        let ask = BeginConsent { per_debit_limit: yen(debit), per_day_limit: yen(day), ..begin() };
        let expected = if fine { Ok(()) } else { Err(Code::AmountNotAllowed) };
        check(&format!("{debit} per debit, {day} per day"), &ask, &begin_facts(), expected);
    }
}

#[test]
fn a_consent_is_kept_with_what_was_asked() {
    let decision = decided("a consent", &begin(), &begin_facts(), Ok(()));
    let consents = rows(&decision.plan, |row| match row {
        Row::Consent(consent) => Some((consent.id, consent.customer, consent.state, consent.per_day_limit)),
        _ => None,
    });
    let expected = (begin().id, customer(1).id, ConsentState::Awaiting, Yen::of(150_000));
    assert_eq!(consents, [expected]);
    assert!(links(&decision).is_empty() && errands(&decision).is_empty());
}

// promise: P6
#[test]
fn a_return_fits_one_browser_once_and_in_time() {
    let ask = || TakeReturn { session: digest(1), id: consent().id, returned: returned() };
    for (told, standing, code) in not_enough() {
        check(told, &ask(), &TakeReturnFacts { standing, ..return_facts() }, Err(code));
    }
    type Change = fn(&mut TakeReturn, &mut TakeReturnFacts);
    fn redirect(facts: &mut TakeReturnFacts) -> &mut Redirect {
        &mut facts.consent.as_mut().unwrap().redirect
    }
    let over = Err(Code::CeremonyOver);
    let cases: Vec<(&str, Change, Result<(), Code>)> = vec![
        ("no such consent", |_, f| f.consent = None, Err(Code::NotFound)),
        (
            "somebody else's",
            |_, f| f.consent.as_mut().unwrap().customer = customer(2).id,
            Err(Code::NotFound),
        ),
        ("another state", |a, _| a.returned.state = digest(0), over),
        ("another browser", |a, _| a.returned.browser = digest(0), over),
        ("another issuer", |a, _| a.returned.issuer = Some("https://evil.example".into()), over),
        ("no issuer", |a, _| a.returned.issuer = None, over),
        ("the second time", |_, f| redirect(f).used_at = Some(NOW), over),
        ("too late", |_, f| redirect(f).expires_at = NOW, over),
        ("after a refusal", |_, f| f.consent.as_mut().unwrap().state = ConsentState::Rejected, over),
        ("no gate", |_, f| f.evidence = Evidence::missing(), Err(Code::GateDenied)),
    ];
    for (told, change, expected) in cases {
        let (mut ask, mut facts) = (ask(), return_facts());
        change(&mut ask, &mut facts);
        check(told, &ask, &facts, expected);
    }
    let decision = decided("a return that fits", &ask(), &return_facts(), Ok(()));
    let used = rows(&decision.plan, |row| match row {
        Row::Consent(consent) => Some(consent.redirect.used_at),
        _ => None,
    });
    assert_eq!(used, [Some(NOW)], "it is used up before the bank is asked");
}

pub(crate) fn finish(said: Option<BankSaid>) -> FinishConsent {
    FinishConsent { session: digest(1), id: consent().id, said }
}

/// The consent's state after a plan, if it changes.
fn consent_states<A>(decision: &engine::Decision<A>) -> Vec<ConsentState> {
    rows(&decision.plan, |row| match row {
        Row::Consent(consent) => Some(consent.state),
        _ => None,
    })
}

// promise: P4
// promise: P10
#[test]
fn a_good_word_opens_a_young_link_and_the_customer_is_told() {
    let decision = decide(&finish(Some(said())), &finish_facts());
    assert_eq!(code(&decision), None);
    let opened = links(&decision);
    let [link] = opened.as_slice() else { panic!("one link: {opened:?}") };
    assert_eq!((link.customer, link.bank, link.state), (customer(1).id, bank(), LinkState::Active));
    assert_eq!((link.account_tag, link.holder_tag), tags());
    assert_eq!(link.young_until, NOW.plus(Span::days(30)));
    assert_eq!(errands(&decision), [Outside::Mail, Outside::Text]);
    assert_eq!(consent_states(&decision), [ConsentState::Authorised]);
    assert_eq!(remembered(&decision), ["taken"]);
}

// promise: P4
// promise: P6
#[test]
fn every_mismatch_is_refused_alike_and_remembered_with_its_reason() {
    type Change = fn(&mut BankSaid, &mut FinishConsentFacts);
    fn kana(text: &str) -> Kana {
        Kana::parse(text).unwrap()
    }
    let cases: Vec<(&str, &str, Change)> = vec![
        ("another name", "name", |s, _| s.holder = kana("ヤマダ ハナエ")),
        ("a name without its voiced mark", "name", |s, _| s.holder = kana("ヤマタ ハナコ")),
        ("the parts the other way round", "name", |s, _| s.holder = kana("ハナコ ヤマダ")),
        ("a name that is almost the same", "name", |s, _| s.holder = kana("ヤマダ ハナココ")),
        ("another birth date", "birth_date", |s, _| {
            s.birth_date = BirthDate::parse("1988-04-13").unwrap();
        }),
        ("another method", "method", |s, _| s.method = "account_pin_birth_2020".into()),
        ("nothing held was checked", "factors", |s, _| s.factors = factors(&["password"])),
        ("number, name, PIN, birth date", "factors", |s, _| {
            s.factors = factors(&["account_number", "name", "pin", "birth_date"]);
        }),
        ("nothing was checked", "factors", |s, _| s.factors.clear()),
        ("a factor that nobody knows", "factors", |s, _| s.factors = factors(&["otp_app", "palm"])),
        ("one leak gives all away", "factors", |s, _| s.factors = factors(&["otp_app"])),
        ("a higher limit per debit", "limits", |s, _| s.per_debit_limit = Yen::of(100_001)),
        ("a higher limit per day", "limits", |s, _| s.per_day_limit = Yen::of(150_001)),
        ("no identity", "identity", |_, f| f.identity = None),
        ("an identity that has ended", "identity", |_, f| {
            f.identity.as_mut().unwrap().ended_at = Some(NOW);
        }),
        ("another wallet has a link to it", "linked_elsewhere", |_, f| f.linked_elsewhere = true),
        ("the bank reported it just now", "reported", |_, f| f.reported_at = Some(NOW)),
        ("the bank reported it a month ago", "reported", |_, f| {
            f.reported_at = Some(NOW.minus(Span::days(30)).plus(Span::millis(1)));
        }),
        ("the depositor was not told", "depositor_not_notified", |s, _| s.depositor_notified = false),
    ];
    let mut answers = Vec::new();
    for (told, reason, change) in cases {
        let (mut word, mut facts) = (said(), finish_facts());
        change(&mut word, &mut facts);
        let decision = decide(&finish(Some(word)), &facts);
        answers.push(serde_json::to_string(&decision.answer).unwrap());
        assert_eq!(remembered(&decision), [format!("link_refused:{reason}")], "{told}");
        assert!(links(&decision).is_empty(), "{told}: no link");
        assert_eq!(errands(&decision), [Outside::Revoke], "{told}: the grant is given back");
        assert_eq!(consent_states(&decision), [ConsentState::Rejected], "{told}");
    }
    answers.dedup();
    assert_eq!(answers, [r#"{"Err":{"code":"link_refused"}}"#], "the asker learns nothing more");
}

// promise: P4
#[test]
fn a_reported_bank_account_can_be_linked_again_after_a_while() {
    let facts = FinishConsentFacts { reported_at: Some(NOW.minus(Span::days(30))), ..finish_facts() };
    assert_eq!(code(&decide(&finish(Some(said())), &facts)), None);
}

// promise: P4
#[test]
fn a_name_matches_however_a_bank_writes_it() {
    for holder in ["ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダハナコ", "やまだ　はなこ"] {
        let word = BankSaid { holder: Kana::parse(holder).unwrap(), ..said() };
        assert_eq!(code(&decide(&finish(Some(word)), &finish_facts())), None, "{holder}");
    }
}

// promise: P5
// promise: P6
#[test]
fn no_word_no_pass_and_no_standing_leave_no_link_and_no_grant() {
    type Change = fn(&mut FinishConsentFacts);
    let cases: Vec<(&str, Option<BankSaid>, Change, Code)> = vec![
        ("the person said no", None, |_| (), Code::ConsentDenied),
        ("the gate counted nothing", Some(said()), |f| f.evidence = Evidence::missing(), Code::GateDenied),
        ("no tags", Some(said()), |f| f.tags = None, Code::LinkRefused),
        ("it is linked already", Some(said()), |f| f.linked = true, Code::WrongState),
        ("signed out meanwhile", Some(said()), |f| f.standing = None, Code::NotSignedIn),
    ];
    for (told, word, change, expected) in cases {
        let mut facts = finish_facts();
        change(&mut facts);
        let revokes = word.is_some();
        let decision = decide(&finish(word), &facts);
        assert_eq!(code(&decision), Some(expected), "{told}");
        assert_eq!(remembered(&decision), [expected.as_str()], "{told}");
        assert!(links(&decision).is_empty(), "{told}");
        assert_eq!(errands(&decision).contains(&Outside::Revoke), revokes, "{told}");
        assert_eq!(consent_states(&decision), [ConsentState::Rejected], "{told}");
    }
}

#[test]
fn only_the_own_consent_that_came_back_is_finished() {
    type Change = fn(&mut FinishConsentFacts);
    let cases: Vec<(&str, Change)> = vec![
        ("no such consent", |f| f.consent = None),
        ("somebody else's", |f| f.consent.as_mut().unwrap().customer = customer(2).id),
        ("it did not come back", |f| f.consent.as_mut().unwrap().redirect.used_at = None),
        ("finished before", |f| f.consent.as_mut().unwrap().state = ConsentState::Authorised),
        ("refused before", |f| f.consent.as_mut().unwrap().state = ConsentState::Rejected),
    ];
    for (told, change) in cases {
        let mut facts = finish_facts();
        change(&mut facts);
        let decision = decide(&finish(Some(said())), &facts);
        assert_eq!(code(&decision), Some(Code::NotFound), "{told}");
        assert_eq!(remembered(&decision), ["not_found"], "{told}");
        assert!(links(&decision).is_empty() && consent_states(&decision).is_empty(), "{told}");
    }
}

// promise: P6
#[test]
fn a_link_ends_at_once_and_the_bank_is_told() {
    let ask = Unlink { session: digest(1), link: link().id };
    let decision = decided("unlink", &ask, &unlink_facts(), Ok(()));
    let ended = links(&decision);
    assert_eq!((ended[0].state, ended[0].ended_at), (LinkState::Ended, Some(NOW)));
    assert_eq!(errands(&decision), [Outside::EndLink(link().id), Outside::Mail, Outside::Text]);
    type Change = fn(&mut UnlinkFacts);
    let cases: Vec<(&str, Change, Result<(), Code>)> = vec![
        ("no such link", |f| f.link = None, Err(Code::NotFound)),
        ("somebody else's", |f| f.link.as_mut().unwrap().customer = customer(2).id, Err(Code::NotFound)),
        ("a payment is under way", |f| f.under_way = 1, Err(Code::PaymentsUnderWay)),
        ("nobody", |f| f.standing = None, Err(Code::NotSignedIn)),
        (
            "an identity is not needed to end it",
            |f| f.standing.as_mut().unwrap().customer.ial = Ial::Phone,
            Ok(()),
        ),
    ];
    for (told, change, expected) in cases {
        let mut facts = unlink_facts();
        change(&mut facts);
        check(told, &ask, &facts, expected);
    }
    let mut ended = unlink_facts();
    ended.link.as_mut().unwrap().state = LinkState::Ended;
    let twice = decided("ended before", &ask, &ended, Ok(()));
    let changes = |write: &&Write| !matches!(write, Write::Attempt(_));
    assert_eq!(twice.plan.writes().iter().filter(changes).count(), 0, "ended twice is ended once");
}
