//! What the pages show, read from the store.

use domain::{
    Day, Month, Period, Usage, UsageDays, UsageQuery, Voicebot, VoicebotId,
    against::Against,
    time::{LocalTime, Zone},
};

use store::{Conn, day_notes::DayNote};

use super::{figure::Figure, month_sort::MonthSort};
use crate::{AppError, AppState, Text, links, session::SignedIn};

/// The parameter of the figure that is drawn over time.
const FIGURE: &str = "figure";
/// The parameter of the page of the table of campaigns, from 1 on.
const PAGE: &str = "page";
/// The parameter of the order of the months.
const SORT: &str = "sort";
/// Campaigns of a page of that table.
const CAMPAIGNS: usize = 100;

/// Everything that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageReading {
    /// Whether it is the page of a range, not of a month.
    pub statistics: bool,
    /// What was asked for.
    pub query: UsageQuery,
    /// Which figure is drawn over time.
    pub drawn: Figure,
    /// Which page of the campaigns is shown, from 0 on.
    pub page: usize,
    /// The order of the months.
    pub sort: MonthSort,
    pub usage: Usage,
    /// The account's voicebots, for the chooser.
    pub voicebots: Vec<Voicebot>,
    /// The first and the last month with calls.
    pub months: Option<(Month, Month)>,
    /// When the figures were read, in the account's zone.
    pub as_of: LocalTime,
    /// What is noted on days of the whole account, while they are shown.
    pub notes: Vec<DayNote>,
    /// The account's.
    pub zone: Zone,
}

impl UsageReading {
    pub fn title(&self, text: Text) -> &'static str {
        if self.statistics { text.statistics_title() } else { text.usage_title() }
    }

    pub fn path(&self) -> &'static str {
        if self.statistics { "/statistics" } else { "/usage" }
    }

    /// Today in the account's zone.
    pub fn today(&self) -> Day {
        self.as_of.day()
    }

    /// The period, for the range picker.
    pub fn period(&self) -> Period {
        match self.query.days {
            UsageDays::Period(period) if period != Period::Whole => period,
            // The latest month as days: so the arrows lead on from it.
            _ => Period::Custom(self.usage.days()),
        }
    }

    /// The month of the page of a month.
    pub fn month(&self) -> Month {
        Month::of(self.usage.from)
    }

    /// What is asked of other days: days that these were compared with are not theirs.
    pub fn of_other_days(&self) -> UsageQuery {
        let against =
            if matches!(self.query.against, Against::Days(_)) { Against::default() } else { self.query.against };
        UsageQuery { against, ..self.query.clone() }
    }

    /// This page with its days compared with others.
    pub fn compared(&self, against: Against) -> String {
        let query = UsageQuery { against, ..self.query.clone() };
        let pairs = query.to_pairs().into_iter().chain(self.drawn_pair()).chain(self.sort_pair());
        links::with_query(self.path(), pairs)
    }

    /// The page of another month, of the same voicebot.
    pub fn of_month(&self, month: Month) -> String {
        let query = UsageQuery { days: UsageDays::Month(month), ..self.of_other_days() };
        links::with_query(self.path(), query.to_pairs().into_iter().chain(self.drawn_pair()))
    }

    /// The parameter of the figure that is drawn, for links and forms that keep it.
    pub fn drawn_pair(&self) -> Option<(&'static str, String)> {
        (self.drawn != Figure::Sessions).then(|| (FIGURE, self.drawn.id().to_owned()))
    }

    /// This page with another figure drawn.
    pub fn drawing(&self, figure: Figure) -> String {
        let other = Self { drawn: figure, ..self.clone() };
        links::with_query(
            self.path(),
            self.query.to_pairs().into_iter().chain(other.drawn_pair()).chain(self.sort_pair()),
        )
    }

    /// This page with its months in another order.
    pub fn sorted(&self, sort: MonthSort) -> String {
        let other = Self { sort, ..self.clone() };
        links::with_query(
            self.path(),
            self.query.to_pairs().into_iter().chain(self.drawn_pair()).chain(other.sort_pair()),
        )
    }

    /// The parameter of the order of the months, for links and forms that keep it.
    pub fn sort_pair(&self) -> Option<(&'static str, String)> {
        (self.sort != MonthSort::default()).then(|| (SORT, self.sort.to_word()))
    }

    /// The campaigns of the page that is shown, by their places among all.
    pub fn campaigns_shown(&self) -> std::ops::Range<usize> {
        let all = self.usage.by_campaign.len();
        let first = (self.page * CAMPAIGNS).min(all);
        first..(first + CAMPAIGNS).min(all)
    }

    /// The page before or after the one that is shown, if there is one.
    pub fn page_of_campaigns(&self, next: bool) -> Option<String> {
        let shown = self.campaigns_shown();
        let is_there = if next { shown.end < self.usage.by_campaign.len() } else { self.page > 0 };
        let page = if next { self.page + 2 } else { self.page };
        let pairs = self.query.to_pairs().into_iter().chain(self.drawn_pair()).chain(self.sort_pair());
        let pairs = pairs.chain((page > 1).then(|| (PAGE, page.to_string())));
        is_there.then(|| links::with_query(self.path(), pairs))
    }

    /// A file of these figures.
    pub fn file(&self, kind: &str, language: domain::Language) -> String {
        let mut pairs = self.query.to_pairs();
        if kind == "csv" {
            pairs.push(("header", language.tag().to_owned()));
        }
        links::with_query(&format!("{}.{kind}", self.path()), pairs)
    }
}

/// The statistics of a voicebot, or of all, over a range.
pub fn of_range(range: domain::DateRange, voicebot: Option<VoicebotId>) -> String {
    let query = UsageQuery { days: UsageDays::Period(Period::Custom(range)), voicebot, against: Against::default() };
    links::with_query("/statistics", query.to_pairs())
}

/// Reads it; [`AppError::NotFound`] where the account has no such voicebot.
pub(super) async fn read(
    conn: &mut Conn,
    state: &AppState,
    signed_in: &SignedIn,
    statistics: bool,
    query: &str,
) -> Result<UsageReading, AppError> {
    let pairs = crate::calls::decode_pairs(query);
    let otherwise = if statistics { UsageDays::Period(Period::Whole) } else { UsageDays::LatestMonth };
    let read = UsageQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), otherwise);
    let (query, others) = read.map_err(AppError::invalid)?;
    let drawn = others.iter().find(|(name, _)| *name == FIGURE).and_then(|(_, id)| Figure::from_id(id));
    let sort = others.iter().find(|(name, _)| *name == SORT).and_then(|(_, word)| MonthSort::from_word(word));
    let page = others.iter().find(|(name, _)| *name == PAGE).and_then(|(_, page)| page.parse::<usize>().ok());
    let now = state.now();
    let usage = store::usage::read(conn, &signed_in.scope, &query, now).await?;
    let days = store::usage::days(conn, &signed_in.scope).await?;
    let voicebots = store::voicebots::list(conn, &signed_in.scope).await?;
    let usage = usage.ok_or(AppError::NotFound)?;
    let notes = store::day_notes::list(conn, &signed_in.scope, None, Some(usage.days())).await?;
    let last = usage.by_campaign.len().saturating_sub(1) / CAMPAIGNS;
    Ok(UsageReading {
        statistics,
        query,
        drawn: drawn.unwrap_or(Figure::Sessions),
        sort: sort.unwrap_or_default(),
        page: page.unwrap_or(1).saturating_sub(1).min(last),
        usage,
        voicebots,
        months: days.map(|days| (Month::of(days.from), Month::of(days.to))),
        as_of: signed_in.account.zone.local(now),
        notes: notes.unwrap_or_default(),
        zone: signed_in.account.zone,
    })
}
