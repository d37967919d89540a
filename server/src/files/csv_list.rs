//! A list as CSV: UTF-8 with a byte-order mark, read and written slice by slice while it is sent, whatever its length.

use bytes::Bytes;
use futures::Stream;
use store::{Conn, PageRequest, Scope, StoreError};

use super::slices::Slices;
use crate::{
    failure::{chain, new_reference},
    turns::Turn,
};

/// Rows read and written at once.
const SLICE: u32 = 1_000;

/// Writes lines into memory, which cannot fail.
pub type Lines = csv::Writer<Vec<u8>>;

/// Writes what follows these bytes.
pub fn lines(begin: Vec<u8>) -> Lines {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(begin)
}

/// Rows and the cursor of what follows them. There are none where what is listed is not there.
pub type NextRows<R> = (R, Option<String>);

/// What a list consists of.
pub trait CsvList: Send + Sync {
    /// The rows of a slice.
    type Rows: Send;

    /// Whose rows they are.
    fn scope(&self) -> &Scope;

    /// The next rows.
    fn read(
        &self,
        conn: &mut Conn,
        request: &PageRequest,
    ) -> impl Future<Output = Result<Option<NextRows<Self::Rows>>, StoreError>> + Send;

    /// Writes a line for each.
    fn write(&self, rows: &Self::Rows, lines: &mut Lines);
}

/// The begin of a list, and the cursor of what follows.
pub struct CsvStream<L> {
    list: L,
    begin: Bytes,
    next: Option<String>,
}

impl<L: CsvList> CsvStream<L> {
    /// Reads the first slice, so that what is wrong is still an answer and not a broken file. `None`: what is listed is not
    /// there.
    pub async fn begin(
        list: L,
        conn: &mut Conn,
        cursor: Option<String>,
        heading: &[impl AsRef<[u8]>],
    ) -> Result<Option<Self>, StoreError> {
        let request = PageRequest { limit: SLICE, cursor, details: false };
        let Some((rows, next)) = list.read(conn, &request).await? else { return Ok(None) };
        let mut lines = lines("\u{feff}".into());
        let _ = lines.write_record(heading);
        list.write(&rows, &mut lines);
        Ok(Some(Self { list, begin: lines.into_inner().unwrap_or_default().into(), next }))
    }

    /// Whether something follows the begin.
    pub fn goes_on(&self) -> bool {
        self.next.is_some()
    }

    /// The begin, then slice after slice: none is held while the receiver is slow, but the list's `place` until its end.
    pub fn bytes(
        self,
        slices: Slices,
        place: Option<Turn>,
    ) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
        let Self { list, begin, next } = self;
        let begin = futures::stream::once(async { Ok(begin) });
        let rest = futures::stream::try_unfold((slices, place, list, next), async |(mut slices, place, list, next)| {
            let Some(cursor) = next else { return Ok(None) };
            let read = async {
                let request = PageRequest { limit: SLICE, cursor: Some(cursor), details: false };
                // Let go before the rows are written.
                let mut slice = slices.next().await?;
                list.read(&mut slice.conn, &request).await
            };
            let read = read.await.map_err(|error| {
                // The status is sent already: the only honest end is a broken one.
                let (reference, account) = (new_reference(), list.scope().account());
                tracing::error!(reference, account, cause = chain(&error), "A CSV broke off");
                std::io::Error::other("the list cannot be read to its end")
            })?;
            Ok(read.map(|(rows, next)| {
                let mut lines = lines(Vec::new());
                list.write(&rows, &mut lines);
                (Bytes::from(lines.into_inner().unwrap_or_default()), (slices, place, list, next))
            }))
        });
        futures::StreamExt::chain(begin, rest)
    }
}
