//! Campaigns side by side: page, API and files say what each campaign's own report says, and how sure the rates are.

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
