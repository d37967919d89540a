//! Texts of an account that would be markup, headers, formulas or lines of a log if anybody let them, in every field that a
//! sender fills; then everything that can be read, by the router's own list: they are text everywhere.

use std::{
    collections::BTreeSet,
    io::{Cursor, Write},
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use calamine::{Data, Reader, Xlsx};
use domain::{Role, text::one_line};
use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    harness::{Answer, Harness, PASSWORD, account, both_engines, call, user, wav},
    mail::{MailServer, header, send_due},
    operator::mark,
    strangers::{READING, call_function},
    text_columns,
};

/// Each tries to get out of another place: element, attribute, comment and script; header and encoded word; cell; line. What
/// would be seen if it got out is an element `ring-x`, an attribute `onring`, a header or a formula.
const TEXTS: [&str; 6] = [
    "=</title></textarea></script></style></noscript>--><ring-x onring=1>",
    "+\"'`> onring=1 x=\"' onring=1><ring-x>",
    "-<!--<script>ring-x</script><meta http-equiv=refresh content=0;url=//ring-x>",
    "=?utf-8?q?=3Cring-x=3E=0D=0ABcc:ring-x=40ring.example?=",
    "@\u{202e}<ring-x>\u{200b}\u{2066}\u{2028}\u{2029}\u{feff}ring-x",
    "\t=ring-x\r\nBcc: ring-x@ring.example\r\n\r\n<ring-x>",
];

/// What broke out, all of it: one run tells everything that is to be mended.
static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn fault(what: String) {
    FAULTS.lock().unwrap_or_else(PoisonError::into_inner).push(what);
}

/// Notes what does not hold.
macro_rules! holds {
    ($condition:expr, $($what:tt)+) => {
        if !$condition {
            fault(format!($($what)+));
        }
    };
}

/// The text of a field that takes no control characters.
fn on_a_line(text: &str) -> String {
    text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A webhook for each text, of an agent that is named by it, and one that cannot be read.
async fn send_webhooks(at: &Harness) {
    let path = crate::hooks::add_hook(&at.server.db, &at.scope, domain::HookSource::Retell, None).await;
    for text in TEXTS {
        let id = on_a_line(text);
        let begun = json!({"event": "call_started", "call": {"call_id": id, "agent_id": id, "agent_name": text,
            "call_status": "ongoing"}});
        let unread = json!({"event": text, "call": {"call_id": id, "start_timestamp": text}});
        for body in [begun, unread] {
            Answer::of(at.bare(Method::POST, &path).body(body.to_string())).await.is(200);
        }
    }
    assert_eq!(at.run_due(<store::jobs::ReadHooks as store::jobs::Payload>::KIND).await, 1);
}

/// For each text a campaign, a voicebot, a customer, a call with a recording and a result code that are all named by it;
/// every second code is declared.
async fn fill(at: &Harness) {
    at.stock().await;
    for (n, text) in TEXTS.into_iter().enumerate() {
        let id = on_a_line(text);
        let path = |what: &str| format!("/api/v1/{what}/{}", encoded(&id));
        if id != text {
            at.put(&path("voicebots"), &json!({"name": format!("a{text}")})).await.is(422);
        }
        at.put(&path("voicebots"), &json!({"name": id})).await.is(201);
        let campaign = json!({"name": id, "voicebot": id, "report_emails": ["a@ring.example"]});
        at.put(&path("campaigns"), &campaign).await.is(201);
        if n % 2 == 0 {
            let labels = json!({"label_vi": id, "label_en": id, "is_goal": true});
            at.put(&path("result-codes"), &labels).await.is(201);
        }
        let phone: String = id.chars().take(64).collect();
        let mut attributes = json!({text: format!("{text}\0")});
        if n < 3 {
            let labels = json!({"label_vi": id, "label_en": id});
            at.put(&path("dimensions"), &labels).await.is(201);
            attributes[id.trim()] = json!(text);
        }
        let contact = json!({"id": id, "phone": phone, "name": text, "attributes": attributes});
        let listed = at.post(&format!("{}/contacts", path("campaigns")), &json!([contact])).await.is(200).json();
        assert_eq!(listed["accepted"], 1, "{listed}");
        let mut record = call(&id, "kh-1", "2026-11-22T09:00:00+07:00", 5_000, Some(31_000), &id);
        record["campaign"] = json!(id);
        record["contact"] = json!({"id": id, "phone": phone, "name": text});
        record["cause"] = json!(text);
        record["recording_url"] = json!(format!("https://pbx.example/{text}"));
        let long = format!("{}{text}", "ộ".repeat(9_900));
        record["transcript"] = json!([
            {"at": 0, "speaker": "bot", "text": format!("{text}\0")},
            {"at": 9, "speaker": "customer", "text": long},
        ]);
        record["attributes"] = attributes;
        let stored = at.post("/api/v1/calls", &json!([record])).await.is(200).json();
        assert_eq!(stored["accepted"], 1, "{stored}");
        let noted = at.post(&format!("{}/notes", path("calls")), &json!({"text": one_line(text)})).await;
        assert_eq!(noted.status, 201, "{}", noted.text());
        let upload = at.api(Method::PUT, &format!("{}/recording", path("calls"))).header("content-type", "audio/wav");
        Answer::of(upload.body(wav(1))).await.is(201);
    }
}

/// The operator, and an account with its settings, of which all that can be said is the first of the texts.
async fn fill_settings(at: &Harness, owner: &str) -> String {
    let text = TEXTS[0];
    let [id, name] = [on_a_line(text), one_line(text)];
    at.put("/api/v1/account", &json!({"name": name})).await.is(200);
    let redials = json!([{"code": id, "times": 2, "pause_minutes": 5}]);
    let campaign =
        json!({"name": id, "voicebot": id, "report_emails": ["a@ring.example"], "plan": {"redials": redials}});
    at.put(&format!("/api/v1/campaigns/{}", encoded(&id)), &campaign).await.is(200);
    at.put("/api/v1/result-words", &json!({"words": {(text): "NA"}})).await.is(200);
    at.put("/api/v1/sign-in", &json!({"groups": {(name.clone()): "viewer"}})).await.is(200);
    let token = json!({"name": name, "scopes": ["read", "write", "manage"]});
    let token = at.post("/api/v1/tokens", &token).await.is(201).json()["token"].as_str().unwrap().to_owned();
    // What it does is told of it.
    let noted = at.bare(Method::POST, &format!("/api/v1/calls/{}/notes", encoded(&id))).bearer_auth(&token);
    Answer::of(noted.header("content-type", "application/json").body(json!({"text": name}).to_string())).await.is(201);
    let by_it = at.bare(Method::PUT, "/api/v1/voicebots/by-it").bearer_auth(token);
    Answer::of(by_it.header("content-type", "application/json").body(json!({"name": name}).to_string())).await.is(201);
    let mapping = format!(
        "source = \"ring-x\"\n[columns]\nid = \"id\"\nphone = {}\ndialed_at = \"d\"\nresult = \"r\"\n",
        json!(id)
    );
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let answer = Answer::of(at.form(path, fields).header("cookie", owner).header("accept", "text/html")).await;
        assert!(answer.status.is_redirection(), "{path}: {} {}", answer.status, answer.text());
    };
    send("/settings/sign-in/name", &[("name", &name), ("seen", "")]).await;
    send("/hooks", &[("source", "generic"), ("name", &name)]).await;
    send("/notes", &[("day", "2026-11-22"), ("text", &name)]).await;
    send(&format!("/campaigns/{}/notes", encoded(&id)), &[("day", "2026-11-22"), ("text", &name)]).await;
    let searched = format!("/search?q={}", encoded(text));
    for whose in ["own", "account"] {
        send("/settings/views/add", &[("address", &searched), ("name", &name), ("whose", whose)]).await;
    }
    let mut conn = at.server.db.read().await.unwrap();
    let hook = store::hooks::list(&mut conn, &at.scope).await.unwrap().last().unwrap().key;
    drop(conn);
    send(&format!("/hooks/{hook}/mapping"), &[("mapping", &mapping)]).await;
    let credential = [("vendor", "basic"), ("host", "rec.ring.example"), ("user", &name), ("secret", "x")];
    send("/hooks/credentials", &credential).await;

    // One more browser of the owner's, which the page of signing in names.
    let fields = [("email", "chu@cty.vn"), ("password", PASSWORD), ("keep", "true")];
    let signed = at.form("/sign-in", &fields).header("user-agent", text).send().await.unwrap();
    assert_eq!(signed.status(), 303);
    let (home, _) = account(&at.server.db, &format!("{name} 2")).await;
    user(&at.server.db, &home, "van-hanh@ring.example", Role::Viewer).await;
    mark(at, "van-hanh@ring.example").await;
    let operator = at.sign_in("van-hanh@ring.example").await;
    let enter = format!("/operator/accounts/{}/enter", at.scope.account());
    let reason = format!("Hỗ trợ khách: {text}");
    let entered = at.form(&enter, &[("reason", &reason), ("role", "viewer")]).header("cookie", &operator);
    assert_eq!(Answer::of(entered).await.status, 303);
    at.sign_in("van-hanh@ring.example").await
}

/// What only who runs the service opens.
async fn read_as_operator(at: &Harness, operator: &str, opened: &mut BTreeSet<String>) {
    let account = format!("/operator/accounts/{}", at.scope.account());
    for path in ["/operator", "/operator/invoices.csv", &account, "/accounts", "/settings/sign-in"] {
        let answer = open(at, path, operator).await;
        holds!(answer.status == 200, "{path}: {}", answer.status);
        holds!(answer.text().contains("ring-x") || path == "/settings/sign-in", "{path} shows no text");
        inert_answer(&answer, path);
        opened.insert(path.to_owned());
    }
}

fn string(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// What a page says.
#[derive(Debug, Default)]
struct Said {
    title: String,
    text: String,
}

/// Reads HTML as a browser's tokenizer does: nothing of a text has become an element, an attribute, a script or a style.
fn inert(html: &str, from: &str) -> Said {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut said = Said::default();
    let mut within = String::new();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        match token.unwrap() {
            Token::StartTag(tag) => {
                within = string(&tag.name);
                holds!(!within.contains("ring-x"), "{from} has an element {within}");
                for (name, value) in &tag.attributes {
                    let (name, value) = (string(name), string(&value.value));
                    holds!(
                        !name.contains("onring") && !name.contains("ring-x"),
                        "{from} has an attribute {name} of {within}"
                    );
                    holds!(!value.trim().to_ascii_lowercase().starts_with("javascript:"), "{from}: {name}={value}");
                    let acts = name.starts_with("on") || ["style", "http-equiv", "srcdoc"].contains(&name.as_str());
                    holds!(!(acts && value.contains("ring-x")), "{from}: {name}={value}");
                    holds!(within != "meta" || !value.contains("ring-x"), "{from}: {name}={value}");
                }
            }
            Token::EndTag(_) => within.clear(),
            Token::String(text) => {
                let text = string(&text.value);
                match within.as_str() {
                    "title" => said.title.push_str(&text),
                    "script" => {
                        let code = outside_of_strings(&text);
                        holds!(!code.contains("ring-x"), "{from} has a script {code}");
                    }
                    "style" => holds!(!text.contains("ring-x"), "{from} has a style {text}"),
                    _ => said.text.push_str(&text),
                }
            }
            Token::Comment(text) => holds!(!string(&text.value).contains("ring-x"), "{from} has a comment"),
            Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    said
}

/// A script without what stands between its quotes.
fn outside_of_strings(script: &str) -> String {
    let (mut quote, mut code, mut rest) = (None, String::new(), script.chars());
    while let Some(c) = rest.next() {
        match quote {
            Some(_) if c == '\\' => drop(rest.next()),
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if ['"', '\'', '`'].contains(&c) => quote = Some(c),
            None => code.push(c),
        }
    }
    code
}

/// Every HTML within the answer of a server function.
fn inert_parts(value: &Value, from: &str) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(html) if ["html", "chooser"].contains(&name.as_str()) => drop(inert(html, from)),
                    _ => inert_parts(value, from),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| inert_parts(value, from)),
        _ => {}
    }
}

/// No cell is a formula, and what holds a text is one.
fn inert_workbook(bytes: Vec<u8>, from: &str) {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).unwrap();
        let found: Vec<_> = formulas.used_cells().filter(|(_, _, formula)| formula.contains("ring")).collect();
        holds!(found.is_empty(), "{from} has formulas: {found:?}");
        let cells = book.worksheet_range(&sheet).unwrap();
        for (row, column, cell) in cells.used_cells().filter(|(_, _, cell)| cell.to_string().contains("ring-x")) {
            holds!(matches!(cell, Data::String(_)), "{from} {sheet} {row} {column}: {cell:?}");
        }
    }
}

/// No cell begins a formula.
fn inert_csv(text: &str, from: &str) {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for row in reader.records() {
        // Each line has the cells of the first one: none was broken in two.
        for cell in &row.unwrap_or_else(|error| csv::StringRecord::from(vec![format!("=broken: {error}")])) {
            let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
            holds!(!begins || cell.parse::<f64>().is_ok(), "{from}: {cell:?}");
        }
    }
}

/// An answer, whatever it is of; gives what a page says.
fn inert_answer(answer: &Answer, from: &str) -> Said {
    holds!(!answer.status.is_server_error(), "{from}: {} {}", answer.status, answer.text());
    holds!(answer.header("x-content-type-options") == "nosniff", "{from} may be taken for something else");
    for (name, value) in &answer.headers {
        // Where one goes next is written in ASCII, percent-encoded; no header holds a name as it is.
        let value = String::from_utf8_lossy(value.as_bytes());
        holds!(
            value.is_ascii() && !name.as_str().contains("bcc") && !value.contains("<ring"),
            "{from}: {name}: {value}"
        );
    }
    let media = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
    match media.as_str() {
        "text/html" => return inert(&answer.text(), from),
        "text/csv" => inert_csv(&answer.text(), from),
        "application/json" if from.contains("/fn/") => inert_parts(&answer.json(), from),
        "application/json" | "application/problem+json" => drop(answer.json()),
        media if media.contains("spreadsheetml") => inert_workbook(answer.bytes.clone(), from),
        // Nothing that a browser takes for anything else.
        "" | "text/plain" | "audio/wav" => {}
        other => fault(format!("{from} is {other}: say here how it is read")),
    }
    Said::default()
}

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// What the program would write to its log.
struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on [`logged`] knows what is logged.
pub fn listen_to_the_log() {
    let filter: Targets = "server=debug,app=debug,store=debug".parse().unwrap();
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Lines);
    // The other tests of this process write to it, too.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// The lines of the log.
pub fn logged() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

/// Whether an address is one of a route: `/campaigns/{id}` is any two parts of which the first is `campaigns`.
fn is_of(route: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    route.len() == path.len() && route.iter().zip(path).all(|(of, part)| of.starts_with('{') || *of == part)
}

/// Where the route of a reader leads for what is named by this text; none where it is opened apart, or shows no text.
fn addresses(route: &str, text: &str) -> Vec<String> {
    let id = encoded(&on_a_line(text));
    let query = [("q", text), ("code", text), ("contact", text), ("voicebot", text), ("from", text), ("email", text)];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    match route {
        // Exports and mails have keys: what is opened of them is found elsewhere. A workbook behind a link is the one that other
        // mails bring, and the metrics are the operator's, behind a token of their own.
        "/exports/{key}" | "/exports/{key}/file" | "/metrics" => vec![],
        // Imports and mappings are opened apart: they have keys, too.
        _ if route.contains("/import") || route.contains("/mappings") => vec![],
        _ if route.starts_with("/mail/") || route.contains("{mailing}") => vec![],
        "/settings/{part}" => {
            let parts = [
                "account",
                "codes",
                "people",
                "tokens",
                "tariffs",
                "voicebots",
                "dimensions",
                "campaigns",
                "recipients",
                "sign-in",
                "views",
                "log",
            ];
            let parts = parts.map(|part| format!("/settings/{part}?{query}"));
            parts.into_iter().chain([format!("/settings/campaigns?open={id}")]).collect()
        }
        "/language/{tag}" | "/theme/{name}" => {
            let value = if route.starts_with("/theme") { "dark" } else { "vi" };
            vec![format!("{}?to={}", route.replace("{tag}", value).replace("{name}", value), encoded(text))]
        }
        _ if route.ends_with("/live") => vec![route.replace("{id}", &id)],
        "/campaigns/{id}/calls" => {
            vec![format!("/campaigns/{id}/calls?open={id}"), format!("/campaigns/{id}/calls?{query}")]
        }
        "/calls" => vec!["/calls".to_owned(), format!("/calls?open={id}&code={id}"), format!("/calls?{query}")],
        _ => {
            let path = route.replace("{id}", &id);
            holds!(!path.contains('{'), "{route}: say here what its parameters are");
            vec![path.clone(), format!("{path}?{query}")]
        }
    }
}

async fn open(at: &Harness, path: &str, cookie: &str) -> Answer {
    let request =
        if path.starts_with("/api/") { at.api(Method::GET, path) } else { at.signed(Method::GET, path, cookie) };
    Answer::of(request.header("accept", "text/html,*/*")).await
}

/// Brings in a table in which everything is this text, and reads what is shown of it.
async fn import_and_read(at: &Harness, text: &str, cookie: &str, opened: &mut BTreeSet<String>) {
    let cell = format!("\"{}\"", text.replace('"', "\"\""));
    let file = format!(
        "Số điện thoại,Ngày gọi,Kết quả,Khách hàng,Mã cuộc gọi,{cell}\n0901234567,2026-11-05 09:00:00,Máy bận,{cell},{cell},{cell}\n\
         {cell},{cell},{cell},{cell},{cell},{cell}\n"
    );
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs([("name", text), ("check", "true")]).finish();
    let answer = Answer::of(at.api(Method::POST, &format!("/api/v1/import?{query}")).body(file)).await;
    holds!(answer.status == 202, "{}", answer.text());
    let key = answer.json()["id"].clone();
    let mapping = "[columns]\nphone = \"a\"\ndialed_at = \"b\"\nresult = \"c\"\n";
    let kept = at.api(Method::PUT, &format!("/api/v1/mappings/{}", encoded(&on_a_line(text)))).body(mapping);
    inert_answer(&Answer::of(kept).await, "/api/v1/mappings/…");
    at.run_due("check_import").await;
    let mut paths = vec![
        "/import".to_owned(),
        format!("/import/{key}"),
        format!("/fn/imports?key={key}&query="),
        format!("/api/v1/imports/{key}"),
        "/api/v1/imports".to_owned(),
        "/api/v1/mappings".to_owned(),
    ];
    for path in &paths {
        inert_answer(&open(at, path, cookie).await, path);
        opened.insert(path.clone());
    }
    let fields = [("new", text), ("mapping_name", text)];
    let stored = at.form(&format!("/import/{key}/store"), &fields).header("cookie", cookie);
    inert_answer(&Answer::of(stored).await, "/import/…/store");
    at.run_due("store_import").await;
    paths.truncate(4);
    paths.extend([format!("/import/{key}/report"), format!("/api/v1/imports/{key}/report")]);
    for path in paths {
        inert_answer(&open(at, &path, cookie).await, &path);
        opened.insert(path);
    }
}

/// The first event of a stream without an end: each of its lines is a field of the protocol.
async fn inert_stream(at: &Harness, path: &str, cookie: &str) {
    let mut stream = at.signed(Method::GET, path, cookie).send().await.unwrap();
    holds!(stream.status() == 200, "{path}: {}", stream.status());
    let event = String::from_utf8(stream.chunk().await.unwrap().unwrap_or_default().to_vec()).unwrap();
    for line in event.lines().filter(|line| !line.is_empty()) {
        holds!(["event:", "data:", "id:", "retry:", ":"].iter().any(|field| line.starts_with(field)), "{path}: {line}");
    }
}

/// A mail has one subject, which says what the letter says, and no header that a name has made.
fn inert_mail(mail: &Value, name: &str) {
    let subject = header(mail, "Subject");
    holds!(subject.starts_with(&format!("Báo cáo: {name} – ")), "{subject:?} of {name:?}");
    holds!(header(mail, "Bcc").is_empty() && mail["to"].as_array().unwrap().len() == 1, "a header of {name:?}");
    holds!(
        mail["raw"].as_str().unwrap().lines().all(|line| line.len() <= 78 || !line.starts_with("Subject")),
        "a long subject of {name:?}"
    );
    let said = inert(mail["html"].as_str().unwrap(), name);
    holds!(said.text.contains(name), "the mail says {name}: {}", said.text);
    for file in mail["files"].as_array().unwrap() {
        let (file_name, data) = (file["name"].as_str().unwrap(), file["data"].as_str().unwrap());
        holds!(!file_name.contains(['<', '"', '/', '\\', '?', '\r', '\n', '\u{202e}']), "{file_name}");
        holds!(file_name.ends_with("-2026-11-22.xlsx"), "{file_name}");
        inert_workbook(STANDARD.decode(data).unwrap(), name);
    }
}

/// Completes each campaign, and reads its mail and the page behind the link to stop.
async fn complete_and_read_mails(at: &Harness, opened: &mut BTreeSet<String>) {
    let smtp = MailServer::start();
    let from = ("RINGSIDE_MAIL_FROM", "Báo cáo <baocao@ringside.example>");
    let sender = at.another(&[("RINGSIDE_SMTP_URL", &smtp.url()), from]).await;
    for text in TEXTS {
        let path = format!("/api/v1/campaigns/{}/complete", encoded(&on_a_line(text)));
        at.post(&path, &json!({})).await.is(200);
        while send_due(&sender.server).await > 0 {}
        let mails = smtp.mails();
        inert_mail(mails.last().unwrap(), &one_line(text));
        let stop = header(mails.last().unwrap(), "List-Unsubscribe").trim_matches(['<', '>']).to_owned();
        let stop = stop.trim_start_matches("http://127.0.0.1:3000").to_owned();
        let question = Answer::of(at.bare(Method::GET, &stop).header("accept", "text/html")).await.is(200);
        inert_answer(&question, &stop);
        opened.insert(stop);
    }
    assert_eq!(smtp.mails().len(), TEXTS.len());
    sender.server.db.close().await;
}

/// Forms that are refused show what was typed.
async fn refuse_forms(at: &Harness, text: &str, cookie: &str) {
    let name = one_line(text);
    let id = on_a_line(text);
    let long = format!("{text}{}", "a".repeat(400));
    let campaign = format!("/campaigns/{}", encoded(&id));
    let declared = [("code", text), ("label_vi", &long), ("label_en", text), ("to", text)];
    let emails = [("emails", text), ("of", "campaign")];
    for (form, fields) in [("result-codes", &declared[..]), ("recipients", &emails[..])] {
        let request = at.form(&format!("{campaign}/{form}"), fields).header("cookie", cookie);
        let answer = Answer::of(request.header("accept", "text/html")).await;
        holds!(answer.status == 422, "{form} of {name:?}: {}", answer.status);
        let said = inert_answer(&answer, form);
        holds!(!said.text.is_empty(), "{form} shows nothing");
    }
    let wrong = at.post_form("/sign-in", &[("email", text), ("password", text), ("to", text)]).await;
    inert_answer(&wrong, "signing in");
    if wrong.status.is_redirection() {
        inert_answer(&open(at, wrong.header("location"), "").await, "signing in");
    }
}

both_engines! {
    async fn texts_of_others_are_text_wherever_they_are_read(at) {
        listen_to_the_log();
        fill(at).await;
        send_webhooks(at).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let operator = fill_settings(at, &cookie).await;
        let mut opened = BTreeSet::new();
        read_as_operator(at, &operator, &mut opened).await;

        // Mails first: the pages then show what was sent.
        complete_and_read_mails(at, &mut opened).await;

        let routes: Vec<_> = server::router::list().into_iter().filter(|(method, _)| *method == Method::GET).collect();
        for text in TEXTS {
            let name = one_line(text);
            // What was said is found by itself, and shown; one has more words than are looked for (`domain::limits::SAID_WORDS`).
            let found = open(at, &format!("/search?q={}", encoded(text)), &cookie).await;
            inert_answer(&found, "/search");
            holds!((found.status == 422 && text.starts_with("-<!--")) || found.text().contains("<mark>"), "/search does not find {text:?}: {}", found.status);
            for (_, route) in routes.iter().filter(|(_, route)| !route.starts_with("/fn/")) {
                for path in addresses(route, text) {
                    if path.ends_with("/live") {
                        inert_stream(at, &path, &cookie).await;
                    } else {
                        let answer = open(at, &path, &cookie).await;
                        let said = inert_answer(&answer, &path);
                        if route == "/campaigns/{id}" && answer.status == 200 {
                            holds!(said.title == format!("{name} · Ringside"), "{path} is titled {:?}", said.title);
                            holds!(said.text.contains(&name), "{path} does not say {name:?}");
                        }
                        if route == "/campaigns/{id}/customers" && answer.status == 200 {
                            holds!(said.text.contains(&name), "{path} does not say {name:?}");
                        }
                        // Mails that were sent, with their texts alone.
                        let links = answer.text();
                        let links = links.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
                        for link in links.filter(|link| is_of("/campaigns/{id}/mail/{mailing}/{no}", link)) {
                            if opened.insert(link.to_owned()) {
                                inert_answer(&open(at, link, &cookie).await, link);
                                inert_answer(&open(at, &format!("{link}?text"), &cookie).await, link);
                            }
                        }
                    }
                    opened.insert(path);
                }
            }
            let id = on_a_line(text);
            for (path, arguments) in READING.into_iter().chain([("/fn/jobs", &[][..]), ("/fn/hooks", &[][..]), ("/fn/settings", &[("part", "campaigns")][..]), ("/fn/compare", &[("query", "by=day")][..])]) {
                let own = |value| match value {
                    "tet" | "c-1" => id.as_str(),
                    other => other,
                };
                let arguments: Vec<_> = arguments.iter().map(|(name, value)| (*name, own(value))).collect();
                let answer = call_function(at, path, &arguments, &cookie).await;
                holds!(answer.status == 200, "{path} of {name:?}: {}", answer.text());
                inert_answer(&answer, path);
                opened.insert(path.to_owned());
            }
            // A file that is made by a job.
            let begin = at.signed(Method::GET, &format!("/campaigns/{}/calls.xlsx", encoded(&id)), &cookie);
            let export = Answer::of(begin.header("accept", "application/json")).await;
            if export.status == 202 {
                at.build_exports().await;
                let address = export.json()["address"].as_str().unwrap().to_owned();
                for path in [address.clone(), format!("{address}/file")] {
                    let answer = open(at, &path, &cookie).await;
                    holds!(answer.status == 200, "{path}: {}", answer.status);
                    inert_answer(&answer, &path);
                    opened.insert(path);
                }
            }
            refuse_forms(at, text, &cookie).await;
            import_and_read(at, text, &cookie, &mut opened).await;
        }
        let unread: Vec<_> = routes
            .iter()
            .filter(|(_, route)| route != "/metrics" && !route.starts_with("/mail/workbook/"))
            .filter(|(_, route)| !opened.iter().any(|path| is_of(route, path)))
            .collect();
        holds!(unread.is_empty(), "nobody read {unread:?}");

        text_columns::are_all_filled(at).await;
        let log = String::from_utf8(LOG.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap();
        assert!(log.contains("was answered with"), "there is a log: {log}");
        let is_begin = |line: &str| line.starts_with("20") && line.chars().nth(10) == Some('T');
        let broken: Vec<_> = log.lines().filter(|line| !is_begin(line)).collect();
        holds!(broken.is_empty(), "lines of the log that a text has begun: {broken:?}");
        let faults = std::mem::take(&mut *FAULTS.lock().unwrap_or_else(PoisonError::into_inner));
        assert!(faults.is_empty(), "{} places:\n{}", faults.len(), faults.join("\n"));
    }
}
