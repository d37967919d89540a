//! The formats that can be read, and how a file's first bytes tell which one it is.

mod any_table;
mod asterisk;
mod bizcloud;
mod bland;
mod cdr_stats;
mod convoso;
mod dialler_statuses;
mod dograh;
mod elevenlabs;
mod exotel;
mod freeswitch;
mod newfies;
mod omicall;
mod plivo;
mod retell;
mod ringside_csv;
mod ringside_json;
mod sarvam;
mod stringee;
mod tel4vn;
mod telnyx;
mod three_cx;
mod timepay;
mod twilio;
mod vapi;
mod vbot;
mod vicidial;
mod vonage;
mod zorio;

use std::fmt;

use domain::{CallId, CallRecord, CampaignId, Currency, FieldError, ResultCode, time::Zone};
use memchr::memchr_iter;

pub(crate) use any_table::{looks, open_mapped};

use crate::{
    calls::{self, Frame, Made, made},
    encoding::without_bom,
    ending,
    events::Platform,
    lanes::Sharing,
    leg_parts,
    partial::PartialCall,
    source::{Campaigns, Given, HEAD_BYTES, Input, Opened},
    workbook::looks_like_workbook,
};

/// Joins what is stored of a call with what was read of it; see [`Format::with_stored`].
type Join = fn(&CallRecord, CallRecord) -> Option<CallRecord>;

/// The ids of calls as an earlier version made them.
struct FormerIds {
    /// The id that a call had; none where it is the same.
    id: fn(&CallRecord) -> Option<CallId>,
    /// Whether what is stored under it is the call that was read.
    is_of: fn(&CallRecord, &CallRecord) -> bool,
}

/// Makes [`Format`] of one line per format: its variant, its word for `--format`, what it is in a few words, and its module. That of
/// a `platform` whose calls are told of by events has a `PLATFORM`, which says all of it; any other has its `own` `recognises(head:
/// &[u8]) -> bool` and `open(input: Input, given: &Given) -> Opened`. Behind `codes` stands the module whose `own_codes()` are given to
/// answered calls, behind `joined` the one whose `with_stored(…)` joins calls whose rows may stand in several files, behind `former` the one
/// that knows the ids an earlier version made (`former_id`, `is_former`); a format without such codes, calls or ids leaves them out.
macro_rules! formats {
    ($($variant:ident $name:literal $description:literal $kind:ident $module:ident $(codes $codes:ident)? $(joined $joined:ident)? $(former $former:ident)?;)+) => {
        /// A format of call-record files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Format {
            $(#[doc = concat!($description, ".")] $variant,)+
        }

        impl Format {
            /// Every format, in the order in which a file is tried.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The word that `--format` takes.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it is, in a few words, for help texts and refusals.
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $description),+ }
            }

            /// Whether a file that begins with these bytes (64 KiB of it; the last line may be cut) is of the format.
            fn recognises(self, head: &[u8]) -> bool {
                match self { $(Self::$variant => of_kind!($kind $module recognises(head))),+ }
            }

            /// Begins to read a file of the format.
            pub(crate) fn open<'a>(self, input: Input<'a>, given: &Given) -> Opened<'a> {
                match self { $(Self::$variant => of_kind!($kind $module open(input, given))),+ }
            }

            /// How the platform writes whose calls are told of by events; none for other formats.
            pub(crate) fn platform(self) -> Option<&'static Platform> {
                match self { $(Self::$variant => of_kind!($kind $module)),+ }
            }

            /// The result codes that a reader gives to answered calls of itself, because the file knows no more than that. Whoever
            /// stores such calls declares them.
            pub fn own_codes(self) -> Vec<ResultCode> {
                match self { $(Self::$variant => of_kind!($kind codes $($codes)?)),+ }
            }

            /// What joins a call's rows that stand in several files; none where a file holds whole calls.
            fn join(self) -> Option<Join> {
                match self { $(Self::$variant => of_kind!($kind joined $($joined)?)),+ }
            }

            /// What knows the ids that an earlier version made; none where they were always the same.
            fn former_ids(self) -> Option<FormerIds> {
                match self { $(Self::$variant => of_kind!($kind former $($former)?)),+ }
            }
        }
    };
}

/// What a format's module says, whichever kind it is of.
macro_rules! of_kind {
    (own codes) => { Vec::new() };
    (own codes $module:ident) => { $module::own_codes() };
    (platform codes) => { ending::own_codes() };
    (own joined) => { None };
    (own joined $module:ident) => { Some($module::with_stored) };
    (platform joined) => { Some(calls::with_stored) };
    ($kind:ident former) => { None };
    ($kind:ident former $module:ident) => { Some(FormerIds { id: $module::former_id, is_of: $module::is_former }) };
    (own $module:ident) => { None };
    (platform $module:ident) => { Some(&$module::PLATFORM) };
    (own $module:ident $name:ident($($given:ident),+)) => { $module::$name($($given),+) };
    (platform $module:ident $name:ident($($given:ident),+)) => { $module::PLATFORM.$name($($given),+) };
}

// A file is tried in this order: the stricter `recognises` comes first.
formats! {
    Ndjson "ndjson" "Ringside's own records, one JSON object a line or one JSON array" own ringside_json;
    Csv "csv" "Ringside's own CSV, with a header line" own ringside_csv;
    FreeSwitch "freeswitch" "FreeSWITCH and FusionPBX call records (json_cdr, xml_cdr, CSV or SQL dump)" own freeswitch codes ending joined freeswitch;
    Vicidial "vicidial" "the Export Calls Report of VICIdial and GoAutoDial" own vicidial codes dialler_statuses;
    Convoso "convoso" "the call log of Convoso as CSV" own convoso codes dialler_statuses;
    ThreeCx "3cx" "what the CDR service of 3CX writes to files" own three_cx codes ending joined leg_parts;
    CdrStats "cdr-stats" "the CSV that CDR-Stats imports" own cdr_stats codes ending;
    Newfies "newfies" "calls of Newfies-Dialer in JSON" own newfies codes ending;
    Vapi "vapi" "Vapi webhooks and API calls (JSON)" platform vapi;
    Retell "retell" "Retell webhooks and API calls (JSON)" platform retell;
    Bland "bland" "Bland webhooks and API calls (JSON)" platform bland;
    ElevenLabs "elevenlabs" "ElevenLabs webhooks and API conversations (JSON)" platform elevenlabs;
    Exotel "exotel" "Exotel callbacks and API calls (JSON, forms)" platform exotel;
    Twilio "twilio" "Twilio callbacks and API calls (JSON, forms, CSV), also of SignalWire and Telnyx TeXML" platform twilio;
    Telnyx "telnyx" "Telnyx Voice API webhooks (JSON)" platform telnyx;
    Plivo "plivo" "Plivo callbacks and API calls (JSON, forms)" platform plivo;
    Vonage "vonage" "Vonage Voice API webhooks and calls (JSON)" platform vonage;
    Stringee "stringee" "Stringee and StringeeX events and call logs (JSON)" platform stringee;
    OmiCall "omicall" "OMICall and Sen Bac webhooks and call lists (JSON)" platform omicall;
    Tel4Vn "tel4vn" "TEL4VN call detail records (JSON)" platform tel4vn;
    Zorio "zorio" "Zorio webhooks of calls (JSON)" platform zorio;
    Bizcloud "bizcloud" "bizcloud (VoiceCloud) callbacks of calls (addresses in a log)" platform bizcloud;
    Vbot "vbot" "VBot webhooks of automatic calls and call history (JSON)" platform vbot;
    Sarvam "sarvam" "Sarvam campaign webhooks (JSON)" platform sarvam;
    TimePay "timepay" "TimePay Agents webhooks (JSON)" platform timepay;
    Dograh "dograh" "Dograh campaign reports (CSV)" platform dograh;
    Asterisk "asterisk" "Asterisk and FreePBX call detail records (CSV, SQL dump or JSON lines)" own asterisk codes ending joined asterisk former asterisk;
    Table "table" "any other table of calls (CSV, XLSX, JSON), its columns mapped or guessed" own any_table codes any_table;
}

impl Format {
    /// Reads the word of [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Calls whose rows or events may come apart.
impl Format {
    /// Whether a call's rows may stand in several files, so that what was stored of it matters to [`Self::with_stored`].
    pub fn has_parts(self) -> bool {
        self.join().is_some()
    }

    /// The id that an earlier version gave to a call, where it was another one: what is stored under it is that call.
    pub fn former_id(self, record: &CallRecord) -> Option<CallId> {
        self.former_ids().and_then(|former| (former.id)(record))
    }

    /// Whether what is stored under the id of [`Self::former_id`] is the same call: another switch may have counted its calls alike.
    pub fn is_former(self, stored: &CallRecord, read: &CallRecord) -> bool {
        self.former_ids().is_none_or(|former| (former.is_of)(stored, read))
    }

    /// What is to be stored of a call that is stored already, when it was read again: what both know of it, or nothing where
    /// no row of it is new. Of a format without parts the record that was read, which replaces the other.
    pub fn with_stored(self, stored: &CallRecord, read: CallRecord) -> Option<CallRecord> {
        match self.join() {
            Some(join) => join(stored, read),
            None => Some(read),
        }
    }

    /// What one body that a platform sent says of calls, mostly of one; times without a zone are in `zone`. Those of one call
    /// and leg are merged by [`PartialCall::merge`], in whatever order they come. None for formats that no platform sends.
    ///
    /// # Errors
    /// Where the body is none of the platform's, or a field of it cannot be read.
    pub fn partial_calls(self, body: &[u8], zone: Zone) -> Option<Result<Vec<PartialCall>, FieldError>> {
        let given = Given {
            campaigns: Campaigns::default(),
            timezone: Some(zone),
            account_zone: zone,
            latest: None,
            currency: None,
            spellings: Vec::new(),
            memory: 0,
            sharing: Sharing { threads: 1, rows: 1 },
        };
        Some(self.platform()?.partial_calls(body, &given))
    }

    /// The record of a call by what is known of its legs; none while it goes on, or where it was never dialled. `campaign`
    /// holds whatever the platform says, `currency` is the account's.
    ///
    /// # Errors
    /// Where what is known is not enough for a record, or a word of it has no meaning that is known.
    pub fn call_of(
        self,
        legs: Vec<PartialCall>,
        campaign: Option<&CampaignId>,
        currency: Option<&Currency>,
    ) -> Result<Option<CallRecord>, FieldError> {
        match made(legs, Frame { prefix: self.name(), campaign, currency }) {
            Made::Call(record, _) => Ok(Some(record)),
            Made::LeftOut(_) => Ok(None),
            Made::Refused(error) => Err(error),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the first part of an OpenDocument workbook says.
const OPEN_DOCUMENT: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// A file of none of the known formats.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}; known formats are {}", Format::ALL.map(|f| format!("{f} ({})", f.description())).join(", "))]
pub struct UnknownFormat {
    /// What can be said about the file.
    pub what: String,
    /// The formats that are known.
    pub known: &'static [Format],
    /// It is the header of a table, and nothing else.
    pub is_header_alone: bool,
}

impl UnknownFormat {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), known: &Format::ALL, is_header_alone: false }
    }
}

/// Finds the format by the first bytes of a file (up to 64 KiB are of use).
pub fn detect(first_bytes: &[u8]) -> Result<Format, UnknownFormat> {
    let head = without_bom(&first_bytes[..first_bytes.len().min(HEAD_BYTES)]);
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(UnknownFormat::new("the file is empty"));
    }
    check_readable(head)?;
    if looks_like_workbook(head) {
        return Ok(Format::Table);
    }
    match Format::ALL.into_iter().find(|format| format.recognises(head)) {
        Some(format) => Ok(format),
        None if any_table::is_too_wide(head) => Err(UnknownFormat::new("the table has more than 1,000 columns")),
        None => Err(match (header_of(head), any_table::missing_of(head)) {
            (header, Some((names, missing))) if header.is_some() || !is_header_alone(head) => {
                UnknownFormat::new(format!(
                    "the file is of no format that is known: its columns are {}; to be read as a table it needs {missing}",
                    header.unwrap_or(names)
                ))
            }
            (Some(names), _) => {
                UnknownFormat::new(format!("the file is of no format that is known: its columns are {names}"))
            }
            (None, _) if is_header_alone(head) => UnknownFormat {
                is_header_alone: true,
                ..UnknownFormat::new("the file has no rows: it is a line of names alone")
            },
            (None, _) => UnknownFormat::new("the file is of no format that is known"),
        }),
    }
}

/// What files begin with that are of other kinds, and what they are called.
const OTHER_KINDS: [(&[u8], &str); 6] = [
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text of a word processor (RTF)"),
    (b"\x7fELF", "a program"),
];

/// Refuses by the first bytes of a file what is neither text nor a workbook, whatever format it is said to be of: as a table it
/// would have columns of rubbish.
pub(crate) fn check_readable(head: &[u8]) -> Result<(), UnknownFormat> {
    let refused = |what: &str| Err(UnknownFormat::new(what));
    let first = String::from_utf8_lossy(&head[..head.len().min(512)]).trim_start().to_lowercase();
    if ["<html", "<!doctype", "<table", "<meta", "<style"].iter().any(|tag| first.starts_with(tag)) {
        return refused(
            "the file is a web page (HTML), as some systems export under the name of a workbook: open it in a spreadsheet and save \
             it as XLSX or CSV (UTF-8)",
        );
    }
    // What `read` unpacks is not here; packed twice, it is.
    let compressed: [&[u8]; 7] =
        [b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"Rar!", b"7z\xbc\xaf"];
    if looks_like_workbook(head) {
        return Ok(());
    }
    // They can only be read whole.
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return refused(
            "the file is a workbook of Excel 97 to 2003 (XLS), or one with a password: save it as XLSX without a password, or as \
             CSV (UTF-8)",
        );
    }
    if head.starts_with(b"PK\x03\x04") && head.windows(OPEN_DOCUMENT.len()).any(|bytes| bytes == OPEN_DOCUMENT) {
        return refused("the file is a workbook of LibreOffice or the like (ODS): save it as XLSX, or as CSV (UTF-8)");
    }
    if compressed.iter().any(|magic| head.starts_with(magic)) {
        return refused("the file is compressed: unpack it first");
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return refused("the file is UTF-16 text: save it as UTF-8");
    }
    if let Some((_, kind)) = OTHER_KINDS.into_iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(UnknownFormat::new(format!("the file is {kind}, and no table of calls")));
    }
    // One in a cell is the fault of a row.
    let zeros = memchr_iter(0, head).count();
    if zeros >= 8 && zeros * 100 > head.len() {
        return refused("the file is no text: it holds bytes of 0");
    }
    Ok(())
}

/// Whether a file is the header of a table, and nothing else.
fn is_header_alone(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.trim_ascii().is_empty());
    let (Some(Ok(first)), None) = (lines.next().map(std::str::from_utf8), lines.next()) else { return false };
    let Some(delimiter) = [',', ';', '\t', '|'].into_iter().find(|delimiter| first.contains(*delimiter)) else {
        return false;
    };
    let names = || first.split(delimiter).map(|name| name.trim().trim_matches('"'));
    let is_named = names().all(|name| !name.is_empty() && name.chars().count() <= 40);
    let is_text = !first.starts_with(['{', '[', '<']) && !first.bytes().any(|byte| byte.is_ascii_digit());
    names().count() > 2 && is_named && is_text
}

/// The names in the first line of a table with a header, for a refusal.
fn header_of(head: &[u8]) -> Option<String> {
    let mut lines = head.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty());
    let (first, second) = (std::str::from_utf8(lines.next()?).ok()?, lines.next()?);
    let delimiter = [',', ';', '\t', '|'].into_iter().find(|delimiter| first.contains(*delimiter))?;
    let names: Vec<&str> = first.split(delimiter).map(|name| name.trim().trim_matches('"')).collect();
    let is_named = names.len() > 1 && names.iter().all(|name| !name.is_empty() && name.chars().count() <= 40);
    let has_no_digit = !first.bytes().any(|byte| byte.is_ascii_digit());
    let has_values = second.iter().any(u8::is_ascii_digit);
    (is_named && has_no_digit && has_values).then(|| names.iter().take(30).copied().collect::<Vec<_>>().join(", "))
}
