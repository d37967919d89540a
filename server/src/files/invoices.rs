//! What each account used in a month, as a file for invoices: for the operator's page and command.

use std::collections::{BTreeMap, BTreeSet};

use app::Text;
use domain::{Vat, usage::Month};
use store::figures::AccountFigures;

use super::{call_csv::harmless, csv_list::lines};

/// Bytes of a gigabyte, as sizes of files are written.
const GB: u64 = 1 << 30;

/// How the prices of a month are meant ([`store::figures::vat`]), by account.
pub type VatOf = BTreeMap<i64, BTreeSet<Option<&'static str>>>;

/// The file, a line for each account.
pub fn csv(accounts: &[AccountFigures], month: Month, vat: &VatOf, text: Text) -> Vec<u8> {
    let mut file = lines("\u{feff}".as_bytes().to_vec());
    // Into memory, which cannot fail.
    let _ = file.write_record(heading(text));
    for account in accounts {
        let row = row(account, month, vat.get(&account.account.id), text);
        let _ = file.write_record(row.map(|cell| harmless(&cell).into_owned()));
    }
    file.into_inner().unwrap_or_default()
}

fn heading(text: Text) -> [&'static str; 13] {
    [
        text.invoice_account_id(),
        text.operator_name(),
        text.operator_month(),
        text.operator_calls_begun(),
        text.operator_minutes(),
        text.operator_blocks(),
        text.operator_cost(),
        text.invoice_without_vat(),
        text.invoice_with_vat(),
        text.invoice_vat(),
        text.setting_currency(),
        text.invoice_recordings(),
        text.invoice_pricing(),
    ]
}

/// Hundredths as a decimal with a point, as every CSV has them.
fn hundredths(n: u64) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

/// The cost stands once more in the column that the tariffs of the month say; in neither where they say nothing or not the same.
fn row(of: &AccountFigures, month: Month, vat: Option<&BTreeSet<Option<&'static str>>>, text: Text) -> [String; 13] {
    let cost = of.month.cost.to_string();
    let said = vat.map(|said| said.iter().copied().collect::<Vec<_>>()).unwrap_or_default();
    let (without, with, words) = match said[..] {
        [Some(word)] if word == Vat::Excluded.word() => (cost.clone(), String::new(), text.vat_excluded()),
        [Some(word)] if word == Vat::Included.word() => (String::new(), cost.clone(), text.vat_included()),
        [] | [None] => (String::new(), String::new(), text.vat_unsaid()),
        _ => (String::new(), String::new(), text.vat_mixed()),
    };
    let minutes = u64::try_from(of.month.talk_time).unwrap_or(0);
    let gigabytes = (u128::from(of.recording_bytes) * 100 + u128::from(GB) / 2) / u128::from(GB);
    [
        of.account.id.to_string(),
        of.account.registered.clone(),
        month.to_string(),
        of.month.begun().to_string(),
        hundredths((minutes * 100 + 30_000) / 60_000),
        of.month.blocks.to_string(),
        cost,
        without,
        with,
        words.to_owned(),
        of.account.currency.as_str().to_owned(),
        hundredths(u64::try_from(gigabytes).unwrap_or(u64::MAX)),
        if of.account.pricing_again { text.pricing_again_short().to_owned() } else { String::new() },
    ]
}
