//! Records of bytes that are written one after the other and then read in whatever order: in memory while they are few, else in a
//! file without a name, which is gone with the process.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    marker::PhantomData,
};

use crate::packed::Packed;

/// Bytes that are read at once.
const BLOCK_BYTES: u64 = 16 * 1024;
/// So many records are written and read at once.
const BLOCK_RECORDS: u32 = 64;
/// Blocks that are kept while they are read.
const KEPT_BLOCKS: usize = 64;
/// A larger one is not kept.
const KEPT_BYTES: usize = 256 * 1024;

/// From so many bytes on there is room for all that is kept in memory, but never for more than [`LARGE`].
const GROWN: usize = 512 * 1024;
const LARGE: usize = 64 * 1024 * 1024;

/// Records to be written.
pub(crate) struct Spool {
    limit: usize,
    bytes: Vec<u8>,
    file: Option<File>,
    /// Bytes in the file.
    written: u64,
    count: u32,
    /// The first record of each block, and where it begins.
    blocks: Vec<(u32, u64)>,
}

impl Spool {
    /// As many as `limit` bytes are kept in memory.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, bytes: Vec::new(), file: None, written: 0, count: 0, blocks: Vec::new() }
    }

    pub(crate) fn len(&self) -> u32 {
        self.count
    }

    /// Appends a record, whose bytes `write` appends.
    pub(crate) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let at = self.written + self.bytes.len() as u64;
        let is_full = |(first, start): &(u32, u64)| self.count - first >= BLOCK_RECORDS || at - start >= BLOCK_BYTES;
        if self.blocks.last().is_none_or(is_full) {
            self.blocks.push((self.count, at));
        }
        let start = self.bytes.len();
        if start > GROWN && self.bytes.capacity() < self.limit.min(LARGE) {
            // Once and not by doubling: what is moved leaves as much memory behind.
            self.bytes.reserve_exact(self.limit.min(LARGE) + GROWN - start);
        }
        self.bytes.extend_from_slice(&[0; 4]);
        write(&mut self.bytes);
        let too_long = |_| io::Error::other("a record is longer than 4 GiB");
        let length = u32::try_from(self.bytes.len() - start - 4).map_err(too_long)?;
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
        self.count =
            self.count.checked_add(1).ok_or_else(|| io::Error::other("a file has more than 4,294,967,295 rows"))?;
        if self.bytes.len() >= self.limit {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.bytes)?;
        self.written += self.bytes.len() as u64;
        self.bytes.clear();
        Ok(())
    }

    /// All that was written, to be read.
    pub(crate) fn finish(mut self) -> io::Result<Spooled> {
        if self.file.is_some() {
            self.flush()?;
            self.bytes = Vec::new();
        }
        let end = self.written + self.bytes.len() as u64;
        let kept = (0..KEPT_BLOCKS).map(|_| (usize::MAX, Vec::new())).collect();
        let Self { bytes, file, count, blocks, .. } = self;
        Ok(Spooled { bytes, file, count, blocks, end, kept, large: Vec::new(), at: 0 })
    }
}

/// Records to be read.
pub(crate) struct Spooled {
    bytes: Vec<u8>,
    file: Option<File>,
    count: u32,
    blocks: Vec<(u32, u64)>,
    end: u64,
    /// Blocks that were read, by their numbers.
    kept: Vec<(usize, Vec<u8>)>,
    large: Vec<u8>,
    /// The block of the record that was read last.
    at: usize,
}

impl Spooled {
    pub(crate) fn len(&self) -> u32 {
        self.count
    }

    /// A record by its number from 0.
    pub(crate) fn get(&mut self, record: u32) -> io::Result<&[u8]> {
        let holds = |at: usize| {
            self.blocks.get(at).is_some_and(|(first, _)| *first <= record)
                && self.blocks.get(at + 1).is_none_or(|(next, _)| record < *next)
        };
        let at = [self.at, self.at + 1].into_iter().find(|at| holds(*at));
        let at = at.unwrap_or_else(|| self.blocks.partition_point(|(first, _)| *first <= record).saturating_sub(1));
        self.at = at;
        let Some((first, _)) = self.blocks.get(at).copied() else { return Err(broken()) };
        let mut rest = self.block(at)?;
        for _ in first..record {
            rest = split(rest).ok_or_else(broken)?.1;
        }
        split(rest).map(|(record, _)| record).ok_or_else(broken)
    }

    fn block(&mut self, at: usize) -> io::Result<&[u8]> {
        let start = self.blocks[at].1;
        let end = self.blocks.get(at + 1).map_or(self.end, |(_, next)| *next);
        let length = (end - start) as usize;
        let Some(file) = &mut self.file else { return Ok(&self.bytes[start as usize..end as usize]) };
        let slot = &mut self.kept[at % KEPT_BLOCKS];
        if slot.0 == at {
            return Ok(&slot.1);
        }
        let into = if length > KEPT_BYTES {
            &mut self.large
        } else {
            slot.0 = at;
            &mut slot.1
        };
        into.clear();
        file.seek(SeekFrom::Start(start))?;
        file.take(length as u64).read_to_end(into)?;
        Ok(into)
    }
}

/// Values that were packed, in the order in which they were written.
pub(crate) struct Sequence<T> {
    records: Spooled,
    at: u32,
    of: PhantomData<T>,
}

impl<T: for<'a> Packed<'a>> Sequence<T> {
    pub(crate) fn new(records: Spooled) -> Self {
        Self { records, at: 0, of: PhantomData }
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<T>> {
        if self.at >= self.records.len() {
            return Ok(None);
        }
        let mut bytes = self.records.get(self.at)?;
        self.at += 1;
        T::unpack(&mut bytes).ok_or_else(broken).map(Some)
    }
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

pub(crate) fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a temporary file holds something else than was written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_in_any_order_from_memory_and_from_a_file() {
        let record = |n: u32| vec![n as u8; (n as usize * 37) % 5_000 + usize::from(n == 700) * 300_000];
        for limit in [usize::MAX, 10_000, 0] {
            let mut spool = Spool::new(limit);
            for n in 0..1_000 {
                spool.push(|bytes| bytes.extend(record(n))).unwrap();
            }
            let mut spooled = spool.finish().unwrap();
            let far = (0..1_000).map(|n| n * 617 % 1_000);
            for n in (0..1_000).chain(far) {
                assert!(spooled.get(n).unwrap() == record(n), "{n} of {limit}");
            }
            assert!(spooled.len() == 1_000 && Spool::new(limit).finish().unwrap().get(0).is_err());
        }
    }
}
