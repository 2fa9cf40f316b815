//! Customers who send one another money without end, send unanswered asks again, and remember every answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use player::{Customer, Link, Payee, Payment, Problem, Sandbox, Stranger, Trouble, Wallet};
use serde_json::Value;
use tokio::{runtime::Runtime, task::JoinHandle, time::Instant};
use uuid::Uuid;

use crate::dice::Dice;

const BEGINS_WITH: i64 = 50_000;
const LIMIT_S: u64 = 90;
/// Connections of each customer.
const AT_ONCE: u64 = 3;
/// Whole yen, at most; small, so that nobody runs dry.
const MOST: u64 = 9;
/// Between two tries of one ask, and how long it may take until it is answered: a server that dies again and again
/// answers in between.
const PAUSE: Duration = Duration::from_millis(30);
const ANSWER_LIMIT: Duration = Duration::from_secs(300);
/// How many of the acknowledged are sent once more at the end.
const SENT_AGAIN: usize = 40;
/// How many of them are looked up by the id of their ask; all of them are looked for in the lists.
const LOOKED_UP: usize = 300;
const PAGE: usize = 100;

/// A customer who can send, and the name to be paid under.
pub(crate) struct Sender {
    customer: Customer,
    handle: String,
}

impl Sender {
    /// New customers with money that may be sent.
    pub(crate) async fn several(count: usize, wallet: u16, sandbox: u16) -> Vec<Arc<Self>> {
        let making: Vec<_> =
            (0..count).map(|place| tokio::spawn(Self::new(place, wallet, sandbox))).collect();
        let mut made = Vec::new();
        for one in making {
            made.push(Arc::new(one.await.expect("no panic").expect("a customer")));
        }
        made
    }

    async fn new(place: usize, wallet: u16, sandbox: u16) -> Result<Self, Trouble> {
        let (customer, link) = newcomer(place, 0, wallet, sandbox).await?;
        let handle = format!("h{}", &Uuid::new_v4().simple().to_string()[..12]);
        customer.take_handle(&handle).await?;
        let asked = customer.top_up(Uuid::now_v7(), &link, BEGINS_WITH).await?;
        customer.settled(asked, LIMIT_S).await?;
        customer.matured(BEGINS_WITH, LIMIT_S).await?;
        Ok(Self { customer, handle })
    }
}

/// Somebody new with a proved identity and one link, at one of the banks that can be linked.
pub(crate) async fn newcomer(
    place: usize,
    at_bank: usize,
    wallet: u16,
    sandbox: u16,
) -> Result<(Customer, Link), Trouble> {
    let origin = format!("http://localhost:{wallet}");
    let (wallet, sandbox) = (Wallet::at(&origin)?, Sandbox::at(&format!("http://localhost:{sandbox}"))?);
    let person = sandbox.new_person(&Stranger::new(place)?).await?;
    let customer = Customer::sign_up(&wallet, &sandbox, person, &origin).await?;
    customer.prove_identity().await?;
    let banks = wallet.get("/v1/banks").await?;
    let ways = banks["banks"].as_array().into_iter().flatten().filter_map(|bank| {
        let mut methods = bank["methods"].as_array().into_iter().flatten();
        methods.find(|method| method["linkable"] == true).map(|method| (bank, method))
    });
    let (bank, method) = ways.into_iter().nth(at_bank).expect("a bank that can be linked");
    let (bank, method) = (bank["code"].as_str(), method["method"].as_str());
    let link = customer.link(bank.expect("a code"), method.expect("a method")).await?;
    Ok((customer, link))
}

/// What one ask was, and the wallet's name for it.
#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    from: usize,
    to: usize,
    amount: i64,
    payment: String,
}

/// Every answer.
#[derive(Default)]
pub(crate) struct Sent {
    pub(crate) acknowledged: BTreeMap<Uuid, Transfer>,
    pub(crate) refused: u64,
    pub(crate) again: u64,
}

impl Sent {
    /// The wallet's names of all payments that were acknowledged.
    pub(crate) fn payments(&self) -> impl Iterator<Item = &str> {
        self.acknowledged.values().map(|transfer| transfer.payment.as_str())
    }

    /// What the balances must be now.
    pub(crate) fn balances_from(&self, before: &[i64]) -> Vec<i64> {
        let mut balances = before.to_vec();
        for transfer in self.acknowledged.values() {
            balances[transfer.from] -= transfer.amount;
            balances[transfer.to] += transfer.amount;
        }
        balances
    }
}

/// A load under way.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    workers: Vec<JoinHandle<Sent>>,
}

impl Load {
    /// Begins on a runtime.
    pub(crate) fn start(runtime: &Runtime, senders: &[Arc<Sender>], seed: u64) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let places = (0..senders.len()).flat_map(|from| (0..AT_ONCE).map(move |number| (from, number)));
        let work = |(from, number): (usize, u64)| {
            let dice = Dice::new(seed.wrapping_add((from as u64 + 1) * 1_000 + number));
            let sending =
                send_until(Arc::clone(&stop), senders.to_vec(), from, dice, Arc::clone(&acknowledged));
            runtime.spawn(sending)
        };
        let workers = places.map(work).collect();
        Self { stop, acknowledged, workers }
    }

    /// How many transfers were acknowledged until now.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// Whether more than `already` are acknowledged within `limit`: by as many as may have been on their way before.
    pub(crate) fn goes_on(&self, already: u64, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let goal = already + 2 * self.workers.len() as u64;
        while self.acknowledged() <= goal {
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        true
    }

    /// Begins no more asks, and waits until every one is answered.
    pub(crate) async fn finish(self) -> Sent {
        self.stop.store(true, Ordering::SeqCst);
        let mut all = Sent::default();
        for worker in self.workers {
            let sent = worker.await.expect("the worker ends well");
            all.acknowledged.extend(sent.acknowledged);
            all.refused += sent.refused;
            all.again += sent.again;
        }
        all
    }
}

async fn send_until(
    stop: Arc<AtomicBool>,
    senders: Vec<Arc<Sender>>,
    from: usize,
    mut dice: Dice,
    acknowledged: Arc<AtomicU64>,
) -> Sent {
    let mut sent = Sent::default();
    while !stop.load(Ordering::SeqCst) {
        let others = senders.len() as u64 - 1;
        let to = (from + 1 + usize::try_from(dice.below(others)).expect("few")) % senders.len();
        let (id, amount) = (Uuid::now_v7(), 1 + i64::try_from(dice.below(MOST)).expect("small"));
        match send(&senders, from, to, id, amount, &mut sent.again).await {
            Some(payment) => {
                let payment = payment.id;
                acknowledged.fetch_add(1, Ordering::SeqCst);
                sent.acknowledged.insert(id, Transfer { from, to, amount, payment });
            }
            None => sent.refused += 1,
        }
    }
    sent
}

/// Sends one ask until it is answered; `None` when the answer is no.
async fn send(
    senders: &[Arc<Sender>],
    from: usize,
    to: usize,
    id: Uuid,
    amount: i64,
    again: &mut u64,
) -> Option<Payment> {
    let end = Instant::now() + ANSWER_LIMIT;
    loop {
        let payee = Payee::Handle(&senders[to].handle);
        match senders[from].customer.transfer(id, payee, amount).await {
            Ok(payment) => {
                assert_eq!((payment.state.as_str(), payment.amount), ("completed", amount), "{id}");
                return Some(payment);
            }
            Err(Trouble::Refused(problem)) if problem.status == 429 => {
                tokio::time::sleep(wait_of(&problem)).await;
                continue;
            }
            Err(Trouble::Refused(problem)) if problem.status < 500 => {
                println!("{id}: {problem}");
                return None;
            }
            Err(trouble) => assert!(Instant::now() < end, "{id} was never answered: {trouble}"),
        }
        *again += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

/// What a server that limits its callers says of the next try.
fn wait_of(problem: &Problem) -> Duration {
    problem.retry_after_s.map_or(PAUSE, Duration::from_secs)
}

/// Asks until there is an answer, be it a refusal: through a server that limits its callers, is broken or is gone.
pub(crate) async fn insist<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<T, Trouble>,
) -> Result<T, Problem> {
    let end = Instant::now() + ANSWER_LIMIT;
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(Trouble::Refused(problem)) if problem.status == 429 => {
                tokio::time::sleep(wait_of(&problem)).await;
            }
            Err(Trouble::Refused(problem)) if problem.status < 500 => return Err(problem),
            Err(trouble) => assert!(Instant::now() < end, "{what}: {trouble}"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Looks something up, as soon as the server lets this session.
async fn look(wallet: &Wallet, path: &str) -> Value {
    insist(path, async || wallet.get(path).await).await.expect("it is there")
}

/// What each of them owns, in whole yen; nothing is held.
pub(crate) async fn balances(senders: &[Arc<Sender>]) -> Vec<i64> {
    let mut found = Vec::new();
    for sender in senders {
        let shown = look(&sender.customer.wallet, "/v1/wallet").await;
        assert_eq!(shown["held"], 0);
        found.push(shown["balance"].as_i64().expect("whole yen"));
    }
    found
}

/// Each acknowledged transfer is found by its id, and stands once in the lists of both, and nothing else was sent.
pub(crate) async fn check_each_is_there_once(senders: &[Arc<Sender>], sent: &Arc<Sent>) {
    let check = |place: usize| check_one(place, Arc::clone(&senders[place]), Arc::clone(sent));
    join_all((0..senders.len()).map(check)).await;
}

async fn check_one(place: usize, sender: Arc<Sender>, sent: Arc<Sent>) {
    let wallet = &sender.customer.wallet;
    let sends = sent.acknowledged.iter().filter(|(_, transfer)| transfer.from == place);
    let step = sent.acknowledged.len().div_ceil(LOOKED_UP).max(1);
    for (id, transfer) in sends.step_by(step) {
        let answer = look(wallet, &format!("/v1/payments/{id}")).await;
        let payment = &answer["payment"];
        assert_eq!(payment["id"], transfer.payment.as_str(), "{id}");
        assert_eq!(
            (&payment["state"], &payment["amount"]),
            (&"completed".into(), &transfer.amount.into()),
            "{id}"
        );
    }
    let mut listed: BTreeMap<String, Vec<(Value, Value)>> = BTreeMap::new();
    let mut cursor = String::new();
    // Bounded: more pages than all transfers fill are a fault.
    for page in 0.. {
        assert!(page <= sent.acknowledged.len() / PAGE + 2, "the list does not end");
        let answer = look(wallet, &format!("/v1/payments?limit={PAGE}{cursor}")).await;
        for payment in answer["payments"].as_array().expect("a list") {
            let id = payment["id"].as_str().expect("an id").to_owned();
            listed.entry(id).or_default().push((payment["state"].clone(), payment["amount"].clone()));
        }
        let Some(next) = answer["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let own = |transfer: &&Transfer| transfer.from == place || transfer.to == place;
    let expected: Vec<&Transfer> = sent.acknowledged.values().filter(own).collect();
    for transfer in &expected {
        let once = vec![("completed".into(), transfer.amount.into())];
        assert_eq!(listed.get(&transfer.payment), Some(&once), "{transfer:?} in the list of {place}");
    }
    // And the top-up that everybody began with.
    assert_eq!(listed.len(), expected.len() + 1, "payments that nobody was told of, in the list of {place}");
}

/// Some of them once more, under the same ids: the same payments, and the same balances.
pub(crate) async fn check_sending_again_changes_nothing(senders: &[Arc<Sender>], sent: &Sent) {
    let before = balances(senders).await;
    let step = sent.acknowledged.len().div_ceil(SENT_AGAIN).max(1);
    for (id, Transfer { from, to, amount, payment }) in sent.acknowledged.iter().step_by(step) {
        let replayed = send(senders, *from, *to, *id, *amount, &mut 0).await.expect("the same answer");
        assert_eq!(&replayed.id, payment);
    }
    assert_eq!(balances(senders).await, before);
}
