//! Every text of the interface, in both languages. A message without either does not compile.
//!
//! ```ignore
//! messages! {
//!     sign_out = "Đăng xuất", "Sign out";
//!     of_calls(n) = "trên {n} cuộc gọi", "of {n} calls";
//! }
//! Text(Language::En).of_calls("9,070")
//! ```
//!
//! [`Text`] is a plain value: pages take it from their context with [`crate::use_text`], mails make their own. A part of
//! the interface may keep its messages beside its code: `messages!` works in any module of this crate.

mod campaigns;
#[cfg(feature = "ssr")]
mod customers;
mod explain;
mod files;
mod frame;
mod overview;
#[cfg(feature = "ssr")]
mod sso;
mod usage;
#[cfg(all(test, feature = "ssr"))]
mod words;

use domain::{CallClass, CampaignState, Language, Period, filter::CustomerStanding, format};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text(pub Language);

/// One message: a method of [`Text`].
macro_rules! message {
    ($name:ident = $vi:literal, $en:literal) => {
        #[doc = $en]
        pub fn $name(self) -> &'static str {
            match self.0 {
                domain::Language::Vi => $vi,
                domain::Language::En => $en,
            }
        }
    };
    ($name:ident ($($arg:ident),+) = $vi:literal, $en:literal) => {
        #[doc = $en]
        pub fn $name(self, $($arg: &str),+) -> String {
            match self.0 {
                domain::Language::Vi => format!($vi),
                domain::Language::En => format!($en),
            }
        }
    };
}

/// A table of messages: `name = "vi", "en";` or `name(a, b) = "vi {a} {b}", "en {b} {a}";`.
macro_rules! messages {
    ($($name:ident $(($($arg:ident),+))? = $vi:literal, $en:literal;)*) => {
        impl $crate::Text {
            $($crate::text::message! { $name $(($($arg),+))? = $vi, $en })*
        }
    };
}

pub(crate) use {message, messages};

impl Text {
    pub fn language(self) -> Language {
        self.0
    }

    /// An integer with its separators.
    pub fn int(self, n: u64) -> String {
        format::integer(n as i64, self.0)
    }

    /// `9.070 cuộc gọi`, `1 call`.
    pub fn calls(self, n: u64) -> String {
        format!("{} {}", self.int(n), self.0.pick("cuộc gọi", if n == 1 { "call" } else { "calls" }))
    }

    /// `4.860 khách hàng`, `1 customer`.
    pub fn customers(self, n: u64) -> String {
        format!("{} {}", self.int(n), self.0.pick("khách hàng", if n == 1 { "customer" } else { "customers" }))
    }

    /// `12 chiến dịch`, `1 campaign`.
    pub fn campaigns_counted(self, n: u64) -> String {
        format!("{} {}", self.int(n), self.0.pick("chiến dịch", if n == 1 { "campaign" } else { "campaigns" }))
    }

    /// The name of a class of calls.
    pub fn class(self, class: CallClass) -> &'static str {
        match class {
            CallClass::Success => self.success(),
            CallClass::Failed => self.failed(),
            CallClass::Error => self.error(),
        }
    }

    /// The name of what became of a customer.
    pub fn standing(self, standing: CustomerStanding) -> &'static str {
        match standing {
            CustomerStanding::All => self.all_calls(),
            CustomerStanding::Reached => self.reached(),
            CustomerStanding::Tried => self.tried(),
            CustomerStanding::NeverDialled => self.never_dialled(),
        }
    }

    /// The name of a state.
    pub fn state(self, state: CampaignState) -> &'static str {
        match state {
            CampaignState::Scheduled => self.scheduled(),
            CampaignState::Running => self.running(),
            CampaignState::Paused => self.paused(),
            CampaignState::Completed => self.completed(),
        }
    }

    /// The name of a period, where `whole` names the widest one.
    pub fn period(self, period: Period, whole: &'static str) -> &'static str {
        match period {
            Period::Whole => whole,
            Period::Today => self.today(),
            Period::Yesterday => self.yesterday(),
            Period::Last7Days => self.last_7_days(),
            Period::Last30Days => self.last_30_days(),
            Period::ThisMonth => self.this_month(),
            Period::LastMonth => self.last_month(),
            Period::ThisQuarter => self.this_quarter(),
            Period::ThisYear => self.this_year(),
            Period::Custom(_) => self.custom(),
        }
    }
}

messages! {
    success = "Thành công", "Success";
    failed = "Không đạt", "Failed";
    error = "Lỗi", "Error";
    scheduled = "Lên lịch", "Scheduled";
    running = "Đang chạy", "Running";
    paused = "Tạm dừng", "Paused";
    completed = "Hoàn tất", "Completed";
    today = "Hôm nay", "Today";
    yesterday = "Hôm qua", "Yesterday";
    last_7_days = "7 ngày qua", "Last 7 days";
    last_30_days = "30 ngày qua", "Last 30 days";
    this_month = "Tháng này", "This month";
    last_month = "Tháng trước", "Last month";
    this_quarter = "Quý này", "This quarter";
    this_year = "Năm nay", "This year";
    custom = "Tuỳ chọn", "Custom";
    whole_campaign = "Toàn chiến dịch", "Whole campaign";
    all_time = "Toàn bộ", "All time";
}
