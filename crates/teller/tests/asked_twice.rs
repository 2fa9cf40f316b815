//! The same id, asked again through queue, store and disk: the same answer for the same ask, else a refusal (P3).

use engine::{
    Aal, Ask, Code, Context, Decision, Ial, Plan, Policy, Refusal, Row, Source,
    identity::Identity,
    merchants::{AddMerchant, Merchant, PlaceOrder},
    payments::{ChargeCode, OfferToPhone, PayQr, Payment, PresentCode, Refund, TransferToHandle},
    sessions::Session,
    sign_up::{Customer, CustomerState, Locale},
};
use gate::{Evidence, Step, judge};
use ledger::{Account, Posting, Transfer};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use store::{Fault, Keys, Load, Shelf, Store};
use teller::{Clock, No, Teller};
use terms::{
    AccountId, Balance, BirthDate, CustomerId, Digest, Email, Handle, Kana, OrderId, PaymentId, Phone,
    SessionId, Span, Time, TransferId, Yen,
};
use uuid::Uuid;

const BEGIN: i64 = 1_800_000_900_000;
const BOTH: [u8; 2] = [1, 2];

struct HandSet(AtomicI64, AtomicU64);

impl Clock for HandSet {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
    fn seed(&self) -> u64 {
        self.1.fetch_add(1, Ordering::SeqCst)
    }
}

/// A folder of its own for each test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tsugime-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// Puts two proved customers with ¥10,000 each into the store.
struct Seed;

impl Ask for Seed {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.seed";

    fn decide(&self, (): &(), at: &Context<'_>) -> Decision<()> {
        let verdict = judge(Step::Clockwork, &Evidence::new([]));
        let pass = verdict.pass(false).expect("nothing speaks against it");
        let mut plan = Plan::new();
        let outside = AccountId::new(Uuid::from_u128(0xffff));
        plan.post(&pass, Posting::Open(Account::open(outside, None)));
        for number in BOTH {
            let customer = customer(number);
            for account in [customer.main, customer.young] {
                plan.post(&pass, Posting::Open(Account::open(account, Some(Balance::ZERO))));
            }
            let id = TransferId::new(at.moment.uuid());
            let funds = Transfer::yen(id, outside, customer.main, Yen::of(10_000), at.moment.now);
            plan.post(&pass, Posting::Transfer(funds));
            plan.put(Row::Identity(Identity {
                customer: customer.id,
                issuer: "https://verifier.example".to_owned(),
                subject: format!("person-{number}"),
                method: "jpki".to_owned(),
                name: "山田 花子".to_owned(),
                kana: Kana::parse("ヤマダ ハナコ").expect("kana"),
                birth_date: BirthDate::parse("1990-01-01").expect("a date"),
                verified_at: at.moment.now,
                valid_until: at.moment.now.plus(Span::days(1_000)),
                ended_at: None,
            }));
            plan.open_session(&pass, session(&customer, number, at.moment.now));
            plan.put(Row::Customer(customer));
        }
        Decision::done((), plan)
    }
}

impl Load for Seed {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

fn customer(number: u8) -> Customer {
    let n = u128::from(number);
    Customer {
        id: CustomerId::new(Uuid::from_u128(n)),
        state: CustomerState::Active,
        phone: phone(number),
        email: Email::parse(&format!("person{number}@example.jp")).expect("an address"),
        locale: Locale::Ja,
        handle: Some(handle(number)),
        ial: Ial::Proved,
        main: AccountId::new(Uuid::from_u128(n * 0x100 + 1)),
        young: AccountId::new(Uuid::from_u128(n * 0x100 + 2)),
        recovery_code: None,
        created_at: Time::from_millis(BEGIN),
        closed_at: None,
    }
}

fn session(customer: &Customer, number: u8, now: Time) -> Session {
    Session {
        id: SessionId::new(customer.id.uuid()),
        token: token(number),
        customer: customer.id,
        device: None,
        name: "Phone".to_owned(),
        aal: Aal::Passkey,
        authenticator: None,
        created_at: now,
        stepped_up_at: None,
        idle_until: now.plus(Span::days(30)),
        expires_at: now.plus(Span::days(90)),
        ended_at: None,
    }
}

fn phone(number: u8) -> Phone {
    Phone::parse(&format!("0901234{number:04}")).expect("a number")
}

fn handle(number: u8) -> Handle {
    Handle::parse(&format!("person{number}")).expect("a handle")
}

const fn token(number: u8) -> Digest {
    Digest::new([number; 32])
}

const fn payment(number: u128) -> PaymentId {
    PaymentId::new(Uuid::from_u128(number))
}

struct World {
    teller: Teller,
    clock: Arc<HandSet>,
    merchant: Merchant,
    _folder: Folder,
}

const KEY: Digest = Digest::new([9; 32]);

impl World {
    async fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let keys = Keys::new(&[7; 32]).expect("keys");
        let (store, writer) = Store::open(&folder.0.join("wallet.db"), keys).expect("a database");
        let clock = Arc::new(HandSet(AtomicI64::new(BEGIN), AtomicU64::new(1)));
        let (teller, _thread) =
            Teller::start(store, writer, Policy::default(), Arc::clone(&clock) as Arc<dyn Clock>)
                .expect("a thread");
        teller.ask(Seed, Source::default()).await.expect("seeded");
        let add = AddMerchant {
            name: "豆の店".to_owned(),
            name_en: "BEANS".to_owned(),
            category: "5812".to_owned(),
            city: "KYOTO".to_owned(),
            key: KEY,
        };
        let merchant = teller.ask(add, Source::default()).await.expect("a merchant");
        Self { teller, clock, merchant, _folder: folder }
    }

    async fn ask<A: Load>(&self, ask: A) -> Result<A::Answer, Refusal> {
        match self.teller.ask(ask, Source::default()).await {
            Ok(answer) => Ok(answer),
            Err(No::Refusal(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    }

    /// The balance of a customer, the merchant's, and the proof of the whole book.
    async fn balances(&self) -> (i64, i64, i64) {
        let proof = store::prove(self.teller.store(), |_| ()).expect("a proof");
        assert_eq!(proof.violation, None);
        let merchant = self.merchant.clone();
        self.teller
            .look(move |shelf| {
                let of = |shelf: &mut Shelf<'_>, number| {
                    let mut whose = merchant.clone();
                    whose.account = customer(number).main;
                    store::look::merchant_balance(shelf, &whose).map(Balance::get)
                };
                Ok((of(shelf, 1)?, of(shelf, 2)?, store::look::merchant_balance(shelf, &merchant)?.get()))
            })
            .await
            .expect("balances")
    }
}

fn transfer(from: u8, to: u8, id: u128, yen: i64) -> TransferToHandle {
    let amount = Yen::of(yen);
    TransferToHandle { session: token(from), id: payment(id), to: handle(to), amount, message: None }
}

fn code(answer: &Result<Payment, Refusal>) -> Option<Code> {
    answer.as_ref().err().map(|refusal| refusal.code)
}

// promise: P1
// promise: P3
#[tokio::test]
async fn the_same_transfer_again_is_the_same_answer_and_moves_nothing() {
    let world = World::new("same").await;
    let first = world.ask(transfer(1, 2, 50, 3_000)).await;
    assert_eq!(code(&first), None);
    assert_eq!(world.balances().await, (7_000, 13_000, 0));
    // A month later the limits and the clock are others, the answer is not.
    world.clock.0.fetch_add(29 * 86_400_000, Ordering::SeqCst);
    for (told, ask, expected) in [
        ("the same", transfer(1, 2, 50, 3_000), None),
        ("another amount", transfer(1, 2, 50, 3_001), Some(Code::IdReused)),
        ("another payee", transfer(1, 1, 50, 3_000), Some(Code::IdReused)),
        ("the id of another customer", transfer(2, 2, 50, 3_000), Some(Code::IdReused)),
    ] {
        let again = world.ask(ask).await;
        assert_eq!(code(&again), expected, "{told}");
        assert!(expected.is_some() || again == first, "{told}");
        assert_eq!(world.balances().await, (7_000, 13_000, 0), "{told}");
    }
    let offer = OfferToPhone {
        session: token(1),
        id: payment(50),
        to: phone(2),
        amount: Yen::of(3_000),
        message: None,
    };
    assert_eq!(code(&world.ask(offer).await), Some(Code::IdReused), "the same id for another kind of ask");
}

// promise: P3
#[tokio::test]
async fn a_kept_refusal_stays_and_a_free_one_does_not() {
    let world = World::new("kept").await;
    let much = world.ask(transfer(1, 2, 60, 10_001)).await;
    assert_eq!(code(&much), Some(Code::InsufficientFunds));
    world.ask(transfer(2, 1, 61, 5_000)).await.expect("money comes");
    // There is enough by now; the id's answer stands all the same.
    assert_eq!(world.ask(transfer(1, 2, 60, 10_001)).await, much);
    world.ask(transfer(1, 2, 62, 10_001)).await.expect("a new id is a new ask");
    // A free refusal: come back with the same id and a message that is allowed.
    let mut long = transfer(1, 2, 63, 1);
    long.message = Some("m".repeat(101));
    assert_eq!(code(&world.ask(long).await), Some(Code::FieldNotAllowed));
    world.ask(transfer(1, 2, 63, 1)).await.expect("the id is free");
    // Without a session nobody is known, and nothing is kept.
    let mut stranger = transfer(1, 2, 64, 1);
    stranger.session = token(77);
    assert_eq!(code(&world.ask(stranger).await), Some(Code::NotSignedIn));
    world.ask(transfer(1, 2, 64, 1)).await.expect("the id is free");
    assert_eq!(world.balances().await, (4_997, 15_003, 0));
}

// promise: P1
// promise: P3
#[tokio::test]
async fn an_order_a_shown_code_and_a_refund_happen_once() {
    let world = World::new("once").await;
    let order =
        PlaceOrder { key: KEY, id: OrderId::new(Uuid::from_u128(70)), amount: Yen::of(880), memo: None };
    let placed = world.ask(order.clone()).await.expect("an order");
    assert_eq!(world.ask(order).await.expect("the same order"), placed);
    let pay = |from: u8, id: u128| PayQr {
        session: token(from),
        id: payment(id),
        payload: placed.payload.clone(),
        amount: None,
    };
    let paid = world.ask(pay(1, 71)).await.expect("paid");
    assert_eq!(world.ask(pay(1, 71)).await.as_ref(), Ok(&paid));
    assert_eq!(code(&world.ask(pay(2, 72)).await), Some(Code::OrderOver));
    assert_eq!(world.balances().await, (9_120, 10_000, 880));

    let shown = PresentCode { session: token(2), code: token(200) };
    world.ask(shown).await.expect("a code");
    let charge = |id: u128| ChargeCode { key: KEY, id: payment(id), code: token(200), amount: Yen::of(640) };
    let charged = world.ask(charge(73)).await.expect("charged");
    assert_eq!(world.ask(charge(73)).await, Ok(charged));
    assert_eq!(code(&world.ask(charge(74)).await), Some(Code::OrderOver));
    assert_eq!(world.balances().await, (9_120, 9_360, 1_520));

    let refund =
        |id: u128, yen: i64| Refund { key: KEY, id: payment(id), payment: paid.id, amount: Yen::of(yen) };
    let refunded = world.ask(refund(75, 500)).await.expect("refunded");
    assert_eq!(world.ask(refund(75, 500)).await, Ok(refunded));
    assert_eq!(code(&world.ask(refund(76, 381)).await), Some(Code::AboveOriginal));
    assert_eq!(world.balances().await, (9_620, 9_360, 1_020));
}

// promise: P3
#[tokio::test]
async fn a_hundred_of_the_same_at_once_are_one() {
    let world = World::new("race").await;
    let asks = (0..100).map(|_| {
        let teller = world.teller.clone();
        tokio::spawn(async move { teller.ask(transfer(1, 2, 80, 100), Source::default()).await })
    });
    let mut answers = Vec::new();
    for ask in asks.collect::<Vec<_>>() {
        answers.push(ask.await.expect("no panic").expect("the answer"));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(world.balances().await, (9_900, 10_100, 0));
}
