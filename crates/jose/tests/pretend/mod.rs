//! A server that gives scripted answers on loopback and remembers what it was asked.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What the server was asked, head and body in one text.
pub(crate) type Asked = Arc<Mutex<Vec<String>>>;

/// Answers the n-th request with the n-th text (the last one for ever after); an empty text closes without answer.
pub(crate) async fn serve(answers: Vec<String>) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked: Asked = Arc::default();
    let remembered = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut text = Vec::new();
            let mut part = [0_u8; 4096];
            while !whole(&text) {
                let read = socket.read(&mut part).await.unwrap();
                if read == 0 {
                    break;
                }
                text.extend_from_slice(&part[..read]);
            }
            let turn = {
                let mut asked = remembered.lock().unwrap();
                asked.push(String::from_utf8(text).unwrap());
                asked.len() - 1
            };
            let answer = &answers[turn.min(answers.len() - 1)];
            // The peer may have hung up already (a time limit is being tested).
            let _gone = socket.write_all(answer.as_bytes()).await;
            let _gone = socket.shutdown().await;
        }
    });
    (url, asked)
}

/// One HTTP/1.1 answer that closes the connection.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
