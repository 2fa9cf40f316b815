//! The drill: start, load, prove, back up under load, more load, kill -9, restore, prove, compare, go on.
//!
//! Goal: what stands in a backup is the book at one of its commits, to the yen and to the digest (promise: P1), and
//! what came after it can be sent again under its ids without doubling anything (promise: P3). Method: the real
//! program from a configuration file, an operator's transfers over HTTP, on SQLite always and on PostgreSQL where it
//! is installed, there with two nodes at once. `TSUGIME_SEED` plays the same transfers again.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod dice;
mod node;
#[allow(dead_code, reason = "each test binary uses its own part")]
mod stage;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dice::Dice;
use node::{Node, printed, refused};
use serde_json::{Value, json};
use stage::{folder, must_succeed};
use terms::{Digest, TransferId};
use uuid::Uuid;

const ACCOUNTS: usize = 6;
const BATCH_MOST: u64 = 60;
/// One token may ask so often in the long run that a load of this pace is never held up for long.
const BETWEEN_BATCHES: Duration = Duration::from_millis(40);
const FUNDS: i64 = 10_000_000;

/// One transfer as it was asked for.
#[derive(Clone)]
struct Asked {
    id: Uuid,
    debit: Uuid,
    credit: Uuid,
    amount: i64,
}

impl Asked {
    fn item(&self) -> Value {
        json!({ "id": self.id, "debit": self.debit, "credit": self.credit, "amount": self.amount })
    }

    fn name(&self) -> String {
        TransferId::new(self.id).to_string()
    }
}

/// What was asked for, and how many batches of it were acknowledged.
#[derive(Default)]
struct Sent {
    acknowledged: Vec<Asked>,
    /// Of batches without an answer: each may be in the book or not.
    unanswered: Vec<Asked>,
}

fn seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = std::env::var("TSUGIME_SEED")
        .map_or(now.subsec_nanos().into(), |text| text.parse().expect("a number"));
    println!("TSUGIME_SEED={seed}");
    seed
}

/// Sends batches until it is stopped or the server is gone.
async fn load(
    node: Arc<Node>,
    accounts: Vec<Uuid>,
    seed: u64,
    stop: Arc<AtomicBool>,
    sent: Arc<Mutex<Sent>>,
) {
    let mut dice = Dice::new(seed);
    while !stop.load(Ordering::SeqCst) {
        let count = 1 + dice.below(BATCH_MOST);
        let batch: Vec<Asked> = (0..count)
            .map(|_| {
                let from = dice.below(ACCOUNTS as u64) as usize;
                let to = (from + 1 + dice.below(ACCOUNTS as u64 - 1) as usize) % ACCOUNTS;
                let amount = 1 + i64::try_from(dice.below(90)).expect("small");
                Asked { id: Uuid::now_v7(), debit: accounts[from], credit: accounts[to], amount }
            })
            .collect();
        let answer = node.post("/v1/ledger/transfers", &body_of(&batch)).await;
        match answer {
            Some(answer) => {
                assert_eq!(answer["applied"], count, "{answer}");
                sent.lock().expect("unspoiled").acknowledged.extend(batch);
            }
            None => return sent.lock().expect("unspoiled").unanswered.extend(batch),
        }
        tokio::time::sleep(BETWEEN_BATCHES).await;
    }
}

fn body_of(batch: &[Asked]) -> Value {
    json!({ "transfers": batch.iter().map(Asked::item).collect::<Vec<_>>() })
}

fn balances_of<'a>(asked: impl Iterator<Item = &'a Asked>, accounts: &[Uuid]) -> BTreeMap<Uuid, i64> {
    let mut balances: BTreeMap<Uuid, i64> = accounts.iter().map(|account| (*account, 0)).collect();
    for asked in asked {
        *balances.entry(asked.debit).or_default() -= asked.amount;
        *balances.entry(asked.credit).or_default() += asked.amount;
    }
    balances
}

/// Where the drill plays: the database of the first server and the one to restore into.
struct Ground {
    folder: PathBuf,
    store: Option<String>,
    new_store: Option<String>,
}

impl Ground {
    fn first(&self) -> Node {
        Node::new(&self.folder, "first", self.store.as_deref())
    }

    fn restored(&self) -> Node {
        Node::new(&self.folder, "restored", self.new_store.as_deref())
    }

    fn place(&self, node: &Node) -> store::Place {
        match &self.store {
            Some(url) => store::Place::Postgres(url.parse().expect("a URL")),
            None => store::Place::File(node.data.join("wallet.sqlite")),
        }
    }

    /// The chain of the first book at a commit, read from what the kill has left.
    fn chain_at(&self, node: &Node, number: i64) -> store::Link {
        let key = std::fs::read_to_string(node.data.join("store.key")).expect("a key");
        let keys = store::Keys::new(Digest::parse(key.trim()).expect("a digest").bytes()).expect("keys");
        let store = store::Store::look_at(self.place(node), keys).expect("the first book");
        store.read(|shelf| store::look::chain_at(shelf, number)).expect("read").expect("the commit is there")
    }
}

async fn pause(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

async fn drill(ground: &Ground) {
    let seed = seed();
    let mut first = ground.first();
    first.start();
    let outside = Uuid::now_v7();
    let accounts: Vec<Uuid> = (0..ACCOUNTS).map(|_| Uuid::now_v7()).collect();
    let everybody: Vec<Uuid> = accounts.iter().copied().chain([outside]).collect();
    first.open(outside, None).await;
    let mut funds = Vec::new();
    for account in &accounts {
        first.open(*account, Some(0)).await;
        funds.push(Asked { id: Uuid::now_v7(), debit: outside, credit: *account, amount: FUNDS });
    }
    first.post("/v1/ledger/transfers", &body_of(&funds)).await.expect("funded");

    // A second node, where the database can be shared.
    let mut second = ground.store.as_ref().map(|url| Node::new(&ground.folder, "second", Some(url)));
    if let Some(second) = &mut second {
        second.take_secrets_of(&first);
        second.start();
    }
    let nodes: Vec<Arc<Node>> = [Some(first), second].into_iter().flatten().map(Arc::new).collect();
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Sent::default())));
    let begin = |number: u64, node: &Arc<Node>| {
        let (node, accounts) = (Arc::clone(node), accounts.clone());
        tokio::spawn(load(node, accounts, seed + number, Arc::clone(&stop), Arc::clone(&sent)))
    };
    let loads: Vec<_> =
        nodes.iter().cycle().take(3).zip(0..).map(|(node, number)| begin(number, node)).collect();
    pause(1.0).await;
    must_succeed("the proof under load", &nodes[0].run(&["ledger", "prove", "--json"]));

    let before: BTreeSet<String> =
        sent.lock().expect("unspoiled").acknowledged.iter().map(Asked::name).collect();
    let backup = ground.folder.join("the.backup");
    let backup = backup.to_str().expect("a path");
    let backing_up = Arc::clone(&nodes[0]);
    let to = backup.to_owned();
    let output =
        tokio::task::spawn_blocking(move || backing_up.run(&["backup", "--json", "--to", &to])).await;
    let made = printed("the backup under load", &output.expect("no panic"));
    pause(0.7).await;
    // Servers are killed in the middle of it.
    let mut nodes: Vec<Node> = {
        for node in &nodes {
            let pid = node.pid().to_string();
            must_succeed(
                "kill",
                &std::process::Command::new("kill").args(["-9", &pid]).output().expect("runs"),
            );
        }
        for load in loads {
            load.await.expect("no panic");
        }
        stop.store(true, Ordering::SeqCst);
        nodes.into_iter().filter_map(Arc::into_inner).collect()
    };
    nodes.iter_mut().for_each(Node::kill);
    let first = nodes.remove(0);
    drop(nodes);

    let manifest = &made["manifest"];
    let commits = manifest["commits"].as_i64().expect("a number");
    let link = tokio::task::block_in_place(|| ground.chain_at(&first, commits));
    assert_eq!(Some(link.digest.to_string().as_str()), manifest["digest"].as_str());
    assert_eq!(Some(link.transfers), manifest["transfers"].as_i64());
    assert_eq!((&manifest["proved"], &made["ok"]), (&json!(true), &json!(true)));

    check_bad_restores(ground, &first, Path::new(backup));
    let key = first.data.join("store.key");
    let mut restored = ground.restored();
    let output =
        restored.run(&["restore", "--json", "--from", backup, "--key", key.to_str().expect("a path")]);
    let report = printed("the restore", &output);
    assert_eq!((&report["commits"], &report["digest"]), (&manifest["commits"], &manifest["digest"]));
    let proof = printed("the proof of what was restored", &restored.run(&["ledger", "prove", "--json"]));
    assert_eq!(
        (&proof["proof"]["commits"], &proof["proof"]["digest"]),
        (&manifest["commits"], &manifest["digest"])
    );

    restored.take_secrets_of(&first);
    restored.start();
    let sent = Arc::into_inner(sent).expect("nobody sends").into_inner().expect("unspoiled");
    check_book(&restored, &everybody, &funds, &sent, &before, link.transfers).await;
    restored.kill();
    must_succeed("the proof at the end", &restored.run(&["ledger", "prove", "--json"]));
    std::fs::remove_dir_all(&ground.folder).expect("removed");
}

/// The restored book has what the backup had, and takes the rest again under the same ids.
async fn check_book(
    restored: &Node,
    everybody: &[Uuid],
    funds: &[Asked],
    sent: &Sent,
    before: &BTreeSet<String>,
    transfers: i64,
) {
    let mut there = BTreeSet::new();
    for account in everybody {
        there.extend(restored.history(*account).await);
    }
    assert_eq!(i64::try_from(there.len()).expect("few"), transfers, "each transfer of the backup");
    assert!(before.is_subset(&there), "what was acknowledged before the backup began is in it");
    let asked: Vec<&Asked> = funds.iter().chain(&sent.acknowledged).chain(&sent.unanswered).collect();
    let of_backup = asked.iter().copied().filter(|asked| there.contains(&asked.name()));
    assert_eq!(restored.balances(everybody).await, balances_of(of_backup, everybody));
    assert!(
        sent.acknowledged.iter().any(|asked| !there.contains(&asked.name())),
        "there was load after the backup"
    );
    println!("{} transfers acknowledged, {} of all in the backup", sent.acknowledged.len(), there.len());

    for batch in sent.acknowledged.chunks(8_190).chain(sent.unanswered.chunks(8_190)) {
        let answer = restored.post("/v1/ledger/transfers", &body_of(batch)).await.expect("an answer");
        for (outcome, asked) in answer["outcomes"].as_array().expect("outcomes").iter().zip(batch) {
            let status = if there.contains(&asked.name()) { "applied_before" } else { "applied" };
            assert_eq!(outcome["status"], status, "{outcome}");
        }
    }
    assert_eq!(restored.balances(everybody).await, balances_of(asked.into_iter(), everybody));
}

/// What must not become a book: a folder in use, another key, a backup that was altered or cut off.
fn check_bad_restores(ground: &Ground, first: &Node, backup: &Path) {
    let key = first.data.join("store.key");
    let key = key.to_str().expect("a path");
    let name = backup.to_str().expect("a path");
    let try_node = |what: &str, from: &str, key: &str, code: i32, word: &str| {
        let node = Node::new(&ground.folder, "wrong", ground.new_store.as_deref());
        let line = refused(what, &node.run(&["restore", "--from", from, "--key", key]), code);
        assert!(line.contains(word), "{what}: {line}");
        std::fs::remove_dir_all(&node.data).expect("removed");
    };
    let line = refused(
        "a book that is there",
        &first.run(&["restore", "--from", name, "--key", key]),
        if ground.store.is_some() { 3 } else { 2 },
    );
    assert!(line.contains("not empty"), "{line}");
    let altered = ground.folder.join("altered.backup");
    let altered_name = altered.to_str().expect("a path");
    std::fs::copy(store::manifest_path(backup), store::manifest_path(&altered)).expect("copied");
    let whole = std::fs::read(backup).expect("the backup");
    let mut bytes = whole.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&altered, &bytes).expect("written");
    try_node("a flipped bit", altered_name, key, 3, "not the backup of its manifest");
    std::fs::write(&altered, &whole[..middle]).expect("written");
    try_node("a backup cut off", altered_name, key, 3, "not the backup of its manifest");
    std::fs::write(&altered, "no backup at all").expect("written");
    try_node("another file", altered_name, key, 3, "altered.backup");
    try_node("no file", "nowhere.backup", key, 3, "cannot be read");
    if ground.store.is_none() {
        let other = ground.folder.join("other.key");
        std::fs::write(&other, "ab".repeat(32)).expect("written");
        try_node("another key", name, other.to_str().expect("a path"), 3, "another store key");
    }
}

// promise: P1, P2, P3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_on_sqlite_is_the_book_at_its_commit() {
    drill(&Ground { folder: folder("drill"), store: None, new_store: None }).await;
}

// promise: P1, P2, P3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_on_postgresql_under_two_nodes_is_the_book_at_its_commit() {
    let started = tokio::task::spawn_blocking(testbed::Postgres::start).await.expect("no panic");
    let Some(server) = testbed::or_skip(started) else { return };
    let [store, new_store] =
        ["drill", "drill_restored"].map(|name| server.database(name).expect("a database"));
    let ground = Ground { folder: folder("drill-pg"), store: Some(store), new_store: Some(new_store) };
    drill(&ground).await;
    tokio::task::spawn_blocking(move || drop(server)).await.expect("stopped");
}
