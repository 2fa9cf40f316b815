//! `tsugime bench ledger`: durable, balance-checked transfers per second, beside the speed of light, in one run.

mod fill;
mod light;
mod load;
mod report;
mod traffic;

use crate::{
    clock::SystemClock,
    exit::{Done, Ended},
    paper::say,
};
use load::Point;
use report::{LedgerReport, LedgerRow};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use store::{Keys, Place, Store, yardstick};
use teller::{Teller, WriterThread};
use traffic::{Ids, Skew, Traffic};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    /// The embedded one, in a file.
    Sqlite,
    /// A server: give its `--url`.
    Postgres,
}

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The database.
    #[arg(long, value_enum, default_value = "sqlite")]
    store: Engine,
    /// PostgreSQL: an empty database, such as postgresql://user@localhost/bench. It is filled and left so.
    #[arg(long, required_if_eq("store", "postgres"))]
    url: Option<String>,
    /// SQLite: a folder for the file, on the disk to be measured. What is made in it is removed again.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Accounts that pay each other.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    accounts: u32,
    /// Who pays whom: everybody alike, few most, or everybody one.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "uniform")]
    skew: Vec<Skew>,
    /// Transfers in one call, one measurement each; at most 8,190.
    #[arg(long, value_delimiter = ',', default_value = "1,64,1024,8190",
          value_parser = clap::value_parser!(u32).range(1..=8_190))]
    batch: Vec<u32>,
    /// Callers at once, one measurement each.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64",
          value_parser = clap::value_parser!(u32).range(1..=1_024))]
    clients: Vec<u32>,
    /// Transfers' ids: ordered by time, or random.
    #[arg(long, value_enum, default_value = "ordered")]
    ids: Ids,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// Measure growth instead: after 1, 5 and so many million transfers.
    #[arg(long, value_name = "MILLIONS", value_parser = clap::value_parser!(u64).range(1..=1_000))]
    fill: Option<u64>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// An open bench: the teller of a fresh book, and where it is.
struct Bench {
    teller: Teller,
    writer: WriterThread,
    place: Place,
    /// Where the speed of light is measured: beside the database, or in the folder.
    folder: Folder,
}

/// A folder that is removed with its value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{}: cannot be removed ({why})", self.0.display());
        }
    }
}

/// A new folder within another.
///
/// # Errors
/// It cannot be made.
pub(crate) fn fresh_folder(within: &Path) -> Result<Folder, Ended> {
    let path = within.join(format!("tsugime-bench-{}", std::process::id()));
    std::fs::create_dir(&path).map_err(|why| {
        Ended::fault(path.display(), format!("cannot be made ({why}); choose another --folder"))
    })?;
    Ok(Folder(path))
}

fn open(options: &Options) -> Result<Bench, Ended> {
    let folder = fresh_folder(&options.folder)?;
    let place = match (options.store, &options.url) {
        (Engine::Postgres, Some(url)) => Place::Postgres(url.parse()?),
        _ => Place::File(folder.0.join("ledger.sqlite")),
    };
    let keys = Keys::new(&crate::clock::secret_bytes().map_err(|why| Ended::fault("random numbers", why))?)?;
    let (store, writer) = Store::open_at(place.clone(), keys)?;
    let clock = Arc::new(SystemClock::default());
    let (teller, writer) = Teller::start(store, writer, engine::Policy::default(), clock)
        .map_err(|why| Ended::fault("the writer's thread", why))?;
    Ok(Bench { teller, writer, place, folder })
}

/// Measures, and prints the table.
///
/// # Errors
/// The database cannot be used, or refuses what it must not.
pub(crate) async fn run(options: Options) -> Done {
    let bench = open(&options)?;
    let traffic = Traffic::open(&bench.teller, options.accounts, options.ids).await?;
    let rows = match options.fill {
        Some(millions) => fill::grow(&bench, &traffic, &options, millions).await?,
        None => points(&bench, &traffic, &options).await?,
    };
    let one_by_one = match &bench.place {
        Place::Postgres(url) => {
            eprintln!("· one transfer per transaction, by a stored procedure, 32 connections");
            let seconds = Duration::from_secs(options.seconds);
            let mut found = Vec::new();
            for skew in &options.skew {
                let (url, hot) = (url.clone(), *skew == Skew::Hot);
                let accounts = options.accounts;
                let done = tokio::task::spawn_blocking(move || {
                    yardstick::one_by_one(&url, accounts, hot, 32, seconds)
                });
                found.push((*skew, done.await.map_err(|why| Ended::fault("the yardstick", why))??));
            }
            found
        }
        Place::File(_) => Vec::new(),
    };
    let Bench { teller, writer, place: _place, folder: _folder } = bench;
    eprintln!("· proving the book");
    let store = teller.store().clone();
    drop(teller);
    writer.finish();
    let proof = tokio::task::spawn_blocking(move || store::prove(&store, |_| {}));
    let proof = proof.await.map_err(|why| Ended::fault("the proof", why))??;
    let report = LedgerReport::new(&options, rows, one_by_one, &proof);
    if options.json {
        say(serde_json::json!({ "ok": proof.violation.is_none(), "report": report }))?;
    } else {
        say(&report)?;
    }
    match proof.violation {
        None => Ok(()),
        Some(violation) => Err(Ended::FoundFalse(format!("the book is wrong: {violation}"))),
    }
}

async fn points(bench: &Bench, traffic: &Traffic, options: &Options) -> Result<Vec<LedgerRow>, Ended> {
    let mut rows = Vec::new();
    for &skew in &options.skew {
        for &clients in &options.clients {
            for &batch in &options.batch {
                eprintln!("· {skew:?}, {clients} callers, {batch} at once");
                rows.push(
                    point(bench, traffic, Point { skew, clients, batch, seconds: options.seconds }).await?,
                );
            }
        }
    }
    Ok(rows)
}

/// One measurement: the ledger and the speed of light in turns, so that a noisy machine is noisy for both.
async fn point(bench: &Bench, traffic: &Traffic, point: Point) -> Result<LedgerRow, Ended> {
    let turns = point.seconds.min(4);
    let turn = Duration::from_secs(point.seconds) / u32::try_from(turns).unwrap_or(1);
    let (mut ledger, mut light) = (load::Measured::default(), light::Measured::default());
    for _ in 0..turns {
        ledger.merge(load::run(&bench.teller, traffic, &point, turn).await?);
        // As many bytes at once as one commit takes: what all callers send, up to a full batch.
        let at_once = (point.clients as usize * point.batch as usize).min(ledger::BATCH_MAX);
        let path = bench.folder.0.join("light");
        let measured = tokio::task::spawn_blocking(move || light::run(&path, at_once, turn / 4)).await;
        light.merge(measured.map_err(|why| Ended::fault("the speed of light", why))??);
    }
    Ok(LedgerRow::of(&point, ledger, light))
}
