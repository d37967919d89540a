//! Texts that one thread finds in a file and others make something of.

use std::io;

use crate::lanes::{Lanes, PORTION_BYTES, Sharing};

/// Texts that one thread reads and another parses, each with its line and a kind; the buffers are used again.
pub(crate) struct Texts<K> {
    bytes: Vec<u8>,
    /// Line, kind and end of each.
    texts: Vec<(u64, K, usize)>,
}

impl<K> Default for Texts<K> {
    fn default() -> Self {
        Self { bytes: Vec::new(), texts: Vec::new() }
    }
}

impl<K: Copy> Texts<K> {
    fn clear(&mut self) {
        self.bytes.clear();
        // What one large text took is not kept for the small ones after it.
        self.bytes.shrink_to(4 * PORTION_BYTES);
        self.texts.clear();
    }

    fn push(&mut self, line: u64, kind: K, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.texts.push((line, kind, self.bytes.len()));
    }

    /// Gives out line, kind and bytes of each.
    pub(crate) fn each(&self, mut give: impl FnMut(u64, K, &[u8])) {
        let mut start = 0;
        for (line, kind, end) in &self.texts {
            give(*line, *kind, &self.bytes[start..*end]);
            start = *end;
        }
    }
}

/// What a reader of texts finds: a line, and what stands there.
pub(crate) trait TextPlace {
    type Kind: Copy + Send + 'static;

    fn of(self) -> (u64, Self::Kind);
}

/// Reads all texts, of which `next` puts one after the other into a buffer, by `work`, which makes what one thread does with a portion
/// of them, and takes what comes of each portion in order.
pub(crate) fn in_portions<F: TextPlace, T, W>(
    mut next: impl FnMut(&mut Vec<u8>) -> io::Result<Option<F>>,
    sharing: Sharing,
    work: impl Fn() -> W + Send + 'static,
    mut take: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()>
where
    T: Send + 'static,
    W: FnMut(&Texts<F::Kind>) -> T + Send + 'static,
{
    let mut lanes = Lanes::new(sharing, move || {
        let mut work = work();
        move |texts: Texts<F::Kind>| (work(&texts), texts)
    });
    let (mut spare, mut text, mut is_more) = (Vec::new(), Vec::new(), true);
    loop {
        while is_more && !lanes.is_full() {
            let mut texts: Texts<F::Kind> = spare.pop().unwrap_or_default();
            texts.clear();
            while !sharing.is_full(texts.texts.len(), texts.bytes.len()) {
                let Some(found) = next(&mut text)? else {
                    is_more = false;
                    break;
                };
                let (line, kind) = found.of();
                texts.push(line, kind, &text);
            }
            if !texts.texts.is_empty() {
                let bytes = texts.bytes.len();
                lanes.push(texts, bytes);
            }
        }
        let Some((made, texts)) = lanes.next()? else { return Ok(()) };
        take(made)?;
        spare.push(texts);
    }
}
