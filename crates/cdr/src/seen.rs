//! Ids that were read before, in as little memory as lets them be found again at once: 15 to 23 bytes each.

/// Parts that grow one by one, so that little more is held while one does.
const PARTS: usize = 64;

/// What is kept of an id: its hash in two halves, and a hash of the row that it stood in.
type SeenRow = [u32; 3];

const EMPTY: SeenRow = [0; 3];

/// Hashes of ids, each with that of its row.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    parts: Vec<Part>,
    count: usize,
}

#[derive(Debug, Clone, Default)]
struct Part {
    entries: Vec<SeenRow>,
    used: usize,
}

/// What is known of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeenBefore {
    New,
    /// It stood in the same row.
    SameRow,
    OtherRow,
}

impl Seen {
    /// Says what is known of an id, and remembers a new one while there are fewer than `most`.
    pub(crate) fn take(&mut self, id: u64, row: u64, most: usize) -> SeenBefore {
        if self.parts.is_empty() {
            self.parts.resize(PARTS, Part::default());
        }
        // No id is what stands for an empty place.
        let id = id.max(1);
        let entry = [(id >> 32) as u32, id as u32, row as u32];
        let part = &mut self.parts[(id as usize) % PARTS];
        match part.find(entry) {
            Ok(known) if known[2] == entry[2] => SeenBefore::SameRow,
            Ok(_) => SeenBefore::OtherRow,
            Err(_) if self.count >= most => SeenBefore::New,
            Err(_) => {
                self.count += 1;
                part.insert(entry);
                SeenBefore::New
            }
        }
    }
}

impl Part {
    /// The entry with the same id, or the place where it belongs.
    fn find(&self, entry: SeenRow) -> Result<SeenRow, usize> {
        let length = self.entries.len();
        if length == 0 {
            return Err(0);
        }
        let mut at = ((u64::from(entry[0]) * length as u64) >> 32) as usize;
        loop {
            match self.entries[at] {
                EMPTY => return Err(at),
                known if known[..2] == entry[..2] => return Ok(known),
                _ => at = if at + 1 == length { 0 } else { at + 1 },
            }
        }
    }

    fn insert(&mut self, entry: SeenRow) {
        if self.used * 5 >= self.entries.len() * 4 {
            let larger = vec![EMPTY; (self.entries.len() * 3 / 2).max(16)];
            let before = std::mem::replace(&mut self.entries, larger);
            for known in before.into_iter().filter(|known| *known != EMPTY) {
                self.put(known);
            }
        }
        self.put(entry);
        self.used += 1;
    }

    fn put(&mut self, entry: SeenRow) {
        if let Err(at) = self.find(entry) {
            self.entries[at] = entry;
        }
    }
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn an_id_is_known_again_and_its_row_too() {
        let mut seen = Seen::default();
        let id = |n: u64| if n < 3 { n } else { xxh3_64(&n.to_le_bytes()) };
        for n in 0..50_000 {
            assert_eq!(seen.take(id(n), n, 50_000), if n == 1 { SeenBefore::OtherRow } else { SeenBefore::New }, "{n}");
        }
        for n in 2..50_000 {
            assert_eq!(seen.take(id(n), n, 50_000), SeenBefore::SameRow, "{n}");
            assert_eq!(seen.take(id(n), n + 1, 50_000), SeenBefore::OtherRow, "{n}");
        }
        let full = |seen: &mut Seen| seen.take(u64::MAX, 1, 49_999);
        assert_eq!((full(&mut seen), full(&mut seen)), (SeenBefore::New, SeenBefore::New));
    }
}
