//! A line to the server that breaks at the worst moment: while a commit is under way.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
};

/// When the line breaks next.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Cut {
    Never = 0,
    /// The server never sees the commit.
    Before = 1,
    /// The server commits, and nobody hears of it.
    After = 2,
}

/// Passes bytes on between clients and the server.
pub(crate) struct Proxy {
    port: u16,
    cut: Arc<AtomicU8>,
}

/// The message `Query` with the word that commits.
const COMMIT: &[u8] = b"COMMIT\0";

impl Proxy {
    pub(crate) fn to(server_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().map(|address| address.port()).expect("bound");
        let cut = Arc::new(AtomicU8::new(Cut::Never as u8));
        let shared = Arc::clone(&cut);
        // It ends with the process, as do the lines.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], server_port)));
                let Ok(server) = server else { continue };
                let cut = Arc::clone(&shared);
                let (Ok(back), Ok(away)) = (server.try_clone(), client.try_clone()) else { continue };
                thread::spawn(move || pass_answers(back, away));
                thread::spawn(move || pass_questions(client, server, &cut));
            }
        });
        Self { port, cut }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Breaks one line, once, at the next commit.
    pub(crate) fn cut_next(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }
}

fn pass_answers(mut server: TcpStream, mut client: TcpStream) {
    let mut bytes = [0; 16_384];
    while let Ok(count @ 1..) = server.read(&mut bytes) {
        if client.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // Whoever waits at the other end hears that it is over; it may be already.
    let _closed = client.shutdown(Shutdown::Both);
}

fn pass_questions(mut client: TcpStream, mut server: TcpStream, cut: &AtomicU8) {
    let mut bytes = [0; 16_384];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        let commits = bytes[..count].windows(COMMIT.len()).any(|window| window == COMMIT);
        let cut = if commits { cut.swap(Cut::Never as u8, Ordering::SeqCst) } else { Cut::Never as u8 };
        if cut != Cut::Never as u8 {
            let _closed = client.shutdown(Shutdown::Both);
        }
        if cut == Cut::Before as u8 || server.write_all(&bytes[..count]).is_err() {
            break;
        }
        if cut == Cut::After as u8 {
            // The server reads what has come before it reads the end.
            break;
        }
    }
    let _closed = server.shutdown(Shutdown::Write);
}
