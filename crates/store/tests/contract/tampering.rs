//! Whoever alters the book behind the program's back is found out: every column of every table of it in turn, rows
//! taken away, added and swapped.

use crate::{
    bed::{Bed, violation},
    dice::Dice,
    play::Play,
    raw::{Cell, Raw},
};

/// The book's tables, with their keys.
const TABLES: [(&str, &[&str]); 7] = [
    ("pen", &["id"]),
    ("commits", &["number"]),
    ("checkpoints", &["number"]),
    ("transfers", &["number"]),
    ("accounts", &["id"]),
    ("holds", &["id"]),
    ("marks", &["account", "number"]),
];

pub(crate) fn check(bed: &Bed) {
    let mut play = Play::new(bed, Dice::new("tampering"));
    play.begin();
    play.go_on_until(140);
    let (store, mut raw) = (bed.look(), bed.raw());
    assert_eq!(violation(&store), None);
    let (mut tried, mut missed) = (0, Vec::new());
    for (table, keys) in TABLES {
        let found = Table::read(&mut raw, table, keys);
        assert!(!found.rows.is_empty(), "nothing to alter in {table}");
        for (told, away, back) in found.alterations(&raw, bed.is_file()) {
            if raw.try_change(&format!("BEGIN; {away} COMMIT")).is_err() {
                // The database itself does not take it.
                raw.change("ROLLBACK");
                continue;
            }
            tried += 1;
            if violation(&store).is_none() {
                missed.push(told);
            }
            raw.change(&format!("BEGIN; {back} COMMIT"));
        }
        assert_eq!(violation(&store), None, "{table} is as before");
    }
    assert!(missed.is_empty(), "{} of {tried} alterations were proved: {missed:#?}", missed.len());
    assert!(tried > 150, "only {tried} alterations");
}

struct Table<'t> {
    name: &'t str,
    keys: &'t [&'t str],
    columns: Vec<(String, String, bool)>,
    rows: Vec<Vec<Cell>>,
}

/// What it is, how it is done, how it is undone.
type Alteration = (String, String, String);

impl<'t> Table<'t> {
    fn read(raw: &mut Raw, name: &'t str, keys: &'t [&'t str]) -> Self {
        let rows = raw.rows(&format!("SELECT * FROM {name} ORDER BY {}", keys.join(", ")));
        Self { name, keys, columns: raw.columns(name), rows }
    }

    fn alterations(&self, raw: &Raw, many: bool) -> Vec<Alteration> {
        let last = self.rows.len() - 1;
        let mut chosen = if many { vec![0, last / 2, last] } else { vec![last / 2, last] };
        chosen.dedup();
        let mut all = Vec::new();
        // The proof is the same on both: on a server fewer rows will do.
        for &place in chosen.iter().take(if many { 3 } else { 1 }) {
            let row = &self.rows[place];
            for column in 0..self.columns.len() {
                for other in others(&row[column], &self.columns[column].1, self.columns[column].2) {
                    let mut altered = row.clone();
                    altered[column] = other;
                    all.push(self.replaced(raw, &[(row.clone(), altered)], "altered"));
                }
            }
            all.push((
                format!("{} row {place} taken away", self.name),
                self.taken_away(raw, row),
                self.put_in(raw, row),
            ));
            all.push(self.copied(raw, row));
        }
        for pair in chosen.windows(2) {
            let (one, other) = (&self.rows[pair[0]], &self.rows[pair[1]]);
            all.extend(self.swapped(raw, one, other));
        }
        all
    }

    /// Everything but the key goes to the other's place; marks are nothing but key, and change their accounts.
    fn swapped(&self, raw: &Raw, one: &[Cell], other: &[Cell]) -> Option<Alteration> {
        let own = if self.name == "marks" { 1 } else { self.keys.len() };
        let cross = |key: &[Cell], rest: &[Cell]| [&key[..own], &rest[own..]].concat();
        let crossed = [(one.to_vec(), cross(one, other)), (other.to_vec(), cross(other, one))];
        (crossed[0].0 != crossed[0].1).then(|| self.replaced(raw, &crossed, "swapped"))
    }

    /// The same row once more, under other keys.
    fn copied(&self, raw: &Raw, row: &[Cell]) -> Alteration {
        let mut copy = row.to_vec();
        for (place, (name, _, _)) in self.columns.iter().enumerate() {
            let is_unique = self.keys.contains(&name.as_str()) || name == "id";
            match &mut copy[place] {
                Cell::Int(number) if is_unique => *number += 1_000_000,
                Cell::Bytes(bytes) if is_unique => bytes[0] ^= 0x40,
                _ => {}
            }
        }
        (format!("{} copied to {copy:?}", self.name), self.put_in(raw, &copy), self.taken_away(raw, &copy))
    }

    fn replaced(&self, raw: &Raw, rows: &[(Vec<Cell>, Vec<Cell>)], how: &str) -> Alteration {
        let (mut away, mut back) = (String::new(), String::new());
        rows.iter().for_each(|(row, _)| away += &self.taken_away(raw, row));
        rows.iter().for_each(|(_, other)| away += &self.put_in(raw, other));
        rows.iter().for_each(|(_, other)| back += &self.taken_away(raw, other));
        rows.iter().for_each(|(row, _)| back += &self.put_in(raw, row));
        (format!("{} {how}: {rows:?}", self.name), away, back)
    }

    fn taken_away(&self, raw: &Raw, row: &[Cell]) -> String {
        let key = |name: &&str| {
            let place = self.columns.iter().position(|column| column.0 == *name).expect("a column");
            format!("{name} = {}", raw.literal(&row[place]))
        };
        let keys: Vec<String> = self.keys.iter().map(key).collect();
        format!("DELETE FROM {} WHERE {};", self.name, keys.join(" AND "))
    }

    fn put_in(&self, raw: &Raw, row: &[Cell]) -> String {
        let values: Vec<String> = row.iter().map(|cell| raw.literal(cell)).collect();
        format!("INSERT INTO {} VALUES ({});", self.name, values.join(", "))
    }
}

/// Other values that a column could have instead.
fn others(cell: &Cell, of: &str, may_be_null: bool) -> Vec<Cell> {
    let mut others = match cell {
        Cell::Null => match of {
            "INTEGER" => vec![Cell::Int(0), Cell::Int(7)],
            "TEXT" => ["USD", "JPY", ""].map(|text| Cell::Text(text.to_owned())).into(),
            _ => vec![Cell::Bytes(vec![7; 16]), Cell::Bytes(Vec::new())],
        },
        Cell::Int(number) => [
            number.wrapping_add(1),
            number.wrapping_sub(1),
            number.wrapping_add(1 << 40),
            number.wrapping_neg(),
            0,
            1_000_000_000_000_000_000,
            i64::MAX,
            i64::MIN,
        ]
        .map(Cell::Int)
        .into(),
        Cell::Text(text) => vec![
            Cell::Text(format!("{text} ")),
            Cell::Text(String::new()),
            Cell::Text("JPY".to_owned()),
            Cell::Text(text.replacen(['1', 'U'], "2", 1)),
        ],
        Cell::Bytes(bytes) => {
            let with = |change: &dyn Fn(&mut Vec<u8>)| {
                let mut other = bytes.clone();
                change(&mut other);
                Cell::Bytes(other)
            };
            vec![
                with(&|bytes| bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1)),
                with(&|bytes| bytes.iter_mut().rev().take(1).for_each(|byte| *byte ^= 0x80)),
                with(&|bytes| bytes.truncate(bytes.len() - 1)),
                with(&|bytes| bytes.push(0)),
                with(&Vec::clear),
            ]
        }
    };
    if may_be_null {
        others.push(Cell::Null);
    }
    others.retain(|other| other != cell);
    others
}
