//! Webhooks: one call comes of all that is told of it, in whatever order and however often; what is not its system's is refused,
//! and what cannot be read stays with the reason.

use domain::{HookSource, Role};
use reqwest::Method;
use serde_json::{Value, json};
use store::{
    Db, Scope,
    hooks::{self, NewHook, agents, bodies},
};

use crate::{
    harness::{Answer, Harness, NOW, account, both_engines, user},
    hook_bodies::{CASES, Case, MAPPING},
};

/// The key that all servers of the tests encrypt secrets with.
pub const SECRET_KEY: &str = "the key of the tests, of 32 letters and more";

/// The fields of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Adds an address; gives its path.
pub async fn add_hook(db: &Db, scope: &Scope, source: HookSource, secret: Option<&str>) -> String {
    let variables = [("RINGSIDE_SECRET_KEY".to_owned(), SECRET_KEY.to_owned())];
    let sealer = server::sealing::Sealer::new(&server::settings::Settings::read(variables, "").unwrap());
    let key = server::secrets::make(server::hooks::KEY_PREFIX, scope.account());
    let sealed_key = sealer.seal(scope.account(), &key.text).unwrap();
    let sealed_secret = secret.map(|secret| sealer.seal(scope.account(), secret).unwrap());
    let mut conn = db.write().await.unwrap();
    let hook = NewHook {
        source,
        name: source.name(),
        hash: &key.hash,
        sealed_key: &sealed_key,
        sealed_secret: sealed_secret.as_deref(),
    };
    let number = hooks::add(&mut conn, scope, &hook, domain::Timestamp(NOW)).await.unwrap();
    if source == HookSource::Generic {
        assert!(hooks::set_mapping(&mut conn, scope, number, MAPPING).await.unwrap());
    }
    conn.commit().await.unwrap();
    format!("/hooks/{}/{}", key.text, source.word())
}

async fn hook(at: &Harness, source: HookSource) -> String {
    add_hook(&at.server.db, &at.scope, source, None).await
}

async fn post(at: &Harness, path: &str, body: impl Into<String>) -> Answer {
    let body = body.into();
    let kind = if body.starts_with(['{', '[']) { "application/json" } else { "application/x-www-form-urlencoded" };
    Answer::of(at.bare(Method::POST, path).header("content-type", kind).body(body)).await
}

async fn read(at: &Harness) -> usize {
    at.run_due(<store::jobs::ReadHooks as store::jobs::Payload>::KIND).await
}

async fn call(at: &Harness, id: &str) -> Value {
    at.get(&format!("/api/v1/calls/{}", id.replace(':', "%3A"))).await.is(200).json()
}

async fn total(at: &Harness) -> u64 {
    at.get("/api/v1/calls").await.is(200).json()["total"].as_u64().unwrap()
}

async fn unread(at: &Harness) -> Vec<String> {
    let mut conn = at.server.db.read().await.unwrap();
    let (unread, count) = bodies::unread(&mut conn, &at.scope, 100).await.unwrap();
    assert_eq!(unread.len() as u64, count);
    unread.into_iter().map(|one| one.reason.unwrap()).collect()
}

/// All orders of so many things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let before = orders(n - 1);
    let with = |order: &Vec<usize>, at: usize| [&order[..at], &[n - 1], &order[at..]].concat();
    before.iter().flat_map(|order| (0..=order.len()).map(move |at| with(order, at))).collect()
}

/// Sends the bodies of a case in every order, each twice, for a call of its own; every other call is read after each body.
async fn walk(at: &Harness, case: &Case) {
    let path = hook(at, case.source).await;
    let orders = orders(case.bodies.len());
    let before = total(at).await;
    for (n, order) in orders.iter().enumerate() {
        let id = format!("c-{n}");
        let fill = |body: &str| body.replace("{ID}", &id);
        for which in order {
            post(at, &path, fill(case.bodies[*which])).await.is(200);
            if n % 2 == 0 {
                read(at).await;
            }
        }
        post(at, &path, fill(case.bodies[order[0]])).await.is(200);
        post(at, &path, fill(case.bodies[*order.last().unwrap()])).await.is(200);
    }
    read(at).await;
    assert_eq!(unread(at).await, Vec::<String>::new(), "{:?}", case.source);
    for (n, order) in orders.iter().enumerate() {
        let id = case.call.replace("{ID}", &format!("c-{n}"));
        let call = call(at, &id).await;
        let told = format!("{:?} in the order {order:?}: {call}", case.source);
        for (field, expected) in (case.expected)() {
            let found = field.split('.').fold(&call, |value, name| &value[name]);
            assert_eq!(*found, expected, "{field} of {told}");
        }
    }
    assert_eq!(total(at).await - before, orders.len() as u64, "{:?}: one call of each id", case.source);
}

both_engines! {
    async fn one_call_comes_of_all_its_webhooks_in_every_order_and_repeated(at) {
        for case in CASES {
            walk(at, case).await;
        }
        let sources: std::collections::BTreeSet<HookSource> = CASES.iter().map(|case| case.source).collect();
        assert_eq!(sources.len(), HookSource::ALL.len(), "each source is walked");
        // Nothing is left to do, and no job stays behind.
        let mut conn = at.server.db.read().await.unwrap();
        assert!(!bodies::has_work(&mut conn, &at.scope).await.unwrap());
        let jobs = store::jobs::list(&mut conn, &at.scope, None, None, 100).await.unwrap().jobs;
        assert!(jobs.iter().all(|job| job.kind != "read_hooks"), "{jobs:?}");
    }

    async fn an_agent_that_nobody_knows_comes_in_under_its_own_name_until_somebody_says_what_it_is(at) {
        at.stock().await;
        let path = hook(at, HookSource::Vapi).await;
        let case = CASES.iter().find(|case| case.source == HookSource::Vapi).unwrap();
        let send = async |id: &str| {
            for body in case.bodies {
                post(at, &path, body.replace("{ID}", id).replace(",\"campaignId\":\"batch-7\"", "")).await.is(200);
            }
            read(at).await;
        };
        send("v-1").await;
        let first = call(at, "vapi:v-1").await;
        assert_eq!((&first["campaign"], &first["voicebot"]), (&json!("asst-1"), &json!("asst-1")));
        let campaign = at.get("/api/v1/campaigns/asst-1").await.is(200).json();
        assert_eq!((&campaign["name"], &campaign["state"]), (&json!("Lan"), &json!("running")), "{campaign}");
        let known = async || {
            let mut conn = at.server.db.read().await.unwrap();
            agents::list(&mut conn, &at.scope).await.unwrap()
        };
        assert!(!known().await[0].is_known);

        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let form = |campaign: &'static str, voicebot: &'static str| {
            let fields = [("source", "vapi"), ("agent", "asst-1"), ("campaign", campaign), ("voicebot", voicebot)];
            Answer::of(at.form("/hooks/agents", &fields).header("cookie", &cookie))
        };
        for (campaign, voicebot) in [("nowhere", "bot"), ("tet", "nobody")] {
            form(campaign, voicebot).await.is(422);
        }
        form("tet", "bot").await.is(303);
        read(at).await;
        // What had come in before follows.
        let moved = call(at, "vapi:v-1").await;
        assert_eq!((&moved["campaign"], &moved["voicebot"]), (&json!("tet"), &json!("bot")));
        send("v-2").await;
        assert_eq!(call(at, "vapi:v-2").await["campaign"], "tet");
        assert_eq!((total(at).await, known().await[0].is_known), (2, true));
        let report = at.get("/api/v1/campaigns/asst-1/report").await.is(200).json();
        assert_eq!(report["calls"]["total"], 0, "{report}");
    }

    async fn what_cannot_be_read_stays_for_a_week_and_is_read_again_once_the_mapping_was_mended(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let add = at.form("/hooks", &[("source", "generic"), ("name", "Tổng đài"), ("secret", ""), ("make_secret", "")]);
        Answer::of(add.header("cookie", &cookie)).await.is(303);
        let page = async || {
            let page = at.signed(Method::GET, "/hooks", &cookie).header("accept", "text/html");
            Answer::of(page).await.is(200).text()
        };
        let html = page().await;
        let address = html.split("value=\"").find(|rest| rest.contains("/hooks/rh_")).unwrap();
        let path = &address[address.find("/hooks/").unwrap()..address.find('"').unwrap()];
        let body = r#"{"so": "0901234567", "luc": "2026-11-04 09:00:00", "ket_qua": "DY", "giay": 31, "ma": "x-1"}"#;
        post(at, path, body).await.is(200);
        post(at, path, "{\"ma\": ").await.is(200);
        read(at).await;
        let reasons = unread(at).await;
        assert!(reasons.iter().all(|reason| reason.contains("mapping is not there")), "{reasons:?}");
        assert!(page().await.contains("Chưa đọc được (2)"));

        let set = async |mapping: &str| {
            let key = path_key(&html);
            let form = at.form(&format!("/hooks/{key}/mapping"), &[("mapping", mapping)]);
            Answer::of(form.header("cookie", &cookie)).await
        };
        let wrong = set("[columns]\nphone = 7").await.is(422).text();
        assert!(wrong.contains("phone = 7") && wrong.contains("Không dùng được cách đọc này"), "{wrong}");
        set("[columns]\nid = \"ma\"\nphone = \"so\"\ndialed_at = \"luc\"\nresult = \"ket_qua\"\ntalk = \"giay\"\n").await.is(303);
        read(at).await;
        let reasons = unread(at).await;
        assert!(reasons.len() == 1 && reasons[0].contains("is not JSON"), "{reasons:?}");
        let calls = at.get("/api/v1/calls").await.is(200).json();
        assert_eq!((&calls["total"], &calls["calls"][0]["result_code"]), (&json!(1), &json!("DY")), "{calls}");
        assert_eq!(calls["calls"][0]["talk_time"], 31_000);

        let tidied = async |ms: i64| {
            let mut conn = at.server.db.write().await.unwrap();
            hooks::tidy(&mut conn, &at.scope, domain::Timestamp(NOW + ms)).await.unwrap();
            conn.commit().await.unwrap();
            unread(at).await.len()
        };
        assert_eq!((tidied(bodies::UNREAD_KEPT_MS).await, tidied(bodies::UNREAD_KEPT_MS + 1).await), (1, 0));
    }

    async fn a_wrong_signature_is_refused_and_counted(at) {
        let path = add_hook(&at.server.db, &at.scope, HookSource::Vapi, Some("vapi-secret")).await;
        let ask = |secret: Option<&'static str>| {
            let request = at.bare(Method::POST, &path).header("content-type", "application/json").body("{}");
            Answer::of(if let Some(secret) = secret { request.header("x-vapi-secret", secret) } else { request })
        };
        ask(None).await.is_problem(401);
        ask(Some("vapi-secre7")).await.is_problem(401);
        ask(Some("vapi-secret")).await.is(200);
        let hooks = hooks::list(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap();
        assert_eq!((hooks[0].received, hooks[0].refused, hooks[0].refused_why.as_deref()), (1, 2, Some("wrong")));
        assert_eq!(read(at).await, 1, "nothing of the others was kept");
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let page = Answer::of(at.signed(Method::GET, "/hooks", &cookie).header("accept", "text/html")).await.is(200).text();
        assert!(page.contains("2 lần sai chữ ký") && page.contains("vapi-secret"), "{page}");
    }

    async fn calls_that_are_none_to_a_customer_are_left_out_or_kept_apart_as_an_owner_says(at) {
        at.stock().await;
        let path = hook(at, HookSource::Retell).await;
        let case = CASES.iter().find(|case| case.source == HookSource::Retell).unwrap();
        let inbound = |id: &str| case.bodies[1].replace("outbound", "inbound").replace("{ID}", id);
        at.user("chu@cty.vn", Role::Owner).await;
        let owner = at.sign_in("chu@cty.vn").await;
        let set = async |others: &str, campaign: &str| {
            let fields = [("source", "retell"), ("agent", "agent_1"), ("campaign", ""), ("voicebot", ""), ("others", others), ("others_campaign", campaign)];
            Answer::of(at.form("/hooks/agents", &fields).header("cookie", &owner)).await
        };
        post(at, &path, inbound("r-1")).await.is(200);
        read(at).await;
        // As the others, of whom called.
        let first = at.get("/api/v1/calls/retell:r-1").await.is(200).json();
        assert_eq!((&first["campaign"], &first["contact"]["phone"]), (&json!("agent_1"), &json!("+842871000000")), "{first}");
        set("campaign", "").await.is(422);
        set("campaign", "nobody").await.is(422);
        set("leave", "").await.is(303);
        post(at, &path, inbound("r-2")).await.is(200);
        post(at, &path, case.bodies[1].replace("{ID}", "r-3")).await.is(200);
        read(at).await;
        at.get("/api/v1/calls/retell:r-2").await.is_problem(404);
        at.get("/api/v1/calls/retell:r-3").await.is(200);
        assert!(unread(at).await.is_empty());
        let page = Answer::of(at.signed(Method::GET, "/hooks", &owner).header("accept", "text/html")).await.is(200).text();
        assert!(page.contains("Bỏ qua: ") && page.contains("đến, nội bộ hoặc vào hộp thư thoại"), "{page}");
        set("campaign", "tet").await.is(303);
        read(at).await;
        let third = at.get("/api/v1/calls/retell:r-2").await.is(200).json();
        assert_eq!(third["campaign"], "tet", "{third}");
        assert_eq!(at.get("/api/v1/calls/retell:r-3").await.is(200).json()["campaign"], "agent_1");
    }

    async fn an_address_is_its_accounts_and_its_systems(at) {
        let path = hook(at, HookSource::Retell).await;
        let (other, _) = account(&at.server.db, "Công ty Khác").await;
        let key = path.split('/').nth(2).unwrap();
        let (_, secret) = key.split_once('.').unwrap();
        let other_end = if key.ends_with('A') { 'E' } else { 'A' };
        for wrong in [
            format!("/hooks/rh_{}.{secret}/retell", other.account()),
            format!("/hooks/{}{other_end}/retell", &key[..key.len() - 1]),
            format!("/hooks/{key}/vapi"),
            format!("/hooks/{key}/nobody"),
            "/hooks/x/retell".to_owned(),
        ] {
            post(at, &wrong, "{}").await.is_problem(404);
        }
        post(at, &path, "{}").await.is(200);

        let hook = hooks::list(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap().remove(0).key;
        user(&at.server.db, &other, "lan@khac.vn", Role::Owner).await;
        let foreign = at.sign_in("lan@khac.vn").await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("ql@cty.vn", Role::Manager).await;
        let (owner, manager) = (at.sign_in("chu@cty.vn").await, at.sign_in("ql@cty.vn").await);
        let agent = [("source", "retell"), ("agent", "a-1"), ("campaign", ""), ("voicebot", "")];
        let secret = format!("/hooks/{hook}/secret");
        let mapping = format!("/hooks/{hook}/mapping");
        let revoke = format!("/hooks/{hook}/revoke");
        let forms: [(&str, Fields<'_>, u16); 5] = [
            (&secret, &[("secret", "s")], 404),
            (&mapping, &[("mapping", MAPPING)], 404),
            (&revoke, &[], 404),
            ("/hooks/agents", &agent, 404),
            ("/hooks/read-again", &[], 303),
        ];
        for (form, fields, status) in forms {
            at.post_form(form, fields).await.is(401);
            Answer::of(at.form(form, fields).header("cookie", &manager)).await.is(404);
            Answer::of(at.form(form, fields).header("cookie", &foreign)).await.is(status);
            let elsewhere = at.form(form, fields).header("cookie", &owner).header("sec-fetch-site", "cross-site");
            Answer::of(elsewhere).await.is(403);
        }
        let add = [("source", "vapi"), ("name", "V"), ("secret", "")];
        at.post_form("/hooks", &add).await.is(401);
        Answer::of(at.form("/hooks", &add).header("cookie", &manager)).await.is(404);
        Answer::of(at.bare(Method::GET, "/hooks").header("accept", "text/html")).await.is(303);
        for (cookie, status) in [(&manager, 404), (&foreign, 200), (&owner, 200)] {
            let page = Answer::of(at.signed(Method::GET, "/hooks", cookie).header("accept", "text/html")).await.is(status);
            assert_eq!(page.text().contains(key), cookie == &owner, "the address is for its owners");
            crate::strangers::call_function(at, "/fn/hooks", &[], cookie).await.is(status);
        }
        crate::strangers::call_function(at, "/fn/hooks", &[], "").await.is(401);

        Answer::of(at.form(&secret, &[("secret", "retell-key")]).header("cookie", &owner)).await.is(303);
        post(at, &path, "{}").await.is_problem(401);
        // Retell gives its secret itself: none is made.
        Answer::of(at.form(&secret, &[("make_secret", "true")]).header("cookie", &owner)).await.is(422);
        Answer::of(at.form(&secret, &[("secret", "")]).header("cookie", &owner)).await.is(303);
        post(at, &path, "{}").await.is(200);
        Answer::of(at.form(&revoke, &[]).header("cookie", &owner)).await.is(303);
        post(at, &path, "{}").await.is_problem(404);
    }

    async fn a_webhook_that_is_large_deep_or_cut_off_is_named(at) {
        let path = hook(at, HookSource::Vapi).await;
        let most = domain::limits::HOOK_BYTES as usize;
        let filled = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
        post(at, &path, filled(most)).await.is(200);
        post(at, &path, filled(most + 1)).await.is_problem(413);
        post(at, &path, "x".repeat(10_000_000)).await.is_problem(413);
        // Without its length said.
        let pieces = (0..200).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 50_000]));
        let streamed = at.bare(Method::POST, &path).body(reqwest::Body::wrap_stream(futures::stream::iter(pieces)));
        if let Ok(answer) = streamed.send().await {
            assert_eq!(answer.status(), 413);
        }
        let deep = format!("{}1{}", "{\"call\":".repeat(10_000), "}".repeat(10_000));
        let case = CASES.iter().find(|case| case.source == HookSource::Vapi).unwrap();
        let report = case.bodies[1].replace("{ID}", "v-1");
        for body in [deep.as_str(), &report[..report.len() / 2], "", "\u{0}\u{1}", "[[[["] {
            post(at, &path, body).await.is(200);
        }
        read(at).await;
        let reasons = unread(at).await;
        assert_eq!(reasons.len(), 6, "{reasons:?}");
        assert_eq!(reasons.iter().filter(|reason| reason.contains("is not JSON")).count(), 3, "{reasons:?}");
        assert!(reasons.iter().any(|reason| reason.contains("deeper than 128 levels")), "{reasons:?}");
        // Those that came after are read.
        post(at, &path, report).await.is(200);
        read(at).await;
        assert_eq!(total(at).await, 1);
    }

    async fn many_webhooks_at_once_are_all_stored(at) {
        use futures::StreamExt;
        let path = hook(at, HookSource::Vapi).await;
        let case = CASES.iter().find(|case| case.source == HookSource::Vapi).unwrap();
        let send = |n: usize| post(at, &path, case.bodies[1].replace("{ID}", &format!("v-{}", n % 250)));
        let answers: Vec<Answer> = futures::stream::iter(0..500).map(send).buffer_unordered(64).collect().await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        read(at).await;
        assert_eq!(total(at).await, 250);
        let hooks = hooks::list(&mut at.server.db.read().await.unwrap(), &at.scope).await.unwrap();
        assert_eq!(hooks[0].received, 500);
    }
}

/// The number of the one address that a page shows.
fn path_key(html: &str) -> &str {
    let at = html.find("/mapping?account=").unwrap();
    html[..at].rsplit('/').next().unwrap()
}
