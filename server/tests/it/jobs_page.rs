//! The page of an account's jobs: every kind has words, and "try again" tries again.

use domain::{Language, Role, Timestamp, format, time::Zone};
use reqwest::Method;
use serde_json::{Value, json};
use store::jobs::{BuildExport, CheckImport, Payload, StoreImport, UndoImport, VerifyAccount};

use crate::harness::{Answer, Harness, NOW, both_engines, call};

const HOUR: i64 = 3_600_000;

async fn page(at: &Harness, cookie: &str) -> String {
    Answer::of(at.signed(Method::GET, "/jobs", cookie).header("accept", "text/html")).await.is(200).text()
}

/// The address that "try again" of the only job with such a button sends to.
fn button(page: &str) -> Option<String> {
    let at = page.find("/retry")?;
    let begin = page[..at].rfind('"').unwrap() + 1;
    Some(page[begin..].split(['"', '?']).next().unwrap().to_owned())
}

/// Runs a job of this kind until it is given up, and has it run again by its button once nothing is in its way.
async fn fails_and_is_tried_again(at: &Harness, cookie: &str, kind: &str, (status, table): (&str, &str)) {
    at.cannot_become(status, table).await;
    while at.number(&format!("SELECT COUNT(*) FROM jobs WHERE kind = '{kind}' AND status = 'failed'")).await == 0 {
        at.run_due(kind).await;
        at.pass(HOUR);
    }
    // Given up, or left in the middle where even that could not be stored.
    assert_eq!(at.number(&format!("SELECT COUNT(*) FROM {table} WHERE status <> '{status}'")).await, 1, "{kind}");
    at.may_become(table).await;
    let retry = button(&page(at, cookie).await).unwrap_or_else(|| panic!("{kind} has no button"));
    Answer::of(at.form(&retry, &[]).header("cookie", cookie)).await.is(303);
    assert_eq!(at.run_due(kind).await, 1);
    assert_eq!(at.number(&format!("SELECT COUNT(*) FROM {table} WHERE status = '{status}'")).await, 1, "{kind}");
    assert_eq!(button(&page(at, cookie).await), None, "{kind}");
    // Who still has the old page changes nothing.
    Answer::of(at.form(&retry, &[]).header("cookie", cookie)).await.is(303);
    assert_eq!(at.run_due(kind).await, 0);
}

#[test]
fn every_kind_of_job_has_words() {
    for kind in &server::jobs::KINDS {
        let of = |language| app::jobs::in_words(kind.name, app::Text(language));
        let (vi, en) = (of(Language::Vi), of(Language::En));
        assert!(vi.is_some() && en.is_some() && vi != en, "{}: {vi:?}, {en:?}", kind.name);
    }
}

both_engines! {
    async fn an_export_that_was_given_up_is_made_when_it_is_tried_again(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY")])).await.is(200);
        let cookie = at.sign_in("chu@cty.vn").await;
        let asked = at.signed(Method::GET, "/campaigns/tet/calls.xlsx", &cookie).header("accept", "application/json");
        let export = Answer::of(asked).await.is(202).json()["address"].as_str().unwrap().to_owned();
        fails_and_is_tried_again(at, &cookie, BuildExport::KIND, ("ready", "exports")).await;
        let file = Answer::of(at.signed(Method::GET, &format!("{export}/file"), &cookie)).await.is(200);
        assert!(file.bytes.starts_with(b"PK"));
        // One that was tidied away cannot be made, and has no button.
        at.beside("UPDATE jobs SET status = 'failed' WHERE kind = 'build_export'").await;
        at.beside("UPDATE exports SET status = 'failed', reference = 'R-1'").await;
        let retry = button(&page(at, &cookie).await).unwrap();
        at.beside("DELETE FROM exports").await;
        assert_eq!(button(&page(at, &cookie).await), None);
        Answer::of(at.form(&retry, &[]).header("cookie", &cookie)).await.is(303);
        assert_eq!(at.number("SELECT COUNT(*) FROM jobs WHERE kind = 'build_export' AND status = 'failed'").await, 1);
    }

    async fn each_step_of_an_import_that_was_given_up_is_done_when_it_is_tried_again(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let file = call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY").to_string();
        let bring = at.api(Method::POST, "/api/v1/import?name=own.ndjson&check=true").body(file);
        let import = Answer::of(bring).await.is(202).json()["id"].clone();
        let step = async |name: &str| {
            let answer = Answer::of(at.api(Method::POST, &format!("/api/v1/imports/{import}/{name}"))).await;
            assert!(answer.status.is_success(), "{name}: {}", answer.text());
        };
        fails_and_is_tried_again(at, &cookie, CheckImport::KIND, ("checked", "imports")).await;
        step("store").await;
        fails_and_is_tried_again(at, &cookie, StoreImport::KIND, ("done", "imports")).await;
        step("undo").await;
        fails_and_is_tried_again(at, &cookie, UndoImport::KIND, ("undone", "imports")).await;
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report["calls"]["total"], Value::from(0));
    }

    async fn a_file_that_was_refused_is_said_in_the_readers_language(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        Answer::of(at.api(Method::POST, "/api/v1/import?name=a.csv").body("x\n1\n")).await.is(202);
        assert_eq!(at.run_due(StoreImport::KIND).await, 1);
        assert_eq!(at.number("SELECT COUNT(*) FROM imports WHERE status = 'failed'").await, 1);
        let html = page(at, &cookie).await;
        assert!(html.contains("không đọc được tệp") && !html.contains("refused"), "{html}");
    }

    async fn the_page_says_when_a_job_ran_and_that_figures_were_put_right(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY")])).await.is(200);
        at.beside("UPDATE rollup_days SET calls = calls + 1").await;
        let cookie = at.sign_in("chu@cty.vn").await;
        Answer::of(at.form("/jobs/verify", &[]).header("cookie", &cookie)).await.is(303);
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let at_time = |ms: i64| format::date_time(zone.local(Timestamp(ms)), Language::Vi);
        let queued = at_time(NOW);
        at.pass(HOUR);
        assert_eq!(at.run_due(VerifyAccount::KIND).await, 1);
        let html = page(at, &cookie).await;
        let row = html.split("<tr").find(|row| row.contains("Đối chiếu số liệu")).unwrap_or_else(|| panic!("{html}"));
        for said in [queued, at_time(NOW + HOUR), "đã sửa 1 số liệu lệch".to_owned()] {
            assert!(row.contains(&said), "{said} is not in {row}");
        }
    }
}
