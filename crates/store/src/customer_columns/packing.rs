//! Columns of customers as bytes: of numbers the least, and of each how much larger it is, in as few bytes as the largest needs; of
//! texts each word once, and of each customer which word.

use std::collections::HashMap;

use super::BLOCK;
use crate::StoreError;

/// What of a customer is kept; the number of the column in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptColumn {
    /// 1: they are on the list; 0: they have left it, or never were.
    Listed = 0,
    /// Dial start of the latest call; 0 where there is none.
    LatestAt = 1,
    /// The local day of it.
    LatestDay = 2,
    /// Talk time of it, ms.
    TalkTime = 3,
    /// Finished calls.
    Calls = 4,
    /// What all calls cost, millionths.
    Cost = 5,
    /// Result code of the latest call; '' while it is in progress.
    Code = 6,
    /// Who ended it; '' where nobody said.
    HangupBy = 7,
}

impl KeptColumn {
    pub(crate) const ALL: [Self; COLUMNS] = [
        Self::Listed,
        Self::LatestAt,
        Self::LatestDay,
        Self::TalkTime,
        Self::Calls,
        Self::Cost,
        Self::Code,
        Self::HangupBy,
    ];

    fn at(self) -> usize {
        self as usize
    }

    pub(super) fn no(self) -> i64 {
        self as i64
    }

    pub(super) fn of_no(no: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.no() == no)
    }
}

const COLUMNS: usize = 8;
/// The columns before this one are numbers, the others texts.
const NUMBERS: usize = 6;

/// What is kept of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CustomerValues<'a> {
    pub(crate) latest_at: i64,
    pub(crate) latest_day: i64,
    pub(crate) talk_time: i64,
    pub(crate) calls: i64,
    pub(crate) cost: i64,
    pub(crate) code: &'a str,
    pub(crate) hangup_by: &'a str,
}

/// The values of a column that holds texts, by row.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnTexts {
    /// Each word once.
    words: Vec<String>,
    /// Which of them a row has.
    places: Vec<i64>,
    index: HashMap<String, i64>,
}

impl ColumnTexts {
    fn place_of(&mut self, word: &str) -> i64 {
        if self.index.len() < self.words.len() {
            self.index = self.words.iter().cloned().zip(0..).collect();
        }
        if let Some(place) = self.index.get(word) {
            return *place;
        }
        let place = self.words.len() as i64;
        self.words.push(word.to_owned());
        self.index.insert(word.to_owned(), place);
        place
    }

    fn get(&self, row: usize) -> &str {
        &self.words[self.places[row] as usize]
    }

    /// Each word once.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Which of the words each row has.
    pub(crate) fn places(&self) -> &[i64] {
        &self.places
    }
}

/// Columns of some customers, or those of them that were asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnTable {
    rows: usize,
    has: [bool; COLUMNS],
    numbers: [Vec<i64>; NUMBERS],
    texts: [ColumnTexts; COLUMNS - NUMBERS],
}

impl ColumnTable {
    /// Of nobody, with these columns.
    pub(super) fn with(columns: &[KeptColumn]) -> Self {
        let mut table = Self::default();
        for column in columns {
            table.has[column.at()] = true;
        }
        table
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The values of a column that holds numbers, by row.
    pub(crate) fn numbers(&self, column: KeptColumn) -> &[i64] {
        &self.numbers[column.at()]
    }

    /// The values of a column that holds texts, by row.
    pub(crate) fn texts(&self, column: KeptColumn) -> &ColumnTexts {
        &self.texts[column.at() - NUMBERS]
    }

    /// Refuses a table of which a column has more or fewer rows than the others.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let numbers = self.numbers.iter().map(Vec::len);
        let rows = numbers.chain(self.texts.iter().map(|texts| texts.places.len()));
        let is_whole = self.has.iter().zip(rows).all(|(has, rows)| !has || rows == self.rows);
        if is_whole { Ok(()) } else { Err(StoreError::Broken("a block of customers lacks a column".to_owned())) }
    }

    /// Adds rows of nobody until there are so many.
    fn grow(&mut self, rows: usize) {
        if rows <= self.rows {
            return;
        }
        self.rows = rows;
        for (_, values) in self.has.iter().zip(&mut self.numbers).filter(|(has, _)| **has) {
            values.resize(rows, 0);
        }
        for (column, texts) in self.texts.iter_mut().enumerate() {
            if self.has[NUMBERS + column] {
                let empty = texts.place_of("");
                texts.places.resize(rows, empty);
            }
        }
    }

    /// Sets a row, of the columns that are here; `None`: not on the list.
    pub(super) fn set(&mut self, row: usize, values: Option<CustomerValues<'_>>) {
        self.grow(row + 1);
        let listed = i64::from(values.is_some());
        let CustomerValues { latest_at, latest_day, talk_time, calls, cost, code, hangup_by } =
            values.unwrap_or_default();
        let numbers = [listed, latest_at, latest_day, talk_time, calls, cost];
        for (column, value) in numbers.into_iter().enumerate().filter(|(column, _)| self.has[*column]) {
            self.numbers[column][row] = value;
        }
        for (column, word) in [code, hangup_by].into_iter().enumerate() {
            if self.has[NUMBERS + column] {
                self.texts[column].places[row] = self.texts[column].place_of(word);
            }
        }
    }

    /// Puts what has changed into the columns that both have. Column by column, and each word is looked up once for all its rows:
    /// a list of millions of customers reads as many changes as an eighth of them.
    pub(super) fn apply(&mut self, changes: &ColumnChanges) {
        let Some(last) = changes.numbers.iter().max() else { return };
        self.grow(*last as usize + 1);
        let rows = || changes.numbers.iter().map(|number| *number as usize);
        for (column, values) in self.numbers.iter_mut().enumerate().filter(|(column, _)| self.has[*column]) {
            for (row, value) in rows().zip(&changes.table.numbers[column]) {
                values[row] = *value;
            }
        }
        for (column, texts) in self.texts.iter_mut().enumerate().filter(|(column, _)| self.has[NUMBERS + *column]) {
            let new = &changes.table.texts[column];
            let places: Vec<i64> = new.words.iter().map(|word| texts.place_of(word)).collect();
            for (row, place) in rows().zip(&new.places) {
                texts.places[row] = places[*place as usize];
            }
        }
    }

    /// A row of a table with all columns.
    pub(super) fn get(&self, row: usize) -> Option<CustomerValues<'_>> {
        let number = |column: KeptColumn| self.numbers[column.at()][row];
        (number(KeptColumn::Listed) != 0).then(|| CustomerValues {
            latest_at: number(KeptColumn::LatestAt),
            latest_day: number(KeptColumn::LatestDay),
            talk_time: number(KeptColumn::TalkTime),
            calls: number(KeptColumn::Calls),
            cost: number(KeptColumn::Cost),
            code: self.texts[0].get(row),
            hangup_by: self.texts[1].get(row),
        })
    }

    /// A column as it is stored.
    pub(super) fn pack(&self, column: KeptColumn) -> Vec<u8> {
        if column.at() < NUMBERS {
            return pack(&self.numbers[column.at()]);
        }
        let ColumnTexts { words, places, .. } = &self.texts[column.at() - NUMBERS];
        // Words that no row has any more are left out.
        let mut renumbered = vec![-1; words.len()];
        let mut used = Vec::new();
        let places: Vec<i64> = places
            .iter()
            .map(|place| {
                let new = &mut renumbered[*place as usize];
                if *new < 0 {
                    *new = used.len() as i64;
                    used.push(words[*place as usize].as_str());
                }
                *new
            })
            .collect();
        let mut bytes = (used.len() as u32).to_le_bytes().to_vec();
        for word in used {
            bytes.extend_from_slice(&(word.len() as u32).to_le_bytes());
            bytes.extend_from_slice(word.as_bytes());
        }
        bytes.extend(pack(&places));
        bytes
    }

    /// Reads [`Self::pack`] into a table that is to have the column. All columns must have as many rows.
    pub(super) fn unpack(&mut self, column: KeptColumn, mut bytes: &[u8]) -> Result<(), StoreError> {
        let broken = || StoreError::Broken(format!("column {} of customers", column.no()));
        let rows = if column.at() < NUMBERS {
            let values = unpack(bytes).ok_or_else(broken)?;
            self.numbers[column.at()] = values;
            self.numbers[column.at()].len()
        } else {
            let mut words = Vec::new();
            for _ in 0..take_u32(&mut bytes).ok_or_else(broken)? {
                let length = take_u32(&mut bytes).ok_or_else(broken)? as usize;
                let (word, rest) = bytes.split_at_checked(length).ok_or_else(broken)?;
                words.push(std::str::from_utf8(word).map_err(|_| broken())?.to_owned());
                bytes = rest;
            }
            let places = unpack(bytes).ok_or_else(broken)?;
            if places.iter().any(|place| *place < 0 || *place >= words.len() as i64) {
                return Err(broken());
            }
            let texts = ColumnTexts { words, places, index: HashMap::new() };
            self.texts[column.at() - NUMBERS] = texts;
            self.texts[column.at() - NUMBERS].places.len()
        };
        if self.rows != 0 && self.rows != rows {
            return Err(broken());
        }
        self.rows = rows;
        Ok(())
    }
}

/// Some customers of a block with all columns: what became otherwise.
#[derive(Debug, Clone)]
pub(super) struct ColumnChanges {
    /// Their numbers within the block.
    numbers: Vec<i64>,
    table: ColumnTable,
}

impl Default for ColumnChanges {
    fn default() -> Self {
        Self { numbers: Vec::new(), table: ColumnTable::with(&KeptColumn::ALL) }
    }
}

impl ColumnChanges {
    pub(super) fn push(&mut self, number: i64, values: Option<CustomerValues<'_>>) {
        self.table.set(self.numbers.len(), values);
        self.numbers.push(number);
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (i64, Option<CustomerValues<'_>>)> {
        self.numbers.iter().enumerate().map(|(row, number)| (*number, self.table.get(row)))
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let columns = KeptColumn::ALL.map(|column| self.table.pack(column));
        for column in std::iter::once(pack(&self.numbers)).chain(columns) {
            bytes.extend_from_slice(&(column.len() as u32).to_le_bytes());
            bytes.extend_from_slice(&column);
        }
        bytes
    }

    /// Reads these columns of [`Self::pack`].
    pub(super) fn unpack(mut bytes: &[u8], columns: &[KeptColumn]) -> Result<Self, StoreError> {
        let broken = || StoreError::Broken("a change of customers".to_owned());
        let mut take = || {
            let length = take_u32(&mut bytes)? as usize;
            let (column, rest) = bytes.split_at_checked(length)?;
            bytes = rest;
            Some(column)
        };
        let numbers = take().and_then(unpack).ok_or_else(broken)?;
        let mut table = ColumnTable::with(columns);
        for column in KeptColumn::ALL {
            let bytes = take().ok_or_else(broken)?;
            if columns.contains(&column) {
                table.unpack(column, bytes)?;
            }
        }
        if table.rows != numbers.len() || numbers.iter().any(|number| !(0..BLOCK).contains(number)) {
            return Err(broken());
        }
        Ok(Self { numbers, table })
    }
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*number))
}

/// The least (8 bytes), the bytes of each (1), how many (4), and of each how much larger it is than the least.
fn pack(values: &[i64]) -> Vec<u8> {
    let least = values.iter().copied().min().unwrap_or(0);
    let larger = |value: &i64| value.wrapping_sub(least).cast_unsigned();
    let most = values.iter().map(larger).max().unwrap_or(0);
    let width = (64 - most.leading_zeros()).div_ceil(8) as usize;
    let mut bytes = Vec::with_capacity(13 + width * values.len());
    bytes.extend_from_slice(&least.to_le_bytes());
    bytes.push(width as u8);
    bytes.extend_from_slice(&(values.len() as u32).to_le_bytes());
    for value in values {
        bytes.extend_from_slice(&larger(value).to_le_bytes()[..width]);
    }
    bytes
}

fn unpack(bytes: &[u8]) -> Option<Vec<i64>> {
    let (least, bytes) = bytes.split_first_chunk::<8>()?;
    let least = i64::from_le_bytes(*least);
    let (width, mut bytes) = bytes.split_first()?;
    let count = take_u32(&mut bytes)? as usize;
    if bytes.len() != count * usize::from(*width) {
        return None;
    }
    Some(match width {
        0 => vec![least; count],
        1 => of_width::<1>(least, bytes),
        2 => of_width::<2>(least, bytes),
        3 => of_width::<3>(least, bytes),
        4 => of_width::<4>(least, bytes),
        5 => of_width::<5>(least, bytes),
        6 => of_width::<6>(least, bytes),
        7 => of_width::<7>(least, bytes),
        8 => of_width::<8>(least, bytes),
        _ => return None,
    })
}

/// The compiler makes few instructions of each where it knows the width.
fn of_width<const WIDTH: usize>(least: i64, bytes: &[u8]) -> Vec<i64> {
    let value = |chunk: &[u8]| {
        let mut larger = [0; 8];
        larger[..WIDTH].copy_from_slice(&chunk[..WIDTH]);
        least.wrapping_add(i64::from_le_bytes(larger))
    };
    bytes.chunks_exact(WIDTH).map(value).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_survive_being_packed(values: Vec<i64>, small in proptest::collection::vec(-300_i64..70_000, 0..50)) {
            prop_assert_eq!(unpack(&pack(&values)), Some(values));
            let packed = pack(&small);
            prop_assert!(packed.len() <= 13 + 3 * small.len());
            prop_assert_eq!(unpack(&packed), Some(small));
        }

        #[test]
        fn bytes_of_anything_are_refused_and_do_no_harm(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
            let _ = ColumnChanges::unpack(&bytes, &KeptColumn::ALL);
            let _ = ColumnTable::with(&[KeptColumn::Code]).unpack(KeptColumn::Code, &bytes);
        }

        #[test]
        fn changes_survive_being_packed(
            rows in proptest::collection::vec((0..BLOCK, any::<Option<(i64, i64, [i64; 3], String, String)>>()), 0..20),
        ) {
            let values = |row: &Option<(i64, i64, [i64; 3], String, String)>| {
                row.as_ref().map(|(at, day, [talk, calls, cost], code, hangup_by)| (*at, *day, *talk, *calls, *cost, code.clone(), hangup_by.clone()))
            };
            let mut changes = ColumnChanges::default();
            for (number, row) in &rows {
                let given = row.as_ref().map(|(latest_at, latest_day, [talk_time, calls, cost], code, hangup_by)| CustomerValues {
                    latest_at: *latest_at, latest_day: *latest_day, talk_time: *talk_time, calls: *calls, cost: *cost, code, hangup_by,
                });
                changes.push(*number, given);
            }
            let read = ColumnChanges::unpack(&changes.pack(), &KeptColumn::ALL).unwrap();
            let read: Vec<_> = read.rows().map(|(number, row)| (number, row.map(|v| (v.latest_at, v.latest_day, v.talk_time, v.calls, v.cost, v.code.to_owned(), v.hangup_by.to_owned())))).collect();
            let given: Vec<_> = rows.iter().map(|(number, row)| (*number, values(row))).collect();
            prop_assert_eq!(read, given);
        }

        #[test]
        fn changes_make_of_columns_what_setting_each_row_makes(
            before in proptest::collection::vec((0..BLOCK, any::<Option<(i64, i64)>>(), "[ABC]?"), 0..20),
            changed in proptest::collection::vec((0..BLOCK, any::<Option<(i64, i64)>>(), "[ABCD]?"), 0..20),
            columns in proptest::sample::subsequence(KeptColumn::ALL[1..].to_vec(), 0..COLUMNS),
        ) {
            fn values(numbers: Option<(i64, i64)>, word: &str) -> Option<CustomerValues<'_>> {
                numbers.map(|(latest_at, cost)| CustomerValues { latest_at, cost, code: word, hangup_by: word, ..CustomerValues::default() })
            }
            let columns: Vec<KeptColumn> = std::iter::once(KeptColumn::Listed).chain(columns).collect();
            let mut whole = ColumnTable::with(&KeptColumn::ALL);
            for (number, numbers, word) in &before {
                whole.set(*number as usize, values(*numbers, word));
            }
            let mut read = ColumnTable::with(&columns);
            for column in &columns {
                read.unpack(*column, &whole.pack(*column)).unwrap();
            }
            let mut changes = ColumnChanges::default();
            for (number, numbers, word) in &changed {
                changes.push(*number, values(*numbers, word));
                whole.set(*number as usize, values(*numbers, word));
            }
            read.apply(&ColumnChanges::unpack(&changes.pack(), &columns).unwrap());
            prop_assert_eq!(read.rows, whole.rows);
            for column in columns {
                if column.at() < NUMBERS {
                    prop_assert_eq!(read.numbers(column), whole.numbers(column));
                } else {
                    let words = |table: &ColumnTable| (0..table.rows).map(|row| table.texts(column).get(row).to_owned()).collect::<Vec<_>>();
                    prop_assert_eq!(words(&read), words(&whole));
                }
            }
        }
    }
}
