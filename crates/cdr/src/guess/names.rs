//! The names that people give to columns, in Vietnamese and English, in the form of [`fold_word`].

use std::{collections::HashMap, sync::LazyLock};

use domain::search::{fold, fold_word};

use super::zone_names::{ZONES, zone_at_end};
use crate::{
    mapping::Field,
    written::{Unit, named_currency},
};

/// What a column's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameSays {
    Field(Field),
    /// A date or a time of day, or both: of the dial start where nothing else is.
    Time,
}

const fn is(field: Field, names: &'static str) -> (NameSays, &'static str) {
    (NameSays::Field(field), names)
}

/// Whether a name is among those of a list, which blanks separate.
fn is_in(names: &str, key: &str) -> bool {
    names.split_ascii_whitespace().any(|name| name == key)
}

/// Whether a name says that it is the id of a call, and not of a row or of anything.
pub(super) fn names_a_call(name: &str) -> bool {
    is_in("callid callsid calluuid macuocgoi idcuocgoi macuoc idcuoc macall callcode magoi idgoi", &fold_word(name))
}

/// Names, those that say most first; a column has the first in which it is found.
const NAMES: &[(NameSays, &str)] = &[
    is(
        Field::Id,
        "callid callsid calluuid uuid sessionid session conversationid uniqueid recordid id macuocgoi \
             idcuocgoi macuoc idcuoc maphien mahoithoai macall callcode magoi idgoi maphiengoi",
    ),
    is(
        Field::Campaign,
        "campaign campaignname campaignid chiendich tenchiendich machiendich idchiendich chiendichgoi dotgoi tendotgoi chuongtrinh tenchuongtrinh",
    ),
    is(
        Field::Voicebot,
        "voicebot voicebotid bot botname botid callbot assistant assistantid tenbot trolyao bottuvan kichban tenkichban tenvoicebot botgoi",
    ),
    is(
        Field::ContactId,
        "contactid customerid customercode leadid clientid makhachhang makh idkhachhang idkh cif socif",
    ),
    is(
        Field::Phone,
        "phone phonenumber customerphonenumber contactphonenumber clientphonenumber leadphonenumber phoneno mobile mobilephone mobilenumber cellphone tel telephone customerphone \
             customernumber contactphone calledid calledparty contactnumber clientphone leadphone msisdn callednumber dialednumber \
             dialednum numberdialed tonumber to callto callee calleenumber destination destinationnumber phonetocall \
             den denso soden sdt sodt dt dienthoai sodienthoai didong sodidong sdtkh sdtkhachhang sodtkhachhang sodienthoaikh \
             sodienthoaikhachhang dienthoaikhachhang sothuebao thuebao sobigoi sonhan songhe songuoinghe songuoinhan sokhachhang \
             sokh sophone sokhach sdtkhach sodtkhach dtkhach sodienthoaikhach dienthoaikhach sodtdd dtdd dtlienhe sdtlienhe sodienthoailienhe sotelephone sodidongkhachhang sdtdagoi didongkh sodagoi \
             sogoira dienthoaididong sodienthoai1 sdt1 \
             rufnummer telefon telefonnummer handynummer numero numerodetelephone telephonemobile appele angerufener numeroappele",
    ),
    is(
        Field::Name,
        "name fullname customer customername contactname clientname leadname client khachhang tenkhachhang \
             tenkh hoten hovaten hotenkhachhang hotenkh ten kh tenkhach khach hotenkhach tennguoinhan nguoinhan tenlienhe nguoilienhe tenchuho quykhach \
             tenkhachhang1 hovatenkhachhang hovatenkh tennguoimua",
    ),
    is(Field::Attempt, "attempt attemptno attemptnumber trynumber langoi langoithu goilanthu solangoi lanthu"),
    is(
        Field::AnsweredAt,
        "answeredat answertime answer answered timeanswered answertimestamp connectedat connecttime \
             pickuptime pickedupat answeredtime answeredtimestamp answeredon connectedtime connectedon pickupat lucbatmay lucnghemay lucnhacmay \
             thoidiemnhacmay thoigiannhacmay gionhacmay thoidiemnghemay thoidiemtraloi thoigiannghemay thoigiantraloi thoigianbatmay \
             giobatmay gionghemay nghemayluc batmayluc thoidiembatmay luctraloi thoigianketnoi thoidiemketnoi gioketnoi",
    ),
    is(
        Field::EndedAt,
        "endedat endtime end ended finished finish hangupat hungupat timeended enddate enddatetime callend callendtime hanguptime finishedat \
             completedat thoigianketthuc thoidiemketthuc ketthuc gioketthuc ketthucluc ngayketthuc thoigiankt gioketthuccuocgoi giokt thoigiancupmay giocupmay thoidiemcupmay",
    ),
    is(
        Field::Talk,
        "talk talktime talkduration talkseconds talksec billsec billseconds billableseconds \
             conversationduration conversationtime conversationseconds conversationsecs conversationsec conversationlength billedseconds billedsecs billedsec billedduration \
             billedtime billableduration billabletime billedminutes billableminutes billminutes billmins billmin conversationminutes connectedminutes answeredminutes speakingtime speakingduration calldurationtalk durationafteranswer durationincall incallduration timeoncall talking talkingtime calltalktime durationanswered answeredseconds \
             thoigianthucgoi thucgoi thoiluongthucgoi thoigiantrochuyen thoiluongnghe \
             activecalltime activetime giaydamthoai giaynoichuyen giaythoai answerduration answersec connectedduration thoigiandamthoai \
             thoiluongdamthoai damthoai thoigianthoai thoiluongthoai thoigiannoichuyen thoigiannghe \
             thoiluonghoithoai thoigianhoithoai sogiaydamthoai tgdamthoai thoigiandt sophutdamthoai phutdamthoai thoigiannoi thoiluongnoichuyen \
             thoigiannoichuyenvoikhach thoiluongtraloi \
             gesprachsdauer gesprachszeit sprechzeit dureedeconversation dureeconversation tempsdeconversation dureedecommunication",
    ),
    is(
        Field::Ringing,
        "ringing ringtime ringduration ringseconds ringsec waittime waitsec thoigiandochuong dochuong \
             thoiluongdochuong thoigiancho thoigianrung tgdochuong tgcho thoigianrungchuong thoiluongcho sogiaydochuong",
    ),
    is(
        Field::Total,
        "total totalduration totaltime duration callduration calllength length callseconds durationtime \
             seconds secs sec minutes minute mins phut giay callminutes callmins dauer duree thoiluong thoiluonggoi thoiluongcuocgoi tongthoiluong tongthoigian thoigiancuocgoi dodaicuocgoi \
             dodai sogiay tongthoigiangoi tongthoiluonggoi tgcuocgoi thoiluongcuoc sophut sophutgoi tongsogiay",
    ),
    is(
        Field::Result,
        "resultcode callresult calloutcome callstatus actionresult result outcome disposition status state ketquacuocgoi \
             ketquagoi trangthaicuocgoi trangthaigoi tinhtrangcuocgoi ketqua trangthai tinhtrang phanloai \
             phanloaiketqua maketqua ketquatuvan ketqualienhe ketquacuoi kqcuocgoi kqgoi kq trangthaikh \
             trangthaikhachhang trangthailienhe tinhtranggoi tinhtranglienhe batmay nghemay conghemay cobatmay \
             khachnghemay khachbatmay lienheduoc lienlacduoc ketnoi ketquagoira phanhoi phanhoikhachhang phanhoicuakhach \
             phanhoikh mucdoquantam ergebnis statut resultat",
    ),
    is(
        Field::BotMessages,
        "botmessages botmessagecount messagesofbot numberofbotmessages botmessagessent botmsgs sotinnhanbot sotinnhancuabot \
             tinnhanbot tinnhancuabot sotinbot",
    ),
    is(
        Field::HangupBy,
        "hangupby hungupby endedby callendedby hangupsource disconnectedby benngatmay nguoingatmay bengacmay nguoigacmay bencupmay \
             nguoicupmay cupmayboi ngatmayboi aicupmay",
    ),
    is(
        Field::Cause,
        "cause hangupcause endreason endedreason disconnectreason disconnectionreason sipcode reason \
             sipstatus sipstatuscode sipresponse sipresponsecode sipcause siphangupcause q850 q850cause q850code causecode \
             hangupcode hangupcausecode releasecause releasecode disconnectcause isdncause terminationcause masip \
             nguyennhan lydo lydoketthuc maloi lydothatbai lydokhongnghe lydotuchoi nguyennhanketthuc",
    ),
    is(
        Field::Cost,
        "cost callcost totalcost price totalprice charge totalcharge kosten cout cuoc thanhtien tongtien tongchiphi cuocphi chiphi giacuoc tiencuoc phigoi phicuocgoi cuocphigoi phi tongcuoc chiphicuocgoi chiphigoi",
    ),
    is(
        Field::RecordingUrl,
        "recording recordingurl recordinglink recordurl recordlink recordingfile recordfile audio audiourl \
             ghiam fileghiam linkghiam urlghiam duongdanghiam linkfileghiam banghiam linkrecord linkrecording linkaudio linknghelai nghelai fileamthanh tepghiam linktep",
    ),
    is(
        Field::Transcript,
        "transcript transcription conversation dialogue dialog messages hoithoai noidunghoithoai \
             noidungcuocgoi noidungdamthoai doanhoithoai loithoai hoithoaicuocgoi noidungtrochuyen lichsuhoithoai vanbancuocgoi",
    ),
    is(
        Field::Note,
        "note notes summary comment comments remark remarks callsummary description ghichu tomtat \
             tomtatcuocgoi mota noidung noidungtraodoi nhanxet ghichutelesale ghichucuocgoi ghichusale ghichunv noidungtuvan ykienkhachhang nhucau luuy ghichukhac dienbien",
    ),
    is(
        Field::DialedAt,
        "dialedat dialledat dialed dialled placedat dialtime calledat calltime calldate calldatetime callstart callstarttime \
             starttime startedat startdate startdatetime start begin timestart thoigiangoi thoidiemgoi \
             thoigianbatdau thoidiembatdau batdau giobatdau ngaygoi giogoi ngaygiogoi goiluc batdauluc \
             ngaybatdau tggoi thoigiangoira ngaygoira thoigianquayso thoidiemquayso ngaytelesale ngaylienhe thoigianlienhe \
             ngaythuchien thoigianthuchien thoigianbd giobd giobatdaugoi thoigianphatsinh ngayphatsinh ngaycuocgoi giocuocgoi \
             ngaygioquay ngaygiobatdau",
    ),
    (
        NameSays::Time,
        "timestamp datetime date time createdat datum uhrzeit heure datedelappel ngay gio thoigian ngaygio ngaythang thoidiem ngaytao thoigiantao ngaygiotao tg",
    ),
];

/// Of names of results those that ask whether somebody answered, so that `Có` and `Không` under them are known.
const QUESTIONS: &str = "\
    answered isanswered connected isconnected pickedup reached batmay nghemay conghemay cobatmay khachnghemay \
    khachbatmay lienheduoc lienlacduoc ketnoi";

/// Of names of causes those under which the causes of lines stand: FreeSWITCH's names, numbers of Q.850, codes of SIP.
const LINE_CAUSES: &str = "\
    cause hangupcause sipcode sipstatus sipstatuscode sipresponse sipresponsecode sipcause siphangupcause q850 q850cause \
    q850code causecode hangupcode hangupcausecode releasecause releasecode disconnectcause isdncause terminationcause masip";

/// Words for yes and for no, in the form of [`fold_word`].
const YES: &str = "co x yes y true 1 roi duoc da ok";
const NO: &str = "khong ko k no n false 0 chua khongduoc";

/// Names of a number that is the caller's, or the site's own: with one of them alone nobody can tell whom the call was
/// for.
const SIDES: &str = "\
    ani dnis cli from fromnumber assistantphonenumber botphonenumber agentphonenumber caller callernumber callerid calleridnumber callernum source src sourcenumber \
    callfrom tu tuso sotu hotline dauso extension ext sonoibo did didnumber sogoi sogoidi sogoiden nguoigoi agentphone \
    agentnumber trunk appelant anrufer";

/// Objects beside the customer and the call in whose fields nothing is said of either: `agent.phone`, `recording.duration`.
const OBJECTS_BESIDE: &str = "\
    agent staff employee operator owner assignee seller telesale consultant queue trunk extension bot voicebot callbot assistant \
    recording recordings media file invoice order product";

/// Whether what a name says is of an object that is the customer.
pub(super) fn is_of_customer(name: &str) -> bool {
    let within = name.split('.').rev().skip(1).map(fold_word);
    within.into_iter().any(|within| is_in("customer contact client lead callee khachhang kh recipient to", &within))
}

/// Names that only files of switches and diallers have, whose rows need rules of their own.
const OF_SYSTEMS: &str = "\
    cdrsourcetype hangupcauseid xmlcdruuid phonenumberdialed lengthinsec dcontext dstchannel linkedid lastapp \
    bleguuid calleridnumber reasonterminated historyid disposition3cx srctrunkname sourcetrunkname actiontype \
    callduraction srcchannel callrequest hangupcauseq850 termreason";

/// Units that a name may end with, and what is left of the name.
const UNITS: &[(&str, Unit)] = &[
    ("hhmmss", Unit::HoursMinutesSeconds),
    ("hmmss", Unit::HoursMinutesSeconds),
    ("hhmm", Unit::HoursMinutes),
    ("hmm", Unit::HoursMinutes),
    ("mmss", Unit::MinutesSeconds),
    ("giophutgiay", Unit::HoursMinutesSeconds),
    ("phutgiay", Unit::MinutesSeconds),
    ("giophut", Unit::HoursMinutes),
    ("hours", Unit::Hours),
    ("gio", Unit::Hours),
    ("hrs", Unit::Hours),
    ("milliseconds", Unit::Milliseconds),
    ("millis", Unit::Milliseconds),
    ("ms", Unit::Milliseconds),
    ("seconds", Unit::Seconds),
    ("secs", Unit::Seconds),
    ("sec", Unit::Seconds),
    ("giay", Unit::Seconds),
    ("minutes", Unit::Minutes),
    ("mins", Unit::Minutes),
    ("min", Unit::Minutes),
    ("phut", Unit::Minutes),
    ("s", Unit::Seconds),
];

/// What the name of a time may end with that is no more than a number or a stamp.
const EPOCHS: [&str; 8] = ["timestamp", "uepoch", "epochms", "epoch", "unix", "stamp", "ts", "ms"];

/// What a name says, and the unit in it (`Thời lượng (giây)`).
pub(crate) fn named(name: &str) -> Option<(NameSays, Option<Unit>)> {
    // What stands after a dot is the name within an object: `customer.number` says more than `number`.
    let (within, last) = name.rsplit_once('.').unwrap_or(("", name));
    let within = fold_word(within.rsplit('.').next().unwrap_or_default());
    // `Start (GMT+9)` is `Start`, in a zone of its own.
    let zoneless = zone_at_end(name).map(|(rest, _)| fold_word(rest));
    // `Duration of talk (s)` is `talk duration (s)`.
    let turned = name.split_once(" of ").map(|(what, whose)| {
        let (whose, unit) = whose.split_once('(').unwrap_or((whose, ""));
        fold_word(&format!("{whose} {what} {unit}"))
    });
    // `status.name` is the status; the name, number and state of an agent are not the customer's.
    let is_words = is_in("name label text title description", &fold_word(last));
    let is_of_words = |(says, _): &(NameSays, Option<Unit>)| {
        matches!(says, NameSays::Field(Field::Result | Field::Cause | Field::HangupBy))
    };
    let of_object = || by_key(&within).filter(|named| is_words && is_of_words(named));
    let own = Some(fold_word(last)).filter(|_| !is_in(OBJECTS_BESIDE, &within));
    let of_last = || own.as_deref().and_then(by_key);
    let whole = by_key(&fold_word(name));
    let by_names = || whole.or_else(of_object).or_else(of_last).or_else(|| turned.as_deref().and_then(by_key));
    let of_time = || zoneless.as_deref().and_then(by_key).filter(|(named, _)| is_time(*named));
    by_names().or_else(of_time).or_else(|| {
        let cost = (NameSays::Field(Field::Cost), None);
        // Without its accents it may be the call (`Cuộc gọi`) as well.
        let is_fee = |name: &str| fold_word(name) == "cuocgoi";
        if is_fee(name) {
            return name.to_lowercase().contains("cước").then_some(cost);
        }
        let (rest, _) = named_currency(name)?;
        let is_cost = is_fee(rest) || by_key(&fold_word(rest)).is_some_and(|(named, _)| named == cost.0);
        is_cost.then_some(cost)
    })
}

/// Every name of [`NAMES`], since a table of many columns has each row of its head looked up.
static BY_NAME: LazyLock<HashMap<&str, NameSays>> = LazyLock::new(|| {
    let of_list =
        |(says, names): &(NameSays, &'static str)| names.split_ascii_whitespace().zip(std::iter::repeat(*says));
    // The first list counts, as it says most.
    NAMES.iter().rev().flat_map(of_list).collect()
});

fn by_key(key: &str) -> Option<(NameSays, Option<Unit>)> {
    // `Phút đàm thoại`, `Số phút gọi`.
    const FIRST: [&str; 3] = ["sophut", "phut", "minutesof"];
    let exact = |key: &str| BY_NAME.get(key).copied();
    if let Some(named) = exact(key) {
        let is_unit = |end: &str| end.len() > 2 && key == end;
        let ends_with = |end: &str| end.len() > 1 && key.len() > end.len() + 1 && key.ends_with(end);
        let unit = UNITS.iter().find(|(end, _)| is_unit(end) || ends_with(end));
        let first = FIRST.iter().any(|first| key.starts_with(first)).then_some(Unit::Minutes);
        return Some((named, unit.map(|(_, unit)| *unit).or(first).filter(|_| is_length(named))));
    }
    let epoch = EPOCHS.iter().find_map(|end| exact(key.strip_suffix(end)?).filter(|named| is_time(*named)));
    if let Some(named) = epoch {
        return Some((named, None));
    }
    if let Some((end, _)) = ZONES.iter().find(|(end, _)| key.ends_with(end)) {
        return exact(key.strip_suffix(end)?).filter(|named| is_time(*named)).map(|named| (named, None));
    }
    UNITS.iter().find_map(|(end, unit)| {
        let named = exact(key.strip_suffix(end)?).filter(|named| is_length(*named))?;
        Some((named, Some(*unit)))
    })
}

fn is_time(named: NameSays) -> bool {
    let times = [Field::DialedAt, Field::AnsweredAt, Field::EndedAt].map(NameSays::Field);
    named == NameSays::Time || times.contains(&named)
}

/// Whether a cell begins with a word for a sum of other rows.
pub(crate) fn is_sum(cell: &str) -> bool {
    const WORDS: [&str; 12] =
        ["tong", "cong", "total", "totals", "sum", "average", "avg", "tb", "subtotal", "mean", "tc", "sum of"];
    const BEGINNINGS: [&str; 17] = [
        "tong cong",
        "tong so",
        "tong ngay",
        "tong thang",
        "tong tuan",
        "tong cuoc",
        "tong thoi",
        "tong hop",
        "cong ngay",
        "cong thang",
        "cong tuan",
        "cong don",
        "grand total",
        "sub total",
        "sub-total",
        "trung binh",
        "luy ke",
    ];
    let words = fold(cell);
    let key = words.trim_end_matches([':', '.', ' ', '-']);
    let begins_with =
        |beginning: &str| words.strip_prefix(beginning).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let is_counted =
        |word: &str| words.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with([':', '=', '(']));
    // `Tổng 02/03/2026`.
    let names_day = || {
        words
            .split_once(' ')
            .is_some_and(|(word, rest)| WORDS.contains(&word) && rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    WORDS.contains(&key)
        || names_day()
        || WORDS.iter().any(|word| is_counted(word))
        || BEGINNINGS.iter().any(|beginning| begins_with(beginning))
        || words.starts_with("total ")
}

fn is_length(named: NameSays) -> bool {
    matches!(named, NameSays::Field(field) if field.is_length())
}

/// Whether a column's name asks whether somebody answered.
pub(crate) fn asks_for_answer(name: &str) -> bool {
    is_in(QUESTIONS, &fold_word(name))
}

/// Whether the causes of lines stand under a name.
pub(crate) fn names_a_line_cause(name: &str) -> bool {
    is_in(LINE_CAUSES, &fold_word(name))
}

/// Whether any reasons for the end of a call stand under a name.
pub(crate) fn names_a_cause(name: &str) -> bool {
    named(name).is_some_and(|(says, _)| says == NameSays::Field(Field::Cause))
}

/// What a word answers to such a question.
pub(crate) fn yes_or_no(word: &str) -> Option<bool> {
    let key = fold_word(word);
    if is_in(YES, &key) { Some(true) } else { is_in(NO, &key).then_some(false) }
}

/// Whether a word means yes or no, which says something under the name of its column alone.
pub fn is_yes_or_no(word: &str) -> bool {
    yes_or_no(word).is_some()
}

/// Whether a number under this name may be another one than the customer's.
pub(crate) fn is_side(name: &str) -> bool {
    is_in(SIDES, &fold_word(name))
}

/// Whether a name has a word in it that lengths of talks are called by, however it goes on.
pub(super) fn is_about_talk(name: &str) -> bool {
    const PARTS: [&str; 14] = [
        "talk",
        "convers",
        "billed",
        "billing",
        "billsec",
        "speak",
        "incall",
        "oncall",
        "answer",
        "connected",
        "thoai",
        "noichuyen",
        "trochuyen",
        "nghe",
    ];
    const NOT: [&str; 14] = [
        "dienthoai",
        "cost",
        "price",
        "phi",
        "soluot",
        "solan",
        "tyle",
        "tile",
        "ratio",
        "rate",
        "count",
        "numberof",
        "pct",
        "score",
    ];
    // `duration` is no ratio.
    let key = fold_word(name).replace("duration", "length").replace("account", "").replace("country", "");
    PARTS.iter().any(|part| key.contains(part)) && !NOT.iter().any(|not| key.contains(not)) && !name.contains('%')
}

/// Whether a name has a word in it for the answer of a call.
pub(super) fn is_about_the_answer(name: &str) -> bool {
    const PARTS: [&str; 9] =
        ["pick", "nhac", "traloi", "batmay", "ketnoi", "establish", "accept", "answ", "thoidiemnghe"];
    let key = fold_word(name);
    is_about_talk(name) || asks_for_answer(name) || PARTS.iter().any(|part| key.contains(part))
}

/// Whether a name has a word in it for the end of a call.
pub(super) fn is_about_the_end(name: &str) -> bool {
    const PARTS: [&str; 12] = [
        "end",
        "ketthuc",
        "hang",
        "hungup",
        "cupmay",
        "gacmay",
        "finish",
        "stop",
        "complet",
        "ngatmay",
        "disconnect",
        "dapmay",
    ];
    let key = fold_word(name);
    PARTS.iter().any(|part| key.contains(part))
}

/// Whether a name is that of a length that is billed, which is mostly rounded up: Asterisk's `billsec` is the talk.
pub(super) fn is_billed(name: &str) -> bool {
    const PARTS: [&str; 7] = ["billed", "billable", "billing", "charged", "chargeable", "tinhcuoc", "tinhphi"];
    let key = fold_word(name);
    PARTS.iter().any(|part| key.contains(part))
}

/// Whether a name is that of any price, and not of a call's: `Thành tiền`, `Price`.
pub(super) fn names_any_price(name: &str) -> bool {
    const NAMES: &str = "price totalprice thanhtien tongtien phi";
    let key = fold_word(named_currency(name).map_or(name, |(rest, _)| rest));
    is_in(NAMES, &key)
}

/// Whether what is told apart under a name may be calls: it is no name of a customer, a contract or an account.
pub(super) fn may_be_a_call(name: &str) -> bool {
    const PARTS: [&str; 22] = [
        "email", "hopdong", "taikhoan", "sothe", "cccd", "cmnd", "cancuoc", "masothue", "contract", "account",
        "policy", "loan", "khoanvay", "customer", "khach", "member", "hoivien", "thuebao", "invoice", "hoadon",
        "donhang", "order",
    ];
    let key = fold_word(name);
    !PARTS.iter().any(|part| key.contains(part))
}

/// Whether addresses under a name are those of sound.
pub(super) fn names_sound(name: &str) -> bool {
    const PARTS: [&str; 10] = ["nghe", "ghiam", "record", "audio", "voice", "sound", "wav", "mp3", "media", "callurl"];
    let key = fold_word(name);
    PARTS.iter().any(|part| key.contains(part)) && !key.contains("invoice")
}

/// Whether a number's name says that it is the customer's.
pub(super) fn names_whom(name: &str) -> bool {
    let key = fold_word(name);
    is_of_customer(name)
        || ["kh", "khach", "customer", "client", "lead", "contact"].iter().any(|part| key.contains(part))
}

/// Whether a name may be that of how often a customer was called in all.
pub(super) fn names_how_often(name: &str) -> bool {
    let key = fold_word(name);
    key.starts_with("solan") || key.contains("total") || key.contains("tong")
}

/// Whether a name says that its column counts the rows.
pub(crate) fn counts_rows(name: &str) -> bool {
    name.trim() == "#" || is_in("stt sott sothutu rowno rownumber", &fold_word(name))
}

/// The unit in any part of a name.
pub(super) fn unit_in(name: &str) -> Option<Unit> {
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(fold_word).collect();
    UNITS.iter().find(|(unit, _)| words.iter().any(|word| word == unit)).map(|(_, unit)| *unit)
}

/// Whether a number under this name is never the customer's.
pub(super) fn is_our_own(name: &str) -> bool {
    const OWN: &str = "hotline dauso did didnumber dnis trunk extension ext sonoibo assistantphonenumber botphonenumber \
                       agentphonenumber agentphone agentnumber";
    is_in(OWN, &fold_word(name))
}

/// Whether a name is that of an extension of ours, or of who sits at it.
pub(super) fn names_an_extension(name: &str) -> bool {
    const NAMES: &str =
        "ext extension exten sonoibo maynhanh sodauso line agent agentext agentextension user userext peer";
    is_in(NAMES, &fold_word(name))
}

/// Whether a name is one that only files of switches and diallers have.
pub(crate) fn is_of_system(name: &str) -> bool {
    is_in(OF_SYSTEMS, &fold_word(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_both_languages_with_and_without_accents() {
        for (name, field) in [
            ("Số điện thoại", Field::Phone),
            ("SĐT", Field::Phone),
            ("so dien thoai", Field::Phone),
            ("Phone Number", Field::Phone),
            ("customer.phone", Field::Phone),
            ("Ngày gọi", Field::DialedAt),
            ("Thời lượng", Field::Total),
            ("Kết quả", Field::Result),
            ("Trạng thái", Field::Result),
            ("Khách hàng", Field::Name),
            ("Ghi âm", Field::RecordingUrl),
            ("Chiến dịch", Field::Campaign),
            ("Bắt máy", Field::Result),
            ("Nghe máy", Field::Result),
            ("Tên khách", Field::Name),
            ("Họ tên khách", Field::Name),
            ("Người nhận", Field::Name),
            ("SĐT liên hệ", Field::Phone),
            ("Di động", Field::Phone),
            ("Số đã gọi", Field::Phone),
            ("TG gọi", Field::DialedAt),
            ("Thời gian gọi ra", Field::DialedAt),
            ("Ngày liên hệ", Field::DialedAt),
            ("Giờ cúp máy", Field::EndedAt),
            ("Thời gian KT", Field::EndedAt),
            ("Giờ bắt máy", Field::AnsweredAt),
            ("TG đàm thoại", Field::Talk),
            ("Thời lượng trả lời", Field::Talk),
            ("TG đổ chuông", Field::Ringing),
            ("Tổng thời gian gọi", Field::Total),
            ("Kết quả liên hệ", Field::Result),
            ("KQ gọi", Field::Result),
            ("Trạng thái KH", Field::Result),
            ("Phản hồi của khách", Field::Result),
            ("Lý do từ chối", Field::Cause),
            ("Ghi chú cuộc gọi", Field::Note),
            ("Nội dung tư vấn", Field::Note),
            ("Ý kiến khách hàng", Field::Note),
            ("Link nghe lại", Field::RecordingUrl),
            ("File ghi âm", Field::RecordingUrl),
            ("Cước phí gọi", Field::Cost),
            ("Cost (VND)", Field::Cost),
            ("Cước gọi (đ)", Field::Cost),
            ("Price USD", Field::Cost),
            ("Mã cuộc gọi", Field::Id),
            ("ID gọi", Field::Id),
            ("Mã KH", Field::ContactId),
            ("Lần gọi thứ", Field::Attempt),
            ("Số lần gọi", Field::Attempt),
            ("Đợt gọi", Field::Campaign),
            ("Kịch bản", Field::Voicebot),
            ("Bên cúp máy", Field::HangupBy),
            ("Văn bản cuộc gọi", Field::Transcript),
            ("Thời gian đàm thoại", Field::Talk),
            ("call_sid", Field::Id),
            ("Duration of talk (s)", Field::Talk),
            ("Date of call", Field::DialedAt),
            ("Action Result", Field::Result),
        ] {
            assert_eq!(named(name).map(|named| named.0), Some(NameSays::Field(field)), "{name}");
        }
        assert_eq!(named("Ngày"), Some((NameSays::Time, None)));
        assert_eq!(named("Start Time (UTC)"), Some((NameSays::Field(Field::DialedAt), None)));
        assert_eq!((named("Hạn thanh toán"), named(""), named("x.y")), (None, None, None));
    }

    #[test]
    fn a_name_may_ask_whether_somebody_answered() {
        assert!(["Bắt máy", "Có nghe máy?", "Answered", "Liên lạc được"].iter().all(|name| asks_for_answer(name)));
        assert!(!["Kết quả", "Giờ bắt máy", ""].iter().any(|name| asks_for_answer(name)));
        let answers = ["Có", "x", "KHÔNG", "Ko", "chưa", "Yes", "0", "bận"].map(yes_or_no);
        let expected = [true, true, false, false, false, true, false].map(Some);
        assert_eq!((&answers[..7], answers[7]), (&expected[..], None));
    }

    #[test]
    fn a_name_may_tell_the_unit() {
        for (name, unit) in [
            ("Thời lượng (giây)", Some(Unit::Seconds)),
            ("duration_ms", Some(Unit::Milliseconds)),
            ("duration_seconds", Some(Unit::Seconds)),
            ("Duration (s)", Some(Unit::Seconds)),
            ("Thời lượng đàm thoại (phút)", Some(Unit::Minutes)),
            ("billsec", Some(Unit::Seconds)),
            ("minutes", Some(Unit::Minutes)),
            ("Billed minutes", Some(Unit::Minutes)),
            ("Số phút", Some(Unit::Minutes)),
            ("duration", None),
        ] {
            assert_eq!(named(name).and_then(|named| named.1), unit, "{name}");
        }
    }

    #[test]
    fn a_name_stands_in_one_list_only() {
        let lists = NAMES.iter().map(|(_, names)| *names).chain([SIDES]);
        let mut all: Vec<&str> = lists.flat_map(str::split_ascii_whitespace).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
