//! Who looks at the pages, and how they like them.

use domain::{Currency, Language, account::Role};
use leptos::prelude::{StoredValue, WithValue, use_context};
use serde::{Deserialize, Serialize};

use crate::Text;

/// Light, dark, or as the device says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Always light.
    Light,
    /// As the device says.
    #[default]
    System,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Light, Self::System, Self::Dark];

    /// The word in the cookie, the address and `data-theme`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::System => "system",
            Self::Dark => "dark",
        }
    }

    /// The one whose [`Self::word`] this is; none for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

/// The signed-in user as the pages show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is true or not whatever the others are")]
pub struct Person {
    /// Their name; may be empty.
    pub name: String,
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether they see but the campaigns that were chosen for them.
    pub is_limited: bool,
    pub account: String,
    /// The account's time zone.
    pub timezone: String,
    pub currency: Currency,
    /// Whether stored calls of the account are being priced again. The server alone knows it, which writes what has costs.
    #[serde(skip)]
    pub pricing_again: bool,
    /// Whether no tariff of the account has a price. The server alone knows it, too.
    #[serde(skip)]
    pub without_price: bool,
    /// Whether they run the service.
    #[serde(default)]
    pub is_operator: bool,
    /// What the frame says above the page, as HTML. The server alone knows it, and writes it.
    #[serde(skip)]
    pub notices: String,
}

/// What holds for the life of one document: it changes only by a full load (sign-in, language and theme are links and
/// forms to the server), so it is sent once and is no signal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Session {
    /// The language of this document.
    pub language: Language,
    /// The theme of this document.
    pub theme: Theme,
    pub person: Option<Person>,
    /// The number of the account that the document is of, which its forms carry.
    #[serde(default)]
    pub account: Option<i64>,
    /// Where `/icons.svg` is.
    pub icons: String,
}

/// The session as context.
#[derive(Debug, Clone, Copy)]
pub struct CurrentSession(pub StoredValue<Session>);

/// The session of this document.
pub fn use_session() -> Session {
    use_context::<CurrentSession>().map(|session| session.0.with_value(Session::clone)).unwrap_or_default()
}

/// The number of the account that this document is of.
#[cfg(feature = "ssr")]
pub(crate) fn account_of_document() -> Option<i64> {
    use_context::<CurrentSession>().and_then(|session| session.0.with_value(|session| session.account))
}

#[cfg(not(feature = "ssr"))]
pub(crate) use in_browser::{account_of_document, document_is_of};

/// A browser has one document, and asks where there is no context any more.
#[cfg(not(feature = "ssr"))]
mod in_browser {
    use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

    /// 0 before it is known.
    static ACCOUNT: AtomicI64 = AtomicI64::new(0);

    /// Says which account the document is of.
    pub fn document_is_of(account: Option<i64>) {
        ACCOUNT.store(account.unwrap_or_default(), Relaxed);
    }

    pub fn account_of_document() -> Option<i64> {
        Some(ACCOUNT.load(Relaxed)).filter(|account| *account != 0)
    }
}

/// The texts in the language of this document.
pub fn use_text() -> Text {
    use_context::<Text>().unwrap_or_default()
}

#[cfg(feature = "ssr")]
pub use server_side::{Preferences, SignedIn, require_signed_in};

#[cfg(feature = "ssr")]
mod server_side {
    use domain::{Account, Language, Timestamp};
    use leptos::prelude::use_context;
    use store::{Scope, quotas::NearQuota};

    use super::{Person, Session, Theme};
    use crate::{AppError, AppState};

    /// The user behind a request. The server puts it into the request's extensions or provides it as context.
    #[derive(Debug, Clone)]
    pub struct SignedIn {
        pub scope: Scope,
        pub account: Account,
        /// Their name; may be empty.
        pub name: String,
        pub email: String,
        /// The hash of the session's secret, which tells it from their others.
        pub session: [u8; 32],
        /// Whether they run the service.
        pub is_operator: bool,
        /// When they belong to the account no more: an operator who entered it for a while.
        pub until: Option<Timestamp>,
        /// Quotas of the account that are used up, or nearly, where they are told of them.
        pub near: Vec<NearQuota>,
        /// What the frame says above the page, as HTML.
        pub notices: String,
    }

    /// Language and theme of a request, as the server read them from cookies, headers and the account.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct Preferences {
        pub language: Language,
        pub theme: Theme,
    }

    fn of_request<T: Clone + Send + Sync + 'static>() -> Option<T> {
        let given = use_context::<T>().or_else(|| use_context::<Option<T>>().flatten());
        given.or_else(|| use_context::<axum::http::request::Parts>()?.extensions.get::<T>().cloned())
    }

    /// Who asks; a redirect does not stop a function, this does. Server functions get it, with their connection, from
    /// [`crate::request`].
    pub fn require_signed_in() -> Result<SignedIn, AppError> {
        of_request::<SignedIn>().ok_or(AppError::SignedOut)
    }

    impl Preferences {
        /// Those of this request.
        pub fn get() -> Self {
            of_request().unwrap_or_default()
        }
    }

    impl Session {
        /// The session of this request.
        pub fn of_request() -> Self {
            let preferences = Preferences::get();
            let icons = use_context::<AppState>().map_or_else(String::new, |state| state.assets.url("icons.svg"));
            let signed_in = of_request::<SignedIn>();
            let account = signed_in.as_ref().map(|signed_in| signed_in.account.id);
            let person = signed_in.map(|signed_in| Person {
                is_operator: signed_in.is_operator,
                notices: signed_in.notices,
                name: signed_in.name,
                email: signed_in.email,
                role: signed_in.scope.role(),
                is_limited: signed_in.scope.is_limited(),
                account: signed_in.account.name,
                timezone: signed_in.account.zone.name().to_owned(),
                currency: signed_in.account.currency,
                pricing_again: signed_in.account.pricing_again,
                without_price: signed_in.account.without_price,
            });
            Self { language: preferences.language, theme: preferences.theme, person, account, icons }
        }
    }
}
