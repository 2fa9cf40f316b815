//! One server under a stream of writes: restarted, stopped and killed, it keeps all that it has acknowledged.

mod writer;

use testbed::{Postgres, or_skip};
use writer::Writer;

#[test]
fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    let Some(mut server) = or_skip(Postgres::start()) else { return };
    let url = server.database("numbers").expect("an empty database");
    writer::prepare(&url);
    let writer = Writer::start(url.clone());
    for _ in 0..3 {
        writer.wait_for(100);
        server.kill().expect("killed");
        server.start_again().expect("recovered");
    }
    writer.wait_for(100);
    server.restart().expect("restarted");
    writer.wait_for(100);
    let (acknowledged, gap) = writer.stop();
    println!("{acknowledged} writes acknowledged, longest gap {:.1} s", gap.as_secs_f64());
    writer::check(&url, acknowledged);
}

#[test]
fn a_second_server_is_another_one() {
    let Some(first) = or_skip(Postgres::start()) else { return };
    let second = Postgres::start_in(&std::env::temp_dir(), &[("max_connections", "7")]).expect("started");
    assert_ne!(first.port(), second.port());
    let url = first.database("one").expect("made");
    assert!(first.database("one").expect_err("made twice").to_string().contains("already exists"));
    assert!(first.database("One; two").expect_err("no name").to_string().contains("small letters"));
    assert_ne!(url, second.database("one").expect("made on the other"));
}

#[test]
fn a_server_that_cannot_start_shows_why() {
    if or_skip(Postgres::start()).is_none() {
        return;
    }
    let refused = Postgres::start_in(&std::env::temp_dir(), &[("max_connections", "none")]);
    let said = refused.expect_err("no such number").to_string();
    assert!(said.contains("max_connections"), "{said}");
}

#[test]
fn nothing_is_left_behind() {
    let parent = std::env::temp_dir().join(format!("left-behind-{}", std::process::id()));
    let Some(mut server) = or_skip(Postgres::start_in(&parent, &[])) else { return };
    server.kill().expect("killed");
    server.start_again().expect("recovered");
    let url = server.url();
    drop(server);
    assert_eq!(std::fs::read_dir(&parent).expect("still there").count(), 0);
    let address = url.trim_start_matches("postgresql://postgres@").trim_end_matches("/postgres").to_owned();
    assert!(std::net::TcpStream::connect(address).is_err(), "somebody still listens");
    std::fs::remove_dir(&parent).expect("removed");
}
