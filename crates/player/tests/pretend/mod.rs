//! A scripted HTTP server on loopback, for the tests of the clients here.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Answers each request by `respond` (request in, status and body out); gives its address and what it was asked.
pub(crate) async fn serve(
    respond: impl Fn(&str) -> (u16, String) + Send + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let remembered = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let (mut text, mut part) = (String::new(), [0_u8; 4096]);
            while !whole(&text) {
                let read = socket.read(&mut part).await.unwrap();
                text.push_str(std::str::from_utf8(&part[..read]).unwrap());
            }
            let (status, body) = respond(&text);
            remembered.lock().unwrap().push(text);
            let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\nretry-after: 3\r\n");
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            let _gone = socket.write_all(answer.as_bytes()).await;
        }
    });
    (url, asked)
}

fn whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
