//! The list of a campaign's customers.

use crate::text::{Text, messages};

messages! {
    customers_tab = "Khách hàng", "Customers";
    column_customer_id = "Mã khách hàng", "Customer ID";
    column_attempts = "Số lần gọi", "Attempts";
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
