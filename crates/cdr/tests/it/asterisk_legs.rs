//! Whose leg of Asterisk's is the customer's, and which way its calls went.

use domain::import::OtherCalls;

use super::{Options, options, read, try_read};

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
