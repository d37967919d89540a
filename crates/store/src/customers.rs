//! Customers as they are listed: everybody on a campaign's list, as things stand, or those of one standing, of whose latest call
//! something is asked.

mod conditions;
mod history;
mod ordered;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::{
    CampaignId, ContactId, Currency, Customer, CustomerFilter, Day, Money, ShownContact, Sight, Timestamp,
    customer_filter::CustomerOrder,
    filter::CustomerStanding,
    sight::{ContactPlace, Mask, StoredContact},
};

use self::conditions::{Asked, column};
#[cfg(test)]
pub(crate) use self::history::explain_history;
pub use self::history::{CustomerHistory, HistoryRow, history};
use crate::{
    Conn, PageRequest, Scope, StoreError, accounts, calls, chosen,
    cursor::{CursorPlace, ListName},
    db::fetch_optional,
    meanings::Meanings,
    sql::Sql,
};

/// A page of a campaign's customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerPage {
    /// The customers of this page.
    pub customers: Vec<Customer>,
    /// The cursor of the page after this one.
    pub next: Option<String>,
    /// The cursor of the page before this one.
    pub previous: Option<String>,
    /// How many the filter lets through, on all pages.
    pub total: u64,
}

/// A part of a list that is read to its end, for files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSlice {
    /// The customers of this slice.
    pub customers: Vec<Customer>,
    /// The cursor of the slice after this one; none at the end.
    pub next: Option<String>,
}

/// A row of `contacts`.
#[derive(Debug, sqlx_macros::FromRow)]
struct CustomerRow {
    campaign_key: i64,
    contact_no: i64,
    id: String,
    phone: Option<String>,
    name: Option<String>,
    last_dialed_at: Option<i64>,
    last_attempt: i64,
    dialled: bool,
    reached: bool,
    calls: i64,
    cost: i64,
    latest_at: i64,
    latest_talk_time: i64,
    latest_code: String,
    latest_hangup_by: String,
}

/// The columns of [`CustomerRow`], but for `reached`, which depends on the meaning of codes.
const COLUMNS: &str =
    "campaign_key, contact_no, id, phone, name, last_dialed_at, last_attempt, dialled, calls, cost, latest_at,
    latest_talk_time, latest_code, latest_hangup_by, ";

impl CustomerRow {
    /// What the list is sorted by, of this row: a number or a text.
    fn value(&self, by: CustomerOrder) -> (i64, String) {
        match by {
            CustomerOrder::Listed => (0, String::new()),
            CustomerOrder::LatestAt => (self.latest_at, String::new()),
            CustomerOrder::TalkTime => (self.latest_talk_time, String::new()),
            CustomerOrder::Code => (0, self.latest_code.clone()),
            CustomerOrder::HangupBy => (0, self.latest_hangup_by.clone()),
            CustomerOrder::Calls => (self.calls, String::new()),
            CustomerOrder::Cost => (self.cost, String::new()),
        }
    }

    /// The customer as this reader may see them.
    fn read(self, sight: Sight) -> Result<Customer, StoreError> {
        let broken = |_| StoreError::Broken(format!("id of customer {}", self.contact_no));
        let mask = Mask::new(sight, self.phone.as_deref());
        let stored = StoredContact {
            id: ContactId::new(self.id).map_err(broken)?,
            phone: self.phone,
            name: self.name,
            place: ContactPlace { campaign_key: self.campaign_key, contact_no: self.contact_no },
        };
        Ok(Customer {
            contact: ShownContact::new(stored, &mask),
            standing: match (self.reached, self.dialled) {
                (true, _) => CustomerStanding::Reached,
                (false, true) => CustomerStanding::Tried,
                (false, false) => CustomerStanding::NeverDialled,
            },
            attempts: self.last_attempt as u32,
            last_dialed_at: self.last_dialed_at.map(Timestamp),
            calls: self.calls as u32,
            cost: Money(self.cost),
            latest: None,
        })
    }
}

/// Whether a customer was reached, as a condition: while a changed meaning of a code settles, what stands beside it holds.
fn reached(meanings: &Meanings) -> &'static str {
    if meanings.is_settling() { "COALESCE((next_standing & 2) <> 0, reached)" } else { "reached" }
}

/// Up to `rows` customers from a place on, in its direction: in the order of the list, or sorted where a search finds but few.
fn select(asked: &Asked<'_>, place: Option<&(CursorPlace, String)>, rows: usize) -> Sql {
    let sort = asked.filter.sort;
    let backwards = place.is_some_and(|(place, _)| place.backwards);
    let descending = sort.descending != backwards;
    let mut sql = asked.sql();
    sql.push("SELECT ").push(COLUMNS).push(reached(&asked.meanings)).push(" AS reached");
    asked.push(&mut sql);
    let column = column(sort.by);
    if let Some((place, text)) = place {
        let compared = if descending { " < " } else { " > " };
        match column {
            None => drop(sql.push(" AND contact_no").push(compared).int(place.key)),
            Some(column) => {
                sql.push(" AND (").push(column).push(", contact_no)").push(compared).push("(");
                if matches!(sort.by, CustomerOrder::Code | CustomerOrder::HangupBy) {
                    sql.text(text.as_str());
                } else {
                    sql.int(place.value);
                }
                sql.push(", ").int(place.key).push(")");
            }
        }
    }
    sql.push(" ORDER BY ");
    if let Some(column) = column {
        sql.push(column).push(if descending { " DESC, " } else { ", " });
    }
    sql.push(if descending { "contact_no DESC LIMIT " } else { "contact_no LIMIT " }).int(rows as i64);
    sql
}

/// The customers of these numbers.
fn of_numbers(asked: &Asked<'_>, numbers: &[i64]) -> Sql {
    let mut sql = asked.sql();
    sql.push("SELECT ").push(COLUMNS).push(reached(&asked.meanings)).push(" AS reached FROM contacts");
    sql.push(" WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ").ints(numbers.iter().copied());
    sql
}

/// The totals of a campaign's customers.
#[derive(Debug, sqlx_macros::FromRow)]
struct Counters {
    campaign_key: i64,
    contacts: i64,
    dialled: i64,
    reached: i64,
}

/// The campaign; `None` where there is none of this id, or not for this reader.
async fn counters(conn: &mut Conn, scope: &Scope, campaign: &CampaignId) -> Result<Option<Counters>, StoreError> {
    let counters = fetch_optional!(
        conn,
        Counters,
        "SELECT campaign_key, contacts, dialled, reached FROM campaigns WHERE account_id = $1 AND id = $2",
        scope.account(),
        campaign.as_str(),
    )?;
    let Some(counters) = counters else { return Ok(None) };
    Ok(chosen::sees(conn, scope, counters.campaign_key).await?.then_some(counters))
}

/// Some customers in the order of a filter, the cursors around them, and how many the filter lets through where `counted`, or where
/// that is known on the way.
async fn read(
    conn: &mut Conn,
    asked: &Asked<'_>,
    currency: &Currency,
    request: &PageRequest,
    counted: bool,
) -> Result<(CustomerPart, Option<u64>), StoreError> {
    let limit = request.checked_limit()?;
    let (scope, by) = (asked.scope, asked.filter.sort.by);
    let list = ListName::new("customers", scope.account(), asked.campaign_key, &asked.filter.sort.to_word());
    let place = request.place_and_text(&list)?;
    let mut total = None;
    let rows: Vec<CustomerRow> = if asked.is_by_columns(counted) {
        let found = ordered::find(conn, asked, place.as_ref(), limit + 1).await?;
        total = found.total;
        if found.numbers.is_empty() {
            Vec::new()
        } else {
            let rows: Vec<CustomerRow> = of_numbers(asked, &found.numbers).fetch_all(conn).await?;
            let mut rows: HashMap<i64, CustomerRow> = rows.into_iter().map(|row| (row.contact_no, row)).collect();
            found.numbers.iter().filter_map(|number| rows.remove(number)).collect()
        }
    } else {
        select(asked, place.as_ref(), limit + 1).fetch_all(conn).await?
    };
    if counted && total.is_none() {
        total = Some(ordered::count(conn, asked).await?);
    }
    let place = place.map(|(place, _)| place);
    let (rows, next, previous) = list.cut_with_text(rows, limit, place, |row| {
        let (value, text) = row.value(by);
        (value, text, row.contact_no)
    });
    let numbers: Vec<i64> = rows.iter().filter(|row| row.latest_at > 0).map(|row| row.contact_no).collect();
    let mut latest =
        calls::latest_of(conn, scope, asked.campaign_key, &numbers, currency, asked.meanings.now()).await?;
    let customers = rows.into_iter().map(|row| {
        let call = latest.remove(&row.contact_no).map(Box::new);
        row.read(scope.sight()).map(|customer| Customer { latest: call, ..customer })
    });
    Ok((CustomerPart { customers: customers.collect::<Result<_, _>>()?, next, previous }, total))
}

/// Some customers of a list, and the cursors around them.
struct CustomerPart {
    customers: Vec<Customer>,
    next: Option<String>,
    previous: Option<String>,
}

/// What is asked of a campaign's customers, with its counters and the account's currency. `None`: no such campaign.
async fn ask<'a>(
    conn: &mut Conn,
    scope: &'a Scope,
    campaign: &CampaignId,
    filter: &'a CustomerFilter,
    today: Day,
) -> Result<Option<(Counters, Asked<'a>, Currency)>, StoreError> {
    let Some(counters) = counters(conn, scope, campaign).await? else { return Ok(None) };
    let account = accounts::lookup(conn, scope).await?;
    let meanings = Meanings::load(conn, scope).await?;
    let mut asked = Asked::new(scope, counters.campaign_key, filter, today, meanings);
    asked.search(conn).await?;
    Ok(Some((counters, asked, account.currency)))
}

/// A page of a campaign's customers; `today` is what the filter's period counts from. `None`: no such campaign.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    filter: &CustomerFilter,
    today: Day,
    request: &PageRequest,
) -> Result<Option<CustomerPage>, StoreError> {
    let Some((counters, asked, currency)) = ask(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let by_standing =
        CustomerFilter { standing: filter.standing, sort: filter.sort, ..CustomerFilter::default() } == *filter;
    let known = by_standing.then(|| match filter.standing {
        CustomerStanding::All => counters.contacts,
        CustomerStanding::Reached => counters.reached,
        CustomerStanding::Tried => counters.dialled - counters.reached,
        CustomerStanding::NeverDialled => counters.contacts - counters.dialled,
    });
    let (part, counted) = read(conn, &asked, &currency, request, known.is_none()).await?;
    let total = known.map(i64::cast_unsigned).or(counted).unwrap_or_default();
    let CustomerPart { customers, next, previous } = part;
    Ok(Some(CustomerPage { customers, next, previous, total }))
}

/// The next customers of a list that is read to its end, without counting it each time. `None`: no such campaign.
pub async fn slice(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    filter: &CustomerFilter,
    today: Day,
    request: &PageRequest,
) -> Result<Option<CustomerSlice>, StoreError> {
    let Some((_, asked, currency)) = ask(conn, scope, campaign, filter, today).await? else { return Ok(None) };
    let (CustomerPart { customers, next, .. }, _) = read(conn, &asked, &currency, request, false).await?;
    Ok(Some(CustomerSlice { customers, next }))
}
