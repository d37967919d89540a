//! Zone and order of day and month, worked out from the records.

use std::fmt::Write;

use cdr::{DateOrder, Options, OrderBasis, ZoneBasis};
use chrono::{DateTime, TimeDelta};

use super::{File, options, read, try_read, zone};

/// One call every `step` hours, written in an offset from UTC; `format` as in `strftime`.
fn calls(first: &str, step: i64, count: i64, offset_minutes: impl Fn(i64) -> i64, format: &str) -> String {
    let first = DateTime::parse_from_rfc3339(first).unwrap().to_utc();
    let mut text = "calldate,dst,duration,billsec,disposition,uniqueid\n".to_owned();
    for n in 0..count {
        let at = first + TimeDelta::hours(step * n);
        let epoch = at.timestamp();
        let wall = at + TimeDelta::minutes(offset_minutes(epoch));
        let _ = writeln!(text, "{},0901{n:06},5,0,BUSY,{epoch}.{n}", wall.format(format));
    }
    text
}

fn said(file: &File) -> (&str, Option<i32>, u64, u64, ZoneBasis) {
    let zone = file.reading.zone.as_ref().unwrap();
    (&zone.name, zone.offset_minutes, zone.agreeing, zone.of, zone.basis)
}

/// Whether each call was dialled at the epoch in its id.
fn late_calls(file: &File) -> usize {
    let is_late =
        |id: &str, at: i64| id.strip_prefix("asterisk:").unwrap().split('.').next().unwrap().parse() != Ok(at / 1_000);
    file.records.iter().filter(|(_, record)| is_late(record.id.as_str(), record.dialed_at.0)).count()
}

#[test]
fn the_zone_is_the_most_frequent_difference_between_date_and_uniqueid() {
    for (minutes, name) in [(0, "UTC"), (60, "UTC+01:00"), (-300, "UTC-05:00"), (345, "UTC+05:45"), (840, "UTC+14:00")]
    {
        let file = read(calls("2026-11-04T02:00:00Z", 1, 40, |_| minutes, "%Y-%m-%d %H:%M:%S"));
        assert_eq!(said(&file), (name, Some(minutes as i32), 40, 40, ZoneBasis::Records));
        assert_eq!(late_calls(&file), 0);
        assert_eq!(file.reading.date_order, Some((DateOrder::YearMonthDay, OrderBasis::Written)));
    }
}

#[test]
fn late_legs_do_not_move_the_zone() {
    // A leg that began 20 minutes after its channel keeps its own time.
    let text = calls("2026-11-04T02:00:00Z", 1, 40, |_| 60, "%Y-%m-%d %H:%M:%S")
        + "2026-11-05 10:20:00,0999,5,0,BUSY,1793869200.99\n";
    let file = read(text);
    assert_eq!(said(&file), ("UTC+01:00", Some(60), 40, 41, ZoneBasis::Records));
    assert_eq!(file.records[40].1.dialed_at.to_rfc3339(), "2026-11-05T09:20:00.000Z");
}

#[test]
fn the_accounts_zone_is_named_where_it_explains_the_rows() {
    let file = read(calls("2026-11-04T02:00:00Z", 1, 5, |_| 420, "%Y-%m-%d %H:%M:%S"));
    assert_eq!(said(&file), ("Asia/Ho_Chi_Minh", Some(420), 5, 5, ZoneBasis::Records));
    let line = file.reading.to_string();
    assert!(line.ends_with("zone Asia/Ho_Chi_Minh (from the records), 5 of 5 rows agree"), "{line}");
}

/// Paris in 2026: summer time until 25 October 01:00 UTC.
fn paris(epoch: i64) -> i64 {
    if epoch < 1_792_890_000 { 120 } else { 60 }
}

#[test]
fn a_change_of_the_clocks_within_the_file_is_followed() {
    let text = calls("2026-10-20T00:00:00Z", 1, 24 * 12, paris, "%Y-%m-%d %H:%M:%S");
    let file = read(&text);
    assert_eq!(late_calls(&file), 0);
    assert_eq!(said(&file).0, "UTC+02:00, from 2026-10-25 UTC+01:00");
    assert_eq!((said(&file).2, said(&file).3), (288, 288));
    // With the zone's own rules there is nothing to find out.
    let account = Options { account_zone: zone("Europe/Paris"), ..options() };
    let file = try_read(&text, &account).unwrap();
    assert_eq!((late_calls(&file), said(&file).0), (0, "Europe/Paris"));
}

#[test]
fn two_calls_a_day_are_enough_to_follow_a_change_of_the_clocks() {
    let text = calls("2026-10-15T06:00:00Z", 12, 40, paris, "%Y-%m-%d %H:%M:%S");
    let file = read(&text);
    assert_eq!((late_calls(&file), said(&file).2, said(&file).3), (0, 40, 40));
    // One leg that began an hour late is none.
    let late = calls(
        "2026-11-15T06:00:00Z",
        12,
        20,
        |epoch| if epoch == 1_795_154_400 { 120 } else { 60 },
        "%Y-%m-%d %H:%M:%S",
    );
    assert_eq!(said(&read(late)).0, "UTC+01:00");
}

#[test]
fn a_zone_that_was_given_overrides_the_records_and_a_contradiction_is_said() {
    let given = Options { timezone: Some(zone("UTC")), ..options() };
    let file = try_read(calls("2026-11-04T02:00:00Z", 1, 5, |_| 60, "%Y-%m-%d %H:%M:%S"), &given).unwrap();
    assert_eq!(said(&file), ("UTC", Some(0), 0, 5, ZoneBasis::Given));
    assert_eq!(file.reading.warnings, ["the records point to UTC+01:00, but UTC was given and used"]);
    assert_eq!(file.times()[0], "2026-11-04T03:00:00Z");
}

#[test]
fn without_uniqueids_the_zone_is_the_accounts_and_that_is_said() {
    let text = "calldate,src,dst,duration,billsec,disposition\n2026-11-04 09:00:00,1,0901,5,0,BUSY\n";
    let file = read(text);
    assert_eq!(said(&file), ("Asia/Ho_Chi_Minh", Some(420), 0, 0, ZoneBasis::Account));
    assert!(
        file.reading.warnings[0].contains("nothing in the file tells its time zone"),
        "{:?}",
        file.reading.warnings
    );
    // Ids that are no epochs at all tell nothing either.
    let file = read("calldate,dst,duration,billsec,disposition,uniqueid\n2026-11-04 09:00:00,0901,5,0,BUSY,call-7\n");
    assert_eq!((said(&file).4, file.times()[0].as_str()), (ZoneBasis::Account, "2026-11-04T02:00:00Z"));
}

#[test]
fn the_order_that_agrees_with_the_uniqueids_is_the_right_one() {
    for (format, order) in [
        ("%-d/%-m/%Y %H:%M:%S", DateOrder::DayMonthYear),
        ("%-m/%-d/%Y %H:%M:%S", DateOrder::MonthDayYear),
        ("%m/%d/%Y %I:%M:%S %p", DateOrder::MonthDayYear),
        ("%d/%m/%y %H:%M", DateOrder::DayMonthYear),
        ("%y-%m-%d %H:%M", DateOrder::YearMonthDay),
        ("%d.%m.%Y %H:%M:%S", DateOrder::DayMonthYear),
    ] {
        // Days up to 12 only: the values alone would not tell.
        let file = read(calls("2026-11-02T02:00:00Z", 7, 30, |_| 60, format));
        assert_eq!(file.reading.date_order, Some((order, OrderBasis::Epochs)), "{format}");
        assert_eq!((said(&file).2, said(&file).3, late_calls(&file)), (30, 30, 0), "{format}");
    }
}

fn order_of(dates: &[&str]) -> (DateOrder, OrderBasis) {
    let mut text = "calldate,src,dst,duration,billsec,disposition\n".to_owned();
    for date in dates {
        let _ = writeln!(text, "{date} 09:00:00,1,0901,5,0,BUSY");
    }
    read(text).reading.date_order.unwrap()
}

#[test]
fn without_uniqueids_values_then_order_then_nearness_decide_and_else_it_is_said() {
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
    assert_eq!(order_of(&["4/9/2017", "13/9/2017", "5/9/2017"]), (DayMonthYear, OrderBasis::Values));
    assert_eq!(order_of(&["4/9/2017", "9/13/2017", "5/9/2017"]), (MonthDayYear, OrderBasis::Values));
    assert_eq!(order_of(&["45/09/04", "44/09/05"]), (YearMonthDay, OrderBasis::Values));
    // 1, 2, 3 September then 1 October; in the other order they would go back and forth.
    assert_eq!(order_of(&["1/9/2017", "2/9/2017", "3/9/2017", "1/10/2017"]), (DayMonthYear, OrderBasis::Ascending));
    assert_eq!(order_of(&["10/1/2017", "9/3/2017", "9/2/2017", "9/1/2017"]), (MonthDayYear, OrderBasis::Ascending));
    // Out of order either way, but within a few days in one of them.
    assert_eq!(order_of(&["3/9/2017", "1/9/2017", "2/9/2017"]), (DayMonthYear, OrderBasis::Span));
    assert_eq!(order_of(&["9/3/2017", "9/1/2017", "9/2/2017"]), (MonthDayYear, OrderBasis::Span));
    assert_eq!(order_of(&["4/9/2017"]), (DayMonthYear, OrderBasis::Default));
    assert_eq!(order_of(&["2017-09-04"]), (YearMonthDay, OrderBasis::Written));
}

#[test]
fn an_assumed_order_is_warned_of() {
    let file = read("calldate,src,dst,duration,billsec,disposition\n04/09/17 12:39,1,0901,5,0,BUSY\n");
    assert_eq!(file.times()[0], "2017-09-04T05:39:00Z");
    assert!(file.reading.warnings[0].contains("cannot be told apart"), "{:?}", file.reading.warnings);
}

#[test]
fn a_date_that_does_not_exist_in_the_files_order_is_named() {
    let file = read(
        "calldate,src,dst,duration,billsec,disposition\n24/08/17 09:32,1,0901,5,0,BUSY\n25/08/17 09:32,1,0901,5,0,BUSY\n08/26/17 09:32,1,0902,5,0,BUSY\n",
    );
    assert_eq!((file.faults(), file.reading.calls), (vec![(4, "calldate")], 2));
}

#[test]
fn a_call_without_a_start_begins_when_its_channel_was_made() {
    let header = "calldate,dst,duration,billsec,disposition,uniqueid\n";
    for date in ["", "NULL", "0000-00-00 00:00:00", "1000-01-01 00:00:00"] {
        let file = read(format!(
            "{header}{date},0901,5,0,FAILED,1793757600.1\n2026-11-04 03:00:00,0902,5,0,BUSY,1793757600.2\n"
        ));
        assert_eq!(file.times(), ["2026-11-04T02:00:00Z", "", "2026-11-04T02:00:05Z"], "{date:?}");
        let file = read(format!("{header}{date},0901,5,0,FAILED,\n"));
        assert_eq!(file.faults(), [(2, "calldate")], "{date:?}");
    }
}

#[test]
fn offsets_and_epochs_in_the_cells_need_no_zone() {
    let header = "start,answer,end,dst,billsec,disposition,uniqueid\n";
    for (start, answer, end) in [
        ("2026-11-04 09:00:00+07", "2026-11-04 09:00:10+07", "2026-11-04 09:00:31+07"),
        ("1793757600.0", "1793757610.2", "1793757631.9"),
    ] {
        let file = read(format!("{header}{start},{answer},{end},0901,21,ANSWERED,x\n"));
        assert_eq!(file.record().dialed_at.to_rfc3339(), "2026-11-04T02:00:00.000Z");
        assert_eq!(file.record().check().unwrap().talk_time, 21_000);
        assert_eq!(file.reading.zone, None);
    }
}

#[test]
fn talk_is_from_answer_to_end_where_nothing_was_billed_by_name() {
    let file = read(
        "start,answer,end,dst,disposition,uniqueid\n2026-11-04 09:00:00,2026-11-04 09:00:09,2026-11-04 09:00:40,0901,ANSWERED,1793757600.1\n",
    );
    assert_eq!(file.record().check().unwrap().talk_time, 31_000);
}

#[test]
fn a_switch_that_is_set_to_write_local_time_from_a_day_on_is_read_by_its_uniqueids() {
    let first = DateTime::parse_from_rfc3339("2026-03-02T09:10:03Z").unwrap().timestamp();
    // One call a day or several, as many before as after, few before, and few after.
    for (step, count, changed) in [(24, 20, 10), (24, 20, 3), (24, 20, 17), (5, 60, 30), (1, 80, 5), (1, 80, 70)] {
        for (before, after) in [(0, 420), (420, 0), (0, -300), (480, 420), (0, 330)] {
            let changes = first + changed * step * 3_600;
            let offset = |epoch: i64| if epoch < changes { before } else { after };
            let file = read(calls("2026-03-02T09:10:03Z", step, count, offset, "%Y-%m-%d %H:%M:%S"));
            assert_eq!(late_calls(&file), 0, "{step} {count} {changed} {before} {after}: {:?}", file.reading);
            assert_eq!(said(&file).4, ZoneBasis::Records);
        }
    }
}
