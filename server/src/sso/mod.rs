//! Single sign-on by OpenID Connect: one provider of the operator's, authorization code with PKCE.
//!
//! What comes from the provider is believed only as far as it is signed or came over the connection that was opened to it; what it
//! says is bounded in size and time. Reasons go to the log as words of this program: no token, nothing of a person.

mod begun;
mod http;
mod id_token;
mod logout_token;
mod provider;
mod refusal;
mod signatures;

pub use begun::Begun;
pub use id_token::Identity;
pub use logout_token::SignedOut;
pub use provider::Provider;
pub use refusal::{Refusal, SsoError};

/// In place of an account, for what is encrypted of ID tokens: a session goes from one account to another.
pub const OF_ID_TOKENS: i64 = -2;
