//! The customers of a campaign as CSV, slice after slice.

use app::Text;
use bytes::Bytes;
use domain::{CampaignId, Customer, CustomerFilter, Language, ShownPhone, time::Zone};
use futures::Stream;
use store::{Conn, PageRequest, Scope, StoreError, customers};

use super::{
    call_csv::{harmless, local_time},
    slices::Slices,
};
use crate::{
    failure::{chain, new_reference},
    turns::Turn,
};

/// Customers read and written at once.
const SLICE: u32 = 1_000;

/// Which customers, as whom.
pub struct CustomerCsv {
    /// Whose customers they are.
    pub scope: Scope,
    /// The campaign.
    pub campaign: CampaignId,
    /// Which of them.
    pub filter: CustomerFilter,
    /// The zone of its times.
    pub zone: Zone,
    /// Whom it is for: people of this language, else programs.
    pub language: Option<Language>,
}

/// The begin of a list, and the cursor of what follows.
pub struct CustomerCsvStream {
    list: CustomerCsv,
    begin: Bytes,
    next: Option<String>,
}

impl CustomerCsv {
    /// Reads the first slice, so that what is wrong is still an answer and not a broken file. `None`: there is no such
    /// campaign.
    pub async fn begin(self, conn: &mut Conn) -> Result<Option<CustomerCsvStream>, StoreError> {
        let Some((first, next)) = self.slice(conn, None).await? else { return Ok(None) };
        let mut begin = Vec::from("\u{feff}");
        let mut heading = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut begin);
        // Writing to memory cannot fail.
        let _ = heading.write_record(self.heading());
        let _ = heading.flush();
        drop(heading);
        begin.extend(first);
        Ok(Some(CustomerCsvStream { list: self, begin: begin.into(), next }))
    }

    fn heading(&self) -> [&'static str; 6] {
        let Some(language) = self.language else {
            return ["id", "phone", "name", "standing", "attempts", "last_dialed_at"];
        };
        let text = Text(language);
        let (phone, name, standing) =
            (["Số điện thoại", "Phone"], ["Tên khách hàng", "Customer name"], ["Trạng thái", "Standing"]);
        [
            text.column_customer_id(),
            language.pick(phone[0], phone[1]),
            language.pick(name[0], name[1]),
            language.pick(standing[0], standing[1]),
            text.column_attempts(),
            text.column_last_call(),
        ]
    }

    /// The rows at a cursor, and the next cursor.
    async fn slice(
        &self,
        conn: &mut Conn,
        cursor: Option<String>,
    ) -> Result<Option<(Vec<u8>, Option<String>)>, StoreError> {
        let request = PageRequest { limit: SLICE, cursor, details: false };
        let Some(page) = customers::list(conn, &self.scope, &self.campaign, &self.filter, &request).await? else {
            return Ok(None);
        };
        let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        for customer in &page.customers {
            // Writing to memory cannot fail, and every row has the header's length.
            let _ = rows.write_record(self.row(customer));
        }
        Ok(Some((rows.into_inner().unwrap_or_default(), page.next)))
    }

    fn row(&self, customer: &Customer) -> [String; 6] {
        let text = |text: Option<&str>| text.map(|text| harmless(text).into_owned()).unwrap_or_default();
        let contact = &customer.contact;
        let standing = match self.language {
            Some(language) => Text(language).standing(customer.standing),
            None => customer.standing.word().unwrap_or_default(),
        };
        let last = customer.last_dialed_at.map(|at| match self.language {
            Some(_) => local_time(at, self.zone, true),
            None => self.zone.local(at).to_rfc3339(),
        });
        [
            text(Some(contact.id().as_str())),
            text(contact.phone().map(ShownPhone::as_str)),
            text(contact.name()),
            standing.to_owned(),
            customer.attempts.to_string(),
            last.unwrap_or_default(),
        ]
    }
}

impl CustomerCsvStream {
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
        let rest = futures::stream::try_unfold((slices, place, list, next), async |(slices, place, list, next)| {
            let Some(cursor) = next else { return Ok(None) };
            let read = async {
                let mut read = slices.next().await?;
                list.slice(&mut read.conn, Some(cursor)).await
            };
            let read = read.await.map_err(|error| {
                // The status is sent already: the only honest end is a broken one.
                let reference = new_reference();
                tracing::error!(reference, cause = chain(&error), "A CSV of customers broke off");
                std::io::Error::other("the list cannot be read to its end")
            })?;
            Ok(read.map(|(bytes, next)| (Bytes::from(bytes), (slices, place, list, next))))
        });
        futures::StreamExt::chain(begin, rest)
    }
}
