//! Bringing in files of calls: what was brought, and one file with what is in it.

#[cfg(feature = "ssr")]
mod checked;
#[cfg(feature = "ssr")]
mod columns;
#[cfg(feature = "ssr")]
mod forms;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod result_words;
#[cfg(feature = "ssr")]
mod shown;
#[cfg(feature = "ssr")]
mod words;

/// The choice of a campaign of their own for calls that are none to a customer, in the form that has a file looked at again.
pub const OWN_CAMPAIGN: &str = "campaign";

#[cfg(feature = "ssr")]
pub use forms::{
    BRING, CAMPAIGN, FILES, KEEP_WORDS, LOOK_AGAIN, MAPPING_NAME, NEW_CAMPAIGN, OTHERS, OTHERS_CAMPAIGN, STORE, ZONE,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    AppError,
    server_page::{ServerPage, follow},
    text::messages,
};

messages! {
    import_others_import = "Nhập như các cuộc khác", "Import them as the others";
    import_others_leave = "Bỏ qua", "Leave them out";
    import_others_campaign = "Đưa vào một chiến dịch riêng", "Put them into a campaign of their own";
    import_others_into = "Chiến dịch riêng đó", "That campaign";
}

/// Reads the list of imports, or one of them. The parameters are those of the address.
#[server(ReadImports, prefix = "/fn", endpoint = "imports", input = GetUrl, client = crate::page_client::PageClient)]
pub async fn read_imports(key: Option<String>, query: Option<String>) -> Result<ServerPage, AppError> {
    let (who, mut conn) = crate::request::begin_read().await?;
    if !who.scope.role().may(domain::Role::Manager) {
        return Err(AppError::NotFound);
    }
    let session = crate::Session::of_request();
    let text = crate::Text(session.language);
    let revision = store::accounts::revision(&mut conn, &who.scope).await?;
    let read = reading::read(&mut conn, &who, key.as_deref(), query.as_deref()).await?;
    Ok(ServerPage {
        title: text.page_title(&read.title(text)),
        // What comes between this reading and the stream is not missed.
        live: read.is_busy().then(|| format!("/live?seen={revision}")),
        html: crate::server_page::rendered(session, || match &read {
            reading::ImportsPage::List(list) => list::page(list),
            reading::ImportsPage::One(one) => shown::page(one),
        }),
    })
}

/// A form of a file that was looked at.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportForm {
    /// That which has the file looked at again.
    LookAgain,
    /// That which has its calls stored.
    Store,
}

/// The form that was refused, with what was typed into it and what is wrong: the file's name, and HTML. `typed` is all that it brought.
#[cfg(feature = "ssr")]
pub async fn refused(
    conn: &mut store::Conn,
    who: &crate::session::SignedIn,
    session: crate::Session,
    key: i64,
    (form, filled): (ImportForm, crate::form::Filled),
    typed: Vec<(String, String)>,
) -> Result<(String, String), AppError> {
    let text = crate::Text(session.language);
    let read = reading::read(conn, who, Some(&key.to_string()), None).await?;
    let reading::ImportsPage::One(mut one) = read else { return Err(AppError::NotFound) };
    (one.refused, one.typed) = (Some(filled), typed);
    let name = one.import.name.as_str().to_owned();
    Ok((name, crate::server_page::rendered(session, || checked::again(&one, form, text))))
}

#[component]
pub fn Imports() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    // `before` pages the list.
    let asked = Memo::new(move |_| vec![params.read().get("key"), Some(query.read().to_query_string())]);
    follow(asked, |asked| {
        let mut asked = asked.into_iter();
        let mut next = || asked.next().flatten();
        read_imports(next(), next())
    })
}
