//! An address at which there is nothing for whoever opens it: people get a page of the product with a way back, programs a problem.

use async_compression::tokio::bufread::GzipDecoder;
use domain::Role;
use reqwest::Method;
use tokio::io::AsyncReadExt;

use crate::harness::{Answer, both_engines};

/// Pages and files that a viewer does not see, or that are not there: by a route of their own, or by none.
const MISSING: [&str; 10] = [
    "/operator",
    "/operator/log",
    "/operator/accounts/1",
    "/calls/none",
    "/calls/none/recording",
    "/exports/1",
    "/exports/1/file",
    "/campaigns/none/calls.csv",
    "/settings/log.csv",
    "/nothing-here",
];

async fn unpacked(answer: &Answer) -> String {
    let mut html = String::new();
    GzipDecoder::new(answer.bytes.as_slice()).read_to_string(&mut html).await.unwrap();
    html
}

both_engines! {
    async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(at) {
        at.stock().await;
        at.user("xem@cty.vn", Role::Viewer).await;
        let cookie = at.sign_in("xem@cty.vn").await;
        for path in MISSING {
            let asked = |accept: &str| at.signed(Method::GET, path, &cookie).header("accept", accept);
            // As a browser asks for it.
            let browsers = asked("text/html,application/xhtml+xml,*/*;q=0.8").header("sec-fetch-mode", "navigate");
            let page = Answer::of(browsers.header("accept-encoding", "gzip, deflate")).await.is(404);
            assert!(page.header("content-type").starts_with("text/html"), "{path}: {}", page.header("content-type"));
            assert_eq!(page.header("content-encoding"), "gzip", "{path}");
            let html = unpacked(&page).await;
            assert!(html.contains("<nav") && html.contains("href=\"/campaigns\""), "{path}: {html}");
            Answer::of(asked("application/json")).await.is_problem(404);
            // A script of a page that has nothing to do with what is shown.
            Answer::of(asked("text/html").header("sec-fetch-mode", "cors")).await.is_problem(404);
        }
        // Nobody is signed in: a small page, as packed as it says.
        let nobody = at.bare(Method::GET, "/mail/stop/1/1/0/none").header("accept", "text/html");
        let small = Answer::of(nobody.header("accept-encoding", "gzip")).await.is(404);
        assert!(unpacked(&small).await.contains("</html>"));
    }
}
