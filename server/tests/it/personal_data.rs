//! Everything that a viewer can open, read for the digits of customers' numbers, and all that the API gives to a token that sees them
//! masked. The routes are those of the router's own list: a new page or file is read here, too.

use std::{collections::BTreeSet, io::Cursor};

use calamine::{Reader, Xlsx};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    every_address::Places,
    harness::{Answer, Harness, both_engines, call, wav},
    strangers::{PAGES, PAGES_OF_AN_ID, PUBLIC_API, READING, call_function},
};

/// Every number of [`fill`] as it is dialled within the country.
const NUMBERS: [&str; 8] =
    ["0912345207", "0987654321", "0933221144", "0977888999", "0966554433", "0944556677", "0955443322", OTHERS];
/// A number that no customer has, of which a customer speaks.
const OTHERS: &str = "0868102938";
/// The number that each call's texts hold. Nothing tells which one those of a customer without a number may hold.
const WRITTEN: [Option<&str>; 6] =
    [Some("0912345207"), Some("0987654321"), Some("0944556677"), Some("0977888999"), Some("0966554433"), None];
const CALLS: [&str; 6] = ["c-1", "c-2", "c-3", "c-4", "c-5", "c-6"];
/// A call whose id a switch made of the number, with a recording.
const TELLING: &str = "asterisk:1772417100000-966554433";
/// Where the CSV for people has the ids of calls.
const ID: usize = 23;
/// The sender's names of them.
const NAMES: [&str; 6] = ["Lan 2", "Hùng 0987654321", "Mai", "Tú", "Bình", "Đào"];

/// Customers without an id, with one, with their number for an id, and with an id and texts that hold it.
async fn fill(at: &Harness) {
    at.stock().await;
    let contacts = [
        json!({"phone": "0912345207"}),
        json!({"phone": "+84 987 654 321"}),
        json!({"id": "kh-1", "phone": "0944556677"}),
        json!({"id": "84977888999", "phone": "0977-888-999"}),
        json!({"id": "KH-0966554433", "phone": "0966554433"}),
        json!({"id": "0955443322"}),
    ];
    let listed = json!([{"id": "kh-1", "phone": "0933221144", "name": "Mai"}]);
    at.post("/api/v1/campaigns/tet/contacts", &listed).await.is(200);
    let calls = contacts.into_iter().zip(CALLS).zip(NAMES).enumerate().map(|(n, ((contact, id), name))| {
        let mut record = call(id, "kh", &format!("2026-11-22T0{n}:00:00+07:00"), 5_000, Some(31_000), "DY");
        record["contact"] = contact;
        record["contact"]["name"] = json!(name);
        if let Some(number) = WRITTEN[n] {
            record["cause"] = json!(format!("SIP/{number}"));
            record["recording_url"] = json!(format!("https://pbx.example/2026/{number}.wav"));
            record["transcript"] =
                json!([{"at": 0, "speaker": "customer", "text": format!("Alo, số của tôi là {number}")}]);
            record["attributes"] = json!({"số": number});
        } else {
            // The number of somebody else, in every text.
            record["cause"] = json!("hỏi vợ: 0868 102 938");
            record["recording_url"] = json!(format!("https://pbx.example/2026/84{}.wav", &OTHERS[1..]));
            let said = [
                format!("Alo em, gọi cho vợ tôi số {OTHERS} nhé"),
                "không tám sáu tám một không hai chín ba tám".to_owned(),
            ];
            record["transcript"] = json!(said.map(|text| json!({"at": 0, "speaker": "customer", "text": text})));
            record["attributes"] = json!({"số": OTHERS});
            record["contact"]["name"] = json!(format!("Đào (vợ {OTHERS})"));
        }
        record
    });
    let mut telling = call(TELLING, "kh", "2026-11-22T06:30:00+07:00", 5_000, Some(31_000), "DY");
    telling["contact"] = json!({"id": "KH-0966554433", "phone": "0966554433"});
    let calls: Vec<Value> = calls.chain([telling]).collect();
    let answer = at.post("/api/v1/calls", &json!(calls)).await.is(200).json();
    assert_eq!(answer["accepted"], 7, "{answer}");
    for call in ["c-1", TELLING] {
        let upload = at.api(Method::PUT, &format!("/api/v1/calls/{}/recording", encoded(call)));
        Answer::of(upload.header("content-type", "audio/wav").body(wav(1))).await.is(201);
    }
}

/// All that is written in an answer: of a workbook its cells, then the headers.
fn written(answer: &Answer) -> String {
    let mut text = if answer.header("content-type").contains("spreadsheetml") {
        let mut book = Xlsx::new(Cursor::new(answer.bytes.clone())).unwrap();
        let names = book.sheet_names();
        let sheets = names.iter().map(|name| format!("{name} {:?}", book.worksheet_range(name).unwrap()));
        sheets.collect::<Vec<_>>().join(" ")
    } else {
        answer.text()
    };
    for (name, value) in &answer.headers {
        text += &[" ", name.as_str(), ": ", &String::from_utf8_lossy(value.as_bytes())].concat();
    }
    text
}

/// No number stands in a text: not whole, however it is grouped, and not six digits in a row of it.
#[track_caller]
fn hides(text: &str, from: &str) {
    // Of pages of a hundred thousand characters, few are digits in a row.
    let runs = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 6).map(str::to_owned).collect()
    };
    let ungrouped = text.replace("%20", "").replace([' ', '+', '-', '.', '(', ')'], "");
    let (whole, parts) = (runs(&ungrouped), runs(text));
    for number in NUMBERS {
        assert!(!whole.iter().any(|run| run.contains(&number[1..])), "{from} has {number}: {text}");
        for at in 0..=number.len() - 6 {
            let digits = &number[at..at + 6];
            assert!(!parts.iter().any(|run| run.contains(digits)), "{from} has {digits} of {number}: {text}");
        }
    }
}

async fn open(at: &Harness, path: &str, cookie: &str) -> Answer {
    Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html,*/*")).await
}

/// The addresses within this server that a page leads to.
fn addresses(page: &str) -> BTreeSet<String> {
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.starts_with('/')).map(|href| href.replace("&amp;", "&")).collect()
}

fn encoded(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

async fn signed_in(at: &Harness, role: Role) -> String {
    let email = format!("{}@cty.vn", role.word());
    at.user(&email, role).await;
    at.sign_in(&email).await
}

/// The data rows of a CSV.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// What a viewer is answered who asks for a route: 200, unless it is said here.
fn of_viewers(path: &str) -> &'static [u16] {
    match path {
        "/" | "/language/{tag}" | "/theme/{name}" | "/oidc/signed-out" => &[302, 303],
        // Without a key, and without a link.
        "/first-start" | "/set-password" => &[410],
        // No provider is set, and no token of the operator's monitoring.
        "/oidc/start" | "/oidc/callback" | "/metrics"
        // For managers and owners.
        | "/import" | "/import/{key}" | "/import/{key}/report" | "/fn/imports" | "/settings/log.csv"
        | "/hooks" | "/fn/hooks" | "/jobs" | "/fn/jobs"
        // For operators.
        | "/operator" | "/operator/log" | "/operator/invoices.csv" | "/operator/accounts/{id}" => &[404],
        // One part is everybody's.
        "/settings/{part}" | "/fn/settings" => &[200, 404],
        _ => &[200],
    }
}

/// Why a route is not read for numbers.
fn left_out(path: &str) -> Option<&'static str> {
    match path {
        "/mail/workbook/{account}/{mailing}/{secret}" => {
            Some("who has the link of a mail has its list: whoever sets the recipients decides who gets whole numbers")
        }
        PUBLIC_API => Some("it says nothing of any account, and has examples of numbers"),
        _ => None,
    }
}

both_engines! {
    async fn a_viewer_finds_no_number_in_anything_that_can_be_opened(at) {
        fill(at).await;
        let cookie = signed_in(at, Role::Viewer).await;
        let mut found = BTreeSet::new();
        for path in PAGES_OF_AN_ID.into_iter().chain(PAGES) {
            let request = at.signed(Method::GET, path, &cookie).header("accept", "text/html,*/*");
            if path.ends_with("/live") {
                // A stream without an end: its first event.
                let mut stream = request.send().await.unwrap();
                let event = stream.chunk().await.unwrap().unwrap_or_default();
                hides(&String::from_utf8_lossy(&event), path);
                continue;
            }
            let answer = Answer::of(request).await;
            assert!(answer.status.is_success() || answer.status.is_redirection(), "{path}: {}", answer.status);
            let text = written(&answer);
            hides(&text, path);
            if answer.header("content-type").contains("html") {
                found.extend(addresses(&text));
            }
        }
        // What these lead to: each customer's calls, every filter, the files beside a list. Files of the site are nobody's.
        let left_out = ["/language/", "/theme/", "/campaigns/tet/live", "/live", "/pkg/", "/icons.", "/favicon"];
        for address in found.iter().filter(|address| left_out.iter().all(|start| !address.starts_with(start))) {
            hides(&written(&open(at, address, &cookie).await), address);
        }
        // A customer's attempts, and from there the customer over all campaigns and in the list of calls.
        let mut further = BTreeSet::new();
        for address in found.iter().filter(|address| address.contains("/customers?open=")) {
            further.extend(addresses(&open(at, address, &cookie).await.text()));
        }
        for kind in ["customers?customer=", "contact="] {
            let of_kind: Vec<&String> = further.iter().filter(|address| address.contains(kind)).collect();
            assert!(!of_kind.is_empty(), "{kind}: {further:?}");
            for address in of_kind {
                hides(&written(&open(at, address, &cookie).await.is(200)), address);
            }
        }
        for (path, arguments) in READING {
            hides(&written(&call_function(at, path, arguments, &cookie).await.is(200)), path);
        }
        for call in CALLS {
            let opened = call_function(at, "/fn/opened-call", &[("campaign", "tet"), ("call", call)], &cookie).await.is(200);
            hides(&written(&opened), call);
            let open = open(at, &format!("/campaigns/tet/calls?open={call}"), &cookie).await;
            hides(&written(&open), call);
        }
        // A file that is made by a job.
        let begin = at.signed(Method::GET, "/campaigns/tet/calls.xlsx?code=DY", &cookie).header("accept", "application/json");
        let export = Answer::of(begin).await.is(202).json();
        at.build_exports().await;
        let address = export["address"].as_str().unwrap();
        hides(&written(&open(at, address, &cookie).await), address);
        let file = open(at, &format!("{address}/file"), &cookie).await.is(200);
        assert!(written(&file).contains("•••"));
        hides(&written(&file), "the export");
    }

    async fn no_route_that_reads_shows_a_number_to_a_viewer_or_by_a_masked_token(at) {
        fill(at).await;
        let viewer = signed_in(at, Role::Viewer).await;
        let mut record = call("i", "kh-2", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY");
        record["contact"] = json!({"phone": NUMBERS[0], "name": format!("Lan {}", NUMBERS[0])});
        record["cause"] = json!(format!("SIP/{}", NUMBERS[0]));
        let places = Places::make(at, &viewer, &record).await;
        let made = json!({"name": "che", "scopes": ["read", "audio", "manage"], "masked": true});
        let token = at.post("/api/v1/tokens", &made).await.is(201).json()["token"].as_str().unwrap().to_owned();
        let (mut masked, mut wrong) = (BTreeSet::new(), Vec::new());
        for (method, path) in server::router::list() {
            if method != Method::GET || left_out(&path).is_some() {
                continue;
            }
            for (address, accept) in places.addresses(&path) {
                let by_program = path.starts_with("/api/");
                let request = if by_program {
                    at.bare(Method::GET, &address).bearer_auth(&token)
                } else {
                    at.signed(Method::GET, &address, &viewer)
                };
                let usual = if path.starts_with("/fn/") { "application/json" } else { "text/html,*/*" };
                let request = request.header("accept", accept.unwrap_or(usual));
                if path.ends_with("/live") {
                    // A stream without an end: its first event.
                    let mut stream = request.send().await.unwrap();
                    assert_eq!(stream.status(), 200, "{address}");
                    let event = stream.chunk().await.unwrap().unwrap_or_default();
                    hides(&String::from_utf8_lossy(&event), &address);
                    continue;
                }
                let answer = Answer::of(request).await;
                let expected = if by_program { &[200][..] } else { of_viewers(&path) };
                if !expected.contains(&answer.status.as_u16()) {
                    wrong.push(format!("{address}: {}", answer.status));
                }
                let text = written(&answer);
                hides(&text, &address);
                if path == "/api/v1/said" {
                    assert!(text.contains("\"found\":true"), "nothing was found: {address}");
                }
                if path == "/fn/said" || address == "/search?q=alo" {
                    assert!(text.contains("<mark>"), "nothing was found: {address}");
                }
                if text.contains("•••") {
                    masked.insert(path.clone());
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        // The walk would find none where nothing of customers is shown at all.
        assert!(masked.len() >= 20, "{masked:?}");
        // Whole, they are in what an owner and a token of whole numbers read of the same addresses.
        let whole = at.get("/api/v1/campaigns/tet/contacts").await.is(200);
        assert!(whole.text().contains(NUMBERS[0]));
    }

    async fn the_id_of_a_call_that_tells_a_number_has_a_stand_in_that_opens_it(at) {
        fill(at).await;
        let (viewer, manager) = (signed_in(at, Role::Viewer).await, signed_in(at, Role::Manager).await);
        let shown = rows(&open(at, "/campaigns/tet/calls.csv", &viewer).await.is(200).text());
        let hidden: Vec<&String> = shown.iter().map(|row| &row[ID]).filter(|id| id.starts_with("•••")).collect();
        assert_eq!((hidden.len(), shown.len()), (1, 7), "{shown:?}");
        let (id, path) = (hidden[0], format!("/calls/{}", encoded(hidden[0])));
        let played = open(at, &format!("{path}/recording"), &viewer).await.is(200);
        assert_eq!(played.bytes, wav(1));
        let file = open(at, &format!("{path}/recording?download"), &viewer).await.is(200);
        hides(&written(&file), "the file");
        open(at, &format!("{path}/peaks"), &viewer).await.is(200);
        let opened = call_function(at, "/fn/opened-call", &[("campaign", "tet"), ("call", id)], &viewer).await.is(200);
        hides(&written(&opened), "the opened call");
        // What its owner is told of it names the call; who sees numbers cannot name it so.
        let log = open(at, "/settings/log", &signed_in(at, Role::Owner).await).await.is(200).text();
        assert!(log.contains(TELLING), "{log}");
        assert_eq!(open(at, &format!("{path}/recording"), &manager).await.status, 404);
        let whole = rows(&open(at, "/campaigns/tet/calls.csv", &manager).await.is(200).text());
        assert!(whole.iter().any(|row| row[ID] == TELLING));
    }

    async fn an_id_that_may_not_be_shown_has_a_stand_in_that_filters(at) {
        fill(at).await;
        let cookie = signed_in(at, Role::Viewer).await;
        let customers = rows(&open(at, "/campaigns/tet/customers.csv", &cookie).await.is(200).text());
        let ids: BTreeSet<&str> = customers.iter().map(|row| row[0].as_str()).collect();
        assert_eq!((ids.len(), ids.contains("kh-1")), (6, true), "{ids:?}");
        for (id, name) in customers.iter().map(|row| (&row[0], &row[2])) {
            for list in ["/campaigns/tet/calls.csv", "/calls.csv"] {
                let calls = rows(&open(at, &format!("{list}?contact={}", encoded(id)), &cookie).await.is(200).text());
                let mut of: Vec<&String> = calls.iter().map(|row| &row[1]).collect();
                of.dedup();
                assert_eq!(of, [name], "{list} of {id}");
            }
            let page = open(at, &format!("/campaigns/tet/calls?contact={}", encoded(id)), &cookie).await.is(200).text();
            assert!(page.contains(name.as_str()), "{id}");
        }
    }

    async fn a_viewer_searches_by_names_and_by_whole_numbers(at) {
        fill(at).await;
        let (viewer, manager) = (signed_in(at, Role::Viewer).await, signed_in(at, Role::Manager).await);
        for (q, seen_by_viewer, seen_by_manager) in [
            ("345207", 0, 1),
            ("1234", 0, 1),
            ("091234520", 0, 1),
            ("654321", 0, 1),
            ("0912345207", 1, 1),
            ("+84 912 345 207", 1, 1),
            ("0987 654 321", 1, 1),
            ("lan 2", 1, 1),
            ("hung", 1, 1),
            ("an", 1, 1),
            ("dao", 1, 1),
        ] {
            for (cookie, count) in [(&viewer, seen_by_viewer), (&manager, seen_by_manager)] {
                for list in ["/campaigns/tet/customers.csv", "/campaigns/tet/calls.csv", "/calls.csv"] {
                    let found = rows(&open(at, &format!("{list}?q={}", encoded(q)), cookie).await.is(200).text());
                    assert_eq!(found.len(), count, "{q} in {list}: {found:?}");
                }
            }
        }
        // The number that a call dialled beside that of the list.
        for (q, count) in [("0944556677", 1), ("84944556677", 1), ("556677", 0)] {
            for list in ["/campaigns/tet/calls.csv", "/calls.csv"] {
                let found = rows(&open(at, &format!("{list}?q={q}"), &viewer).await.is(200).text());
                assert_eq!(found.len(), count, "{q} in {list}: {found:?}");
            }
        }
    }

    async fn programs_and_managers_see_everything_as_it_was_sent(at) {
        fill(at).await;
        let call = at.get("/api/v1/calls/c-2").await.is(200).json();
        let contact = json!({"id": "0987654321", "phone": "+84 987 654 321", "name": "Hùng 0987654321"});
        assert_eq!((&call["contact"], &call["attributes"]), (&contact, &json!({"số": "0987654321"})));
        let customers = at.get("/api/v1/campaigns/tet/contacts?q=0987").await.is(200).json();
        let fields: BTreeSet<&str> = customers["customers"][0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, BTreeSet::from(["id", "phone", "name", "standing", "attempts", "last_dialed_at", "calls", "cost", "latest"]));
        assert_eq!(customers["customers"][0]["id"], "0987654321");
        let manager = signed_in(at, Role::Manager).await;
        for path in ["/campaigns/tet/customers", "/campaigns/tet/customers.csv", "/campaigns/tet/calls.csv"] {
            let text = open(at, path, &manager).await.is(200).text();
            assert!(text.contains("0912345207") && text.contains("0987654321"), "{path}");
        }
    }
}
