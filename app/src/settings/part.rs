//! The parts of the settings: who may open which, and the frame around them.

use domain::{Role, time::LocalTime};
use leptos::prelude::*;
use store::Conn;

use super::{
    account, campaigns, codes, dimensions, erasure, log, people, recipients, sign_in, tariffs, texts, tokens, views,
    voicebots,
};
use crate::{
    AppError, Session, Text, components::PrintedSource, server_page::ServerPage, session::SignedIn, text::messages,
};

messages! {
    settings_account = "Tài khoản", "Account";
    settings_codes = "Mã kết quả", "Result codes";
    settings_dimensions = "Chiều riêng", "Own dimensions";
    settings_people = "Người dùng", "People";
    settings_tokens = "Token API", "API tokens";
    settings_tariffs = "Bảng giá", "Tariffs";
    settings_voicebots = "Voicebot", "Voicebots";
    settings_campaigns = "Chiến dịch", "Campaigns";
    settings_recipients = "Người nhận báo cáo", "Recipients";
    settings_sign_in = "Đăng nhập", "Sign-in";
    settings_views = "Trang đã lưu", "Saved views";
    settings_log = "Nhật ký", "Log";
    settings_erasure = "Xoá khách hàng", "Erase a customer";
    print_as_of = "Tính đến", "As of";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Account,
    Codes,
    Dimensions,
    People,
    Tokens,
    Tariffs,
    Voicebots,
    Campaigns,
    Recipients,
    SignIn,
    Views,
    Erasure,
    Log,
}

/// The words of all parts, as they stand in addresses.
pub fn parts() -> impl Iterator<Item = &'static str> {
    Part::ALL.into_iter().map(Part::word)
}

impl Part {
    const ALL: [Self; 13] = [
        Self::Account,
        Self::Campaigns,
        Self::Voicebots,
        Self::Codes,
        Self::Dimensions,
        Self::Tariffs,
        Self::Recipients,
        Self::People,
        Self::Tokens,
        Self::SignIn,
        Self::Views,
        Self::Erasure,
        Self::Log,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Codes => "codes",
            Self::Dimensions => "dimensions",
            Self::People => "people",
            Self::Tokens => "tokens",
            Self::Tariffs => "tariffs",
            Self::Voicebots => "voicebots",
            Self::Campaigns => "campaigns",
            Self::Recipients => "recipients",
            Self::SignIn => "sign-in",
            Self::Views => "views",
            Self::Erasure => "erasure",
            Self::Log => "log",
        }
    }

    fn title(self, text: Text) -> &'static str {
        match self {
            Self::Account => text.settings_account(),
            Self::Codes => text.settings_codes(),
            Self::Dimensions => text.settings_dimensions(),
            Self::People => text.settings_people(),
            Self::Tokens => text.settings_tokens(),
            Self::Tariffs => text.settings_tariffs(),
            Self::Voicebots => text.settings_voicebots(),
            Self::Campaigns => text.settings_campaigns(),
            Self::Recipients => text.settings_recipients(),
            Self::SignIn => text.settings_sign_in(),
            Self::Views => text.settings_views(),
            Self::Erasure => text.settings_erasure(),
            Self::Log => text.settings_log(),
        }
    }

    fn needs(self) -> Role {
        match self {
            Self::SignIn | Self::Views => Role::Viewer,
            Self::Codes | Self::Dimensions | Self::Tariffs | Self::Voicebots | Self::Campaigns | Self::Recipients => {
                Role::Manager
            }
            _ => Role::Owner,
        }
    }

    fn is_for(self, who: &SignedIn) -> bool {
        who.scope.role().may(self.needs())
    }

    /// The part that a path is of: its page's, or that of a form on it.
    fn of_path(path: &str) -> Option<Self> {
        let word = path.strip_prefix("/settings/")?.split('/').next()?;
        let word = if word == "invitations" { Self::People.word() } else { word };
        Self::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// What one has to be to see the form of the settings that is sent to a path; none where it is of no part.
pub fn role_of_form(path: &str) -> Option<Role> {
    // Beside one's own sign-in stand the account's rules for everybody's.
    let is_of_all = ["/settings/sign-in/groups", "/settings/sign-in/passwords"].iter().any(|of| path.starts_with(of));
    if is_of_all { Some(Role::Owner) } else { Part::of_path(path).map(Part::needs) }
}

/// Reads the part that an address names; without a name, the first one that the reader may open.
pub(super) async fn read(
    conn: &mut Conn,
    who: &SignedIn,
    word: Option<&str>,
    query: &str,
) -> Result<ServerPage, AppError> {
    let part = match word {
        None => Part::ALL.into_iter().find(|part| part.is_for(who)).ok_or(AppError::NotFound)?,
        Some(word) => Part::ALL.into_iter().find(|part| part.word() == word).ok_or(AppError::NotFound)?,
    };
    if !part.is_for(who) {
        // As an address that is none: who guesses learns nothing of what there is.
        return Err(AppError::NotFound);
    }
    let session = Session::of_request();
    let text = Text(session.language);
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect();
    let body: Box<dyn FnOnce() -> AnyView + Send> = match part {
        Part::Account => {
            let shown = account::read(conn, who).await?;
            Box::new(move || account::view(&shown, text))
        }
        Part::Codes => {
            let shown = codes::read(conn, who).await?;
            Box::new(move || codes::view(&shown, text))
        }
        Part::Dimensions => {
            let shown = dimensions::read(conn, who).await?;
            Box::new(move || dimensions::view(&shown, text))
        }
        Part::People => {
            let shown = people::read(conn, who, &pairs).await?;
            Box::new(move || people::view(&shown, text))
        }
        Part::Tokens => {
            let shown = tokens::read(conn, who).await?;
            Box::new(move || tokens::view(&shown, text))
        }
        Part::Tariffs => {
            let shown = tariffs::read(conn, who).await?;
            Box::new(move || tariffs::view(&shown, text))
        }
        Part::Voicebots => {
            let shown = voicebots::read(conn, who).await?;
            Box::new(move || voicebots::view(&shown, text))
        }
        Part::Campaigns => {
            let shown = campaigns::read(conn, who, &pairs).await?;
            Box::new(move || campaigns::view(&shown, text))
        }
        Part::Recipients => {
            let shown = recipients::read(conn, who).await?;
            Box::new(move || recipients::view(&shown, text))
        }
        Part::SignIn => {
            let shown = sign_in::read(conn, who).await?;
            Box::new(move || sign_in::view(&shown, text))
        }
        Part::Views => {
            let shown = views::read(conn, who, &pairs).await?;
            Box::new(move || views::view(&shown, text))
        }
        Part::Erasure => {
            let shown = erasure::read(conn, who).await?;
            Box::new(move || erasure::view(&shown, text))
        }
        Part::Log => {
            let shown = log::read(conn, who, &pairs).await?;
            Box::new(move || log::view(&shown, text))
        }
    };
    let note = pairs.iter().find(|(name, _)| name == "note").and_then(|(_, word)| texts::note(word, text));
    let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| part.is_for(who)).collect();
    let now = who.account.zone.local((crate::AppState::get()?.clock)());
    Ok(ServerPage {
        title: text.page_title(&format!("{} · {}", part.title(text), text.settings())),
        live: None,
        html: crate::server_page::rendered(session, move || framed(part, &parts, note, body(), now, text)),
    })
}

/// A form of the settings that was refused, in the frame of its part; none where an address is of no part. `path` is where the form
/// was sent.
pub fn refused_page(
    session: Session,
    who: &SignedIn,
    path: &str,
    (title, form, back): (&str, &str, Option<&str>),
    now: LocalTime,
) -> Option<ServerPage> {
    let part = Part::of_path(path).filter(|part| part.is_for(who))?;
    let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| part.is_for(who)).collect();
    let text = Text(session.language);
    let (title, form, back) = (title.to_owned(), form.to_owned(), back.map(str::to_owned));
    Some(ServerPage {
        title: text.page_title(&format!("{} · {}", part.title(text), text.settings())),
        live: None,
        html: crate::server_page::rendered(session, move || {
            let body = view! {
                <section class="panel settings-panel">
                    <h2 class="panel-title">{title}</h2>
                    <div inner_html=form></div>
                    {back.map(|back| view! { <p><a class="link" href=back>{text.back()}</a></p> })}
                </section>
            };
            framed(part, &parts, None, body.into_any(), now, text)
        }),
    })
}

fn framed(
    part: Part,
    parts: &[Part],
    note: Option<&'static str>,
    body: AnyView,
    now: LocalTime,
    text: Text,
) -> AnyView {
    // What is kept under a name has its own way in the navigation.
    let with_tab = parts.iter().filter(|other| **other == part || **other != Part::Views);
    let tabs = with_tab.map(|other| {
        let current = (*other == part).then_some("page");
        view! { <a href=format!("/settings/{}", other.word()) aria-current=current>{other.title(text)}</a> }
    });
    let note = note.map(|words| {
        view! {
            <p class="notice is-success" role="status"><crate::components::Icon name="check-circle" /><span>{words}</span></p>
        }
    });
    view! {
        <PrintedSource about=vec![text.settings().to_owned(), part.title(text).to_owned()] at=now until=text.print_as_of() />
        <header class="page-head">
            <div><div class="page-title">
                <h1>{text.settings()}<span class="print-only">" · "{part.title(text)}</span></h1>
            </div></div>
        </header>
        <div class="page-bar"><nav class="tabs" aria-label=text.settings()>{tabs.collect_view()}</nav></div>
        {note}
        {body}
    }
    .into_any()
}
