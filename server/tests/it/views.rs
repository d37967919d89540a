//! Pages that are kept under a name: whose they are, what of an address is kept, where one begins, and what the log says.

use domain::{
    Role,
    limits::{SAVED_VIEWS, VIEW_ADDRESS_CHARS, VIEW_NAME_CHARS},
};
use reqwest::Method;
use serde_json::json;
use store::{
    Chosen,
    audit::Action,
    users,
    views::{self, ViewOwner},
};

use crate::{
    harness::{Answer, Harness, both_engines},
    settings::{page, send, told},
};

const ADD: &str = "/settings/views/add";

async fn keep(at: &Harness, cookie: &str, name: &str, address: &str, more: &[(&str, &str)]) -> Answer {
    send(at, cookie, ADD, &[&[("name", name), ("address", address)], more].concat()).await
}

/// The number of a kept page, as a form of the page names it.
fn key_of(html: &str, name: &str) -> i64 {
    let row = html
        .split("<tr>")
        .find(|row| row.contains(&format!(">{name}<")))
        .unwrap_or_else(|| panic!("no {name}: {html}"));
    let rest = row.split("/settings/views/").find_map(|rest| rest.split('/').next()?.parse().ok());
    rest.unwrap_or_else(|| panic!("{name} cannot be changed: {row}"))
}

async fn begins(at: &Harness, cookie: &str) -> String {
    Answer::as_it_is(at.signed(Method::GET, "/", cookie).header("accept", "text/html"))
        .await
        .header("location")
        .to_owned()
}

async fn people(at: &Harness) -> [String; 3] {
    let mut cookies = Vec::new();
    for (email, role) in [("chu@cty.vn", Role::Owner), ("quanly@cty.vn", Role::Manager), ("xem@cty.vn", Role::Viewer)] {
        at.user(email, role).await;
        cookies.push(at.sign_in(email).await);
    }
    cookies.try_into().unwrap()
}

both_engines! {
    async fn a_page_is_kept_for_oneself_or_for_everybody(at) {
        at.stock().await;
        let [owner, manager, viewer] = people(at).await;
        let before = told(at).await.len();
        let html = page(at, &viewer, "/settings/views?to=%2Fcampaigns%2Ftet%2Fcalls%3Fcode%3DDY%26period%3Dlast-7-days%26cursor%3Dx").await.is(200).text();
        assert!(html.contains("value=\"/campaigns/tet/calls?period=last-7-days&amp;code=DY\""), "{html}");
        assert!(html.contains("Tết 2027") && html.contains("7 ngày qua") && !html.contains("name=\"whose\""), "{html}");
        keep(at, &viewer, "Theo dõi", "/campaigns/tet/calls?code=DY&period=last-7-days", &[]).await.is(303);
        assert_eq!(told(at).await.len(), before, "one's own is not the account's business");
        keep(at, &viewer, "Chung", "/calls", &[("whose", "account")]).await.is(404);
        keep(at, &manager, "Chung", "/calls?period=this-month", &[("whose", "account")]).await.is(303);
        assert_eq!(told(at).await[0], ("quanly@cty.vn".to_owned(), Action::ViewChanged, "Chung".to_owned()));

        let html = page(at, &viewer, "/settings/views").await.is(200).text();
        assert!(html.contains("href=\"/campaigns/tet/calls?period=last-7-days&amp;code=DY\""), "{html}");
        assert!(html.contains("href=\"/calls?period=this-month\""), "{html}");
        let mine = key_of(&html, "Theo dõi");
        let html = page(at, &manager, "/settings/views").await.is(200).text();
        assert!(html.contains("Chung") && !html.contains("Theo dõi"), "{html}");
        let of_account = key_of(&html, "Chung");

        // Nobody changes what is somebody else's, nor a viewer what is everybody's.
        for (who, key) in [(&manager, mine), (&owner, mine), (&viewer, of_account), (&viewer, of_account + 1_000)] {
            send(at, who, &format!("/settings/views/{key}/put"), &[("seen", "Chung"), ("name", "X")]).await.is(404);
            send(at, who, &format!("/settings/views/{key}/remove"), &[]).await.is(404);
        }
        send(at, &manager, &format!("/settings/views/{mine}/start"), &[]).await.is(404);

        // Two names of one owner are not the same, and of two who rename it the second is told.
        keep(at, &viewer, "Theo dõi", "/calls", &[]).await.is(422);
        keep(at, &viewer, "Chung", "/calls", &[]).await.is(303);
        let rename = async |seen: &str, name: &str| send(at, &owner, &format!("/settings/views/{of_account}/put"), &[("seen", seen), ("name", name)]).await;
        rename("Chung", "Tháng <này>").await.is(303);
        let html = rename("Chung", "Khác").await.is(422).text();
        assert!(html.contains("Tháng &lt;này&gt;") && html.contains("value=\"Khác\""), "both are shown: {html}");
        rename("Tháng <này>", "\u{200b}").await.is(422);
        rename("Tháng <này>", "0912 345 207").await.is(422);

        send(at, &viewer, &format!("/settings/views/{mine}/remove"), &[]).await.is(303);
        send(at, &viewer, &format!("/settings/views/{mine}/remove"), &[]).await.is(404);
        send(at, &owner, &format!("/settings/views/{of_account}/remove"), &[]).await.is(303);
        assert_eq!(told(at).await.iter().take(3).filter(|(_, action, _)| *action == Action::ViewChanged).count(), 3);
        let html = page(at, &manager, "/settings/views").await.is(200).text();
        assert!(html.contains("Chưa lưu trang nào"), "{html}");
    }

    async fn what_is_kept_leads_nowhere_else_and_names_no_customer(at) {
        at.stock().await;
        let [_, manager, _] = people(at).await;
        for address in ["https://evil.example/calls", "//evil.example", "/sign-out", "/settings/people", "/campaigns/khac", "/calls?period=nonsense", "/language/vi?to=//evil.example", "javascript:alert(1)"] {
            let html = keep(at, &manager, "X", address, &[]).await.is(422).text();
            assert!(html.contains("không lưu được"), "{address}: {html}");
            let shown = form_urlencoded::byte_serialize(address.as_bytes()).collect::<String>();
            let html = page(at, &manager, &format!("/settings/views?to={shown}")).await.is(200).text();
            assert!(!html.contains("id=\"view-save\""), "{address}: {html}");
        }
        for (name, address) in [("0912345207", "/calls"), ("Khách", "/search?q=0912345207")] {
            keep(at, &manager, name, address, &[]).await.is(422);
        }
        keep(at, &manager, "Khách", "/calls?q=0912345207&contact=kh-1&code=DY", &[("whose", "account")]).await.is(303);
        let listed = at.get("/api/v1/views").await.is(200).json();
        assert_eq!(listed, json!({"views": [{"name": "Khách", "address": "/calls?code=DY"}]}));
    }

    async fn one_begins_where_one_has_chosen_to(at) {
        at.stock().await;
        let [owner, _, viewer] = people(at).await;
        let key = {
            let mut conn = at.server.db.read().await.unwrap();
            users::lookup_email(&mut conn, &at.scope, "xem@cty.vn").await.unwrap().unwrap().key
        };
        assert_eq!(begins(at, &viewer).await, "/campaigns");
        keep(at, &viewer, "Tết", "/campaigns/tet?period=yesterday", &[("start", "true")]).await.is(303);
        assert_eq!(begins(at, &viewer).await, "/campaigns/tet?period=yesterday");
        assert_eq!(begins(at, &owner).await, "/campaigns", "it is theirs alone");
        send(at, &viewer, "/settings/views/start", &[]).await.is(303);
        assert_eq!(begins(at, &viewer).await, "/campaigns");

        // Of the account's: when it goes, everybody begins as before.
        at.put("/api/v1/views/Chung", &json!({"address": "/calls?period=today"})).await.is(201);
        let html = page(at, &viewer, "/settings/views").await.is(200).text();
        let of_account = html.split("/settings/views/").filter_map(|rest| rest.split_once("/start").and_then(|(key, _)| key.parse::<i64>().ok())).max().unwrap();
        send(at, &viewer, &format!("/settings/views/{of_account}/start"), &[]).await.is(303);
        assert_eq!(begins(at, &viewer).await, "/calls?period=today");
        Answer::of(at.api(Method::DELETE, "/api/v1/views/Chung")).await.is(204);
        assert_eq!(begins(at, &viewer).await, "/campaigns");
        Answer::of(at.api(Method::DELETE, "/api/v1/views/Chung")).await.is_problem(404);

        // A campaign that they see no longer: it is said, and not where it was.
        let html = page(at, &viewer, "/settings/views").await.is(200).text();
        send(at, &viewer, &format!("/settings/views/{}/start", key_of(&html, "Tết")), &[]).await.is(303);
        at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
        at.put("/api/v1/views/Kín", &json!({"address": "/campaigns/tet"})).await.is(201);
        at.put("/api/v1/views/Cả%20tài%20khoản", &json!({"address": "/usage"})).await.is(201);
        at.put("/api/v1/views/Thấy", &json!({"address": "/campaigns/khac"})).await.is(201);
        let mut conn = at.server.db.write().await.unwrap();
        let chosen = Chosen::of(Some(vec!["khac".parse().unwrap()]), None);
        users::set_access(&mut conn, &at.scope, key, Role::Viewer, chosen.as_ref()).await.unwrap();
        conn.commit().await.unwrap();
        assert_eq!(begins(at, &viewer).await, "/settings/views?note=start-gone");
        let html = page(at, &viewer, "/settings/views?note=start-gone").await.is(200).text();
        assert!(html.contains("Chiến dịch không còn, hoặc bạn không xem được") && html.contains("Thấy"), "{html}");
        assert!(!html.contains("Kín") && !html.contains("Cả tài khoản") && !html.contains("Tết 2027"), "{html}");
        keep(at, &viewer, "Thử", "/campaigns/tet", &[]).await.is(422);
        let html = page(at, &viewer, "/settings/views?to=%2Fcampaigns%2Ftet").await.is(200).text();
        assert!(!html.contains("Tết 2027"), "{html}");
    }

    async fn what_somebody_kept_goes_with_them(at) {
        at.stock().await;
        let [_, _, viewer] = people(at).await;
        keep(at, &viewer, "Theo dõi", "/calls", &[("start", "true")]).await.is(303);
        let mut conn = at.server.db.write().await.unwrap();
        let user = users::lookup_email(&mut conn, &at.scope, "xem@cty.vn").await.unwrap().unwrap();
        users::delete(&mut conn, &at.scope, user.key).await.unwrap();
        conn.commit().await.unwrap();
        assert_eq!(at.number("SELECT COUNT(*) FROM saved_views").await, 0);
    }

    async fn what_is_kept_of_views_has_a_number_and_a_length(at) {
        at.stock().await;
        let [_, manager, _] = people(at).await;
        let put = async |name: &str, address: &str| at.put(&format!("/api/v1/views/{name}"), &json!({"address": address})).await;
        put(&"a".repeat(VIEW_NAME_CHARS), "/calls").await.is(201);
        put(&"a".repeat(VIEW_NAME_CHARS + 1), "/calls").await.names(422, "name");
        let long = |chars: usize| format!("/calls?{}", "code=DY&".repeat(chars)).chars().take(chars).collect::<String>();
        put("dài", &long(VIEW_ADDRESS_CHARS)).await.is(201);
        put("dài", &long(VIEW_ADDRESS_CHARS + 1)).await.names(422, "address");
        let mut conn = at.server.db.write().await.unwrap();
        for n in 2..SAVED_VIEWS {
            views::put(&mut conn, &at.scope, ViewOwner::Account, &format!("v{n}"), "/calls").await.unwrap();
        }
        conn.commit().await.unwrap();
        put("thêm", "/calls").await.names(422, "views");
        put("v2", "/campaigns").await.is(200);
        // A person has as many beside.
        keep(at, &manager, "thêm", "/calls", &[]).await.is(303);
        let html = keep(at, &manager, "thêm", "/calls", &[("whose", "account")]).await.is(422).text();
        assert!(html.contains("Đã đủ 100 trang"), "{html}");
    }
}
