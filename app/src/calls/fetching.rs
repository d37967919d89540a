//! Why a recording was not fetched, in words.

use domain::call::RecordingFetchReason as Reason;

use crate::text::{Text, messages};

impl Text {
    /// What a try to fetch a recording failed with.
    pub fn fetch_reason(self, reason: Reason) -> String {
        match reason {
            Reason::Address => self.fetch_address().to_owned(),
            Reason::Private => self.fetch_private().to_owned(),
            Reason::TooLarge => self.fetch_too_large().to_owned(),
            Reason::Redirects => self.fetch_redirects().to_owned(),
            Reason::Name => self.fetch_name().to_owned(),
            Reason::Status(401 | 403) => self.fetch_forbidden().to_owned(),
            Reason::Status(status) => self.fetch_status(&status.to_string()),
            Reason::Network => self.fetch_network().to_owned(),
            Reason::TooSlow => self.fetch_too_slow().to_owned(),
            Reason::NotYet => self.fetch_not_yet().to_owned(),
            Reason::NotAudio => self.fetch_not_audio().to_owned(),
            Reason::Credential => self.fetch_credential().to_owned(),
            Reason::OverQuota => self.fetch_over_quota().to_owned(),
        }
    }
}

messages! {
    fetch_address = "địa chỉ không phải http hay https", "its address is not of http or https";
    fetch_private = "máy chủ giữ ghi âm không có địa chỉ công khai", "its server has no public address";
    fetch_too_large = "tệp lớn hơn 512 MiB", "it is larger than 512 MiB";
    fetch_redirects = "địa chỉ chuyển hướng quá nhiều lần", "it is redirected too often";
    fetch_name = "không tìm thấy tên máy chủ", "the name of its server cannot be resolved";
    fetch_status(status) = "máy chủ trả lời {status}", "its server answered {status}";
    fetch_network = "không kết nối được máy chủ, hoặc kết nối bị ngắt", "its server cannot be reached, or stopped sending";
    fetch_too_slow = "quá 30 phút chưa tải xong", "it took longer than 30 minutes";
    fetch_not_yet = "máy chủ chưa gửi ghi âm", "its server does not send a recording yet";
    fetch_forbidden = "máy chủ không cho tải, hãy kiểm tra thông tin đăng nhập", "its server asks for credentials, or does not take those that it was given";
    fetch_credential = "không giải mã được thông tin đăng nhập của máy chủ này", "the credential for its server cannot be decrypted";
    fetch_over_quota = "tài khoản đã hết hạn mức ghi âm", "the account's quota of recordings is used up";
    fetch_not_audio = "tệp nhận được không phải ghi âm nghe được", "what came is no recording that plays";
}
