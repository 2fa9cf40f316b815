//! A client that writes one number after the other, asks again after every fault, and remembers what was acknowledged.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio_postgres::{Client, Error, NoTls};

const ANSWER_LIMIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// Counted in the same transaction, so that a number written twice shows even where the key hides it.
const WRITE: &str = "WITH added AS (INSERT INTO written (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id) \
    UPDATE total SET amount = amount + (SELECT count(*) FROM added)";

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Makes the tables.
pub(crate) fn prepare(url: &str) {
    runtime().block_on(async {
        let client = connect(url).await.expect("connected");
        let tables = "CREATE TABLE written (id bigint PRIMARY KEY); CREATE TABLE total (amount bigint NOT NULL); \
            INSERT INTO total VALUES (0)";
        client.batch_execute(tables).await.expect("tables");
    });
}

/// Every number from 1 to the last acknowledged one is there once; one more may be, whose answer was lost.
pub(crate) fn check(url: &str, acknowledged: i64) {
    let (count, last, total) = runtime().block_on(async {
        let client = connect(url).await.expect("connected");
        let of_written = "SELECT count(*), coalesce(max(id), 0) FROM written";
        let row = client.query_one(of_written, &[]).await.expect("counted");
        let total = client.query_one("SELECT amount FROM total", &[]).await.expect("read");
        (row.get::<_, i64>(0), row.get::<_, i64>(1), total.get::<_, i64>(0))
    });
    assert_eq!(count, last, "a number is missing below the last one");
    assert_eq!(count, total, "a number was written twice");
    assert!(
        count == acknowledged || count == acknowledged + 1,
        "{acknowledged} were acknowledged, {count} are there"
    );
}

pub(crate) struct Writer {
    thread: JoinHandle<Duration>,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicI64>,
}

impl Writer {
    pub(crate) fn start(url: String) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let (until, known) = (Arc::clone(&stop), Arc::clone(&acknowledged));
        let thread = std::thread::spawn(move || runtime().block_on(write(&url, &until, &known)));
        Self { thread, stop, acknowledged }
    }

    /// Waits until this many more have been acknowledged.
    pub(crate) fn wait_for(&self, more: i64) {
        let (goal, end) = (self.acknowledged() + more, Instant::now() + Duration::from_secs(90));
        while self.acknowledged() < goal {
            assert!(Instant::now() < end, "only {} of {goal} were acknowledged", self.acknowledged());
            std::thread::sleep(PAUSE);
        }
    }

    pub(crate) fn acknowledged(&self) -> i64 {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// How many were acknowledged, and the longest time without one.
    pub(crate) fn stop(self) -> (i64, Duration) {
        self.stop.store(true, Ordering::SeqCst);
        let gap = self.thread.join().expect("the writer ends well");
        (self.acknowledged.load(Ordering::SeqCst), gap)
    }
}

async fn write(url: &str, stop: &AtomicBool, acknowledged: &AtomicI64) -> Duration {
    let mut client = None;
    let (mut gap, mut last) = (Duration::ZERO, Instant::now());
    while !stop.load(Ordering::SeqCst) {
        let next = acknowledged.load(Ordering::SeqCst) + 1;
        match tokio::time::timeout(ANSWER_LIMIT, write_one(url, &mut client, next)).await {
            Ok(Ok(())) => {
                gap = gap.max(last.elapsed());
                last = Instant::now();
                acknowledged.store(next, Ordering::SeqCst);
            }
            // Not known: asked again, with the same number.
            Ok(Err(_)) | Err(_) => {
                client = None;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    gap
}

async fn write_one(url: &str, client: &mut Option<Client>, id: i64) -> Result<(), Error> {
    let client = match client {
        Some(client) => client,
        None => client.insert(connect(url).await?),
    };
    client.execute(WRITE, &[&id]).await.map(|_one| ())
}
