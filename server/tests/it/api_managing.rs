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
    harness::{Answer, Harness, NOW, account, both_engines, user},
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
            if path.ends_with("chu@cty.vn") {
                answer.is(404);
            }
        }
        let people = at.get("/api/v1/people").await.is(200).json();
        assert_eq!((people["people"].as_array().unwrap().len(), &people["people"][0]["role"]), (1, &json!("owner")));
        assert_eq!(told(at).await, []);
    }

    async fn recipients_are_replaced_and_taken_out(at) {
        let put = async |emails: Value| at.put("/api/v1/recipients", &json!({"emails": emails})).await;
        assert_eq!(put(json!(["lan@cty.vn", "LAN@cty.vn", "hoa@cty.vn"])).await.is(200).json()["result"], "updated");
        assert_eq!(put(json!(["lan@cty.vn", "hoa@cty.vn"])).await.is(200).json()["result"], "unchanged");
        assert!(put(json!(["lan"])).await.is_problem(422).to_string().contains("report_emails[0]"));
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
            (Action::UserChanged, "lan@cty.vn"),
            (Action::UserChanged, "lan@cty.vn"),
        ];
        assert_eq!(told, expected.map(|(action, about)| (action, about.to_owned())));
    }
}
