//! Which names of a platform's JSON are kept; the others are passed over unread.

/// Names under which archives and answers hold one body or a list of them; they are kept for every platform.
pub(crate) const WRAPPERS: [&str; 18] = [
    "body",
    "message",
    "data",
    "payload",
    "json",
    "event",
    "query",
    "params",
    "calls",
    "objects",
    "items",
    "results",
    "records",
    "conversations",
    "recordings",
    "list",
    "_embedded",
    "Call",
];

/// The names that are kept, at whatever depth they stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    /// Their objects lose what is not named.
    pub(crate) read: &'static [&'static str],
    /// Kept as they are, with all that is in them.
    pub(crate) whole: &'static [&'static str],
}

/// What is kept under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptPart {
    /// What has a known name in it.
    Read,
    /// All of it.
    Whole,
}

/// [`Names`] made ready to be found.
#[derive(Debug)]
pub(crate) struct KnownNames {
    /// Where the names of each hash begin; one more than there are hashes.
    starts: [u8; HASHES + 1],
    names: Vec<(&'static str, KeptPart)>,
}

/// More than any platform has names, so that most of the others are passed over by their hash.
const HASHES: usize = 256;

/// Of the ends and the length: few names of one platform share them.
fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 0 };
    let middle = bytes[bytes.len() / 2];
    let sum = usize::from(*first) * 7 + usize::from(*last) * 31 + usize::from(middle) * 131 + bytes.len() * 61;
    sum % HASHES
}

impl Names {
    pub(crate) fn known(self) -> KnownNames {
        let of = |names: &'static [&'static str], kept: KeptPart| names.iter().map(move |name| (*name, kept));
        let all =
            of(self.read, KeptPart::Read).chain(of(&WRAPPERS, KeptPart::Read)).chain(of(self.whole, KeptPart::Whole));
        let mut names: Vec<(&'static str, KeptPart)> = Vec::new();
        for (name, kept) in all {
            if names.iter().all(|(known, _)| *known != name) {
                names.push((name, kept));
            }
        }
        names.sort_by_key(|(name, _)| hash(name));
        let mut starts = [0; HASHES + 1];
        for (at, start) in starts.iter_mut().enumerate() {
            *start = names.partition_point(|(name, _)| hash(name) < at) as u8;
        }
        KnownNames { starts, names }
    }
}

impl KnownNames {
    /// The name as it is known, and what is kept under it; none where it is not known.
    pub(crate) fn find(&self, name: &str) -> Option<(&'static str, KeptPart)> {
        let hash = hash(name);
        let (start, end) = (usize::from(self.starts[hash]), usize::from(self.starts[hash + 1]));
        self.names[start..end].iter().find(|(known, _)| *known == name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_found() {
        let names = Names { read: &["a", "b"], whole: &["w", "b"] }.known();
        assert_eq!((names.find("w"), names.find("b")), (Some(("w", KeptPart::Whole)), Some(("b", KeptPart::Read))));
        assert!(WRAPPERS.iter().all(|name| names.find(name) == Some((*name, KeptPart::Read))));
        assert_eq!((names.find(""), names.find("c"), names.find("ế")), (None, None, None));
    }
}
