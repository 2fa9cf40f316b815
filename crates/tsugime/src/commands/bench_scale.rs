//! `tsugime bench scale`: a year of ordinary life at full size before the gate, with guessers in it.

use crate::{
    commands::attack::SEED_MOST,
    exit::{Done, Ended},
    paper::say,
    stop,
};
use attack::scale::{Outcome, Progress, Settings, run};
use std::{
    io::{IsTerminal, Write},
    time::Instant,
};

/// The bar's width in characters.
const BAR: u32 = 20;

/// What is played.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Banks, from the first of the directory.
    #[arg(long, default_value_t = 35, value_parser = clap::value_parser!(u32).range(1..=35))]
    banks: u32,
    /// Depositors of each bank: derived when touched, never kept.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..=100_000_000))]
    depositors: u64,
    /// Wallets at the end; at most a third of all depositors.
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u32).range(16..=100_000_000))]
    wallets: u32,
    /// Days of ordinary life; after a third a slow guesser begins, after two thirds the one of 2020.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(10..=1_100))]
    days: u32,
    /// So many times the depositors and wallets.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    times: u32,
    /// The seed: the same seed is the same year.
    #[arg(long, env = "TSUGIME_SEED", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=SEED_MOST))]
    seed: u64,
    /// Ordinary life alone.
    #[arg(long)]
    quiet: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Options {
    fn settings(&self) -> Settings {
        Settings {
            banks: self.banks,
            depositors: self.depositors.saturating_mul(u64::from(self.times)),
            wallets: self.wallets.saturating_mul(self.times),
            days: self.days,
            seed: self.seed,
            attacked: !self.quiet,
        }
    }
}

/// Plays the year. Ctrl-C prints what was found so far, after the day that is being played.
///
/// # Errors
/// A number is not allowed (exit 2).
pub(crate) async fn scale(options: Options) -> Done {
    let settings = options.settings();
    settings.check().map_err(|wrong| Ended::Refused(wrong.to_string()))?;
    let stopped = stop::on_signal("nothing was printed");
    let played = tokio::task::spawn_blocking(move || play(&options, &settings, &|| !*stopped.borrow()));
    played.await.map_err(|why| Ended::fault("scale", why))?
}

fn play(options: &Options, settings: &Settings, goes_on: &dyn Fn() -> bool) -> Done {
    let (begun, shows) = (Instant::now(), std::io::stderr().is_terminal());
    let outcome = run(settings, &mut |progress| {
        if shows {
            show(&progress, begun);
        }
        goes_on()
    })
    .map_err(|wrong| Ended::Refused(wrong.to_string()))?;
    if shows {
        eprintln!();
    }
    let seconds = begun.elapsed().as_secs_f64();
    let per_s = outcome.events as f64 / seconds.max(0.001);
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    if options.json {
        let report = serde_json::json!({
            "outcome": outcome,
            "cpus": cpus,
            "release": !cfg!(debug_assertions),
            "run_seconds": seconds,
            "events_per_s": per_s as u64,
            "peak_memory_bytes": peak_bytes(),
        });
        say(&report)
    } else {
        tell(&outcome, seconds, per_s, cpus)
    }
}

fn tell(outcome: &Outcome, seconds: f64, per_s: f64, cpus: usize) -> Done {
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    let peak = peak_bytes().map_or("not known here".to_owned(), |bytes| format!("{} MiB", bytes / (1 << 20)));
    say(outcome)?;
    say(format!(
        "played in {seconds:.1} s on {cpus} cpus, {build} build: {per_s:.0} events a second, {:.0} verdicts a second; peak memory {peak}",
        outcome.verdicts as f64 / seconds.max(0.001)
    ))
}

fn show(progress: &Progress, begun: Instant) {
    let done = progress.days * BAR / progress.of.max(1);
    let bar: String = (0..BAR).map(|place| if place < done { '█' } else { '░' }).collect();
    let elapsed = begun.elapsed().as_secs_f64();
    let left = elapsed / f64::from(progress.days.max(1)) * f64::from(progress.of - progress.days);
    eprint!(
        "\r\x1b[K{bar} day {} of {}, {elapsed:.0} s, {left:.0} s to go, {} alarms",
        progress.days, progress.of, progress.alarms
    );
    // A bar that cannot be shown is no reason to stop.
    let _shown = std::io::stderr().flush();
}

/// `VmHWM` of this process: the most memory that it ever had, where the system says it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}
