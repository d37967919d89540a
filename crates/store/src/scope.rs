//! Who asks: every store function takes a [`Scope`] and sees only its account.

use domain::{Country, Role, Sight};

/// The account (and the user or program) on whose behalf something is read or written.
///
/// Only the authenticators of the server and the commands make one; `clippy.toml` bans the constructors elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    account: i64,
    role: Role,
    user: Option<i64>,
    country: Country,
    is_limited: bool,
    is_masked: bool,
}

impl Scope {
    /// A signed-in user's scope.
    pub fn of_user(account: i64, user: i64, role: Role) -> Self {
        Self { account, role, user: Some(user), country: Country::VIETNAM, is_limited: false, is_masked: false }
    }

    /// The scope of an API token: what it may do is asked where it came in, and what it may do it may do in all of its account.
    pub fn of_token(account: i64) -> Self {
        Self {
            account,
            role: Role::Manager,
            user: None,
            country: Country::VIETNAM,
            is_limited: false,
            is_masked: false,
        }
    }

    /// The scope of a command or job that works for an account on the operator's behalf.
    pub fn system(account: i64) -> Self {
        Self { account, role: Role::Owner, user: None, country: Country::VIETNAM, is_limited: false, is_masked: false }
    }

    /// The same for an account of this country: what is masked or searched by a number is read by it. What is stored is read by the
    /// country of the account's row.
    #[must_use]
    pub fn in_country(self, country: Country) -> Self {
        Self { country, ..self }
    }

    /// The same for a user who sees but the campaigns that were chosen for them.
    #[must_use]
    pub fn limited(self, is_limited: bool) -> Self {
        Self { is_limited, ..self }
    }

    /// The same for a token that sees customers' numbers only by their ends.
    #[must_use]
    pub fn masked(self, is_masked: bool) -> Self {
        Self { is_masked, ..self }
    }

    /// Whether it sees but the campaigns that were chosen for its user, and nothing that counts others in.
    pub fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// The user whose campaigns were chosen; none for who sees all.
    pub fn limited_user(&self) -> Option<i64> {
        self.user.filter(|_| self.is_limited)
    }

    /// The country by which numbers of the account are read.
    pub fn country(&self) -> Country {
        self.country
    }

    /// `accounts.account_id`: bound as `account_id = $n` in every statement of the scope.
    pub fn account(&self) -> i64 {
        self.account
    }

    /// What may be done.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What may be seen of customers' phone numbers.
    pub fn sight(&self) -> Sight {
        if self.is_masked { Sight::Masked(self.country) } else { self.role.sight(self.country) }
    }

    /// The signed-in user, if it is one.
    pub fn user(&self) -> Option<i64> {
        self.user
    }
}
