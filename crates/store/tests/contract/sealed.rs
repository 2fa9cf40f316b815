//! Sealed rows: altered, or put in another's place, they are refused by name; with another store key nothing opens, and
//! the database stays as it is.

use crate::{
    ask::{digest, merchant, order, put},
    bed::Bed,
    raw::{Cell, Raw},
};
use engine::Row;
use store::{Fault, Keys, look};

// promise: P13
pub(crate) fn check(bed: &Bed) {
    let merchants = [merchant(1, 1, 1, "one"), merchant(2, 2, 2, "two")];
    let (store, mut writer) = bed.open();
    let rows = vec![
        Row::Merchant(merchants[0].clone()),
        Row::Merchant(merchants[1].clone()),
        Row::Order(order(9, merchants[0].id, "a", "an order")),
    ];
    writer.commit(|shelf| put(shelf, rows.clone())).expect("put");
    drop(writer);
    let mut raw = bed.raw();
    let found = |what: &str| {
        let first = store.read(|shelf| look::merchant_by_key(shelf, &digest(1)));
        match first {
            Err(Fault::Row { table: "merchants", .. }) => {}
            other => panic!("{what}: {other:?}"),
        }
        // The same for a writer, who must not have remembered it.
        let (_, mut writer) = bed.open();
        let written = writer.commit(|shelf| look::merchant_by_key(shelf, &digest(1)));
        assert!(matches!(written, Err(Fault::Row { table: "merchants", .. })), "{what}: {written:?}");
    };
    let own = body(&mut raw, "merchants WHERE number LIKE '%1'");
    let others = [
        ("another row's", body(&mut raw, "merchants WHERE number LIKE '%2'")),
        ("another table's", body(&mut raw, "orders")),
        ("none", Vec::new()),
        ("a short one", own[..11].to_vec()),
        ("cut off", own[..own.len() - 1].to_vec()),
        ("longer", [own.clone(), vec![0]].concat()),
    ];
    let altered = (0..own.len()).step_by(7).map(|place| {
        let mut altered = own.clone();
        altered[place] ^= 1;
        ("altered", altered)
    });
    for (what, other) in others.into_iter().chain(altered) {
        set_body(&mut raw, other);
        found(what);
    }
    set_body(&mut raw, own);
    raw.change("UPDATE merchants SET number = '0000000000009' WHERE number LIKE '%1'");
    found("another number");
    raw.change("UPDATE merchants SET number = '0000000000001' WHERE number LIKE '%9'");
    raw.change("UPDATE merchants SET id = (SELECT id FROM orders) WHERE number LIKE '%1'");
    found("another key");
    drop(raw);
    another_key(bed);
    no_mark(bed);
}

fn body(raw: &mut Raw, of: &str) -> Vec<u8> {
    match raw.rows(&format!("SELECT body FROM {of}")).first().and_then(|row| row.first()) {
        Some(Cell::Bytes(bytes)) => bytes.clone(),
        other => panic!("{other:?}"),
    }
}

fn set_body(raw: &mut Raw, body: Vec<u8>) {
    let body = raw.literal(&Cell::Bytes(body));
    raw.change(&format!("UPDATE merchants SET body = {body} WHERE number LIKE '%1'"));
}

fn another_key(bed: &Bed) {
    let other = || Keys::new(&[8; 32]).expect("keys");
    let before = bed.whole();
    for fault in [
        bed.try_open(other()).err().expect("opened with another key"),
        store::Store::look_at(bed.place(), other()).err().expect("looked at with another key"),
    ] {
        let said = fault.to_string();
        assert!(said.contains("belongs to another store key; put back the key file"), "{said}");
        assert_eq!(said.lines().count(), 1);
    }
    assert_eq!(bed.whole(), before, "something was changed");
}

/// Whoever takes the mark away does not make another key fit.
fn no_mark(bed: &Bed) {
    bed.raw().change("DELETE FROM store");
    let before = bed.whole();
    for keys in [Keys::new(&[8; 32]), Keys::new(&[7; 32])] {
        let fault = bed.try_open(keys.expect("keys")).err().expect("opened without a mark");
        assert!(fault.to_string().contains("has lost the mark of its store key"), "{fault}");
    }
    assert_eq!(bed.whole(), before);
}
