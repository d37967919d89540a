//! What the page shows, read from the store.

use domain::{
    Account, CampaignId, CampaignState, CampaignSummary, Code, Comparison, ComparisonQuery, DateRange, Language,
    Period, Timestamp,
    comparison::{ComparedCampaign, ComparedRates},
    format,
    rate_change::{PartDimension, PartRate, RateChange, rate_changes},
    sight::ShownText,
    time::{LocalTime, Zone},
};
use store::{Conn, PageRequest, Scope, StoreError, campaigns::CampaignFilter, day_notes::DayNote};

use super::curves::{CurveAxis, CurveFigure};
use crate::{AppError, AppState, session::SignedIn, viewers::Reports};

/// Campaigns that can be chosen on the page, the newest; any other comes from the list of campaigns.
const CHOICES: u32 = 100;

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedReading {
    /// What was asked for.
    pub query: ComparisonQuery,
    /// What the curves stand over.
    pub axis: CurveAxis,
    /// What they are of.
    pub drawn: CurveFigure,
    /// Which rate is told apart.
    pub rate: PartRate,
    pub comparison: Comparison,
    /// The codes that are goals.
    pub goals: Vec<Code>,
    /// The newest campaigns that are not among them.
    pub choices: Vec<CampaignSummary>,
    /// When the figures were read, in the account's zone.
    pub as_of: LocalTime,
    /// What is noted on days of the campaigns and the account, where the curves stand over dates.
    pub notes: Vec<DayNote>,
    /// The account's.
    pub zone: Zone,
}

impl ComparedReading {
    /// The days of the period; none where each campaign has its own.
    pub fn days(&self) -> Option<DateRange> {
        self.query.period.resolve(self.as_of.day())
    }

    /// The period of a column: that of the page, or the days of one that is compared with itself.
    pub fn period(&self, one: &ComparedCampaign) -> Period {
        match (self.query.against, one.days) {
            (Some(_), Some(days)) => Period::Custom(days),
            _ => self.query.period,
        }
    }

    /// What tells a column from the others: the campaign, or the days of one that is compared with itself.
    pub fn label(&self, one: &ComparedCampaign, language: Language) -> String {
        match (self.query.against, one.days) {
            (Some(_), Some(days)) => format::range(days, language),
            _ => one.name.clone(),
        }
    }

    /// The parameters of the curves and of what is told apart, where they are not those of everybody.
    pub fn drawn_pairs(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let axis = (self.axis != CurveAxis::of(&self.query)).then(|| ("by", self.axis.word().to_owned()));
        let figure = (self.drawn != CurveFigure::default()).then(|| ("figure", self.drawn.word().to_owned()));
        let rate = (self.rate != PartRate::default()).then(|| ("why", self.rate.word().to_owned()));
        axis.into_iter().chain(figure).chain(rate)
    }

    /// The page of other campaigns, with the same curves.
    pub fn address(&self, query: &ComparisonQuery) -> String {
        crate::links::with_query("/compare", query.to_pairs().into_iter().chain(self.drawn_pairs()))
    }

    /// The events to follow: those of any running campaign tell of every change of the account.
    pub fn live(&self) -> Option<String> {
        let running = |one: &&ComparedCampaign| one.state == CampaignState::Running;
        let one = self.comparison.campaigns.iter().find(running)?;
        Some(format!("{}/live", crate::links::campaign_path(&one.id)))
    }
}

/// The campaigns of a query, each with its report; none where the account has not all of them. Page, API and files read it here.
pub async fn compared(
    conn: &mut Conn,
    reports: &Reports,
    scope: &Scope,
    account: &Account,
    query: &ComparisonQuery,
    now: Timestamp,
) -> Result<Option<Comparison>, StoreError> {
    let today = account.zone.local(now).day();
    let mut range = query.period.resolve(today);
    let mut columns: Vec<(&CampaignId, Option<DateRange>)> = Vec::new();
    if let Some((days, before)) = query.against.and_then(|against| against.resolve(query.period, today)) {
        columns.extend(query.campaigns.iter().map(|id| (id, Some(before))));
        range = Some(days);
    }
    columns.extend(query.campaigns.iter().map(|id| (id, range)));
    let mut campaigns: Vec<ComparedCampaign> = Vec::new();
    for (id, range) in columns {
        let Some(summary) = store::campaigns::lookup(conn, scope, id).await? else { return Ok(None) };
        let Some(report) = reports.get(conn, scope, id, range, now).await? else { return Ok(None) };
        let first = campaigns.first().map(|first| &first.report.rates);
        campaigns.push(ComparedCampaign {
            id: summary.campaign.id,
            name: summary.campaign.name,
            voicebot: summary.campaign.voicebot.name,
            state: summary.campaign.state,
            days: range,
            rates: ComparedRates::of(&report.rates, first),
            report,
        });
    }
    let rate_changes = match (query.against, campaigns.as_slice()) {
        (Some(_), [before, now]) => changes_of(conn, reports, scope, before, now).await?,
        _ => Vec::new(),
    };
    Ok(Some(Comparison {
        timezone: account.zone.name().to_owned(),
        currency: account.currency.clone(),
        as_of: now,
        pricing_again: account.pricing_again,
        campaigns,
        rate_changes,
    }))
}

/// What is noted on days of the campaigns, each with the campaign's name where there are several, and of the account.
async fn notes_of(conn: &mut Conn, scope: &Scope, comparison: &Comparison) -> Result<Vec<DayNote>, StoreError> {
    let (mut notes, campaigns) = (Vec::<DayNote>::new(), &comparison.campaigns);
    for one in campaigns {
        let of_one = store::day_notes::list(conn, scope, Some(&one.id), None).await?.unwrap_or_default();
        for mut note in of_one {
            if notes.iter().any(|known| known.key == note.key) {
                continue;
            }
            if note.campaign.is_some() && campaigns.iter().any(|other| other.id != one.id) {
                note.text = ShownText::new(format!("{}: {}", one.name, note.text.as_str()), scope.sight());
            }
            notes.push(note);
        }
    }
    notes.sort_by_key(|note| (note.day, note.key));
    Ok(notes)
}

/// Why the rates of a campaign are other ones than before.
async fn changes_of(
    conn: &mut Conn,
    reports: &Reports,
    scope: &Scope,
    before: &ComparedCampaign,
    now: &ComparedCampaign,
) -> Result<Vec<RateChange>, StoreError> {
    let mut parts = Vec::new();
    for one in [before, now] {
        let Some(days) = one.days else { return Ok(Vec::new()) };
        parts.extend(reports.rate_parts(conn, scope, &one.id, days).await?);
    }
    let [before, now] = parts.as_slice() else { return Ok(Vec::new()) };
    let mut changes = rate_changes(before, now);
    let declared = store::own_dimensions::list(conn, scope).await?;
    for change in &mut changes {
        if let PartDimension::Own(number) = change.dimension {
            change.own = declared.iter().find(|own| own.number == number).cloned();
        }
    }
    Ok(changes)
}

/// Reads it; [`AppError::NotFound`] where the account has not all of the campaigns.
pub(super) async fn read(
    conn: &mut Conn,
    state: &AppState,
    signed_in: &SignedIn,
    query: &str,
) -> Result<ComparedReading, AppError> {
    let pairs = crate::calls::decode_pairs(query);
    let read = ComparisonQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let (query, others) = read.map_err(AppError::invalid)?;
    let given = |name: &str| others.iter().find(|(given, _)| *given == name).map(|(_, word)| *word);
    let now = state.now();
    let comparison = compared(conn, &state.reports, &signed_in.scope, &signed_in.account, &query, now).await?;
    let comparison = comparison.ok_or(AppError::NotFound)?;
    let request = PageRequest { limit: CHOICES, cursor: None, details: false };
    let newest = store::campaigns::list(conn, &signed_in.scope, &CampaignFilter::default(), &request).await?;
    let codes = store::result_codes::list(conn, &signed_in.scope).await?;
    let axis = given("by").and_then(CurveAxis::from_word).unwrap_or_else(|| CurveAxis::of(&query));
    let notes = if axis == CurveAxis::Date { notes_of(conn, &signed_in.scope, &comparison).await? } else { Vec::new() };
    let is_new = |one: &CampaignSummary| !query.campaigns.contains(&one.campaign.id);
    Ok(ComparedReading {
        axis,
        notes,
        zone: signed_in.account.zone,
        drawn: given("figure").and_then(CurveFigure::from_word).unwrap_or_default(),
        rate: given("why").and_then(PartRate::from_word).unwrap_or_default(),
        choices: newest.campaigns.into_iter().filter(is_new).collect(),
        goals: codes.into_iter().filter(|code| code.is_goal).map(|code| code.code).collect(),
        query,
        as_of: signed_in.account.zone.local(now),
        comparison,
    })
}
