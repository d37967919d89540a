//! Customers on campaigns' lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    CampaignId, ContactId, ContactRef, Country, FieldError, Timestamp, attributes, limits, phone, search, text,
};
use serde::{Deserialize, Serialize};

use crate::{
    Scope, StoreError, accounts,
    bulk::{BulkColumn, insert_rows},
    customer_columns::{self, ColumnEntry, CustomerValues},
    db::{Conn, execute, fetch_all, fetch_optional},
    dialect::{integers_of_json, plan_lookups, texts_of_json},
    ingest::{BatchAnswer, RecordError},
    live::{self, Change},
    own_filling,
    rollup::Deltas,
    search_index,
    timeline::{EndedCodes, FlagColumns, Flags, LatestCall, TimelineStanding},
};

/// One customer as sent to `POST /api/v1/campaigns/{id}/contacts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactRecord {
    /// The sender's id, unique within the campaign.
    pub id: ContactId,
    /// The number to dial.
    pub phone: String,
    /// What the sender calls the customer.
    #[serde(default)]
    pub name: Option<String>,
    /// Whatever else the sender wants to keep; at most 100 entries and 64 KiB.
    #[serde(default, deserialize_with = "attributes::deserialize")]
    pub attributes: Option<BTreeMap<String, serde_json::Value>>,
}

impl ContactRecord {
    fn check(&self) -> Result<(), FieldError> {
        phone::parse(&self.phone).map_err(|error| FieldError::new("phone", error.to_string()))?;
        if self.name.as_ref().is_some_and(|name| name.chars().count() > limits::NAME_CHARS) {
            return Err(FieldError::new("name", "is longer than 300 characters"));
        }
        // PostgreSQL has no such text.
        if self.name.as_ref().is_some_and(|name| name.contains('\0')) {
            return Err(FieldError::new("name", "holds a NUL character"));
        }
        match self.attributes.as_ref().and_then(attributes::fault) {
            Some(fault) => Err(FieldError::new("attributes", fault)),
            None => Ok(()),
        }
    }
}

/// What a customer was called, if anything.
#[derive(Debug, Clone)]
pub(crate) struct FormerName(pub Option<String>);

/// A customer in memory while a batch is worked on.
// What is to be done with a customer is told apart by these.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone)]
pub(crate) struct TimelineCustomer {
    pub campaign_key: i64,
    pub contact_no: i64,
    pub id: String,
    pub phone: Option<String>,
    pub name: Option<String>,
    pub attributes: Option<String>,
    /// Whether somebody put them on the list; else they are on it because of their calls.
    pub listed: bool,
    /// Whether a call of theirs was corrected to another customer: they stay on the list.
    pub corrected: bool,
    /// Where the customer stands now.
    pub standing: TimelineStanding,
    /// Where the customer stood when it was read.
    pub stored: TimelineStanding,
    /// Not in the database yet.
    pub is_new: bool,
    /// Differs from the stored row.
    pub changed: bool,
    /// Something else than where they stand is to be written, too.
    pub renamed: bool,
    /// What it was called when it was read, where a call has given it another name.
    pub name_before: Option<FormerName>,
}

impl TimelineCustomer {
    /// Whether nothing keeps them on the list any more.
    fn has_left(&self) -> bool {
        !self.listed && !self.corrected && self.standing.last_dialed_at.is_none()
    }

    /// What lists are in the order of, where it is another than what is stored.
    fn entry(&self) -> Option<ColumnEntry<'_>> {
        let values = Some(CustomerValues::of(&self.standing)).filter(|_| !self.has_left());
        let is_stored = !self.is_new && values == Some(CustomerValues::of(&self.stored));
        let Self { campaign_key, contact_no, is_new, .. } = *self;
        (!is_stored).then_some(ColumnEntry { campaign_key, contact_no, is_new, values })
    }
}

/// A row of `contacts`.
#[derive(Debug, sqlx_macros::FromRow)]
struct TimelineCustomerRow {
    contact_no: i64,
    id: String,
    phone: Option<String>,
    phone_key: Option<String>,
    name: Option<String>,
    last_dialed_at: Option<i64>,
    last_attempt: i64,
    calls: i64,
    cost: i64,
    #[sqlx(flatten)]
    latest: LatestCall,
    ended_codes: String,
    #[sqlx(flatten)]
    flags: FlagColumns,
    next_standing: Option<i64>,
    attributes: Option<String>,
    listed: bool,
    corrected: bool,
}

/// The customers that a batch touches, found by campaign and id, phone or number; each is read once.
#[derive(Debug)]
pub(crate) struct Directory {
    country: Country,
    /// Whether `next_standing` holds: customers are read as it says, and written without it.
    is_settling: bool,
    pub(crate) customers: Vec<TimelineCustomer>,
    by_no: HashMap<(i64, i64), usize>,
    by_id: HashMap<(i64, String), usize>,
    by_phone: HashMap<(i64, String), usize>,
    /// The next contact number of each campaign.
    next_numbers: HashMap<i64, i64>,
}

/// How a record refers to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    /// The sender's id, else the key of the phone.
    id: String,
    /// The phone's key, if the record has one.
    phone_key: Option<String>,
    /// Whether `id` is the sender's.
    id_given: bool,
}

fn reference(contact: &ContactRef, country: Country) -> Reference {
    let phone_key = contact.phone.as_deref().map(|phone| phone::matching_key(phone, country));
    match &contact.id {
        Some(id) => Reference { id: id.to_string(), phone_key, id_given: true },
        None => Reference { id: phone_key.clone().unwrap_or_default(), phone_key, id_given: false },
    }
}

impl Directory {
    /// Of no customers, of an account of this country; `is_settling` is that of its [`crate::meanings::Meanings`].
    pub(crate) fn new(country: Country, is_settling: bool) -> Self {
        Self {
            country,
            is_settling,
            customers: Vec::new(),
            by_no: HashMap::new(),
            by_id: HashMap::new(),
            by_phone: HashMap::new(),
            next_numbers: HashMap::new(),
        }
    }

    /// Reads the customers that records refer to into an `empty` directory; `next_numbers` has the next contact number of each campaign.
    pub(crate) async fn load(
        conn: &mut Conn,
        scope: &Scope,
        empty: Self,
        next_numbers: HashMap<i64, i64>,
        contacts: impl Iterator<Item = (i64, &ContactRef)>,
    ) -> Result<Self, StoreError> {
        let country = empty.country;
        let mut directory = Self { next_numbers, ..empty };
        let mut wanted = BTreeMap::<i64, (BTreeSet<String>, BTreeSet<String>)>::new();
        for (campaign_key, contact) in contacts {
            let reference = reference(contact, country);
            let (ids, phones) = wanted.entry(campaign_key).or_default();
            if !reference.id_given {
                phones.extend(reference.phone_key);
            }
            ids.insert(reference.id);
        }
        for (campaign_key, (ids, phones)) in wanted {
            // A list that was always empty has nobody to find: the first batch of a campaign asks nothing.
            if directory.next_numbers.get(&campaign_key).copied().unwrap_or(0) == 0 {
                continue;
            }
            let by_id = format!("id IN ({})", texts_of_json(conn, "$3"));
            directory.read(conn, scope, campaign_key, &by_id, serde_json::json!(ids).to_string()).await?;
            if !phones.is_empty() {
                let by_phone = format!("phone_key IN ({})", texts_of_json(conn, "$3"));
                directory.read(conn, scope, campaign_key, &by_phone, serde_json::json!(phones).to_string()).await?;
            }
        }
        Ok(directory)
    }

    /// Reads customers by their numbers, those that are not here yet.
    pub(crate) async fn load_numbers(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        numbers: &BTreeSet<(i64, i64)>,
    ) -> Result<(), StoreError> {
        let mut missing = BTreeMap::<i64, Vec<i64>>::new();
        for key in numbers.iter().filter(|key| !self.by_no.contains_key(key)) {
            missing.entry(key.0).or_default().push(key.1);
        }
        for (campaign_key, numbers) in missing {
            let by_no = format!("contact_no IN ({})", integers_of_json(conn, "$3"));
            self.read(conn, scope, campaign_key, &by_no, serde_json::json!(numbers).to_string()).await?;
        }
        Ok(())
    }

    async fn read(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        campaign_key: i64,
        condition: &str,
        list: String,
    ) -> Result<(), StoreError> {
        let sql = look_up(condition);
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for row in fetch_all!(conn, TimelineCustomerRow, sql, scope.account(), campaign_key, list.as_str())? {
            if self.by_no.contains_key(&(campaign_key, row.contact_no)) {
                continue;
            }
            let next = row.next_standing.map(Flags::of_bits);
            let (last_dialed_at, last_attempt) = (row.last_dialed_at, row.last_attempt);
            let TimelineCustomerRow { calls, cost, latest, .. } = row;
            let ended = EndedCodes::read(&row.ended_codes);
            let flags = row.flags.into();
            let mut standing =
                TimelineStanding { last_dialed_at, last_attempt, calls, cost, latest, ended, flags, next };
            if self.is_settling {
                standing.settle();
            }
            self.insert(
                TimelineCustomer {
                    campaign_key,
                    contact_no: row.contact_no,
                    id: row.id,
                    phone: row.phone,
                    name: row.name,
                    attributes: row.attributes,
                    listed: row.listed,
                    corrected: row.corrected,
                    stored: standing.clone(),
                    standing,
                    is_new: false,
                    changed: false,
                    renamed: false,
                    name_before: None,
                },
                row.phone_key,
            );
        }
        Ok(())
    }

    fn insert(&mut self, customer: TimelineCustomer, phone_key: Option<String>) -> usize {
        let at = self.customers.len();
        let campaign_key = customer.campaign_key;
        self.by_no.insert((campaign_key, customer.contact_no), at);
        self.by_id.insert((campaign_key, customer.id.clone()), at);
        if let Some(key) = phone_key {
            // Two customers may share a phone; a call that names only the phone belongs to the first on the list.
            self.by_phone.entry((campaign_key, key)).or_insert(at);
        }
        self.customers.push(customer);
        at
    }

    /// The customer that a record refers to; added to the campaign's list if not on it.
    pub(crate) fn resolve(&mut self, campaign_key: i64, contact: &ContactRef) -> usize {
        let Reference { id, phone_key, id_given } = reference(contact, self.country);
        let known = self.by_id.get(&(campaign_key, id.clone())).copied().filter(|_| id_given).or_else(|| {
            let by_phone = phone_key.as_ref().filter(|_| !id_given)?;
            self.by_phone
                .get(&(campaign_key, by_phone.clone()))
                .or_else(|| self.by_id.get(&(campaign_key, id.clone())))
                .copied()
        });
        let phone = contact.phone.as_deref().map(|phone| phone.trim().to_owned());
        let name = contact.name.as_deref().map(text::one_line).filter(|name| !name.is_empty());
        if let Some(at) = known {
            let customer = &mut self.customers[at];
            if customer.phone.is_none() && phone.is_some() {
                customer.phone = phone;
                (customer.changed, customer.renamed) = (true, true);
            }
            if name.is_some() && customer.name != name {
                let before = std::mem::replace(&mut customer.name, name);
                if !customer.is_new {
                    customer.name_before.get_or_insert(FormerName(before));
                }
                (customer.changed, customer.renamed) = (true, true);
            }
            return at;
        }
        let next = self.next_numbers.entry(campaign_key).or_default();
        let contact_no = *next;
        *next += 1;
        let customer = TimelineCustomer {
            campaign_key,
            contact_no,
            id,
            phone,
            name,
            attributes: None,
            listed: false,
            corrected: false,
            standing: TimelineStanding::default(),
            stored: TimelineStanding::default(),
            is_new: true,
            changed: true,
            renamed: true,
            name_before: None,
        };
        self.insert(customer, phone_key)
    }

    /// Customers that were there and have another name now: their places, and what they were called.
    pub(crate) fn renamed(&self) -> impl Iterator<Item = (&TimelineCustomer, &FormerName)> {
        self.customers.iter().filter_map(|customer| Some((customer, customer.name_before.as_ref()?)))
    }

    /// Keeps a customer on the list whose call is corrected to another one, or lets go of them again.
    pub(crate) fn set_corrected(&mut self, at: usize, corrected: bool) {
        let customer = &mut self.customers[at];
        if customer.corrected != corrected {
            customer.corrected = corrected;
            (customer.changed, customer.renamed) = (true, true);
        }
    }

    /// The customer with a number, if it was loaded.
    pub(crate) fn at(&self, campaign_key: i64, contact_no: i64) -> Option<usize> {
        self.by_no.get(&(campaign_key, contact_no)).copied()
    }

    /// Whether so many are new that they are worth indexing for searches.
    pub(crate) fn is_worth_indexing(&self) -> bool {
        let new = self.customers.iter().filter(|customer| customer.is_new);
        search_index::is_worth_indexing(new.map(|customer| customer.contact_no))
    }

    /// Counts new customers and changed flags, and writes every customer that changed. Who was on a list only because of calls
    /// and has none any more, leaves it. Gives the next contact number of each campaign.
    pub(crate) async fn write(
        self,
        conn: &mut Conn,
        scope: &Scope,
        deltas: &mut Deltas,
    ) -> Result<HashMap<i64, i64>, StoreError> {
        let mut changed: Vec<TimelineCustomer> =
            self.customers.into_iter().filter(|customer| customer.changed).collect();
        changed.sort_by_key(|customer| (customer.campaign_key, customer.contact_no));
        for customer in &changed {
            let campaign_key = customer.campaign_key;
            deltas.add_contacts(campaign_key, i64::from(!customer.has_left()) - i64::from(!customer.is_new));
            deltas.change_standing(campaign_key, &customer.stored, &customer.standing);
        }
        for (campaign_key, next) in &self.next_numbers {
            deltas.set_next_contact_no(*campaign_key, *next);
        }
        customer_columns::note(conn, scope, changed.iter().filter_map(TimelineCustomer::entry).collect()).await?;
        let (left, stay): (Vec<_>, Vec<_>) = changed.into_iter().partition(TimelineCustomer::has_left);
        // Who is new cannot meet another of the same number: the account is locked.
        let (new, known): (Vec<_>, Vec<_>) = stay.into_iter().partition(|customer| customer.is_new);
        let (renamed, moved): (Vec<_>, Vec<_>) = known.into_iter().partition(|customer| customer.renamed);
        let otherwise = renamed.iter().chain(left.iter().filter(|customer| !customer.is_new));
        search_index::note_changed(conn, scope, otherwise.map(|c| (c.campaign_key, c.contact_no)).collect()).await?;
        write_customers(conn, scope, self.country, new, "").await?;
        write_customers(conn, scope, self.country, renamed, &format!("{REPLACED}, {MOVED}")).await?;
        write_customers(conn, scope, self.country, moved, &format!("{KNOWN} {MOVED}")).await?;
        delete_customers(conn, scope, left.into_iter().filter(|customer| !customer.is_new)).await?;
        Ok(self.next_numbers)
    }
}

/// The statement that finds customers of a campaign by a list.
fn look_up(condition: &str) -> String {
    format!(
        "SELECT contact_no, id, phone, phone_key, name, last_dialed_at, last_attempt, calls, cost, latest_at, latest_key,
                latest_day, latest_code, latest_talk_time, latest_hangup_by, latest_ended_at, ended_codes, dialled, reached, talked,
                goal, next_standing, attributes, listed, corrected
         FROM contacts
         WHERE account_id = $1 AND campaign_key = $2 AND {condition}
         ORDER BY contact_no"
    )
}

/// What the search field of the call list looks through: name and phone, folded, and the phone's key.
fn search_text(name: Option<&str>, phone: Option<&str>, key: Option<&str>) -> String {
    let [name, phone] = [name, phone].map(|text| search::fold(text.unwrap_or_default()));
    format!("{name} {phone} {}", key.unwrap_or_default())
}

/// How a customer is written who is on the list.
const KNOWN: &str = " ON CONFLICT (account_id, campaign_key, contact_no) DO UPDATE SET";
/// Columns that are overwritten where a customer's name or number changed.
const REPLACED: &str = " ON CONFLICT (account_id, campaign_key, contact_no) DO UPDATE
     SET phone = excluded.phone, phone_key = excluded.phone_key, name = excluded.name, search = excluded.search,
         attributes = excluded.attributes, listed = excluded.listed, corrected = excluded.corrected";
/// What one gets anew who stands elsewhere now: what is not named here costs its indexes nothing.
const MOVED: &str = "last_dialed_at = excluded.last_dialed_at, last_attempt = excluded.last_attempt,
         calls = excluded.calls, cost = excluded.cost, latest_at = excluded.latest_at, latest_key = excluded.latest_key,
         latest_day = excluded.latest_day, latest_code = excluded.latest_code,
         latest_talk_time = excluded.latest_talk_time, latest_hangup_by = excluded.latest_hangup_by,
         latest_ended_at = excluded.latest_ended_at, ended_codes = excluded.ended_codes,
         dialled = excluded.dialled, reached = excluded.reached, talked = excluded.talked, goal = excluded.goal,
         next_standing = excluded.next_standing";

async fn write_customers(
    conn: &mut Conn,
    scope: &Scope,
    country: Country,
    customers: Vec<TimelineCustomer>,
    conflict: &str,
) -> Result<(), StoreError> {
    let keys: Vec<Option<String>> =
        customers.iter().map(|c| Some(phone::matching_key(c.phone.as_deref()?, country))).collect();
    let search =
        customers.iter().zip(&keys).map(|(c, key)| search_text(c.name.as_deref(), c.phone.as_deref(), key.as_deref()));
    let search = search.collect();
    let int = |value: fn(&TimelineCustomer) -> i64| BulkColumn::Int(customers.iter().map(value).collect());
    let flag = |flag: Flags| BulkColumn::Bool(customers.iter().map(|c| c.standing.flags.has(flag)).collect());
    let text =
        |value: fn(&TimelineCustomer) -> Option<String>| BulkColumn::OptText(customers.iter().map(value).collect());
    let own_text = |value: fn(&TimelineCustomer) -> &String| {
        BulkColumn::Text(customers.iter().map(|c| value(c).clone()).collect())
    };
    let columns = vec![
        ("account_id", BulkColumn::Int(vec![scope.account(); customers.len()])),
        ("campaign_key", int(|c| c.campaign_key)),
        ("contact_no", int(|c| c.contact_no)),
        ("id", BulkColumn::Text(customers.iter().map(|c| c.id.clone()).collect())),
        ("phone", text(|c| c.phone.clone())),
        ("phone_key", BulkColumn::OptText(keys)),
        ("name", text(|c| c.name.clone())),
        ("search", BulkColumn::Text(search)),
        ("attributes", text(|c| c.attributes.clone())),
        ("listed", BulkColumn::Bool(customers.iter().map(|c| c.listed).collect())),
        ("corrected", BulkColumn::Bool(customers.iter().map(|c| c.corrected).collect())),
        ("last_dialed_at", BulkColumn::OptInt(customers.iter().map(|c| c.standing.last_dialed_at).collect())),
        ("last_attempt", int(|c| c.standing.last_attempt)),
        ("calls", int(|c| c.standing.calls)),
        ("cost", int(|c| c.standing.cost)),
        ("latest_at", int(|c| c.standing.latest.latest_at)),
        ("latest_key", int(|c| c.standing.latest.latest_key)),
        ("latest_day", int(|c| c.standing.latest.latest_day)),
        ("latest_code", own_text(|c| &c.standing.latest.latest_code)),
        ("latest_talk_time", int(|c| c.standing.latest.latest_talk_time)),
        ("latest_hangup_by", own_text(|c| &c.standing.latest.latest_hangup_by)),
        ("latest_ended_at", int(|c| c.standing.latest.latest_ended_at)),
        ("ended_codes", BulkColumn::Text(customers.iter().map(|c| c.standing.ended.stored()).collect())),
        ("dialled", flag(Flags::DIALLED)),
        ("reached", flag(Flags::REACHED)),
        ("talked", flag(Flags::TALKED)),
        ("goal", flag(Flags::GOAL)),
        ("next_standing", BulkColumn::OptInt(customers.iter().map(|c| c.standing.next.map(Flags::bits)).collect())),
    ];
    insert_rows(conn, "contacts", columns, conflict).await
}

async fn delete_customers(
    conn: &mut Conn,
    scope: &Scope,
    customers: impl Iterator<Item = TimelineCustomer>,
) -> Result<(), StoreError> {
    let mut numbers = BTreeMap::<i64, Vec<i64>>::new();
    for customer in customers {
        numbers.entry(customer.campaign_key).or_default().push(customer.contact_no);
    }
    for (campaign_key, numbers) in numbers {
        let sql = format!(
            "DELETE FROM contacts WHERE account_id = $1 AND campaign_key = $2 AND contact_no IN ({})",
            integers_of_json(conn, "$3"),
        );
        let list = serde_json::json!(numbers).to_string();
        execute!(conn, sqlx::AssertSqlSafe(sql.as_str()), scope.account(), campaign_key, list.as_str())?;
    }
    Ok(())
}

/// Adds customers to a campaign's list; one that is on it already gets the phone, name and attributes sent now.
/// `records` carry their place in the batch; `now` is when they came. `None`: no such campaign.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    records: Vec<(usize, ContactRecord)>,
    now: Timestamp,
) -> Result<Option<BatchAnswer>, StoreError> {
    // Taking keys locks the account, so that nobody else gives out the same contact numbers.
    let (_, mut revision) = accounts::take_keys(conn, scope, 0).await?;
    plan_lookups(conn).await?;
    let row = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT campaign_key, next_contact_no FROM campaigns WHERE account_id = $1 AND id = $2",
        scope.account(),
        campaign.as_str(),
    )?;
    let Some((campaign_key, next)) = row else { return Ok(None) };
    let references: Vec<ContactRef> = records
        .iter()
        .map(|(_, record)| ContactRef {
            id: Some(record.id.clone()),
            phone: Some(record.phone.clone()),
            name: record.name.clone(),
        })
        .collect();
    // Where they stand is written as it is read.
    let empty = Directory::new(accounts::country(conn, scope).await?, false);
    let contacts = references.iter().map(|contact| (campaign_key, contact));
    let mut directory = Directory::load(conn, scope, empty, HashMap::from([(campaign_key, next)]), contacts).await?;

    let mut answer = BatchAnswer::default();
    // Who was called, and says something else now of what calls are told apart by.
    let mut told_otherwise = BTreeSet::new();
    for ((index, record), contact) in records.into_iter().zip(&references) {
        if let Err(error) = record.check() {
            answer.reject(RecordError::new(index, Some(record.id.as_str()), &error));
            continue;
        }
        let attributes = record.attributes.map(|map| serde_json::json!(map).to_string());
        let before = directory.customers.len();
        let customer_at = directory.resolve(campaign_key, contact);
        let customer = &mut directory.customers[customer_at];
        let name = record.name.as_deref().map(text::one_line).filter(|name| !name.is_empty());
        let phone = Some(record.phone.trim().to_owned());
        // `resolve` may have taken a new name over already; then it has marked the customer.
        let same =
            customer.phone == phone && customer.name == name && customer.attributes == attributes && !customer.changed;
        if customer_at == before {
            answer.accepted += 1;
        } else if same {
            answer.unchanged += 1;
            if customer.listed {
                continue;
            }
        } else {
            answer.updated += 1;
        }
        customer.listed = true;
        if customer.attributes != attributes && customer.standing.last_dialed_at.is_some() {
            told_otherwise.insert((customer.campaign_key, customer.contact_no));
        }
        (customer.phone, customer.name, customer.attributes) = (phone, name, attributes);
        (customer.changed, customer.renamed) = (true, true);
    }
    if directory.customers.iter().any(|customer| customer.changed) {
        let mut deltas = Deltas::default();
        let is_worth_indexing = directory.is_worth_indexing();
        directory.write(conn, scope, &mut deltas).await?;
        deltas.write(conn, scope).await?;
        own_filling::give_customers(conn, scope, &told_otherwise).await?;
        if is_worth_indexing {
            search_index::enqueue(conn, scope, false, now).await?;
            (_, revision) = accounts::take_keys(conn, scope, 0).await?;
        }
        let change = Change { account: scope.account(), revision };
        live::publish(conn, change).await?;
        answer.change = Some(change);
    }
    Ok(Some(answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::Tx,
        support::{call, on_postgres, send, shop},
    };

    #[tokio::test]
    async fn calls_of_customers_of_an_account_that_the_planner_does_not_know_are_found_by_their_keys() {
        on_postgres(async |db| {
            let known = shop(&db, "known").await;
            let calls = |count: i64| {
                (0..count).map(|n| call(&format!("c-{n}")).named(&format!("K{n}"), &format!("0900{n:06}"))).collect()
            };
            send(&db, &known, calls(3_000)).await;
            let mut conn = db.write().await.unwrap();
            if let Tx::Postgres(tx) = &mut conn.tx {
                for table in ["ANALYZE contacts", "ANALYZE calls"] {
                    sqlx::query(table).execute(&mut **tx).await.unwrap();
                }
            }
            conn.commit().await.unwrap();
            let new = shop(&db, "new").await;
            send(&db, &new, calls(1_000)).await;
            let mut conn = db.read().await.unwrap();
            let key = crate::campaigns::key(&mut conn, &new, &"camp-0".parse().unwrap()).await.unwrap().unwrap();
            let plan = crate::calls::latest_calls(&new, key, &[1, 2, 3]).explain_by_keys(&mut conn).await;
            let by_key = plan.contains("call_key = n.latest_key") && !plan.contains("Join Filter: ((n.");
            assert!(by_key, "each customer is compared with each call:\n{plan}");
            for plan in crate::customers::explain_history(&mut conn, &new, key).await {
                let compares = |line: &str| line.contains("Join Filter") && line.contains("contact_no");
                assert!(!plan.lines().any(compares), "each customer is compared with each call:\n{plan}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn customers_of_a_campaign_that_the_planner_does_not_know_are_found_by_their_ids() {
        on_postgres(async |db| {
            let scope = shop(&db, "new").await;
            let calls = |campaign: &str| (0..500).map(|n| call(&format!("{campaign}-{n}")).of(campaign)).collect();
            send(&db, &scope, calls("camp-0")).await;
            let mut conn = db.write().await.unwrap();
            if let Tx::Postgres(tx) = &mut conn.tx {
                sqlx::query("ANALYZE contacts").execute(&mut **tx).await.unwrap();
            }
            conn.commit().await.unwrap();
            send(&db, &scope, calls("camp-1")).await;
            let mut conn = db.write().await.unwrap();
            plan_lookups(&mut conn).await.unwrap();
            let by_id = look_up(&format!("id IN ({})", texts_of_json(&conn, "$3")));
            let Tx::Postgres(tx) = &mut conn.tx else { panic!("not PostgreSQL") };
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PREPARE by_id (BIGINT, BIGINT, TEXT) AS {by_id}")))
                .execute(&mut **tx)
                .await
                .unwrap();
            let explain = format!("EXPLAIN EXECUTE by_id ({}, 99, '[\"kh-1\"]')", scope.account());
            let plan: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(explain)).fetch_all(&mut **tx).await.unwrap();
            let plan = plan.into_iter().map(|line| line.0 + "\n").collect::<String>();
            assert!(!plan.contains("Join Filter"), "each id is compared with each customer:\n{plan}");
        })
        .await;
    }
}
