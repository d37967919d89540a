//! Something in front of a server that a test can take away.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What becomes of connections, those that are there and new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All goes through.
    Pass,
    /// They are closed: the server is gone.
    Drop,
    /// They stay open, and nothing goes through.
    Stall,
}

/// A TCP proxy.
pub struct Proxy {
    pub address: SocketAddr,
    mode: watch::Sender<Mode>,
}

impl Proxy {
    /// Listens at `address` for who wants to reach `upstream`; both are HOST:PORT.
    pub async fn start(address: &str, upstream: &str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), mode: watch::Sender::new(Mode::Pass) };
        let (mode, upstream) = (proxy.mode.subscribe(), upstream.to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, upstream.clone(), mode.clone()));
            }
        });
        proxy
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

/// Ends with the connection, or when the mode is such.
async fn pass(mut client: TcpStream, upstream: String, mut mode: watch::Receiver<Mode>) {
    if *mode.borrow_and_update() == Mode::Pass {
        let Ok(mut server) = TcpStream::connect(upstream).await else { return };
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => return,
            _ = mode.wait_for(|mode| *mode != Mode::Pass) => {}
        }
    }
    let _ = mode.wait_for(|mode| *mode != Mode::Stall).await;
}
