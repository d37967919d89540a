//! Every address that is read, with all that it may be asked for: what the tests that try every one of them go by. A route that is new
//! is told here what its parameters are.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use store::jobs::{CheckImport, Payload, StoreImport, UndoImport};

use crate::{
    harness::{Answer, Harness},
    strangers::READING,
};

pub const CSV: &str = "text/csv";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The states that an import may be in; [`Places::make`] leaves one in each.
const STATES: [&str; 8] = ["checked", "checking", "done", "dropped", "failed", "storing", "undoing", "undone"];

/// What addresses lead to in an account whose campaign `tet` has a call `c-1` with a recording, of the customer `kh-1`.
pub struct Places {
    account: i64,
    /// One that is ready, and one that waits for its job; of whoever asks for them.
    exports: [String; 2],
    /// One in each state.
    imports: Vec<i64>,
    /// The campaign that runs, where there is one beside `tet`.
    running: Option<String>,
    mailing: i64,
    stop_secret: String,
    link_secret: String,
    invited: String,
    invitation: String,
    /// The words of the parts of the settings.
    parts: Vec<String>,
}

impl Places {
    /// Makes what is missing: `tet` is completed and its mail kept as sent, files are brought in that have calls like `record`, exports are
    /// asked for by `reader` (a cookie), and somebody is invited.
    pub async fn make(at: &Harness, reader: &str, record: &Value) -> Self {
        let (mailing, stop_secret, link_secret) = send_mail(at).await;
        let listed = at.get("/api/v1/campaigns?state=running").await.is(200).json();
        let running = listed["campaigns"][0]["id"].as_str().map(str::to_owned);
        let imports = bring_files(at, record).await;
        let ready = ask_for_export(at, reader, "").await;
        // Those of other accounts may wait, too.
        assert!(at.build_exports().await > 0);
        let exports = [ready, ask_for_export(at, reader, "?code=DY").await];
        let invited = format!("moi@{}.vn", at.scope.account());
        let somebody = json!({"email": invited, "role": "viewer", "link": true});
        let answer = at.post("/api/v1/people", &somebody).await.is(201).json();
        let (_, invitation) = answer["link"].as_str().unwrap().split_once("link=").unwrap();
        Self {
            account: at.scope.account(),
            exports,
            imports,
            running,
            mailing,
            stop_secret,
            link_secret,
            invited,
            invitation: invitation.to_owned(),
            parts: app::settings::parts().map(str::to_owned).collect(),
        }
    }

    /// The address of somebody who was invited and has not come yet.
    pub fn invited(&self) -> &str {
        &self.invited
    }

    /// What a route is asked for: addresses, each with the kind of answer that is wanted where there are several.
    pub fn addresses(&self, path: &str) -> Vec<(String, Option<&'static str>)> {
        let mut paths = vec![path.to_owned()];
        let mut each = |name: &str, values: &[String]| {
            // What it is not in stays one.
            if !paths[0].contains(name) {
                return;
            }
            paths = paths.iter().flat_map(|path| values.iter().map(move |value| path.replace(name, value))).collect();
        };
        if path == "/exports/{key}" {
            each("{key}", &self.exports);
        } else if path.starts_with("/exports/") {
            each("{key}", &self.exports[..1]);
        }
        // Only of one that was stored it is there.
        let imports = if path.ends_with("/report") { &self.imports[..1] } else { &self.imports };
        each("{key}", &imports.iter().map(i64::to_string).collect::<Vec<_>>());
        each("{part}", &self.parts);
        each("{tag}", &["vi".to_owned(), "en".to_owned()]);
        each("{name}", &["dark".to_owned(), "light".to_owned()]);
        let of_calls = path.starts_with("/calls/") || path.starts_with("/api/v1/calls/");
        let mut ids = if path.starts_with("/operator/") {
            vec![self.account.to_string()]
        } else {
            vec![if of_calls { "c-1" } else { "tet" }.to_owned()]
        };
        // Of a running one there is a forecast.
        if ["/campaigns/{id}", "/api/v1/campaigns/{id}/report"].contains(&path) {
            ids.extend(self.running.clone());
        }
        each("{id}", &ids);
        each("{account}", &[self.account.to_string()]);
        each("{mailing}", &[self.mailing.to_string()]);
        each("{no}", &["0".to_owned()]);
        let secret = if path.starts_with("/mail/workbook") { &self.link_secret } else { &self.stop_secret };
        each("{secret}", std::slice::from_ref(secret));
        let mut queries = self.queries(path);
        if queries.is_empty() {
            queries.push(String::new());
        }
        let mut addresses = Vec::new();
        for (path, query) in paths.iter().flat_map(|path| queries.iter().map(move |query| (path, query))) {
            assert!(!path.contains('{'), "{path}: say what its parameters are");
            let address = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
            addresses.push((address, None));
        }
        let beside: &[&str] = match path {
            "/api/v1/campaigns"
            | "/api/v1/calls"
            | "/api/v1/campaigns/{id}/calls"
            | "/api/v1/campaigns/{id}/contacts"
            | "/api/v1/compare" => &[CSV, XLSX],
            "/api/v1/campaigns/{id}/report" => &[XLSX],
            "/api/v1/campaigns/{id}/dimensions" => &[CSV],
            _ => &[],
        };
        let first = addresses[0].0.clone();
        addresses.extend(beside.iter().map(|kind| (first.clone(), Some(*kind))));
        addresses
    }

    /// What stands behind the question mark; none: nothing needs to.
    fn queries(&self, path: &str) -> Vec<String> {
        const RANGE: &str = "from=2026-11-01&to=2026-11-20";
        let given: &[&str] = match path {
            "/api/v1/notes" => &["", "campaign=tet"],
            "/api/v1/customers" => &["campaign=tet&contact=kh-1"],
            "/api/v1/campaigns" => &["", "q=t", "sort=-calls", RANGE],
            "/api/v1/campaigns/{id}/report"
            | "/api/v1/campaigns/{id}/dimensions"
            | "/campaigns/{id}/dimensions.csv"
            | "/campaigns/{id}"
            | "/campaigns/{id}/report.xlsx"
            | "/statistics" => &["", RANGE],
            "/api/v1/campaigns/{id}/calls" | "/api/v1/calls" => &["", "limit=1000", "code=DY", RANGE],
            "/api/v1/campaigns/{id}/contacts" => &["", "standing=reached", "sort=-talk_time", "q=k"],
            "/api/v1/calls/{id}/recording" | "/calls/{id}/recording" => &["", "playable", "download"],
            "/campaigns" => &["", "q=t", "sort=-calls"],
            "/campaigns/{id}/calls" => &["", "open=c-1", "call=c-1", "code=DY"],
            "/campaigns/{id}/customers" => &["", "open=kh-1", "standing=reached", "customer=kh-1"],
            "/calls" => &["", "open=c-1", "code=DY"],
            "/api/v1/usage" | "/usage" | "/operator" | "/operator/invoices.csv" => &["", "month=2026-11"],
            // Of one campaign, so that nothing else need be there.
            "/compare" => &["", "campaign=tet", "campaign=tet&from=2026-11-04&to=2026-11-06&against=previous"],
            "/compare.xlsx" => &["campaign=tet&from=2026-11-04&to=2026-11-06&against=previous"],
            "/api/v1/compare" | "/compare.csv" => &[
                "campaign=tet&from=2026-11-04&to=2026-11-06&against=previous",
                "campaign=tet&from=2026-11-04&to=2026-11-06&against=previous&parts=true",
            ],
            "/search" => &["", "q=alo", "q=%22alo+em%22&campaign=tet&speaker=bot"],
            "/api/v1/said" => &["q=alo", "q=alo&campaign=tet&speaker=customer&limit=1"],
            "/fn/compare" => &["query=campaign%3Dtet"],
            "/jobs" | "/fn/jobs" => &["", "status=failed"],
            "/fn/hooks" => &[""],
            _ => &[],
        };
        let given = given.iter().map(|query| (*query).to_owned());
        let reading = READING.into_iter().filter(|(of, _)| *of == path);
        let read =
            reading.map(|(_, fields)| form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
        let further: Vec<String> = match path {
            "/fn/usage" => vec!["statistics=true&query=".to_owned()],
            "/fn/overview" => self.running.iter().map(|running| format!("campaign={running}")).collect(),
            "/fn/settings" => {
                let of_part = |part: &String| format!("part={part}&query=");
                let open = "part=campaigns&query=open%3Dtet".to_owned();
                self.parts.iter().map(of_part).chain([open]).collect()
            }
            "/fn/imports" => {
                let of_one = |key: &i64| format!("key={key}&query=");
                std::iter::once("query=".to_owned()).chain(self.imports.iter().map(of_one)).collect()
            }
            "/invitation" => vec![format!("link={}", self.invitation)],
            _ => Vec::new(),
        };
        given.chain(read).chain(further).collect()
    }
}

/// Completes the campaign and keeps its mail as sent; gives the mailing and the secrets of its links.
async fn send_mail(at: &Harness) -> (i64, String, String) {
    let emails = json!({"name": "Tết 2027", "voicebot": "bot", "report_emails": ["a@antam.vn"]});
    at.put("/api/v1/campaigns/tet", &emails).await.is(200);
    at.post("/api/v1/campaigns/tet/complete", &json!({})).await.is(200);
    let (db, context) = (&at.server.db, &at.server.context);
    assert_eq!(server::jobs::send_mail::keep_only(db, context, &at.scope, "250 kept").await.unwrap(), 1);
    let mut conn = db.read().await.unwrap();
    let campaign = "tet".parse().unwrap();
    let mail = store::outbox::deliveries(&mut conn, &at.scope, &campaign).await.unwrap().unwrap().remove(0);
    let contents = store::outbox::contents(&mut conn, &at.scope, mail.mailing).await.unwrap().unwrap();
    drop(conn);
    (mail.mailing, at.stop_secret(mail.mailing).await, contents.link_secret)
}

/// A file in each state that an import may be in; each has a call of its own.
async fn bring_files(at: &Harness, record: &Value) -> Vec<i64> {
    let mut keys = Vec::new();
    let mut bring = async |state: &str, options: &str| {
        let mut call = record.clone();
        call["id"] = json!(format!("i-{state}"));
        // A row that is refused stands in the report, and its reason repeats what was sent.
        let mut wrong = call.clone();
        wrong["id"] = json!(format!("w-{state}"));
        wrong["dialed_at"] = call["contact"]["phone"].clone();
        let nothing = format!("nothing that is a call of {}", call["contact"]["phone"]);
        let file = if state == "failed" { nothing } else { json!([call, wrong]).to_string() };
        let path = format!("/api/v1/import?name={state}.json{options}");
        let import = Answer::of(at.api(Method::POST, &path).body(file)).await.is(202).json()["id"].as_i64().unwrap();
        keys.push(import);
        format!("/api/v1/imports/{import}")
    };
    for state in ["done", "undone", "undoing"] {
        let import = bring(state, "").await;
        at.run_due(StoreImport::KIND).await;
        if state != "done" {
            Answer::of(at.api(Method::POST, &format!("{import}/undo"))).await;
        }
        if state == "undone" {
            at.run_due(UndoImport::KIND).await;
        }
    }
    bring("failed", "").await;
    at.run_due(StoreImport::KIND).await;
    bring("checked", "&check=true").await;
    let dropped = bring("dropped", "&check=true").await;
    at.run_due(CheckImport::KIND).await;
    Answer::of(at.api(Method::DELETE, &dropped)).await.is(204);
    bring("storing", "").await;
    bring("checking", "&check=true").await;
    let listed = at.get("/api/v1/imports").await.is(200).json();
    let listed: BTreeSet<String> = listed["imports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|import| import["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, STATES.map(str::to_owned).into(), "an import in each state");
    keys
}

/// Begins an export; gives its key.
async fn ask_for_export(at: &Harness, reader: &str, query: &str) -> String {
    let list = format!("/campaigns/tet/calls.xlsx{query}");
    let asked = at.signed(Method::GET, &list, reader).header("accept", "application/json");
    let address = Answer::of(asked).await.is(202).json()["address"].as_str().unwrap().to_owned();
    address.trim_start_matches("/exports/").to_owned()
}
