//! Lists in any order, by any filter, from the columns of a campaign's customers: [`crate::customer_columns`].

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet, VecDeque};

use domain::{
    HangupBy,
    customer_filter::{CustomerOrder, TimesCalled},
    filter::{ClassFilter, CustomerStanding},
};
use roaring::RoaringBitmap;

use super::conditions::Asked;
use crate::{
    Conn, StoreError,
    cursor::CursorPlace,
    customer_columns::{BLOCK, BLOCKS_AT_ONCE, ColumnTable, KeptColumn, read_blocks},
    db::fetch_one,
    rollup::customers_of_days,
    search_index::SearchMatches,
    sql::{Search, Sql},
};

/// How many customers a statement asks whether a search is about them.
const ASKED_AT_ONCE: usize = 1_000;
/// So many are asked at once at most.
const ASKED_AT_MOST: usize = 64_000;

/// A page of a list.
#[derive(Debug, Default)]
pub(super) struct Ordered {
    /// The customers' numbers, in their order.
    pub(super) numbers: Vec<i64>,
    /// How many the filter lets through; `None` where a search is to be asked, too.
    pub(super) total: Option<u64>,
}

/// Up to `rows` customers from a place on, in its direction.
pub(super) async fn find(
    conn: &mut Conn,
    asked: &Asked<'_>,
    place: Option<&(CursorPlace, String)>,
    rows: usize,
) -> Result<Ordered, StoreError> {
    let sought_for = asked.filter.q.as_deref().filter(|_| matches!(asked.found, Some(SearchMatches::Many(_))));
    let Some(q) = sought_for else {
        let (nearest, total) = nearest(conn, asked, place, rows).await?;
        return Ok(Ordered { numbers: nearest.into_iter().map(|(place, _)| place.key).collect(), total: Some(total) });
    };
    // Whoever comes next is asked whether the search is about them, more at once each time.
    let search = Search::of(q, asked.scope);
    let mut numbers = Vec::new();
    let mut place = place.cloned();
    let one_in = match asked.found {
        Some(SearchMatches::Many(one_in)) => one_in,
        _ => 1,
    };
    let mut most = ASKED_AT_MOST.min(rows * 4 * (one_in.clamp(1, 1_000) as usize));
    loop {
        let (nearest, _) = nearest(conn, asked, place.as_ref(), most).await?;
        for some in nearest.chunks(ASKED_AT_ONCE) {
            let some: Vec<i64> = some.iter().map(|(place, _)| place.key).collect();
            let found: Vec<(i64,)> = sought(asked, &search, &some).fetch_all(conn).await?;
            let found: HashSet<i64> = found.into_iter().map(|row| row.0).collect();
            numbers.extend(some.into_iter().filter(|number| found.contains(number)));
            if numbers.len() >= rows {
                numbers.truncate(rows);
                return Ok(Ordered { numbers, total: None });
            }
        }
        if nearest.len() < most {
            return Ok(Ordered { numbers, total: None });
        }
        most = ASKED_AT_MOST.min(most * 4);
        place = nearest.into_iter().next_back();
    }
}

/// The statement that asks of whom of these a search is.
fn sought(asked: &Asked<'_>, search: &Search, numbers: &[i64]) -> Sql {
    let mut sql = asked.sql();
    sql.push("SELECT contact_no FROM contacts WHERE account_id = $1 AND campaign_key = $2 AND ");
    search.push_on_contacts(&mut sql);
    sql.push(" AND contact_no IN ").ints(numbers.iter().copied());
    sql
}

/// How many customers the list has. A search is asked of a part of the campaign at a time: a reader who leaves leaves nothing behind that
/// goes on.
pub(super) async fn count(conn: &mut Conn, asked: &Asked<'_>) -> Result<u64, StoreError> {
    if let Some(SearchMatches::Few(_)) = asked.found {
        return Ok(asked.count(0, i64::MAX).fetch_one::<(i64,)>(conn).await?.0.cast_unsigned());
    }
    let next = next_contact_no(conn, asked).await?;
    let mut total = 0;
    for from in (0..next).step_by(BLOCK as usize) {
        total += asked.count(from, from + BLOCK).fetch_one::<(i64,)>(conn).await?.0.cast_unsigned();
    }
    Ok(total)
}

async fn next_contact_no(conn: &mut Conn, asked: &Asked<'_>) -> Result<i64, StoreError> {
    let sql = "SELECT next_contact_no FROM campaigns WHERE account_id = $1 AND campaign_key = $2";
    Ok(fetch_one!(conn, (i64,), sql, asked.scope.account(), asked.campaign_key)?.0)
}

/// The places of up to `rows` customers from a place on, in its direction and order, and how many the filter lets through in all, its
/// search not asked.
async fn nearest(
    conn: &mut Conn,
    asked: &Asked<'_>,
    place: Option<&(CursorPlace, String)>,
    rows: usize,
) -> Result<(Vec<(CursorPlace, String)>, u64), StoreError> {
    let sift = Sift::of(conn, asked).await?;
    let blocks = (next_contact_no(conn, asked).await? + BLOCK - 1) / BLOCK;
    let backwards = place.is_some_and(|(place, _)| place.backwards);
    let descending = asked.filter.sort.descending != backwards;
    let mut first = First::new(asked.filter.sort.by, descending, place, rows);
    let columns = columns(asked);
    let mut total = 0;
    for from in (0..blocks).step_by(BLOCKS_AT_ONCE as usize) {
        let some = from..=(from + BLOCKS_AT_ONCE - 1).min(blocks - 1);
        for (block, table) in read_blocks(conn, asked.scope, asked.campaign_key, some, &columns).await? {
            let passing = sift.passing(block, &table);
            total += passing.iter().filter(|passes| **passes).count() as u64;
            first.take(block, &table, &passing);
        }
    }
    let places =
        first.places().into_iter().map(|(value, text, key)| (CursorPlace { value, key, backwards }, text)).collect();
    Ok((places, total))
}

/// The column that a list is sorted by; none for the order in which customers came, which is that of their numbers.
fn column(by: CustomerOrder) -> Option<KeptColumn> {
    Some(match by {
        CustomerOrder::Listed => return None,
        CustomerOrder::LatestAt => KeptColumn::LatestAt,
        CustomerOrder::TalkTime => KeptColumn::TalkTime,
        CustomerOrder::Code => KeptColumn::Code,
        CustomerOrder::HangupBy => KeptColumn::HangupBy,
        CustomerOrder::Calls => KeptColumn::Calls,
        CustomerOrder::Cost => KeptColumn::Cost,
    })
}

/// The columns that a list needs.
fn columns(asked: &Asked<'_>) -> Vec<KeptColumn> {
    let filter = asked.filter;
    let mut columns = vec![KeptColumn::Listed];
    let mut need = |column: KeptColumn, is_needed: bool| {
        if is_needed && !columns.contains(&column) {
            columns.push(column);
        }
    };
    let by_code = !filter.codes.is_empty() || !filter.classes.is_empty();
    need(KeptColumn::Code, by_code);
    need(KeptColumn::LatestAt, asked.range.is_some() || filter.classes.contains(&ClassFilter::InProgress));
    need(KeptColumn::LatestDay, asked.range.is_some());
    need(KeptColumn::HangupBy, !filter.hangup_by.is_empty());
    need(KeptColumn::Calls, filter.calls.is_some());
    if let Some(column) = column(filter.sort.by) {
        need(column, true);
    }
    columns
}

/// Whom a filter lets through, its search not asked.
struct Sift<'a> {
    asked: &'a Asked<'a>,
    /// These customers, or all others.
    standing: Option<(RoaringBitmap, bool)>,
    /// These, where it is known whom the search finds.
    found: Option<RoaringBitmap>,
}

impl<'a> Sift<'a> {
    async fn of(conn: &mut Conn, asked: &'a Asked<'a>) -> Result<Self, StoreError> {
        let standing = asked.filter.standing;
        let found = match &asked.found {
            Some(SearchMatches::Few(few) | SearchMatches::Middling(few, _)) => {
                Some(few.customers.keys().map(|(_, number)| *number as u32).collect())
            }
            _ => None,
        };
        if standing == CustomerStanding::All {
            return Ok(Self { asked, standing: None, found });
        }
        let (mut dialled, mut reached) = (RoaringBitmap::new(), RoaringBitmap::new());
        for (_, day) in customers_of_days(conn, asked.scope, asked.campaign_key, i64::MIN, i64::MAX).await? {
            dialled |= day.dialled;
            reached |= day.reached;
        }
        let standing = match standing {
            CustomerStanding::All => None,
            CustomerStanding::Reached => Some((reached, true)),
            CustomerStanding::Tried => Some((dialled - reached, true)),
            CustomerStanding::NeverDialled => Some((dialled, false)),
        };
        Ok(Self { asked, standing, found })
    }

    /// Of each row of a block, whether it is let through.
    fn passing(&self, block: i64, table: &ColumnTable) -> Vec<bool> {
        let (asked, filter) = (self.asked, self.asked.filter);
        let mut passing: Vec<bool> = table.numbers(KeptColumn::Listed).iter().map(|listed| *listed != 0).collect();
        let found = self.found.as_ref().map(|found| (found, true));
        let standing = self.standing.as_ref().map(|(customers, are_let_through)| (customers, *are_let_through));
        for (customers, are_let_through) in found.into_iter().chain(standing) {
            let mut among = vec![false; passing.len()];
            let first = (block * BLOCK) as u32;
            for number in customers.range(first..=first + (BLOCK - 1) as u32) {
                if let Some(among) = among.get_mut((number - first) as usize) {
                    *among = true;
                }
            }
            passing.iter_mut().zip(among).for_each(|(passes, among)| *passes &= among == are_let_through);
        }
        let numbers = |column: KeptColumn| table.numbers(column).iter();
        if let Some(range) = asked.range {
            let days = i64::from(range.from.0)..=i64::from(range.to.0);
            let called = numbers(KeptColumn::LatestDay).zip(numbers(KeptColumn::LatestAt));
            // Day 0 of who was never called is no day of theirs.
            passing.iter_mut().zip(called).for_each(|(passes, (day, at))| *passes &= *at > 0 && days.contains(day));
        }
        if !filter.codes.is_empty() {
            retain_words(&mut passing, table, KeptColumn::Code, |word| {
                filter.codes.iter().any(|code| code.as_str() == word)
            });
        }
        if !filter.classes.is_empty() {
            self.retain_classes(&mut passing, table);
        }
        if !filter.hangup_by.is_empty() {
            retain_words(&mut passing, table, KeptColumn::HangupBy, |word| {
                filter.hangup_by.iter().copied().map(HangupBy::word).any(|who| who == word)
            });
        }
        if let Some(times) = filter.calls {
            let calls = match times {
                TimesCalled::Exactly(calls) => i64::from(calls)..=i64::from(calls),
                TimesCalled::AtLeast(calls) => i64::from(calls)..=i64::MAX,
            };
            passing.iter_mut().zip(numbers(KeptColumn::Calls)).for_each(|(passes, own)| *passes &= calls.contains(own));
        }
        passing
    }

    fn retain_classes(&self, passing: &mut [bool], table: &ColumnTable) {
        let (classes, meanings) = (&self.asked.filter.classes, self.asked.meanings.now());
        let is_asked_for = |word: &str| {
            if word.is_empty() {
                classes.contains(&ClassFilter::InProgress)
            } else {
                classes.contains(&ClassFilter::Class(meanings.class_of(word)))
            }
        };
        retain_words(passing, table, KeptColumn::Code, is_asked_for);
        if classes.contains(&ClassFilter::InProgress) {
            // Who was never called has no code either.
            let called = table.numbers(KeptColumn::LatestAt).iter();
            passing.iter_mut().zip(called).for_each(|(passes, at)| *passes &= *at > 0);
        }
    }
}

/// Lets through only those whose word is asked for.
fn retain_words(passing: &mut [bool], table: &ColumnTable, column: KeptColumn, is_asked_for: impl Fn(&str) -> bool) {
    let texts = table.texts(column);
    let words: Vec<bool> = texts.words().iter().map(|word| is_asked_for(word)).collect();
    passing.iter_mut().zip(texts.places()).for_each(|(passes, place)| *passes &= words[*place as usize]);
}

/// The first customers of a list from a place on, whichever order they are read in.
enum First {
    ByNumber(FirstByNumber),
    ByText(FirstByText),
}

impl First {
    fn new(by: CustomerOrder, descending: bool, place: Option<&(CursorPlace, String)>, rows: usize) -> Self {
        match by {
            CustomerOrder::Listed | CustomerOrder::Code | CustomerOrder::HangupBy => Self::ByText(FirstByText {
                column: column(by),
                descending,
                after: place.map(|(place, text)| (text.clone(), place.key)),
                rows,
                words: BTreeMap::new(),
            }),
            CustomerOrder::LatestAt | CustomerOrder::TalkTime | CustomerOrder::Calls | CustomerOrder::Cost => {
                let column = column(by).unwrap_or(KeptColumn::LatestAt);
                let after = place.map(|(place, _)| turned((place.value, place.key), descending));
                Self::ByNumber(FirstByNumber { column, descending, after, rows, found: Vec::new(), last: None })
            }
        }
    }

    fn take(&mut self, block: i64, table: &ColumnTable, passing: &[bool]) {
        match self {
            Self::ByNumber(first) => first.take(block, table, passing),
            Self::ByText(first) => first.take(block, table, passing),
        }
    }

    /// Value, text and number of each.
    fn places(self) -> Vec<(i64, String, i64)> {
        match self {
            Self::ByNumber(first) => first.places(),
            Self::ByText(first) => first.places(),
        }
    }
}

/// A value and a number so that what comes first is the smallest.
fn turned((value, number): (i64, i64), descending: bool) -> (i64, i64) {
    if descending { (!value, !number) } else { (value, number) }
}

struct FirstByNumber {
    column: KeptColumn,
    descending: bool,
    /// The place before the first, turned.
    after: Option<(i64, i64)>,
    rows: usize,
    /// Turned. More than are wanted, from time to time cut down to these.
    found: Vec<(i64, i64)>,
    /// The last of them when they were cut down: whoever comes after it is none of them.
    last: Option<(i64, i64)>,
}

impl FirstByNumber {
    fn take(&mut self, block: i64, table: &ColumnTable, passing: &[bool]) {
        let values = table.numbers(self.column);
        for (row, value) in values.iter().enumerate().filter(|(row, _)| passing[*row]) {
            let key = turned((*value, block * BLOCK + row as i64), self.descending);
            if self.after.is_some_and(|after| key <= after) || self.last.is_some_and(|last| key > last) {
                continue;
            }
            self.found.push(key);
            if self.found.len() >= 2 * self.rows + 1_024 {
                self.cut();
            }
        }
    }

    fn cut(&mut self) {
        if self.found.len() > self.rows {
            let (_, last, _) = self.found.select_nth_unstable(self.rows - 1);
            self.last = Some(*last);
            self.found.truncate(self.rows);
        }
    }

    fn places(mut self) -> Vec<(i64, String, i64)> {
        self.cut();
        self.found.sort_unstable();
        let turn = |key| turned(key, self.descending);
        self.found.iter().map(|key| turn(*key)).map(|(value, number)| (value, String::new(), number)).collect()
    }
}

/// By a text, or by nothing but the number: few words, and of each the first numbers. Numbers are read in their order.
struct FirstByText {
    column: Option<KeptColumn>,
    descending: bool,
    after: Option<(String, i64)>,
    rows: usize,
    words: BTreeMap<String, VecDeque<i64>>,
}

impl FirstByText {
    fn take(&mut self, block: i64, table: &ColumnTable, passing: &[bool]) {
        let none = [String::new()];
        let (words, places) = match self.column {
            Some(column) => (table.texts(column).words(), Some(table.texts(column).places())),
            None => (none.as_slice(), None),
        };
        // Of each word the numbers so far, and which number the next must come after.
        let mut of_words: Vec<Option<(VecDeque<i64>, Option<i64>)>> = words
            .iter()
            .map(|word| {
                let after = match &self.after {
                    Some((text, number)) if text == word => Some(*number),
                    Some((text, _)) if (text > word) != self.descending => return None,
                    _ => None,
                };
                Some((self.words.remove(word).unwrap_or_default(), after))
            })
            .collect();
        for (row, _) in passing.iter().enumerate().filter(|(_, passes)| **passes) {
            let word = places.map_or(0, |places| places[row] as usize);
            let Some((numbers, after)) = &mut of_words[word] else { continue };
            let number = block * BLOCK + row as i64;
            if self.descending {
                if after.is_none_or(|after| number < after) {
                    numbers.push_front(number);
                    numbers.truncate(self.rows);
                }
            } else if numbers.len() < self.rows && after.is_none_or(|after| number > after) {
                numbers.push_back(number);
            }
        }
        for (word, numbers) in words.iter().zip(of_words) {
            if let Some((numbers, _)) = numbers.filter(|(numbers, _)| !numbers.is_empty()) {
                self.words.insert(word.clone(), numbers);
            }
        }
    }

    fn places(self) -> Vec<(i64, String, i64)> {
        let places =
            |(word, numbers): (String, VecDeque<i64>)| numbers.into_iter().map(move |number| (0, word.clone(), number));
        if self.descending {
            self.words.into_iter().rev().flat_map(places).take(self.rows).collect()
        } else {
            self.words.into_iter().flat_map(places).take(self.rows).collect()
        }
    }
}
