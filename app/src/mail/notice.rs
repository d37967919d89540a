//! A mail about signing in: a few lines and one button, in the account's language.

use std::fmt::Write;

use domain::{Role, Timestamp, format, time::Zone};

use super::dress::{ACCENT, CANVAS, FONT, INK, LINE, MUTED, STYLE, SURFACE};
use crate::{Text, html::escaped, text::messages};

messages! {
    notice_invited_subject(account) = "Lời mời vào tài khoản {account}", "You are invited to {account}";
    notice_invited(account, role) = "Bạn được mời vào tài khoản {account} trên Ringside với vai trò: {role}.", "You are invited to the account {account} on Ringside. Your role: {role}.";
    notice_accept = "Nhận lời mời", "Accept";
    notice_invited_why = "Nếu bạn không biết người gửi, hãy bỏ qua thư này: không có gì xảy ra.", "If you do not know who sent this, leave it: nothing happens.";
    notice_password_subject = "Đặt lại mật khẩu Ringside", "Set a new Ringside password";
    notice_password = "Có người yêu cầu đặt lại mật khẩu cho địa chỉ này.", "Somebody asked to set a new password for this address.";
    notice_set = "Đặt mật khẩu mới", "Set a new password";
    notice_password_why = "Nếu không phải bạn, hãy bỏ qua thư này: mật khẩu vẫn như cũ.", "If it was not you, leave this mail: the password stays as it is.";
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
pub enum About {
    /// Belonging to the account, in this role.
    Invitation(Role),
    /// A new password.
    Password,
}

/// Every text of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The language's tag.
    pub language: &'static str,
    /// The subject.
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
    pub fn new(about: About, account: &str, address: String, until: Timestamp, zone: Zone, text: Text) -> Self {
        let until = format::date_time(zone.local(until), text.language());
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
        };
        Self {
            language: text.language().tag(),
            subject,
            account: account.to_owned(),
            body,
            button,
            address,
            until: text.notice_until(&until),
            why,
            link: text.notice_link(),
        }
    }

    /// The plain text.
    pub fn plain(&self) -> String {
        let Self { subject, body, address, until, why, .. } = self;
        format!("{subject}\n\n{body}\n\n{address}\n\n{until}\n{why}\n\nRingside\n")
    }

    /// The HTML part. Every value is escaped here, whatever it is.
    pub fn html(&self) -> String {
        const TABLE: &str = "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"";
        let e = escaped;
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
             <tr><td class=\"in\" style=\"padding:20px 32px 24px\"><p class=\"muted\" style=\"margin:0;{FONT};font-size:13px;line-height:20px;color:{MUTED}\">{until}<br>{why}</p>\
             <p class=\"muted\" style=\"margin:14px 0 0;{FONT};font-size:12px;line-height:18px;color:{MUTED};word-break:break-all\">{link}<br>{href}</p></td></tr>\n\
             </table>\n</td></tr></table>\n</body>\n</html>\n",
            lang = self.language,
            subject = e(&self.subject),
            account = e(&self.account),
            body = e(&self.body),
            href = e(&self.address),
            button = e(self.button),
            until = e(&self.until),
            why = e(self.why),
            link = e(self.link),
        );
        out
    }
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn a_name_stays_text_and_the_link_stands_in_both_parts() {
        let zone = Zone::new("Asia/Ho_Chi_Minh").unwrap();
        let address = "https://calls.example/invitation?link=7.x&y=1".to_owned();
        let at = Timestamp(1_795_334_400_000);
        let about = About::Invitation(Role::Viewer);
        let notice = Notice::new(about, "<b>An & Tâm</b>", address.clone(), at, zone, Text(Language::Vi));
        let (html, plain) = (notice.html(), notice.plain());
        assert!(html.contains("&lt;b&gt;An &amp; Tâm&lt;/b&gt;") && !html.contains("<b>An"), "{html}");
        assert!(html.contains("link=7.x&amp;y=1\"") && plain.contains(&address));
        assert!(plain.contains("Người xem") && plain.contains("15:00 22/11/2026"), "{plain}");
    }
}
