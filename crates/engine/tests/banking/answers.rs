//! What a bank says of a payment, in every state and by every way in which it can say it (P1, P3, P8).

use crate::{
    build::{after, balance, customer, decide, decided, id, payments_in, rows},
    world::{
        Outside, again, answer_facts, bank, belongings, errands, is_finished, link, links, outcomes, payment,
        remembered,
    },
};
use engine::{
    BankOutcome, Code, Plan, Row,
    errand::BankReason,
    linking::LinkState,
    payments::{
        Asking, BankAnswered, BankAnsweredFacts, BankWord, Belongings, Payment, PaymentKind, PaymentState,
        Usage, UsageEntry, clearing_account, link_key, payout_key, top_up_key,
    },
    sign_up::CustomerState,
};
use terms::{BankCode, ErrandId, Yen};

fn asking(tries: u32, inquiry: bool) -> Option<Asking> {
    Some(Asking { errand: ErrandId::new(id(0xee)), tries, inquiry })
}

fn answered(asking: Option<Asking>, payment: &Payment, outcome: BankOutcome) -> BankAnswered {
    BankAnswered { asking, bank: bank(), payment: payment.id, outcome }
}

/// What must follow from one answer while the payment is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Captured,
    Released,
    Order(PaymentState),
    Inquiry(PaymentState),
}

fn expected(outcome: &BankOutcome, before: PaymentState, inquiry: bool) -> Next {
    match outcome {
        BankOutcome::Booked { .. } => Next::Captured,
        BankOutcome::Refused { .. } => Next::Released,
        BankOutcome::Pending => Next::Inquiry(PaymentState::InProgress),
        BankOutcome::NoAnswer => Next::Inquiry(PaymentState::InDoubt),
        // The bank certainly has not seen it: the same id is sent again.
        BankOutcome::Unknown => Next::Order(before),
        BankOutcome::NotSent if inquiry => Next::Inquiry(before),
        BankOutcome::NotSent => Next::Order(before),
    }
}

// promise: P1
// promise: P8
#[test]
fn every_answer_in_every_open_state() {
    for kind in [PaymentKind::TopUp, PaymentKind::Payout] {
        for before in [PaymentState::InProgress, PaymentState::InDoubt] {
            for (inquiry, tries) in [(false, 0), (true, 0), (true, 5), (false, 40)] {
                for outcome in outcomes() {
                    let told = format!("{kind:?} {before:?}, inquiry {inquiry}, {outcome:?}");
                    let payment = payment(kind, before, 0);
                    let (facts, book) = answer_facts(payment.clone());
                    let ask = answered(asking(tries, inquiry), &payment, outcome.clone());
                    let decision = decided(&told, &ask, &facts, Ok(()));
                    let after = after(&book, &decision.plan);
                    let answer = decision.answer.as_ref().unwrap().clone().unwrap();
                    let gained = balance(&after, customer(1).main) - 9_000;
                    let debit = kind == PaymentKind::TopUp;
                    let wait = 1_000_i64 << tries.min(11);
                    let wait = if tries == 40 { 3_600_000 } else { wait };
                    let next = expected(&outcome, before, inquiry);
                    let (state, errand, moves) = match next {
                        Next::Captured => (PaymentState::Completed, None, if debit { 3_000 } else { -3_000 }),
                        Next::Released => (PaymentState::Refused, None, 0),
                        Next::Order(state) => (state, Some(Outside::Book(payment.id, debit)), 0),
                        Next::Inquiry(state) => (state, Some(Outside::Inquire(payment.id, debit)), 0),
                    };
                    assert_eq!((answer.state, gained), (state, moves), "{told}");
                    assert_eq!(again(&decision), errand.clone().map(|errand| (errand, wait)), "{told}");
                    assert_eq!(is_finished(&decision), errand.is_none(), "{told}");
                    assert_eq!(answer.hold.is_none(), state.is_final(), "{told}");
                    assert!(errands(&decision).is_empty(), "{told}: nothing new is asked");
                }
            }
        }
    }
}

/// What the plan keeps for finance: our state and the bank's word.
fn discrepancies(plan: &Plan) -> Vec<(PaymentState, BankWord)> {
    rows(plan, |row| match row {
        Row::Discrepancy(found) => Some((found.ours, found.theirs)),
        _ => None,
    })
}

fn disagreed(state: PaymentState, outcome: &BankOutcome) -> Vec<(PaymentState, BankWord)> {
    match (state, outcome) {
        (PaymentState::Refused, BankOutcome::Booked { .. }) => vec![(state, BankWord::Booked)],
        (PaymentState::Completed, BankOutcome::Refused { .. }) => vec![(state, BankWord::Refused)],
        _ => Vec::new(),
    }
}

// promise: P3
// promise: P8
#[test]
fn after_the_end_no_answer_changes_anything_and_another_word_is_kept() {
    for kind in [PaymentKind::TopUp, PaymentKind::Payout] {
        for state in [PaymentState::Completed, PaymentState::Refused] {
            for asking in [asking(0, false), asking(3, true), None] {
                for outcome in outcomes() {
                    let told = format!("{kind:?} {state:?} {asking:?} {outcome:?}");
                    let payment = payment(kind, state, 0);
                    let (facts, book) = answer_facts(payment.clone());
                    let ask = answered(asking, &payment, outcome);
                    let decision = decided(&told, &ask, &facts, Ok(()));
                    assert_eq!(after(&book, &decision.plan), book, "{told}");
                    assert!(payments_in(&decision.plan).is_empty(), "{told}");
                    assert_eq!(is_finished(&decision), asking.is_some(), "{told}: the errand is over too");
                    assert_eq!(discrepancies(&decision.plan), disagreed(state, &ask.outcome), "{told}");
                    assert_eq!(decision.answer.unwrap(), Some(payment), "{told}");
                }
            }
        }
    }
}

#[test]
fn a_bank_that_calls_by_itself_settles_and_does_nothing_else() {
    for outcome in outcomes() {
        let told = format!("{outcome:?}");
        let payment = payment(PaymentKind::TopUp, PaymentState::InDoubt, 0);
        let (facts, _) = answer_facts(payment.clone());
        let decision = decided(&told, &answered(None, &payment, outcome.clone()), &facts, Ok(()));
        let settles = matches!(outcome, BankOutcome::Booked { .. } | BankOutcome::Refused { .. });
        assert_eq!(payments_in(&decision.plan).len(), usize::from(settles), "{told}");
        assert!(!is_finished(&decision) && again(&decision).is_none(), "{told}: our own errand goes on");
        assert_eq!(remembered(&decision), ["taken"], "{told}");
    }
}

// promise: P9
#[test]
fn value_over_a_young_link_is_a_parcel_that_will_age() {
    let payment = payment(PaymentKind::TopUp, PaymentState::InProgress, 3_000);
    let (facts, book) = answer_facts(payment.clone());
    let booked = outcomes().remove(0);
    let decision = decided("booked", &answered(asking(0, false), &payment, booked), &facts, Ok(()));
    let after = after(&book, &decision.plan);
    assert_eq!((balance(&after, customer(1).main), balance(&after, customer(1).young)), (9_000, 3_000));
    assert_eq!(balance(&after, clearing_account(bank())), -3_000);
    let parcels = rows(&decision.plan, |row| match row {
        Row::Parcel(parcel) => Some((parcel.payment, parcel.remaining.get())),
        _ => None,
    });
    assert_eq!(parcels, [(payment.id, 3_000)]);
    assert_eq!(errands(&decision), [Outside::Mature]);
}

// promise: P8
#[test]
fn what_a_refused_payment_used_of_its_limits_is_given_back_to_its_hour() {
    let keys = [
        (PaymentKind::TopUp, vec![link_key(link().id), top_up_key(customer(1).id)]),
        (PaymentKind::Payout, vec![payout_key(customer(1).id)]),
    ];
    for (kind, keys) in keys {
        let payment = payment(kind, PaymentState::InDoubt, 0);
        let hour = Usage::hour(payment.created_at);
        let used = |key: &str| Usage {
            entries: vec![
                UsageEntry { key: key.to_owned(), hour, sum: Yen::of(5_000) },
                UsageEntry { key: key.to_owned(), hour: hour + 1, sum: Yen::of(70) },
            ],
        };
        let (facts, _) = answer_facts(payment.clone());
        let facts = BankAnsweredFacts {
            link_usage: used(&keys[0]),
            customer_usage: used(keys.last().unwrap()),
            ..facts
        };
        let refused = outcomes().remove(1);
        let decision = decided("refused", &answered(asking(0, true), &payment, refused), &facts, Ok(()));
        let given = rows(&decision.plan, |row| match row {
            Row::Usage(entry) => Some((entry.key.clone(), entry.hour, entry.sum.get())),
            _ => None,
        });
        let expected: Vec<_> = keys.into_iter().map(|key| (key, hour, 2_000)).collect();
        assert_eq!(given, expected, "{kind:?}");
    }
}

#[test]
fn a_link_that_is_over_at_the_bank_is_over_here_and_the_customer_is_told() {
    for (reason, ends) in [
        (BankReason::LinkEnded, true),
        (BankReason::AccountClosed, true),
        (BankReason::InsufficientFunds, false),
        (BankReason::OverLimit, false),
        (BankReason::Other, false),
    ] {
        let payment = payment(PaymentKind::TopUp, PaymentState::InProgress, 0);
        let (facts, _) = answer_facts(payment.clone());
        let ask = answered(asking(0, false), &payment, BankOutcome::Refused { reason });
        let decision = decided(&format!("{reason:?}"), &ask, &facts, Ok(()));
        let ended = links(&decision).iter().any(|link| link.state == LinkState::Ended);
        assert_eq!(ended, ends, "{reason:?}");
        let expected =
            if ends { vec![Outside::EndLink(link().id), Outside::Mail, Outside::Text] } else { vec![] };
        assert_eq!(errands(&decision), expected, "{reason:?}");
        assert_eq!(payments_in(&decision.plan)[0].bank_reason, Some(reason));
    }
}

#[test]
fn the_payout_of_a_closing_wallet_closes_it_or_leaves_it_open() {
    for (outcome, state, ended) in [
        (outcomes().remove(0), Some(CustomerState::Closed), 1),
        (outcomes().remove(1), Some(CustomerState::Active), 0),
        (BankOutcome::NoAnswer, None, 0),
    ] {
        let payment =
            Payment { amount: Yen::of(9_000), ..payment(PaymentKind::Payout, PaymentState::InProgress, 0) };
        let (mut facts, book) = answer_facts(payment.clone());
        facts.payment.as_mut().unwrap().1.state = CustomerState::Closing;
        facts.belongings = belongings();
        let told = format!("{outcome:?}");
        let decision = decided(&told, &answered(asking(0, false), &payment, outcome), &facts, Ok(()));
        let states = rows(&decision.plan, |row| match row {
            Row::Customer(customer) => Some(customer.state),
            _ => None,
        });
        assert_eq!(states, state.into_iter().collect::<Vec<_>>(), "{told}");
        assert_eq!(links(&decision).len(), ended, "{told}");
        let after = after(&book, &decision.plan);
        let left = if ended == 1 { 0 } else { 9_000 };
        assert_eq!(balance(&after, customer(1).main), left, "{told}");
    }
}

// promise: P6
#[test]
fn a_bank_that_calls_about_another_banks_payment_is_refused_and_remembered() {
    let other = BankCode::parse("0009").unwrap();
    let kept = payment(PaymentKind::TopUp, PaymentState::InProgress, 0);
    for nobodys in [false, true] {
        let (mut facts, _) = answer_facts(kept.clone());
        facts.payment = facts.payment.filter(|_| !nobodys);
        for outcome in outcomes() {
            let decision = decide(&BankAnswered { bank: other, ..answered(None, &kept, outcome) }, &facts);
            assert_eq!(decision.answer.as_ref().unwrap_err().code, Code::NotFound, "nobody's: {nobodys}");
            assert_eq!(remembered(&decision), ["not_found"]);
            assert_eq!(decision.plan.writes().len(), 1, "{:?}", decision.plan);
        }
    }
}

#[test]
fn an_answer_about_nothing_ends_its_errand() {
    let facts = BankAnsweredFacts {
        payment: None,
        link_usage: Usage::default(),
        customer_usage: Usage::default(),
        belongings: Belongings::default(),
    };
    let payment = payment(PaymentKind::TopUp, PaymentState::InProgress, 0);
    for outcome in outcomes() {
        let decision = decide(&answered(asking(0, true), &payment, outcome), &facts);
        assert_eq!(decision.answer.as_ref().unwrap(), &None);
        assert!(is_finished(&decision));
        assert!(payments_in(&decision.plan).is_empty());
    }
}
