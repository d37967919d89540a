//! What each kind of job needs to know.

use domain::{Role, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What a kind of job needs to know. It must be readable by the next version of the program, too: new fields have a default.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync {
    /// The kind's name in the database, a verb.
    const KIND: &'static str;
}

/// Sends one mail of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMail {
    /// The number of the mailing in its account.
    pub mailing: i64,
    /// The mail's number in it.
    pub no: i64,
}

impl Payload for SendMail {
    const KIND: &'static str = "send_mail";
}

/// A link that a job has made: enough to make it again, or to take it back, and not to use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeLink {
    /// When it was made; of this, the account and the job its secret comes, by a key that is not in the database.
    pub made_at: Timestamp,
    /// Until when it holds.
    pub until: Timestamp,
    /// Its hash, by which it is known.
    pub hash: [u8; 32],
}

/// Mails somebody a link about signing in. The job makes the link when it runs: its secret is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum SendNotice {
    /// To accept an invitation.
    Invitation {
        /// Who is invited.
        email: String,
    },
    /// To set a password.
    PasswordLink {
        /// The address of whose password it is.
        email: String,
        /// The one link of this job, once it was made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<MadeLink>,
    },
    /// That a quota of the account is nearly used, or used up.
    QuotaNear {
        /// The owner who gets the mail.
        email: String,
        /// Which ([`crate::quotas::Quota::word`]).
        quota: String,
        /// Year × 12 + month − 1.
        month: i64,
        /// How much may be used.
        limit: i64,
        /// How much of the quota is used.
        used: i64,
    },
    /// That an operator entered the account.
    Entered {
        /// The owner who gets the mail.
        email: String,
        /// The operator's address.
        by: String,
        /// Why, in their words.
        reason: String,
        /// What they may do.
        role: Role,
        /// When the membership ends.
        until: Timestamp,
    },
}

impl SendNotice {
    /// A link to set the password of this address.
    pub fn password_link(email: &str) -> Self {
        Self::PasswordLink { email: email.to_owned(), link: None }
    }

    /// While one of these waits, there is no second one.
    pub fn once_key(&self) -> String {
        match self {
            Self::Invitation { email } => format!("invitation {email}"),
            Self::PasswordLink { email, .. } => format!("password {email}"),
            Self::QuotaNear { email, quota, month, .. } => format!("quota {quota} {month} {email}"),
            Self::Entered { email, by, until, .. } => format!("entered {by} {} {email}", until.0),
        }
    }
}

impl Payload for SendNotice {
    const KIND: &'static str = "send_notice";
}

/// Makes the file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildExport {
    /// Its key: the end of its address, `/exports/{key}`.
    pub export: String,
}

impl Payload for BuildExport {
    const KIND: &'static str = "build_export";
}

/// Makes the file of an export of many calls, which takes a while: those of few calls do not wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildLargeExport {
    /// Its key: the end of its address, `/exports/{key}`.
    pub export: String,
}

impl Payload for BuildLargeExport {
    const KIND: &'static str = "build_large_export";
}

/// Deletes what an account no longer needs: sessions and links that are over, old exports, workbooks and jobs, and objects that
/// nothing refers to. It comes back every hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TidyAccount {}

impl Payload for TidyAccount {
    const KIND: &'static str = "tidy_account";
}

/// Fetches the recordings of an account that are due from the addresses that calls name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchRecordings {}

impl Payload for FetchRecordings {
    const KIND: &'static str = "fetch_recordings";
}

/// Recounts the stored totals of an account from its calls, and corrects them where that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyAccount {
    /// Whether what differs is corrected.
    pub repair: bool,
    /// Steps that are behind it, so that a job whose process was killed goes on where it was.
    #[serde(default)]
    pub done: usize,
    /// Calls that were read so far.
    #[serde(default)]
    pub calls: u64,
    /// Totals that differed so far.
    #[serde(default)]
    pub differences: u64,
    /// Totals that differ in the step that is being put right.
    #[serde(default)]
    pub found: u64,
}

impl VerifyAccount {
    /// From the first step on.
    pub fn new(repair: bool) -> Self {
        Self { repair, done: 0, calls: 0, differences: 0, found: 0 }
    }
}

impl Payload for VerifyAccount {
    const KIND: &'static str = "verify_account";
}

/// Looks at a file that was brought in: what it is, and what storing its calls would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckImport {
    /// The import's number in its account.
    pub import: i64,
}

impl Payload for CheckImport {
    const KIND: &'static str = "check_import";
}

/// Stores the calls of a file that was brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreImport {
    /// The import's number in its account.
    pub import: i64,
}

impl Payload for StoreImport {
    const KIND: &'static str = "store_import";
}

/// Takes back what an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoImport {
    /// The import's number in its account.
    pub import: i64,
}

impl Payload for UndoImport {
    const KIND: &'static str = "undo_import";
}

/// Reads the webhooks of an account that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadHooks {}

impl Payload for ReadHooks {
    const KIND: &'static str = "read_hooks";
}

/// Puts changed meanings of an account's result codes into force (`result_codes::change`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCodes {}

impl Payload for ChangeCodes {
    const KIND: &'static str = "change_codes";
}

/// Indexes the customers of an account for its searches (`search_index`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexCustomers {
    /// Whether those are, too, who are few among those that are indexed.
    #[serde(default)]
    pub rest: bool,
}

impl Payload for IndexCustomers {
    const KIND: &'static str = "index_customers";
}

/// Puts what was said in calls that are stored already into the index of its search (`said_index`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSaid {}

impl Payload for IndexSaid {
    const KIND: &'static str = "index_said";
}

/// Gives stored calls their values of the account's own dimensions (`own_filling`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillDimensions {}

impl Payload for FillDimensions {
    const KIND: &'static str = "fill_dimensions";
}

/// Prices stored calls again (`repricing`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceAgain {}

impl Payload for PriceAgain {
    const KIND: &'static str = "price_again";
}

/// Takes out what is stored of customers who are forgotten (`erasure`). Their numbers stand in its table, not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseCustomers {}

impl Payload for EraseCustomers {
    const KIND: &'static str = "erase_customers";
}
