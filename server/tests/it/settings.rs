//! The settings as people use them: tokens, codes, one's own sign-in, and the log that tells of it all. Who belongs to the account is
//! tried in `settings_people.rs`.

use domain::{Role, Timestamp};
use reqwest::Method;
use serde_json::json;
use store::{
    audit::{self, Action, EntryFilter},
    sessions,
};

use crate::harness::{Answer, Harness, NOW, PASSWORD, account, account_of_cookie, both_engines, user};

pub const NEW_PASSWORD: &str = "bốn từ chẳng liên quan";

pub async fn page(at: &Harness, cookie: &str, path: &str) -> Answer {
    Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html")).await
}

pub async fn send(at: &Harness, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    Answer::of(at.form(path, fields).header("cookie", cookie)).await
}

/// What the account's log says was done, the latest first: actor, action, subject.
pub async fn told(at: &Harness) -> Vec<(String, Action, String)> {
    let mut conn = at.server.db.read().await.unwrap();
    let entries = audit::list(&mut conn, &at.scope, &EntryFilter::default(), None, 100).await.unwrap();
    assert_eq!(audit::check(&mut conn, &at.scope).await.unwrap(), None, "the log was not changed");
    entries.into_iter().map(|entry| (entry.actor.name, entry.event.action, entry.event.subject)).collect()
}

/// What stands in the one read-only field of a page that shows a secret.
pub fn shown(html: &str) -> String {
    let field = html.split("id=\"secret\"").nth(1).unwrap_or_else(|| panic!("no secret: {html}"));
    let text = field.split_once('>').unwrap().1.split('<').next().unwrap();
    text.replace("&amp;", "&")
}

/// The address that a mail leads to, without the server's name.
pub fn link_in(mail: &serde_json::Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let line = text.lines().find(|line| line.contains("?link=")).unwrap_or_else(|| panic!("no link: {text}"));
    line[line.find("://").unwrap() + 3..].split_once('/').map(|(_, path)| format!("/{path}")).unwrap()
}

both_engines! {
    async fn sessions_are_seen_and_ended(at) {
        let lan = at.user("lan@cty.vn", Role::Viewer).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let (here, there) = (at.sign_in("lan@cty.vn").await, at.sign_in("lan@cty.vn").await);
        let html = page(at, &here, "/settings/sign-in").await.is(200).text();
        assert_eq!(html.matches(">127.0.0.1<").count(), 2, "{html}");
        assert!(!html.contains(">Công ty Thử<!></td>"), "of one account, it is not said which");
        let hash = {
            let mut conn = at.server.db.read().await.unwrap();
            let listed = sessions::list(&mut conn, "lan@cty.vn", Timestamp(NOW)).await.unwrap();
            let hidden = |id: &str| html.contains(&format!("value=\"{id}\""));
            let found = listed.iter().map(|one| app::settings::session_id(&one.hash)).find(|id| hidden(id));
            found.expect("the other one can be ended")
        };
        send(at, &here, "/settings/sign-in/end", &[("session", &hash)]).await.is(303);
        page(at, &there, "/campaigns").await.is(303);
        page(at, &here, "/campaigns").await.is(200);
        let (again, owner) = (at.sign_in("lan@cty.vn").await, at.sign_in("chu@cty.vn").await);
        send(at, &here, "/settings/sign-in/end", &[]).await.is(303);
        page(at, &again, "/campaigns").await.is(303);
        send(at, &owner, &format!("/settings/people/{lan}/sign-out"), &[]).await.is(303);
        page(at, &here, "/campaigns").await.is(303);
    }

    async fn ones_own_sessions_are_those_of_all_accounts(at) {
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        at.user("lan@cty.vn", Role::Viewer).await;
        user(&at.server.db, &other, "lan@cty.vn", Role::Owner).await;
        at.user("hoa@cty.vn", Role::Viewer).await;
        let hoa = at.sign_in("hoa@cty.vn").await;
        let go = async |cookie: &str, account: i64| {
            let gone = send(at, cookie, "/accounts", &[("account", &account.to_string())]).await.is(303);
            gone.header("set-cookie").split(';').next().unwrap().to_owned()
        };
        let here = go(&at.sign_in("lan@cty.vn").await, at.scope.account()).await;
        let there = go(&at.sign_in("lan@cty.vn").await, other.account()).await;
        let html = page(at, &here, "/settings/sign-in").await.is(200).text();
        assert!(html.contains(">Công ty Thử<!></td>") && html.contains(">Công ty Khác<!></td>"), "{html}");
        assert!(!page(at, &hoa, "/settings/sign-in").await.is(200).text().contains("Công ty Khác"));
        // One that is somebody else's is not ended by its name.
        let id = html.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        send(at, &hoa, "/settings/sign-in/end", &[("session", &id)]).await.is(303);
        page(at, &there, "/campaigns").await.is(200);
        send(at, &here, "/settings/sign-in/end", &[("session", &id)]).await.is(303);
        page(at, &there, "/campaigns").await.is(303);
        let mut conn = at.server.db.read().await.unwrap();
        let last = audit::list(&mut conn, &other, &EntryFilter::default(), None, 1).await.unwrap().remove(0);
        assert_eq!((last.event.action, last.actor.name.as_str()), (Action::SessionsEnded, "lan@cty.vn"), "its log says so");
    }

    async fn a_session_that_has_ended_begins_none_in_another_account(at) {
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        at.user("lan@cty.vn", Role::Viewer).await;
        user(&at.server.db, &other, "lan@cty.vn", Role::Owner).await;
        let lan = at.sign_in("lan@cty.vn").await;
        let there = if account_of_cookie(&lan) == Some(other.account()) { at.scope.account() } else { other.account() };
        // Ten at once: one of them goes there, and the session of before has ended for the others.
        let there = there.to_string();
        let fields = [("account", there.as_str())];
        let goes = (0..10).map(|_| Answer::of(at.form("/accounts", &fields).header("cookie", &lan)));
        let answers = futures::future::join_all(goes).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 303 && answer.headers.contains_key("set-cookie")).count(), 1, "{answers:?}");
        let mut conn = at.server.db.read().await.unwrap();
        assert_eq!(sessions::list(&mut conn, "lan@cty.vn", Timestamp(NOW)).await.unwrap().len(), 1);
    }

    async fn going_to_another_account_is_no_way_around_the_end_of_a_session(at) {
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        at.user("lan@cty.vn", Role::Viewer).await;
        user(&at.server.db, &other, "lan@cty.vn", Role::Owner).await;
        let mut cookie = at.sign_in("lan@cty.vn").await;
        for n in 0..9 {
            at.pass(10 * domain::time::DAY_MS - 1);
            let to = if n % 2 == 0 { at.scope.account() } else { other.account() };
            let gone = send(at, &cookie, "/accounts", &[("account", &to.to_string())]).await.is(303);
            gone.header("set-cookie").split(';').next().unwrap().clone_into(&mut cookie);
        }
        page(at, &cookie, "/campaigns").await.is(200);
        at.pass(9);
        page(at, &cookie, "/campaigns").await.is(303);
    }

    async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        let (here, there) = (at.sign_in("lan@cty.vn").await, at.sign_in("lan@cty.vn").await);
        let change = async |cookie: &str, old: &str, new: &str| {
            let fields = [("current", old), ("password", new), ("repeat", new)];
            send(at, cookie, "/settings/sign-in/password", &fields).await
        };
        assert!(change(&here, "sai rồi", NEW_PASSWORD).await.is(422).text().contains("Mật khẩu chưa đúng"));
        assert!(change(&here, PASSWORD, "matkhau123456").await.is(422).text().contains("dễ đoán"));
        assert!(change(&here, PASSWORD, PASSWORD).await.is(422).text().contains("Đây là mật khẩu hiện tại"));
        let changed = change(&here, PASSWORD, NEW_PASSWORD).await.is(303);
        let fresh = changed.header("set-cookie").split(';').next().unwrap().to_owned();
        page(at, &fresh, "/campaigns").await.is(200);
        for over in [&here, &there] {
            page(at, over, "/campaigns").await.is(303);
        }
        let signed_in = at.post_form("/sign-in", &[("email", "lan@cty.vn"), ("password", NEW_PASSWORD)]).await;
        assert_eq!(signed_in.header("location"), "/");
    }

    async fn a_token_may_do_what_it_says_until_it_is_revoked(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let html = send(at, &owner, "/settings/tokens/add", &[("name", "kho"), ("read", "true"), ("masked", "true")]).await;
        let token = shown(&html.is(200).text());
        assert!(token.starts_with("rs_"), "{token}");
        for (fields, wrong) in [
            (vec![("name", "kho"), ("read", "true")], "Tên này đã có"),
            (vec![("name", "không làm gì")], "Hãy điền mục này"),
            (vec![("name", " "), ("read", "true")], "Hãy điền mục này"),
        ] {
            let html = send(at, &owner, "/settings/tokens/add", &fields).await.is(422).text();
            assert!(html.contains(wrong), "{wrong}: {html}");
        }
        let ask = async |method: Method, path: &str| {
            let request = at.bare(method, path).header("authorization", format!("Bearer {token}"));
            Answer::of(request.header("content-type", "application/json").body("[]")).await
        };
        ask(Method::GET, "/api/v1/campaigns").await.is(200);
        let refused = ask(Method::POST, "/api/v1/calls").await.is_problem(403);
        assert!(refused["detail"].as_str().unwrap().contains("write"), "{refused}");
        ask(Method::GET, "/api/v1/calls/c-1/recording").await.is_problem(403);
        let html = page(at, &owner, "/settings/tokens").await.is(200).text();
        assert!(!html.contains(&token), "it is shown once");
        send(at, &owner, "/settings/tokens/remove", &[("name", "kho")]).await.is(303);
        send(at, &owner, "/settings/tokens/remove", &[("name", "kho")]).await.is(404);
        ask(Method::GET, "/api/v1/campaigns").await.is_problem(401);
        let about: Vec<_> = told(at).await.into_iter().take(2).map(|(_, action, about)| (action, about)).collect();
        assert_eq!(about, [(Action::TokenRemoved, "kho".to_owned()), (Action::TokenAdded, "kho".to_owned())]);
    }

    async fn a_masked_token_sees_the_ends_of_numbers(at) {
        at.stock().await;
        let calls = json!([crate::harness::call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        let customers = json!([{"id": "kh-2", "phone": "0912345678", "name": "Lan"}]);
        at.post("/api/v1/campaigns/tet/contacts", &customers).await.is(200);
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let fields = [("name", "kho"), ("read", "true"), ("masked", "true")];
        let token = shown(&send(at, &owner, "/settings/tokens/add", &fields).await.is(200).text());
        let request = at.bare(Method::GET, "/api/v1/campaigns/tet/contacts").header("authorization", format!("Bearer {token}"));
        let masked = Answer::of(request).await.is(200).text();
        assert!(!masked.contains("0912345678") && masked.contains("0912"), "{masked}");
        assert!(at.get("/api/v1/campaigns/tet/contacts").await.is(200).text().contains("0912345678"));
    }

    async fn the_account_is_named_anew_and_who_comes_second_is_told(at) {
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("quanly@cty.vn", Role::Manager).await;
        account(&at.server.db, "Công ty Khác").await;
        let (owner, manager) = (at.sign_in("chu@cty.vn").await, at.sign_in("quanly@cty.vn").await);
        let put = async |cookie: &str, seen: &str, name: &str| {
            send(at, cookie, "/settings/account/put", &[("seen", seen), ("name", name), ("language", "en"), ("short_call", "5")]).await
        };
        put(&manager, "Công ty Thử · vi · 5 s", "Khác").await.is(404);
        page(at, &manager, "/settings/account").await.is(404);
        // The same as another account's: nothing tells that there is one.
        put(&owner, "Công ty Thử · vi · 5 s", "Công ty Khác").await.is(303);
        put(&owner, "Công ty Khác · en · 5 s", "Công ty Mới").await.is(303);
        let html = put(&owner, "Công ty Thử · vi · 5 s", "Công ty Ba").await.is(422).text();
        assert!(html.contains("Công ty Mới · en") && html.contains("Công ty Ba"), "both are shown: {html}");
        put(&owner, "Công ty Mới · en · 5 s", "Công ty Ba").await.is(303);
        send(at, &owner, "/settings/account/country", &[("country", "XX")]).await.is(422);
        send(at, &owner, "/settings/account/country", &[("country", "th")]).await.is(303);
        let html = page(at, &owner, "/settings/account").await.is(200).text();
        assert!(html.contains("Công ty Ba") && html.contains("value=\"TH\""), "{html}");
    }

    async fn the_log_is_read_by_owners_filtered_and_taken_as_a_file(at) {
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let (owner, manager) = (at.sign_in("chu@cty.vn").await, at.sign_in("quanly@cty.vn").await);
        send(at, &owner, "/settings/tokens/add", &[("name", "=1+1"), ("read", "true")]).await.is(200);
        page(at, &manager, "/settings/log").await.is(404);
        page(at, &manager, "/settings/log.csv").await.is(404);
        let html = page(at, &owner, "/settings/log?kind=token_added").await.is(200).text();
        assert!(html.contains("Tạo token") && html.contains("=1+1") && !html.contains("quanly@"), "{html}");
        for (part, finds) in [("who=CHU", true), ("who=127.0", true), ("about=1%2B", true), ("who=lan", false)] {
            let html = page(at, &owner, &format!("/settings/log?kind=token_added&{part}")).await.is(200).text();
            assert_eq!(html.contains("=1+1"), finds, "{part}: {html}");
        }
        page(at, &owner, "/settings/log?kind=nonsense").await.is(422);
        page(at, &owner, "/settings/log?before=x").await.is(422);
        let csv = page(at, &owner, "/settings/log.csv").await.is(200);
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
        let text = csv.text();
        assert!(text.contains("'=1+1") && text.contains("127.0.0.1") && text.lines().count() == 4, "{text}");
        assert!(text.contains("Quyền: đọc") && !text.contains("scopes"), "in the words of its heading: {text}");
        let (who, action, about) = told(at).await.remove(0);
        assert_eq!((who.as_str(), action, about.as_str()), ("chu@cty.vn", Action::Exported, "/settings/log.csv"));
        at.stock().await;
        for file in ["/campaigns.csv?q=t", "/campaigns.xlsx"] {
            page(at, &owner, file).await.is(200);
            let html = page(at, &owner, "/settings/log?kind=exported&about=campaigns").await.is(200).text();
            assert!(html.contains("Số dòng: 1"), "{file}: {html}");
        }
    }
}

/// What the form carries of a change that was read.
pub fn confirmed(html: &str) -> String {
    let at = html.find("name=\"confirmed\" value=\"").unwrap_or_else(|| panic!("nothing to confirm: {html}"));
    html[at + "name=\"confirmed\" value=\"".len()..].split('"').next().unwrap().to_owned()
}

both_engines! {
    async fn a_code_is_changed_once_it_was_said_what_moves(at) {
        at.stock().await;
        let calls = json!([
            crate::harness::call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "SC"),
            crate::harness::call("c-2", "kh-2", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "LA"),
        ]);
        at.post("/api/v1/calls", &calls).await.is(200);
        at.user("xem@cty.vn", Role::Viewer).await;
        at.user("quanly@cty.vn", Role::Manager).await;
        let (viewer, manager) = (at.sign_in("xem@cty.vn").await, at.sign_in("quanly@cty.vn").await);
        page(at, &viewer, "/settings/codes").await.is(404);
        let html = page(at, &manager, "/settings/codes").await.is(200).text();
        assert!(html.find("LA").unwrap() < html.find("Cuộc gọi ngắn").unwrap(), "undefined codes first: {html}");
        let seen = "Cuộc gọi ngắn · Short call · Thành công";
        let put = async |cookie: &str, seen: &str, fields: &[(&str, &str)]| {
            let all = [&[("seen", seen), ("code", "SC"), ("label_vi", "Cuộc gọi ngắn"), ("label_en", "Short call")], fields].concat();
            send(at, cookie, "/settings/codes/put", &all).await
        };
        put(&viewer, seen, &[("counts_as", "failed")]).await.is(404);
        for (fields, wrong) in [
            (vec![("counts_as", "failed"), ("is_goal", "true")], "Mục tiêu phải được tính là thành công"),
            (vec![("counts_as", "success"), ("color", "đỏ")], "Hãy nhập màu"),
            (vec![("counts_as", "failed")], "1 cuộc gọi và 1 khách hàng"),
        ] {
            let html = put(&manager, seen, &fields).await.is(422).text();
            assert!(html.contains(wrong), "{wrong}: {html}");
        }
        // All that is wrong is said at once.
        let html = put(&manager, seen, &[("counts_as", "failed"), ("is_goal", "true"), ("color", "đỏ")]).await.is(422).text();
        assert!(html.contains("Mục tiêu phải được tính là thành công") && html.contains("Hãy nhập màu"), "{html}");
        // In the frame of the settings, with the way to their other parts.
        assert!(html.contains("href=\"/settings/tariffs\"") && html.contains("id=\"form-color-error\""), "{html}");
        put(&manager, seen, &[("counts_as", "failed"), ("confirmed", "error false@1795334400000")]).await.is(422);
        let confirmed = confirmed(&put(&manager, seen, &[("counts_as", "failed")]).await.is(422).text());
        // Another call of the code came in since: what was read is confirmed all the same.
        at.post("/api/v1/calls", &json!([crate::harness::call("c-3", "kh-3", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "SC")])).await.is(200);
        put(&manager, seen, &[("counts_as", "failed"), ("confirmed", &confirmed)]).await.is(303);
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).text();
        assert!(report.contains("\"failed\""), "{report}");
        let html = put(&manager, seen, &[("counts_as", "error")]).await.is(422).text();
        assert!(html.contains("Người khác vừa đổi"), "{html}");
        let (who, action, about) = told(at).await.remove(0);
        assert_eq!((who.as_str(), action, about.as_str()), ("quanly@cty.vn", Action::ResultCodeChanged, "SC"));

        let words = async |text: &str| send(at, &manager, "/settings/codes/words", &[("seen", ""), ("words", text)]).await;
        for (typed, line) in [
            ("không ai nghe", "“không ai nghe”"),
            ("hẹn lại = SC\nHẸN LẠI=NA", "“HẸN LẠI=NA”"),
            ("hẹn lại = SC\nhen lai = NA", "“hen lai = NA”"),
            ("hẹn lại = KHONGCO\nmáy bận = BS", "“hẹn lại = KHONGCO”: chưa có mã này"),
            ("máy bận = BS\nNA = SC", "“NA = SC”: BS, NA và CU"),
            ("a=b=c", "“a=b=c”"),
            ("😀 = NA", "“😀 = NA”"),
        ] {
            let html = words(typed).await.is(422).text();
            assert!(html.contains(line), "{line}: {html}");
        }
        words("không ai nghe = NA\r\nmáy bận=BS").await.is(303);
        let listed = at.get("/api/v1/result-words").await.is(200).text();
        assert!(listed.contains("không ai nghe"), "{listed}");
    }

    async fn whoever_sends_a_report_or_deletes_a_recording_is_named(at) {
        at.stock().await;
        let calls = json!([crate::harness::call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav");
        Answer::of(upload.body(crate::harness::wav(1))).await.is(201);
        Answer::of(at.api(Method::DELETE, "/api/v1/calls/c-1/recording")).await.is(204);
        Answer::of(at.api(Method::DELETE, "/api/v1/calls/c-1/recording")).await.is_problem(404);
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        send(at, &manager, "/campaigns/tet/mail/preview", &[]).await.is(303);
        // It is not completed: nothing is sent again, and nothing told.
        send(at, &manager, "/campaigns/tet/mail/send", &[("who", "all")]).await.is(409);
        let told = told(at).await;
        let said: Vec<_> = told.iter().map(|(who, action, about)| (who.as_str(), *action, about.as_str())).collect();
        assert_eq!(said[0], ("quanly@cty.vn", Action::MailAsked, "tet"));
        assert_eq!(said[2], ("test", Action::RecordingDeleted, "c-1"), "{said:?}");
    }

    async fn what_is_taken_out_is_told(at) {
        at.stock().await;
        let calls = json!([crate::harness::call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")]);
        at.post("/api/v1/calls", &calls).await.is(200);
        let upload = at.api(Method::PUT, "/api/v1/calls/c-1/recording").header("content-type", "audio/wav");
        Answer::of(upload.body(crate::harness::wav(1))).await.is(201);
        at.user("lan@cty.vn", Role::Viewer).await;
        let lan = at.sign_in("lan@cty.vn").await;
        // Ten ranges of one listening, at once as a player may ask for them, then what is downloaded.
        let ranges = (0..10).map(|from| {
            Answer::of(at.signed(Method::GET, "/calls/c-1/recording", &lan).header("range", format!("bytes={from}-99")))
        });
        for range in futures::future::join_all(ranges).await {
            range.is(206);
        }
        Answer::of(at.signed(Method::HEAD, "/calls/c-1/recording", &lan)).await.is(200);
        page(at, &lan, "/calls/c-9/recording").await.is(404);
        page(at, &lan, "/calls/c-1/recording?download").await.is(200);
        page(at, &lan, "/campaigns/tet/calls.csv?code=DY").await.is(200);
        page(at, &lan, "/campaigns/tet/report.xlsx").await.is(200);
        for _ in 0..2 {
            at.get("/api/v1/campaigns/tet/calls").await.is(200);
        }
        let told = told(at).await;
        let said: Vec<_> = told.iter().map(|(who, action, about)| (who.as_str(), *action, about.as_str())).collect();
        assert_eq!(said[..5], [
            ("test", Action::PhonesRead, "tet"),
            ("lan@cty.vn", Action::Exported, "/campaigns/tet/report.xlsx"),
            ("lan@cty.vn", Action::Exported, "/campaigns/tet/calls.csv"),
            ("lan@cty.vn", Action::RecordingDownloaded, "c-1"),
            ("lan@cty.vn", Action::RecordingPlayed, "c-1"),
        ]);
        let mut conn = at.server.db.read().await.unwrap();
        let of_customer = EntryFilter { customer: Some("kh-1".to_owned()), ..EntryFilter::default() };
        assert_eq!(audit::list(&mut conn, &at.scope, &of_customer, None, 10).await.unwrap().len(), 2);
        let files = EntryFilter { action: Some(Action::Exported), ..EntryFilter::default() };
        let files = audit::list(&mut conn, &at.scope, &files, None, 10).await.unwrap();
        let details: Vec<_> = files.iter().map(|entry| entry.event.details.clone()).collect();
        assert_eq!(details, [json!({"filter": "", "rows": 1}), json!({"filter": "code=DY", "rows": 1})]);
        drop(conn);
        let told = self::told(at).await.len();
        // One listening with pauses, longer than a pause that ends one.
        for _ in 0..3 {
            at.pass(audit::LISTENING_MS - 1);
            page(at, &lan, "/calls/c-1/recording").await.is(200);
        }
        assert_eq!(self::told(at).await.len(), told, "a listening is one, however long it lasts");
        at.pass(audit::LISTENING_MS);
        page(at, &lan, "/calls/c-1/recording").await.is(200);
        assert_eq!(self::told(at).await.len(), told + 1, "after a pause it is another one");
        let again = at.sign_in("lan@cty.vn").await;
        let signed_in = self::told(at).await.len();
        page(at, &again, "/calls/c-1/recording").await.is(200);
        let all = self::told(at).await;
        assert_eq!((all[0].1, all.len()), (Action::RecordingPlayed, signed_in + 1), "in another session it is another one");
    }
}
