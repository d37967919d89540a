//! Fetches a recording from an address that a sender wrote. Whoever may send calls must not reach through it what only this machine
//! reaches: only public addresses are asked, and networks that the operator names. The name is resolved here, its addresses are
//! checked, and exactly these are connected to, so that a second look-up cannot say another; after a redirect all of it anew.

use std::{
    collections::HashMap,
    fs::File,
    io::Seek,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use audio::Raw;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    call::RecordingFetchReason as Reason,
    credential::{self, Scheme},
    limits::RECORDING_BYTES,
};
use futures::StreamExt;
use ipnet::IpNet;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{self, HeaderName, HeaderValue},
    redirect::Policy,
};
use store::recording_credentials::Credential;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::keeping::UploadedRecording;
use crate::sealing::Sealer;

/// How long looking a name up, connecting, and silence may take, and a recording in all.
const RESOLVING: Duration = Duration::from_secs(10);
const CONNECTING: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(30);
const IN_ALL: Duration = Duration::from_mins(30);
/// Redirects that are followed.
const REDIRECTS: usize = 5;

/// Networks that are not public (the special-purpose registries of IANA). Of IPv6 only 2000::/3 is, less these.
const NOT_PUBLIC: [&str; 21] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "::/3",
    "4000::/2",
    "8000::/1",
];

/// Why a recording was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// What its address, its server or the network between is at fault for.
    #[error("a recording was not fetched: {0:?}")]
    Failed(Reason),
    /// This machine cannot store it.
    #[error("a temporary file cannot be written")]
    Spool(#[from] std::io::Error),
}

impl From<Reason> for FetchError {
    fn from(reason: Reason) -> Self {
        Self::Failed(reason)
    }
}

/// What servers are told who ask, decrypted; each by its name.
#[derive(Default)]
pub struct Credentials(HashMap<String, ServerSecret>);

enum ServerSecret {
    Header(HeaderName, HeaderValue),
    /// It was encrypted by another key, or cannot stand in a header.
    Unusable,
}

impl Credentials {
    /// Decrypts those of an account.
    pub fn open(sealer: &Sealer, account: i64, stored: Vec<Credential>) -> Self {
        let open = |credential: Credential| {
            let secret = match sealer.open(account, &credential.sealed_secret) {
                Ok(secret) => ServerSecret::new(credential.scheme, credential.name, secret),
                Err(error) => {
                    tracing::error!(host = credential.host, cause = %error, "A credential for recordings cannot be read");
                    ServerSecret::Unusable
                }
            };
            (credential.host, secret)
        };
        Self(stored.into_iter().map(open).collect())
    }

    /// Where a recording is given out to whoever has a key. Vapi's are kept in a place that nobody may read, and each is named after
    /// its call: its API sends on to an address that may be read for a while (<https://docs.vapi.ai/assistants/retrieve-call-artifacts>).
    fn place(&self, url: Url) -> Url {
        let of_vapi = url.host_str().is_some_and(|host| host.ends_with(".vapi.ai") && host != credential::VAPI);
        if !of_vapi || !self.0.contains_key(credential::VAPI) {
            return url;
        }
        let name = url.path_segments().and_then(Iterator::last).and_then(|name| name.get(..36));
        let call = name.and_then(|name| Uuid::try_parse(name).ok());
        let given_out = call
            .and_then(|call| Url::parse(&format!("https://{}/call/{call}/stereo-recording", credential::VAPI)).ok());
        given_out.unwrap_or(url)
    }

    /// What the server of an address is told: a header. A secret goes to the server that it is of alone, and is not sent in the open but
    /// to networks that the operator names.
    fn header(&self, url: &Url, is_named: bool) -> Result<Option<(HeaderName, HeaderValue)>, Reason> {
        let secret = url.host_str().and_then(|host| self.0.get(&host.to_ascii_lowercase()));
        match secret.filter(|_| url.scheme() == "https" || is_named) {
            None => Ok(None),
            Some(ServerSecret::Header(name, value)) => Ok(Some((name.clone(), value.clone()))),
            Some(ServerSecret::Unusable) => Err(Reason::Credential),
        }
    }
}

impl ServerSecret {
    fn new(scheme: Scheme, name: String, secret: String) -> Self {
        let (name, value) = match scheme {
            Scheme::Basic => {
                (Ok(header::AUTHORIZATION), format!("Basic {}", STANDARD.encode(format!("{name}:{secret}"))))
            }
            Scheme::Bearer => (Ok(header::AUTHORIZATION), format!("Bearer {secret}")),
            Scheme::Header => (HeaderName::from_bytes(name.as_bytes()), secret),
        };
        match (name, HeaderValue::from_str(&value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                Self::Header(name, value)
            }
            _ => Self::Unusable,
        }
    }
}

/// Fetches a recording into a file without a name. `networks` may be reached though they are not public.
pub async fn fetch(
    address: &str,
    networks: &[IpNet],
    credentials: &Credentials,
) -> Result<UploadedRecording, FetchError> {
    tokio::time::timeout(IN_ALL, follow(address, networks, credentials)).await.map_err(|_| Reason::TooSlow)?
}

async fn follow(address: &str, networks: &[IpNet], credentials: &Credentials) -> Result<UploadedRecording, FetchError> {
    let mut url = credentials.place(Url::parse(address).map_err(|_| Reason::Address)?);
    for _ in 0..=REDIRECTS {
        let answer = ask(&url, networks, credentials).await?;
        let status = answer.status();
        if status.is_redirection() {
            let place = answer.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
            url = place.and_then(|place| url.join(place).ok()).ok_or(Reason::Status(status.as_u16()))?;
            continue;
        }
        if status != StatusCode::OK {
            return Err(Reason::Status(status.as_u16()).into());
        }
        return spool(answer, &url).await;
    }
    Err(Reason::Redirects.into())
}

async fn ask(url: &Url, networks: &[IpNet], credentials: &Credentials) -> Result<Response, FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Reason::Address.into());
    }
    let host = url.host_str().ok_or(Reason::Address)?;
    let port = url.port_or_known_default().ok_or(Reason::Address)?;
    let addresses = allowed(host, port, networks).await?;
    // A client for each request: what it connects to is what was checked, and no proxy looks the name up again.
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .resolve_to_addrs(host, &addresses)
        .connect_timeout(CONNECTING)
        .read_timeout(SILENCE)
        .user_agent("Ringside")
        .build()
        .map_err(|_| Reason::Network)?;
    let is_named = addresses.iter().all(|address| is_of(address.ip(), networks));
    let mut request = client.get(url.clone());
    if let Some((name, value)) = credentials.header(url, is_named)? {
        request = request.header(name, value);
    }
    // The error is not kept: it repeats the address, which may carry a password.
    request.send().await.map_err(|_| Reason::Network.into())
}

/// The addresses of a host that may be connected to.
async fn allowed(host: &str, port: u16, networks: &[IpNet]) -> Result<Vec<SocketAddr>, FetchError> {
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let addresses: Vec<SocketAddr> = if let Ok(address) = literal {
        vec![SocketAddr::new(address, port)]
    } else {
        let looked_up = tokio::time::timeout(RESOLVING, tokio::net::lookup_host((host, port))).await;
        looked_up.map_err(|_| Reason::Name)?.map_err(|_| Reason::Name)?.collect()
    };
    if addresses.is_empty() {
        return Err(Reason::Name.into());
    }
    let allowed: Vec<SocketAddr> = addresses.into_iter().filter(|address| may_ask(address.ip(), networks)).collect();
    if allowed.is_empty() { Err(Reason::Private.into()) } else { Ok(allowed) }
}

/// Whether an address is public, or of a network that the operator names.
fn may_ask(address: IpAddr, networks: &[IpNet]) -> bool {
    // An IPv4 address in IPv6 is what it stands for.
    let address = address.to_canonical();
    let is_private = NOT_PUBLIC.iter().any(|network| {
        // One that could not be read would let all through.
        network.parse::<IpNet>().map_or(true, |network| network.contains(&address))
    });
    !is_private || is_of(address, networks)
}

fn is_of(address: IpAddr, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| network.contains(&address.to_canonical()))
}

async fn spool(answer: Response, url: &Url) -> Result<UploadedRecording, FetchError> {
    if answer.content_length().is_some_and(|bytes| bytes > RECORDING_BYTES) {
        return Err(Reason::TooLarge.into());
    }
    let media = answer.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let raw = Raw::of_name(url.path()).or_else(|| Raw::of_media_type(&media));
    let mut file = tokio::fs::File::from_std(tempfile::tempfile()?);
    let (mut body, mut bytes) = (answer.bytes_stream(), 0);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Reason::Network)?;
        bytes += chunk.len() as u64;
        if bytes > RECORDING_BYTES {
            return Err(Reason::TooLarge.into());
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    let mut file: File = file.into_std().await;
    file.rewind()?;
    Ok(UploadedRecording { file, bytes, raw })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_and_named_networks_are_asked() {
        let networks: Vec<IpNet> =
            ["10.1.0.0/16", "fd00:1::/32"].iter().map(|network| network.parse().unwrap()).collect();
        let may = |address: &str| may_ask(address.parse().unwrap(), &networks);
        for public in ["8.8.8.8", "113.160.0.1", "2606:4700::1111", "10.1.2.3", "fd00:1::5", "::ffff:8.8.8.8"] {
            assert!(may(public), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.2.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:2::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.2.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:0:1::1",
        ] {
            assert!(!may(private), "{private}");
        }
    }

    #[tokio::test]
    async fn what_is_written_in_other_ways_is_the_same_address() {
        for address in [
            "http://127.0.0.1/a.wav",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://017700000001/",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost/",
            "http://user:password@127.0.0.1/",
            "https://169.254.169.254/",
        ] {
            let error = fetch(address, &[], &Credentials::default()).await.err().unwrap();
            assert!(matches!(error, FetchError::Failed(Reason::Private)), "{address}: {error}");
        }
        for address in ["ftp://8.8.8.8/a.wav", "file:///etc/passwd", "nothing"] {
            let error = fetch(address, &[], &Credentials::default()).await.err().unwrap();
            assert!(matches!(error, FetchError::Failed(Reason::Address)), "{address}: {error}");
        }
    }

    #[test]
    fn the_recordings_of_vapi_are_asked_of_its_api_by_whoever_has_a_key() {
        let call = "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b";
        let kept = Url::parse(&format!("https://storage.vapi.ai/{call}-1762223456789-5f-mono.wav")).unwrap();
        assert_eq!(Credentials::default().place(kept.clone()), kept);
        let secret = ServerSecret::new(Scheme::Bearer, String::new(), "key".to_owned());
        let with_key = Credentials(HashMap::from([(credential::VAPI.to_owned(), secret)]));
        assert_eq!(with_key.place(kept).as_str(), format!("https://api.vapi.ai/call/{call}/stereo-recording"));
        for other in ["https://storage.vapi.ai/a.wav", "https://cty.vn/019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b.wav"] {
            assert_eq!(with_key.place(Url::parse(other).unwrap()).as_str(), other);
        }
    }

    #[test]
    fn a_secret_goes_to_its_own_server_and_not_in_the_open() {
        let secret = ServerSecret::new(Scheme::Header, "x-api-key".to_owned(), "secret".to_owned());
        let credentials = Credentials(HashMap::from([("pbx.vn".to_owned(), secret)]));
        let sent = |address: &str, is_named: bool| {
            credentials.header(&Url::parse(address).unwrap(), is_named).unwrap().is_some()
        };
        assert!(sent("https://PBX.vn/a.wav", false) && sent("http://pbx.vn/a.wav", true));
        for (address, is_named) in
            [("http://pbx.vn/a.wav", false), ("https://pbx.vn.example/a.wav", false), ("https://a.pbx.vn/", true)]
        {
            assert!(!sent(address, is_named), "{address}");
        }
        let broken = ServerSecret::new(Scheme::Bearer, String::new(), "khoá\n".to_owned());
        assert!(matches!(broken, ServerSecret::Unusable));
    }
}
