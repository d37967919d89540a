//! Something in front of a server that a test can take away.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
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
    /// They are closed after so many bytes, those of all together in both directions.
    After,
}

/// A TCP proxy.
pub struct Proxy {
    pub address: SocketAddr,
    mode: watch::Sender<Mode>,
    left: Arc<AtomicUsize>,
}

impl Proxy {
    /// Listens at `address` for who wants to reach `upstream`; both are HOST:PORT.
    pub async fn start(address: &str, upstream: &str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let mode = watch::Sender::new(Mode::Pass);
        let proxy = Self { address: listener.local_addr().unwrap(), mode, left: Arc::default() };
        let upstream = upstream.to_owned();
        let (mode, left) = (proxy.mode.clone(), Arc::clone(&proxy.left));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, upstream.clone(), mode.clone(), Arc::clone(&left)));
            }
        });
        proxy
    }

    /// Lets so many bytes through, and then closes all connections.
    pub fn cut_after(&self, bytes: usize) {
        self.left.store(bytes, Relaxed);
        self.set(Mode::After);
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

/// Ends with the connection, or when the mode is such.
async fn pass(mut client: TcpStream, upstream: String, modes: watch::Sender<Mode>, left: Arc<AtomicUsize>) {
    let mut mode = modes.subscribe();
    let passes = |mode: &Mode| matches!(mode, Mode::Pass | Mode::After);
    if passes(&mode.borrow_and_update()) {
        let Ok(mut server) = TcpStream::connect(upstream).await else { return };
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        tokio::select! {
            _ = copy(from_client, to_server, &modes, &left) => return,
            _ = copy(from_server, to_client, &modes, &left) => return,
            _ = mode.wait_for(|mode| !passes(mode)) => {}
        }
    }
    let _ = mode.wait_for(|mode| *mode != Mode::Stall).await;
}

/// Copies what comes, and has all connections closed where it is more than may come.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    modes: &watch::Sender<Mode>,
    left: &AtomicUsize,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let mut bytes = from.read(&mut buffer).await?;
        if bytes == 0 {
            return Ok(());
        }
        let is_limited = *modes.borrow() == Mode::After;
        if is_limited {
            let may = left.fetch_update(Relaxed, Relaxed, |left| Some(left.saturating_sub(bytes))).unwrap();
            bytes = bytes.min(may);
            to.write_all(&buffer[..bytes]).await?;
            if bytes == may {
                modes.send_replace(Mode::Drop);
                return Ok(());
            }
            continue;
        }
        to.write_all(&buffer[..bytes]).await?;
    }
}
