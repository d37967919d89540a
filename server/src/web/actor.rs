//! Who does something, as the log of the account names them.

use std::net::IpAddr;

use app::session::SignedIn;
use axum::{extract::FromRequestParts, http::request::Parts};
use store::{User, audit::Actor};

use super::state::RouterState;
use super::{client::Client, problem::Problem};

/// Who acts in an account: one of its people, or an operator who entered it for a while.
pub fn actor_of(who: &SignedIn, address: IpAddr) -> Actor {
    if who.until.is_some() { Actor::operating(&who.email, address) } else { Actor::user(&who.email, address) }
}

/// The same of who is about to be signed in.
pub fn actor_of_user(user: &User, address: IpAddr) -> Actor {
    if user.ends_at.is_some() { Actor::operating(&user.email, address) } else { Actor::user(&user.email, address) }
}

/// A signed-in person as an actor.
pub struct Acting(pub Actor);

impl FromRequestParts<RouterState> for Acting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &RouterState) -> Result<Self, Problem> {
        let Ok(Client(address)) = Client::from_request_parts(parts, server).await;
        let signed_in = parts.extensions.get::<SignedIn>().ok_or_else(Problem::signed_out)?;
        Ok(Self(actor_of(signed_in, address)))
    }
}
