//! Ringside's own list of calls as people get it, in Vietnamese or English, as CSV or in a workbook: its calls are the stored ones and
//! no others, so their ids are as they stand there.

use std::collections::BTreeMap;

use crate::mapping::{Field, Mapping, Place};

/// Its columns that are fields of a call, Vietnamese and English.
const FIELDS: [(Field, [&str; 2]); 14] = [
    (Field::Id, ["Mã cuộc gọi", "Call id"]),
    (Field::Campaign, ["Mã chiến dịch", "Campaign id"]),
    (Field::Voicebot, ["Voicebot", "Voicebot"]),
    (Field::ContactId, ["Mã khách hàng", "Customer id"]),
    (Field::Phone, ["Số điện thoại", "Phone"]),
    (Field::Name, ["Khách hàng", "Customer"]),
    (Field::Attempt, ["Lần gọi", "Attempt"]),
    (Field::DialedAt, ["Thời điểm", "Time"]),
    (Field::AnsweredAt, ["Lúc nghe máy", "Answered at"]),
    (Field::EndedAt, ["Lúc kết thúc", "Ended at"]),
    (Field::Result, ["Mã kết quả", "Result code"]),
    (Field::HangupBy, ["Bên gác máy", "Hung up by"]),
    (Field::Cause, ["Nguyên nhân", "Cause"]),
    (Field::RecordingUrl, ["Địa chỉ ghi âm", "Recording address"]),
];
/// Those that follow from others, and how many of them at least tell it from another system's.
const OTHERS: [[&str; 2]; 6] = [
    ["Thời lượng quay số", "Dial time"],
    ["Đàm thoại", "Talk time"],
    ["Tin nhắn", "Messages"],
    ["Lý do kết thúc", "Why it ended"],
    ["Cước tính theo", "Charged by"],
    ["Tiền tệ", "Currency"],
];
const LEAST_OTHERS: usize = 2;

/// How such a list becomes calls, where a table has its names; what somebody has added beside them is not the call's.
pub(super) fn mapping_of(names: &[String]) -> Option<Mapping> {
    (0..2).find_map(|language| {
        let is_there = |own: &str| names.iter().any(|name| name == own);
        let has = |field: Field| FIELDS.iter().any(|(of, own)| *of == field && is_there(own[language]));
        let needed = [Field::Id, Field::Campaign, Field::ContactId, Field::DialedAt, Field::Result, Field::EndedAt];
        let others = OTHERS.iter().filter(|own| is_there(own[language])).count();
        if !needed.into_iter().all(has) || others < LEAST_OTHERS {
            return None;
        }
        let known = FIELDS.iter().filter(|(field, _)| has(*field));
        let columns: BTreeMap<Field, Place> =
            known.map(|(field, own)| (*field, Place { columns: vec![own[language].to_owned()], unit: None })).collect();
        Some(Mapping { repair_phones: false, columns, ..Mapping::default() })
    })
}
