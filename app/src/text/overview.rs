//! A campaign's overview.

use crate::text::messages;

messages! {
    campaign_cost = "Chi phí chiến dịch", "Campaign cost";
    campaign_performance = "Hiệu quả chiến dịch", "Campaign performance";
    more_analysis = "Phân tích thêm", "More analysis";
    average_talk_time = "Thời gian trung bình mỗi cuộc gọi", "Average time per call";
    total_talk_time = "Tổng thời gian gọi", "Total call time";
    blocks_used = "Số block đã sử dụng", "Blocks used";
    total_cost = "Tổng chi phí", "Total cost";
    block_unit = "block", "blocks";
    over_answered(calls) = "trên {calls} nghe máy", "over {calls} answered";
    seconds_talked(seconds) = "{seconds} đàm thoại", "{seconds} of talk";
    blocks_per_answered(n) = "{n} block mỗi cuộc nghe máy", "{n} blocks per answered call";
    blocks_times_price(blocks, price) = "{blocks} block × {price}", "{blocks} blocks × {price}";
    average_per_block(price) = "trung bình {price} mỗi block", "{price} per block on average";
    no_cost_yet = "chưa có cuộc gọi tính phí", "no charged calls yet";

    tariff_applied(tariff) = "Bảng giá áp dụng: {tariff}, chưa gồm VAT", "Tariff applied: {tariff}, VAT not included";
    tariffs_applied(n) = "{n} bảng giá áp dụng trong kỳ, chưa gồm VAT", "{n} tariffs applied in the period, VAT not included";
    tariff_none = "Chưa có bảng giá: block và chi phí được tính khi có bảng giá", "No tariff yet: blocks and cost are computed once there is one";
    tariff_even(seconds, price) = "block {seconds} giây × {price}", "{seconds} s blocks × {price}";
    tariff_uneven(first, price, next, next_price) = "block đầu {first} giây {price}, mỗi block {next} giây sau {next_price}", "first {first} s {price}, then each {next} s {next_price}";

    calls_and_redials(calls, redials, customers) = "{calls}, kể cả {redials} cuộc gọi lại · {customers}", "{calls}, {redials} of them redials · {customers}";
    call_results = "Kết quả cuộc gọi", "Call results";
    share_of(calls) = "% trên {calls}", "% of {calls}";
    success_note = "khách có nghe máy", "the customer answered";
    failed_note = "bận hoặc không trả lời", "busy or no answer";
    error_note = "không kết nối được", "not connected";
    undefined_code = "Mã chưa khai báo", "Undeclared code";
    undefined_codes_note(calls, codes) = "{calls} mang mã chưa khai báo ({codes}), tạm tính vào nhóm Thành công.", "{calls} carry an undeclared code ({codes}); they count as success for now.";
    result_code = "Mã kết quả", "Result code";
    define_code = "Khai báo mã", "Declare the code";
    define_code_title(code) = "Khai báo mã {code}", "Declare code {code}";
    label_vi = "Nhãn tiếng Việt", "Vietnamese label";
    label_en = "Nhãn tiếng Anh", "English label";
    code_is_goal = "Cuộc gọi mang mã này đạt mục tiêu", "A call with this code meets the goal";
    customer_status = "Trạng thái khách hàng", "Customer status";
    reached = "Đã tiếp cận", "Reached";
    reached_note = "ít nhất một cuộc gọi thành công", "at least one success call";
    tried = "Chưa tiếp cận, đã gọi", "Not reached, called";
    tried_note = "đã gọi, chưa lần nào nghe máy", "called, never answered";
    never_dialled = "Chưa tiếp cận, chưa gọi", "Not reached, not called yet";
    never_dialled_note = "chưa có cuộc gọi nào kết thúc", "no finished call yet";
    call_status = "Trạng thái cuộc gọi", "Call status";
    success_calls = "Cuộc gọi thành công", "Successful calls";
    success_calls_note = "mọi mã trừ BS, NA, CU", "every code but BS, NA, CU";
    failed_calls = "Cuộc gọi không đạt", "Failed calls";
    failed_calls_note = "BS bận, NA không trả lời", "BS busy, NA no answer";
    error_calls = "Cuộc gọi lỗi", "Error calls";
    error_calls_note = "CU lỗi đường truyền", "CU line error";
    answer_rate = "Tỷ lệ nghe máy (ASR)", "Answer rate (ASR)";
    network_effectiveness = "Kết nối mạng (NER)", "Network effectiveness (NER)";
    contact_rate = "Tỷ lệ tiếp cận", "Contact rate";
    goal_rate = "Tỷ lệ đạt mục tiêu", "Goal rate";
    of_calls(n, calls) = "{n} ÷ {calls}", "{n} ÷ {calls}";
    of_answered(n, answered) = "{n} ÷ {answered} cuộc nghe máy", "{n} ÷ {answered} answered calls";

    talk_time_title = "Thời lượng cuộc gọi", "Call duration";
    talk_time_note = "Từ lúc khách nghe máy đến lúc kết thúc · bấm vào cột để xem các cuộc gọi", "From the answer to the end · click a column to see its calls";
    talk_of(calls) = "tổng đàm thoại của {calls}", "talk time of {calls}";
    mean = "Trung bình", "Average";
    dial_time = "Thời lượng quay số", "Dial time";
    ring_time_unanswered = "Đổ chuông không nghe máy", "Ring time without answer";
    bot_messages = "Tin nhắn", "Messages";
    short_calls = "Cuộc ngắn dưới 5 giây", "Short calls under 5 s";
    histogram_axis = "cuộc gọi", "calls";
    histogram_unit = "giây đàm thoại", "seconds of talk";
    bin_range(from, to) = "{from} đến dưới {to}", "{from} to under {to}";
    bin_open(from) = "từ {from} trở lên", "{from} or longer";
    bin_minutes = "2–5′", "2–5′";
    bin_long = ">5′", ">5′";
    block_line(n) = "{n} block", "{n} blocks";
    block_line_one = "1 block", "1 block";
    histogram_summary(calls, bin, share) = "Thời lượng của {calls} nghe máy; nhiều nhất {bin}: {share}", "Talk time of {calls} answered; most are {bin}: {share}";
    histogram_empty = "Chưa có cuộc gọi nào nghe máy trong khoảng này", "No answered calls in this period";

    calls_over_time = "Cuộc gọi theo thời gian", "Calls over time";
    columns_of_trend = "Cột của biểu đồ", "Columns of the chart";
    grain_hour = "Giờ", "Hours";
    grain_day = "Ngày", "Days";
    per_hour = "theo giờ", "per hour";
    per_day = "theo ngày", "per day";
    trend_summary(calls, at, most) = "{calls} theo thời gian; nhiều nhất {at}: {most}", "{calls} over time; most on {at}: {most}";
    trend_empty = "Chưa có cuộc gọi nào trong khoảng này", "No calls in this period";
    chart_hint = "Bấm để xem danh sách", "Click to see the list";
    as_table = "Xem dạng bảng", "View as table";
    time_column = "Thời gian", "Time";
    talk_time_column = "Đàm thoại", "Talk time";
    duration_column = "Thời lượng", "Duration";
    total_column = "Tổng", "Total";
    share_column = "Tỷ lệ", "Share";

    heatmap = "Tỷ lệ nghe máy theo giờ và thứ", "Answer rate by hour and weekday";
    heatmap_note = "cuộc nghe máy ÷ cuộc gọi trong ô", "answered ÷ calls of the cell";
    heat_cell(day, hour, rate, success, calls) = "{day}, {hour} giờ: {rate}, {success} trên {calls}", "{day}, {hour}: {rate}, {success} of {calls}";
    heat_low = "≤ 30%", "≤ 30%";
    heat_high = "≥ 55%", "≥ 55%";
    heat_few = "dưới 20 cuộc gọi", "fewer than 20 calls";

    funnel = "Phễu khách hàng", "Customer funnel";
    share_of_customers(customers) = "% trên {customers}", "% of {customers}";
    funnel_customers = "Khách hàng trong danh sách", "Customers on the list";
    funnel_dialled_in = "Khách hàng được gọi trong kỳ", "Customers called in the period";
    funnel_dialled = "Đã gọi", "Called";
    funnel_reached = "Nghe máy", "Answered";
    funnel_talked = "Đàm thoại trên 30 giây", "Talked over 30 s";
    funnel_goal = "Đạt mục tiêu", "Goal met";
    of_previous_step(share) = "{share} so với bước trước", "{share} of the step before";

    by_attempt = "Kết quả theo lần gọi", "Results by attempt";
    attempt(k) = "Lần {k}", "Attempt {k}";
    attempt_column = "Lần", "Attempt";
    answered_share = "nghe máy", "answered";
    newly_reached_count(n) = "+{n} khách mới tiếp cận", "+{n} newly reached";
    newly_reached = "Khách mới tiếp cận", "Newly reached";
    cost_each_new(cost) = "{cost} mỗi khách mới", "{cost} per new one";
    no_attempts = "Chưa có lần gọi nào.", "No attempts yet.";
    more_attempts(n) = "và {n} lần nữa trong bảng", "and {n} more in the table";
    cost_per_reached = "Chi phí mỗi khách tiếp cận", "Cost per reached customer";
    cost_per_goal = "Chi phí mỗi khách đạt mục tiêu", "Cost per goal";

    figures_agree = "Số liệu khớp", "Figures reconcile";
    figures_differ(n) = "{n} phép kiểm tra không khớp", "{n} checks do not reconcile";
    see_checks(n) = "Xem {n} phép kiểm tra", "See {n} checks";
    checks = "Phép kiểm tra", "Checks";
    check_classes = "thành công + không đạt + lỗi = cuộc gọi", "success + failed + error = calls";
    check_codes = "tổng các mã = cuộc gọi", "Σ codes = calls";
    check_customers = "tiếp cận + chưa tiếp cận = khách hàng", "reached + not reached = customers";
    check_histogram = "tổng các cột thời lượng = cuộc thành công", "Σ duration columns = success calls";
    check_attempts = "tổng các lần gọi = cuộc gọi", "Σ attempts = calls";
    check_attempt_cost = "tổng chi phí các lần gọi = chi phí", "Σ cost of the attempts = cost";
    check_trend = "tổng theo thời gian = cuộc gọi", "Σ over time = calls";
    check_trend_cost = "tổng chi phí theo thời gian = chi phí", "Σ cost over time = cost";
    check_heatmap = "tổng các ô theo giờ và thứ = cuộc gọi", "Σ cells by hour and weekday = calls";
    data_until(at, zone) = "Dữ liệu đến {at} ({zone})", "Data until {at} ({zone})";

    progress_of_campaign = "Tiến độ", "Progress";
    updated_live(at) = "Cập nhật lúc {at}, tự làm mới", "Updated at {at}, refreshes by itself";
    in_progress_calls(calls) = "{calls} đang diễn ra", "{calls} in progress";
    still_to_call = "Chưa gọi", "Not called yet";
    called_not_reached = "Đã gọi, chưa gặp", "Called, not reached";
    not_begun = "Chưa có cuộc gọi nào trong chiến dịch này. Số liệu hiện ngay khi cuộc gọi đầu tiên được gửi tới.", "This campaign has no calls yet. Figures appear as soon as the first call comes in.";
    nothing_in_period = "Không có cuộc gọi nào trong khoảng ngày này.", "There are no calls in this period.";
    see_whole_campaign = "Xem toàn chiến dịch", "See the whole campaign";
}
