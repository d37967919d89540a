//! The first start: from an empty database to an operator who owns an account, once.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use domain::Role;
use store::{accounts, audit, operators, users};

use crate::{commands::program, harness::Harness, settings::page};

const PASSWORD: &str = "bốn từ chẳng liên quan";

/// What the form asks for.
fn fields<'a>(key: &'a str, email: &'a str) -> [(&'static str, &'a str); 10] {
    [
        ("key", key),
        ("email", email),
        ("name", "Lan"),
        ("password", PASSWORD),
        ("repeat", PASSWORD),
        ("account", "Công ty Đầu"),
        ("country", "VN"),
        ("timezone", "asia/ho_chi_minh"),
        ("currency", "VND"),
        ("language", "vi"),
    ]
}

/// The key of a printed address.
fn key_of(address: &str) -> String {
    address.split_once("/first-start?key=").unwrap().1.trim().to_owned()
}

async fn offered(at: &Harness) -> Option<String> {
    let context = &at.server.context;
    context.first_start.offer(&at.server.db, &context.settings().base_url).await.unwrap()
}

crate::harness::both_engines! {
    async fn the_first_operator_owns_the_first_account_once(at) {
        let key = key_of(&offered(at).await.unwrap());
        assert_eq!(offered(at).await, None, "one key for each start");
        let html = page(at, "", "/sign-in").await.is(200).text();
        assert!(html.contains("ringside serve") && !html.contains(&key), "{html}");
        let html = page(at, "", &format!("/first-start?key={key}")).await.is(200).text();
        assert!(html.contains("name=\"account\""), "{html}");
        // In either language and theme, with lists to choose from.
        for switch in ["/language/en?to=%2Ffirst-start", "/theme/dark?to=%2Ffirst-start", "<option value=\"Asia/Tokyo\"", "<option value=\"JP\"", "<option value=\"JPY\""] {
            assert!(html.contains(switch), "{switch}: {html}");
        }
        let back = page(at, "", &format!("/language/en?to=%2Ffirst-start%3Fkey%3D{key}")).await.is(303);
        assert_eq!(back.header("location"), format!("/first-start?key={key}"));
        for wrong in ["", "0.x", &format!("0.{}", "A".repeat(43)), &key[..key.len() - 1]] {
            page(at, "", &format!("/first-start?key={wrong}")).await.is(410);
            at.post_form("/first-start", &fields(wrong, "lan@cty.vn")).await.is(410);
        }
        let with = |name: &str, value: &'static str| {
            let mut fields = fields(&key, "lan@cty.vn");
            fields.iter_mut().filter(|(field, _)| *field == name || (name == "password" && *field == "repeat")).for_each(|(_, typed)| *typed = value);
            fields
        };
        for (name, value) in [("password", "lan@cty.vn1"), ("password", "matkhau123456"), ("country", "XX"), ("timezone", "x"), ("currency", "x"), ("account", "Công ty Thử"), ("email", "lan")] {
            let html = at.post_form("/first-start", &with(name, value)).await.is(422).text();
            assert!(html.contains(&format!("#form-{name}\"")), "{name}: {html}");
        }
        let begun = at.post_form("/first-start", &fields(&key, "Lan@cty.vn")).await.is(303);
        let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
        page(at, &cookie, "/operator").await.is(200);
        let html = page(at, &cookie, "/campaigns").await.is(200).text();
        assert!(html.contains("Công ty Đầu") && html.contains("href=\"/import\"") && html.contains("href=\"/settings/tokens\""), "{html}");
        page(at, "", &format!("/first-start?key={key}")).await.is(410);
        at.post_form("/first-start", &fields(&key, "hai@cty.vn")).await.is(410);
        assert!(!page(at, "", "/sign-in").await.text().contains("ringside serve"));
        let mut conn = at.server.db.read().await.unwrap();
        assert_eq!(operators::list(&mut conn).await.unwrap().len(), 1);
        let account = accounts::find_by_name(&mut conn, "Công ty Đầu").await.unwrap().unwrap();
        let owner = users::all_memberships(&mut conn, "lan@cty.vn").await.unwrap().remove(0);
        assert_eq!(account.zone.name(), "Asia/Ho_Chi_Minh");
        assert_eq!((owner.account, owner.role, owner.is_operator), (account.id, Role::Owner, true));
        #[expect(clippy::disallowed_methods, reason = "the log of the new account is read")]
        let scope = store::Scope::system(account.id);
        let log = audit::list(&mut conn, &scope, &audit::EntryFilter::default(), None, 5).await.unwrap();
        let said: Vec<_> = log.iter().map(|one| one.event.action.word()).collect();
        assert_eq!(said, ["sign_in", "user_added", "account_made"]);
    }

    async fn of_two_at_once_one_is_the_first(at) {
        let key = key_of(&offered(at).await.unwrap());
        // Another process on the same database has a key of its own, which opens nothing here.
        let other = at.another(&[]).await;
        let other_key = key_of(&offered(&other).await.unwrap());
        at.post_form("/first-start", &fields(&other_key, "x@cty.vn")).await.is(410);
        let emails: Vec<String> = (0..6).map(|n| format!("lan-{n}@cty.vn")).collect();
        let asked = emails.iter().enumerate().map(|(n, email)| {
            let (at, key) = if n % 2 == 0 { (at, &key) } else { (&other, &other_key) };
            async move { at.post_form("/first-start", &fields(key, email)).await.status.as_u16() }
        });
        let mut statuses = futures::future::join_all(asked).await;
        statuses.sort_unstable();
        // Passwords are hashed by few at a time: who was not looked at yet is told to try again.
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [303, 410, 429, 503].contains(status)), "{statuses:?}");
        let mut conn = at.server.db.read().await.unwrap();
        assert_eq!(operators::list(&mut conn).await.unwrap().len(), 1);
        assert_eq!(accounts::list(&mut conn).await.unwrap().len(), 2, "that of the tests, and one");
    }

    async fn where_somebody_is_there_nothing_is_offered(at) {
        at.user("lan@cty.vn", Role::Viewer).await;
        assert_eq!(offered(at).await, None);
        page(at, "", "/first-start?key=0.x").await.is(410);
        assert!(!page(at, "", "/sign-in").await.text().contains("ringside serve"));
    }
}

/// What `serve` prints on standard output until it serves.
fn printed_by_serving(folder: &std::path::Path) -> String {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut command = program(folder, &["serve"]);
    let mut child =
        command.env("RINGSIDE_LISTEN", &address).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    // It is said after the link would have been.
    let serves = stderr.lines().map_while(Result::ok).any(|line| line.contains("Ringside serves"));
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(serves);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn serving_prints_a_link_where_nobody_is_there_and_another_at_each_start() {
    let folder = tempfile::tempdir().unwrap();
    let links = [printed_by_serving(folder.path()), printed_by_serving(folder.path())];
    for link in &links {
        assert_eq!(link.lines().count(), 1, "{link}");
        assert!(link.contains("/first-start?key=0."), "{link}");
    }
    assert_ne!(links[0], links[1]);
    let added = program(folder.path(), &["account", "add", "A"]).output().unwrap();
    assert!(added.status.success());
    assert_eq!(printed_by_serving(folder.path()).lines().count(), 1, "an account without people is nobody's");
    let added =
        program(folder.path(), &["user", "add", "lan@cty.vn", "--account", "A", "--role", "owner"]).output().unwrap();
    assert!(added.status.success());
    assert_eq!(printed_by_serving(folder.path()), "");
}
