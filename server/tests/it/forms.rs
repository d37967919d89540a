//! Forms as a browser without scripts sends them: what breaks a rule comes back in the same form, with what was typed.

use domain::Role;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Harness, both_engines, call};

/// A campaign with a call whose code nobody has declared, and the cookie of a manager.
async fn fill(at: &Harness) -> String {
    at.stock().await;
    let calls = json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(31_000), "K9")]);
    at.post("/api/v1/calls", &calls).await.is(200);
    at.user("lan@cty.vn", Role::Manager).await;
    at.sign_in("lan@cty.vn").await
}

async fn post(at: &Harness, cookie: &str, language: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let cookie = format!("{cookie}; lang={language}");
    Answer::of(at.form(path, fields).header("cookie", cookie).header("accept", "text/html")).await
}

async fn page(at: &Harness, cookie: &str, path: &str) -> String {
    Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html")).await.is(200).text()
}

/// The tag with this attribute.
fn tag(html: &str, attribute: &str) -> String {
    let at = html.find(attribute).unwrap_or_else(|| panic!("no {attribute}: {html}"));
    html[html[..at].rfind('<').unwrap()..].split_inclusive('>').next().unwrap().to_owned()
}

const HOSTILE: &str = "\"><script>alert('x')</script>";
const ESCAPED: &str = "&quot;&gt;&lt;script&gt;alert(";

both_engines! {
    async fn recipients_that_are_none_come_back_with_what_was_typed(at) {
        let cookie = fill(at).await;
        let path = "/campaigns/tet/recipients";
        post(at, &cookie, "vi", path, &[("of", "account"), ("emails", "chung@antam.vn")]).await.is(303);
        for (language, wrong, title) in [
            ("vi", "“sếp@antam” không phải là một địa chỉ email.", "Người nhận"),
            ("en", "“sếp@antam” is not an email address.", "Recipients"),
        ] {
            let fields = [("of", "account"), ("emails", "a@antam.vn; sếp@antam")];
            let answer = post(at, &cookie, language, path, &fields).await.is(422);
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            let html = answer.text();
            assert!(html.contains(&format!("<html lang=\"{language}\"")) && html.contains(&format!("<h1>{title}<!></h1>")));
            let field = tag(&html, "name=\"emails\"");
            assert!(field.contains("aria-invalid=\"true\""), "{field}");
            assert!(html.contains("\na@antam.vn; sếp@antam</textarea>"), "{html}");
            assert!(tag(&html, "name=\"of\"").contains("value=\"account\""), "{html}");
            assert!(html.contains("<form id=\"form\" method=\"post\" action=\"/campaigns/tet/recipients?account="), "{html}");
            assert_eq!(html.matches(wrong).count(), 2, "beside the field and in the summary: {html}");
            assert!(tag(&html, "role=\"alert\"").contains("autofocus"), "{html}");
        }
        assert!(page(at, &cookie, "/campaigns/tet").await.contains("\nchung@antam.vn</textarea>"), "nothing was changed");
        post(at, &cookie, "vi", path, &[("of", "account"), ("emails", "")]).await.is(303);
        assert!(!page(at, &cookie, "/campaigns/tet").await.contains("chung@antam.vn"));
        for of in ["", "nobody"] {
            post(at, &cookie, "vi", path, &[("of", of), ("emails", "a@antam.vn")]).await.is(422);
        }
    }

    async fn a_code_is_declared_or_asked_for_again(at) {
        let cookie = fill(at).await;
        let path = "/campaigns/tet/result-codes";
        let here = "/campaigns/tet?period=this-month&by=day";
        let before = page(at, &cookie, "/campaigns/tet").await;
        assert!(tag(&before, "name=\"code\"").contains("value=\"K9\""), "{before}");
        let long = "ễ".repeat(301);
        let typed = [("code", "K9"), ("to", here), ("label_vi", long.as_str()), ("label_en", " "), ("is_goal", "true")];
        let html = post(at, &cookie, "en", path, &typed).await.is(422).text();
        assert!(html.contains("<h1>Declare code K9<!></h1>"), "{html}");
        assert!(html.contains("At most 300 characters are allowed.") && html.contains("Please fill this in."), "{html}");
        assert!(tag(&html, "name=\"label_vi\"").contains(&long), "{html}");
        assert!(tag(&html, "name=\"is_goal\"").contains("checked"), "{html}");
        assert!(tag(&html, "name=\"to\"").contains("period=this-month&amp;by=day"), "{html}");
        assert!(html.contains("href=\"/campaigns/tet?period=this-month&amp;by=day\""), "the way back: {html}");

        let right = [("code", "K9"), ("to", here), ("label_vi", "Hẹn gọi lại"), ("label_en", "Call again"), ("is_goal", "true")];
        assert_eq!(post(at, &cookie, "en", path, &right).await.is(303).header("location"), here);
        let codes = at.get("/api/v1/result-codes").await.is(200).json().to_string();
        assert!(codes.contains("Hẹn gọi lại"), "{codes}");
        assert!(!page(at, &cookie, "/campaigns/tet").await.contains("name=\"label_vi\""), "nothing is left to declare");

        // Sent on only within this server.
        let elsewhere = [("code", "K9"), ("to", "https://evil.example/"), ("label_vi", "a"), ("label_en", "b")];
        assert_eq!(post(at, &cookie, "en", path, &elsewhere).await.is(303).header("location"), "/");
    }

    async fn hostile_text_stays_text(at) {
        let cookie = fill(at).await;
        let answers = [
            post(at, &cookie, "vi", "/campaigns/tet/recipients", &[("of", "campaign"), ("emails", HOSTILE)]).await,
            post(at, &cookie, "vi", "/campaigns/tet/result-codes", &[("code", HOSTILE), ("to", HOSTILE), ("label_vi", HOSTILE)]).await,
            at.post_form("/set-password", &[("link", HOSTILE), ("password", HOSTILE)]).await,
            at.post_form("/sign-in", &[("email", HOSTILE), ("password", HOSTILE), ("to", HOSTILE)]).await,
        ];
        for answer in answers {
            let html = answer.is(422).text();
            assert!(html.contains(ESCAPED), "{html}");
            assert!(!html.contains("<script>alert"), "{html}");
        }
        // Bytes that are no text, and names without a value, are no reason to break.
        let odd = at.form("/campaigns/tet/recipients", &[]).header("cookie", &cookie).body("of=campaign&emails=%ff%00&&emails");
        Answer::of(odd).await.is(422);
    }
}
