//! An import and its undoing go on where they were when the process was killed: nothing is lost, nothing is counted twice.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    crash::Serving,
    harness::call,
    place::{Place, on_each_engine},
};

/// Calls of several transactions.
const CALLS: i64 = 45_000;

/// The program at a place with an account and its token.
struct Importing<'p> {
    place: &'p Place,
    token: String,
}

impl<'p> Importing<'p> {
    async fn new(place: &'p Place) -> Self {
        let at = place.beside(&[]).await;
        at.stock().await;
        at.server.db.close().await;
        Self { place, token: at.token.clone() }
    }

    fn api(&self, serving: &Serving, method: Method, path: &str) -> RequestBuilder {
        let request = Client::new().request(method, serving.url(path));
        request.header("authorization", format!("Bearer {}", self.token))
    }

    async fn json(&self, request: RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn total(&self, serving: &Serving) -> Value {
        let report = self.json(self.api(serving, Method::GET, "/api/v1/campaigns/tet/report")).await;
        json!([report["calls"]["total"], report["customers"]["total"]])
    }

    /// The import once it is in this state.
    async fn reaches(&self, serving: &Serving, id: &Value, state: &str) -> Value {
        self.place.until(&format!("SELECT COUNT(*) FROM imports WHERE status = '{state}'")).await;
        self.json(self.api(serving, Method::GET, &format!("/api/v1/imports/{id}"))).await
    }

    async fn lease_ends(&self) {
        for kind in ["store_import", "undo_import"] {
            self.place.lease_ends(kind).await;
        }
    }
}

on_each_engine! {
    async fn an_import_and_its_undoing_survive_a_kill(place) {
        let importing = Importing::new(place).await;
        // 10,000 calls to a transaction at most: the first ones are stored, and that of this call is held up.
        place.hold_up("BEFORE INSERT ON calls", "NEW.id = 'c-30000'").await;
        let serving = place.serve().await;
        let calls = (0..CALLS).map(|n| {
            let dialed = format!("2026-11-{:02}T09:{:02}:00+07:00", n % 20 + 1, n % 60);
            call(&format!("c-{n}"), &format!("kh-{}", n % 9_000), &dialed, 4_000, Some(9_000), "DY").to_string()
        });
        let file = calls.collect::<Vec<_>>().join("\n");
        let request = importing.api(&serving, Method::POST, "/api/v1/import?name=own.ndjson").body(file);
        let id = importing.json(request).await["id"].clone();
        place.until("SELECT COUNT(*) FROM calls").await;
        serving.kill();
        place.let_go("calls").await;
        assert_eq!(place.rows::<(String,)>("SELECT status FROM imports").await[0].0, "storing");
        importing.lease_ends().await;
        let serving = place.serve().await;
        let done = importing.reaches(&serving, &id, "done").await;
        let stored = &done["stored"];
        assert_eq!(
            json!([stored["accepted"], stored["updated"], stored["unchanged"], stored["rejected"]]),
            json!([CALLS, 0, 0, 0]),
            "what the killed process has stored counts as new, too"
        );
        assert_eq!(importing.total(&serving).await, json!([CALLS, 9_000]));

        place.hold_up("BEFORE DELETE ON calls", "OLD.id = 'c-30000'").await;
        importing.json(importing.api(&serving, Method::POST, &format!("/api/v1/imports/{id}/undo"))).await;
        place.until(&format!("SELECT COUNT(*) FROM accounts WHERE (SELECT COUNT(*) FROM calls) < {CALLS}")).await;
        serving.kill();
        place.let_go("calls").await;
        assert!(place.number("SELECT COUNT(*) FROM calls").await > 0);
        importing.lease_ends().await;
        let serving = place.serve().await;
        importing.reaches(&serving, &id, "undone").await;
        assert_eq!(importing.total(&serving).await, json!([0, 0]));
        serving.stop().await;
        place.verify();
    }

    async fn a_file_whose_look_is_killed_is_looked_at_again(place) {
        let importing = Importing::new(place).await;
        place.hold_up("BEFORE UPDATE OF status ON imports", "NEW.status = 'checked'").await;
        let serving = place.serve().await;
        let file = call("c-1", "kh-1", "2026-11-02T09:00:00+07:00", 4_000, Some(9_000), "DY").to_string();
        let request = importing.api(&serving, Method::POST, "/api/v1/import?name=own.ndjson&check=true").body(file);
        let id = importing.json(request).await["id"].clone();
        place.until("SELECT COUNT(*) FROM jobs WHERE kind = 'check_import' AND status = 'running'").await;
        serving.kill();
        place.let_go("imports").await;
        assert_eq!(place.rows::<(String,)>("SELECT status FROM imports").await[0].0, "checking");
        place.lease_ends("check_import").await;
        let serving = place.serve().await;
        let checked = importing.reaches(&serving, &id, "checked").await;
        assert_eq!(checked["found"]["new"], 1, "{checked}");
        assert_eq!(importing.total(&serving).await, json!([0, 0]));
        serving.stop().await;
    }
}
