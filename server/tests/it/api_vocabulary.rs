//! Voicebots, result codes, tariffs, campaigns and their customers.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, both_engines, call};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

both_engines! {
    async fn what_is_put_is_listed_and_putting_it_again_changes_nothing(at) {
        let name = json!({"name": "Chăm sóc khách hàng"});
        assert_eq!(at.put("/api/v1/voicebots/bot", &name).await.is(201).json()["result"], "created");
        assert_eq!(at.put("/api/v1/voicebots/bot", &name).await.is(200).json()["result"], "unchanged");
        assert_eq!(at.put("/api/v1/voicebots/bot", &json!({"name": "B"})).await.is(200).json()["result"], "updated");
        assert_eq!(at.get("/api/v1/voicebots").await.is(200).json(), json!({"voicebots": [{"id": "bot", "name": "B"}]}));

        let code = json!({"label_vi": "Đồng ý", "label_en": "Agreed", "color": "#00aa55", "is_goal": true});
        at.put("/api/v1/result-codes/%C4%90%E1%BB%92NG%20%C3%9D", &code).await.is(201);
        let codes = at.get("/api/v1/result-codes").await.is(200).json();
        let codes: Vec<_> = codes["result_codes"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap()).collect();
        assert_eq!(codes.len(), 7, "those known from the start are among them: {codes:?}");
        assert!(codes.contains(&"ĐỒNG Ý"), "{codes:?}");

        let tariff = json!({"first_block_seconds": 6, "next_block_seconds": 6, "price_first_block": "32.5",
            "price_next_block": "30", "currency": "VND", "effective_from": "2026-11-01T00:00:00+07:00"});
        at.put("/api/v1/tariffs", &tariff).await.is(201);
        assert_eq!(at.put("/api/v1/tariffs", &tariff).await.is(200).json()["result"], "unchanged");
        let tariffs = at.get("/api/v1/tariffs").await.is(200).json();
        assert_eq!(tariffs["tariffs"][0]["price_first_block"], "32.5");
        assert_eq!(tariffs["tariffs"][0]["effective_from"], "2026-10-31T17:00:00.000Z");
    }

    async fn words_for_results_stand_for_codes_by_the_accounts_table_and_never_in_silence(at) {
        at.stock().await;
        let sent = |id: &str, code: &str| call(id, "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), code);
        let sent_all = async |words: &[&str]| {
            let calls: Vec<_> = words.iter().enumerate().map(|(n, code)| sent(&format!("c-{n}"), code)).collect();
            let answer = at.post("/api/v1/calls", &json!(calls)).await.is(200).json();
            assert_eq!(answer["rejected"], 0, "{answer}");
            let mut said = Vec::new();
            for n in 0..words.len() {
                let call = at.get(&format!("/api/v1/calls/c-{n}")).await.is(200).json();
                let text = |of: &serde_json::Value| of.as_str().unwrap_or_default().to_owned();
                said.push((text(&call["result_code"]), text(&call["cause"])));
            }
            let warned = answer["warnings"].as_array().unwrap().iter().filter(|warning| warning["field"] == "result_code").count();
            (said, warned)
        };
        let words = ["NO_ANSWER", "busy", "Failed", "SHORT_CALL", "REJECTED", "NA", "Không liên lạc được"];
        let of = |said: &[(&str, &str)]| said.iter().map(|(code, cause)| ((*code).to_owned(), (*cause).to_owned())).collect::<Vec<_>>();
        let (said, warned) = sent_all(&words).await;
        let default = [("NA", "NO_ANSWER"), ("BS", "busy"), ("CU", "Failed"), ("SC", "SHORT_CALL"), ("REJECTED", ""), ("NA", ""), ("CU", "Không liên lạc được")];
        assert_eq!((said, warned), (of(&default), 6), "five were replaced, one is doubtful");

        // The account knows its senders better; what is written without accents is the same word.
        at.put("/api/v1/result-codes/HẸN", &json!({"label_vi": "Hẹn", "label_en": "Appointment"})).await.is(201);
        let own = json!({"words": {"KHONG LIÊN LAC ĐƯỢC": "CU", "rejected": "REJECTED", "no answer": "HẸN"}});
        assert_eq!(at.put("/api/v1/result-words", &own).await.is(200).json()["result"], "updated");
        assert_eq!(at.put("/api/v1/result-words", &own).await.is(200).json()["result"], "unchanged");
        let (said, warned) = sent_all(&words).await;
        let own = [("HẸN", "NO_ANSWER"), ("BS", "busy"), ("CU", "Failed"), ("SC", "SHORT_CALL"), ("REJECTED", ""), ("NA", ""), ("CU", "Không liên lạc được")];
        assert_eq!((said, warned), (of(&own), 5));
        let list = at.get("/api/v1/result-words").await.is(200).json();
        let list = list["result_words"].as_array().unwrap();
        assert!(list.contains(&json!({"word": "BUSY", "code": "BS", "is_default": true})), "{list:?}");
        assert!(list.contains(&json!({"word": "no answer", "code": "HẸN", "is_default": false})), "{list:?}");

        at.put("/api/v1/result-words", &json!({"words": {"": "NA"}})).await.is(422);
        for (words, named) in [
            (json!({"NA": "DY"}), "NA"),
            (json!({"n.a.": "DY"}), "n.a."),
            (json!({"no-answer": "NA", "NO_ANSWER": "NA"}), "no-answer"),
            (json!({"HẸN LẠI": "NA", "hen lai": "DY"}), "hen lai"),
            (json!({"--": "NA"}), "--"),
            (json!({"hẹn lại": "KHONGCO"}), "hẹn lại"),
        ] {
            let reason = at.put("/api/v1/result-words", &json!({"words": words})).await.names(422, "words");
            assert!(reason.contains(named), "{named}: {reason}");
        }
        at.put("/api/v1/result-words", &json!({"words": {}})).await.is(200);
        assert_eq!(sent_all(&["NO_ANSWER"]).await.0, of(&[("NA", "NO_ANSWER")]));
    }

    async fn a_campaign_has_its_totals_and_is_completed_once(at) {
        at.stock().await;
        at.put("/api/v1/campaigns/he", &json!({"name": "Hè", "voicebot": "bot", "state": "scheduled"})).await.is(201);
        let batch = json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 8_000, Some(31_000), "DY"),
            call("c-2", "kh-2", "2026-11-04T09:05:00+07:00", 20_000, None, "NA")]);
        at.post("/api/v1/calls", &batch).await.is(200);

        let campaign = at.get("/api/v1/campaigns/tet").await.is(200).json();
        assert_eq!(campaign["name"], "Tết 2027");
        assert_eq!(campaign["voicebot"], json!({"id": "bot", "name": "Chăm sóc khách hàng"}));
        assert_eq!(campaign["state"], "running");
        assert_eq!((&campaign["customers"], &campaign["calls"]), (&json!(2), &json!(2)));
        assert_eq!(campaign["answer_rate"], json!({"numerator": 1, "denominator": 2}));
        // 31 s at 6 + 1: 26 blocks, 10 + 25 × 2.5.
        assert_eq!((&campaign["blocks"], &campaign["cost"]), (&json!(26), &json!("72.5")));

        let ids = async |query: &str| {
            let list = at.get(&format!("/api/v1/campaigns{query}")).await.is(200).json();
            let ids = list["campaigns"].as_array().unwrap().iter().map(|campaign| campaign["id"].as_str().unwrap().to_owned());
            (ids.collect::<Vec<_>>(), list["total"].as_u64().unwrap())
        };
        assert_eq!(ids("").await.1, 2);
        assert_eq!(ids("?state=scheduled").await, (vec!["he".to_owned()], 1));
        assert_eq!(ids("?q=tet").await, (vec!["tet".to_owned()], 1));
        assert_eq!(ids("?from=2026-11-04&to=2026-11-04").await, (vec!["tet".to_owned()], 1));
        assert_eq!(ids("?voicebot=other").await.1, 0);
        let newest_first = ids("").await.0;
        assert_eq!(ids("?sort=-cost").await.0, ["tet", "he"]);
        assert_eq!(ids("?sort=cost").await.0, ["he", "tet"]);
        assert_eq!(ids("?sort=-dates").await.0, newest_first);
        at.get("/api/v1/campaigns?sort=name").await.names(422, "sort");

        let csv = |query: &str| at.api(Method::GET, &format!("/api/v1/campaigns{query}")).header("accept", "text/csv");
        let file = Answer::of(csv("?sort=cost")).await.is(200);
        let text = file.text().strip_prefix('\u{feff}').unwrap().to_owned();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("id,name,voicebot,voicebot_name,state,customers,"), "{text}");
        assert!(lines[1].starts_with("he,Hè,bot,Chăm sóc khách hàng,scheduled,0,0,0,,0,0,,0,0,VND,"), "{text}");
        assert!(lines[2].starts_with("tet,Tết 2027,bot,Chăm sóc khách hàng,running,2,2,1,0.500,2,1,0.500,26,72.5,VND,2026-11-04,2026-11-04,"), "{text}");
        let text = Answer::of(csv("?header=vi&state=running")).await.is(200).text();
        assert!(text.contains("Tỷ lệ nghe máy") && text.contains(",Đang chạy,2,2,1,\"50,0%\",") && text.contains(",2026-11-01 08:00:00,"), "{text}");
        assert!(!text.contains("Hè"), "{text}");
        Answer::of(csv("?colour=red")).await.names(422, "colour");
        let xlsx = at.api(Method::GET, "/api/v1/campaigns?sort=cost").header("accept", XLSX).header("accept-language", "en");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(Answer::of(xlsx).await.is(200).bytes)).unwrap();
        let sheet = book.worksheet_range("Campaigns").unwrap();
        let cell = |row: u32, column: u32| sheet.get_value((row, column)).unwrap().clone();
        assert_eq!((cell(4, 0), cell(5, 0)), (Data::String("he".to_owned()), Data::String("tet".to_owned())));
        assert_eq!((cell(5, 13), cell(6, 13)), (Data::Float(72.5), Data::Float(72.5)), "the last row is the sum");
        assert_eq!(cell(6, 11), Data::Float(0.5));
        let first = at.get("/api/v1/campaigns?limit=1").await.is(200).json();
        let second = at.get(&format!("/api/v1/campaigns?limit=1&cursor={}", first["next"].as_str().unwrap())).await.is(200).json();
        assert_ne!(first["campaigns"][0]["id"], second["campaigns"][0]["id"]);
        assert!(second["next"].is_null());

        let completed = at.post("/api/v1/campaigns/tet/complete", &json!(null)).await.is(200).json();
        assert_eq!((&completed["changed"], &completed["completed_at"]), (&json!(true), &json!("2026-11-22T08:00:00.000Z")));
        at.pass(60_000);
        let again = at.post("/api/v1/campaigns/tet/complete", &json!(null)).await.is(200).json();
        assert_eq!((&again["changed"], &again["completed_at"]), (&json!(false), &completed["completed_at"]));
        assert_eq!(at.get("/api/v1/campaigns/tet").await.json()["state"], "completed");
    }

    async fn customers_are_on_the_list_before_they_are_dialled(at) {
        at.stock().await;
        let contacts = json!([{"id": "kh-1", "phone": "+84 901 000 001", "name": "Nguyễn Thị Hoa", "attributes": {"loan": 5}},
            {"id": "kh-2", "phone": "0901000002"}, {"id": "kh-3"}, {"id": "kh-4", "phone": ""}]);
        let answer = at.post("/api/v1/campaigns/tet/contacts", &contacts).await.is(200).json();
        assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(2), &json!(2)), "{answer}");
        assert_eq!((&answer["errors"][0]["index"], &answer["errors"][0]["field"]), (&json!(2), &json!("phone")));
        assert_eq!((&answer["errors"][1]["index"], &answer["errors"][1]["id"]), (&json!(3), &json!("kh-4")));
        let again = at.post("/api/v1/campaigns/tet/contacts", &contacts).await.is(200).json();
        assert_eq!(again["unchanged"], 2, "{again}");
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report["customers"], json!({"total": 2, "reached": 0, "tried": 0, "never_dialled": 2}));
    }
}
