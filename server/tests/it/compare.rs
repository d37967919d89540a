//! Campaigns side by side: page, API and files say what each campaign's own report says, and how sure the rates are.

use std::collections::BTreeMap;

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use store::{Chosen, users};

use crate::{
    harness::{Answer, Harness, account, both_engines, user},
    recount::records,
    settings::page,
    strangers::call_function,
};

const BOTH: &str = "/api/v1/compare?campaign=tet&campaign=khac";

/// Three campaigns: two with calls, and one without any.
async fn fill(at: &Harness) {
    at.stock().await;
    at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
    at.put("/api/v1/campaigns/trong", &json!({"name": "Chưa gọi", "voicebot": "bot"})).await.is(201);
    let mut all = records();
    for record in all.iter_mut().step_by(4) {
        record["campaign"] = json!("khac");
    }
    at.post("/api/v1/calls", &json!(all)).await.is(200);
}

/// E. B. Wilson's interval as its own equation has it: the shares whose distance from `k ÷ n` is 1.96 of their own standard errors; found by
/// bisection, not by the formula.
fn wilson(k: f64, n: f64) -> (f64, f64) {
    let share = k / n;
    let is_inside = |p: f64| (share - p).powi(2) <= 1.959_963_984_540_054_f64.powi(2) * p * (1.0 - p) / n;
    let edge = |mut outside: f64| {
        let mut inside = share;
        for _ in 0..200 {
            let middle = f64::midpoint(inside, outside);
            *(if is_inside(middle) { &mut inside } else { &mut outside }) = middle;
        }
        inside
    };
    (edge(0.0), edge(1.0))
}

fn counts(rate: &Value) -> (f64, f64) {
    (rate["numerator"].as_f64().unwrap(), rate["denominator"].as_f64().unwrap())
}

fn is_near(found: &Value, expected: f64) -> bool {
    (found.as_f64().unwrap() - expected * 1e6).abs() <= 1.0
}

/// The place of each call among its customer's, by its id.
fn attempts_of(records: &[Value]) -> BTreeMap<String, u32> {
    let mut calls: Vec<(domain::Timestamp, &str, &str)> = records
        .iter()
        .map(|record| {
            let at = record["dialed_at"].as_str().unwrap().parse().unwrap();
            (at, record["contact"]["id"].as_str().unwrap(), record["id"].as_str().unwrap())
        })
        .collect();
    calls.sort();
    let mut made = BTreeMap::<&str, u32>::new();
    calls
        .into_iter()
        .map(|(_, customer, id)| {
            let made = made.entry(customer).or_default();
            *made += 1;
            (id.to_owned(), *made)
        })
        .collect()
}

both_engines! {
    async fn each_campaign_has_its_own_report_and_its_rates_their_bounds(at) {
        fill(at).await;
        for query in ["", "&from=2026-11-02&to=2026-11-04"] {
            let told = at.get(&format!("{BOTH}{query}")).await.is(200).json();
            let campaigns = told["campaigns"].as_array().unwrap();
            assert_eq!(campaigns.iter().map(|one| one["id"].as_str().unwrap()).collect::<Vec<_>>(), ["tet", "khac"]);
            for one in campaigns {
                let id = one["id"].as_str().unwrap();
                let mut report = at.get(&format!("/api/v1/campaigns/{id}/report?{query}")).await.is(200).json();
                report["as_of"] = one["report"]["as_of"].clone();
                assert_eq!(one["report"], report, "{id}");
                for (rate, compared) in one["rates"].as_object().unwrap() {
                    assert_eq!(compared["rate"], report["rates"][rate], "{id} {rate}");
                    let (k, n) = counts(&compared["rate"]);
                    let (low, high) = wilson(k, n);
                    assert!(is_near(&compared["interval"]["low"], low) && is_near(&compared["interval"]["high"], high), "{id} {rate}: {compared}");
                    if id == "tet" {
                        assert!(compared["difference"].is_null(), "it is what the others are compared with");
                        continue;
                    }
                    let (first, of) = counts(&campaigns[0]["rates"][rate]["rate"]);
                    let (first_low, first_high) = wilson(first, of);
                    let delta = k / n - first / of;
                    let below = ((k / n - low).powi(2) + (first_high - first / of).powi(2)).sqrt();
                    let above = ((high - k / n).powi(2) + (first / of - first_low).powi(2)).sqrt();
                    let found = &compared["difference"];
                    assert!(is_near(&found["difference"], delta), "{rate}: {found}");
                    assert!(is_near(&found["interval"]["low"], delta - below) && is_near(&found["interval"]["high"], delta + above), "{rate}: {found}");
                    assert_eq!(found["is_conclusive"], json!(delta - below > 0.0 || delta + above < 0.0), "{rate}: {found}");
                }
            }
        }
    }

    async fn what_cannot_be_compared_is_said_by_name(at) {
        fill(at).await;
        at.get("/api/v1/compare").await.names(422, "campaign");
        at.get("/api/v1/compare?campaign=tet").await.names(422, "campaign");
        at.get("/api/v1/compare?campaign=tet&campaign=tet").await.names(422, "campaign");
        let seven: Vec<String> = (0..7).map(|n| format!("campaign=c{n}")).collect();
        at.get(&format!("/api/v1/compare?{}", seven.join("&"))).await.names(422, "campaign");
        at.get(&format!("{BOTH}&from=2026-11-04")).await.names(422, "to");
        at.get(&format!("{BOTH}&voicebot=bot")).await.names(422, "voicebot");
        at.get("/api/v1/compare?campaign=tet&campaign=nothing").await.is_problem(404);
        let csv = at.api(Method::GET, &format!("{BOTH}&header=fr")).header("accept", "text/csv");
        Answer::of(csv).await.names(422, "header");
    }

    async fn a_campaign_without_calls_and_days_before_the_first_have_no_rates(at) {
        fill(at).await;
        for query in ["campaign=trong&campaign=tet", "campaign=tet&campaign=khac&from=2019-01-01&to=2019-01-31"] {
            let told = at.get(&format!("/api/v1/compare?{query}")).await.is(200).json();
            let none = &told["campaigns"][0];
            assert_eq!((&none["report"]["calls"]["total"], &none["report"]["average_talk_time"]), (&json!(0), &Value::Null));
            assert_eq!(none["rates"]["answer_rate"]["interval"], Value::Null);
            assert_eq!(told["campaigns"][1]["rates"]["answer_rate"]["difference"], Value::Null, "there is nothing to compare it with");
        }
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        for query in ["campaign=trong&campaign=tet", "campaign=trong&campaign=tet&by=day&figure=answer_rate"] {
            page(at, &cookie, &format!("/compare?{query}")).await.is(200);
            page(at, &cookie, &format!("/compare.xlsx?{}", query.split("&by").next().unwrap())).await.is(200);
        }
    }

    async fn a_campaign_stands_beside_itself_over_other_days(at) {
        fill(at).await;
        // The records are of the first six days of November.
        let cases = [
            ("from=2026-11-04&to=2026-11-06&against=previous", ["2026-11-01", "2026-11-03"], ["2026-11-04", "2026-11-06"]),
            ("from=2026-11-04&to=2026-11-06&against=weekdays", ["2026-10-28", "2026-10-30"], ["2026-11-04", "2026-11-06"]),
            ("from=2026-11-02&to=2026-11-02&against_from=2026-11-03&against_to=2026-11-05", ["2026-11-03", "2026-11-05"], ["2026-11-02", "2026-11-02"]),
        ];
        for (query, before, now) in cases {
            let told = at.get(&format!("/api/v1/compare?campaign=tet&{query}")).await.is(200).json();
            let days: Vec<Value> = told["campaigns"].as_array().unwrap().iter().map(|one| json!([one["days"]["from"], one["days"]["to"]])).collect();
            assert_eq!(days, [json!(before), json!(now)], "{query}");
            for (one, [from, to]) in told["campaigns"].as_array().unwrap().iter().zip([before, now]) {
                let report = at.get(&format!("/api/v1/campaigns/tet/report?from={from}&to={to}")).await.is(200).json();
                assert_eq!((&one["report"]["calls"], &one["report"]["cost"]), (&report["calls"], &report["cost"]), "{query}");
            }
        }
        for wrong in ["against=previous", "period=today&against=before", "campaign=khac&period=today&against=previous"] {
            at.get(&format!("/api/v1/compare?campaign=tet&{wrong}")).await.names(422, "against");
        }
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = format!("{}; lang=en", at.sign_in("lan@cty.vn").await);
        let overview = page(at, &cookie, "/campaigns/tet?from=2026-11-04&to=2026-11-06").await.is(200).text();
        let link = "/compare?campaign=tet&amp;from=2026-11-04&amp;to=2026-11-06&amp;against=previous";
        assert!(overview.contains(link), "the overview of a period leads to it");
        assert!(!page(at, &cookie, "/campaigns/tet").await.text().contains("/compare?"), "the whole campaign has nothing before it");
        let html = page(at, &cookie, &link.replace("&amp;", "&")).await.is(200).text();
        assert!(html.contains("Tết 2027: compared with before") && html.contains("1 – 3 Nov 2026"), "{html}");
        for kind in ["csv", "xlsx"] {
            page(at, &cookie, &link.replace("&amp;", "&").replace("/compare?", &format!("/compare.{kind}?"))).await.is(200);
        }
    }

    async fn why_a_rate_changed_is_what_the_records_say(at) {
        at.stock().await;
        at.put("/api/v1/voicebots/bot2", &json!({"name": "=Bot hai"})).await.is(201);
        let mut all = records();
        for record in all.iter_mut().step_by(3) {
            record["voicebot"] = json!("bot2");
        }
        at.post("/api/v1/calls", &json!(all)).await.is(200);
        let query = "campaign=tet&from=2026-11-04&to=2026-11-06&against=previous";
        let told = at.get(&format!("/api/v1/compare?{query}")).await.is(200).json();
        let changes = told["rate_changes"].as_array().unwrap();
        let told_apart: Vec<_> = changes.iter().map(|one| (one["rate"].as_str().unwrap(), one["dimension"].as_str().unwrap())).collect();
        assert_eq!(told_apart.len(), 10, "by attempt the answer rate alone: {told_apart:?}");
        let attempts = attempts_of(&all);
        for change in changes {
            let (rate, dimension) = (change["rate"].as_str().unwrap(), change["dimension"].as_str().unwrap());
            // Of each value before and now: what is counted, and of how many.
            let mut counted = BTreeMap::<String, [(f64, f64); 2]>::new();
            for record in &all {
                let dialed = record["dialed_at"].as_str().unwrap();
                let period = usize::from(&dialed[8..10] >= "04");
                let day: domain::Day = dialed[..10].parse().unwrap();
                let value = match dimension {
                    "hour" => dialed[11..13].parse::<u8>().unwrap().to_string(),
                    "weekday" => day.weekday().to_string(),
                    "attempt" => attempts[record["id"].as_str().unwrap()].to_string(),
                    _ => record["voicebot"].as_str().unwrap_or("bot").to_owned(),
                };
                let code = record["result_code"].as_str().unwrap();
                let answered = !["NA", "BS", "CU"].contains(&code);
                let (is_counted, is_of) = match rate {
                    "answer_rate" => (answered, true),
                    "network_effectiveness" => (code != "CU", true),
                    _ => (code == "DY", answered),
                };
                if is_of {
                    let of = &mut counted.entry(value).or_default()[period];
                    *of = (of.0 + f64::from(u8::from(is_counted)), of.1 + 1.0);
                }
            }
            let values = change["values"].as_array().unwrap();
            assert_eq!(values.len(), counted.len(), "{rate} {dimension}");
            let all: Vec<(f64, f64)> = (0..2).map(|n| counted.values().fold((0.0, 0.0), |sum, of| (sum.0 + of[n].0, sum.1 + of[n].1))).collect();
            let shares = [all[0].0 / all[0].1, all[1].0 / all[1].1];
            let (mut mixes, mut owns) = (0, 0);
            for value in values {
                let [before, now] = counted[value["value"].as_str().unwrap()];
                assert_eq!((counts(&value["before"]), counts(&value["now"])), (before, now), "{value}");
                let own = |of: (f64, f64), other: (f64, f64)| if of.1 > 0.0 { of.0 / of.1 } else { other.0 / other.1 };
                let (r0, r1) = (own(before, now), own(now, before));
                let (w0, w1) = (before.1 / all[0].1, now.1 / all[1].1);
                let mix = (w1 - w0) * (f64::midpoint(r0, r1) - f64::midpoint(shares[0], shares[1]));
                let (found_mix, found_own) = (value["mix_part"].as_i64().unwrap(), value["rate_part"].as_i64().unwrap());
                assert!((found_own as f64 - f64::midpoint(w0, w1) * (r1 - r0) * 1e6).abs() <= 0.51, "{value}");
                assert!((found_mix as f64 - mix * 1e6).abs() <= 2.0, "{value} {mix}");
                (mixes, owns) = (mixes + found_mix, owns + found_own);
            }
            assert_eq!((&change["mix_part"], &change["rate_part"]), (&json!(mixes), &json!(owns)));
            assert_eq!(change["difference"], json!(mixes + owns), "to the last millionth");
            assert_eq!(change["difference"], told["campaigns"][1]["rates"][rate]["difference"]["difference"]);
        }
        // The files say the same, and a name stays a name.
        let parts = at.api(Method::GET, &format!("/api/v1/compare?{query}&parts=true")).header("accept", "text/csv");
        let csv = Answer::of(parts).await.is(200).text();
        let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 1 + changes.iter().map(|change| change["values"].as_array().unwrap().len()).sum::<usize>());
        let first = &changes[0]["values"][0];
        let share = |part: &Value| { let n = part.as_i64().unwrap(); format!("{}0.{:06}", if n < 0 { "-" } else { "" }, n.abs()) };
        let expected = format!("answer_rate,hour,{},{},{},{},{},{},{}", first["value"].as_str().unwrap(), first["before"]["numerator"], first["before"]["denominator"],
            first["now"]["numerator"], first["now"]["denominator"], share(&first["mix_part"]), share(&first["rate_part"]));
        assert_eq!(lines[1], expected);
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = format!("{}; lang=en", at.sign_in("lan@cty.vn").await);
        let of_people = page(at, &cookie, &format!("/compare.csv?{query}&parts=true&header=en")).await.is(200).text();
        assert!(of_people.contains(",'=Bot hai,"), "{of_people}");
        page(at, &cookie, &format!("/compare.csv?{query}&parts=perhaps")).await.is(422);
        let mut book = crate::workbooks::read(page(at, &cookie, &format!("/compare.xlsx?{query}")).await.is(200).bytes);
        let sheet = calamine::Reader::worksheet_range(&mut book, "Why did it change").unwrap();
        assert_eq!(sheet.rows().skip(4).count() + 1, lines.len());
        let cells = sheet.rows().nth(4).unwrap();
        for (column, part) in [(9, "mix_part"), (10, "rate_part")] {
            assert_eq!((crate::workbooks::number(&cells[column]) * 1e6).round() as i64, first[part].as_i64().unwrap());
        }
        // The page: the rate that is chosen, and each count leads to its calls.
        let html = page(at, &cookie, &format!("/compare?{query}&why=goal_rate")).await.is(200).text();
        let panel = &html[html.find("id=\"why\"").unwrap()..];
        let goal = changes.iter().find(|change| change["rate"] == "goal_rate" && change["dimension"] == "voicebot").unwrap();
        for value in goal["values"].as_array().unwrap() {
            let (id, of) = (value["value"].as_str().unwrap(), value["now"]["denominator"].as_u64().unwrap());
            let link = format!("from=2026-11-04&amp;to=2026-11-06&amp;voicebot={id}&amp;class=success");
            assert!(panel.contains(&link), "{link}");
            let listed = at.get(&format!("/api/v1/campaigns/tet/calls?{}", link.replace("&amp;", "&"))).await.is(200).json();
            assert_eq!(listed["total"], json!(of));
        }
        assert!(!page(at, &cookie, "/compare?campaign=tet&campaign=tet").await.text().contains("id=\"why\""));
        // Before the first call there is nothing to divide by.
        let nothing = at.get("/api/v1/compare?campaign=tet&from=2026-11-01&to=2026-11-03&against=previous").await.is(200).json();
        assert_eq!(nothing["rate_changes"], json!([]));
    }

    async fn nobody_a_stranger_and_who_sees_one_campaign_alone_compare_nothing(at) {
        fill(at).await;
        let asked = "campaign=tet&campaign=khac";
        let paths = [format!("/compare?{asked}"), format!("/compare.csv?{asked}"), format!("/compare.xlsx?{asked}")];
        let (other, token) = account(&at.server.db, "Người lạ").await;
        user(&at.server.db, &other, "la@khac.vn", Role::Owner).await;
        let stranger = at.sign_in("la@khac.vn").await;
        let limited = at.user("lan@cty.vn", Role::Viewer).await;
        let mut conn = at.server.db.write().await.unwrap();
        let chosen = Chosen::of(Some(vec!["tet".parse().unwrap()]), None);
        users::set_access(&mut conn, &at.scope, limited, Role::Viewer, chosen.as_ref()).await.unwrap();
        conn.commit().await.unwrap();
        let limited = at.sign_in("lan@cty.vn").await;
        at.user("chu@cty.vn", Role::Viewer).await;
        let viewer = at.sign_in("chu@cty.vn").await;
        for path in &paths {
            assert!([303, 401].contains(&Answer::of(at.bare(Method::GET, path)).await.status.as_u16()), "{path}");
            page(at, &viewer, path).await.is(200);
            for cookie in [&stranger, &limited] {
                let answer = page(at, cookie, path).await.is(404).text();
                assert!(!answer.contains("Khác") && !answer.contains("Tết 2027"), "{path}: {answer}");
            }
        }
        call_function(at, "/fn/compare", &[("query", asked)], &viewer).await.is(200);
        for cookie in [&stranger, &limited] {
            call_function(at, "/fn/compare", &[("query", asked)], cookie).await.is(404);
        }
        // What may be chosen to stand beside it are their own campaigns alone.
        let html = page(at, &limited, "/compare?campaign=tet").await.is(200).text();
        assert!(html.contains("Tết 2027") && !html.contains("Khác") && !html.contains("Chưa gọi"));
        Answer::of(at.bare(Method::GET, BOTH)).await.is_problem(401);
        Answer::of(at.bare(Method::GET, BOTH).bearer_auth(&token)).await.is_problem(404);
    }

    async fn the_page_shows_what_the_api_says_and_begins_with_a_choice(at) {
        fill(at).await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let cookie = format!("{}; lang=en", at.sign_in("lan@cty.vn").await);
        for few in ["/compare", "/compare?campaign=tet", "/compare?campaign=tet&campaign=tet"] {
            let html = page(at, &cookie, few).await.is(200).text();
            assert!(html.contains("Choose two to six campaigns") && !html.contains("/compare.csv"), "{few}");
        }
        let html = page(at, &cookie, "/compare?campaign=tet&campaign=khac").await.is(200).text();
        let told = at.get(BOTH).await.is(200).json();
        for one in told["campaigns"].as_array().unwrap() {
            let rate = &one["rates"]["answer_rate"];
            let percent = |share: f64| format!("{:.1}%", (share * 1000.0 + 0.5).floor() / 10.0);
            let (k, n) = counts(&rate["rate"]);
            let bounds = [&rate["interval"]["low"], &rate["interval"]["high"]].map(|bound| percent(bound.as_f64().unwrap() / 1e6));
            assert!(html.contains(&percent(k / n)) && html.contains(&bounds.join(" – ")), "{percent:?} {bounds:?}", percent = percent(k / n));
        }
        page(at, &cookie, "/compare?campaign=tet&campaign=nothing").await.is(404);
    }
}
