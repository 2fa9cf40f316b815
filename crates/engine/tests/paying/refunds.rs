//! Back from a shop: never more than was paid, and provisional value comes back as such.

use crate::build::{
    NOW, after, balance, book, calm, check, customer, decided, digest, id, parcels_in, payments_in, shop,
};
use engine::{
    Code, Errand, Write,
    payments::{Payment, PaymentKind, PaymentState, Refund, RefundFacts},
    sign_up::CustomerState,
};
use gate::Step;
use terms::{MerchantId, PaymentId, Yen};

/// ¥1,000 were paid, ¥300 of them provisional; `refunded` was given back already.
fn facts(refunded: i64) -> RefundFacts {
    let payer = customer(1);
    let original = Payment {
        merchant: Some(shop().id),
        provisional: Yen::of(300),
        refunded: Yen::of(refunded),
        ..Payment::new(
            PaymentId::new(id(5)),
            PaymentKind::QrPayment,
            PaymentState::Completed,
            Yen::of(1_000),
            payer.id,
            NOW,
        )
    };
    let book = book(&[(payer.main, 0), (payer.young, 0), (shop().account, 900)]);
    let evidence = calm(Step::Refund);
    RefundFacts {
        merchant: Some(shop()),
        original: Some((original, payer)),
        book,
        endpoints: Vec::new(),
        evidence,
    }
}

fn ask(yen: i64) -> Refund {
    Refund {
        key: digest(9),
        id: PaymentId::new(id(78)),
        payment: PaymentId::new(id(5)),
        amount: Yen::of(yen),
    }
}

// promise: P1
// promise: P9
#[test]
fn provisional_value_comes_back_first_and_as_provisional_value() {
    for (refunded, yen, young, main) in
        [(0, 200, 200, 0), (200, 200, 100, 100), (300, 200, 0, 200), (0, 900, 300, 600), (900, 100, 0, 100)]
    {
        let facts = facts(refunded);
        let decision = decided("a refund", &ask(yen), &facts, Ok(()));
        let after = after(&facts.book, &decision.plan);
        let payer = customer(1);
        assert_eq!(
            (balance(&after, payer.young), balance(&after, payer.main)),
            (young, main),
            "{refunded} {yen}"
        );
        assert_eq!(balance(&after, shop().account), 900 - yen);
        let parcels: Vec<i64> = parcels_in(&decision.plan).into_iter().map(|(_, left)| left).collect();
        assert_eq!(parcels, if young > 0 { vec![young] } else { vec![] });
        let maturing = decision.plan.writes().iter().filter(
            |write| matches!(write, Write::Errand(new) if matches!(new.errand, Errand::Mature(_)) && new.due_at > NOW),
        );
        assert_eq!(maturing.count(), usize::from(young > 0), "every parcel ripens by itself");
        let original = &payments_in(&decision.plan)[0];
        assert_eq!((original.id, original.refunded), (PaymentId::new(id(5)), Yen::of(refunded + yen)));
    }
}

// promise: P6
#[test]
fn what_a_refund_is_refused_for() {
    type Change = fn(&mut RefundFacts);
    let cases: [(&str, i64, i64, Change, Result<(), Code>); 9] = [
        ("more than was paid", 0, 1_001, |_| (), Err(Code::AboveOriginal)),
        ("more than is left of it", 900, 101, |_| (), Err(Code::AboveOriginal)),
        ("nothing", 0, 0, |_| (), Err(Code::AmountNotAllowed)),
        ("more than the shop has", 0, 901, |_| (), Err(Code::InsufficientFunds)),
        ("no merchant's key", 0, 1, |f| f.merchant = None, Err(Code::NotSignedIn)),
        ("no such payment", 0, 1, |f| f.original = None, Err(Code::NotFound)),
        (
            "another shop's payment",
            0,
            1,
            |f| f.original.as_mut().unwrap().0.merchant = Some(MerchantId::new(id(6))),
            Err(Code::NotFound),
        ),
        (
            "a refund of a refund",
            0,
            1,
            |f| f.original.as_mut().unwrap().0.kind = PaymentKind::Refund,
            Err(Code::NotFound),
        ),
        (
            "to a wallet that is closed",
            0,
            1,
            |f| f.original.as_mut().unwrap().1.state = CustomerState::Closed,
            Err(Code::WalletClosed),
        ),
    ];
    for (told, refunded, yen, change, expected) in cases {
        let mut facts = facts(refunded);
        change(&mut facts);
        check(told, &ask(yen), &facts, expected);
    }
}
