//! What has served its purpose goes by itself, a few rows per commit, while asks are answered.

use engine::{
    Ask, Context, Decision, Plan, Policy, Retention, Row, Source,
    sessions::{Ceremony, CeremonyKind},
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use store::{Fault, Keys, Load, Shelf, Store, look};
use teller::{Clock, Teller};
use terms::{CeremonyId, Span, Time};
use tokio::sync::watch;
use uuid::Uuid;

const NOW: Time = Time::from_millis(1_900_000_000_000);
const CEREMONIES: u32 = 25;

struct Still(AtomicU64);

impl Clock for Still {
    fn now(&self) -> Time {
        NOW
    }
    fn seed(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A folder of its own, gone afterwards.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// Puts a ceremony.
struct Begin {
    number: u32,
    expires_at: Time,
}

impl Ask for Begin {
    type Facts = ();
    type Answer = ();
    const NAME: &'static str = "test.begin";

    fn decide(&self, (): &(), _: &Context<'_>) -> Decision<()> {
        let mut plan = Plan::new();
        plan.put(Row::Ceremony(Ceremony {
            id: id(self.number),
            kind: CeremonyKind::SignIn,
            customer: None,
            state: String::new(),
            redirect: None,
            expires_at: self.expires_at,
            used_at: None,
        }));
        Decision::done((), plan)
    }
}

impl Load for Begin {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

fn id(number: u32) -> CeremonyId {
    CeremonyId::new(Uuid::from_u128(u128::from(number)))
}

async fn left(teller: &Teller) -> usize {
    let count = |shelf: &mut Shelf<'_>| {
        let there = (0..=CEREMONIES).map(|number| look::ceremony_of(shelf, id(number)));
        Ok(there.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().count())
    };
    teller.look(count).await.expect("looked")
}

#[tokio::test]
async fn old_rows_go_by_themselves_and_young_ones_stay() {
    let folder = Folder(std::env::temp_dir().join(format!("tsugime-sweeps-{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).expect("a temporary folder");
    let keys = Keys::new(&[7; 32]).expect("keys");
    let (store, writer) = Store::open(&folder.0.join("wallet.sqlite"), keys).expect("a store");
    let retention = Retention {
        every_ms: Span::millis(0),
        rows_per_commit: 4,
        pause_ms: Span::millis(5),
        ..Retention::default()
    };
    let policy = Policy { retention, ..Policy::default() };
    let (teller, thread) =
        Teller::start(store.clone(), writer, policy, Arc::new(Still(AtomicU64::new(1)))).expect("a thread");
    for number in 0..CEREMONIES {
        let expires_at = NOW.minus(Span::days(3));
        teller.ask(Begin { number, expires_at }, Source::default()).await.expect("begun");
    }
    teller.ask(Begin { number: CEREMONIES, expires_at: NOW }, Source::default()).await.expect("begun");
    assert_eq!(left(&teller).await, CEREMONIES as usize + 1);
    let (stop, stopped) = watch::channel(false);
    let sweeps = tokio::spawn(teller.clone().run_sweeps(stopped));
    let mut looks = 0;
    while left(&teller).await > 1 {
        looks += 1;
        assert!(looks < 1_000, "old rows are still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(teller.look(|shelf| look::ceremony_of(shelf, id(CEREMONIES))).await.expect("looked").is_some());
    stop.send(true).expect("it listens");
    sweeps.await.expect("it stops");
    let proved = store::prove(&store, |_| {}).expect("can be read");
    assert_eq!(proved.violation, None);
    drop((teller, store));
    thread.finish();
}
