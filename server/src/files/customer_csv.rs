//! The customers of a campaign as CSV.

use app::Text;
use domain::{CampaignId, Customer, CustomerFilter, Language, ShownPhone, time::Zone};
use store::{Conn, PageRequest, Scope, StoreError, customers};

use super::{
    call_csv::{harmless, local_time},
    csv_list::{CsvList, CsvStream, Lines, NextRows},
};

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

impl CustomerCsv {
    /// Begins the list. `None`: there is no such campaign.
    pub async fn begin(self, conn: &mut Conn) -> Result<Option<CsvStream<Self>>, StoreError> {
        let heading = self.heading();
        CsvStream::begin(self, conn, None, &heading).await
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

impl CsvList for CustomerCsv {
    type Rows = Vec<Customer>;

    fn scope(&self) -> &Scope {
        &self.scope
    }

    async fn read(
        &self,
        conn: &mut Conn,
        request: &PageRequest,
    ) -> Result<Option<NextRows<Vec<Customer>>>, StoreError> {
        let page = customers::list(conn, &self.scope, &self.campaign, &self.filter, request).await?;
        Ok(page.map(|page| (page.customers, page.next)))
    }

    fn write(&self, customers: &Vec<Customer>, lines: &mut Lines) {
        for customer in customers {
            let _ = lines.write_record(self.row(customer));
        }
    }
}
