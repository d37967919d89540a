//! What the provider is asked over HTTP: no redirects, bounded in time and size, over TLS but to this machine.

use std::{sync::OnceLock, time::Duration};

use futures::{FutureExt, StreamExt, future::BoxFuture};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::{Client, redirect::Policy};
use tokio::sync::Semaphore;

use crate::settings::is_safe_address;

/// How long connecting may take, and an answer in all.
const CONNECTING: Duration = Duration::from_secs(5);
const IN_ALL: Duration = Duration::from_secs(10);
const MAX_BYTES: usize = 1 << 20;
/// Requests at once; the others wait.
const AT_ONCE: usize = 16;

/// Why there is no answer. It repeats no address: one may carry a secret.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address is neither `https` nor of this machine.
    #[error("an address is not https")]
    Address,
    /// The connection failed.
    #[error("no answer came: {0}")]
    Network(&'static str),
    /// The answer is larger than 1 MiB.
    #[error("the answer is too large")]
    TooLarge,
    /// The provider is not well.
    #[error("it answered with {0}")]
    Status(u16),
    /// There is no client.
    #[error("no HTTP client could be made")]
    Client,
}

#[derive(Debug)]
pub struct Http {
    client: OnceLock<Option<Client>>,
    turns: Semaphore,
}

impl Http {
    /// Connects to nothing yet.
    pub fn new() -> Self {
        Self { client: OnceLock::new(), turns: Semaphore::new(AT_ONCE) }
    }

    fn client(&self) -> Result<&Client, HttpError> {
        let built = self.client.get_or_init(|| {
            let client = Client::builder()
                .redirect(Policy::none())
                .connect_timeout(CONNECTING)
                .timeout(IN_ALL)
                .user_agent("Ringside")
                .build();
            client.ok()
        });
        built.as_ref().ok_or(HttpError::Client)
    }

    /// Asks once.
    pub async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request).map_err(|_| HttpError::Address)?;
        if !is_safe_address(request.url()) {
            return Err(HttpError::Address);
        }
        let turn = tokio::time::timeout(IN_ALL, self.turns.acquire()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(HttpError::Network("too many ask at once"))?;
        let answer = self.client()?.execute(request).await.map_err(|error| HttpError::Network(cause(&error)))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if status.is_server_error() {
            return Err(HttpError::Status(status.as_u16()));
        }
        let (mut body, mut bytes) = (answer.bytes_stream(), Vec::new());
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| HttpError::Network(cause(&error)))?;
            if bytes.len() + chunk.len() > MAX_BYTES {
                return Err(HttpError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(bytes);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        self.ask(request).boxed()
    }
}

fn cause(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "it could not be connected to"
    } else {
        "the connection broke off"
    }
}
