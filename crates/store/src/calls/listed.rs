//! A list of calls: whose, by which filter, and what that means in this account.

use std::sync::Arc;

use domain::{CallFilter, CampaignId, Currency, DateRange, Day, Plan, time::Zone};

use crate::{
    Conn, Scope, StoreError, accounts, campaigns, chosen,
    cursor::ListName,
    meanings::Meanings,
    own_dimensions::OwnTexts,
    put::invalid,
    search_index::{self, FoundCustomers, SearchMatches},
    sql::{Search, Sql},
    voicebots,
};

/// A list of calls, resolved: what the campaign, the voicebots, the period and the zone mean.
#[derive(Clone)]
pub(super) struct ResolvedList<'a> {
    pub(super) scope: &'a Scope,
    /// None for the calls of the whole account.
    pub(super) campaign_key: Option<i64>,
    pub(super) filter: &'a CallFilter,
    pub(super) voicebots: Vec<i64>,
    pub(super) range: Option<DateRange>,
    pub(super) zone: Zone,
    pub(super) list: ListName,
    pub(super) currency: Currency,
    pub(super) meanings: Meanings,
    /// What the values of the account's own dimensions are called.
    pub(super) own: Arc<OwnTexts>,
    /// Whom the filter's search finds, if it searches.
    pub(super) found: Option<Arc<SearchMatches>>,
    /// What the campaign was set to do, where the filter asks for it.
    pub(super) plan: Plan,
    /// Whether all calls of the filter are known to have 0 in the column of the order, as calls that nobody answered have.
    pub(super) is_level: bool,
}

impl<'a> ResolvedList<'a> {
    /// `None`: no such campaign. A voicebot that the account does not have is refused: what it named would be an empty
    /// list that looks like an answer.
    pub(super) async fn resolve(
        conn: &mut Conn,
        scope: &'a Scope,
        campaign: Option<&CampaignId>,
        filter: &'a CallFilter,
        today: Day,
    ) -> Result<Option<Self>, StoreError> {
        let account = accounts::lookup(conn, scope).await?;
        let campaign_key = if let Some(campaign) = campaign {
            let Some(key) = campaigns::key(conn, scope, campaign).await? else { return Ok(None) };
            Some(key)
        } else {
            chosen::whole_account(scope)?;
            None
        };
        let plan = match campaign.filter(|_| filter.asks_for_plan()) {
            Some(campaign) => campaigns::plan(conn, scope, campaign).await?.unwrap_or_default(),
            None => Plan::default(),
        };
        if campaign.is_none() && filter.asks_for_plan() {
            let field = if filter.outside_plan { "outside_plan" } else { "beyond_rule" };
            return Err(invalid(field, "is of one campaign's calls: each campaign has a plan of its own"));
        }
        let voicebots = voicebots::keys(conn, scope, &filter.voicebots).await?;
        let voicebots = voicebots.ok_or_else(|| invalid("voicebot", "is not a voicebot of this account"))?;
        let zone = account.zone;
        let range = filter.period.resolve(today);
        let sort = filter.sort.to_word();
        let list = match campaign_key {
            Some(key) => ListName::new("calls", scope.account(), key, &sort),
            None => ListName::new("account calls", scope.account(), 0, &sort),
        };
        let meanings = Meanings::load(conn, scope).await?;
        let own = Arc::new(OwnTexts::load(conn, scope).await?);
        if filter.own.iter().any(|of| !own.has(of.dimension)) {
            return Err(invalid("own", "is not of a dimension of this account"));
        }
        let currency = account.currency;
        let found = match filter.q.as_deref() {
            Some(q) => {
                let search = Search::of(q, scope);
                Some(Arc::new(search_index::find(conn, scope, campaign_key, &search, true).await?))
            }
            None => None,
        };
        Ok(Some(Self {
            found,
            scope,
            campaign_key,
            filter,
            voicebots,
            range,
            zone,
            list,
            currency,
            meanings,
            own,
            plan,
            is_level: false,
        }))
    }

    /// A statement whose `$1` is the account and whose `$2` the campaign, if there is one.
    pub(super) fn sql(&self) -> Sql {
        match self.campaign_key {
            Some(campaign_key) => Sql::with(&[self.scope.account(), campaign_key]),
            None => Sql::with(&[self.scope.account()]),
        }
    }

    /// Whose rows, of the calls and of every rollup.
    pub(super) fn of(&self) -> &'static str {
        match self.campaign_key {
            Some(_) => " WHERE account_id = $1 AND campaign_key = $2",
            None => " WHERE account_id = $1",
        }
    }

    /// The customers that the filter's search finds, where they are few.
    pub(super) fn few(&self) -> Option<&FoundCustomers> {
        match self.found.as_deref() {
            Some(SearchMatches::Few(few)) => Some(few),
            _ => None,
        }
    }

    /// The same list, whose calls are found by the customers whom the search finds, where it is known who all of these are.
    pub(super) fn by_customers(&self) -> Self {
        match self.found.as_deref() {
            Some(SearchMatches::Middling(few, _)) => {
                Self { found: Some(Arc::new(SearchMatches::Few(few.clone()))), ..self.clone() }
            }
            _ => self.clone(),
        }
    }

    /// Appends the calls, or those of the few customers that the search finds, and whose they are; the filter's other conditions
    /// may follow.
    pub(super) fn push_from(&self, sql: &mut Sql) {
        let few = self.few();
        if let Some(few) = few {
            few.push_before(sql);
        }
        sql.push("calls").push(self.of());
        if let Some(few) = few {
            sql.push(search_index::JOINED);
            if !few.is_whole() {
                sql.push(" AND (f.found_whole = 1 OR ");
                Search::of(self.filter.q.as_deref().unwrap_or_default(), self.scope).push_on_dialled(sql);
                sql.push(")");
            }
        }
    }
}
