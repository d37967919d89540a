//! The account's own dimensions: page, API and files say the same of each value, each count leads to exactly its calls, and nobody who may
//! not see numbers sees one in a value.

use std::collections::BTreeMap;

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Answer, Harness, both_engines},
    recount::records,
    settings::{page, send},
    workbooks::{number, read},
};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Calls of three scripts, one of which looks like a formula and one of which like a number, some without any; the customers of others have one.
fn with_scripts() -> Vec<Value> {
    let mut all = records();
    for (n, record) in all.iter_mut().enumerate() {
        let script = match n % 5 {
            0 => json!({"script": "v4"}),
            1 => json!({"script": "=v5"}),
            2 => json!({"script": "0912345678"}),
            3 => json!({"other": 1}),
            _ => Value::Null,
        };
        record["attributes"] = script;
    }
    all
}

async fn fill(at: &Harness) {
    at.stock().await;
    at.put("/api/v1/result-codes/DY", &json!({"label_vi": "Đồng ý", "label_en": "Agreed", "is_goal": true})).await;
    let one = |n: usize| json!({"id": format!("kh-{n}"), "phone": format!("09011111{n:02}"), "attributes": {"script": "của khách"}});
    let own: Vec<Value> = (0..40).map(one).collect();
    at.post("/api/v1/campaigns/tet/contacts", &json!(own)).await.is(200);
    at.post("/api/v1/calls", &json!(with_scripts())).await.is(200);
    at.put("/api/v1/dimensions/script", &json!({})).await.is(201);
    assert_eq!(at.run_due("fill_dimensions").await, 1);
}

/// How many calls a list of these parameters has.
async fn listed(at: &Harness, query: &str) -> Value {
    at.get(&format!("/api/v1/campaigns/tet/calls?{query}")).await.is(200).json()["total"].clone()
}

/// The hrefs of the links in a part of a page whose text is a number.
fn counts(html: &str) -> Vec<(String, u64)> {
    let links = html.split("<a href=\"").skip(1).filter(|link| link.contains("figure-link"));
    links
        .filter_map(|link| {
            let (href, rest) = link.split_once('"')?;
            let (_, rest) = rest.split_once('>')?;
            let digits: String = rest.split('<').next()?.chars().filter(char::is_ascii_digit).collect();
            Some((href.replace("&amp;", "&"), digits.parse().ok()?))
        })
        .collect()
}

both_engines! {
    async fn each_value_is_the_same_everywhere_and_leads_to_its_calls(at) {
        fill(at).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = format!("{}; lang=en", at.sign_in("chu@cty.vn").await);
        for query in ["", "from=2026-11-02&to=2026-11-04"] {
            let report = at.get(&format!("/api/v1/campaigns/tet/report?{query}")).await.is(200).json();
            let told = at.get(&format!("/api/v1/campaigns/tet/dimensions?{query}")).await.is(200).json();
            assert_eq!(report["own_dimensions"], told["dimensions"]);
            let of = &told["dimensions"][0];
            assert_eq!((&of["key"], &of["label_vi"], &of["label_en"], &of["filled_percent"]), (&json!("script"), &json!("Kịch bản"), &json!("Script"), &Value::Null));
            let values = of["values"].as_array().unwrap();
            let texts: Vec<_> = values.iter().filter_map(|value| value["text"].as_str()).collect();
            for text in ["v4", "=v5", "0912345678", "của khách"] {
                assert!(texts.contains(&text), "{texts:?}");
            }
            let sum = |field: &str| values.iter().map(|value| value[field].as_u64().unwrap()).sum::<u64>();
            assert_eq!((json!(sum("calls")), json!(sum("answered")), json!(sum("success"))), (report["calls"]["total"].clone(), report["calls"]["answered"].clone(), report["calls"]["success"].clone()));
            assert_eq!(json!(sum("goals")), report["rates"]["goal_rate"]["numerator"]);
            let newly: u64 = report["by_attempt"].as_array().unwrap().iter().map(|one| one["newly_reached"].as_u64().unwrap()).sum();
            assert_eq!(sum("newly_reached"), newly);

            // The page: each count of it leads to so many calls.
            let html = page(at, &cookie, &format!("/campaigns/tet?{query}")).await.is(200).text();
            let panel = html.split("id=\"own-1\"").nth(1).unwrap().split("</table>").next().unwrap();
            let figures = counts(panel);
            assert!(figures.len() > 3 * values.len(), "{figures:?}");
            for (href, count) in &figures {
                let (_, asked) = href.split_once("/campaigns/tet/calls?").unwrap();
                assert_eq!(listed(at, asked).await, json!(count), "{href}");
            }
            let shown: Vec<u64> = values.iter().flat_map(|value| ["calls", "answered", "success", "goals", "newly_reached"].map(|field| value[field].as_u64().unwrap())).filter(|n| *n > 0).collect();
            assert_eq!(figures.iter().map(|figure| figure.1).collect::<Vec<_>>(), shown);

            // CSV, for programs by either way, and the workbook.
            let csv = at.api(Method::GET, &format!("/api/v1/campaigns/tet/dimensions?{query}")).header("accept", "text/csv");
            let csv = Answer::of(csv).await.is(200).text();
            assert_eq!(csv, page(at, &cookie, &format!("/campaigns/tet/dimensions.csv?{query}")).await.is(200).text());
            let lines: Vec<Vec<&str>> = csv.trim_start_matches('\u{feff}').lines().map(|line| line.split(',').collect()).collect();
            assert_eq!(lines.len(), 1 + values.len());
            for (line, value) in lines[1..].iter().zip(values) {
                let text = value["text"].as_str().unwrap_or_default();
                let text = if text.starts_with('=') { format!("'{text}") } else { text.to_owned() };
                assert_eq!(line[..3], ["script", value["value"].as_str().unwrap(), &text]);
                for (column, field) in (3..).zip(["calls", "answered", "success", "goals", "newly_reached", "cost"]) {
                    assert_eq!(line[column], value[field].to_string().trim_matches('"'), "{field}");
                }
                let low = value["answer_interval"]["low"].as_i64().unwrap();
                assert_eq!(line[10], format!("{}.{:06}", low / 1_000_000, low % 1_000_000));
            }
            let request = at.api(Method::GET, &format!("/api/v1/campaigns/tet/report?{query}")).header("accept", XLSX).header("accept-language", "en");
            let mut book = read(Answer::of(request).await.is(200).bytes);
            let sheet = calamine::Reader::worksheet_range(&mut book, "Overview").unwrap();
            for value in values {
                let name = value["text"].as_str().unwrap_or("–");
                let rows: Vec<_> = sheet.rows().filter(|row| row[0] == name).collect();
                let [counts, rates] = rows[..] else { panic!("{name}: {rows:?}") };
                for (column, field) in (1..).zip(["calls", "answered", "success", "newly_reached", "goals"]) {
                    assert_eq!(json!(number(&counts[column]) as u64), value[field], "{name} {field}");
                }
                let low = value["answer_interval"]["low"].as_f64().unwrap() / 1e6;
                assert!((number(&rates[2]) - low).abs() < 1e-9, "{name}");
            }
        }
    }

    async fn the_list_has_a_column_and_a_filter_and_its_files_a_column_for_each_dimension(at) {
        fill(at).await;
        at.put("/api/v1/dimensions/other", &json!({"label_vi": "=Khác", "label_en": "=Other"})).await.is(201);
        at.run_due("fill_dimensions").await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = format!("{}; lang=en", at.sign_in("chu@cty.vn").await);
        let told = at.get("/api/v1/dimensions").await.is(200).json();
        let of: BTreeMap<&str, u64> = told["dimensions"][0]["values"].as_array().unwrap().iter().map(|value| (value["text"].as_str().unwrap(), value["value"].as_u64().unwrap())).collect();
        let v4 = of["v4"];
        let calls = at.get(&format!("/api/v1/campaigns/tet/calls?own=1.{v4}&own=2.none&limit=1000")).await.is(200).json();
        assert_eq!(calls["total"], 80, "one of five");
        for call in calls["calls"].as_array().unwrap() {
            assert_eq!(call["own"], json!([{"key": "script", "value": v4.to_string(), "text": "v4"}]));
        }
        // Of one dimension any of several, over the account as well.
        assert_eq!(at.get(&format!("/api/v1/calls?own=1.{v4}&own=1.{}", of["=v5"])).await.is(200).json()["total"], 160);
        for wrong in ["own=3.2", "own=1.1", "own=script.v4", "own=1"] {
            at.get(&format!("/api/v1/calls?{wrong}")).await.names(422, "own");
        }
        let csv = at.api(Method::GET, &format!("/api/v1/campaigns/tet/calls?own=1.{v4}")).header("accept", "text/csv");
        let csv = Answer::of(csv).await.is(200).text();
        assert!(csv.lines().next().unwrap().ends_with(",campaign,own.script,own.other"), "{csv}");
        assert!(csv.lines().skip(1).all(|line| line.ends_with(",v4,")), "{csv}");
        let people = page(at, &cookie, "/campaigns/tet/calls.csv?header=en").await.is(200).text();
        assert!(people.lines().next().unwrap().ends_with(",Script,'=Other"), "{people}");
        // What is exported may be sent again: the columns follow from attributes.
        let again = at.api(Method::POST, "/api/v1/import?name=calls.csv").header("content-type", "text/csv").body(csv.clone());
        Answer::of(again).await.is(202);
        let html = page(at, &cookie, &format!("/campaigns/tet/calls?own=1.{v4}")).await.is(200).text();
        assert!(html.contains("Script: v4") && html.contains("name=\"own\""), "{html}");
        let account = page(at, &cookie, &format!("/calls?own=1.{v4}")).await.is(200).text();
        assert!(account.contains("Script: v4"));
        let book = page(at, &cookie, &format!("/campaigns/tet/calls.xlsx?own=1.{v4}")).await.is(200).bytes;
        let sheet = calamine::Reader::worksheet_range(&mut read(book), "Calls").unwrap();
        let head: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(head[head.len() - 2..], ["Script", "=Other"]);
        assert!(sheet.rows().skip(1).all(|row| row[row.len() - 2] == "v4"));
    }

    async fn who_sees_numbers_by_their_ends_sees_no_others_in_values(at) {
        fill(at).await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("xem@cty.vn", Role::Viewer).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let viewer = at.sign_in("xem@cty.vn").await;
        let masked = at.post("/api/v1/tokens", &json!({"name": "che", "scopes": ["read"], "masked": true})).await.is(201).json();
        let masked = masked["token"].as_str().unwrap();
        let pages = ["/campaigns/tet", "/campaigns/tet/dimensions.csv", "/campaigns/tet/calls", "/calls", "/campaigns/tet/calls.csv", "/calls.csv",
            "/compare?campaign=tet&from=2026-11-04&to=2026-11-06&against=previous", ];
        for path in pages {
            // In this order: what the first has read is kept.
            assert!(page(at, &owner, path).await.is(200).text().contains("0912345678"), "{path}");
            let html = page(at, &viewer, path).await.is(200).text();
            assert!(!html.contains("0912345678") && !html.contains("345678"), "{path}");
        }
        for path in ["/api/v1/campaigns/tet/report", "/api/v1/campaigns/tet/dimensions", "/api/v1/dimensions", "/api/v1/calls?limit=1000", "/api/v1/compare?campaign=tet&from=2026-11-04&to=2026-11-06&against=previous"] {
            assert!(at.get(path).await.is(200).text().contains("0912345678"), "{path}");
            let answer = Answer::of(at.bare(Method::GET, path).bearer_auth(masked)).await.is(200).text();
            assert!(!answer.contains("345678"), "{path}: {answer}");
        }
    }

    async fn why_a_rate_changed_by_an_own_dimension_sums_to_the_change(at) {
        fill(at).await;
        let told = at.get("/api/v1/compare?campaign=tet&from=2026-11-04&to=2026-11-06&against=previous").await.is(200).json();
        let own: Vec<&Value> = told["rate_changes"].as_array().unwrap().iter().filter(|change| change["dimension"] == "own.1").collect();
        assert_eq!(own.len(), 3);
        for change in own {
            let sum = |part: &str| change["values"].as_array().unwrap().iter().map(|value| value[part].as_i64().unwrap()).sum::<i64>();
            assert_eq!(json!(sum("mix_part") + sum("rate_part")), change["difference"]);
            assert_eq!((&change["own"]["key"], &change["difference"]), (&json!("script"), &told["campaigns"][1]["rates"][change["rate"].as_str().unwrap()]["difference"]["difference"]));
            let names: Vec<_> = change["values"].as_array().unwrap().iter().filter_map(|value| value["name"].as_str()).collect();
            assert!(names.contains(&"v4"), "{names:?}");
        }
    }

    async fn they_are_declared_by_the_page_and_the_log_tells_of_it(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let labels = [("label_vi", "Kịch bản"), ("label_en", "Script")];
        let with = |first: &[(&'static str, &'static str)]| [first, &labels].concat();
        send(at, &owner, "/settings/dimensions/declare", &with(&[("key", " script ")])).await.is(303);
        let twice = send(at, &owner, "/settings/dimensions/declare", &with(&[("key", "script")])).await.is(422).text();
        assert!(twice.contains("value=\"script\""), "{twice}");
        send(at, &owner, "/settings/dimensions/declare", &with(&[("key", "")])).await.is(422);
        send(at, &owner, "/settings/dimensions/declare", &[("key", "list"), ("label_vi", "\u{202e}"), ("label_en", "x")]).await.is(422);
        let html = page(at, &owner, "/settings/dimensions").await.is(200).text();
        assert!(html.contains("<code>script<") && html.contains("Kịch bản"), "{html}");
        let seen = ("seen", "Kịch bản · Script");
        send(at, &owner, "/settings/dimensions/put", &[seen, ("key", "script"), ("label_vi", "Lời thoại"), ("label_en", "Script")]).await.is(303);
        send(at, &owner, "/settings/dimensions/put", &[seen, ("key", "script"), ("label_vi", "Khác"), ("label_en", "Script")]).await.is(422);
        send(at, &owner, "/settings/dimensions/put", &with(&[("seen", ""), ("key", "nothing")])).await.is(404);
        for n in 0..11 {
            at.put(&format!("/api/v1/dimensions/k{n}"), &json!({"label_vi": "x", "label_en": "x"})).await.is(201);
        }
        at.put("/api/v1/dimensions/k11", &json!({"label_vi": "x", "label_en": "x"})).await.names(422, "key");
        at.put("/api/v1/dimensions/k12", &json!({})).await.names(422, "label_vi");
        send(at, &owner, "/settings/dimensions/declare", &with(&[("key", "k11")])).await.is(422);
        send(at, &owner, "/settings/dimensions/remove", &[("key", "script")]).await.is(303);
        send(at, &owner, "/settings/dimensions/remove", &[("key", "script")]).await.is(404);
        let log = page(at, &owner, "/settings/log.csv").await.is(200).text();
        assert_eq!(log.matches("dimension_changed").count() + log.matches("Đổi chiều riêng").count(), 14, "{log}");
    }
}
