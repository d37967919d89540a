//! Usage and access statistics.

use crate::text::messages;

messages! {
    usage_title = "Chi tiết sử dụng", "Usage";
    usage_lead = "Theo tháng, từng voicebot trong tài khoản", "By month, for each voicebot of the account";
    statistics_title = "Thống kê truy cập", "Access statistics";
    statistics_lead = "Mọi chiến dịch đã chạy trong khoảng thời gian xem", "All campaigns run in the period";
    sheet_usage_summary = "Tổng hợp", "Summary";
    usage_period = "Kỳ", "Period";
    usage_month = "Tháng", "Month";
    month_named(month) = "Tháng {month}", "{month}";
    choose_month = "Chọn tháng", "Choose a month";
    month_previous = "Tháng trước", "Previous month";
    month_next = "Tháng sau", "Next month";
    latest_month = "Tháng gần nhất có cuộc gọi", "Latest month with calls";
    voicebot_label = "Voicebot", "Voicebot";
    all_voicebots = "Tất cả voicebot", "All voicebots";
    show = "Xem", "Show";
    sessions = "Phiên làm việc", "Sessions";
    messages = "Tin nhắn", "Messages";
    total_calls_column = "Tổng số cuộc gọi", "Total calls";
    talk_time_answered = "Thời lượng nghe máy", "Talk time";
    campaigns_column = "Chiến dịch", "Campaigns";
    usage_share = "Tỷ trọng", "Share";
    change_column = "Thay đổi", "Change";
    by_voicebot = "Theo voicebot", "By voicebot";
    by_campaign = "Theo chiến dịch", "By campaign";
    by_day = "Theo ngày", "By day";
    by_month = "Theo tháng", "By month";
    day_column = "Ngày", "Day";
    voicebot_column = "Voicebot", "Voicebot";
    campaign_column = "Chiến dịch", "Campaign";
    total = "Tổng", "Total";
    sessions_by_day = "Phiên làm việc theo ngày", "Sessions by day";
    sessions_by_month = "Phiên làm việc theo tháng", "Sessions by month";
    sessions_12_months = "Phiên làm việc 12 tháng", "Sessions, 12 months";
    twelve_months = "12 tháng", "12 months";
    compared_with(days) = "so với {days}", "compared with {days}";
    change_from(before) = "từ {before}", "from {before}";
    change_new = "mới", "new";
    change_up(percent) = "tăng {percent}", "up {percent}";
    change_down(percent) = "giảm {percent}", "down {percent}";
    change_none = "không đổi", "no change";
    no_usage = "Không có cuộc gọi nào kết thúc trong kỳ này.", "No call ended in this period.";
    usage_foot = "Phiên làm việc là số block voicebot đã dùng, không phải số cuộc hội thoại. Chi phí chưa gồm VAT. Cuộc gọi đang diễn ra không nằm trong số liệu nào.", "Sessions are blocks used, not conversations. Costs exclude VAT. Calls in progress are in no figure.";
    rule_sessions = "Phiên làm việc là số block đã dùng: mỗi cuộc gọi làm tròn lên block của riêng nó, rồi mới cộng lại.", "Sessions are blocks used: each call is rounded up to its own blocks, then they are added.";
    rule_usage_messages = "Câu trả lời của voicebot cho khách; một câu trả lời là một tin nhắn. Cuộc gọi không rõ số tin nhắn không được cộng.", "Replies of the voicebot to the customer; one reply is one message. Calls with an unknown number are left out.";
    rule_usage_calls = "Mọi cuộc gọi đã kết thúc, kể cả gọi lại.", "All finished calls, redials included.";
    rule_usage_talk = "Từ lúc khách nghe máy đến lúc kết thúc, cộng trên các cuộc thành công.", "From the answer to the end, added up over success calls.";
    rule_usage_cost = "Chi phí của từng cuộc gọi theo bảng giá lúc gọi, cộng lại. Chưa gồm VAT.", "The cost of each call by the tariff of its time, added up. VAT not included.";
    rule_usage_trend = "Phiên làm việc của từng ngày theo giờ địa phương của tài khoản, của từng tháng khi kỳ dài hơn 92 ngày.", "Sessions of each local day of the account, of each month where the period is over 92 days.";
    rule_usage_months = "Phiên làm việc của 12 tháng dương lịch trọn vẹn.", "Sessions of twelve whole calendar months.";
    usage_excluded = "cuộc gọi đang diễn ra", "calls in progress";
    fact_compared = "So với", "Compared with";
    download_usage_csv = "Tải CSV", "Download CSV";
    download_usage_xlsx = "Tải XLSX", "Download XLSX";
}
