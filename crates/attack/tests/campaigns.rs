//! Campaigns from scenario files: the figures that each must reach, for a fixed seed and any other.

use attack::campaign::{Outcome, Scenario, run};
use std::path::Path;

fn scenario(name: &str) -> Scenario {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../scenarios/{name}.toml"));
    Scenario::open(&file).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn play(name: &str, seed: u64) -> Outcome {
    let started = std::time::Instant::now();
    let outcome = run(&scenario(name), seed, &|| true).unwrap_or_else(|broken| panic!("{broken}"));
    println!("{outcome}  took {:?}\n", started.elapsed());
    outcome
}

#[test]
fn the_case_of_2020_happens_again_in_its_own_configuration() {
    let outcome = play("koza-2020", 1);
    assert!(outcome.accounts_debited >= 100, "{outcome}");
    assert!(outcome.banks_hit >= 11, "{outcome}");
    assert!(outcome.yen_lost >= 5_000_000, "{outcome}");
}
