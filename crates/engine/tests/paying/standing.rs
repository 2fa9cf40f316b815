//! Who may move money: every ask of a customer needs an open passkey session and a proved identity (H1).

use crate::{
    build::{book, calm, check, customer, digest, id, money, order, payee, shop, standing_of},
    people::transfer_facts,
};
use engine::{
    Aal, Code, Ial, Standing,
    identity::Identity,
    merchants::static_payload,
    payments::{
        AnswerOffer, AnswerOfferFacts, LookUpPayee, LookUpPayeeFacts, OfferAnswer, OfferFacts, OfferToPhone,
        PayQr, PayQrFacts, PresentCode, PresentCodeFacts, TransferToHandle, Usage,
    },
    sign_up::{ChooseHandle, ChooseHandleFacts, CustomerState, GivenUpHandle},
};
use gate::Step;
use terms::{BirthDate, Handle, Kana, PaymentId, Span, Yen};

use crate::build::NOW;

/// Every standing that is not enough to move money, and why.
fn not_enough() -> Vec<(&'static str, Option<Standing>, Code)> {
    let fine = || standing_of(&customer(1)).unwrap();
    let mut cases = vec![("no session", None, Code::NotSignedIn)];
    let mut add = |told, code, change: fn(&mut Standing)| {
        let mut standing = fine();
        change(&mut standing);
        cases.push((told, Some(standing), code));
    };
    add("a session that was ended", Code::NotSignedIn, |s| s.session.ended_at = Some(NOW));
    add("a session at the end of its idle time", Code::NotSignedIn, |s| s.session.idle_until = NOW);
    add("a session at the end of its life", Code::NotSignedIn, |s| s.session.expires_at = NOW);
    add("a closed wallet", Code::WalletClosed, |s| s.customer.state = CustomerState::Closed);
    add("a session that a provider vouched for", Code::PasskeyNeeded, |s| s.session.aal = Aal::Federated);
    add("an identity that was not proved", Code::IdentityNeeded, |s| s.customer.ial = Ial::Phone);
    cases
}

// promise: P5
// promise: P6
#[test]
fn nothing_moves_without_passkey_and_proved_identity() {
    let (payer, other, shop) = (customer(1), customer(2), shop());
    let funded = || book(&[(payer.main, 9_000), (payer.young, 0), (other.main, 0), (shop.account, 0)]);
    let (session, amount) = (digest(1), Yen::of(100));
    let payment = PaymentId::new(id(77));
    for (told, standing, code) in not_enough() {
        let to = Handle::parse("person2").unwrap();
        let ask = TransferToHandle { session, id: payment, to: to.clone(), amount, message: None };
        check(
            told,
            &ask,
            &{
                let mut f = transfer_facts();
                f.standing = standing.clone();
                f
            },
            Err(code),
        );
        let ask = OfferToPhone { session, id: payment, to: other.phone.clone(), amount, message: None };
        let facts = OfferFacts {
            waiting: 0,
            standing: standing.clone(),
            payer_name: String::new(),
            payee: None,
            book: funded(),
            usage: Usage::default(),
            evidence: calm(Step::Transfer),
        };
        check(told, &ask, &facts, Err(code));
        let ask = AnswerOffer { session, payment, answer: OfferAnswer::Accept };
        let facts = AnswerOfferFacts {
            standing: standing.clone(),
            payee_name: String::new(),
            payment: None,
            usage: Usage::default(),
            evidence: calm(Step::Acceptance),
        };
        check(told, &ask, &facts, Err(code));
        let ask = LookUpPayee { session, handle: to };
        let facts = LookUpPayeeFacts {
            standing: standing.clone(),
            payee: payee(&other),
            evidence: calm(Step::PayeeLookup),
        };
        check(told, &ask, &facts, Err(code));
        let ask =
            PayQr { session, id: payment, payload: static_payload(&shop).unwrap(), amount: Some(amount) };
        let facts = PayQrFacts {
            standing: standing.clone(),
            merchant: Some(shop.clone()),
            order: Some(order(&shop, 100)),
            money: money(funded(), Vec::new()),
        };
        check(told, &ask, &facts, Err(code));
        let facts = PresentCodeFacts { standing: standing.clone(), evidence: calm(Step::CodeShown) };
        check(told, &PresentCode { session, code: digest(3) }, &facts, Err(code));
        // To be paid under a name needs no proved identity, but the same session.
        if code != Code::IdentityNeeded {
            let ask = ChooseHandle { session, handle: Handle::parse("anew").unwrap() };
            check(told, &ask, &ChooseHandleFacts { standing, ..ChooseHandleFacts::default() }, Err(code));
        }
    }
}

fn proved(subject: &str) -> Identity {
    Identity {
        customer: customer(1).id,
        issuer: "https://verifier.example".to_owned(),
        subject: subject.to_owned(),
        method: "jpki".to_owned(),
        name: "山田 花子".to_owned(),
        kana: Kana::parse("ヤマダ ハナコ").unwrap(),
        birth_date: BirthDate::parse("1990-01-01").unwrap(),
        verified_at: NOW,
        valid_until: NOW.plus(Span::days(1_000)),
        ended_at: None,
    }
}

#[test]
fn a_handle_belongs_to_one_customer_and_rests_when_it_is_given_up() {
    let ask = ChooseHandle { session: digest(1), handle: Handle::parse("anew").unwrap() };
    let old = |whose: u8, person: Option<&str>, free_in_ms: i64| {
        let (handle, customer) = (ask.handle.clone(), customer(whose).id);
        let person = person.map(|subject| ("https://verifier.example".to_owned(), subject.to_owned()));
        Some(GivenUpHandle { handle, customer, person, free_at: NOW.plus(Span::millis(free_in_ms)) })
    };
    let me = || Some(proved("me"));
    let (ok, taken) = (Ok(()), Err(Code::HandleTaken));
    for (told, is_taken, given_up, identity, resting, expected) in [
        ("free", false, None, None, 0, ok),
        ("somebody has it", true, None, None, 0, taken),
        ("somebody had it", false, old(2, None, 1), None, 0, taken),
        ("somebody else, proved, had it", false, old(2, Some("them"), 1), me(), 0, taken),
        ("it has rested", false, old(2, Some("them"), 0), me(), 0, ok),
        ("I had it", false, old(1, None, 1), None, 0, ok),
        ("I had it in a wallet that is closed", false, old(2, Some("me"), 1), me(), 0, ok),
        ("I had it, and somebody has it", true, old(1, None, 1), None, 0, taken),
        ("too many of mine rest", false, None, None, 3, Err(Code::TooMany)),
    ] {
        let standing = standing_of(&customer(1));
        let facts = ChooseHandleFacts { standing, identity, taken: is_taken, given_up, resting };
        check(told, &ask, &facts, expected);
    }
}

#[test]
fn a_session_is_good_until_the_last_millisecond() {
    let mut standing = standing_of(&customer(1)).unwrap();
    standing.session.idle_until = NOW.plus(Span::millis(1));
    let facts = PresentCodeFacts { standing: Some(standing), evidence: calm(Step::CodeShown) };
    check("one millisecond left", &PresentCode { session: digest(1), code: digest(3) }, &facts, Ok(()));
}
