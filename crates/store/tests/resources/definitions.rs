//! Voicebots, result codes and tariffs.

use domain::{CallClass, Code, Currency, Money, ReportQuery, ResultCode, Tariff, Timestamp, Voicebot};
use store::{Put, StoreError, report, result_codes, tariffs, voicebots};

use crate::support::{NOW, both_engines, call, send, shop};

fn code(code: &str, is_goal: bool) -> ResultCode {
    let (label_vi, label_en) = ("Hẹn gọi lại".to_owned(), "Call back".to_owned());
    let counts_as = CallClass::unless_changed(code);
    ResultCode {
        code: Code::new(code).unwrap(),
        label_vi,
        label_en,
        color: Some("#16A34A".to_owned()),
        is_goal,
        counts_as,
    }
}

fn field(error: StoreError) -> String {
    match error {
        StoreError::Invalid(error) => error.field,
        other => panic!("not a person's mistake: {other}"),
    }
}

both_engines! {
    async fn a_voicebot_is_made_renamed_and_left_alone(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let bot = |name: &str| Voicebot { id: "bot-2".parse().unwrap(), name: name.to_owned() };
        assert_eq!(voicebots::put(&mut conn, &scope, &bot("Nhắc nợ")).await.unwrap(), Put::Created);
        assert_eq!(voicebots::put(&mut conn, &scope, &bot(" Nhắc nợ ")).await.unwrap(), Put::Unchanged);
        assert_eq!(voicebots::put(&mut conn, &scope, &bot("Khảo sát")).await.unwrap(), Put::Updated);
        assert_eq!(field(voicebots::put(&mut conn, &scope, &bot(" ")).await.unwrap_err()), "name");
        assert_eq!(field(voicebots::put(&mut conn, &scope, &bot(&"x".repeat(301))).await.unwrap_err()), "name");
        let found = voicebots::lookup(&mut conn, &scope, &"bot-2".parse().unwrap()).await.unwrap();
        assert_eq!(found, Some(bot("Khảo sát")));
        assert_eq!(voicebots::list(&mut conn, &scope).await.unwrap().len(), 2);
    }

    async fn the_known_codes_are_listed_and_keep_their_class(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let listed = result_codes::list(&mut conn, &scope).await.unwrap();
        let codes: Vec<&str> = listed.iter().map(|code| code.code.as_str()).collect();
        assert_eq!(codes, ["AHU", "ANP", "BS", "CU", "DY", "NA", "SC", "TC"]);
        assert_eq!(field(result_codes::put(&mut conn, &scope, &code("BS", true), NOW).await.unwrap_err()), "is_goal");
        assert_eq!(result_codes::put(&mut conn, &scope, &code("BS", false), NOW).await.unwrap(), Put::Created);
        let listed = result_codes::list(&mut conn, &scope).await.unwrap();
        assert_eq!(listed.len(), 8);
        let busy = listed.iter().find(|listed| listed.code.as_str() == "BS").unwrap();
        assert_eq!(busy.label_vi, "Hẹn gọi lại");
        assert_eq!(busy.color.as_deref(), Some("#16a34a"));
        let as_error = |code: ResultCode| ResultCode { counts_as: CallClass::Error, ..code };
        for refused in [as_error(code("BS", false)), as_error(code("DY", true))] {
            assert_eq!(field(result_codes::put(&mut conn, &scope, &refused, NOW).await.unwrap_err()), "counts_as");
        }
        let green = ResultCode { color: Some("green".to_owned()), ..code("HG", false) };
        assert_eq!(field(result_codes::put(&mut conn, &scope, &green, NOW).await.unwrap_err()), "color");
    }

    async fn a_code_that_becomes_a_goal_counts_at_once(db) {
        let scope = shop(&db, "a").await;
        send(&db, &scope, vec![call("c-1").talked(31_000).code("HG"), call("c-2").talked(40_000).code("HG")]).await;
        let goals = async || {
            let mut conn = db.read().await.unwrap();
            let query = ReportQuery { campaign: "camp-0".parse().unwrap(), period: domain::Period::Whole };
            let report = report::read(&mut conn, &scope, &query, NOW).await.unwrap().unwrap();
            (report.rates.goal_rate.numerator, report.funnel.goal)
        };
        assert_eq!(goals().await, (0, 0));
        for (is_goal, put, counted) in [(true, Put::Created, 2), (true, Put::Unchanged, 2), (false, Put::Updated, 0)] {
            let mut conn = db.write().await.unwrap();
            assert_eq!(result_codes::put(&mut conn, &scope, &code("HG", is_goal), NOW).await.unwrap(), put);
            conn.commit().await.unwrap();
            assert_eq!(goals().await, (counted, counted));
        }
    }

    async fn a_tariff_holds_from_an_instant_on_in_the_accounts_currency(db) {
        let scope = shop(&db, "a").await;
        let mut conn = db.write().await.unwrap();
        let tariff = |price: i64, from: i64| Tariff {
            first_block_seconds: 60,
            next_block_seconds: 60,
            price_first_block: Money::units(price),
            price_next_block: Money::units(price),
            currency: Currency::vnd(),
            effective_from: Timestamp(from),
            vat: None,
        };
        assert_eq!(tariffs::put_default(&mut conn, &scope, &tariff(320, 5)).await.unwrap(), Put::Created);
        assert_eq!(tariffs::put_default(&mut conn, &scope, &tariff(320, 5)).await.unwrap(), Put::Unchanged);
        assert_eq!(tariffs::put_default(&mut conn, &scope, &tariff(350, 5)).await.unwrap(), Put::Updated);
        let from: Vec<i64> =
            tariffs::list(&mut conn, &scope).await.unwrap().iter().map(|t| t.effective_from.0).collect();
        assert_eq!(from, [5, 0]);
        let dollars = Tariff { currency: Currency::new("USD").unwrap(), ..tariff(1, 0) };
        assert_eq!(field(tariffs::put_default(&mut conn, &scope, &dollars).await.unwrap_err()), "currency");
        let no_block = Tariff { first_block_seconds: 0, ..tariff(1, 0) };
        assert_eq!(field(tariffs::put_default(&mut conn, &scope, &no_block).await.unwrap_err()), "first_block_seconds");
    }
}
