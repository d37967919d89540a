//! Every file that can be taken out, and the mail of a completed campaign, against a count of its own from the records that were sent: with
//! plain arithmetic, and none of the program's.

use std::collections::{BTreeMap, BTreeSet};

use app::Text;
use calamine::{Data, Reader};
use domain::{Language, Money, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    every_address::{CSV, XLSX},
    harness::{Answer, Harness, both_engines},
    operator::mark,
    recount::records,
    workbooks::{Book, figures, ms, number, read},
};

/// Counted in `dimensions.rs`, which declares what it has.
const COUNTED_ELSEWHERE: [&str; 1] = ["/campaigns/{id}/dimensions.csv"];
const EN: Text = Text(Language::En);
/// Files that have no figures of calls.
const WITHOUT_FIGURES: [&str; 1] = ["/settings/log.csv"];

/// What calls come to. Money is in millionths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counted {
    calls: u64,
    answered: u64,
    talk: i64,
    dial: i64,
    blocks: i64,
    cost: i64,
}

/// docs/METRICS.md by hand: the first 6 s for 10 đồng, then 1 s each for 2.5.
fn count<'a>(records: impl IntoIterator<Item = &'a Value>) -> Counted {
    let mut counted = Counted::default();
    for record in records {
        counted.calls += 1;
        if let Some(answered) = record["answered_at"].as_i64() {
            let dialed = record["dialed_at"].as_str().unwrap().parse::<domain::Timestamp>().unwrap().0;
            let talk = record["ended_at"].as_i64().unwrap() - answered;
            counted.answered += 1;
            counted.talk += talk;
            counted.dial += answered - dialed;
            if talk > 0 {
                let further = if talk > 6_000 { (talk - 6_000 + 999) / 1_000 } else { 0 };
                counted.blocks += 1 + further;
                counted.cost += 10_000_000 + further * 2_500_000;
            }
        }
    }
    counted
}

/// The customers of calls: all, and those who had a success call. Every code of an answered call counts as one here.
fn customers<'a>(records: impl IntoIterator<Item = &'a Value>) -> (usize, usize) {
    let (mut all, mut reached) = (BTreeSet::new(), BTreeSet::new());
    for record in records {
        let id = record["contact"]["id"].as_str().unwrap();
        all.insert(id);
        if record["answered_at"].is_i64() {
            reached.insert(id);
        }
    }
    (all.len(), reached.len())
}

/// A row by the headings of its table.
type Row<T> = BTreeMap<String, T>;

fn csv_rows(text: &str) -> Vec<Row<String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().unwrap().clone();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| heads.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()).collect()
}

fn is(cell: &Data, text: &str) -> bool {
    cell.to_string().as_str() == text
}

/// The table of a sheet whose first heading is this, up to a row that begins with nothing or says that it is the total.
fn table(book: &mut Book, sheet: &str, first: &str) -> Vec<Row<Data>> {
    let range = book.worksheet_range(sheet).unwrap();
    let mut rows = range.rows().skip_while(|row| !is(&row[0], first));
    let heads: Vec<String> =
        rows.next().unwrap_or_else(|| panic!("no {first} in {sheet}")).iter().map(ToString::to_string).collect();
    let rows = rows.take_while(|row| row[0] != Data::Empty && !is(&row[0], EN.total()));
    rows.map(|row| heads.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

fn whole(text: &str) -> i64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no whole number"))
}

fn money(text: &str) -> i64 {
    text.parse::<Money>().unwrap().0
}

fn count_of(cell: &Data) -> i64 {
    number(cell).round() as i64
}

fn money_of(cell: &Data) -> i64 {
    (number(cell) * 1e6).round() as i64
}

/// What the rows of a list of calls come to.
fn count_csv(rows: &[Row<String>]) -> Counted {
    let mut counted = Counted::default();
    for row in rows {
        counted.calls += 1;
        counted.blocks += whole(&row["blocks"]);
        counted.cost += money(&row["cost"]);
        if !row["answered_at"].is_empty() {
            counted.answered += 1;
            counted.talk += whole(&row["talk_time"]);
            counted.dial += whole(&row["dial_time"]);
        }
    }
    counted
}

fn count_sheet(rows: &[Row<Data>]) -> Counted {
    let mut counted = Counted::default();
    for row in rows {
        counted.calls += 1;
        counted.blocks += count_of(&row["Blocks"]);
        counted.cost += money_of(&row["Cost (VND)"]);
        if row["Answered at"] != Data::Empty {
            counted.answered += 1;
            counted.talk += ms(&row["Talk time"]);
            counted.dial += ms(&row["Dial time"]);
        }
    }
    counted
}

/// Takes files out, and knows which.
struct Files<'a> {
    at: &'a Harness,
    cookie: String,
    taken: BTreeSet<String>,
}

impl Files<'_> {
    async fn take(&mut self, path: &str) -> Answer {
        let route = path.split('?').next().unwrap();
        self.taken.insert(route.replace("/tet/", "/{id}/").replace("/khac/", "/{id}/"));
        Answer::of(self.at.signed(Method::GET, path, &self.cookie)).await.is(200)
    }

    async fn csv(&mut self, path: &str) -> Vec<Row<String>> {
        csv_rows(&self.take(path).await.text())
    }

    async fn book(&mut self, path: &str) -> Book {
        let answer = self.take(path).await;
        assert_eq!(answer.header("content-type"), XLSX, "{path}");
        read(answer.bytes)
    }
}

/// The digits of a number as people read it.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

both_engines! {
    #[expect(clippy::too_many_lines, reason = "a table of files, one after the other")]
    async fn every_file_and_mail_says_what_the_records_say(at) {
        at.stock().await;
        let emails = json!(["a@antam.vn"]);
        at.put("/api/v1/campaigns/tet", &json!({"name": "Tết 2027", "voicebot": "bot", "report_emails": emails})).await.is(200);
        at.put("/api/v1/campaigns/khac", &json!({"name": "Khác", "voicebot": "bot"})).await.is(201);
        let mut all = records();
        for record in all.iter_mut().step_by(4) {
            record["campaign"] = json!("khac");
        }
        at.post("/api/v1/calls", &json!(all)).await.is(200);
        at.user("chu@cty.vn", Role::Owner).await;
        mark(at, "chu@cty.vn").await;
        let cookie = format!("{}; lang=en", at.sign_in("chu@cty.vn").await);
        let mut files = Files { at, cookie, taken: BTreeSet::new() };
        let of = |campaign: &'static str| all.iter().filter(move |record| record["campaign"] == campaign);
        let whole_account = count(&all);
        assert!(whole_account.calls == 400 && whole_account.answered > 100 && whole_account.cost > 0, "{whole_account:?}");

        // Lists of calls.
        for (path, counted) in [("/calls", whole_account.clone()), ("/campaigns/tet/calls", count(of("tet"))), ("/campaigns/khac/calls", count(of("khac")))] {
            assert_eq!(count_csv(&files.csv(&format!("{path}.csv?header=fields")).await), counted, "{path}.csv");
            let mut book = files.book(&format!("{path}.xlsx")).await;
            let sheet = book.sheet_names().pop().unwrap();
            assert_eq!(count_sheet(&table(&mut book, &sheet, "Time")), counted, "{path}.xlsx");
        }
        // A campaign's report, over the whole and over three days.
        let days = |record: &&Value| ("2026-11-02".."2026-11-05").contains(&record["dialed_at"].as_str().unwrap());
        for (query, counted) in [("", count(of("tet"))), ("?from=2026-11-02&to=2026-11-04", count(of("tet").filter(days)))] {
            let mut book = files.book(&format!("/campaigns/tet/report.xlsx{query}")).await;
            let told = figures(&mut book, EN.sheet_overview());
            assert_eq!(count_of(&told[EN.total_calls()][0]), counted.calls as i64, "{query}");
            assert_eq!(ms(&told[EN.total_talk_time()][0]), counted.talk, "{query}");
            assert_eq!(ms(&told[EN.dial_time()][0]), counted.dial, "{query}");
            assert_eq!(count_of(&told[EN.blocks_used()][0]), counted.blocks, "{query}");
            assert_eq!(money_of(&told[EN.total_cost()][0]), counted.cost, "{query}");
            let sheet = book.sheet_names().pop().unwrap();
            assert_eq!(count_sheet(&table(&mut book, &sheet, "Time")), counted, "{query}");
        }
        // Customers.
        for campaign in ["tet", "khac"] {
            let (everybody, reached) = customers(of(campaign));
            let counted = count(of(campaign));
            let rows = files.csv(&format!("/campaigns/{campaign}/customers.csv?header=fields")).await;
            let sums = (rows.len(), rows.iter().filter(|row| row["standing"] == "reached").count(), rows.iter().map(|row| whole(&row["calls"])).sum::<i64>(), rows.iter().map(|row| money(&row["cost"])).sum::<i64>());
            assert_eq!(sums, (everybody, reached, counted.calls as i64, counted.cost), "{campaign}");
            let mut book = files.book(&format!("/campaigns/{campaign}/customers.xlsx")).await;
            let sheet = book.sheet_names()[0].clone();
            let rows = table(&mut book, &sheet, "Customer ID");
            let cost = rows[0].keys().find(|head| head.starts_with("Cost so far")).unwrap().clone();
            let sums = (rows.len(), rows.iter().map(|row| count_of(&row["Finished calls"])).sum::<i64>(), rows.iter().map(|row| money_of(&row[&cost])).sum::<i64>());
            assert_eq!(sums, (everybody, counted.calls as i64, counted.cost), "{campaign}");
        }
        // Campaigns.
        let rows = files.csv("/campaigns.csv?header=fields").await;
        let mut book = files.book("/campaigns.xlsx").await;
        let sheet = book.sheet_names()[0].clone();
        let sheet = table(&mut book, &sheet, "Campaign id");
        for campaign in ["tet", "khac"] {
            let ((everybody, reached), counted) = (customers(of(campaign)), count(of(campaign)));
            let expected = [everybody as i64, everybody as i64, reached as i64, counted.calls as i64, counted.answered as i64, counted.blocks];
            let row = rows.iter().find(|row| row["id"] == campaign).unwrap();
            assert_eq!(["customers", "dialled", "reached", "calls", "answered", "blocks"].map(|field| whole(&row[field])), expected, "{row:?}");
            assert_eq!(money(&row["cost"]), counted.cost);
            let row = sheet.iter().find(|row| is(&row["Campaign id"], campaign)).unwrap();
            let heads = ["Customers", "Dialled", "Customers reached", "Calls", "Answered calls", "Blocks"];
            assert_eq!(heads.map(|head| count_of(&row[head])), expected, "{row:?}");
            let cost = row.keys().find(|head| head.starts_with("Cost")).unwrap();
            assert_eq!(money_of(&row[cost]), counted.cost);
        }
        // Campaigns side by side.
        for (query, within) in [("", None), ("&from=2026-11-02&to=2026-11-04", Some(days))] {
            let rows = files.csv(&format!("/compare.csv?campaign=tet&campaign=khac&header=fields{query}")).await;
            let mut book = files.book(&format!("/compare.xlsx?campaign=tet&campaign=khac{query}")).await;
            let told = figures(&mut book, EN.compare_title());
            let trend = table(&mut book, EN.compare_curves(), EN.campaign_column());
            for (n, (campaign, name)) in [("tet", "Tết 2027"), ("khac", "Khác")].into_iter().enumerate() {
                let kept: Vec<&Value> = of(campaign).filter(|record| within.is_none_or(|within| within(record))).collect();
                let (counted, (everybody, reached)) = (count(kept.iter().copied()), customers(kept.iter().copied()));
                let row = &rows[n];
                assert_eq!((row["id"].as_str(), row["name"].as_str()), (campaign, name));
                let fields = ["calls", "success", "customers", "reached", "talk_time", "blocks"].map(|field| whole(&row[field]));
                let expected = [counted.calls as i64, counted.answered as i64, everybody as i64, reached as i64, counted.talk, counted.blocks];
                assert_eq!((fields, money(&row["cost"])), (expected, counted.cost), "{row:?}");
                let rate = format!("{:.3}", (counted.answered as f64 * 1e3 / counted.calls as f64).round() / 1e3);
                assert_eq!(row["answer_rate"], rate);
                let cell = |name: &str| &told[name][n];
                let heads = [EN.total_calls(), EN.success_calls(), EN.customers_column(), EN.reached()];
                assert_eq!(heads.map(|head| count_of(cell(head))), expected[..4]);
                assert_eq!((ms(cell(EN.total_talk_time())), count_of(cell(EN.blocks_used())), money_of(cell(EN.total_cost()))), (counted.talk, counted.blocks, counted.cost));
                let own = || trend.iter().filter(|row| is(&row[EN.campaign_column()], name));
                let sums = (own().map(|row| count_of(&row[EN.calls_column()])).sum::<i64>(), own().map(|row| money_of(&row[EN.cost_column()])).sum::<i64>());
                assert_eq!(sums, (counted.calls as i64, counted.cost), "over time");
            }
        }
        // Usage of the month, and of a range.
        for (path, query, within) in [("/usage", "month=2026-11", None), ("/statistics", "from=2026-11-02&to=2026-11-04", Some(days))] {
            let kept = |record: &&Value| within.is_none_or(|within| within(record));
            let counted = count(all.iter().filter(kept));
            let figures_of = |counted: &Counted| [counted.blocks, counted.calls as i64, counted.dial, counted.talk];
            let rows = files.csv(&format!("{path}.csv?{query}&header=fields")).await;
            let line = |row: &Row<String>| (["sessions", "calls", "dial_time", "talk_time"].map(|field| whole(&row[field])), money(&row["cost"]));
            let total = rows.iter().find(|row| row["kind"] == "total").unwrap();
            assert_eq!(line(total), (figures_of(&counted), counted.cost), "{path}.csv");
            let mut book = files.book(&format!("{path}.xlsx?{query}")).await;
            let sheet = table(&mut book, EN.by_campaign(), EN.campaign_column());
            for (campaign, name) in [("tet", "Tết 2027"), ("khac", "Khác")] {
                let counted = count(of(campaign).filter(kept));
                let row = rows.iter().find(|row| row["kind"] == "campaign" && row["id"] == campaign).unwrap();
                assert_eq!(line(row), (figures_of(&counted), counted.cost), "{path}.csv of {campaign}");
                let row = sheet.iter().find(|row| is(&row[EN.campaign_column()], name)).unwrap();
                let told = [count_of(&row[EN.sessions()]), count_of(&row[EN.total_calls_column()]), ms(&row[EN.dial_time()]), ms(&row[EN.talk_time_answered()])];
                assert_eq!((told, money_of(&row[EN.cost_column()])), (figures_of(&counted), counted.cost), "{path}.xlsx of {campaign}");
            }
        }
        // Invoices.
        let rows = files.csv("/operator/invoices.csv?month=2026-11").await;
        let row = rows.iter().find(|row| row[EN.invoice_account_id()] == at.scope.account().to_string()).unwrap();
        let hundredths = (whole_account.talk * 100 + 30_000) / 60_000;
        assert_eq!(whole(&row[EN.operator_calls_begun()]), whole_account.calls as i64);
        assert_eq!(row[EN.operator_minutes()], format!("{}.{:02}", hundredths / 100, hundredths % 100));
        assert_eq!((whole(&row[EN.operator_blocks()]), money(&row[EN.operator_cost()])), (whole_account.blocks, whole_account.cost));

        // Programs get the same files.
        for (api, page) in [("/api/v1/calls", "/calls"), ("/api/v1/campaigns/tet/calls", "/campaigns/tet/calls"), ("/api/v1/campaigns/tet/contacts", "/campaigns/tet/customers"), ("/api/v1/campaigns", "/campaigns"), ("/api/v1/usage?month=2026-11&header=fields", "/usage"), ("/api/v1/compare?campaign=tet&campaign=khac&header=fields", "/compare")] {
            let by_program = Answer::of(at.api(Method::GET, api).header("accept", CSV)).await.is(200).text();
            let asked = match page {
                "/usage" => "month=2026-11&",
                "/compare" => "campaign=tet&campaign=khac&",
                _ => "",
            };
            let by_person = files.take(&format!("{page}.csv?{asked}header=fields")).await.text();
            assert_eq!(by_program, by_person, "{api}");
        }

        // The mail of a completed campaign.
        at.post("/api/v1/campaigns/tet/complete", &json!({})).await.is(200);
        let (db, context) = (&at.server.db, &at.server.context);
        assert_eq!(server::jobs::send_mail::keep_only(db, context, &at.scope, "250 kept").await.unwrap(), 1);
        let mut conn = db.read().await.unwrap();
        let mail = store::outbox::deliveries(&mut conn, &at.scope, &"tet".parse().unwrap()).await.unwrap().unwrap().remove(0);
        let contents = store::outbox::contents(&mut conn, &at.scope, mail.mailing).await.unwrap().unwrap();
        drop(conn);
        let letter: Value = serde_json::from_str(&contents.letter).unwrap();
        let (counted, (everybody, reached)) = (count(of("tet")), customers(of("tet")));
        let bars = |group: &str| letter[group]["bars"].as_array().unwrap().iter().map(|bar| (bar["code"].as_str().unwrap().to_owned(), digits(bar["count"].as_str().unwrap()))).collect::<Vec<_>>();
        for code in ["DY", "K9", "NA", "BS", "CU"] {
            let expected = of("tet").filter(|record| record["result_code"] == code).count().to_string();
            assert!(bars("codes").contains(&(code.to_owned(), expected)), "{code}: {letter}");
        }
        let failed = of("tet").filter(|record| ["NA", "BS"].contains(&record["result_code"].as_str().unwrap())).count();
        let faults = of("tet").filter(|record| record["result_code"] == "CU").count();
        let counts: Vec<String> = bars("calls").into_iter().map(|(_, count)| count).collect();
        assert_eq!(counts, [counted.answered.to_string(), failed.to_string(), faults.to_string()], "{letter}");
        let counts: Vec<String> = bars("customers").into_iter().map(|(_, count)| count).collect();
        assert_eq!(counts[0], reached.to_string(), "{letter}");
        assert_eq!(counts.iter().map(|count| whole(count)).sum::<i64>(), everybody as i64, "{letter}");
        // Half a đồng is rounded away from zero.
        let cost = ((counted.cost + 500_000) / 1_000_000).to_string();
        let numbers: Vec<String> = letter["cost"].as_array().unwrap().iter().map(|figure| digits(figure["parts"][0][0].as_str().unwrap())).collect();
        assert!(numbers.contains(&cost) && numbers.contains(&counted.blocks.to_string()), "{cost}, {}: {letter}", counted.blocks);

        // No file is left out.
        let routes = server::router::list().into_iter().map(|(_, path)| path);
        let all_files: BTreeSet<String> = routes.filter(|path| path.rsplit('.').next().is_some_and(|ending| ["csv", "xlsx"].contains(&ending))).collect();
        let taken: BTreeSet<String> = files.taken.iter().map(String::as_str).chain(WITHOUT_FIGURES).chain(COUNTED_ELSEWHERE).map(str::to_owned).collect();
        assert_eq!(taken, all_files, "a file without a count of its own");
    }
}
