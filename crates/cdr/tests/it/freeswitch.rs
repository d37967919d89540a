//! Records of `mod_json_cdr` and `mod_xml_cdr`.

use cdr::Format;
use domain::{Code, HangupBy};

use super::{File, forced, read, read_without_campaign, try_read};

/// A record as `mod_json_cdr` writes it: all values are texts, URL-encoded.
fn json(variables: &str, profile: &str) -> String {
    format!(
        r#"{{"core-uuid":"c","channel_data":{{"state":"CS_REPORTING"}},"variables":{{{variables}}},"callflow":[{{"profile_index":"2","caller_profile":{{{profile}}}}},{{"profile_index":"1","caller_profile":{{"destination_number":"9000","caller_id_number":"100"}}}}]}}"#
    )
}

const ANSWERED: &str = r#""uuid":"a1","start_uepoch":"1772416800100000","answer_uepoch":"1772416810300000","end_uepoch":"1772416821040000","billsec":"11","hangup_cause":"NORMAL_CLEARING","accountcode":"tet%202026","progress_uepoch":"1","progress_uepoch":"2""#;
const CALLED: &str = r#""destination_number":"0901234567","caller_id_number":"100""#;

fn is_freeswitch(file: &File) {
    assert_eq!(file.reading.format, Format::FreeSwitch, "{:?}", file.reading);
}

#[test]
fn times_are_of_microseconds_and_the_newest_step_tells_who_was_called() {
    let file = read_without_campaign(json(ANSWERED, CALLED));
    is_freeswitch(&file);
    let record = file.record();
    assert_eq!(record.campaign.as_str(), "tet 2026");
    assert_eq!((record.id.as_str(), record.contact.phone.as_deref()), ("freeswitch:a1", Some("0901234567")));
    assert_eq!(record.result_code.as_ref().map(Code::as_str), Some("ANSWERED"));
    // 10.740 s, which the switch's own difference of seconds calls 11.
    assert_eq!(file.talk_ms(), 10_740);
    assert_eq!(file.times()[0], "2026-03-02T02:00:00.100Z");
}

#[test]
fn a_cause_tells_why_a_leg_was_not_answered_and_nothing_of_one_that_was() {
    let record = |answer: &str, more: &str| {
        let variables = format!(
            r#""uuid":"u{answer}{}","start_uepoch":"1772416800000000","answer_uepoch":"{answer}","end_uepoch":"1772416830000000",{more}"#,
            more.len()
        );
        json(&variables, CALLED)
    };
    let code = |answer: &str, more: &str| {
        let file = read(record(answer, more));
        file.results().first().map_or(String::new(), |(_, code)| (*code).to_owned())
    };
    let answered = "1772416810000000";
    for (answer, more, expected) in [
        (answered, r#""hangup_cause":"MEDIA_TIMEOUT""#, "ANSWERED"),
        (answered, r#""hangup_cause":"USER_BUSY""#, "ANSWERED"),
        ("0", r#""hangup_cause":"USER_BUSY""#, "BS"),
        ("0", r#""hangup_cause":"CALL_REJECTED","sip_term_status":"403""#, "CU"),
        ("0", r#""hangup_cause":"CALL_REJECTED","sip_term_status":"603""#, "BS"),
        ("0", r#""hangup_cause":"SUBSCRIBER_ABSENT""#, "CU"),
        ("0", r#""hangup_cause":"RECOVERY_ON_TIMER_EXPIRE""#, "CU"),
        ("0", r#""hangup_cause":"RECOVERY_ON_TIMER_EXPIRE","progress_epoch":"1772416805""#, "NA"),
        ("0", r#""hangup_cause":"ORIGINATOR_CANCEL","sip_term_status":"487""#, "NA"),
        ("0", r#""hangup_cause":"MEDIA_TIMEOUT""#, "CU"),
        ("0", r#""hangup_cause":"BLIND_TRANSFER""#, ""),
        ("0", r#""hangup_cause":"WHATEVER""#, ""),
    ] {
        assert_eq!(code(answer, more), expected, "{answer} {more}");
    }
    let file = read(record("0", r#""hangup_cause":"WHATEVER""#));
    assert_eq!(file.faults(), [(1, "hangup_cause")]);
    assert!(file.skipped[0].reason.contains("WHATEVER") && file.warns("\"WHATEVER\" 1"), "{:?}", file.reading);
}

/// A leg of call `a`: its id, what it says of itself, its answer and its cause.
fn leg(uuid: &str, more: &str, answer: &str, cause: &str, called: &str) -> String {
    let variables = format!(
        r#""uuid":"{uuid}","call_uuid":"a","start_epoch":"1772416800","answer_epoch":"{answer}","end_epoch":"1772416830","hangup_cause":"{cause}",{more}"#
    );
    json(&variables, &format!(r#""destination_number":"{called}","caller_id_number":"100""#))
}

#[test]
fn the_customers_leg_decides_in_whatever_order_the_legs_come() {
    let caller = leg(
        "a",
        r#""direction":"inbound","sip_hangup_disposition":"recv_bye""#,
        "1772416801",
        "NORMAL_CLEARING",
        "0901",
    );
    let customer =
        leg("b", r#""direction":"outbound","sip_hangup_disposition":"recv_refuse""#, "0", "USER_BUSY", "0901234567");
    for text in [format!("{caller}\n{customer}"), format!("[{customer},\n{caller}]")] {
        let file = read(&text);
        assert_eq!(file.results(), [("freeswitch:a", "BS")]);
        assert_eq!((file.phones(), file.record().hangup_by), (vec!["0901234567"], Some(HangupBy::Customer)));
    }
    // Alone, the caller's leg tells: what ended it came from the caller, who is not the customer.
    assert_eq!(read(&caller).record().hangup_by, Some(HangupBy::Bot));
    // In two files the same comes of both orders.
    let (first, second) = (read(&caller), read(&customer));
    for (stored, later) in [(&first, &second), (&second, &first)] {
        let joined = Format::FreeSwitch.with_stored(stored.record(), later.record().clone()).unwrap();
        assert_eq!(joined.result_code.as_ref().map(Code::as_str), Some("BS"));
        assert_eq!(Format::FreeSwitch.with_stored(&joined, later.record().clone()), None, "nothing of it is new");
    }
}

#[test]
fn an_originated_leg_is_the_customers_where_its_number_is_an_outside_one() {
    let originated = |caller: &str| {
        json(
            r#""uuid":"o","call_uuid":"o","direction":"outbound","start_epoch":"1772416800","answer_epoch":"1772416805","end_epoch":"1772416830","hangup_cause":"NORMAL_CLEARING""#,
            &format!(
                r#""destination_number":"&park()","caller_id_number":"{caller}","caller_id_name":"Outbound Call""#
            ),
        )
    };
    assert_eq!(read(originated("0901234567")).phones(), ["0901234567"]);
    // A phone of our own was called first, then the customer, who did not answer.
    let customer = leg("b", r#""direction":"outbound""#, "0", "NO_ANSWER", "0901234567")
        .replace("\"call_uuid\":\"a\"", "\"call_uuid\":\"o\"");
    let file = read(format!("{}\n{customer}", originated("1002")));
    assert_eq!((file.results(), file.phones()), (vec![("freeswitch:o", "NA")], vec!["0901234567"]));
}

#[test]
fn records_come_as_forms_in_envelopes_and_in_base64() {
    let record = json(ANSWERED, CALLED);
    let xml = r#"<?xml version="1.0"?><cdr core-uuid="c"><variables><uuid>a1</uuid><start_uepoch>1772416800100000</start_uepoch><answer_uepoch>1772416810300000</answer_uepoch><end_uepoch>1772416821040000</end_uepoch><hangup_cause>NORMAL_CLEARING</hangup_cause></variables><callflow profile_index="1"><caller_profile><destination_number>9000</destination_number></caller_profile></callflow><callflow profile_index="2"><caller_profile><destination_number>%2B84901234567</destination_number><caller_id_name>A &amp; B</caller_id_name></caller_profile></callflow></cdr>"#;
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let text = serde_json::to_string(&record).unwrap();
    for (body, phone) in [
        (format!("cdr={}", encoded(&record)), "0901234567"),
        (format!("uuid=a_a1&cdr={}\n", encoded(xml)), "+84901234567"),
        (format!("{{\"headers\":{{}},\"body\":{record}}}"), "0901234567"),
        (format!("{{\"headers\":{{}},\"body\":{text}}}"), "0901234567"),
        (format!("<cdrs>\n{xml}\n</cdrs>"), "+84901234567"),
        (xml.to_owned(), "+84901234567"),
    ] {
        let file = read(&body);
        is_freeswitch(&file);
        assert_eq!((file.phones(), file.talk_ms()), (vec![phone], 10_740), "{body}: {:?}", file.skipped);
    }
    let base64 = "cdr=eyJ2YXJpYWJsZXMiOnsidXVpZCI6ImExIiwic3RhcnRfZXBvY2giOiIxNzcyNDE2ODAwIiwiZW5kX2Vwb2NoIjoiMTc3MjQxNjgzMCIsImhhbmd1cF9jYXVzZSI6IlVTRVJfQlVTWSIsImRlc3RpbmF0aW9uX251bWJlciI6IjA5MDEifX0=";
    let file = read(base64);
    is_freeswitch(&file);
    assert_eq!(file.results(), [("freeswitch:a1", "BS")]);
}

#[test]
fn what_is_cut_off_or_no_record_is_named_and_the_others_come_in() {
    let good = json(ANSWERED, CALLED);
    let other = good.replace("\"a1\"", "\"a2\"");
    let file =
        read(format!("{good}\n{}\n{{\"variables\":5}}\n{other}\nsome line of a log\n{}", &good[..90], &good[..60]));
    assert_eq!(file.results().len(), 2, "{:?}", file.skipped);
    assert_eq!(file.faults(), [(2, ""), (3, ""), (6, "")]);
    assert!(
        file.warns("lines that are no records, passed over: 1; the first is line 5"),
        "{:?}",
        file.reading.warnings
    );
    let deep = format!("{{\"variables\":{}", "{\"a\":".repeat(10_000));
    let file = try_read(format!("{deep}{}", "}".repeat(10_000)), &forced(Format::FreeSwitch)).unwrap();
    assert_eq!(file.faults(), [(1, "")]);
    let deep = format!("<cdr><variables>{}", "<a>".repeat(10_000));
    assert_eq!(try_read(deep, &forced(Format::FreeSwitch)).unwrap().faults(), [(1, "")]);
}

#[test]
fn a_record_posted_again_is_left_out() {
    let record = json(ANSWERED, CALLED);
    let file = read(format!("{record}\n{record}"));
    assert_eq!((file.results().len(), file.reading.duplicates), (1, 1));
}
