//! Campaigns by their names, and names of campaigns by their ids.

use std::collections::HashMap;

use domain::CampaignId;

use crate::{Conn, Scope, StoreError, chosen, db::fetch_all, sql::Sql};

/// The id of the campaign that a person names: by its id, else by its name where no two share it.
pub async fn id_of(conn: &mut Conn, scope: &Scope, named: &str) -> Result<Option<CampaignId>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, String),
        "SELECT id, name FROM campaigns WHERE account_id = $1 AND (id = $2 OR name = $2)",
        scope.account(),
        named,
    )?;
    let by_id = rows.iter().find(|(id, _)| id == named);
    let found = by_id.or_else(|| rows.first().filter(|_| rows.len() == 1));
    let id = found.map(|(id, _)| CampaignId::new(id.as_str())).transpose();
    id.map_err(|_| StoreError::Broken("id of a campaign".to_owned()))
}

/// The names of these campaigns by their ids; those that the account does not have are left out.
pub async fn names<'a>(
    conn: &mut Conn,
    scope: &Scope,
    ids: impl IntoIterator<Item = &'a CampaignId>,
) -> Result<HashMap<CampaignId, String>, StoreError> {
    let mut ids = ids.into_iter().map(CampaignId::as_str).peekable();
    if ids.peek().is_none() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT id, name FROM campaigns WHERE account_id = $1 AND id IN ").texts(ids);
    chosen::push(&mut sql, scope, "campaign_key");
    named(sql.fetch_all(conn).await?)
}

/// The names of all campaigns of the account, or of the one, by their ids.
pub async fn names_of(
    conn: &mut Conn,
    scope: &Scope,
    campaign: Option<&CampaignId>,
) -> Result<HashMap<CampaignId, String>, StoreError> {
    let mut sql = Sql::with(&[scope.account()]);
    sql.push("SELECT id, name FROM campaigns WHERE account_id = $1");
    if let Some(campaign) = campaign {
        sql.push(" AND id = ").text(campaign.as_str());
    }
    chosen::push(&mut sql, scope, "campaign_key");
    named(sql.fetch_all(conn).await?)
}

/// Ids and names of the campaigns that were listed last, the latest first: for who has to choose one.
pub async fn latest_names(conn: &mut Conn, scope: &Scope, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
    chosen::whole_account(scope)?;
    fetch_all!(
        conn,
        (String, String),
        "SELECT id, name FROM campaigns WHERE account_id = $1 ORDER BY listed_at DESC, campaign_key DESC LIMIT $2",
        scope.account(),
        i64::from(limit),
    )
}

fn named(rows: Vec<(String, String)>) -> Result<HashMap<CampaignId, String>, StoreError> {
    let name = |(id, name)| {
        let id = CampaignId::new(id).map_err(|_| StoreError::Broken("id of a campaign".to_owned()))?;
        Ok((id, name))
    };
    rows.into_iter().map(name).collect()
}
