//! Figures by the account's own dimensions, recounted from what was sent.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CallClass, CallFilter, CallRecord, CampaignId, DateRange, Day, OwnFilter, Report, ReportQuery, Timestamp,
    filter::ClassFilter,
    own_dimension::{DimensionKey, OwnPlace},
    time::Zone,
};
use serde_json::{Value, json};
use store::{
    Conn, Db, Scope,
    contacts::{self, ContactRecord},
    own_dimensions, own_filling,
};

use crate::{drawn::START, expected::Meanings};

/// What is said of customers, by campaign and id.
pub type CustomerLists = BTreeMap<(String, String), BTreeMap<String, Value>>;

/// What was sent, and what is asked of it.
pub struct Sent<'a> {
    pub records: &'a BTreeMap<String, CallRecord>,
    pub customers: &'a CustomerLists,
    pub meanings: &'a Meanings,
    pub zone: Zone,
    pub range: Option<DateRange>,
}

pub async fn declare(db: &Db, scope: &Scope, key: &str) {
    let mut conn = db.write().await.unwrap();
    let (key, now) = (DimensionKey::new(key).unwrap(), Timestamp(START));
    own_dimensions::put(&mut conn, scope, &key, ("Nhãn", "Label"), now).await.unwrap();
    conn.commit().await.unwrap();
}

/// Does what the job does.
pub async fn fill(db: &Db, scope: &Scope) {
    loop {
        let mut conn = db.write().await.unwrap();
        let step = own_filling::advance(&mut conn, scope).await.unwrap();
        conn.commit().await.unwrap();
        if step.is_over {
            return;
        }
    }
}

/// Says something else of some who were called, each time.
pub async fn say(
    db: &Db,
    scope: &Scope,
    nth: usize,
    records: &BTreeMap<String, CallRecord>,
    customers: &mut CustomerLists,
    listed: &mut BTreeMap<String, BTreeSet<String>>,
) {
    let called: BTreeSet<(String, String)> = records
        .values()
        .map(|call| (call.campaign.to_string(), call.contact.id.as_ref().unwrap().to_string()))
        .collect();
    for (at, (campaign, id)) in called.into_iter().enumerate().filter(|(at, _)| (at + nth).is_multiple_of(3)) {
        let attributes = match (at + nth) % 4 {
            0 => json!({"script": "của khách"}),
            1 => json!({"script": {"v": 4}, "list": "B"}),
            2 => json!({}),
            _ => json!({"list": true}),
        };
        let attributes: BTreeMap<String, Value> = serde_json::from_value(attributes).unwrap();
        let record = ContactRecord {
            id: id.parse().unwrap(),
            phone: format!("09000{:05}", id.trim_start_matches("kh-").parse::<u32>().unwrap()),
            name: None,
            attributes: Some(attributes.clone()),
        };
        let mut conn = db.write().await.unwrap();
        let of: CampaignId = campaign.parse().unwrap();
        let answer = contacts::add(&mut conn, scope, &of, vec![(0, record)], Timestamp(START)).await.unwrap().unwrap();
        assert_eq!(answer.errors, []);
        conn.commit().await.unwrap();
        listed.entry(campaign.clone()).or_default().insert(id.clone());
        customers.insert((campaign, id), attributes);
    }
}

/// The word of the place for what is said of a key: `=` and a text, or `other` for what cannot be told apart; nothing where nothing is said.
fn place_of(attributes: Option<&BTreeMap<String, Value>>, key: &str) -> Option<String> {
    let other = || Some("other".to_owned());
    match attributes?.get(key)? {
        Value::Null => None,
        Value::String(text) => {
            let text = text.trim();
            match text.chars().count() {
                0 => None,
                1..=200 => Some(format!("={text}")),
                _ => other(),
            }
        }
        Value::Array(_) | Value::Object(_) => other(),
        plain => Some(format!("={plain}")),
    }
}

/// Calls, answered, success, goals, cost, newly reached.
type Counted = [i64; 6];

impl Sent<'_> {
    fn day(&self, call: &CallRecord) -> Day {
        self.zone.local(call.dialed_at).day()
    }

    fn class(&self, code: &str) -> CallClass {
        self.meanings.get(code).map_or_else(|| CallClass::unless_changed(code), |meaning| meaning.0)
    }

    /// By the word of the place: `=` and a text, `other` or `none`.
    fn counted(&self, campaign: &str, key: &str, costs: &BTreeMap<String, i64>) -> BTreeMap<String, Counted> {
        let mut calls: Vec<&CallRecord> =
            self.records.values().filter(|call| call.campaign.as_str() == campaign).collect();
        calls.sort_by_key(|call| call.dialed_at);
        let mut reached = BTreeSet::new();
        let mut counted = BTreeMap::<String, Counted>::new();
        for call in calls {
            let Some(code) = call.result_code.as_ref().map(domain::Code::as_str) else { continue };
            let customer = call.contact.id.as_ref().unwrap().to_string();
            let is_success = self.class(code) == CallClass::Success;
            let is_first = is_success && reached.insert(customer.clone());
            if self.range.is_some_and(|range| !range.contains(self.day(call))) {
                continue;
            }
            let of_customer = self.customers.get(&(campaign.to_owned(), customer));
            let given = place_of(call.attributes.as_ref(), key).or_else(|| place_of(of_customer, key));
            let place = given.unwrap_or_else(|| "none".to_owned());
            let is_goal = self.meanings.get(code).is_some_and(|meaning| meaning.1);
            let adds = [true, !["BS", "NA", "CU"].contains(&code), is_success, is_goal, false, is_first].map(i64::from);
            let sums = counted.entry(place).or_default();
            for (sum, add) in sums.iter_mut().zip(adds) {
                *sum += add;
            }
            sums[4] += costs[call.id.as_str()];
        }
        counted
    }
}

/// Each row of each dimension is what the records say, leads to exactly its calls, and all rows sum to the whole.
pub async fn compare(conn: &mut Conn, scope: &Scope, query: &ReportQuery, report: &Report, sent: &Sent<'_>) {
    let costs: BTreeMap<String, i64> = {
        let request = store::PageRequest { limit: 1_000, ..store::PageRequest::default() };
        let filter = CallFilter::default();
        let page = store::calls::page(conn, scope, Some(&query.campaign), &filter, Day(0), &request).await.unwrap();
        page.unwrap().calls.into_iter().map(|call| (call.id.to_string(), call.cost.0)).collect()
    };
    assert!(!report.own_dimensions.is_empty());
    for result in &report.own_dimensions {
        assert_eq!(result.filled_percent, None);
        let expected = sent.counted(query.campaign.as_str(), result.dimension.key.as_str(), &costs);
        let found: BTreeMap<String, Counted> = result
            .values
            .iter()
            .map(|value| {
                let place = value.text.as_ref().map_or_else(|| value.value.clone(), |text| format!("={text}"));
                let counts = [value.calls, value.answered, value.success, value.goals].map(u64::cast_signed);
                let [calls, answered, success, goals] = counts;
                (place, [calls, answered, success, goals, value.cost.0, value.newly_reached.cast_signed()])
            })
            .collect();
        assert_eq!(found, expected, "{} {query:?}", result.dimension.key);
        let sum = |of: fn(&domain::own_dimension::OwnValueResult) -> u64| result.values.iter().map(of).sum::<u64>();
        assert_eq!(sum(|value| value.calls), report.calls.total);
        assert_eq!(sum(|value| value.success), report.calls.success);
        let newly: u64 = report.by_attempt.iter().map(|attempt| attempt.newly_reached).sum();
        assert_eq!(sum(|value| value.newly_reached), newly);
        assert_eq!(result.values.iter().map(|value| value.cost.0).sum::<i64>(), report.cost.0);
        for value in &result.values {
            let word = format!("{}.{}", result.dimension.number, value.value);
            let own = OwnFilter::from_word(&word).unwrap();
            assert_eq!(own.place == OwnPlace::Other, value.value == "other");
            let filter = CallFilter {
                period: query.period,
                classes: CallClass::ALL.map(ClassFilter::Class).into(),
                own: vec![own],
                ..CallFilter::default()
            };
            let listed =
                store::calls::sums(conn, scope, Some(&query.campaign), &filter, Day(0)).await.unwrap().unwrap();
            assert_eq!((listed.calls, listed.cost), (value.calls, value.cost), "{word}");
            let filter = CallFilter { classes: vec![], newly_reached: true, ..filter };
            let listed =
                store::calls::sums(conn, scope, Some(&query.campaign), &filter, Day(0)).await.unwrap().unwrap();
            assert_eq!(listed.calls, value.newly_reached, "{word}");
        }
    }
}
