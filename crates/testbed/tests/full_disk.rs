//! A full disk refuses, and with room again it takes: for a plain writer, and for a server.

use std::{fs, io::ErrorKind, process::Stdio};

use testbed::{FullDisk, Postgres, or_skip, with_file_limit};
use tokio_postgres::{NoTls, error::SqlState};

const MEGABYTE: u64 = 1_000_000;
/// A new server takes about 60 MB.
const DISK: u64 = 200 * MEGABYTE;

#[test]
fn a_plain_writer_is_told_that_the_disk_is_full() {
    let Some(disk) = or_skip(FullDisk::new(MEGABYTE)) else { return };
    let file = disk.path().join("file");
    fs::write(&file, [1; 100_000]).expect("there is room");
    disk.fill().expect("filled");
    let refused = fs::write(disk.path().join("other"), [1; 100_000]).expect_err("there is no room");
    assert_eq!(refused.kind(), ErrorKind::StorageFull);
    disk.make_room().expect("there is room again");
    fs::write(disk.path().join("other"), [1; 100_000]).expect("taken");
    assert_eq!(fs::read(&file).expect("kept"), [1; 100_000]);
    let folder = disk.path().to_owned();
    drop(disk);
    assert!(!folder.exists(), "it is still mounted");
}

#[test]
fn a_process_with_a_limit_is_told_that_its_file_is_too_large() {
    let folder = std::env::temp_dir().join(format!("file-limit-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("made");
    let file = folder.join("file");
    let Some(mut writer) = or_skip(with_file_limit("dd", 50_000)) else { return };
    let output = writer
        .args(["if=/dev/zero", "bs=1000", "count=100"])
        .arg(format!("of={}", file.display()))
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .expect("dd runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("File too large"), "{said}");
    assert_eq!(fs::metadata(&file).expect("begun").len(), 50_000);
    fs::remove_dir_all(&folder).expect("removed");
}

/// Writes rows of a megabyte until one is refused; returns how many were acknowledged.
async fn write_until_refused(url: &str) -> i64 {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    let table = "CREATE TABLE rows (bytes text); ALTER TABLE rows ALTER bytes SET STORAGE EXTERNAL";
    client.batch_execute(table).await.expect("a table");
    for acknowledged in 0..DISK / MEGABYTE {
        let written = client.execute("INSERT INTO rows VALUES (repeat('x', 1000000))", &[]).await;
        let Err(refused) = written else { continue };
        // Or the server has stopped itself, because its journal had no room.
        let full = refused.code() == Some(&SqlState::DISK_FULL);
        assert!(
            full || refused.is_closed() || refused.code() == Some(&SqlState::CRASH_SHUTDOWN),
            "{refused:?}"
        );
        return acknowledged.try_into().expect("few");
    }
    panic!("the disk took more than it can hold");
}

async fn count(url: &str) -> i64 {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    client.query_one("SELECT count(*) FROM rows", &[]).await.expect("counted").get(0)
}

#[test]
fn a_server_on_a_full_disk_comes_back_when_there_is_room() {
    let Some(disk) = or_skip(FullDisk::new(DISK)) else { return };
    let settings = [("max_wal_size", "32MB"), ("min_wal_size", "32MB")];
    let Some(mut server) = or_skip(Postgres::start_in(disk.path(), &settings)) else { return };
    let url = server.database("rows").expect("made");
    disk.fill_but(DISK / 4).expect("nearly filled");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let acknowledged = runtime.block_on(write_until_refused(&url));
    disk.make_room().expect("there is room again");
    // Also where it has ended itself, because its journal had no room.
    server.restart().expect("runs");
    let there = runtime.block_on(count(&url));
    println!("{acknowledged} rows acknowledged before the disk was full, {there} are there");
    assert!(there == acknowledged || there == acknowledged + 1, "{acknowledged} acknowledged, {there} there");
}
