//! A small world to decide in: two proved customers with money, a shop, and one check for every decision.

use engine::{
    Aal, Ask, Code, Context, Decision, Ial, Plan, Policy, Row, Source, Standing, Write,
    merchants::{Merchant, Order},
    payments::{
        MerchantPaymentFacts, Parcel, Payee, Payment, Usage, UsageEntry, offers_account, spending_key,
    },
    sessions::Session,
    sign_up::{Customer, CustomerState, Locale},
};
use gate::{Evidence, Outcome, Step};
use ledger::{Account, Book, Posting, Transfer};
use terms::{
    AccountId, Balance, CustomerId, Digest, Email, Handle, MerchantId, Moment, OrderId, ParcelId, PaymentId,
    Phone, SessionId, Span, Time, TransferId, Yen,
};
use uuid::Uuid;

/// When everything is decided: a quarter past an hour.
pub(crate) const NOW: Time = Time::from_millis(1_800_000_900_000);
/// The account that the world's money comes from; it has no floor.
const OUTSIDE: AccountId = AccountId::new(Uuid::from_u128(0xffff));

pub(crate) const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) const fn digest(byte: u8) -> Digest {
    Digest::new([byte; 32])
}

pub(crate) fn customer(number: u8) -> Customer {
    let n = u128::from(number);
    Customer {
        id: CustomerId::new(id(n)),
        state: CustomerState::Active,
        phone: Phone::parse(&format!("0901234{number:04}")).unwrap(),
        email: Email::parse(&format!("person{number}@example.jp")).unwrap(),
        locale: Locale::Ja,
        handle: Some(Handle::parse(&format!("person{number}")).unwrap()),
        ial: Ial::Proved,
        main: AccountId::new(id(n * 0x100 + 1)),
        young: AccountId::new(id(n * 0x100 + 2)),
        recovery_code: None,
        created_at: NOW.minus(Span::days(100)),
        closed_at: None,
    }
}

pub(crate) fn session_of(customer: &Customer) -> Session {
    Session {
        id: SessionId::new(customer.id.uuid()),
        token: digest(1),
        customer: customer.id,
        device: None,
        name: "Phone".to_owned(),
        aal: Aal::Passkey,
        authenticator: None,
        created_at: NOW.minus(Span::hours(1)),
        stepped_up_at: None,
        idle_until: NOW.plus(Span::days(1)),
        expires_at: NOW.plus(Span::days(90)),
        ended_at: None,
    }
}

pub(crate) fn standing_of(customer: &Customer) -> Option<Standing> {
    Some(Standing { session: session_of(customer), customer: customer.clone() })
}

pub(crate) fn payee(customer: &Customer) -> Option<Payee> {
    Some(Payee { customer: customer.clone(), masked_name: Some("ヤ● ハ●".to_owned()) })
}

pub(crate) fn shop() -> Merchant {
    Merchant {
        id: MerchantId::new(id(0x51)),
        name: "豆の店".to_owned(),
        name_en: "BEANS".to_owned(),
        category: "5812".to_owned(),
        city: "KYOTO".to_owned(),
        number: "0000000000001".to_owned(),
        key: digest(9),
        account: AccountId::new(id(0x5101)),
        created_at: NOW,
    }
}

pub(crate) fn order(merchant: &Merchant, yen: i64) -> Order {
    Order {
        id: OrderId::new(id(0x0d)),
        merchant: merchant.id,
        amount: Yen::of(yen),
        memo: None,
        reference: "0123456789012345678901234".to_owned(),
        expires_at: NOW.plus(Span::minutes(15)),
        paid_by: None,
    }
}

/// A book in which each of these has so many yen; the rest of the world has as many less.
pub(crate) fn book(funds: &[(AccountId, i64)]) -> Book {
    let mut book = Book::new();
    book.bring_account(Account::open(OUTSIDE, None));
    book.bring_account(Account::open(offers_account(), Some(Balance::ZERO)));
    for (place, &(account, yen)) in funds.iter().enumerate() {
        book.bring_account(Account::open(account, Some(Balance::ZERO)));
        if yen > 0 {
            let funds = TransferId::new(id(0xf000 + place as u128));
            let transfer = Transfer::yen(funds, OUTSIDE, account, Yen::of(yen), NOW);
            book.apply(&Posting::Transfer(transfer), NOW).unwrap();
        }
    }
    book
}

pub(crate) fn balance(book: &Book, account: AccountId) -> i64 {
    book.account(account).map_or(0, |account| account.balance().get())
}

pub(crate) fn parcel(number: u128, owner: &Customer, yen: i64, matures_in_h: i64) -> Parcel {
    Parcel {
        id: ParcelId::new(id(number)),
        customer: owner.id,
        payment: PaymentId::new(id(number)),
        remaining: Yen::of(yen),
        matures_at: NOW.plus(Span::hours(matures_in_h)),
    }
}

pub(crate) fn used(customer: &Customer, hours_ago: i64, yen: i64) -> Usage {
    let hour = Usage::hour(NOW) - hours_ago;
    Usage { entries: vec![UsageEntry { key: spending_key(customer.id), hour, sum: Yen::of(yen) }] }
}

/// The gate has counted, and found nothing.
pub(crate) fn calm(step: Step) -> Evidence {
    Evidence::nothing_seen(step)
}

pub(crate) fn money(book: Book, parcels: Vec<Parcel>) -> MerchantPaymentFacts {
    let evidence = calm(Step::QrPayment);
    MerchantPaymentFacts { book, usage: Usage::default(), parcels, endpoints: Vec::new(), evidence }
}

pub(crate) fn decide<A: Ask>(ask: &A, facts: &A::Facts) -> Decision<A::Answer> {
    let (source, policy) = (Source::default(), Policy::default());
    ask.decide(facts, &Context { moment: Moment::new(NOW, 7), source: &source, policy: &policy })
}

/// Checks a decision of which no more is wanted.
pub(crate) fn check<A: Ask>(told: &str, ask: &A, facts: &A::Facts, expected: Result<(), Code>) {
    let _checked = decided(told, ask, facts, expected);
}

/// Decides and checks: a refusal plans nothing but its remembered attempt; what is done is remembered once.
pub(crate) fn decided<A: Ask>(
    told: &str,
    ask: &A,
    facts: &A::Facts,
    expected: Result<(), Code>,
) -> Decision<A::Answer> {
    let decision = decide(ask, facts);
    let got = decision.answer.as_ref().map(|_| ()).map_err(|refusal| refusal.code);
    assert_eq!(got, expected, "{told}");
    let attempts: Vec<&Outcome> = decision
        .plan
        .writes()
        .iter()
        .filter_map(|write| match write {
            Write::Attempt(attempt) => Some(&attempt.outcome),
            _ => None,
        })
        .collect();
    match expected {
        Ok(()) => assert_eq!(attempts, [&Outcome::Taken], "{told}"),
        Err(code) => {
            assert_eq!(attempts, [&Outcome::Refused(code.as_str().to_owned())], "{told}");
            assert_eq!(decision.plan.writes().len(), 1, "{told}: a refusal plans only its attempt");
        }
    }
    decision
}

/// The book after a plan: every posting is applied, the sum over all balances stays zero, nobody is below the floor.
pub(crate) fn after(book: &Book, plan: &Plan) -> Book {
    let mut after = book.clone();
    let postings: Vec<Posting> = plan
        .writes()
        .iter()
        .filter_map(|write| match write {
            Write::Posting(posting) => Some(posting.clone()),
            _ => None,
        })
        .collect();
    for posting in &postings {
        after
            .apply(posting, NOW)
            .unwrap_or_else(|refused| panic!("{refused:?}: {posting:?} in {postings:?}"));
    }
    for book in [book, &after] {
        assert_eq!(book.accounts().map(|account| account.balance().get()).sum::<i64>(), 0);
    }
    for account in after.accounts() {
        let held = account.held.get();
        assert!(
            account.floor.is_none_or(|floor| account.balance().get() - held >= floor.get()),
            "{account:?}"
        );
    }
    after
}

pub(crate) fn parcels_in(plan: &Plan) -> Vec<(ParcelId, i64)> {
    rows(plan, |row| match row {
        Row::Parcel(parcel) => Some((parcel.id, parcel.remaining.get())),
        _ => None,
    })
}

pub(crate) fn usage_in(plan: &Plan) -> Vec<i64> {
    rows(plan, |row| match row {
        Row::Usage(entry) => Some(entry.sum.get()),
        _ => None,
    })
}

pub(crate) fn payments_in(plan: &Plan) -> Vec<Payment> {
    rows(plan, |row| match row {
        Row::Payment(payment) => Some(payment.clone()),
        _ => None,
    })
}

pub(crate) fn rows<T>(plan: &Plan, pick: impl Fn(&Row) -> Option<T>) -> Vec<T> {
    let puts = plan.writes().iter().filter_map(|write| match write {
        Write::Put(row) => Some(row),
        _ => None,
    });
    puts.filter_map(pick).collect()
}
