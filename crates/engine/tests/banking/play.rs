//! Random play: top-ups, payouts and ageing over one link while the bank answers in any way and any order.
//!
//! The bank keeps its own book here. At the end both books must agree to the yen, whatever was said between them.

use crate::{
    build::{customer, digest, id, rows},
    world::{belongings, link, young_link},
};
use engine::{
    Ask, BankOutcome, Context, Errand, Limits, Plan, Policy, Row, Source, Write,
    errand::{BankOrder, BankReason, Direction},
    linking::Link,
    payments::{
        Asking, BankAnswered, BankAnsweredFacts, Belongings, Mature, MatureFacts, Parcel, Payment,
        PaymentState, Payout, PayoutFacts, Purse, TopUp, TopUpFacts, Usage, UsageEntry, clearing_account,
        link_key, payout_key, top_up_key,
    },
    sessions::Session,
};
use gate::{Evidence, Step};
use ledger::{Account, Book, HoldState};
use std::collections::BTreeMap;
use terms::{Balance, ErrandId, Moment, PaymentId, Span, Time, TransferId, Yen};

const PLAYS: u64 = 300;
const MOVES: u32 = 120;

/// Numbers from a seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
}

/// What the bank has done under one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Booked,
    Refused,
    Late,
}

/// The bank's own book: what it did under each id, and what it owes us by that.
#[derive(Default)]
struct Bank {
    payments: BTreeMap<PaymentId, (Done, i64)>,
    owes: i64,
}

impl Bank {
    fn book(&mut self, order: &BankOrder, done: Done) {
        let sign = if order.direction == Direction::Debit { 1 } else { -1 };
        let signed = sign * order.amount.get();
        let known = self.payments.get(&order.payment).map(|known| known.0);
        let done = match known {
            // The same id again: what was done stays done, only what is late comes at last.
            Some(Done::Late) if done == Done::Booked => Done::Booked,
            Some(known) => known,
            None => done,
        };
        if done == Done::Booked && known != Some(Done::Booked) {
            self.owes += signed;
        }
        self.payments.insert(order.payment, (done, signed));
    }

    fn says(&self, payment: PaymentId) -> BankOutcome {
        match self.payments.get(&payment).map(|known| known.0) {
            Some(Done::Booked) => BankOutcome::Booked { bank_reference: "B".to_owned() },
            Some(Done::Refused) => BankOutcome::Refused { reason: BankReason::InsufficientFunds },
            Some(Done::Late) => BankOutcome::Pending,
            None => BankOutcome::Unknown,
        }
    }

    /// An order arrives, or does not; an answer comes back, or does not.
    fn ordered(&mut self, order: &BankOrder, dice: &mut Dice, honest: bool) -> BankOutcome {
        let luck = if honest { 9 } else { dice.below(10) };
        if luck == 0 {
            return BankOutcome::NotSent;
        }
        if luck > 1 {
            let done = match dice.below(6) {
                0 => Done::Refused,
                1 if !honest => Done::Late,
                _ => Done::Booked,
            };
            self.book(order, done);
        }
        if luck <= 3 { BankOutcome::NoAnswer } else { self.says(order.payment) }
    }

    fn asked(&mut self, order: &BankOrder, dice: &mut Dice, honest: bool) -> BankOutcome {
        let late = self.payments.get(&order.payment).is_some_and(|known| known.0 == Done::Late);
        if late && (honest || dice.below(2) == 0) {
            self.book(order, Done::Booked);
        }
        match dice.below(6) {
            0 if !honest => BankOutcome::NoAnswer,
            1 if !honest => BankOutcome::NotSent,
            _ => self.says(order.payment),
        }
    }
}

/// What the store would keep.
struct Kept {
    now: Time,
    seed: u64,
    policy: Policy,
    session: Session,
    link: Link,
    book: Book,
    payments: BTreeMap<PaymentId, Payment>,
    parcels: Vec<Parcel>,
    usage: BTreeMap<(String, i64), UsageEntry>,
    errands: BTreeMap<ErrandId, (Time, u32, Errand)>,
    transfers: Vec<TransferId>,
}

impl Kept {
    fn new(seed: u64, link: Link) -> Self {
        let person = customer(1);
        let mut book = Book::new();
        book.bring_account(Account::open(person.main, Some(Balance::ZERO)));
        book.bring_account(Account::open(person.young, Some(Balance::ZERO)));
        let wide = Limits { day: Yen::MAX, week: Yen::MAX, month: Yen::MAX };
        let mut session = crate::build::session_of(&person);
        session.idle_until = crate::build::NOW.plus(Span::days(1_000));
        session.expires_at = session.idle_until;
        Self {
            now: crate::build::NOW,
            seed,
            policy: Policy {
                link_top_ups: wide,
                customer_top_ups: wide,
                payouts: wide,
                payout_delay_ms: Span::millis(0),
                value_matures_ms: Span::minutes(20),
                ..Policy::default()
            },
            session,
            link: Link { per_debit_limit: Yen::of(1_000_000), per_day_limit: Yen::MAX, ..link },
            book,
            payments: BTreeMap::new(),
            parcels: Vec::new(),
            usage: BTreeMap::new(),
            errands: BTreeMap::new(),
            transfers: Vec::new(),
        }
    }

    fn standing(&self) -> Option<engine::Standing> {
        let session = Session { stepped_up_at: Some(self.now), ..self.session.clone() };
        Some(engine::Standing { session, customer: customer(1) })
    }

    fn used(&self, key: &str) -> Usage {
        let entries = self.usage.values().filter(|entry| entry.key == key);
        Usage { entries: entries.cloned().collect() }
    }

    /// Decides and writes, as the store would; gives the answer.
    fn ask<A: Ask>(&mut self, ask: &A, facts: &A::Facts) -> Result<A::Answer, engine::Refusal> {
        self.seed = self.seed.wrapping_add(1);
        let (source, policy) = (Source::default(), self.policy.clone());
        let moment = Moment::new(self.now, self.seed);
        let decision = ask.decide(facts, &Context { moment, source: &source, policy: &policy });
        self.write(&decision.plan);
        decision.answer
    }

    fn write(&mut self, plan: &Plan) {
        for write in plan.writes() {
            match write {
                Write::Posting(posting) => {
                    if let ledger::Posting::Capture { transfer, .. } = posting {
                        self.transfers.push(*transfer);
                    }
                    self.book.apply(posting, self.now).unwrap_or_else(|no| panic!("{no:?}: {posting:?}"));
                }
                Write::Errand(new) => {
                    self.errands.insert(new.id, (new.due_at, 0, new.errand.clone()));
                }
                Write::ErrandAgain(new) => {
                    let kept = self.errands.get_mut(&new.id).expect("an errand that is tried again is kept");
                    *kept = (new.due_at, kept.1 + 1, new.errand.clone());
                }
                Write::ErrandDone(done) => {
                    self.errands.remove(done);
                }
                _ => {}
            }
        }
        for payment in rows(plan, |row| match row {
            Row::Payment(payment) => Some(payment.clone()),
            _ => None,
        }) {
            self.payments.insert(payment.id, payment);
        }
        for entry in rows(plan, |row| match row {
            Row::Usage(entry) => Some(entry.clone()),
            _ => None,
        }) {
            self.usage.insert((entry.key.clone(), entry.hour), entry);
        }
        for parcel in rows(plan, |row| match row {
            Row::Parcel(parcel) => Some(parcel.clone()),
            _ => None,
        }) {
            self.parcels.retain(|kept| kept.id != parcel.id);
            self.parcels.push(parcel);
        }
    }

    fn evidence(step: Step) -> Evidence {
        Evidence::nothing_seen(step)
    }

    fn top_up(&mut self, payment: PaymentId, yen: i64) {
        let ask = TopUp { session: digest(1), id: payment, link: self.link.id, amount: Yen::of(yen) };
        let facts = TopUpFacts {
            standing: self.standing(),
            link: Some(self.link.clone()),
            book: self.book.clone(),
            link_usage: self.used(&link_key(self.link.id)),
            customer_usage: self.used(&top_up_key(customer(1).id)),
            evidence: Self::evidence(Step::TopUp),
        };
        let begun = self.ask(&ask, &facts).expect("a top-up within all limits begins");
        assert_eq!(begun.state, PaymentState::InProgress);
    }

    fn payout(&mut self, payment: PaymentId, yen: i64) {
        let ask = Payout { session: digest(1), id: payment, link: self.link.id, amount: Yen::of(yen) };
        let facts = PayoutFacts {
            standing: self.standing(),
            link: Some(self.link.clone()),
            book: self.book.clone(),
            usage: self.used(&payout_key(customer(1).id)),
            evidence: Self::evidence(Step::Payout),
        };
        let covered = Yen::of(yen) <= Purse::new(&self.book, &customer(1)).main();
        assert_eq!(
            self.ask(&ask, &facts).is_ok(),
            covered,
            "settled value pays for it, or it does not begin"
        );
    }

    fn answered(&mut self, asking: Option<Asking>, payment: PaymentId, outcome: BankOutcome) {
        let kept = self.payments.get(&payment).cloned();
        let payout = kept.as_ref().is_some_and(|kept| kept.kind == engine::payments::PaymentKind::Payout);
        let key = if payout { payout_key(customer(1).id) } else { top_up_key(customer(1).id) };
        let facts = BankAnsweredFacts {
            payment: kept.map(|kept| (kept, customer(1), self.link.clone())),
            link_usage: self.used(&link_key(self.link.id)),
            customer_usage: self.used(&key),
            belongings: Belongings { sessions: Vec::new(), ..belongings() },
        };
        let before = self.payments.get(&payment).map(|payment| payment.state);
        let after = self
            .ask(&BankAnswered { asking, bank: self.link.bank, payment, outcome }, &facts)
            .expect("an answer");
        if before.is_some_and(PaymentState::is_final) {
            assert_eq!(after.map(|payment| payment.state), before, "answered twice is answered once");
        }
    }

    fn mature(&mut self, errand: ErrandId, parcel: terms::ParcelId) {
        let kept = self.parcels.iter().find(|kept| kept.id == parcel).cloned();
        let parcel_kept = kept.map(|kept| (kept, customer(1)));
        let facts = MatureFacts { parcel: parcel_kept, book: self.book.clone() };
        self.ask(&Mature { errand, parcel }, &facts).expect("ageing is not refused");
    }

    /// Runs an errand that is due: any of them, or the bank's own word on any payment.
    fn run_one(&mut self, bank: &mut Bank, dice: &mut Dice, honest: bool) {
        let due: Vec<ErrandId> =
            self.errands.iter().filter(|(_, kept)| kept.0 <= self.now).map(|(id, _)| *id).collect();
        let Ok(due_count) = u64::try_from(due.len()) else { return };
        if due_count == 0 {
            return;
        }
        let place = usize::try_from(dice.below(due_count)).unwrap_or(0);
        let errand = due[place];
        let (_, tries, what) = self.errands[&errand].clone();
        let (order, inquiry) = match &what {
            Errand::Book(order) => (order, false),
            Errand::Inquire(order) => (order, true),
            Errand::Mature(parcel) => return self.mature(errand, *parcel),
            _ => {
                self.errands.remove(&errand);
                return;
            }
        };
        let outcome =
            if inquiry { bank.asked(order, dice, honest) } else { bank.ordered(order, dice, honest) };
        let asking = Some(Asking { errand, tries, inquiry });
        self.answered(asking, order.payment, outcome.clone());
        if dice.below(5) == 0 {
            // A crash before the errand was written off: the same answer comes again.
            self.answered(asking.filter(|_| self.errands.contains_key(&errand)), order.payment, outcome);
        }
    }

    fn call_back(&mut self, bank: &Bank, dice: &mut Dice) {
        let known: Vec<PaymentId> = bank.payments.keys().copied().collect();
        let Ok(count) = u64::try_from(known.len()) else { return };
        if count > 0 {
            let payment = known[usize::try_from(dice.below(count)).unwrap_or(0)];
            self.answered(None, payment, bank.says(payment));
        }
    }

    fn check(&self, told: &str) {
        let sum: i64 = self.book.accounts().map(|account| account.balance().get()).sum();
        assert_eq!(sum, 0, "{told}: conserved");
        for account in self.book.accounts() {
            let lowest = account.floor.map(terms::Net::get);
            let free = account.balance().get() - account.held.get();
            assert!(lowest.is_none_or(|lowest| free >= lowest), "{told}: below its floor: {account:?}");
        }
        let young = self.book.account(customer(1).young).map_or(0, |account| account.balance().get());
        let parcels: i64 = self.parcels.iter().map(|parcel| parcel.remaining.get()).sum();
        assert_eq!(young, parcels, "{told}: provisional value lies in parcels");
    }

    /// Both books agree, and nothing is left to do.
    fn check_end(&self, bank: &Bank, told: &str) {
        assert!(self.errands.is_empty(), "{told}: {:?}", self.errands);
        let clearing = self.book.account(clearing_account(self.link.bank));
        let clearing = clearing.map_or(0, |account| account.balance().get());
        assert_eq!(clearing, -bank.owes, "{told}: the two books");
        for payment in self.payments.values() {
            let at_bank = bank.payments.get(&payment.id).map(|known| known.0);
            let expected = match payment.state {
                PaymentState::Completed => Done::Booked,
                PaymentState::Refused => Done::Refused,
                open => panic!("{told}: {open:?} at the end"),
            };
            assert_eq!(at_bank, Some(expected), "{told}: {payment:?}");
        }
        assert!(self.book.holds().all(|hold| hold.state != HoldState::Held), "{told}: no hold is left");
        for entry in self.usage.values() {
            let of_hour = |payment: &&Payment| {
                payment.state == PaymentState::Completed && Usage::hour(payment.created_at) == entry.hour
            };
            let mut sum = 0;
            for payment in self.payments.values().filter(of_hour) {
                let payout = payment.kind == engine::payments::PaymentKind::Payout;
                let counts = payout == (entry.key == payout_key(customer(1).id));
                sum += if counts { payment.amount.get() } else { 0 };
            }
            assert_eq!(entry.sum.get(), sum, "{told}: limits count what was done: {entry:?}");
        }
    }
}

// promise: P1
// promise: P3
// promise: P8
// promise: P9
#[test]
fn whatever_a_bank_answers_both_books_agree_in_the_end() {
    for play in 0..PLAYS {
        let told = format!("seed {play}");
        let mut dice = Dice(play.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let link = if dice.below(2) == 0 { link() } else { young_link() };
        let mut kept = Kept::new(play << 32, link);
        let mut bank = Bank::default();
        for turn in 0..MOVES {
            let payment = PaymentId::new(id(u128::from(turn) + 1_000));
            let yen = i64::try_from(dice.below(5_000)).unwrap_or(0) + 1;
            match dice.below(10) {
                0..=1 => kept.top_up(payment, yen),
                2 => kept.payout(payment, yen),
                3 => kept.call_back(&bank, &mut dice),
                4 => kept.now = kept.now.plus(Span::seconds(i64::try_from(dice.below(900)).unwrap_or(0))),
                _ => kept.run_one(&mut bank, &mut dice, false),
            }
            kept.check(&told);
        }
        // From here on the bank answers, so that everything comes to its end.
        for _ in 0..2_000 {
            if kept.errands.is_empty() {
                break;
            }
            kept.now = kept.now.plus(Span::minutes(10));
            kept.run_one(&mut bank, &mut dice, true);
            kept.check(&told);
        }
        kept.check_end(&bank, &told);
    }
}
