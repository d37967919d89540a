//! Groups and the ban of passwords, as owners set them.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use store::sso;

use super::{
    provider::{Provider, session_of},
    told, with,
};
use crate::harness::{Answer, Harness, PASSWORD, account, both_engines, user};

const PAGE: &str = "/settings/sign-in";
const GROUPS: &str = "/settings/sign-in/groups";
const REMOVE: &str = "/settings/sign-in/groups/remove";
const PASSWORDS: &str = "/settings/sign-in/passwords";

async fn send(at: &Harness, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    Answer::of(at.form(path, fields).header("cookie", cookie)).await
}

async fn page(at: &Harness, cookie: &str) -> Answer {
    Answer::of(at.signed(Method::GET, PAGE, cookie).header("accept", "text/html")).await
}

async fn forbids(at: &Harness) -> bool {
    sso::forbids_passwords(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap()
}

both_engines! {
    async fn owners_say_which_groups_come_in(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = known.sign_in("chu@cty.vn").await;
        let html = page(&known, &owner).await.is(200).text();
        for part in ["Đăng nhập một lần (SSO)", "quan-ly", "Chỉ cấm được khi bạn đang đăng nhập bằng SSO"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let saved = send(&known, &owner, GROUPS, &[("group", "/cty/kế toán"), ("role", "manager")]).await.is(303);
        assert_eq!(saved.header("location"), "/settings/sign-in?note=saved");
        assert!(page(&known, &owner).await.text().contains("/cty/kế toán"));
        // Who writes over what is there is told.
        let html = send(&known, &owner, GROUPS, &[("group", "xem"), ("role", "owner")]).await.is(422).text();
        assert!(html.contains("Người khác vừa đổi mục này") && html.contains("value=\"xem = viewer\""), "{html}");
        send(&known, &owner, GROUPS, &[("seen", "xem = viewer"), ("group", "xem"), ("role", "owner")]).await.is(303);
        let html = send(&known, &owner, GROUPS, &[("group", ""), ("role", "king")]).await.is(422).text();
        assert!(html.contains("Hãy điền mục này."), "{html}");
        send(&known, &owner, REMOVE, &[("group", "xem")]).await.is(303);
        send(&known, &owner, REMOVE, &[("group", "xem")]).await.is(303);
        let groups = sso::groups(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap();
        assert_eq!(groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["/cty/kế toán", "chu", "quan-ly"]);
        let told: Vec<_> = told(at).await.into_iter().filter(|told| told.0 == "sso_group_changed").map(|told| told.1).collect();
        assert_eq!(told, ["/cty/kế toán", "xem", "xem"]);
    }

    async fn nobody_but_owners_sets_them(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let (other, token) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &other, "chu@khac.vn", Role::Owner).await;
        let tries: [(&str, &[(&str, &str)]); 3] =
            [(GROUPS, &[("group", "chu"), ("role", "viewer")]), (REMOVE, &[("group", "chu")]), (PASSWORDS, &[("forbidden", "true")])];
        for role in [Role::Viewer, Role::Manager] {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            let cookie = known.sign_in(&email).await;
            for (path, fields) in tries {
                known.post_form(path, fields).await.is(401);
                send(&known, &cookie, path, fields).await.is(404);
            }
            assert!(!page(&known, &cookie).await.is(200).text().contains("quan-ly"), "as {role:?}");
        }
        // A stranger sets their own.
        let stranger = known.sign_in("chu@khac.vn").await;
        send(&known, &stranger, REMOVE, &[("group", "chu")]).await.is(303);
        send(&known, &stranger, PASSWORDS, &[("forbidden", "true")]).await.is(403);
        let of_stranger = at.bare(Method::GET, "/api/v1/sign-in").header("authorization", format!("Bearer {token}"));
        assert_eq!(Answer::of(of_stranger).await.is(200).json()["groups"], json!({}));
        let groups = sso::groups(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap();
        assert_eq!(groups.len(), 3);
    }

    async fn an_account_may_forbid_passwords(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        at.user("chu@cty.vn", Role::Owner).await;
        let by_password = known.sign_in("chu@cty.vn").await;
        let text = send(&known, &by_password, PASSWORDS, &[("forbidden", "true")]).await.is(403).text();
        assert!(text.contains("single sign-on"), "{text}");
        known.put("/api/v1/sign-in", &json!({"passwords_forbidden": true})).await.names(422, "passwords");
        assert!(!forbids(at).await);
        // A viewer of the provider opens nothing for owners.
        session_of(&provider.signs_in(&known, &["xem"], |_| {}).await);
        known.put("/api/v1/sign-in", &json!({"passwords_forbidden": true})).await.names(422, "passwords");
        let lan = session_of(&provider.signs_in(&known, &["chu"], |_| {}).await);
        assert!(page(&known, &lan).await.text().contains("Cấm mật khẩu"));
        send(&known, &lan, PASSWORDS, &[("forbidden", "true")]).await.is(303);
        assert!(forbids(at).await);
        page(&known, &by_password).await.is(303);
        page(&known, &lan).await.is(200);
        let told_last = told(at).await.pop().unwrap();
        assert_eq!((told_last.0, told_last.2.as_str()), ("passwords_forbidden", "{\"after\":{\"forbidden\":true},\"before\":{\"forbidden\":false}}"));
        // Who has the right password is told so, and the owners, too.
        let refused = known.post_form("/sign-in", &[("email", "chu@cty.vn"), ("password", PASSWORD), ("to", "/calls")]).await.is(303);
        assert_eq!(refused.header("location"), "/sign-in?error=single-sign-on&to=%2Fcalls");
        assert!(refused.headers.get("set-cookie").is_none());
        let html = Answer::of(known.bare(Method::GET, refused.header("location")).header("accept", "text/html")).await.text();
        assert!(html.contains("chỉ nhận đăng nhập một lần"), "{html}");
        let last = told(at).await.pop().unwrap();
        assert_eq!((last.0, last.2.as_str()), ("sign_in_refused", "{\"reason\":\"passwords are forbidden\"}"));
        let wrong = known.post_form("/sign-in", &[("email", "chu@cty.vn"), ("password", "wrong")]).await.is(303);
        assert!(wrong.header("location").contains("error=wrong"), "nobody else learns of it");
        // It is opened again.
        send(&known, &lan, PASSWORDS, &[("forbidden", "false")]).await.is(303);
        known.sign_in("chu@cty.vn").await;
    }

    async fn a_password_opens_the_other_accounts_of_a_person(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        at.user("chu@cty.vn", Role::Owner).await;
        let mut conn = at.server.db.write().await.unwrap();
        let new = store::users::NewUser { email: "chu@cty.vn".to_owned(), name: "Chủ".to_owned(), role: Role::Viewer };
        store::users::add(&mut conn, &other, &new, domain::Timestamp(crate::harness::NOW)).await.unwrap();
        conn.commit().await.unwrap();
        known.sign_in("chu@cty.vn").await;
        session_of(&provider.signs_in(&known, &["chu"], |_| {}).await);
        known.put("/api/v1/sign-in", &json!({"passwords_forbidden": true})).await.is(200);
        let there = known.sign_in("chu@cty.vn").await;
        let html = Answer::of(known.signed(Method::GET, "/campaigns", &there).header("accept", "text/html")).await.is(200).text();
        assert!(html.contains("Công ty Khác"), "{html}");
        let back = send(&known, &there, "/accounts", &[("account", &at.scope.account().to_string())]).await;
        assert_eq!(back.status, 403, "{}", back.text());
        Answer::of(known.signed(Method::GET, "/campaigns", &there).header("accept", "text/html")).await.is(200);
    }

    async fn the_api_sets_the_same(at) {
        let provider = Provider::start().await;
        let known = with(at, &provider).await;
        let path = "/api/v1/sign-in";
        let groups = json!({"chu": "owner", "quan-ly": "manager", "xem": "viewer"});
        assert_eq!(known.get(path).await.is(200).json(), json!({"single_sign_on": true, "groups": groups, "passwords_forbidden": false}));
        assert_eq!(at.get(path).await.is(200).json()["single_sign_on"], false);
        assert_eq!(known.put(path, &json!({})).await.is(200).json()["result"], "unchanged");
        let wanted = json!({"chu": "owner", "kế toán": "viewer", "xem": "manager"});
        known.put(path, &json!({"groups": wanted})).await.is(200);
        assert_eq!(known.get(path).await.is(200).json()["groups"], wanted);
        assert_eq!(known.put(path, &json!({"groups": wanted})).await.is(200).json()["result"], "unchanged");
        let told: Vec<_> = told(at).await.into_iter().map(|told| told.1).collect();
        assert_eq!(told, ["quan-ly", "kế toán", "xem"]);
        known.put(path, &json!({"groups": {" ": "owner"}})).await.names(422, "group");
        known.put(path, &json!({"groups": {"x".repeat(257): "owner"}})).await.names(422, "group");
        known.put(path, &json!({"groups": {"a": "king"}})).await.is_problem(422);
        known.put(path, &json!({"group": {}})).await.names(422, "group");
        let many: serde_json::Map<_, _> = (0..201).map(|n| (format!("g-{n}"), json!("viewer"))).collect();
        known.put(path, &json!({"groups": many})).await.names(422, "group");
        assert_eq!(known.get(path).await.is(200).json()["groups"], wanted, "all or nothing");
        Answer::of(at.bare(Method::GET, path)).await.is_problem(401);
        for scopes in [json!(["read", "write"])] {
            let made = at.post("/api/v1/tokens", &json!({"name": "hẹp", "scopes": scopes})).await.is(201).json();
            let token = made["token"].as_str().unwrap().to_owned();
            Answer::of(at.bare(Method::GET, path).header("authorization", format!("Bearer {token}"))).await.is_problem(403);
        }
        let made = at.post("/api/v1/tokens", &json!({"name": "che", "scopes": ["manage"], "masked": true})).await.is(201).json();
        let masked = made["token"].as_str().unwrap().to_owned();
        let put = known.bare(Method::PUT, path).header("authorization", format!("Bearer {masked}")).header("content-type", "application/json");
        Answer::of(put.body(json!({"groups": {"a": "manager"}}).to_string())).await.is_problem(403);
    }
}
