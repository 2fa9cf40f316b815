//! What no breaker holds up: rights that are given back, and what a bank has done already (P7).

use crate::{
    attempt, breaker,
    build::{balance, book, calm, customer, decided, digest, id, shop, standing_of},
    world::{
        Outside, answer_facts, bank, belongings, close_facts, errands, link, payment, purse, unlink_facts,
    },
};
use engine::{
    BankOutcome,
    errand::BankReason,
    linking::Unlink,
    payments::{
        Asking, BankAnswered, Close, CloseFacts, Payment, PaymentKind, PaymentState, Refund, RefundFacts,
    },
    sessions::{EndSession, EndSessionFacts, Which},
};
use gate::{Evidence, Level, Operation, Path, Setting, Step, Stops};
use terms::{ErrandId, PaymentId, Yen};

/// Everything that can be stopped, is.
fn everything() -> Stops {
    let operations = Operation::ALL.map(|operation| format!("operation:{}", operation.as_str()));
    let scopes = operations.iter().map(String::as_str).chain(["all", "bank:0001"]);
    Stops::new(scopes.map(|scope| breaker(scope, Level::TopUps, Setting::Open)))
}

fn under_everything(step: Step) -> Evidence {
    let path = Path { bank: Some(bank()), is_young: true, customer: Some(customer(1).id), method: None };
    calm(step).under(&everything(), step, &path)
}

// promise: P7
#[test]
fn a_customer_leaves_unlinks_and_closes_whatever_is_stopped() {
    // Neither unlinking nor signing out asks the breakers at all.
    let unlink = Unlink { session: digest(1), link: link().id };
    let decision = decided("unlink", &unlink, &unlink_facts(), Ok(()));
    assert_eq!(attempt(&decision).0, Step::Unlink);
    let facts = EndSessionFacts { standing: standing_of(&customer(1)), sessions: Vec::new() };
    let ask = EndSession { session: digest(1), which: Which::Current };
    assert_eq!(attempt(&decided("sign out", &ask, &facts, Ok(()))).0, Step::SignOut);

    let evidence = || under_everything(Step::Closing);
    let close = Close { session: digest(1), id: PaymentId::new(id(77)), link: Some(link().id) };
    let facts = CloseFacts { evidence: evidence(), ..close_facts() };
    let decision = decided("close with money", &close, &facts, Ok(()));
    assert_eq!(attempt(&decision), (Step::Closing, "taken".to_owned()));
    assert_eq!(errands(&decision)[0], Outside::Book(close.id, false), "and is asked again before it is sent");
    let facts = CloseFacts { evidence: evidence(), book: purse(0, 0), link: None, ..close_facts() };
    let decision = decided("close without money", &Close { link: None, ..close }, &facts, Ok(()));
    assert_eq!(attempt(&decision), (Step::Closing, "taken".to_owned()));
    assert_eq!(belongings().links.len(), 1);
}

// promise: P7
#[test]
fn a_shop_gives_money_back_whatever_is_stopped() {
    let payer = customer(1);
    let kind = PaymentKind::QrPayment;
    let (state, amount) = (PaymentState::Completed, Yen::of(500));
    let paid = Payment {
        merchant: Some(shop().id),
        ..Payment::new(PaymentId::new(id(5)), kind, state, amount, payer.id, crate::build::NOW)
    };
    let facts = RefundFacts {
        merchant: Some(shop()),
        book: book(&[(payer.main, 0), (payer.young, 0), (shop().account, 900)]),
        original: Some((paid, payer)),
        endpoints: Vec::new(),
        evidence: under_everything(Step::Refund),
    };
    let ask = Refund { key: digest(9), id: PaymentId::new(id(78)), payment: PaymentId::new(id(5)), amount };
    crate::build::check("a refund", &ask, &facts, Ok(()));
}

// promise: P1
// promise: P7
#[test]
fn what_a_bank_has_done_is_booked_and_what_was_stopped_on_its_way_is_released() {
    let cases = [
        ("booked before the stop", BankOutcome::Booked { bank_reference: "B-1".to_owned() }, 12_000),
        ("stopped before it was sent", BankOutcome::Refused { reason: BankReason::Stopped }, 9_000),
    ];
    for (told, outcome, left) in cases {
        let payment = payment(PaymentKind::TopUp, PaymentState::InProgress, 0);
        let (facts, book) = answer_facts(payment.clone());
        let asking = Some(Asking { errand: ErrandId::new(id(0xee)), tries: 0, inquiry: false });
        let ask = BankAnswered { asking, bank: bank(), payment: payment.id, outcome };
        let decision = decided(told, &ask, &facts, Ok(()));
        let after = crate::build::after(&book, &decision.plan);
        assert_eq!(balance(&after, customer(1).main), left, "{told}");
        for account in after.accounts() {
            assert_eq!((account.held.get(), account.announced.get()), (0, 0), "{told}: {account:?}");
        }
        let payments = crate::build::payments_in(&decision.plan);
        assert!(payments[0].state.is_final(), "{told}: {payments:?}");
        if told.starts_with("stopped") {
            assert_eq!(payments[0].bank_reason, Some(BankReason::Stopped), "{told}");
        }
    }
}
