//! `ringside serve`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch};

use super::{Failure, open};
use crate::{
    api::health::metrics_router,
    clock, connections,
    context::{Server, SharedContext},
    jobs, live,
    recordings::Recordings,
    router::router,
    settings::Settings,
};

/// Connections of who watches over the server.
const METRICS_CONNECTIONS: u32 = 64;
/// How long requests may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(10);

pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    let db = open(&settings).await?;
    let recordings = Recordings::open(&settings.recordings).map_err(Failure::new)?;
    let server = Server::new(db, clock::system(), recordings, settings).map_err(Failure::new)?;
    let listeners = Listeners::bind(&server).await?;
    let first_start = server.context.first_start.offer(&server.db, &server.context.settings.base_url).await?;
    if let Some(address) = first_start {
        println!(
            "First start: nobody is here yet. Open this link, which works once, to make the first operator: {address}"
        );
    }
    tracing::info!("Ringside serves {} on {}", server.context.settings.base_url, listeners.main.local_addr()?);
    until_stopped(server, listeners, stop_signal()).await
}

/// The sockets that the server listens on.
pub(super) struct Listeners {
    /// People and the API.
    pub main: TcpListener,
    metrics: Option<TcpListener>,
}

impl Listeners {
    /// Binds them; a port that is taken is named.
    pub(super) async fn bind(server: &Server) -> Result<Self, Failure> {
        let main = bind("RINGSIDE_LISTEN", server.context.settings.listen).await?;
        let metrics = match server.context.settings.metrics_listen {
            Some(address) => Some(bind("RINGSIDE_METRICS_LISTEN", address).await?),
            None => None,
        };
        Ok(Self { main, metrics })
    }
}

async fn bind(name: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::new(format!("{name} {address} cannot be listened on: {error}")))
}

/// Serves until `stop` resolves, then lets the requests that are under way end.
pub(super) async fn until_stopped(
    server: Server,
    listeners: Listeners,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    server.db.listen();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(live::pass_on(server.db.clone(), Arc::clone(&server.context.live)));

    let (stopping, stopped) = watch::channel(());
    let signal = |mut stopped: watch::Receiver<()>| async move {
        // The sender is dropped when the server stops.
        let _ = stopped.changed().await;
    };
    let stop_jobs = signal(stopped.clone());
    let mut jobs = tokio::spawn(jobs::run(server.db.clone(), SharedContext::clone(&server.context), stop_jobs));
    if let Some(listener) = listeners.metrics {
        let router = metrics_router(&server);
        tasks.spawn(connections::serve(listener, router, METRICS_CONNECTIONS, signal(stopped.clone())));
    }
    let ending = SharedContext::clone(&server.context);
    tokio::spawn(async move {
        stop.await;
        tracing::info!("Stopping: requests that are under way may end");
        // Streams have no end of their own.
        ending.live.end_all();
        drop(stopping);
    });
    let mut over = stopped.clone();
    let allowed = connections::allowed(server.context.settings.connections);
    if allowed < server.context.settings.connections {
        tracing::warn!(allowed, "The system allows too few open files for more connections (ulimit -n)");
    }
    let serving = connections::serve(listeners.main, router(&server), allowed, signal(stopped));
    let late = async {
        let _ = over.changed().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = async {
            serving.await;
            let _ = (&mut jobs).await;
        } => {}
        () = late => tracing::warn!("Some requests or jobs did not end in time and were cut off"),
    }
    jobs.abort();
    tasks.shutdown().await;
    server.db.close().await;
    Ok(())
}

/// Resolves on SIGTERM or SIGINT.
pub(super) async fn stop_signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(cause = %error, "SIGINT cannot be waited for");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(cause = %error, "SIGTERM cannot be waited for");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
