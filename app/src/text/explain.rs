//! What the ⓘ of each figure says.

use crate::text::messages;

messages! {
    explain(figure) = "Giải thích: {figure}", "Explain: {figure}";
    see_calls(calls) = "Xem {calls}", "See {calls}";
    fact_excluded = "Không tính", "Left out";
    fact_other = "Cách đọc khác", "Another reading";
    fact_example = "Ví dụ", "Example";
    fact_tariff = "Bảng giá", "Tariff";
    fact_zone = "Múi giờ", "Time zone";
    fact_until = "Dữ liệu đến", "Data until";
    unanswered_and_open(unanswered, open) = "{unanswered} không nghe máy hoặc lỗi, {open} đang diễn ra", "{unanswered} without answer or with an error, {open} in progress";
    unanswered(unanswered) = "{unanswered} không nghe máy hoặc lỗi", "{unanswered} without answer or with an error";
    only_open(open) = "{open} đang diễn ra", "{open} in progress";
    zero_for_unanswered(calls, nothing) = "{calls} mã NA, BS, CU: 0 block, {nothing}", "{calls} with NA, BS, CU: 0 blocks, {nothing}";
    calls_without_messages = "cuộc gọi mà hệ thống gửi không cho biết số tin nhắn", "calls whose sender did not tell the number of messages";

    rule_average = "Thời gian từ lúc khách nghe máy đến lúc kết thúc, chia cho số cuộc gọi nghe máy. Không tính đổ chuông.", "Time from the answer to the end of the call, divided by the answered calls. Ringing does not count.";
    average_over_all(time) = "{time} nếu chia cho mọi cuộc gọi", "{time} if divided by all calls";
    rule_total_talk = "Cộng thời gian đàm thoại của mọi cuộc gọi nghe máy, chính xác đến mili giây.", "The talk time of all answered calls added up, exact to the millisecond.";
    rule_blocks = "Mỗi cuộc gọi làm tròn lên số block của riêng nó, rồi mới cộng lại. Block đã dùng còn gọi là phiên làm việc.", "Each call is rounded up to its own blocks, then they are added. Blocks used are also called sessions.";
    block_example(time, blocks) = "{time} → {blocks} block", "{time} → {blocks} blocks";
    rule_cost = "Cộng chi phí của từng cuộc gọi; mỗi cuộc tính theo bảng giá có hiệu lực lúc gọi và giữ nguyên giá đó.", "The cost of each call added up; a call is priced by the tariff in effect when it was dialled and keeps that price.";
    rule_codes = "Đếm cuộc gọi đã kết thúc theo mã kết quả. Mọi mã trừ BS, NA, CU là thành công, trừ khi tài khoản quy định khác; tỷ lệ trên tổng số cuộc gọi.", "Finished calls counted by result code. Every code but BS, NA, CU is a success unless the account says otherwise; shares are of all calls.";
    rule_customers = "Khách đã tiếp cận có ít nhất một cuộc gọi thành công. Mỗi khách được đếm một lần, dù gọi bao nhiêu lần.", "A reached customer has at least one success call. Each customer is counted once, however often called.";
    rule_customers_in_period = "Trong khoảng ngày, danh sách là những khách được gọi trong đó; đã tiếp cận là khách có cuộc thành công trong đó.", "In a date range the customers are those called in it; reached are those with a success call in it.";
    rule_calls = "Mọi cuộc gọi đã kết thúc, kể cả gọi lại, chia theo mã kết quả.", "All finished calls, redials included, by result code.";
    rule_answer_rate = "Cuộc gọi nghe máy chia cho tổng số cuộc gọi đã kết thúc.", "Answered calls divided by all finished calls.";
    rule_network = "Cuộc gọi không bị lỗi đường truyền (CU) chia cho tổng số cuộc gọi: tách lỗi mạng khỏi việc khách không nghe.", "Calls without a line error (CU) divided by all calls: tells line faults from people who do not answer.";
    rule_goal_rate = "Cuộc gọi mang mã đạt mục tiêu chia cho cuộc gọi nghe máy.", "Calls whose code is a goal divided by answered calls.";
    rule_histogram = "Cuộc gọi nghe máy theo thời gian đàm thoại: mỗi cột 5 giây đến 2 phút, rồi 2–5 phút và dài hơn, hai cột đứng riêng với thang riêng. Đường nét đứt là ranh giới block.", "Answered calls by talk time: 5 s a column up to 2 min, then 2–5 min and longer, which stand apart and have a scale of their own. Dashed lines are block boundaries.";
    rule_durations(seconds) = "Cuộc gọi nghe máy theo thời gian đàm thoại, cận dưới tính vào nhóm: đúng 15 giây thuộc nhóm 15 – 30. Cuộc ngắn là dưới {seconds} giây, theo cài đặt của tài khoản.", "Answered calls by talk time; a class holds its lower bound: 15 s exactly is in 15 – 30. Short calls are under {seconds} s, as the account has set it.";
    rule_dial_time = "Từ lúc bắt đầu quay số đến lúc khách nghe máy, cộng trên các cuộc nghe máy.", "From the start of dialling to the answer, added up over answered calls.";
    rule_ring_time = "Từ lúc bắt đầu quay số đến lúc kết thúc của các cuộc không nghe máy; không bao giờ cộng vào thời lượng quay số.", "From the start of dialling to the end of the unanswered calls; never added to dial time.";
    rule_recorded = "Cuộc gọi nghe máy đã có ghi âm trong hệ thống, trên mọi cuộc gọi nghe máy.", "Answered calls whose recording is stored, of all answered calls.";
    rule_messages = "Câu trả lời của voicebot cho khách; một câu trả lời là một tin nhắn.", "Replies of the voicebot to the customer; one reply is one message.";
    rule_trend = "Cuộc gọi đã kết thúc theo lúc bắt đầu gọi: theo giờ nếu khoảng ngày không quá hai ngày, theo tháng nếu dài hơn 400 ngày, theo năm nếu dài hơn mười năm, còn lại theo ngày. Ngày không gọi là 0.", "Finished calls by when dialling began: per hour where the range is two days or less, per month where it is over 400 days, per year over ten years, else per day. Empty days are 0.";
    rule_heatmap = "Cuộc nghe máy chia cho cuộc gọi của từng giờ trong tuần. Ô dưới 20 cuộc gọi không tô màu vì quá ít để so sánh.", "Answered calls divided by calls of each hour of the week. Cells with fewer than 20 calls stay empty: too few to compare.";
    rule_funnel = "Đếm khách hàng, không đếm cuộc gọi; mỗi bước là một phần của bước trước. Đàm thoại trên 30 giây không gồm đúng 30 giây.", "Customers, not calls; each step is part of the one before. Talked over 30 s leaves out exactly 30 s.";
    rule_attempts = "Kết quả theo lần gọi thứ mấy của từng khách. Khách mới tiếp cận có cuộc thành công đầu tiên ở lần đó.", "Results by which attempt to reach a customer it was. Newly reached: the customer's first success call was this one.";
    rule_cost_per_reached = "Tổng chi phí chia cho số khách đã tiếp cận.", "Total cost divided by the customers reached.";
    rule_cost_per_goal = "Tổng chi phí chia cho số khách ở bước cuối của phễu.", "Total cost divided by the customers of the funnel's last step.";
}
