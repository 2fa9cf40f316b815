//! A process goes by the clock that it is given, and the machine's own clock stays as it is.

use std::{
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use testbed::{FakeClock, or_skip};

const DAY_S: i64 = 86_400;

fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    since.as_secs().try_into().expect("small")
}

fn shown_to_a_process(clock: &FakeClock) -> i64 {
    let output = Command::new("date").arg("+%s").envs(clock.environment()).output().expect("date runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("seconds")
}

#[test]
fn a_clock_is_moved_forward_and_back_for_one_process() {
    let Some(clock) = or_skip(FakeClock::new()) else { return };
    for off_by_s in [0, DAY_S, -DAY_S, 0] {
        clock.move_to(off_by_s).expect("moved");
        let before = now_s();
        let shown = shown_to_a_process(&clock) - off_by_s;
        assert!((before..=now_s()).contains(&shown), "off by {off_by_s} s: {shown} is not about {before}");
    }
}
