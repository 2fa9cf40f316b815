//! The largest batches: 8,190 postings, several times in one commit, in every order of ids; one more is refused whole.

use crate::{
    bed::{Bed, violation},
    draw,
};
use ledger::{Applied, BATCH_MAX, Item, Posting, Refusal};
use store::{Fault, look};
use terms::Time;
use uuid::Uuid;

const ACCOUNTS: u64 = 5_000;

pub(crate) fn check(bed: &Bed) {
    let now = Time::from_millis(1);
    let (store, mut writer) = bed.open();
    let even = |place: usize| 2 * (place as u64 % ACCOUNTS);
    let opened: Vec<Item> = (0..ACCOUNTS).map(|number| Item::alone(draw::open(2 * number))).collect();
    // Account 0 has no floor and pays all others; ids rise in the first batch and fall in the second.
    let batch = |first: u128, rises: bool| -> Vec<Item> {
        (0..BATCH_MAX)
            .map(|place| {
                let id = first + if rises { place } else { BATCH_MAX - place } as u128;
                let to = even(place).max(2);
                Item::alone(Posting::Transfer(draw::transfer(Uuid::from_u128(id), 0, to, 1, 1)))
            })
            .collect()
    };
    let batches = [batch(1 << 90, true), batch(1 << 80, false)];
    let all_are =
        |outcomes: &[Result<Applied, Refusal>], wanted| outcomes.iter().all(|outcome| *outcome == wanted);
    let done = writer.commit(|shelf| {
        assert!(all_are(&shelf.apply_all(&opened, now)?, Ok(Applied::Now)));
        for items in &batches {
            assert!(all_are(&shelf.apply_all(items, now)?, Ok(Applied::Now)));
        }
        assert!(all_are(&shelf.apply_all(&batches[1], now)?, Ok(Applied::Before)));
        Ok(())
    });
    done.expect("committed");
    let too_large = [batches[0].clone(), vec![Item::alone(draw::open(0))]].concat();
    for mut writer in [writer, bed.open().1] {
        let again = writer.commit(|shelf| {
            assert!(all_are(&shelf.apply_all(&batches[0], now)?, Ok(Applied::Before)));
            assert!(all_are(&shelf.apply_all(&too_large, now)?, Err(Refusal::BatchTooLarge)));
            Ok::<_, Fault>(())
        });
        again.expect("nothing to commit");
    }
    assert_eq!(violation(&store), None);
    let account =
        store.read(|shelf| look::account_of(shelf, draw::account(0))).expect("read").expect("there");
    assert_eq!(account.balance().get(), -2 * i64::try_from(BATCH_MAX).expect("few"));
    assert_eq!(bed.raw().number("SELECT COUNT(*) FROM commits"), 1);
}
