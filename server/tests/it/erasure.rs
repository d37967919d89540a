//! A customer is forgotten by number: on the owner's page and by the command, with what it takes out shown before, told in the log, and
//! done by a job.

use std::path::{Path, PathBuf};

use domain::Role;
use reqwest::Method;
use serde_json::json;
use store::audit::Action;

use crate::{
    commands::program,
    harness::{Answer, Harness, both_engines, call, on_sqlite, run, wav},
    settings::{page, send, told},
};

const BEGIN: &str = "/settings/erasure/begin";
const NUMBER: &str = "0901234567";

async fn fill(at: &Harness) -> String {
    at.stock().await;
    let mut one = call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY");
    one["contact"] = json!({"id": "kh-1", "phone": NUMBER, "name": "Chị Hồng"});
    one["transcript"] = json!([{"at": 0, "speaker": "customer", "text": "tôi là Hồng"}]);
    let mut other = call("c-2", "kh-2", "2026-11-04T10:00:00+07:00", 5_000, Some(9_000), "DY");
    other["contact"] = json!({"id": "kh-2", "phone": "0909999999", "name": "Anh Đĩnh"});
    at.post("/api/v1/calls", &json!([one, other])).await.is(200);
    let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav").body(wav(1));
    Answer::of(upload).await.is(201);
    at.user("chu@cty.vn", Role::Owner).await;
    at.sign_in("chu@cty.vn").await
}

fn hidden(html: &str, name: &str) -> String {
    let field = html.split(&format!("name=\"{name}\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {html}"));
    let tag = field.split('>').next().unwrap();
    tag.split("value=\"").nth(1).unwrap_or_default().split('"').next().unwrap_or_default().to_owned()
}

both_engines! {
    async fn an_owner_sees_what_goes_confirms_it_and_has_a_certificate(at) {
        let owner = fill(at).await;
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        send(at, &owner, BEGIN, &[("phone", "")]).await.is(422);
        assert!(send(at, &owner, BEGIN, &[("phone", "8.49E+10")]).await.is(422).text().contains("Hãy nhập một số điện thoại"));
        assert!(send(at, &owner, BEGIN, &[("phone", "0987654321")]).await.is(422).text().contains("Không có khách hàng"));
        let asked = send(at, &owner, BEGIN, &[("phone", "0901 234 567")]).await.is(422).text();
        assert!(asked.contains("1 hội thoại") && asked.contains("1 ghi âm") && asked.contains("Xoá vĩnh viễn"), "{asked}");
        // Of another number, nothing is confirmed by it.
        let confirmed = hidden(&asked, "confirmed");
        send(at, &owner, BEGIN, &[("phone", "0909999999"), ("confirmed", &confirmed)]).await.is(422);
        let before = told(at).await;
        assert!(!before.iter().any(|(_, action, _)| *action == Action::ErasureAsked), "{before:?}");
        send(at, &owner, BEGIN, &[("phone", "0901 234 567"), ("confirmed", &confirmed)]).await.is(303);
        at.run_due("erase_customers").await;

        let html = page(at, &owner, "/settings/erasure").await.is(200).text();
        assert!(html.contains("Biên bản") && !html.contains("đang xoá"), "{html}");
        let log = told(at).await;
        let acts: Vec<(&str, Action)> = log.iter().filter(|(_, action, _)| matches!(action, Action::ErasureAsked | Action::CustomerErased)).map(|(who, action, _)| (who.as_str(), *action)).collect();
        assert_eq!(acts, [("", Action::CustomerErased), ("chu@cty.vn", Action::ErasureAsked)]);
        let calls = at.get("/api/v1/campaigns/tet/calls").await.is(200).text();
        assert!(!calls.contains(NUMBER) && !calls.contains("Hồng") && calls.contains("Anh Đĩnh"), "{calls}");
        let one = at.get("/api/v1/calls/c-1").await.is(200).text();
        assert!(!one.contains("Hồng") && !one.contains("kh-1"), "{one}");
        at.get("/api/v1/calls/c-1/recording").await.is(404);
        // Figures are what they were, but for what is kept of recordings.
        let mut after = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        after["generated_at"] = report["generated_at"].clone();
        for name in ["calls", "customers", "cost", "by_code", "trend", "heatmap", "by_attempt"] {
            assert_eq!(after[name], report[name], "{name}");
        }
        for path in ["/campaigns/tet/calls", "/campaigns/tet/customers", "/calls"] {
            let html = page(at, &owner, path).await.is(200).text();
            assert!(!html.contains("Chị Hồng") && !html.contains("901234567") && html.contains("Anh Đĩnh"), "{path}");
        }
    }

    async fn the_command_shows_first_and_does_it_with_yes(at) {
        fill(at).await;
        let run = |arguments: &[&str]| {
            let mut command = program(std::path::Path::new("."), arguments);
            let output = command.env("RINGSIDE_DATABASE_URL", &at.database).output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
        };
        // The command goes by the machine's clock, which is behind this.
        at.pass(100 * 365 * 24 * 3_600_000);
        let erase = ["erase", "+84901234567", "--account", "Công ty Thử"];
        let (is_done, said) = run(&erase);
        assert!(is_done && said.contains("Would be taken out: 1 places on lists, 1 calls, 1 conversations, 1 recordings"), "{said}");
        assert_eq!(at.run_due("erase_customers").await, 0);
        assert!(at.get("/api/v1/calls").await.is(200).text().contains("Chị Hồng"));
        let (is_done, said) = run(&[&erase[..], &["--yes"]].concat());
        assert!(is_done, "{said}");
        assert_eq!(at.run_due("erase_customers").await, 1);
        assert!(!at.get("/api/v1/calls").await.is(200).text().contains("Chị Hồng"));
        let (is_done, said) = run(&erase);
        assert!(!is_done && said.contains("no customer and no call"), "{said}");
        assert!(told(at).await.iter().any(|(_, action, _)| *action == Action::ErasureAsked));
    }

    async fn it_is_for_owners_alone(at) {
        let owner = fill(at).await;
        for role in [Role::Viewer, Role::Manager] {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            let cookie = at.sign_in(&email).await;
            page(at, &cookie, "/settings/erasure").await.is(404);
            send(at, &cookie, BEGIN, &[("phone", NUMBER)]).await.is(404);
        }
        assert!(page(at, &owner, "/settings").await.is(200).text().contains("/settings/erasure"));
    }
}

/// Whether a file of the folder, or of one in it, has these bytes.
fn is_in_a_file(folder: &Path, bytes: &[u8]) -> Option<PathBuf> {
    std::fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_in_a_file(&path, bytes);
        }
        let content = std::fs::read(&path).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes).then_some(path)
    })
}

/// PostgreSQL keeps what was deleted in its files until they are written anew, as docs/OPERATIONS.md says.
#[test]
fn who_is_forgotten_is_in_no_byte_of_the_folder() {
    const TELLING: [&str; 4] = ["901234567", "Chị Hồng", "chi hong", "tôi là Hồng"];
    run(on_sqlite(async |at| {
        let owner = fill(at).await;
        // Enough of others that what goes lies among what stays, and in pages that are used again.
        let others: Vec<_> = (0..400)
            .map(|n| {
                let mut one = call(&format!("d-{n}"), &format!("kh-{}", n + 10), "2026-11-04T11:00:00+07:00", 5_000, Some(9_000), "DY");
                one["contact"] = json!({"id": format!("kh-{}", n + 10), "phone": format!("09123{n:05}"), "name": format!("Anh Sơn {n}")});
                one
            })
            .collect();
        at.post("/api/v1/calls", &json!(others)).await.is(200);
        at.run_due("index_customers").await;
        let folder = at.folder.path();
        for words in &TELLING[..2] {
            assert!(is_in_a_file(folder, words.as_bytes()).is_some(), "{words} was stored");
        }
        let asked = send(at, &owner, BEGIN, &[("phone", "0901 234 567")]).await.is(422).text();
        send(at, &owner, BEGIN, &[("phone", "0901 234 567"), ("confirmed", &hidden(&asked, "confirmed"))])
            .await
            .is(303);
        assert_eq!(at.run_due("erase_customers").await, 1);
        for words in TELLING {
            assert_eq!(is_in_a_file(folder, words.as_bytes()), None, "{words}");
        }
        assert!(is_in_a_file(folder, "Anh Sơn 399".as_bytes()).is_some());
    }));
}
