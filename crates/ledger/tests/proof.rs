//! The proof finds whatever was altered in a book's rows, and names the first thing that does not hold.

use ledger::{
    Account, Book, Hold, HoldState, Posting, Transfer,
    prove::{Proof, Violation},
};
use terms::{AccountId, Amount, Balance, Currency, HoldId, Time, TransferId, Yen};
use uuid::Uuid;

const NOW: Time = Time::from_millis(0);

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

/// The rows of a small book: account 1 without a floor paid 1,000 to 2, 2 paid 300 to 3 and holds 200 for 3.
struct Rows {
    transfers: Vec<Transfer>,
    holds: Vec<Hold>,
    accounts: Vec<Account>,
}

fn rows() -> Rows {
    let mut book = Book::new();
    let transfer = |id, from, to, yen| {
        let id = TransferId::new(Uuid::from_u128(id));
        Posting::Transfer(Transfer::yen(id, account(from), account(to), Yen::of(yen), NOW))
    };
    let hold = HoldId::new(Uuid::from_u128(1));
    for posting in [
        Posting::Open(Account::open(account(1), None)),
        Posting::Open(Account::open(account(2), Some(Balance::ZERO))),
        Posting::Open(Account::open(account(3), Some(Balance::ZERO))),
        transfer(1, 1, 2, 1_000),
        transfer(2, 2, 3, 300),
        Posting::hold_yen(hold, account(2), account(3), Yen::of(200), None),
    ] {
        book.apply(&posting, NOW).expect("a good posting");
    }
    Rows {
        transfers: book.transfers().cloned().collect(),
        holds: book.holds().cloned().collect(),
        accounts: book.accounts().cloned().collect(),
    }
}

fn prove(rows: &Rows) -> Result<(), Violation> {
    let mut proof = Proof::new();
    rows.transfers.iter().for_each(|transfer| proof.transfer(transfer));
    rows.holds.iter().for_each(|hold| proof.hold(hold));
    rows.accounts.iter().try_for_each(|account| proof.account(account))?;
    proof.finish()
}

// promise: P1
#[test]
fn whatever_was_altered_is_found() {
    assert_eq!(prove(&rows()), Ok(()));
    let dollars = Currency::parse("USD").expect("three letters");
    type Damage = (&'static str, Box<dyn Fn(&mut Rows)>, &'static str);
    let damages: Vec<Damage> = vec![
        ("a balance raised", Box::new(|rows| rows.accounts[2].credits = Amount::of(301)), "¥301"),
        ("a balance lowered", Box::new(|rows| rows.accounts[1].debits = Amount::of(299)), "¥299"),
        ("an amount altered", Box::new(|rows| rows.transfers[1].amount = Amount::of(3_000)), "¥3,000"),
        ("a transfer lost", Box::new(|rows| rows.transfers.truncate(1)), "its transfers say"),
        (
            "a transfer turned round",
            Box::new(|rows| rows.transfers[1].debit = account(1)),
            "its transfers say",
        ),
        ("an account lost", Box::new(|rows| rows.accounts.truncate(2)), "is named and not there"),
        ("a hold lost", Box::new(|rows| rows.holds.clear()), "its holds say ¥0"),
        ("a hold settled", Box::new(|rows| rows.holds[0].state = HoldState::Released), "its holds say ¥0"),
        ("a hold raised", Box::new(|rows| rows.holds[0].amount = Amount::of(201)), "its holds say ¥201"),
        ("a hold forgotten", Box::new(|rows| rows.accounts[1].held = Amount::ZERO), "states ¥0 held"),
        (
            "a floor raised above what is free",
            Box::new(|rows| rows.accounts[1].floor = Some(terms::Net::new(501))),
            "stands below its floor",
        ),
        (
            "a transfer of dollars",
            Box::new(move |rows| rows.transfers[1].currency = dollars),
            "its transfers say",
        ),
        (
            "a transfer of dollars added",
            Box::new(move |rows| {
                let added = Transfer { currency: dollars, ..rows.transfers[1].clone() };
                rows.transfers.push(added);
            }),
            "is in JPY and a transfer or hold of it in USD",
        ),
        (
            "an account of dollars",
            Box::new(move |rows| {
                let both = [&mut rows.accounts[2].currency, &mut rows.transfers[1].currency];
                both.into_iter().for_each(|currency| *currency = dollars);
                rows.holds[0].currency = dollars;
            }),
            "states debits ¥300",
        ),
    ];
    for (damage, alter, told) in damages {
        let mut rows = rows();
        alter(&mut rows);
        let found = prove(&rows).expect_err(damage).to_string();
        assert!(found.contains(told), "{damage}: {found}");
    }
}

/// Two legs that do not belong together, each true to its own account.
#[test]
fn money_from_nowhere_is_found() {
    let dollars = Currency::parse("USD").expect("three letters");
    let mut rows = rows();
    rows.holds.clear();
    rows.accounts.iter_mut().for_each(|account| {
        account.held = Amount::ZERO;
        account.announced = Amount::ZERO;
    });
    rows.accounts.push(Account { credits: Amount::of(5), ..Account::open_in(account(9), dollars, None) });
    let mut proof = Proof::new();
    rows.transfers.iter().for_each(|transfer| proof.transfer(transfer));
    let found: Vec<_> = rows.accounts.iter().filter_map(|account| proof.account(account).err()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    let sum = proof.finish().expect_err("five dollars too many");
    assert_eq!(sum, Violation::NotConserved { currency: dollars, sum: 5 });
    assert_eq!(sum.to_string(), "the sum over all balances in USD is USD 5, not zero");
}
