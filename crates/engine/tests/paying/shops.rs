//! To a shop: its printed code, a code for one order, and the customer's own code.

use crate::build::{
    NOW, after, balance, book, calm, check, customer, decided, digest, id, money, order, parcel, parcels_in,
    rows, session_of, shop, standing_of, used,
};
use engine::{
    Code, Row,
    merchants::{
        AddMerchant, AddMerchantFacts, Merchant, Order, PlaceOrder, PlaceOrderFacts, static_payload,
    },
    payments::{
        ChargeCode, ChargeCodeFacts, PayQr, PayQrFacts, PresentCode, PresentCodeFacts, PresentedCode,
        Presenter,
    },
    sign_up::CustomerState,
};
use terms::{OrderId, PaymentId, Span, Yen};

fn pay(payload: String, yen: Option<i64>) -> PayQr {
    PayQr { session: digest(1), id: PaymentId::new(id(77)), payload, amount: yen.map(Yen::of) }
}

/// Person 1 has ¥1,000, and ¥300 of provisional value in two parcels, the older one with ¥100.
fn facts() -> PayQrFacts {
    let (payer, shop) = (customer(1), shop());
    let book = book(&[(payer.main, 1_000), (payer.young, 300), (shop.account, 0)]);
    let parcels = vec![parcel(2, &payer, 200, 20), parcel(1, &payer, 100, 10), parcel(3, &payer, 0, 1)];
    PayQrFacts {
        standing: standing_of(&payer),
        merchant: Some(shop),
        order: None,
        money: money(book, parcels),
    }
}

/// Places an order and gives its payload with the order as it is kept.
fn placed(shop: &Merchant, yen: i64) -> (String, Order) {
    placed_as(shop, id(0x0d), yen)
}

fn placed_as(shop: &Merchant, id: uuid::Uuid, yen: i64) -> (String, Order) {
    let ask = PlaceOrder { key: shop.key, id: OrderId::new(id), amount: Yen::of(yen), memo: None };
    let decision = decided("an order", &ask, &PlaceOrderFacts { merchant: Some(shop.clone()) }, Ok(()));
    let kept = rows(&decision.plan, |row| match row {
        Row::Order(order) => Some(order.clone()),
        _ => None,
    });
    (decision.answer.unwrap().payload, kept[0].clone())
}

#[test]
fn no_two_orders_share_a_reference() {
    let mut seen = std::collections::BTreeSet::new();
    let first_bits = (0..8_u128).map(|bits| bits << 125 | 0x0d);
    let edges = [0, 1, 35, 36, u128::MAX, u128::MAX - 1, u128::MAX >> 1];
    for number in first_bits.chain(edges) {
        let (payload, order) = placed_as(&shop(), id(number), 1);
        assert_eq!(order.reference.len(), 25, "{number:x}");
        let read = jpqr::MerchantCode::read(&payload).unwrap().reference;
        assert_eq!(read.as_ref(), Some(&order.reference), "{number:x}");
        assert!(seen.insert(order.reference.clone()), "{number:x} shares {}", order.reference);
    }
}

// promise: P1
// promise: P9
#[test]
fn provisional_value_is_spent_first_and_its_oldest_parcel_before_all() {
    let payer = customer(1);
    for (yen, main, young, parcels) in [
        (60, 1_000, 240, vec![(1, 40)]),
        (100, 1_000, 200, vec![(1, 0)]),
        (150, 1_000, 150, vec![(1, 0), (2, 150)]),
        (300, 1_000, 0, vec![(1, 0), (2, 0)]),
        (1_300, 0, 0, vec![(1, 0), (2, 0)]),
    ] {
        let facts = facts();
        let decision = decided("paid", &pay(static_payload(&shop()).unwrap(), Some(yen)), &facts, Ok(()));
        let after = after(&facts.money.book, &decision.plan);
        assert_eq!((balance(&after, payer.main), balance(&after, payer.young)), (main, young), "{yen}");
        assert_eq!(balance(&after, shop().account), yen);
        let used: Vec<(u128, i64)> =
            parcels_in(&decision.plan).into_iter().map(|(id, left)| (id.uuid().as_u128(), left)).collect();
        assert_eq!(used, parcels, "{yen}");
        assert_eq!(decision.answer.unwrap().provisional, Yen::of(yen.min(300)));
    }
}

// promise: P6
// promise: P9
#[test]
fn what_a_printed_code_is_refused_for() {
    type Change = fn(&mut PayQr, &mut PayQrFacts);
    let resale: Change = |_, f| f.merchant.as_mut().unwrap().category = "5944".to_owned();
    let cases: [(&str, i64, Change, Result<(), Code>); 11] = [
        ("more than there is", 1_301, |_, _| (), Err(Code::InsufficientFunds)),
        ("nothing", 0, |_, _| (), Err(Code::AmountNotAllowed)),
        ("too much", 1_000_001, |_, _| (), Err(Code::AmountNotAllowed)),
        ("no amount", 1, |a, _| a.amount = None, Err(Code::AmountNotAllowed)),
        ("settled value for jewels", 1_000, resale, Ok(())),
        ("provisional value for jewels", 1_001, resale, Err(Code::ValueProvisional)),
        ("no code", 1, |a, _| a.payload = "https://example.jp".into(), Err(Code::CodeNotReadable)),
        (
            "a code with a letter missing",
            1,
            |a, _| a.payload.truncate(a.payload.len() - 1),
            Err(Code::CodeNotReadable),
        ),
        ("a shop of another operator", 1, |_, f| f.merchant = None, Err(Code::CodeNotReadable)),
        (
            "above the day's limit",
            1,
            |_, f| f.money.usage = used(&customer(1), 3, 500_000),
            Err(Code::OverLimit),
        ),
        ("up to the day's limit", 1, |_, f| f.money.usage = used(&customer(1), 3, 499_999), Ok(())),
    ];
    for (told, yen, change, expected) in cases {
        let (mut ask, mut facts) = (pay(static_payload(&shop()).unwrap(), Some(yen)), facts());
        change(&mut ask, &mut facts);
        let decision = decided(told, &ask, &facts, expected);
        after(&facts.money.book, &decision.plan);
    }
}

// promise: P3
#[test]
fn an_order_is_paid_once_in_time_and_as_placed() {
    let shop = shop();
    let (payload, placed) = placed(&shop, 880);
    type Change = fn(&mut PayQr, &mut PayQrFacts);
    let cases: [(&str, Change, Result<(), Code>); 7] = [
        ("as placed", |_, _| (), Ok(())),
        ("with its amount", |a, _| a.amount = Some(Yen::of(880)), Ok(())),
        ("with another amount", |a, _| a.amount = Some(Yen::of(879)), Err(Code::AmountNotAllowed)),
        (
            "paid before",
            |_, f| f.order.as_mut().unwrap().paid_by = Some(PaymentId::new(id(5))),
            Err(Code::OrderOver),
        ),
        ("at its end", |_, f| f.order.as_mut().unwrap().expires_at = NOW, Err(Code::OrderOver)),
        ("never placed", |_, f| f.order = None, Err(Code::OrderOver)),
        (
            "forged: the code says less than the order",
            |_, f| f.order.as_mut().unwrap().amount = Yen::of(881),
            Err(Code::AmountNotAllowed),
        ),
    ];
    for (told, change, expected) in cases {
        let (mut ask, mut facts) = (pay(payload.clone(), None), facts());
        facts.order = Some(placed.clone());
        change(&mut ask, &mut facts);
        let decision = decided(told, &ask, &facts, expected);
        let paid_by = rows(&decision.plan, |row| match row {
            Row::Order(order) => Some(order.paid_by),
            _ => None,
        });
        assert_eq!(paid_by, if expected.is_ok() { vec![Some(ask.id)] } else { vec![] }, "{told}");
    }
    assert_ne!(order(&shop, 880), placed);
}

#[test]
fn an_order_is_placed_by_a_merchant_within_bounds() {
    let place = |yen, memo: usize| PlaceOrder {
        key: digest(9),
        id: OrderId::new(id(0x0d)),
        amount: Yen::of(yen),
        memo: Some("m".repeat(memo)),
    };
    for (told, ask, merchant, expected) in [
        ("fine", place(1, 100), Some(shop()), Ok(())),
        ("no key", place(1, 0), None, Err(Code::NotSignedIn)),
        ("nothing", place(0, 0), Some(shop()), Err(Code::AmountNotAllowed)),
        ("too much", place(1_000_001, 0), Some(shop()), Err(Code::AmountNotAllowed)),
        ("a long memo", place(1, 101), Some(shop()), Err(Code::FieldNotAllowed)),
    ] {
        check(told, &ask, &PlaceOrderFacts { merchant }, expected);
    }
}

#[test]
fn a_merchant_is_added_only_if_its_codes_can_be_written() {
    let add = |name: &str, name_en: &str, category: &str, city: &str| AddMerchant {
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        category: category.to_owned(),
        city: city.to_owned(),
        key: digest(9),
    };
    for (ask, expected) in [
        (add("豆の店", "BEANS", "5812", "KYOTO"), Ok(())),
        (add("", "BEANS", "5812", "KYOTO"), Err(Code::FieldNotAllowed)),
        (add("豆の店", "豆", "5812", "KYOTO"), Err(Code::FieldNotAllowed)),
        (add("豆の店", "BEANS", "58", "KYOTO"), Err(Code::FieldNotAllowed)),
        (add("豆の店", "BEANS", "5812", "A CITY OF 16 LET"), Err(Code::FieldNotAllowed)),
        (add(&"豆".repeat(26), "BEANS", "5812", "KYOTO"), Err(Code::FieldNotAllowed)),
    ] {
        let decision = decided(&format!("{ask:?}"), &ask, &AddMerchantFacts { merchants: 0 }, expected);
        if let Ok(merchant) = decision.answer {
            assert!(static_payload(&merchant).is_ok());
        }
    }
}

fn charge_facts() -> ChargeCodeFacts {
    let payer = customer(1);
    let book = book(&[(payer.main, 1_000), (payer.young, 300), (shop().account, 0)]);
    let code = PresentedCode {
        code: digest(3),
        customer: payer.id,
        session: session_of(&payer).id,
        expires_at: NOW.plus(Span::millis(1)),
        used_by: None,
    };
    let presenter = Presenter { code, session: session_of(&payer), customer: payer };
    ChargeCodeFacts { merchant: Some(shop()), presenter: Some(presenter), money: money(book, Vec::new()) }
}

// promise: P3
#[test]
fn a_shown_code_is_charged_once_while_it_and_its_session_last() {
    type Change = fn(&mut ChargeCodeFacts);
    let cases: [(&str, i64, Change, Result<(), Code>); 9] = [
        ("in its last millisecond", 640, |_| (), Ok(())),
        ("no merchant's key", 640, |f| f.merchant = None, Err(Code::NotSignedIn)),
        ("never shown", 640, |f| f.presenter = None, Err(Code::OrderOver)),
        (
            "used before",
            640,
            |f| f.presenter.as_mut().unwrap().code.used_by = Some(PaymentId::new(id(5))),
            Err(Code::OrderOver),
        ),
        ("at its end", 640, |f| f.presenter.as_mut().unwrap().code.expires_at = NOW, Err(Code::OrderOver)),
        (
            "its session signed out",
            640,
            |f| f.presenter.as_mut().unwrap().session.ended_at = Some(NOW),
            Err(Code::OrderOver),
        ),
        (
            "its wallet is being closed",
            640,
            |f| f.presenter.as_mut().unwrap().customer.state = CustomerState::Closing,
            Err(Code::OrderOver),
        ),
        ("more than there is", 1_301, |_| (), Err(Code::InsufficientFunds)),
        ("nothing", 0, |_| (), Err(Code::AmountNotAllowed)),
    ];
    for (told, yen, change, expected) in cases {
        let mut facts = charge_facts();
        change(&mut facts);
        let ask =
            ChargeCode { key: digest(9), id: PaymentId::new(id(77)), code: digest(3), amount: Yen::of(yen) };
        let decision = decided(told, &ask, &facts, expected);
        let after = after(&facts.money.book, &decision.plan);
        assert_eq!(balance(&after, shop().account), if expected.is_ok() { yen } else { 0 }, "{told}");
        let used_by = rows(&decision.plan, |row| match row {
            Row::PresentedCode(code) => Some(code.used_by),
            _ => None,
        });
        assert_eq!(used_by, if expected.is_ok() { vec![Some(ask.id)] } else { vec![] }, "{told}");
    }
}

#[test]
fn a_shown_code_lives_five_minutes() {
    let facts =
        PresentCodeFacts { standing: standing_of(&customer(1)), evidence: calm(gate::Step::CodeShown) };
    let decision = decided("shown", &PresentCode { session: digest(1), code: digest(3) }, &facts, Ok(()));
    assert_eq!(decision.answer.unwrap().expires_at, NOW.plus(Span::minutes(5)));
}
