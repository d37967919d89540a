//! Workbooks, read back by another make of reader and compared cell by cell with what the API says.

use std::{collections::BTreeMap, io::Cursor, sync::Arc};

use calamine::{Data, Reader, Xlsx};
use domain::{CampaignId, Language, Money, Period, Role, Timestamp, time::DAY_MS};
use reqwest::Method;
use serde_json::{Value, json};
use server::files::call_list::{self, Limits, WorkbookProgress, WorkbookQuery};

use crate::harness::{Answer, Harness, NOW, both_engines, call};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub type Book = Xlsx<Cursor<Vec<u8>>>;

/// Thirty calls: answered, not, a code nobody defined, one in progress; a recording; names that look like formulas.
async fn fill(at: &Harness) {
    at.stock().await;
    let mut calls: Vec<Value> = (0..30_i64)
        .map(|n| {
            let dialed = format!("2026-11-0{}T{:02}:15:00.{:03}+07:00", 4 + n % 3, 8 + n % 10, n * 7);
            let (talk, code) = match n % 5 {
                0 | 1 => (Some(n * 4_000 + 1), "DY"),
                2 => (Some(250_000 + n), "K9"),
                3 => (None, "NA"),
                _ => (None, "CU"),
            };
            let mut record = call(&format!("c-{n}"), &format!("kh-{}", n % 12), &dialed, 5_000 + n, talk, code);
            record["contact"]["name"] = json!(format!("Nguyễn Thị Hoà {}", n % 12));
            record["bot_messages"] = if n % 4 == 0 { Value::Null } else { json!(n) };
            record["hangup_by"] = json!(["customer", "bot", "system"][n as usize % 3]);
            record["cause"] = json!(format!("{}", 16 + n % 2));
            record
        })
        .collect();
    let mut live = call("c-live", "kh-20", "2026-11-06T20:00:00+07:00", 0, None, "NA");
    for field in ["ended_at", "result_code"] {
        live[field] = Value::Null;
    }
    calls.push(live);
    let answer = at.post("/api/v1/calls", &json!(calls)).await.is(200).json();
    assert_eq!(answer["accepted"], 31, "{answer}");
    let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav");
    Answer::of(upload.body(crate::harness::wav(1))).await.is(201);
}

pub fn read(bytes: Vec<u8>) -> Book {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn created(path: &std::path::Path) -> std::fs::File {
    std::fs::File::create(path).unwrap()
}

async fn workbook(at: &Harness, path: &str, language: &str) -> Book {
    let request = at.api(Method::GET, path).header("accept", XLSX).header("accept-language", language);
    let answer = Answer::of(request).await.is(200);
    assert_eq!(answer.header("content-type"), XLSX);
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"tet-2026-11-22.xlsx\"; filename*=UTF-8''tet-2026-11-22.xlsx"
    );
    read(answer.bytes)
}

/// The rows of a sheet as maps from heading to cell.
fn rows(book: &mut Book, sheet: &str) -> Vec<BTreeMap<String, Data>> {
    let range = book.worksheet_range(sheet).unwrap();
    let mut rows = range.rows();
    let heads: Vec<String> = rows.next().unwrap().iter().map(ToString::to_string).collect();
    rows.map(|row| heads.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

/// A number, whatever its format makes of it.
#[track_caller]
pub fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        Data::Int(number) => *number as f64,
        Data::DateTime(at) => at.as_f64(),
        other => panic!("{other:?} is no number"),
    }
}

#[track_caller]
fn text(cell: &Data) -> &str {
    match cell {
        Data::String(text) => text,
        Data::Empty => "",
        other => panic!("{other:?} is no text"),
    }
}

pub fn ms(cell: &Data) -> i64 {
    (number(cell) * DAY_MS as f64).round() as i64
}

/// The instant of a cell that holds the wall clock of Vietnam.
fn instant(cell: &Data) -> i64 {
    ms(cell) - 25_569 * DAY_MS - 7 * 3_600_000
}

async fn all_calls(at: &Harness) -> Vec<Value> {
    let page = at.get("/api/v1/campaigns/tet/calls?limit=1000").await.is(200).json();
    page["calls"].as_array().unwrap().clone()
}

/// Each cell of a row says what the API says of the call.
fn assert_same(call: &Value, row: &BTreeMap<String, Data>) {
    let is_empty = |name: &str| row[name] == Data::Empty;
    let same_text =
        |name: &str, value: &Value| assert_eq!(text(&row[name]), value.as_str().unwrap_or(""), "{name}: {call}");
    let same_time = |name: &str, value: &Value| match value.as_str() {
        Some(at) => assert_eq!(instant(&row[name]), at.parse::<Timestamp>().unwrap().0, "{name}: {call}"),
        None => assert!(is_empty(name), "{name}: {call}"),
    };
    let same_number = |name: &str, value: &Value| match value.as_i64() {
        Some(n) => assert!((number(&row[name]) - n as f64).abs() < 1e-9, "{name}: {call}"),
        None => assert!(is_empty(name), "{name}: {call}"),
    };
    same_text("Call id", &call["id"]);
    same_text("Campaign id", &call["campaign"]);
    same_text("Voicebot", &call["voicebot"]);
    same_text("Customer id", &call["contact"]["id"]);
    same_text("Phone", &call["contact"]["phone"]);
    same_text("Customer", &call["contact"]["name"]);
    same_text("Result code", &call["result_code"]);
    same_text("Cause", &call["cause"]);
    same_text("Currency", &call["currency"]);
    same_time("Time", &call["dialed_at"]);
    same_time("Answered at", &call["answered_at"]);
    same_time("Ended at", &call["ended_at"]);
    same_number("Attempt", &call["attempt"]);
    same_number("Messages", &call["bot_messages"]);
    same_number("Blocks", &call["blocks"]);
    assert_eq!(ms(&row["Talk time"]), call["talk_time"].as_i64().unwrap(), "{call}");
    match call["dial_time"].as_i64() {
        Some(dial) => assert_eq!(ms(&row["Dial time"]), dial, "{call}"),
        None => assert!(is_empty("Dial time"), "{call}"),
    }
    let cost: Money = call["cost"].as_str().unwrap().parse().unwrap();
    assert_eq!((number(&row["Cost (VND)"]) * 1e6).round() as i64, cost.0, "{call}");
    let class = call["class"].as_str().map(|class| match class {
        "success" => "Success",
        "failed" => "Failed",
        _ => "Error",
    });
    assert_eq!(text(&row["Status"]), class.unwrap_or(""), "{call}");
    let label = match call["result_code"].as_str() {
        Some("DY") => "Agreed",
        Some("NA") => "No answer",
        Some("CU") => "Line error",
        _ => "",
    };
    assert_eq!(text(&row["Result"]), label, "{call}");
    assert_eq!(text(&row["Recording"]), if call["recording"].is_null() { "" } else { "Yes" }, "{call}");
}

/// The figures of the overview sheet by their names: the first cell of a row, and the numbers after it.
pub fn figures(book: &mut Book, sheet: &str) -> BTreeMap<String, Vec<Data>> {
    let range = book.worksheet_range(sheet).unwrap();
    let mut figures = BTreeMap::new();
    for row in range.rows().filter(|row| row.len() > 1 && row[1] != Data::Empty) {
        // The heatmap's second table repeats the hours; the first stands for the rate.
        figures.entry(row[0].to_string()).or_insert_with(|| row[1..].to_vec());
    }
    figures
}

both_engines! {
    async fn the_workbook_says_cell_by_cell_what_the_api_says(at) {
        fill(at).await;
        let mut book = workbook(at, "/api/v1/campaigns/tet/report", "en").await;
        assert_eq!(book.sheet_names(), ["Overview", "Calls"]);
        let (calls, rows) = (all_calls(at).await, rows(&mut book, "Calls"));
        assert_eq!((calls.len(), rows.len()), (31, 31));
        for (call, row) in calls.iter().zip(&rows) {
            assert_same(call, row);
        }

        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        let figures = figures(&mut book, "Overview");
        let of = |name: &str, n: usize| &figures.get(name).unwrap_or_else(|| panic!("no {name} in {figures:#?}"))[n];
        let count = |name: &str, n: usize| number(of(name, n)).round() as i64;
        let figure = |path: &str| report.pointer(path).unwrap().as_i64().unwrap_or_else(|| panic!("{path}"));
        for (name, path) in [
            ("Total calls", "/calls/total"), ("Successful calls", "/calls/success"), ("Failed calls", "/calls/failed"),
            ("Error calls", "/calls/error"), ("In progress, in no figure yet", "/calls/in_progress"),
            ("Reached", "/customers/reached"), ("Called, not reached", "/customers/tried"),
            ("Not called yet", "/customers/never_dialled"), ("Customers", "/customers/total"),
            ("Blocks used", "/blocks"), ("Messages", "/bot_messages"), ("Goal met", "/funnel/goal"),
            ("Talked over 30 s", "/funnel/talked_30s"), ("Called", "/funnel/dialled"), ("Answered", "/funnel/reached"),
        ] {
            assert_eq!(count(name, 0), figure(path), "{name}");
        }
        for (name, path) in [
            ("Total call time", "/talk_time"), ("Dial time", "/dial_time"), ("Ring time without answer", "/ring_time_unanswered"),
        ] {
            assert_eq!(ms(of(name, 0)), figure(path), "{name}");
        }
        assert_eq!((number(of("Average time per call", 0)) * 1_000.0).round() as i64, figure("/average_talk_time"));
        for (name, path) in [("Total cost", "/cost"), ("Cost per reached customer", "/cost_per_reached")] {
            let money: Money = report.pointer(path).unwrap().as_str().unwrap().parse().unwrap();
            assert_eq!((number(of(name, 0)) * 1e6).round() as i64, money.0, "{name}");
        }
        for (name, rate) in [
            ("Answer rate (ASR)", "answer_rate"), ("Network effectiveness (NER)", "network_effectiveness"),
            ("Contact rate", "contact_rate"), ("Goal rate", "goal_rate"),
        ] {
            let (n, d) = (figure(&format!("/rates/{rate}/numerator")), figure(&format!("/rates/{rate}/denominator")));
            assert_eq!((count(name, 1), count(name, 2)), (n, d), "{name}");
            assert!((number(of(name, 0)) - n as f64 / d as f64).abs() < 1e-12, "{name}");
        }
        for code in report["by_code"].as_array().unwrap() {
            let label = if code["defined"] == true { code["label_en"].as_str().unwrap() } else { "Undeclared code" };
            assert_eq!(text(of(label, 0)), code["code"], "{code}");
            assert_eq!(count(label, 2), code["calls"].as_i64().unwrap(), "{code}");
        }
        for (k, attempt) in report["by_attempt"].as_array().unwrap().iter().enumerate() {
            let name = format!("Attempt {}", k + 1);
            for (n, field) in ["success", "failed", "error", "calls", "newly_reached", "blocks"].iter().enumerate() {
                assert_eq!(count(&name, n), attempt[field].as_i64().unwrap(), "{name} {field}");
            }
        }
        let overview = book.worksheet_range("Overview").unwrap();
        let trend: Vec<i64> = overview.rows()
            .skip_while(|row| row[0] != Data::String("Calls over time".to_owned())).skip(2)
            .map(|row| number(&row[4]).round() as i64).collect();
        let expected: Vec<i64> = report["trend"].as_array().unwrap().iter().map(|point| point["calls"].as_i64().unwrap()).collect();
        assert_eq!(trend, expected);
        let bins: i64 = overview.rows()
            .skip_while(|row| row[0] != Data::String("Call duration".to_owned())).skip(2).take(26)
            .map(|row| number(&row[1]).round() as i64).sum();
        assert_eq!(bins, figure("/calls/success"));
    }

    async fn a_filter_and_a_language_hold_for_the_workbook_too(at) {
        fill(at).await;
        for (query, expected) in [("?code=DY", 12), ("?class=failed&from=2026-11-04&to=2026-11-05", 4), ("?q=hoa%2011", 2), ("?code=ZZ", 0)] {
            let mut book = workbook(at, &format!("/api/v1/campaigns/tet/calls{query}"), "vi").await;
            assert_eq!(book.sheet_names(), ["Tổng quan", "Cuộc gọi"]);
            let rows = rows(&mut book, "Cuộc gọi");
            assert_eq!(rows.len(), expected, "{query}");
            let listed = at.get(&format!("/api/v1/campaigns/tet/calls{query}")).await.is(200).json();
            let ids: Vec<&str> = listed["calls"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap()).collect();
            assert_eq!(rows.iter().map(|row| text(&row["Mã cuộc gọi"])).collect::<Vec<_>>(), ids, "{query}");
            assert!(rows.iter().all(|row| row.contains_key("Thời lượng quay số")));
        }
        // The account's language, where none is asked for.
        let answer = Answer::of(at.api(Method::GET, "/api/v1/campaigns/tet/report?period=today").header("accept", XLSX)).await.is(200);
        let mut book = read(answer.bytes);
        assert_eq!(book.sheet_names(), ["Tổng quan", "Cuộc gọi"]);
        assert_eq!(rows(&mut book, "Cuộc gọi").len(), 0);
        for (path, field) in [("calls?limit=5", "limit"), ("calls?colour=red", "colour"), ("report?code=DY", "code")] {
            let request = at.api(Method::GET, &format!("/api/v1/campaigns/tet/{path}")).header("accept", XLSX);
            Answer::of(request).await.names(422, field);
        }
    }

    async fn the_calls_of_the_account_are_the_same_as_json_csv_and_workbook(at) {
        fill(at).await;
        let second = json!({"name": "Khảo sát", "voicebot": "bot"});
        at.put("/api/v1/campaigns/khao-sat", &second).await.is(201);
        let calls: Vec<Value> = (0..9_i64).map(|n| {
            let dialed = format!("2026-11-0{}T07:00:00.{n:03}+07:00", 4 + n % 3);
            let mut record = call(&format!("k-{n}"), &format!("kh-{n}"), &dialed, 5_000, (n % 2 == 0).then_some(n * 9_000 + 1), if n % 2 == 0 { "DY" } else { "NA" });
            record["campaign"] = json!("khao-sat");
            record
        }).collect();
        at.post("/api/v1/calls", &json!(calls)).await.is(200);
        for query in ["", "?from=2026-11-05&to=2026-11-06&class=success", "?voicebot=bot&code=DY&sort=-talk_time", "?contact=kh-3", "?hour=7"] {
            let listed = at.get(&format!("/api/v1/calls{query}{}limit=1000", if query.is_empty() { "?" } else { "&" })).await.is(200).json();
            let calls = listed["calls"].as_array().unwrap();
            assert_eq!(listed["total"], calls.len(), "{query}");
            assert!(listed.get("customers").is_none(), "each campaign has customers of its own");
            let campaigns: std::collections::BTreeSet<&str> = calls.iter().map(|call| call["campaign"].as_str().unwrap()).collect();
            assert_eq!(campaigns.len(), if query == "?hour=7" { 1 } else { 2 }, "{query}");

            let csv = at.api(Method::GET, &format!("/api/v1/calls{query}")).header("accept", "text/csv");
            let csv = Answer::of(csv).await.is(200);
            assert!(csv.header("content-disposition").contains("calls-2026-11-22.csv"));
            let mut reader = csv::Reader::from_reader(csv.bytes.strip_prefix("\u{feff}".as_bytes()).unwrap());
            let id = reader.headers().unwrap().iter().position(|name| name == "id").unwrap();
            let ids: Vec<String> = reader.records().map(|row| row.unwrap()[id].to_owned()).collect();
            assert_eq!(ids, calls.iter().map(|call| call["id"].as_str().unwrap()).collect::<Vec<_>>(), "{query}");

            let request = at.api(Method::GET, &format!("/api/v1/calls{query}")).header("accept", XLSX).header("accept-language", "en");
            let answer = Answer::of(request).await.is(200);
            assert!(answer.header("content-disposition").contains("calls-2026-11-22.xlsx"));
            let mut book = read(answer.bytes);
            assert_eq!(book.sheet_names(), ["Overview", "Calls"]);
            let rows = rows(&mut book, "Calls");
            assert_eq!(rows.len(), calls.len(), "{query}");
            for (row, call) in rows.iter().zip(calls) {
                assert_same(call, row);
            }
            // The figures before them are the sums of just these.
            let front = book.worksheet_range("Overview").unwrap();
            let figure = |name: &str| {
                let row = front.rows().find(|row| row[0] == name).unwrap_or_else(|| panic!("{name}"));
                row[1].clone()
            };
            let finished = calls.iter().filter(|call| call["class"].is_string());
            assert_eq!(number(&figure("Total calls")) as usize, finished.clone().count(), "{query}");
            let sum = |field: &str| calls.iter().map(|call| call[field].as_i64().unwrap()).sum::<i64>();
            assert_eq!(ms(&figure("Total call time")), sum("talk_time"), "{query}");
            assert_eq!(number(&figure("Blocks used")) as i64, sum("blocks"), "{query}");
            let cost: Money = calls.iter().map(|call| call["cost"].as_str().unwrap().parse::<Money>().unwrap()).sum();
            assert!((number(&figure("Total cost")) - cost.0 as f64 / 1_000_000.0).abs() < 1e-6, "{query}");
        }
        at.get("/api/v1/calls?voicebot=nobody").await.names(422, "voicebot");
        at.get("/api/v1/calls?cursor=x").await.names(422, "cursor");
        at.get("/api/v1/calls?campaign=tet").await.names(422, "campaign");
    }

    async fn a_text_of_a_workbook_can_never_become_a_formula(at) {
        at.stock().await;
        let name = format!("=1+1<script>\"&{}", "ệ".repeat(280));
        let campaign = json!({"name": name, "voicebot": "bot"});
        at.put("/api/v1/campaigns/tet", &campaign).await.is(200);
        let hostile = ["=1+1", "+84901234567", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://evil.example\")", "_x000D_", "<&>\"'", "https://evil.example", "1e5", "007"];
        let calls: Vec<Value> = hostile.iter().enumerate().map(|(n, text)| {
            let mut record = call(&format!("{n}"), &format!("kh-{n}"), "2026-11-04T09:00:00+07:00", 5_000, None, "NA");
            record["cause"] = json!(text);
            if !text.contains(['\t', '\r']) {
                record["contact"]["name"] = json!(text);
            }
            record
        }).collect();
        let answer = at.post("/api/v1/calls", &json!(calls)).await.is(200).json();
        assert_eq!(answer["accepted"], hostile.len(), "{answer}");
        let request = at.api(Method::GET, "/api/v1/campaigns/tet/calls").header("accept", XLSX).header("accept-language", "en");
        let bytes = Answer::of(request).await.is(200).bytes;
        let mut book = read(bytes.clone());
        assert!(book.worksheet_formula("Calls").unwrap().is_empty());
        assert!(book.worksheet_formula("Overview").unwrap().is_empty());
        assert_eq!(text(&book.worksheet_range("Overview").unwrap().rows().next().unwrap()[0]), name);
        let mut listed: Vec<_> = rows(&mut book, "Calls");
        listed.sort_by_key(|row| text(&row["Call id"]).parse::<usize>().unwrap());
        for (text_sent, row) in hostile.iter().zip(&listed) {
            // A line end of its own is one line end in XML.
            assert_eq!(text(&row["Cause"]).replace("_x000D_", "\r").replace('\n', "\r"), text_sent.trim().replace("_x000D_", "\r"), "{row:?}");
            if !text_sent.contains(['\t', '\r']) {
                assert_eq!(text(&row["Customer"]), *text_sent);
            }
        }
        // The cells are texts in the file itself, and stay so when edited: their format says text and quotes.
        let mut archive = zip_entries(&bytes);
        let sheet = archive.remove("xl/worksheets/sheet2.xml").unwrap();
        assert!(!sheet.contains("<f>") && !sheet.contains("<hyperlink"), "no formula and no link");
        assert!(archive["xl/styles.xml"].contains("quotePrefix=\"1\""));
    }

    async fn a_sheet_is_split_where_it_is_full(at) {
        fill(at).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("split.xlsx");
        let campaign = CampaignId::new("tet").unwrap();
        for (limit, sizes) in [(11, vec![10, 10, 10, 1]), (32, vec![31]), (31, vec![30, 1]), (16, vec![15, 15, 1])] {
            let asked = WorkbookQuery {
                limits: Limits { sheet_rows: limit, ..Limits::default() },
                ..WorkbookQuery::whole(campaign.clone(), Period::Whole, Language::En)
            };
            let progress = Arc::new(WorkbookProgress::default());
            let written = call_list::write(&at.server.db, &at.scope, &asked, Timestamp(NOW), &created(&file), &progress).await.unwrap().unwrap();
            assert_eq!((written.calls, written.agrees), (31, true));
            let mut book = read(std::fs::read(&file).unwrap());
            let mut expected = vec!["Overview".to_owned(), "Calls".to_owned()];
            expected.extend((2..=sizes.len()).map(|n| format!("Calls {n}")));
            assert_eq!(book.sheet_names(), expected, "{limit}");
            let found: Vec<_> = expected[1..].iter().map(|sheet| rows(&mut book, sheet)).collect();
            assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
            let ids: Vec<_> = found.iter().flatten().map(|row| text(&row["Call id"]).to_owned()).collect();
            let listed: Vec<_> = all_calls(at).await.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(ids, listed, "none is lost or repeated where a sheet ends");
        }
    }

    async fn the_mails_function_writes_the_whole_campaign(at) {
        fill(at).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mail.xlsx");
        let campaign = CampaignId::new("tet").unwrap();
        let made = call_list::write_campaign(&at.server.db, &at.scope, &campaign, Language::Vi, Timestamp(NOW), &created(&file)).await.unwrap();
        let (written, _, report) = made.unwrap();
        assert_eq!(written.bytes, std::fs::metadata(&file).unwrap().len());
        assert_eq!(report.calls.total + report.calls.in_progress, written.calls, "the figures are those of its calls");
        assert_eq!(rows(&mut read(std::fs::read(&file).unwrap()), "Cuộc gọi").len(), 31);
        let nowhere = CampaignId::new("nowhere").unwrap();
        let readable = std::fs::File::open(&file).unwrap();
        let none = call_list::write_campaign(&at.server.db, &at.scope, &nowhere, Language::Vi, Timestamp(NOW), &created(&file)).await.unwrap();
        assert_eq!(none, None);
        call_list::write_campaign(&at.server.db, &at.scope, &campaign, Language::Vi, Timestamp(NOW), &readable).await.unwrap_err();
    }

    async fn a_viewers_files_mask_the_numbers_and_an_export_is_its_owners_alone(at) {
        fill(at).await;
        let mut cookies = Vec::new();
        for role in [Role::Viewer, Role::Manager] {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            cookies.push(at.sign_in(&email).await);
        }
        for (cookie, masked) in cookies.iter().zip([true, false]) {
            for path in ["/campaigns/tet/calls.xlsx", "/campaigns/tet/report.xlsx"] {
                let answer = Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html")).await.is(200);
                let mut book = read(answer.bytes);
                let phones: Vec<_> = rows(&mut book, "Cuộc gọi").iter().map(|row| text(&row["Số điện thoại"]).to_owned()).collect();
                assert_eq!(phones.len(), 31);
                assert!(phones.iter().all(|phone| phone.contains("•••") == masked), "{phones:?}");
            }
        }
        // A script always gets an export, which only who began it finds.
        let begin = at.signed(Method::GET, "/campaigns/tet/calls.xlsx?code=DY", &cookies[0]).header("accept", "application/json");
        let export = Answer::of(begin).await.is(202).json();
        let address = export["address"].as_str().unwrap().to_owned();
        assert!(export["title"].as_str().unwrap().contains("12 cuộc gọi"), "{export}");
        let waits = Answer::of(at.signed(Method::GET, &address, &cookies[0])).await.is(200).json();
        assert_eq!((&waits["state"], &waits["percent"]), (&json!("running"), &json!(0)), "{waits}");
        assert_eq!(at.build_exports().await, 1);
        let shown = Answer::of(at.signed(Method::GET, &address, &cookies[0])).await.is(200).json();
        assert_eq!((&shown["state"], &shown["percent"]), (&json!("ready"), &json!(100)), "{shown}");
        assert!(shown["note"].as_str().unwrap().contains("12 dòng"), "{shown}");
        let file = shown["step"][0].as_str().unwrap();
        let answer = Answer::of(at.signed(Method::GET, file, &cookies[0])).await.is(200);
        assert!(answer.header("content-disposition").contains("tet-2026-11-22.xlsx"));
        let phones = rows(&mut read(answer.bytes), "Cuộc gọi");
        assert!(phones.len() == 12 && phones.iter().all(|row| text(&row["Số điện thoại"]).contains("•••")));
        let page = Answer::of(at.signed(Method::GET, &address, &cookies[0]).header("accept", "text/html")).await.is(200).text();
        assert!(page.contains("Tệp đã sẵn sàng") && page.contains(file) && !page.contains("http-equiv"), "{page}");
        for path in [address.as_str(), file] {
            Answer::of(at.signed(Method::GET, path, &cookies[1])).await.is_problem(404);
            Answer::of(at.bare(Method::GET, path)).await.is(401);
        }
        Answer::of(at.signed(Method::GET, "/exports/nothing", &cookies[0])).await.is_problem(404);
        at.pass(store::exports::KEPT_MS);
        Answer::of(at.signed(Method::GET, file, &cookies[0])).await.is_problem(404);
    }

    async fn calls_that_come_in_between_two_snapshots_are_said(at) {
        fill(at).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("moved.xlsx");
        let asked = WorkbookQuery::whole(CampaignId::new("tet").unwrap(), Period::Whole, Language::En);
        let limits = Limits { slice: 1, snapshot: std::time::Duration::ZERO, ..Limits::default() };
        let asked = WorkbookQuery { limits, ..asked };
        let write = async || {
            call_list::write(&at.server.db, &at.scope, &asked, Timestamp(NOW), &created(&file), &Arc::new(WorkbookProgress::default())).await.unwrap().unwrap()
        };
        // Unchanged, any number of snapshots agree.
        assert!(write().await.agrees);
        assert!(!book_text(&file).contains("Export again"));
        // While calls come in, the file either agrees with itself or says that it does not.
        for round in 0..3 {
            let more = async {
                for n in 0..20 {
                    let record = call(&format!("more-{round}-{n}"), "kh-1", "2026-11-20T09:00:00+07:00", 5_000, Some(1_000), "DY");
                    at.post("/api/v1/calls", &json!([record])).await.is(200);
                }
            };
            let (written, ()) = tokio::join!(write(), more);
            let mut book = read(std::fs::read(&file).unwrap());
            let listed = rows(&mut book, "Calls").len();
            let figures = figures(&mut book, "Overview");
            let counted = ["Total calls", "In progress, in no figure yet"].map(|name| number(&figures[name][0]).round() as usize);
            assert_eq!(written.calls as usize, listed);
            assert_eq!(written.agrees, listed == counted.iter().sum::<usize>(), "{written:?} {counted:?}");
            assert_eq!(written.agrees, !book_text(&file).contains("Export again"));
        }
    }
}

/// All texts of a file's overview.
fn book_text(file: &std::path::Path) -> String {
    let mut book = read(std::fs::read(file).unwrap());
    let range = book.worksheet_range("Overview").unwrap();
    range.rows().flatten().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The texts inside a workbook by their names.
fn zip_entries(bytes: &[u8]) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.zip");
    std::fs::write(&file, bytes).unwrap();
    let script = "import zipfile,json,sys;z=zipfile.ZipFile(sys.argv[1]);print(json.dumps({n:z.read(n).decode('utf8') for n in z.namelist()}))";
    let output = std::process::Command::new("python3").args(["-c", script]).arg(&file).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
