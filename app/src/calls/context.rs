//! What the parts of the page share.

use domain::{CallFilter, CallId};
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use super::playback::Track;
use super::{
    address::CallsAddress,
    list::{CallList, OpenedCall},
};
use crate::{AppError, live::Live};

/// Columns of the table.
pub const COLUMNS: u32 = 16;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct CallsPage {
    /// What the address says; the last one that could be read.
    pub address: Memo<CallsAddress>,
    /// The page of calls; an error takes the page's place.
    pub list: Resource<Result<CallList, AppError>>,
    /// What the page follows.
    pub live: Live,
    /// Whether somebody has asked for the calls that wait.
    pub take: StoredValue<bool>,
    /// The place in a call that the address named and the player was sent to: once, and not with each change of the page.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "on the server nothing sounds"))]
    pub sent_to: StoredValue<Option<(CallId, i64)>>,
    /// The opened call, if one is.
    pub opened: Resource<Result<Option<OpenedCall>, AppError>>,
}

impl CallsPage {
    /// Something of the list; its empty value until the list is there.
    pub fn of_list<T: Default>(self, pick: impl FnOnce(&CallList) -> T) -> T {
        self.list.with(|list| match list {
            Some(Ok(list)) => pick(list),
            _ => T::default(),
        })
    }

    /// The recording of a call that is shown, if there is one.
    #[cfg(feature = "hydrate")]
    pub fn track(self, call: &CallId) -> Option<Track> {
        untrack(|| {
            let listed = self.list.with(|list| {
                let list = list.as_ref()?.as_ref().ok()?;
                list.rows.iter().find(|row| row.id == *call).and_then(Track::of)
            });
            listed.or_else(|| {
                self.opened.with(|opened| match opened {
                    Some(Ok(Some(opened))) if opened.row.id == *call => Track::of(&opened.row),
                    _ => None,
                })
            })
        })
    }

    /// Whether this call is the opened one.
    pub fn is_open(self, call: &CallId) -> bool {
        self.address.with(|address| address.open.as_ref() == Some(call))
    }

    /// The address with this call opened, or with none if it is open.
    pub fn toggled(self, call: &CallId) -> String {
        self.address.with(|address| {
            let is_open = address.open.as_ref() == Some(call);
            address.opened((!is_open).then(|| call.clone())).href()
        })
    }

    /// The address of a change of the filter.
    pub fn filtered(self, change: impl FnOnce(&mut CallFilter)) -> String {
        self.address.with(|address| address.filtered(change).href())
    }
}
