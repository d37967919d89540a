//! The words of the mail, and of what the page says about it.

use domain::{Language, format, time::LocalTime};

use crate::{Text, text::messages};

impl Text {
    /// An instant within a sentence: `17:04 ngày 14/11/2026`, `14 Nov 2026, 17:04`.
    pub fn mail_moment(self, at: LocalTime) -> String {
        match self.0 {
            Language::Vi => format!("{} ngày {}", format::time(at), format::date(at.day(), self.0)),
            Language::En => format::date_time(at, self.0),
        }
    }
}

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
    mail_failed = "Không đạt (BS, NA)", "Failed (BS, NA)";
    mail_error = "Lỗi (CU)", "Error (CU)";
    mail_with_redials(calls) = "{calls}, kể cả gọi lại", "{calls}, redials included";
    mail_by_code = "Kết quả cuộc gọi theo mã", "Call results by code";
    mail_attached = "Đính kèm", "Attached";
    mail_too_large(until) = "Tệp quá lớn để đính kèm, tải về được đến hết ngày {until}.", "The file is too large to attach; it can be downloaded until {until}.";
    mail_download = "Tải tệp XLSX", "Download the XLSX file";
    mail_no_workbook = "Không kèm được danh sách cuộc gọi; bạn có thể tải về từ báo cáo.", "The call list could not be attached; it can be downloaded from the report.";
    mail_as_of(at, zone, calls, customers) = "Số liệu chốt lúc {at}, múi giờ {zone}. Tỷ lệ được tính trên {calls} hoặc {customers} như ghi cạnh từng mục.", "Figures as of {at}, time zone {zone}. Rates are of {calls} or {customers}, as written beside each.";
    mail_why(name) = "Bạn nhận email này vì địa chỉ của bạn nằm trong danh sách nhận báo cáo của chiến dịch “{name}” hoặc của tài khoản.", "You receive this because your address is on the list of report recipients of the campaign “{name}” or of its account.";
    mail_why_preview = "Đây là bản xem trước do chính bạn yêu cầu; chưa ai khác nhận được báo cáo này.", "This is a preview that you asked for; nobody else has received this report.";
    mail_stop = "Ngừng nhận báo cáo", "Stop receiving reports";
    mail_plain_link = "Nút không mở được? Dán liên kết:", "The button does not open? Paste this link:";

    mail_shown(from, to, at) = "từ {from} · tới {to} · {at}", "from {from} · to {to} · {at}";
    mail_stop_question(address) = "{address} sẽ không nhận báo cáo chiến dịch nào của tài khoản này nữa. Muốn nhận lại, hãy nhờ người quản lý thêm địa chỉ.", "{address} will receive no more campaign reports of this account. To receive them again, ask its manager to add the address.";
    mail_older(n) = "và {n} email trước đó; API trả về tất cả", "and {n} mails before; the API gives them all";
    mail_stopped(address) = "Đã ngừng gửi báo cáo tới {address}.", "No more reports go to {address}.";

    report_mail = "Gửi báo cáo", "Report delivery";
    mail_sent_to(who, at) = "Báo cáo đã gửi tới {who} lúc {at}", "Report sent to {who} at {at}";
    mail_sending_to(who) = "Đang gửi báo cáo tới {who}", "Sending the report to {who}";
    mail_waiting_for(who) = "Báo cáo đang chờ gửi tới {who}", "The report waits to be sent to {who}";
    mail_will_go(who) = "Khi chiến dịch hoàn tất, báo cáo được gửi tới {who}", "On completion the report goes to {who}";
    mail_failed_for(who) = "Không gửi được báo cáo tới {who}", "The report could not be sent to {who}";
    mail_and_others(first, n) = "{first} và {n} người khác", "{first} and {n} others";
    mail_and_other(first) = "{first} và 1 người khác", "{first} and 1 other";
    mail_nobody = "Chưa có người nhận báo cáo.", "Nobody receives the report yet.";
    mail_not_sent = "Báo cáo chưa được gửi cho ai.", "The report has not been sent to anybody.";
    mail_server_said(words) = "Máy chủ email trả lời: {words}", "The mail server said: {words}";
    mail_tried_again(at) = "Thử lại lúc {at}", "Tried again at {at}";
    mail_unset = "Email đang chờ: máy chủ email chưa được thiết lập (RINGSIDE_SMTP_URL).", "Mails wait: no mail server is set (RINGSIDE_SMTP_URL).";
    mail_wrong(why) = "Email đang chờ: RINGSIDE_SMTP_URL {why}.", "Mails wait: RINGSIDE_SMTP_URL {why}.";
    mail_changed = "Số liệu đã thay đổi so với email đã gửi.", "The figures have changed since this mail.";
    mail_again = "Gửi lại", "Resend";
    mail_again_question(name) = "Gửi lại báo cáo “{name}”?", "Send the report “{name}” again?";
    mail_again_one(who) = "Báo cáo với số liệu hiện tại được gửi tới {who}.", "The report with the figures of now goes to {who}.";
    mail_again_who = "Báo cáo với số liệu hiện tại được gửi tới những người bạn chọn:", "The report with the figures of now goes to those you choose:";
    mail_to_chosen = "Gửi cho người đã chọn", "Send to those chosen";
    mail_to_all(n) = "Gửi cho cả {n} người", "Send to all {n}";
    mail_choose = "Chưa gửi cho ai: hãy chọn ít nhất một người nhận.", "Nothing was sent: please choose at least one recipient.";
    mail_not_completed = "Chưa gửi: chiến dịch chưa kết thúc nên chưa có báo cáo nào để gửi lại.", "Nothing was sent: the campaign has not ended, so there is no report to send again.";
    mail_too_soon = "Chưa gửi lần này: báo cáo vừa được gửi tới địa chỉ đó. Hãy thử lại sau một phút.", "Nothing was sent: the report went to that address just now. Please try again in a minute.";
    mail_too_many = "Chưa gửi lần này: hôm nay đã gửi đủ số email cho phép. Hãy thử lại vào ngày mai.", "Nothing was sent: as many mails as are allowed in a day have been sent. Please try again tomorrow.";
    mail_preview_sent(who, at) = "Bản xem trước đã gửi tới {who} lúc {at}", "Preview sent to {who} at {at}";
    mail_preview_sending(who) = "Đang gửi bản xem trước tới {who}", "Sending the preview to {who}";
    mail_preview_waiting(who) = "Bản xem trước đang chờ gửi tới {who}", "The preview waits to be sent to {who}";
    mail_preview_failed(who) = "Không gửi được bản xem trước tới {who}", "The preview could not be sent to {who}";
    mail_history = "Lịch sử gửi", "Delivery history";
    mail_view = "Xem email", "View the mail";
    mail_recipients = "Người nhận", "Recipients";
    mail_fix = "Sửa địa chỉ", "Correct the address";
    mail_of_campaign = "Người nhận của chiến dịch này", "Recipients of this campaign";
    mail_of_account = "Người nhận chung của tài khoản", "Recipients of the whole account";
    mail_emails_hint = "Mỗi dòng một địa chỉ.", "One address on each line.";
    mail_emails_of_campaign_hint = "Mỗi dòng một địa chỉ. Để trống thì dùng danh sách chung của tài khoản.", "One address on each line. Left empty, those of the account are used.";
    mail_save = "Lưu", "Save";
    mail_preview = "Gửi bản xem trước cho tôi", "Send me a preview";
    mail_complete = "Hoàn tất chiến dịch", "Complete the campaign";
    mail_complete_question(name) = "Hoàn tất “{name}”?", "Complete “{name}”?";
    mail_complete_why(who) = "Báo cáo được gửi ngay tới {who}. Cuộc gọi tới sau vẫn được tính vào báo cáo trên trang.", "The report goes to {who} at once. Calls that come later still count on the page.";
    mail_complete_nobody = "Chưa có người nhận nên báo cáo không được gửi đi. Cuộc gọi tới sau vẫn được tính vào báo cáo trên trang.", "Nobody receives the report, so it is not sent. Calls that come later still count on the page.";
    mail_cancel = "Huỷ", "Cancel";
    mail_status_waiting = "Đang chờ", "Waiting";
    mail_status_sending = "Đang gửi", "Sending";
    mail_status_sent = "Đã gửi", "Sent";
    mail_status_failed = "Không gửi được", "Failed";
    mail_status_stopped = "Đã ngừng nhận", "Stopped";
    mail_kind_completion = "Khi hoàn tất", "On completion";
    mail_kind_again = "Gửi lại", "Sent again";
    mail_kind_preview = "Xem trước", "Preview";
    mail_nothing_sent = "Chưa có email nào.", "No mails yet.";
    mail_tries(n) = "{n} lần thử", "{n} tries";
}
