//! Bytes of the file itself flipped at random: the proof or the opening says so, or the byte was nobody's: then every
//! row of every table and every index is as before.

use crate::{
    bed::{Bed, keys},
    dice::Dice,
    play::Play,
    raw::file_rows,
};
use std::{fs, path::Path};
use store::{Place, Store};

const FLIPS: u32 = 200;

#[test]
fn a_flipped_byte_is_found_unless_it_is_nobodys() {
    let bed = Bed::file();
    let mut dice = Dice::new("damaged file");
    let mut play = Play::new(&bed, Dice::of(dice.next()));
    play.begin();
    play.go_on_until(140);
    drop(play);
    let path = bed.file_path();
    let whole = fs::read(&path).expect("read");
    let wanted = dump(&path).expect("sound");
    let (mut found, mut nobodys, mut missed) = (0, 0, Vec::new());
    for flip in 0..FLIPS {
        // The first page has the schema and is hit more often.
        let mut place = if flip < 40 { dice.place(4_096) } else { dice.place(whole.len()) };
        // Most of a small file is empty.
        while whole[place] == 0 && !dice.one_in(20) {
            place = dice.place(whole.len());
        }
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << dice.below(8);
        fs::write(&path, &bytes).expect("written");
        if proved(&path) {
            if dump(&path).as_ref() == Ok(&wanted) {
                nobodys += 1;
            } else {
                missed.push(place);
            }
        } else {
            found += 1;
        }
        for beside in ["-wal", "-shm"] {
            // Mostly there is none.
            let _none = fs::remove_file(format!("{}{beside}", path.display()));
        }
    }
    println!("{found} found, {nobodys} nobody's");
    assert!(missed.is_empty(), "proved although another byte stood at {missed:?} of {}", whole.len());
    assert!(found > FLIPS / 4, "only {found} found");
}

fn proved(path: &Path) -> bool {
    let report =
        Store::look_at(Place::File(path.to_owned()), keys()).and_then(|store| store::prove(&store, |_| {}));
    report.is_ok_and(|report| report.violation.is_none())
}

/// All that can be read: the schema, every table, and whether the indexes are whole.
fn dump(path: &Path) -> Result<Vec<String>, String> {
    let failed = |error: rusqlite::Error| error.to_string();
    let file = rusqlite::Connection::open(path).map_err(failed)?;
    let mut dump = Vec::new();
    let tables = file_rows(&file, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .map_err(failed)?;
    for table in &tables {
        let crate::raw::Cell::Text(table) = &table[0] else { continue };
        dump.push(format!("{:?}", file_rows(&file, &format!("SELECT * FROM {table}")).map_err(failed)?));
    }
    for sql in ["SELECT type, name, sql FROM sqlite_schema ORDER BY name", "PRAGMA integrity_check"] {
        dump.push(format!("{:?}", file_rows(&file, sql).map_err(failed)?));
    }
    Ok(dump)
}
