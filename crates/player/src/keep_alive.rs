//! A connection that carries one HTTP/1.1 request after the other on loopback, light enough to load a server with.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::trouble::Trouble;

/// Time limit of one request.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// The longest head and the longest body read, in bytes.
const HEAD_MAX_BYTES: usize = 16 * 1024;
const BODY_MAX_BYTES: usize = 256 * 1024;

/// One connection, opened again when the server closes it.
pub(crate) struct KeepAlive {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// Status and body of an answer.
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

struct Head {
    status: u16,
    length: usize,
    closes: bool,
}

/// The loopback address behind `http://host:port`.
///
/// # Errors
/// [`Trouble::Option`] for another scheme or another machine: this client speaks no TLS and is for one machine only.
pub(crate) async fn loopback(url: &str) -> Result<SocketAddr, Trouble> {
    let wrong = |why: &str| {
        Trouble::Option(format!("\"{url}\" cannot be measured: {why}; allowed: http://localhost:port"))
    };
    let parsed = url::Url::parse(url).map_err(|_| wrong("it is not a URL"))?;
    if parsed.scheme() != "http" {
        return Err(wrong("it is not http"));
    }
    let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default()) else {
        return Err(wrong("it names no host"));
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| wrong("the host is not known"))?;
    for address in found.filter(|address| IpAddr::is_loopback(&address.ip())) {
        if TcpStream::connect(address).await.is_ok() {
            return Ok(address);
        }
    }
    Err(wrong("nobody answers there on this machine"))
}

impl KeepAlive {
    pub(crate) const fn to(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::new() }
    }

    /// Sends a whole request (head and body as bytes) and reads the whole answer. After an error the next request
    /// opens a new connection; nothing is sent twice.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Reply<'_>, &'static str> {
        let outcome =
            tokio::time::timeout(TIME_LIMIT, self.round(request)).await.unwrap_or(Err("time_limit"));
        match outcome {
            Ok((head, start)) => {
                if head.closes {
                    self.stream = None;
                }
                Ok(Reply { status: head.status, body: &self.buffer[start..start + head.length] })
            }
            Err(error) => {
                self.stream = None;
                Err(error)
            }
        }
    }

    async fn round(&mut self, request: &[u8]) -> Result<(Head, usize), &'static str> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            empty => {
                let stream = TcpStream::connect(self.address).await.map_err(|_| "no_connection")?;
                stream.set_nodelay(true).map_err(|_| "no_connection")?;
                empty.insert(stream)
            }
        };
        stream.write_all(request).await.map_err(|_| "connection_lost")?;
        self.buffer.clear();
        let start = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if self.buffer.len() > HEAD_MAX_BYTES {
                return Err("head_too_long");
            }
            more(stream, &mut self.buffer).await?;
        };
        let head = read_head(&self.buffer[..start])?;
        while self.buffer.len() < start + head.length {
            more(stream, &mut self.buffer).await?;
        }
        Ok((head, start))
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<(), &'static str> {
    match stream.read_buf(buffer).await {
        Ok(0) | Err(_) => Err("connection_lost"),
        Ok(_) => Ok(()),
    }
}

fn read_head(head: &[u8]) -> Result<Head, &'static str> {
    let text = std::str::from_utf8(head).map_err(|_| "head_not_text")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or("no_status")?;
    let (mut length, mut closes) = (None, false);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.parse().map_err(|_| "length_not_a_number")?);
        } else if name.eq_ignore_ascii_case("connection") {
            closes |= value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err("chunked_answer");
        }
    }
    let length = length.or(matches!(status, 204 | 304).then_some(0)).ok_or("no_length")?;
    if length > BODY_MAX_BYTES {
        return Err("body_too_long");
    }
    Ok(Head { status, length, closes })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;
    use tokio::net::TcpListener;

    /// Serves the given answers on as many connections as it takes, each in pieces of three bytes.
    async fn serve(answers: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut left = answers.iter();
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = [0_u8; 1024];
                while socket.read(&mut request).await.is_ok_and(|read| read > 0) {
                    let Some(answer) = left.next() else { return };
                    for piece in answer.as_bytes().chunks(3) {
                        socket.write_all(piece).await.unwrap();
                        socket.flush().await.unwrap();
                        tokio::task::yield_now().await;
                    }
                    if answer.contains("close") || answer.is_empty() {
                        break;
                    }
                }
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_one_after_the_other() {
        let address = serve(&[
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nend",
        ])
        .await;
        let mut connection = KeepAlive::to(address);
        let expected: [Result<(u16, &[u8]), &str>; 9] = [
            Ok((200, b"ok")),
            Ok((204, b"")),
            Ok((409, b"nope")),
            Ok((200, b"")),
            Err("chunked_answer"),
            Err("connection_lost"),
            Err("no_length"),
            Err("body_too_long"),
            Ok((200, b"end")),
        ];
        for expected in expected {
            let found = connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await;
            assert_eq!(found.map(|reply| (reply.status, reply.body)), expected);
        }
    }

    #[tokio::test]
    async fn only_this_machine_without_tls() {
        let address = serve(&[]).await;
        let good = format!("http://localhost:{}", address.port());
        assert_eq!(loopback(&good).await.unwrap(), address);
        for url in ["https://localhost:1", "http://192.0.2.1:80", "ftp://localhost", "localhost:80", ""] {
            assert!(loopback(url).await.is_err(), "{url}");
        }
    }
}
