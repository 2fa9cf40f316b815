//! To a person by phone: the money waits, and is taken, given back or comes back by itself.

use crate::build::{
    after, balance, book, calm, check, customer, decided, digest, id, payments_in, standing_of, usage_in,
    used,
};
use engine::{
    Code, Errand, Plan, Write,
    payments::{
        AnswerOffer, AnswerOfferFacts, Lapse, LapseFacts, OfferAnswer, OfferFacts, OfferToPhone, Payment,
        PaymentState, Usage,
    },
    sign_up::{Customer, CustomerState},
};
use gate::Step;
use ledger::Book;
use terms::{ErrandId, PaymentId, Yen};

fn ask(yen: i64) -> OfferToPhone {
    OfferToPhone {
        session: digest(1),
        id: PaymentId::new(id(77)),
        to: customer(2).phone,
        amount: Yen::of(yen),
        message: Some("ランチ".to_owned()),
    }
}

fn facts() -> OfferFacts {
    let payer = customer(1);
    OfferFacts {
        waiting: 0,
        standing: standing_of(&payer),
        payer_name: "ハ● ヤ●".to_owned(),
        payee: Some(customer(2)),
        book: book(&[(payer.main, 1_000), (payer.young, 500), (customer(2).main, 0)]),
        usage: Usage::default(),
        evidence: calm(Step::Transfer),
    }
}

/// An offer of ¥700 that waits, and the book that holds it.
fn waiting() -> (Payment, Book) {
    let facts = facts();
    let decision = decided("an offer", &ask(700), &facts, Ok(()));
    (decision.answer.unwrap(), after(&facts.book, &decision.plan))
}

// promise: P1
// promise: P9
#[test]
fn an_offer_holds_settled_money_until_it_is_answered() {
    for (told, yen, expected) in [
        ("all settled value", 1_000, Ok(())),
        ("provisional value", 1_001, Err(Code::ValueProvisional)),
        ("more than there is", 1_501, Err(Code::InsufficientFunds)),
        ("nothing", 0, Err(Code::AmountNotAllowed)),
        ("too much", 1_000_001, Err(Code::AmountNotAllowed)),
    ] {
        check(told, &ask(yen), &facts(), expected);
    }
    let (payment, book) = waiting();
    assert_eq!(payment.state, PaymentState::Waiting);
    assert_eq!(book.account(customer(1).main).map(|a| (a.balance().get(), a.held.get())), Some((1_000, 700)));
    let mut own = ask(1);
    own.to = customer(1).phone;
    check("to one's own number", &own, &facts(), Err(Code::SamePerson));
    let mut full = facts();
    full.usage = used(&customer(1), 0, 500_000);
    check("above the day's limit", &ask(1), &full, Err(Code::OverLimit));
}

fn shown(plan: &Plan) -> Vec<String> {
    let errands = plan.writes().iter().filter_map(|write| match write {
        Write::Errand(new) => Some(match &new.errand {
            Errand::Sms { to, text } => format!("sms {} {}", to.as_str(), text.expose()),
            other => format!("{other:?}"),
        }),
        _ => None,
    });
    errands.collect()
}

// promise: P4
#[test]
fn the_payer_sees_the_same_whether_the_number_has_a_wallet_or_not() {
    let known = decided("a known number", &ask(700), &facts(), Ok(()));
    let stranger = OfferFacts { payee: None, ..facts() };
    let unknown = decided("an unknown number", &ask(700), &stranger, Ok(()));
    assert_eq!(known.answer, unknown.answer);
    assert_eq!(shown(&known.plan), shown(&unknown.plan));
    assert_eq!(shown(&known.plan).len(), 2, "one text, one lapse");
}

fn answer_facts(payee: &Customer, payment: Option<Payment>) -> AnswerOfferFacts {
    AnswerOfferFacts {
        standing: standing_of(payee),
        payee_name: "ヤ● ハ●".to_owned(),
        payment,
        usage: used(&customer(1), 0, 700),
        evidence: calm(Step::Acceptance),
    }
}

fn answer(answer: OfferAnswer) -> AnswerOffer {
    AnswerOffer { session: digest(1), payment: PaymentId::new(id(77)), answer }
}

// promise: P1
#[test]
fn an_offer_is_taken_or_given_back_whole() {
    for (given, payer_has, payee_has, state, usage) in [
        (OfferAnswer::Accept, 300, 700, PaymentState::Completed, vec![]),
        (OfferAnswer::Decline, 1_000, 0, PaymentState::Returned, vec![0]),
    ] {
        let (payment, book) = waiting();
        let facts = answer_facts(&customer(2), Some(payment));
        let decision = decided("an answer", &answer(given), &facts, Ok(()));
        let book = after(&book, &decision.plan);
        assert_eq!(
            (balance(&book, customer(1).main), balance(&book, customer(2).main)),
            (payer_has, payee_has)
        );
        assert!(book.accounts().all(|account| account.held.is_zero() && account.announced.is_zero()));
        assert_eq!(balance(&book, engine::payments::offers_account()), 0);
        let answered = decision.answer.unwrap();
        assert_eq!(answered.state, state);
        assert_eq!(usage_in(&decision.plan), usage, "what comes back can be sent again");
        // promise: P3
        let again =
            decided("again", &answer(given), &answer_facts(&customer(2), Some(answered.clone())), Ok(()));
        assert_eq!(again.answer.as_ref(), Ok(&answered));
        assert_eq!(again.plan.writes().len(), 1, "the same answer again moves nothing");
    }
}

// promise: P4
// promise: P6
#[test]
fn nobody_else_answers_an_offer() {
    let (payment, _) = waiting();
    let third = customer(3);
    let mut done = payment.clone();
    (done.state, done.hold, done.payee) = (PaymentState::Completed, None, Some(customer(2).id));
    let mut returned = payment.clone();
    (returned.state, returned.hold) = (PaymentState::Returned, None);
    let mut by_handle = payment.clone();
    by_handle.payee_phone = None;
    let closing = Customer { state: CustomerState::Closing, ..customer(2) };
    for given in [OfferAnswer::Accept, OfferAnswer::Decline] {
        for (told, who, payment, code) in [
            ("a third person", &third, Some(payment.clone()), Code::NotFound),
            ("the payer", &customer(1), Some(payment.clone()), Code::NotFound),
            ("no such payment", &customer(2), None, Code::NotFound),
            ("a payment that was no offer", &customer(2), Some(by_handle.clone()), Code::NotFound),
        ] {
            check(told, &answer(given), &answer_facts(who, payment), Err(code));
        }
    }
    for (told, given, who, payment, code) in [
        ("took, then declines", OfferAnswer::Decline, &customer(2), done.clone(), Code::WrongState),
        ("came back, then takes", OfferAnswer::Accept, &customer(2), returned, Code::WrongState),
        ("takes while closing", OfferAnswer::Accept, &closing, payment, Code::WalletClosed),
        (
            "has the number of one who took it",
            OfferAnswer::Accept,
            &Customer { id: third.id, ..customer(2) },
            done,
            Code::WrongState,
        ),
    ] {
        check(told, &answer(given), &answer_facts(who, Some(payment)), Err(code));
    }
}

// promise: P1
#[test]
fn an_offer_lapses_once_and_only_while_it_waits() {
    let (payment, book) = waiting();
    let ask = Lapse { errand: ErrandId::new(id(5)), payment: payment.id };
    let usage = used(&customer(1), 0, 700);
    let lapsed =
        decided("lapses", &ask, &LapseFacts { payment: Some(payment.clone()), usage: usage.clone() }, Ok(()));
    let book = after(&book, &lapsed.plan);
    assert_eq!(book.account(customer(1).main).map(|a| (a.balance().get(), a.held.get())), Some((1_000, 0)));
    assert_eq!(payments_in(&lapsed.plan)[0].state, PaymentState::Returned);
    let over = Payment { state: PaymentState::Completed, hold: None, ..payment };
    for payment in [None, Some(over)] {
        let decision = decided("nothing to do", &ask, &LapseFacts { payment, usage: usage.clone() }, Ok(()));
        assert!(decision.plan.writes().iter().any(|write| matches!(write, Write::ErrandDone(_))));
        assert_eq!(decision.plan.writes().len(), 2, "the errand is done, and nothing else");
    }
}
