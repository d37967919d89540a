//! The calls of a campaign's days by hour, weekday, attempt, voicebot and the account's own dimensions: what tells why a rate is another one than before. Read from
//! rollups alone.

use std::collections::BTreeMap;

use domain::{
    CampaignId, CodeMeanings, DateRange, Money,
    outcome::{LINE_FAULT, is_answered},
    own_dimension::OwnSums,
    rate_change::{PartCounts, PartDimension, PartValue, PeriodParts},
    sight::Mask,
};

use crate::{
    Scope, StoreError, chosen,
    db::{Conn, fetch_all, fetch_optional},
    own_dimensions::{self, OwnTexts},
    own_sums, result_codes,
};

/// The calls of a voicebot with a code, in an hour of a weekday.
#[derive(Debug, sqlx_macros::FromRow)]
struct RatePartRow {
    weekday: i64,
    hour: i64,
    voicebot: String,
    voicebot_name: String,
    code: String,
    calls: i64,
}

/// Reads them; `None` where the account has no such campaign. Six statements (eight where the account has own dimensions), whose rows do
/// not grow with the calls: at most one for each hour of the week, voicebot and code, and for each value and code.
pub async fn read(
    conn: &mut Conn,
    scope: &Scope,
    campaign: &CampaignId,
    days: DateRange,
) -> Result<Option<PeriodParts>, StoreError> {
    let found = fetch_optional!(
        conn,
        (i64,),
        "SELECT campaign_key FROM campaigns WHERE account_id = $1 AND id = $2",
        scope.account(),
        campaign.as_str(),
    )?;
    let Some((campaign_key,)) = found else { return Ok(None) };
    if !chosen::sees(conn, scope, campaign_key).await? {
        return Ok(None);
    }
    let meanings = CodeMeanings::of(&result_codes::list(conn, scope).await?);
    let mut parts: PeriodParts = PartDimension::ALL.into_iter().map(|dimension| (dimension, BTreeMap::new())).collect();
    let mut count = |dimension: PartDimension, value: PartValue, counts: PartCounts| {
        parts.entry(dimension).or_default().entry(value).or_default().add(counts);
    };
    let mut whole = OwnSums::default();
    for row in by_hour(conn, scope, campaign_key, days).await? {
        whole.add(OwnSums::of_code(&row.code, &meanings, row.calls.cast_unsigned(), Money::ZERO, 0));
        let calls = row.calls.cast_unsigned();
        let counts = PartCounts {
            calls,
            answered: if is_answered(&row.code) { calls } else { 0 },
            line_faults: if row.code == LINE_FAULT { calls } else { 0 },
            goals: if meanings.is_goal(&row.code) { calls } else { 0 },
        };
        count(PartDimension::Hour, numbered(row.hour), counts);
        count(PartDimension::Weekday, numbered(row.weekday), counts);
        let voicebot = PartValue { number: 0, id: row.voicebot, name: row.voicebot_name };
        count(PartDimension::Voicebot, voicebot, counts);
    }
    let attempts = fetch_all!(
        conn,
        (i64, i64, i64),
        "SELECT attempt, CAST(SUM(success + failed + error) AS BIGINT), CAST(SUM(answered) AS BIGINT)
         FROM rollup_attempts
         WHERE account_id = $1 AND campaign_key = $2 AND day BETWEEN $3 AND $4
         GROUP BY attempt",
        scope.account(),
        campaign_key,
        i64::from(days.from.0),
        i64::from(days.to.0),
    )?;
    for (attempt, calls, answered) in attempts {
        let counts =
            PartCounts { calls: calls.cast_unsigned(), answered: answered.cast_unsigned(), ..PartCounts::default() };
        count(PartDimension::Attempt, numbered(attempt), counts);
    }
    if own_dimensions::list(conn, scope).await?.is_empty() {
        return Ok(Some(parts));
    }
    let (texts, mask) = (OwnTexts::load(conn, scope).await?, Mask::new(scope.sight(), []));
    let of = (campaign_key, i64::from(days.from.0), i64::from(days.to.0));
    for (dimension, places) in own_sums::by_place(conn, scope, of, &meanings, whole).await? {
        for (place, OwnSums { calls, answered, line_faults, goals, .. }) in places {
            let text = place.number().and_then(|number| texts.shown(dimension, number, &mask));
            let value = PartValue { number: 0, id: place.word(), name: text.map(String::from).unwrap_or_default() };
            let counts = PartCounts { calls, answered, line_faults, goals };
            parts.entry(PartDimension::Own(dimension)).or_default().entry(value).or_default().add(counts);
        }
    }
    Ok(Some(parts))
}

fn numbered(number: i64) -> PartValue {
    PartValue { number: number as u32, ..PartValue::default() }
}

async fn by_hour(
    conn: &mut Conn,
    scope: &Scope,
    campaign_key: i64,
    days: DateRange,
) -> Result<Vec<RatePartRow>, StoreError> {
    // Day 0 was a Thursday; days before it are none.
    fetch_all!(
        conn,
        RatePartRow,
        "SELECT (h.day + 3) % 7 + 1 AS weekday, h.hour, v.id AS voicebot, v.name AS voicebot_name, h.code,
                CAST(SUM(h.calls) AS BIGINT) AS calls
         FROM rollup_hours h
         JOIN voicebots v ON v.account_id = $1 AND v.voicebot_key = h.voicebot_key
         WHERE h.account_id = $1 AND h.campaign_key = $2 AND h.day BETWEEN $3 AND $4 AND h.code <> ''
         GROUP BY (h.day + 3) % 7 + 1, h.hour, v.id, v.name, h.code",
        scope.account(),
        campaign_key,
        i64::from(days.from.0),
        i64::from(days.to.0),
    )
}
