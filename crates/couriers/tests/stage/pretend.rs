//! A server that gives the answers that a test makes up.

use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a pretended server does with a request.
pub(crate) enum Does {
    /// Answers with a status and a JSON text.
    Answers(u16, String),
    /// Reads the request and closes the connection.
    HangsUp,
    /// Reads the request and says nothing for a long time.
    SaysNothing,
}

pub(crate) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Serves until the test ends; `does` sees the method, the path with its query, and the body.
pub(crate) fn serve(listener: TcpListener, does: impl Fn(&str, &str, &str) -> Does + Send + Sync + 'static) {
    let does = Arc::new(does);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let does = Arc::clone(&does);
            tokio::spawn(async move { answer(socket, does.as_ref()).await });
        }
    });
}

async fn answer(mut socket: TcpStream, does: &(impl Fn(&str, &str, &str) -> Does + Sync)) {
    let mut text = Vec::new();
    let mut part = [0_u8; 4096];
    while !whole(&text) {
        match socket.read(&mut part).await {
            Ok(read) if read > 0 => text.extend_from_slice(&part[..read]),
            _ => return,
        }
    }
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut first = head.split(' ');
    let (method, path) = (first.next().unwrap(), first.next().unwrap());
    match does(method, path, body) {
        Does::Answers(status, json) => {
            let answer = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{json}",
                json.len()
            );
            // The peer may have hung up already.
            let _gone = socket.write_all(answer.as_bytes()).await;
            let _gone = socket.shutdown().await;
        }
        Does::HangsUp => {}
        Does::SaysNothing => tokio::time::sleep(std::time::Duration::from_secs(60)).await,
    }
}

fn whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.trim().parse().unwrap())
}
