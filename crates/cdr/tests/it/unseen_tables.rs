//! Tables as other systems, other languages and other spreadsheets write them: what each comes to, call by call.

use super::read;
use cdr::Options;
use domain::Timestamp;

/// Of each call: the number, the code, when it was dialled, and how long was talked; then what was left out or refused.
pub(super) fn told(bytes: impl AsRef<[u8]>) -> String {
    let file = read(bytes);
    let mut said: Vec<String> = file
        .records
        .iter()
        .map(|(_, record)| {
            let talk = record.check().unwrap().talk_time / 1_000;
            let phone = record.contact.phone.as_deref().unwrap_or_default();
            let code = record.result_code.as_ref().map_or("", |code| code.as_str());
            format!("{phone} {code} {} {talk}", Timestamp(record.dialed_at.0).to_rfc3339().replace(".000Z", "Z"))
        })
        .collect();
    said.extend(file.skipped.iter().map(|row| format!("{}: {} {}", row.line, row.field, row.reason)));
    said.join("\n")
}

/// What it is, the file, and what it comes to.
const FILES: &[(&str, &str, &str)] = &[
    (
        // Its columns are a switch's and called as in no version that is known: a person has to say what they are.
        "a Grandstream UCM of another firmware",
        "AcctId,Account Code,Caller Number,Callee Number,Context,Caller ID,Source Channel,Dest Channel,Last App,Last Data,Start Time,Answer Time,End Time,Call Time,Talk Time,Call Status,AMA Flags,Uniqueid,User Field,Caller Name,Answer By,Session\n\
             1,,1001,0901234501,from-internal,\"\"\"A\"\" <1001>\",PJSIP/1001-1,PJSIP/trunk-2,Dial,x,2026-11-03 09:00:00,2026-11-03 09:00:08,2026-11-03 09:01:08,68,60,ANSWERED,DOCUMENTATION,1793671200.1,EXT,A,0901234501,s1\n\
             2,,1001,0901234502,from-internal,\"\"\"A\"\" <1001>\",PJSIP/1001-3,PJSIP/trunk-4,Dial,x,2026-11-03 09:02:00,,2026-11-03 09:02:20,20,0,NO ANSWER,DOCUMENTATION,1793671320.3,EXT,A,0901234502,s2\n",
        "not read",
    ),
    (
        "Yeastar's P series",
        "Time,Call From,Call To,Call Duration,Ring Duration,Talk Duration,Status,Reason,Source Trunk,Destination Trunk,Communication Type,PIN Code,ID\n\
             2026-11-03 09:00:00,Lan<1001>,0901234501,00:01:31,00:00:11,00:01:20,ANSWERED,,,Viettel,Outbound,,20261103090000ABC1\n\
             2026-11-03 09:05:00,0901234502,1001,00:00:31,00:00:11,00:00:20,ANSWERED,,Viettel,,Inbound,,20261103090500ABC2\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 ANSWERED 2026-11-03T02:05:00Z 20",
    ),
    (
        "3CX's report of calls",
        "Call Time,Caller ID,Destination,Status,Ringing,Talking,Totals,Cost,Reason\n\
             11/03/2026 9:00:00 AM,100 Lan,0901234501,Answered,00:00:11,00:01:20,00:01:31,,Terminated by dst\n\
             11/13/2026 9:05:00 AM,100 Lan,0901234502,Unanswered,00:00:25,,00:00:25,,Terminated by src\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 NA 2026-11-13T02:05:00Z 0",
    ),
    (
        "MikoPBX",
        "Дата,Кто звонил,Кому звонили,Длительность разговора,Статус\n03.11.2026 09:00:00,201,84901234501,00:01:20,Отвечен\n13.11.2026 09:05:00,201,84901234502,00:00:00,Не отвечен\n",
        "not read",
    ),
    (
        "a German export",
        "Rufnummer;Datum;Uhrzeit;Dauer;Ergebnis;Kosten\n+84901234501;03.11.2026;09:00:00;00:01:20;beantwortet;1,20\n+84901234502;13.11.2026;09:05:00;00:00:00;besetzt;0,00\n",
        "+84901234501 ANSWERED 2026-11-03T02:00:00Z 80\n+84901234502 BS 2026-11-13T02:05:00Z 0",
    ),
    (
        "a French export",
        "Numéro;Date de l'appel;Durée;Statut\n+84901234501;03/11/2026 09:00:00;80;Répondu\n+84901234502;13/11/2026 09:05:00;0;Occupé\n",
        "+84901234501 ANSWERED 2026-11-03T02:00:00Z 80\n+84901234502 BS 2026-11-13T02:05:00Z 0",
    ),
    (
        // Switches of Latin America name their columns so: a person has to say whose numbers they are.
        "a Spanish export",
        "Teléfono,Fecha,Duración,Resultado\n+84901234501,03/11/2026 09:00,80,Contestada\n+84901234502,13/11/2026 09:05,0,No contesta\n",
        "not read",
    ),
    (
        "JSON within data and items",
        r#"{"data":{"items":[{"phone":"0901234501","started_at":1793671200,"duration":80,"status":"answered"},{"phone":"0901234502","started_at":1793671500,"duration":0,"status":"no_answer"}]}}"#,
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 NA 2026-11-03T02:05:00Z 0",
    ),
    (
        "epoch in milliseconds",
        "phone,started_at,talk_time,result\n0901234501,1793671200000,80,answered\n0901234502,1793671500000,0,busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 BS 2026-11-03T02:05:00Z 0",
    ),
    (
        "epoch in microseconds",
        "phone,started_at,talk_time,result\n0901234501,1793671200000000,80,answered\n0901234502,1793671500000000,0,busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 BS 2026-11-03T02:05:00Z 0",
    ),
    (
        "durations as clocks, in Vietnamese",
        "Số điện thoại,Thời gian gọi,Thời lượng đàm thoại,Kết quả\n0901234501,03/11/2026 09:00:00,00:01:31,Nghe máy\n0901234502,13/11/2026 09:05:00,00:00:00,Không nghe máy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 91\n0901234502 NA 2026-11-13T02:05:00Z 0",
    ),
    (
        "costs of the Vietnamese kind",
        "SĐT;Ngày gọi;Đàm thoại (giây);Kết quả;Cước phí\n0901234501;03/11/2026 09:00;91;Nghe máy;1.234,5\n0901234502;13/11/2026 09:05;0;Máy bận;0\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 91\n0901234502 BS 2026-11-13T02:05:00Z 0",
    ),
    (
        "a title and merged heads above the table",
        "BÁO CÁO CUỘC GỌI THÁNG 11,,,,\n,,,,\nKhách hàng,,Cuộc gọi,,\nHọ tên,SĐT,Thời gian gọi,Thời lượng (giây),Trạng thái\nLan,0901234501,03/11/2026 09:00,80,Nghe máy\nHoa,0901234502,13/11/2026 09:05,0,Thuê bao\nTổng cộng,2,,80,\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 CU 2026-11-13T02:05:00Z 0",
    ),
    (
        "a status beside its reason",
        "phone,started_at,ended_at,status,end_reason,talk_sec\n0901234501,2026-11-03 09:00:00,2026-11-03 09:00:20,Failed,no answer,0\n0901234502,2026-11-03 09:05:00,2026-11-03 09:05:20,Failed,busy,0\n0901234503,2026-11-03 09:06:00,2026-11-03 09:06:01,Failed,invalid number,0\n0901234504,2026-11-03 09:07:00,2026-11-03 09:08:30,Completed,,80\n",
        "0901234501 NA 2026-11-03T02:00:00Z 0\n0901234502 BS 2026-11-03T02:05:00Z 0\n0901234503 CU 2026-11-03T02:06:00Z 0\n0901234504 ANSWERED 2026-11-03T02:07:00Z 80",
    ),
    (
        "a class beside a code",
        "Phone,Time,Status,Result code,Result,Talk time\n0901234501,2026-11-03 09:00:00,Failed,NA,No answer,0\n0901234502,2026-11-03 09:05:00,Failed,BS,Line busy,0\n0901234503,2026-11-03 09:06:00,Success,DY,Agreed,80\n0901234504,2026-11-03 09:07:00,Error,CU,Line error,0\n",
        "0901234501 NA 2026-11-03T02:00:00Z 0\n0901234502 BS 2026-11-03T02:05:00Z 0\n0901234503 DY 2026-11-03T02:06:00Z 80\n0901234504 CU 2026-11-03T02:07:00Z 0",
    ),
    (
        "a call centre's, both ways",
        "Call Time,Agent,Direction,Caller ID,Destination,Wait Time,Talk Time,Call Status,Recording File\n2026-11-03 09:00:00,Lan,Inbound,0901234503,02473000,00:00:05,00:01:00,Answered,\n2026-11-03 09:05:00,Lan,Outbound,02473000,0901234504,00:00:05,00:00:00,No Answer,\n",
        "0901234503 ANSWERED 2026-11-03T02:00:00Z 60\n0901234504 NA 2026-11-03T02:05:00Z 0",
    ),
    (
        "the hour that a clock change repeats, in no zone that has one",
        "phone,dialed,status,talk\n0901234501,2026-10-25 02:30,answered,20\n",
        "0901234501 ANSWERED 2026-10-24T19:30:00Z 20",
    ),
    (
        "Vapi's dashboard",
        "Call ID,Assistant,Customer Phone Number,Type,Ended Reason,Start Time,Duration,Cost\nv-1,Lan,+84901234501,Outbound,customer-ended-call,2026-11-03T02:00:00.000Z,80,0.12\nv-2,Lan,+84901234502,Outbound,twilio-failed-to-connect-call,2026-11-03T02:05:00.000Z,0,0\nv-3,Lan,+84901234503,Outbound,call.in-progress.error-sip-outbound-call-failed-to-connect,2026-11-03T02:06:00.000Z,0,0\n",
        "+84901234501 ANSWERED 2026-11-03T02:00:00Z 80\n+84901234502 CU 2026-11-03T02:05:00Z 0\n+84901234503 CU 2026-11-03T02:06:00Z 0",
    ),
    (
        "ids that count from 1",
        "call_id,phone,started_at,talk,result\n1,0901234501,2026-11-03 09:00:00,80,answered\n2,0901234502,2026-11-03 09:05:00,0,busy\n3,0901234503,2026-11-03 09:06:00,0,busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 BS 2026-11-03T02:05:00Z 0\n0901234503 BS 2026-11-03T02:06:00Z 0",
    ),
    (
        "tabs, and dates with a month's name",
        "Phone\tDate\tTalk\tResult\n0901234501\t03-Nov-2026 09:00:00\t80\tAnswered\n0901234502\t13-Nov-2026 09:05:00\t0\tBusy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 BS 2026-11-13T02:05:00Z 0",
    ),
    (
        "bars, and a date apart from its time",
        "Mobile|Call Date|Call Time|Seconds|Outcome\n0901234501|2026/11/03|9:00 AM|80|Answered\n0901234502|2026/11/13|9:05 PM|0|Busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 BS 2026-11-13T14:05:00Z 0",
    ),
    (
        "numbers that a spreadsheet guards",
        "=\"SĐT\",Thời gian gọi,Đàm thoại,Kết quả\n=\"0901234501\",2026-11-03 09:00:00,80,Nghe máy\n'0901234502,2026-11-03 09:05:00,0,Máy bận\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 BS 2026-11-03T02:05:00Z 0",
    ),
    (
        "columns in another order, and ones of nothing known",
        "Kết quả,Mã NV,Đàm thoại,Ghi chú,Ngày gọi,Giờ gọi,Điện thoại\nNghe máy,NV01,80,khách vui,03/11/2026,09:00,0901234501\nKhông liên lạc được,NV01,0,,13/11/2026,09:05,0901234502\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 CU 2026-11-13T02:05:00Z 0",
    ),
    (
        "NDJSON with numbers as texts",
        "{\"to\":\"0901234501\",\"start\":\"2026-11-03T09:00:00+07:00\",\"duration\":\"80\",\"outcome\":\"answered\"}\n{\"to\":\"0901234502\",\"start\":\"2026-11-03T09:05:00+07:00\",\"duration\":\"0\",\"outcome\":\"no-answer\"}\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 NA 2026-11-03T02:05:00Z 0",
    ),
    (
        "minutes and seconds in words",
        "Phone,Started,Talk time,Result\n0901234501,2026-11-03 09:00:00,1m 20s,Answered\n0901234502,2026-11-03 09:05:00,0s,Busy\n",
        "0901234501 ANSWERED 2026-11-03T02:00:00Z 80\n0901234502 BS 2026-11-03T02:05:00Z 0",
    ),
    (
        "Twilio's console in another language's dates",
        "Call SID,Start Time,Direction,From,To,Status,Duration\nCA1,03/11/2026 09:00:00 +07,outgoing-api,+12125550102,+84901234501,completed,80\nCA2,13/11/2026 09:05:00 +07,outgoing-api,+12125550102,+84901234502,no-answer,0\n",
        "2: start_time is no time that can be read: \"03/11/2026 09:00:00 +07\"\n3: start_time is no time that can be read: \"13/11/2026 09:05:00 +07\"",
    ),
];

#[test]
fn each_is_read_as_a_person_reads_it() {
    let mut wrong = Vec::new();
    for (name, text, expected) in FILES {
        let told = std::panic::catch_unwind(|| told(text)).unwrap_or_else(|_| "not read".to_owned());
        if told != *expected {
            wrong.push(format!("== {name}\n{told}\n-- expected\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_file_in_windows_1258_keeps_its_names() {
    let mut bytes = b"SDT;Ho ten;Ngay goi;Dam thoai;Ket qua\n0901234501;Nguy\xea\xden Thi\xf2 Hoa\xcc;03/11/2026 09:00;80;Nghe m\xe1y\n".to_vec();
    bytes.extend_from_slice(b"0901234502;Tr\xe2\xccn V\xe3n B\xe1;13/11/2026 09:05;0;M\xe1y b\xe2\xf2n\n");
    let file = read(bytes);
    let names: Vec<&str> = file.records.iter().filter_map(|(_, record)| record.contact.name.as_deref()).collect();
    assert_eq!(names, ["Nguyễn Thị Hoà", "Trần Văn Bá"]);
    assert_eq!(file.codes(), [("ANSWERED", 1), ("BS", 1)]);
}

#[test]
fn times_that_a_change_of_the_clocks_repeats_or_skips_are_told() {
    let options = Options { account_zone: super::zone("Europe/Berlin"), ..super::options() };
    let text = "phone,dialed,status,talk\n+84901234501,2026-10-25 02:30,answered,20\n+84901234502,2026-03-29 02:30,answered,20\n+84901234503,2026-07-01 02:30,answered,20\n";
    let file = super::try_read(text, &options).unwrap();
    assert_eq!((file.phones(), file.faults()), (vec!["+84901234501", "+84901234503"], vec![(3, "dialed_at")]));
    assert!(file.warns("that a change of the clocks repeats, taken for the first of the two: 1"));
    let freepbx = "calldate,clid,src,dst,dcontext,duration,billsec,disposition,uniqueid\n2026-10-25 02:10:00,x,100,+84901234501,c,30,20,ANSWERED,a1\n2026-03-29 02:50:00,x,100,+84901234502,c,30,20,ANSWERED,a2\n2026-07-01 02:50:00,x,100,+84901234503,c,30,20,ANSWERED,a3\n";
    let file = super::try_read(freepbx, &options).unwrap();
    assert_eq!((file.records.len(), file.faults()), (2, vec![(3, "calldate")]));
    assert!(file.warns("that a change of the clocks repeats"), "{:?}", file.reading.warnings);
}

/// What a word means is the account's to say, where the record is stored.
#[test]
fn own_records_of_calls_that_nobody_answered_may_say_it_in_other_words() {
    let line = |word: &str| {
        format!(
            "{{\"id\":\"{word}\",\"campaign\":\"c\",\"contact\":{{\"phone\":\"0901234500\"}},\"dialed_at\":\"2026-11-03T09:00:00+07:00\",\
             \"ended_at\":\"2026-11-03T09:01:00+07:00\",\"result_code\":\"{word}\"}}\n"
        )
    };
    let file = read(["NO_ANSWER", " na ", "Không nghe máy", "gold"].map(line).concat());
    assert_eq!(file.codes(), [("Không nghe máy", 1), ("NA", 1), ("NO_ANSWER", 1), ("gold", 1)]);
    assert!(file.skipped.is_empty(), "{:?}", file.skipped);
    let csv = "id,campaign,contact.phone,dialed_at,answered_at,ended_at,result_code\na,c,0901234500,2026-11-03T09:00:00+07:00,,2026-11-03T09:01:00+07:00,NO_ANSWER\n";
    assert_eq!(read(csv).codes(), [("NO_ANSWER", 1)]);
}
