//! What the page shows, read from the store.

use std::collections::{BTreeSet, HashMap};

use domain::{
    CampaignId, FieldError, SaidQuery, Speaker, Timestamp,
    limits::SEARCH_CHARS,
    time::{LocalTime, Zone},
};
use store::{
    Conn, PageRequest,
    campaigns::{self, CampaignFilter},
    result_codes,
    said::{self, SaidPage},
    said_index,
};

use crate::{
    AppError,
    calls::{CallWords, decode_pairs},
    session::SignedIn,
};

/// Calls of a page.
const LIMIT: u32 = 20;
/// Campaigns that can be chosen on the page, the newest; any other comes by a link from its own pages.
const CHOICES: u32 = 100;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SaidAddress {
    pub(super) typed: String,
    pub(crate) campaign: Option<CampaignId>,
    pub(super) speaker: Option<Speaker>,
    pub(super) cursor: Option<String>,
}

/// The words of speakers in addresses.
pub(super) const SPEAKERS: [(Speaker, &str); 2] = [(Speaker::Bot, "bot"), (Speaker::Customer, "customer")];

impl SaidAddress {
    /// Parameters that mean nothing here are passed over: links come back from mails with other people's marks on them.
    pub(crate) fn read(query: &str) -> Result<Self, FieldError> {
        let mut address = Self::default();
        for (name, value) in decode_pairs(query).into_iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "q" => address.typed = value,
                "campaign" => {
                    let id = CampaignId::new(value).map_err(|error| FieldError::new("campaign", error.to_string()))?;
                    address.campaign = Some(id);
                }
                "speaker" => {
                    let known = SPEAKERS.into_iter().find(|(_, word)| *word == value);
                    let wrong = || FieldError::new("speaker", "must be bot or customer");
                    address.speaker = Some(known.ok_or_else(wrong)?.0);
                }
                "cursor" => address.cursor = Some(value),
                _ => {}
            }
        }
        Ok(address)
    }

    /// The parameters, without the page.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let speaker = SPEAKERS.into_iter().find(|(speaker, _)| Some(*speaker) == self.speaker);
        let mut pairs = vec![("q", self.typed.clone())];
        pairs.extend(self.campaign.as_ref().map(|id| ("campaign", id.to_string())));
        pairs.extend(speaker.map(|(_, word)| ("speaker", word.to_owned())));
        pairs
    }
}

/// Everything that the page shows.
pub(super) struct SaidReading {
    pub(super) address: SaidAddress,
    /// What was found; `None`: nothing was asked for.
    pub(super) found: Option<SaidPage>,
    /// How far the index is, per cent, where it has not all calls yet.
    pub(super) filling: Option<u64>,
    /// Campaigns to choose from: id and name.
    pub(super) choices: Vec<(String, String)>,
    /// Names of the campaigns of what was found.
    pub(super) names: HashMap<CampaignId, String>,
    pub(super) words: CallWords,
    pub(super) zone: Zone,
    /// When it was read, in the account's zone.
    pub(super) as_of: LocalTime,
}

pub(super) async fn read(
    conn: &mut Conn,
    signed_in: &SignedIn,
    query: &str,
    now: Timestamp,
) -> Result<SaidReading, AppError> {
    let address = SaidAddress::read(query).map_err(AppError::invalid)?;
    let scope = &signed_in.scope;
    let cut: String = address.typed.chars().take(SEARCH_CHARS).collect();
    let address = SaidAddress { typed: cut, ..address };
    let asked = SaidQuery::new(&address.typed, address.speaker).map_err(AppError::invalid)?;
    if let Some(id) = &address.campaign
        && !campaigns::is_seen(conn, scope, id).await?
    {
        return Err(AppError::NotFound);
    }
    let request = PageRequest { limit: LIMIT, cursor: address.cursor.clone(), details: false };
    let found = match &asked {
        Some(asked) => said::find(conn, scope, address.campaign.as_ref(), asked, &request).await?,
        None => None,
    };
    let filling = said_index::progress(conn, scope).await?;
    let newest = PageRequest { limit: CHOICES, ..PageRequest::default() };
    let newest = campaigns::list(conn, scope, &CampaignFilter::default(), &newest).await?;
    let mut choices: Vec<(String, String)> =
        newest.campaigns.into_iter().map(|summary| (summary.campaign.id.to_string(), summary.campaign.name)).collect();
    let of_page = found.iter().flat_map(|page| page.hits.iter().map(|hit| &hit.call.campaign));
    let wanted: BTreeSet<&CampaignId> = of_page.chain(&address.campaign).collect();
    let names = campaigns::names(conn, scope, wanted).await?;
    if let Some(id) = &address.campaign
        && !choices.iter().any(|(known, _)| known == id.as_str())
    {
        choices.insert(0, (id.to_string(), names.get(id).cloned().unwrap_or_else(|| id.to_string())));
    }
    let codes = result_codes::list(conn, scope).await?;
    Ok(SaidReading {
        address,
        found,
        filling: filling.map(said_index::SaidFill::percent),
        choices,
        names,
        words: CallWords::new(signed_in, &codes),
        zone: signed_in.account.zone,
        as_of: signed_in.account.zone.local(now),
    })
}
