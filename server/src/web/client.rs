//! The network address that a request comes from.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

use super::state::RouterState;

/// Who asks, by their address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl FromRequestParts<RouterState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &RouterState) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Ok(Self(client(peer, &parts.headers, &server.context.settings.trusted_proxies)))
    }
}

/// Who asks. A trusted proxy says on whose behalf: each adds the address it was asked from to the end of the header, so the
/// last one that is no trusted proxy is the client. Anybody else could write what they like into that header.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let is_trusted =
        |address: IpAddr| address.is_loopback() || trusted.iter().any(|network| network.contains(&address));
    let lists = headers.get_all("x-forwarded-for").iter().rev().filter_map(|value| value.to_str().ok());
    let forwarded = lists.flat_map(|list| list.rsplit(',')).map(|part| part.trim().parse::<IpAddr>());
    let mut client = peer;
    for address in forwarded {
        let (true, Ok(address)) = (is_trusted(client), address) else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_may_say_who_asks() {
        let forwarded = |lists: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append("x-forwarded-for", HeaderValue::from_static(list));
            }
            headers
        };
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        let of = |peer: &str, lists: &[&'static str]| client(Some(address(peer)), &forwarded(lists), &trusted);
        assert_eq!(of("127.0.0.1", &["203.0.113.9, 203.0.113.5"]), address("203.0.113.5"));
        assert_eq!(of("198.51.100.7", &["203.0.113.5"]), address("198.51.100.7"), "a stranger says what it likes");
        assert_eq!(of("127.0.0.1", &[]), address("127.0.0.1"));
        assert_eq!(of("10.1.2.3", &["1.1.1.1, 203.0.113.5, 10.9.9.9"]), address("203.0.113.5"), "through two proxies");
        assert_eq!(
            of("10.1.2.3", &["203.0.113.5", "10.9.9.9"]),
            address("203.0.113.5"),
            "each with a header of its own"
        );
        assert_eq!(of("2001:db8::1", &["2001:db9::5"]), address("2001:db9::5"));
        assert_eq!(of("::ffff:10.1.2.3", &["203.0.113.5"]), address("203.0.113.5"), "on a socket for both families");
        assert_eq!(of("127.0.0.1", &["nonsense"]), address("127.0.0.1"));
        assert_eq!(client(Some(address("10.1.2.3")), &forwarded(&["203.0.113.5"]), &[]), address("10.1.2.3"));
    }
}
