//! Stories of the book: each is a few events and what comes of them, and each refusal has its story.
//!
//! Goal: what a posting does, and why it is refused, can be read here by who never saw the code. Method: a table of
//! stories in a small script (`script.rs`), played through one `check` with the invariants after every step and a
//! replay of everything that was done.

mod script;

use ledger::{AMOUNT_CAP, AccountState, Applied, BATCH_MAX, Book, Item, Posting, Refusal};
use script::{check, told};
use std::collections::BTreeSet;
use terms::{AccountId, Time};
use uuid::Uuid;

/// Everybody's beginning: the bank's side of the world without a floor, Aoi with ¥1,000, Ben and a shop with nothing.
const TOWN: &str = "
    open bank JPY -
    open aoi JPY 0
    open ben JPY 0
    open shop JPY 0
    move salary bank aoi JPY 1,000
";

#[rustfmt::skip]
const STORIES: &[(&str, &str)] = &[
    ("Aoi pays Ben, and cannot pay what she no longer has", "
        move t1 aoi ben JPY 600
        sees aoi 400 0 0
        sees ben 600 0 0
        move t2 aoi ben JPY 401 : below_floor
        move t3 aoi ben JPY 400
        sees bank -1,000 0 0"),
    ("a little credit: a floor below zero", "
        open credit JPY -500
        move t1 credit ben JPY 501 : below_floor
        move t1 credit ben JPY 500
        sees credit -500 0 0"),
    ("nothing, too much and to oneself", "
        move t1 aoi ben JPY 0 : amount_zero
        move t1 bank aoi JPY cap+1 : amount_above_cap
        move t1 bank aoi JPY cap
        move t2 aoi aoi JPY 5 : same_account
        hold h1 aoi ben JPY 0 : amount_zero
        hold h1 bank ben JPY cap+1 : amount_above_cap
        hold h1 aoi aoi JPY 5 : same_account
        capture h1 t3 0 : amount_zero
        capture h1 t3 cap+1 : amount_above_cap"),
    ("accounts that nobody opened", "
        move t1 nobody ben JPY 5 : debit_unknown
        move t1 aoi nobody JPY 5 : credit_unknown
        hold h1 nobody ben JPY 5 : debit_unknown
        hold h1 aoi nobody JPY 5 : credit_unknown
        state nobody frozen : account_unknown"),
    ("asked twice: the same is answered again, something else is refused", "
        move t1 aoi ben JPY 100
        clock 50
        move t1 aoi ben JPY 100 : before
        move t1 aoi ben JPY 101 : id_taken
        move t1 aoi shop JPY 100 : id_taken
        move t1 bank ben JPY 100 : id_taken
        move t1 aoi ben USD 100 : id_taken
        move t1 aoi ben JPY 100 back salary : id_taken
        hold h1 aoi ben JPY 10 until 90
        hold h1 aoi ben JPY 10 until 90 : before
        hold h1 aoi ben JPY 11 until 90 : id_taken
        hold h1 aoi ben JPY 10 until 91 : id_taken
        hold h1 aoi ben JPY 10 : id_taken
        capture h1 t2 4
        capture h1 t2 4 : before
        capture h1 t2 5 : id_taken
        move t2 aoi ben JPY 4 : id_taken
        hold h1 aoi ben JPY 10 until 90 : before
        open aoi JPY 0 : before
        open aoi JPY -5 : id_taken
        open aoi USD 0 : id_taken
        sees aoi 896 0 0"),
    ("an id is known even when its accounts are closed since", "
        move t1 aoi ben JPY 1,000
        state aoi closed
        move t1 aoi ben JPY 1,000 : before
        move t1 aoi ben JPY 1 : id_taken"),
    ("dollars and yen do not mix", "
        open fed USD -
        open dora USD 0
        move t1 fed dora USD 12,345
        move t2 dora aoi USD 5 : wrong_currency
        move t2 aoi dora JPY 5 : wrong_currency
        move t2 aoi ben USD 5 : wrong_currency
        hold h1 dora fed JPY 5 : wrong_currency
        hold h1 dora fed USD 45
        capture h1 t3 45
        sees dora 12,300 0 0
        sees aoi 1,000 0 0"),
    ("an exchange is a chain: both legs or none", "
        open fed USD -
        open dora USD 0
        open desk_usd USD 0
        move t1 fed desk_usd USD 700
        move yen aoi bank JPY 1,000 & : chain_broken
        move usd desk_usd dora USD 701 : below_floor
        sees aoi 1,000 0 0
        move yen aoi bank JPY 1,000 &
        move usd desk_usd dora USD 700
        sees aoi 0 0 0
        sees dora 700 0 0"),
    ("a chain breaks in its middle and leaves no trace of any kind", "
        open hub JPY 0 & : now
        hold h0 aoi ben JPY 300
        open new JPY 0 & : chain_broken
        move a aoi new JPY 100 & : chain_broken
        move b new aoi JPY 40 back a & : chain_broken
        capture h0 c 200 & : chain_broken
        hold h1 aoi new JPY 100 & : chain_broken
        state ben frozen & : chain_broken
        move d shop hub JPY 1 & : below_floor
        move e aoi shop JPY 1 : chain_broken
        sees aoi 1,000 300 0
        sees ben 0 0 300
        open later JPY 0
        move a aoi new JPY 100 : credit_unknown
        move a aoi ben JPY 100"),
    ("each link sees the one before", "
        move t1 aoi ben JPY 1,000 &
        move t2 ben shop JPY 1,000 &
        hold h1 shop aoi JPY 1,000 &
        capture h1 t3 999
        sees shop 1 0 0
        sees aoi 999 0 0"),
    ("a chain with a link that was done before changes only what is new", "
        move t1 aoi ben JPY 10
        move t1 aoi ben JPY 10 & : before
        move t2 aoi ben JPY 20
        sees ben 30 0 0"),
    ("a chain that does not end is not begun", "
        move t1 aoi ben JPY 1 & : chain_broken
        move t2 aoi ben JPY 2 & : chain_open"),
    ("history is brought with its own times, and not from the future", "
        clock 1,000
        import t1 400 bank aoi JPY 70
        import t1 400 bank aoi JPY 70 : before
        import t1 401 bank aoi JPY 70 : id_taken
        import t2 1,001 bank aoi JPY 70 : time_in_future
        import t2 1,000 bank aoi JPY 70
        import t3 -5 bank aoi JPY 70
        sees aoi 1,210 0 0"),
    ("a sale is taken back in parts, never more than it was", "
        move sale aoi shop JPY 500
        move stock bank shop JPY 500
        move back1 shop aoi JPY 200 back sale
        move back2 shop aoi JPY 301 back sale : above_original
        move back2 shop aoi JPY 300 back sale
        move back3 shop aoi JPY 1 back sale : above_original
        sees aoi 1,000 0 0"),
    ("a reversal belongs to its original", "
        move sale aoi shop JPY 500
        move back shop aoi JPY 5 back other : original_unknown
        move back shop ben JPY 5 back sale : not_the_originals_accounts
        move back ben aoi JPY 5 back sale : not_the_originals_accounts
        move back aoi shop JPY 5 back sale : not_the_originals_accounts
        move back shop aoi USD 5 back sale : not_the_originals_accounts
        move back shop aoi JPY 5 back sale
        move again aoi shop JPY 5 back back : original_is_reversal
        move self shop aoi JPY 5 back self : original_unknown"),
    ("a captured sale is taken back like any other; a taking back needs money too", "
        hold h1 aoi shop JPY 500
        capture h1 sale 400
        move spent shop bank JPY 350
        move back shop aoi JPY 51 back sale : below_floor
        move back shop aoi JPY 50 back sale
        sees aoi 650 0 0"),
    ("nobody pretends to be a capture", "
        hold h1 aoi shop JPY 500
        move t1 aoi shop JPY 500 captures h1 : capture_stated
        sees aoi 1,000 500 0"),
    ("held money is spent once, by the hold", "
        hold h1 aoi shop JPY 700
        sees aoi 1,000 700 0
        sees shop 0 0 700
        move t1 aoi ben JPY 301 : below_floor
        hold h2 aoi ben JPY 301 : below_floor
        move t1 shop ben JPY 1 : below_floor
        capture h1 t2 450
        sees aoi 550 0 0
        sees shop 450 0 0"),
    ("above the hold, twice, after its release", "
        hold h1 aoi shop JPY 700
        capture h1 t1 701 : above_hold
        capture h1 t1 700
        capture h1 t2 1 : hold_captured
        release h1 : hold_captured
        expire h1 : hold_captured
        hold h2 aoi shop JPY 100
        release h2
        release h2 : before
        capture h2 t3 1 : hold_released
        expire h2 : hold_released
        capture h9 t3 1 : hold_unknown
        release h9 : hold_unknown
        expire h9 : hold_unknown"),
    ("a hold expires by its time, seen or unseen", "
        hold h1 aoi shop JPY 100 until 60
        hold h2 aoi shop JPY 100
        clock 59
        expire h1 : hold_not_due
        expire h2 : hold_not_due
        due
        clock 60
        capture h1 t1 100 : hold_expired
        sees aoi 1,000 200 0
        due h1
        due
        sees aoi 1,000 100 0
        capture h1 t1 100 : hold_expired
        release h1 : hold_expired
        expire h1 : before
        clock 10,000
        capture h2 t1 100"),
    ("holds expire in the order of their ids, whenever they were made or due", "
        hold h3 aoi shop JPY 1 until 10
        hold h1 aoi shop JPY 1 until 30
        hold h2 aoi shop JPY 1 until 20
        hold h4 aoi shop JPY 1 until 31
        clock 30
        due h1 h2 h3"),
    ("frozen out: Aoi receives and does not pay", "
        hold h1 aoi shop JPY 100
        state aoi frozen_out
        state aoi frozen_out : before
        move t1 aoi ben JPY 1 : debit_frozen
        hold h2 aoi ben JPY 1 : debit_frozen
        capture h1 t1 100 : debit_frozen
        move t1 bank aoi JPY 5
        release h1
        sees aoi 1,005 0 0"),
    ("frozen in: the shop pays back and does not sell", "
        move t1 aoi shop JPY 10
        hold h1 aoi shop JPY 100
        state shop frozen_in
        move t2 aoi shop JPY 1 : credit_frozen
        hold h2 aoi shop JPY 1 : credit_frozen
        capture h1 t2 100 : credit_frozen
        move t2 shop aoi JPY 4 back t1
        sees shop 6 0 100"),
    ("frozen both ways, and thawed", "
        state ben frozen
        move t1 aoi ben JPY 1 : credit_frozen
        move t1 ben aoi JPY 1 : debit_frozen
        state ben open
        move t1 aoi ben JPY 1"),
    ("only an empty account is closed, and for ever", "
        state aoi closed : account_not_empty
        hold h1 bank ben JPY 5
        state ben closed : account_not_empty
        release h1
        state ben closed
        state ben closed : before
        state ben open : account_closed
        move t1 aoi ben JPY 1 : credit_closed
        move t1 ben aoi JPY 1 : debit_closed
        hold h2 ben aoi JPY 1 : debit_closed
        hold h2 aoi ben JPY 1 : credit_closed
        move t1 aoi shop JPY 1"),
    ("the first reason in the list is the one that is told", "
        state ben closed
        move salary ben ben USD 0 : id_taken
        import t1 9 ben ben USD 0 : amount_zero
        import t1 9 ben ben USD cap+1 : amount_above_cap
        import t1 9 ben ben USD 1 : time_in_future
        move t1 ben ben USD 1 captures h1 back t9 : same_account
        move t1 ben nobody USD 1 captures h1 back t9 : capture_stated
        move t1 ben nobody USD 1 back t9 : original_unknown
        move t1 nobody other USD 1 : debit_unknown
        move t1 ben nobody USD 1 : credit_unknown
        move t1 ben shop USD 1 : wrong_currency
        state shop frozen
        move t1 ben shop JPY 1 : debit_closed
        move t1 shop ben JPY 1 : credit_closed
        state bank frozen
        move t1 shop bank JPY 1 : debit_frozen
        move t1 aoi bank JPY 9,999 : credit_frozen"),
    ("totals stop at the edge of the type, and whoever is at the edge stays whole", "
        bring old JPY - max 0 0 0
        bring rich JPY 0 0 max 0 0
        move t1 old ben JPY 1 : total_too_large
        move t1 bank rich JPY 1 : total_too_large
        hold h1 bank rich JPY cap
        capture h1 t1 cap : total_too_large
        release h1
        bring full JPY - 0 0 max 0
        bring awaited JPY 0 0 0 0 max
        hold h2 full ben JPY 1 : total_too_large
        hold h2 bank awaited JPY 1 : total_too_large
        move t2 rich ben JPY cap"),
    ("floors at both edges of the type", "
        bring deep JPY lowest max 0 max 0
        move t1 deep ben JPY 1 : total_too_large
        bring deeper JPY lowest 0 max 0 0
        move t1 deeper ben JPY cap
        bring high JPY highest 0 max 0 0
        move t2 high ben JPY 1 : below_floor"),
    ("a hold that its accounts know nothing of is not touched", "
        hold h1 aoi shop JPY 500
        hold h2 aoi shop JPY 500
        bring aoi JPY 0 0 1,000 499 0
        capture h1 t1 500 : hold_not_covered
        release h1 : hold_not_covered
        bring aoi JPY 0 0 1,000 500 0
        bring shop JPY 0 0 0 0 499
        release h1 : hold_not_covered"),
];

#[test]
fn stories_end_as_told() {
    let mut met = BTreeSet::from([Refusal::BatchTooLarge]);
    for (story, script) in STORIES {
        met.extend(check(story, &format!("{TOWN}\n{script}")));
    }
    let all: BTreeSet<_> = Refusal::ALL.iter().copied().collect();
    assert_eq!(met, all, "each refusal has its story");
}

#[test]
fn a_batch_too_large_is_not_looked_at() {
    let now = Time::from_millis(0);
    let open = |number: usize| {
        let id = AccountId::new(Uuid::from_u128(number as u128));
        Item::alone(Posting::Open(ledger::Account::open(id, None)))
    };
    let items: Vec<Item> = (0..=BATCH_MAX).map(open).collect();
    let mut book = Book::new();
    let outcomes = book.apply_all(&items, now);
    assert_eq!(outcomes.len(), BATCH_MAX + 1);
    assert!(outcomes.iter().all(|outcome| told(outcome) == "batch_too_large"));
    assert_eq!(book, Book::new());
    assert_eq!(book.apply_all(&items[1..], now), vec![Ok(Applied::Now); BATCH_MAX]);
    assert_eq!(book.apply_all(&[], now), vec![]);
}

/// Codes are for programs of others: a change here breaks them.
#[test]
fn codes_are_distinct_and_named_like_their_refusal() {
    let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len());
    for refusal in Refusal::ALL {
        let camel: String =
            refusal.code().split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        assert_eq!(camel, format!("{refusal:?}"));
    }
    assert!(Refusal::ALL.is_sorted(), "the order of the checks");
    assert_eq!(AMOUNT_CAP.get(), terms::Yen::MAX.get());
    assert_eq!(AccountState::ALL[3], AccountState::Closed, "places in this list are stored");
}
