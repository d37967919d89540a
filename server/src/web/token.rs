//! Who sends: a bearer token, which belongs to one account and may do some things.

use std::marker::PhantomData;

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{Timestamp, TokenScope};
use store::{
    ConnGuard, Db, Scope, StoreError, accounts,
    audit::{self, Actor, ActorKind, Event},
    tokens,
};
use tracing::Instrument;

use super::{
    audited::RequestActor,
    client::Client,
    database::{self, Database},
    log,
    problem::Problem,
    secret,
    state::RouterState,
};

/// The scopes of which a handler requires one.
pub trait RequiredScope: Send + Sync + 'static {
    /// One of these is enough.
    const ONE_OF: &'static [TokenScope];
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident = $($scope:ident)|+;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl RequiredScope for $name {
            const ONE_OF: &'static [TokenScope] = &[$(TokenScope::$scope),+];
        }
    )*};
}

needs! {
    /// May write calls and customers.
    Write = Write;
    Read = Read;
    /// May download recordings.
    Audio = Audio;
    /// Manages the account.
    Manage = Manage;
    /// Says what calls refer to, which a platform does as well as a manager.
    Define = Write | Manage;
    /// May read definitions: codes, tariffs, mappings.
    ReadDefined = Read | Manage;
}

/// The account of a valid token that may do what is needed, and the token for the log.
pub struct Sender<N>(pub Scope, pub Actor, pub PhantomData<N>);

/// The operator, who asks by a command: in the extensions of a request that came over no network.
#[derive(Debug, Clone)]
pub struct OperatorRequest(pub Scope, pub Actor);

impl<N> Sender<N> {
    /// A transaction that writes; [`Self::commit`] ends it. Of several who change the account, each finds what the one before left.
    pub async fn write<'a>(&self, database: &'a mut Database) -> Result<ConnGuard<'a>, StoreError> {
        let mut conn = database.write().await?;
        accounts::lock(&mut conn, &self.0).await?;
        Ok(conn)
    }

    /// Tells of a change in the log, and commits both.
    pub async fn commit(&self, conn: ConnGuard<'_>, event: &Event, now: Timestamp) -> Result<(), StoreError> {
        self.commit_all(conn, std::slice::from_ref(event), now).await
    }

    /// As [`Self::commit`], of several changes; of none, nothing was changed.
    pub async fn commit_all(
        &self,
        mut conn: ConnGuard<'_>,
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for event in events {
            audit::record(&mut conn, &self.0, &self.1, event, now).await?;
        }
        if events.is_empty() { Ok(()) } else { conn.commit().await }
    }
}

impl<N: RequiredScope> FromRequestParts<RouterState> for Sender<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &RouterState) -> Result<Self, Problem> {
        if let Some(OperatorRequest(scope, actor)) = parts.extensions.get::<OperatorRequest>().cloned() {
            return Ok(Self(scope, actor, PhantomData));
        }
        let (account, hash) = secret::of_token(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let (db, now) = (database::of(&parts.extensions, server), (server.context.clock)());
        let found = tokens::find(&mut *db.read().await?, account, &hash, now).await?;
        database::authenticated(&db, &parts.method).await;
        let found = found.ok_or_else(Problem::unauthorized)?;
        server.context.reading.found(&hash, account);
        log::identify(account);
        #[expect(clippy::disallowed_methods, reason = "the token was found")]
        let scope = Scope::of_token(account).in_country(found.country).masked(found.is_masked);
        if found.is_use_unnoted {
            // Beside the request: whoever reads does not wait for those who write. It may be lost, since what is not noted is noted with
            // the token's next use.
            tokio::spawn(note_use(server.db.clone(), scope, found.name.clone(), now).in_current_span());
        }
        if !N::ONE_OF.iter().any(|needed| found.scopes.contains(needed)) {
            let needed: Vec<&str> = N::ONE_OF.iter().map(|scope| scope.word()).collect();
            return Err(Problem::forbidden(format!("this token has not the scope {}", needed.join(" or "))));
        }
        let Ok(Client(address)) = Client::from_request_parts(parts, server).await;
        let actor = Actor { kind: ActorKind::Token, name: found.name, address: Some(address) };
        if let Some(asker) = parts.extensions.get::<RequestActor>() {
            asker.is(scope, actor.clone());
        }
        Ok(Self(scope, actor, PhantomData))
    }
}

async fn note_use(db: Db, scope: Scope, name: String, now: Timestamp) {
    let noted = async {
        let mut conn = db.write().await?;
        tokens::used(&mut conn, &scope, &name, now).await?;
        conn.commit().await
    };
    if let Err(error) = noted.await {
        tracing::debug!(cause = %error, "The use of a token could not be noted");
    }
}
