//! Payouts, ageing and closing (P1, P5, P9, H12, H13).

use crate::{
    build::{NOW, after, balance, check, customer, decided, digest, id, parcels_in, payments_in, rows},
    linking::not_enough,
    world::{
        Outside, again, bank, belongings, close_facts, errands, is_finished, link, links, parcel,
        payout_facts, purse, young_link,
    },
};
use engine::{
    Code, Decision, Row, Write,
    payments::{
        Belongings, Close, CloseFacts, Mature, MatureFacts, PaymentKind, Payout, PayoutFacts, Usage,
        UsageEntry, clearing_account, payout_key,
    },
    sign_up::CustomerState,
};
use gate::Evidence;
use ledger::AccountState;
use terms::{ErrandId, PaymentId, Span, Yen};

fn ask(yen: i64) -> Payout {
    Payout { session: digest(1), id: PaymentId::new(id(77)), link: link().id, amount: Yen::of(yen) }
}

// promise: P1
#[test]
fn a_payout_holds_settled_value_and_tells_the_customer() {
    let facts = payout_facts();
    let decision = decided("a payout", &ask(9_000), &facts, Ok(()));
    let after = after(&facts.book, &decision.plan);
    let main = after.account(customer(1).main).unwrap();
    assert_eq!((main.balance().get(), main.held.get()), (9_000, 9_000));
    assert_eq!(after.account(clearing_account(bank())).unwrap().announced.get(), 9_000);
    assert_eq!(
        errands(&decision),
        [Outside::Book(ask(1).id, false), Outside::Mail, Outside::Text],
        "asked once, told on the channels of before"
    );
}

// promise: P5
// promise: P9
#[test]
fn what_a_payout_is_refused_for() {
    for (told, standing, code) in not_enough() {
        check(told, &ask(1), &PayoutFacts { standing, ..payout_facts() }, Err(code));
    }
    type Change = fn(&mut PayoutFacts);
    fn made_before(facts: &mut PayoutFacts, before: Span) {
        facts.link.as_mut().unwrap().created_at = NOW.minus(before);
    }
    fn used(yen: i64) -> Usage {
        let entry = UsageEntry { key: payout_key(customer(1).id), hour: Usage::hour(NOW), sum: Yen::of(yen) };
        Usage { entries: vec![entry] }
    }
    let cases: Vec<(&str, i64, Change, Result<(), Code>)> = vec![
        ("one yen of provisional value", 9_001, |_| (), Err(Code::ValueProvisional)),
        ("more than there is", 9_501, |_| (), Err(Code::InsufficientFunds)),
        ("nothing", 0, |_| (), Err(Code::AmountNotAllowed)),
        ("above what a payment may be", 1_000_001, |_| (), Err(Code::AmountNotAllowed)),
        (
            "no fresh signature",
            1,
            |f| f.standing.as_mut().unwrap().session.stepped_up_at = None,
            Err(Code::StepUpNeeded),
        ),
        (
            "a signature of five minutes ago",
            1,
            |f| f.standing.as_mut().unwrap().session.stepped_up_at = Some(NOW.minus(Span::minutes(5))),
            Err(Code::StepUpNeeded),
        ),
        ("no such link", 1, |f| f.link = None, Err(Code::NotFound)),
        (
            "somebody else's link",
            1,
            |f| f.link.as_mut().unwrap().customer = customer(2).id,
            Err(Code::NotFound),
        ),
        ("an ended link", 1, |f| f.link.as_mut().unwrap().ended_at = Some(NOW), Err(Code::LinkNotActive)),
        ("a link of 72 hours", 1, |f| made_before(f, Span::hours(72)), Ok(())),
        ("a link a moment younger", 1, |f| made_before(f, Span::millis(259_199_999)), Err(Code::TooSoon)),
        ("the rest of the day's limit", 1, |f| f.usage = used(499_999), Ok(())),
        ("one yen above it", 2, |f| f.usage = used(499_999), Err(Code::OverLimit)),
        ("no gate", 1, |f| f.evidence = Evidence::missing(), Ok(())),
    ];
    for (told, yen, change, expected) in cases {
        let mut facts = payout_facts();
        change(&mut facts);
        // Where no detector counts anything, nothing can be missing.
        let counted = !gate::needs(gate::Step::Payout).is_empty();
        let expected = if told == "no gate" && counted { Err(Code::GateDenied) } else { expected };
        check(told, &ask(yen), &facts, expected);
    }
    let young = PayoutFacts { link: Some(young_link()), ..payout_facts() };
    let refusal = decided("a new link", &ask(1), &young, Err(Code::TooSoon)).answer.unwrap_err();
    let from = young_link().created_at.plus(Span::hours(72));
    assert_eq!(refusal.not_before, Some(from), "it is told from when on");
}

fn mature() -> Mature {
    Mature { errand: ErrandId::new(id(0xee)), parcel: parcel(0).id }
}

// promise: P9
#[test]
fn what_is_left_of_a_parcel_becomes_settled_when_it_has_aged() {
    for (left, young, moved) in [(500, 500, 500), (300, 500, 300), (500, 200, 200), (0, 500, 0)] {
        let facts =
            MatureFacts { parcel: Some((parcel(left), customer(1))), book: purse(9_000 - young, young) };
        let decision = decided("an aged parcel", &mature(), &facts, Ok(()));
        let after = after(&facts.book, &decision.plan);
        let told = format!("{left} left of it, {young} in all");
        assert_eq!(balance(&after, customer(1).young), young - moved, "{told}");
        assert_eq!(balance(&after, customer(1).main), 9_000 - young + moved, "{told}");
        assert!(is_finished(&decision), "{told}");
        let parcels = if moved > 0 { vec![(parcel(0).id, 0)] } else { Vec::new() };
        assert_eq!(parcels_in(&decision.plan), parcels, "{told}");
    }
    let gone = MatureFacts { parcel: None, book: purse(0, 0) };
    assert!(is_finished(&decided("no such parcel", &mature(), &gone, Ok(()))));
}

// promise: P9
#[test]
fn a_parcel_does_not_age_before_its_time_and_is_not_forgotten() {
    let mut early = parcel(500);
    early.matures_at = NOW.plus(Span::millis(700));
    let facts = MatureFacts { parcel: Some((early, customer(1))), book: purse(0, 500) };
    let decision = decided("a parcel that is too young", &mature(), &facts, Ok(()));
    assert_eq!(balance(&after(&facts.book, &decision.plan), customer(1).young), 500);
    assert!(!is_finished(&decision));
    assert_eq!(again(&decision), Some((Outside::Mature, 700)));
}

fn close() -> Close {
    Close { session: digest(1), id: PaymentId::new(id(77)), link: Some(link().id) }
}

/// The states that a plan gives to the customer.
fn customer_states<A>(decision: &Decision<A>) -> Vec<CustomerState> {
    rows(&decision.plan, |row| match row {
        Row::Customer(customer) => Some(customer.state),
        _ => None,
    })
}

#[test]
fn a_balance_goes_back_before_the_wallet_is_closed() {
    let facts = close_facts();
    let decision = decided("a wallet with money", &close(), &facts, Ok(()));
    let after = after(&facts.book, &decision.plan);
    assert_eq!(after.account(customer(1).main).unwrap().held.get(), 9_000);
    let payments = payments_in(&decision.plan);
    assert_eq!(payments.last().map(|payment| payment.kind), Some(PaymentKind::Payout));
    assert_eq!(customer_states(&decision), [CustomerState::Closing]);
    assert!(links(&decision).is_empty(), "links end when the money has arrived");
    assert_eq!(errands(&decision)[0], Outside::Book(close().id, false));
}

#[test]
fn an_empty_wallet_is_closed_at_once_with_everything_in_it() {
    let facts = CloseFacts { book: purse(0, 0), link: None, ..close_facts() };
    let ask = Close { link: None, ..close() };
    let decision = decided("an empty wallet", &ask, &facts, Ok(()));
    let after = after(&facts.book, &decision.plan);
    for account in [customer(1).main, customer(1).young] {
        assert_eq!(after.account(account).unwrap().state, AccountState::Closed);
    }
    assert_eq!(customer_states(&decision), [CustomerState::Closed]);
    assert_eq!(links(&decision).len(), 1);
    let ended = |write: &&Write| match write {
        Write::Session(session) => session.ended_at == Some(NOW),
        Write::Put(Row::Identity(identity)) => identity.ended_at == Some(NOW),
        _ => false,
    };
    assert_eq!(decision.plan.writes().iter().filter(ended).count(), 2, "session and identity");
}

#[test]
fn what_keeps_a_wallet_open() {
    type Change = fn(&mut CloseFacts);
    let cases: Vec<(&str, Change, Result<(), Code>)> = vec![
        ("a payment under way", |f| f.under_way = 1, Err(Code::PaymentsUnderWay)),
        ("provisional value", |f| f.book = purse(9_000, 1), Err(Code::ValueProvisional)),
        ("no link for the balance", |f| f.link = None, Err(Code::NotFound)),
        ("a link that is too new", |f| f.link = Some(young_link()), Err(Code::TooSoon)),
        ("more than one payment may be", |f| f.book = purse(1_000_001, 0), Err(Code::AmountNotAllowed)),
        (
            "no fresh signature",
            |f| f.standing.as_mut().unwrap().session.stepped_up_at = None,
            Err(Code::StepUpNeeded),
        ),
        (
            "it is closing",
            |f| f.standing.as_mut().unwrap().customer.state = CustomerState::Closing,
            Err(Code::WalletClosed),
        ),
        ("nobody asks", |f| f.standing = None, Err(Code::NotSignedIn)),
    ];
    for (told, change, expected) in cases {
        let mut facts = CloseFacts { belongings: Belongings::default(), ..close_facts() };
        change(&mut facts);
        check(told, &close(), &facts, expected);
    }
    assert_eq!(belongings().links.len(), 1);
}
