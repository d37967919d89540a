//! `customer_days`: the customers of each day of a campaign as bitmaps of their numbers, from which reports count distinct
//! customers of any range. By the meanings of codes in force, and beside them by those that are prepared.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::{
    Scope, StoreError,
    bulk::{BulkColumn, insert_rows},
    db::{Conn, execute, fetch_all},
    dialect::integers_of_json,
    timeline::{DayFlags, Flags},
};

/// What is said of a customer on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DayMark {
    pub(super) contact_no: u32,
    pub(super) flags: DayFlags,
    /// Whether nothing else is true of the customer on that day.
    pub(super) exactly: bool,
}

/// What is to be said of customers, by campaign and day.
pub(crate) type DayChanges = BTreeMap<(i64, i64), Vec<DayMark>>;

/// The customers of a campaign's day: whom it dialled, reached, talked to for over 30 s, met the goal with.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct DayCustomers {
    pub(crate) dialled: RoaringBitmap,
    pub(crate) reached: RoaringBitmap,
    pub(crate) talked: RoaringBitmap,
    pub(crate) goal: RoaringBitmap,
}

impl DayCustomers {
    fn bitmaps(&self) -> [&RoaringBitmap; 4] {
        [&self.dialled, &self.reached, &self.talked, &self.goal]
    }

    fn flagged(&mut self) -> [(Flags, &mut RoaringBitmap); 4] {
        [
            (Flags::DIALLED, &mut self.dialled),
            (Flags::REACHED, &mut self.reached),
            (Flags::TALKED, &mut self.talked),
            (Flags::GOAL, &mut self.goal),
        ]
    }

    /// Adds what is true of a customer.
    pub(crate) fn add(&mut self, contact_no: i64, flags: Flags) {
        self.apply(contact_no as u32, flags, false);
    }

    fn apply(&mut self, contact_no: u32, flags: Flags, exactly: bool) {
        for (flag, bitmap) in self.flagged() {
            if flags.has(flag) {
                bitmap.insert(contact_no);
            } else if exactly {
                bitmap.remove(contact_no);
            }
        }
    }

    /// Adds another day's customers.
    pub(crate) fn unite(&mut self, other: &Self) {
        for ((_, bitmap), other) in self.flagged().into_iter().zip(other.bitmaps()) {
            *bitmap |= other;
        }
    }

    /// The customers of whom not the same is said.
    pub(crate) fn differing(&self, other: &Self) -> RoaringBitmap {
        let differing = self.bitmaps().into_iter().zip(other.bitmaps()).map(|(one, other)| one ^ other);
        differing.fold(RoaringBitmap::new(), |all, bitmap| all | bitmap)
    }

    /// Whether nobody was dialled.
    pub(crate) fn is_empty(&self) -> bool {
        self.bitmaps().into_iter().all(RoaringBitmap::is_empty)
    }

    /// How many are in each step.
    pub(crate) fn text(&self) -> String {
        let Self { dialled, reached, talked, goal } = self;
        format!("dialled {} reached {} talked {} goal {}", dialled.len(), reached.len(), talked.len(), goal.len())
    }
}

/// The customers of a campaign's day by the meanings in force, and by those that are prepared, where they say otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct BothDayCustomers {
    pub(crate) now: DayCustomers,
    pub(crate) next: Option<DayCustomers>,
}

impl BothDayCustomers {
    fn apply(&mut self, mark: DayMark) {
        let DayMark { contact_no, flags, exactly } = mark;
        if self.next.is_none() && flags.now != flags.next {
            self.next = Some(self.now.clone());
        }
        self.now.apply(contact_no, flags.now, exactly);
        if let Some(next) = &mut self.next {
            next.apply(contact_no, flags.next, exactly);
        }
    }

    /// The customers by the meanings that are prepared.
    pub(crate) fn next(&self) -> &DayCustomers {
        self.next.as_ref().unwrap_or(&self.now)
    }
}

#[derive(Debug, sqlx_macros::FromRow)]
struct CustomerDayRow {
    day: i64,
    dialled: Vec<u8>,
    reached: Vec<u8>,
    talked: Vec<u8>,
    goal: Vec<u8>,
}

/// A row of `customer_days` with what is prepared.
#[derive(Debug, sqlx_macros::FromRow)]
struct BothCustomerDayRow {
    #[sqlx(flatten)]
    now: CustomerDayRow,
    next_reached: Option<Vec<u8>>,
    next_talked: Option<Vec<u8>>,
    next_goal: Option<Vec<u8>>,
}

impl CustomerDayRow {
    fn bitmap(&self, bytes: &[u8]) -> Result<RoaringBitmap, StoreError> {
        RoaringBitmap::deserialize_from(bytes)
            .map_err(|error| StoreError::Broken(format!("customer_days of day {}: {error}", self.day)))
    }

    fn read(self) -> Result<(i64, DayCustomers), StoreError> {
        let customers = DayCustomers {
            dialled: self.bitmap(&self.dialled)?,
            reached: self.bitmap(&self.reached)?,
            talked: self.bitmap(&self.talked)?,
            goal: self.bitmap(&self.goal)?,
        };
        Ok((self.day, customers))
    }
}

impl BothCustomerDayRow {
    fn read(self) -> Result<(i64, BothDayCustomers), StoreError> {
        let Self { now, next_reached, next_talked, next_goal } = self;
        let next = match (next_reached, next_talked, next_goal) {
            (Some(reached), Some(talked), Some(goal)) => Some(DayCustomers {
                dialled: now.bitmap(&now.dialled)?,
                reached: now.bitmap(&reached)?,
                talked: now.bitmap(&talked)?,
                goal: now.bitmap(&goal)?,
            }),
            _ => None,
        };
        let (day, now) = now.read()?;
        Ok((day, BothDayCustomers { now, next }))
    }
}

/// The customers of a campaign on each day of `from ≤ day ≤ to`.
pub(crate) async fn customers_of_days(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, DayCustomers)>, StoreError> {
    let rows = fetch_all!(
        conn,
        CustomerDayRow,
        "SELECT day, dialled, reached, talked, goal FROM customer_days
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4",
        scope.account(),
        campaign_key,
        from,
        to,
    )?;
    rows.into_iter().map(CustomerDayRow::read).collect()
}

/// The customers of a campaign on each day, with what is prepared.
pub(crate) async fn customers_of_all_days(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
) -> Result<Vec<(i64, BothDayCustomers)>, StoreError> {
    let rows = fetch_all!(
        conn,
        BothCustomerDayRow,
        "SELECT day, dialled, reached, talked, goal, next_reached, next_talked, next_goal FROM customer_days
         WHERE account_id = $1 AND campaign_key = $2",
        scope.account(),
        campaign_key,
    )?;
    rows.into_iter().map(BothCustomerDayRow::read).collect()
}

/// Brings the bitmaps of these days up to what is said of their customers.
pub(super) async fn write_days(conn: &mut Conn, account: i64, changes: DayChanges) -> Result<(), StoreError> {
    let mut by_campaign = BTreeMap::<i64, BTreeMap<i64, BothDayCustomers>>::new();
    for &(campaign_key, day) in changes.keys() {
        by_campaign.entry(campaign_key).or_default().insert(day, BothDayCustomers::default());
    }
    for (campaign_key, days) in &mut by_campaign {
        let wanted = serde_json::json!(days.keys().collect::<Vec<_>>()).to_string();
        let sql = format!(
            "SELECT day, dialled, reached, talked, goal, next_reached, next_talked, next_goal FROM customer_days
             WHERE account_id = $1 AND campaign_key = $2 AND day IN ({})",
            integers_of_json(conn, "$3"),
        );
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        for row in fetch_all!(conn, BothCustomerDayRow, sql, account, *campaign_key, wanted.as_str())? {
            let (day, customers) = row.read()?;
            days.insert(day, customers);
        }
    }
    for ((campaign_key, day), marks) in changes {
        let Some(customers) = by_campaign.get_mut(&campaign_key).and_then(|days| days.get_mut(&day)) else { continue };
        for mark in marks {
            customers.apply(mark);
        }
        if customers.next.as_ref() == Some(&customers.now) {
            customers.next = None;
        }
    }
    replace_days(conn, account, &by_campaign).await
}

/// Stores the bitmaps of days; a day without customers has no row.
async fn replace_days(
    conn: &mut Conn,
    account: i64,
    by_campaign: &BTreeMap<i64, BTreeMap<i64, BothDayCustomers>>,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (campaign_key, days) in by_campaign {
        for (day, customers) in days {
            if customers.now.is_empty() && customers.next().is_empty() {
                execute!(
                    conn,
                    "DELETE FROM customer_days WHERE account_id = $1 AND campaign_key = $2 AND day = $3",
                    account,
                    *campaign_key,
                    *day,
                )?;
                continue;
            }
            rows.push((*campaign_key, *day, customers));
        }
    }
    let bitmaps = |bitmap: fn(&DayCustomers) -> &RoaringBitmap| {
        let bytes = rows.iter().map(|(.., customers)| compact(bitmap(&customers.now))).collect::<Result<_, _>>()?;
        Ok::<_, StoreError>(BulkColumn::Bytes(bytes))
    };
    let mut columns = vec![
        ("account_id", BulkColumn::Int(vec![account; rows.len()])),
        ("campaign_key", BulkColumn::Int(rows.iter().map(|(campaign_key, ..)| *campaign_key).collect())),
        ("day", BulkColumn::Int(rows.iter().map(|(_, day, _)| *day).collect())),
        ("dialled", bitmaps(|customers| &customers.dialled)?),
        ("reached", bitmaps(|customers| &customers.reached)?),
        ("talked", bitmaps(|customers| &customers.talked)?),
        ("goal", bitmaps(|customers| &customers.goal)?),
    ];
    let prepared = |bitmap: fn(&DayCustomers) -> &RoaringBitmap| {
        let bytes =
            rows.iter().map(|(.., customers)| customers.next.as_ref().map(|next| compact(bitmap(next))).transpose());
        Ok::<_, StoreError>(BulkColumn::OptBytes(bytes.collect::<Result<_, _>>()?))
    };
    columns.push(("next_reached", prepared(|customers| &customers.reached)?));
    columns.push(("next_talked", prepared(|customers| &customers.talked)?));
    columns.push(("next_goal", prepared(|customers| &customers.goal)?));
    let conflict = " ON CONFLICT (account_id, campaign_key, day) DO UPDATE
         SET dialled = excluded.dialled, reached = excluded.reached, talked = excluded.talked, goal = excluded.goal,
             next_reached = excluded.next_reached, next_talked = excluded.next_talked, next_goal = excluded.next_goal";
    insert_rows(conn, "customer_days", columns, conflict).await
}

/// A bitmap as it is stored.
fn compact(bitmap: &RoaringBitmap) -> Result<Vec<u8>, StoreError> {
    let mut bitmap = bitmap.clone();
    bitmap.optimize();
    let mut bytes = Vec::with_capacity(bitmap.serialized_size());
    bitmap.serialize_into(&mut bytes).map_err(|error| StoreError::Broken(error.to_string()))?;
    Ok(bytes)
}
