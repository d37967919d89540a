//! The customers of a campaign as CSV.

use domain::{CampaignId, Customer, CustomerFilter, Day, time::Zone};
use store::{Conn, PageRequest, Scope, StoreError, accounts, customers};

use super::{
    call_csv::{Heading, shown},
    columns::Labels,
    csv_list::{CsvList, CsvStream, Lines, NextRows},
    customer_columns::{COLUMNS, CustomerColumn, CustomerLabels},
};

/// Which customers, as whom.
pub struct CustomerCsv {
    /// Whose customers they are.
    pub scope: Scope,
    pub campaign: CampaignId,
    /// Which of them.
    pub filter: CustomerFilter,
    /// Today in the account's zone.
    pub today: Day,
    /// The zone of its times.
    pub zone: Zone,
    /// Whom it is for.
    pub heading: Heading,
}

impl CustomerCsv {
    /// Begins the list. `None`: there is no such campaign.
    pub async fn begin(self, conn: &mut Conn) -> Result<Option<CsvStream<LabelledCustomers>>, StoreError> {
        let labels = labels(conn, &self.scope).await?;
        let name = |column: &CustomerColumn| match self.heading {
            Heading::Fields => column.field,
            Heading::People(language) => column.name(language),
        };
        let heading: Vec<&str> = COLUMNS.iter().map(name).collect();
        CsvStream::begin(LabelledCustomers { list: self, labels }, conn, None, &heading).await
    }
}

/// What the cells of a file need.
pub(super) async fn labels(conn: &mut Conn, scope: &Scope) -> Result<CustomerLabels, StoreError> {
    let currency = accounts::lookup(conn, scope).await?.currency;
    Ok(CustomerLabels { labels: Labels::of_codes(conn, scope).await?, currency })
}

/// The customers, and the words of what is said by a code.
pub struct LabelledCustomers {
    list: CustomerCsv,
    labels: CustomerLabels,
}

impl CsvList for LabelledCustomers {
    type Rows = Vec<Customer>;

    fn scope(&self) -> &Scope {
        &self.list.scope
    }

    async fn read(
        &self,
        conn: &mut Conn,
        request: &PageRequest,
    ) -> Result<Option<NextRows<Vec<Customer>>>, StoreError> {
        let CustomerCsv { scope, campaign, filter, today, .. } = &self.list;
        let slice = customers::slice(conn, scope, campaign, filter, *today, request).await?;
        Ok(slice.map(|slice| (slice.customers, slice.next)))
    }

    fn write(&self, customers: &Vec<Customer>, lines: &mut Lines) {
        for customer in customers {
            for column in &COLUMNS {
                let cell = (column.cell)(customer, &self.labels);
                let _ = lines.write_field(shown(cell, self.list.heading, self.list.zone).as_ref());
            }
            let _ = lines.write_record(None::<&[u8]>);
        }
    }
}
