//! The rows of a file by call: those that name the same id, directly or through others, in whatever order and however far apart.
//!
//! What is kept in memory does not grow with what a row holds: 4 to 8 bytes of each row, and as much of rows and ids as was
//! allowed. All else is in files without a name ([`crate::spool`]); ids are sorted there.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    vec,
};

use crate::{
    packed::Packed,
    spool::{Spool, Spooled, broken},
};

/// No row.
const NONE: u32 = u32::MAX;

/// What tells whether a row is the same as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Print {
    /// Of two with this hash the later one is left out and counted.
    Once(u128),
    /// As [`Self::Once`], of a further row of something that is counted already.
    Further(u128),
    /// Both are kept, and numbered: see [`Gathered::next_call`].
    Numbered(u128),
}

/// Rows that are being read.
pub(crate) struct Gathering {
    rows: Spool,
    keys: SortedPairs,
    prints: SortedPairs,
    /// Some row has no key.
    lacks_key: bool,
    /// Rows with [`Print::Once`] and [`Print::Numbered`].
    counted: Bits,
    numbered: Bits,
}

impl Gathering {
    /// Keeps about so many bytes in memory.
    pub(crate) fn new(memory: usize) -> Self {
        let pairs = || SortedPairs::new(memory / 4 / size_of::<Pair>());
        Self {
            rows: Spool::new(memory / 4),
            keys: pairs(),
            prints: pairs(),
            lacks_key: false,
            counted: Bits::default(),
            numbered: Bits::default(),
        }
    }

    /// Adds a row: the hashes of the ids that rows of its call have in common (without any it is a call of its own), what makes
    /// it the same as another, if anything, and its bytes.
    pub(crate) fn push(
        &mut self,
        keys: impl IntoIterator<Item = u128>,
        print: Option<Print>,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> io::Result<()> {
        let row = self.rows.len();
        let mut lacks_key = true;
        for key in keys {
            self.keys.push(Pair::new(key, row))?;
            lacks_key = false;
        }
        self.lacks_key |= lacks_key;
        if let Some(Print::Once(hash) | Print::Further(hash) | Print::Numbered(hash)) = print {
            self.prints.push(Pair::new(hash, row))?;
        }
        self.counted.set(row, matches!(print, Some(Print::Once(_))));
        self.numbered.set(row, matches!(print, Some(Print::Numbered(_))));
        self.rows.push(write)
    }

    /// Adds rows that were packed before.
    pub(crate) fn extend(&mut self, rows: &PackedRows) -> io::Result<()> {
        let (mut start, mut first_key) = (0, 0);
        for row in &rows.rows {
            let keys = rows.keys[first_key..row.keys_end].iter().copied();
            self.push(keys, row.print, |bytes| bytes.extend_from_slice(&rows.bytes[start..row.end]))?;
            (start, first_key) = (row.end, row.keys_end);
        }
        Ok(())
    }

    /// Finds out which rows are one call.
    pub(crate) fn finish(self) -> io::Result<Gathered> {
        let rows = self.rows.finish()?;
        let count = rows.len();
        // Each row points to an earlier one of its call, the first to itself.
        let mut roots: Vec<u32> = Vec::new();
        let mut first = None;
        self.keys.each(|pair| match first {
            Some((key, first)) if key == pair.key() => {
                if roots.is_empty() {
                    roots = (0..count).collect();
                }
                let (a, b) = (root(&mut roots, first), root(&mut roots, pair.row));
                roots[a.max(b) as usize] = a.min(b);
            }
            _ => first = Some((pair.key(), pair.row)),
        })?;
        let (mut left_out, mut numbers) = (Bits::default(), HashMap::new());
        let (mut repeated, mut repeated_further) = (0, 0);
        let (mut before, mut nth) = (None, 0);
        // Rows that are the same have the same keys: where no two have, none repeats another.
        if self.lacks_key || !roots.is_empty() {
            self.prints.each(|pair| {
                nth = if before == Some(pair.key()) { nth + 1 } else { 0 };
                before = Some(pair.key());
                if nth == 0 {
                    return;
                }
                if self.numbered.has(pair.row) {
                    numbers.insert(pair.row, nth + 1);
                } else {
                    left_out.set(pair.row, true);
                    let is_counted = self.counted.has(pair.row);
                    repeated += u64::from(is_counted);
                    repeated_further += u64::from(!is_counted);
                }
            })?;
        }
        let mut firsts = Bits::default();
        if !roots.is_empty() {
            for row in 0..roots.len() {
                roots[row] = roots[roots[row] as usize];
            }
            // In the place of a row's root comes the next row of its call, once the root was read.
            let mut last = vec![NONE; roots.len()];
            for row in 0..count {
                let own = std::mem::replace(&mut roots[row as usize], NONE) as usize;
                if left_out.has(row) {
                    continue;
                }
                match std::mem::replace(&mut last[own], row) {
                    NONE => firsts.set(row, true),
                    before => roots[before as usize] = row,
                }
            }
        }
        Ok(Gathered { rows, next: roots, firsts, left_out, numbers, repeated, repeated_further, at: 0 })
    }
}

/// Rows as [`Gathering::push`] takes them, one after the other: what another thread makes of a portion of a file.
#[derive(Debug, Default)]
pub(crate) struct PackedRows {
    bytes: Vec<u8>,
    keys: Vec<u128>,
    rows: Vec<PackedRow>,
}

/// Where a row's bytes and keys end.
#[derive(Debug)]
struct PackedRow {
    end: usize,
    keys_end: usize,
    print: Option<Print>,
}

impl PackedRows {
    /// See [`Gathering::push`].
    pub(crate) fn push(
        &mut self,
        keys: impl IntoIterator<Item = u128>,
        print: Option<Print>,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        self.keys.extend(keys);
        write(&mut self.bytes);
        self.rows.push(PackedRow { end: self.bytes.len(), keys_end: self.keys.len(), print });
    }
}

/// The first row that a row's links lead to.
fn root(links: &mut [u32], mut row: u32) -> u32 {
    while links[row as usize] != row {
        links[row as usize] = links[links[row as usize] as usize];
        row = links[row as usize];
    }
    row
}

/// Calls, in the order of their first rows.
pub(crate) struct Gathered {
    rows: Spooled,
    /// The row of the same call after each; empty where every row is a call.
    next: Vec<u32>,
    firsts: Bits,
    left_out: Bits,
    numbers: HashMap<u32, u32>,
    repeated: u64,
    repeated_further: u64,
    at: u32,
}

impl Gathered {
    /// Rows that are the same as an earlier one.
    pub(crate) fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Of those with [`Print::Further`] as many.
    pub(crate) fn repeated_further(&self) -> u64 {
        self.repeated_further
    }

    /// Puts the rows of the next call into `rows`, in the order of the file, and says how many rows up to its first one have the
    /// same [`Print::Numbered`]; none at the end.
    pub(crate) fn next_call(&mut self, rows: &mut CallRows) -> io::Result<Option<u32>> {
        rows.bytes.clear();
        rows.ends.clear();
        while self.at < self.rows.len() {
            let first = self.at;
            self.at += 1;
            if self.left_out.has(first) || !(self.next.is_empty() || self.firsts.has(first)) {
                continue;
            }
            let mut row = first;
            while row != NONE {
                rows.bytes.extend_from_slice(self.rows.get(row)?);
                rows.ends.push(rows.bytes.len());
                row = self.next.get(row as usize).copied().unwrap_or(NONE);
            }
            return Ok(Some(self.numbers.get(&first).copied().unwrap_or(1)));
        }
        Ok(None)
    }
}

/// The rows of one call, as they were packed. The buffers are used again for the next.
#[derive(Debug, Default)]
pub(crate) struct CallRows {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl CallRows {
    /// Bytes of all of them.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// How many there are beside the first.
    pub(crate) fn further(&self) -> u64 {
        self.ends.len().saturating_sub(1) as u64
    }

    /// The rows; fails where they are not what was packed.
    pub(crate) fn unpack<'a, T: Packed<'a>>(&'a self) -> io::Result<Vec<T>> {
        let mut rows = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for end in &self.ends {
            let mut bytes = &self.bytes[start..*end];
            rows.push(T::unpack(&mut bytes).ok_or_else(broken)?);
            start = *end;
        }
        Ok(rows)
    }
}

/// A set of rows.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn set(&mut self, row: u32, is: bool) {
        if !is {
            return;
        }
        let word = (row / 64) as usize;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (row % 64);
    }

    fn has(&self, row: u32) -> bool {
        self.0.get((row / 64) as usize).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
}

/// A hash and the row that it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    high: u64,
    low: u64,
    row: u32,
}

impl Pair {
    fn new(key: u128, row: u32) -> Self {
        Self { high: (key >> 64) as u64, low: key as u64, row }
    }

    fn key(self) -> (u64, u64) {
        (self.high, self.low)
    }
}

/// From so many pairs on there is room for all that are kept in memory, but never for more than [`LARGE`].
const GROWN: usize = 16 * 1024;
const LARGE: usize = 4 * 1024 * 1024;

/// Pairs that are sorted in the end, in files where they are many.
struct SortedPairs {
    most: usize,
    memory: Vec<Pair>,
    runs: Vec<File>,
}

impl SortedPairs {
    fn new(most: usize) -> Self {
        Self { most, memory: Vec::new(), runs: Vec::new() }
    }

    fn push(&mut self, pair: Pair) -> io::Result<()> {
        if self.memory.len() > self.most {
            self.memory.sort_unstable();
            let mut run = BufWriter::with_capacity(64 * 1024, tempfile::tempfile()?);
            let mut bytes = Vec::new();
            for pair in self.memory.drain(..) {
                bytes.clear();
                ((pair.high, pair.low), pair.row).pack(&mut bytes);
                run.write_all(&bytes)?;
            }
            let mut file = run.into_inner()?;
            file.rewind()?;
            self.runs.push(file);
        }
        if self.memory.len() == GROWN && self.memory.capacity() < self.most.min(LARGE) {
            // Once and not by doubling: what is moved leaves as much memory behind.
            self.memory.reserve_exact(self.most.min(LARGE) + 1 - GROWN);
        }
        self.memory.push(pair);
        Ok(())
    }

    /// Gives out all pairs in order.
    fn each(mut self, mut give: impl FnMut(Pair)) -> io::Result<()> {
        self.memory.sort_unstable();
        let files = self.runs.into_iter().map(|file| Run::File(BufReader::with_capacity(64 * 1024, file)));
        let mut runs: Vec<Run> = files.chain([Run::Memory(self.memory.into_iter())]).collect();
        if let [Run::Memory(pairs)] = runs.as_mut_slice() {
            pairs.for_each(give);
            return Ok(());
        }
        let mut heads = BinaryHeap::new();
        for (at, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|pair| Reverse((pair, at))));
        }
        while let Some(Reverse((pair, at))) = heads.pop() {
            give(pair);
            heads.extend(runs[at].next()?.map(|pair| Reverse((pair, at))));
        }
        Ok(())
    }
}

/// Pairs in order.
enum Run {
    Memory(vec::IntoIter<Pair>),
    File(BufReader<File>),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Pair>> {
        let file = match self {
            Self::Memory(pairs) => return Ok(pairs.next()),
            Self::File(file) => file,
        };
        let mut bytes = [0; 20];
        match file.read_exact(&mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let ((high, low), row) = Packed::unpack(&mut bytes.as_slice()).ok_or_else(broken)?;
        Ok(Some(Pair { high, low, row }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u32, &'static [u128], Option<Print>);

    fn calls(rows: &[Row], memory: usize) -> (Vec<(Vec<u32>, u32)>, u64) {
        let mut gathering = Gathering::new(memory);
        for (row, keys, print) in rows {
            gathering.push(keys.iter().copied(), *print, |bytes| row.pack(bytes)).unwrap();
        }
        let mut gathered = gathering.finish().unwrap();
        let (mut calls, mut rows) = (Vec::new(), CallRows::default());
        while let Some(nth) = gathered.next_call(&mut rows).unwrap() {
            calls.push((rows.unpack().unwrap(), nth));
        }
        (calls, gathered.repeated())
    }

    #[test]
    fn rows_that_share_an_id_are_one_call_however_far_apart_and_through_others() {
        let rows: [Row; 8] = [
            (0, &[1], Some(Print::Once(10))),
            (1, &[2, 3], Some(Print::Once(11))),
            (2, &[], Some(Print::Numbered(12))),
            (3, &[4], None),
            (4, &[1], Some(Print::Once(10))),
            (5, &[], Some(Print::Numbered(12))),
            (6, &[4, 3], Some(Print::Further(13))),
            (7, &[1], Some(Print::Further(10))),
        ];
        let expected = vec![(vec![0], 1), (vec![1, 3, 6], 1), (vec![2], 1), (vec![5], 2)];
        for memory in [usize::MAX, 100, 0] {
            assert_eq!(calls(&rows, memory), (expected.clone(), 1), "{memory}");
        }
        assert_eq!(calls(&[(7, &[], None), (8, &[1], None)], 0).0, [(vec![7], 1), (vec![8], 1)]);
    }
}
