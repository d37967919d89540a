//! What the columns of a table of calls can be, in words: on the page of imports, and in what readers of files say.

use crate::{Text, form::Words, text::messages};

messages! {
    field_id = "Mã cuộc gọi", "Id of the call";
    field_campaign = "Chiến dịch", "Campaign";
    field_voicebot = "Voicebot", "Voicebot";
    field_contact_id = "Mã khách hàng", "Id of the customer";
    field_phone = "Số điện thoại khách", "Customer's number";
    field_name = "Tên khách hàng", "Customer's name";
    field_attempt = "Lần gọi thứ", "Attempt";
    field_dialed_at = "Lúc gọi", "Dialled at";
    field_answered_at = "Lúc nghe máy", "Answered at";
    field_ended_at = "Lúc kết thúc", "Ended at";
    field_epoch = "Mốc thời gian (epoch) lúc gọi", "Dial start as an epoch";
    field_zone = "Múi giờ", "Time zone";
    field_total = "Cả cuộc gọi kéo dài", "Length of the whole call";
    field_talk = "Thời gian đàm thoại", "Talk time";
    field_ringing = "Thời gian đổ chuông", "Ringing time";
    field_result = "Kết quả", "Result";
    field_bot_messages = "Số tin nhắn của bot", "Messages of the voicebot";
    field_hangup_by = "Ai gác máy", "Who hung up";
    field_cause = "Mã lỗi tổng đài", "Switch's cause";
    field_cost = "Chi phí", "Cost";
    field_recording_url = "Địa chỉ ghi âm", "Address of the recording";
    field_transcript = "Hội thoại", "Transcript";
    field_note = "Ghi chú", "Note";
    field_attributes = "Thông tin thêm", "Kept as it is";
}

/// A field of a mapping in words, by its name in mapping files.
pub fn words(name: &str, text: Text) -> Option<&'static str> {
    FIELDS.iter().find(|(known, _)| *known == name).map(|(_, words)| words(text))
}

/// Every field that a column can be.
pub const FIELDS: [(&str, Words); 24] = [
    ("phone", Text::field_phone),
    ("dialed_at", Text::field_dialed_at),
    ("result", Text::field_result),
    ("talk", Text::field_talk),
    ("answered_at", Text::field_answered_at),
    ("ended_at", Text::field_ended_at),
    ("total", Text::field_total),
    ("ringing", Text::field_ringing),
    ("name", Text::field_name),
    ("id", Text::field_id),
    ("contact_id", Text::field_contact_id),
    ("campaign", Text::field_campaign),
    ("voicebot", Text::field_voicebot),
    ("attempt", Text::field_attempt),
    ("transcript", Text::field_transcript),
    ("note", Text::field_note),
    ("recording_url", Text::field_recording_url),
    ("cost", Text::field_cost),
    ("cause", Text::field_cause),
    ("hangup_by", Text::field_hangup_by),
    ("bot_messages", Text::field_bot_messages),
    ("zone", Text::field_zone),
    ("epoch", Text::field_epoch),
    ("attributes", Text::field_attributes),
];
