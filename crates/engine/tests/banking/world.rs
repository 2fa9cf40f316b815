//! A proved customer with a link that is old enough for everything, and what each ask may know of it.

use crate::build::{NOW, book, calm, customer, digest, id, standing_of};
use engine::{
    BankOutcome, Code, Decision, Errand, Redirect, Returned, Write,
    errand::{BankOrder, BankReason, Direction},
    identity::Identity,
    linking::{
        BankSaid, Consent, ConsentState, FinishConsentFacts, Link, LinkState, TakeReturnFacts, UnlinkFacts,
    },
    payments::{
        BankAnsweredFacts, Belongings, CloseFacts, Parcel, Payment, PaymentKind, PaymentState, PayoutFacts,
        TopUpFacts, Usage, clearing_account, hold_of,
    },
};
use gate::{Outcome, Step};
use ledger::{Account, Book, Posting};
use terms::{BankCode, BirthDate, ConsentId, Digest, Kana, LinkId, PaymentId, Secret, Span, Yen};

/// Where the bank answers from.
pub(crate) const ISSUER: &str = "https://bank.example/0001";

pub(crate) fn bank() -> BankCode {
    BankCode::parse("0001").unwrap()
}

pub(crate) fn tags() -> (Digest, Digest) {
    (digest(0xa1), digest(0xa2))
}

/// A link of person 1 that is 40 days old, so that it is neither young nor too new for payouts.
pub(crate) fn link() -> Link {
    Link {
        id: LinkId::new(id(0x11)),
        customer: customer(1).id,
        consent: ConsentId::new(id(0x12)),
        bank: bank(),
        method: "online_banking_otp".to_owned(),
        factors: factors(&["password", "otp_app"]),
        account: "opaque-1".to_owned(),
        account_tag: tags().0,
        holder_tag: tags().1,
        account_masked: "普通 ***0001".to_owned(),
        branch_name: "本店".to_owned(),
        per_debit_limit: Yen::of(100_000),
        per_day_limit: Yen::of(150_000),
        refresh_token: Secret::new("refresh"),
        state: LinkState::Active,
        lift: None,
        depositor_notified: true,
        created_at: NOW.minus(Span::days(40)),
        young_until: NOW.minus(Span::days(10)),
        ended_at: None,
    }
}

/// The same link, made an hour ago.
pub(crate) fn young_link() -> Link {
    let made = NOW.minus(Span::hours(1));
    Link { created_at: made, young_until: made.plus(Span::days(30)), ..link() }
}

pub(crate) fn factors(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|&code| code.to_owned()).collect()
}

pub(crate) fn redirect() -> Redirect {
    Redirect {
        state: digest(0x51),
        browser: digest(0x52),
        nonce: None,
        verifier: Secret::new("verifier"),
        issuer: ISSUER.to_owned(),
        expires_at: NOW.plus(Span::minutes(5)),
        used_at: None,
    }
}

/// What fits [`redirect`].
pub(crate) fn returned() -> Returned {
    Returned { state: digest(0x51), browser: digest(0x52), issuer: Some(ISSUER.to_owned()) }
}

pub(crate) fn consent() -> Consent {
    Consent {
        id: ConsentId::new(id(0x12)),
        customer: customer(1).id,
        bank: bank(),
        method: "online_banking_otp".to_owned(),
        per_debit_limit: Yen::of(100_000),
        per_day_limit: Yen::of(150_000),
        redirect: redirect(),
        state: ConsentState::Awaiting,
        created_at: NOW.minus(Span::minutes(2)),
        device: None,
        address: None,
    }
}

pub(crate) fn identity() -> Identity {
    Identity {
        customer: customer(1).id,
        issuer: "https://verifier.example".to_owned(),
        subject: "person-1".to_owned(),
        method: "jpki_signature".to_owned(),
        name: "山田 花子".to_owned(),
        kana: Kana::parse("ヤマダ ハナコ").unwrap(),
        birth_date: BirthDate::parse("1988-04-12").unwrap(),
        verified_at: NOW.minus(Span::days(50)),
        valid_until: NOW.plus(Span::days(500)),
        ended_at: None,
    }
}

/// The word of a bank that checked well.
pub(crate) fn said() -> BankSaid {
    BankSaid {
        account: "opaque-1".to_owned(),
        account_masked: "普通 ***0001".to_owned(),
        branch_name: "本店".to_owned(),
        method: "online_banking_otp".to_owned(),
        factors: factors(&["password", "otp_app"]),
        holder: Kana::parse("ﾔﾏﾀﾞ ﾊﾅｺ").unwrap(),
        birth_date: BirthDate::parse("1988-04-12").unwrap(),
        depositor_notified: true,
        per_debit_limit: Yen::of(100_000),
        per_day_limit: Yen::of(150_000),
        refresh_token: Secret::new("refresh"),
    }
}

pub(crate) fn return_facts() -> TakeReturnFacts {
    TakeReturnFacts {
        standing: standing_of(&customer(1)),
        consent: Some(consent()),
        evidence: calm(Step::ConsentReturned),
    }
}

/// After the return was taken.
pub(crate) fn finish_facts() -> FinishConsentFacts {
    let redirect = Redirect { used_at: Some(NOW.minus(Span::seconds(1))), ..redirect() };
    FinishConsentFacts {
        standing: standing_of(&customer(1)),
        consent: Some(Consent { redirect, ..consent() }),
        identity: Some(identity()),
        tags: Some(tags()),
        linked: false,
        linked_elsewhere: false,
        reported_at: None,
        evidence: calm(Step::ConsentReturned),
    }
}

pub(crate) fn unlink_facts() -> UnlinkFacts {
    UnlinkFacts { standing: standing_of(&customer(1)), link: Some(link()), under_way: 0 }
}

/// Person 1's accounts with so much, and the bank's clearing account.
pub(crate) fn purse(main: i64, young: i64) -> Book {
    let person = customer(1);
    let mut book = book(&[(person.main, main), (person.young, young)]);
    book.bring_account(Account::open(clearing_account(bank()), None));
    book
}

pub(crate) fn top_up_facts() -> TopUpFacts {
    TopUpFacts {
        standing: standing_of(&customer(1)),
        link: Some(link()),
        book: purse(0, 0),
        link_usage: Usage::default(),
        customer_usage: Usage::default(),
        evidence: calm(Step::TopUp),
    }
}

/// A passkey signed just now.
pub(crate) fn raised() -> Option<engine::Standing> {
    let mut standing = standing_of(&customer(1));
    if let Some(standing) = &mut standing {
        standing.session.stepped_up_at = Some(NOW.minus(Span::minutes(1)));
    }
    standing
}

pub(crate) fn payout_facts() -> PayoutFacts {
    PayoutFacts {
        standing: raised(),
        link: Some(link()),
        book: purse(9_000, 500),
        usage: Usage::default(),
        evidence: calm(Step::Payout),
    }
}

pub(crate) fn close_facts() -> CloseFacts {
    CloseFacts {
        standing: raised(),
        link: Some(link()),
        book: purse(9_000, 0),
        usage: Usage::default(),
        parcels: Vec::new(),
        under_way: 0,
        belongings: belongings(),
        evidence: calm(Step::Closing),
    }
}

pub(crate) fn belongings() -> Belongings {
    let session = crate::build::session_of(&customer(1));
    Belongings { sessions: vec![session], links: vec![link()], identity: Some(identity()) }
}

/// A payment of person 1 over the link.
pub(crate) fn payment(kind: PaymentKind, state: PaymentState, provisional: i64) -> Payment {
    let payment = PaymentId::new(id(77));
    Payment {
        link: Some(link().id),
        bank: Some(bank()),
        hold: (!state.is_final()).then(|| hold_of(payment)),
        provisional: Yen::of(provisional),
        ..Payment::new(payment, kind, state, Yen::of(3_000), customer(1).id, NOW.minus(Span::hours(2)))
    }
}

/// The payment with its hold in the book.
pub(crate) fn answer_facts(payment: Payment) -> (BankAnsweredFacts, Book) {
    let person = customer(1);
    let mut book = purse(9_000, 0);
    let (main, young, clearing) = (person.main, person.young, clearing_account(bank()));
    let (debit, credit) = match (payment.kind, payment.provisional.is_zero()) {
        (PaymentKind::Payout, _) => (main, clearing),
        (_, true) => (clearing, main),
        (_, false) => (clearing, young),
    };
    if let Some(hold) = payment.hold {
        let posting = Posting::hold_yen(hold, debit, credit, payment.amount, None);
        book.apply(&posting, NOW).unwrap();
    }
    let facts = BankAnsweredFacts {
        payment: Some((payment, person, link())),
        link_usage: Usage::default(),
        customer_usage: Usage::default(),
        belongings: Belongings::default(),
    };
    (facts, book)
}

/// Everything that a bank can answer.
pub(crate) fn outcomes() -> Vec<BankOutcome> {
    vec![
        BankOutcome::Booked { bank_reference: "B-1".to_owned() },
        BankOutcome::Refused { reason: BankReason::InsufficientFunds },
        BankOutcome::Pending,
        BankOutcome::Unknown,
        BankOutcome::NoAnswer,
        BankOutcome::NotSent,
    ]
}

pub(crate) fn parcel(yen: i64) -> Parcel {
    crate::build::parcel(0x9a, &customer(1), yen, 0)
}

/// One thing that a plan asks to be done outside, in short.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outside {
    Book(PaymentId, bool),
    Inquire(PaymentId, bool),
    EndLink(LinkId),
    Revoke,
    Mature,
    Text,
    Mail,
}

fn in_short(errand: &Errand) -> Outside {
    let debit = |order: &BankOrder| order.direction == Direction::Debit;
    match errand {
        Errand::Book(order) => Outside::Book(order.payment, debit(order)),
        Errand::Inquire(order) => Outside::Inquire(order.payment, debit(order)),
        Errand::EndLink { link } => Outside::EndLink(*link),
        Errand::Revoke { .. } => Outside::Revoke,
        Errand::Mature(_) => Outside::Mature,
        Errand::Sms { .. } => Outside::Text,
        Errand::Mail { .. } => Outside::Mail,
        Errand::Webhook { .. } | Errand::Lapse(_) => panic!("not of this part: {errand:?}"),
    }
}

/// New errands of a plan, in order.
pub(crate) fn errands<A>(decision: &Decision<A>) -> Vec<Outside> {
    let writes = decision.plan.writes().iter();
    writes
        .filter_map(|write| match write {
            Write::Errand(new) => Some(in_short(&new.errand)),
            _ => None,
        })
        .collect()
}

/// The errand that is tried again, and after how many milliseconds.
pub(crate) fn again<A>(decision: &Decision<A>) -> Option<(Outside, i64)> {
    decision.plan.writes().iter().find_map(|write| match write {
        Write::ErrandAgain(new) => Some((in_short(&new.errand), new.due_at.since(NOW).as_millis())),
        _ => None,
    })
}

pub(crate) fn is_finished<A>(decision: &Decision<A>) -> bool {
    decision.plan.writes().iter().any(|write| matches!(write, Write::ErrandDone(_)))
}

pub(crate) fn links<A>(decision: &Decision<A>) -> Vec<Link> {
    let writes = decision.plan.writes().iter();
    writes
        .filter_map(|write| match write {
            Write::Link(link) => Some(link.clone()),
            _ => None,
        })
        .collect()
}

/// What is remembered of the attempts.
pub(crate) fn remembered<A>(decision: &Decision<A>) -> Vec<String> {
    let writes = decision.plan.writes().iter();
    writes
        .filter_map(|write| match write {
            Write::Attempt(attempt) => Some(match &attempt.outcome {
                Outcome::Taken => "taken".to_owned(),
                Outcome::Refused(code) => code.clone(),
            }),
            _ => None,
        })
        .collect()
}

/// The code of the refusal, if it is one.
pub(crate) fn code<A>(decision: &Decision<A>) -> Option<Code> {
    decision.answer.as_ref().err().map(|refusal| refusal.code)
}
