//! Top-ups: what begins, what is refused, which limits hold (P1, P3, P5, P9, H11).

use crate::{
    build::{NOW, after, balance, book, calm, check, customer, decided, digest, id, payments_in, rows},
    linking::not_enough,
    world::{Outside, bank, errands, link, top_up_facts, young_link},
};
use engine::{
    Ask, Code, Context, Policy, Row, Source,
    linking::{Link, LinkState},
    payments::{
        PaymentState, TopUp, TopUpFacts, Usage, UsageEntry, clearing_account, hold_of, link_key, top_up_key,
    },
};
use gate::{Count, Evidence, Step, needs};
use terms::{Moment, PaymentId, Yen};

fn ask(yen: i64) -> TopUp {
    TopUp { session: digest(1), id: PaymentId::new(id(77)), link: link().id, amount: Yen::of(yen) }
}

fn used(key: String, hours_ago: i64, yen: i64) -> Usage {
    let hour = Usage::hour(NOW) - hours_ago;
    Usage { entries: vec![UsageEntry { key, hour, sum: Yen::of(yen) }] }
}

// promise: P1
// promise: P9
#[test]
fn money_is_announced_where_it_belongs_and_the_bank_is_asked_once() {
    for (told, link, provisional) in [("an old link", link(), 0), ("a young link", young_link(), 3_000)] {
        let facts = TopUpFacts { link: Some(link), ..top_up_facts() };
        let decision = decided(told, &ask(3_000), &facts, Ok(()));
        let after = after(&facts.book, &decision.plan);
        let announced = |account| after.account(account).unwrap().announced.get();
        let (main, young) = (announced(customer(1).main), announced(customer(1).young));
        assert_eq!((main, young), (3_000 - provisional, provisional), "{told}");
        assert_eq!(after.account(clearing_account(bank())).unwrap().held.get(), 3_000, "{told}");
        assert_eq!(balance(&after, customer(1).main), 0, "{told}: nothing is there before the bank booked");
        let payments = payments_in(&decision.plan);
        let [payment] = payments.as_slice() else { panic!("one payment: {payments:?}") };
        assert_eq!(payment.state, PaymentState::InProgress);
        assert_eq!((payment.provisional.get(), payment.hold), (provisional, Some(hold_of(ask(1).id))));
        assert_eq!(errands(&decision), [Outside::Book(ask(1).id, true)], "{told}");
        let usage = rows(&decision.plan, |row| match row {
            Row::Usage(entry) => Some((entry.key.clone(), entry.sum.get())),
            _ => None,
        });
        let expected = [(link_key(ask(1).link), 3_000), (top_up_key(customer(1).id), 3_000)];
        assert_eq!(usage, expected, "{told}");
    }
}

#[test]
fn the_first_top_up_of_a_bank_opens_its_clearing_account() {
    let person = customer(1);
    let facts = TopUpFacts { book: book(&[(person.main, 0), (person.young, 0)]), ..top_up_facts() };
    let decision = decided("the first of its bank", &ask(1), &facts, Ok(()));
    let after = after(&facts.book, &decision.plan);
    assert_eq!(after.account(clearing_account(bank())).unwrap().floor, None);
}

// promise: P5
// promise: P6
#[test]
fn what_a_top_up_is_refused_for() {
    for (told, standing, code) in not_enough() {
        check(told, &ask(1), &TopUpFacts { standing, ..top_up_facts() }, Err(code));
    }
    type Change = fn(&mut TopUpFacts);
    fn link(facts: &mut TopUpFacts) -> &mut Link {
        facts.link.as_mut().unwrap()
    }
    fn used_at_link(facts: &mut TopUpFacts, hours_ago: i64, yen: i64) {
        facts.link_usage = used(link_key(ask(1).link), hours_ago, yen);
    }
    fn used_in_all(facts: &mut TopUpFacts, hours_ago: i64, yen: i64) {
        facts.customer_usage = used(top_up_key(customer(1).id), hours_ago, yen);
    }
    let (over, not_allowed) = (Err(Code::OverLimit), Err(Code::AmountNotAllowed));
    let cases: Vec<(&str, i64, Change, Result<(), Code>)> = vec![
        ("the link's most per debit", 100_000, |_| (), Ok(())),
        ("one yen above it", 100_001, |_| (), not_allowed),
        ("nothing", 0, |_| (), not_allowed),
        (
            "above what a payment may be, whatever was signed",
            1_000_001,
            |f| {
                link(f).per_debit_limit = Yen::of(2_000_000);
                link(f).per_day_limit = Yen::of(2_000_000);
            },
            not_allowed,
        ),
        ("no such link", 1, |f| f.link = None, Err(Code::NotFound)),
        ("somebody else's link", 1, |f| link(f).customer = customer(2).id, Err(Code::NotFound)),
        ("an ended link", 1, |f| link(f).ended_at = Some(NOW), Err(Code::LinkNotActive)),
        ("a suspended link", 1, |f| link(f).state = LinkState::Suspended, Err(Code::LinkNotActive)),
        ("the rest of the link's day", 50_000, |f| used_at_link(f, 3, 100_000), Ok(())),
        ("one yen above it", 50_001, |f| used_at_link(f, 3, 100_000), over),
        ("a day ago to the hour", 50_001, |f| used_at_link(f, 24, 100_000), over),
        ("more than a day ago", 50_001, |f| used_at_link(f, 25, 100_000), Ok(())),
        ("the rest of the policy's week", 1, |f| used_at_link(f, 25, 499_999), Ok(())),
        ("one yen above it", 2, |f| used_at_link(f, 25, 499_999), over),
        ("the rest of the month", 1, |f| used_at_link(f, 30 * 24, 999_999), Ok(())),
        ("one yen above it", 2, |f| used_at_link(f, 30 * 24, 999_999), over),
        ("more than 30 days ago", 2, |f| used_at_link(f, 30 * 24 + 1, 999_999), Ok(())),
        ("the rest of the customer's day", 1, |f| used_in_all(f, 0, 499_999), Ok(())),
        ("one yen above it", 2, |f| used_in_all(f, 0, 499_999), over),
        ("no gate", 1, |f| f.evidence = Evidence::missing(), Err(Code::GateDenied)),
    ];
    for (told, yen, change, expected) in cases {
        let mut facts = top_up_facts();
        change(&mut facts);
        check(told, &ask(yen), &facts, expected);
    }
}

#[test]
fn the_fourth_top_up_within_two_minutes_is_denied() {
    for (before, expected) in [(2, Ok(())), (3, Err(Code::GateDenied))] {
        let two_minutes = |count: &Count| count.span == terms::Span::minutes(2);
        let answer = |count: &Count| if two_minutes(count) { before } else { count.nothing() };
        let counted = needs(Step::TopUp).iter().map(|count| (*count, answer(count)));
        let facts = TopUpFacts { evidence: Evidence::new(counted), ..top_up_facts() };
        check(&format!("{before} before"), &ask(1), &facts, expected);
    }
    let calm = TopUpFacts { evidence: calm(Step::TopUp), ..top_up_facts() };
    check("none before", &ask(1), &calm, Ok(()));
}

// promise: P3
#[test]
fn an_id_stands_for_one_link_and_amount_of_one_customer() {
    let once = |ask: TopUp| ask.once().unwrap().content;
    assert_eq!(once(ask(5)), once(ask(5)));
    assert_ne!(once(ask(5)), once(ask(6)));
    let other = TopUp { link: terms::LinkId::new(id(99)), ..ask(5) };
    assert_ne!(once(ask(5)), once(other));
    let (source, policy) = (Source::default(), Policy::default());
    let at = Context { moment: Moment::new(NOW, 7), source: &source, policy: &policy };
    assert_eq!(ask(5).asker(&top_up_facts(), &at), Some(customer(1).id.to_string()));
}
