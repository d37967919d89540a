//! What happens to real files on their way: cut, rotated, put together, re-encoded, exported by somebody else's tool.

use std::fmt::Write;

use cdr::{Format, detect};
use domain::CallRecord;

use super::{File, options, read, try_read};

/// `cdr_csv`, one row a call; each is answered after 20 s and lasts 10.
fn master(calls: u32) -> String {
    let mut text = String::new();
    for n in 0..calls {
        let _ = writeln!(
            text,
            r#""","100","09012345{n:02}","out","""100"" <100>","PJSIP/a-1","PJSIP/b-2","Dial","","2026-03-02 09:{n:02}:00","2026-03-02 09:{n:02}:20","2026-03-02 09:{n:02}:30",30,10,"ANSWERED","DOCUMENTATION","17724{:05}.{n}","","","17724{:05}.{n}",{n}"#,
            16_800 + 60 * n,
            16_800 + 60 * n,
        );
    }
    text
}

fn warned(file: &File, words: &str) -> bool {
    file.reading.warnings.iter().any(|warning| warning.contains(words))
}

fn attribute<'a>(record: &'a CallRecord, name: &str) -> &'a serde_json::Value {
    &record.attributes.as_ref().unwrap()[name]
}

#[test]
fn the_last_row_of_a_file_that_is_still_written_is_left_out_wherever_it_is_cut() {
    let whole = master(3);
    let two = master(2).len();
    for end in two + 1..whole.len() - 1 {
        let file = read(&whole[..end]);
        // Only the last digits of the last column cannot be missed.
        let tail = &whole[end..];
        if !tail.trim_end().bytes().all(|byte| byte.is_ascii_digit()) {
            assert_eq!((file.reading.calls, file.faults().len()), (2, 1), "cut before {tail:?}");
            assert!(file.skipped[0].reason.contains("cut off"), "{:?}", file.skipped);
        }
    }
    // A whole row needs no line end.
    assert_eq!(read(whole.trim_end()).reading.calls, 3);
}

#[test]
fn a_dump_that_is_cut_within_a_row_keeps_the_rows_before() {
    let dump = "INSERT INTO `cdr` (`calldate`,`dst`,`duration`,`billsec`,`disposition`,`uniqueid`) VALUES\n\
                ('2026-03-02 09:00:00','0901234501',30,10,'ANSWERED','1772416800.1'),\n\
                ('2026-03-02 09:01:00','0901234502',30,10,'ANSWERED','17724";
    let file = read(dump);
    assert_eq!((file.reading.calls, file.faults()), (1, vec![(3, "")]));
}

#[test]
fn a_cell_may_hold_line_ends() {
    let row = "2026-03-02 09:00:00,100,0901234501,40,20,ANSWERED,1772416800.1,";
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid,userfield,sequence\n";
    for note in ["\"note\nsecond line\"", "note\nsecond line", "\"a\r\n\r\nb, c\"", "\"1,2\n3,4\n5\""] {
        let file = read(format!("{header}{row}{note},1\n{}x,2\n", row.replace("00.1", "60.2").replace("501", "502")));
        assert_eq!((file.reading.calls, &file.skipped[..]), (2, &[][..]), "{note:?}");
        assert_eq!(file.records[1].1.contact.phone.as_deref(), Some("0901234502"));
    }
    // Half a row takes no other row with it.
    let file = read(format!("{header}2026-03-02 09:00:00,100\n{row}x,2\n2026-03-02\n"));
    assert_eq!((file.reading.calls, file.faults()), (1, vec![(2, ""), (4, "")]));
}

#[test]
fn a_sequence_that_numbers_nothing_leaves_no_row_out() {
    let text = "calldate,src,dst,duration,billsec,disposition,uniqueid,sequence\n\
                2026-03-02 09:00:00,100,0901234501,10,0,NO ANSWER,1772416800.1,0\n\
                2026-03-02 09:00:12,100,0901234501,40,35,ANSWERED,1772416800.1,0\n\
                2026-03-02 10:00:00,100,0901234502,10,5,ANSWERED,1772420400.2,NULL\n";
    let file = read(text);
    assert_eq!((file.reading.calls, file.reading.duplicates), (2, 0));
    assert_eq!(file.results()[0], ("asterisk:1772416800.1", "ANSWERED"));
}

#[test]
fn the_order_of_a_calls_rows_changes_nothing() {
    let row = |n: u32| {
        format!("2026-03-02 09:00:00,0900000001,090123450{n},15,0,NO ANSWER,1772416800.{n},1772416800.1,{n}\n")
    };
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid,linkedid,sequence\n";
    let rows = [row(1), row(2), row(3)];
    let first = read(format!("{header}{}", rows.concat()));
    assert_eq!(first.phones(), ["0901234501"]);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let file = read(format!("{header}{}", order.map(|at: usize| rows[at].clone()).concat()));
        assert_eq!(file.record(), first.record(), "{order:?}");
    }
}

#[test]
fn rows_of_a_call_in_two_files_are_one_call_whatever_comes_first() {
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid,linkedid,sequence\n";
    let parts = [
        "2026-03-02 09:00:10,100,0901234501,40,20,ANSWERED,1772416810.2,1772416800.1,2\n",
        "2026-03-02 09:00:00,100,0901234501,5,0,BUSY,1772416800.1,1772416800.1,1\n",
        "2026-03-02 09:00:40,100,201,90,60,ANSWERED,1772416840.3,1772416800.1,3\n",
    ];
    let whole = read(format!("{header}{}", parts.concat()));
    let record = |at: usize| read(format!("{header}{}", parts[at])).record().clone();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut stored = record(order[0]);
        for at in &order[1..] {
            stored = Format::Asterisk.with_stored(&stored, record(*at)).expect("a row that was not known");
        }
        assert_eq!(&stored, whole.record(), "{order:?}");
        // What is known already adds nothing; all rows at once replace what was read of a part.
        assert_eq!(Format::Asterisk.with_stored(&stored, record(order[0])), None);
        let again = Format::Asterisk.with_stored(&record(order[0]), whole.record().clone());
        assert_eq!(again.as_ref(), Some(whole.record()));
    }
    assert_eq!(attribute(whole.record(), "rows"), 3);
}

#[test]
fn names_in_a_legacy_encoding_are_read_as_it_and_that_is_said() {
    let mut text = b"calldate,src,dst,duration,billsec,disposition,uniqueid,dst_cnam\n".to_vec();
    text.extend(b"2026-03-02 09:00:00,100,0901234501,40,20,ANSWERED,1772416800.1,Nguy\xea\xden Thi\xf2 Hoa\xcc\n");
    text.extend(b"2026-03-02 09:10:00,100,0901234502,40,20,ANSWERED,1772417400.2,Tr\xe2\xccn V\xe3n \xd0\xfd\xecc\n");
    let file = read(&text);
    let names: Vec<_> = file.records.iter().filter_map(|(_, record)| record.contact.name.as_deref()).collect();
    assert_eq!(names, ["Nguyễn Thị Hoà", "Trần Văn Đức"]);
    assert!(warned(&file, "windows-1258: 2"), "{:?}", file.reading.warnings);
}

#[test]
fn a_dump_of_the_whole_database_may_begin_with_other_tables() {
    let mut dump = "-- MySQL dump\nCREATE TABLE `cel` (`id` int, `eventtype` varchar(30));\n".to_owned();
    for n in 0..4_000 {
        let _ = writeln!(dump, "INSERT INTO `cel` VALUES ({n},'CHAN_START');");
    }
    assert_eq!(detect(dump.as_bytes()), Ok(Format::Asterisk));
    let refused = try_read(&dump, &options()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("no INSERT in it has the columns of call records"), "{refused}");
    dump += "INSERT INTO `cdr` (`calldate`,`dst`,`duration`,`billsec`,`disposition`,`uniqueid`) VALUES\n\
             ('2026-03-02 09:00:00','0901234501',30,10,'ANSWERED','1772416800.1');\n";
    assert_eq!(read(&dump).reading.calls, 1);
}

#[test]
fn a_header_in_unknown_words_is_refused_by_its_columns() {
    let text = "Fecha,Destino,Origen,Duracion,Facturado,Estado,uniqueid\n\
                2026-03-02 09:00:00,0901234500,100,40,20,ANSWERED,1772416800.0\n\
                2026-03-02 09:01:00,0901234501,100,40,20,ANSWERED,1772416860.1\n";
    let refused = try_read(text, &options()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("its columns are Fecha, Destino, Origen"), "{refused}");
}

#[test]
fn calls_that_came_in_are_said_and_where_the_file_says_it_their_caller_is_the_customer() {
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid";
    let mut text = format!("{header}\n");
    for n in 0..8 {
        let dst = ["200", "19001234"][n % 2];
        let _ = writeln!(text, "2026-03-02 09:0{n}:00,090123450{n},{dst},40,20,ANSWERED,17724168{n}0.{n}");
    }
    let file = read(&text);
    assert!(warned(&file, "look inbound") && warned(&file, ": 8"), "{:?}", file.reading.warnings);

    let directed = text
        .replace(header, &format!("{header},calltype"))
        .lines()
        .enumerate()
        .map(|(n, line)| if n == 0 { format!("{line}\n") } else { format!("{line},Inbound\n") })
        .collect::<String>();
    let file = read(&directed);
    assert_eq!(file.phones().first(), Some(&"0901234500"));
    assert!(warned(&file, "inbound calls, of which the caller is taken for the customer: 8"));

    // A campaign that calls from changing numbers of its own calls out all the same.
    let mut out = format!("{header}\n");
    for n in 0..30 {
        let _ = writeln!(
            out,
            "2026-03-02 09:{n:02}:00,190012{:02},09012345{:02},40,20,ANSWERED,17724{:05}.{n}",
            n % 4,
            n / 3,
            16_800 + 60 * n
        );
    }
    assert!(!warned(&read(&out), "inbound"));
}

#[test]
fn calls_whose_number_is_a_step_of_the_dialplan_are_said() {
    let text = "calldate,src,dst,duration,billsec,disposition,uniqueid\n\
                2026-03-02 09:00:00,0901234500,s,40,20,ANSWERED,1772416800.0\n\
                2026-03-02 09:01:00,0901234501,h,40,20,ANSWERED,1772416860.1\n\
                2026-03-02 09:02:00,0901234502,0901234502,40,20,ANSWERED,1772416920.2\n";
    assert!(warned(&read(text), "dst is not a number"));
    assert!(read(text).reading.warnings.iter().any(|warning| warning.ends_with(": 2")));
    assert!(!warned(&read(master(3)), "dst is not a number"));
}

#[test]
fn a_grandstream_export_is_read_by_its_header() {
    let text = "Account Code,Caller Number,Callee Number,Context,CallerID Number,Source Channel,Dest. Channel,Last app.,Last date,\
                Start Time,Answer Time,End Time,Call Time,Talk Time,Disposition,AMA Flags,Unique ID,Log Userfield,\
                Dest Channel Extension,Caller Name,Answered by,Session,Premier Caller,Action Type,Source Trunk Name,\
                Destination Trunk Name\r\n\
                ,201,901000001,out,\"\"\"A\"\" <201>\",PJSIP/201,PJSIP/t,Dial,x,2026-03-02 09:00:00,2026-03-02 09:00:20,\
                2026-03-02 09:00:50,50,30,ANSWERED,DOCUMENTATION,1772416800.10,Outbound,,A,901000001,1772416800000-201,201,DIAL,,T\r\n\
                ,201,901000002,out,\"\"\"A\"\" <201>\",PJSIP/201,PJSIP/t,Dial,x,2026-03-02 09:01:00,2026-03-02 09:01:28,\
                2026-03-02 09:01:28,28,0,NO ANSWER,DOCUMENTATION,1772416860.11,Outbound,,A,,1772416860000-201,201,DIAL,,T\r\n\
                ,901000009,201,in,\"\"\"\"\" <901000009>\",PJSIP/t,PJSIP/201,Dial,x,2026-03-02 09:02:00,2026-03-02 09:02:05,\
                2026-03-02 09:02:45,45,40,ANSWERED,DOCUMENTATION,1772416920.12,Inbound,,,201,1772416920000-901000009,,DIAL,T,\r\n";
    let file = read(text);
    assert_eq!(file.phones(), ["901000001", "901000002", "901000009"]);
    assert_eq!(file.results().iter().map(|result| result.1).collect::<Vec<_>>(), ["ANSWERED", "NA", "ANSWERED"]);
}

#[test]
fn a_machine_that_takes_a_call_is_a_result_of_its_own() {
    let text = "calldate,src,dst,duration,billsec,disposition,uniqueid\n\
                2026-03-02 09:00:00,100,0901234500,30,12,VOICEMAIL,1772416800.0\n\
                2026-03-02 09:01:00,100,0901234501,4,0,BUSY,1772416860.1\n\
                2026-03-02 09:01:10,100,0901234501,20,8,VOICEMAIL,1772416860.1\n\
                2026-03-02 09:02:00,100,0901234502,20,8,VOICEMAIL,1772416920.2\n\
                2026-03-02 09:02:30,100,0901234502,20,8,ANSWERED,1772416920.2\n";
    let file = read(text);
    assert_eq!(file.results().iter().map(|result| result.1).collect::<Vec<_>>(), ["MACHINE", "MACHINE", "ANSWERED"]);
    let talks: Vec<i64> = file.records.iter().map(|(_, record)| record.check().unwrap().talk_time).collect();
    assert_eq!(talks, [12_000, 8_000, 8_000]);
}

#[test]
fn a_further_header_names_the_columns_of_the_rows_after_it() {
    let text = "calldate,src,dst,duration,billsec,disposition,uniqueid\n\
                2026-03-02 09:00:00,100,0901234501,40,20,ANSWERED,1772416800.1\n\
                calldate,dst,src,billsec,duration,disposition,uniqueid,userfield\n\
                2026-03-02 09:10:00,0901234502,100,20,40,ANSWERED,1772417400.2,x\n";
    let file = read(text);
    assert_eq!((file.phones(), file.reading.skipped), (vec!["0901234501", "0901234502"], 0));
    assert_eq!(file.records[1].1.check().unwrap().talk_time, 20_000);
}

#[test]
fn rows_that_are_replaced_or_inserted_without_names_are_read_or_said() {
    let names = "(`calldate`,`dst`,`duration`,`billsec`,`disposition`,`uniqueid`)";
    let row = |n: u32| format!("('2026-03-02 09:0{n}:00','090123450{n}',30,10,'ANSWERED','17724168{n}0.{n}')");
    let dump = format!(
        "REPLACE INTO `cdr` {names} VALUES {};\nINSERT INTO `cdr` VALUES {};\nINSERT INTO `other` VALUES (1);\n\
         INSERT INTO `cdr` SET `calldate`='2026-03-02 09:03:00', `dst`='0901234503';\n",
        row(1),
        row(2)
    );
    let file = read(dump);
    assert_eq!(file.phones(), ["0901234501", "0901234502"]);
    assert!(warned(&file, "not read: 2"), "{:?}", file.reading.warnings);
}

#[test]
fn asterisks_own_two_orders_may_be_in_one_file_and_rows_that_say_nothing_hide_neither() {
    let custom = r#""""Bot"" <1900>","1900","0901234599","ctx","PJSIP/a-1","PJSIP/b-2","Dial","x","2026-03-02 10:15:02","","2026-03-02 10:15:42","40","0","NO ANSWER","DOCUMENTATION","tet","1772421302.7","f",3"#;
    let blank = master(6).replace("\"ANSWERED\"", "\"\"");
    let text = format!("{}{blank}{custom}\n{custom}\n", master(2));
    let file = read(text);
    assert_eq!(file.phones(), ["0901234500", "0901234501", "0901234599"]);
    assert_eq!(file.reading.skipped, 6);
}

#[test]
fn guessed_columns_are_said_and_nothing_is_billed_for_longer_than_it_lasts() {
    let mut text = String::new();
    for n in 0..6 {
        let _ = writeln!(text, "2026-03-02 09:0{n}:00,100,090123450{n},20,40,ANSWERED,17724168{n}0.{n}");
    }
    let file = read(&text);
    assert_eq!(file.records[0].1.check().unwrap().talk_time, 20_000);
    assert!(warned(&file, "column 2 was taken for the caller, 3 for the number"), "{:?}", file.reading.warnings);
    for header in ["Fecha 1,Origen,Destino,Facturado2,Duracion,Estado,x", "When,,To,b,a,How,x"] {
        assert!(try_read(format!("{header}\n{text}"), &options()).is_err(), "{header}");
    }
}

#[test]
fn a_call_that_only_one_side_of_a_clock_change_has_is_where_its_uniqueid_says() {
    // Lord Howe turns by half an hour; one call comes after the change.
    let header = "calldate,dst,duration,billsec,disposition,uniqueid\n";
    let mut text = header.to_owned();
    for day in 1..=28_i64 {
        let epoch = 1_790_000_000 + day * 86_400;
        let offset = if day < 28 { 630 } else { 660 };
        let wall = chrono::DateTime::from_timestamp(epoch + offset * 60, 0).unwrap();
        let _ = writeln!(text, "{},0901{day:06},5,0,BUSY,{epoch}.{day}", wall.format("%Y-%m-%d %H:%M:%S"));
    }
    let file = read(&text);
    let last = &file.records[27].1;
    assert_eq!(last.dialed_at.0, (1_790_000_000 + 28 * 86_400) * 1_000);
}

#[test]
fn what_a_leg_called_in_one_file_and_the_number_in_another_are_the_call_of_both() {
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid,linkedid,sequence\n";
    let step = "2026-03-02 09:00:00,100,s,40,20,ANSWERED,1772416800.1,1772416800.1,1\n";
    let number = "2026-03-02 09:00:05,100,0901234501,15,0,NO ANSWER,1772416805.2,1772416800.1,2\n";
    let (first, second) = (read(format!("{header}{step}")), read(format!("{header}{number}")));
    let whole = read(format!("{header}{step}{number}"));
    assert_eq!(whole.phones(), ["0901234501"]);
    for (stored, then) in [(&first, &second), (&second, &first)] {
        let joined = Format::Asterisk.with_stored(stored.record(), then.record().clone());
        assert_eq!(joined.as_ref(), Some(whole.record()));
    }
}

#[test]
fn feature_codes_and_extensions_among_themselves_are_said() {
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid\n";
    for dst in ["*97", "vmu200", "FMPR-200", "sip:100@x.y"] {
        let file = read(format!("{header}2026-03-02 09:00:00,0900000001,{dst},40,20,ANSWERED,1772416800.0\n"));
        assert!(warned(&file, "dst is not a number"), "{dst}");
    }
    let file = read(format!("{header}2026-03-02 09:00:00,100,201,40,20,ANSWERED,1772416800.0\n"));
    assert!(warned(&file, "internal calls, imported as the others: 1"));
    let file = read(format!("{header}2026-03-02 09:00:00,anonymous,201,40,20,ANSWERED,1772416800.0\n"));
    assert!(warned(&file, "look inbound"));
}

/// FreePBX's export saved again by a spreadsheet, whose cells show eleven characters of a number.
#[test]
fn ids_that_a_spreadsheet_took_the_fraction_of_join_no_calls() {
    let header = "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,linkedid,peeraccount,sequence\n";
    let row = |n: u32, app: &str, dst: &str, id: u32, how: &str| {
        format!(
            "2026-03-02 09:00:00,100,100,{dst},from-internal,PJSIP/100-1,PJSIP/trunk-2,{app},x,30,{},{how},3,,{id},,,,100,,,,,{id},,{n}\n",
            if how == "ANSWERED" { 20 } else { 0 }
        )
    };
    let text: String = (0..6)
        .map(|n| {
            let how = if n % 2 == 0 { "BUSY" } else { "ANSWERED" };
            row(n, "Dial", &format!("091234560{n}"), 1_772_416_800 + n / 3, how)
        })
        .collect();
    let file = read(format!("{header}{text}"));
    assert_eq!((file.records.len(), file.codes()), (6, vec![("ANSWERED", 3), ("BS", 3)]));
    assert!(file.warns("has lost its fraction in a spreadsheet"), "{:?}", file.reading.warnings);
    // A leg of the bot is no call of its own.
    let legs = [row(1, "AGI", "100", 1_772_416_800, "ANSWERED"), row(2, "Dial", "0912345601", 1_772_416_801, "BUSY")];
    let file = read(format!("{header}{}", legs.concat()));
    assert_eq!((file.codes(), file.faults()), (vec![("BS", 1)], vec![(2, "uniqueid")]));
}
