//! Asks Patroni over HTTP: one short question, one short answer, from this machine.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Long against its answers, short against a fail-over.
const LIMIT: Duration = Duration::from_secs(4);
/// Its longest answers have a few hundred bytes for each node.
const LONGEST_ANSWER: u64 = 100_000;

/// The status and the body; `None` when nobody answers.
pub(crate) fn get(port: u16, path: &str) -> Option<(u16, String)> {
    ask(port, &format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"), LIMIT)
}

/// The same with a body of JSON, and a longer time: Patroni answers when the thing is done.
pub(crate) fn post(port: u16, path: &str, body: &str, limit: Duration) -> Option<(u16, String)> {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
    ask(port, &format!("{head}Content-Length: {length}\r\n\r\n{body}"), limit)
}

fn ask(port: u16, question: &str, limit: Duration) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), LIMIT).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    stream.set_write_timeout(Some(limit)).ok()?;
    stream.write_all(question.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}
