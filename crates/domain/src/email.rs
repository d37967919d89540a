//! E-mail addresses: checked for what certainly cannot be delivered, no more; the mail server knows the rest.

/// The longest address that SMTP can carry (RFC 5321: a path of 256 octets with its brackets).
const MAX_BYTES: usize = 254;
/// The longest part before the `@` (RFC 5321).
const MAX_LOCAL_BYTES: usize = 64;

/// The rule of [`parse`] as browsers check it (`pattern`, flag `v`), but for the lengths and a top level of digits, which the
/// server refuses alone.
pub const PATTERN: &str = concat!(
    r"[\p{Alphabetic}\p{N}!#$%&'*+\-\/=?^_`\{\|\}~]+(?:\.[\p{Alphabetic}\p{N}!#$%&'*+\-\/=?^_`\{\|\}~]+)*",
    r"@(?:[\p{Alphabetic}\p{N}]+(?:-+[\p{Alphabetic}\p{N}]+)*\.)+(?=[^.@,;\s]{2})[\p{Alphabetic}\p{N}]+(?:-+[\p{Alphabetic}\p{N}]+)*",
);

/// Checks and trims an address `local@domain.tld`. The local part may hold what servers take unquoted, letters of any
/// script among it; the domain is labels of letters, digits and hyphens with at least one dot.
pub fn parse(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let reason = "is not an e-mail address such as ten@congty.vn";
    let (local, domain) = text.rsplit_once('@').ok_or(reason)?;
    let is_local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let local_ok = !local.is_empty()
        && local.len() <= MAX_LOCAL_BYTES
        && local.chars().all(is_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top_level = domain.rsplit('.').next().unwrap_or_default();
    let domain_ok = domain.contains('.')
        && domain.split('.').all(label_ok)
        && top_level.chars().count() >= 2
        && !top_level.chars().all(|c| c.is_ascii_digit());
    if local_ok && domain_ok && text.len() <= MAX_BYTES { Ok(text.to_owned()) } else { Err(reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for good in
            ["a@b.vn", "ten.ho+bao-cao@mail.congty.com.vn", "o'neil@example.org", "hoa@xn--ngha-9qa.vn", " a@b.vn "]
        {
            assert_eq!(parse(good).as_deref(), Ok(good.trim()), "{good}");
        }
    }

    #[test]
    fn what_cannot_be_delivered_is_refused() {
        let long = format!("{}@b.vn", "a".repeat(65));
        for bad in [
            "",
            "a",
            "@b.vn",
            "a@",
            "a@b",
            "a@b.",
            "a@.vn",
            "a@b..vn",
            "a@-b.vn",
            "a b@c.vn",
            "a@b c.vn",
            "a@b@c.vn",
            ".a@b.vn",
            "a.@b.vn",
            "a..b@c.vn",
            "a@b.v",
            "a@10.0.0.1",
            "a@b.vn\r\nBcc: x@y.vn",
            "<a@b.vn>",
            "a,b@c.vn",
            &long,
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
