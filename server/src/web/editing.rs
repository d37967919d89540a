//! A handler of a form that changes something of the account: who asks, the database, and the log that tells of the change.

use app::{
    Text,
    form::{Filled, Form},
    session::{Preferences, SignedIn},
};
use axum::{
    extract::{FromRequestParts, Request},
    http::request::Parts,
    response::Response,
};
use domain::{Role, Timestamp};
use store::{
    ConnGuard, Scope, StoreError, accounts,
    audit::{self, Actor, Event},
};

use super::{
    actor::Acting,
    database::Database,
    problem::Problem,
    refused::{Refused, refused},
    session,
    state::RouterState,
};
use crate::context::{Context, SharedContext};

/// Somebody signed in who changes something. What they change is committed together with a row of the log, or not at all.
pub struct Editing {
    pub who: SignedIn,
    /// What they work on.
    pub context: SharedContext,
    actor: Actor,
    preferences: Preferences,
    /// Whether the form is of a page that whoever may not send it does not see either.
    is_hidden: bool,
}

impl FromRequestParts<RouterState> for Editing {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &RouterState) -> Result<Self, Response> {
        let Some(who) = parts.extensions.get::<SignedIn>().cloned() else {
            let request = Request::from_parts(parts.clone(), axum::body::Body::empty());
            return Err(session::sign_in_first(&request));
        };
        let acting = Acting::from_request_parts(parts, server).await;
        let Acting(actor) = acting.map_err(axum::response::IntoResponse::into_response)?;
        Ok(Self {
            who,
            context: std::sync::Arc::clone(&server.context),
            actor,
            preferences: parts.extensions.get::<Preferences>().copied().unwrap_or_default(),
            is_hidden: parts.uri.path().starts_with("/settings/"),
        })
    }
}

impl Editing {
    /// Refuses who may not do what this role may; of the settings, by the same words as an address that is none.
    pub fn only(&self, role: Role) -> Result<(), Problem> {
        if self.who.scope.role().may(role) {
            return Ok(());
        }
        if self.is_hidden {
            return Err(Problem::not_found("address"));
        }
        Err(Problem::forbidden(match role {
            Role::Owner => "this is for owners",
            Role::Manager | Role::Viewer => "this is for managers and owners",
        }))
    }

    /// The texts in the reader's language.
    pub fn text(&self) -> Text {
        Text(self.preferences.language)
    }

    /// How the reader likes pages.
    pub fn preferences(&self) -> Preferences {
        self.preferences
    }

    /// What a page of its own is made with.
    pub fn looks(&self) -> (Preferences, &Context) {
        (self.preferences, &self.context)
    }

    pub fn now(&self) -> Timestamp {
        (self.context.clock)()
    }

    /// A transaction that writes; [`Self::commit`] ends it. Of several who change the account, each finds what the one before left.
    pub async fn write<'a>(&self, database: &'a mut Database) -> Result<ConnGuard<'a>, StoreError> {
        let mut conn = database.write().await?;
        accounts::lock(&mut conn, &self.who.scope).await?;
        Ok(conn)
    }

    /// Tells of the change in the log, and commits both.
    pub async fn commit(&self, mut conn: ConnGuard<'_>, event: &Event) -> Result<(), StoreError> {
        audit::record(&mut conn, &self.who.scope, &self.actor, event, self.now()).await?;
        conn.commit().await
    }

    /// As [`Self::commit`], of what was changed in several accounts of the person: in the order of their numbers, so that of two who do the
    /// same neither waits for the other for ever.
    pub async fn commit_in(
        &self,
        mut conn: ConnGuard<'_>,
        events: impl IntoIterator<Item = (Scope, Event)>,
    ) -> Result<(), StoreError> {
        for (scope, event) in events {
            audit::record(&mut conn, &scope, &self.actor, &event, self.now()).await?;
        }
        conn.commit().await
    }

    /// The answer to a form that broke a rule: the same form with what was typed.
    pub fn refused(&self, form: &Form, title: &str, action: &str, back: &str, filled: &Filled) -> Response {
        let of = Refused {
            form,
            title,
            action: action.to_owned(),
            account: Some(self.who.account.id),
            back: Some(back),
            filled,
        };
        refused(&self.context, self.preferences, &of)
    }
}
