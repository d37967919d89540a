//! Single sign-on, by a provider that signs whatever it is told.

mod entering;
mod memberships;
mod passwords;
mod provider;
mod real;
mod signing_in;
mod signing_out;

use domain::Role;
use store::{
    audit::{self, EntryFilter},
    sso, users,
};

use crate::harness::Harness;

/// A server beside `at`, on its database, that knows this provider; with [`with_groups`].
async fn with(at: &Harness, provider: &provider::Provider) -> Harness {
    with_groups(at).await;
    at.another(&provider.settings()).await
}

/// The account takes in `chu` as owners, `quan-ly` as managers and `xem` as viewers.
async fn with_groups(at: &Harness) {
    for (group, role) in [("chu", Role::Owner), ("quan-ly", Role::Manager), ("xem", Role::Viewer)] {
        let mut conn = at.server.db.write().await.unwrap();
        sso::put_group(&mut conn, &at.scope, group, role).await.unwrap();
        conn.commit().await.unwrap();
    }
}

/// Who belongs to the account: address and role.
async fn people(at: &Harness) -> Vec<(String, Role)> {
    let users = users::list(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap();
    users.into_iter().map(|user| (user.email, user.role)).collect()
}

/// What the log of the account tells, the first first: action, subject and details.
async fn told(at: &Harness) -> Vec<(&'static str, String, String)> {
    let mut conn = at.server.db.read().await.unwrap();
    let entries = audit::list(&mut conn, &at.scope, &EntryFilter::default(), None, 1_000).await.unwrap();
    assert_eq!(audit::check(&mut conn, &at.scope).await.unwrap(), None);
    let told = entries.into_iter().rev();
    told.map(|entry| (entry.event.action.word(), entry.event.subject, entry.event.details.to_string())).collect()
}
