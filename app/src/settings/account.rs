//! The account's own settings.

use domain::Account;
use leptos::prelude::*;
use store::{Conn, accounts};

use super::forms::{ACCOUNT, ACCOUNT_NAME, COUNTRY, CURRENCY, LANGUAGE, SEEN, SET_COUNTRY, SHORT_CALL, ZONE};
use crate::{
    AppError, Text,
    form::{Filled, Form, Place},
    session::SignedIn,
    text::messages,
};

/// The time zone and the currency of the account, while it has no calls.
pub const SET_ZONE: Form = Form { fields: &[SEEN, ZONE, CURRENCY], submit: Text::setting_save };

messages! {
    account_zone = "Múi giờ", "Time zone";
    account_currency = "Tiền tệ", "Currency";
    account_viet_nam = "Việt Nam", "Viet Nam";
    account_fixed = "Mỗi cuộc gọi đã lưu thuộc một ngày và giờ theo múi giờ này, với giá bằng tiền tệ này. Vì vậy hai mục này không đổi được nữa.", "Every stored call belongs to a day and hour of this zone, at a price in this currency. So neither can be changed any more.";
    account_not_fixed = "Đổi được cho đến cuộc gọi đầu tiên: mỗi cuộc gọi được lưu theo múi giờ và tiền tệ này.", "Both can be changed until the first call: each is stored by this zone and currency.";
    account_country_fixed = "Tài khoản đã có khách hàng, số của họ được lưu theo quốc gia này. Vì vậy không đổi được nữa.", "The account has customers, whose numbers are kept by this country. So it cannot be changed any more.";
}

pub(super) struct AccountSettingsPage {
    account: Account,
    has_customers: bool,
    has_calls: bool,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<AccountSettingsPage, AppError> {
    Ok(AccountSettingsPage {
        account: accounts::lookup(conn, &who.scope).await?,
        has_customers: accounts::has_customers(conn, &who.scope).await?,
        has_calls: accounts::has_calls(conn, &who.scope).await?,
    })
}

/// What is stored, as the form's hidden field and the words for who comes second name it.
pub fn seen(account: &Account) -> String {
    format!("{} · {} · {} s", account.name, account.language.tag(), account.short_call.seconds())
}

/// The same of its time zone and currency.
pub fn zone_seen(account: &Account) -> String {
    format!("{} · {}", account.zone.name(), account.currency.as_str())
}

pub(super) fn view(shown: &AccountSettingsPage, text: Text) -> AnyView {
    let account = &shown.account;
    let filled = Filled::default()
        .with(&SEEN, seen(account))
        .with(&ACCOUNT_NAME, account.name.clone())
        .with(&LANGUAGE, account.language.tag())
        .with(&SHORT_CALL, account.short_call.seconds().to_string());
    let form = ACCOUNT.view("account-form", "/settings/account/put".to_owned(), Place::Sheet, &filled);
    let country = if shown.has_customers {
        let code = account.country.as_str();
        let code = if code == "VN" { format!("{} ({code})", text.account_viet_nam()) } else { code.to_owned() };
        view! {
            <h2 class="panel-title">{text.account_country()}</h2>
            <p><b>{code}</b></p>
            <p class="text-muted">{text.account_country_fixed()}</p>
        }
        .into_any()
    } else {
        let filled = Filled::default().with(&COUNTRY, account.country.as_str());
        SET_COUNTRY.view("country-form", "/settings/account/country".to_owned(), Place::Sheet, &filled)
    };
    let zone = if shown.has_calls {
        view! {
            <dl class="facts">
                <dt>{text.account_zone()}</dt><dd>{account.zone.name()}</dd>
                <dt>{text.account_currency()}</dt><dd>{account.currency.as_str().to_owned()}</dd>
            </dl>
            <p class="text-muted">{text.account_fixed()}</p>
        }
        .into_any()
    } else {
        let filled = Filled::default()
            .with(&SEEN, zone_seen(account))
            .with(&ZONE, account.zone.name())
            .with(&CURRENCY, account.currency.as_str());
        let form = SET_ZONE.view("zone-form", "/settings/account/zone".to_owned(), Place::Sheet, &filled);
        view! { <p class="text-muted">{text.account_not_fixed()}</p>{form} }.into_any()
    };
    view! {
        <div class="stack">
            <section class="panel settings-panel">{form}</section>
            <section class="panel settings-panel">{country}</section>
            <section class="panel settings-panel">{zone}</section>
        </div>
    }
    .into_any()
}
