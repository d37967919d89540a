//! A filter of customers as SQL: all of it is asked of the row of the customer, nothing of calls.

use domain::{
    CallClass, CustomerFilter, DateRange, Day, HangupBy,
    customer_filter::{CustomerOrder, TimesCalled},
    filter::{ClassFilter, CustomerStanding},
};

use super::reached;
use crate::{
    Conn, Scope, StoreError,
    meanings::Meanings,
    search_index::{self, SearchMatches},
    sql::{Search, Sql},
};

/// The column that an order is by, beside the place on the list.
pub(super) fn column(by: CustomerOrder) -> Option<&'static str> {
    Some(match by {
        CustomerOrder::Listed => return None,
        CustomerOrder::LatestAt => "latest_at",
        CustomerOrder::TalkTime => "latest_talk_time",
        CustomerOrder::Code => "latest_code",
        CustomerOrder::HangupBy => "latest_hangup_by",
        CustomerOrder::Calls => "calls",
        CustomerOrder::Cost => "cost",
    })
}

/// Which customers of a campaign, resolved: what the period, the zone and the codes mean.
pub(super) struct Asked<'a> {
    pub(super) scope: &'a Scope,
    pub(super) campaign_key: i64,
    pub(super) filter: &'a CustomerFilter,
    pub(super) meanings: Meanings,
    /// Whom the filter's search finds, if it searches.
    pub(super) found: Option<SearchMatches>,
    pub(super) range: Option<DateRange>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(
        scope: &'a Scope,
        campaign_key: i64,
        filter: &'a CustomerFilter,
        today: Day,
        meanings: Meanings,
    ) -> Self {
        Self { scope, campaign_key, filter, meanings, found: None, range: filter.period.resolve(today) }
    }

    /// A statement whose `$1` is the account and whose `$2` the campaign.
    pub(super) fn sql(&self) -> Sql {
        Sql::with(&[self.scope.account(), self.campaign_key])
    }

    /// How many customers there are among these numbers.
    pub(super) fn count(&self, from: i64, to: i64) -> Sql {
        let mut sql = self.sql();
        sql.push("SELECT COUNT(*)");
        self.push(&mut sql);
        sql.push(" AND contact_no >= ").int(from).push(" AND contact_no < ").int(to);
        sql
    }

    /// Whether the list is read by the columns of the campaign: all that are not in the order in which customers came to it, nor of few
    /// whom a search finds. With `counted` also what must be counted, unless by a search.
    pub(super) fn is_by_columns(&self, counted: bool) -> bool {
        match self.found {
            Some(SearchMatches::Few(_)) => false,
            Some(SearchMatches::Many(_)) => self.filter.sort.by != CustomerOrder::Listed,
            Some(SearchMatches::Middling(..)) => self.filter.sort.by != CustomerOrder::Listed || counted,
            None => self.filter.sort.by != CustomerOrder::Listed || counted || self.is_sparse(),
        }
    }

    /// Whether it may be that of many customers but few are let through, of whom there is no index.
    fn is_sparse(&self) -> bool {
        matches!(self.filter.standing, CustomerStanding::Reached | CustomerStanding::Tried)
    }

    /// Finds whom the filter's search is about.
    pub(super) async fn search(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        if let Some(q) = self.filter.q.as_deref() {
            let search = Search::of(q, self.scope);
            self.found = Some(search_index::find(conn, self.scope, Some(self.campaign_key), &search, false).await?);
        }
        Ok(())
    }

    /// Appends where the customers are read from, and the conditions.
    pub(super) fn push(&self, sql: &mut Sql) {
        let filter = self.filter;
        sql.push(" FROM ");
        let few = match &self.found {
            Some(SearchMatches::Few(few)) => Some(few),
            _ => None,
        };
        if let Some(few) = few {
            few.push_before(sql);
        }
        sql.push("contacts WHERE account_id = $1 AND campaign_key = $2");
        if few.is_some() {
            sql.push(search_index::JOINED);
        }
        match filter.standing {
            CustomerStanding::All => {}
            CustomerStanding::Reached => drop(sql.push(" AND ").push(reached(&self.meanings))),
            CustomerStanding::Tried => drop(sql.push(" AND dialled AND NOT ").push(reached(&self.meanings))),
            CustomerStanding::NeverDialled => drop(sql.push(" AND NOT dialled")),
        }
        if let Some(q) = filter.q.as_deref().filter(|_| few.is_none()) {
            sql.push(" AND ");
            Search::of(q, self.scope).push_on_contacts(sql);
        }
        if let Some(range) = self.range {
            // Day 0 of who was never called is no day of theirs.
            sql.push(" AND latest_at > 0 AND latest_day BETWEEN ").int(i64::from(range.from.0));
            sql.push(" AND ").int(i64::from(range.to.0));
        }
        if !filter.codes.is_empty() {
            sql.push(" AND latest_code IN ").texts(filter.codes.iter().map(domain::Code::as_str));
        }
        self.push_classes(sql);
        if !filter.hangup_by.is_empty() {
            sql.push(" AND latest_hangup_by IN ").texts(filter.hangup_by.iter().copied().map(HangupBy::word));
        }
        match filter.calls {
            Some(TimesCalled::Exactly(calls)) => drop(sql.push(" AND calls = ").int(i64::from(calls))),
            Some(TimesCalled::AtLeast(calls)) => drop(sql.push(" AND calls >= ").int(i64::from(calls))),
            None => {}
        }
    }

    /// The class of a finished call follows from its code.
    fn push_classes(&self, sql: &mut Sql) {
        if self.filter.classes.is_empty() {
            return;
        }
        let meanings = self.meanings.now();
        sql.push(" AND (1 = 0");
        for class in &self.filter.classes {
            match class {
                ClassFilter::InProgress => drop(sql.push(" OR (latest_at > 0 AND latest_code = '')")),
                ClassFilter::Class(CallClass::Success) => {
                    sql.push(" OR latest_code NOT IN ").texts(std::iter::once("").chain(meanings.not_success()));
                }
                ClassFilter::Class(class) => {
                    sql.push(" OR latest_code IN ").texts(meanings.codes_of(*class));
                }
            }
        }
        sql.push(")");
    }
}
