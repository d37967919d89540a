//! The words of the mail, and of what the page says about it.

use crate::text::messages;

messages! {
    mail_subject(name, reached, total) = "Báo cáo: {name} – {reached}/{total} khách đã tiếp cận", "Report: {name} – {reached}/{total} customers reached";
    mail_subject_preview(name, reached, total) = "Xem trước báo cáo: {name} – {reached}/{total} khách đã tiếp cận", "Report preview: {name} – {reached}/{total} customers reached";
    mail_preheader(calls, cost) = "{calls}, tổng chi phí {cost}", "{calls}, total cost {cost}";
    mail_title(name) = "{name} đã hoàn tất", "{name} is completed";
    mail_title_preview(name) = "{name}: bản xem trước", "{name}: preview";
    mail_about(dates, voicebot) = "{dates} · voicebot {voicebot}", "{dates} · voicebot {voicebot}";
    mail_open = "Mở báo cáo đầy đủ", "Open the full report";
    mail_no_tariff = "chưa có bảng giá", "no tariff yet";
    mail_tariffs(n) = "{n} bảng giá", "{n} tariffs";
    mail_from_answer = "từ lúc khách nghe máy", "from the customer's answer";
    mail_without_vat = "chưa gồm VAT", "VAT not included";
    mail_failed = "Không đạt (BS, NA)", "Failed (BS, NA)";
    mail_error = "Lỗi (CU)", "Error (CU)";
    mail_with_redials(calls) = "{calls}, kể cả gọi lại", "{calls}, redials included";
    mail_by_code = "Kết quả cuộc gọi theo mã", "Call results by code";
    mail_attached = "Đính kèm", "Attached";
    mail_too_large(until) = "Tệp quá lớn để đính kèm, tải về được đến hết ngày {until}.", "The file is too large to attach; it can be downloaded until {until}.";
    mail_download = "Tải tệp XLSX", "Download the XLSX file";
    mail_no_workbook = "Không kèm được danh sách cuộc gọi; bạn có thể tải về từ báo cáo.", "The call list could not be attached; it can be downloaded from the report.";
    mail_as_of(at, zone, calls, customers) = "Số liệu chốt lúc {at}, múi giờ {zone}. Tỷ lệ được tính trên {calls} hoặc {customers} như ghi cạnh từng mục.", "Figures as of {at}, time zone {zone}. Rates are of {calls} or {customers}, as written beside each.";
    mail_why(name) = "Bạn nhận thư này vì địa chỉ của bạn nằm trong danh sách nhận báo cáo của chiến dịch “{name}” hoặc của tài khoản.", "You receive this because your address is on the list of report recipients of the campaign “{name}” or of its account.";
    mail_why_preview = "Đây là bản xem trước do chính bạn yêu cầu; chưa ai khác nhận được báo cáo này.", "This is a preview that you asked for; nobody else has received this report.";
    mail_stop = "Ngừng nhận báo cáo", "Stop receiving reports";
    mail_plain_link = "Nút không mở được? Dán liên kết:", "The button does not open? Paste this link:";
}
