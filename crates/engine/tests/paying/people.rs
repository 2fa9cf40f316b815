//! To a person by handle, and the look-up before it.

use crate::build::{
    after, balance, book, calm, check, customer, decided, digest, id, payee, payments_in, standing_of,
    usage_in, used,
};
use engine::{
    Code,
    payments::{LookUpPayee, LookUpPayeeFacts, TransferFacts, TransferToHandle, Usage},
    sign_up::CustomerState,
};
use gate::{Evidence, Step};
use terms::{Handle, PaymentId, Yen};

/// Person 1 has ¥9,000 and ¥500 of provisional value, and pays person 2.
pub(crate) fn transfer_facts() -> TransferFacts {
    let (payer, other) = (customer(1), customer(2));
    TransferFacts {
        standing: standing_of(&payer),
        payer_name: "ハ● ヤ●".to_owned(),
        payee: payee(&other),
        book: book(&[(payer.main, 9_000), (payer.young, 500), (other.main, 10)]),
        usage: Usage::default(),
        evidence: calm(Step::Transfer),
    }
}

fn ask(yen: i64) -> TransferToHandle {
    TransferToHandle {
        session: digest(1),
        id: PaymentId::new(id(77)),
        to: Handle::parse("person2").unwrap(),
        amount: Yen::of(yen),
        message: None,
    }
}

// promise: P1
#[test]
fn money_goes_to_the_payee_whole() {
    let facts = transfer_facts();
    let decision = decided("a transfer", &ask(3_000), &facts, Ok(()));
    let after = after(&facts.book, &decision.plan);
    assert_eq!(balance(&after, customer(1).main), 6_000);
    assert_eq!(balance(&after, customer(1).young), 500);
    assert_eq!(balance(&after, customer(2).main), 3_010);
    assert_eq!(usage_in(&decision.plan), [3_000]);
    assert_eq!(payments_in(&decision.plan).len(), 1);
}

// promise: P6
// promise: P9
#[test]
fn what_a_transfer_is_refused_for() {
    type Change = fn(&mut TransferToHandle, &mut TransferFacts);
    let cases: [(&str, i64, Change, Result<(), Code>); 21] = [
        ("all settled value", 9_000, |_, _| (), Ok(())),
        ("one yen of provisional value", 9_001, |_, _| (), Err(Code::ValueProvisional)),
        ("all there is", 9_500, |_, _| (), Err(Code::ValueProvisional)),
        ("more than there is", 9_501, |_, _| (), Err(Code::InsufficientFunds)),
        ("nothing", 0, |_, _| (), Err(Code::AmountNotAllowed)),
        ("more than one payment may be", 1_000_001, |_, _| (), Err(Code::AmountNotAllowed)),
        ("a message of 100", 1, |a, _| a.message = Some("あ".repeat(100)), Ok(())),
        ("a message of 101", 1, |a, _| a.message = Some("あ".repeat(101)), Err(Code::FieldNotAllowed)),
        ("a message with a line end", 1, |a, _| a.message = Some("a\nb".into()), Err(Code::FieldNotAllowed)),
        ("to nobody", 1, |_, f| f.payee = None, Err(Code::PayeeUnavailable)),
        (
            "to a wallet that is closed",
            1,
            |_, f| f.payee.as_mut().unwrap().customer.state = CustomerState::Closed,
            Err(Code::PayeeUnavailable),
        ),
        (
            "to a wallet that is being closed",
            1,
            |_, f| f.payee.as_mut().unwrap().customer.state = CustomerState::Closing,
            Err(Code::PayeeUnavailable),
        ),
        (
            "to somebody who is not proved",
            1,
            |_, f| f.payee.as_mut().unwrap().masked_name = None,
            Err(Code::PayeeUnavailable),
        ),
        ("to oneself", 1, |_, f| f.payee = payee(&customer(1)), Err(Code::SamePerson)),
        ("up to the day's limit", 1_000, |_, f| f.usage = used(&customer(1), 1, 499_000), Ok(())),
        (
            "above the day's limit",
            1_001,
            |_, f| f.usage = used(&customer(1), 1, 499_000),
            Err(Code::OverLimit),
        ),
        ("a day later", 1_001, |_, f| f.usage = used(&customer(1), 25, 499_000), Ok(())),
        (
            "above the week's limit",
            1,
            |_, f| f.usage = used(&customer(1), 150, 1_000_000),
            Err(Code::OverLimit),
        ),
        (
            "above the month's limit",
            1,
            |_, f| f.usage = used(&customer(1), 700, 3_000_000),
            Err(Code::OverLimit),
        ),
        ("from an account that the book lacks", 1, |_, f| f.book = book(&[]), Err(Code::InsufficientFunds)),
        ("up to one payment's limit", 9_000, |_, f| f.usage = Usage::default(), Ok(())),
    ];
    for (told, yen, change, expected) in cases {
        let (mut ask, mut facts) = (ask(yen), transfer_facts());
        change(&mut ask, &mut facts);
        let decision = decided(told, &ask, &facts, expected);
        after(&facts.book, &decision.plan);
    }
}

// promise: P4
#[test]
fn a_look_up_tells_the_masked_name_or_that_nobody_can_be_paid() {
    let unproved = payee(&customer(2)).map(|mut payee| {
        payee.masked_name = None;
        payee
    });
    let closed = payee(&customer(2)).map(|mut payee| {
        payee.customer.state = CustomerState::Closed;
        payee
    });
    let ask = LookUpPayee { session: digest(1), handle: Handle::parse("person2").unwrap() };
    let mut refusals = Vec::new();
    for (told, payee, expected) in [
        ("a proved person", payee(&customer(2)), Ok(())),
        ("nobody", None, Err(Code::PayeeUnavailable)),
        ("a person without a proved name", unproved, Err(Code::PayeeUnavailable)),
        ("a closed wallet", closed, Err(Code::PayeeUnavailable)),
    ] {
        let evidence = calm(Step::PayeeLookup);
        let facts = LookUpPayeeFacts { standing: standing_of(&customer(1)), payee, evidence };
        match decided(told, &ask, &facts, expected).answer {
            Ok(seen) => assert_eq!(seen.masked_name, "ヤ● ハ●"),
            Err(refusal) => refusals.push(refusal),
        }
    }
    assert!(refusals.iter().all(|refusal| *refusal == refusals[0]), "one refusal for all: {refusals:?}");
}

// promise: P6
#[test]
fn without_evidence_nobody_is_looked_up() {
    let evidence = Evidence::missing();
    let facts =
        LookUpPayeeFacts { standing: standing_of(&customer(1)), payee: payee(&customer(2)), evidence };
    let ask = LookUpPayee { session: digest(1), handle: Handle::parse("person2").unwrap() };
    check("no evidence", &ask, &facts, Err(Code::GateDenied));
}
