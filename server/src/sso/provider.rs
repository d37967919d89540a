//! The provider: where it is asked what (discovery) and its keys, kept for an hour, and what is asked of it.

use std::{sync::Arc, time::Duration};

use domain::Timestamp;
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, JsonWebKeySet, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadataWithLogout, RedirectUrl, RequestTokenError, Scope, TokenResponse, UserInfoUrl,
    core::{CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreJsonWebKeySet, CoreTokenResponse},
    http::{self, header},
};
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};

use super::{
    begun::Begun,
    http::{Http, HttpError},
    id_token::{self, Identity},
    logout_token::{self, SignedOut},
    refusal::{Refusal, SsoError},
};
use crate::settings::{BaseUrl, OidcSettings, is_safe_address};

/// How long what was read of the provider is believed.
const FRESH: Duration = Duration::from_hours(1);
/// How soon a provider that did not answer is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// How soon its keys are read again because one was unknown: whoever sends tokens of other keys makes few requests.
const KEYS_PAUSE: Duration = Duration::from_secs(30);
/// How long reading it may take in all.
const READING: Duration = Duration::from_secs(15);

/// What the provider says of itself.
#[derive(Debug)]
struct Discovered {
    metadata: ProviderMetadataWithLogout,
    keys: CoreJsonWebKeySet,
}

#[derive(Debug, Default)]
struct ProviderState {
    discovered: Option<Arc<Discovered>>,
    read_at: Option<Instant>,
    failed_at: Option<Instant>,
    keys_again_at: Option<Instant>,
}

/// The operator's provider.
#[derive(Debug)]
pub struct Provider {
    settings: OidcSettings,
    redirect: String,
    signed_out: String,
    http: Http,
    known: Mutex<ProviderState>,
}

type ProviderClient =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl Provider {
    /// By the settings; nothing is asked yet.
    pub fn new(settings: OidcSettings, base_url: &BaseUrl) -> Self {
        Self {
            settings,
            redirect: format!("{base_url}/oidc/callback"),
            signed_out: format!("{base_url}/oidc/signed-out"),
            http: Http::new(),
            known: Mutex::default(),
        }
    }

    /// How people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// What it calls itself.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where a browser goes to sign in.
    pub async fn authorization_address(&self, begun: &Begun) -> Result<String, SsoError> {
        let discovered = self.discovered().await?;
        let verifier = PkceCodeVerifier::new(begun.verifier.clone());
        let (state, nonce) = (begun.state.clone(), begun.nonce.clone());
        let client = self.client(&discovered)?;
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let (address, ..) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
            .add_scopes(scopes)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(address.into())
    }

    /// Who has signed in: exchanges the code and checks what comes.
    pub async fn shown(&self, begun: &Begun, code: String, now: Timestamp) -> Result<Identity, SsoError> {
        let discovered = self.discovered().await?;
        let answer = self.exchange(&discovered, begun, code).await?;
        let token = answer.id_token().ok_or(Refusal::Form)?;
        let checked = |discovered: &Discovered| {
            id_token::check(&self.settings, &discovered.keys, token, answer.access_token(), &begun.nonce, now)
        };
        let claims = match checked(&discovered) {
            Err(Refusal::UnknownKey) => match self.with_keys_again(&discovered).await? {
                Some(discovered) => checked(&discovered)?,
                None => return Err(Refusal::UnknownKey.into()),
            },
            claims => claims?,
        };
        let mut shown = Identity { id_token: token.to_string(), ..Identity::of(&self.settings, &claims, None)? };
        if shown.is_incomplete()
            && let Some(address) = discovered.metadata.userinfo_endpoint()
            && let Some(more) = self.user_info(address, answer.access_token()).await?
        {
            let id_token = shown.id_token;
            shown = Identity { id_token, ..Identity::of(&self.settings, &claims, Some(&more))? };
        }
        Ok(shown)
    }

    /// Who has signed out at the provider.
    pub async fn signed_out(&self, token: &str, now: Timestamp) -> Result<SignedOut, SsoError> {
        let discovered = self.discovered().await?;
        let checked = |discovered: &Discovered| logout_token::check(&self.settings, &discovered.keys, token, now);
        match checked(&discovered) {
            Err(Refusal::UnknownKey) => match self.with_keys_again(&discovered).await? {
                Some(discovered) => Ok(checked(&discovered)?),
                None => Err(Refusal::UnknownKey.into()),
            },
            checked => Ok(checked?),
        }
    }

    /// Where a browser goes to sign out at the provider; none where it has no such place or does not answer.
    pub async fn sign_out_address(&self, id_token: Option<String>) -> Option<String> {
        let discovered = self.discovered().await.ok()?;
        self.ending_at(&discovered, id_token.as_deref())
    }

    fn ending_at(&self, discovered: &Discovered, id_token: Option<&str>) -> Option<String> {
        let place = discovered.metadata.additional_metadata().end_session_endpoint.as_ref()?;
        let mut address = place.url().clone();
        if !is_safe_address(&address) {
            return None;
        }
        let ours = [("client_id", self.settings.client_id.as_str()), ("post_logout_redirect_uri", &self.signed_out)];
        let hint = id_token.map(|id_token| ("id_token_hint", id_token));
        address.query_pairs_mut().extend_pairs(ours.into_iter().chain(hint));
        Some(address.into())
    }

    fn client(&self, discovered: &Discovered) -> Result<ProviderClient, SsoError> {
        let metadata = discovered.metadata.clone();
        let methods = metadata.token_endpoint_auth_methods_supported().cloned().unwrap_or_default();
        let is_in_body = methods.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic);
        let id = ClientId::new(self.settings.client_id.clone());
        let secret = ClientSecret::new(self.settings.client_secret.clone());
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(SsoError::down)?;
        let auth = if is_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(CoreClient::from_provider_metadata(metadata, id, Some(secret))
            .set_redirect_uri(redirect)
            .set_auth_type(auth))
    }

    async fn exchange(
        &self,
        discovered: &Discovered,
        begun: &Begun,
        code: String,
    ) -> Result<CoreTokenResponse, SsoError> {
        let client = self.client(discovered)?;
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(SsoError::down)?;
        let answer =
            request.set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone())).request_async(&self.http).await;
        answer.map_err(|error| match error {
            RequestTokenError::Request(error) => SsoError::down(error),
            RequestTokenError::ServerResponse(_) => Refusal::Code.into(),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Refusal::Form.into(),
        })
    }

    /// What the provider tells of whom the access token is of; nothing where it does not.
    async fn user_info(&self, address: &UserInfoUrl, access: &AccessToken) -> Result<Option<Value>, SsoError> {
        let request = http::Request::get(address.as_str())
            .header(header::AUTHORIZATION, format!("Bearer {}", access.secret()))
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| Refusal::Form)?;
        let answer = self.http.ask(request).await.map_err(SsoError::down)?;
        if answer.status() != http::StatusCode::OK {
            return Ok(None);
        }
        let told = serde_json::from_slice(answer.body()).map_err(|_| Refusal::Form)?;
        Ok(Some(told))
    }

    /// What is known of it; read where nothing is, or what is known is old.
    async fn discovered(&self) -> Result<Arc<Discovered>, SsoError> {
        let mut known = self.known.lock().await;
        let is_fresh = known.read_at.is_some_and(|at| at.elapsed() < FRESH);
        let has_failed = known.failed_at.is_some_and(|at| at.elapsed() < PAUSE);
        if let Some(discovered) = known.discovered.as_ref().filter(|_| is_fresh || has_failed) {
            return Ok(Arc::clone(discovered));
        }
        if has_failed {
            return Err(SsoError::down("it did not answer a moment ago"));
        }
        match tokio::time::timeout(READING, self.read())
            .await
            .unwrap_or_else(|_| Err(SsoError::down("it took too long")))
        {
            Ok(discovered) => {
                let discovered = Arc::new(discovered);
                let keys_again_at = known.keys_again_at;
                let (read_at, failed_at) = (Some(Instant::now()), None);
                *known = ProviderState { discovered: Some(Arc::clone(&discovered)), read_at, failed_at, keys_again_at };
                Ok(discovered)
            }
            Err(error) => {
                known.failed_at = Some(Instant::now());
                match &known.discovered {
                    // What it said before is as good as ever, but for its age.
                    Some(discovered) => {
                        tracing::warn!(cause = crate::failure::chain(&error), "What is known of the provider is old");
                        Ok(Arc::clone(discovered))
                    }
                    None => Err(error),
                }
            }
        }
    }

    async fn read(&self) -> Result<Discovered, SsoError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(SsoError::down)?;
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &self.http).await.map_err(SsoError::down)?;
        if !is_safe_address(metadata.authorization_endpoint().url()) {
            return Err(SsoError::down(HttpError::Address));
        }
        let keys = metadata.jwks().clone();
        Ok(Discovered { metadata, keys })
    }

    /// With its keys read again, where one was unknown in `seen`; none where that was done a moment ago.
    async fn with_keys_again(&self, seen: &Arc<Discovered>) -> Result<Option<Arc<Discovered>>, SsoError> {
        let mut known = self.known.lock().await;
        if let Some(discovered) = known.discovered.as_ref().filter(|discovered| !Arc::ptr_eq(discovered, seen)) {
            return Ok(Some(Arc::clone(discovered)));
        }
        if known.keys_again_at.is_some_and(|at| at.elapsed() < KEYS_PAUSE) {
            return Ok(None);
        }
        known.keys_again_at = Some(Instant::now());
        let keys = JsonWebKeySet::fetch_async(seen.metadata.jwks_uri(), &self.http).await.map_err(SsoError::down)?;
        let metadata = seen.metadata.clone().set_jwks(keys.clone());
        let discovered = Arc::new(Discovered { metadata, keys });
        known.discovered = Some(Arc::clone(&discovered));
        Ok(Some(discovered))
    }
}
