//! Why the provider is not believed, and why it cannot be asked.

/// Why somebody is not let in by the provider's answer, or a message of it not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The browser does not know of a sign-in: another one began it, or it is over.
    #[error("the browser has begun no sign-in")]
    NotBegun,
    /// The answer is to another sign-in.
    #[error("the state is of another sign-in")]
    State,
    /// The sign-in was begun too long ago.
    #[error("the sign-in was begun too long ago")]
    TooOld,
    /// It was shown before.
    #[error("it was shown before")]
    Replayed,
    /// The provider did not let them in, or they went no further.
    #[error("the provider answered with an error")]
    NotGranted,
    /// The provider does not take its code, or it is not the program's.
    #[error("the provider did not take the code")]
    Code,
    /// Not of the form that was agreed.
    #[error("it has not the agreed form")]
    Form,
    /// It is not signed (`alg: none`).
    #[error("it is not signed")]
    Unsigned,
    /// An algorithm that is not taken.
    #[error("its algorithm is not taken")]
    Algorithm,
    /// A key that the provider does not publish.
    #[error("its key is unknown")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Another provider's.
    #[error("its issuer is another one")]
    Issuer,
    /// For another program.
    #[error("its audience is another one")]
    Audience,
    /// It has expired.
    #[error("it has expired")]
    Expired,
    /// It is from the future, or too old.
    #[error("it was issued at another time")]
    IssuedAt,
    /// Not of this sign-in.
    #[error("its nonce is of another sign-in")]
    Nonce,
    /// The access token beside it is not of it.
    #[error("the access token is of another one")]
    AccessToken,
    /// What else is told of the person is of somebody else.
    #[error("the claims are of somebody else")]
    Subject,
    /// No group gives an account.
    #[error("no group belongs to an account")]
    NoAccount,
    /// There is no address.
    #[error("no email is told")]
    NoEmail,
    /// The address may not be theirs.
    #[error("the email is not verified")]
    UnverifiedEmail,
    /// No account has room for them.
    #[error("the accounts of their groups have as many people as they may have")]
    NoRoom,
    /// The message does not say who signed out, or is none of signing out.
    #[error("it is no message of signing out")]
    NoLogout,
}

/// Why the provider's answer led nowhere.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The provider does not answer, or not with what it should.
    #[error("the provider cannot be used: {0}")]
    Down(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SsoError {
    pub(super) fn down(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Down(error.into())
    }
}
