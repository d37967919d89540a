//! `ringside serve`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::connect_info::IntoMakeServiceWithConnectInfo};
use store::{password_links, sessions};
use tokio::{net::TcpListener, sync::watch};

use super::{Failure, open};
use crate::{
    clock,
    http::{self, Server, Shared, live},
    mail,
    recordings::Recordings,
    settings::Settings,
};

/// How long requests may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// How often sessions and links that are over are forgotten.
const TIDY: Duration = Duration::from_hours(1);

pub(super) async fn run(settings: Settings) -> Result<(), Failure> {
    let db = open(&settings).await?;
    let recordings = Recordings::open(&settings.recordings).map_err(Failure::new)?;
    let server = Server::new(db, clock::system(), recordings, settings).map_err(Failure::new)?;
    let listeners = Listeners::bind(&server).await?;
    tracing::info!("Ringside serves {} on {}", server.settings.base_url, listeners.main.local_addr()?);
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
    pub(super) async fn bind(server: &Shared) -> Result<Self, Failure> {
        let main = bind("RINGSIDE_LISTEN", server.settings.listen).await?;
        let metrics = match server.settings.metrics_listen {
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
    server: Shared,
    listeners: Listeners,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    server.db.listen();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(live::pass_on(Arc::clone(&server)));
    tasks.spawn(tidy(Arc::clone(&server)));
    tasks.spawn(mail::sender::work(Arc::clone(&server)));

    let (stopping, stopped) = watch::channel(());
    let signal = |mut stopped: watch::Receiver<()>| async move {
        // The sender is dropped when the server stops.
        let _ = stopped.changed().await;
    };
    if let Some(listener) = listeners.metrics {
        let router = http::metrics_router(&server);
        let serving = axum::serve(listener, router).with_graceful_shutdown(signal(stopped.clone()));
        tasks.spawn(async move {
            let _ = serving.await;
        });
    }
    let ending = Arc::clone(&server);
    tokio::spawn(async move {
        stop.await;
        tracing::info!("Stopping: requests that are under way may end");
        // Streams have no end of their own.
        ending.live.end_all();
        drop(stopping);
    });
    let mut over = stopped.clone();
    let serving = axum::serve(listeners.main, service(&server)).with_graceful_shutdown(signal(stopped));
    let late = async {
        let _ = over.changed().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = async { serving.await } => result?,
        () = late => tracing::warn!("Some requests did not end in time and were cut off"),
    }
    tasks.shutdown().await;
    server.db.close().await;
    Ok(())
}

/// The router with the caller's address for every request.
pub fn service(server: &Shared) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    http::router(server).into_make_service_with_connect_info()
}

/// Forgets sessions, links, exports and mailed workbooks that are over.
async fn tidy(server: Shared) {
    loop {
        let tidied = async {
            let now = (server.clock)();
            let mut conn = server.db.write().await?;
            sessions::delete_expired(&mut conn, now).await?;
            password_links::delete_expired(&mut conn, now).await?;
            conn.commit().await
        };
        if let Err(error) = tidied.await {
            tracing::warn!(cause = %error, "Sessions that are over could not be forgotten");
        }
        server.exports.tidy((server.clock)());
        if let Err(error) = mail::sender::delete_old_workbooks(&server).await {
            tracing::warn!(cause = %error, "Old workbooks of mails could not be deleted");
        }
        tokio::time::sleep(TIDY).await;
    }
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
