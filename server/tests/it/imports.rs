//! Files of calls over HTTP: looked at, stored, undone; by whoever may, of one account.

use domain::{Role, limits::UNFINISHED_IMPORTS};
use reqwest::Method;
use serde_json::{Value, json};
use store::jobs::{CheckImport, Payload, StoreImport, TidyAccount, UndoImport};

use crate::harness::{Answer, Harness, account, both_engines, call, zstd};

/// A table of a voicebot: seven rows, of which one is answered, one busy, one not answered, one without a number, one broken, one a
/// repetition, and one of a word that nobody knows.
const TABLE: &str = "Mã,Số điện thoại,Khách hàng,Ngày gọi,Đàm thoại (giây),Kết quả,Ghi chú\n\
    1,0901234567,Lan,05/11/2026 09:00:00,42,Đồng ý,hẹn lại\n\
    2,0901234568,Hùng,05/11/2026 09:01:00,0,Máy bận,\n\
    3,0901234569,Mai,13/11/2026 09:02:00,0,Không nghe máy,\n\
    4,,,05/11/2026 09:03:00,0,Không nghe máy,\n\
    5,8.49E+10,Tú,05/11/2026 09:04:00,12,Đồng ý,\n\
    1,0901234567,Lan,05/11/2026 09:00:00,42,Đồng ý,hẹn lại\n\
    7,0901234570,Bình,05/11/2026 09:05:00,0,chả biết,\n";

/// Calls of a switch: one to a customer, one that came in, one between two extensions.
const SWITCH: &str = "calldate,src,dst,duration,billsec,disposition,uniqueid,accountcode,calltype\n\
    2026-03-02 09:00:00,100,0901234501,30,20,ANSWERED,1772416800.1,tet,Outbound\n\
    2026-03-02 09:01:00,0901234502,100,30,20,ANSWERED,1772416860.2,tet,Inbound\n\
    2026-03-02 09:02:00,100,201,30,20,ANSWERED,1772416920.3,tet,Internal\n";

async fn bring(at: &Harness, query: &str, file: impl Into<reqwest::Body>) -> Answer {
    Answer::of(at.api(Method::POST, &format!("/api/v1/import?{query}")).body(file)).await
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        archive.start_file(*name, stored).unwrap();
        std::io::Write::write_all(&mut archive, bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Does what is due of imports.
pub async fn run(at: &Harness) {
    for kind in [CheckImport::KIND, StoreImport::KIND, UndoImport::KIND] {
        at.run_due(kind).await;
    }
}

pub async fn import(at: &Harness, id: &Value) -> Value {
    at.get(&format!("/api/v1/imports/{id}")).await.is(200).json()
}

pub async fn step(at: &Harness, id: &Value, step: &str) -> Answer {
    Answer::of(at.api(Method::POST, &format!("/api/v1/imports/{id}/{step}"))).await
}

/// What both campaigns of the tests come to.
async fn totals(at: &Harness) -> Vec<Value> {
    let mut all = Vec::new();
    for campaign in ["tet", "file"] {
        let answer = at.get(&format!("/api/v1/campaigns/{campaign}/report")).await;
        let report = if answer.status == 404 { Value::Null } else { answer.is(200).json() };
        all.push(json!([report["calls"], report["customers"], report["cost"], report["by_code"]]));
    }
    all
}

/// A form with a file in it.
fn upload(at: &Harness, cookie: &str, name: &str, file: &str) -> reqwest::RequestBuilder {
    let body =
        format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{file}\r\n--x--\r\n");
    at.signed(Method::POST, "/import", cookie).header("content-type", "multipart/form-data; boundary=x").body(body)
}

async fn page(at: &Harness, path: &str, cookie: &str) -> String {
    Answer::of(at.signed(Method::GET, path, cookie).header("accept", "text/html")).await.is(200).text()
}

/// Sends a form of a page; gives where it leads.
async fn form(at: &Harness, path: &str, fields: &[(&str, &str)], cookie: &str) -> String {
    Answer::of(at.form(path, fields).header("cookie", cookie)).await.is(303).header("location").to_owned()
}

/// Sends a form of a page that is refused; gives what is shown then.
async fn refused(at: &Harness, path: &str, fields: &[(&str, &str)], cookie: &str) -> String {
    Answer::of(at.form(path, fields).header("cookie", cookie).header("accept", "text/html")).await.is(422).text()
}

/// What is chosen in the choice of this name.
fn chosen(html: &str, name: &str) -> Vec<String> {
    let (_, select) = html.split_once(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name}: {html}"));
    let (select, _) = select.split_once("</select>").unwrap();
    let options =
        select.split("<option ").skip(1).filter(|option| option.split('>').next().unwrap().contains("selected"));
    options.map(|option| option.split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned()).collect()
}

both_engines! {
    async fn a_person_brings_in_a_foreign_table_without_scripts(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        // Nobody can tell whose numbers these are, nor what was answered.
        let file = "Máy,Thời điểm,Lâu\n0901234567,5/11/2026 9:00,17\n0901234568,13/11/2026 9:01,0\n";
        let path = Answer::of(upload(at, &cookie, "lạ.csv", file)).await.is(303).header("location").to_owned();
        assert!(page(at, &path, &cookie).await.contains("Đang xem tệp"));
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains("Chờ xác nhận") && seen.contains("Còn thiếu"), "{seen}");
        let typed = [("column-0", "phone"), ("column-2", "name"), ("timezone", "Asia/Tokyo")];
        let wrong = refused(at, &format!("{path}/check"), &typed, &cookie).await;
        assert!(wrong.contains("Chưa đủ để đọc") && wrong.contains("value=\"Asia/Tokyo\""), "{wrong}");
        assert!(chosen(&wrong, "column-0").contains(&"phone".to_owned()), "{wrong}");
        assert!(chosen(&wrong, "column-2").contains(&"name".to_owned()), "{wrong}");
        // Nor is a file begun that cannot be read.
        let fields = [("campaign", "tet")];
        assert!(refused(at, &format!("{path}/store"), &fields, &cookie).await.contains("Chưa đủ để đọc"));
        let columns = [("column-0", "phone"), ("column-1", "dialed_at"), ("column-2", "talk"), ("timezone", "Nowhere")];
        let wrong = refused(at, &format!("{path}/check"), &columns, &cookie).await;
        assert!(wrong.contains("Hãy nhập một múi giờ") && wrong.contains("value=\"Nowhere\""), "{wrong}");
        assert!(chosen(&wrong, "column-2").contains(&"talk".to_owned()), "{wrong}");
        assert_eq!(form(at, &format!("{path}/check"), &columns[..3], &cookie).await, path);
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains("2 cuộc gọi đầu tiên") && seen.contains("0901234568"), "{seen}");
        let fields = [("campaign", ""), ("new", ""), ("mapping_name", "Máy bot")];
        let wrong = refused(at, &format!("{path}/store"), &fields, &cookie).await;
        assert!(wrong.contains("Hãy chọn một chiến dịch") && wrong.contains("value=\"Máy bot\""), "{wrong}");
        let fields = [("campaign", "tet"), ("mapping_name", "Máy bot")];
        assert_eq!(form(at, &format!("{path}/store"), &fields, &cookie).await, path);
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains("Đã nhập") && seen.contains("Hoàn tác"), "{seen}");
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(json!([report["calls"]["total"], report["calls"]["success"]]), json!([2, 1]));

        // The next file of this header needs no words.
        let next = "Máy,Thời điểm,Lâu\n0901234569,14/11/2026 9:00,5\n";
        let second = Answer::of(upload(at, &cookie, "hai.csv", next)).await.is(303).header("location").to_owned();
        run(at).await;
        let seen = page(at, &second, &cookie).await;
        assert!(seen.contains("Máy bot") && !seen.contains("Còn thiếu"), "{seen}");
        assert_eq!(form(at, &format!("{second}/drop"), &[], &cookie).await, "/import");

        assert_eq!(form(at, &format!("{path}/undo"), &[], &cookie).await, path);
        run(at).await;
        assert!(page(at, &path, &cookie).await.contains("Đã hoàn tác"));
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(json!([report["calls"]["total"], report["customers"]["total"]]), json!([0, 0]));
        let listed = page(at, "/import", &cookie).await;
        assert!(listed.contains("lạ.csv") && listed.contains("hai.csv"), "{listed}");
        let none = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        let none = at.signed(Method::POST, "/import", &cookie).body(none);
        let none = none.header("content-type", "multipart/form-data; boundary=x").header("accept", "text/html");
        let again = Answer::of(none).await.is(422).text();
        assert!(again.contains("Hãy chọn ít nhất một tệp") && again.contains("enctype=\"multipart/form-data\""), "{again}");
        let empty = Answer::of(upload(at, &cookie, "không.csv", "").header("accept", "text/html")).await.is(422).text();
        assert!(empty.contains("Hãy chọn ít nhất một tệp") && empty.contains("action=\"/import?account="), "{empty}");
    }

    async fn words_for_results_get_their_meaning_on_the_page(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        let file = "SĐT,Ngày gọi,Kết quả\n\
            0901234567,13/11/2026 9:00,Đã nghe máy\n0901234568,13/11/2026 9:01,Máy lạ\n0901234569,13/11/2026 9:02,Nóng\n\
            0901234570,13/11/2026 9:03,Máy lạ\n0901234571,13/11/2026 9:04,Gọi thử\n0901234572,13/11/2026 9:05,Bận\n";
        let path = Answer::of(upload(at, &cookie, "từ.csv", file)).await.is(303).header("location").to_owned();
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        // The most frequent first; one that is busy is that.
        let words = ["Máy lạ", "Gọi thử", "Nóng"];
        let places: Vec<_> = words.iter().map(|word| seen.find(&format!("Nghĩa của “{word}”")).expect(word)).collect();
        assert!(places.is_sorted() && !seen.contains("Nghĩa của “Bận”"), "{seen}");
        assert!(seen.contains("Mã riêng “Nóng”: khách đã nghe máy") && !seen.contains("Nhớ nghĩa các từ"), "{seen}");
        let columns = [("column-0", "phone"), ("column-1", "dialed_at"), ("column-2", "result")];
        let with = |words: &[(&'static str, &'static str)]| [&columns, words].concat();
        let typed = with(&[("word-0", "CU"), ("word-1", "skip"), ("word-2", "HOT"), ("timezone", "Nowhere")]);
        let wrong = refused(at, &format!("{path}/check"), &typed, &cookie).await;
        assert_eq!([chosen(&wrong, "word-0"), chosen(&wrong, "word-2")], [["CU"], ["HOT"]], "{wrong}");
        assert_eq!(form(at, &format!("{path}/check"), &typed[..6], &cookie).await, path);
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        let found = import(at, &json!(path.trim_start_matches("/import/").parse::<i64>().unwrap())).await["found"].take();
        assert_eq!(json!([found["new"], found["rejected"], found["files"][0]["left_out"]]), json!([5, 0, 1]), "{found}");
        assert_eq!(json!([found["success"], found["failed"], found["error"]]), json!([2, 1, 2]), "{found}");
        assert_eq!(found["table"]["results"], json!({"Máy lạ": "CU", "Gọi thử": "skip", "Nóng": "HOT"}));
        assert!(seen.contains("Nhớ nghĩa các từ") && seen.contains("Máy lạ = CU, Nóng = HOT"), "{seen}");
        assert_eq!(chosen(&seen, "word-0"), ["skip"], "what was said stays to be corrected: {seen}");
        let fields = [("campaign", "tet"), ("mapping_name", "Bảng từ"), ("keep_words", "true")];
        assert_eq!(form(at, &format!("{path}/store"), &fields, &cookie).await, path);
        run(at).await;
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        let calls = &report["calls"];
        assert_eq!(json!([calls["success"], calls["failed"], calls["error"]]), json!([2, 1, 2]), "{report}");
        let words = at.get("/api/v1/result-words").await.is(200).json();
        let own = words["result_words"].as_array().unwrap().iter().filter(|word| word["is_default"] == false);
        let own: Vec<_> = own.map(|word| (word["word"].as_str().unwrap(), word["code"].as_str().unwrap())).collect();
        assert_eq!(own, [("Máy lạ", "CU"), ("Nóng", "HOT")]);

        // The account understands them in files of other headers, and the mapping in those of this one.
        let other = "phone;called at;status\n0901234573;2026-11-14 9:00;MÁY LẠ\n0901234574;2026-11-14 9:01;Máy lạ\n";
        for (name, file, expected) in [("khác.csv", other, json!([2, 0])), ("lại.csv", file, json!([0, 0]))] {
            let path = Answer::of(upload(at, &cookie, name, file)).await.is(303).header("location").to_owned();
            run(at).await;
            let found = import(at, &json!(path.trim_start_matches("/import/").parse::<i64>().unwrap())).await["found"].take();
            assert_eq!(json!([found["new"], found["rejected"]]), expected, "{found}");
        }
    }

    async fn a_file_that_was_brought_in_already_changes_nothing_wherever_it_is_put(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        bring(at, "campaign=file&create=true", TABLE).await.is(202);
        run(at).await;
        let path = Answer::of(upload(at, &cookie, "lại.csv", TABLE)).await.is(303).header("location").to_owned();
        run(at).await;
        let found = import(at, &json!(path.trim_start_matches("/import/").parse::<i64>().unwrap())).await["found"].take();
        let counts = json!([found["needs_campaign"], found["new"], found["changed"], found["unchanged"]]);
        assert_eq!(counts, json!([true, 0, 0, 3]), "{found}");
        let listed = page(at, "/import", &cookie).await;
        assert!(listed.contains("3 đã có sẵn") && !listed.contains("thay đổi ·"), "{listed}");
    }

    async fn the_voicebot_of_an_import_has_a_name_in_the_accounts_language_and_goes_with_it(at) {
        let voicebots = async || {
            let listed = at.get("/api/v1/voicebots").await.is(200).json()["voicebots"].take();
            let names = listed.as_array().unwrap().iter().map(|known| known["name"].as_str().unwrap().to_owned());
            names.collect::<Vec<_>>()
        };
        at.stock().await;
        let before = voicebots().await;
        let id = bring(at, "campaign=file&create=true", TABLE).await.is(202).json()["id"].clone();
        run(at).await;
        let made = voicebots().await;
        assert_eq!(made.len(), before.len() + 1, "{made:?}");
        assert!(made.contains(&"Không rõ voicebot".to_owned()), "{made:?}");
        step(at, &id, "undo").await.is(202);
        run(at).await;
        assert_eq!(voicebots().await, before);

        // What else uses it keeps it.
        let id = bring(at, "campaign=file&create=true", TABLE).await.is(202).json()["id"].clone();
        run(at).await;
        let other = TABLE.replace("2026", "2025").replace("\n1,", "\n91,").replace("\n2,", "\n92,").replace("\n3,", "\n93,");
        bring(at, "campaign=other&create=true", other).await.is(202);
        run(at).await;
        step(at, &id, "undo").await.is(202);
        run(at).await;
        assert_eq!(voicebots().await, made);
    }

    async fn a_call_that_is_stored_under_its_former_id_with_the_callers_number_stays_one(at) {
        at.stock().await;
        let file = "Account Code,Caller Number,Callee Number,Context,CallerID Number,Source Channel,Dest. Channel,Last app.,Last date,Start Time,\
            Answer Time,End Time,Call Time,Talk Time,Disposition,AMA Flags,Unique ID,Log Userfield,Dest Channel Extension,Caller Name,\
            Answered by,Session,Premier Caller,Action Type,Source Trunk Name,Destination Trunk Name\r\n\
            ,0901234502,100,c,x,PJSIP/1,PJSIP/2,Dial,x,2026-03-02 09:00:00,2026-03-02 09:00:10,2026-03-02 09:00:40,40,30,ANSWERED,DOCUMENTATION,\
            1772416800.10,Inbound,,Agent,,1772416800000-0901234502,,DIAL,,T\r\n";
        let former = "asterisk:1772416800000-0901234502";
        let mut stored = call(former, "kh-1", "2026-03-02T09:00:00+07:00", 4_000, Some(9_000), "DY");
        stored["contact"] = json!({"phone": "0901234502"});
        at.post("/api/v1/calls", &json!([stored])).await.is(200);
        bring(at, "campaign=tet", file).await.is(202);
        run(at).await;
        let ids = async |campaign: &str| {
            let calls = at.get(&format!("/api/v1/campaigns/{campaign}/calls")).await.is(200).json()["calls"].take();
            calls.as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids("tet").await, [former]);
        // Of one that is new no number stands in the id.
        bring(at, "campaign=file&create=true", file.replace("0901234502", "0901234503")).await.is(202);
        run(at).await;
        let new = ids("file").await;
        assert!(new.len() == 1 && new[0].starts_with("asterisk:1772416800000-#"), "{new:?}");
    }

    async fn the_unit_of_lengths_is_asked_for_and_chosen_on_the_page(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        // Minutes or seconds; and the time of day stands before its date.
        let file = "Phone,Giờ gọi,Ngày gọi,Talk,Result\n0901234567,9:00,13/11/2026,2.0833,HOT\n0901234568,9:01,13/11/2026,1.0833,HOT\n";
        let path = Answer::of(upload(at, &cookie, "phút.csv", file)).await.is(303).header("location").to_owned();
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains("Đơn vị của cột “Talk”: phần lẻ có thể là của phút"), "{seen}");
        let columns = [("column-0", "phone"), ("column-1", "dialed_at"), ("column-2", "dialed_at"), ("column-3", "talk"), ("column-4", "result"), ("unit", "min")];
        assert_eq!(form(at, &format!("{path}/check"), &columns, &cookie).await, path);
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains("2 cuộc gọi đầu tiên") && !seen.contains("Còn thiếu"), "{seen}");
        assert_eq!(form(at, &format!("{path}/store"), &[("campaign", "tet")], &cookie).await, path);
        run(at).await;
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(json!([report["calls"]["success"], report["talk_time"]]), json!([2, 124_998 + 64_998]));
    }

    async fn what_readers_say_is_in_the_language_of_whoever_reads(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        let path = Answer::of(upload(at, &cookie, "a.csv", TABLE)).await.is(303).header("location").to_owned();
        run(at).await;
        let vietnamese = "bị Excel làm tròn, mất các chữ số cuối";
        let english = "was rounded by a spreadsheet, its last digits are lost";
        let english_page = format!("{cookie}; lang=en");
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains(vietnamese) && seen.contains("“chả biết” chưa rõ nghĩa"), "{seen}");
        assert!(!seen.contains("<span lang=\"en\""), "{seen}");
        let seen = page(at, &path, &english_page).await;
        assert!(seen.contains(english) && !seen.contains(vietnamese), "{seen}");
        form(at, &format!("{path}/store"), &[("campaign", "tet")], &cookie).await;
        run(at).await;
        let report = format!("{path}/report");
        let said = page(at, &report, &cookie).await;
        assert!(said.lines().all(|line| line.ends_with(": loại")) && said.contains(vietnamese), "{said}");
        let said = page(at, &report, &english_page).await;
        assert!(said.lines().all(|line| line.ends_with(": rejected")) && said.contains(english), "{said}");
        let key = path.rsplit('/').next().unwrap();
        let said = at.get(&format!("/api/v1/imports/{key}/report")).await.is(200).text();
        assert!(said.contains(english), "programs read what was found in English: {said}");
    }

    async fn calls_that_came_in_are_left_out_or_put_into_a_campaign_of_their_own(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        let answer = bring(at, "campaign=tet&inbound=leave", SWITCH).await.is(202).json();
        run(at).await;
        let done = import(at, &answer["id"]).await;
        let (stored, file) = (&done["stored"], &done["stored"]["files"][0]);
        assert_eq!(json!([stored["accepted"], file["calls"], file["inbound"], file["internal"]]), json!([1, 1, 1, 1]), "{done}");
        let too_long = format!("inbound={}", "x".repeat(129));
        bring(at, &too_long, SWITCH).await.is_problem(422);

        let path = Answer::of(upload(at, &cookie, "pbx.csv", SWITCH)).await.is(303).header("location").to_owned();
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains("Tệp có 1 cuộc gọi đến, 1 cuộc gọi nội bộ và 0 cuộc gọi vào hộp thư thoại của mình"), "{seen}");
        let check = format!("{path}/check");
        let wrong = refused(at, &check, &[("inbound", "campaign"), ("inbound_campaign", "")], &cookie).await;
        assert!(wrong.contains("Hãy điền mục này."), "{wrong}");
        assert!(chosen(&wrong, "inbound").contains(&"campaign".to_owned()), "{wrong}");
        assert_eq!(form(at, &check, &[("inbound", "campaign"), ("inbound_campaign", "hotline")], &cookie).await, path);
        run(at).await;
        let seen = page(at, &path, &cookie).await;
        assert!(seen.contains("Cuộc gọi đến, đưa vào chiến dịch hotline: 1"), "{seen}");
        assert_eq!(form(at, &format!("{path}/store"), &[("campaign", "")], &cookie).await, path);
        run(at).await;
        let report = at.get("/api/v1/campaigns/hotline/report").await.is(200).json();
        assert_eq!(report["calls"]["total"], 2);
        let report = at.get("/api/v1/campaigns/tet/report").await.is(200).json();
        assert_eq!(report["calls"]["total"], 1);
    }

    async fn only_managers_and_owners_of_the_account_bring_in_files(at) {
        at.stock().await;
        at.user("xem@cty.vn", Role::Viewer).await;
        at.user("ql@cty.vn", Role::Manager).await;
        let (other, _) = account(&at.server.db, "Người lạ").await;
        crate::harness::user(&at.server.db, &other, "la@khac.vn", Role::Owner).await;
        let [manager, viewer, stranger] = [at.sign_in("ql@cty.vn").await, at.sign_in("xem@cty.vn").await, at.sign_in("la@khac.vn").await];
        let path = Answer::of(upload(at, &manager, "a.csv", TABLE)).await.is(303).header("location").to_owned();
        run(at).await;
        let forms = ["check", "store", "drop", "undo"].map(|step| format!("{path}/{step}"));
        for (cookie, status) in [(&viewer, 404), (&stranger, 404)] {
            for form in &forms {
                Answer::of(at.form(form, &[("new", "x")]).header("cookie", cookie)).await.is_problem(status);
            }
            Answer::of(at.signed(Method::GET, &format!("{path}/report"), cookie)).await.is_problem(status);
            let answer = Answer::of(at.signed(Method::GET, &path, cookie).header("accept", "text/html")).await.is(status);
            assert!(!answer.text().contains("0901234567"));
            let function = format!("/fn/imports?key={}&query=", path.trim_start_matches("/import/"));
            let answer = Answer::of(at.signed(Method::GET, &function, cookie).header("accept", "application/json")).await;
            assert!(answer.status.as_u16() >= 400 && !answer.text().contains("0901234567"), "{}", answer.text());
        }
        Answer::of(upload(at, &viewer, "a.csv", TABLE)).await.is_problem(404);
        let nobody = at.form(&format!("{path}/store"), &[("new", "x")]).header("accept", "application/json");
        Answer::of(nobody).await.is_problem(401);
        assert_eq!(import(at, &json!(path.trim_start_matches("/import/").parse::<i64>().unwrap())).await["state"], "checked");
    }

    async fn a_table_is_looked_at_stored_and_undone(at) {
        at.stock().await;
        let others = [call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY")];
        at.post("/api/v1/calls", &json!(others)).await.is(200);
        let before = totals(at).await;

        let answer = bring(at, "name=G%E1%BB%8Di.csv&campaign=file&create=true&check=true", TABLE).await.is(202);
        let id = answer.json()["id"].clone();
        assert_eq!(answer.header("location"), format!("/api/v1/imports/{id}"));
        assert_eq!((&answer.json()["state"], &answer.json()["name"]), (&json!("checking"), &json!("Gọi.csv")));
        run(at).await;
        let checked = import(at, &id).await;
        let found = &checked["found"];
        assert_eq!(checked["state"], "checked", "{checked}");
        assert_eq!(json!([found["new"], found["changed"], found["unchanged"], found["rejected"]]), json!([3, 0, 0, 3]));
        assert_eq!(json!([found["success"], found["failed"], found["error"]]), json!([1, 2, 0]));
        assert_eq!(found["files"][0]["duplicates"], 1);
        assert_eq!((&found["files"][0]["zone"], &found["files"][0]["zone_is_assumed"]), (&json!("Asia/Ho_Chi_Minh"), &json!(true)));
        assert_eq!(found["files"][0]["order_is_assumed"], false, "there is a 13th: {found}");
        assert_eq!(found["table"]["fields"]["phone"], json!(["Số điện thoại"]), "{found}");
        assert_eq!(found["campaigns"], json!({"file": {"calls": 3, "is_known": false}}));
        assert_eq!(found["calls"].as_array().unwrap().len(), 3);
        assert_eq!(found["calls"][0]["contact"]["phone"], "0901234567");
        assert_eq!(totals(at).await, before, "looking changes nothing");

        step(at, &id, "undo").await.is_problem(409);
        step(at, &id, "store").await.is(202);
        step(at, &id, "store").await.is_problem(409);
        run(at).await;
        let done = import(at, &id).await;
        let stored = &done["stored"];
        assert_eq!(done["state"], "done", "{done}");
        assert_eq!(
            json!([stored["accepted"], stored["updated"], stored["unchanged"], stored["rejected"]]),
            json!([3, 0, 0, 3])
        );
        let report = at.get("/api/v1/campaigns/file/report").await.is(200).json();
        assert_eq!(json!([report["calls"]["total"], report["calls"]["success"], report["customers"]["total"]]), json!([3, 1, 3]));
        let lines = at.get(&format!("/api/v1/imports/{id}/report")).await.is(200).text();
        assert!(lines.contains("Gọi.csv:6: ") && lines.contains("Gọi.csv:8: ") && lines.contains("chả biết"), "{lines}");
        assert_eq!(lines.lines().filter(|line| line.contains(": rejected")).count(), 3, "{lines}");

        // The same again changes nothing, and undoing that changes nothing either.
        let again = bring(at, "campaign=file&create=true", TABLE).await.is(202).json()["id"].clone();
        run(at).await;
        let second = import(at, &again).await;
        assert_eq!(json!([second["stored"]["accepted"], second["stored"]["unchanged"]]), json!([0, 3]), "{second}");
        step(at, &again, "undo").await.is(202);
        run(at).await;
        assert_eq!(import(at, &again).await["state"], "undone");

        step(at, &id, "undo").await.is(202);
        run(at).await;
        assert_eq!(import(at, &id).await["state"], "undone");
        let after = totals(at).await;
        assert_eq!(after[0], before[0]);
        // It made the campaign.
        at.get("/api/v1/campaigns/file").await.is_problem(404);
        step(at, &id, "undo").await.is_problem(409);
        assert_eq!(at.get("/api/v1/imports?limit=1").await.is(200).json()["imports"][0]["id"], again);
    }

    async fn what_was_changed_since_keeps_an_import_from_being_undone(at) {
        at.stock().await;
        let one = |code: &str| json!([call("c-1", "kh-1", "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), code)]);
        let id = bring(at, "name=own.json", one("DY").to_string()).await.is(202).json()["id"].clone();
        run(at).await;
        assert_eq!(import(at, &id).await["stored"]["accepted"], 1);
        at.post("/api/v1/calls", &one("TC")).await.is(200);
        let problem = step(at, &id, "undo").await.is_problem(409);
        assert!(problem["detail"].as_str().unwrap().starts_with("1 of its calls"), "{problem}");
        assert_eq!(import(at, &id).await["state"], "done");
    }

    async fn what_a_file_stored_before_it_broke_can_be_undone(at) {
        at.stock().await;
        let calls = (0..20_000).map(|n| {
            call(&format!("c-{n}"), &format!("kh-{n}"), "2026-11-05T09:00:00+07:00", 4_000, Some(9_000), "DY").to_string()
        });
        let whole = zstd(calls.collect::<Vec<_>>().join("\n").as_bytes()).await;
        let id = bring(at, "name=cut.zst", whole[..whole.len() - 40].to_vec()).await.is(202).json()["id"].clone();
        run(at).await;
        let failed = import(at, &id).await;
        assert_eq!(failed["state"], "failed", "{failed}");
        let total = async || at.get("/api/v1/campaigns/tet/report").await.is(200).json()["calls"]["total"].clone();
        let stored = total().await.as_u64().unwrap();
        assert!((1..20_000).contains(&stored), "{stored}");
        Answer::of(at.api(Method::DELETE, &format!("/api/v1/imports/{id}"))).await.is_problem(409);
        step(at, &id, "undo").await.is(202);
        run(at).await;
        assert_eq!(import(at, &id).await["state"], "undone");
        assert_eq!(total().await, 0);
    }

    async fn what_cannot_be_read_waits_for_nobody(at) {
        at.stock().await;
        at.user("ql@cty.vn", Role::Manager).await;
        let cookie = at.sign_in("ql@cty.vn").await;
        for (name, file, said) in [
            ("ảnh.csv", "%PDF-1.7 x", "không phải bảng cuộc gọi"),
            ("tiêu đề.csv", "SĐT,Ngày gọi,Kết quả,Đàm thoại\n", "Tệp chỉ có dòng tiêu đề"),
        ] {
            let path = Answer::of(upload(at, &cookie, name, file)).await.is(303).header("location").to_owned();
            run(at).await;
            for seen in [page(at, &path, &cookie).await, page(at, "/import", &cookie).await] {
                assert!(seen.contains("Không đọc được") && !seen.contains("Chờ xác nhận"), "{name}: {seen}");
            }
            assert!(page(at, &path, &cookie).await.contains(said), "{name}");
        }
    }

    async fn what_is_no_file_of_calls_is_said_by_name(at) {
        at.stock().await;
        let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 4_000]].concat();
        let open_document = zipped(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".as_slice()),
            ("content.xml", b"<office:document-content/>"),
            ("Thumbnails/thumbnail.png", &picture),
        ]);
        let cut = zipped(&[("calls.csv", TABLE.as_bytes())])[..200].to_vec();
        for (file, why) in [
            (picture, "a picture (PNG)"),
            (b"a,b\n1,2\n".to_vec(), "columns"),
            (open_document, "(ODS): save it as XLSX"),
            (cut, "it was cut off"),
        ] {
            let id = bring(at, "name=x&check=true", file.clone()).await.is(202).json()["id"].clone();
            run(at).await;
            let checked = import(at, &id).await;
            assert_eq!(checked["state"], "checked");
            let refused = checked["found"]["files"][0]["refused"].as_str().unwrap();
            assert!(refused.contains(why), "{refused}");
            Answer::of(at.api(Method::DELETE, &format!("/api/v1/imports/{id}"))).await.is(204);
            let id = bring(at, "name=x", file).await.is(202).json()["id"].clone();
            run(at).await;
            let failed = import(at, &id).await;
            assert_eq!(failed["state"], "failed");
            assert!(failed["failure"].as_str().is_some_and(|failure| failure.contains(why)), "{failed}");
        }
        bring(at, "", "").await.names(422, "body");
        bring(at, "format=excel", "x").await.names(422, "format");
        bring(at, "timezone=Hanoi", "x").await.names(422, "timezone");
        bring(at, "mapping=none", "x").await.names(422, "mapping");
        bring(at, "mode=x", "x").await.names(422, "mode");
        bring(at, "create=yes", "x").await.names(422, "create");
        bring(at, "check=maybe", "x").await.names(422, "check");
        for path in ["/api/v1/imports/99", "/api/v1/imports/99/report"] {
            at.get(path).await.is_problem(404);
        }
    }

    async fn own_records_mean_in_a_file_what_they_mean_to_the_api(at) {
        at.stock().await;
        let text = "Khách nói chuyện rất lâu và hẹn gọi lại vào thứ hai tuần sau";
        let results =
            ["NO_ANSWER", " no-answer ", "Không nghe máy", "BUSY", "máy bận", "FAILED", "Thuê bao", "na", "DY", text];
        let records = |prefix: &str, first: usize| -> Vec<Value> {
            let record = |(n, result): (usize, &&str)| {
                let answered = (*result == "DY" || *result == text).then_some(9_000);
                let (id, customer) = (format!("{prefix}-{n}"), format!("kh-{}", first + n));
                call(&id, &customer, "2026-11-04T09:00:00+07:00", 5_000, answered, result)
            };
            results.iter().enumerate().map(record).collect()
        };
        let file = records("file", 100).iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let begun = bring(at, "name=own.ndjson", file).await.is(202).json();
        run(at).await;
        let done = import(at, &begun["id"]).await;
        assert_eq!((&done["stored"]["accepted"], &done["stored"]["rejected"]), (&json!(10), &json!(0)), "{done}");
        at.post("/api/v1/calls", &json!(records("api", 200))).await.is(200);

        let codes = async |prefix: &str| {
            let mut codes = Vec::new();
            for n in 0..results.len() {
                let call = at.get(&format!("/api/v1/calls/{prefix}-{n}")).await.is(200).json();
                codes.push(json!([call["result_code"], call["class"], call["attributes"]["note"]]));
            }
            codes
        };
        let stored = codes("file").await;
        let words: Vec<&str> = stored.iter().map(|call| call[0].as_str().unwrap()).collect();
        assert_eq!(words, ["NA", "NA", "NA", "BS", "BS", "CU", "CU", "NA", "DY", "undefined"]);
        assert_eq!(stored[9][2], text);
        assert_eq!(stored, codes("api").await);
    }

    async fn a_mapping_is_kept_under_a_name_and_used_by_it(at) {
        at.stock().await;
        let odd = "a;b;c;d\n0901234567;5/11/2026 9:00;17;có\n0901234568;5/11/2026 9:01;0;không\n";
        let mapping = "[columns]\nphone = \"a\"\ndialed_at = \"b\"\ntalk = \"c\"\n";
        let put = async |text: &'static str| {
            Answer::of(at.api(Method::PUT, "/api/v1/mappings/bot%20A").body(text)).await
        };
        put("[columns]\nphone = \"a\"\n").await.names(422, "body");
        put(mapping).await.is(201);
        put(mapping).await.is(200);
        let listed = at.get("/api/v1/mappings").await.is(200).json();
        assert_eq!(listed["mappings"][0]["name"], "bot A");
        let id = bring(at, "mapping=bot%20A&campaign=tet", odd).await.is(202).json()["id"].clone();
        run(at).await;
        let done = import(at, &id).await;
        assert_eq!(done["stored"]["accepted"], 2, "{done}");
        Answer::of(at.api(Method::DELETE, "/api/v1/mappings/bot%20A")).await.is(204);
        Answer::of(at.api(Method::DELETE, "/api/v1/mappings/bot%20A")).await.is_problem(404);
    }

    async fn an_account_has_so_many_files_under_way(at) {
        at.stock().await;
        for _ in 0..UNFINISHED_IMPORTS {
            bring(at, "check=true", TABLE).await.is(202);
        }
        bring(at, "check=true", TABLE).await.is_problem(429);
        run(at).await;
        bring(at, "check=true", TABLE).await.is(202);
    }

    async fn imports_are_of_one_account(at) {
        at.stock().await;
        let id = bring(at, "campaign=file&create=true&check=true", TABLE).await.is(202).json()["id"].clone();
        run(at).await;
        let (_, stranger) = account(&at.server.db, "Người lạ").await;
        let ask = async |method: Method, path: String| {
            let request = at.bare(method, &path).header("authorization", format!("Bearer {stranger}"));
            Answer::of(request).await
        };
        ask(Method::GET, format!("/api/v1/imports/{id}")).await.is_problem(404);
        ask(Method::GET, format!("/api/v1/imports/{id}/report")).await.is_problem(404);
        ask(Method::POST, format!("/api/v1/imports/{id}/store")).await.is_problem(404);
        ask(Method::POST, format!("/api/v1/imports/{id}/undo")).await.is_problem(404);
        ask(Method::DELETE, format!("/api/v1/imports/{id}")).await.is_problem(404);
        assert_eq!(ask(Method::GET, "/api/v1/imports".to_owned()).await.is(200).json()["imports"], json!([]));
        assert_eq!(import(at, &id).await["state"], "checked");
    }

    async fn files_and_reports_are_kept_for_a_while(at) {
        at.stock().await;
        let objects = || {
            let folder = at.folder.path().join(format!("recordings/{}", at.scope.account()));
            std::fs::read_dir(folder).map_or(0, Iterator::count)
        };
        let checked = bring(at, "campaign=file&create=true&check=true", TABLE).await.is(202).json()["id"].clone();
        let done = bring(at, "campaign=file&create=true", TABLE).await.is(202).json()["id"].clone();
        run(at).await;
        assert_eq!(objects(), 3, "two files, and a report");
        let day = 24 * 60 * 60 * 1_000;
        let tidy = async |days: i64| {
            at.pass(days * day);
            at.run_due(TidyAccount::KIND).await;
        };
        tidy(2).await;
        assert_eq!(objects(), 2, "the file that is stored is needed no more");
        tidy(6).await;
        tidy(2).await;
        assert_eq!(objects(), 1, "nobody wanted the other one stored");
        assert_eq!(import(at, &checked).await["state"], "dropped");
        tidy(31).await;
        tidy(2).await;
        assert_eq!(objects(), 0);
        at.get(&format!("/api/v1/imports/{done}/report")).await.is_problem(404);
        assert_eq!(import(at, &done).await["stored"]["accepted"], 3, "what happened stays listed");
    }
}
