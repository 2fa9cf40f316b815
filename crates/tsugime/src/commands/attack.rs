//! `tsugime attack`: plays a scenario on the production engine, gate and store in memory, in virtual time.

use crate::{
    exit::{Done, Ended},
    paper::{can_put, put, say},
    stop,
};
use attack::campaign::{
    Outcome, Progress, Scenario,
    ablation::{self, Told},
    library, run_watched,
};
use std::{
    cell::Cell,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The highest seed: the highest whole number that every reader of JSON keeps.
pub(crate) const SEED_MOST: u64 = 9_007_199_254_740_991;
/// How often the line of progress is written.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// What is played.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A scenario that comes with the program, by name, or a file; without one, the names are listed.
    scenario: Option<PathBuf>,
    /// List the scenarios that come with the program.
    #[arg(long)]
    list: bool,
    /// The seed, 0 to 9007199254740991: the same seed is the same campaign.
    #[arg(long, env = "TSUGIME_SEED", default_value = "1", allow_hyphen_values = true)]
    seed: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Play it with no control in force, with each control alone, with all but each, and with all.
    #[arg(long)]
    ablate: bool,
    /// Seeds for each of these, 1 to 100, from the first on.
    #[arg(long, default_value = "10", allow_hyphen_values = true, requires = "ablate")]
    seeds: String,
    /// Where the picture of these goes.
    #[arg(long, default_value = "ablation.svg", requires = "ablate")]
    svg: PathBuf,
    /// Where the same picture goes as PNG; beside the other unless told.
    #[arg(long, requires = "ablate")]
    png: Option<PathBuf>,
}

/// Plays the scenario. Ctrl-C prints what was found so far.
///
/// # Errors
/// The scenario or an argument is refused (exit 2); the book in memory fails, or a picture cannot be written (exit 3).
pub(crate) async fn attack(options: Options) -> Done {
    let Some(path) = options.scenario.clone().filter(|_| !options.list) else {
        return list(options.json);
    };
    let scenario = found(&path)?;
    let seed = number("--seed", &options.seed, 0, SEED_MOST)?;
    let seeds = number("--seeds", &options.seeds, 1, 100)?;
    if options.ablate && seed > SEED_MOST - (seeds - 1) {
        return Err(Ended::Refused(format!(
            "--seed {seed}: with --seeds {seeds} it goes beyond {SEED_MOST}"
        )));
    }
    let stopped = stop::on_signal("nothing was printed");
    let played = tokio::task::spawn_blocking(move || {
        let goes_on = || !*stopped.borrow();
        if options.ablate {
            compare(&options, &path, &scenario, &(seed..=seed + (seeds - 1)).collect::<Vec<_>>(), &goes_on)
        } else {
            play(&options, &scenario, seed, &goes_on)
        }
    });
    played.await.map_err(|why| Ended::fault("attack", why))?
}

fn list(json: bool) -> Done {
    let mut told = Vec::new();
    for name in library() {
        let scenario = Scenario::named(name).map_err(|wrong| Ended::Refused(wrong.to_string()))?;
        told.extend(scenario.map(|scenario| (name, scenario.title)));
    }
    if json {
        let told: Vec<_> =
            told.iter().map(|(name, title)| serde_json::json!({ "name": name, "title": title })).collect();
        say(serde_json::json!({ "scenarios": told }))?;
        return Ok(());
    }
    say("Scenarios; play one with `tsugime attack NAME`, or a file of your own:")?;
    told.iter().try_for_each(|(name, title)| say(format!("  {name:<24}{title}")))?;
    Ok(())
}

/// A file, or what comes with the program under that name.
fn found(path: &Path) -> Result<Scenario, Ended> {
    let refused = |wrong: attack::campaign::ScenarioWrong| Ended::Refused(wrong.to_string());
    let named = path.to_str().map(Scenario::named).transpose().map_err(refused)?.flatten();
    match named.filter(|_| !path.exists()) {
        Some(scenario) => Ok(scenario),
        None if path.exists() => Scenario::open(path).map_err(refused),
        None => Err(Ended::Refused(format!(
            "{}: no such file; allowed is a scenario file or one of {}",
            path.display(),
            library().collect::<Vec<_>>().join(", ")
        ))),
    }
}

fn number(name: &str, text: &str, least: u64, most: u64) -> Result<u64, Ended> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| {
        Ended::Refused(format!("{name} {text:?}: allowed is a whole number from {least} to {most}"))
    })
}

fn compare(
    options: &Options,
    read: &Path,
    scenario: &Scenario,
    seeds: &[u64],
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Done {
    let png = options.png.clone().unwrap_or_else(|| options.svg.with_extension("png"));
    can_put(&[&options.svg, &png], read)?;
    let is_seen = std::io::stderr().is_terminal();
    let says = |told: &Told<'_>| match told {
        Told::Played { row, rows, controls, seeds: played } if is_seen => {
            let (all, mut line) = (seeds.len(), std::io::stderr().lock());
            // Nobody is told where the terminal is gone.
            let _told = write!(line, "\r\x1b[Krow {row} of {rows}, {controls}: {played} of {all} seeds")
                .and_then(|()| line.flush());
        }
        // On a terminal the table follows soon enough.
        Told::Done(row) if !is_seen => eprintln!("{row}"),
        _ => {}
    };
    let table =
        ablation::ablate(scenario, seeds, goes_on, &says).map_err(|broken| Ended::fault("attack", broken))?;
    if is_seen {
        eprint!("\r\x1b[K");
    }
    if options.json {
        say(serde_json::to_string(&table).map_err(|why| Ended::fault("attack", why))?)?;
    } else {
        say(table.to_string().trim_end())?;
    }
    if table.cut_short {
        eprintln!("ended early: no picture was written");
        return Ok(());
    }
    put(&options.svg, table.svg().as_bytes())?;
    put(&png, &table.png())
}

fn play(options: &Options, scenario: &Scenario, seed: u64, goes_on: &dyn Fn() -> bool) -> Done {
    let started = Instant::now();
    let told_at = Cell::new(None);
    let is_seen = std::io::stderr().is_terminal();
    let watches = |progress: &Progress| {
        let is_due = told_at.get().is_none_or(|at: Instant| at.elapsed() >= TOLD_EVERY);
        if is_seen && is_due {
            told_at.set(Some(Instant::now()));
            tell(progress);
        }
        goes_on()
    };
    let played: Result<Outcome, _> = run_watched(scenario, seed, &watches);
    if told_at.get().is_some() {
        eprint!("\r\x1b[K");
    }
    let outcome = played.map_err(|broken| Ended::fault("attack", broken))?;
    let seconds = started.elapsed().as_secs_f64();
    if options.json {
        say(serde_json::json!({ "outcome": outcome, "run_seconds": seconds }))?;
    } else {
        say(format!("{outcome}  played in {seconds:.1} s"))?;
    }
    Ok(())
}

/// One line that is written over and over.
fn tell(progress: &Progress) {
    let mut line = std::io::stderr().lock();
    // Nobody is told where the terminal is gone.
    let _told = write!(
        line,
        "\r\x1b[Kday {:.1} of {:.0}: {} tries, {} accounts debited; Ctrl-C ends it here",
        progress.days, progress.all_days, progress.tries, progress.accounts
    )
    .and_then(|()| line.flush());
}
