//! A handler of the operator's pages: who asks, the database, and the log of the account that something is done to. Everybody else gets
//! the answer to an address that is none.

use std::sync::Arc;

use app::{
    Session, Text,
    form::{Filled, Form},
    session::{Preferences, SignedIn},
};
use axum::{
    extract::{FromRequestParts, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use domain::{Account, Timestamp, usage::Month};
use store::{
    Conn, ConnGuard, Scope, StoreError, accounts,
    audit::{self, Actor, Event},
};

use super::{
    client::Client,
    problem::Problem,
    refused::{Refused, refused},
    session,
    state::RouterState,
};
use crate::context::SharedContext;

/// Somebody signed in who runs the service.
pub struct Operating {
    pub who: SignedIn,
    /// What they work with.
    pub context: SharedContext,
    actor: Actor,
    preferences: Preferences,
}

impl FromRequestParts<RouterState> for Operating {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &RouterState) -> Result<Self, Response> {
        let Some(who) = parts.extensions.get::<SignedIn>().cloned() else {
            let request = Request::from_parts(parts.clone(), axum::body::Body::empty());
            return Err(session::sign_in_first(&request));
        };
        if !who.is_operator {
            return Err(Problem::not_found("address").into_response());
        }
        let Ok(Client(address)) = Client::from_request_parts(parts, server).await;
        Ok(Self {
            actor: Actor::operating(&who.email, address),
            who,
            context: Arc::clone(&server.context),
            preferences: parts.extensions.get::<Preferences>().copied().unwrap_or_default(),
        })
    }
}

impl Operating {
    /// The texts in the reader's language.
    pub fn text(&self) -> Text {
        Text(self.preferences.language)
    }

    /// How the reader likes pages.
    pub fn preferences(&self) -> Preferences {
        self.preferences
    }

    /// What a body that the server makes is made with.
    pub fn session(&self) -> Session {
        let Preferences { language, theme } = self.preferences;
        Session { language, theme, person: None, account: None, icons: self.context.app.assets.url("icons.svg") }
    }

    pub fn now(&self) -> Timestamp {
        (self.context.clock)()
    }

    /// The month that it is in the reader's zone.
    pub fn this_month(&self) -> Month {
        Month::of(self.who.account.zone.local(self.now()).day())
    }

    /// The account of a path, by its number.
    pub async fn account(&self, conn: &mut Conn, id: &str) -> Result<(Scope, Account), Problem> {
        let id: i64 = id.parse().map_err(|_| Problem::not_found("account"))?;
        let account = accounts::list(conn).await?.into_iter().find(|account| account.id == id);
        let account = account.ok_or_else(|| Problem::not_found("account"))?;
        #[expect(clippy::disallowed_methods, reason = "an operator works on the account, and its log says so")]
        let scope = Scope::system(account.id);
        Ok((scope, account))
    }

    /// Tells of something in the account's log.
    pub async fn tell(&self, conn: &mut Conn, scope: &Scope, event: &Event) -> Result<(), StoreError> {
        audit::record(conn, scope, &self.actor, event, self.now()).await
    }

    /// As [`Self::tell`], and commits both.
    pub async fn commit(&self, mut conn: ConnGuard<'_>, scope: &Scope, event: &Event) -> Result<(), StoreError> {
        self.tell(&mut conn, scope, event).await?;
        conn.commit().await
    }

    /// The answer to a form that broke a rule: the same form with what was typed.
    pub fn refused(&self, form: &Form, title: &str, action: &str, back: &str, filled: &Filled) -> Response {
        let of = Refused { form, title, action: action.to_owned(), account: None, back: Some(back), filled };
        refused(&self.context, self.preferences, &of)
    }
}
