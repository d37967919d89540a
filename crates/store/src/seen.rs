//! What a viewer of chosen campaigns sees, in one number: it is another one whenever something of that has changed, and tells
//! nothing of what else goes on in the account.

use domain::CampaignId;
use sha2::{Digest, Sha256};

use crate::{Conn, Scope, StoreError, chosen, sql::Sql};

/// What is read of a campaign, as one text.
const OF_CAMPAIGN: &str =
    "SELECT CAST(c.campaign_key AS TEXT) || ' ' || CAST(c.changes AS TEXT) || ' ' || c.name || ' ' || c.state
              || ' ' || CAST(COALESCE(c.started_at, 0) AS TEXT) || ' ' || CAST(COALESCE(c.completed_at, 0) AS TEXT)
              || ' ' || COALESCE(c.plan, '') || ' ' || v.name
     FROM campaigns c
     JOIN voicebots v ON v.account_id = $1 AND v.voicebot_key = c.voicebot_key
     WHERE c.account_id = $1";
/// What codes mean, which every report goes by.
const OF_CODES: &str =
    "SELECT code || ' ' || label_vi || ' ' || label_en || ' ' || COALESCE(color, '') || ' ' || counts_as
              || ' ' || CASE WHEN is_goal THEN '+' ELSE '' END
     FROM result_codes WHERE account_id = $1";
/// Tariffs, which reports say.
const OF_TARIFFS: &str = "SELECT CAST(campaign_key AS TEXT) || ' ' || CAST(effective_from AS TEXT) || ' ' || CAST(first_block_seconds AS TEXT)
              || ' ' || CAST(next_block_seconds AS TEXT) || ' ' || CAST(price_first_block AS TEXT)
              || ' ' || CAST(price_next_block AS TEXT) || ' ' || COALESCE(vat, '')
     FROM tariffs WHERE account_id = $1";

/// The number of what the scope sees of a campaign, or of all that it sees. It is positive.
pub async fn fingerprint(conn: &mut Conn, scope: &Scope, campaign: Option<&CampaignId>) -> Result<i64, StoreError> {
    let account = [scope.account()];
    let mut campaigns = Sql::with(&account);
    campaigns.push(OF_CAMPAIGN);
    if let Some(id) = campaign {
        campaigns.push(" AND c.id = ").text(id.as_str());
    }
    chosen::push(&mut campaigns, scope, "c.campaign_key");
    campaigns.push(" ORDER BY c.campaign_key");
    let mut codes = Sql::with(&account);
    codes.push(OF_CODES).push(" ORDER BY code");
    let mut shared = Sql::with(&account);
    shared.push(OF_TARIFFS).push(" AND campaign_key = 0 ORDER BY effective_from");
    let mut own = Sql::with(&account);
    own.push(OF_TARIFFS);
    chosen::push(&mut own, scope, "campaign_key");
    own.push(" ORDER BY campaign_key, effective_from");
    let mut hasher = Sha256::new();
    for sql in [campaigns, codes, shared, own] {
        let rows: Vec<(String,)> = sql.fetch_all(conn).await?;
        for (text,) in rows {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        hasher.update([0xff]);
    }
    let hash: [u8; 32] = hasher.finalize().into();
    let first = hash.first_chunk::<8>().copied().unwrap_or_default();
    Ok(i64::from_be_bytes(first) & i64::MAX)
}
