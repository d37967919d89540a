//! What is wrong is named, and nothing of it is stored.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, both_engines, call};

/// A schema with its references followed; of one that may be null, what it is else.
fn resolved<'a>(schema: &'a Value, all: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return resolved(&all["components"]["schemas"][name], all);
    }
    let mut parts = ["oneOf", "allOf", "anyOf"].iter().filter_map(|word| schema[*word].as_array()).flatten();
    let real = parts.find(|part| part["type"] != "null");
    real.map_or(schema, |part| resolved(part, all))
}

/// Every value of this schema that has an array where an object must stand, each with the path of the field.
fn with_arrays(schema: &Value, all: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    let schema = resolved(schema, all);
    if let Some(fields) = schema["properties"].as_object() {
        found.push((path.to_owned(), json!([])));
        for (name, field) in fields {
            let mut inside = Vec::new();
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            with_arrays(field, all, &path, &mut inside);
            found.extend(inside.into_iter().map(|(path, value)| (path, json!({name: value}))));
        }
    } else if schema["items"].is_object() {
        let mut inside = Vec::new();
        with_arrays(&schema["items"], all, &format!("{path}[0]"), &mut inside);
        found.extend(inside.into_iter().map(|(path, value)| (path, json!([value]))));
    }
}

both_engines! {
    /// Found in the description of the API: whatever is described as an object is one.
    async fn an_array_is_not_taken_for_an_object(at) {
        at.stock().await;
        let all = serde_json::to_value(server::api::description()).unwrap();
        let (mut tried, mut paths) = (0, Vec::new());
        for (path, item) in all["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                if !schema.is_object() {
                    continue;
                }
                let mut bodies = Vec::new();
                with_arrays(schema, &all, "", &mut bodies);
                let method: Method = method.to_uppercase().parse().unwrap();
                let address = path.replace("/campaigns/{id}", "/campaigns/tet").replace("/notes/{number}", "/notes/1");
                let address = address.replace(['{', '}'], "");
                for (field, body) in bodies {
                    let answer = at.send(method.clone(), &address, &body).await;
                    let is_batch = schema["items"].is_object();
                    let named = if field.is_empty() { "body" } else { &field };
                    if is_batch {
                        let answer = answer.is(200).json();
                        assert_eq!((&answer["rejected"], &answer["accepted"]), (&json!(1), &json!(0)), "{path} {body}: {answer}");
                        let named = named.trim_start_matches("[0]").trim_start_matches('.');
                        let named = if named.is_empty() { "body" } else { named };
                        assert_eq!(answer["errors"][0]["field"], named, "{path} {body}: {answer}");
                    } else {
                        let reason = answer.names(422, named);
                        assert!(reason.contains("must be an object, not an array"), "{path} {body}: {reason}");
                    }
                    tried += 1;
                    paths.push(field);
                }
            }
        }
        assert!(tried > 15 && paths.iter().any(|path| path == "plan.windows[0]") && paths.iter().any(|path| path == "plan"), "{paths:?}");
    }

    async fn a_wrong_field_is_named(at) {
        at.stock().await;
        let long = "x".repeat(129);
        let tariff = json!({"first_block_seconds": 6, "next_block_seconds": 6, "price_first_block": "1", "price_next_block": "1",
            "currency": "VND", "effective_from": 0});
        let but = |field: &str, value: serde_json::Value| {
            let mut tariff = tariff.clone();
            tariff[field] = value;
            tariff
        };
        for (path, body, field) in [
            ("/api/v1/voicebots/b".to_owned(), json!({"name": ""}), "name"),
            ("/api/v1/voicebots/b".to_owned(), json!({"name": "x".repeat(301)}), "name"),
            ("/api/v1/voicebots/b".to_owned(), json!({"name": 5}), "name"),
            ("/api/v1/voicebots/b".to_owned(), json!({}), "name"),
            ("/api/v1/voicebots/b".to_owned(), json!({"name": "B", "title": "C"}), "title"),
            (format!("/api/v1/voicebots/{long}"), json!({"name": "B"}), "id"),
            ("/api/v1/voicebots/a%0Ab".to_owned(), json!({"name": "B"}), "id"),
            ("/api/v1/result-codes/K1".to_owned(), json!({"label_vi": "a", "label_en": "b", "color": "red"}), "color"),
            ("/api/v1/result-codes/K1".to_owned(), json!({"label_vi": "a"}), "label_en"),
            ("/api/v1/tariffs".to_owned(), but("first_block_seconds", json!(0)), "first_block_seconds"),
            ("/api/v1/tariffs".to_owned(), but("next_block_seconds", json!(-1)), "next_block_seconds"),
            ("/api/v1/tariffs".to_owned(), but("price_first_block", json!("-1")), "price_first_block"),
            ("/api/v1/tariffs".to_owned(), but("price_next_block", json!("1e3")), "price_next_block"),
            ("/api/v1/tariffs".to_owned(), but("currency", json!("USD")), "currency"),
            ("/api/v1/tariffs".to_owned(), but("effective_from", json!("yesterday")), "effective_from"),
            ("/api/v1/campaigns/c".to_owned(), json!({"name": "C", "voicebot": "none"}), "voicebot"),
            ("/api/v1/campaigns/c".to_owned(), json!({"name": "C", "voicebot": "bot", "state": "stopped"}), "state"),
            ("/api/v1/campaigns/c".to_owned(), json!({"name": "C", "voicebot": "bot", "report_emails": ["nobody"]}), "report_emails[0]"),
            ("/api/v1/campaigns/c".to_owned(), json!({"name": "C", "voicebot": "bot", "tariff": {"first_block_seconds": 6}}), "tariff.next_block_seconds"),
        ] {
            let reason = at.put(&path, &body).await.names(422, field);
            assert!(!reason.is_empty() && !reason.contains(" at line "), "{path} {field}: {reason}");
        }
        at.get("/api/v1/campaigns/c").await.is_problem(404);
    }

    async fn a_cause_turns_no_text_around(at) {
        at.stock().await;
        let mut record = call("c-turned", "kh", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
        record["cause"] = json!("16\u{202e}=X\u{2066} \u{200b}a\nb");
        at.post("/api/v1/calls", &json!([record])).await.is(200);
        assert_eq!(at.get("/api/v1/calls/c-turned").await.is(200).json()["cause"], "16=X a b");
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).text();
        assert!(report.contains("16=X a b") && !report.contains('\u{202e}'), "{report}");
    }

    async fn a_wrong_parameter_is_named(at) {
        at.stock().await;
        for (path, field) in [
            ("calls?from=2026-11-02&to=2026-11-01", "to"),
            ("calls?from=2026-13-01", "from"),
            ("calls?class=good", "class"),
            ("calls?limit=0", "limit"),
            ("calls?limit=1001", "limit"),
            ("calls?limit=ten", "limit"),
            ("calls?sort=name", "sort"),
            ("calls?cursor=tampered", "cursor"),
            ("calls?colour=red", "colour"),
            ("calls?recorded=maybe", "recorded"),
            ("calls?attempt=0", "attempt"),
            ("report?from=2026-11-02&to=2026-11-01", "to"),
            ("report?from=today", "from"),
            ("calls?from=2026-11-01", "to"),
            ("calls?to=2026-11-01", "from"),
            ("contacts?from=2026-11-01", "to"),
            ("report?to=2026-11-01", "from"),
            ("report?period=today&from=2026-11-01&to=2026-11-02", "period"),
            ("calls?period=today&from=2026-11-01&to=2026-11-02", "period"),
            ("calls?from=2026-11-04&from=2026-11-01&to=2026-11-30", "from"),
            ("calls?limit=1&limit=2", "limit"),
            ("calls?q=a&q=b", "q"),
            ("contacts?sort=calls&sort=cost", "sort"),
            ("report?to=2026-11-04&from=2026-11-01&to=2026-11-30", "to"),
            ("report?month=11", "month"),
        ] {
            at.get(&format!("/api/v1/campaigns/tet/{path}")).await.names(422, field);
        }
        for (path, field) in [("from=2026-11-01", "to"), ("limit=1&limit=2", "limit"), ("period=today&period=today", "period")] {
            at.get(&format!("/api/v1/campaigns?{path}")).await.names(422, field);
        }
        for (path, field) in [("from=2026-11-01", "to"), ("month=2026-11&month=2026-10", "month"), ("period=today&to=2026-11-01", "period")] {
            at.get(&format!("/api/v1/usage?{path}")).await.names(422, field);
        }
        at.get("/api/v1/campaigns?state=gone").await.names(422, "state");
        at.get("/api/v1/campaigns?cursor=x").await.names(422, "cursor");
        let long = format!("/api/v1/campaigns?q={}", "x".repeat(101));
        at.get(&long).await.names(422, "q");
        // A wrong parameter of a CSV is a problem, not a broken file.
        let csv = at.api(Method::GET, "/api/v1/campaigns/tet/calls?code=").header("accept", "text/csv");
        Answer::of(csv).await.is(200);
        let csv = at.api(Method::GET, "/api/v1/campaigns/tet/calls?hour=24").header("accept", "text/csv");
        Answer::of(csv).await.names(422, "hour");
    }

    async fn what_cannot_be_read_is_a_problem(at) {
        let raw = async |method: Method, path: &str, media: &str, body: &str| {
            Answer::of(at.api(method, path).header("content-type", media).body(body.to_owned())).await
        };
        raw(Method::PUT, "/api/v1/voicebots/b", "application/json", "{\"name\":").await.is_problem(400);
        raw(Method::PUT, "/api/v1/voicebots/b", "application/json", "").await.is_problem(400);
        raw(Method::PUT, "/api/v1/voicebots/b", "application/json", "[1]").await.is_problem(422);
        raw(Method::PUT, "/api/v1/voicebots/b", "text/plain", "{}").await.is_problem(415);
        raw(Method::PUT, "/api/v1/voicebots/b", "application/json", &format!("{{\"name\":\"{}\"}}", "x".repeat(2_000_000))).await.is_problem(413);
        raw(Method::POST, "/api/v1/calls", "application/json", "{}").await.is_problem(400);
        raw(Method::POST, "/api/v1/calls", "application/json", "").await.is_problem(400);
        raw(Method::POST, "/api/v1/calls", "application/json", "[{}").await.is_problem(400);
        at.get("/api/v1/campaigns/%FF").await.is_problem(400);
        at.get("/api/v1/nothing").await.is_problem(404);
        at.get("/api/v2/calls").await.is_problem(404);
        at.get("/api").await.is_problem(404);
        let wrong_method = Answer::of(at.api(Method::PATCH, "/api/v1/campaigns/tet")).await;
        wrong_method.is_problem(405);
        assert!(wrong_method.header("allow").contains("PUT"), "{:?}", wrong_method.headers);
        Answer::of(at.api(Method::DELETE, "/api/v1/calls")).await.is_problem(405);
        for path in ["/api/v1/campaigns/none", "/api/v1/campaigns/none/report", "/api/v1/campaigns/none/calls", "/api/v1/calls/none"] {
            at.get(path).await.is_problem(404);
        }
        at.post("/api/v1/campaigns/none/complete", &json!(null)).await.is_problem(404);
        at.post("/api/v1/campaigns/none/contacts", &json!([])).await.is_problem(404);
    }

    async fn who_is_refused_early_gets_the_answer_and_may_go_on(at) {
        let body = || format!("[{}]", " ".repeat(8_000_000));
        // The client keeps its connection: one that is refused while its body comes in must not cost it the next request.
        for _ in 0..20 {
            let stranger = at.bare(Method::POST, "/api/v1/calls").bearer_auth("rs_1.none").body(body());
            Answer::of(stranger).await.is_problem(401);
            let large = at.api(Method::PUT, "/api/v1/voicebots/b").header("content-type", "application/json").body(body());
            Answer::of(large).await.is_problem(413);
            at.get("/api/v1/voicebots").await.is(200);
        }
    }
}
