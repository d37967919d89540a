//! The workbook of a campaign, and exports that take a while.

use crate::text::messages;

messages! {
    sheet_overview = "Tổng quan", "Overview";
    sheet_calls = "Cuộc gọi", "Calls";
    sheet_calls_more(n) = "Cuộc gọi {n}", "Calls {n}";
    campaign_report = "Báo cáo chiến dịch", "Campaign report";
    report_figure = "Chỉ số", "Figure";
    report_value = "Giá trị", "Value";
    report_note = "Cách tính", "How it is counted";
    report_numerator = "Tử số", "Numerator";
    report_denominator = "Mẫu số", "Denominator";
    report_rates = "Tỷ lệ", "Rates";
    code_column = "Mã", "Code";
    label_column = "Kết quả", "Result";
    class_column = "Trạng thái", "Status";
    step_column = "Bước", "Step";
    total_calls = "Tổng số cuộc gọi", "Total calls";
    sheet_customers = "Khách hàng", "Customers";
    calls_in_progress = "Đang diễn ra, chưa tính vào số liệu", "In progress, in no figure yet";
    customers_total = "Khách hàng", "Customers";
    note_average(talk, calls) = "{talk} ÷ {calls} nghe máy", "{talk} ÷ {calls} answered";
    note_talk = "từ lúc khách nghe máy đến lúc kết thúc, cuộc nghe máy", "from the answer to the end, answered calls";
    note_dial = "từ lúc quay số đến lúc nghe máy, cuộc nghe máy", "from dialling to the answer, answered calls";
    note_ring = "từ lúc quay số đến lúc kết thúc, các cuộc còn lại", "from dialling to the end, the other calls";
    note_blocks = "làm tròn lên theo từng cuộc", "rounded up for each call";
    note_cost = "theo bảng giá lúc gọi", "by the tariff of each call's time";
    note_recorded(calls) = "trên {calls} thành công", "of {calls} that succeeded";
    note_messages = "câu trả lời của voicebot, ở những cuộc có số này", "the voicebot's replies, of calls where they are known";
    note_cost_per_reached(cost, customers) = "{cost} ÷ {customers} đã tiếp cận", "{cost} ÷ {customers} reached";
    workbook_zone(zone, offset) = "Giờ {zone} ({offset})", "Times in {zone} ({offset})";
    workbook_filter(filter, calls) = "Trang tính cuộc gọi chỉ gồm {calls} khớp bộ lọc: {filter}", "The call sheet holds only the {calls} that match the filter: {filter}";
    workbook_whole(calls) = "Trang tính cuộc gọi gồm đủ {calls} của khoảng này", "The call sheet holds all {calls} of this period";
    workbook_moved(listed, expected) = "Có cuộc gọi mới hoặc thay đổi trong lúc xuất: trang tính cuộc gọi có {listed}, số liệu trên trang này tính {expected}. Xuất lại để hai trang khớp nhau.", "Calls came in or changed while this was exported: the call sheet holds {listed}, the figures on this sheet count {expected}. Export again to make them agree.";
    workbook_masked = "Số điện thoại được che theo vai trò của người xuất", "Phone numbers are masked for the role of who exported this";
    bin_end = "Đến dưới (giây)", "Under (seconds)";
    heatmap_calls = "Số cuộc gọi theo giờ và thứ", "Calls by hour and weekday";
    calls_chart = "Số cuộc gọi", "Number of calls";

    export_report = "Xuất báo cáo", "Export the report";
    export_calls = "Xuất các cuộc gọi đang xem", "Export the calls shown";
    as_xlsx = "XLSX", "XLSX";
    as_csv = "CSV", "CSV";
    exporting(calls) = "Đang xuất {calls} ra XLSX", "Exporting {calls} to XLSX";
    export_progress(percent) = "{percent} · bạn có thể rời trang này", "{percent} · you can leave this page";
    export_waits = "Đang chờ tới lượt · bạn có thể rời trang này", "Waiting for its turn · you can leave this page";
    export_ready = "Tệp đã sẵn sàng", "Your file is ready";
    export_made(rows, size, at) = "{rows} dòng, {size}, tính đến {at}", "{rows} rows, {size}, as of {at}";
    export_moved(rows, size, at) = "{rows} dòng, {size}, tính đến {at}; có cuộc gọi thay đổi trong lúc xuất, xem ghi chú trong tệp", "{rows} rows, {size}, as of {at}; calls changed meanwhile, see the note in the file";
    export_failed = "Chưa xuất được tệp", "The file could not be made";
    export_failed_why(reference) = "Lỗi đã được ghi lại. Mã để báo: {reference}.", "It has been recorded. Quote {reference}.";
    export_download = "Tải về", "Download";
    export_again = "Thử lại", "Try again";
    export_kept_until(time) = "Tệp được giữ đến {time}.", "The file is kept until {time}.";
    export_look_again = "Xem lại", "Look again";
    export_back = "Về chiến dịch", "Back to the campaign";
}
