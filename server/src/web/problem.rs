//! Errors of the API as RFC 9457 `application/problem+json`. What a person or program did wrong is named; what broke
//! inside goes to the log under a reference, and only the reference goes out.

use std::error::Error;

use app::session::Preferences;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::FieldError;
use serde::Serialize;
use store::{Outage, StoreError, quotas::Quota};
use utoipa::ToSchema;

use super::small_page::small_page;
use crate::{
    failure::{Unwritable, chain, new_reference, unwritable},
    files::call_list::FileError,
    recordings::StorageError,
};

/// An answer that says what is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem, as a name that never changes.
    #[serde(rename = "type", serialize_with = "urn")]
    #[schema(example = "urn:ringside:problem:invalid")]
    kind: &'static str,
    /// The same in words.
    #[schema(example = "The request is not valid")]
    title: &'static str,
    #[schema(value_type = u16, example = 422)]
    #[serde(serialize_with = "status_number")]
    status: StatusCode,
    /// What is wrong with this request.
    detail: Box<str>,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemField>,
    /// What to quote to the operator; only where something broke inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Box<str>>,
    #[serde(skip)]
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// A field at fault.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemField {
    /// The record's place in the batch, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    /// The field's path, or the parameter's name.
    field: String,
    /// Why.
    reason: String,
}

fn urn<S: serde::Serializer>(kind: &&'static str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("urn:ringside:problem:{kind}"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn status_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title,
            status,
            detail: detail.into().into(),
            errors: Vec::new(),
            reference: None,
            headers: Vec::new(),
        }
    }

    fn with_header(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Of a batch that came to an end before it was over: the portions before, of so many records, are stored.
    #[must_use]
    pub fn after_records(mut self, records: u64) -> Self {
        if records > 0 {
            let detail = format!(
                "the first {records} records of the batch are stored, the others are not; send all of it again later"
            );
            self.detail = detail.into();
        }
        self
    }

    /// 422: the request can be read, but a field breaks a rule.
    pub fn invalid(error: FieldError) -> Self {
        let detail = format!("{} {}", error.field, error.reason);
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid", detail);
        problem.errors.push(ProblemField { index: None, field: error.field, reason: error.reason });
        problem
    }

    /// 422: as [`Self::invalid`].
    pub fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::invalid(FieldError::new(field, reason))
    }

    /// 400: the body or the path cannot be read at all.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "The request cannot be read", detail)
    }

    /// 401.
    pub fn unauthorized() -> Self {
        let detail = "send Authorization: Bearer TOKEN with a token of your account";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "A valid token is needed", detail)
            .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"ringside\"")
    }

    /// 401 to a browser's script or player: the session is over.
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed-out", "Nobody is signed in", "sign in first")
            .with_header(header::WWW_AUTHENTICATE, "Cookie")
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed", detail)
    }

    /// 404: it does not exist, or it is another account's.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", format!("there is no such {what}"))
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        let detail = "this address does not take this method; the Allow header names those it takes";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", detail)
    }

    /// 408: the sender stopped sending.
    pub fn too_slow() -> Self {
        let detail = "no more of the body came for a long while; nothing was stored";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "The request took too long", detail)
    }

    /// 409: what is asked for does not fit what there is now.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "It does not fit what there is", detail)
    }

    /// 401: a webhook that its address does not take, and why.
    pub fn wrong_signature(why: &str) -> Self {
        let detail = match why {
            "missing" => "the webhook is not signed, and this address takes signed ones alone",
            "old" => "the signature is right and too old; check the clocks of both sides",
            "ahead" => "the signature is right and its time has not come; check the clocks of both sides",
            _ => "the signature is not the one of this address's secret",
        };
        Self::new(StatusCode::UNAUTHORIZED, "wrong-signature", "The signature is wrong", detail)
            .with_header(header::WWW_AUTHENTICATE, "Signature")
    }

    /// 403: the account has used up what its quota lets it. Sending the same again helps only when there is room, so it is not 429.
    pub fn over_quota(quota: Quota, limit: i64) -> Self {
        let detail = match quota {
            Quota::Calls => format!(
                "the account has its {limit} calls of the month in which these began; known calls can still be corrected"
            ),
            Quota::Recordings => {
                format!("the account keeps {limit} bytes of recordings at most, and this one would be beyond that")
            }
            Quota::People => format!("the account has {limit} people at most, invitations among them"),
        };
        Self::new(StatusCode::FORBIDDEN, "over-quota", "The quota is used up", detail)
    }

    /// What the database failed with.
    pub fn of_store(error: &StoreError) -> Self {
        match error {
            StoreError::Invalid(field) => Self::invalid(field.clone()),
            StoreError::Hidden => Self::not_found("page"),
            StoreError::OverQuota(quota, limit) => Self::over_quota(*quota, *limit),
            StoreError::Cursor => Self::field("cursor", "was not made by this list"),
            error => match error.outage() {
                Some(Outage::Busy) => Self::busy(error),
                Some(Outage::Gone) => Self::out_of_reach("storage", error),
                Some(Outage::ReadOnly) => Self::read_only("storage", error),
                Some(Outage::Full) => Self::full("storage", error),
                None => Self::internal(error),
            },
        }
    }

    /// 413.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large", detail)
    }

    /// 415.
    pub fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported", "This kind of body is not supported", detail)
    }

    /// 416.
    pub fn range(bytes: u64) -> Self {
        let detail = format!("the recording has {bytes} bytes; the range lies outside");
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", "The range lies outside the recording", detail)
            .with_header(header::CONTENT_RANGE, &format!("bytes */{bytes}"))
    }

    /// 500: what broke is logged under a reference.
    pub fn internal(cause: &(dyn Error + 'static)) -> Self {
        let reference = new_reference();
        tracing::error!(reference, cause = chain(cause), "A request failed; its sender was told {reference}");
        Self::broken(reference)
    }

    /// 500, already logged under this reference.
    pub fn broken(reference: String) -> Self {
        let detail = format!("something went wrong on our side; if it stays, tell the operator {reference}");
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", detail);
        problem.reference = Some(reference.into());
        problem
    }

    fn busy(cause: &(dyn Error + 'static)) -> Self {
        tracing::warn!(cause = chain(cause), "The database was too busy for a request");
        let detail = "the server is too busy now; nothing was changed, try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too busy", detail).with_header(header::RETRY_AFTER, "2")
    }

    /// 503: something that the server needs does not answer.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not ready", detail)
            .with_header(header::RETRY_AFTER, "5")
    }

    /// 429: the account has as many of these requests under way as it may have.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many at once", detail)
            .with_header(header::RETRY_AFTER, "2")
    }

    /// 503: as [`Self::unavailable`], of `what` that failed while a request needed it. Whether a change that was under way
    /// happened, nobody can say; all that can be sent may be sent again.
    fn out_of_reach(what: &str, cause: &(dyn Error + 'static)) -> Self {
        let reference = new_reference();
        tracing::error!(reference, cause = chain(cause), "The {what} failed a request");
        let detail = format!("the {what} does not answer now; send the same again in a moment, that is safe");
        Self { reference: Some(reference.into()), ..Self::unavailable(detail) }
    }

    /// 503: `what` can be read but not written to.
    fn read_only(what: &str, cause: &(dyn Error + 'static)) -> Self {
        let reference = new_reference();
        tracing::error!(reference, cause = chain(cause), "The {what} may not be written to");
        let detail = format!("nothing can be stored now, nothing was changed; tell the operator {reference}");
        Self { reference: Some(reference.into()), ..Self::unavailable(detail) }
    }

    /// 507: no room is left on the disk of `what`.
    fn full(what: &str, cause: &(dyn Error + 'static)) -> Self {
        let reference = new_reference();
        tracing::error!(reference, cause = chain(cause), "The disk of the {what} is full");
        let detail = format!("no room is left to store anything, nothing was changed; tell the operator {reference}");
        let mut problem = Self::new(StatusCode::INSUFFICIENT_STORAGE, "unwritable", "No room is left", detail);
        problem.reference = Some(reference.into());
        problem
    }

    /// A file of this machine that cannot be written: 507 where there is no room, 503 where it is refused, else 500.
    pub fn of_file(what: &str, cause: &(dyn Error + 'static)) -> Self {
        match unwritable(cause) {
            Some(Unwritable::Full) => Self::full(what, cause),
            Some(Unwritable::Refused) => Self::read_only(what, cause),
            None => Self::internal(cause),
        }
    }

    /// Which kind of problem, by the last part of its `type`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What is wrong, in words.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What a person sees who asked for a page: a plain sentence and the reference.
    pub fn page(&self, preferences: Preferences, stylesheet: &str) -> String {
        let language = preferences.language;
        let sentence = match self.status.as_u16() {
            404 => language.pick("Không tìm thấy nội dung này.", "There is nothing at this address."),
            403 => language.pick("Bạn không được phép làm việc này.", "This is not allowed."),
            429 => language.pick(
                "Đang có quá nhiều yêu cầu. Vui lòng thử lại sau giây lát.",
                "Too many requests at once. Please try again in a moment.",
            ),
            503 => language.pick(
                "Hệ thống đang bận. Vui lòng thử lại sau giây lát.",
                "The server is busy. Please try again in a moment.",
            ),
            507 => language.pick(
                "Máy chủ đã hết chỗ lưu trữ, chưa có gì được lưu. Vui lòng báo cho người quản trị.",
                "The server has no room left; nothing was stored. Please tell the operator.",
            ),
            500.. => language.pick(
                "Đã có lỗi ở phía chúng tôi. Vui lòng thử lại sau.",
                "Something went wrong on our side. Please try again later.",
            ),
            401 => language.pick(
                "Bạn đã đăng xuất, hoặc phiên đã kết thúc. Vui lòng đăng nhập lại.",
                "You are signed out, or the session is over. Please sign in again.",
            ),
            409 | 422 => language.pick(
                "Không làm được việc này với dữ liệu hiện có. Hãy quay lại, tải lại trang và thử lại.",
                "This does not fit what there is. Please go back, load the page again and try once more.",
            ),
            _ => language.pick("Không đọc được yêu cầu này.", "This request cannot be read."),
        };
        let reference = self.reference.as_deref().map(|reference| format!("<p>{reference}</p>")).unwrap_or_default();
        let home = language.pick("Về trang chính", "Back to the campaigns");
        let content = format!("<p>{sentence}</p>{reference}<a class=\"link\" href=\"/campaigns\">{home}</a>");
        small_page(
            preferences,
            stylesheet,
            language.pick("Không mở được trang", "The page cannot be shown"),
            "",
            &content,
        )
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::of_store(&error)
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::Spool(_) => Self::of_file("temporary folder", &error),
            StorageError::Gone => Self::internal(&error),
            StorageError::Store(_) if unwritable(&error).is_some() => Self::of_file("store of recordings", &error),
            StorageError::Store(_) => Self::out_of_reach("store of recordings", &error),
        }
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Store(error) => error.into(),
            error => Self::of_file("temporary folder", &error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, headers) = (self.status, self.headers.clone());
        let shown = self.clone();
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().extend(headers);
        response.extensions_mut().insert(shown);
        response
    }
}
