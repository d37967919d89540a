//! The Export Calls Report of VICIdial.

use cdr::Format;
use domain::ContactId;

use super::{File, read, read_without_campaign};

const STANDARD: &str = "call_date\tphone_number_dialed\tstatus\tuser\tfull_name\tcampaign_id\tvendor_lead_code\tsource_id\tlist_id\tgmt_offset_now\tphone_code\tphone_number\ttitle\tfirst_name\tmiddle_initial\tlast_name\taddress1\taddress2\taddress3\tcity\tstate\tprovince\tpostal_code\tcountry_code\tgender\tdate_of_birth\talt_phone\temail\tsecurity_phrase\tcomments\tlength_in_sec\tuser_group\talt_dial\trank\towner\tlead_id\tlist_name\tlist_description\tstatus_name";

/// A row of the STANDARD report.
fn row(second: u32, status: &str, lead: u32, length: &str) -> String {
    format!(
        "2026-03-02 09:00:{second:02}\t0901234567\t{status}\tVDAD\tBot\tTET\t\t\t101\t7.00\t84\t0280000000\t\tLan\t\tAnh\t\t\t\t\t\t\t\t\t\t\t\t\t\tsays \"call me\t{length}\tg\tMAIN\t0\t\t{lead}\tlist\t\tname\r\n"
    )
}

fn report(rows: &[String]) -> File {
    let file = read_without_campaign(format!("{STANDARD}\r\n{}", rows.concat()));
    assert_eq!(file.reading.format, Format::Vicidial, "{:?}", file.reading);
    file
}

#[test]
fn every_status_of_the_system_has_its_meaning() {
    let code = |status: &str| {
        let file = report(&[row(0, status, 7, "20")]);
        file.results().first().map_or(String::new(), |(_, code)| (*code).to_owned())
    };
    for status in
        ["SALE", "NI", "DNC", "XFER", "CALLBK", "PU", "PM", "SVYHU", "DAIR", "DROP", "PDROP", "TIMEOT", "MAXCAL"]
    {
        assert_eq!(code(status), status);
    }
    for (statuses, expected) in [
        (&["A", "AA", "AM", "AL", "AFAX"][..], "MACHINE"),
        (&["B", "AB", "HUC21"], "BS"),
        (&["N", "NA", "HUC18", "HUC19"], "NA"),
        (&["DC", "ADC", "ADCT", "LRERR", "HUC34", "HUC38", "HUC41", "HUC42", "HUC88", "HUC102"], "CU"),
        (&["NEW", "QUEUE", "INCALL", "DNCL", "DNCC", "MLINAT", "LSMERG", "HUCX", "VIP1"], ""),
    ] {
        for status in statuses {
            assert_eq!(code(status), expected, "{status}");
        }
    }
}

#[test]
fn a_row_is_a_call_of_the_number_that_was_dialled() {
    let file = report(&[row(0, "SALE", 7, "20"), row(5, "NA", 8, "30")]);
    let record = &file.records[0].1;
    assert_eq!((file.phones(), record.campaign.as_str()), (vec!["0901234567"; 2], "TET"));
    assert_eq!(record.contact.id.as_ref().map(ContactId::as_str), Some("7"));
    assert_eq!(record.contact.name.as_deref(), Some("Lan Anh"));
    assert_eq!(file.times(), ["2026-03-02T02:00:00Z", "2026-03-02T02:00:00Z", "2026-03-02T02:00:20Z"]);
    assert!(
        file.warns("without the carrier's times")
            && file.warns("status NA")
            && file.warns("nothing in the file tells its time zone")
    );
    assert_ne!(file.results()[0].0, file.results()[1].0);
    // Read again it is the same call.
    assert_eq!(report(&[row(0, "SALE", 7, "20")]).results()[0].0, file.results()[0].0);
}

#[test]
fn a_sites_own_status_is_named_and_no_call_that_was_never_dialled_comes_in() {
    let file =
        report(&[row(0, "VIP1", 1, "9"), row(1, "VIP1", 2, "9"), row(2, "QUEUE", 3, "0"), row(3, "SALE", 4, "9")]);
    assert_eq!((file.results().len(), file.faults()), (1, vec![(2, "status"), (3, "status")]));
    assert!(file.skipped[0].reason.contains("VIP1"), "{:?}", file.skipped);
    assert!(
        file.warns("not stored: 2 (\"VIP1\" 2)")
            && file.warns("left out, for they were never dialled or are still going on: 1 (\"QUEUE\" 1)"),
        "{:?}",
        file.reading.warnings
    );
}

#[test]
fn the_extended_report_has_ids_causes_and_the_carriers_times() {
    let header = "call_date,phone_number_dialed,status,campaign_id,length_in_sec,lead_id,called_count,uniqueid,hangup_cause,dialstatus,dial_time,answered_time,recording_location";
    let text = format!(
        "{header}\n\
         2026-03-02 09:00:00,0901,SALE,TET,40,1,3,1772416800.11,16,ANSWER,12,25,http://r/a.wav\n\
         2026-03-02 09:01:00,0902,NA,TET,40,2,1,1772416860.12,17,BUSY,12,0,NULL\n\
         2026-03-02 09:02:00,0903,NA,TET,40,3,1,1772416920.13,NULL,CHANUNAVAIL,12,0,\n\
         2026-03-02 09:03:00,0904,XFER,TET,10,4,1,1772416980.14,,,,,\n\
         2026-03-02 09:03:10,0904,SALE,TET,50,4,1,1772416980.14,,,,,\n"
    );
    let file = read_without_campaign(&text);
    assert_eq!(
        file.results(),
        [
            ("vicidial:1772416800.11", "SALE"),
            ("vicidial:1772416860.12", "BS"),
            ("vicidial:1772416920.13", "CU"),
            ("vicidial:1772416980.14", "SALE"),
        ]
    );
    assert_eq!(file.times(), ["2026-03-02T02:00:00Z", "2026-03-02T02:00:12Z", "2026-03-02T02:00:37Z"]);
    assert_eq!(file.records[0].1.recording_url.as_deref(), Some("http://r/a.wav"));
    assert_eq!(file.talk_ms(), 25_000 + 50_000);
}

#[test]
fn the_alternate_report_has_bars_and_minutes() {
    let text = "call_date|phone_number_dialed|status|campaign_id|vendor_lead_code|source_id|first_name|last_name|length_in_sec\n\
                202603020900|0901234567|NI|TET|||Lan||12\n\
                202603020900|0901234567|NI|TET|||Lan||12\n\
                202603029900|0901234567|NI|TET|||Lan||12\n";
    let file = read(text);
    // Two calls within a minute may look alike.
    assert_eq!((file.results().len(), file.reading.duplicates, file.faults()), (2, 0, vec![(4, "call_date")]));
    assert_eq!(file.times()[0], "2026-03-02T02:00:00Z");
    assert!(file.warns("rows without an id"));
}

#[test]
fn a_tab_within_a_cell_makes_a_row_that_is_named() {
    let shifted = row(0, "SALE", 7, "20").replace("says \"call me", "says\t\"call me");
    let file = report(&[shifted, row(1, "NI", 8, "20")]);
    assert_eq!((file.results().len(), file.faults()), (1, vec![(2, "")]));
}

#[test]
fn every_answered_status_is_declared() {
    let declared: Vec<String> =
        Format::Vicidial.own_codes().into_iter().map(|code| code.code.as_str().to_owned()).collect();
    assert!(["SALE", "DROP", "MACHINE"].iter().all(|code| declared.iter().any(|known| known == code)));
    assert_eq!(declared.len(), 29);
}

#[test]
fn the_carrier_knows_why_nobody_answered_whoever_says_that() {
    let header = format!(
        "{STANDARD}\tuniqueid\tcaller_code\tserver_ip\thangup_cause\tdialstatus\tchannel\tdial_time\tanswered_time"
    );
    for status in ["N", "NA"] {
        for (cause, dial, code) in [
            ("", "CONGESTION", "CU"),
            ("", "BUSY", "BS"),
            ("17", "", "BS"),
            ("1", "CHANUNAVAIL", "CU"),
            ("19", "NOANSWER", "NA"),
            ("", "", "NA"),
        ] {
            let row = row(0, status, 7, "0").trim_end().to_owned();
            let text = format!("{header}\r\n{row}\t1772416800.1\tV1\t10.0.0.1\t{cause}\t{dial}\tSIP/x\t1\t0\r\n");
            let file = read_without_campaign(text);
            assert_eq!(file.codes(), [(code, 1)], "{status} {cause} {dial}: {:?}", file.skipped);
        }
    }
}
