//! Which recordings are being listened to: the parts that a player asks for are one listening, however long it lasts, until nobody has asked for
//! [`LISTENING_MS`].

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::Timestamp;
use store::{
    Scope,
    audit::{Actor, Event, LISTENING_MS},
};

/// As many are remembered. Beyond it, one may be told of twice.
const MOST: usize = 20_000;

/// Listenings of this process, by when the last part of each was asked for. Of what it does not know (it has begun anew, another one served the
/// parts before) the log tells.
#[derive(Debug, Default)]
pub struct Listenings(Mutex<HashMap<String, i64>>);

impl Listenings {
    /// Notes that a part was asked for. Whether the same was less than [`LISTENING_MS`] ago.
    pub fn go_on(&self, scope: &Scope, actor: &Actor, event: &Event, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&key(scope, actor, event)) {
            Some(last) if now.0 - *last < LISTENING_MS => {
                *last = now.0.max(*last);
                true
            }
            _ => false,
        }
    }

    /// Begins one, which the log tells of.
    pub fn begin(&self, scope: &Scope, actor: &Actor, event: &Event, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, last| now.0 - *last < LISTENING_MS);
        }
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key(scope, actor, event), now.0);
    }
}

fn key(scope: &Scope, actor: &Actor, event: &Event) -> String {
    let address = actor.address.map(|address| address.to_string()).unwrap_or_default();
    let (kind, action) = (actor.kind.word(), event.action.word());
    format!("{}\n{kind}\n{}\n{address}\n{action}\n{}\n{}", scope.account(), actor.name, event.subject, event.details)
}
