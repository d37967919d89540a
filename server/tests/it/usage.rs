//! Usage says the same in the API, in the CSV and in the workbook, for accounts in three zones; what is wrong is named.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::{Value, json};

use domain::Role;

use crate::{
    harness::{Answer, Harness, NOW, account_in, both_engines, call},
    strangers::call_function,
};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const FIGURES: [&str; 5] = ["sessions", "bot_messages", "calls", "dial_time", "talk_time"];

/// One account's requests.
struct Sender<'a> {
    at: &'a Harness,
    token: String,
}

impl Sender<'_> {
    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.at.bare(method, path).bearer_auth(&self.token).header("content-type", "application/json");
        Answer::of(request.body(body.to_string())).await
    }

    async fn get(&self, path: &str, media: &str) -> Answer {
        let request = self.at.bare(Method::GET, path).bearer_auth(&self.token).header("accept", media);
        Answer::of(request.header("accept-language", "en")).await
    }
}

/// Calls every five hours over November's first clock change and two month ends, of two voicebots and two campaigns.
async fn fill(sender: &Sender<'_>) {
    for id in ["bot", "bot-2", "bot-idle"] {
        let name = json!({"name": format!("=Bot {id}")});
        sender.send(Method::PUT, &format!("/api/v1/voicebots/{id}"), &name).await.is(201);
    }
    for (id, bot) in [("tet", "bot"), ("other", "bot-2")] {
        let campaign = json!({"name": format!("Chiến dịch {id}"), "voicebot": bot});
        sender.send(Method::PUT, &format!("/api/v1/campaigns/{id}"), &campaign).await.is(201);
    }
    let start = "2026-09-28T00:00:00Z".parse::<domain::Timestamp>().unwrap().0;
    let records: Vec<Value> = (0..250_i64)
        .map(|n| {
            let dialed = domain::Timestamp(start + n * 5 * 3_600_000).to_string();
            let (talk, code) = if n % 4 == 0 { (None, "NA") } else { (Some(n * 731 % 90_000), "DY") };
            let mut record = call(&format!("c-{n}"), &format!("kh-{}", n % 30), &dialed, 4_000, talk, code);
            record["campaign"] = json!(if n % 3 == 0 { "other" } else { "tet" });
            record["bot_messages"] = if n % 6 == 0 { Value::Null } else { json!(n % 9) };
            record
        })
        .collect();
    let answer = sender.send(Method::POST, "/api/v1/calls", &json!(records)).await.is(200).json();
    assert_eq!(answer["accepted"], 250, "{answer}");
}

/// The sums of rows, figure by figure.
fn sums(rows: &Value) -> Vec<i64> {
    let of = |row: &Value, figure: &str| row[figure].as_i64().unwrap_or(0);
    FIGURES.iter().map(|figure| rows.as_array().unwrap().iter().map(|row| of(row, figure)).sum()).collect()
}

fn figures(row: &Value) -> Vec<i64> {
    FIGURES.iter().map(|figure| row[figure].as_i64().unwrap_or(0)).collect()
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        Data::Int(number) => *number as f64,
        Data::DateTime(time) => time.as_f64(),
        _ => 0.0,
    }
}

both_engines! {
    async fn a_month_is_the_same_sum_everywhere(at) {
        for zone in ["Asia/Ho_Chi_Minh", "Asia/Kathmandu", "America/New_York"] {
            let (scope, token) = account_in(&at.server.db, zone, zone).await;
            let sender = Sender { at, token };
            fill(&sender).await;
            for query in ["month=2026-11", "month=2026-10", "from=2026-11-01&to=2026-11-01", "from=2026-01-01&to=2026-12-31", "month=2026-10&voicebot=bot-2"] {
                let path = format!("/api/v1/usage?{query}");
                let usage = sender.get(&path, "application/json").await.is(200).json();
                let total = figures(&usage["total"]);
                assert!(total[2] > 0, "{zone} {query}: {usage}");
                for part in ["voicebots", "by_campaign", "trend", "months"] {
                    assert_eq!(sums(&usage[part]), total, "{part} of {query} in {zone}");
                }

                let csv = sender.get(&path, "text/csv").await.is(200);
                let text = csv.text();
                let text = text.strip_prefix('\u{feff}').expect("a byte-order mark");
                let mut reader = csv::Reader::from_reader(text.as_bytes());
                let lines: Vec<Vec<String>> =
                    reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect();
                let of_kind = |kind: &str| -> Vec<i64> {
                    let lines = lines.iter().filter(|line| line[0] == kind);
                    lines.fold(vec![0; 5], |sum, line| {
                        sum.iter().zip(&line[3..8]).map(|(sum, cell)| sum + cell.parse().unwrap_or(0)).collect()
                    })
                };
                for kind in ["total", "voicebot", "campaign", "trend", "month_of_period"] {
                    assert_eq!(of_kind(kind), total, "{kind} lines of {query} in {zone}");
                }
                assert!(lines.iter().all(|line| !line[2].starts_with('=')), "a name is never a formula");

                let workbook = sender.get(&path, XLSX).await.is(200);
                let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook.bytes)).unwrap();
                let names = book.sheet_names();
                let is_daily = usage["trend"][0]["at"].as_str().unwrap().len() > 7;
                assert_eq!(names.len(), if is_daily { 5 } else { 4 }, "{names:?}");
                for name in &names[1..] {
                    let range = book.worksheet_range(name).unwrap();
                    let rows: Vec<_> = range.rows().skip(4).collect();
                    let (last, rows) = rows.split_last().unwrap();
                    for (column, figure) in FIGURES.iter().enumerate() {
                        let days = if figure.ends_with("_time") { 86_400_000.0 } else { 1.0 };
                        let sum: f64 = rows.iter().map(|row| number(&row[column + 1]) * days).sum();
                        assert_eq!(sum.round() as i64, total[column], "{figure} of {name} of {query} in {zone}");
                        let shown = (number(&last[column + 1]) * days).round() as i64;
                        assert_eq!(shown, total[column], "the total row of {name} of {query} in {zone}");
                    }
                }
            }
            let mut conn = at.server.db.read().await.unwrap();
            assert_eq!(store::verify::recount(&mut conn, &scope, &mut |_| ()).await.unwrap(), vec![]);
        }
    }

    async fn a_call_dated_ahead_of_the_clock_makes_no_month_of_the_future_the_latest(at) {
        at.stock().await;
        // An hour before February.
        at.pass(1_801_411_200_000 - NOW);
        let sent = |dialed: &str| json!([call("ahead", "kh-1", dialed, 5_000, None, "NA")]);
        let answer = at.post("/api/v1/calls", &sent("2028-01-15T09:00:00+07:00")).await.is(200).json();
        assert_eq!((&answer["rejected"], &answer["errors"][0]["field"]), (&json!(1), &json!("dialed_at")), "{answer}");
        let answer = at.post("/api/v1/calls", &sent("2027-02-01T09:00:00+07:00")).await.is(200).json();
        assert_eq!(answer["accepted"], 1, "a clock may be ahead by less than a day: {answer}");
        let usage = at.get("/api/v1/usage").await.is(200).json();
        assert!(usage["to"].as_str() < Some("2027-02"), "{usage}");
    }

    async fn what_is_wrong_with_a_question_is_named(at) {
        at.stock().await;
        for (query, field) in [
            ("month=2026-13", "month"),
            ("month=11-2026", "month"),
            ("month=2026-11&from=2026-11-01", "month"),
            ("from=2026-11-02&to=2026-11-01", "to"),
            ("from=2026-02-30", "from"),
            ("from=1990-01-01&to=2089-12-31", "to"),
            ("period=whole", "period"),
            ("voicebot=%20", "voicebot"),
            ("colour=red", "colour"),
        ] {
            at.get(&format!("/api/v1/usage?{query}")).await.names(422, field);
        }
        at.get("/api/v1/usage?voicebot=nobody").await.is_problem(404);
        let csv = at.api(Method::GET, "/api/v1/usage?header=fr").header("accept", "text/csv");
        Answer::of(csv).await.names(422, "header");
        let usage = at.get("/api/v1/usage").await.is(200).json();
        assert_eq!((&usage["total"]["calls"], &usage["from"]), (&json!(0), &json!("2026-11-01")));
        assert_eq!(usage["voicebots"][0]["id"], "bot", "a voicebot without calls is there");
    }

    async fn many_campaigns_are_pages_that_sum_to_the_total(at) {
        at.stock().await;
        let mut calls = Vec::new();
        for n in 0..230_i64 {
            let campaign = json!({"name": format!("Chiến dịch số {n}"), "voicebot": "bot"});
            at.put(&format!("/api/v1/campaigns/many-{n}"), &campaign).await.is(201);
            let mut record = call(&format!("c-{n}"), "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(6_000 + n * 1_000), "DY");
            record["campaign"] = json!(format!("many-{n}"));
            calls.push(record);
        }
        assert_eq!(at.post("/api/v1/calls", &json!(calls)).await.is(200).json()["accepted"], 230);
        at.user("lan@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let page = async |query: &str| {
            let arguments = [("statistics", "false"), ("query", query)];
            let page = call_function(at, "/fn/usage", &arguments, &cookie).await.is(200).json();
            page["html"].as_str().unwrap().to_owned()
        };
        let named = |html: &str, n: i64| html.contains(&format!(">Chiến dịch số {n}<"));
        let first = page("month=2026-11").await;
        // The dearest first; the others are a line.
        assert!((130..230).all(|n| named(&first, n)) && !(0..130).any(|n| named(&first, n)));
        assert!(first.contains("130 chiến dịch khác") && first.contains("1 – 100 trên 230 chiến dịch"), "{first}");
        assert!(first.contains("/usage?month=2026-11&amp;page=2"));
        assert!(first.len() < 400_000, "{} bytes", first.len());
        let last = page("month=2026-11&page=99").await;
        assert!((0..30).all(|n| named(&last, n)) && !named(&last, 30) && last.contains("200 chiến dịch khác"));
    }
}
