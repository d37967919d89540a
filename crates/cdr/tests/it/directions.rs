//! Calls that came in and calls between two of our own: imported, left out or put into a campaign of their own, and always
//! counted and said.

use domain::import::OtherCalls;
use serde_json::json;

use super::*;

/// Three calls to customers, two that came in and one between extensions; the first and the last name no campaign.
const SWITCH: &str = "calldate,src,dst,duration,billsec,disposition,uniqueid,accountcode,calltype\n\
    2026-03-02 09:00:00,100,0901234501,30,20,ANSWERED,1772416800.1,tet,Outbound\n\
    2026-03-02 09:01:00,0901234502,100,30,20,ANSWERED,1772416860.2,,Inbound\n\
    2026-03-02 09:02:00,100,0901234503,30,0,NO ANSWER,1772416920.3,tet,Outbound\n\
    2026-03-02 09:03:00,100,201,30,20,ANSWERED,1772416980.4,tet,Internal\n\
    2026-03-02 09:04:00,100,0901234504,30,0,BUSY,1772417040.5,tet,Outbound\n\
    2026-03-02 09:05:00,0901234505,100,30,20,ANSWERED,1772417100.6,,Inbound\n";

fn with(bytes: impl AsRef<[u8]>, others: OtherCalls) -> File {
    try_read(bytes, &Options { others, ..Options::new(zone("Asia/Ho_Chi_Minh")) }).unwrap()
}

fn campaign(id: &str) -> OtherCalls {
    OtherCalls::Campaign(CampaignId::new(id).unwrap())
}

fn campaigns(file: &File) -> Vec<&str> {
    file.records.iter().map(|(_, record)| record.campaign.as_str()).collect()
}

#[test]
fn calls_that_came_in_are_left_out_with_whatever_is_wrong_with_them() {
    let file = with(SWITCH, OtherCalls::LeaveOut);
    assert_eq!(file.phones(), ["0901234501", "0901234503", "0901234504"]);
    assert_eq!(file.skipped, []);
    assert_eq!((file.reading.inbound, file.reading.internal), (2, 1));
    assert!(file.warns("inbound calls, left out as asked: 2") && file.warns("internal calls, left out as asked: 1"));
    assert!(
        file.reading.to_string().contains("2 inbound, 1 internal and 0 voicemail calls left out"),
        "{}",
        file.reading
    );
}

#[test]
fn calls_that_came_in_are_put_into_a_campaign_of_their_own() {
    let file = with(SWITCH, campaign("hotline"));
    assert_eq!(campaigns(&file), ["tet", "hotline", "tet", "hotline", "tet", "hotline"]);
    // Who called is the customer.
    assert_eq!(file.phones()[1], "0901234502");
    assert_eq!((file.reading.inbound, file.reading.internal), (2, 1));
    assert!(file.warns("inbound calls, put into the campaign hotline: 2"));
    // It goes before the campaign of the whole file.
    let options = Options { others: campaign("hotline"), ..options() };
    assert_eq!(campaigns(&try_read(SWITCH, &options).unwrap())[..2], ["tet", "hotline"]);
}

#[test]
fn without_a_wish_they_are_imported_as_the_others() {
    let file = with(SWITCH, OtherCalls::Import);
    // Nothing tells the campaign of those that came in.
    assert_eq!(file.faults(), [(3, "campaign"), (7, "campaign")]);
    assert_eq!((file.reading.inbound, file.reading.internal), (0, 1));
    assert!(file.warns("internal calls, imported as the others: 1"));
    assert!(read(SWITCH).warns("inbound calls, of which the caller is taken for the customer: 2"));
}

#[test]
fn platforms_say_which_of_their_calls_came_in() {
    let retell = |id: &str, direction: &str| {
        json!({"call_id": id, "call_type": "phone_call", "agent_id": "a", "direction": direction, "from_number": "+84901234501",
            "to_number": "+84901234502", "call_status": "ended", "disconnection_reason": "user_hangup",
            "start_timestamp": 1_772_416_800_000_i64, "end_timestamp": 1_772_416_830_000_i64})
    };
    let stringee = |id: &str, direction: i64| {
        json!({"call_id": id, "status": 1, "direction": direction, "from_number": "84901234501", "to_number": "84901234502",
            "created": 1_772_416_800, "start_time": 1_772_416_801, "answer_time": 1_772_416_805, "stop_time": 1_772_416_830})
    };
    let twilio = |id: &str, direction: &str| {
        json!({"sid": id, "account_sid": "AC1", "direction": direction, "from": "+84901234501", "to": "+84901234502",
            "status": "completed", "duration": "20", "start_time": "Mon, 02 Mar 2026 02:00:00 +0000",
            "end_time": "Mon, 02 Mar 2026 02:00:20 +0000", "date_created": "Mon, 02 Mar 2026 01:59:50 +0000"})
    };
    for (format, file) in [
        (Format::Retell, json!([retell("r1", "outbound"), retell("r2", "inbound")])),
        (Format::Stringee, json!([stringee("s1", 0), stringee("s2", 1)])),
        (Format::Twilio, json!([twilio("CA1", "outbound-api"), twilio("CA2", "inbound")])),
    ] {
        let options = Options { others: OtherCalls::LeaveOut, ..forced(format) };
        let left = try_read(file.to_string(), &options).unwrap();
        assert_eq!((left.records.len(), left.reading.inbound), (1, 1), "{format}: {:?}", left.skipped);
        let options = Options { others: campaign("hotline"), ..forced(format) };
        let apart = try_read(file.to_string(), &options).unwrap();
        assert_eq!(campaigns(&apart), ["tet", "hotline"], "{format}");
        assert_eq!(apart.phones()[1], if format == Format::Stringee { "84901234501" } else { "+84901234501" });
    }
}

#[test]
fn a_call_of_our_own_to_a_mailbox_of_our_own_is_sorted_as_one() {
    let asterisk = "calldate,src,dst,duration,billsec,disposition,uniqueid,accountcode,lastapp\n\
        2026-03-02 09:00:00,100,0901234501,30,20,ANSWERED,1772416800.1,tet,Dial\n\
        2026-03-02 09:01:00,100,*97,30,20,ANSWERED,1772416860.2,tet,VoiceMailMain\n\
        2026-03-02 09:02:00,100,201,30,20,ANSWERED,1772416920.3,tet,VoiceMail\n\
        2026-03-02 09:03:00,100,0901234502,30,20,ANSWERED,1772416980.4,tet,VoiceMail\n\
        2026-03-02 09:04:00,0901234503,201,30,20,ANSWERED,1772417040.5,tet,VoiceMail\n";
    let file = with(asterisk, campaign("box"));
    assert_eq!((file.reading.voicemail, file.reading.internal, file.reading.inbound), (2, 0, 0));
    assert_eq!(campaigns(&file), ["tet", "box", "box", "tet", "tet"]);
    assert!(file.warns("calls to mailboxes of your own, put into the campaign box: 2"));
    let file = with(asterisk, OtherCalls::LeaveOut);
    assert_eq!((file.records.len(), file.reading.voicemail), (3, 2));
    assert!(
        file.reading.to_string().contains("0 inbound, 0 internal and 2 voicemail calls left out"),
        "{}",
        file.reading
    );
    assert!(read(asterisk).warns("calls to mailboxes of your own, imported as the others: 2"));
}
