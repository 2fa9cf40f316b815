//! The people of the sandbox: none of them is real.

use crate::{banks, random};
use rusqlite::{Connection, Row, Transaction};
use serde::Serialize;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kana TEXT NOT NULL, birth_date TEXT NOT NULL, phone TEXT NOT NULL,
    mail TEXT NOT NULL, card_pin TEXT NOT NULL) STRICT;";

/// A person with bank accounts, a phone, a mailbox and an identity card.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kana: String,
    pub(crate) birth_date: String,
    pub(crate) phone: String,
    pub(crate) mail: String,
    pub(crate) card_pin: String,
}

/// Id, name, kana, birth date, card PIN and how many banks (0: all).
const SEEDED: [(&str, &str, &str, &str, &str, usize); 12] = [
    ("hanako", "山田 花子", "ヤマダ ハナコ", "1988-04-12", "8642", 0),
    ("taro", "鈴木 太郎", "スズキ タロウ", "1979-11-03", "2975", 0),
    ("yuki", "佐藤 結季", "サトウ ユキ", "1995-01-29", "5810", 5),
    ("ken", "高橋 健", "タカハシ ケン", "1962-07-08", "7391", 4),
    ("sakura", "伊藤 さくら", "イトウ サクラ", "2001-03-31", "4826", 3),
    ("jiro", "渡辺 二郎", "ワタナベ ジロウ", "1954-12-24", "9057", 6),
    ("mika", "中村 美香", "ナカムラ ミカ", "1984-09-15", "3468", 4),
    ("sho", "小林 翔", "コバヤシ ショウ", "1999-05-05", "6203", 3),
    ("aya", "加藤 綾", "カトウ アヤ", "1971-02-18", "1759", 5),
    ("goro", "吉田 五郎", "ヨシダ ゴロウ", "1947-08-01", "8314", 3),
    ("emi", "山本 恵美", "ヤマモト エミ", "1990-10-10", "2690", 4),
    ("catherine", "Catherine Doe", "ドウ キャサリン", "1986-06-22", "7148", 3),
];

fn read(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        kana: row.get(2)?,
        birth_date: row.get(3)?,
        phone: row.get(4)?,
        mail: row.get(5)?,
        card_pin: row.get(6)?,
    })
}

const COLUMNS: &str = "id, name, kana, birth_date, phone, mail, card_pin";

/// Everybody, in the order in which they came.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Person>> {
    let sql = format!("SELECT {COLUMNS} FROM people ORDER BY rowid LIMIT 1000");
    connection.prepare_cached(&sql)?.query_map([], read)?.collect()
}

/// One person.
pub(crate) fn by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<Person>> {
    let sql = format!("SELECT {COLUMNS} FROM people WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_map([id], read)?.next().transpose()
}

/// Puts the seeded people in, once.
pub(crate) fn seed(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    for (number, (id, name, kana, birth_date, card_pin, most)) in (1..).zip(SEEDED) {
        if by_id(tx, id)?.is_none() {
            let person = Person {
                id: id.to_owned(),
                name: name.to_owned(),
                kana: kana.to_owned(),
                birth_date: birth_date.to_owned(),
                phone: format!("090{number:08}"),
                mail: format!("{id}@example.jp"),
                card_pin: card_pin.to_owned(),
            };
            insert(tx, &person, if most == 0 { usize::MAX } else { most })?;
        }
    }
    Ok(())
}

/// A new person, with an account at every bank.
pub(crate) fn add(
    tx: &Transaction<'_>,
    name: &str,
    kana: &str,
    birth_date: &str,
    phone: &str,
    mail: &str,
) -> rusqlite::Result<Person> {
    let person = Person {
        id: format!("p{}", random::digits(12)),
        name: name.to_owned(),
        kana: kana.to_owned(),
        birth_date: birth_date.to_owned(),
        phone: phone.to_owned(),
        mail: mail.to_owned(),
        card_pin: random::digits(4),
    };
    insert(tx, &person, usize::MAX)?;
    Ok(person)
}

fn insert(tx: &Transaction<'_>, person: &Person, banks_most: usize) -> rusqlite::Result<()> {
    tx.execute(
        &format!("INSERT INTO people ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
        (
            &person.id,
            &person.name,
            &person.kana,
            &person.birth_date,
            &person.phone,
            &person.mail,
            &person.card_pin,
        ),
    )?;
    banks::open_accounts(tx, person, banks_most)
}
