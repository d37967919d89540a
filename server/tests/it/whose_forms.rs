//! Forms are for the account that their page was of: sent while another one is open, they change nothing.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use server::pages::whose_form::OF_NO_ACCOUNT;
use store::audit::{self, EntryFilter};

use crate::{
    harness::{Answer, Harness, PASSWORD, account, account_of_cookie, both_engines, user},
    sources::{RustSource, rust_sources},
};

const LAN: &str = "lan@cty.vn";
const RENAME: &str = "/settings/voicebots/bot/put";

/// The forms of pages, with something for each parameter.
fn forms() -> Vec<String> {
    // Who has entered no account does not see the form to leave it.
    let of_programs = ["/api/", "/hooks/{key}/{source}", "/oidc/", "/operator/leave"];
    let routes = server::router::list()
        .into_iter()
        .filter(|(method, path)| !method.is_safe() && !of_programs.iter().any(|program| path.starts_with(program)));
    let forms = routes.map(|(_, path)| path).filter(|path| !OF_NO_ACCOUNT.contains(&path.as_str()));
    let fill = |path: String| {
        path.replace("/campaigns/{id}", "/campaigns/tet")
            .replace("/voicebots/{id}", "/voicebots/bot")
            .replace(['{', '}'], "")
    };
    forms.map(fill).collect()
}

async fn entries(at: &Harness) -> usize {
    let mut conn = at.server.db.read().await.unwrap();
    audit::list(&mut conn, &at.scope, &EntryFilter::default(), None, 100).await.unwrap().len()
}

async fn name_of_the_voicebot(at: &Harness, token: &str) -> String {
    let listed =
        Answer::of(at.bare(Method::GET, "/api/v1/voicebots").header("authorization", format!("Bearer {token}")));
    listed.await.is(200).json()["voicebots"][0]["name"].as_str().unwrap().to_owned()
}

both_engines! {
    async fn no_form_is_taken_for_another_account_or_for_none(at) {
        at.stock().await;
        at.user(LAN, Role::Owner).await;
        let cookie = at.sign_in(LAN).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let before = entries(at).await;
        let forms = forms();
        assert!(forms.len() > 40, "{forms:?}");
        for form in forms {
            for query in [format!("?account={}", other.account()), "?account=987654".to_owned(), "?account=".to_owned(), String::new()] {
                let request = at.form(&format!("{form}{query}"), &[("name", "Khác"), ("email", "x@cty.vn")]).header("cookie", &cookie);
                Answer::as_it_is(request).await.is_problem(409);
            }
        }
        assert_eq!(entries(at).await, before);
        // The one that is open is taken.
        let own = format!("{RENAME}?account={}", account_of_cookie(&cookie).unwrap());
        Answer::as_it_is(at.form(&own, &[("seen", "Chăm sóc khách hàng"), ("name", "Bot mới")]).header("cookie", &cookie)).await.is(303);
        assert_eq!(name_of_the_voicebot(at, &at.token).await, "Bot mới");
    }

    async fn to_whoever_does_not_see_its_page_a_form_is_not_there_whatever_is_sent(at) {
        at.stock().await;
        let mut people = Vec::new();
        for role in Role::ALL {
            let email = format!("{}@cty.vn", role.word());
            at.user(&email, role).await;
            people.push((role, at.sign_in(&email).await));
        }
        let areas: [(&str, Option<Role>); 23] = [
            ("/settings/sign-in/groups", Some(Role::Owner)),
            ("/settings/sign-in/passwords", Some(Role::Owner)),
            ("/settings/sign-in/", Some(Role::Viewer)),
            ("/settings/views/", Some(Role::Viewer)),
            ("/settings/account/", Some(Role::Owner)),
            ("/settings/people/", Some(Role::Owner)),
            ("/settings/invitations/", Some(Role::Owner)),
            ("/settings/tokens/", Some(Role::Owner)),
            ("/settings/erasure/", Some(Role::Owner)),
            ("/settings/codes/", Some(Role::Manager)),
            ("/settings/dimensions/", Some(Role::Manager)),
            ("/settings/tariffs/", Some(Role::Manager)),
            ("/settings/voicebots/", Some(Role::Manager)),
            ("/settings/campaigns/", Some(Role::Manager)),
            ("/settings/recipients/", Some(Role::Manager)),
            ("/hooks", Some(Role::Owner)),
            ("/jobs/", Some(Role::Owner)),
            ("/import", Some(Role::Manager)),
            ("/campaigns/", Some(Role::Viewer)),
            ("/calls/", Some(Role::Viewer)),
            ("/notes", Some(Role::Viewer)),
            // Nobody here is an operator.
            ("/operator/leave", None),
            ("/operator/", None),
        ];
        let of_programs = |path: &str| path.starts_with("/api/") || path.starts_with("/oidc/") || path == "/hooks/{key}/{source}";
        let public = ["/sign-in", "/sign-out", "/set-password", "/forgot-password", "/invitation", "/first-start", "/accounts", "/accounts/again", "/mail/stop/{account}/{mailing}/{no}/{secret}"];
        let routes = server::router::list().into_iter().filter(|(method, path)| !method.is_safe() && !of_programs(path));
        for (_, route) in routes.filter(|(_, path)| !public.contains(&path.as_str())) {
            let area = areas.iter().find(|(area, _)| route.starts_with(area));
            let (_, role) = area.unwrap_or_else(|| panic!("{route}: say here who sees it"));
            let path = route.replace("/campaigns/{id}", "/campaigns/tet").replace("/voicebots/{id}", "/voicebots/bot").replace(['{', '}'], "");
            for (who, cookie) in &people {
                let is_seen = role.is_some_and(|role| who.may(role));
                let own = format!("?account={}", at.scope.account());
                for query in ["", "?account=987654", "?account=", &own] {
                    if is_seen && query == own {
                        continue;
                    }
                    let request = at.form(&format!("{path}{query}"), &[]).header("cookie", cookie).header("accept", "text/html");
                    let answer = Answer::as_it_is(request).await;
                    assert_eq!(answer.status, if is_seen { 409 } else { 404 }, "{} {route}{query}", who.word());
                }
            }
        }
    }

    async fn a_form_of_an_account_left_meanwhile_is_sent_there_on_demand(at) {
        at.stock().await;
        let (other, token) = account(&at.server.db, "Công ty Khác").await;
        let put = at.bare(Method::PUT, "/api/v1/voicebots/bot").header("authorization", format!("Bearer {token}"));
        let put = put.header("content-type", "application/json").body(json!({"name": "Bot của Khác"}).to_string());
        Answer::of(put).await.is(201);
        at.user(LAN, Role::Owner).await;
        user(&at.server.db, &other, LAN, Role::Owner).await;
        let cookie = at.sign_in(LAN).await;
        let open = account_of_cookie(&cookie).unwrap();
        let (left, of_left, of_open) = if open == other.account() {
            (at.scope.account(), at.token.clone(), token)
        } else {
            (other.account(), token, at.token.clone())
        };
        let was = (name_of_the_voicebot(at, &of_left).await, name_of_the_voicebot(at, &of_open).await);

        let typed = [("seen", was.0.as_str()), ("name", "Trợ lý & \"bạn\""), ("secret", "không được lặp lại")];
        let stale = at.form(&format!("{RENAME}?account={left}"), &typed).header("accept", "text/html");
        let page = Answer::as_it_is(stale.header("cookie", &cookie)).await.is(409).text();
        for said in ["Công ty Thử", "Công ty Khác", "value=\"Trợ lý &amp; &quot;bạn&quot;\""] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("không được lặp lại"), "{page}");
        assert_eq!((name_of_the_voicebot(at, &of_left).await, name_of_the_voicebot(at, &of_open).await), was);

        let action = format!("/accounts/again?account={left}&to=%2Fsettings%2Fvoicebots%2Fbot%2Fput");
        assert!(page.contains(&action.replace('&', "&amp;")), "{page}");
        let opened = Answer::as_it_is(at.form(&action, &typed).header("cookie", &cookie)).await.is(307);
        assert_eq!(opened.header("location"), format!("{RENAME}?account={left}"));
        let cookie = opened.header("set-cookie").split(';').next().unwrap().to_owned();
        Answer::as_it_is(at.form(opened.header("location"), &typed).header("cookie", &cookie)).await.is(303);
        assert_eq!(name_of_the_voicebot(at, &of_left).await, "Trợ lý & \"bạn\"");
        assert_eq!(name_of_the_voicebot(at, &of_open).await, was.1);

        // Of an account that the person does not belong to, nothing is told.
        let (strange, _) = account(&at.server.db, "Công ty Lạ").await;
        for number in [strange.account(), 987_654] {
            let stale = at.form(&format!("{RENAME}?account={number}"), &typed).header("accept", "text/html");
            let page = Answer::as_it_is(stale.header("cookie", &cookie)).await.is(409).text();
            assert!(page.contains("không còn ở trong đó") && !page.contains("Công ty Lạ"), "{page}");
            let action = format!("/accounts/again?account={number}&to=%2Fcampaigns");
            Answer::as_it_is(at.form(&action, &typed).header("cookie", &cookie)).await.is(404);
        }
    }

    async fn a_form_of_an_account_where_one_may_more_is_kept(at) {
        at.stock().await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        at.user(LAN, Role::Owner).await;
        user(&at.server.db, &other, LAN, Role::Viewer).await;
        let cookie = at.sign_in(LAN).await;
        let to = other.account().to_string();
        let opened = Answer::as_it_is(at.form("/accounts", &[("account", to.as_str()), ("to", "/campaigns")]).header("cookie", &cookie)).await;
        let cookie = opened.is(303).header("set-cookie").split(';').next().unwrap().to_owned();
        assert_eq!(account_of_cookie(&cookie), Some(other.account()));
        let stale = at.form(&format!("{RENAME}?account={}", at.scope.account()), &[("seen", "x"), ("name", "Tên mới")]);
        let page = Answer::as_it_is(stale.header("accept", "text/html").header("cookie", &cookie)).await.is(409).text();
        assert!(page.contains("Công ty Thử") && page.contains("value=\"Tên mới\""), "{page}");
        let own = at.form(&format!("{RENAME}?account={to}"), &[("name", "x")]).header("accept", "text/html");
        Answer::as_it_is(own.header("cookie", &cookie)).await.is(404);
    }

    async fn signing_in_and_out_works_in_a_tab_of_another_account(at) {
        at.user(LAN, Role::Owner).await;
        let cookie = at.sign_in(LAN).await;
        let fields = [("email", LAN), ("password", PASSWORD)];
        Answer::as_it_is(at.form("/sign-in?account=987654", &fields).header("cookie", &cookie)).await.is(303);
        Answer::as_it_is(at.form("/sign-out?account=987654", &[]).header("cookie", &cookie)).await.is(303);
    }
}

/// Read from the sources: there is one way to make a form that asks, one to make a button that does something, and one to ask what a page
/// shows; and what changes something carries the account that its page is of.
#[test]
fn forms_are_made_in_one_place_and_carry_their_account() {
    const PLACES: [&str; 4] = ["/form/", "/components/press.rs", "/components/asking.rs", "/components/live_asking.rs"];
    let mut found = rust_sources("app/src");
    let of_pages = found.len();
    found.extend(rust_sources("server/src"));
    let (mut forms, mut pressed) = (0, 0);
    for (no, RustSource { path, code }) in found.iter().enumerate() {
        let file = path.display().to_string();
        let is_place = PLACES.iter().any(|place| file.contains(place));
        for rest in code.split("<form").skip(1) {
            if !rest.starts_with(|c: char| c.is_whitespace() || c == '>') {
                continue;
            }
            assert!(
                is_place,
                "{file} has a form that is made by hand. What asks for something is an app::form::Form, what only does something a \
                 components::Press or Question, and what a page shows is asked by a components::Asking"
            );
            let tag = rest.split_once('>').unwrap().0;
            forms += usize::from(tag.contains("method=\"post\"") || tag.contains("method=\"get\""));
        }
        if is_place {
            continue;
        }
        pressed += code.matches("Press::new(").count();
        // What the server writes by itself are links of mails and the choice of an account, which are of no account or name it.
        for rest in code.split("Press::of_person(").skip(1).filter(|_| no < of_pages) {
            assert!(rest.starts_with("\"/sign-out\""), "{file}: {}", &rest[..40]);
        }
    }
    assert!(forms == 4 && pressed > 12, "{forms} {pressed}");
    let source = |name: &str| &found.iter().find(|source| source.path.ends_with(name)).unwrap().code;
    assert!(source("form/view.rs").contains("method=\"post\" action=with_account(&action)"));
    assert!(source("components/press.rs").contains("Self::of_person(with_account(path))"));
    for asking in ["asking.rs", "live_asking.rs"] {
        assert!(!source(&format!("components/{asking}")).contains("method=\"post\""), "{asking} changes nothing");
    }
}

/// Read from the sources: what is typed into a field of a secret is in no page that says of which account a form was.
#[test]
fn fields_of_secrets_are_known_by_their_names() {
    for RustSource { path, code } in rust_sources("app/src") {
        for field in code.split("Field::new(\"").skip(1) {
            let (name, rest) = field.split_once('"').unwrap();
            let kind = rest.split("Kind::").nth(1).unwrap_or_default();
            let is_secret =
                ["Secret", "CurrentPassword", "NewPassword", "RepeatedPassword"].iter().any(|of| kind.starts_with(of));
            assert!(!is_secret || server::pages::whose_form::SECRET.contains(&name), "{}: {name}", path.display());
        }
    }
}
