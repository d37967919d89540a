//! A list is exactly what sorting all customers would give, in any order, by any filter, from page to page, whatever is in columns, in
//! changes or in neither.

use domain::{
    CustomerFilter, Day,
    customer_filter::{CustomerOrder, CustomerSort},
};

use super::*;
use crate::{
    Db, PageRequest, Scope, campaigns, customer_columns, customers,
    db::{execute, fetch_all},
    dialect::Engine,
    meanings::Meanings,
    support::{Call, NINE, both_engines, call, send, shop},
    verify,
};

/// The day of [`NINE`].
const TODAY: Day = Day(20_761);

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.cast_unsigned()).cast_signed()
    }
}

/// Calls to customers old and new, among them corrections of earlier ones; few values, so that much is alike.
fn calls(chance: &mut Chance, count: i64, customers: i64) -> Vec<Call> {
    let one = |chance: &mut Chance| {
        let id = chance.below(400);
        let customer = chance.below(customers);
        let one = call(&format!("c-{id}")).named(&format!("Khách {}", customer % 7), &format!("0900{customer:06}"));
        let one = one.to(&format!("kh-{customer}")).later(chance.below(40) * 3_600_000);
        let who = [None, Some(HangupBy::Customer), Some(HangupBy::Bot)][chance.below(3) as usize];
        let one = match chance.below(6) {
            0 => one.talked(chance.below(4) * 20_000),
            1 => one.talked(7_000).code("TC"),
            2 => one.code("BS"),
            3 => one.in_progress(),
            4 => one.code("CU"),
            _ => one,
        };
        one.with(|record| record.hangup_by = who)
    };
    let mut calls: Vec<Call> = (0..count).map(|_| one(chance)).collect();
    // An id comes once in a batch.
    let mut seen = HashSet::new();
    calls.retain(|call| seen.insert(call.clone().record().id.to_string()));
    calls
}

/// What sorting all customers gives.
async fn plainly(conn: &mut Conn, asked: &Asked<'_>) -> Vec<i64> {
    let mut sql = asked.sql();
    sql.push("SELECT contact_no");
    asked.push(&mut sql);
    sql.push(" ORDER BY ");
    let text = if Engine::of(conn) == Engine::Postgres { " COLLATE \"C\"" } else { "" };
    let (column, collation) = match asked.filter.sort.by {
        CustomerOrder::Listed => ("contact_no", ""),
        CustomerOrder::LatestAt => ("latest_at", ""),
        CustomerOrder::TalkTime => ("latest_talk_time", ""),
        CustomerOrder::Code => ("latest_code", text),
        CustomerOrder::HangupBy => ("latest_hangup_by", text),
        CustomerOrder::Calls => ("calls", ""),
        CustomerOrder::Cost => ("cost", ""),
    };
    sql.push(column).push(collation);
    sql.push(if asked.filter.sort.descending { " DESC, contact_no DESC" } else { ", contact_no" });
    sql.fetch_all::<(i64,)>(conn).await.unwrap().into_iter().map(|row| row.0).collect()
}

/// The ids of a list, read page by page, and back again from its end.
async fn by_pages(conn: &mut Conn, scope: &Scope, filter: &CustomerFilter, limit: u32) -> (Vec<String>, Vec<String>) {
    let campaign = "camp-0".parse().unwrap();
    let (mut onwards, mut backwards) = (Vec::new(), Vec::new());
    let (mut cursor, mut last) = (None, None);
    loop {
        let request = PageRequest { limit, cursor, details: false };
        let page = customers::list(conn, scope, &campaign, filter, TODAY, &request).await.unwrap().unwrap();
        onwards.extend(page.customers.iter().map(|one| one.contact.id().to_string()));
        last = page.previous.or(last);
        cursor = page.next;
        if cursor.is_none() {
            // From the last page back to the first.
            backwards.extend(page.customers.iter().rev().map(|one| one.contact.id().to_string()));
            break;
        }
    }
    while last.is_some() {
        let request = PageRequest { limit, cursor: last, details: false };
        let page = customers::list(conn, scope, &campaign, filter, TODAY, &request).await.unwrap().unwrap();
        backwards.extend(page.customers.iter().rev().map(|one| one.contact.id().to_string()));
        last = page.previous;
    }
    backwards.reverse();
    (onwards, backwards)
}

const FILTERS: [&[(&str, &str)]; 14] = [
    &[],
    &[("code", "TC")],
    &[("code", "NA"), ("code", "BS")],
    &[("class", "success")],
    &[("class", "failed"), ("class", "in_progress")],
    &[("class", "in_progress")],
    &[("hangup_by", "bot")],
    &[("calls", "2..")],
    &[("calls", "0")],
    &[("from", "2026-11-05"), ("to", "2026-11-05")],
    &[("standing", "reached")],
    &[("standing", "tried"), ("calls", "1")],
    &[("standing", "never_dialled")],
    &[
        ("standing", "tried"),
        ("class", "failed"),
        ("hangup_by", "customer"),
        ("from", "2026-11-04"),
        ("to", "2026-11-05"),
    ],
];

/// Compares every list with what sorting gives.
async fn check(db: &Db, scope: &Scope, chance: &mut Chance, about: &str) {
    let mut conn = db.read().await.unwrap();
    let campaign_key = campaigns::key(&mut conn, scope, &"camp-0".parse().unwrap()).await.unwrap().unwrap();
    let sql = "SELECT contact_no, id FROM contacts WHERE account_id = $1 AND campaign_key = $2";
    let ids: BTreeMap<i64, String> =
        fetch_all!(conn, (i64, String), sql, scope.account(), campaign_key).unwrap().into_iter().collect();
    for pairs in FILTERS {
        for by in CustomerOrder::ALL {
            for descending in [false, true] {
                let sort = CustomerSort { by, descending };
                let filter = CustomerFilter { sort, ..CustomerFilter::from_pairs(pairs.iter().copied()).unwrap().0 };
                let about = format!("{about}: {pairs:?} {}", sort.to_word());
                let meanings = Meanings::load(&mut conn, scope).await.unwrap();
                let asked = Asked::new(scope, campaign_key, &filter, TODAY, meanings);
                let wanted = plainly(&mut conn, &asked).await;
                let named: Vec<String> = wanted.iter().map(|number| ids[number].clone()).collect();
                let limit = [3, 17, 1_000][chance.below(3) as usize];
                let (onwards, backwards) = by_pages(&mut conn, scope, &filter, limit).await;
                assert_eq!(onwards, named, "{about}, by pages of {limit}");
                assert_eq!(backwards, named, "{about}, back by pages of {limit}");
                let request = PageRequest::default();
                let campaign = "camp-0".parse().unwrap();
                let page = customers::list(&mut conn, scope, &campaign, &filter, TODAY, &request).await;
                assert_eq!(page.unwrap().unwrap().total, wanted.len() as u64, "{about}");
                let (found, total) = nearest(&mut conn, &asked, None, 1_000).await.unwrap();
                assert_eq!(found.iter().map(|(place, _)| place.key).collect::<Vec<_>>(), wanted, "{about}");
                assert_eq!(total, wanted.len() as u64, "{about}");
            }
        }
    }
}

async fn recount(db: &Db, scope: &Scope) -> Vec<verify::TotalDifference> {
    verify::recount(&mut db.read().await.unwrap(), scope, &mut |_| {}).await.unwrap()
}

async fn write(db: &Db, scope: &Scope, sql: &'static str) {
    let mut conn = db.write().await.unwrap();
    execute!(conn, sql, scope.account()).unwrap();
    conn.commit().await.unwrap();
}

both_engines! {
    async fn a_list_is_what_sorting_everybody_gives(db) {
        let scope = shop(&db, "sorted").await;
        let other = shop(&db, "another").await;
        let mut chance = Chance(88_172_645_463_325_252);
        send(&db, &other, calls(&mut chance, 80, 60)).await;
        let listed = (0..9).map(|n| crate::contacts::ContactRecord {
            id: format!("w-{n}").parse().unwrap(),
            phone: format!("09110000{n:02}"),
            name: None,
            attributes: None,
        });
        let mut conn = db.write().await.unwrap();
        crate::contacts::add(&mut conn, &scope, &"camp-0".parse().unwrap(), listed.enumerate().collect(), NINE).await.unwrap();
        conn.commit().await.unwrap();
        // Blocks have 32 numbers in tests, and are written anew after a dozen changes.
        for round in 0..6 {
            for few in [1, 2, 1, 3, 1, 40] {
                send(&db, &scope, calls(&mut chance, few, 30 + round * 20)).await;
            }
            let gone: Vec<String> = (0..5).map(|_| format!("c-{}", chance.below(400))).collect();
            let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
            let mut conn = db.write().await.unwrap();
            crate::ingest::remove(&mut conn, &scope, &gone, NINE).await.unwrap();
            conn.commit().await.unwrap();
            match round {
                // As if they had come before there were columns: they are not kept, whoever comes and whatever changes.
                2 => {
                    for sql in ["DELETE FROM customer_blocks WHERE account_id = $1 AND block < 2",
                                "DELETE FROM customer_columns WHERE account_id = $1 AND block < 2",
                                "DELETE FROM customer_changes WHERE account_id = $1 AND block < 2"] {
                        write(&db, &scope, sql).await;
                    }
                }
                4 => {
                    let missing = customer_columns::missing(&mut db.read().await.unwrap(), &scope).await.unwrap();
                    assert_eq!(missing.len(), 2);
                    for block in missing {
                        assert!(customer_columns::build(&db, &scope, block).await.unwrap() > 0);
                    }
                }
                _ => {}
            }
            if round % 2 == 1 {
                check(&db, &scope, &mut chance, &format!("round {round}")).await;
                assert_eq!(recount(&db, &scope).await, [], "round {round}");
            }
        }
        assert_eq!(customer_columns::missing(&mut db.read().await.unwrap(), &scope).await.unwrap(), []);
        let sql = "SELECT COUNT(*), CAST(SUM(changes) AS BIGINT), CAST(SUM(numbers) AS BIGINT) FROM customer_blocks WHERE account_id = $1";
        let (blocks, changes, numbers) = crate::db::fetch_one!(db.read().await.unwrap(), (i64, i64, i64), sql, scope.account()).unwrap();
        assert!(blocks > 3 && changes > 0 && numbers > 60, "{blocks} {changes} {numbers}: all cases were tried");
    }

    async fn a_block_that_cannot_be_read_is_told_by_its_customers(db) {
        let scope = shop(&db, "lost").await;
        let mut chance = Chance(7);
        send(&db, &scope, calls(&mut chance, 90, 60)).await;
        write(&db, &scope, "UPDATE customer_columns SET customers = SUBSTR(customers, 1, 5) WHERE account_id = $1 AND block = 0").await;
        check(&db, &scope, &mut chance, "lost").await;
        assert!(!recount(&db, &scope).await.is_empty());
        // Whoever writes it anew takes it out.
        send(&db, &scope, calls(&mut chance, 90, 60)).await;
        assert_eq!(recount(&db, &scope).await, []);
        let missing = customer_columns::missing(&mut db.read().await.unwrap(), &scope).await.unwrap();
        assert_eq!(missing.len(), 1);
        check(&db, &scope, &mut chance, "taken out").await;
        customer_columns::build(&db, &scope, missing[0]).await.unwrap();
        check(&db, &scope, &mut chance, "built again").await;
        assert_eq!(recount(&db, &scope).await, []);
    }

    async fn whom_a_search_finds_among_many_come_in_the_order_of_the_list(db) {
        let scope = shop(&db, "sought").await;
        let mut chance = Chance(5);
        send(&db, &scope, calls(&mut chance, 300, 150)).await;
        let mut conn = db.read().await.unwrap();
        let campaign_key = campaigns::key(&mut conn, &scope, &"camp-0".parse().unwrap()).await.unwrap().unwrap();
        for by in CustomerOrder::ALL {
            for descending in [false, true] {
                for q in ["khach 3", "khach", "nobody"] {
                    let sort = CustomerSort { by, descending };
                    let filter = CustomerFilter { q: Some(q.to_owned()), sort, ..CustomerFilter::default() };
                    let mut asked = Asked::new(&scope, campaign_key, &filter, TODAY, Meanings::default());
                    asked.search(&mut conn).await.unwrap();
                    let Some(SearchMatches::Few(few)) = asked.found.replace(SearchMatches::Many(1)) else { panic!("they are few") };
                    let wanted = plainly(&mut conn, &asked).await;
                    let (mut seen, mut place) = (Vec::new(), None::<(CursorPlace, String)>);
                    loop {
                        let found = find(&mut conn, &asked, place.as_ref(), 2).await.unwrap().numbers;
                        let Some(last) = found.last().copied() else { break };
                        seen.extend(found);
                        let everybody = nearest(&mut conn, &asked, None, 1_000).await.unwrap().0;
                        place = everybody.into_iter().find(|(place, _)| place.key == last);
                    }
                    assert_eq!(seen, wanted, "{q} {}", sort.to_word());
                    assert_eq!(count(&mut conn, &asked).await.unwrap(), wanted.len() as u64);
                    asked.found = Some(SearchMatches::Middling(few, 2));
                    let found = find(&mut conn, &asked, None, 1_000).await.unwrap();
                    assert_eq!((found.total, found.numbers), (Some(wanted.len() as u64), wanted), "{q} {}", sort.to_word());
                }
            }
        }
    }
}
