//! Plays a story: one line per event, its expected outcome after a colon, `&` before it where a chain goes on.
//!
//! ```text
//! clock TIME                                  open ACCOUNT CURRENCY FLOOR|-
//! move ID FROM TO CURRENCY AMOUNT [back ID] [captures HOLD]
//! import ID TIME FROM TO CURRENCY AMOUNT [back ID]
//! hold ID FROM TO CURRENCY AMOUNT [until TIME]
//! capture HOLD ID AMOUNT                      release HOLD        expire HOLD
//! state ACCOUNT STATE                         due HOLD…           (what expire_due gives)
//! sees ACCOUNT BALANCE HELD ANNOUNCED         (what the account says)
//! bring ACCOUNT CURRENCY FLOOR|- DEBITS CREDITS HELD ANNOUNCED    (a row as it comes from a store)
//! ```
//! No outcome means that it is done now; `before` that it was done before; else the refusal's code.

use ledger::{AMOUNT_CAP, Account, AccountState, Applied, Book, Item, Posting, Refusal, Transfer};
use std::collections::BTreeMap;
use terms::{AccountId, Amount, Currency, HoldId, Net, Time, TransferId};
use uuid::Uuid;

/// What an item comes to: its outcome, and whether the whole book stayed as it was.
type Outcome = Result<Applied, Refusal>;

/// Plays a story from an empty book; after every step the invariants, after every posting a replay.
#[track_caller]
pub(crate) fn check(story: &str, script: &str) -> Vec<Refusal> {
    let mut teller =
        Teller { story, now: Time::from_millis(0), book: Book::new(), brought: false, met: Vec::new() };
    let mut chain = Vec::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (event, expected) = line.split_once(" : ").unwrap_or((line, "now"));
        let (event, linked) = event.strip_suffix(" &").map_or((event, false), |event| (event, true));
        let words: Vec<&str> = event.split_whitespace().collect();
        if let Some(posting) = teller.posting(&words) {
            chain.push((Item { posting, linked }, expected.trim(), line));
        }
        if !linked && !chain.is_empty() {
            teller.play(&std::mem::take(&mut chain));
        }
    }
    // What is left is a chain that does not end.
    if !chain.is_empty() {
        teller.play(&chain);
    }
    teller.met
}

struct Teller<'a> {
    story: &'a str,
    now: Time,
    book: Book,
    /// Rows came from outside, so nothing says that they sum to zero.
    brought: bool,
    met: Vec<Refusal>,
}

impl Teller<'_> {
    /// Reads a posting; what is none happens at once.
    fn posting(&mut self, words: &[&str]) -> Option<Posting> {
        Some(match words {
            ["clock", time] => {
                self.now = read_time(time);
                return None;
            }
            ["due", holds @ ..] => {
                let expired = self.book.expire_due(self.now);
                assert_eq!(
                    expired,
                    holds.iter().map(|hold| hold_id(hold)).collect::<Vec<_>>(),
                    "{}",
                    self.story
                );
                return None;
            }
            ["sees", name, balance, held, announced] => {
                let account = self.book.account(account_id(name)).expect(name);
                let seen = [account.balance().get(), account.held.get(), account.announced.get()];
                assert_eq!(
                    seen,
                    [balance, held, announced].map(|word| number(word)),
                    "{}: {words:?}",
                    self.story
                );
                return None;
            }
            ["bring", name, currency, floor, totals @ ..] => {
                self.brought = true;
                self.book.bring_account(brought(name, currency, floor, totals));
                return None;
            }
            ["open", name, currency, floor] => Posting::Open(opened(name, currency, floor)),
            ["state", name, state] => Posting::SetState(account_id(name), read_state(state)),
            ["move", id, from, to, currency, amount, more @ ..] => {
                Posting::Transfer(moved(id, [from, to, currency, amount], self.now, more))
            }
            ["import", id, time, from, to, currency, amount, more @ ..] => {
                Posting::Import(moved(id, [from, to, currency, amount], read_time(time), more))
            }
            ["hold", id, from, to, currency, amount, until @ ..] => Posting::Hold {
                id: hold_id(id),
                debit: account_id(from),
                credit: account_id(to),
                currency: read_currency(currency),
                amount: read_amount(amount),
                expires_at: after("until", until).map(read_time),
            },
            ["capture", hold, id, amount] => Posting::Capture {
                hold: hold_id(hold),
                transfer: transfer_id(id),
                amount: read_amount(amount),
            },
            ["release", hold] => Posting::Release(hold_id(hold)),
            ["expire", hold] => Posting::Expire(hold_id(hold)),
            other => panic!("{}: no such event: {other:?}", self.story),
        })
    }

    fn play(&mut self, chain: &[(Item, &str, &str)]) {
        let before = self.book.clone();
        let items: Vec<Item> = chain.iter().map(|(item, _, _)| item.clone()).collect();
        let outcomes = self.book.apply_all(&items, self.now);
        for (outcome, (_, expected, line)) in outcomes.iter().zip(chain) {
            assert_eq!(told(outcome), *expected, "{}: {line}", self.story);
        }
        self.met.extend(outcomes.iter().filter_map(|outcome| outcome.err()));
        if !outcomes.contains(&Ok(Applied::Now)) {
            assert_eq!(self.book, before, "{}: refused or done before, and changed the book", self.story);
        } else {
            // promise: P3
            self.replay(&items);
        }
        self.check_invariants(chain[0].2);
    }

    /// Asked again, a little later: the same answer, nothing changes.
    fn replay(&mut self, items: &[Item]) {
        let book = self.book.clone();
        let again = self.book.apply_all(items, Time::from_millis(self.now.millis() + 1));
        assert!(
            again.iter().all(|outcome| *outcome == Ok(Applied::Before)),
            "{}: {items:?}: {again:?}",
            self.story
        );
        assert_eq!(self.book, book, "{}: a replay changed the book", self.story);
    }

    fn check_invariants(&self, line: &str) {
        let mut sums = BTreeMap::<Currency, (i64, i64)>::new();
        for account in self.book.accounts() {
            assert!(
                account.keeps_floor() || self.brought,
                "{}: {line}: below its floor: {account:?}",
                self.story
            );
            let sum = sums.entry(account.currency).or_default();
            sum.0 += account.balance().get();
            sum.1 += account.held.get() - account.announced.get();
        }
        // promise: P1
        let conserved = sums.values().all(|sum| *sum == (0, 0));
        assert!(conserved || self.brought, "{}: {line}: not conserved: {sums:?}", self.story);
    }
}

pub(crate) fn told(outcome: &Outcome) -> &'static str {
    match outcome {
        Ok(Applied::Now) => "now",
        Ok(Applied::Before) => "before",
        Err(refusal) => refusal.code(),
    }
}

/// An id is the name itself, as bytes.
fn uuid(name: &str) -> Uuid {
    assert!(name.len() <= 16, "a shorter name than {name}");
    Uuid::from_u128(name.bytes().fold(0, |bits, byte| (bits << 8) | u128::from(byte)))
}

fn account_id(name: &str) -> AccountId {
    AccountId::new(uuid(name))
}

fn hold_id(name: &str) -> HoldId {
    HoldId::new(uuid(name))
}

fn transfer_id(name: &str) -> TransferId {
    TransferId::new(uuid(name))
}

fn number(word: &str) -> i64 {
    match word {
        "cap" => AMOUNT_CAP.get(),
        "cap+1" => AMOUNT_CAP.get() + 1,
        "max" => Amount::MAX.get(),
        "-max" => -Amount::MAX.get(),
        "lowest" => i64::MIN,
        "highest" => i64::MAX,
        word => word.replace(',', "").parse().unwrap_or_else(|_| panic!("a number: {word}")),
    }
}

fn read_amount(word: &str) -> Amount {
    Amount::new(number(word)).expect(word)
}

fn read_time(word: &str) -> Time {
    Time::from_millis(number(word))
}

fn read_currency(word: &str) -> Currency {
    Currency::parse(word).expect(word)
}

fn read_state(word: &str) -> AccountState {
    match word {
        "open" => AccountState::Open,
        "frozen" => AccountState::Frozen,
        "frozen_in" => AccountState::FrozenIn,
        "frozen_out" => AccountState::FrozenOut,
        "closed" => AccountState::Closed,
        word => panic!("a state: {word}"),
    }
}

fn after<'a>(key: &str, words: &[&'a str]) -> Option<&'a str> {
    words.iter().position(|word| *word == key).map(|place| words[place + 1])
}

fn opened(name: &str, currency: &str, floor: &str) -> Account {
    let floor = (floor != "-").then(|| Net::new(number(floor)));
    Account::open_in(account_id(name), read_currency(currency), floor)
}

fn brought(name: &str, currency: &str, floor: &str, totals: &[&str]) -> Account {
    let &[debits, credits, held, announced] = totals else { panic!("four totals: {totals:?}") };
    Account {
        debits: read_amount(debits),
        credits: read_amount(credits),
        held: read_amount(held),
        announced: read_amount(announced),
        ..opened(name, currency, floor)
    }
}

fn moved(id: &str, [from, to, currency, amount]: [&str; 4], at: Time, more: &[&str]) -> Transfer {
    Transfer {
        id: transfer_id(id),
        debit: account_id(from),
        credit: account_id(to),
        currency: read_currency(currency),
        amount: read_amount(amount),
        at,
        captures: after("captures", more).map(hold_id),
        reverses: after("back", more).map(transfer_id),
    }
}
