//! CDR-Stats and Newfies-Dialer.

use cdr::Format;

use super::read_without_campaign;

#[test]
fn cdr_stats_calls_are_answered_where_seconds_were_billed() {
    let text = "switch,cdr_source_type,callid,caller_id_number,caller_id_name,destination_number,dialcode,state,channel,starting_date,duration,billsec,progresssec,answersec,waitsec,hangup_cause_id,hangup_cause,direction,country_code,accountcode,buy_rate,buy_cost,sell_rate,sell_cost,extradata\n\
        s1,1,c1,100,Bot,+84901234567,84,,,2026-03-02 09:00:00,55,50,,,,16,,1,,tet,,0.5,,,{}\n\
        s1,1,c2,100,Bot,+84901234568,84,,,2026-03-02 09:01:00,20,0,,,,17,,1,,tet,,,,,{}\n\
        s1,1,c3,100,Bot,+84901234569,84,,,2026-03-02 09:02:00,20,0,,,,16,,1,,tet,,,,,{}\n\
        s2,1,c3,100,Bot,+84901234569,84,,,2026-03-02 09:03:00,20,0,5,,,102,,1,,tet,,,,,{}\n\
        s2,1,c4,100,Bot,+84901234569,84,,,2026-03-02 09:04:00,20,0,,,,,NO_ROUTE_DESTINATION,1,,tet,,,,,{}\n\
        s2,1,c5,100,Bot,+84901234569,84,,,2026-03-02 09:05:00,20,0,,,,777,,1,,tet,,,,,{}\n";
    let file = read_without_campaign(text);
    assert_eq!(file.reading.format, Format::CdrStats);
    assert_eq!(
        file.results(),
        [
            ("cdrstats:s1/c1", "ANSWERED"),
            ("cdrstats:s1/c2", "BS"),
            ("cdrstats:s1/c3", "NA"),
            ("cdrstats:s2/c3", "NA"),
            ("cdrstats:s2/c4", "CU"),
        ]
    );
    assert_eq!(file.times(), ["2026-03-02T02:00:00Z", "2026-03-02T02:00:05Z", "2026-03-02T02:00:55Z"]);
    let record = &file.records[0].1;
    assert_eq!((record.cost, record.attributes.as_ref().unwrap()["cost"].as_str()), (None, Some("0.5")));
    assert_eq!(file.faults(), [(7, "hangup_cause_id")]);
}

/// An object of Newfies-Dialer's database.
fn object(model: &str, pk: u32, fields: &str) -> String {
    format!(r#"{{"pk":{pk},"model":"dialer_cdr.{model}","fields":{{{fields}}}}}"#)
}

#[test]
fn newfies_legs_are_joined_with_their_attempts() {
    let request = |pk, phone| {
        object("callrequest", pk, &format!(r#""campaign":{pk},"num_attempt":1,"phone_number":"{phone}","status":4"#))
    };
    let leg = |pk, request: u32, more: &str| {
        object(
            "voipcall",
            pk,
            &format!(
                r#""phone_number":"0901234567","callid":"c{pk}","callrequest":{request},"starting_date":"2026-03-02T09:00:00.030",{more}"#
            ),
        )
    };
    let text = [
        leg(1, 1, r#""disposition":"ANSWER","amd_status":1,"duration":60,"billsec":40,"leg_type":1"#),
        leg(2, 1, r#""disposition":"NOANSWER","amd_status":1,"duration":10,"billsec":0,"leg_type":2"#),
        leg(3, 2, r#""disposition":"ANSWER","amd_status":2,"duration":60,"billsec":null,"leg_type":1"#),
        leg(4, 3, r#""disposition":"FAILED","amd_status":3,"duration":292,"billsec":null,"leg_type":1"#),
        leg(5, 4, r#""disposition":"ODD","duration":2,"billsec":null,"leg_type":1"#),
        request(1, "0901234567"),
        request(2, "0901234567"),
        request(3, "0901234567"),
        request(4, "0901234567"),
        request(9, "0901234567"),
    ];
    let file = read_without_campaign(format!("[\n{}\n]", text.join(",\n")));
    assert_eq!(file.reading.format, Format::Newfies);
    assert_eq!(file.results(), [("newfies:c1", "ANSWERED"), ("newfies:c3", "MACHINE"), ("newfies:c4", "CU")]);
    let first = &file.records[0].1;
    assert_eq!((first.campaign.as_str(), first.attempt), ("1", Some(2)));
    assert_eq!(file.times(), ["2026-03-02T02:00:00.030Z", "2026-03-02T02:00:20.030Z", "2026-03-02T02:01:00.030Z"]);
    assert_eq!((file.talk_ms(), file.faults()), (40_000, vec![(6, "disposition")]));
    assert!(
        file.warns("the talk is not known") && file.warns("no leg is in the file, left out: 1"),
        "{:?}",
        file.reading
    );
}
