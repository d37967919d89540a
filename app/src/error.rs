//! What a page or server function can fail with. A person sees a plain sentence; the log gets the chain.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// An error as the browser sees it: it carries nothing of the server's inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    /// It does not exist, it belongs to another account, or the role does not see it: the answer is the same.
    NotFound,
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// The page is of another account than the one that is open now.
    AnotherAccount,
    /// The address or a form holds a value that is none.
    Invalid {
        /// The parameter or field.
        field: String,
        /// Why, as a phrase that follows the field's name.
        reason: String,
    },
    /// The server cannot be reached or is too busy; trying again may help.
    Busy,
    /// Something broke; the log holds the cause under this reference.
    Internal {
        /// What to quote.
        reference: String,
    },
}

impl AppError {
    /// A wrong value of a parameter.
    pub fn invalid(error: domain::FieldError) -> Self {
        Self::Invalid { field: error.field, reason: error.reason }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SignedOut => 401,
            Self::AnotherAccount => 409,
            Self::Invalid { .. } => 422,
            Self::Busy => 503,
            Self::Internal { .. } => 500,
        }
    }

    /// Puts the status on the page or answer that is being made; does nothing in the browser.
    pub fn set_status(&self) {
        #[cfg(feature = "ssr")]
        if let Some(options) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>()
            && let Ok(status) = axum::http::StatusCode::from_u16(self.status())
        {
            options.set_status(status);
            if *self == Self::Busy {
                use axum::http::{HeaderValue, header::RETRY_AFTER};
                options.insert_header(RETRY_AFTER, HeaderValue::from_static("5"));
            }
        }
    }

    /// Logs the cause under a new reference and keeps it from the person.
    #[cfg(feature = "ssr")]
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        let reference = crate::failure::new_reference();
        let cause = crate::failure::chain(cause);
        tracing::error!(reference, cause, "A page could not be made; the person was told {reference}");
        Self::Internal { reference }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::SignedOut => f.write_str("signed out"),
            Self::AnotherAccount => f.write_str("another account is open"),
            Self::Invalid { field, reason } => write!(f, "{field} {reason}"),
            Self::Busy => f.write_str("busy"),
            Self::Internal { reference } => write!(f, "internal error {reference}"),
        }
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(reason) | ServerFnErrorErr::MissingArg(reason) => {
                // The text names the argument and nothing of the server's.
                Self::Invalid { field: "arguments".to_owned(), reason }
            }
            #[cfg(feature = "ssr")]
            other => Self::internal(&other),
            // In the browser: the request did not come through, or its answer was none of ours (a proxy's page).
            #[cfg(not(feature = "ssr"))]
            _ => Self::Busy,
        }
    }

    // Called where a server function's error becomes an answer: the moment to say the status, which is else 500.
    fn ser(&self) -> leptos::server_fn::Bytes {
        use leptos::server_fn::Encodes;
        self.set_status();
        Self::Encoder::encode(self).unwrap_or_default()
    }
}

#[cfg(feature = "ssr")]
impl From<store::StoreError> for AppError {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Invalid(field) => Self::invalid(field),
            store::StoreError::Cursor => {
                Self::Invalid { field: "cursor".to_owned(), reason: "was not made by this list".to_owned() }
            }
            // Nobody waits for it any more.
            store::StoreError::Hidden => Self::NotFound,
            store::StoreError::RequestOver => Self::Busy,
            error if error.outage().is_some() => {
                tracing::warn!(cause = crate::failure::chain(&error), "The database failed a page");
                Self::Busy
            }
            error => Self::internal(&error),
        }
    }
}
