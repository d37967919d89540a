//! Tables as offices keep them and systems export them, which nobody looked at while the reader was written: what is right was written down by
//! hand from each, call by call.

use super::unseen_tables::told;

/// What it is, the file, and what it comes to.
const FILES: &[(&str, &str, &str)] = &[
    (
        "Yeastar's P series, most of whose calls came in",
        "ID,Time,Call From,Call To,Call Duration,Ring Duration,Talk Duration,Status,Reason,Communication Type\n\
         a1,2026-11-03 09:00:00,0901234502,Lan<1001>,00:00:31,00:00:11,00:00:20,ANSWERED,,Inbound\n\
         a2,2026-11-03 09:05:00,0901234503,Lan<1001>,00:00:20,00:00:20,00:00:00,NO ANSWER,,Inbound\n\
         a3,2026-11-03 09:06:00,0901234504,Hoa<1002>,00:00:20,00:00:20,00:00:00,BUSY,,Inbound\n\
         a4,2026-11-03 09:07:00,Lan<1001>,0901234505,00:00:45,00:00:15,00:00:30,ANSWERED,,Outbound\n",
        "0901234502 ANSWERED 2026-11-03T02:00:00Z 20\n0901234503 NA 2026-11-03T02:05:00Z 0\n\
         0901234504 BS 2026-11-03T02:06:00Z 0\n0901234505 ANSWERED 2026-11-03T02:07:00Z 30",
    ),
    (
        "a call centre with its callers' ids",
        "Call Time,Agent,Direction,Caller ID,Destination,Wait Time,Talk Time,Call Status,Recording File\n\
         2026-11-03 09:00:00,Lan,Outbound,02473000000,0901234501,00:00:08,00:01:00,Answered,a.wav\n\
         2026-11-03 09:02:00,Lan,Inbound,0901234503,02473000000,00:00:05,00:01:00,Answered,\n\
         2026-11-03 09:04:00,Lan,Outbound,02473000000,0901234504,00:00:30,00:00:00,No Answer,\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 60\n0901234503 ANSWERED 2026-11-03T02:02:00Z 60\n\
         0901234504 NA 2026-11-03T02:04:00Z 0",
    ),
    (
        "words of the line and no length at all",
        "Số điện thoại,Thời gian gọi,Kết quả\n0901234501,03/11/2026 09:00,Đã nghe\n0901234502,13/11/2026 09:01,Không trả lời\n\
         0901234503,13/11/2026 09:02,Bận\n0901234504,13/11/2026 09:03,Không liên lạc được\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 0\n0901234502 NA 2026-11-13T02:01:00Z 0\n\
         0901234503 BS 2026-11-13T02:02:00Z 0\n0901234504 CU 2026-11-13T02:03:00Z 0",
    ),
    (
        "the same in English, with what a switch rejected",
        "Phone,Started,Call status\n0901234501,2026-11-03 09:00,Answered\n0901234502,2026-11-03 09:01,Rejected\n\
         0901234503,2026-11-03 09:02,Cancelled\n0901234504,2026-11-03 09:03,Voicemail\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 0\n0901234502 BS 2026-11-03T02:01:00Z 0\n\
         0901234503 NA 2026-11-03T02:02:00Z 0\n0901234504 MACHINE 2026-11-03T02:03:00Z 0",
    ),
    (
        "dates of a spreadsheet of Google's",
        "Phone,Started,Duration of talk (s),Status\n0901234501,\"Nov 3, 2026 9:00 AM GMT+7\",30,Answered\n\
         0901234502,\"Nov 13, 2026 2:05 PM GMT+7\",0,No answer\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-13T07:05:00Z 0",
    ),
    (
        "a weekday between the clock and the date",
        "Số máy;Thời gian;Đàm thoại;Trạng thái\n0901234501;09:00 Thứ Ba, 03/11/2026;30;Nghe máy\n0901234502;14:05 Thứ Sáu, 13/11/2026;0;Không nghe máy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-13T07:05:00Z 0",
    ),
    (
        "hours as they are spoken, minutes with a comma",
        "SĐT;Lúc gọi;Thời gian nói chuyện;Kết quả\n0901234501;9h05 ngày 13/11/2026;1,5 phút;Nghe máy\n0901234502;14h ngày 3/11/2026;0 phút;Không bắt máy\n",
        "0901234501 ANSWERED 2026-11-13T02:05:00Z 90\n0901234502 NA 2026-11-03T07:00:00Z 0",
    ),
    (
        "capitals without accents, of an old program",
        "STT;HO VA TEN;SO DIEN THOAI;NGAY GOI;GIO GOI;TG DAM THOAI;KET QUA\n1;NGUYEN VAN A;0901234501;13/11/2026;09:00;00:00:30;NGHE MAY\n\
         2;TRAN THI B;0901234502;13/11/2026;09:05;00:00:00;MAY BAN\n",
        "0901234501 ANSWERED 2026-11-13T02:00:00Z 30\n0901234502 BS 2026-11-13T02:05:00Z 0",
    ),
    (
        "numbers with dots and a country in brackets",
        "Phone;Called at;Talk time (s);Outcome\n0901.234.501;2026-11-03 09:00:00;30;Interested\n+84 (0)901-234-502;2026-11-03 09:01:00;0;Busy\n\
         0084 901 234 503;2026-11-03 09:02:00;0;No answer\n",
        "0901.234.501 Interested 2026-11-03T02:00:00Z 30\n+84 (0)901-234-502 BS 2026-11-03T02:01:00Z 0\n\
         0084 901 234 503 NA 2026-11-03T02:02:00Z 0",
    ),
    (
        "numbers that a spreadsheet made numbers",
        "Phone,Called at,Talk time (s),Outcome\n84 901 234 501.0,2026-11-03 09:00:00,30,Answered\n8.49012E+10,2026-11-03 09:01:00,30,Answered\n\
         84901234503.0,2026-11-03 09:02:00,0,Busy\n8.4901234504E+10,2026-11-03 09:03:00,0,Busy\n",
        "84901234501 ANSWERED 2026-11-03T02:00:00Z 30\n84901234503 BS 2026-11-03T02:02:00Z 0\n84901234504 BS 2026-11-03T02:03:00Z 0\n\
         3: phone was rounded by a spreadsheet, its last digits are lost: export the file again with numbers as text",
    ),
    (
        "who hides their number",
        "Direction,Caller number,Called number,Time,Talk (s),Status,Call ID\nInbound,Anonymous,02473000000,2026-11-03 09:00:00,30,Answered,a\n\
         Inbound,Anonymous,02473000000,2026-11-03 09:01:00,20,Answered,b\nOutbound,02473000000,0901234503,2026-11-03 09:02:00,0,No answer,c\n",
        " ANSWERED 2026-11-03T02:00:00Z 30\n ANSWERED 2026-11-03T02:01:00Z 20\n0901234503 NA 2026-11-03T02:02:00Z 0",
    ),
    (
        "what psql prints",
        "   phone    |     called_at       | talk_seconds |  status   \n------------+---------------------+--------------+-----------\n\
         \x200901234501 | 2026-11-03 09:00:00 |           30 | answered\n 0901234502 | 2026-11-03 09:01:00 |            0 | no_answer\n(2 rows)\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-03T02:01:00Z 0",
    ),
    (
        "what mysql prints in a batch",
        "phone\tcalled_at\tanswered_at\tended_at\tstatus\n0901234501\t2026-11-03 09:00:00\t2026-11-03 09:00:10\t2026-11-03 09:00:40\tANSWERED\n\
         0901234502\t2026-11-03 09:01:00\tNULL\t2026-11-03 09:01:30\tNO ANSWER\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-03T02:01:00Z 0",
    ),
    (
        "what mysql prints on a screen",
        "+------------+---------------------+--------------+-----------+\n| phone      | called_at           | talk_seconds | status    |\n\
         +------------+---------------------+--------------+-----------+\n| 0901234501 | 2026-11-03 09:00:00 |           30 | answered  |\n\
         | 0901234502 | 2026-11-03 09:01:00 |            0 | no answer |\n+------------+---------------------+--------------+-----------+\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-03T02:01:00Z 0",
    ),
    (
        "RingCentral's log",
        "Direction,Type,Phone Number,Name,Date,Time,Action,Action Result,Duration\n\
         Outgoing,Voice,(650) 555-0101,Ann,11/13/2026,9:00:00 AM,VoIP Call,Call connected,0:01:30\n\
         Incoming,Voice,(650) 555-0102,Bob,11/03/2026,9:05:00 AM,Phone Call,Missed,0:00:00\n",
        "(650) 555-0101 ANSWERED 2026-11-13T02:00:00Z 90\n(650) 555-0102 NA 2026-11-03T02:05:00Z 0",
    ),
    (
        "Aircall's export",
        "call_id,direction,from,to,answered,missed_call_reason,started_at,answered_at,ended_at\n\
         901,outbound,+842473000000,+84901234501,Yes,,2026-11-03T02:00:00Z,2026-11-03T02:00:10Z,2026-11-03T02:00:40Z\n\
         902,inbound,+84901234502,+842473000000,No,no_available_agent,2026-11-03T02:05:00Z,,2026-11-03T02:05:20Z\n\
         903,outbound,+842473000000,+84901234503,No,,2026-11-03T02:06:00Z,,2026-11-03T02:06:20Z\n",
        "+84901234501 ANSWERED 2026-11-03T02:00:00Z 30\n+84901234502 NA 2026-11-03T02:05:00Z 0\n+84901234503 NA 2026-11-03T02:06:00Z 0",
    ),
    (
        "a switch's export in Vietnamese",
        "Mã cuộc gọi;Hướng cuộc gọi;Số gọi;Số nhận;Thời gian bắt đầu;Thời gian đổ chuông;Thời gian đàm thoại;Trạng thái\n\
         x1;Gọi ra;1001;0901234501;03/11/2026 09:00:00;8;60;Đã trả lời\nx2;Gọi vào;0901234502;1001;13/11/2026 09:05:00;20;0;Gọi nhỡ\n\
         x3;Gọi ra;1001;0901234503;13/11/2026 09:06:00;5;0;Máy bận\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 60\n0901234502 NA 2026-11-13T02:05:00Z 0\n0901234503 BS 2026-11-13T02:06:00Z 0",
    ),
    (
        "a voicebot whose results are texts with commas and line ends",
        "phone,call_time,talk_seconds,result\n0901234501,2026-11-03 09:00:00,42,\"Khách đang lái xe, hẹn gọi lại vào chiều thứ sáu\nsau 17 giờ\"\n\
         0901234502,2026-11-03 09:01:00,0,\"Không nghe máy, sẽ gọi lại vào sáng mai lúc chín giờ rưỡi\"\n0901234503,2026-11-03 09:02:00,5,Máy lạ không phải khách\n",
        "0901234501 undefined 2026-11-03T02:00:00Z 42\n0901234502 NA 2026-11-03T02:01:00Z 0\n0901234503 undefined 2026-11-03T02:02:00Z 5",
    ),
    (
        "instants in milliseconds, in objects one a line",
        "{\"customer\":{\"phone\":\"0901234501\"},\"started_at\":1793671200000,\"ended_at\":1793671240000,\"talk_ms\":30000,\"status\":\"answered\"}\n\
         {\"customer\":{\"phone\":\"0901234502\"},\"started_at\":1793671260000,\"ended_at\":1793671290000,\"talk_ms\":0,\"status\":\"no-answer\"}\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-03T02:01:00Z 0",
    ),
    (
        "numbers that are numbers of JSON",
        "[{\"phone\":84901234501,\"start_time\":\"2026-11-03 09:00:00\",\"talk_time\":30,\"status\":\"ANSWERED\"},\
          {\"phone\":84901234502,\"start_time\":\"2026-11-03 09:01:00\",\"talk_time\":0,\"status\":\"BUSY\"}]",
        "84901234501 ANSWERED 2026-11-03T02:00:00Z 30\n84901234502 BS 2026-11-03T02:01:00Z 0",
    ),
    (
        "whether somebody answered, in a column of its own",
        "SĐT,Ngày gọi,Nghe máy,Thời gian nói (giây)\n0901234501,2026-11-03 09:00,Có,30\n0901234502,2026-11-03 09:01,Không,0\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-03T02:01:00Z 0",
    ),
    (
        "halves of the day in Vietnamese",
        "SĐT,Thời gian gọi,Đàm thoại,Kết quả\n0901234501,13/11/2026 9:00:00 SA,30,Nghe máy\n0901234502,13/11/2026 2:05:00 CH,0,Máy bận\n",
        "0901234501 ANSWERED 2026-11-13T02:00:00Z 30\n0901234502 BS 2026-11-13T07:05:00Z 0",
    ),
    (
        "German columns",
        "Datum;Uhrzeit;Rufnummer;Gesprächsdauer;Ergebnis\n13.11.2026;09:00;0901234501;00:00:30;angenommen\n13.11.2026;09:05;0901234502;00:00:00;besetzt\n",
        "0901234501 ANSWERED 2026-11-13T02:00:00Z 30\n0901234502 BS 2026-11-13T02:05:00Z 0",
    ),
    (
        "a column of empty cells at the end of each row, and blanks everywhere",
        "Phone , Called at , Talk (s) , Status ,\n 0901234501 , 2026-11-03 09:00:00 , 30 , Answered ,\n 0901234502 , 2026-11-03 09:01:00 , 0 , Busy ,\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 BS 2026-11-03T02:01:00Z 0",
    ),
    (
        "two exports put together, the second with its header",
        "Phone,Called at,Talk (s),Status\n0901234501,2026-11-03 09:00:00,30,Answered\nPhone,Called at,Talk (s),Status\n0901234502,2026-11-03 09:01:00,0,Busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 BS 2026-11-03T02:01:00Z 0",
    ),
    (
        "titles above and sums below",
        "BÁO CÁO CUỘC GỌI THÁNG 11,,,\n,,,\nSĐT,Ngày gọi,Đàm thoại (giây),Kết quả\n0901234501,13/11/2026 09:00,30,Nghe máy\n\
         0901234502,13/11/2026 09:01,0,Máy bận\nTổng cộng,2 cuộc,30,\nNgười lập bảng,,,\n",
        "0901234501 ANSWERED 2026-11-13T02:00:00Z 30\n0901234502 BS 2026-11-13T02:01:00Z 0",
    ),
    (
        "a status beside the reason of a failure, in English",
        "phone,started_at,ended_at,status,end_reason,talk_sec\n0901234501,2026-11-03 09:00:00,2026-11-03 09:00:40,Success,completed,30\n\
         0901234502,2026-11-03 09:01:00,2026-11-03 09:01:30,Failed,no answer,0\n0901234503,2026-11-03 09:02:00,2026-11-03 09:02:05,Failed,busy,0\n\
         0901234504,2026-11-03 09:03:00,2026-11-03 09:03:05,Failed,invalid number,0\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-03T02:01:00Z 0\n0901234503 BS 2026-11-03T02:02:00Z 0\n\
         0901234504 CU 2026-11-03T02:03:00Z 0",
    ),
    (
        "Retell's list of sessions",
        "Time,Duration,Session ID,End Reason,Session Status,From,To\n11/13/2026 09:00,0:45,call_a,user_hangup,ended,+842473000000,+84901234501\n\
         11/13/2026 09:05,0:00,call_b,dial_no_answer,not_connected,+842473000000,+84901234502\n",
        "+84901234501 ANSWERED 2026-11-13T02:00:00Z 45\n+84901234502 NA 2026-11-13T02:05:00Z 0",
    ),
    (
        "Vapi's list of calls",
        "ID,Assistant,Assistant Phone Number,Customer Phone Number,Type,Ended Reason,Start Time,Duration,Cost\n\
         7f3c0000-aaaa,Lan,+842473000000,+84901234501,Outbound,customer-ended-call,2026-11-03T02:00:00.000Z,45s,$0.05\n\
         7f3c0000-bbbb,Lan,+842473000000,+84901234502,Outbound,customer-did-not-answer,2026-11-03T02:05:00.000Z,0s,$0.00\n",
        "+84901234501 ANSWERED 2026-11-03T02:00:00Z 45\n+84901234502 NA 2026-11-03T02:05:00Z 0",
    ),
    (
        "a script's log with units everywhere",
        "to=phone;at;ring;talk;state\n0901234501;2026-11-03T09:00:00+07:00;8s;1m 2s;answered\n0901234502;2026-11-03T09:05:00+07:00;30s;0s;no answer\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 62\n0901234502 NA 2026-11-03T02:05:00Z 0",
    ),
    (
        "a phone's own list of calls",
        "Name,Number,Type,Date,Duration\nAnn,0901234501,Outgoing,2026-11-03 09:00:00,00:01:02\nBob,0901234502,Missed,2026-11-03 09:05:00,00:00:00\n",
        "not read",
    ),
    (
        "a customer's own column beside the side that called",
        "Direction,Customer phone,From,Start time,Talk time,Status\nInbound,0901234501,0901234501,2026-11-03 09:00:00,00:00:30,Answered\n\
         Outbound,0901234502,02473000000,2026-11-03 09:05:00,00:00:00,No answer\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 NA 2026-11-03T02:05:00Z 0",
    ),
    (
        "names around the numbers",
        "Khách hàng,Gọi lúc,Đàm thoại,Kết quả\nNguyễn Văn A <0901234501>,2026-11-03 09:00:00,30,Nghe máy\nTrần Thị B <0901234502>,2026-11-03 09:01:00,0,Máy bận\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 BS 2026-11-03T02:01:00Z 0",
    ),
    (
        "a quote that is never closed",
        "Phone,Called at,Talk (s),Status,Note\n0901234501,2026-11-03 09:00:00,30,Answered,\"ok\"\n0901234502,2026-11-03 09:01:00,0,Busy,\"cut off\n\
         0901234503,2026-11-03 09:02:00,12,Answered,fine\n",
        // What follows is in its cell for whoever wrote it so; that is said.
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n3:  has a quote that is never closed: all lines after it are taken for its cell",
    ),
    (
        "a byte of zero in a cell",
        "Phone,Called at,Talk (s),Status\n0901234501,2026-11-03 09:00:00,30,Answered\n09012\x0034502,2026-11-03 09:01:00,0,Busy\n0901234503,2026-11-03 09:02:00,0,Busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234503 BS 2026-11-03T02:02:00Z 0\n3: Phone holds a zero byte",
    ),
    (
        "the same column under two names",
        "phone,phone,called_at,talk,status\n0901234501,0901234501,2026-11-03 09:00:00,30,answered\n0901234502,0901234502,2026-11-03 09:01:00,0,busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 BS 2026-11-03T02:01:00Z 0",
    ),
    (
        "old Macintosh line ends",
        "Phone,Called at,Talk (s),Status\r0901234501,2026-11-03 09:00:00,30,Answered\r0901234502,2026-11-03 09:01:00,0,Busy\r",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 30\n0901234502 BS 2026-11-03T02:01:00Z 0",
    ),
    (
        "how many times somebody was called, and nothing of when",
        "Phone,Attempts,Status\n0901234501,3,Answered\n0901234502,1,Busy\n",
        "not read",
    ),
    (
        "the answer in a column of its own time, and an end",
        "Số điện thoại,Giờ quay số,Giờ bắt máy,Giờ cúp máy\n0901234501,13/11/2026 09:00:00,13/11/2026 09:00:10,13/11/2026 09:00:40\n\
         0901234502,13/11/2026 09:01:00,,13/11/2026 09:01:30\n",
        "0901234501 ANSWERED 2026-11-13T02:00:00Z 30\n0901234502 NA 2026-11-13T02:01:00Z 0",
    ),
];

#[test]
fn each_comes_to_what_a_person_reads_in_it() {
    let mut wrong = Vec::new();
    for (what, file, right) in FILES {
        let said = match cdr::read(file.as_bytes(), &super::options()) {
            Ok(_) => told(file),
            Err(_) => "not read".to_owned(),
        };
        if said != *right {
            let why = cdr::read(file.as_bytes(), &super::options()).err().map(|error| error.to_string());
            wrong.push(format!("{what}:\n{said}\n-- and not\n{right}\n{}", why.unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n\n{}", wrong.len(), FILES.len(), wrong.join("\n\n"));
}

#[test]
fn what_is_taken_for_granted_of_them_is_said() {
    let file = |name: &str| super::read(FILES.iter().find(|(what, ..)| *what == name).unwrap().1);
    let numbers = file("numbers that a spreadsheet made numbers");
    assert!(numbers.warns("put back as they were dialled: 3"), "{:?}", numbers.reading.warnings);
    let withheld = file("who hides their number");
    assert!(
        withheld.warns("calls with a withheld number: each is a customer of its own: 2"),
        "{:?}",
        withheld.reading.warnings
    );
    assert!(withheld.warns("of which the caller is taken for the customer: 2"), "{:?}", withheld.reading.warnings);
    let busy = file("words of the line and no length at all");
    assert!(busy.warns("read as the line's: nothing tells of talk: 1"), "{:?}", busy.reading.warnings);
}

#[test]
fn an_inbound_call_of_which_nobody_knows_who_called_is_not_said_to_have_a_customer() {
    let table = "Direction,Called number,Time,Talk (s),Status\nInbound,02473000000,2026-11-03 09:00:00,30,Answered\n\
                 Outbound,0901234503,2026-11-03 09:02:00,0,No answer\n";
    let file = super::read(table);
    assert!(file.warns("the customer is the number that was called: 1"), "{:?}", file.reading.warnings);
    assert!(!file.warns("the caller is taken for the customer"), "{:?}", file.reading.warnings);
}

#[test]
fn what_is_noted_of_rows_that_are_rejected_or_repeated_is_not_counted() {
    let row = |n: u32, phone: &str| format!("{phone},2026-11-03 09:0{n}:00,30,Answered\n");
    let rows = [row(1, "0901234501"), row(1, "0901234501"), row(2, "8.49E+10"), row(3, "0901234503")].concat();
    let file = super::read(format!("Phone,Called at,Talk (s),Status\n{rows}"));
    assert_eq!((file.records.len(), file.skipped.len(), file.reading.duplicates), (2, 1, 1));
    assert!(file.warns("they are answered when they are dialled: 2"), "{:?}", file.reading.warnings);
    assert!(
        file.warns("calls without an id: theirs are made of their rows, so a row that is corrected is another call: 2")
    );
}

#[test]
fn a_header_alone_has_no_rows() {
    for header in ["Phone,Called at,Talk (s),Status\n", "SĐT;Ngày gọi;Kết quả\r\n\r\n", "a\tb\tc"] {
        let error =
            cdr::read(header.as_bytes(), &super::options()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with("the file has no rows: it is a line of names alone"), "{header}: {error}");
    }
}

#[test]
fn of_a_switch_too_what_is_noted_of_calls_that_are_rejected_is_not_counted() {
    let row = |n: u32, dst: &str| {
        format!("2026-03-02 09:0{n}:00,100,{dst},30,20,ANSWERED,{}.{n},tet\n", 1_772_416_800 + 60 * n)
    };
    let rows = [row(0, "8.49012E+10"), row(1, "s"), row(2, "84901234503.0")].concat();
    let file = super::read(format!("calldate,src,dst,duration,billsec,disposition,uniqueid,accountcode\n{rows}"));
    assert_eq!((file.phones(), file.skipped.len()), (vec!["s", "84901234503"], 1));
    let said = |what: &str| file.reading.warnings.iter().any(|said| said.contains(what) && said.ends_with(": 1"));
    assert!(said("calls whose dst is not a number"), "{:?}", file.reading.warnings);
    assert!(said("put back as they were dialled"), "{:?}", file.reading.warnings);
}

#[test]
fn of_a_platform_who_hides_their_number_is_no_customer_of_many_calls() {
    let call = |id: &str, from: &str| {
        format!(
            "{{\"sid\":\"{id}\",\"from\":\"{from}\",\"to\":\"+842473000000\",\"direction\":\"inbound\",\"status\":\"completed\",\
             \"start_time\":\"Tue, 03 Nov 2026 02:00:00 +0000\",\"end_time\":\"Tue, 03 Nov 2026 02:00:30 +0000\",\"duration\":\"30\"}}"
        )
    };
    let calls = [call("CA1", "+266696687"), call("CA2", "anonymous"), call("CA3", "+84901234501")].join(",");
    let file = super::read(format!("[{calls}]"));
    assert_eq!(file.phones(), ["", "", "+84901234501"], "{:?}", file.skipped);
    let ids: Vec<_> =
        file.records.iter().map(|(_, record)| record.contact.id.as_ref().map(ToString::to_string)).collect();
    assert_eq!(ids, [Some("CA1".to_owned()), Some("CA2".to_owned()), None]);
    assert!(
        file.warns("calls with a withheld number: each is a customer of its own: 2"),
        "{:?}",
        file.reading.warnings
    );
}

#[test]
fn a_call_of_a_customer_without_a_number_that_is_read_again_stays_theirs() {
    let call = "[{\"sid\":\"CA1\",\"from\":\"anonymous\",\"to\":\"+842473000000\",\"direction\":\"inbound\",\"status\":\"completed\",\
                \"start_time\":\"Tue, 03 Nov 2026 02:00:00 +0000\",\"end_time\":\"Tue, 03 Nov 2026 02:00:30 +0000\",\"duration\":\"30\"}]";
    let file = super::read(call);
    let read = file.record();
    // As it is told of one that is stored.
    let mut stored = read.clone();
    stored.contact.id = None;
    assert_eq!(cdr::Format::Twilio.with_stored(&stored, read.clone()), None);
    let more = domain::CallRecord { recording_url: Some("https://rec.example/1.wav".to_owned()), ..read.clone() };
    let joined = cdr::Format::Twilio.with_stored(&stored, more).unwrap();
    assert_eq!(joined.contact.id.as_ref().map(ToString::to_string), Some("CA1".to_owned()));
    assert!(joined.check().is_ok());
}
