//! A cluster whose leader is killed under a stream of writes.
//!
//! Goal: whatever was acknowledged is there once after the fail-over and after the killed node's return. Method: real
//! servers, a client that writes numbers to whoever takes them. The gaps are printed, never judged.

mod writer;

use std::time::Instant;

use testbed::{Cluster, or_skip};
use writer::Writer;

#[test]
fn a_killed_leader_costs_time_and_no_acknowledged_write() {
    let begin = Instant::now();
    let Some(mut cluster) = or_skip(Cluster::start()) else { return };
    println!("healthy after {:.1} s", begin.elapsed().as_secs_f64());
    let url = cluster.database("numbers").expect("an empty database");
    writer::prepare(&url);

    let writer = Writer::start(url.clone());
    writer.wait_for(200);
    let killed = cluster.kill_leader().expect("killed");
    let gap = Instant::now();
    let leader = cluster.wait_for_other_leader(killed).expect("a fail-over");
    assert_ne!(leader, killed);
    writer.wait_for(1);
    println!("{killed} killed; {leader} takes writes after {:.1} s", gap.elapsed().as_secs_f64());
    writer.wait_for(200);

    let begin = Instant::now();
    cluster.rejoin(killed).expect("back again");
    println!("{killed} is back after {:.1} s", begin.elapsed().as_secs_f64());
    let handed = cluster.switchover().expect("handed over");
    assert_ne!(handed, leader);
    writer.wait_for(200);
    let (acknowledged, gap) = writer.stop();
    println!("{acknowledged} writes acknowledged, longest gap {:.1} s", gap.as_secs_f64());
    writer::check(&url, acknowledged);
}
