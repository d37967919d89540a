//! What webhooks say of calls, each system's in its format; of `generic` by the mapping of its address.

use cdr::{Direction, Format, MappedBody, Mapping, Options, PartialCall};
use domain::{Account, CallRecord, CampaignId, Code, FieldError, HookSource, hook::HOOK_ID_CHARS};

/// Reads the webhooks of one address.
#[derive(Debug)]
pub struct WebhookReader {
    source: HookSource,
    by: By,
    options: Options,
}

#[derive(Debug)]
enum By {
    Format(Format),
    Mapping(Box<Mapping>),
}

/// What one webhook says of one leg of a call, or what all of them do.
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookPart {
    /// Of a system with a format.
    Platform(Box<PartialCall>),
    /// By a mapping, and the id of the call.
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
        let by = match (Format::from_name(source.word()), mapping) {
            (Some(format), _) => By::Format(format),
            (None, None) => return Err(wrong("is not there: say on the page which field is which".to_owned())),
            (None, Some(text)) => {
                let mut mapping = Mapping::from_toml(text).map_err(|error| wrong(error.to_string()))?;
                // Two systems that count from 1 do not meet.
                mapping.source.get_or_insert_with(|| format!("hook{hook}"));
                if !mapping.columns.contains_key(&cdr::Field::Campaign) {
                    options.campaign = CampaignId::new(source.word()).ok();
                }
                By::Mapping(Box::new(mapping))
            }
        };
        Ok(Self { source, by, options })
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
        let parts: Vec<WebhookPart> = match &self.by {
            By::Format(format) => {
                let said = format.partial_calls(body, self.options.account_zone);
                let said = said.ok_or_else(|| FieldError::new("", "is of no system that sends webhooks"))??;
                said.into_iter().map(|part| WebhookPart::Platform(Box::new(part))).collect()
            }
            By::Mapping(mapping) => {
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
        match &self.by {
            By::Format(_) => serde_json::from_str(said).ok().map(|part| WebhookPart::Platform(Box::new(part))),
            By::Mapping(_) => serde_json::from_str(said).ok().map(|body| WebhookPart::Mapped(call.to_owned(), body)),
        }
    }

    /// What both say of a leg.
    pub fn joined(&self, known: WebhookPart, later: WebhookPart) -> WebhookPart {
        match (known, later, &self.by) {
            (WebhookPart::Platform(mut known), WebhookPart::Platform(later), _) => {
                known.merge(*later);
                WebhookPart::Platform(known)
            }
            (WebhookPart::Mapped(call, known), WebhookPart::Mapped(_, later), By::Mapping(mapping)) => {
                WebhookPart::Mapped(call, known.joined(later, mapping, &self.options))
            }
            (_, later, _) => later,
        }
    }

    /// The agent that a part names.
    pub fn agent(&self, part: &WebhookPart) -> Option<String> {
        let agent = match (part, &self.by) {
            (WebhookPart::Platform(part), _) => part.agent().map(str::to_owned),
            (WebhookPart::Mapped(_, body), By::Mapping(mapping)) => body.agent(mapping),
            (WebhookPart::Mapped(..), By::Format(_)) => None,
        };
        agent.filter(|agent| agent.chars().count() <= HOOK_ID_CHARS && !agent.contains(char::is_control))
    }

    /// The campaign that a part names.
    pub fn campaign(&self, part: &WebhookPart) -> Option<CampaignId> {
        let campaign = match (part, &self.by) {
            (WebhookPart::Platform(part), _) => part.campaign().map(str::to_owned),
            (WebhookPart::Mapped(_, body), By::Mapping(mapping)) => body.campaign(mapping),
            (WebhookPart::Mapped(..), By::Format(_)) => None,
        };
        campaign.and_then(|id| CampaignId::new(id).ok())
    }

    /// The record of a call by what is known of its legs; none while it goes on, or nobody has said how it ended.
    ///
    /// # Errors
    /// Where it ended, and what is known is not enough for a record.
    pub fn call(&self, parts: Vec<WebhookPart>, campaign: &CampaignId) -> Result<Option<CallRecord>, FieldError> {
        match &self.by {
            By::Format(format) => {
                let of = |part| if let WebhookPart::Platform(part) = part { Some(*part) } else { None };
                let legs: Vec<PartialCall> = parts.into_iter().filter_map(of).collect();
                if !legs.iter().any(PartialCall::says_an_end) {
                    return Ok(None);
                }
                format.call_of(legs, Some(campaign), self.options.currency.as_ref())
            }
            By::Mapping(mapping) => match parts.into_iter().next() {
                Some(WebhookPart::Mapped(_, body)) => body.record(mapping, &self.options),
                _ => Ok(None),
            },
        }
    }

    /// The codes that its calls may have though nobody has declared them.
    pub fn own_codes(&self) -> Vec<domain::ResultCode> {
        match &self.by {
            By::Format(format) => format.own_codes(),
            By::Mapping(_) => Format::Table.own_codes(),
        }
    }

    /// Whether a call of the system is of those that it reads.
    pub fn has(&self, call: &str) -> bool {
        match &self.by {
            By::Format(_) => true,
            By::Mapping(mapping) => {
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
