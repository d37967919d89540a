//! Reports by mail, through a real SMTP server over a socket (aiosmtpd, from the Python package index).

use std::{
    io::{BufRead, BufReader, Cursor},
    panic::{AssertUnwindSafe, resume_unwind},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use calamine::{Reader, Xlsx};
use domain::{Currency, Language, Money, Role, format, time::DAY_MS};
use futures::FutureExt;
use reqwest::Method;
use serde_json::{Value, json};
use server::{context::Server, jobs};
use store::jobs::{Payload, SendMail, TidyAccount};

use crate::harness::{Answer, Harness, PostgresDatabase, call, run};

const MISSING: &str = "no SMTP server to test with: `make setup` (or `make test`) installs tools/requirements-test.txt into \
                       target/test-python";
pub const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// A mail server that keeps what it gets; stopped when dropped.
pub struct MailServer {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl MailServer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let python = root.join("target/test-python/bin/python3");
        assert!(python.exists(), "{MISSING}");
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(python);
        command.arg(root.join("tools/test-smtp.py")).arg(folder.path()).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect(MISSING);
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next().expect(MISSING).unwrap();
        Self { child, port: line.trim().parse().expect(MISSING), folder }
    }

    /// By which a client knows it, where it was started with a login.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join(".certificate.pem")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?timeout=1&acceptance=1", self.port)
    }

    /// What came so far, in the order in which it came.
    pub fn mails(&self) -> Vec<Value> {
        let names = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<_> =
            names.filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.')).collect();
        names.sort();
        names.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// Those that were taken.
    fn taken(&self) -> Vec<Value> {
        self.mails().into_iter().filter(|mail| mail["taken"] == true).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let pairs = mail["headers"].as_array().unwrap();
    let found: Vec<_> = pairs.iter().filter(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name)).collect();
    assert!(found.len() < 2, "{name} is there {} times", found.len());
    found.first().map_or("", |pair| pair[1].as_str().unwrap())
}

fn to(mail: &Value) -> &str {
    mail["to"][0].as_str().unwrap()
}

async fn at_sqlite(settings: &[(&str, &str)]) -> Harness {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}/test.db", folder.path().display());
    Harness::start(&address, folder, settings).await
}

/// Runs a test on either engine, with a mail server of its own.
pub fn on_both(test: impl AsyncFn(&Harness, &MailServer)) {
    on_both_with(("RINGSIDE_MAIL_ATTACHED_MB", "20"), test);
}

/// As [`on_both`], with a setting.
fn on_both_with(setting: (&str, &str), test: impl AsyncFn(&Harness, &MailServer)) {
    run(async {
        let from = ("RINGSIDE_MAIL_FROM", "Báo cáo <baocao@ringside.example>");
        let smtp = MailServer::start();
        let at = at_sqlite(&[("RINGSIDE_SMTP_URL", &smtp.url()), from, setting]).await;
        test(&at, &smtp).await;
        at.server.db.close().await;

        let smtp = MailServer::start();
        let database = PostgresDatabase::create().await;
        let at = Harness::start(
            &database.address,
            tempfile::tempdir().unwrap(),
            &[("RINGSIDE_SMTP_URL", &smtp.url()), from, setting],
        )
        .await;
        let outcome = AssertUnwindSafe(test(&at, &smtp)).catch_unwind().await;
        at.server.db.close().await;
        database.remove().await;
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    });
}

/// Sends what is due; gives how many mails were tried.
pub async fn send_due(server: &Server) -> usize {
    jobs::run_due(&server.db, &server.context, SendMail::KIND).await.unwrap()
}

/// Tidies the account where that is due; gives how often it did.
async fn tidy(at: &Harness) -> usize {
    jobs::run_due(&at.server.db, &at.server.context, TidyAccount::KIND).await.unwrap()
}

/// Sends until nothing is due.
async fn send_all(at: &Harness) {
    send_due(&at.server).await;
}

async fn fill(at: &Harness) {
    at.stock().await;
    let calls: Vec<Value> = (0..40)
        .map(|n| {
            let (talk, code) = match n % 4 {
                0 => (Some(31_000 + n * 700), "DY"),
                1 => (None, "NA"),
                2 => (None, "BS"),
                _ => (Some(4_000), "K9"),
            };
            call(
                &format!("c-{n}"),
                &format!("kh-{}", n % 25),
                &format!("2026-11-0{}T09:{n:02}:00+07:00", 4 + n % 3),
                5_000,
                talk,
                code,
            )
        })
        .collect();
    assert_eq!(at.post("/api/v1/calls", &json!(calls)).await.is(200).json()["accepted"], 40);
}

async fn recipients(at: &Harness, emails: &[&str]) {
    at.put("/api/v1/campaigns/tet", &json!({"name": "Tết 2027", "voicebot": "bot", "report_emails": emails}))
        .await
        .is(200);
}

async fn complete(at: &Harness) -> Value {
    at.post("/api/v1/campaigns/tet/complete", &json!({})).await.is(200).json()
}

async fn deliveries(at: &Harness) -> Vec<Value> {
    let answer = at.get("/api/v1/campaigns/tet/deliveries").await.is(200).json();
    answer["deliveries"].as_array().unwrap().clone()
}

async fn delivery(at: &Harness, recipient: &str) -> Value {
    let all = deliveries(at).await;
    all.into_iter().find(|mail| mail["recipient"] == recipient).unwrap_or_else(|| panic!("no mail to {recipient}"))
}

async fn page(at: &Harness, cookie: &str, path: &str) -> String {
    Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html")).await.is(200).text()
}

async fn the_workbook_is_the_one_of_the_api(at: &Harness, mail: &Value) {
    let files = mail["files"].as_array().unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0]["name"], "tet-2026-11-22.xlsx");
    same_as_of_the_api(at, STANDARD.decode(files[0]["data"].as_str().unwrap()).unwrap()).await;
}

async fn same_as_of_the_api(at: &Harness, workbook: Vec<u8>) {
    let mut attached = Xlsx::new(Cursor::new(workbook)).unwrap();
    let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let request =
        at.api(Method::GET, "/api/v1/campaigns/tet/report").header("accept", media).header("accept-language", "vi");
    let mut served = Xlsx::new(Cursor::new(Answer::of(request).await.is(200).bytes)).unwrap();
    assert_eq!(attached.sheet_names(), served.sheet_names());
    for sheet in served.sheet_names() {
        let (a, b) = (attached.worksheet_range(&sheet).unwrap(), served.worksheet_range(&sheet).unwrap());
        assert!(a.rows().eq(b.rows()), "the cells of {sheet}");
    }
}

#[test]
fn a_workbook_that_is_too_large_for_a_mail_is_a_link_that_ends_after_14_days() {
    on_both_with(("RINGSIDE_MAIL_ATTACHED_MB", "0"), async |at, smtp| {
        fill(at).await;
        recipients(at, &["baocao@antam.vn"]).await;
        complete(at).await;
        send_all(at).await;
        let mails = smtp.taken();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0]["files"], json!([]));
        let link = |text: &str| {
            let begin = text.find("/mail/workbook/").expect("a link to the workbook");
            text[begin..].split(['"', ' ', '\n', '\r', '>']).next().unwrap().to_owned()
        };
        let path = link(mails[0]["html"].as_str().unwrap());
        assert_eq!(link(mails[0]["text"].as_str().unwrap()), path, "in both bodies");

        // Whoever has the link needs no sign-in; who guesses gets nothing.
        let download = async |path: &str| Answer::of(at.bare(Method::GET, path)).await;
        let answer = download(&path).await.is(200);
        assert!(answer.header("content-disposition").contains("tet-2026-11-22.xlsx"));
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string());
        same_as_of_the_api(at, answer.bytes).await;
        let last = path.chars().last().unwrap();
        let guessed = format!("{}{}", &path[..path.len() - 1], if last == 'A' { 'B' } else { 'A' });
        download(&guessed).await.is(404);

        at.pass(14 * DAY_MS);
        // The last moment of the link.
        assert_eq!(tidy(at).await, 1);
        download(&path).await.is(200);
        at.pass(1);
        download(&path).await.is(404);
        // What nobody can open any more is not kept, and the mail can still be read on the page.
        let kept = || walk(&at.folder.path().join("recordings"));
        assert_eq!(kept(), 1);
        assert_eq!(tidy(at).await, 0, "it comes back after an hour");
        at.pass(HOUR);
        assert_eq!(tidy(at).await, 1);
        assert_eq!(kept(), 0);
        assert_eq!(delivery(at, "baocao@antam.vn").await["status"], "sent");
        // Sent again, it is made anew.
        at.user("quanly@cty.vn", Role::Manager).await;
        let manager = at.sign_in("quanly@cty.vn").await;
        Answer::of(at.form("/campaigns/tet/mail/send", &[("who", "all")]).header("cookie", &manager)).await.is(303);
        send_all(at).await;
        let again = link(smtp.taken()[1]["html"].as_str().unwrap());
        assert_ne!(again, path);
        download(&again).await.is(200);
    });
}

#[test]
fn a_viewer_of_the_account_is_mailed_masked_numbers() {
    on_both(async |at, smtp| {
        fill(at).await;
        let mut record = call("c-told", "kh-told", "2026-11-04T10:00:00+07:00", 5_000, Some(31_000), "DY");
        record["contact"] = json!({"id": "kh-told", "phone": "0912345207", "name": "Lan 0912 345 207"});
        at.post("/api/v1/calls", &json!([record])).await.is(200);
        at.user("lan@cty.vn", Role::Viewer).await;
        at.user("minh@cty.vn", Role::Manager).await;
        let all = ["baocao@antam.vn", "Lan@cty.vn", "minh@cty.vn"];
        recipients(at, &all).await;
        complete(at).await;
        send_all(at).await;
        send_all(at).await;
        let mails = smtp.taken();
        assert_eq!(mails.len(), all.len());
        for mail in &mails {
            let file = STANDARD.decode(mail["files"][0]["data"].as_str().unwrap()).unwrap();
            let mut book = Xlsx::new(Cursor::new(file)).unwrap();
            let names = book.sheet_names();
            let sheets: Vec<_> = names.iter().map(|name| book.worksheet_range(name).unwrap()).collect();
            let cells = format!("{sheets:?}");
            let is_viewer = to(mail).eq_ignore_ascii_case("lan@cty.vn");
            for (shown, text) in [
                (!is_viewer, "0912345207"),
                (!is_viewer, "0912 345 207"),
                (is_viewer, "0912 ••• 207"),
                (is_viewer, "Lan •••"),
            ] {
                assert_eq!(cells.contains(text), shown, "{text} to {}", to(mail));
            }
        }
    });
}

/// How many files a folder holds, at any depth.
fn walk(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |path: PathBuf| if path.is_dir() { walk(&path) } else { 1 };
    entries.map(|entry| count(entry.unwrap().path())).sum()
}

#[test]
fn a_completed_campaign_is_mailed_once_to_each_with_the_figures_of_the_report() {
    on_both(async |at, smtp| {
        fill(at).await;
        at.user("lan@cty.vn", Role::Owner).await;
        recipients(at, &["baocao@antam.vn", "lan@cty.vn", "BaoCao@antam.vn"]).await;
        assert_eq!(complete(at).await["changed"], true);
        assert_eq!(complete(at).await["changed"], false, "again: nothing happens");
        send_all(at).await;
        send_all(at).await;
        let mails = smtp.taken();
        assert_eq!(
            mails.iter().map(to).collect::<std::collections::BTreeSet<_>>(),
            ["baocao@antam.vn", "lan@cty.vn"].into()
        );
        assert_eq!(mails.len(), 2);

        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        let of = |path: &str| report.pointer(path).unwrap().as_i64().unwrap_or_else(|| panic!("{path}"));
        let int = |path: &str| format::integer(of(path), Language::Vi);
        let cost: Money = report["cost"].as_str().unwrap().parse().unwrap();
        for mail in &mails {
            let stored = delivery(at, to(mail)).await;
            assert_eq!(
                (&stored["status"], &stored["kind"], &stored["attempts"]),
                (&json!("sent"), &json!("completion"), &json!(1))
            );
            assert_eq!(stored["answer"], "250 2.0.0 kept");
            assert_eq!(header(mail, "Message-ID"), stored["message_id"].as_str().unwrap());
            assert!(header(mail, "Message-ID").ends_with("@ringside.example>"));
            assert_eq!(header(mail, "From"), "Báo cáo <baocao@ringside.example>");
            assert_eq!(header(mail, "To"), to(mail));
            assert_eq!(mail["from"], "baocao@ringside.example");
            assert_eq!(
                header(mail, "Subject"),
                format!(
                    "Báo cáo: Tết 2027 – {}/{} khách đã tiếp cận",
                    int("/customers/reached"),
                    int("/customers/total")
                )
            );
            assert_eq!(header(mail, "Auto-Submitted"), "auto-generated");
            assert!(header(mail, "Date").contains("22 Nov 2026 08:00:00"), "{}", header(mail, "Date"));
            // Whoever is on a list, a member of the account too.
            assert!(!header(mail, "List-Unsubscribe").is_empty(), "{}", to(mail));
            let raw = mail["raw"].as_str().unwrap().replace("\r\n ", " ");
            let unsubscribe = "List-Unsubscribe: <http://127.0.0.1:3000/mail/stop/";
            assert!(raw.lines().any(|line| line.starts_with(unsubscribe)), "{raw}");

            let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
            let unbroken = |text: &str| text.replace("&nbsp;", " ").replace('\u{a0}', " ");
            let bare: String = {
                let mut inside = false;
                let kept = html.chars().filter(|c| {
                    match c {
                        '<' => inside = true,
                        '>' => {
                            inside = false;
                            return false;
                        }
                        _ => {}
                    }
                    !inside
                });
                unbroken(&kept.collect::<String>())
            };
            let text = unbroken(text);
            let vnd = Currency::vnd();
            for figure in [
                format::short_duration(of("/average_talk_time"), Language::Vi),
                format::total_duration(of("/talk_time"), Language::Vi),
                format!("{} block", int("/blocks")),
                format::money(cost, &vnd, Language::Vi),
            ] {
                let figure = unbroken(&figure);
                assert!(text.contains(&figure), "{figure} is not in {text}");
                assert!(bare.contains(&figure), "{figure} is not in {bare}");
            }
            for (label, path) in [
                ("Đã tiếp cận", "/customers/reached"),
                ("Thành công", "/calls/success"),
                ("Không đạt (BS, NA)", "/calls/failed"),
                ("Lỗi (CU)", "/calls/error"),
            ] {
                let line =
                    text.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("{label}: {text}"));
                assert_eq!(line[label.len()..].split_whitespace().next(), Some(int(path).as_str()), "{line}");
            }
            for code in report["by_code"].as_array().unwrap() {
                let (name, calls) = (code["code"].as_str().unwrap(), code["calls"].as_i64().unwrap());
                let line = text
                    .lines()
                    .find(|line| line.starts_with(&format!("{name}  ")))
                    .unwrap_or_else(|| panic!("{name}: {text}"));
                assert!(line.split_whitespace().any(|word| word == format::integer(calls, Language::Vi)), "{line}");
            }
            let link = format!("http://127.0.0.1:3000/campaigns/tet?account={}\"", at.scope.account());
            assert!(html.contains(&link), "the link to the report");
            assert!(!html.contains("<img") && !html.contains("<script"), "no images, no scripts");

            the_workbook_is_the_one_of_the_api(at, mail).await;
        }
    });
}

#[test]
fn a_mail_is_tried_again_where_that_may_help_and_not_where_it_was_refused() {
    on_both(async |at, smtp| {
        fill(at).await;
        recipients(at, &["refused@antam.vn", "later3@antam.vn", "hang@antam.vn", "drop@antam.vn", "good@antam.vn"])
            .await;
        complete(at).await;
        send_all(at).await;
        let refused = delivery(at, "refused@antam.vn").await;
        assert_eq!((&refused["status"], &refused["answer"]), (&json!("failed"), &json!("550 5.1.1 no such user here")));
        // The owner reads it among the jobs, too.
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        let jobs =
            Answer::of(at.signed(Method::GET, "/jobs", &cookie).header("accept", "text/html")).await.is(200).text();
        assert!(jobs.contains("550 5.1.1 no such user here"), "{jobs}");
        let later = delivery(at, "later3@antam.vn").await;
        assert_eq!((&later["status"], &later["answer"]), (&json!("waiting"), &json!("421 4.7.0 try again later")));
        assert_eq!(delivery(at, "hang@antam.vn").await["status"], "waiting");
        assert_eq!(delivery(at, "drop@antam.vn").await["status"], "waiting");
        assert_eq!(delivery(at, "good@antam.vn").await["status"], "sent");

        // Not before its time; then after 1, 5 and 15 minutes.
        at.pass(MINUTE - 1);
        assert_eq!(send_due(&at.server).await, 0);
        at.pass(1);
        send_all(at).await;
        assert_eq!(delivery(at, "hang@antam.vn").await["status"], "sent");
        assert_eq!(delivery(at, "drop@antam.vn").await["status"], "sent");
        for pause in [5, 15] {
            assert_eq!(delivery(at, "later3@antam.vn").await["status"], "waiting");
            at.pass(pause * MINUTE - 1);
            assert_eq!(send_due(&at.server).await, 0, "{pause}");
            at.pass(1);
            send_all(at).await;
        }
        let later = delivery(at, "later3@antam.vn").await;
        assert_eq!((&later["status"], &later["attempts"]), (&json!("sent"), &json!(4)));
        at.pass(2 * DAY_MS);
        send_all(at).await;
        assert_eq!(delivery(at, "refused@antam.vn").await["attempts"], 1);

        // What was accepted without an answer comes again with the same Message-ID; nothing else comes twice.
        let mails = smtp.mails();
        let of = |local: &str| mails.iter().filter(|mail| to(mail).starts_with(local)).collect::<Vec<_>>();
        for local in ["drop", "hang"] {
            let [first, second] = of(local)[..] else { panic!("{local} came {} times", of(local).len()) };
            assert_eq!(header(first, "Message-ID"), header(second, "Message-ID"));
            assert_eq!(
                (first["text"].as_str(), first["files"].as_array()),
                (second["text"].as_str(), second["files"].as_array())
            );
        }
        assert_eq!((of("good").len(), of("later3").len(), of("refused").len()), (1, 1, 0));
    });
}

#[test]
fn a_mail_that_nobody_takes_is_given_up_after_a_day() {
    on_both(async |at, _| {
        fill(at).await;
        recipients(at, &["later999@antam.vn"]).await;
        complete(at).await;
        let mut tries = 0;
        for _ in 0..40 {
            tries += send_due(&at.server).await;
            at.pass(60 * MINUTE);
        }
        let mail = delivery(at, "later999@antam.vn").await;
        assert_eq!((&mail["status"], &mail["answer"]), (&json!("failed"), &json!("421 4.7.0 try again later")));
        assert!((24..=27).contains(&tries), "{tries}");
        assert!(mail["next_try_at"].is_null());
    });
}

#[test]
fn without_a_mail_server_mails_wait_and_the_page_says_why() {
    run(async {
        for (url, says) in [
            (None, "máy chủ email chưa được thiết lập (RINGSIDE_SMTP_URL)"),
            (Some("http://x"), "RINGSIDE_SMTP_URL phải bắt đầu bằng smtp://"),
        ] {
            let settings: Vec<_> = url.map(|url| ("RINGSIDE_SMTP_URL", url)).into_iter().collect();
            let at = at_sqlite(&settings).await;
            fill(&at).await;
            at.user("lan@cty.vn", Role::Viewer).await;
            let cookie = at.sign_in("lan@cty.vn").await;
            let before = page(&at, &cookie, "/campaigns/tet").await;
            assert!(before.contains("Chưa có người nhận báo cáo."), "{before}");
            assert!(!before.contains("Hoàn tất chiến dịch"), "a viewer only looks");
            recipients(&at, &["baocao@antam.vn", "b@antam.vn", "c@antam.vn"]).await;
            complete(&at).await;
            assert_eq!(send_due(&at.server).await, 0);
            assert_eq!(delivery(&at, "baocao@antam.vn").await["status"], "waiting");
            let page = page(&at, &cookie, "/campaigns/tet").await;
            assert!(page.contains(says), "{page}");
            assert!(page.contains("Báo cáo đang chờ gửi tới baocao@antam.vn và 2 người khác"), "{page}");
        }
    });
}

#[test]
fn the_page_says_what_was_sent_shows_the_mail_and_says_when_the_figures_have_changed() {
    on_both(async |at, smtp| {
        fill(at).await;
        at.user("lan@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let post = async |path: &str, fields: &[(&str, &str)]| {
            Answer::of(at.form(path, fields).header("cookie", &cookie).header("accept", "text/html")).await
        };
        for bad in ["nobody", "a@b.vn, x", "a@b.vn\r\nBcc: x@y.vn", "a@b", "<a@b.vn>"] {
            let answer = post("/campaigns/tet/recipients", &[("of", "campaign"), ("emails", bad)]).await.is(422);
            assert!(answer.text().contains("không phải là một địa chỉ email"), "{bad}: {}", answer.text());
        }
        post("/campaigns/tet/recipients", &[("of", "account"), ("emails", "chung@antam.vn; b@antam.vn")]).await.is(303);
        post("/campaigns/tet/mail/preview", &[]).await.is(303);
        send_all(at).await;
        let preview = &smtp.taken()[0];
        assert_eq!(to(preview), "lan@cty.vn");
        assert!(header(preview, "List-Unsubscribe").is_empty(), "who asks to see it is on no list for that");
        assert!(header(preview, "Subject").starts_with("Xem trước báo cáo: Tết 2027"));
        assert!(
            page(at, &cookie, "/campaigns/tet")
                .await
                .contains("Khi chiến dịch hoàn tất, báo cáo được gửi tới chung@antam.vn và 1 người khác")
        );

        post("/campaigns/tet/complete", &[]).await.is(303);
        send_all(at).await;
        let sent = page(at, &cookie, "/campaigns/tet").await;
        assert!(sent.contains("Báo cáo đã gửi tới chung@antam.vn và 1 người khác lúc 15:00 ngày 22/11/2026"));
        assert!(!sent.contains("Số liệu đã thay đổi"));

        let link = sent
            .split("href=\"")
            .find(|part| part.starts_with("/campaigns/tet/mail/"))
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let shown = Answer::of(at.signed(Method::GET, link, &cookie).header("accept", "text/html")).await.is(200);
        let policy = shown.header("content-security-policy").to_owned();
        assert!(
            policy.contains("sandbox") && policy.contains("default-src 'none'") && !policy.contains("script"),
            "{policy}"
        );
        let mail = smtp.taken().into_iter().find(|mail| to(mail) == "b@antam.vn").unwrap();
        let shown = shown.text();
        let table = |html: &str| html[html.find("<h1").unwrap()..html.find("class=\"rule\"").unwrap()].to_owned();
        assert_eq!(
            table(&shown),
            table(&mail["html"].as_str().unwrap().replace("\r\n", "\n")),
            "the mail as it was sent"
        );
        assert!(!shown.contains("/mail/stop/"), "its recipient's own link is not for others");
        let plain = Answer::of(at.signed(Method::GET, &format!("{link}?text"), &cookie)).await.is(200);
        assert!(plain.header("content-type").starts_with("text/plain") && plain.text().contains("Tổng chi phí"));

        let late = call("c-late", "kh-77", "2026-11-06T10:00:00+07:00", 5_000, Some(9_000), "DY");
        at.post("/api/v1/calls", &json!([late])).await.is(200);
        assert!(page(at, &cookie, "/campaigns/tet").await.contains("Số liệu đã thay đổi so với email đã gửi."));
        post("/campaigns/tet/mail/send", &[("who", "all")]).await.is(303);
        send_all(at).await;
        assert!(!page(at, &cookie, "/campaigns/tet").await.contains("Số liệu đã thay đổi"));
        assert_eq!(smtp.taken().len(), 5, "a preview, two at completion, two again");

        // The recipient stops by the mail's own link, as mail programs do it: a POST without cookies.
        let mail = smtp.taken().into_iter().rev().find(|mail| to(mail) == "b@antam.vn").unwrap();
        let stop = header(&mail, "List-Unsubscribe").trim_matches(['<', '>']).replace("http://127.0.0.1:3000", "");
        let question = Answer::of(at.bare(Method::GET, &stop).header("accept", "text/html")).await.is(200);
        assert!(question.text().contains("b@antam.vn"));
        at.post_form(&stop, &[("List-Unsubscribe", "One-Click")]).await.is(200);
        at.pass(MINUTE);
        post("/campaigns/tet/mail/send", &[("who", "all")]).await.is(303);
        send_all(at).await;
        let after: Vec<_> = smtp.taken()[5..].iter().map(|mail| to(mail).to_owned()).collect();
        assert_eq!(after, ["chung@antam.vn"]);
    });
}

#[test]
fn a_member_who_is_a_recipient_stops_by_the_link() {
    on_both(async |at, smtp| {
        fill(at).await;
        at.user("xem@antam.vn", Role::Viewer).await;
        at.user("chu@antam.vn", Role::Owner).await;
        recipients(at, &["a@antam.vn", "xem@antam.vn"]).await;
        complete(at).await;
        send_all(at).await;
        let mail = smtp.taken().into_iter().find(|mail| to(mail) == "xem@antam.vn").unwrap();
        let stop = header(&mail, "List-Unsubscribe").trim_matches(['<', '>']).to_owned();
        // In what one reads, too.
        for part in ["text", "html"] {
            assert!(mail[part].as_str().unwrap().contains("/mail/stop/"), "{part}");
        }
        at.post_form(&stop.replace("http://127.0.0.1:3000", ""), &[("List-Unsubscribe", "One-Click")]).await.is(200);
        let owner = at.sign_in("chu@antam.vn").await;
        let shown = page(at, &owner, "/settings/recipients").await;
        assert!(shown.contains("Đã tự ngừng nhận") && shown.contains("xem@antam.vn"), "{shown}");
        let campaign = at.get("/api/v1/campaigns/tet").await.is(200).json();
        assert_eq!(campaign["report_emails"], json!(["a@antam.vn"]));
    });
}

#[test]
fn a_report_is_sent_again_to_whom_one_chooses_and_not_over_and_over() {
    on_both(async |at, smtp| {
        fill(at).await;
        recipients(at, &["a@antam.vn", "b@antam.vn", "c@antam.vn"]).await;
        complete(at).await;
        send_all(at).await;
        at.user("lan@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let send = async |fields: &[(&str, &str)]| {
            let form = at.form("/campaigns/tet/mail/send", fields).header("cookie", &cookie);
            let answer = Answer::of(form.header("accept", "text/html").header("accept-language", "en")).await;
            send_all(at).await;
            answer
        };
        let went_to = || smtp.taken()[3..].iter().map(|mail| to(mail).to_owned()).collect::<Vec<_>>();

        // It asks first, names everybody, and has chosen nobody.
        let html = page(at, &cookie, "/campaigns/tet").await;
        let dialog = &html[html.find("id=\"report-again\"").expect("a dialog")..];
        let dialog = &dialog[..dialog.find("</dialog>").unwrap()];
        for address in ["a@antam.vn", "b@antam.vn", "c@antam.vn"] {
            assert!(dialog.contains(&format!("name=\"to\" value=\"{address}\"")), "{address}: {dialog}");
        }
        assert!(!dialog.contains(" checked") && dialog.contains("Gửi cho cả 3 người"), "{dialog}");
        let nobody = send(&[]).await.is(422).text();
        assert!(
            nobody.contains("please choose at least one recipient") && nobody.contains("/campaigns/tet#report-mail")
        );
        assert!(
            nobody.matches("type=\"checkbox\" name=\"to\"").count() == 3 && !nobody.contains("antam.vn\" checked"),
            "{nobody}"
        );

        send(&[("to", "b@antam.vn")]).await.is(303);
        assert_eq!(went_to(), ["b@antam.vn"]);
        // All but who has just had it; then there is nobody left.
        send(&[("who", "all")]).await.is(303);
        let mut others = went_to();
        others.sort();
        assert_eq!(others, ["a@antam.vn", "b@antam.vn", "c@antam.vn"]);
        for _ in 0..20 {
            let refused = send(&[("who", "all")]).await.is(429);
            assert_eq!(refused.header("retry-after"), "60");
            assert!(refused.text().contains("Please try again in a minute"), "{}", refused.text());
        }
        send(&[("to", "a@antam.vn"), ("to", "z@khac.vn")]).await.is(422);
        assert_eq!(went_to().len(), 3, "nothing went out, and nothing to strangers");
        at.pass(MINUTE);
        send(&[("to", "a@antam.vn"), ("to", "c@antam.vn")]).await.is(303);
        let refused = send(&[("to", "a@antam.vn"), ("to", "b@antam.vn")]).await.is(429).text();
        let ticked = |address: &str| refused.contains(&format!("name=\"to\" value=\"{address}\" checked"));
        assert!(
            ticked("a@antam.vn") && ticked("b@antam.vn") && !ticked("c@antam.vn"),
            "who was chosen stays: {refused}"
        );
        send(&[("to", "b@antam.vn")]).await.is(303);
        let mut all = went_to();
        all.sort();
        assert_eq!(all, ["a@antam.vn", "a@antam.vn", "b@antam.vn", "b@antam.vn", "c@antam.vn", "c@antam.vn"]);

        // The preview is said to be on its way, and then to have been sent.
        let form = at.form("/campaigns/tet/mail/preview", &[]).header("cookie", &cookie);
        Answer::of(form).await.is(303);
        let html = page(at, &cookie, "/campaigns/tet").await;
        assert!(html.contains("Bản xem trước đang chờ gửi tới lan@cty.vn"), "{html}");
        send_all(at).await;
        let html = page(at, &cookie, "/campaigns/tet").await;
        assert!(html.contains("Bản xem trước đã gửi tới lan@cty.vn lúc 15:01 ngày 22/11/2026"), "{html}");
        let form = at.form("/campaigns/tet/mail/preview", &[]).header("cookie", &cookie);
        Answer::of(form.header("accept", "text/html")).await.is(429);
    });
}

#[test]
fn a_hostile_name_stays_a_name() {
    on_both(async |at, smtp| {
        fill(at).await;
        for name in ["T\r\nBcc: x@y.vn", "a\u{0}b"] {
            at.put("/api/v1/campaigns/tet", &json!({"name": name, "voicebot": "bot"})).await.is(422);
        }
        let name = format!("=1+1 <script>alert(1)</script> \"'&{}", "ộ".repeat(260));
        at.put("/api/v1/campaigns/tet", &json!({"name": name, "voicebot": "bot", "report_emails": ["a@b.vn"]}))
            .await
            .is(200);
        for bad in ["a@b.vn\r\nBcc: x@y.vn", "a@b.vn,c@d.vn", "\"a\"@b.vn"] {
            at.put("/api/v1/campaigns/tet", &json!({"name": name, "voicebot": "bot", "report_emails": [bad]}))
                .await
                .is(422);
        }
        complete(at).await;
        send_all(at).await;
        let mails = smtp.taken();
        assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        assert!(
            header(mail, "Subject").starts_with("Báo cáo: =1+1 <script>alert(1)</script> \"'&ộộ"),
            "{}",
            header(mail, "Subject")
        );
        assert!(!mail["html"].as_str().unwrap().contains("<script"));
        assert!(mail["raw"].as_str().unwrap().lines().all(|line| line.len() <= 998), "no header line is too long");
        assert_eq!(header(mail, "Bcc"), "");
    });
}

#[test]
fn two_servers_on_one_database_share_the_work() {
    run(async {
        let database = PostgresDatabase::create().await;
        let smtp = MailServer::start();
        let url = smtp.url();
        let settings =
            |from: &'static str| [("RINGSIDE_SMTP_URL", url.clone()), ("RINGSIDE_MAIL_FROM", from.to_owned())];
        let folder = tempfile::tempdir().unwrap();
        let place = format!("file://{}", folder.path().display());
        let start = async |from| {
            let settings = settings(from);
            let mut settings: Vec<(&str, &str)> =
                settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
            settings.push(("RINGSIDE_RECORDINGS", &place));
            Harness::start_beside(&database.address, tempfile::tempdir().unwrap(), &settings).await
        };
        let one = Harness::start(
            &database.address,
            tempfile::tempdir().unwrap(),
            &[("RINGSIDE_SMTP_URL", &url), ("RINGSIDE_MAIL_FROM", "a@one.example"), ("RINGSIDE_RECORDINGS", &place)],
        )
        .await;
        let two = start("a@two.example").await;
        fill(&one).await;
        let emails: Vec<String> = (0..40).map(|n| format!("slow{n}@antam.vn")).collect();
        recipients(&one, &emails.iter().map(String::as_str).collect::<Vec<_>>()).await;
        complete(&one).await;
        futures::join!(send_all(&one), send_due(&two));
        let mails = smtp.mails();
        let mut reached: Vec<_> = mails.iter().map(|mail| to(mail).to_owned()).collect();
        reached.sort();
        let mut wanted = emails;
        wanted.sort();
        assert_eq!(reached, wanted, "each one once");
        let by = |host: &str| mails.iter().filter(|mail| mail["from"].as_str().unwrap().ends_with(host)).count();
        assert!(by("one.example") > 0 && by("two.example") > 0, "{} and {}", by("one.example"), by("two.example"));
        let texts: std::collections::BTreeSet<_> = mails.iter().map(|mail| mail["files"].to_string()).collect();
        assert_eq!(texts.len(), 1, "all got the same workbook");
        one.server.db.close().await;
        two.db.close().await;
        database.remove().await;
    });
}
