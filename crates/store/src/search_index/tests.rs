//! What a search finds is what reading every customer finds, however much of them is indexed.

use domain::{CallFilter, CustomerFilter, Role, Timestamp, time::Zone};

use super::{finding::*, *};
use crate::{
    Db, PageRequest, calls, customers,
    db::{fetch_all, fetch_one},
    dialect::Engine,
    search_index::parts::wanted,
    sql::Search,
    support::{Call, NINE, both_engines, call, send, shop},
    verify,
};

/// Texts that try to be something else to an index: marks in both forms, signs of query languages, letters that change their case
/// or their length with it.
const NAMES: [&str; 30] = [
    "Nguyễn Thị Hồng Đào",
    "NGUYỄN THỊ HỒNG ĐÀO",
    "Nguye\u{302}\u{303}n Thi\u{323} Ho\u{302}\u{300}ng Đa\u{300}o",
    "Đặng Văn Đĩnh",
    "đ",
    "Đ",
    "An",
    "Lê A",
    "O'Brien \"Bob\" Smith",
    "name:* AND NOT x",
    "(a OR b) NEAR/2 c",
    "^anh -em",
    "100%_\\",
    "%%%",
    "___",
    "a\\%b",
    "😀😀 khách",
    "👨‍👩‍👧 nhà",
    "İstanbul Iğdır",
    "STRASSE straße",
    "ΑΣ ας",
    "ﬁn ﬂ",
    "王小明",
    "--; DROP TABLE contacts",
    "aaa",
    "aaaa",
    "ab ab ab",
    "Tổ 7, ấp 0901",
    "null",
    "K\u{212a}elvin",
];

/// Searches, each by what [`NAMES`] hold and by what they do not.
const TYPED: [&str; 62] = [
    "nguyen",
    "NGUYEN THI",
    "hồng đào",
    "Hong  Dao",
    "đ",
    "Đ",
    "d",
    "dd",
    "đặ",
    "dang van",
    "an",
    "le a",
    "a",
    "aa",
    "aaa",
    "aaaa",
    "aaaaa",
    "b a",
    "o'b",
    "\"",
    "\"bob\"",
    "*",
    ":*",
    "AND",
    "and not",
    "NEAR",
    "(a",
    ")",
    "^",
    "^anh",
    "-",
    "-em",
    "%",
    "%%",
    "_",
    "__",
    "\\",
    "\\%",
    "0%_",
    "😀",
    "😀😀",
    "👨‍👩‍👧",
    "i\u{307}",
    "istanbul",
    "ss",
    "ß",
    "ας",
    "ﬁ",
    "王",
    "小明",
    "; drop",
    "ab ab",
    "nul",
    "\0",
    "09",
    "090 1",
    "0901 000",
    "+84 901",
    "84901",
    "1000",
    "tổ 7",
    "kelvin",
];

fn sent() -> Vec<Call> {
    let mut calls = Vec::new();
    for n in 0..90_usize {
        let name = NAMES[n % NAMES.len()];
        let phone = match n % 4 {
            0 => format!("0901{:06}", n * 111),
            1 => format!("+84 901 {:06}", n * 7),
            2 => format!("1800-FLOWERS{n}"),
            _ => format!("(028) 38.{n:06}"),
        };
        let one = call(&format!("c-{n}"))
            .of(["camp-0", "camp-1"][n % 2])
            .to(&format!("kh-{n}"))
            .named(name, &phone)
            .later(n as i64 * 60_000);
        calls.push(if n.is_multiple_of(3) { one.talked(n as i64 * 700) } else { one });
        if n.is_multiple_of(7) {
            // To another number than that of the list.
            let other = ["0902 000 111", "SIP-Đào", "+84-901-000-222", "s"][n / 7 % 4].to_owned();
            let again = call(&format!("o-{n}"))
                .of(["camp-0", "camp-1"][n % 2])
                .to(&format!("kh-{n}"))
                .later(n as i64 * 60_000 + 86_400_000);
            calls.push(again.with(move |record| record.contact.phone = Some(other)));
        }
    }
    calls
}

/// Whom a search is about by asking every customer, and every call: campaign, number.
async fn by_asking_all(conn: &mut Conn, scope: &Scope, search: &Search) -> BTreeMap<(i64, i64), bool> {
    let mut found = BTreeMap::new();
    for of_calls in [false, true] {
        let mut sql = crate::sql::Sql::with(&[scope.account()]);
        sql.push("SELECT campaign_key, contact_no FROM ").push(if of_calls { "calls" } else { "contacts" });
        sql.push(" WHERE account_id = $1 AND (");
        if of_calls {
            search.push_on_dialled(&mut sql);
        } else {
            search.push_on_contacts(&mut sql);
        }
        sql.push(")");
        for key in sql.fetch_all::<(i64, i64)>(conn).await.unwrap() {
            found.entry(key).or_insert(!of_calls);
        }
    }
    found
}

fn readers(scope: &Scope) -> [Scope; 2] {
    #[expect(clippy::disallowed_methods, reason = "people of the account that is made here")]
    [Role::Manager, Role::Viewer].map(|role| Scope::of_user(scope.account(), 1, role))
}

/// Indexes everybody; gives how many numbers they have.
async fn index_all(db: &Db, scope: &Scope) -> u64 {
    let sql = "SELECT campaign_key, next_contact_no FROM campaigns WHERE account_id = $1 AND next_contact_no > 0";
    let campaigns = fetch_all!(&mut db.read().await.unwrap(), (i64, i64), sql, scope.account()).unwrap();
    let mut customers = 0;
    for (campaign_key, to) in campaigns {
        customers += index(db, scope, IndexBlock { campaign_key, no: 0, to }).await.unwrap();
    }
    customers
}

/// That searches find what they must, and how many of them came to few.
async fn check(db: &Db, scope: &Scope, typed: &[String], about: &str) {
    let mut conn = db.read().await.unwrap();
    for reader in readers(scope) {
        for typed in typed {
            let search = Search::of(typed, &reader);
            let expected = by_asking_all(&mut conn, &reader, &search).await;
            let campaigns: BTreeSet<i64> = (0..=expected.keys().map(|key| key.0).max().unwrap_or(0)).collect();
            match find(&mut conn, &reader, None, &search, true).await.unwrap() {
                SearchMatches::Few(few) | SearchMatches::Middling(few, _) => {
                    assert_eq!(few.customers, expected, "{typed:?} {about}");
                }
                SearchMatches::Many(_) => assert!(search.held().iter().any(String::is_empty), "{typed:?} {about}"),
            }
            for campaign_key in campaigns {
                let of_campaign: BTreeMap<(i64, i64), bool> = expected
                    .iter()
                    .filter(|(key, _)| key.0 == campaign_key)
                    .map(|(key, whole)| (*key, *whole))
                    .collect();
                if let SearchMatches::Few(few) =
                    find(&mut conn, &reader, Some(campaign_key), &search, true).await.unwrap()
                {
                    assert_eq!(few.customers, of_campaign, "{typed:?} in {campaign_key} {about}");
                }
            }
        }
    }
}

fn typed() -> Vec<String> {
    let names = NAMES.iter().flat_map(|name| {
        let chars: Vec<char> = name.chars().collect();
        let piece = |from: usize, len: usize| chars.iter().skip(from).take(len).collect::<String>();
        [piece(0, 1), piece(1, 2), piece(2, 3), piece(1, 5), piece(0, 40)]
    });
    TYPED.iter().map(ToString::to_string).chain(names).filter(|typed| !typed.is_empty()).collect()
}

both_engines! {
    async fn a_search_finds_what_asking_everybody_finds(db) {
        let scope = shop(&db, "searched").await;
        let other = shop(&db, "another").await;
        send(&db, &scope, sent()).await;
        send(&db, &other, sent()).await;
        index_all(&db, &other).await;
        let typed = typed();
        check(&db, &scope, &typed, "before anything is indexed").await;
        assert_eq!(index_all(&db, &scope).await, 90);
        check(&db, &scope, &typed, "indexed").await;
        // Some come, some are called otherwise, some leave, some are dialled by another number.
        let more = (90..100).map(|n| call(&format!("c-{n}")).to(&format!("kh-{n}")).named(NAMES[n % 30], &format!("0977{n:06}")));
        let renamed = [4, 30, 31].map(|n| call(&format!("r-{n}")).of(["camp-0", "camp-1"][n % 2]).to(&format!("kh-{n}")).named("Trịnh Quang Xuyến", "0901 111").later(9_000_000_000));
        let dialled = call("d-1").to("kh-2").later(9_000_000_000).with(|record| record.contact.phone = Some("0955 123 987".to_owned()));
        send(&db, &scope, more.chain(renamed).chain([dialled]).collect()).await;
        let mut conn = db.write().await.unwrap();
        crate::ingest::remove(&mut conn, &scope, &["c-8", "c-9"], NINE).await.unwrap();
        conn.commit().await.unwrap();
        let mut more = typed.clone();
        more.extend(["trinh quang", "xuyen", "0955 123", "0977", "0901 111"].map(ToOwned::to_owned));
        check(&db, &scope, &more, "with changes").await;
        let (noted,): (i64,) = fetch_one!(&mut db.read().await.unwrap(), (i64,), "SELECT COUNT(*) FROM search_changes WHERE account_id = $1", scope.account()).unwrap();
        assert_eq!(noted, 3 + 1 + 2, "renamed, dialled, gone");
        let mut conn = db.read().await.unwrap();
        assert_eq!(verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
        drop(conn);
        index_all(&db, &scope).await;
        let (noted,): (i64,) = fetch_one!(&mut db.read().await.unwrap(), (i64,), "SELECT COUNT(*) FROM search_changes WHERE account_id = $1", scope.account()).unwrap();
        assert_eq!(noted, 0);
        check(&db, &scope, &more, "indexed again").await;
        assert_eq!(verify::recount(&mut db.read().await.unwrap(), &scope, &mut |_| {}).await.unwrap(), []);
    }

    async fn what_changes_while_a_block_is_read_is_noted(db) {
        let scope = shop(&db, "meanwhile").await;
        send(&db, &scope, sent()).await;
        let behind = behind(&mut db.read().await.unwrap(), &scope, IndexBehind::Some).await.unwrap();
        index_all(&db, &scope).await;
        // As if its process had been killed between the begin and the end.
        let mut conn = db.write().await.unwrap();
        execute!(conn, "UPDATE search_blocks SET filled_to = 0 WHERE account_id = $1", scope.account()).unwrap();
        conn.commit().await.unwrap();
        let renamed = call("r").to("kh-4").named("Trịnh Quang Xuyến", "0901 111").later(9_000_000_000);
        send(&db, &scope, vec![renamed]).await;
        check(&db, &scope, &["xuyen".to_owned(), "nguyen".to_owned()], "begun").await;
        for block in behind {
            index(&db, &scope, block).await.unwrap();
        }
        check(&db, &scope, &["xuyen".to_owned(), "nguyen".to_owned()], "ended").await;
    }

    async fn an_index_that_misses_somebody_is_found_out_and_put_right(db) {
        let scope = shop(&db, "broken").await;
        send(&db, &scope, sent()).await;
        index_all(&db, &scope).await;
        let mut conn = db.write().await.unwrap();
        execute!(conn, "DELETE FROM search_parts WHERE account_id = $1 AND part % 3 = 0", scope.account()).unwrap();
        conn.commit().await.unwrap();
        let found = verify::recount(&mut db.read().await.unwrap(), &scope, &mut |_| {}).await.unwrap();
        assert_eq!(found.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["search_parts block 0"; 2]);
        let steps = verify::steps(&mut db.read().await.unwrap(), &scope).await.unwrap();
        for step in steps {
            verify::step(&db, &scope, &step, true, &mut |_| {}).await.unwrap();
        }
        assert_eq!(verify::recount(&mut db.read().await.unwrap(), &scope, &mut |_| {}).await.unwrap(), []);
        check(&db, &scope, &typed(), "repaired").await;
    }

    async fn lists_show_and_count_what_a_search_finds(db) {
        let scope = shop(&db, "lists").await;
        send(&db, &scope, sent()).await;
        index_all(&db, &scope).await;
        let campaign: domain::CampaignId = "camp-0".parse().unwrap();
        let today = Zone::HO_CHI_MINH.local(Timestamp(NINE.0 + 200_000_000)).day();
        let meanings = domain::CodeMeanings::default();
        let mut conn = db.read().await.unwrap();
        let whole = PageRequest { limit: 1_000, ..PageRequest::default() };
        for typed in ["nguyen", "0901", "hồng đào", "0902 000", "sip", "xyzzy", "%", "d", ""] {
            for rest in ["", "&sort=-talk_time", "&reached=true", "&reached=false&sort=talk_time", "&class=success", "&hour=10&sort=cost"] {
                let query = format!("q={typed}{rest}");
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                let filter = CallFilter::from_pairs(pairs).unwrap().0;
                for of in [Some(&campaign), None] {
                    let few = calls::page(&mut conn, &scope, of, &filter, today, &whole).await.unwrap().unwrap();
                    // The same without a search, of which the search's are picked.
                    let all = CallFilter { q: None, ..filter.clone() };
                    let all = calls::page(&mut conn, &scope, of, &all, today, &whole).await.unwrap().unwrap();
                    let matching = filter.q.as_deref().map(|q| Search::of(q, &scope));
                    let keys = match &matching {
                        Some(search) => {
                            let mut sql = crate::sql::Sql::with(&[scope.account()]);
                            sql.push(
                                "SELECT c.id FROM (SELECT calls.*, k.search, k.phone_key, k.name FROM calls
                                 JOIN (SELECT account_id AS a, campaign_key AS p, contact_no AS n, search, phone_key, name FROM contacts WHERE account_id = $1) k
                                      ON k.a = $1 AND k.p = campaign_key AND k.n = contact_no
                                 WHERE account_id = $1) c WHERE ",
                            );
                            search.push_on_contacts(&mut sql);
                            sql.push(" OR ");
                            search.push_on_dialled(&mut sql);
                            sql.fetch_all::<(String,)>(&mut conn).await.unwrap().into_iter().map(|row| row.0).collect::<BTreeSet<_>>()
                        }
                        None => all.calls.iter().map(|call| call.id.to_string()).collect(),
                    };
                    let expected: Vec<&domain::Call> = all.calls.iter().filter(|call| keys.contains(call.id.as_str())).collect();
                    assert_eq!(few.calls.iter().collect::<Vec<_>>(), expected, "{of:?} {query}");
                    assert_eq!(few.total, expected.len() as u64, "{of:?} {query}");
                    assert_eq!(few.sums.cost, expected.iter().map(|call| call.cost).sum(), "{of:?} {query}");
                    if of.is_some() {
                        let customers: BTreeSet<_> = expected.iter().map(|call| call.contact.id()).collect();
                        assert_eq!(few.sums.customers, Some(customers.len() as u64), "{query}");
                    }
                    let slice = calls::slice(&mut conn, &scope, of, &filter, today, &whole, &meanings);
                    assert_eq!(slice.await.unwrap().unwrap().calls, few.calls, "{of:?} {query}");
                }
            }
            let filter = CustomerFilter { q: Some(typed.to_owned()).filter(|q| !q.is_empty()), ..CustomerFilter::default() };
            let found = customers::list(&mut conn, &scope, &campaign, &filter, today, &whole).await.unwrap().unwrap();
            assert_eq!(found.customers.len() as u64, found.total, "{typed}");
        }
    }

    async fn who_may_not_see_numbers_finds_no_digit_of_a_hidden_one(db) {
        let scope = shop(&db, "walked").await;
        let between = ["", "\u{a0}", "\u{2009}", "\u{202f}", "\u{3000}", "_", "/", ",", "·", "~", "+", "=", "|", "\"", "'", "*", "<", "%20", "x", "</b>", ".", "- "];
        let mut names: Vec<String> = between.iter().map(|sign| format!("Sep 0355{sign}667{sign}788")).collect();
        names.extend(["Sep ０３５５ ６６７ ７８８", "Sep ٠٣٥٥٦٦٧٧٨٨", "Sep 355667", "Sep 0355 và 667788"].map(str::to_owned));
        let calls = names.iter().enumerate().map(|(n, name)| call(&format!("c-{n}")).to(&format!("kh-{n}")).named(name, "0355667788"));
        send(&db, &scope, calls.chain([call("o").to("o").named("Tổ 42, Lan 1", "0900111222")]).collect()).await;
        for indexed in [false, true] {
            if indexed {
                index_all(&db, &scope).await;
            }
            let mut conn = db.read().await.unwrap();
            let [manager, viewer] = readers(&scope);
            let mut count = async |reader: &Scope, typed: &str| by_asking_all(&mut conn, reader, &Search::of(typed, reader)).await.len();
            for name in &names {
                let folded = domain::search::fold(name);
                for (at, c) in name.char_indices().filter(|(_, c)| domain::digits::ascii_digit(*c).is_some()) {
                    // By a whole number they are found on purpose.
                    let is_whole = |typed: &&str| domain::phone::matching_key(&domain::digits::with_ascii_digits(typed), domain::Country::VIETNAM) == "0355667788";
                    for typed in [&name[..at + c.len_utf8()], &name[at..]].into_iter().filter(|typed| !(typed.starts_with(c) && is_whole(typed))) {
                        assert_eq!(count(&viewer, typed).await, 0, "{typed:?} of {folded}");
                    }
                }
                assert!(count(&manager, name).await > 0, "{name}");
            }
            assert_eq!(count(&viewer, "sep").await, names.len());
            for (typed, found) in [("to 42", 1), ("lan 1", 1), ("0900 111 222", 1), ("٠٩٠٠١١١٢٢٢", 1), ("٤٢", 0)] {
                assert_eq!(count(&viewer, typed).await, found, "{typed}");
            }
        }
    }

    async fn a_search_reads_no_table_from_end_to_end(db) {
        let scope = shop(&db, "plans").await;
        send(&db, &scope, sent()).await;
        index_all(&db, &scope).await;
        let mut conn = db.write().await.unwrap();
        if let crate::db::Tx::Postgres(tx) = &mut conn.tx {
            for setting in ["SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off"] {
                sqlx::query(setting).execute(&mut **tx).await.unwrap();
            }
        }
        let (engine, search) = (Engine::of(&conn), Search::of("hong dao", &scope));
        let asked = "[[3,1],[3,2]]".to_owned();
        let mut statements = Vec::new();
        for campaign in [None, Some(3)] {
            for held in ["hong", "ho", "h"] {
                statements.push(part_rows(&scope, campaign, &wanted(held).unwrap()));
            }
        }
        for of_calls in [false, true] {
            statements.push(among(&scope, engine, &search, asked.clone(), of_calls));
            statements.push(among_rest(&scope, engine, &search, "[[3,1,9]]".to_owned(), of_calls, 9));
        }
        for sql in statements {
            let plan = sql.clone().explain(&mut conn).await;
            for slow in ["SCAN calls", "SCAN contacts", "SCAN g", "SCAN b", "Seq Scan"] {
                assert!(!plan.contains(slow), "{slow}: {sql:?}\n{plan}");
            }
        }
    }
}
