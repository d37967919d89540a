//! Ids in paths.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use super::problem::Problem;

/// An id in the path.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr<Err: Display>> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let Path(path) = path.map_err(|_| Problem::unreadable("the path is not percent-encoded UTF-8"))?;
        let (name, text) = path.into_iter().next().unwrap_or_default();
        text.parse().map(Self).map_err(|error| Problem::field(name, error.to_string()))
    }
}
