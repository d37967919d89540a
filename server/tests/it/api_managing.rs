//! What a token that may manage does to recipients, tokens and people, and what one that may not is refused.

use domain::{Role, Timestamp, TokenScope};
use reqwest::Method;
use serde_json::{Value, json};
use server::secrets;
use store::{
    audit::Action,
    tokens::{self, NewToken},
};

use crate::{
    harness::{Answer, Harness, NOW, account, both_engines, call, user},
    settings::{page, told},
};

/// Every request, with a body that it would take.
fn all() -> Vec<(Method, &'static str, Value)> {
    vec![
        (Method::GET, "/api/v1/account", Value::Null),
        (Method::PUT, "/api/v1/account", json!({"name": "Công ty Mới"})),
        (Method::GET, "/api/v1/recipients", Value::Null),
        (Method::PUT, "/api/v1/recipients", json!({"emails": ["lan@cty.vn"]})),
        (Method::DELETE, "/api/v1/recipients", Value::Null),
        (Method::GET, "/api/v1/tokens", Value::Null),
        (Method::POST, "/api/v1/tokens", json!({"name": "mới", "scopes": ["read"]})),
        (Method::DELETE, "/api/v1/tokens/nobody", Value::Null),
        (Method::GET, "/api/v1/people", Value::Null),
        (Method::POST, "/api/v1/people", json!({"email": "lan@cty.vn", "role": "viewer", "link": true})),
        (Method::PUT, "/api/v1/people/chu@cty.vn", json!({"role": "viewer"})),
        (Method::DELETE, "/api/v1/people/chu@cty.vn", Value::Null),
        (Method::DELETE, "/api/v1/people/chu@cty.vn/sessions", Value::Null),
        (Method::POST, "/api/v1/people/chu@cty.vn/password-link", Value::Null),
        (Method::GET, "/api/v1/hooks", Value::Null),
        (Method::POST, "/api/v1/hooks", json!({"name": "Tổng đài", "source": "generic"})),
        (Method::PUT, "/api/v1/hooks/999", json!({"signed": false})),
        (Method::DELETE, "/api/v1/hooks/999", Value::Null),
        (Method::GET, "/api/v1/hook-agents", Value::Null),
        (Method::PUT, "/api/v1/hook-agents", json!({"source": "vapi", "agent": "a"})),
        (Method::GET, "/api/v1/recording-servers", Value::Null),
        (Method::PUT, "/api/v1/recording-servers/pbx.cty.vn", json!({"scheme": "bearer", "secret": "s"})),
        (Method::DELETE, "/api/v1/recording-servers/no.cty.vn", Value::Null),
        (
            Method::POST,
            "/api/v1/tariffs/price-again",
            json!({"tariff": {"first_block_seconds": 1, "next_block_seconds": 1,
            "price_first_block": "9", "price_next_block": "9", "currency": "VND", "effective_from": 0}, "dry_run": false}),
        ),
        (Method::GET, "/api/v1/sign-in", Value::Null),
        (Method::PUT, "/api/v1/sign-in", json!({"groups": {"ai-cung": "owner"}})),
    ]
}

async fn ask(at: &Harness, token: &str, method: Method, path: &str, body: &Value) -> Answer {
    let request = at.bare(method, path).header("authorization", format!("Bearer {token}"));
    Answer::of(request.header("content-type", "application/json").body(body.to_string())).await
}

async fn token(at: &Harness, name: &str, scopes: &[TokenScope], is_masked: bool) -> String {
    let secret = secrets::make(secrets::TOKEN_PREFIX, at.scope.account());
    let mut conn = at.server.db.write().await.unwrap();
    let new = NewToken { name: name.to_owned(), scopes: scopes.to_vec(), is_masked };
    tokens::add(&mut conn, &at.scope, &new, &secret.hash, Timestamp(NOW)).await.unwrap();
    conn.commit().await.unwrap();
    secret.text
}

both_engines! {
    async fn who_may_not_manage_and_strangers_change_nothing(at) {
        at.user("chu@cty.vn", Role::Owner).await;
        let usual = token(at, "nền tảng", &TokenScope::USUAL, false).await;
        for (method, path, body) in all() {
            Answer::of(at.bare(method.clone(), path)).await.is(401);
            let refused = ask(at, &usual, method.clone(), path, &body).await.is_problem(403);
            assert!(refused["detail"].as_str().unwrap().contains("manage"), "{method} {path}: {refused}");
        }
        let (other, stranger) = account(&at.server.db, "Công ty Khác").await;
        user(&at.server.db, &other, "ho@khac.vn", Role::Owner).await;
        for (method, path, body) in all() {
            let answer = ask(at, &stranger, method.clone(), path, &body).await;
            assert!(!answer.text().contains("chu@cty.vn"), "{method} {path}");
            if path.contains("chu@cty.vn") || path.contains("999") || path.contains("no.cty.vn") {
                answer.is(404);
            }
        }
        let people = at.get("/api/v1/people").await.is(200).json();
        assert_eq!((people["people"].as_array().unwrap().len(), &people["people"][0]["role"]), (1, &json!("owner")));
        assert_eq!(told(at).await, []);
    }

    async fn who_sees_masked_numbers_does_not_say_who_receives_whole_ones(at) {
        at.stock().await;
        let masked = token(at, "che số", &TokenScope::ALL, true).await;
        let recipients = json!({"emails": ["kho@khac.vn"]});
        ask(at, &masked, Method::PUT, "/api/v1/recipients", &recipients).await.is_problem(403);
        ask(at, &masked, Method::DELETE, "/api/v1/recipients", &Value::Null).await.is_problem(403);
        let campaign = |emails: Value| json!({"name": "Tết 2027", "voicebot": "bot", "report_emails": emails});
        ask(at, &masked, Method::PUT, "/api/v1/campaigns/tet", &campaign(json!(["kho@khac.vn"]))).await.is_problem(403);
        ask(at, &masked, Method::PUT, "/api/v1/campaigns/moi", &campaign(json!(["kho@khac.vn"]))).await.is_problem(403);
        // What was there may be sent along.
        ask(at, &masked, Method::PUT, "/api/v1/campaigns/tet", &campaign(json!([]))).await.is(200);
        assert_eq!(at.get("/api/v1/recipients").await.json(), json!({"emails": []}));
    }

    async fn of_many_who_change_the_same_one_is_told(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let many = async |method: Method, path: &str, body: Value| {
            let asked = (0..12).map(|_| ask(at, &at.token, method.clone(), path, &body));
            futures::future::join_all(asked).await
        };
        let manager = json!({"role": "manager"});
        let answers = many(Method::PUT, "/api/v1/people/lan@cty.vn", manager).await;
        let updated = answers.iter().filter(|answer| answer.json()["result"] == "updated").count();
        many(Method::PUT, "/api/v1/voicebots/bot", json!({"name": "Bot A"})).await;
        many(Method::PUT, "/api/v1/recipients", json!({"emails": ["a@cty.vn"]})).await;
        let gone = many(Method::DELETE, "/api/v1/people/lan@cty.vn", Value::Null).await;
        assert_eq!((updated, gone.iter().filter(|answer| answer.status == 204).count()), (1, 1));
        let told: Vec<Action> = told(at).await.into_iter().map(|(_, action, _)| action).take(4).collect();
        assert_eq!(told, [Action::UserRemoved, Action::RecipientsChanged, Action::VoicebotChanged, Action::UserChanged]);
    }

    async fn what_cannot_be_there_is_not_found(at) {
        for (method, path) in [
            (Method::DELETE, "/api/v1/people/%00"),
            (Method::PUT, "/api/v1/people/a%00b@cty.vn"),
            (Method::DELETE, "/api/v1/tokens/%00"),
            (Method::DELETE, "/api/v1/mappings/%00"),
            (Method::GET, "/api/v1/calls/%00"),
        ] {
            ask(at, &at.token, method, path, &json!({"role": "viewer"})).await.is_problem(404);
        }
        ask(at, &at.token, Method::POST, "/api/v1/import?mapping=%00", &Value::Null).await.is_problem(422);
        // What was made is found by what it was made as.
        at.post("/api/v1/tokens", &json!({"name": "a\u{200b}b", "scopes": ["read"]})).await.is(201);
        Answer::of(at.api(Method::DELETE, "/api/v1/tokens/a%E2%80%8Bb")).await.is(204);
        at.post("/api/v1/people", &json!({"email": " moi@cty.vn ", "role": "viewer", "link": true})).await.is(201);
        Answer::of(at.api(Method::DELETE, "/api/v1/people/%20moi@cty.vn%20")).await.is(204);
    }

    async fn nobody_is_asked_to_what_is_not_there(at) {
        at.stock().await;
        let many: Vec<String> = (0..501).map(|n| format!("c-{n}")).collect();
        for (body, field) in [
            (json!({"email": "lan@cty.vn", "role": "viewer", "link": true, "campaigns": ["nope"]}), "campaigns"),
            (json!({"email": "lan@cty.vn", "role": "viewer", "link": true, "voicebots": ["nope"]}), "voicebots"),
            (json!({"email": "lan@cty.vn", "role": "viewer", "link": true, "campaigns": many}), "campaigns"),
            (json!({"email": "İx@cty.vn", "role": "viewer", "link": true}), "email"),
        ] {
            at.post("/api/v1/people", &body).await.names(422, field);
        }
    }

    async fn recipients_are_replaced_and_taken_out(at) {
        let put = async |emails: Value| at.put("/api/v1/recipients", &json!({"emails": emails})).await;
        assert_eq!(put(json!(["lan@cty.vn", "LAN@cty.vn", "hoa@cty.vn"])).await.is(200).json()["result"], "updated");
        assert_eq!(put(json!(["lan@cty.vn", "hoa@cty.vn"])).await.is(200).json()["result"], "unchanged");
        assert!(put(json!(["lan"])).await.is_problem(422).to_string().contains("emails[0]"));
        assert_eq!(at.get("/api/v1/recipients").await.is(200).json(), json!({"emails": ["lan@cty.vn", "hoa@cty.vn"]}));
        for _ in 0..2 {
            Answer::of(at.api(Method::DELETE, "/api/v1/recipients")).await.is(204);
        }
        assert_eq!(at.get("/api/v1/recipients").await.json(), json!({"emails": []}));
        let told: Vec<_> = told(at).await.into_iter().map(|(who, action, _)| (who, action)).collect();
        assert_eq!(told, [("test".to_owned(), Action::RecipientsChanged), ("test".to_owned(), Action::RecipientsChanged)]);
    }

    async fn a_token_makes_none_that_may_do_more(at) {
        let made = at.post("/api/v1/tokens", &json!({"name": "kho", "scopes": ["read"], "masked": true})).await.is(201).json();
        let kho = made["token"].as_str().unwrap();
        ask(at, kho, Method::GET, "/api/v1/campaigns", &Value::Null).await.is(200);
        let list = at.get("/api/v1/tokens").await.is(200);
        assert!(!list.text().contains(kho), "it is told once");
        assert_eq!(list.json()["tokens"][0]["scopes"], json!(["read"]));
        at.post("/api/v1/tokens", &json!({"name": "kho", "scopes": ["read"]})).await.is_problem(422);
        at.post("/api/v1/tokens", &json!({"name": "x", "scopes": []})).await.is_problem(422);
        at.post("/api/v1/tokens", &json!({"name": "x", "scopes": ["all"]})).await.is_problem(422);
        let less = token(at, "ít", &[TokenScope::Manage], true).await;
        let give = async |scopes: Value, masked: bool| {
            ask(at, &less, Method::POST, "/api/v1/tokens", &json!({"name": "y", "scopes": scopes, "masked": masked})).await
        };
        give(json!(["manage", "read"]), true).await.is_problem(403);
        give(json!(["manage"]), false).await.is_problem(403);
        give(json!(["manage"]), true).await.is(201);
        let invite = json!({"email": "lan@cty.vn", "role": "manager", "link": true});
        ask(at, &less, Method::POST, "/api/v1/people", &invite).await.is_problem(403);
        Answer::of(at.api(Method::DELETE, "/api/v1/tokens/kho")).await.is(204);
        Answer::of(at.api(Method::DELETE, "/api/v1/tokens/kho")).await.is_problem(404);
        ask(at, kho, Method::GET, "/api/v1/campaigns", &Value::Null).await.is_problem(401);
        let (who, action, about) = told(at).await.remove(0);
        assert_eq!((who.as_str(), action, about.as_str()), ("test", Action::TokenRemoved, "kho"));
    }

    async fn a_connection_is_made_changed_and_revoked_and_its_secrets_are_told_once(at) {
        let made = at.post("/api/v1/hooks", &json!({"name": "Tổng đài", "source": "generic", "make_secret": true})).await.is(201).json();
        let (number, secret) = (made["number"].clone(), made["secret"].as_str().unwrap().to_owned());
        let path = format!("/api/v1/hooks/{number}");
        let put = async |body: Value| at.put(&path, &body).await;
        assert_eq!(put(json!({"secret": secret})).await.is(200).json(), json!({"result": "unchanged"}));
        let mapping = "[columns]\nid = \"so\"\nphone = \"sdt\"\ndialed_at = \"luc\"\nresult = \"kq\"\n";
        for result in ["updated", "unchanged"] {
            assert_eq!(put(json!({"mapping": mapping})).await.is(200).json()["result"], result);
        }
        let again = put(json!({"make_secret": true})).await.is(200).json();
        assert!(again["secret"].as_str().is_some_and(|other| *other != secret), "{again}");
        assert_eq!(put(json!({"signed": false})).await.is(200).json(), json!({"result": "updated"}));
        assert_eq!(put(json!({"signed": false})).await.is(200).json()["result"], "unchanged");
        for (body, field) in [
            (json!({"signed": true}), "secret"),
            (json!({"signed": false, "secret": "x"}), "signed"),
            (json!({"make_secret": true, "secret": "x"}), "make_secret"),
            (json!({"secret": "a\nb"}), "secret"),
            (json!({"secret": "x".repeat(5_000)}), "secret"),
            (json!({"mapping": "[columns"}), "mapping"),
            (json!({"name": "khác"}), "name"),
        ] {
            put(body).await.names(422, field);
        }
        for (body, field) in [
            (json!({"name": "", "source": "generic"}), "name"),
            (json!({"name": "x", "source": "nobody"}), "source"),
            (json!({"name": "x", "source": "twilio", "make_secret": true}), "make_secret"),
        ] {
            at.post("/api/v1/hooks", &body).await.names(422, field);
        }
        let twilio = at.post("/api/v1/hooks", &json!({"name": "Twilio", "source": "twilio", "secret": "của họ"})).await.is(201).json();
        assert!(twilio.get("secret").is_none(), "who sent it has it: {twilio}");
        at.put(&format!("/api/v1/hooks/{}", twilio["number"]), &json!({"mapping": mapping})).await.names(422, "mapping");
        Answer::of(at.api(Method::DELETE, &path)).await.is(204);
        Answer::of(at.api(Method::DELETE, &path)).await.is(404);
        for none in ["/api/v1/hooks/x", "/api/v1/hooks/%00", "/api/v1/hooks/99999999999999999999"] {
            at.put(none, &json!({"signed": false})).await.is(404);
        }
        at.put("/api/v1/hook-agents", &json!({"source": "vapi", "agent": "nobody"})).await.is(404);
        let told: Vec<_> = told(at).await.into_iter().map(|(_, action, about)| (action, about)).collect();
        let changed = |name: &str| (Action::HookChanged, name.to_owned());
        let of_switch = vec![changed("Tổng đài"); 4];
        assert_eq!(told, [vec![changed("Tổng đài"), changed("Twilio")], of_switch].concat(), "what changes nothing is not told");
    }

    async fn a_server_of_recordings_is_told_who_asks(at) {
        let put = async |host: &str, body: Value| at.put(&format!("/api/v1/recording-servers/{host}"), &body).await;
        let basic = json!({"scheme": "basic", "user": "ghi-am", "secret": "bí mật"});
        assert_eq!(put("PBX.cty.vn", basic.clone()).await.is(201).json()["result"], "created");
        assert_eq!(put("pbx.cty.vn", basic).await.is(200).json()["result"], "unchanged");
        let other = json!({"scheme": "basic", "user": "ghi-am", "secret": "khác"});
        assert_eq!(put("pbx.cty.vn", other).await.is(200).json()["result"], "updated");
        for (host, body, field) in [
            ("pbx.cty.vn", json!({"scheme": "basic", "secret": "s"}), "user"),
            ("pbx.cty.vn", json!({"scheme": "bearer", "user": "u", "secret": "s"}), "user"),
            ("pbx.cty.vn", json!({"scheme": "header", "user": "host", "secret": "s"}), "user"),
            ("pbx.cty.vn", json!({"scheme": "digest", "secret": "s"}), "scheme"),
            ("pbx.cty.vn", json!({"scheme": "bearer", "secret": ""}), "secret"),
            ("pbx.cty.vn", json!({"scheme": "bearer"}), "secret"),
            ("a%20b", json!({"scheme": "bearer", "secret": "s"}), "host"),
        ] {
            put(host, body).await.names(422, field);
        }
        let listed = at.get("/api/v1/recording-servers").await.is(200);
        assert!(!listed.text().contains("khác") && !listed.text().contains("bí mật"), "{listed:?}");
        assert_eq!(listed.json()["recording_servers"][0]["host"], "pbx.cty.vn");
        Answer::of(at.api(Method::DELETE, "/api/v1/recording-servers/pbx.cty.vn")).await.is(204);
        Answer::of(at.api(Method::DELETE, "/api/v1/recording-servers/pbx.cty.vn")).await.is(404);
        let told: Vec<_> = told(at).await.into_iter().map(|(_, action, about)| (action, about)).collect();
        assert_eq!(told, vec![(Action::RecordingSettingsChanged, "pbx.cty.vn".to_owned()); 3]);
    }

    async fn stored_calls_are_priced_again_on_purpose_alone(at) {
        at.stock().await;
        at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "DY")])).await.is(200);
        let tariff = |seconds: i64, from: &str| json!({"first_block_seconds": seconds, "next_block_seconds": 60, "price_first_block": "999",
            "price_next_block": "999", "currency": "VND", "effective_from": from});
        let ask = async |body: Value| at.post("/api/v1/tariffs/price-again", &body).await;
        let before = told(at).await;
        let foreseen = ask(json!({"tariff": tariff(60, "2026-11-01T00:00:00+07:00"), "campaign": "tet"})).await.is(200).json();
        assert_eq!((&foreseen["calls"], &foreseen["changed"], &foreseen["cost_after"]), (&json!(1), &json!(1), &json!("999")), "{foreseen}");
        let later = ask(json!({"tariff": tariff(60, "2027-01-01T00:00:00+07:00")})).await.is(200).json();
        assert_eq!((&later["calls"], &later["changed"]), (&json!(0), &json!(0)));
        ask(json!({"tariff": tariff(0, "2026-11-01T00:00:00+07:00")})).await.names(422, "tariff.first_block_seconds");
        ask(json!({"tariff": tariff(60, "2026-11-01T00:00:00+07:00"), "campaign": "khac"})).await.is(404);
        ask(json!({})).await.names(422, "tariff");
        assert_eq!(told(at).await, before, "nothing was done");
        let begun = ask(json!({"tariff": tariff(60, "2026-11-01T00:00:00+07:00"), "campaign": "tet", "dry_run": false})).await.is(202).json();
        assert_eq!(begun["cost_before"], foreseen["cost_before"]);
        let (who, action, about) = told(at).await.remove(0);
        assert_eq!((who.as_str(), action, about.as_str()), ("test", Action::TariffChanged, "tet"));
        let job = {
            let mut conn = at.server.db.read().await.unwrap();
            store::jobs::list(&mut conn, &at.scope, None, None, 10).await.unwrap().jobs
        };
        assert!(job.iter().any(|job| job.kind == "price_again"), "{job:?}");
    }

    async fn people_are_asked_limited_and_taken_out(at) {
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        at.user("lan@cty.vn", Role::Viewer).await;
        let lan = at.sign_in("lan@cty.vn").await;
        let put = async |email: &str, body: Value| at.put(&format!("/api/v1/people/{email}"), &body).await;
        assert_eq!(put("lan@cty.vn", json!({"role": "viewer"})).await.is(200).json()["result"], "unchanged");
        put("lan@cty.vn", json!({"role": "viewer", "campaigns": ["tet"]})).await.is(200);
        let people = at.get("/api/v1/people").await.json();
        assert_eq!((&people["people"][0]["campaigns"], &people["people"][1]["campaigns"]), (&Value::Null, &json!(["tet"])));
        // A role that is set again opens nothing.
        for body in [json!({"role": "viewer"}), json!({"role": "viewer", "campaigns": null, "voicebots": null})] {
            assert_eq!(put("lan@cty.vn", body).await.is(200).json()["result"], "unchanged");
        }
        put("lan@cty.vn", json!({"role": "viewer", "everything": true, "campaigns": ["tet"]})).await.names(422, "everything");
        put("lan@cty.vn", json!({"role": "viewer", "everything": true})).await.is(200);
        assert_eq!(at.get("/api/v1/people").await.json()["people"][1]["campaigns"], Value::Null);
        put("lan@cty.vn", json!({"role": "viewer", "voicebots": ["bot"]})).await.is(200);
        let people = at.get("/api/v1/people").await.json();
        assert_eq!((&people["people"][1]["campaigns"], &people["people"][1]["voicebots"]), (&json!([]), &json!(["bot"])));
        put("lan@cty.vn", json!({"role": "viewer", "voicebots": ["khac"]})).await.is_problem(422);
        put("lan@cty.vn", json!({"role": "manager", "campaigns": ["tet"]})).await.is_problem(422);
        put("lan@cty.vn", json!({"role": "king"})).await.is_problem(422);
        put("lan@cty.vn", json!({"role": "viewer", "campaigns": ["khac"]})).await.is_problem(422);
        put("lan@cty.vn", json!({"role": "manager"})).await.is(200);
        put("chu@cty.vn", json!({"role": "viewer"})).await.is_problem(422);
        put("khong@cty.vn", json!({"role": "viewer"})).await.is_problem(404);
        let remove = async |email: &str| Answer::of(at.api(Method::DELETE, &format!("/api/v1/people/{email}"))).await;
        remove("chu@cty.vn").await.is_problem(422);
        page(at, &lan, "/campaigns").await.is(200);
        Answer::of(at.api(Method::DELETE, "/api/v1/people/lan@cty.vn/sessions")).await.is(204);
        page(at, &lan, "/campaigns").await.is(303);
        let lan = at.sign_in("lan@cty.vn").await;
        remove("lan@cty.vn").await.is(204);
        page(at, &lan, "/campaigns").await.is(303);

        let invite = json!({"email": "Hoa@cty.vn", "role": "viewer", "link": true});
        let invited = at.post("/api/v1/people", &invite).await.is(201).json();
        let link = invited["link"].as_str().unwrap();
        let link = &link[link.find("/invitation").unwrap()..];
        page(at, "", link).await.is(200);
        let people = at.get("/api/v1/people").await.json();
        assert_eq!((&people["people"][1]["email"], &people["people"][1]["name"]), (&json!("hoa@cty.vn"), &Value::Null));
        at.post("/api/v1/people", &json!({"email": "chu@cty.vn", "role": "viewer"})).await.is_problem(422);
        remove("Hoa@cty.vn").await.is(204);
        page(at, "", link).await.is(410);
        remove("hoa@cty.vn").await.is_problem(404);
        let told: Vec<_> = told(at).await.into_iter().take(5).map(|(_, action, about)| (action, about)).collect();
        let expected = [
            (Action::InvitationRemoved, "hoa@cty.vn"),
            (Action::UserInvited, "hoa@cty.vn"),
            (Action::UserRemoved, "lan@cty.vn"),
            (Action::SignIn, ""),
            (Action::SessionsEnded, "lan@cty.vn"),
        ];
        assert_eq!(told, expected.map(|(action, about)| (action, about.to_owned())));
    }
}
