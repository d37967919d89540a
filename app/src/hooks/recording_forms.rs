//! The forms about recordings that are fetched from other servers.

use domain::{
    InputError, credential,
    credential::{Scheme, VENDORS, Vendor},
    limits::{HOOK_SECRET_CHARS, NAME_CHARS},
};

use crate::{
    Text,
    form::{Field, Form, Kind, Values},
    text::messages,
};

/// The server that is told who asks: of a vendor, or another one, with the way to tell it.
pub const VENDOR: Field = Field::new(
    "vendor",
    Text::credential_vendor,
    Kind::Select(&[
        ("twilio", Text::credential_twilio),
        ("vapi", Text::credential_vapi),
        ("elevenlabs", Text::credential_elevenlabs),
        ("exotel", Text::credential_exotel),
        ("basic", Text::credential_basic),
        ("bearer", Text::credential_bearer),
        ("header", Text::credential_header),
    ]),
)
.required();
/// The name of another server.
pub const HOST: Field =
    Field::new("host", Text::credential_host, Kind::Line { max: 500 }).note(Text::credential_host_note);
/// The user, or the name of the header.
pub const USER: Field =
    Field::new("user", Text::credential_user, Kind::Line { max: NAME_CHARS }).note(Text::credential_user_note);
/// The password, key or token.
pub const SECRET: Field =
    Field::new("secret", Text::credential_secret, Kind::Secret { max: HOOK_SECRET_CHARS }).required();

/// Keeps a credential.
pub const SET_CREDENTIAL: Form = Form { fields: &[VENDOR, HOST, USER, SECRET], submit: Text::hook_save };

/// What the form of a credential asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedCredential {
    pub host: String,
    /// How the credential is sent (Basic, Bearer or a header).
    pub scheme: Scheme,
    /// The user or the header; else empty.
    pub name: String,
}

impl AskedCredential {
    /// Reads it. Else the field that is wrong, and why.
    pub fn of(values: &Values) -> Result<Self, (&'static Field, InputError)> {
        let (vendor, user) = (values.text(&VENDOR), values.text(&USER));
        let known = VENDORS.iter().find(|known| known.word == vendor);
        let (host, scheme, header) = match (known, Scheme::from_word(vendor)) {
            (Some(Vendor { host, scheme, header, .. }), _) => ((*host).to_owned(), *scheme, *header),
            (None, Some(scheme)) => match values.text(&HOST) {
                "" => return Err((&HOST, InputError::Missing)),
                typed => (credential::host(typed).map_err(|error| (&HOST, error))?, scheme, ""),
            },
            (None, None) => return Err((&VENDOR, InputError::NotAChoice)),
        };
        let name = match scheme {
            Scheme::Basic | Scheme::Header if header.is_empty() && user.is_empty() => {
                return Err((&USER, InputError::Missing));
            }
            Scheme::Basic => user.to_owned(),
            Scheme::Header if header.is_empty() => credential::header(user).map_err(|error| (&USER, error))?,
            Scheme::Header => header.to_owned(),
            Scheme::Bearer => String::new(),
        };
        Ok(Self { host, scheme, name })
    }
}

messages! {
    credential_vendor = "Máy chủ", "Server";
    credential_twilio = "Twilio", "Twilio";
    credential_vapi = "Vapi", "Vapi";
    credential_elevenlabs = "ElevenLabs", "ElevenLabs";
    credential_exotel = "Exotel", "Exotel";
    credential_basic = "Máy chủ khác, tên và mật khẩu", "Another, by user and password";
    credential_bearer = "Máy chủ khác, token (Bearer)", "Another, by a bearer token";
    credential_header = "Máy chủ khác, tiêu đề HTTP riêng", "Another, by a header of its own";
    credential_host = "Tên máy chủ khác", "Name of another server";
    credential_host_note = "Chỉ cần cho máy chủ khác, ví dụ pbx.congty.vn.", "Only for another server, such as pbx.company.com.";
    credential_user = "Tên đăng nhập hoặc tên tiêu đề", "User, or name of the header";
    credential_user_note = "Twilio: Account SID hoặc API Key SID. Exotel: API Key. Vapi, ElevenLabs và Bearer: để trống.", "Twilio: Account SID or API key SID. Exotel: API key. Vapi, ElevenLabs and bearer: leave it empty.";
    credentials_full(n) = "Không được quá {n} máy chủ.", "At most {n} servers are allowed.";
    credential_secret = "Mật khẩu, khoá hoặc token", "Password, key or token";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Result<AskedCredential, (&'static str, InputError)> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let values = SET_CREDENTIAL.parse(&pairs).map_err(|_| ("form", InputError::Missing))?;
        AskedCredential::of(&values).map_err(|(field, error)| (field.name(), error))
    }

    #[test]
    fn a_vendor_is_known_and_another_server_is_named() {
        for vendor in VENDORS {
            let user = if vendor.scheme == Scheme::Basic { "AC1" } else { "" };
            let pairs = [("vendor", vendor.word), ("host", "elsewhere.vn"), ("user", user), ("secret", "s")];
            let credential = asked(&pairs).unwrap();
            assert_eq!((credential.host.as_str(), credential.scheme), (vendor.host, vendor.scheme));
            assert_eq!(credential.name, if user.is_empty() { vendor.header } else { user });
        }
        let other = [("vendor", "header"), ("host", "https://PBX.vn/rec"), ("user", "X-API-Key"), ("secret", "s")];
        let credential =
            AskedCredential { host: "pbx.vn".to_owned(), scheme: Scheme::Header, name: "x-api-key".to_owned() };
        assert_eq!(asked(&other), Ok(credential));
        for (pairs, field, error) in [
            (vec![("vendor", "twilio"), ("secret", "s")], "user", InputError::Missing),
            (vec![("vendor", "bearer"), ("secret", "s")], "host", InputError::Missing),
            (vec![("vendor", "bearer"), ("host", "a b"), ("secret", "s")], "host", InputError::NotAHost),
            (
                vec![("vendor", "header"), ("host", "a"), ("user", "host"), ("secret", "s")],
                "user",
                InputError::NotAHeader,
            ),
            (vec![("vendor", "twilio"), ("user", "AC1")], "form", InputError::Missing),
        ] {
            assert_eq!(asked(&pairs), Err((field, error)));
        }
    }
}
