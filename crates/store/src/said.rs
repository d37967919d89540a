//! A search of what was said, over a campaign or the account: the newest calls first, a page by its key, a bounded number of transcripts
//! for each.
//!
//! The index names calls ([`crate::said_index`]), their transcripts say which lines have what is looked for. Few calls are sorted at once. Of
//! many, days are gone through, the latest first, as many together as have about [`AT_ONCE`] calls by the rollups; more and more where
//! nothing is found, and hour by hour where one day has more. A page that would read more than
//! [`SAID_LOOKED_AT`] transcripts ends there, and the next goes on behind it.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use domain::{
    Call, CampaignId, SaidQuery, Timestamp,
    limits::{PAGE_DETAIL_BYTES, SAID_LINES, SAID_LOOKED_AT},
    said::{SaidLine, SaidWords},
};

use crate::{
    Conn, PageRequest, Scope, StoreError, accounts, calls, campaigns, chosen,
    cursor::{CursorPlace, ListName},
    said_index::{self, SaidCandidate, SaidFill, SaidPlaces, Transcripts},
    sql::Sql,
};

/// Calls that the index is asked for at once.
const AT_ONCE: usize = 1_024;
/// Days that it is asked for at once.
const DAYS_AT_ONCE: usize = 400;
/// Calls whose transcripts are read at once.
const READ_AT_ONCE: usize = 64;
/// So many times as many days are asked for where too little was found in those before.
const GROWTH: i64 = 4;

/// A call in which what was looked for was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidHit {
    /// The call, without its transcript.
    pub call: Call,
    /// The first lines that have it.
    pub lines: Vec<SaidLine>,
    /// Lines that have it beside those.
    pub more_lines: u32,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidPage {
    /// The newest first.
    pub hits: Vec<SaidHit>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// The page ended before it was full: so many transcripts were read. Calls dialled before this instant were not looked at.
    pub looked_back_to: Option<Timestamp>,
    /// How far the index is, where it has not all calls yet.
    pub filling: Option<SaidFill>,
}

/// Finds what was said in the calls of a campaign, or of the account: for a viewer of chosen campaigns, in those. `None`: no such campaign.
///
/// # Errors
/// Where the cursor is of another search.
pub async fn find(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    query: &SaidQuery,
    request: &PageRequest,
) -> Result<Option<SaidPage>, StoreError> {
    let limit = request.checked_limit()?;
    let campaigns = match campaign {
        Some(campaign) => {
            let Some(key) = campaigns::key(conn, scope, campaign).await? else { return Ok(None) };
            vec![key]
        }
        None => chosen::keys(conn, scope).await?.unwrap_or_default(),
    };
    let whole = campaign.is_none() && !scope.is_limited();
    let parent = if campaign.is_some() { campaigns[0] } else { 0 };
    let list = ListName::new("said", scope.account(), parent, &format!("{:?} {:?}", query.parts(), query.speaker));
    let behind = request.place(&list)?.map(|place| (place.value, place.key));
    let filling = said_index::progress(conn, scope).await?;
    let mut page = SaidPage { hits: Vec::new(), next: None, looked_back_to: None, filling };
    if campaigns.is_empty() && !whole {
        return Ok(Some(page));
    }
    let mut reader = HitReader { scope, query, limit, hits: Vec::new(), calls: 0, bytes: 0, last: behind };
    let mut source = Candidates::new(conn, scope, query, campaigns, behind).await?;
    let mut is_cut = false;
    while let Some(some) = source.next(conn).await? {
        if !reader.read(conn, &some).await? {
            is_cut = reader.hits.len() <= limit;
            break;
        }
    }
    let HitReader { hits, last, .. } = reader;
    let cursor = |(value, key): (i64, i64)| list.write(CursorPlace { value, key, backwards: false });
    if hits.len() > limit {
        page.next = hits.get(limit - 1).map(|(place, _)| cursor(*place));
    } else if is_cut {
        page.next = last.map(cursor);
        page.looked_back_to = last.map(|last| Timestamp(last.0));
    }
    page.hits = hits.into_iter().take(limit).map(|(_, hit)| hit).collect();
    Ok(Some(page))
}

/// Calls that may have what is looked for, the newest first, portion by portion.
struct Candidates<'a> {
    scope: &'a Scope,
    query: &'a SaidQuery,
    campaigns: Vec<i64>,
    behind: Option<(i64, i64)>,
    stage: CandidateStage,
}

/// How the next candidates are found: all at once while there may be few, then by days.
enum CandidateStage {
    /// Nothing was asked yet.
    Begun,
    /// By days: those that are known and were not asked for, with how many calls they have; how many calls are asked for together; and hours of
    /// a day of too many.
    Days {
        days: VecDeque<(i64, i64)>,
        before: Option<i64>,
        wanted: i64,
        hours: VecDeque<i64>,
    },
    Over,
}

impl<'a> Candidates<'a> {
    async fn new(
        conn: &mut Conn,
        scope: &'a Scope,
        query: &'a SaidQuery,
        campaigns: Vec<i64>,
        behind: Option<(i64, i64)>,
    ) -> Result<Self, StoreError> {
        let mut new = Self { scope, query, campaigns, behind, stage: CandidateStage::Begun };
        if behind.is_some() {
            // The index names calls in the order in which they came: of many, those behind a place may come last.
            new.stage = new.by_days(conn).await?;
        }
        Ok(new)
    }

    async fn by_days(&self, conn: &mut Conn) -> Result<CandidateStage, StoreError> {
        let before = self.first_day(conn).await?;
        Ok(CandidateStage::Days { days: VecDeque::new(), before, wanted: AT_ONCE as i64, hours: VecDeque::new() })
    }

    async fn ask(&self, conn: &mut Conn, days: Vec<i64>, hour: Option<i64>) -> Result<Vec<SaidCandidate>, StoreError> {
        let places = SaidPlaces { campaigns: self.campaigns.clone(), days, hour, behind: self.behind };
        said_index::candidates(conn, self.scope, self.query, &places, AT_ONCE + 1).await
    }

    /// The next ones; `None` at the end.
    async fn next(&mut self, conn: &mut Conn) -> Result<Option<Vec<SaidCandidate>>, StoreError> {
        loop {
            let found = match std::mem::replace(&mut self.stage, CandidateStage::Over) {
                CandidateStage::Over => return Ok(None),
                CandidateStage::Begun => {
                    let found = self.ask(conn, Vec::new(), None).await?;
                    if found.len() > AT_ONCE {
                        self.stage = self.by_days(conn).await?;
                        continue;
                    }
                    found
                }
                CandidateStage::Days { days, before, wanted, mut hours } if !hours.is_empty() => {
                    let hour = hours[0];
                    let mut found = self.ask(conn, Vec::new(), Some(hour)).await?;
                    if found.len() > AT_ONCE {
                        found.truncate(AT_ONCE);
                        self.behind = found.last().map(|last| (last.dialed_at, last.call_key));
                    } else {
                        hours.pop_front();
                    }
                    self.stage = CandidateStage::Days { days, before, wanted, hours };
                    found
                }
                CandidateStage::Days { mut days, mut before, mut wanted, mut hours } => {
                    if days.is_empty() {
                        days = self.days(conn, before).await?.into();
                        before = days.back().map(|last| last.0 - 1);
                    }
                    if days.is_empty() {
                        return Ok(None);
                    }
                    let mut calls = 0;
                    let fits = days.iter().take(DAYS_AT_ONCE).take_while(|(_, of_day)| {
                        calls += of_day;
                        calls <= wanted
                    });
                    let count = fits.count().max(1);
                    let some: Vec<i64> = days.iter().take(count).map(|(day, _)| *day).collect();
                    let found = self.ask(conn, some.clone(), None).await?;
                    if found.len() > AT_ONCE && count > 1 {
                        self.stage = CandidateStage::Days { days, before, wanted: AT_ONCE as i64, hours };
                        continue;
                    }
                    days.drain(..count);
                    if found.len() > AT_ONCE {
                        hours.extend((some[0] * 24..some[0] * 24 + 24).rev());
                        self.stage = CandidateStage::Days { days, before, wanted, hours };
                        continue;
                    }
                    if found.len() < READ_AT_ONCE {
                        wanted = wanted.saturating_mul(GROWTH);
                    }
                    self.stage = CandidateStage::Days { days, before, wanted, hours };
                    found
                }
            };
            if !found.is_empty() {
                let mut found = found;
                found.sort_by_key(|one| std::cmp::Reverse((one.dialed_at, one.call_key)));
                return Ok(Some(found));
            }
        }
    }

    /// The latest day that is looked at; `None`: the latest of all.
    async fn first_day(&self, conn: &mut Conn) -> Result<Option<i64>, StoreError> {
        let Some((dialed_at, _)) = self.behind else { return Ok(None) };
        let zone = accounts::lookup(conn, self.scope).await?.zone;
        // A day later: the account may have had another zone when the call came in.
        Ok(Some(i64::from(zone.local(Timestamp(dialed_at)).day().0) + 1))
    }

    /// Days with calls and how many they have, the latest first, as many as are read at once.
    async fn days(&self, conn: &mut Conn, before: Option<i64>) -> Result<Vec<(i64, i64)>, StoreError> {
        days_statement(self.scope, &self.campaigns, before).fetch_all(conn).await
    }
}

/// The statement of the days with calls up to this one, by the rollups.
fn days_statement(scope: &Scope, campaigns: &[i64], to: Option<i64>) -> Sql {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT day, CAST(SUM(calls) AS BIGINT) FROM ");
    match campaigns {
        [] => sql.push("usage_codes WHERE account_id = $1"),
        [campaign_key] => sql.push("rollup_days WHERE account_id = $1 AND campaign_key = ").int(*campaign_key),
        _ => {
            sql.push("rollup_days WHERE account_id = $1");
            chosen::push(&mut sql, scope, "campaign_key");
            &mut sql
        }
    };
    if let Some(to) = to {
        sql.push(" AND day <= ").int(to);
    }
    sql.push(" GROUP BY day ORDER BY day DESC LIMIT ").int(DAYS_AT_ONCE as i64);
    sql
}

/// Reads what candidates said, until a page is full.
struct HitReader<'a> {
    scope: &'a Scope,
    query: &'a SaidQuery,
    limit: usize,
    /// By when they were dialled and their numbers; more than the page has, where there are more.
    hits: Vec<((i64, i64), SaidHit)>,
    /// Transcripts that were read, and their bytes.
    calls: usize,
    bytes: usize,
    /// The last call that was looked at.
    last: Option<(i64, i64)>,
}

impl HitReader<'_> {
    /// Reads these; `false`: the page is full, or enough was read for it.
    async fn read(&mut self, conn: &mut Conn, candidates: &[SaidCandidate]) -> Result<bool, StoreError> {
        let keys: Vec<i64> = candidates.iter().map(|one| one.call_key).collect();
        let mut words = SaidWords::default();
        let mut at = 0;
        for keys in keys.chunks(READ_AT_ONCE) {
            let mut transcripts = Transcripts::new(keys);
            while let Some(portion) = transcripts.next(conn, self.scope).await? {
                let some = &candidates[at..at + portion.calls];
                at += portion.calls;
                self.calls += portion.calls;
                self.bytes += portion.bytes;
                let mut has_it = |one: &&SaidCandidate| {
                    let lines = portion.of.get(&one.call_key).into_iter().flatten();
                    lines.into_iter().any(|line| self.query.places(line.speaker, &line.text, &mut words).is_some())
                };
                let found: Vec<&SaidCandidate> = some.iter().filter(|one| has_it(one)).collect();
                self.show(conn, &found).await?;
                if self.hits.len() > self.limit {
                    return Ok(false);
                }
                let Some(last) = some.last() else { continue };
                self.last = Some((last.dialed_at, last.call_key));
                if self.calls >= SAID_LOOKED_AT || self.bytes >= PAGE_DETAIL_BYTES {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Adds calls as the reader may see them: who may not see numbers finds nothing by what is hidden.
    async fn show(&mut self, conn: &mut Conn, found: &[&SaidCandidate]) -> Result<(), StoreError> {
        let keys: Vec<(i64, i64, i64)> =
            found.iter().map(|one| (one.dialed_at, one.call_key, one.campaign_key)).collect();
        let mut words = SaidWords::default();
        for (call_key, mut call) in calls::with_transcripts(conn, self.scope, &keys).await? {
            let shown = call.transcript.take().unwrap_or_default();
            let mut lines: Vec<SaidLine> =
                shown.iter().filter_map(|line| SaidLine::of(line, self.query, &mut words)).collect();
            if lines.is_empty() {
                continue;
            }
            let more_lines = u32::try_from(lines.len().saturating_sub(SAID_LINES)).unwrap_or(u32::MAX);
            lines.truncate(SAID_LINES);
            self.hits.push(((call.dialed_at.0, call_key), SaidHit { call, lines, more_lines }));
        }
        Ok(())
    }
}
