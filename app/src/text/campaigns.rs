//! The list of campaigns and the head of a campaign's pages.

use crate::text::messages;

messages! {
    search_campaigns = "Tìm theo tên chiến dịch", "Search campaigns";
    search_button = "Tìm", "Search";
    all_states = "Tất cả", "All";
    state_filter = "Lọc theo trạng thái", "Filter by state";
    campaign_and_voicebot = "Chiến dịch, voicebot", "Campaign, voicebot";
    state_column = "Trạng thái", "State";
    customers_column = "Khách hàng", "Customers";
    reached_column = "Đã tiếp cận", "Reached";
    calls_column = "Cuộc gọi", "Calls";
    answered_column = "Nghe máy", "Answered";
    blocks_column = "Block", "Blocks";
    cost_column = "Chi phí", "Cost";
    dates_column = "Thời gian", "Dates";
    order_label = "Sắp xếp theo", "Sort by";
    export_campaigns = "Xuất danh sách chiến dịch", "Export the list of campaigns";
    dialled_share(share) = "Đã gọi {share} khách hàng", "{share} of the customers called";
    total_of(campaigns) = "Tổng {campaigns}", "Total of {campaigns}";
    counted_in_each = "Một khách có trong nhiều chiến dịch được đếm ở từng chiến dịch. Tỷ lệ ở dòng tổng được tính lại từ các số đếm. Chi phí đã gồm VAT hay chưa tuỳ theo bảng giá.", "A customer in several campaigns is counted in each. Rates in the total row are computed anew from the counts. Whether costs include VAT is as their tariffs say.";
    whole_campaign_figures = "Bộ lọc ngày chọn chiến dịch; số liệu là của toàn chiến dịch.", "The dates choose campaigns; the figures are of the whole campaign.";
    shown_of(shown, total) = "{shown} trên {total}", "{shown} of {total}";
    previous_page = "Trước", "Previous";
    next_page = "Sau", "Next";
    pages = "Trang", "Pages";
    running_now(campaigns) = "{campaigns} đang chạy", "{campaigns} running";
    updated_at(time) = "Cập nhật lúc {time}", "Updated at {time}";
    since_day(day) = "{day} – nay", "{day} – now";
    starts_at(at) = "Bắt đầu lúc {at}", "Starts {at}";
    not_called_yet = "Chưa gọi", "Not called yet";
    no_campaigns_title = "Chưa có chiến dịch nào", "No campaigns yet";
    no_campaigns_why = "Đưa tệp cuộc gọi vào ở trang Nhập dữ liệu, hoặc gửi chiến dịch và cuộc gọi qua API bằng một token, để xem báo cáo đầu tiên.", "Bring in a file of calls on the page Import calls, or send campaigns and calls to the API with a token, to see the first report.";
    make_token = "Tạo token", "Make a token";
    no_match_title = "Không có chiến dịch nào khớp", "No campaigns match";
    no_match_why = "Bỏ bớt một điều kiện để thấy lại.", "Drop a condition to see them again.";
    drop_all_filters = "Bỏ bộ lọc", "Clear filters";
    overview = "Tổng quan", "Overview";
    call_details = "Chi tiết cuộc gọi", "Call details";
    report_tabs = "Báo cáo", "Report";
    contact_rate_rule = "Khách có ít nhất một cuộc gọi thành công, chia cho số khách trong danh sách.", "Customers with at least one success call, divided by the customers on the list.";
    answer_rate_rule = "Cuộc gọi nghe máy chia cho tổng số cuộc gọi đã kết thúc, kể cả gọi lại.", "Answered calls divided by all finished calls, redials included.";
}
