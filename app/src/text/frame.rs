//! The frame around the pages, signing in, errors, the range picker.

use crate::text::messages;

messages! {
    jobs_title = "Việc nền", "Background jobs";
    campaigns = "Chiến dịch", "Campaigns";
    skip_to_content = "Đến nội dung chính", "Skip to content";
    main_navigation = "Điều hướng chính", "Main navigation";
    breadcrumb = "Vị trí trang", "Breadcrumb";
    language_label = "Ngôn ngữ", "Language";
    theme = "Giao diện", "Theme";
    theme_light = "Sáng", "Light";
    theme_system = "Theo hệ thống", "System";
    theme_dark = "Tối", "Dark";
    help = "Trợ giúp", "Help";
    close = "Đóng", "Close";
    back = "Quay lại", "Back";
    more_actions = "Thao tác khác", "More";
    role_owner = "Chủ tài khoản", "Owner";
    role_manager = "Quản lý", "Manager";
    role_viewer = "Người xem", "Viewer";
    page_title(page) = "{page} · Ringside", "{page} · Ringside";

    sign_in = "Đăng nhập", "Sign in";
    sign_in_lead = "Xem báo cáo chiến dịch gọi tự động của bạn", "See the reports of your call campaigns";
    sign_out = "Đăng xuất", "Sign out";
    email = "Email", "Email";
    password = "Mật khẩu", "Password";
    keep_signed_in = "Duy trì đăng nhập trên máy này", "Keep me signed in on this device";
    wrong_sign_in = "Email hoặc mật khẩu chưa đúng.", "The email or the password is not right.";
    too_many_attempts(wait) = "Bạn đã thử nhiều lần. Hãy thử lại sau {wait}.", "Too many attempts. Please try again in {wait}.";
    signed_out_note = "Bạn đã đăng xuất.", "You are signed out.";
    session_over = "Phiên đăng nhập đã hết hạn. Hãy đăng nhập lại.", "Your session has ended. Please sign in again.";
    password_set_note = "Đã đặt mật khẩu. Hãy đăng nhập bằng mật khẩu mới.", "Your password is set. Sign in with it.";
    set_password = "Đặt mật khẩu", "Set your password";
    set_password_lead = "Liên kết này dùng được một lần", "This link works once";
    new_password = "Mật khẩu mới", "New password";
    new_password_note = "Ít nhất 12 ký tự.", "At least 12 characters.";
    repeat_password = "Nhập lại mật khẩu", "Repeat the password";
    save_password = "Lưu mật khẩu", "Save the password";
    link_used = "Liên kết đã hết hạn hoặc đã được dùng. Hãy xin liên kết mới từ người quản trị.", "This link has expired or was used. Ask your administrator for a new one.";
    password_too_short = "Mật khẩu cần ít nhất 12 ký tự.", "The password needs at least 12 characters.";
    password_too_long = "Mật khẩu quá dài.", "The password is too long.";
    passwords_differ = "Hai mật khẩu không giống nhau.", "The two passwords are not the same.";
    password_help = "Quên mật khẩu? Hãy xin liên kết đặt lại từ người quản trị.", "Forgot your password? Ask your administrator for a link to set a new one.";

    not_found_title = "Không tìm thấy trang này", "This page was not found";
    not_found_why = "Địa chỉ có thể đã đổi, hoặc bạn không có quyền xem.", "The address may have changed, or it is not yours to see.";
    to_campaigns = "Đến danh sách chiến dịch", "To the campaigns";
    forbidden_title = "Bạn không có quyền xem trang này", "You may not see this page";
    forbidden_why = "Vai trò của bạn không gồm việc này.", "Your role does not include it.";
    signed_out_title = "Bạn cần đăng nhập", "You need to sign in";
    signed_out_why = "Phiên đăng nhập đã hết hạn.", "Your session has ended.";
    invalid_title = "Địa chỉ có giá trị chưa đúng", "The address holds a wrong value";
    invalid_why(field) = "Tham số {field} không đọc được.", "The parameter {field} cannot be read.";
    range_too_long_title = "Khoảng ngày quá dài", "The range is too long";
    range_too_long_why = "Mỗi lần xem được nhiều nhất mười năm. Hãy chọn khoảng ngày ngắn hơn.", "At most ten years can be shown at once. Choose a shorter range.";
    without_filters = "Bỏ bộ lọc", "Drop the filters";
    busy_title = "Máy chủ đang bận", "The server is busy";
    busy_why = "Chưa tải được số liệu. Hãy thử lại sau ít phút.", "The figures could not be loaded. Please try again in a moment.";
    internal_title = "Đã có lỗi xảy ra", "Something went wrong";
    internal_why(reference) = "Lỗi đã được ghi lại. Mã để báo: {reference}.", "It has been recorded. Quote {reference}.";
    try_again = "Thử lại", "Try again";
    loading = "Đang tải", "Loading";
    connection_lost = "Mất kết nối, đang thử lại. Số liệu có thể chưa mới.", "Connection lost, trying again. What is shown may not be fresh.";

    period_previous = "Kỳ trước", "Previous period";
    period_next = "Kỳ sau", "Next period";
    choose_period = "Chọn khoảng ngày", "Choose a period";
    from_day = "Từ ngày", "From";
    to_day = "Đến ngày", "To";
    print = "In / PDF", "Print / PDF";
    day_format = "ngày/tháng/năm", "day/month/year";
    day_wrong = "Hãy nhập ngày theo dạng ngày/tháng/năm, ví dụ 04/11/2026.", "Enter a date as day/month/year, such as 04/11/2026.";
    days_in_order = "Ngày cuối đứng trước ngày đầu.", "The last day lies before the first.";
    apply = "Áp dụng", "Apply";
    cancel = "Huỷ", "Cancel";
    no_calls_yet = "Chưa có cuộc gọi", "No calls yet";

    shortcuts = "Phím tắt", "Keyboard shortcuts";
    shortcuts_on = "Dùng phím tắt một chữ cái", "Use single-letter shortcuts";
    key_search = "Tìm kiếm", "Search";
    key_periods = "Hôm nay · 7 ngày · Tháng này · Năm nay · Toàn bộ", "Today · 7 days · This month · This year · All";
    calendar = "Lịch hai tháng", "Calendar of two months";
    previous_month = "Tháng trước đó", "Earlier month";
    next_month = "Tháng sau đó", "Later month";
    key_custom = "Chọn khoảng ngày", "Choose a period";
    key_step = "Kỳ trước · Kỳ sau", "Previous · Next period";
    key_rows = "Chọn dòng · Mở dòng", "Choose a row · Open it";
    key_play = "Phát · Dừng", "Play · Pause";
    key_seek = "Lùi · Tới 10 giây", "Back · Forward 10 s";
    key_speed = "Tăng · Giảm tốc độ", "Faster · Slower";
    key_next = "Ghi âm tiếp theo", "Next recording";
    key_close = "Đóng", "Close";
    key_list = "Danh sách phím tắt", "This list";
}
