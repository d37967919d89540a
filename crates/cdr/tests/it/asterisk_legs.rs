//! Whose leg of Asterisk's is the customer's, and which way its calls went.

use domain::import::OtherCalls;

use super::{Options, options, read, read_in_parts, try_read};

const FREEPBX: &str = "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,\
    accountcode,uniqueid,userfield,did,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,recordingfile,linkedid,peeraccount,sequence\n";

/// A leg: who called whom, in which context, over which channels, by what, for how long, how it ended, to which number of ours.
fn leg(n: u32, call: u32, [src, dst, context, channel, to, app, billsec, word, did]: [&str; 9]) -> String {
    format!(
        "2026-03-02 09:00:0{n},x,{src},{dst},{context},{channel},{to},{app},x,30,{billsec},{word},3,,{}.{n},,{did},,,,,,,{}.1,,{n}\n",
        1_772_416_800 + call * 60,
        1_772_416_800 + call * 60
    )
}

fn freepbx(legs: &[String]) -> String {
    format!("{FREEPBX}{}", legs.concat())
}

#[test]
fn the_leg_of_the_bot_itself_does_not_answer_for_the_customer() {
    let bot =
        |dst, app| leg(1, 1, ["100", dst, "from-internal", "Local/0912345601@bot-1;1", "", app, "30", "ANSWERED", ""]);
    let dial = |word, billsec| {
        leg(
            2,
            1,
            [
                "100",
                "0912345601",
                "from-internal",
                "Local/0912345601@bot-1;2",
                "PJSIP/trunk-9",
                "Dial",
                billsec,
                word,
                "",
            ],
        )
    };
    for (dst, app) in [("s", "AGI"), ("s", "Playback"), ("0912345601", "Stasis"), ("0912345601", "AppDial2x")] {
        for (word, code) in [("NO ANSWER", "NA"), ("BUSY", "BS"), ("FAILED", "CU")] {
            let file = read(freepbx(&[bot(dst, app), dial(word, "0")]));
            assert_eq!((file.codes(), file.talk_ms()), (vec![(code, 1)], 0), "{app} {word}");
        }
        let file = read(freepbx(&[bot(dst, app), dial("ANSWERED", "21")]));
        assert_eq!((file.codes(), file.talk_ms()), (vec![("ANSWERED", 1)], 21_000), "{app}");
        // Where nothing was dialled, the bot's leg is the customer's.
        assert_eq!(read(freepbx(&[bot(dst, app)])).codes(), [("ANSWERED", 1)]);
    }
    // An extension hears an announcement before it is put through.
    let heard = leg(1, 1, ["100", "0912345601", "from-internal", "PJSIP/100-1", "", "Playback", "9", "ANSWERED", ""]);
    let dialled =
        leg(2, 1, ["100", "0912345601", "from-internal", "PJSIP/100-1", "PJSIP/trunk-9", "Dial", "0", "BUSY", ""]);
    assert_eq!(read(freepbx(&[heard, dialled])).codes(), [("BS", 1)]);
    // The customer talked to the bot, and then nobody of ours took the call.
    let talked = leg(1, 1, ["100", "0912345601", "from-internal", "PJSIP/trunk-1", "", "AGI", "30", "ANSWERED", ""]);
    let agent = leg(
        2,
        1,
        ["0912345601", "102", "from-internal-xfer", "PJSIP/trunk-1", "PJSIP/102-1", "Dial", "0", "NO ANSWER", ""],
    );
    assert_eq!(read(freepbx(&[talked, agent])).codes(), [("ANSWERED", 1)]);
}

#[test]
fn a_menu_of_grandstream_does_not_answer_for_the_customer() {
    let text = "Account Code,Caller Number,Callee Number,Context,CallerID Number,Source Channel,Dest. Channel,Last app.,Last date,Start Time,Answer Time,End Time,Call Time,Talk Time,Disposition,AMA Flags,Unique ID,Log Userfield,Dest Channel Extension,Caller Name,Answered by,Session,Premier Caller,Action Type,Source Trunk Name,Destination Trunk Name\n\
        t,201,0912345601,ctx,x,PJSIP/201-1,PJSIP/trunk-2,Dial,x,2026-03-02 09:00:00,2026-03-02 09:00:01,2026-03-02 09:00:10,10,9,ANSWERED,D,1772416800.0,Outbound,,A,,1772416800000000-201,201,IVR[7000],,TRUNK\n\
        t,201,0912345601,ctx,x,PJSIP/201-1,PJSIP/trunk-2,Dial,x,2026-03-02 09:00:10,2026-03-02 09:00:40,2026-03-02 09:00:40,30,0,NO ANSWER,D,1772416800.0,Outbound,,A,,1772416800000000-201,201,DIAL,,TRUNK\n";
    let file = read(text);
    assert_eq!((file.codes(), file.talk_ms()), (vec![("NA", 1)], 0));
}

#[test]
fn asterisk_says_by_context_and_did_that_a_call_came_in() {
    let out =
        leg(8, 9, ["101", "0912345601", "from-internal", "PJSIP/101-1", "PJSIP/trunk-2", "Dial", "12", "ANSWERED", ""]);
    let came_in = [
        leg(
            1,
            1,
            [
                "0987000001",
                "101",
                "from-did-direct",
                "PJSIP/trunk-1",
                "PJSIP/101-2",
                "Dial",
                "30",
                "ANSWERED",
                "02473001234",
            ],
        ),
        leg(1, 2, ["0987000002", "102", "from-trunk", "PJSIP/trunk-1", "PJSIP/102-2", "Dial", "30", "ANSWERED", ""]),
        leg(1, 3, ["0987000003", "500", "ext-queues", "PJSIP/trunk-1", "PJSIP/102-2", "Queue", "30", "ANSWERED", ""]),
        leg(1, 4, ["0987000004", "s", "ivr-1", "PJSIP/trunk-1", "", "BackGround", "12", "ANSWERED", "02473001234"]),
        leg(
            1,
            5,
            ["0987000005", "02473001234", "from-pstn", "PJSIP/trunk-1", "PJSIP/102-2", "Dial", "0", "NO ANSWER", ""],
        ),
    ];
    let text = freepbx(&[&came_in[..], std::slice::from_ref(&out)].concat());
    let with = |others| try_read(&text, &Options { others, ..options() }).unwrap();
    let file = with(OtherCalls::LeaveOut);
    assert_eq!((file.phones(), file.reading.inbound), (vec!["0912345601"], 5), "{:?}", file.reading.warnings);
    let file = with(OtherCalls::Import);
    assert_eq!(file.phones(), ["0987000001", "0987000002", "0987000003", "0987000004", "0987000005", "0912345601"]);
    assert!(!file.warns("look inbound"), "{:?}", file.reading.warnings);
    // Legs of a queue: only the first one says it.
    let queue =
        leg(1, 1, ["0987000001", "500", "ext-queues", "PJSIP/trunk-1", "", "Queue", "3", "ANSWERED", "02473001234"]);
    let agent = leg(
        2,
        1,
        ["0987000001", "102", "from-queue", "Local/102@from-queue-1;2", "PJSIP/102-2", "Dial", "20", "ANSWERED", ""],
    );
    assert_eq!(read(freepbx(&[queue, agent])).phones(), ["0987000001"]);
    // A call of ours that was put through to a queue is none that came in.
    let dialled =
        leg(1, 1, ["100", "0912345601", "from-internal", "PJSIP/100-1", "PJSIP/trunk-2", "Dial", "12", "ANSWERED", ""]);
    let passed =
        leg(2, 1, ["0912345601", "500", "ext-queues", "PJSIP/trunk-2", "PJSIP/102-2", "Queue", "9", "ANSWERED", ""]);
    let file = try_read(freepbx(&[dialled, passed]), &Options { others: OtherCalls::LeaveOut, ..options() }).unwrap();
    assert_eq!(file.phones(), ["0912345601"]);
    // An own extension that calls a queue is no customer.
    let own = leg(1, 1, ["101", "500", "ext-queues", "PJSIP/101-1", "PJSIP/102-2", "Queue", "9", "ANSWERED", ""]);
    assert_eq!(read(freepbx(&[own])).reading.internal, 1);
}

/// Code and talk time of a call.
fn result(record: &domain::CallRecord) -> (&str, i64) {
    (record.result_code.as_ref().map_or("", domain::Code::as_str), record.check().unwrap().talk_time)
}

#[test]
fn the_customers_leg_decides_in_whatever_file_it_stands() {
    let bot = leg(0, 1, ["100", "s", "from-internal", "Local/0912345601@bot-1;1", "", "AGI", "30", "ANSWERED", ""]);
    let heard = leg(1, 1, ["100", "0912345601", "from-internal", "PJSIP/100-1", "", "Playback", "9", "ANSWERED", ""]);
    let phone = leg(
        2,
        1,
        [
            "02473001234",
            "100",
            "from-internal",
            "Local/100@from-internal-1;1",
            "PJSIP/100-2",
            "Dial",
            "30",
            "ANSWERED",
            "",
        ],
    );
    let shown =
        leg(2, 1, ["0912345601", "100", "from-internal", "PJSIP/100-1", "PJSIP/100-2", "Dial", "30", "ANSWERED", ""]);
    let customer = |n: u32, billsec: &str, word: &str| {
        leg(
            n,
            1,
            [
                "100",
                "0912345601",
                "from-internal",
                "PJSIP/100-2",
                &format!("PJSIP/trunk-{n}"),
                "Dial",
                billsec,
                word,
                "",
            ],
        )
    };
    for own in [&bot, &heard, &phone, &shown] {
        for (word, code) in [("NO ANSWER", "NA"), ("BUSY", "BS"), ("CONGESTION", "CU")] {
            let call = read_in_parts(FREEPBX, &[own.clone(), customer(3, "0", word)]);
            assert_eq!((result(&call), call.contact.phone.as_deref()), ((code, 0), Some("0912345601")), "{own} {word}");
        }
        let tries = [own.clone(), customer(3, "0", "NO ANSWER"), customer(4, "0", "BUSY")];
        assert_eq!(result(&read_in_parts(FREEPBX, &tries)), ("BS", 0), "{own}");
        let answered = [customer(3, "0", "NO ANSWER"), own.clone(), customer(4, "21", "ANSWERED")];
        assert_eq!(result(&read_in_parts(FREEPBX, &answered)), ("ANSWERED", 21_000), "{own}");
    }
    let all = [bot.clone(), heard.clone(), phone, customer(3, "0", "BUSY")];
    assert_eq!(result(&read_in_parts(FREEPBX, &all)), ("BS", 0));
    // Where nobody was dialled, the bot's leg is the customer's in any file.
    assert_eq!(result(&read_in_parts(FREEPBX, &[heard, bot])), ("ANSWERED", 9_000));
    // The customer talked to the bot, and then nobody of ours took the call.
    let talked = leg(1, 1, ["100", "0912345601", "from-internal", "PJSIP/trunk-1", "", "AGI", "30", "ANSWERED", ""]);
    let agent = leg(
        2,
        1,
        ["0912345601", "102", "from-internal-xfer", "PJSIP/trunk-1", "PJSIP/102-1", "Dial", "0", "NO ANSWER", ""],
    );
    assert_eq!(result(&read_in_parts(FREEPBX, &[talked, agent])), ("ANSWERED", 30_000));
}

#[test]
fn a_phone_of_ours_that_was_called_first_does_not_answer_for_the_customer() {
    for (src, channel) in [
        ("02473001234", "Local/100@from-internal-0001;1"),
        ("0912345601", "Local/100@from-internal-0001;1"),
        ("02473001234", "PJSIP/100-0001"),
        ("100", "PJSIP/100-0001"),
    ] {
        let phone = leg(1, 1, [src, "100", "from-internal", channel, "PJSIP/100-0002", "Dial", "40", "ANSWERED", ""]);
        let dial = |billsec, word| {
            leg(
                2,
                1,
                ["100", "0912345601", "from-internal", "PJSIP/100-0002", "PJSIP/trunk-2", "Dial", billsec, word, ""],
            )
        };
        for (word, billsec, expected) in
            [("BUSY", "0", ("BS", 0)), ("NO ANSWER", "0", ("NA", 0)), ("ANSWERED", "12", ("ANSWERED", 12_000))]
        {
            let file = read(freepbx(&[phone.clone(), dial(billsec, word)]));
            assert_eq!(result(file.record()), expected, "{src} {channel}");
            assert_eq!(file.phones(), ["0912345601"]);
        }
    }
    // Whom a customer was put through to is none who was called first.
    let bot = leg(1, 1, ["100", "0912345601", "from-internal", "PJSIP/trunk-1", "", "AGI", "30", "ANSWERED", ""]);
    let agent =
        leg(2, 1, ["0912345601", "102", "from-internal", "PJSIP/trunk-1", "PJSIP/102-1", "Dial", "20", "ANSWERED", ""]);
    let mobile = leg(
        3,
        1,
        ["0912345601", "0987654321", "from-internal", "PJSIP/trunk-1", "PJSIP/trunk-3", "Dial", "0", "BUSY", ""],
    );
    assert_eq!(result(read(freepbx(&[bot, agent, mobile])).record()).0, "ANSWERED");
}

#[test]
fn a_menu_of_grandstream_does_not_answer_in_another_file_either() {
    let header = "Account Code,Caller Number,Callee Number,Context,CallerID Number,Source Channel,Dest. Channel,Last app.,Last date,Start Time,Answer Time,End Time,Call Time,Talk Time,Disposition,AMA Flags,Unique ID,Log Userfield,Dest Channel Extension,Caller Name,Answered by,Session,Premier Caller,Action Type,Source Trunk Name,Destination Trunk Name\n";
    let menu = "t,201,7000,ctx,x,PJSIP/201-1,PJSIP/trunk-2,Dial,x,2026-03-02 09:00:00,2026-03-02 09:00:00,2026-03-02 09:00:09,9,9,ANSWERED,D,1772416800.1,Outbound,,A,,S9-201,201,IVR[7000],,TRUNK\n";
    let dial = "t,201,0912345601,ctx,x,PJSIP/201-1,PJSIP/trunk-2,Dial,x,2026-03-02 09:00:09,2026-03-02 09:00:29,2026-03-02 09:00:29,20,0,NO ANSWER,D,1772416809.2,Outbound,,A,,S9-201,201,DIAL,,TRUNK\n";
    let call = read_in_parts(header, &[menu, dial]);
    assert_eq!((result(&call), call.contact.phone.as_deref()), (("NA", 0), Some("0912345601")));
}
