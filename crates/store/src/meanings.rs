//! What the result codes of an account mean: by the meanings in force, and beside them by the one that a change of a code
//! prepares. See [`crate::result_codes::change`] for how a meaning is changed.

use domain::{CallClass, CodeMeanings};

use crate::{
    Scope, StoreError,
    db::{Conn, fetch_all},
};

/// By what a customer's calls are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CountingRules<'a> {
    /// The meanings in force.
    pub(crate) now: &'a CodeMeanings,
    /// Those that are prepared, where the customer is known in them already.
    pub(crate) next: Option<&'a CodeMeanings>,
}

/// How far a change of a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Another one comes first.
    Waiting,
    /// What will be true is written beside what is true.
    Preparing,
    /// It is in force; what was written beside is moved into its place.
    Settling,
}

impl Phase {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Preparing => "preparing",
            Self::Settling => "settling",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Preparing, Self::Settling].into_iter().find(|phase| phase.word() == word)
    }
}

/// The change that is worked on.
#[derive(Debug, Clone)]
enum MeaningChange {
    /// The meanings that are prepared, and the last customer who is known in them.
    Preparing {
        next: CodeMeanings,
        upto: (i64, i64),
    },
    Settling,
}

/// What the codes of an account mean, and the change that is worked on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meanings {
    now: CodeMeanings,
    change: Option<MeaningChange>,
}

/// The class of a word in the database.
pub(crate) fn class(word: &str) -> Result<CallClass, StoreError> {
    CallClass::from_word(word).ok_or_else(|| StoreError::Broken("class of a result code".to_owned()))
}

/// What is defined, without a phase, or a change of it that is under way.
#[derive(Debug, sqlx_macros::FromRow)]
struct MeaningRow {
    code: String,
    counts_as: String,
    is_goal: bool,
    phase: String,
    campaign_key: i64,
    contact_no: i64,
}

impl Meanings {
    /// Reads them, within the caller's snapshot or under the account's lock.
    pub(crate) async fn load(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            MeaningRow,
            "SELECT code, counts_as, is_goal, '' AS phase, CAST(0 AS BIGINT) AS campaign_key,
                    CAST(0 AS BIGINT) AS contact_no
             FROM result_codes WHERE account_id = $1 AND (is_goal OR counts_as <> 'success')
             UNION ALL
             SELECT code, counts_as, is_goal, phase, campaign_key, contact_no
             FROM code_changes WHERE account_id = $1 AND phase <> 'waiting'",
            scope.account(),
        )?;
        let (defined, changes): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.phase.is_empty());
        let mut meanings = Self::default();
        for row in defined {
            meanings.now.set(&row.code, class(&row.counts_as)?, row.is_goal);
        }
        for row in changes {
            meanings.change = Some(if row.phase == Phase::Preparing.word() {
                let mut next = meanings.now.clone();
                next.set(&row.code, class(&row.counts_as)?, row.is_goal);
                MeaningChange::Preparing { next, upto: (row.campaign_key, row.contact_no) }
            } else {
                MeaningChange::Settling
            });
        }
        Ok(meanings)
    }

    /// What is in force.
    pub(crate) fn now(&self) -> &CodeMeanings {
        &self.now
    }

    /// Tells classes apart by other meanings, for what is read in several snapshots.
    pub(crate) fn read_by(&mut self, meanings: &CodeMeanings) {
        self.now = meanings.clone();
    }

    /// What is prepared.
    pub(crate) fn next(&self) -> Option<&CodeMeanings> {
        match &self.change {
            Some(MeaningChange::Preparing { next, .. }) => Some(next),
            _ => None,
        }
    }

    /// By what the calls of a customer (a campaign and a number in it) are counted.
    pub(crate) fn rules(&self, customer: (i64, i64)) -> CountingRules<'_> {
        let next = match &self.change {
            Some(MeaningChange::Preparing { next, upto }) if customer <= *upto => Some(next),
            _ => None,
        };
        CountingRules { now: &self.now, next }
    }

    /// Whether what stands beside calls and customers holds, where there is something.
    pub(crate) fn is_settling(&self) -> bool {
        matches!(self.change, Some(MeaningChange::Settling))
    }
}
