//! `tsugime attack`: plays a scenario on the production engine, gate and store in memory, in virtual time.

use crate::{
    exit::{Done, Ended},
    stop,
};
use attack::campaign::{Outcome, Scenario, ablation, run};
use std::path::PathBuf;

/// What is played.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The scenario's file, as in `scenarios/`.
    scenario: PathBuf,
    /// The seed: the same seed is the same campaign.
    #[arg(long, env = "TSUGIME_SEED", default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Play it once with nothing in force, with each control alone, with all but each, and with all.
    #[arg(long)]
    ablate: bool,
    /// Seeds for each of these, from the first on.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100), requires = "ablate")]
    seeds: u64,
    /// Where the picture of these goes.
    #[arg(long, default_value = "ablation.svg", requires = "ablate")]
    svg: PathBuf,
}

/// Plays the scenario. Ctrl-C prints what was found so far.
///
/// # Errors
/// The scenario is refused (exit 2), or the book in memory fails (exit 3).
pub(crate) async fn attack(options: Options) -> Done {
    let scenario = Scenario::open(&options.scenario).map_err(|wrong| Ended::Refused(wrong.to_string()))?;
    let stopped = stop::on_signal();
    let played = tokio::task::spawn_blocking(move || play(&options, &scenario, &|| !*stopped.borrow()));
    played.await.map_err(|why| Ended::fault("attack", why))?
}

fn play(options: &Options, scenario: &Scenario, goes_on: &dyn Fn() -> bool) -> Done {
    let started = std::time::Instant::now();
    let fault = |broken| Ended::fault("attack", broken);
    if options.ablate {
        let seeds: Vec<u64> = (options.seed..options.seed.saturating_add(options.seeds)).collect();
        let said = |line: &str| eprintln!("{line}");
        let table = ablation::ablate(scenario, &seeds, goes_on, &said).map_err(fault)?;
        std::fs::write(&options.svg, table.svg()).map_err(|why| Ended::fault(options.svg.display(), why))?;
        if options.json {
            println!("{}", serde_json::to_string(&table).map_err(|why| Ended::fault("attack", why))?);
        } else {
            println!("{table}");
        }
        return Ok(());
    }
    let outcome: Outcome = run(scenario, options.seed, goes_on).map_err(fault)?;
    let seconds = started.elapsed().as_secs_f64();
    if options.json {
        println!("{}", serde_json::json!({ "outcome": outcome, "run_seconds": seconds }));
    } else {
        println!("{outcome}  played in {seconds:.1} s");
    }
    Ok(())
}
