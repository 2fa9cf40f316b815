//! Whether an order that waits may still be sent: a stop beats what is under way (P7).

use crate::{
    build::{NOW, customer, id},
    stops,
    world::{bank, link, young_link},
};
use engine::{
    errand::{BankOrder, Direction},
    linking::Link,
    stops::is_stopped,
};
use gate::{Level, Setting, Stops};
use terms::{PaymentId, Yen};

fn order(direction: Direction, link: &Link) -> BankOrder {
    BankOrder {
        payment: PaymentId::new(id(77)),
        link: link.id,
        bank: bank(),
        direction,
        amount: Yen::of(3_000),
    }
}

// promise: P7
#[test]
fn an_order_is_judged_by_its_way_when_it_is_sent() {
    use Direction::{Credit, Debit};
    use Level::{Links, TopUps, YoungTopUps};
    let (old, young) = (link(), young_link());
    let cases: Vec<(&str, Level, Direction, &Link, bool)> = vec![
        ("all", Links, Debit, &young, false),
        ("all", YoungTopUps, Debit, &young, true),
        ("all", YoungTopUps, Debit, &old, false),
        ("all", TopUps, Debit, &old, true),
        ("all", TopUps, Credit, &young, false),
        ("bank:0001", TopUps, Debit, &old, true),
        ("bank:0009", TopUps, Debit, &old, false),
        ("method:0001:online_banking_otp", TopUps, Debit, &old, true),
        ("method:0001:registered_phone_sms", TopUps, Debit, &old, false),
        ("operation:top_up", Links, Debit, &old, true),
        ("operation:top_up", Links, Credit, &old, false),
        ("operation:payout", Links, Credit, &old, true),
        ("operation:payout", Links, Debit, &old, false),
        ("operation:link", Links, Debit, &young, false),
    ];
    for (scope, level, direction, link, expected) in cases {
        let told = format!("{scope} at {level:?}: {direction:?} over a link of {}", link.created_at);
        let is = |stops: &Stops| is_stopped(stops, &order(direction, link), link, NOW);
        assert_eq!(is(&stops(scope, level, Setting::Open)), expected, "{told}");
        assert!(!is(&stops(scope, level, Setting::Closed)), "{told}, closed again");
    }
    let stops = stops("all", YoungTopUps, Setting::Open);
    assert!(!is_stopped(&stops, &order(Debit, &young), &young, young.young_until), "it has aged meanwhile");
    assert!(!is_stopped(&Stops::default(), &order(Debit, &old), &old, NOW));
}

// promise: P7
#[test]
fn while_it_is_probed_its_share_goes_on_at_the_bank_too() {
    let stops = stops("all", Level::TopUps, Setting::Probing10);
    let goes_on = (1..=200).filter(|number| {
        let link = Link { customer: customer(*number).id, ..link() };
        !is_stopped(&stops, &order(Direction::Debit, &link), &link, NOW)
    });
    let share = goes_on.count();
    assert!((5..=40).contains(&share), "{share} of 200");
}
