//! A mail about signing in: a few lines and one button, in the account's language.

use std::fmt::Write;

use domain::{Role, Timestamp, format, time::Zone};
use store::quotas::NearQuota;

use super::dress::{ACCENT, CANVAS, FONT, INK, LINE, MUTED, STYLE, SURFACE};
use crate::{Text, html::escaped, links::Outside, text::messages};

messages! {
    notice_invited_subject(account) = "Lời mời vào tài khoản {account}", "You are invited to {account}";
    notice_invited(account, role) = "Bạn được mời vào tài khoản {account} trên Ringside với vai trò: {role}.", "You are invited to the account {account} on Ringside. Your role: {role}.";
    notice_accept = "Nhận lời mời", "Accept";
    notice_invited_why = "Nếu bạn không biết người gửi, hãy bỏ qua email này: không có gì xảy ra.", "If you do not know who sent this, ignore it: nothing happens.";
    notice_password_subject = "Đặt lại mật khẩu Ringside", "Set a new Ringside password";
    notice_password = "Có người yêu cầu đặt lại mật khẩu cho địa chỉ này.", "Somebody asked to set a new password for this address.";
    notice_set = "Đặt mật khẩu mới", "Set a new password";
    notice_password_why = "Nếu không phải bạn, hãy bỏ qua email này: mật khẩu vẫn như cũ.", "If it was not you, ignore this mail: the password stays as it is.";
    notice_quota_subject(account) = "Hạn mức của tài khoản {account}", "A quota of {account}";
    notice_quota_open = "Xem mức sử dụng", "See the usage";
    notice_quota_why = "Cần thêm, hãy liên hệ người vận hành dịch vụ. Mỗi hạn mức báo một lần mỗi tháng.", "If you need more, ask the operator of the service. Each quota is told of once a month.";
    notice_quota_set = "Xem và đặt hạn mức", "See and set the quotas";
    notice_quota_operator = "Bạn nhận email này vì là người vận hành dịch vụ: hạn mức đặt được ở trang của tài khoản. Mỗi hạn mức báo một lần mỗi tháng.", "You receive this because you run the service: quotas are set on the account's page. Each quota is told of once a month.";
    notice_entered_subject(account) = "Người vận hành đã vào tài khoản {account}", "An operator entered {account}";
    notice_entered(by, account, role, reason) = "{by}, người vận hành dịch vụ, đã vào tài khoản {account} với vai trò {role}. Lý do: {reason}", "{by}, who operates the service, entered the account {account} as {role}. Reason: {reason}";
    notice_entered_open = "Xem nhật ký", "See the log";
    notice_entered_until(at) = "Quyền vào hết lúc {at}, hoặc khi bạn gỡ ở trang Người dùng.", "It ends at {at}, or when you remove them on the page of people.";
    notice_entered_why = "Việc họ làm có trong nhật ký của tài khoản.", "What they do is in the log of the account.";
    notice_until(at) = "Liên kết dùng được một lần, đến {at}.", "The link works once, until {at}.";
    notice_link = "Nếu nút không mở được, sao chép địa chỉ này:", "If the button does not open, copy this address:";
}

impl Text {
    /// The name of a role.
    pub fn role(self, role: Role) -> &'static str {
        match role {
            Role::Owner => self.role_owner(),
            Role::Manager => self.role_manager(),
            Role::Viewer => self.role_viewer(),
        }
    }
}

/// What the mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About<'a> {
    /// Belonging to the account, in this role.
    Invitation(Role),
    Password,
    /// A quota of the account that is used up, or nearly.
    Quota {
        near: NearQuota,
        /// Whether it goes to who runs the service, who may set another one.
        to_operator: bool,
    },
    /// An operator who entered the account.
    Entered {
        /// The address of who invited.
        by: &'a str,
        /// Why, in their words.
        reason: &'a str,
        /// What they may do.
        role: Role,
    },
}

/// Every text of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub language: &'static str,
    pub subject: String,
    account: String,
    body: String,
    button: &'static str,
    address: String,
    until: String,
    why: &'static str,
    link: &'static str,
}

impl Notice {
    /// The mail with a link that leads to `address` until `until`.
    pub fn new(about: About<'_>, account: &str, address: Outside, until: Timestamp, zone: Zone, text: Text) -> Self {
        let ends = format::date_time(zone.local(until), text.language());
        let (mut until, mut link) = (text.notice_until(&ends), text.notice_link());
        let (subject, body, button, why) = match about {
            About::Invitation(role) => (
                text.notice_invited_subject(account),
                text.notice_invited(account, text.role(role)),
                text.notice_accept(),
                text.notice_invited_why(),
            ),
            About::Password => (
                text.notice_password_subject().to_owned(),
                text.notice_password().to_owned(),
                text.notice_set(),
                text.notice_password_why(),
            ),
            About::Quota { near, to_operator } => {
                (until, link) = (String::new(), "");
                let (open, why) = if to_operator {
                    (text.notice_quota_set(), text.notice_quota_operator())
                } else {
                    (text.notice_quota_open(), text.notice_quota_why())
                };
                (text.notice_quota_subject(account), text.near_quota(&near), open, why)
            }
            About::Entered { by, reason, role } => {
                (until, link) = (text.notice_entered_until(&ends), "");
                let body = text.notice_entered(by, account, text.role(role), reason);
                (text.notice_entered_subject(account), body, text.notice_entered_open(), text.notice_entered_why())
            }
        };
        Self {
            language: text.language().tag(),
            subject,
            account: account.to_owned(),
            body,
            button,
            address: address.into(),
            until,
            why,
            link,
        }
    }

    pub fn plain(&self) -> String {
        let Self { subject, body, address, until, why, .. } = self;
        let foot = [until.as_str(), why].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        format!("{subject}\n\n{body}\n\n{address}\n\n{foot}\n\nRingside\n")
    }

    /// The HTML part. Every value is escaped here, whatever it is.
    pub fn html(&self) -> String {
        const TABLE: &str = "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"";
        let e = escaped;
        let foot = [self.until.as_str(), self.why].into_iter().filter(|line| !line.is_empty());
        let foot = foot.map(e).collect::<Vec<_>>().join("<br>");
        let mut out = String::with_capacity(4 * 1024);
        let _ = write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{subject}</title>\n<style>{STYLE}</style>\n</head>\n\
             <body class=\"canvas\" style=\"margin:0;padding:0;background:{CANVAS};{FONT};color:{INK}\">\n\
             {TABLE} width=\"100%\" class=\"canvas\" style=\"background:{CANVAS}\"><tr><td align=\"center\" class=\"outer\" style=\"padding:24px 0\">\n\
             {TABLE} width=\"540\" class=\"card\" style=\"width:540px;max-width:100%;background:{SURFACE};border:1px solid {LINE};border-radius:8px\">\n\
             <tr><td class=\"in\" style=\"padding:20px 32px 0\">{TABLE} width=\"100%\"><tr>\
             <td class=\"link\" style=\"{FONT};font-size:14px;line-height:20px;font-weight:600;color:{ACCENT}\">Ringside</td>\
             <td align=\"right\" class=\"muted\" style=\"{FONT};font-size:12px;line-height:16px;color:{MUTED}\">{account}</td></tr></table></td></tr>\n\
             <tr><td class=\"in\" style=\"padding:16px 32px 0\"><h1 class=\"ink\" style=\"margin:0;{FONT};font-size:20px;line-height:28px;font-weight:600;color:{INK};word-break:break-word\">{subject}</h1>\
             <p class=\"ink\" style=\"margin:12px 0 0;{FONT};font-size:14px;line-height:22px;color:{INK};word-break:break-word\">{body}</p></td></tr>\n\
             <tr><td class=\"in\" style=\"padding:20px 32px 0\">{TABLE} class=\"btnw\"><tr><td class=\"btn\" bgcolor=\"{ACCENT}\" style=\"background:{ACCENT};border-radius:6px\">\
             <a href=\"{href}\" style=\"display:inline-block;padding:12px 24px;{FONT};font-size:14px;line-height:20px;font-weight:600;color:#FFFFFF;text-decoration:none\">{button}</a></td></tr></table></td></tr>\n\
             <tr><td class=\"in\" style=\"padding:20px 32px 24px\"><p class=\"muted\" style=\"margin:0;{FONT};font-size:13px;line-height:20px;color:{MUTED}\">{foot}</p>\
             <p class=\"muted\" style=\"margin:14px 0 0;{FONT};font-size:12px;line-height:18px;color:{MUTED};word-break:break-all\">{link}<br>{href}</p></td></tr>\n\
             </table>\n</td></tr></table>\n</body>\n</html>\n",
            lang = self.language,
            subject = e(&self.subject),
            account = e(&self.account),
            body = e(&self.body),
            href = e(&self.address),
            button = e(self.button),
            foot = foot,
            link = e(self.link),
        );
        out
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;
    use store::quotas::Quota;

    use super::*;

    #[test]
    fn a_name_stays_text_and_the_link_stands_in_both_parts() {
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let address = Outside::page("https://calls.example", 7, "/calls?code=DY");
        let at = Timestamp(1_795_334_400_000);
        let about = About::Invitation(Role::Viewer);
        let notice = Notice::new(about, "<b>An & Tâm</b>", address, at, zone, Text(Language::Vi));
        let (html, plain) = (notice.html(), notice.plain());
        assert!(html.contains("&lt;b&gt;An &amp; Tâm&lt;/b&gt;") && !html.contains("<b>An"), "{html}");
        assert!(
            html.contains("/calls?code=DY&amp;account=7\"")
                && plain.contains("https://calls.example/calls?code=DY&account=7")
        );
        assert!(plain.contains("Người xem") && plain.contains("15:00 22/11/2026"), "{plain}");
    }

    #[test]
    fn nobody_who_runs_the_service_is_told_to_ask_who_runs_it() {
        let near = NearQuota { quota: Quota::Calls, limit: 100, used: 80 };
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        for (to_operator, language, words) in [
            (false, Language::Vi, "hãy liên hệ người vận hành"),
            (false, Language::En, "ask the operator"),
            (true, Language::Vi, "hạn mức đặt được ở trang của tài khoản"),
            (true, Language::En, "quotas are set on the account's page"),
        ] {
            let about = About::Quota { near, to_operator };
            let address = Outside::page("https://a.example", 1, "/usage");
            let notice = Notice::new(about, "An Tâm", address, Timestamp(0), zone, Text(language)).plain();
            assert!(notice.contains(words), "{notice}");
            assert_eq!(notice.contains("liên hệ") || notice.contains("ask the operator"), !to_operator, "{notice}");
        }
    }
}
