//! What words in the names of columns tell, however the names go on.

use domain::search::{fold, fold_word};

use super::names::{asks_for_answer, is_in, is_of_customer};
use crate::written::named_currency;

/// Whether a name says that it is the id of a call, and not of a row or of anything.
pub(super) fn names_a_call(name: &str) -> bool {
    is_in("callid callsid calluuid macuocgoi idcuocgoi macuoc idcuoc macall callcode magoi idgoi", &fold_word(name))
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

/// Whether a name is that of expenses, which are mostly those of calls.
pub(super) fn names_an_expense(name: &str) -> bool {
    let key = fold_word(named_currency(name).map_or(name, |(rest, _)| rest));
    is_in("chiphi tongchiphi charge totalcharge", &key)
}

/// Whether what is told apart under a name may be calls: it is no name of a customer, a contract or an account.
pub(super) fn may_be_a_call(name: &str) -> bool {
    const PARTS: [&str; 22] = [
        "email", "hopdong", "taikhoan", "sothe", "cccd", "cmnd", "cancuoc", "masothue", "contract", "account",
        "policy", "loan", "khoanvay", "customer", "khach", "member", "hoivien", "thuebao", "invoice", "hoadon",
        "donhang", "order",
    ];
    // A recorder is no order.
    let key = fold_word(name).replace("record", "");
    !PARTS.iter().any(|part| key.contains(part))
}

/// Whether addresses under a name are those of sound.
pub(super) fn names_sound(name: &str) -> bool {
    const PARTS: [&str; 14] = [
        "nghe", "ghiam", "record", "audio", "voice", "sound", "wav", "mp3", "media", "callurl", "linkfile", "filelink",
        "fileurl", "urlfile",
    ];
    let key = fold_word(name);
    PARTS.iter().any(|part| key.contains(part)) && !key.contains("invoice")
}

/// Whether a length under a name is a recording's: `recording.duration`, `Thời lượng ghi âm`.
pub(super) fn names_length_of_recording(name: &str) -> bool {
    let key = fold_word(name);
    let is_of_it = ["recording", "ghiam", "record"].iter().any(|part| key.contains(part));
    is_of_it && ["duration", "length", "seconds", "thoiluong", "dodai"].iter().any(|part| key.contains(part))
}

/// Whether a name is that of one attempt among several, by its number: `Lần 1`, `Kết quả lần 2`, `Attempt 3`.
pub(super) fn names_one_of_several(name: &str) -> bool {
    const PARTS: [&str; 6] = ["lan", "attempt", "call", "goi", "cuoc", "dot"];
    let key = fold_word(name);
    let word = key.trim_end_matches(|c: char| c.is_ascii_digit());
    word.len() < key.len() && PARTS.iter().any(|part| word.ends_with(part))
}

/// Whether a name is of the time at which a record was made or changed.
pub(super) fn names_a_change(name: &str) -> bool {
    let key = fold_word(name);
    ["creat", "updat", "modif", "change", "ngaytao", "giantao", "capnhat", "sync"].iter().any(|part| key.contains(part))
}

/// Whether a name of a time has the call in it, and not the next one.
pub(super) fn names_time_of_call(name: &str) -> bool {
    let key = fold_word(name);
    let has = |parts: &[&str]| parts.iter().any(|part| key.contains(part));
    has(&["goi", "call", "dial"]) && !has(&["goilai", "callback", "next", "followup", "hen"])
}

/// Whether a name asks when, or after how long, somebody picked up.
pub(super) fn names_picking_up(name: &str) -> bool {
    let key = fold_word(name);
    ["nhac", "pick", "batmay"].iter().any(|part| key.contains(part))
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
