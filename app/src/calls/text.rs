//! The texts of the call list, the opened call and the player.

use domain::{HangupBy, cause::HangupFilter};

use crate::text::{Text, messages};

messages! {
    search_calls = "Tìm tên hoặc số điện thoại", "Name or phone number";
    search_label = "Tìm khách hàng", "Search customers";
    all_calls = "Tất cả", "All";
    in_progress = "Đang gọi", "In progress";

    account_calls = "Cuộc gọi", "Calls";
    account_calls_lead = "Của mọi chiến dịch", "Of all campaigns";
    call_noted = "Có ghi chú", "Has notes";
    see_all_days = "Xem toàn bộ", "See all time";

    filters = "Bộ lọc", "Filters";
    add_filter = "Thêm bộ lọc", "Add filter";
    clear_all = "Xoá tất cả", "Clear all";
    clear_filters = "Xoá tất cả bộ lọc", "Clear all filters";
    remove_filter(what) = "Bỏ bộ lọc {what}", "Remove the filter {what}";
    filter_code = "Mã kết quả", "Result code";
    filter_attempt = "Lần gọi", "Attempt";
    filter_hangup = "Bên gác máy", "Hung up by";
    filter_cause = "Nguyên nhân", "Cause";
    no_causes = "Chưa có nguyên nhân nào trong khoảng ngày này.", "No causes in this period yet.";
    filter_talk = "Đàm thoại", "Talk time";
    filter_recording = "Ghi âm", "Recording";
    filter_customer = "Khách hàng", "Customer";
    filter_weekday = "Ngày trong tuần", "Weekday";
    filter_hour = "Giờ quay số", "Hour dialled";
    filter_search = "Tìm", "Search";
    filter_status = "Trạng thái", "Status";
    filter_calls = "Cuộc gọi", "Calls";
    recording_any = "Tất cả", "Any";
    recording_yes = "Có", "Yes";
    recording_no = "Không có", "None";
    customers_reached = "đã tiếp cận", "reached";
    customers_not_reached = "chưa tiếp cận", "not reached";
    customers_talked = "đàm thoại trên 30 giây", "talked for over 30 s";
    first_success = "lần đầu tiếp cận khách", "first success of a customer";
    outside_plan = "ngoài ngày và giờ của kế hoạch", "outside the planned days and hours";
    beyond_rule = "gọi lại ngoài quy định", "redials beyond the rule";
    seconds_from = "Từ (giây)", "From (seconds)";
    seconds_to = "Đến (giây)", "To (seconds)";
    no_codes = "Chưa có mã nào trong khoảng ngày này.", "No codes in this period yet.";

    sum_talk = "đàm thoại", "talk time";
    sums = "Tổng của bộ lọc", "Sums of the filter";
    sums_counting = "Đang đếm…", "Counting…";
    sums_failed = "Chưa đếm được. Đếm lại", "Could not be counted. Count again";
    sums_count = "Đếm cả danh sách", "Count the whole list";
    phones_masked = "Số điện thoại được che theo vai trò của bạn", "Phone numbers are masked for your role";
    csv_rows(rows) = "{rows} dòng", "{rows} rows";
    sum_blocks = "block", "blocks";

    columns = "Cột", "Columns";
    choose_columns = "Cột hiển thị", "Columns shown";
    standard_columns = "Mặc định", "Default";
    calls_table(n) = "Danh sách cuộc gọi: {n}", "Call list: {n}";
    column_open = "Mở", "Open";
    column_time = "Thời điểm", "Time";
    column_customer = "Khách hàng", "Customer";
    column_phone = "Số điện thoại", "Phone";
    column_attempt = "Lần", "Attempt";
    column_status = "Trạng thái", "Status";
    column_code = "Mã kết quả", "Result code";
    column_ring = "Đổ chuông", "Ring";
    column_talk = "Đàm thoại", "Talk";
    column_messages = "Tin nhắn", "Messages";
    column_blocks = "Block", "Blocks";
    column_cost = "Chi phí", "Cost";
    column_hangup = "Bên gác máy", "Hung up by";
    column_cause = "Nguyên nhân", "Cause";
    column_own = "Chiều riêng", "Own values";
    column_recording = "Ghi âm", "Audio";
    nth_attempt(k) = "lần {k}", "try {k}";
    unnamed_customer = "Khách chưa có tên", "Unnamed customer";
    play_recording(who) = "Nghe ghi âm {who}", "Play the recording of {who}";
    pause_recording(who) = "Dừng ghi âm {who}", "Pause the recording of {who}";
    download_recording(who) = "Tải ghi âm {who}", "Download the recording of {who}";
    no_recording = "Không có ghi âm", "No recording";

    calls_changed = "Danh sách có thay đổi", "The list has changed";
    page_span(from, to) = "Từ {from} đến {to}", "From {from} to {to}";
    page_size(n) = "{n} dòng mỗi lượt", "{n} rows at a time";
    list_pages = "Lật danh sách", "Pages of the list";
    choose_row = "chọn dòng", "choose a row";
    not_on_page = "Cuộc gọi này không nằm ở trang đang xem.", "This call is not on the page below.";

    no_match = "Không có cuộc gọi nào khớp", "No calls match";
    no_calls_match_why(calls) = "Có {calls} trong khoảng này. Bỏ bớt một điều kiện để thấy lại.", "There are {calls} in this period. Drop a condition to see them again.";
    no_calls = "Chưa có cuộc gọi nào", "No calls yet";
    no_calls_why = "Cuộc gọi hiện ở đây ngay khi được gửi đến.", "Calls appear here as soon as they are sent in.";
    no_calls_in_period = "Không có cuộc gọi nào trong khoảng ngày này.", "There are no calls in this period.";
    whole_campaign_calls = "Xem toàn chiến dịch", "See the whole campaign";

    timeline = "Diễn biến", "Timeline";
    dialling_began = "Bắt đầu quay số", "Dialling began";
    customer_answered = "Khách nghe máy", "The customer answered";
    rang_for(time) = "đổ chuông {time}", "rang for {time}";
    bot_spoke = "Voicebot nói câu đầu", "The voicebot spoke first";
    after_answer(time) = "sau {time}", "after {time}";
    talked_for(time) = "đàm thoại {time}", "talked for {time}";
    call_ended = "Kết thúc", "The call ended";
    ended_by(who) = "Kết thúc, {who} gác máy", "Ended, {who} hung up";
    still_in_progress = "Đang gọi", "In progress";
    not_answered_after(time) = "sau {time}", "after {time}";

    attempts_of_customer = "Các lần gọi khách này", "Attempts to reach this customer";

    transcript = "Nội dung hội thoại", "Transcript";
    turns_note(n) = "{n} lượt nói · bấm vào câu để nghe từ đó", "{n} turns · choose one to listen from there";
    turns(n) = "{n} lượt nói", "{n} turns";
    voicebot = "Voicebot", "Voicebot";
    customer = "Khách", "Customer";
    no_transcript = "Bên gửi không gửi nội dung hội thoại của cuộc gọi này.", "The sender gave no transcript of this call.";
    nobody_talked = "Không ai nghe máy, nên không có hội thoại.", "Nobody answered, so nothing was said.";
    listen_from(time) = "Nghe từ {time}", "Listen from {time}";
    call_link = "Chép liên kết cuộc gọi", "Copy the link to this call";
    call_link_copied = "Đã chép liên kết cuộc gọi", "The link to this call is copied";
    assigned_code = "Mã kết quả", "Result code";
    charge = "Cước", "Charge";
    blocks_given = "bên gửi tính", "as charged by the sender";
    blocks_by_tariff = "theo bảng giá", "by the tariff";
    not_charged = "Không tính cước: cuộc gọi không có đàm thoại.", "Not charged: nobody talked.";
    recording_waits = "Ghi âm đang chờ tải về.", "The recording waits to be fetched.";
    recording_not_yet(why) = "Chưa tải được ghi âm, sẽ thử lại: {why}.", "The recording could not be fetched yet and is tried again: {why}.";
    recording_given_up(why) = "Không tải được ghi âm: {why}.", "The recording could not be fetched: {why}.";
    sender_keeps_recording = "Bên gửi giữ ghi âm của cuộc gọi này.", "The sender keeps the recording of this call.";
    fetch_again = "Thử tải lại", "Try again";

    player = "Trình phát ghi âm", "Recording player";
    play = "Phát", "Play";
    pause = "Dừng", "Pause";
    back_10 = "Lùi 10 giây", "Back 10 s";
    forward_10 = "Tới 10 giây", "Forward 10 s";
    previous_recording = "Ghi âm trước", "Previous recording";
    next_recording = "Ghi âm tiếp theo", "Next recording";
    speed = "Tốc độ phát", "Speed";
    volume = "Âm lượng", "Volume";
    mute = "Tắt tiếng", "Mute";
    skip_silence = "Bỏ khoảng lặng", "Skip silence";
    autoplay_next = "Tự phát ghi âm tiếp theo", "Play the next recording by itself";
    download = "Tải về", "Download";
    close_player = "Đóng trình phát", "Close the player";
    position = "Vị trí đang nghe", "Position";
    position_of(at, length) = "{at} trên {length}", "{at} of {length}";
    now_playing(who) = "Đang phát ghi âm {who}", "Playing the recording of {who}";
    cannot_play = "Không phát được ghi âm này. Tệp có thể đã bị xoá, hoặc trình duyệt không đọc được định dạng.", "This recording cannot be played. It may have been deleted, or the browser cannot read its format.";
}

impl Text {
    /// The unit of a number of calls that stands apart.
    pub fn calls_unit(self, n: u64) -> &'static str {
        self.0.pick("cuộc gọi", if n == 1 { "call" } else { "calls" })
    }

    /// Calls that came while the list was being read; changes alone where none did.
    pub fn waiting_calls(self, n: u64) -> String {
        if n == 0 {
            return self.calls_changed().to_owned();
        }
        format!("{} {}", self.int(n), self.0.pick("cuộc gọi mới", if n == 1 { "new call" } else { "new calls" }))
    }

    /// Which side hung up, or that nobody said.
    pub fn hangup_side(self, by: HangupFilter) -> &'static str {
        match by {
            HangupFilter::By(who) => self.hangup_by(who),
            HangupFilter::Unknown => self.0.pick("không rõ bên nào", "not known who"),
        }
    }

    /// Who hung up, within [`Text::ended_by`].
    pub fn hangup_by(self, who: HangupBy) -> &'static str {
        match who {
            HangupBy::Customer => self.0.pick("khách", "the customer"),
            HangupBy::Bot => self.0.pick("voicebot", "the voicebot"),
            HangupBy::Agent => self.0.pick("điện thoại viên", "the agent"),
            HangupBy::System => self.0.pick("hệ thống", "the system"),
        }
    }
}
