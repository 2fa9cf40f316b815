//! The load itself: connections that send one request after the other, a second of this kind, a second of that.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::GivenCustomer;
use crate::keep_alive::KeepAlive;
use crate::samples::Samples;
use crate::trouble::Trouble;

/// The two kinds take turns of this length.
const TURN: Duration = Duration::from_secs(1);
/// Pause after a failed request, so that a dead server is not hammered and its errors not counted by the million.
const AFTER_ERROR: Duration = Duration::from_millis(5);

/// What one kind of request gave.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) samples: Samples,
    pub(super) errors: BTreeMap<String, u64>,
}

/// The requests, written once: only the id of a transfer changes.
pub(super) struct Requests {
    nothing: Vec<u8>,
    /// Head and body around the id, per customer.
    transfers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Requests {
    /// Each customer sends to the next one, the last to the first.
    pub(super) fn new(address: SocketAddr, customers: &[GivenCustomer]) -> Self {
        let transfers = customers.iter().zip(customers.iter().cycle().skip(1));
        Self {
            nothing: format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n").into_bytes(),
            transfers: transfers.map(|(from, to)| transfer(address, &from.token, &to.handle)).collect(),
        }
    }

    fn write_transfer(&self, customer: usize, request: &mut Vec<u8>) {
        let (before, after) = &self.transfers[customer % self.transfers.len()];
        let mut id = Uuid::encode_buffer();
        request.clear();
        request.extend_from_slice(before);
        request.extend_from_slice(Uuid::now_v7().hyphenated().encode_lower(&mut id).as_bytes());
        request.extend_from_slice(after);
    }
}

fn transfer(address: SocketAddr, token: &str, to: &str) -> (Vec<u8>, Vec<u8>) {
    let (open, close) = (r#"{"id":""#, format!(r#"","to":{{"handle":"{to}"}},"amount":1}}"#));
    let length = open.len() + uuid::fmt::Hyphenated::LENGTH + close.len();
    let head = format!(
        "POST /v1/transfers HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{open}"
    );
    (head.into_bytes(), close.into_bytes())
}

/// Loads the server over `connections` for `seconds` of each kind: nothing, then transfers, and so on.
pub(super) async fn measure(
    address: SocketAddr,
    requests: Arc<Requests>,
    connections: usize,
    seconds: u64,
) -> Result<[Outcome; 2], Trouble> {
    let mut workers = tokio::task::JoinSet::new();
    // Time for every connection to be opened before the first turn.
    let start = Instant::now() + Duration::from_millis(200);
    for place in 0..connections {
        workers.spawn(work(address, Arc::clone(&requests), place, start, seconds));
    }
    let mut sums: [Outcome; 2] = Default::default();
    while let Some(done) = workers.join_next().await {
        let done =
            done.map_err(|error| Trouble::Option(format!("a connection's task ended early: {error}")))?;
        for (sum, one) in sums.iter_mut().zip(done) {
            sum.samples.merge(one.samples);
            for (code, count) in one.errors {
                *sum.errors.entry(code).or_default() += count;
            }
        }
    }
    Ok(sums)
}

async fn work(
    address: SocketAddr,
    requests: Arc<Requests>,
    place: usize,
    start: Instant,
    seconds: u64,
) -> [Outcome; 2] {
    let mut connection = KeepAlive::to(address);
    let mut outcomes: [Outcome; 2] = Default::default();
    let mut request = Vec::with_capacity(1024);
    // Opens the connection; its time is not counted.
    let _opened = connection.exchange(&requests.nothing).await;
    tokio::time::sleep_until(start).await;
    let mut end = start;
    for turn in 0..seconds.saturating_mul(2) {
        end += TURN;
        let transfers = turn % 2 == 1;
        let outcome = &mut outcomes[usize::from(transfers)];
        loop {
            let before = Instant::now();
            if before >= end {
                break;
            }
            let code = if transfers {
                requests.write_transfer(place, &mut request);
                error_code(connection.exchange(&request).await, 201)
            } else {
                error_code(connection.exchange(&requests.nothing).await, 200)
            };
            match code {
                None => outcome.samples.add(before.elapsed()),
                Some(code) => {
                    *outcome.errors.entry(code).or_default() += 1;
                    tokio::time::sleep(AFTER_ERROR).await;
                }
            }
        }
    }
    outcomes
}

/// Nothing when the status is the one expected; otherwise the status with the problem's code, or what failed.
fn error_code(reply: Result<crate::keep_alive::Reply<'_>, &'static str>, expected: u16) -> Option<String> {
    let reply = match reply {
        Ok(reply) if reply.status == expected => return None,
        Ok(reply) => reply,
        Err(failure) => return Some(failure.to_owned()),
    };
    let body: serde_json::Value = serde_json::from_slice(reply.body).unwrap_or_default();
    Some(format!("{} {}", reply.status, body["code"].as_str().unwrap_or("-")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A server that accepts whole transfers only; every tenth is refused.
    async fn bank_of_ones() -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let (mut count, mut bytes) = (0, vec![0_u8; 4096]);
                    while let Ok(read @ 1..) = socket.read(&mut bytes).await {
                        let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                        let (head, body) = text.split_once("\r\n\r\n").unwrap();
                        let (status, body) = if head.starts_with("GET /healthz") {
                            ("200 OK", "ok")
                        } else {
                            let body: serde_json::Value = serde_json::from_str(body).unwrap();
                            assert!(head.contains("authorization: Bearer token-"));
                            assert_eq!(body["amount"], 1);
                            assert_ne!(
                                head.split("token-").nth(1).unwrap().split('\r').next(),
                                body["to"]["handle"].as_str().unwrap().split('-').nth(1)
                            );
                            count += 1;
                            if count % 10 == 0 {
                                ("403 Forbidden", r#"{"code":"over_limit"}"#)
                            } else {
                                ("201 Created", "{}")
                            }
                        };
                        let answer =
                            format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                        socket.write_all(answer.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        address
    }

    #[tokio::test]
    async fn both_kinds_are_measured_and_errors_counted() {
        let address = bank_of_ones().await;
        let customers: Vec<_> =
            (0..3).map(|n| GivenCustomer::new(&format!("token-{n}"), &format!("handle-{n}"))).collect();
        let requests = Arc::new(Requests::new(address, &customers));
        let [nothing, transfers] = measure(address, requests, 4, 1).await.unwrap();
        assert!(nothing.samples.count() > 10 && nothing.errors.is_empty());
        assert!(transfers.samples.count() > 10);
        assert_eq!(transfers.errors.keys().map(String::as_str).collect::<Vec<_>>(), ["403 over_limit"]);
    }
}
