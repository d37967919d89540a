//! What is found is what reading every transcript finds, whatever was changed, taken back or forgotten since.

use domain::{CallRecord, Role, Speaker, TranscriptLine, said::SaidPiece};

use super::*;
use crate::{
    Db, Scope,
    db::{Tx, execute, fetch_all},
    dialect::{Engine, plan_by_bitmaps},
    erasure,
    imports::{self, NewImport},
    ingest::{self, IngestOptions},
    said_index,
    support::{Call, NOW, both_engines, call, send, shop},
    verify,
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// With these lines, of the bot and the customer in turn, the bot first.
fn saying(one: Call, lines: &[&str]) -> Call {
    let lines = lines.iter().enumerate().map(|(n, text)| TranscriptLine {
        at: n as i64 * 1_000,
        speaker: if n % 2 == 0 { Speaker::Bot } else { Speaker::Customer },
        text: (*text).to_owned(),
    });
    let lines = lines.collect();
    one.talked(9_000).with(|record| record.transcript = Some(lines))
}

fn query(typed: &str) -> SaidQuery {
    SaidQuery::new(typed, None).unwrap().unwrap()
}

fn page_of(limit: u32, cursor: Option<String>) -> PageRequest {
    PageRequest { limit, cursor, details: false }
}

/// The ids of all calls that are found, page by page.
async fn found_by(db: &Db, scope: &Scope, campaign: Option<&str>, query: &SaidQuery, limit: u32) -> Vec<String> {
    let campaign = campaign.map(|id| id.parse().unwrap());
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let mut conn = db.read().await.unwrap();
        let page = find(&mut conn, scope, campaign.as_ref(), query, &page_of(limit, cursor)).await.unwrap().unwrap();
        assert!(page.hits.len() <= limit as usize);
        found.extend(page.hits.into_iter().map(|hit| hit.call.id.to_string()));
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}

async fn found(db: &Db, scope: &Scope, typed: &str) -> Vec<String> {
    found_by(db, scope, None, &query(typed), 50).await
}

async fn clean(db: &Db, scope: &Scope) {
    let mut conn = db.read().await.unwrap();
    assert_eq!(verify::recount(&mut conn, scope, &mut |_| {}).await.unwrap(), []);
}

/// What the account had before there was an index.
async fn as_before(db: &Db, scope: &Scope) {
    let mut conn = db.write().await.unwrap();
    let all =
        fetch_all!(conn, (i64,), "SELECT call_key FROM said_calls WHERE account_id = $1", scope.account()).unwrap();
    let keys: Vec<i64> = all.into_iter().map(|row| row.0).collect();
    said_index::take_out(&mut conn, scope, &keys).await.unwrap();
    said_index::begin(&mut conn, scope).await.unwrap();
    conn.commit().await.unwrap();
}

/// Goes through the calls that are not in the index yet; gives how many steps that took.
async fn fill(db: &Db, scope: &Scope) -> u32 {
    let mut steps = 0;
    loop {
        let mut conn = db.write().await.unwrap();
        let step = said_index::advance(&mut conn, scope).await.unwrap();
        conn.commit().await.unwrap();
        clean(db, scope).await;
        if step.is_over {
            return steps;
        }
        steps += 1;
    }
}

both_engines! {
    async fn lines_are_found_as_they_are_said(db) {
        let (scope, stranger) = (shop(&db, "a").await, shop(&db, "b").await);
        let calls = || vec![
            saying(call("c-1"), &["Dạ em chào anh, anh muốn ĐĂNG KÝ gói không ạ?", "Ừ", "Dạ vâng", "ừ đăng ký đi em"]),
            saying(call("c-2").later(MINUTE).of("camp-1"), &["Ký hợp đồng rồi đăng tin", "không đăng"]),
            call("c-3").later(2 * MINUTE),
            saying(call("c-4").later(3 * MINUTE), &["…", "?!"]),
        ];
        send(&db, &scope, calls()).await;
        assert_eq!(found(&db, &scope, "dang ky").await, ["c-2", "c-1"]);
        assert_eq!(found(&db, &scope, "\"dang ky\"").await, ["c-1"]);
        assert_eq!(found(&db, &scope, "dang-ky").await, ["c-1"]);
        assert_eq!(found(&db, &scope, "hop \"dang tin\"").await, ["c-2"]);
        assert!(found(&db, &scope, "khong hop").await.is_empty(), "two lines of one call");
        assert!(found(&db, &stranger, "dang").await.is_empty());
        let by = |typed: &str, speaker| SaidQuery::new(typed, Some(speaker)).unwrap().unwrap();
        assert_eq!(found_by(&db, &scope, None, &by("khong", Speaker::Customer), 9).await, ["c-2"]);
        assert_eq!(found_by(&db, &scope, None, &by("khong", Speaker::Bot), 9).await, ["c-1"]);
        assert_eq!(found_by(&db, &scope, Some("camp-1"), &query("dang"), 9).await, ["c-2"]);
        assert_eq!(found_by(&db, &scope, None, &query("dang"), 1).await, ["c-2", "c-1"]);
        send(&db, &stranger, calls()).await;
        clean(&db, &scope).await;
        clean(&db, &stranger).await;

        let mut conn = db.read().await.unwrap();
        let page = find(&mut conn, &scope, None, &query("\"dang ky\""), &page_of(9, None)).await.unwrap().unwrap();
        let [hit] = &page.hits[..] else { panic!("{page:?}") };
        assert_eq!((hit.lines.len(), hit.more_lines, page.next, page.filling), (2, 0, None, None));
        assert_eq!((hit.lines[1].at, hit.lines[1].speaker), (3_000, Speaker::Customer));
        let piece = |text: &str, found| SaidPiece { text: text.to_owned(), found };
        assert_eq!(hit.lines[1].pieces, [piece("ừ ", false), piece("đăng ký", true), piece(" đi em", false)]);
        let none = find(&mut conn, &scope, Some(&"camp-9".parse().unwrap()), &query("a"), &page_of(9, None)).await;
        assert_eq!(none.unwrap(), None);
        drop(conn);
        let many: Vec<&str> = vec!["nhieu"; SAID_LINES + 2];
        send(&db, &scope, vec![saying(call("c-9").later(9 * MINUTE), &many)]).await;
        let mut conn = db.read().await.unwrap();
        let page = find(&mut conn, &scope, None, &query("nhieu"), &page_of(9, None)).await.unwrap().unwrap();
        assert_eq!((page.hits[0].lines.len(), page.hits[0].more_lines), (SAID_LINES, 2));
        // A cursor is of one search.
        let first = find(&mut conn, &scope, None, &query("dang"), &page_of(1, None)).await.unwrap().unwrap();
        let other = find(&mut conn, &scope, None, &query("ky"), &page_of(1, first.next)).await;
        assert!(matches!(other, Err(StoreError::Cursor)), "{other:?}");
    }

    async fn what_is_corrected_taken_back_or_removed_is_found_as_it_is_then(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![saying(call("c-1"), &["mot hai"]), saying(call("c-2").later(MINUTE), &["mot ba"])]).await;
        // Another text, another time and campaign, none.
        send(&db, &scope, vec![saying(call("c-1").later(3 * MINUTE).of("camp-1"), &["mot bon"])]).await;
        clean(&db, &scope).await;
        assert_eq!(found(&db, &scope, "mot").await, ["c-1", "c-2"]);
        assert!(found(&db, &scope, "hai").await.is_empty());
        send(&db, &scope, vec![call("c-2").later(MINUTE).talked(9_000)]).await;
        clean(&db, &scope).await;
        assert_eq!(found(&db, &scope, "mot").await, ["c-1"]);

        let mut conn = db.write().await.unwrap();
        let new = NewImport { name: "calls.csv", bytes: 7, object: "1/file", options: "{}", at_once: true };
        let key = imports::add(&mut conn, &scope, &new, NOW).await.unwrap();
        conn.commit().await.unwrap();
        let records = [saying(call("c-1"), &["nam sau"]), saying(call("c-5"), &["nam bay"])];
        let records: Vec<(usize, CallRecord)> = records.into_iter().map(Call::record).enumerate().collect();
        let mut conn = db.write().await.unwrap();
        let options = IngestOptions { create_missing: false, received_at: NOW, import: Some(key) };
        assert_eq!(ingest::put(&mut conn, &scope, records, options).await.unwrap().errors, []);
        conn.commit().await.unwrap();
        clean(&db, &scope).await;
        assert_eq!(found(&db, &scope, "nam").await.len(), 2);
        loop {
            let mut conn = db.write().await.unwrap();
            let step = imports::undo_step(&mut conn, &scope, key, 1, NOW).await.unwrap();
            conn.commit().await.unwrap();
            clean(&db, &scope).await;
            if step.is_last() {
                break;
            }
        }
        assert!(found(&db, &scope, "nam").await.is_empty());
        assert_eq!(found(&db, &scope, "\"mot bon\"").await, ["c-1"]);
    }

    async fn what_a_forgotten_customer_said_is_in_no_byte_of_the_index(db) {
        let scope = shop(&db, "a").await;
        // Words that begin otherwise, and end otherwise.
        let secret = |n: i64| format!("{:08x}", (n as u32 + 1).wrapping_mul(2_654_435_761));
        let of = |n: i64, who: &str, phone: &str| {
            let line = format!("{} cua toi", secret(n));
            saying(call(&format!("c-{n}")).to(who).named("Hồng", phone).later(n * MINUTE), &[&line])
        };
        // In batches, so that there are several segments.
        for batch in 0..6 {
            let some = (batch * 40..batch * 40 + 40).map(|n| {
                if n % 3 == 0 { of(n, "kh-1", "0901234567") } else { of(n, "kh-2", "0909999999") }
            });
            send(&db, &scope, some.collect()).await;
        }
        assert_eq!(found(&db, &scope, "cua toi").await.len(), 240);
        let mut conn = db.write().await.unwrap();
        erasure::begin(&mut conn, &scope, "0901234567", NOW).await.unwrap();
        conn.commit().await.unwrap();
        loop {
            let mut conn = db.write().await.unwrap();
            let step = erasure::advance(&mut conn, &scope, NOW).await.unwrap();
            conn.commit().await.unwrap();
            clean(&db, &scope).await;
            if step.is_over {
                break;
            }
        }
        assert_eq!(found(&db, &scope, "cua toi").await.len(), 160);
        let mut conn = db.read().await.unwrap();
        let bytes: Vec<u8> = match Engine::of(&conn) {
            Engine::Sqlite => {
                let Tx::Sqlite(tx) = &mut conn.tx else { panic!() };
                let rows: Vec<(Vec<u8>,)> = sqlx::query_as(
                    "/* all accounts */ SELECT CAST(block AS BLOB) FROM said_words_data UNION ALL SELECT CAST(term AS BLOB) FROM said_words_idx"
                ).fetch_all(&mut **tx).await.unwrap();
                rows.into_iter().flat_map(|row| row.0).collect()
            }
            Engine::Postgres => {
                let Tx::Postgres(tx) = &mut conn.tx else { panic!() };
                let rows: Vec<(String,)> =
                    sqlx::query_as("/* all accounts */ SELECT words::text FROM said_calls").fetch_all(&mut **tx).await.unwrap();
                rows.into_iter().flat_map(|row| row.0.into_bytes()).collect()
            }
        };
        // Terms of FTS5 stand without the beginning that they share with the one before.
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        for n in 0..240 {
            assert_eq!(holds(&secret(n)[4..]), n % 3 != 0, "{n}");
        }
    }

    async fn what_was_stored_before_is_gone_through_step_by_step(db) {
        let (scope, stranger) = (shop(&db, "a").await, shop(&db, "b").await);
        let some = |n: i64| saying(call(&format!("c-{n}")).later(n * MINUTE), &["xin chao", "vang"]);
        send(&db, &scope, (0..1_200).map(some).collect()).await;
        send(&db, &stranger, (0..3).map(some).collect()).await;
        as_before(&db, &scope).await;
        clean(&db, &scope).await;
        assert!(found(&db, &scope, "chao").await.is_empty());
        let mut conn = db.write().await.unwrap();
        let step = said_index::advance(&mut conn, &scope).await.unwrap();
        assert_eq!((step.calls, step.is_over), (500, false));
        drop(conn);
        assert_eq!(said_index::progress(&mut db.read().await.unwrap(), &scope).await.unwrap().unwrap().done, 0, "a kill");
        let mut conn = db.write().await.unwrap();
        said_index::advance(&mut conn, &scope).await.unwrap();
        conn.commit().await.unwrap();
        clean(&db, &scope).await;
        let progress = said_index::progress(&mut db.read().await.unwrap(), &scope).await.unwrap().unwrap();
        assert_eq!((progress.done, progress.of, progress.percent()), (500, 1_200, 41));
        let newest = found(&db, &scope, "chao").await;
        assert_eq!((newest.len(), newest[0].as_str(), newest[499].as_str()), (500, "c-1199", "c-700"));
        // What comes, and what is corrected, on either side of where it is.
        send(&db, &scope, vec![some(1_300), saying(call("c-5").later(5 * MINUTE), &["khac"])]).await;
        send(&db, &scope, vec![saying(call("c-900").later(2 * MINUTE + 1), &["khac"])]).await;
        assert_eq!(fill(&db, &scope).await, 2);
        assert_eq!(found(&db, &scope, "khac").await, ["c-5", "c-900"]);
        assert_eq!(found(&db, &scope, "chao").await.len(), 1_199);
        assert_eq!(said_index::progress(&mut db.read().await.unwrap(), &scope).await.unwrap(), None);
        assert_eq!(found(&db, &stranger, "chao").await.len(), 3);
    }

    async fn many_are_found_day_by_day_and_hour_by_hour(db) {
        let scope = shop(&db, "a").await;
        // One day of more than are asked for at once, days of few, and days without what is looked for.
        let mut calls: Vec<Call> = (0..4_300_i64)
            .map(|n| saying(call(&format!("a-{n}")).to("kh-a").later(10 * DAY + n * 1_000), &["alo", "nghe"]))
            .collect();
        calls.extend((0..40_i64).map(|n| {
            let words = if n % 4 == 0 { "alo tet" } else { "khong" };
            saying(call(&format!("b-{n}")).to("kh-b").later(n * DAY / 2 + 7), &[words])
        }));
        let mut expected: Vec<(i64, String)> = calls
            .iter()
            .map(|one| one.clone().record())
            .filter(|one| one.transcript.iter().flatten().any(|line| line.text.starts_with("alo")))
            .map(|one| (one.dialed_at.0, one.id.to_string()))
            .collect();
        send(&db, &scope, calls).await;
        expected.sort_unstable_by(|a, b| b.cmp(a));
        let expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();
        assert_eq!(found_by(&db, &scope, None, &query("alo"), 700).await, expected);
        assert_eq!(found_by(&db, &scope, Some("camp-0"), &query("alo"), 1_000).await, expected);
        assert_eq!(found(&db, &scope, "tet").await.len(), 10);
    }

    async fn who_may_not_see_numbers_finds_nothing_by_them(db) {
        let scope = shop(&db, "a").await;
        let said = ["Số của anh là 0912345678 phải không?", "ừ không chín một hai ba bốn năm sáu bảy tám", "hẹn ngày 15"];
        send(&db, &scope, vec![saying(call("c-1").named("Hồng", "0912345678"), &said)]).await;
        #[expect(clippy::disallowed_methods, reason = "nobody's scope")]
        let viewer = Scope::of_user(scope.account(), 1, Role::Viewer);
        for typed in ["0912345678", "\"la 0912345678\"", "\"chin mot hai ba\"", "\"mot hai\"", "\"la phai\""] {
            assert!(found(&db, &viewer, typed).await.is_empty(), "{typed}");
        }
        assert_eq!(found(&db, &scope, "0912345678").await, ["c-1"]);
        assert_eq!(found(&db, &scope, "\"chin mot hai ba\"").await, ["c-1"]);
        for typed in ["15", "\"so cua anh\"", "phai khong"] {
            assert_eq!(found(&db, &viewer, typed).await, ["c-1"], "{typed}");
        }
        let page = find(&mut db.read().await.unwrap(), &viewer, None, &query("so cua"), &page_of(9, None)).await;
        let hit = page.unwrap().unwrap().hits.remove(0);
        let line: String = hit.lines[0].pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(line, "Số của anh là ••• phải không?");
        assert!(hit.call.transcript.is_none());
    }

    async fn a_viewer_of_chosen_campaigns_finds_in_those(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![
            saying(call("c-1"), &["alo"]), saying(call("c-2").later(MINUTE).of("camp-1"), &["alo"]),
        ]).await;
        let mut conn = db.write().await.unwrap();
        execute!(
            conn,
            "INSERT INTO user_campaigns (account_id, user_key, campaign_key)
             SELECT account_id, 900, campaign_key FROM campaigns WHERE account_id = $1 AND id = 'camp-1'",
            scope.account(),
        ).unwrap();
        conn.commit().await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "nobody's scope")]
        let of = |user| Scope::of_user(scope.account(), user, Role::Viewer).limited(true);
        assert_eq!(found(&db, &of(900), "alo").await, ["c-2"]);
        assert!(found(&db, &of(901), "alo").await.is_empty());
        let mut conn = db.read().await.unwrap();
        let hidden = find(&mut conn, &of(900), Some(&"camp-0".parse().unwrap()), &query("alo"), &page_of(9, None)).await;
        assert_eq!(hidden.unwrap(), None);
    }

    async fn a_call_that_is_too_long_for_the_index_is_found_by_its_transcript(db) {
        let scope = shop(&db, "a").await;
        let long = "da ".repeat(300) + "cuoi cung";
        let longer = (0..17_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        let parts: Vec<String> = longer.as_bytes().chunks(9_000).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        send(&db, &scope, vec![
            saying(call("c-1"), &[&long]), saying(call("c-2").later(MINUTE), &parts), saying(call("c-3"), &["vang"]),
        ]).await;
        clean(&db, &scope).await;
        assert_eq!(found(&db, &scope, "\"cuoi cung\"").await, ["c-1"]);
        assert_eq!(found(&db, &scope, "w16999").await, ["c-2"]);
        assert_eq!(found(&db, &scope, "vang").await, ["c-3"]);
        send(&db, &scope, vec![saying(call("c-1"), &["ngan"]), saying(call("c-2").later(MINUTE), &["ngan"])]).await;
        clean(&db, &scope).await;
        assert_eq!(found(&db, &scope, "ngan").await, ["c-2", "c-1"]);
    }

    async fn a_page_that_read_enough_says_how_far_it_came(db) {
        let scope = shop(&db, "a").await;
        // Both words in each call, in one line in the oldest alone.
        let some = |n: i64| {
            let lines: &[&str] = if n == 0 { &["mot hai"] } else { &["mot", "hai"] };
            saying(call(&format!("c-{n}")).to("kh").later(n * MINUTE), lines)
        };
        send(&db, &scope, (0..SAID_LOOKED_AT as i64 + 100).map(some).collect()).await;
        let mut conn = db.read().await.unwrap();
        let first = find(&mut conn, &scope, None, &query("mot hai"), &page_of(9, None)).await.unwrap().unwrap();
        assert!(first.hits.is_empty() && first.looked_back_to.is_some() && first.next.is_some(), "{first:?}");
        let next = find(&mut conn, &scope, None, &query("mot hai"), &page_of(9, first.next)).await.unwrap().unwrap();
        assert_eq!((next.hits.len(), next.looked_back_to, next.next), (1, None, None));
    }

    async fn what_is_wrong_is_found_and_put_right(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, (0..9_i64).map(|n| saying(call(&format!("c-{n}")).later(n * MINUTE), &["mot", "hai"])).collect()).await;
        let keys = fetch_all!(
            db.read().await.unwrap(), (i64,),
            "SELECT call_key FROM said_calls WHERE account_id = $1 ORDER BY call_key", scope.account()
        ).unwrap();
        let mut conn = db.write().await.unwrap();
        let account = scope.account();
        execute!(conn, "DELETE FROM said_calls WHERE account_id = $1 AND call_key = $2", account, keys[0].0).unwrap();
        execute!(conn, "UPDATE said_calls SET hour = hour - 9 WHERE account_id = $1 AND call_key = $2", account, keys[1].0).unwrap();
        execute!(conn, "UPDATE said_calls SET words_hash = 1 WHERE account_id = $1 AND call_key = $2", account, keys[2].0).unwrap();
        execute!(conn, "UPDATE call_details SET transcript = NULL WHERE account_id = $1 AND call_key = $2", account, keys[3].0).unwrap();
        said_index::take_out(&mut conn, &scope, &[keys[4].0]).await.unwrap();
        match Engine::of(&conn) {
            // Words of a call of another account's number, that no row is of.
            Engine::Sqlite => execute!(conn, "INSERT INTO said_words (rowid, place) VALUES ((1 << 40) + 999999, '1#c2 ' || '1#c3')"),
            Engine::Postgres => execute!(conn, "UPDATE said_calls SET words = '' WHERE account_id = $1 AND call_key = $2", account, keys[5].0),
        }.unwrap();
        conn.commit().await.unwrap();
        let found_wrong = verify::recount(&mut db.read().await.unwrap(), &scope, &mut |_| {}).await.unwrap();
        assert!(!found_wrong.is_empty() && found_wrong.iter().all(|one| one.what.starts_with("said_")), "{found_wrong:?}");
        for repair in [false, true] {
            let mut found = Vec::new();
            for step in verify::steps(&mut db.read().await.unwrap(), &scope).await.unwrap() {
                found.extend(verify::step(&db, &scope, &step, repair, &mut |_| {}).await.unwrap());
            }
            assert_eq!(found, found_wrong);
        }
        clean(&db, &scope).await;
        assert_eq!(found(&db, &scope, "mot").await.len(), 8);
    }

    async fn the_index_is_asked_and_no_table_is_read_whole(db) {
        let scope = shop(&db, "a").await;
        let some = |n: i64| {
            let lines = [format!("cau {n} noi {} lan {}", n % 7, n % 31), format!("vang {}", n % 11)];
            saying(call(&format!("c-{n}")).later(n * MINUTE), &lines.each_ref().map(String::as_str))
        };
        send(&db, &scope, (0..3_000).map(some).collect()).await;
        let mut conn = db.write().await.unwrap();
        if let Tx::Postgres(tx) = &mut conn.tx {
            sqlx::query("ANALYZE said_calls").execute(&mut **tx).await.unwrap();
            sqlx::query("SELECT gin_clean_pending_list('said_calls_words')").execute(&mut **tx).await.unwrap();
        }
        let engine = Engine::of(&conn);
        #[expect(clippy::disallowed_methods, reason = "nobody's scope")]
        let limited = Scope::of_user(scope.account(), 900, Role::Viewer).limited(true);
        for (who, places) in [
            (&scope, SaidPlaces::default()),
            (&scope, SaidPlaces { campaigns: vec![3], days: vec![20_761, 20_760], behind: Some((9, 9)), ..SaidPlaces::default() }),
            (&scope, SaidPlaces { hour: Some(20_761 * 24), ..SaidPlaces::default() }),
            (&limited, SaidPlaces { campaigns: vec![3, 4], ..SaidPlaces::default() }),
        ] {
            let sql = said_index::statement(who, engine, &query("mot \"hai ba\""), &places, 9);
            plan_by_bitmaps(&mut conn, true).await.unwrap();
            let plan = sql.explain(&mut conn).await;
            plan_by_bitmaps(&mut conn, false).await.unwrap();
            match engine {
                Engine::Sqlite => {
                    assert!(plan.contains("SCAN w VIRTUAL TABLE INDEX 0:M"), "{plan}");
                    assert!(plan.contains("SEARCH s USING PRIMARY KEY (account_id=? AND call_key=?)"), "{plan}");
                }
                Engine::Postgres => assert!(plan.contains("Bitmap Index Scan on said_calls_words"), "{plan}"),
            }
        }
        for campaigns in [vec![], vec![3], vec![3, 4]] {
            let plan = days_statement(&limited, &campaigns, Some(20_761)).explain(&mut conn).await;
            assert!(!plan.contains("SCAN usage_codes") && !plan.contains("SCAN rollup_days") && !plan.contains("Seq Scan"), "{plan}");
        }
    }
}
