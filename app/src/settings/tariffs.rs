//! The account's tariffs: which is in force, which were and will be, and a new one.

use std::collections::HashSet;

use domain::{Currency, Day, Tariff, Timestamp, format, time::DAY_MS, time::Zone};
use leptos::prelude::*;
use store::{Conn, repricing, tariffs};

use super::{
    forms::SEEN,
    tariff_forms::{FROM, TARIFF, example_words, filled},
};
use crate::{
    AppError, AppState, Text,
    components::{Icon, Question, Side},
    form::{Beside, Place},
    names::{price_name, tariff_name, vat_name},
    session::SignedIn,
    text::messages,
};

messages! {
    tariffs_lead = "Mỗi cuộc gọi được tính theo bảng giá có hiệu lực lúc gọi và giữ giá đó.", "Each call is priced by the tariff in effect when it was dialled, and keeps that price.";
    tariffs_new = "Bảng giá mới", "New tariff";
    tariffs_none = "Chưa có bảng giá nào", "No tariffs yet";
    tariffs_remove = "Xoá", "Remove";
    tariffs_remove_why = "Không cuộc gọi nào tính theo bảng giá này, nên không giá nào đổi.", "No call has this tariff's price, so none changes.";
    tariffs_since = "Từ", "From";
    tariffs_always = "Từ đầu", "The beginning";
    tariffs_now = "đang áp dụng", "in force";
    tariffs_later = "chưa đến", "to come";
    tariffs_blocks = "Block (giây)", "Blocks (s)";
    tariffs_first = "Block đầu", "First block";
    tariffs_next = "Mỗi block sau", "Each further";
    tariffs_example = "31 giây", "31 s";
    tariffs_blocks_cost(blocks, cost) = "{blocks} block · {cost}", "{blocks} blocks · {cost}";
    tariffs_in(currency) = "Giá bằng {currency}, tiền tệ của tài khoản.", "Prices are in {currency}, the account's currency.";
    tariffs_from(name, from) = "{name}, từ {from}", "{name}, from {from}";
    tariffs_from_always(name) = "{name}, từ đầu", "{name}, from the beginning";
}

/// Tariffs and what they are shown with.
pub(super) struct Listed {
    pub(super) tariffs: Vec<Tariff>,
    pub(super) currency: Currency,
    pub(super) zone: Zone,
    pub(super) now: Timestamp,
    /// From when those take effect that no call has, which can be taken back.
    pub(super) unused: HashSet<Timestamp>,
    /// Calls that were looked at while stored ones are priced again.
    pub(super) priced: Option<u64>,
}

impl Listed {
    pub(super) fn of(who: &SignedIn, tariffs: Vec<Tariff>) -> Result<Self, AppError> {
        let now = (AppState::get()?.clock)();
        Ok(Self {
            tariffs,
            currency: who.account.currency.clone(),
            zone: who.account.zone,
            now,
            unused: HashSet::new(),
            priced: None,
        })
    }

    /// The one in force.
    pub(super) fn current(&self) -> Option<&Tariff> {
        self.tariffs.iter().find(|tariff| tariff.effective_from <= self.now)
    }

    fn today(&self) -> Day {
        self.zone.local(self.now).day()
    }
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<Listed, AppError> {
    let priced = repricing::under_way(conn, &who.scope).await?;
    let unused = tariffs::without_calls(conn, &who.scope).await?;
    Ok(Listed { unused, priced, ..Listed::of(who, tariffs::list(conn, &who.scope).await?)? })
}

/// From when on, in words.
fn since(from: Timestamp, zone: Zone, text: Text) -> String {
    let local = zone.local(from);
    if from <= Timestamp::MIN {
        text.tariffs_always().to_owned()
    } else if zone.instant(i64::from(local.day().0) * DAY_MS) == from {
        format::date(local.day(), text.language())
    } else {
        format::date_time(local, text.language())
    }
}

/// Which tariffs are there, as the form's hidden field and the words for who comes second name them: the latest.
pub fn seen(tariffs: &[Tariff], zone: Zone, text: Text) -> String {
    let latest = tariffs.iter().take(3).map(|tariff| {
        let name = format!("{}, {}", tariff_name(tariff, text), vat_name(std::slice::from_ref(tariff), text));
        if tariff.effective_from <= Timestamp::MIN {
            text.tariffs_from_always(&name)
        } else {
            text.tariffs_from(&name, &since(tariff.effective_from, zone, text))
        }
    });
    latest.collect::<Vec<_>>().join("; ")
}

pub(super) fn view(shown: &Listed, text: Text) -> AnyView {
    let table = if shown.tariffs.is_empty() {
        view! { <section class="panel"><p class="text-muted">{text.tariffs_none()}</p></section> }.into_any()
    } else {
        table(shown, text.settings_tariffs(), true, text)
    };
    let pricing = shown.priced.map(|calls| {
        let words = text.tariff_pricing(&text.calls(calls));
        view! { <p class="notice is-failed" role="status"><Icon name="warning" /><span>{words}</span></p> }
    });
    view! {
        <div class="stack">
            <p class="text-muted">{text.tariffs_lead()}</p>
            {pricing}
            {table}
            <section class="panel settings-panel">
                <h2 class="panel-title">{text.tariffs_new()}</h2>
                {form(shown, shown.current(), "tariff-form", "/settings/tariffs/add".to_owned(), text)}
            </section>
        </div>
    }
    .into_any()
}

/// The form, beginning with this tariff, and what a talk of 31 seconds would cost.
pub(super) fn form(shown: &Listed, begin: Option<&Tariff>, id: &str, action: String, text: Text) -> AnyView {
    let filled = filled(begin, text.language())
        .with(&SEEN, seen(&shown.tariffs, shown.zone, text))
        .with(&FROM, shown.today().to_string());
    let (words, digits) = example_words(&shown.currency, text);
    let example = begin.map(|tariff| {
        let (blocks, cost) = example(tariff, text);
        text.tariff_example(&blocks, &cost)
    });
    let before_button = view! {
        <div>
            <p class="tariff-example" aria-live="polite" data-example-of=id.to_owned() data-words=words data-digits=digits>{example}</p>
            <p class="text-muted">{text.tariffs_in(shown.currency.as_str())}</p>
        </div>
    };
    let beside = Beside { before_button: Some(before_button.into_any()), ..Beside::default() };
    TARIFF.view_with(id, action, Place::Sheet, &filled, beside)
}

/// Blocks and cost of a talk of 31 seconds, which tells apart the usual tariffs.
fn example(tariff: &Tariff, text: Text) -> (String, String) {
    let blocks = tariff.blocks(31_000);
    let cost = format::money(tariff.cost(blocks), &tariff.currency, text.language());
    (format::integer(blocks, text.language()), cost)
}

/// The tariffs, the latest first.
pub(super) fn table(shown: &Listed, label: &'static str, removable: bool, text: Text) -> AnyView {
    let has_buttons = removable && !shown.unused.is_empty();
    let current = shown.current().map(|tariff| tariff.effective_from);
    let rows = shown.tariffs.iter().map(|tariff| {
        let mark = if Some(tariff.effective_from) == current {
            Some(view! { <span class="badge is-success">{text.tariffs_now()}</span> }.into_any())
        } else if tariff.effective_from > shown.now {
            Some(view! { <span class="badge">{text.tariffs_later()}</span> }.into_any())
        } else {
            None
        };
        let price = |money| price_name(money, &tariff.currency, text.language());
        // One that no call has can be taken back; a campaign's own is set anew on its page.
        let remove = (removable && shown.unused.contains(&tariff.effective_from)).then(|| {
            let id = format!("remove-{}", tariff.effective_from.0);
            let about = since(tariff.effective_from, shown.zone, text);
            let question = Question {
                id: &id,
                about: about.clone(),
                why: text.tariffs_remove_why().to_owned(),
                words: text.tariffs_remove(),
                action: "/settings/tariffs/remove".to_owned(),
                with: Some(("from", tariff.effective_from.0.to_string())),
            };
            view! {
                <button class="btn" type="button" popovertarget=id.clone()
                    aria-label=format!("{}: {about}", text.tariffs_remove())>{text.tariffs_remove()}</button>
                {question.sheet(Side::End)}
            }
        });
        let (blocks, cost) = example(tariff, text);
        view! {
            <tr>
                <td class="key nowrap">
                    <span class="flex items-center gap-2">{since(tariff.effective_from, shown.zone, text)}{mark}</span>
                </td>
                <td class="num nowrap" data-label=text.tariffs_blocks()>{format!("{} + {}", tariff.first_block_seconds, tariff.next_block_seconds)}</td>
                <td class="num nowrap" data-label=text.tariffs_first()>{price(tariff.price_first_block)}</td>
                <td class="num nowrap" data-label=text.tariffs_next()>{price(tariff.price_next_block)}</td>
                <td class="nowrap" data-label=text.tariff_vat()>{vat_name(std::slice::from_ref(tariff), text)}</td>
                <td class="num nowrap" data-label=text.tariffs_example()>{text.tariffs_blocks_cost(&blocks, &cost)}</td>
                {has_buttons.then(|| view! { <td class="num stick">{remove}</td> })}
            </tr>
        }
    });
    view! {
        <section class="panel panel-flush">
            <div class="table-scroll" tabindex="0" role="region" aria-label=label>
                <table class="data-table stacked">
                    <thead><tr>
                        <th scope="col">{text.tariffs_since()}</th>
                        <th scope="col" class="num">{text.tariffs_blocks()}</th>
                        <th scope="col" class="num">{text.tariffs_first()}</th>
                        <th scope="col" class="num">{text.tariffs_next()}</th>
                        <th scope="col">{text.tariff_vat()}</th>
                        <th scope="col" class="num">{text.tariffs_example()}</th>
                        {has_buttons.then(|| view! { <th scope="col" class="stick"><span class="sr-only">{text.tariffs_remove()}</span></th> })}
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
