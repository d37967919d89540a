//! The call of a row of Ringside's own list.

use std::collections::BTreeMap;

use domain::{
    CallId, CallRecord, CampaignId, ContactId, ContactRef, FieldError, Timestamp, VoicebotId, result_text::sent_code,
};

use super::row::RowReader;
use crate::{cells::Cells, mapping::Field, own_fields::unmasked, written::is_nothing};

impl RowReader {
    /// The call of a row of Ringside's own list; none where it is still going on, of which the list tells nothing that is not known.
    pub(super) fn own_record(&mut self, cells: &Cells) -> Result<Option<CallRecord>, FieldError> {
        fn of<'a, T, E: ToString>(
            field: Field,
            text: Option<&'a str>,
            read: impl Fn(&'a str) -> Result<T, E>,
        ) -> Result<Option<T>, FieldError> {
            text.map(read).transpose().map_err(|error| FieldError::new(field.name(), error.to_string()))
        }
        let missing = |field: Field| FieldError::new(field.name(), "is missing");
        let [dialed, answered, ended] =
            [Field::DialedAt, Field::AnsweredAt, Field::EndedAt].map(|field| self.time(cells, field));
        let (dialed, answered, ended) = (dialed?, answered?, ended?);
        let text = |field: Field| self.text(cells, field);
        let code = of(Field::Result, text(Field::Result), sent_code)?;
        if ended.is_none() && code.is_none() {
            return Ok(None);
        }
        let campaign = match self.campaigns.all.clone() {
            Some(campaign) => campaign,
            None => {
                of(Field::Campaign, text(Field::Campaign), CampaignId::new)?.ok_or_else(|| missing(Field::Campaign))?
            }
        };
        let mut further = BTreeMap::new();
        unmasked(CallRecord {
            id: of(Field::Id, text(Field::Id), CallId::new)?.ok_or_else(|| missing(Field::Id))?,
            campaign,
            voicebot: of(Field::Voicebot, text(Field::Voicebot), VoicebotId::new)?,
            contact: ContactRef {
                id: of(Field::ContactId, text(Field::ContactId), ContactId::new)?,
                phone: text(Field::Phone).map(str::to_owned),
                name: text(Field::Name).map(str::to_owned),
            },
            attempt: self.attempt(cells)?,
            dialed_at: dialed.map(Timestamp).ok_or_else(|| missing(Field::DialedAt))?,
            answered_at: answered.map(Timestamp),
            ended_at: ended.map(Timestamp),
            result_code: code,
            bot_messages: None,
            hangup_by: self.hangup_by(cells, &mut further),
            cause: text(Field::Cause).map(str::to_owned),
            blocks: None,
            cost: None,
            recording_url: text(Field::RecordingUrl).filter(|text| !is_nothing(text)).map(str::to_owned),
            transcript: None,
            attributes: None,
        })
        .map(Some)
    }
}
