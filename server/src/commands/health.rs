//! `ringside health`.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use super::Failure;
use crate::settings::Settings;

/// Asks the server of these settings whether it is ready. For containers without a shell, whose health checks are commands.
pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    let address = reached_at(settings.listen);
    let client = reqwest::Client::builder()
        // The server is on this machine, whatever proxy the environment names.
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .build()
        .map_err(|error| Failure::new(error.to_string()))?;
    let answer = client
        .get(format!("http://{address}/readyz"))
        .send()
        .await
        .map_err(|error| Failure::new(format!("nothing answers at {address}: {error}")))?;
    let ready = answer.status().is_success();
    let words = answer.text().await.map_err(|error| Failure::new(error.to_string()))?;
    if ready {
        print!("{words}");
        Ok(())
    } else {
        Err(Failure::new(format!("not ready: {words}")))
    }
}

/// Where a server that listens at `listen` is reached from its own machine: one that listens at every address, at loopback.
fn reached_at(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
