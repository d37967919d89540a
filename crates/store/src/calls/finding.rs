//! The rows of a page: found in the order of the list, or where rollups say that calls of the filter are.

use domain::filter::CallOrder;

use super::{
    conditions::{self, CustomerLookup},
    listed::ResolvedList,
    row::{self, ListedCall},
    spans::{self, Span, Spans},
};
use crate::{Conn, StoreError, cursor::CursorPlace, search_index::SearchMatches, sql::Sql};

/// How the rows of a page are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowSource {
    /// All calls in the order of the list, until there are enough that the filter lets through.
    Sifted,
    /// The calls of the period, sorted.
    Sorted,
    /// Those of a time: in the order of dialling, or sorted.
    Within(Span),
}

/// Calls that are read to find a page without asking where its calls are, in the order of dialling.
const SIFTED: i128 = 2_000;
/// Calls that are read first where they are asked for.
const FIRST_PART: i64 = 4_000;

impl ResolvedList<'_> {
    /// Up to `rows` calls from `place` on, in the direction of `place`. The page's rows are found first, by index and
    /// already in order; only they are joined with what else is shown of them.
    pub(super) fn select(&self, place: Option<CursorPlace>, rows: usize, reading: RowSource) -> Sql {
        let column = self.filter.sort.by.word();
        let descending = self.descending(place);
        let mut sql = self.sql();
        sql.push(row::SELECT).push("(SELECT calls.* FROM ");
        self.push_from(&mut sql);
        conditions::push(&mut sql, self);
        conditions::push_customers(&mut sql, self, CustomerLookup::Each);
        let by_time = self.filter.sort.by == CallOrder::DialedAt;
        if let RowSource::Within(span) = reading {
            let begins = by_time && place.is_some_and(|place| span.from <= place.value && place.value < span.to);
            let (from, to) = (!begins || descending, !begins || !descending);
            spans::push_span(&mut sql, span, from, to);
        } else if let Some(range) = self.range.filter(|_| by_time || reading == RowSource::Sorted) {
            let bounded = place.is_some() && by_time;
            let (from, to) = (!bounded || descending, !bounded || !descending);
            conditions::push_instants(&mut sql, range, self.zone, from, to);
        }
        if self.is_level {
            // Found at once by the index, from whose other end they may lie behind all others.
            sql.push(" AND ").push(column).push(" = 0");
        }
        if let Some(place) = place.filter(|place| self.is_level && place.value == 0) {
            sql.push(" AND call_key ").push(if descending { "< " } else { "> " }).int(place.key);
        } else if let Some(place) = place {
            sql.push(" AND (").push(column).push(", call_key) ").push(if descending { "< (" } else { "> (" });
            sql.int(place.value).push(", ").int(place.key).push(")");
        }
        sql.push(" ORDER BY ").push(column).push(if descending { " DESC, call_key DESC" } else { ", call_key" });
        sql.push(" LIMIT ").int(rows as i64);
        sql.push(")").push(row::JOIN);
        sql
    }

    /// The direction in which rows are read from a place.
    pub(super) fn descending(&self, place: Option<CursorPlace>) -> bool {
        self.filter.sort.descending != place.is_some_and(|place| place.backwards)
    }

    /// Every condition, for a statement that reads all calls of the filter.
    pub(super) fn push_all(&self, sql: &mut Sql) {
        conditions::push(sql, self);
        let asking = if self.few().is_some() { CustomerLookup::Each } else { CustomerLookup::AtOnce };
        conditions::push_customers(sql, self, asking);
        if let Some(range) = self.range {
            conditions::push_instants(sql, range, self.zone, true, true);
        }
    }

    pub(super) fn value(&self, row: &ListedCall) -> i64 {
        match self.filter.sort.by {
            CallOrder::DialedAt => row.dialed_at,
            CallOrder::TalkTime => row.talk_time,
            CallOrder::Cost => row.cost,
        }
    }

    /// Puts rows into the order in which they are read from `place`: a join may shuffle them, and sorting a page here spares
    /// the engine a sorting step that would hide a missing index from the tests.
    pub(super) fn order(&self, rows: &mut [ListedCall], place: Option<CursorPlace>) {
        rows.sort_by_key(|row| (self.value(row), row.call_key));
        if self.descending(place) {
            rows.reverse();
        }
    }

    /// The rows of [`Self::select`] in the order in which they are read.
    pub(super) async fn fetch(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        reading: RowSource,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let mut rows: Vec<ListedCall> = self.select(place, rows, reading).fetch_all(conn).await?;
        self.order(&mut rows, place);
        Ok(rows)
    }

    /// As [`Self::fetch`], by whichever way reads the fewest calls, as far as rollups tell: the list in its order until the
    /// page is full, or the times that hold calls of the filter.
    pub(super) async fn find(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        spans: Option<&Spans>,
        found: Option<i64>,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let by_time = self.filter.sort.by == CallOrder::DialedAt;
        if self.few().is_some() {
            return self.fetch(conn, place, rows, RowSource::Sorted).await;
        }
        if let Some(spans) = spans {
            let mut sifted = i128::from(spans.all) * rows as i128 / i128::from(spans.matching.max(1));
            if let Some(SearchMatches::Many(one_in) | SearchMatches::Middling(_, one_in)) = self.found.as_deref() {
                sifted *= i128::from(*one_in);
            }
            if let Some(SearchMatches::Middling(few, _)) = self.found.as_deref()
                && sifted > few.customers.len() as i128
            {
                return self.by_customers().fetch(conn, place, rows, RowSource::Sorted).await;
            }
            if by_time && sifted > SIFTED {
                return self.fetch_by_time(conn, place, rows, spans).await;
            } else if !by_time && i128::from(spans.calls()) < sifted {
                return self.fetch_sorted(conn, place, rows, spans).await;
            }
        }
        let reading = match found {
            Some(found) if self.sorts(conn, found, rows).await? => RowSource::Sorted,
            _ => RowSource::Sifted,
        };
        self.fetch(conn, place, rows, reading).await
    }

    /// Reads the spans one after the other, in the direction of `place`, until there are enough rows.
    pub(super) async fn fetch_by_time(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        spans: &Spans,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let descending = self.descending(place);
        let mut found = Vec::new();
        // What comes later is read in larger parts: where rows are few, few are where one has looked already.
        let mut most = FIRST_PART;
        let mut left = spans.times.clone();
        if let Some(place) = place {
            left.retain(|span| if descending { span.from <= place.value } else { place.value < span.to });
        }
        while found.len() < rows {
            let Some(span) = spans::take(&mut left, most, descending) else { break };
            most = most.saturating_mul(4);
            found.extend(self.fetch(conn, place, rows - found.len(), RowSource::Within(span)).await?);
        }
        Ok(found)
    }

    /// Reads all spans, and sorts what is in them.
    pub(super) async fn fetch_sorted(
        &self,
        conn: &mut Conn,
        place: Option<CursorPlace>,
        rows: usize,
        spans: &Spans,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let (mut found, mut left) = (Vec::new(), spans.times.clone());
        while let Some(span) = spans::take(&mut left, i64::MAX, false) {
            found.extend(self.fetch(conn, place, rows, RowSource::Within(span)).await?);
        }
        self.order(&mut found, place);
        found.truncate(rows);
        Ok(found)
    }

    /// Whether a page of the filter's `found` calls is found sooner by sorting those of its period than by sifting all calls
    /// in the order of the list: sifting reads as many for each row of the page as there are calls for each one found.
    pub(super) async fn sorts(&self, conn: &mut Conn, found: i64, rows: usize) -> Result<bool, StoreError> {
        if self.range.is_none() || self.filter.sort.by == CallOrder::DialedAt {
            return Ok(false);
        }
        let mut sql = self.sql();
        sql.push("SELECT CAST(COALESCE(SUM(answered + failed + error + in_progress), 0) AS BIGINT) FROM campaigns");
        sql.push(self.of());
        let (all,): (i64,) = sql.fetch_one(conn).await?;
        Ok(i128::from(found) * i128::from(found) < i128::from(all) * rows as i128)
    }

    /// Calls and sums by code, from a rollup where one can tell, else by reading the calls; in progress is the code ''.
    pub(super) fn by_code(&self) -> Sql {
        let mut sql = self.sql();
        if let Some(rollup) = conditions::rollup(self) {
            sql.push("SELECT code, CAST(SUM(calls) AS BIGINT) AS calls,").push(row::SUMS);
            sql.push(" FROM ").push(rollup).push(self.of());
            conditions::push_on_rollup(&mut sql, self);
            sql.push(" GROUP BY code");
        } else {
            sql.push("SELECT COALESCE(result_code, '') AS code, COUNT(*) AS calls,").push(row::SUMS);
            sql.push(" FROM ");
            self.push_from(&mut sql);
            self.push_all(&mut sql);
            sql.push(" GROUP BY result_code");
        }
        sql
    }
}
