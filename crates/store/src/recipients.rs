//! Who receives the reports of campaigns: the addresses of a campaign, else those of its account.

use domain::{CampaignId, email, limits};

use crate::{
    Conn, Scope, StoreError, accounts, chosen,
    db::{execute, fetch_all, fetch_optional},
    outbox,
    put::invalid,
};

/// Checks addresses and drops repeated ones; `field` names them in the error.
pub(crate) fn checked(field: &str, emails: &[String]) -> Result<Vec<String>, StoreError> {
    if emails.len() > limits::EMAILS {
        return Err(invalid(field, "has more than 500 addresses"));
    }
    let mut checked = Vec::<String>::with_capacity(emails.len());
    let mut seen = std::collections::HashSet::new();
    for (n, text) in emails.iter().enumerate() {
        let address = email::parse(text).map_err(|reason| invalid(&format!("{field}[{n}]"), reason))?;
        // One report for each person, however often the address was written.
        if seen.insert(address.to_lowercase()) {
            checked.push(address);
        }
    }
    Ok(checked)
}

fn read(json: &str, of: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Broken(format!("report_emails of {of}")))
}

/// Who receives the reports of campaigns that have no recipients of their own.
pub async fn of_account(conn: &mut Conn, scope: &Scope) -> Result<Vec<String>, StoreError> {
    chosen::whole_account(scope)?;
    let sql = "SELECT report_emails FROM accounts WHERE account_id = $1";
    let row = fetch_optional!(conn, (String,), sql, scope.account())?;
    row.map_or(Ok(Vec::new()), |row| read(&row.0, "an account"))
}

/// Sets who receives the reports of campaigns that have no recipients of their own.
pub async fn put_of_account(conn: &mut Conn, scope: &Scope, emails: &[String]) -> Result<(), StoreError> {
    let emails = checked("emails", emails)?;
    let json = serde_json::json!(emails).to_string();
    execute!(conn, "UPDATE accounts SET report_emails = $2 WHERE account_id = $1", scope.account(), json.as_str())?;
    accounts::changed(conn, scope).await
}

/// Sets a campaign's own recipients; none: those of the account. `false`: no such campaign.
pub async fn put_of_campaign(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    emails: &[String],
) -> Result<bool, StoreError> {
    let json = serde_json::json!(checked("report_emails", emails)?).to_string();
    let found = execute!(
        conn,
        "UPDATE campaigns SET report_emails = $3 WHERE account_id = $1 AND id = $2",
        scope.account(),
        campaign.as_str(),
        json.as_str(),
    )?;
    if found > 0 {
        accounts::changed(conn, scope).await?;
    }
    Ok(found > 0)
}

/// A campaign with recipients of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRecipients {
    /// Whose recipients they are.
    pub campaign: CampaignId,
    /// What people call the campaign.
    pub name: String,
    /// Its own addresses, which get its report in place of the account's.
    pub emails: Vec<String>,
}

/// The campaigns that have recipients of their own, the latest first, at most `limit`.
pub async fn of_campaigns(conn: &mut Conn, scope: &Scope, limit: u32) -> Result<Vec<OwnRecipients>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, String, String),
        "SELECT id, name, report_emails FROM campaigns
         WHERE account_id = $1 AND report_emails <> '[]'
         ORDER BY listed_at DESC, campaign_key DESC
         LIMIT $2",
        scope.account(),
        i64::from(limit),
    )?;
    let own = rows.into_iter().map(|(id, name, emails)| {
        let campaign = CampaignId::new(id).map_err(|_| StoreError::Broken("id of a campaign".to_owned()))?;
        Ok(OwnRecipients { campaign, name, emails: read(&emails, "a campaign")? })
    });
    own.collect()
}

/// To whom a campaign's report goes: its own recipients, else the account's.
pub(crate) async fn of_campaign(conn: &mut Conn, scope: &Scope, own: &str) -> Result<Vec<String>, StoreError> {
    let own = read(own, "a campaign")?;
    if own.is_empty() { of_account(conn, scope).await } else { Ok(own) }
}

/// Takes an address out of the recipients of the account and of all its campaigns; what waits for it is not sent.
pub async fn stop(conn: &mut Conn, scope: &Scope, address: &str) -> Result<(), StoreError> {
    let account = scope.account();
    accounts::take_keys(conn, scope, 0).await?;
    let without = |emails: Vec<String>| {
        let kept: Vec<_> = emails.into_iter().filter(|known| !known.eq_ignore_ascii_case(address)).collect();
        serde_json::json!(kept).to_string()
    };
    let shared = without(of_account(conn, scope).await?);
    execute!(conn, "UPDATE accounts SET report_emails = $2 WHERE account_id = $1", account, shared.as_str())?;
    let campaigns = fetch_all!(
        conn,
        (i64, String),
        "SELECT campaign_key, report_emails FROM campaigns WHERE account_id = $1 AND report_emails <> '[]'",
        account,
    )?;
    for (key, own) in campaigns {
        let kept = without(read(&own, "a campaign")?);
        if kept != own {
            execute!(
                conn,
                "UPDATE campaigns SET report_emails = $3 WHERE account_id = $1 AND campaign_key = $2",
                account,
                key,
                kept.as_str(),
            )?;
        }
    }
    outbox::stop_waiting(conn, scope, address).await?;
    accounts::changed(conn, scope).await
}
