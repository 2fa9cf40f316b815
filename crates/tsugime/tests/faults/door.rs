//! The door of a wallet of several nodes: it hands each connection to the next node that takes it.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpSocket, TcpStream},
    runtime::Runtime,
};

/// A balancer on a port of its own, as long as its runtime lives.
pub(crate) struct Door {
    pub(crate) port: u16,
}

impl Door {
    /// Opens it before nodes on these ports, whether they are there yet or not.
    pub(crate) fn open(runtime: &Runtime, nodes: Vec<u16>) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let nodes = Arc::new(nodes);
        let number = AtomicUsize::new(0);
        runtime.spawn(async move {
            loop {
                let Ok((outside, _)) = listener.accept().await else { continue };
                let number = number.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(hand_over(outside, Arc::clone(&nodes), number));
            }
        });
        Self { port }
    }
}

/// Who comes when no node is there is sent away.
async fn hand_over(mut outside: TcpStream, nodes: Arc<Vec<u16>>, number: usize) {
    for turn in 0..nodes.len() {
        let node = nodes[(number + turn) % nodes.len()];
        if let Ok(mut inside) = connect(node, number).await {
            // Either side may break off.
            let _broken = copy_bidirectional(&mut outside, &mut inside).await;
            return;
        }
    }
}

/// From an address of its own, for the wallet limits how often one address may ask.
async fn connect(port: u16, number: usize) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let last = 2 + u8::try_from(number % 200).unwrap_or_default();
    socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
    socket.connect((Ipv4Addr::LOCALHOST, port).into()).await
}
