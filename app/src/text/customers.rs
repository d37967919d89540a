//! The list of a campaign's customers.

use crate::text::{Text, messages};

messages! {
    customers_tab = "Khách hàng", "Customers";
    column_customer_id = "Mã khách hàng", "Customer ID";
    column_attempts = "Số lần gọi", "Attempts";
    column_calls = "Số cuộc", "Calls";
    hung_up(who) = "{who} gác máy", "by {who}";
    column_ended = "Kết thúc", "How it ended";
    all_attempts(name) = "Mọi cuộc gọi tới {name}", "All calls to {name}";
    attempts_in_list = "Mở trong danh sách cuộc gọi", "Open in the list of calls";
    over_all_campaigns = "Khách này trong mọi chiến dịch", "This customer over all campaigns";
    one_customer = "Khách hàng", "Customer";
    one_lists = "Trong các chiến dịch", "On the lists of";
    one_results = "Kết quả cuộc gọi", "Results of calls";
    one_calls = "Cuộc gọi", "Calls";
    one_newest(n) = "{n} cuộc mới nhất", "the newest {n}";
    one_minutes = "Đàm thoại", "Talk time";
    one_none = "Chưa có cuộc gọi nào kết thúc.", "No call has ended yet.";
    one_rule = "Cùng một số điện thoại trong các chiến dịch bạn được xem, mỗi số đọc theo quốc gia của tài khoản. Cuộc đang gọi không nằm trong số liệu.", "The same phone number on the lists of all campaigns that you see, read by the account's country. Calls in progress are in no figure.";
    column_last_call = "Cuộc gọi gần nhất", "Latest call";
    no_customers_match = "Không có khách hàng nào khớp", "No customers match";
    no_customers_match_why(customers) = "Danh sách có {customers}. Bỏ bớt một điều kiện để thấy lại.", "There are {customers} on the list. Drop a condition to see them again.";
    no_customers = "Danh sách chưa có khách hàng", "No customers on the list yet";
    no_customers_why = "Khách hàng hiện ở đây khi được gửi đến, hoặc khi có cuộc gọi tới họ.", "Customers appear here when they are sent in, or when they are called.";
}

impl Text {
    /// The unit of a number of customers that stands apart.
    pub fn customers_unit(self, n: u64) -> &'static str {
        self.0.pick("khách hàng", if n == 1 { "customer" } else { "customers" })
    }
}
