//! Customers as they are listed: everybody on a campaign's list, or those of one standing.

use domain::{
    CampaignId, ContactId, Customer, CustomerFilter, ShownContact, Sight, Timestamp,
    filter::CustomerStanding,
    sight::{ContactPlace, Mask, StoredContact},
};

use crate::{
    Conn, PageRequest, Scope, StoreError, chosen,
    cursor::{List, Place},
    db::fetch_optional,
    meanings::Meanings,
    sql::{Search, Sql},
};

/// A page of a campaign's customers, in the order of the list.
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

#[derive(Debug, sqlx_macros::FromRow)]
struct CustomerRow {
    contact_no: i64,
    id: String,
    phone: Option<String>,
    name: Option<String>,
    last_dialed_at: Option<i64>,
    last_attempt: i64,
    dialled: bool,
    reached: bool,
}

impl CustomerRow {
    /// The customer as this reader may see them.
    fn read(self, campaign_key: i64, sight: Sight) -> Result<Customer, StoreError> {
        let broken = |_| StoreError::Broken(format!("id of customer {}", self.contact_no));
        let mask = Mask::new(sight, self.phone.as_deref());
        let stored = StoredContact {
            id: ContactId::new(self.id).map_err(broken)?,
            phone: self.phone,
            name: self.name,
            place: ContactPlace { campaign_key, contact_no: self.contact_no },
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
        })
    }
}

/// Whether a customer was reached, as a condition: while a changed meaning of a code settles, what stands beside it holds.
fn reached(meanings: &Meanings) -> &'static str {
    if meanings.is_settling() { "COALESCE((next_standing & 2) <> 0, reached)" } else { "reached" }
}

/// The conditions, with `$1` the account and `$2` the campaign.
fn push_conditions(sql: &mut Sql, scope: &Scope, meanings: &Meanings, filter: &CustomerFilter) {
    sql.push(" FROM contacts WHERE account_id = $1 AND campaign_key = $2");
    match filter.standing {
        CustomerStanding::All => {}
        CustomerStanding::Reached => drop(sql.push(" AND ").push(reached(meanings))),
        CustomerStanding::Tried => drop(sql.push(" AND dialled AND NOT ").push(reached(meanings))),
        CustomerStanding::NeverDialled => drop(sql.push(" AND NOT dialled")),
    }
    if let Some(q) = filter.q.as_deref() {
        sql.push(" AND ");
        Search::of(q, scope).push_on_contacts(sql);
    }
}

fn select(
    scope: &Scope,
    campaign_key: i64,
    meanings: &Meanings,
    filter: &CustomerFilter,
    place: Option<Place>,
    rows: usize,
) -> Sql {
    let mut sql = Sql::with(&[scope.account(), campaign_key]);
    sql.push("SELECT contact_no, id, phone, name, last_dialed_at, last_attempt, dialled, ");
    sql.push(reached(meanings)).push(" AS reached");
    push_conditions(&mut sql, scope, meanings, filter);
    let backwards = place.is_some_and(|place| place.backwards);
    if let Some(place) = place {
        sql.push(if backwards { " AND contact_no < " } else { " AND contact_no > " }).int(place.key);
    }
    sql.push(if backwards { " ORDER BY contact_no DESC LIMIT " } else { " ORDER BY contact_no LIMIT " });
    sql.int(rows as i64);
    sql
}

/// A page of a campaign's customers. `None`: no such campaign.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    filter: &CustomerFilter,
    request: &PageRequest,
) -> Result<Option<CustomerPage>, StoreError> {
    let limit = request.checked_limit()?;
    let counters = fetch_optional!(
        conn,
        (i64, i64, i64, i64),
        "SELECT campaign_key, contacts, dialled, reached FROM campaigns WHERE account_id = $1 AND id = $2",
        scope.account(),
        campaign.as_str(),
    )?;
    let Some((campaign_key, contacts, dialled, reached)) = counters else { return Ok(None) };
    if !chosen::sees(conn, scope, campaign_key).await? {
        return Ok(None);
    }
    let list = List::new("customers", scope.account(), campaign_key, "contact_no");
    let place = request.place(&list)?;
    let meanings = Meanings::load(conn, scope).await?;
    let rows: Vec<CustomerRow> =
        select(scope, campaign_key, &meanings, filter, place, limit + 1).fetch_all(conn).await?;
    let (rows, next, previous) = list.cut(rows, limit, place, |row| (0, row.contact_no));
    let total = if filter.q.is_some() {
        let mut sql = Sql::with(&[scope.account(), campaign_key]);
        sql.push("SELECT COUNT(*)");
        push_conditions(&mut sql, scope, &meanings, filter);
        sql.fetch_one::<(i64,)>(conn).await?.0
    } else {
        match filter.standing {
            CustomerStanding::All => contacts,
            CustomerStanding::Reached => reached,
            CustomerStanding::Tried => dialled - reached,
            CustomerStanding::NeverDialled => contacts - dialled,
        }
    };
    let customers = rows.into_iter().map(|row| row.read(campaign_key, scope.sight())).collect::<Result<_, _>>()?;
    Ok(Some(CustomerPage { customers, next, previous, total: i64::cast_unsigned(total) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        campaigns,
        support::{both_engines, call, send, shop},
    };

    both_engines! {
        async fn customers_are_listed_by_what_became_of_them(db) {
            let scope = shop(&db, "customers").await;
            let campaign = "camp-0".parse().unwrap();
            let listed = (0..7).map(|n| crate::contacts::ContactRecord {
                id: format!("w-{n}").parse().unwrap(),
                phone: format!("09000000{n:02}"),
                name: Some(format!("Chờ {n}")),
                attributes: None,
            });
            let mut conn = db.write().await.unwrap();
            crate::contacts::add(&mut conn, &scope, &campaign, listed.enumerate().collect()).await.unwrap();
            conn.commit().await.unwrap();
            send(&db, &scope, vec![call("a").talked(9_000), call("b")]).await;

            let mut conn = db.read().await.unwrap();
            for standing in CustomerStanding::ALL {
                let filter = CustomerFilter { standing, q: None };
                let (mut seen, mut cursor, mut total) = (vec![], None, 0);
                loop {
                    let request = PageRequest { limit: 3, cursor, details: false };
                    let page = list(&mut conn, &scope, &campaign, &filter, &request).await.unwrap().unwrap();
                    seen.extend(page.customers);
                    total = page.total.max(total);
                    cursor = page.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(seen.len() as u64, total, "{standing:?}");
                let all = standing == CustomerStanding::All;
                assert!(all || seen.iter().all(|customer| customer.standing == standing), "{seen:?}");
                assert_eq!(total, match standing {
                    CustomerStanding::All => 9,
                    CustomerStanding::NeverDialled => 7,
                    _ => 1,
                });
            }
            let filter = CustomerFilter { standing: CustomerStanding::NeverDialled, q: Some("cho 3".to_owned()) };
            let found = list(&mut conn, &scope, &campaign, &filter, &PageRequest::default()).await.unwrap().unwrap();
            assert_eq!((found.total, found.customers[0].contact.id().as_str()), (1, "w-3"));
            let nowhere = "nowhere".parse().unwrap();
            assert_eq!(list(&mut conn, &scope, &nowhere, &filter, &PageRequest::default()).await.unwrap(), None);

            let campaign_key = campaigns::key(&mut conn, &scope, &campaign).await.unwrap().unwrap();
            if let crate::db::Tx::Sqlite(_) = conn.tx {
                let waiting = CustomerFilter { q: None, ..filter };
                for backwards in [false, true] {
                    let place = Some(Place { value: 0, key: 3, backwards });
                    let plan = select(&scope, campaign_key, &Meanings::default(), &waiting, place, 51).explain(&mut conn).await;
                    assert!(plan.contains("contacts_waiting"), "whom to call is searched among all:\n{plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
                }
            }
        }
    }
}
