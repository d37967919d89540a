//! The pages of who runs the service: who gets in, what they show, what they do to accounts, and the way into one for a while.

use domain::{Role, Timestamp};
use reqwest::Method;
use serde_json::json;
use server::web::entered::LASTING;
use store::{
    audit::{self, Action, EntryFilter},
    jobs::{Payload, SendNotice},
    operators, users,
};

use crate::{
    harness::{Answer, Harness, NOW, account, both_engines, call, user},
    mail::{MailServer, header, on_both},
    settings::{page, send},
    strangers::{PAGES, PAGES_OF_AN_ID},
};

const HOUR: i64 = 3_600_000;
const OPERATOR: &str = "van-hanh@dich-vu.vn";

/// Marks a person.
pub async fn mark(at: &Harness, email: &str) {
    let mut conn = at.server.db.write().await.unwrap();
    operators::add(&mut conn, email, &store::audit::Actor::operator(), Timestamp(NOW)).await.unwrap();
    conn.commit().await.unwrap();
}

/// An operator of an account of their own, signed in.
async fn operator(at: &Harness) -> String {
    let (home, _) = account(&at.server.db, "Dịch vụ").await;
    user(&at.server.db, &home, OPERATOR, Role::Viewer).await;
    mark(at, OPERATOR).await;
    at.sign_in(OPERATOR).await
}

async fn fill(at: &Harness) {
    at.stock().await;
    let calls = json!([
        call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY"),
        call("c-2", "kh-2", "2026-11-05T09:00:00+07:00", 5_000, Some(90_000), "DY"),
        call("c-3", "kh-3", "2026-10-05T09:00:00+07:00", 5_000, None, "NA"),
    ]);
    at.post("/api/v1/calls", &calls).await.is(200);
}

/// The addresses of the operator, for the account of the harness.
fn addresses(at: &Harness) -> [(Method, String); 9] {
    let id = at.scope.account();
    [
        (Method::GET, "/operator".to_owned()),
        (Method::GET, "/operator/invoices.csv".to_owned()),
        (Method::GET, "/operator/log".to_owned()),
        (Method::GET, format!("/operator/accounts/{id}")),
        (Method::POST, "/operator/accounts".to_owned()),
        (Method::POST, format!("/operator/accounts/{id}/quotas")),
        (Method::POST, format!("/operator/accounts/{id}/owners")),
        (Method::POST, format!("/operator/accounts/{id}/enter")),
        (Method::POST, "/operator/leave".to_owned()),
    ]
}

async fn ask(at: &Harness, method: &Method, path: &str, cookie: &str) -> Answer {
    let request = if *method == Method::POST { at.form(path, &[]) } else { at.bare(Method::GET, path) };
    Answer::of(request.header("cookie", cookie).header("accept", "text/html")).await
}

async fn told(at: &Harness) -> Vec<(String, Action, String)> {
    let mut conn = at.server.db.read().await.unwrap();
    let entries = audit::list(&mut conn, &at.scope, &EntryFilter::default(), None, 50).await.unwrap();
    assert_eq!(audit::check(&mut conn, &at.scope).await.unwrap(), None);
    entries.into_iter().map(|one| (one.actor.name, one.event.action, one.event.details.to_string())).collect()
}

/// The cookie that an answer sets.
fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

both_engines! {
    async fn only_operators_get_in(at) {
        fill(at).await;
        let (stranger, _) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &stranger, "lan@khac.vn", Role::Owner).await;
        let mut others = vec![at.sign_in("lan@khac.vn").await];
        for role in Role::ALL {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            others.push(at.sign_in(&email).await);
        }
        let limited = at.user("gioi-han@cty.vn", Role::Viewer).await;
        {
            let mut conn = at.server.db.write().await.unwrap();
            let chosen = store::Chosen { campaigns: vec!["tet".parse().unwrap()], voicebots: Vec::new() };
            users::set_access(&mut conn, &at.scope, limited, Role::Viewer, Some(&chosen)).await.unwrap();
            conn.commit().await.unwrap();
        }
        others.push(at.sign_in("gioi-han@cty.vn").await);
        for (method, path) in addresses(at) {
            let nobody = ask(at, &method, &path, "").await;
            assert!([303, 401].contains(&nobody.status.as_u16()), "{method} {path}: {nobody:?}");
            for cookie in &others {
                let answer = ask(at, &method, &path, cookie).await;
                assert_eq!(answer.status, 404, "{method} {path}");
                assert!(!answer.text().contains("Công ty Khác") || *cookie == others[0], "{method} {path}");
            }
            // A token is for programs.
            Answer::of(at.api(method.clone(), &path)).await.is(401);
        }
        let cookie = operator(at).await;
        for (method, path) in addresses(at) {
            let answer = ask(at, &method, &path, &cookie).await;
            let expected = match (method == Method::POST, path.ends_with("/leave")) {
                (false, _) => 200,
                // Nothing was filled in; nothing was entered.
                (true, false) => 422,
                (true, true) => 404,
            };
            let expected = if path.ends_with("/quotas") { [422, 303] } else { [expected; 2] };
            assert!(expected.contains(&answer.status.as_u16()), "{method} {path}: {answer:?}");
        }
        for path in ["/operator/accounts/999", "/operator/accounts/x", "/operator/accounts/-1", "/operator/nothing"] {
            page(at, &cookie, path).await.is(404);
        }
        assert!(page(at, &cookie, "/campaigns").await.is(200).text().contains("href=\"/operator\""));
        assert!(!page(at, &others[1], "/campaigns").await.is(200).text().contains("href=\"/operator\""));
        let mut conn = at.server.db.write().await.unwrap();
        assert!(operators::remove(&mut conn, OPERATOR, &store::audit::Actor::operator(), Timestamp(NOW)).await.unwrap());
        conn.commit().await.unwrap();
        for (method, path) in addresses(at) {
            assert_eq!(ask(at, &method, &path, &cookie).await.status, 404, "{method} {path}: the mark was taken");
        }
    }

    async fn an_operator_without_a_membership_finds_nothing_of_an_account(at) {
        fill(at).await;
        let cookie = operator(at).await;
        for path in PAGES_OF_AN_ID {
            page(at, &cookie, path).await.is(404);
        }
        for path in PAGES.iter().filter(|path| **path != "/live") {
            let answer = page(at, &cookie, path).await;
            for theirs in ["Tết 2027", "c-1", "kh-1", "0900000001"] {
                assert!(!answer.text().contains(theirs), "{path} shows {theirs}");
            }
        }
        let html = page(at, &cookie, &format!("/operator/accounts/{}", at.scope.account())).await.is(200).text();
        for theirs in ["Tết 2027", "c-1", "kh-1", "0900000001", "Chăm sóc"] {
            assert!(!html.contains(theirs), "{theirs}");
        }
    }

    async fn the_list_and_the_invoices_say_what_the_accounts_own_page_says(at) {
        fill(at).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let (owner, cookie) = (at.sign_in("chu@cty.vn").await, operator(at).await);
        let own = page(at, &owner, "/usage.csv?month=2026-11").await.is(200).text();
        let total: Vec<String> = own.lines().nth(1).unwrap().split(',').map(str::to_owned).collect();
        let (blocks, calls, talk, cost) = (&total[3], &total[5], total[7].parse::<f64>().unwrap(), &total[8]);
        let file = page(at, &cookie, "/operator/invoices.csv?month=2026-11").await.is(200);
        assert!(file.header("content-disposition").contains("invoices-2026-11.csv"));
        assert!(file.bytes.starts_with("\u{feff}".as_bytes()), "Excel reads it as UTF-8");
        let text = file.text();
        let line = text.lines().find(|line| line.contains("Công ty Thử")).unwrap();
        let minutes = format!("{:.2}", talk / 60_000.0);
        let expected = format!(
            "{},Công ty Thử,2026-11,{calls},{minutes},{blocks},{cost},,,chưa ghi có VAT hay không,VND,0.00,",
            at.scope.account()
        );
        assert_eq!(line, expected);
        assert_eq!(text.lines().count(), 3, "the heading and two accounts: {text}");
        let html = page(at, &cookie, "/operator?month=2026-11&sort=-calls").await.is(200).text();
        let (first, second) = (html.find("Công ty Thử").unwrap(), html.rfind("Dịch vụ").unwrap());
        assert!(first < second, "the most calls first");
        let shown = html.replace("<!>", "");
        assert!(shown.contains("tất cả 3") && shown.contains("tháng này theo Asia/Ho_Chi_Minh"), "{shown}");
        page(at, &cookie, "/operator/invoices.csv?month=2026-13").await.is(422);
        // That it was taken is told of where the operator is signed in.
        let mut conn = at.server.db.read().await.unwrap();
        let home = users::all_memberships(&mut conn, OPERATOR).await.unwrap()[0].account;
        #[expect(clippy::disallowed_methods, reason = "the log of the operator's own account is read")]
        let home = store::Scope::system(home);
        let log = audit::list(&mut conn, &home, &EntryFilter::default(), None, 5).await.unwrap();
        assert!(log.iter().any(|one| one.event.action == Action::Exported && one.event.subject == "/operator/invoices.csv"));
    }

    async fn an_account_is_made_its_owner_invited_and_its_quotas_set(at) {
        let cookie = operator(at).await;
        let fields = [("name", "=Mới"), ("country", "vn"), ("timezone", "Asia/Ho_Chi_Minh"), ("currency", "vnd"), ("language", "en")];
        for (wrong, value) in [("country", "XX"), ("timezone", "Mars/Base"), ("currency", "đồng"), ("name", " ")] {
            let fields = fields.map(|(name, kept)| (name, if name == wrong { value } else { kept }));
            let html = send(at, &cookie, "/operator/accounts", &fields).await.is(422).text();
            assert!(html.contains(&format!("id=\"form-{wrong}-error\"")) && html.contains("=Mới") != (wrong == "name"), "{html}");
        }
        let made = send(at, &cookie, "/operator/accounts", &fields).await.is(303);
        let place = made.header("location").split('?').next().unwrap().to_owned();
        send(at, &cookie, "/operator/accounts", &fields).await.is(422);
        let invoices = page(at, &cookie, "/operator/invoices.csv").await.is(200).text();
        assert!(invoices.contains("'=Mới"), "no spreadsheet takes it for a formula: {invoices}");
        let owner = [("email", "chu@moi.vn"), ("how", "link")];
        let html = send(at, &cookie, &format!("{place}/owners"), &owner).await.is(200).text();
        assert!(html.contains("/invitation?link="), "{html}");
        assert!(page(at, &cookie, &place).await.is(200).text().contains("chu@moi.vn"));
        let seen = |html: &str| {
            let from = html.find("name=\"seen\" value=\"").unwrap() + "name=\"seen\" value=\"".len();
            html[from..].split('"').next().unwrap().to_owned()
        };
        let before = seen(&page(at, &cookie, &place).await.text());
        let quotas = |calls: &'static str| [("seen", before.clone()), ("calls", calls.to_owned()), ("gb", "2".to_owned()), ("people", String::new())];
        let as_fields = |quotas: &[(&'static str, String)]| quotas.iter().map(|(name, value)| (*name, value.clone())).collect::<Vec<_>>();
        let put = async |fields: Vec<(&'static str, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            send(at, &cookie, &format!("{place}/quotas"), &fields).await
        };
        put(as_fields(&quotas("-1"))).await.is(422);
        put(as_fields(&quotas("1000"))).await.is(303);
        let html = put(as_fields(&quotas("2000"))).await.is(422).text();
        assert!(html.contains("1.000") && html.contains("2000"), "who saves over another's change is told: {html}");
        let mut conn = at.server.db.read().await.unwrap();
        let made = store::accounts::find_by_name(&mut conn, "=Mới").await.unwrap().unwrap();
        #[expect(clippy::disallowed_methods, reason = "the log of the new account is read")]
        let scope = store::Scope::system(made.id);
        let log = audit::list(&mut conn, &scope, &EntryFilter::default(), None, 50).await.unwrap();
        let said: Vec<_> = log.iter().map(|one| (one.actor.kind.word(), one.actor.name.as_str(), one.event.action)).collect();
        assert_eq!(said, [Action::QuotasChanged, Action::UserInvited, Action::AccountMade].map(|action| ("operator", OPERATOR, action)));
        assert!(log[0].event.details.to_string().contains("2147483648"), "{:?}", log[0]);
    }

    async fn an_account_is_entered_for_an_hour_with_a_reason(at) {
        fill(at).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let cookie = operator(at).await;
        let enter = format!("/operator/accounts/{}/enter", at.scope.account());
        for reason in [" ", "x", "..............", "aaaaaaaaaaaaaa", "1234 5678 9012", "a b c d e f"] {
            let html = send(at, &cookie, &enter, &[("reason", reason), ("role", "viewer")]).await.is(422).text();
            assert!(html.contains("id=\"form-reason-error\""), "{reason}: {html}");
        }
        let inside = cookie_of(&send(at, &cookie, &enter, &[("reason", "Chủ tài khoản nhờ xem lỗi"), ("role", "viewer")]).await.is(303));
        let html = page(at, &inside, "/campaigns").await.is(200).text();
        assert!(html.contains("Tết 2027") && html.contains("với tư cách người vận hành"), "{html}");
        page(at, &inside, "/settings/people").await.is(404);
        page(at, &inside, "/operator").await.is(200);
        let html = page(at, &owner, "/settings/people").await.is(200).text();
        assert!(html.contains(OPERATOR) && html.contains("vào tạm đến"), "{html}");
        let html = page(at, &owner, "/settings/log").await.is(200).text();
        assert!(html.contains("Chủ tài khoản nhờ xem lỗi") && html.contains(&format!("Người vận hành {OPERATOR}")), "{html}");
        let told = told(at).await;
        let entered = told.iter().find(|(_, action, _)| *action == Action::OperatorEntered).unwrap();
        assert!(entered.0 == OPERATOR && entered.2.contains("Chủ tài khoản nhờ xem lỗi"), "{entered:?}");
        // To the last millisecond, and not beyond; neither by the old session nor by signing in anew.
        at.pass(HOUR - 1);
        page(at, &inside, "/campaigns/tet").await.is(200);
        let home = at.sign_in(OPERATOR).await;
        assert!(page(at, &home, "/accounts").await.text().contains("Công ty Thử"));
        at.pass(1);
        page(at, &inside, "/campaigns/tet").await.is(303);
        Answer::of(at.signed(Method::GET, "/calls/c-1/recording", &inside)).await.is(401);
        let home = at.sign_in(OPERATOR).await;
        assert!(!page(at, &home, "/campaigns").await.is(200).text().contains("Tết 2027"));
        assert!(!page(at, &home, "/accounts").await.text().contains("Công ty Thử"));
        send(at, &home, "/accounts", &[("account", &at.scope.account().to_string())]).await.is(404);
        at.run_due("tidy_account").await;
        assert!(!page(at, &owner, "/settings/people").await.is(200).text().contains(OPERATOR));
    }

    async fn nobody_invites_themselves(at) {
        let cookie = operator(at).await;
        let owners = format!("/operator/accounts/{}/owners", at.scope.account());
        for email in [OPERATOR, "Van-Hanh@dich-vu.vn"] {
            let html = send(at, &cookie, &owners, &[("email", email), ("how", "link")]).await.is(422).text();
            assert!(html.contains("Không tự mời mình làm chủ tài khoản") && !html.contains("/invitation?link="), "{html}");
            // In the frame of the pages.
            assert!(html.contains("href=\"/operator\"") && html.contains("href=\"/campaigns\""), "{html}");
        }
        let (other, _) = account(&at.server.db, "Dịch vụ 2").await;
        user(&at.server.db, &other, "van-hanh-2@dich-vu.vn", Role::Viewer).await;
        mark(at, "van-hanh-2@dich-vu.vn").await;
        let second = at.sign_in("van-hanh-2@dich-vu.vn").await;
        send(at, &second, &owners, &[("email", OPERATOR), ("how", "link")]).await.is(200);
    }

    async fn what_is_done_inside_is_told_of_as_the_operators_and_so_is_that_it_is_over(at) {
        fill(at).await;
        let cookie = operator(at).await;
        let enter = format!("/operator/accounts/{}/enter", at.scope.account());
        let entered = [("reason", "Giúp cài đặt"), ("role", "owner")];
        let inside = cookie_of(&send(at, &cookie, &enter, &entered).await.is(303));
        send(at, &inside, "/settings/voicebots/bot/put", &[("seen", "Chăm sóc khách hàng"), ("name", "Bot mới")]).await.is(303);
        page(at, &inside, "/campaigns/tet/calls.csv").await.is(200);
        // Addresses of connections are keys of the account that go on when the hour is over.
        let path = crate::hooks::add_hook(&at.server.db, &at.scope, domain::HookSource::Generic, None).await;
        let html = page(at, &inside, "/hooks").await.is(200).text();
        let key = path.split('/').nth(2).unwrap();
        assert!(!html.contains(key) && html.contains("Người vận hành vào tạm không xem được"), "{html}");
        let mut events = crate::live::Events::open(at, &inside, None).await;
        events.next().await.unwrap();
        at.pass(HOUR + 5);
        // A change is told to nobody who is out.
        at.post("/api/v1/calls", &json!([call("c-9", "kh-9", "2026-11-05T09:00:00+07:00", 5_000, None, "NA")])).await.is(200);
        assert_eq!(events.next().await, None);
        // Whoever notices first tells that the hour is over: a request of theirs.
        page(at, &inside, "/campaigns").await.is(303);
        let log = async || {
            let mut conn = at.server.db.read().await.unwrap();
            audit::list(&mut conn, &at.scope, &EntryFilter::default(), None, 50).await.unwrap()
        };
        let left = async || log().await.into_iter().filter(|one| one.event.action == Action::OperatorLeft).collect::<Vec<_>>();
        assert_eq!(left().await.len(), 1);
        let one = left().await.remove(0);
        assert_eq!((one.event.subject.as_str(), &one.event.details), (OPERATOR, &json!({"over_at": Timestamp(NOW + HOUR).to_string()})));
        let inside_of_it = log().await.into_iter().filter(|one| {
            one.actor.kind != audit::ActorKind::Token
                && [Action::SignIn, Action::VoicebotChanged, Action::Exported].contains(&one.event.action)
        });
        let who: Vec<_> = inside_of_it.map(|one| (one.actor.kind.word(), one.actor.name, one.event.action)).collect();
        assert_eq!(who.len(), 3, "{who:?}");
        assert!(who.iter().all(|(kind, name, _)| *kind == "operator" && name == OPERATOR), "{who:?}");
        // And all of it, of all accounts, is on a page of its own; what was done inside is not.
        let home = at.sign_in(OPERATOR).await;
        let html = page(at, &home, "/operator/log").await.is(200).text();
        for said in ["Công ty Thử", "Giúp cài đặt", "Người vận hành vào tài khoản", "Người vận hành rời tài khoản", "Tự hết lúc: 16:00 22/11/2026"] {
            assert!(html.contains(said), "{said}: {html}");
        }
        assert!(!html.contains("Bot mới") && !html.contains("calls.csv"), "{html}");
        page(at, &home, "/operator/log?before=x").await.is(422);
        let place = format!("/operator/log?before={NOW}.0.0");
        assert!(!page(at, &home, &place).await.is(200).text().contains("Giúp cài đặt"));
        // Or the job of every hour, where they never come back.
        let home = at.sign_in(OPERATOR).await;
        send(at, &home, &enter, &entered).await.is(303);
        at.pass(HOUR);
        at.run_due("tidy_account").await;
        assert_eq!(left().await.len(), 2);
        assert_eq!(audit::check(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap(), None);
    }

    async fn names_of_accounts_do_not_look_alike_and_owners_learn_of_no_other(at) {
        let cookie = operator(at).await;
        let make = async |name: &str, currency: &str| {
            let fields = [("name", name), ("country", "vn"), ("timezone", "Asia/Ho_Chi_Minh"), ("currency", currency), ("language", "en")];
            send(at, &cookie, "/operator/accounts", &fields).await
        };
        for alike in ["Công ty Thử", "công  ty thử", "Công ty Th\u{1eed}\u{200b}", "Ｃông ty Thử", "Сông ty Thử", "Công-ty Thử."] {
            let html = make(alike, "VND").await.is(422).text();
            assert!(html.contains("id=\"form-name-error\""), "{alike}: {html}");
        }
        let html = make("Công ty Thứ", "ZZZ").await.is(422).text();
        assert!(html.contains("id=\"form-currency-error\""), "{html}");
        make("Công ty Thứ", "USD").await.is(303);
        // All that is wrong is said at once.
        let fields = [("name", ""), ("country", "XX"), ("timezone", "Mars/Base"), ("currency", "ZZZ"), ("language", "en")];
        let html = send(at, &cookie, "/operator/accounts", &fields).await.is(422).text();
        for wrong in ["name", "country", "timezone", "currency"] {
            assert!(html.contains(&format!("id=\"form-{wrong}-error\"")), "{wrong}: {html}");
        }
        // An owner calls their account what they like: nothing tells that another one has the name.
        for name in ["Công ty Thứ", "Không ai tên vậy"] {
            at.put("/api/v1/account", &json!({"name": name})).await.is(200);
            assert_eq!(at.get("/api/v1/account").await.json()["name"], name);
        }
        let html = page(at, &cookie, "/operator").await.is(200).text();
        assert!(html.contains("Công ty Thử") && html.contains("họ gọi là Không ai tên vậy"), "{html}");
        let invoices = page(at, &cookie, "/operator/invoices.csv").await.is(200).text();
        assert!(invoices.contains("Công ty Thử") && !invoices.contains("Không ai"), "{invoices}");
        // What one account calls itself is no name for a new one either.
        make("KHÔNG AI TÊN VẬY", "VND").await.is(422);
    }

    async fn who_entered_as_an_owner_gives_nothing_out_that_lasts_and_leaves(at) {
        fill(at).await;
        let lan = at.user("lan@cty.vn", Role::Viewer).await;
        let key = at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let cookie = operator(at).await;
        let enter = format!("/operator/accounts/{}/enter", at.scope.account());
        let inside = cookie_of(&send(at, &cookie, &enter, &[("reason", "Giúp cài đặt"), ("role", "owner")]).await.is(303));
        page(at, &inside, "/settings/people").await.is(200);
        send(at, &inside, "/settings/tokens/add", &[("name", "mãi"), ("read", "true")]).await.is(403);
        send(at, &inside, "/settings/people/invite", &[("email", "toi@dich-vu.vn"), ("role", "owner"), ("how", "link")]).await.is(403);
        send(at, &inside, &format!("/settings/people/{lan}/access"), &[("role", "owner")]).await.is(403);
        for path in LASTING {
            let path = path.replace("{key}", &lan.to_string()).replace("{id}", "tet");
            send(at, &inside, &path, &[]).await.is(403);
            assert_ne!(send(at, &owner, &path, &[]).await.status, 403, "{path}");
        }
        let routes: Vec<String> = server::router::list().into_iter().filter(|(method, _)| *method == Method::POST).map(|(_, path)| path).collect();
        assert!(LASTING.iter().all(|path| routes.iter().any(|route| route == path)), "each is a route");
        // The account's last owner is still its last owner.
        let last = send(at, &owner, &format!("/settings/people/{key}/access"), &[("seen", "Chủ tài khoản"), ("role", "viewer")]).await.is(422);
        assert!(last.text().contains("Tài khoản cần ít nhất một chủ tài khoản"), "{}", last.text());
        let left = send(at, &inside, "/operator/leave", &[]).await.is(303);
        assert_eq!(left.header("location"), "/operator?note=left");
        page(at, &inside, "/campaigns/tet").await.is(303);
        let home = cookie_of(&left);
        page(at, &home, "/operator?note=left").await.is(200);
        page(at, &home, "/campaigns/tet").await.is(404);
        send(at, &home, "/operator/leave", &[]).await.is(404);
        assert!(told(at).await.iter().any(|(who, action, _)| who == OPERATOR && *action == Action::OperatorLeft));
        // Whoever belongs to the account for good has nothing to enter.
        at.user("van-hanh-2@dich-vu.vn", Role::Viewer).await;
        mark(at, "van-hanh-2@dich-vu.vn").await;
        let member = at.sign_in("van-hanh-2@dich-vu.vn").await;
        send(at, &member, &enter, &[("reason", "Chủ tài khoản nhờ"), ("role", "owner")]).await.is(422);
        // An owner of an account gets no link that sets an operator's password.
        let operator = users::lookup_email(&mut at.server.db.read().await.unwrap(), &at.scope, "van-hanh-2@dich-vu.vn").await.unwrap().unwrap();
        send(at, &owner, &format!("/settings/people/{}/reset", operator.key), &[]).await.is(403);
    }
}

#[test]
fn owners_are_told_by_mail_that_somebody_entered() {
    on_both(async |at: &Harness, smtp: &MailServer| {
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("xem@cty.vn", Role::Viewer).await;
        let cookie = operator(at).await;
        let enter = format!("/operator/accounts/{}/enter", at.scope.account());
        send(at, &cookie, &enter, &[("reason", "<b>Lý do</b>"), ("role", "viewer")]).await.is(303);
        assert_eq!(at.run_due(SendNotice::KIND).await, 1);
        let mails = smtp.mails();
        assert_eq!((mails.len(), mails[0]["to"][0].as_str()), (1, Some("chu@cty.vn")));
        assert_eq!(header(&mails[0], "subject"), "Người vận hành đã vào tài khoản Công ty Thử");
        let text = mails[0]["text"].as_str().unwrap();
        for said in [
            OPERATOR,
            "<b>Lý do</b>",
            "Người xem",
            "16:00 22/11/2026",
            &format!("/settings/log?account={}", at.scope.account()),
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
    });
}
