//! The dimensions that an account has declared, and the values that it tells apart in each.
//!
//! Which values these are is decided once: the first that come, those of new calls and, from the newest back, of stored ones. A value
//! that is among them stays so, and one that came when there was no room never gets any: which calls a row counts does not depend on the
//! order in which calls are corrected or go.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use domain::{
    OwnDimension, Sight, Timestamp,
    attributes::Attributes,
    limits::{OWN_DIMENSIONS, OWN_VALUES},
    own_dimension::{CallPlaces, DimensionKey, GivenValue, OwnPlace, ShownOwnValue},
    sight::Mask,
};

use crate::{
    Conn, Put, Scope, StoreError, accounts,
    bulk::{BulkColumn, insert_rows},
    db::{execute, fetch_all, fetch_one, fetch_optional},
    jobs,
    put::{checked_name, invalid},
};

/// Of several that are asked for, one job works on all.
const JOB: &str = "own";

#[derive(Debug, sqlx_macros::FromRow)]
struct DimensionRow {
    dimension_no: i64,
    attribute: String,
    label_vi: String,
    label_en: String,
}

impl DimensionRow {
    fn read(self) -> Result<OwnDimension, StoreError> {
        let Self { dimension_no, attribute, label_vi, label_en } = self;
        let key = DimensionKey::new(&attribute).map_err(|_| StoreError::Broken("key of a dimension".to_owned()))?;
        Ok(OwnDimension { number: dimension_no as u32, key, label_vi, label_en })
    }
}

/// Those of the account, in the order in which they were declared.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<OwnDimension>, StoreError> {
    let rows = fetch_all!(
        conn,
        DimensionRow,
        "SELECT dimension_no, attribute, label_vi, label_en FROM own_dimensions
         WHERE account_id = $1 AND attribute IS NOT NULL
         ORDER BY dimension_no",
        scope.account(),
    )?;
    rows.into_iter().map(DimensionRow::read).collect()
}

/// Declares a dimension, or gives it other labels. Stored calls get their values by a job that is begun with it; those that come in have
/// them at once.
///
/// # Errors
/// Where a label is none, or the account has as many dimensions as it may have.
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    key: &DimensionKey,
    labels: (&str, &str),
    now: Timestamp,
) -> Result<Put, StoreError> {
    let (label_vi, label_en) = (checked_name("label_vi", labels.0)?, checked_name("label_en", labels.1)?);
    // The account's lock: no call may come in between.
    accounts::lock(conn, scope).await?;
    let declared = list(conn, scope).await?;
    if let Some(before) = declared.iter().find(|dimension| dimension.key == *key) {
        if (&before.label_vi, &before.label_en) == (&label_vi, &label_en) {
            return Ok(Put::Unchanged);
        }
        execute!(
            conn,
            "UPDATE own_dimensions SET label_vi = $3, label_en = $4 WHERE account_id = $1 AND dimension_no = $2",
            scope.account(),
            i64::from(before.number),
            label_vi,
            label_en,
        )?;
        accounts::changed(conn, scope).await?;
        return Ok(Put::Updated);
    }
    if declared.len() >= OWN_DIMENSIONS {
        return Err(invalid("key", "would be the 13th dimension: remove another one first"));
    }
    let (last,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COALESCE(MAX(dimension_no), 0) FROM own_dimensions WHERE account_id = $1",
        scope.account(),
    )?;
    execute!(
        conn,
        "INSERT INTO own_dimensions (account_id, dimension_no, attribute, label_vi, label_en, values_taken)
         VALUES ($1, $2, $3, $4, $5, 0)",
        scope.account(),
        last + 1,
        key.as_str(),
        label_vi,
        label_en,
    )?;
    execute!(
        conn,
        "INSERT INTO own_fills (account_id, dialed_at, call_key, calls) VALUES ($1, $2, 0, 0)
         ON CONFLICT (account_id) DO UPDATE SET dialed_at = excluded.dialed_at, call_key = 0, calls = 0",
        scope.account(),
        i64::MAX,
    )?;
    jobs::enqueue(conn, scope, &jobs::FillDimensions {}, Some(JOB), now, now).await?;
    accounts::changed(conn, scope).await?;
    Ok(Put::Created)
}

/// Removes a dimension: its figures go, the attributes of calls stay. Declared again it is another one. `false`: there is none.
pub async fn delete(conn: &mut Conn, scope: &Scope, key: &DimensionKey) -> Result<bool, StoreError> {
    accounts::lock(conn, scope).await?;
    let found = fetch_optional!(
        conn,
        (i64,),
        "SELECT dimension_no FROM own_dimensions WHERE account_id = $1 AND attribute = $2",
        scope.account(),
        key.as_str(),
    )?;
    let Some((number,)) = found else { return Ok(false) };
    // What calls have of it means nothing from here on; nobody adds to its sums any more.
    for sql in [
        "UPDATE own_dimensions SET attribute = NULL, label_vi = '', label_en = '' WHERE account_id = $1 AND dimension_no = $2",
        "DELETE FROM own_values WHERE account_id = $1 AND dimension_no = $2",
        "DELETE FROM rollup_own WHERE account_id = $1 AND dimension_no = $2",
    ] {
        execute!(conn, sql, scope.account(), number)?;
    }
    // What a repair has counted before is of yesterday.
    execute!(conn, "UPDATE accounts SET repairs = repairs + 1 WHERE account_id = $1", scope.account())?;
    accounts::changed(conn, scope).await?;
    Ok(true)
}

/// How far stored calls have their values, per cent below 100; `None`: all have.
pub async fn filled_percent(conn: &mut Conn, scope: &Scope) -> Result<Option<u64>, StoreError> {
    let fill = fetch_optional!(conn, (i64,), "SELECT calls FROM own_fills WHERE account_id = $1", scope.account())?;
    let Some((done,)) = fill else { return Ok(None) };
    let (of,) = fetch_one!(
        conn,
        (i64,),
        "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM usage_account_codes WHERE account_id = $1",
        scope.account(),
    )?;
    Ok(Some((done.saturating_mul(100) / of.max(done).max(1)).min(99).cast_unsigned()))
}

/// A value that is told apart, with its dimension.
#[derive(Debug, sqlx_macros::FromRow)]
struct ToldRow {
    dimension_no: i64,
    attribute: String,
    label_vi: String,
    label_en: String,
    values_taken: i64,
    value_no: Option<i64>,
    value: Option<String>,
}

/// A dimension with the values that it tells apart.
#[derive(Debug, Clone)]
struct ToldDimension {
    dimension: OwnDimension,
    /// Places that were given.
    taken: i64,
    numbers: HashMap<String, u32>,
}

/// The dimensions of an account with the values that each tells apart; values that are new are taken in while calls are placed.
#[derive(Debug, Clone, Default)]
pub(crate) struct ToldDimensions {
    dimensions: BTreeMap<u32, ToldDimension>,
    /// Values that are not stored yet.
    new: Vec<(u32, u32, String)>,
}

impl ToldDimensions {
    /// Reads them; who adds to them has locked the account.
    pub(crate) async fn load(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            ToldRow,
            "SELECT d.dimension_no, d.attribute, d.label_vi, d.label_en, d.values_taken, v.value_no, v.value
             FROM own_dimensions d
             LEFT JOIN own_values v ON v.account_id = $1 AND v.dimension_no = d.dimension_no
             WHERE d.account_id = $1 AND d.attribute IS NOT NULL",
            scope.account(),
        )?;
        let mut told = Self::default();
        for ToldRow { dimension_no, attribute, label_vi, label_en, values_taken, value_no, value } in rows {
            let dimension = DimensionRow { dimension_no, attribute, label_vi, label_en }.read()?;
            let dimension = told.dimensions.entry(dimension.number).or_insert_with(|| ToldDimension {
                dimension,
                taken: values_taken,
                numbers: HashMap::new(),
            });
            if let (Some(number), Some(value)) = (value_no, value) {
                dimension.numbers.insert(value, number as u32);
            }
        }
        Ok(told)
    }

    /// Whether nothing was declared.
    pub(crate) fn is_empty(&self) -> bool {
        self.dimensions.is_empty()
    }

    /// Whether a dimension of this number is declared.
    pub(crate) fn has(&self, number: u32) -> bool {
        self.dimensions.contains_key(&number)
    }

    /// Where a call stands by its attributes and, where it has none of a key, by its customer's. New values are taken in as long as there
    /// is room; [`Self::keep_new`] stores them.
    pub(crate) fn place(&mut self, of_call: Option<&Attributes>, of_customer: Option<&Attributes>) -> CallPlaces {
        let mut places = CallPlaces::default();
        for (number, dimension) in &mut self.dimensions {
            let key = dimension.dimension.key.as_str();
            let given = |of: Option<&Attributes>| of.and_then(|of| of.get(key)).and_then(GivenValue::of);
            let place = match given(of_call).or_else(|| given(of_customer)) {
                None => OwnPlace::None,
                Some(GivenValue::Unfit) => OwnPlace::Other,
                Some(GivenValue::Text(text)) => match dimension.numbers.get(&text) {
                    Some(told) => OwnPlace::Told(*told),
                    None if dimension.taken >= OWN_VALUES as i64 => OwnPlace::Other,
                    None => {
                        let new = OwnPlace::FIRST + dimension.taken as u32;
                        dimension.taken += 1;
                        dimension.numbers.insert(text.clone(), new);
                        self.new.push((*number, new, text));
                        OwnPlace::Told(new)
                    }
                },
            };
            places.set(*number, place);
        }
        places
    }

    /// Stores the values that were taken in.
    pub(crate) async fn keep_new(&mut self, conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
        let new = std::mem::take(&mut self.new);
        if new.is_empty() {
            return Ok(());
        }
        let grown: std::collections::BTreeSet<u32> = new.iter().map(|(dimension, ..)| *dimension).collect();
        let columns = vec![
            ("account_id", BulkColumn::Int(vec![scope.account(); new.len()])),
            ("dimension_no", BulkColumn::Int(new.iter().map(|(dimension, ..)| i64::from(*dimension)).collect())),
            ("value_no", BulkColumn::Int(new.iter().map(|(_, number, _)| i64::from(*number)).collect())),
            ("value", BulkColumn::Text(new.into_iter().map(|(.., text)| text).collect())),
        ];
        insert_rows(conn, "own_values", columns, "").await?;
        for number in grown {
            execute!(
                conn,
                "UPDATE own_dimensions SET values_taken = $3 WHERE account_id = $1 AND dimension_no = $2",
                scope.account(),
                i64::from(number),
                self.dimensions[&number].taken,
            )?;
        }
        Ok(())
    }

    /// What a call has of dimensions that are declared.
    pub(crate) fn declared(&self, stored: Option<&str>) -> CallPlaces {
        let mut places = CallPlaces::default();
        for (dimension, value) in stored.map(CallPlaces::read).unwrap_or_default().iter() {
            if self.has(dimension) {
                places.set(dimension, OwnPlace::of_number(value));
            }
        }
        places
    }
}

/// The values of an account's dimensions by their numbers, for those who read.
#[derive(Debug, Clone, Default)]
pub struct OwnTexts {
    dimensions: BTreeMap<u32, (OwnDimension, HashMap<u32, String>)>,
}

impl OwnTexts {
    /// Reads them.
    pub async fn load(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let told = ToldDimensions::load(conn, scope).await?;
        let turned = told.dimensions.into_iter().map(|(number, dimension)| {
            let texts = dimension.numbers.into_iter().map(|(text, number)| (number, text)).collect();
            (number, (dimension.dimension, texts))
        });
        Ok(Self { dimensions: turned.collect() })
    }

    /// Whether a dimension of this number is declared.
    pub fn has(&self, dimension: u32) -> bool {
        self.dimensions.contains_key(&dimension)
    }

    /// How many values of a dimension are told apart.
    pub fn count(&self, dimension: u32) -> usize {
        self.dimensions.get(&dimension).map_or(0, |(_, texts)| texts.len())
    }

    /// The value of a number, as a reader may see it.
    pub fn shown(&self, dimension: u32, value: u32, mask: &Mask) -> Option<domain::sight::ShownText> {
        let (_, texts) = self.dimensions.get(&dimension)?;
        texts.get(&value).map(|text| mask.text(text.clone()))
    }

    /// Values of a dimension by their numbers, as this reader may see them.
    pub fn values(&self, dimension: u32, sight: Sight) -> Vec<(u32, String)> {
        let mask = Mask::new(sight, []);
        let Some((_, texts)) = self.dimensions.get(&dimension) else { return Vec::new() };
        let mut values: Vec<(u32, String)> =
            texts.iter().map(|(number, text)| (*number, mask.text(text.clone()).into())).collect();
        values.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        values
    }

    /// Where a call stands, as its reader may see it.
    pub(crate) fn of_call(&self, stored: Option<&str>, mask: &Mask) -> Vec<ShownOwnValue> {
        let Some(stored) = stored.filter(|_| !self.dimensions.is_empty()) else { return Vec::new() };
        let shown = |(dimension, value): (u32, u32)| {
            let (dimension, texts) = self.dimensions.get(&dimension)?;
            let place = OwnPlace::of_number(value);
            let text = texts.get(&value).map(|text| mask.text(text.clone()));
            let key = dimension.key.clone();
            Some(ShownOwnValue { dimension: dimension.clone(), place, key, value: place.word(), text })
        };
        CallPlaces::read(stored).iter().filter_map(shown).collect()
    }
}
