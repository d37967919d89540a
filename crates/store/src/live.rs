//! Who changed what: lets live pages follow new calls without asking the database for each viewer.

use tokio::sync::broadcast;

use crate::Db;

/// Something that a report shows has changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    /// The account.
    pub account: i64,
    /// The account's revision after the change.
    pub revision: i64,
}

impl Db {
    /// Tells this process's live pages of a change; called after the commit.
    pub fn announce(&self, change: Change) {
        // Nobody listening is no error.
        let _ = self.changes.send(change);
    }

    /// The changes from now on. A receiver that lags gets `Lagged` and should read anew.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}
