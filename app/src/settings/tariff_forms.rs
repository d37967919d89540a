//! The form of a tariff: of the account, and of a campaign.

use domain::{
    Currency, Language, Tariff, Vat,
    input::amount_text,
    tariff::{MAX_BLOCK_SECONDS, PRICE_UNITS},
};

use super::forms::{CONFIRMED, SEEN};
use crate::{
    Text,
    form::{Field, Filled, Form, Kind, Words},
    text::messages,
};

/// How long blocks are: one of [`PRESETS`], or [`OWN`].
pub const PRESET: Field = Field::new("preset", Text::tariff_preset, Kind::Select(PRESET_WORDS)).required();
/// The seconds are typed.
pub const OWN: &str = "own";
/// First and next block of each preset, in seconds.
pub const PRESETS: [(&str, u32, u32); 4] = [("6+6", 6, 6), ("6+1", 6, 1), ("30+30", 30, 30), ("60+60", 60, 60)];
const PRESET_WORDS: &[(&str, Words)] = &[
    ("6+6", Text::tariff_6_6),
    ("6+1", Text::tariff_6_1),
    ("30+30", Text::tariff_30_30),
    ("60+60", Text::tariff_60_60),
    (OWN, Text::tariff_own_seconds),
];
const SECONDS: Kind = Kind::Number { min: 1, max: MAX_BLOCK_SECONDS as i64 };
/// Length of the first block, where no preset says it.
pub const FIRST_SECONDS: Field = Field::new("first_block_seconds", Text::tariff_first_seconds, SECONDS);
/// Length of the others.
pub const NEXT_SECONDS: Field = Field::new("next_block_seconds", Text::tariff_next_seconds, SECONDS);
/// Price of the first block.
pub const FIRST_PRICE: Field =
    Field::new("price_first_block", Text::tariff_first_price, Kind::Amount { max: PRICE_UNITS }).required();
/// Price of each further block.
pub const NEXT_PRICE: Field =
    Field::new("price_next_block", Text::tariff_next_price, Kind::Amount { max: PRICE_UNITS }).required();
/// The day from which on calls are priced by it.
pub const FROM: Field = Field::new("from", Text::tariff_from, Kind::Day).required().note(Text::tariff_from_note);
/// How prices are meant.
pub const VAT: Field = Field::new("vat", Text::tariff_vat, Kind::Select(VATS)).note(Text::tariff_vat_note);
const VATS: &[(&str, Words)] =
    &[("", Text::vat_not_said), ("included", Text::vat_included), ("excluded", Text::vat_excluded)];
/// Whether the calls that are stored are priced by it, too: then the day may be over.
pub const PRICE_AGAIN: Field =
    Field::new("price_again", Text::tariff_price_again, Kind::Checkbox).note(Text::tariff_price_again_note);
/// Sets a tariff.
pub const TARIFF: Form = Form {
    fields: &[SEEN, CONFIRMED, PRESET, FIRST_SECONDS, NEXT_SECONDS, FIRST_PRICE, NEXT_PRICE, FROM, VAT, PRICE_AGAIN],
    submit: Text::setting_save,
};

/// The form as it begins: as the tariff in effect.
pub fn filled(tariff: Option<&Tariff>, language: Language) -> Filled {
    let Some(tariff) = tariff else { return Filled::default().with(&PRESET, PRESETS[0].0) };
    let (first, next) = (tariff.first_block_seconds, tariff.next_block_seconds);
    let preset = PRESETS.iter().find(|(_, a, b)| (*a, *b) == (first, next)).map_or(OWN, |(name, ..)| name);
    let seconds = |seconds: u32| if preset == OWN { seconds.to_string() } else { String::new() };
    Filled::default()
        .with(&PRESET, preset)
        .with(&FIRST_SECONDS, seconds(first))
        .with(&NEXT_SECONDS, seconds(next))
        .with(&FIRST_PRICE, amount_text(tariff.price_first_block, language))
        .with(&NEXT_PRICE, amount_text(tariff.price_next_block, language))
        .with(&VAT, tariff.vat.map_or("", Vat::word))
}

/// What a talk of 31 seconds costs, for the script that says so of what is typed: the words with `{blocks}` and `{cost}` in them,
/// and how many digits the currency has.
pub fn example_words(currency: &Currency, text: Text) -> (String, u32) {
    let part = domain::format::money_part(domain::Money::ZERO, currency, text.language());
    let cost = domain::format::NumberPart { number: "{cost}".to_owned(), ..part }.joined();
    (text.tariff_example("{blocks}", &cost), currency.minor_digits())
}

messages! {
    tariff_preset = "Cách tính block", "Blocks";
    tariff_6_6 = "6 + 6 giây", "6 + 6 s";
    tariff_6_1 = "6 + 1 giây", "6 + 1 s";
    tariff_30_30 = "30 + 30 giây", "30 + 30 s";
    tariff_60_60 = "60 + 60 giây", "60 + 60 s";
    tariff_own_seconds = "Số giây khác", "Other seconds";
    tariff_first_seconds = "Block đầu (giây)", "First block (seconds)";
    tariff_next_seconds = "Mỗi block sau (giây)", "Each further block (seconds)";
    tariff_first_price = "Giá block đầu", "Price of the first block";
    tariff_next_price = "Giá mỗi block sau", "Price of each further block";
    tariff_from = "Áp dụng từ ngày", "From";
    tariff_from_note = "Hôm nay hoặc một ngày sau; ngày đã qua chỉ khi tính lại các cuộc gọi đã lưu.", "Today or a later day; one that is over only where stored calls are priced again.";
    tariff_vat = "Thuế VAT", "VAT";
    tariff_vat_note = "Chỉ để ghi rõ cạnh chi phí, không làm đổi số nào.", "Said beside costs; it changes no figure.";
    tariff_price_again = "Tính lại cả các cuộc gọi đã lưu từ ngày này", "Price the stored calls from this day on again";
    tariff_price_again_note = "Báo cáo và chi phí đã xem sẽ đổi. Trước khi lưu sẽ hiện chênh lệch.", "Reports and costs that were seen will change. The difference is shown before it is done.";
    tariff_difference(calls, from, before, after, difference) = "Từ {from}, {calls} đổi giá: chi phí {before} thành {after} (chênh lệch {difference}).", "From {from} on, {calls} change their price: {before} becomes {after} (a difference of {difference}).";
    tariff_nothing_changes(from) = "Từ {from}, không cuộc gọi đã lưu nào đổi giá.", "From {from} on, no stored call changes its price.";
    tariff_given(calls) = "{calls} giữ giá do hệ thống gửi ghi sẵn.", "{calls} keep the price that their sender gave.";
    tariff_since(at) = "Tính đến {at}; cuộc gọi đến sau đó cũng theo giá mới.", "As of {at}; calls that come in since then have the new price, too.";
    tariff_confirm = "Xác nhận tính lại", "Price them again";
    tariff_pricing(calls) = "Đang tính lại giá: đã xem {calls}. Báo cáo đổi dần cho đến khi xong.", "Calls are priced again: {calls} were looked at. Reports change until it is done.";
    vat_not_said = "Chưa ghi", "Not stated";
    tariff_example(blocks, cost) = "31 giây = {blocks} block = {cost}", "31 s = {blocks} blocks = {cost}";
}
