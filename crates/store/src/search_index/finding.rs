//! What a search finds, as long as that is few enough to be looked up one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use roaring::RoaringBitmap;

use super::{
    BLOCK,
    parts::{PartsWanted, wanted},
};
use crate::{
    Conn, Scope, StoreError,
    dialect::Engine,
    sql::{Search, Sql},
};

/// Of a text of one or two letters, whose parts have much in common, no more rows than this are read.
const ROWS_OF_A_BEGINNING: i64 = 2_000;
/// So many customers are few in any list.
const FEW: i64 = 1_000;
/// So many are looked up at most to count what a list has of them, and no more than one customer in [`OF_WHICH_ONE`].
const COUNTED: i64 = 10_000;
const OF_WHICH_ONE: i64 = 16;
/// How many candidates a statement asks about.
const ASKED_AT_ONCE: usize = 5_000;

/// The customers that match a search, as far as the index can tell.
#[derive(Debug, Clone)]
pub(crate) enum SearchMatches {
    /// These, and nobody else.
    Few(FoundCustomers),
    /// Just these, too; but one in so many, as the number says, which is often enough for a list to be read in its order. Sums are
    /// counted by them.
    Middling(FoundCustomers, i64),
    /// More, or nobody knows how many: who reads a list asks each customer on it. One in so many at most is found, as far as the index
    /// tells.
    Many(i64),
}

/// The customers that a search finds, and those of whom it finds calls that were dialled to another number.
#[derive(Debug, Clone)]
pub(crate) struct FoundCustomers {
    /// By campaign and number; whether all of their calls are found.
    pub(crate) customers: BTreeMap<(i64, i64), bool>,
    /// The same for a statement: `[campaign, number, 1 or 0]` each.
    json: String,
    engine: Engine,
}

impl FoundCustomers {
    fn new(customers: BTreeMap<(i64, i64), bool>, engine: Engine) -> Self {
        let rows: Vec<[i64; 3]> =
            customers.iter().map(|(&(campaign_key, no), &whole)| [campaign_key, no, i64::from(whole)]).collect();
        Self { json: serde_json::json!(rows).to_string(), customers, engine }
    }

    /// Whether it is found of all of them by their names and numbers alone.
    pub(crate) fn is_whole(&self) -> bool {
        self.customers.values().all(|whole| *whole)
    }

    /// Appends what stands before the table of calls or contacts in `FROM`, so that it is read by these customers; [`JOINED`] goes
    /// among the conditions.
    pub(crate) fn push_before(&self, sql: &mut Sql) {
        push_rows(sql, self.engine, self.json.clone());
        sql.push(" f CROSS JOIN ");
    }
}

/// The condition that a row of calls or contacts is of one of [`FoundCustomers::push_before`].
pub(crate) const JOINED: &str = " AND campaign_key = f.found_campaign AND contact_no = f.found_no";

/// Appends a subselect of rows of two or three numbers.
fn push_rows(sql: &mut Sql, engine: Engine, json: String) {
    sql.push(
        "(SELECT CAST(value ->> 0 AS BIGINT) AS found_campaign, CAST(value ->> 1 AS BIGINT) AS found_no,
                 CAST(value ->> 2 AS BIGINT) AS found_whole FROM ",
    );
    sql.push(engine.rows_of_json()).text(json).push(engine.end_of_rows_of_json()).push(")");
}

/// Which customers are in the index, and which are not.
struct Coverage {
    /// Customers on the lists that are searched, at most.
    customers: i64,
    /// Whether anybody is in the index.
    has_blocks: bool,
    /// Numbers that are not: campaign, from, to (not included).
    rest: Vec<[i64; 3]>,
}

impl Coverage {
    async fn read(conn: &mut Conn, scope: &Scope, campaign: Option<i64>) -> Result<Self, StoreError> {
        let mut sql = Sql::with(&[scope.account()]);
        sql.push("SELECT campaign_key, next_contact_no FROM campaigns WHERE account_id = $1 AND next_contact_no > 0");
        push_campaign(&mut sql, campaign, " AND campaign_key = ");
        let campaigns: Vec<(i64, i64)> = sql.fetch_all(conn).await?;
        let mut sql = Sql::with(&[scope.account()]);
        sql.push("SELECT campaign_key, block, filled_to FROM search_blocks WHERE account_id = $1");
        push_campaign(&mut sql, campaign, " AND campaign_key = ");
        let blocks: Vec<(i64, i64, i64)> = sql.fetch_all(conn).await?;
        let filled: HashMap<(i64, i64), i64> = blocks.into_iter().map(|row| ((row.0, row.1), row.2)).collect();
        let mut coverage = Self { customers: 0, has_blocks: !filled.is_empty(), rest: Vec::new() };
        for (campaign_key, next) in campaigns {
            coverage.customers += next;
            for block in 0..=(next - 1) / BLOCK {
                let from = filled.get(&(campaign_key, block)).copied().unwrap_or(block * BLOCK);
                let to = next.min((block + 1) * BLOCK);
                match coverage.rest.last_mut() {
                    _ if from >= to => {}
                    Some([of, _, last]) if *of == campaign_key && *last == from => *last = to,
                    _ => coverage.rest.push([campaign_key, from, to]),
                }
            }
        }
        Ok(coverage)
    }
}

fn push_campaign(sql: &mut Sql, campaign: Option<i64>, column: &'static str) {
    if let Some(campaign_key) = campaign {
        sql.push(column).int(campaign_key);
    }
}

/// Finds the customers of a campaign, or of the account, that a search is about; with `dialled` also those of calls that were dialled
/// to a number that it is about.
pub(crate) async fn find(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<i64>,
    search: &Search,
    dialled: bool,
) -> Result<SearchMatches, StoreError> {
    let coverage = Coverage::read(conn, scope, campaign).await?;
    // Looking one customer up costs as much as passing some calls over, of which there are as many between two that are found as
    // there are customers for each one found: beyond this many, it is the list that is read.
    let most = FEW.max((16 * coverage.customers).isqrt());
    let counted = most.max(COUNTED.min(coverage.customers / OF_WHICH_ONE));
    let mut candidates = BTreeSet::new();
    if coverage.has_blocks {
        // A number may be typed as it is stored: it is not counted twice.
        let held: BTreeSet<&str> = search.held().iter().map(String::as_str).collect();
        for held in held {
            let Some(found) = candidates_of(conn, scope, campaign, held).await? else {
                return Ok(SearchMatches::Many(1));
            };
            let numbers = found.values().map(RoaringBitmap::len).sum::<u64>();
            if candidates.len() as u64 + numbers > counted.cast_unsigned() {
                let found = candidates.len() as i64 + numbers.cast_signed();
                return Ok(SearchMatches::Many((coverage.customers / found).max(1)));
            }
            candidates.extend(found.into_iter().flat_map(|((campaign_key, block), numbers)| {
                let numbers = numbers.into_iter().map(move |no| [campaign_key, block * BLOCK + i64::from(no)]);
                numbers.collect::<Vec<_>>()
            }));
        }
        let mut sql = Sql::with(&[scope.account()]);
        sql.push("SELECT campaign_key, contact_no FROM search_changes WHERE account_id = $1");
        push_campaign(&mut sql, campaign, " AND campaign_key = ");
        let changed: Vec<(i64, i64)> = sql.fetch_all(conn).await?;
        candidates.extend(changed.into_iter().map(|(campaign_key, no)| [campaign_key, no]));
    }
    let engine = Engine::of(conn);
    let candidates: Vec<[i64; 2]> = candidates.into_iter().collect();
    let mut customers = BTreeMap::new();
    for of_calls in [false, true].into_iter().filter(|of_calls| dialled || !of_calls) {
        let mut statements: Vec<Sql> = candidates
            .chunks(ASKED_AT_ONCE)
            .map(|asked| among(scope, engine, search, serde_json::json!(asked).to_string(), of_calls))
            .collect();
        if !coverage.rest.is_empty() {
            let rest = serde_json::json!(coverage.rest).to_string();
            statements.push(among_rest(scope, engine, search, rest, of_calls, counted + 1));
        }
        for sql in statements {
            for key in sql.fetch_all::<(i64, i64)>(conn).await? {
                customers.entry(key).or_insert(!of_calls);
            }
            if customers.len() as i64 > counted {
                return Ok(SearchMatches::Many(1));
            }
        }
    }
    let found = customers.len() as i64;
    let few = FoundCustomers::new(customers, engine);
    Ok(if found > most {
        SearchMatches::Middling(few, (coverage.customers / found).max(1))
    } else {
        SearchMatches::Few(few)
    })
}

/// A row of `search_parts`.
#[derive(Debug, sqlx_macros::FromRow)]
struct PartRow {
    campaign_key: i64,
    block: i64,
    part: i64,
    customers: Vec<u8>,
}

impl PartRow {
    fn read(&self) -> Result<RoaringBitmap, StoreError> {
        RoaringBitmap::deserialize_from(self.customers.as_slice()).map_err(|error| {
            StoreError::Broken(format!("search_parts of campaign {} block {}: {error}", self.campaign_key, self.block))
        })
    }
}

/// Numbers within their blocks, by campaign and block.
type NumbersByBlock = BTreeMap<(i64, i64), RoaringBitmap>;

/// Who in the index may hold a text; `None`: too many, or everybody.
async fn candidates_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<i64>,
    held: &str,
) -> Result<Option<NumbersByBlock>, StoreError> {
    let Some(wanted) = wanted(held) else { return Ok(None) };
    let rows: Vec<PartRow> = part_rows(scope, campaign, &wanted).fetch_all(conn).await?;
    let mut found = NumbersByBlock::new();
    match wanted {
        PartsWanted::OneOf(_) if rows.len() as i64 > ROWS_OF_A_BEGINNING => return Ok(None),
        PartsWanted::OneOf(_) => {
            for row in rows {
                *found.entry((row.campaign_key, row.block)).or_default() |= row.read()?;
            }
        }
        PartsWanted::All(all) => {
            let mut by_block = BTreeMap::<(i64, i64), Vec<PartRow>>::new();
            for row in rows {
                by_block.entry((row.campaign_key, row.block)).or_default().push(row);
            }
            by_block.retain(|_, rows| rows.len() == all.len());
            for (block, mut rows) in by_block {
                // The shortest first: it leaves little of the others.
                rows.sort_unstable_by_key(|row| row.customers.len());
                let mut numbers: Option<RoaringBitmap> = None;
                for row in rows {
                    debug_assert!(all.contains(&row.part));
                    let own = row.read()?;
                    let left = numbers.map_or_else(|| own.clone(), |numbers| numbers & &own);
                    let is_empty = left.is_empty();
                    numbers = Some(left);
                    if is_empty {
                        break;
                    }
                }
                found.insert(block, numbers.unwrap_or_default());
            }
        }
    }
    Ok(Some(found))
}

/// The statement that reads who has some parts, block by block.
pub(super) fn part_rows(scope: &Scope, campaign: Option<i64>, wanted: &PartsWanted) -> Sql {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(
        "SELECT g.campaign_key, g.block, g.part, g.customers FROM search_blocks b CROSS JOIN search_parts g
         WHERE b.account_id = $1 AND g.account_id = $1 AND g.campaign_key = b.campaign_key AND g.block = b.block",
    );
    push_campaign(&mut sql, campaign, " AND b.campaign_key = ");
    match wanted {
        PartsWanted::All(all) => drop(sql.push(" AND g.part IN ").ints(all.iter().copied())),
        PartsWanted::OneOf(range) => {
            sql.push(" AND g.part BETWEEN ").int(*range.start()).push(" AND ").int(*range.end());
            sql.push(" LIMIT ").int(ROWS_OF_A_BEGINNING + 1);
        }
    }
    sql
}

/// The statement that asks candidates, or their calls, what the search asks.
pub(super) fn among(scope: &Scope, engine: Engine, search: &Search, asked: String, of_calls: bool) -> Sql {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(if of_calls {
        "SELECT DISTINCT campaign_key, contact_no FROM "
    } else {
        "SELECT campaign_key, contact_no FROM "
    });
    push_rows(&mut sql, engine, asked);
    sql.push(" f CROSS JOIN ").push(if of_calls { "calls" } else { "contacts" });
    sql.push(" WHERE account_id = $1").push(JOINED);
    push_condition(&mut sql, search, of_calls);
    sql
}

/// The same of whoever is not in the index: rows of campaign, first number, and that after the last.
pub(super) fn among_rest(
    scope: &Scope,
    engine: Engine,
    search: &Search,
    rest: String,
    of_calls: bool,
    most: i64,
) -> Sql {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push(if of_calls {
        "SELECT DISTINCT campaign_key, contact_no FROM "
    } else {
        "SELECT campaign_key, contact_no FROM "
    });
    push_rows(&mut sql, engine, rest);
    sql.push(" f CROSS JOIN ").push(if of_calls { "calls" } else { "contacts" });
    sql.push(
        " WHERE account_id = $1 AND campaign_key = f.found_campaign AND contact_no >= f.found_no
          AND contact_no < f.found_whole",
    );
    push_condition(&mut sql, search, of_calls);
    sql.push(" LIMIT ").int(most);
    sql
}

fn push_condition(sql: &mut Sql, search: &Search, of_calls: bool) {
    if of_calls {
        sql.push(" AND phone IS NOT NULL AND (");
        search.push_on_dialled(sql);
        sql.push(")");
    } else {
        sql.push(" AND ");
        search.push_on_contacts(sql);
    }
}
