//! What became of a campaign's mails.

use axum::Json;
use domain::{CampaignId, Timestamp};
use serde::Serialize;
use store::outbox;
use utoipa::ToSchema;

use crate::web::{
    database::Snapshot,
    path::Id,
    problem::Problem,
    token::{Read, Sender},
};

/// A mail and what became of it.
#[derive(Debug, Serialize, ToSchema)]
struct Delivery {
    /// Where it goes.
    recipient: String,
    /// `completion`, `again` (a person sent it again) or `preview`.
    kind: &'static str,
    /// `waiting`, `sending`, `sent`, `failed` or `stopped` (its recipient wanted no more).
    status: &'static str,
    /// When it was put into the outbox.
    queued_at: Timestamp,
    /// How often it was tried.
    attempts: u32,
    /// When it was tried last.
    tried_at: Option<Timestamp>,
    /// When it is tried next.
    next_try_at: Option<Timestamp>,
    /// When the mail server accepted it.
    sent_at: Option<Timestamp>,
    /// The mail server's last words, or why it could not be asked.
    answer: Option<String>,
    /// The same at every try; none before the first.
    message_id: Option<String>,
}

impl From<outbox::MailDelivery> for Delivery {
    fn from(mail: outbox::MailDelivery) -> Self {
        Self {
            recipient: mail.recipient,
            kind: mail.kind.word(),
            status: mail.status.word(),
            queued_at: mail.queued_at,
            attempts: mail.attempts,
            tried_at: mail.tried_at,
            next_try_at: mail.next_at,
            sent_at: mail.sent_at,
            answer: mail.answer,
            message_id: mail.message_id,
        }
    }
}

/// The mails of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryList {
    /// The newest first; at most 1,000.
    deliveries: Vec<Delivery>,
}

/// The mails of a campaign's report, and what became of each
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/deliveries", tag = "reports",
    params(("id" = String, Path, description = "The sender's id")),
    responses((status = 200, description = "The mails", body = DeliveryList),
        (status = 404, description = "There is no such campaign", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    Sender(scope, ..): Sender<Read>,
    Snapshot(mut conn): Snapshot,
    Id(campaign): Id<CampaignId>,
) -> Result<Json<DeliveryList>, Problem> {
    let mails = outbox::deliveries(&mut conn, &scope, &campaign).await?;
    let mails = mails.ok_or_else(|| Problem::not_found("campaign"))?;
    Ok(Json(DeliveryList { deliveries: mails.into_iter().map(Delivery::from).collect() }))
}
