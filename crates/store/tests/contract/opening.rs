//! Opening what cannot be opened: each time one clear line that says what, where and what to do, and nothing is changed.

use crate::bed::{Bed, Folder, files, keys};
use std::{fs, path::Path};
use store::{Fault, Place, PostgresUrl, Store, Writer};

/// What stands in the line.
type Says<'s> = &'s [&'s str];

/// Both kinds: a newer program's, an older one's, somebody else's, an empty one, two at once.
pub(crate) fn check(bed: &Bed) {
    let empty = Store::look_at(bed.place(), keys());
    refused(
        empty.map(|_| ()),
        if bed.is_file() { &["cannot be created or opened"] } else { &["has schema 0", "start the server"] },
    );
    assert!(bed.whole().is_empty(), "a look has made something: {:?}", bed.whole());
    two_at_once(bed);
    foreign(bed);
    versions(bed);
}

fn refused<T>(opened: Result<T, Fault>, says: Says<'_>) {
    let Err(fault) = opened else { panic!("opened, and should say {says:?}") };
    let said = fault.to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    for text in says {
        assert!(said.contains(text), "{said:?} does not say {text:?}");
    }
    assert!(!said.contains("secret"), "{said}");
}

/// Two programs that find an empty database make its tables once.
fn two_at_once(bed: &Bed) {
    std::thread::scope(|scope| {
        let openers: Vec<_> = (0..4).map(|_| scope.spawn(|| bed.open())).collect();
        let opened: Vec<(Store, Writer)> =
            openers.into_iter().map(|opener| opener.join().expect("opens")).collect();
        assert_eq!(opened.len(), 4);
    });
    let mut raw = bed.raw();
    assert_eq!(raw.number("SELECT COUNT(*) FROM pen"), 1);
    assert_eq!(raw.number("SELECT COUNT(*) FROM store"), 1);
    for table in raw.tables() {
        raw.change(&format!("DROP TABLE {table}"));
    }
    match bed {
        Bed::File(_) => raw.change("PRAGMA user_version = 0; PRAGMA journal_mode = DELETE; VACUUM;"),
        Bed::Postgres { .. } => raw.change("DROP TABLE schema_steps"),
    }
}

/// Tables of somebody else, whatever version their program notes in the file.
fn foreign(bed: &Bed) {
    let mut raw = bed.raw();
    raw.change("CREATE TABLE recipes (name TEXT NOT NULL); INSERT INTO recipes VALUES ('soup');");
    drop(raw);
    let versions: &[i64] = if bed.is_file() { &[0, 1, 7, -1] } else { &[0] };
    for version in versions {
        if bed.is_file() {
            bed.raw().change(&format!("PRAGMA user_version = {version};"));
        }
        let before = bed.whole();
        let says: Says<'_> = &["holds tables of something else; give an empty database of its own"];
        refused(bed.try_open(keys()), says);
        refused(Store::look_at(bed.place(), keys()), says);
        assert_eq!(bed.whole(), before, "version {version}");
    }
    bed.raw().change("DROP TABLE recipes;");
    if bed.is_file() {
        bed.raw().change("PRAGMA user_version = 0; VACUUM;");
    }
}

/// Ours, of a version that is not this one.
fn versions(bed: &Bed) {
    drop(bed.open());
    let (newer, now) = match bed {
        Bed::File(_) => ("PRAGMA user_version = 99;", "PRAGMA user_version = 1;"),
        Bed::Postgres { .. } => {
            ("INSERT INTO schema_steps VALUES (99);", "DELETE FROM schema_steps WHERE version = 99;")
        }
    };
    bed.raw().change(newer);
    let before = bed.whole();
    let says: Says<'_> =
        &["written by a newer version (schema 99, this program knows", "use the newer program"];
    refused(bed.try_open(keys()), says);
    refused(Store::look_at(bed.place(), keys()), says);
    assert_eq!(bed.whole(), before);
    bed.raw().change(now);
    drop(bed.open());
    drop(bed.look());
}

fn open(path: &Path) -> Result<(Store, Writer), Fault> {
    Store::open(path, keys())
}

fn unchanged(folder: &Path, path: &Path, says: Says<'_>) {
    let before = files(folder);
    refused(open(path), says);
    refused(Store::look_at(Place::File(path.to_owned()), keys()), says);
    assert_eq!(files(folder), before, "{}", path.display());
}

#[test]
fn files_that_are_no_databases_stay_as_they_are() {
    let folder = Folder::new();
    let folder = folder.path();
    let place = |name: &str| folder.join(name);
    fs::write(place("text"), "This is a letter.\n".repeat(400)).expect("written");
    fs::write(place("short"), "x").expect("written");
    fs::create_dir(place("folder")).expect("made");
    unchanged(folder, &place("text"), &["text: is not a database of this program", "--data"]);
    unchanged(folder, &place("short"), &["short: is not a database of this program"]);
    unchanged(folder, &place("folder"), &["folder: ", "is a folder"]);
    unchanged(
        folder,
        &place("no/such/file"),
        &["no/such/file: cannot be created or opened", "is the folder there"],
    );
    // An empty file is as good as none.
    fs::write(place("empty"), "").expect("written");
    drop(open(&place("empty")).expect("opens"));
    // Half of a database.
    let whole = fs::read(place("empty")).expect("read");
    fs::write(place("half"), &whole[..whole.len() / 2]).expect("written");
    unchanged(folder, &place("half"), &["half: is damaged", "restore"]);
}

/// Whoever may write everything is not refused; then the story cannot be told.
#[test]
fn a_file_that_may_only_be_read_says_so() {
    let folder = Folder::new();
    let path = folder.path().join("tsugime.db");
    drop(open(&path).expect("opens"));
    let mut rights = fs::metadata(&path).expect("there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(&path, rights).expect("set");
    if fs::OpenOptions::new().write(true).open(&path).is_ok() {
        println!("skipped: this user may write a read-only file");
        return;
    }
    unchanged(folder.path(), &path, &["is read-only; give write permission"]);
}

fn at(url: &str) -> Result<(Store, Writer), Fault> {
    Store::open_at(Place::Postgres(url.parse()?), keys())
}

#[test]
fn urls_that_name_no_database() {
    for (url, says) in [
        ("", ["names no database", "write postgresql://user@host:5432/database"]),
        ("postgresql://", ["names no database", "write postgresql://"]),
        ("postgresql://user@127.0.0.1:5432", ["names no database", "write postgresql://"]),
        ("mysql://user:secret@host/database", ["cannot be read", "write postgresql://"]),
        ("postgresql://user:secret@host:port/database", ["cannot be read", "write postgresql://"]),
        ("postgresql://user:secret@host/database?sslmode=require", ["sslmode=require", "use a local socket"]),
        ("postgresql://user:secret@host/database?colour=red", ["cannot be read", "write postgresql://"]),
    ] {
        let fault = url.parse::<PostgresUrl>().map(|_| ());
        refused(fault, &says);
    }
    let nobody = testbed_port();
    for (url, says) in [
        (
            format!("postgresql://u:secret@127.0.0.1:{nobody}/d"),
            format!("127.0.0.1:{nobody}/d: cannot be reached"),
        ),
        (
            "postgresql://u:secret@no-such-host.invalid/d".to_owned(),
            "no-such-host.invalid:5432/d: cannot be reached".to_owned(),
        ),
        (
            "postgresql://u:secret@%2Fno%2Fsocket/d".to_owned(),
            "/no/socket:5432/d: cannot be reached".to_owned(),
        ),
    ] {
        refused(at(&url), &[&says, "is the server running"]);
        let place = Place::Postgres(url.parse().expect("a URL"));
        refused(Store::look_at(place, keys()), &[&says]);
    }
}

/// A port where nobody listens.
fn testbed_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

#[test]
fn databases_that_cannot_be_used() {
    let Some(bed) = Bed::postgres() else { return };
    let Bed::Postgres { url } = &bed else { panic!("a server") };
    let name = url.rsplit('/').next().expect("a name");
    bed.raw()
        .change("CREATE ROLE visitor LOGIN; CREATE ROLE owner LOGIN; CREATE SCHEMA AUTHORIZATION owner;");
    let missing = url.replace(name, "no_such_database");
    refused(
        at(&missing),
        &["no_such_database: cannot be used", "does not exist", "check host, user, password and database"],
    );
    let stranger = url.replace("postgres@", "nobody_known@");
    refused(at(&stranger), &[name, "nobody_known", "does not exist", "check host, user"]);
    let visitor = url.replace("postgres@", "visitor@");
    refused(at(&visitor), &[name, "permission denied", "CREATE on the schema"]);
    assert!(bed.whole().is_empty());
    // Somebody else's tables that this user may not even see.
    bed.raw().change("CREATE TABLE recipes (name TEXT); GRANT CREATE ON SCHEMA public TO visitor;");
    refused(at(&visitor), &[name, "holds tables of something else"]);
    assert_eq!(bed.whole().len(), 1);
    bed.raw().change("DROP TABLE recipes;");
    // Ours, without rights on its rows.
    drop(bed.open());
    let before = bed.whole();
    refused(at(&visitor), &[name, "permission denied"]);
    assert_eq!(bed.whole(), before);
}
