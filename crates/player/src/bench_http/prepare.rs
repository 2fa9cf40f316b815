//! Makes customers who can pay: signed up, proved, linked, topped up, with value that has matured.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use uuid::Uuid;

use super::BenchOptions;
use crate::fields;
use crate::life::Customer;
use crate::sandbox::Sandbox;
use crate::strangers::Stranger;
use crate::trouble::Trouble;
use crate::wallet::Wallet;

/// What each customer begins with, in yen: far more than one measurement sends without receiving.
const BEGINS_WITH: i64 = 50_000;
/// How often a customer is begun anew when the wallet says that it is asked too much.
const TRIES: u32 = 8;
/// How long one payment may take to settle, in seconds.
const SETTLE_LIMIT_S: u64 = 60;

/// A customer of the measurement: a session's token and a handle. No `Debug`: the token is a secret.
#[derive(Clone)]
pub struct GivenCustomer {
    pub(super) token: String,
    pub(super) handle: String,
}

impl GivenCustomer {
    /// A customer who exists.
    #[must_use]
    pub fn new(token: &str, handle: &str) -> Self {
        Self { token: token.to_owned(), handle: handle.to_owned() }
    }
}

/// As many customers as the options ask for.
pub(super) async fn prepare(
    options: &BenchOptions,
    progress: &mut impl FnMut(&str),
) -> Result<Vec<GivenCustomer>, Trouble> {
    let wallet = Wallet::at(&options.wallet_url)?;
    let sandbox = Sandbox::at(&options.sandbox_url)?;
    let origin = crate::smoke::origin(&options.wallet_url)?;
    let way = way(&wallet).await?;
    let count = options.customers;
    progress(&format!("preparing {count} customers, {} at a time", options.prepared_at_once));
    let one = |place: usize| {
        let (wallet, sandbox, origin, way) = (&wallet, &sandbox, &origin, &way);
        async move {
            for _ in 1..TRIES {
                match new_customer(wallet, sandbox, origin, way, place, options.mature_limit_s).await {
                    Err(Trouble::Refused(problem)) if problem.status == 429 => {
                        let pause_s = problem.retry_after_s.unwrap_or(2).clamp(1, 30);
                        tokio::time::sleep(Duration::from_secs(pause_s)).await;
                    }
                    outcome => return outcome,
                }
            }
            new_customer(wallet, sandbox, origin, way, place, options.mature_limit_s).await
        }
    };
    let mut making = stream::iter((0..count).map(one)).buffer_unordered(options.prepared_at_once);
    let mut made = Vec::with_capacity(count);
    while let Some(customer) = making.next().await {
        made.push(customer?);
        if made.len().is_multiple_of(16) || made.len() == count {
            progress(&format!("{} of {count} customers are ready", made.len()));
        }
    }
    Ok(made)
}

async fn new_customer(
    wallet: &Wallet,
    sandbox: &Sandbox,
    origin: &str,
    (bank, method): &(String, String),
    place: usize,
    mature_limit_s: u64,
) -> Result<GivenCustomer, Trouble> {
    let stranger = Stranger::new(place)?;
    let person = sandbox.new_person(&stranger).await?;
    let customer = Customer::sign_up(wallet, sandbox, person, origin).await?;
    customer.take_handle(&stranger.handle).await?;
    customer.prove_identity().await?;
    let link = customer.link(bank, method).await?;
    let asked = customer.top_up(Uuid::now_v7(), &link, BEGINS_WITH).await?;
    customer.settled(asked, SETTLE_LIMIT_S).await?;
    customer.matured(BEGINS_WITH, mature_limit_s).await?;
    let token = customer.wallet.token().unwrap_or_default();
    Ok(GivenCustomer::new(token, &stranger.handle))
}

/// The first bank and method that may be linked.
async fn way(wallet: &Wallet) -> Result<(String, String), Trouble> {
    let at = "GET /v1/banks";
    let answer = wallet.get("/v1/banks").await?;
    for bank in fields::list(&answer, "banks", at)? {
        for method in fields::list(bank, "methods", at)? {
            if method["linkable"] == true {
                return Ok((fields::text(bank, "code", at)?, fields::text(method, "method", at)?));
            }
        }
    }
    let expected = "a method that may be linked".to_owned();
    Err(Trouble::Unexpected { at: at.to_owned(), expected, got: fields::shown(&answer) })
}
