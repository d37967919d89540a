//! What webhooks say of calls, each system's in its format; of `generic` by the mapping of its address.

use cdr::{Direction, Format, MappedBody, Mapping, Options, PartialCall};
use domain::{Account, CallRecord, CampaignId, Code, FieldError, HookSource, hook::HOOK_ID_CHARS};

/// Reads the webhooks of one address.
#[derive(Debug)]
pub struct WebhookReader {
    source: HookSource,
    format: BodyFormat,
    options: Options,
}

#[derive(Debug)]
enum BodyFormat {
    Format(Format),
    Mapping(Box<Mapping>),
}

/// What one webhook says of one leg of a call, or what all of them do.
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookPart {
    /// Read by a platform's own format.
    Platform(Box<PartialCall>),
    /// Read by a mapping: the call's id, and the record so far.
    Mapped(String, MappedBody),
}

impl WebhookReader {
    /// Of an address of this account; `mapping` is TOML.
    ///
    /// # Errors
    /// Where nothing says how its bodies are read.
    pub fn new(source: HookSource, hook: i64, mapping: Option<&str>, account: &Account) -> Result<Self, FieldError> {
        let wrong = |reason: String| FieldError::new("mapping", reason);
        let mut options = Options { currency: Some(account.currency.clone()), ..Options::new(account.zone) };
        let body_format = match (Format::from_name(source.word()), mapping) {
            (Some(format), _) => BodyFormat::Format(format),
            (None, None) => return Err(wrong("is not there: say on the page which field is which".to_owned())),
            (None, Some(text)) => {
                let mut mapping = Mapping::from_toml(text).map_err(|error| wrong(error.to_string()))?;
                // Two systems that count from 1 do not meet.
                mapping.source.get_or_insert_with(|| format!("hook{hook}"));
                if !mapping.columns.contains_key(&cdr::Field::Campaign) {
                    options.campaign = CampaignId::new(source.word()).ok();
                }
                BodyFormat::Mapping(Box::new(mapping))
            }
        };
        Ok(Self { source, format: body_format, options })
    }

    /// With the account's own spellings of result codes, by which words of a mapping's bodies are understood.
    #[must_use]
    pub fn with_spellings(mut self, spellings: &[(Code, Code)]) -> Self {
        self.options.spellings = spellings.to_vec();
        self
    }

    /// What a body says; nothing where it is about something else.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn parts(&self, body: &[u8]) -> Result<Vec<WebhookPart>, FieldError> {
        let parts: Vec<WebhookPart> = match &self.format {
            BodyFormat::Format(format) => {
                let said = format.partial_calls(body, self.options.account_zone);
                let said = said.ok_or_else(|| FieldError::new("", "is of no system that sends webhooks"))??;
                said.into_iter().map(|part| WebhookPart::Platform(Box::new(part))).collect()
            }
            BodyFormat::Mapping(mapping) => {
                let source = mapping.source.as_deref().unwrap_or_default();
                let id = |body: &MappedBody| format!("{source}:{}", body.call(mapping));
                MappedBody::all_of(body)?.into_iter().map(|body| WebhookPart::Mapped(id(&body), body)).collect()
            }
        };
        for id in parts.iter().flat_map(|part| [part.call(), part.leg()]) {
            if id.contains(char::is_control) {
                return Err(FieldError::new("id", "holds a control character"));
            }
            if id.chars().count() > HOOK_ID_CHARS {
                return Err(FieldError::new("id", format!("is longer than {HOOK_ID_CHARS} characters")));
            }
        }
        Ok(parts)
    }

    /// Reads what was kept of a leg; none where an earlier version of the program kept it in another form.
    pub fn kept(&self, call: &str, said: &str) -> Option<WebhookPart> {
        match &self.format {
            BodyFormat::Format(_) => serde_json::from_str(said).ok().map(|part| WebhookPart::Platform(Box::new(part))),
            BodyFormat::Mapping(_) => {
                serde_json::from_str(said).ok().map(|body| WebhookPart::Mapped(call.to_owned(), body))
            }
        }
    }

    /// Merges two parts about the same leg; the later one wins where they differ.
    pub fn joined(&self, known: WebhookPart, later: WebhookPart) -> WebhookPart {
        match (known, later, &self.format) {
            (WebhookPart::Platform(mut known), WebhookPart::Platform(later), _) => {
                known.merge(*later);
                WebhookPart::Platform(known)
            }
            (WebhookPart::Mapped(call, known), WebhookPart::Mapped(_, later), BodyFormat::Mapping(mapping)) => {
                WebhookPart::Mapped(call, known.joined(later, mapping, &self.options))
            }
            (_, later, _) => later,
        }
    }

    /// The agent that a part names.
    pub fn agent(&self, part: &WebhookPart) -> Option<String> {
        let agent = match (part, &self.format) {
            (WebhookPart::Platform(part), _) => part.agent().map(str::to_owned),
            (WebhookPart::Mapped(_, body), BodyFormat::Mapping(mapping)) => body.agent(mapping),
            (WebhookPart::Mapped(..), BodyFormat::Format(_)) => None,
        };
        agent.filter(|agent| agent.chars().count() <= HOOK_ID_CHARS && !agent.contains(char::is_control))
    }

    /// The campaign that a part names.
    pub fn campaign(&self, part: &WebhookPart) -> Option<CampaignId> {
        let campaign = match (part, &self.format) {
            (WebhookPart::Platform(part), _) => part.campaign().map(str::to_owned),
            (WebhookPart::Mapped(_, body), BodyFormat::Mapping(mapping)) => body.campaign(mapping),
            (WebhookPart::Mapped(..), BodyFormat::Format(_)) => None,
        };
        campaign.and_then(|id| CampaignId::new(id).ok())
    }

    /// The record of a call by what is known of its legs; none while it goes on, or nobody has said how it ended.
    ///
    /// # Errors
    /// Where it ended, and what is known is not enough for a record.
    pub fn call(&self, parts: Vec<WebhookPart>, campaign: &CampaignId) -> Result<Option<CallRecord>, FieldError> {
        match &self.format {
            BodyFormat::Format(format) => {
                let of = |part| if let WebhookPart::Platform(part) = part { Some(*part) } else { None };
                let legs: Vec<PartialCall> = parts.into_iter().filter_map(of).collect();
                if !legs.iter().any(PartialCall::says_an_end) {
                    return Ok(None);
                }
                format.call_of(legs, Some(campaign), self.options.currency.as_ref())
            }
            BodyFormat::Mapping(mapping) => match parts.into_iter().next() {
                Some(WebhookPart::Mapped(_, body)) => body.record(mapping, &self.options),
                _ => Ok(None),
            },
        }
    }

    /// The codes that its calls may have though nobody has declared them.
    pub fn own_codes(&self) -> Vec<domain::ResultCode> {
        match &self.format {
            BodyFormat::Format(format) => format.own_codes(),
            BodyFormat::Mapping(_) => Format::Table.own_codes(),
        }
    }

    /// Whether a call of the system is of those that it reads.
    pub fn has(&self, call: &str) -> bool {
        match &self.format {
            BodyFormat::Format(_) => true,
            BodyFormat::Mapping(mapping) => {
                call.split_once(':').is_some_and(|(source, _)| mapping.source.as_deref() == Some(source))
            }
        }
    }

    pub fn source(&self) -> HookSource {
        self.source
    }
}

impl WebhookPart {
    /// The system's id of the call.
    pub fn call(&self) -> &str {
        match self {
            Self::Platform(part) => part.call(),
            Self::Mapped(call, _) => call,
        }
    }

    /// The id of the leg.
    pub fn leg(&self) -> &str {
        match self {
            Self::Platform(part) => part.leg(),
            Self::Mapped(..) => "",
        }
    }

    /// Which way it goes; a mapping says nothing of that.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Platform(part) => part.direction(),
            Self::Mapped(..) => Direction::Outbound,
        }
    }

    /// The agent's name, where the system gives one.
    pub fn agent_name(&self) -> Option<&str> {
        match self {
            Self::Platform(part) => part.agent_name(),
            Self::Mapped(..) => None,
        }
    }

    /// As it is kept.
    ///
    /// # Errors
    /// Where it cannot be written as JSON, which does not happen.
    pub fn said(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Platform(part) => serde_json::to_string(part),
            Self::Mapped(_, body) => serde_json::to_string(body),
        }
    }
}
