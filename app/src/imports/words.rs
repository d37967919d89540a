//! The texts of both pages.

use domain::import::ImportPreview;
use store::imports::ImportState;

use crate::{Text, text::messages};

messages! {
    imports_lead = "Đưa cuộc gọi từ tổng đài, voicebot hay bảng tính vào báo cáo. Tệp được xem trước, chưa có gì được ghi cho tới khi bạn xác nhận.", "Bring calls from a switch, a voicebot or a spreadsheet into the reports. A file is looked at first; nothing is stored until you confirm.";
    import_files = "Tệp cuộc gọi", "Files of calls";
    import_files_note = "CSV, Excel, JSON, XML, SQL của hơn 30 hệ thống, hay bảng bất kỳ; gzip, zip cũng được. Tối đa 5 GB một tệp.", "CSV, Excel, JSON, XML, SQL of more than 30 systems, or any table; gzip and zip, too. At most 5 GB each.";
    import_upload = "Tải lên và xem trước", "Upload and look at them";
    import_history = "Các lần nhập", "Imports so far";
    import_none = "Chưa nhập tệp nào", "No file was brought in yet";
    import_none_why = "Mỗi lần nhập sẽ hiện ở đây với kết quả, và có thể hoàn tác.", "Each import shows here with what came of it, and can be undone.";
    import_file = "Tệp", "File";
    import_size = "Dung lượng", "Size";
    import_when = "Thời điểm", "Time";
    import_by = "Người nhập", "By";
    import_by_program = "API", "API";
    import_result = "Kết quả", "Result";
    import_checking = "Đang xem tệp", "Looking at the file";
    import_checked = "Chờ xác nhận", "To be confirmed";
    import_storing = "Đang nhập", "Storing";
    import_done = "Đã nhập", "Stored";
    import_undoing = "Đang hoàn tác", "Being undone";
    import_undone = "Đã hoàn tác", "Undone";
    import_dropped = "Đã bỏ", "Dropped";
    import_failed = "Không đọc được", "Failed";
    import_leave = "Bạn có thể rời trang này, việc vẫn tiếp tục.", "You can leave this page; it goes on.";
    import_new = "Cuộc gọi mới", "New calls";
    import_changed = "Thay đổi", "Changed";
    import_changed_why = "đã có, nội dung khác", "known, with other content";
    import_unchanged = "Đã có sẵn", "Already imported";
    import_unchanged_why = "không đổi gì", "nothing changes";
    import_rejected = "Bị loại", "Rejected";
    import_over_quota = "Vượt hạn mức", "Over quota";
    import_over_quota_why = "trong số bị loại; nhập lại khi còn hạn mức", "of those rejected; bring them in again when there is room";
    import_over_month(calls, month) = "{calls} của {month}", "{calls} of {month}";
    import_beyond_quota(months) = "Vượt hạn mức cuộc gọi trong tháng: {months} sẽ bị từ chối nếu nhập bây giờ. Cần thêm, hãy liên hệ người vận hành dịch vụ.", "Beyond the quota of calls a month: {months} would be rejected if it were stored now. If you need more, ask the operator of the service.";
    import_rejected_why = "xem lý do bên dưới", "the reasons are below";
    import_classes = "Kết quả cuộc gọi", "How the calls ended";
    import_in_progress = "Chưa kết thúc", "Still going on";
    import_read_as = "Cách đọc tệp", "How the file is read";
    import_format = "Định dạng", "Format";
    import_rows = "Dòng", "Rows";
    import_rows_are(rows, calls) = "{rows} dòng là {calls}", "{rows} rows are {calls}";
    import_duplicates = "Dòng lặp lại, bỏ qua", "Repeated rows, left out";
    import_left_out = "Chưa gọi hoặc chưa kết thúc, bỏ qua", "Never dialled or still going on, left out";
    import_inbound = "Cuộc gọi đến", "Inbound calls";
    import_internal = "Cuộc gọi nội bộ", "Internal calls";
    import_voicemail = "Cuộc gọi vào hộp thư thoại của mình", "Calls to mailboxes of your own";
    import_others = "Cuộc gọi đến và nội bộ", "Inbound and internal calls";
    import_others_note(inbound, internal, voicemail) = "Tệp có {inbound} cuộc gọi đến, {internal} cuộc gọi nội bộ và {voicemail} cuộc gọi vào hộp thư thoại của mình.", "The file has {inbound} inbound calls, {internal} internal ones and {voicemail} to mailboxes of your own.";
    import_period = "Thời gian gọi", "Dialled";
    import_zone = "Múi giờ", "Time zone";
    import_zone_assumed = "tệp không ghi múi giờ, đang dùng của tài khoản", "the file does not say; the account's is used";
    import_zone_note = "Để trống: theo tệp, hoặc của tài khoản. Ví dụ Asia/Ho_Chi_Minh, UTC.", "Empty: as the file says, or the account's. Such as Asia/Ho_Chi_Minh, UTC.";
    import_order = "Thứ tự ngày", "Order of dates";
    import_order_assumed = "tệp không cho biết, hãy kiểm tra ngày bên dưới", "nothing in the file tells; check the dates below";
    import_order_dmy = "ngày/tháng/năm", "day/month/year";
    import_order_mdy = "tháng/ngày/năm", "month/day/year";
    import_order_ymd = "năm-tháng-ngày", "year-month-day";
    import_unit = "Đơn vị thời lượng", "Unit of lengths of time";
    import_unit_found = "Như đã nhận biết", "As found out";
    import_unit_note = "Của các số không ghi đơn vị trong mọi cột thời lượng", "Of the bare numbers in all columns with lengths of time";
    import_unit_seconds = "giây", "seconds";
    import_unit_milliseconds = "mili giây", "milliseconds";
    import_unit_minutes = "phút", "minutes";
    import_unit_hours = "giờ", "hours";
    import_unit_days = "phần của một ngày (bảng tính)", "parts of a day (spreadsheet)";
    import_order_found = "Tự nhận biết", "Found out";
    import_remarks = "Lưu ý của bộ đọc", "What the reader noticed";
    import_reasons = "Dòng bị loại hoặc lạ", "Rejected or odd lines";
    import_reason = "Lý do", "Reason";
    import_lines = "Số dòng", "Lines";
    import_what_done = "Xử lý", "Done";
    import_was_rejected = "loại", "rejected";
    import_was_stored = "vẫn nhập", "stored all the same";
    import_line_call(id) = " (cuộc gọi {id})", " (call {id})";
    import_other_reasons = "lý do khác", "other reasons";
    import_first_calls(n) = "{n} cuộc gọi đầu tiên, đúng như sẽ được lưu", "The first {n} calls, as they would be stored";
    import_campaigns = "Chiến dịch", "Campaign";
    import_as_in_file = "Như trong tệp", "As in the file";
    import_will_be_made = "sẽ được tạo", "will be made";
    import_into = "Nhập vào chiến dịch", "Into the campaign";
    import_into_new = "Hoặc tạo chiến dịch mới", "Or a new campaign";
    import_into_new_note = "Để trống nếu đã chọn ở trên.", "Leave it empty if you have chosen one above.";
    import_choose = "Chọn chiến dịch", "Choose a campaign";
    import_store = "Nhập cuộc gọi", "Import calls";
    import_nothing_to_store = "Không có gì để nhập.", "There is nothing to store.";
    import_drop = "Bỏ tệp này", "Drop the file";
    import_again = "Nhập tệp khác", "Bring in another file";
    import_undo = "Hoàn tác", "Undo";
    import_undo_title = "Hoàn tác lần nhập này?", "Undo this import?";
    import_undo_why(added, updated) = "{added} sẽ bị xoá cùng ghi âm, {updated} trở về như trước. Số liệu cập nhật theo.", "{added} are deleted with their recordings, {updated} become what they were. All figures follow.";
    import_changed_since(n) = "{n} đã thay đổi sau khi nhập, nên không thể hoàn tác trọn vẹn.", "{n} were changed since, so it cannot be undone as a whole.";
    import_left_calls(n) = "Không hoàn tác, vì đã thay đổi trong lúc đó: {n}.", "Not undone, because of changes made meanwhile: {n}.";
    import_stored_before(calls) = "{calls} trước chỗ lỗi đã được nhập.", "{calls} before the fault are stored.";
    import_report = "Báo cáo từng dòng", "Report line by line";
    import_columns = "Cột của bảng", "Columns of the table";
    import_columns_why = "Cột nào là gì? Đã đoán theo tên và nội dung; sửa chỗ sai rồi xem lại.", "Which column is what? Guessed by name and content; correct what is wrong and look again.";
    import_columns_kept(name) = "Theo cách đọc đã lưu “{name}”.", "By the mapping kept as “{name}”.";
    import_words = "Từ chỉ kết quả", "Words for results";
    import_words_why = "Từ nào nghĩa là gì? Dòng có từ chưa rõ nghĩa sẽ bị loại; chọn nghĩa rồi xem lại.", "What does each word mean? Rows with a word that is not known are rejected; choose its meaning and look again.";
    import_word = "Từ trong tệp", "Word in the file";
    import_word_rows = "Số dòng", "Rows";
    import_words_of(word) = "Nghĩa của “{word}”", "Meaning of “{word}”";
    import_word_meaning = "Nghĩa", "Meaning";
    import_word_unknown = "(chưa rõ: loại các dòng này)", "(not known: reject these rows)";
    import_word_answered = "Khách nghe máy", "Answered";
    import_word_skip = "Không phải cuộc gọi: bỏ qua", "No call: leave it out";
    import_word_itself(word) = "Mã riêng “{word}”: khách đã nghe máy", "A code of its own, “{word}”: the customer answered";
    import_word_code(code, label) = "{code}: {label}", "{code}: {label}";
    import_word_other(code) = "{code}: mã mới, khách đã nghe máy", "{code}: a new code, the customer answered";
    import_keep_words = "Nhớ nghĩa các từ đã chọn cho cả tài khoản", "Remember what the chosen words mean, for the whole account";
    import_keep_words_note(words) = "{words}: tệp, webhook và API sau này cũng hiểu như vậy (Cài đặt, Mã kết quả, Cách viết khác của kết quả).", "{words}: later files, webhooks and the API understand them, too (Settings, Result codes, Other spellings of results).";
    import_unreadable = "Không đọc được", "Cannot be read";
    import_missing = "Còn thiếu", "Still missing";
    import_column = "Cột trong tệp", "Column of the file";
    import_field = "Ý nghĩa", "Meaning";
    import_not_used = "(không dùng)", "(not used)";
    import_look_again = "Xem lại", "Preview again";
    import_mapping_name = "Lưu cách đọc này với tên", "Keep this mapping as";
    import_mapping_name_note = "Lần sau, tệp có cùng tiêu đề cột sẽ được đọc như vậy.", "The next file with the same header is read by it.";
    import_wrong_spellings = "Không giữ được các cách viết này cho tài khoản: mã phải có ở Cài đặt › Mã kết quả, mỗi cách viết một lần (không phân biệt hoa thường, dấu), và BS, NA, CU giữ nguyên nghĩa.", "These spellings cannot be kept for the account: their codes must be defined in Settings › Result codes, each spelling once (whatever its capitals and accents), and BS, NA and CU keep their meaning.";
    import_wrong_campaign = "Hãy chọn một chiến dịch, hoặc đặt tên cho chiến dịch mới (tối đa 128 ký tự).", "Choose a campaign, or name a new one (128 characters at most).";
    import_wrong_columns = "Chưa đủ để đọc: cần thời điểm gọi, số điện thoại hoặc mã, và một cột cho biết ai đã nghe máy (kết quả, thời gian đàm thoại, thời điểm nghe máy hoặc hội thoại).", "Too little to read calls: needed are when it was dialled, a phone number or id, and a column that tells who answered (result, talk time, answer time or transcript).";
    import_wrong_busy = "Đang có nhiều tệp chờ đọc. Hãy đợi một tệp xong rồi thử lại.", "Many files wait to be read. Wait for one of them, then try again.";
    import_files_in_it = "Các tệp trong đó", "The files in it";
}

/// A state in words, and its badge; of a file of which nothing can be read there is nothing to confirm.
pub(super) fn state(state: ImportState, found: Option<&ImportPreview>, text: Text) -> (&'static str, &'static str) {
    match state {
        ImportState::Checked if found.is_some_and(ImportPreview::is_unreadable) => {
            (text.import_unreadable(), "badge is-failed")
        }
        ImportState::Checking => (text.import_checking(), "badge is-accent"),
        ImportState::Checked => (text.import_checked(), "badge is-accent"),
        ImportState::Storing => (text.import_storing(), "badge is-accent"),
        ImportState::Done => (text.import_done(), "badge is-success"),
        ImportState::Undoing => (text.import_undoing(), "badge is-accent"),
        ImportState::Undone => (text.import_undone(), "badge"),
        ImportState::Dropped => (text.import_dropped(), "badge"),
        ImportState::Failed => (text.import_failed(), "badge is-failed"),
    }
}

/// How a file writes dates, in words; what is none that is known stays as it is.
pub(super) fn date_order(order: &str, text: Text) -> String {
    let letters: String = order.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.to_ascii_lowercase().as_str() {
        "dmy" => text.import_order_dmy().to_owned(),
        "mdy" => text.import_order_mdy().to_owned(),
        "ymd" => text.import_order_ymd().to_owned(),
        _ => order.to_owned(),
    }
}
