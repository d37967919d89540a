//! The program as it is typed.

use std::{
    fmt::Write,
    path::Path,
    process::{Command, Output},
};

use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{gzip, run};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        program(self.folder.path(), arguments)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it with success and gives what it printed.
    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it without success: one line, which it gives.
    #[track_caller]
    fn fails(&self, arguments: &[&str]) -> String {
        self.fails_with(1, arguments)
    }

    #[track_caller]
    fn fails_with(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with("ringside: ") && !text.contains("panicked"), "{text}");
        text
    }
}

/// The program in a folder of its own, without the settings of whoever runs the tests.
pub fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringside"));
    command.args(arguments).current_dir(folder);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RINGSIDE_")) {
        command.env_remove(name);
    }
    command
}

#[cfg(unix)]
#[test]
fn what_the_program_writes_is_for_its_own_user() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    place.ok(&["backup", &place.path("copy.db")]);
    for name in ["data", "data/ringside.db", "copy.db"] {
        let mode = std::fs::metadata(place.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
}

/// What a program prints whose reader has left.
#[cfg(unix)]
#[test]
fn a_reader_that_leaves_ends_a_command_quietly() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = place.command(&["account", "list"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(141), ""));
}

#[test]
fn what_came_in_before_a_file_breaks_off_is_counted() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    let mut lines = String::new();
    for n in 0..30_000_i64 {
        let (dialed, ended) = (1_793_757_600_000 + n, 1_793_757_610_000 + 7 * n);
        let call = json!({"id": format!("c-{n}"), "campaign": "tet", "contact": {"phone": format!("09{n:08}")},
            "dialed_at": dialed, "ended_at": ended, "result_code": "NA"});
        writeln!(lines, "{call}").unwrap();
    }
    let packed = run(gzip(lines.as_bytes()));
    std::fs::write(place.path("whole.gz"), &packed).unwrap();
    std::fs::write(place.path("cut.gz"), &packed[..packed.len() - 2_000]).unwrap();
    std::fs::write(place.path("nothing.csv"), "").unwrap();
    std::fs::write(place.path("cut.zip"), b"PK\x03\x04\x14\0\0\0").unwrap();

    let cut = place.run(&["import", "cut.gz", "--account", "A", "--create"]);
    let said = String::from_utf8(cut.stdout).unwrap();
    assert_eq!(cut.status.code(), Some(1), "{said}");
    let (_, accepted) = said.split_once("cut.gz: before it could not be read on, ").unwrap_or_else(|| panic!("{said}"));
    let accepted: u64 = accepted.split_once(" accepted, 0 updated").unwrap().0.parse().unwrap();
    assert!((1..30_000).contains(&accepted), "{said}");
    assert!(String::from_utf8(cut.stderr).unwrap().contains("ringside: cut.gz: reading failed"));
    let whole = place.ok(&["import", "whole.gz", "--account", "A", "--create"]);
    assert!(whole.contains(&format!("{} accepted, 0 updated, {accepted} unchanged", 30_000 - accepted)), "{whole}");

    for nothing in ["nothing.csv", "cut.zip"] {
        let output = place.run(&["import", nothing, "--account", "A", "--create"]);
        assert_eq!(output.status.code(), Some(2), "{nothing}: {output:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_password_in_the_databases_address_is_never_printed() {
    let place = Place::new();
    // A socket that is not there is found out at once.
    for address in [
        "postgres://ring:s3cret@localhost/x?host=/nowhere",
        "postgres://localhost/x?user=ring&host=/nowhere&password=s3cret",
        "postgres://localhost/x?host=/nowhere&p%61ssword=s3cret",
        "postgres://localhost/x?host=/nowhere&passwd=s3cret",
        "postgres://localhost/x?host=/nowhere&password=a&s3cret",
        "postgres://localhost:port/x?host=/nowhere&password=s3cret",
        "mysql://ring:s3cret@localhost/x",
    ] {
        let mut command = place.command(&["account", "add", "A"]);
        let output = command.env("RINGSIDE_DATABASE_URL", address).env("RINGSIDE_LOG", "trace").output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{address}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!text.contains("s3cret"), "{address}: {text}");
        assert!(text.contains("localhost") || text.contains("RINGSIDE_DATABASE_URL"), "{address}: {text}");
    }
}

#[test]
fn an_account_gets_users_tokens_calls_and_a_backup() {
    let place = Place::new();
    assert!(place.ok(&["account", "add", "An Tâm"]).contains("Asia/Ho_Chi_Minh"));
    assert!(place.fails(&["account", "add", "An Tâm"]).contains("name"));
    assert!(place.ok(&["account", "country", "An Tâm", "sg"]).contains("SG"));
    assert!(place.ok(&["account", "country", "An Tâm", "VN"]).contains("VN"));
    let link = place.ok(&["user", "add", "lan@cty.vn", "--account", "An Tâm", "--role", "owner"]);
    assert!(link.starts_with("http://127.0.0.1:3000/set-password?link="), "{link}");
    assert!(place.fails(&["user", "add", "lan@cty.vn", "--account", "An Tâm", "--role", "viewer"]).contains("email"));
    let token = place.ok(&["token", "add", "crm", "--account", "An Tâm"]);
    assert!(token.starts_with("rs_") && token.lines().count() == 1, "{token}");
    assert!(place.fails(&["token", "add", "crm", "--account", "Nobody"]).contains("Nobody"));

    let lines: Vec<String> = (0..250)
        .map(|n| {
            let code = if n % 5 == 4 { "NA" } else { "DY" };
            let mut record = json!({"id": format!("c-{n}"), "campaign": "tet", "voicebot": "bot", "contact": {"phone": format!("09{n:08}")},
                "dialed_at": 1_793_757_600_000_i64 + n * 60_000, "ended_at": 1_793_757_610_000_i64 + n * 61_000, "result_code": code});
            if code == "DY" {
                record["answered_at"] = json!(1_793_757_605_000_i64 + n * 60_000);
            }
            record.to_string()
        })
        .collect();
    std::fs::write(place.path("calls.ndjson"), lines.join("\n")).unwrap();
    let refused = place.run(&["import", "calls.ndjson", "--account", "An Tâm"]);
    assert_eq!(refused.status.code(), Some(2), "no such campaign: nothing is stored");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("calls.ndjson:1: campaign: is not known; send it first: rejected (call c-0)"), "{said}");
    // A hundred lines on the screen, all in the file, and their number by reason.
    assert_eq!(said.lines().count(), 101, "{said}");
    let counted = String::from_utf8_lossy(&refused.stdout);
    assert!(counted.contains("campaign: is not known; send it first: rejected: 250"), "{counted}");
    place.run(&["import", "calls.ndjson", "--account", "An Tâm", "--report", "report.txt"]);
    assert_eq!(std::fs::read_to_string(place.path("report.txt")).unwrap().lines().count(), 250);
    std::fs::write(place.path("half.ndjson"), format!("{}\nnone\n", lines[0])).unwrap();
    let half = place.run(&["import", "half.ndjson", "--account", "An Tâm", "--create"]);
    assert_eq!(half.status.code(), Some(1), "some are rejected: {half:?}");
    let summary = place.ok(&["import", "calls.ndjson", "--account", "An Tâm", "--create"]);
    assert!(summary.contains("249 accepted, 0 updated, 1 unchanged, 0 rejected"), "{summary}");
    let again = place.ok(&["import", "calls.ndjson", "--account", "An Tâm", "--create"]);
    assert!(place.fails(&["account", "country", "An Tâm", "SG"]).contains("the account has customers"));
    assert!(again.contains("0 accepted, 0 updated, 250 unchanged"), "importing twice changes nothing: {again}");
    assert!(place.ok(&["verify"]).contains("Recounted 250 calls of 1 accounts: every stored total agrees"));

    place.ok(&["backup", "copy.db"]);
    assert!(place.fails(&["backup", "copy.db"]).contains("copy.db exists already"));
    // It is told of, in the copy too.
    for file in ["data/ringside.db", "copy.db"] {
        let told = run(async {
            let mut conn = SqliteConnection::connect(&format!("sqlite://{}", place.path(file))).await.unwrap();
            let sql = "SELECT actor_kind, action, subject FROM service_entries";
            sqlx::query_as::<_, (String, String, String)>(sql).fetch_all(&mut conn).await.unwrap()
        });
        assert_eq!(told, [("operator".to_owned(), "backup_made".to_owned(), "copy.db".to_owned())], "{file}");
    }
    let mut of_copy = place.command(&["verify"]);
    let of_copy = of_copy.env("RINGSIDE_DATABASE_URL", "sqlite://copy.db").output().unwrap();
    assert!(String::from_utf8(of_copy.stdout).unwrap().contains("250 calls"));
}

#[test]
fn groups_of_single_sign_on_are_set_and_passwords_are_not_forbidden_in_vain() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    let sso = |rest: &[&str]| place.ok(&[&["sso"], rest, &["--account", "A"]].concat());
    assert_eq!(
        sso(&["group", "/cty/chủ", "owner"]),
        "Who is in \"/cty/chủ\" is owner of \"A\" from their next sign-in on\n"
    );
    sso(&["group", "xem", "manager"]);
    sso(&["group", "xem", "viewer"]);
    assert_eq!(sso(&["list"]), "/cty/chủ\towner\nxem\tviewer\n");
    sso(&["remove", "xem"]);
    assert_eq!(sso(&["list"]), "/cty/chủ\towner\n");
    let fails = |rest: &[&str]| place.fails(&[&["sso"], rest, &["--account", "A"]].concat());
    assert!(fails(&["remove", "xem"]).contains("has no group"));
    assert!(fails(&["group", " ", "owner"]).contains("must not be empty"));
    assert!(fails(&["passwords", "forbid"]).contains("before an owner has signed in by single sign-on"));
    assert_eq!(sso(&["passwords", "allow"]), "\"A\" is opened by passwords, too\n");
    let verified = place.ok(&["verify"]);
    assert!(verified.contains("agrees") && !verified.contains("log was changed"), "{verified}");
}

#[test]
fn an_asterisk_file_says_how_it_was_read() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    // Master.csv: accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end,
    // duration, billsec, disposition, amaflags, uniqueid.
    let row = |epoch: i64, day: &str, disposition: &str, answer: &str, billsec: i64| {
        format!(
            "\"\",\"1000\",\"0901234567\",\"out\",\"\"\"A\"\" <1000>\",\"SIP/1000-1\",\"SIP/gw-2\",\"Dial\",\"SIP/gw\",\"{day}\",{answer},\"{day}\",{billsec},{billsec},\"{disposition}\",\"DOCUMENTATION\",\"{epoch}.7\",\"\"\n"
        )
    };
    let file: String = (0..5_i64)
        .map(|n| row(1_793_757_600 + n * 60, &format!("2026-11-04 09:0{n}:00"), "NO ANSWER", "", 0))
        .collect();
    std::fs::write(place.path("Master.csv"), file).unwrap();
    let summary = place.ok(&["import", "Master.csv", "--account", "A", "--campaign", "old", "--create"]);
    assert!(summary.contains("asterisk (") && summary.contains("5 rows are 5 calls"), "{summary}");
    assert!(summary.contains("(from the records), 5 of 5 rows agree"), "{summary}");
    assert!(summary.contains("5 accepted"), "{summary}");
    place.ok(&["verify"]);
}

#[tokio::test]
async fn rows_of_one_call_in_two_files_are_one_call_in_either_order() {
    let row = |start: &str, dst: &str, billsec: u32, disposition: &str, unique: &str, sequence: u32| {
        format!(
            "2026-11-04 09:{start},100,{dst},{},{billsec},{disposition},17937576{unique},1793757600.1,{sequence}\n",
            billsec + 15
        )
    };
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid,linkedid,sequence\n";
    let answered = header.to_owned() + &row("00:00", "0901234501", 20, "ANSWERED", "00.1", 1);
    let missed = header.to_owned() + &row("00:05", "0901234501", 0, "NO ANSWER", "05.2", 2);
    let mut shown = Vec::new();
    for (n, files) in [[&answered, &missed], [&missed, &answered]].into_iter().enumerate() {
        let place = Place::new();
        place.ok(&["account", "add", "A"]);
        for (file, said) in files.into_iter().zip(["1 accepted, 0 updated", "0 accepted, 1 updated"]) {
            std::fs::write(place.path("Master.csv"), file).unwrap();
            let import = ["import", "Master.csv", "--account", "A", "--campaign", "old", "--create"];
            assert!(place.ok(&import).contains(said), "{n}");
            assert!(place.ok(&import).contains("0 accepted, 0 updated, 1 unchanged"), "{n}");
        }
        let campaign = kept(&place).await.1;
        shown.push((campaign.calls, campaign.answer_rate, campaign.customers, campaign.cost, campaign.last_day));
    }
    assert_eq!(shown[0], shown[1]);
    assert_eq!((shown[0].0, shown[0].1.numerator), (1, 1));
}

#[test]
fn folders_and_archives_are_read_through() {
    let row = |n: u32| format!("2026-11-04 09:{n:02}:00,100,09012345{n:02},35,20,ANSWERED,17937576{n:02}.{n}\n");
    let header = "calldate,src,dst,duration,billsec,disposition,uniqueid\n";
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    std::fs::create_dir_all(place.path("logs/2026")).unwrap();
    std::fs::write(place.path("logs/2026/one.csv"), header.to_owned() + &row(1)).unwrap();
    std::fs::write(place.path("logs/README.md"), "# Not calls").unwrap();
    std::fs::write(place.path("logs/.hidden.csv"), header.to_owned() + &row(9)).unwrap();
    let archive = std::fs::File::create(place.path("logs/more.zip")).unwrap();
    let mut archive = zip::ZipWriter::new(archive);
    for (name, rows) in [("b/two.csv", row(2)), ("a.csv", row(1) + &row(3)), ("__MACOSX/._a.csv", row(8))] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, (header.to_owned() + &rows).as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    let import = ["import", "logs", "--account", "A", "--campaign", "old", "--create"];
    let output = place.run(&import);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let found = |file: &str, counts: &str| said.lines().any(|line| line.contains(file) && line.contains(counts));
    assert!(found("2026/one.csv", "1 accepted"), "{said}");
    assert!(found("more.zip/a.csv", "1 accepted, 0 updated, 1 unchanged"), "{said}");
    assert!(found("more.zip/b/two.csv", "1 accepted"), "{said}");
    assert_eq!(said.matches("accepted").count(), 3, "{said}");
    let left_out = String::from_utf8(output.stderr).unwrap();
    assert!(left_out.contains("README.md: left out: the file is of no format that is known"), "{left_out}");
}

/// A table of no known format is shown as it would be stored, and comes in by what was shown.
#[test]
fn a_table_comes_in_by_the_mapping_that_was_shown_and_corrected() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    let table = "SĐT;Ngày gọi;Kết quả;Đàm thoại\n0901234567;04/11/2024 09:15;Nóng;00:45\n\
                 0901234568;13/11/2024 09:16;không nghe máy;0\n0901234569;13/11/2024 09:17;Lạ;0\n";
    std::fs::write(place.path("bot.csv"), table).unwrap();
    let shown = place.ok(&["import", "--show-mapping", "bot.csv"]);
    for said in
        ["phone = \"SĐT\"", "# by its name and by what it holds (sure)", "# line 2: {", "# line 4: rejected: result"]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    // What is printed is a mapping file; a word is added to it.
    std::fs::write(place.path("bot.toml"), format!("{shown}\n[results]\n\"Lạ\" = \"CU\"\n")).unwrap();
    let import = ["import", "bot.csv", "--map", "bot.toml", "--account", "A", "--campaign", "c", "--create"];
    let summary = place.ok(&import);
    assert!(summary.contains("3 accepted, 0 updated, 0 unchanged, 0 rejected"), "{summary}");
    assert!(place.ok(&import).contains("0 accepted, 0 updated, 3 unchanged"));
    std::fs::write(place.path("wrong.toml"), "[columns]\nfone = \"SĐT\"\n").unwrap();
    let refused = place.fails(&["import", "bot.csv", "--map", "wrong.toml", "--account", "A"]);
    assert!(refused.contains("wrong.toml") && refused.contains("fone"), "{refused}");
}

/// What an account keeps after an import, read from its database.
async fn kept(place: &Place) -> (Vec<domain::ResultCode>, domain::CampaignSummary) {
    let db = store::Db::open(&format!("sqlite://{}", place.path("data/ringside.db"))).await.unwrap();
    let mut conn = db.read().await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test looks at what a command did")]
    let scope = store::Scope::system(store::accounts::list(&mut conn).await.unwrap()[0].id);
    let codes = store::result_codes::list(&mut conn, &scope).await.unwrap();
    let campaign = store::campaigns::lookup(&mut conn, &scope, &"old".parse().unwrap()).await.unwrap().unwrap();
    (codes, campaign)
}

#[tokio::test]
async fn calls_of_a_switch_end_their_campaign_and_have_a_code_with_words() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    let row = "\"\",\"1000\",\"0901234567\",\"out\",\"\"\"A\"\" <1000>\",\"SIP/1000-1\",\"SIP/gw-2\",\"Dial\",\"SIP/gw\",\"2017-08-24 09:00:00\",\"2017-08-24 09:00:05\",\"2017-08-24 09:00:35\",35,30,\"ANSWERED\",\"DOCUMENTATION\",\"1503540000.7\",\"\"\n";
    std::fs::write(place.path("Master.csv"), row).unwrap();
    let import = ["import", "Master.csv", "--account", "A", "--campaign", "old", "--create"];
    let summary = place.ok(&import);
    assert!(summary.contains("1 accepted"), "{summary}");
    let (codes, campaign) = kept(&place).await;
    let answered =
        codes.iter().find(|code| code.code.as_str() == "ANSWERED").expect("the importer's own code is declared");
    assert_eq!((answered.label_vi.as_str(), answered.is_goal), ("Khách nghe máy", false));
    assert_eq!(campaign.campaign.state, domain::CampaignState::Completed);
    assert_eq!(campaign.campaign.completed_at.unwrap().to_string(), "2017-08-24T02:00:35.000Z");
}

#[test]
fn what_cannot_be_done_is_one_line() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    std::fs::write(place.path("image.png"), b"\x89PNG\r\n\x1a\n\0\0").unwrap();
    // Nothing of them is usable, which is no mistake of who asks.
    let unknown = place.fails_with(2, &["import", "image.png", "--account", "A"]);
    assert!(unknown.contains("image.png") && unknown.contains("asterisk"), "the known formats are listed: {unknown}");
    assert!(place.fails(&["import", "missing.csv", "--account", "A"]).contains("missing.csv"));
    std::fs::create_dir(place.path("empty")).unwrap();
    assert!(place.fails_with(2, &["import", "empty", "--account", "A"]).contains("none of 0 files in it"));

    for (name, value) in [
        ("RINGSIDE_LISTEN", "nowhere"),
        ("RINGSIDE_DATABASE_URL", "mysql://x"),
        ("RINGSIDE_DATABASE_URL", "sqlite:///dev/null/x/ringside.db"),
        ("RINGSIDE_RECORDINGS", "file:///dev/null/x"),
        ("RINGSIDE_COLOUR", "red"),
    ] {
        let output = place.command(&["serve"]).env(name, value).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}={value}: {text}");
        let line = text.lines().last().unwrap();
        let named =
            line.contains(name) || line.contains(value.trim_start_matches("file://").trim_start_matches("sqlite://"));
        assert!(line.starts_with("ringside: ") && named, "{name}={value}: {text}");
    }
    std::fs::write(place.path("ringside.toml"), "listne = \"127.0.0.1:1\"").unwrap();
    assert!(place.fails(&["serve"]).contains("listne"));
    std::fs::remove_file(place.path("ringside.toml")).unwrap();

    // Not a database at all.
    std::fs::write(place.path("broken.db"), vec![b'x'; 4_096]).unwrap();
    let output = place.command(&["verify"]).env("RINGSIDE_DATABASE_URL", "sqlite://broken.db").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("broken.db") && text.lines().count() == 1, "{text}");

    let usage = place.run(&["import", "--account", "A"]);
    assert_eq!(usage.status.code(), Some(2));
    let zone = place.run(&["account", "add", "B", "--timezone", "Mars/Olympus"]);
    assert!(String::from_utf8_lossy(&zone.stderr).contains("is not a time zone"));
}

#[test]
fn a_folder_of_recordings_finds_its_calls() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    // 20 November 2026, 10:00:00 in Viet Nam, and a minute later each; of ten seconds.
    let begin = 1_795_143_600_000_i64;
    let call = |id: &str, phone: &str, minute: i64| {
        let at = begin + minute * 60_000;
        json!({"id": id, "campaign": "tet", "voicebot": "bot", "contact": {"phone": phone}, "dialed_at": at,
            "answered_at": at + 4_000, "ended_at": at + 10_000, "result_code": "DY"})
        .to_string()
    };
    let calls = [
        call("1761890400.12", "0901234567", 0),
        call("1761890400.1", "0901234568", 1),
        // As the record of a switch comes in.
        call("asterisk:1772416860.1", "0901234569", 1),
        call("v-20", "0912000001", 2),
        // Twice within the minute that clocks may differ.
        call("v-21", "0912000002", 3),
        call("v-22", "0912000002", 4),
        // Ten minutes later again: not over, nor near.
        call("v-23", "0912000001", 12),
    ];
    std::fs::write(place.path("calls.ndjson"), calls.join("\n")).unwrap();
    place.ok(&["import", "calls.ndjson", "--account", "A", "--create"]);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/audio/tests/data");
    std::fs::create_dir_all(place.path("rec/2026/.hidden")).unwrap();
    for (name, from) in [
        ("rec/2026/out-0901234567-100-20261120-100000-1761890400.12.wav", "speech.wav"),
        ("rec/out-1761890400.1.gsm", "speech.gsm"),
        ("rec/q-1772416860.1-in.wav", "speech.wav"),
        ("rec/20261120-100204_0912000001-all.mp3", "cbr.mp3"),
        ("rec/20261120-100330_0912000002-all.mp3", "cbr.mp3"),
        ("rec/20261119-100204_0912000001-all.mp3", "cbr.mp3"),
        ("rec/v-21.wav", "speex.ogg"),
        ("rec/readme.txt", "README.md"),
        ("rec/2026/.hidden/v-22.wav", "speech.wav"),
    ] {
        std::fs::copy(data.join(from), place.path(name)).unwrap();
    }
    let recordings = ["recordings", "rec", "--account", "A"];
    let dry = place.run(&[&recordings[..], &["--dry-run"]].concat());
    assert_eq!(dry.status.code(), Some(1));
    assert!(String::from_utf8(dry.stdout).unwrap().contains("8 files: 5 would be stored, 0 were there before"));
    let output = place.run(&recordings);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    for line in [
        "2026/out-0901234567-100-20261120-100000-1761890400.12.wav: call 1761890400.12\n",
        "out-1761890400.1.gsm: call 1761890400.1\n",
        "q-1772416860.1-in.wav: call asterisk:1772416860.1\n",
        "20261120-100204_0912000001-all.mp3: call v-20\n",
        "20261120-100330_0912000002-all.mp3: left out: 2 calls to its number may be meant, v-21 among them\n",
        "20261119-100204_0912000001-all.mp3: left out: no call to its number had begun and not ended at its time\n",
        "v-21.wav: left out: it is Ogg with Speex",
        "readme.txt: left out: no call has an id that is in its name\n",
        "8 files: 4 stored, 0 were there before, 4 left out\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    // Again: nothing is stored twice. Another file of the same call takes its place only where that is asked for.
    let again = String::from_utf8(place.run(&recordings).stdout).unwrap();
    assert!(again.contains("8 files: 0 stored, 4 were there before, 4 left out\n"), "{again}");
    std::fs::create_dir(place.path("more")).unwrap();
    std::fs::copy(data.join("speech.flac"), place.path("more/rec_v-20_in.flac")).unwrap();
    let more = ["recordings", "more", "--account", "A", "--pattern", "rec_{id}_*"];
    let kept = place.run(&more);
    assert_eq!(kept.status.code(), Some(2));
    assert!(String::from_utf8(kept.stdout).unwrap().contains("call v-20 has another recording; --replace"));
    assert!(place.ok(&[&more[..], &["--replace"]].concat()).contains("rec_v-20_in.flac: call v-20\n"));
    // An id that ends the name has not the name's ending in it.
    std::fs::copy(data.join("speech.wav"), place.path("more/1761890400.1.wav")).unwrap();
    let by_id = place.run(&["recordings", "more", "--account", "A", "--pattern", "{id}", "--dry-run", "--replace"]);
    let said = String::from_utf8(by_id.stdout).unwrap();
    assert!(said.contains("1761890400.1.wav: call 1761890400.1\n"), "{said}");
    let wrong = place.run(&["recordings", "more", "--account", "A", "--pattern", "{phone}.wav"]);
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("needs {id}, or {phone}, {date} and {time}"));
    assert!(place.fails(&["recordings", "nowhere", "--account", "A"]).contains("nowhere: cannot be read"));
}

#[test]
fn a_password_that_a_passed_on_link_set_opens_no_further_account() {
    let place = Place::new();
    for account in ["A", "B", "C"] {
        place.ok(&["account", "add", account]);
    }
    place.ok(&["user", "add", "lan@cty.vn", "--account", "A", "--role", "viewer"]);
    let set_password = async |is_theirs: bool| {
        let db = store::Db::open(&format!("sqlite://{}", place.path("data/ringside.db"))).await.unwrap();
        let mut conn = db.write().await.unwrap();
        store::people::set_password(&mut conn, "lan@cty.vn", "$argon2id$…").await.unwrap();
        if is_theirs {
            store::people::confirm(&mut conn, "lan@cty.vn", domain::Timestamp(1)).await.unwrap();
        }
        conn.commit().await.unwrap();
        db.close().await;
    };
    // Whoever set it may be whoever the link was passed on to: in the second account they begin anew.
    crate::harness::run(set_password(false));
    assert!(
        place.ok(&["user", "add", "lan@cty.vn", "--account", "B", "--role", "owner"]).contains("/set-password?link=")
    );
    assert!(place.ok(&["user", "list", "--account", "A"]).contains("no password yet"));
    // A password that was set by a link that was mailed stays.
    crate::harness::run(set_password(true));
    assert_eq!(place.ok(&["user", "add", "lan@cty.vn", "--account", "C", "--role", "owner"]), "");
    assert!(!place.ok(&["user", "list", "--account", "A"]).contains("no password yet"));
}

#[test]
fn operators_and_quotas_are_set_by_commands() {
    let place = Place::new();
    place.ok(&["account", "add", "A"]);
    assert!(place.fails(&["operator", "add", "lan@cty.vn"]).contains("lan@cty.vn belongs to nobody"));
    place.ok(&["user", "add", "lan@cty.vn", "--account", "A", "--role", "owner"]);
    // Whoever has the link to set the password would be the operator.
    assert!(place.fails(&["operator", "add", "lan@cty.vn"]).contains("no password yet"));
    assert_eq!(place.ok(&["operator", "list"]), "");
    assert!(place.fails(&["operator", "remove", "lan@cty.vn"]).contains("is no operator"));
    place.ok(&["account", "set", "A", "--calls", "1000", "--gb", "2", "--people", "1"]);
    let listed = place.ok(&["account", "list"]);
    for said in ["calls this month: 0 of 1000", "GB of recordings: 0 of 2", "people: 1 of 1"] {
        assert!(listed.contains(said), "{listed}");
    }
    assert!(
        place.fails(&["user", "add", "hai@cty.vn", "--account", "A", "--role", "viewer"]).contains("quota of people")
    );
    // What its people call the account is none of the operator's names for it.
    place.ok(&["api", "--account", "A", "PUT", "/api/v1/account", "{\"name\": \"Của họ\"}"]);
    let said = place.ok(&["user", "sign-out", "lan@cty.vn", "--account", "A"]);
    assert_eq!(said, "lan@cty.vn is signed out of \"A\": 0 sessions\n");
    place.ok(&["account", "set", "A", "--people", "none"]);
    place.ok(&["user", "add", "hai@cty.vn", "--account", "A", "--role", "viewer"]);
    assert!(place.ok(&["account", "list"]).contains("people: 2 of no limit"));
    for wrong in ["-1", "x", "1.5"] {
        assert_eq!(place.run(&["account", "set", "A", &format!("--calls={wrong}")]).status.code(), Some(2), "{wrong}");
    }
}
