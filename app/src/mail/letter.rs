//! What a report's mail says.

use domain::{
    CallClass, CampaignSummary, Rate, Report, Tariff, Timestamp, format,
    text::{file_name, one_line},
    time::Zone,
};
use serde::{Deserialize, Serialize};

use crate::{
    Text, links,
    names::{tariff_name, vat_name},
};

/// Codes that a mail lists; the rest share a line.
const CODES: usize = 15;

/// The longest name that a subject shows whole, in characters.
const SUBJECT_NAME: usize = 100;

/// What a mail is made of.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub account: &'a str,
    /// The account's number, for links.
    pub account_id: i64,
    pub campaign: &'a CampaignSummary,
    /// Its figures over the whole campaign.
    pub report: &'a Report,
    /// The tariffs that its calls were priced by.
    pub tariffs: &'a [Tariff],
    pub zone: Zone,
    /// How people reach the pages, without a slash at the end.
    pub base_url: &'a str,
    /// Whether it is a preview of a report that will go out later.
    pub preview: bool,
    /// The workbook that goes with it.
    pub attached: Attached,
}

/// How the call list goes with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// In the mail; its size in bytes.
    File(u64),
    /// Too large for a mail: by a link until then; its size in bytes.
    Link(u64, Timestamp),
    /// Not at all: it could not be made.
    None,
}

/// A colour with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Success, reached.
    Success,
    Failed,
    /// Line fault.
    Error,
    /// Not reached.
    Neutral,
}

impl Tone {
    fn of(class: CallClass) -> Self {
        match class {
            CallClass::Success => Self::Success,
            CallClass::Failed => Self::Failed,
            CallClass::Error => Self::Error,
        }
    }
}

/// A figure of the cost group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostFigure {
    /// What it is.
    pub label: String,
    /// Number and unit, in the order in which they are read; the unit may be empty.
    pub parts: Vec<(String, String)>,
    /// What the figure counts, in small letters under it.
    pub note: String,
}

/// A line with a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// The result code; empty elsewhere.
    pub code: String,
    /// What was counted.
    pub label: String,
    pub count: String,
    /// Of the whole, or a dash.
    pub share: String,
    /// The bar's length in thousandths of the longest one, or of the whole where they stand in one bar.
    pub length: u64,
    pub tone: Tone,
}

/// A group of bars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bars {
    pub title: String,
    /// What the shares are of.
    pub note: String,
    pub bars: Vec<Bar>,
}

/// All texts of a mail in its language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// BCP 47.
    pub language: String,
    /// On one line.
    pub subject: String,
    /// What mail programs show beside the subject.
    pub preheader: String,
    pub account: String,
    pub title: String,
    /// Dates and voicebot.
    pub about: String,
    pub open: String,
    pub address: String,
    /// The heading of the cost group.
    pub cost_title: String,
    pub cost_note: String,
    /// Two rows of two.
    pub cost: Vec<CostFigure>,
    /// Customers reached and not.
    pub customers: Bars,
    /// Calls by class.
    pub calls: Bars,
    /// Calls by code.
    pub codes: Bars,
    /// What was against the plan; none where nobody has said one.
    #[serde(default)]
    pub planned: Option<Bars>,
    /// The heading over the workbook.
    pub attached_title: String,
    /// The workbook: name, rows, size; or that there is none.
    pub attached: String,
    /// The words of the link to a workbook that is too large; empty where there is none.
    pub download: String,
    /// The workbook's name as a file.
    pub file_name: String,
    /// Until when the figures reach.
    pub as_of: String,
    /// Why one gets this.
    pub why: String,
    /// The words of the link to stop.
    pub stop: String,
    /// Before the plain address.
    pub plain_link: String,
}

/// Links that belong to one recipient, or that not everybody may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Stops further reports; none where the mail goes to one who asked to see it.
    pub stop: Option<String>,
    /// The workbook that is too large for a mail.
    pub download: Option<String>,
}

/// A report as far as it can be compared with a later one: without when it was read, and without names.
pub fn compared(report: &Report) -> Report {
    let mut report = report.clone();
    report.as_of = Timestamp(0);
    report.calls.in_progress = 0;
    report.pricing_again = false;
    // They follow from the histogram and a setting of the account.
    report.duration_classes.clear();
    // The letter does not show how calls ended.
    report.endings.clear();
    // Nor the account's own dimensions, which may be declared later.
    report.own_dimensions.clear();
    // They follow from the calls and the plan, which may be said later.
    report.planned = None;
    // What is foreseen goes on without a call.
    report.forecast = None;
    report.forecast_basis = None;
    for code in &mut report.by_code {
        code.label_vi.clear();
        code.label_en.clear();
        code.defined = true;
    }
    report
}

fn shortened(name: &str) -> String {
    let mut out: String = name.chars().take(SUBJECT_NAME).collect();
    if out.len() < name.len() {
        out.truncate(out.trim_end().len());
        out.push('…');
    }
    out
}

pub fn letter(source: &Source<'_>, text: Text) -> Letter {
    let (report, language) = (source.report, text.language());
    let campaign = &source.campaign.campaign;
    let name = one_line(&campaign.name);
    let customers = report.customers;
    let (reached, total) = (text.int(customers.reached), text.int(customers.total));
    let short = shortened(&name);
    let subject = if source.preview {
        text.mail_subject_preview(&short, &reached, &total)
    } else {
        text.mail_subject(&short, &reached, &total)
    };
    let days = report.from.zip(report.to).map(|(from, to)| domain::DateRange { from, to });
    let dates = days.map_or_else(|| text.no_calls_yet().to_owned(), |days| format::range(days, language));
    let as_of = text.mail_moment(source.zone.local(report.as_of));
    let rows = text.calls(report.calls.total + report.calls.in_progress);
    let file_name = file_name(&format!("{}-{}.xlsx", campaign.id, source.zone.local(report.as_of).day()));
    let (attached, download) = match source.attached {
        Attached::File(bytes) => {
            (format!("{file_name} · {rows} · {}", format::file_size(bytes, language)), String::new())
        }
        Attached::Link(bytes, until) => {
            let until = format::date(source.zone.local(until).day(), language);
            let size = format::file_size(bytes, language);
            (format!("{file_name} · {rows} · {size}. {}", text.mail_too_large(&until)), text.mail_download().to_owned())
        }
        Attached::None => (text.mail_no_workbook().to_owned(), String::new()),
    };
    Letter {
        language: language.tag().to_owned(),
        subject: one_line(&subject),
        preheader: text.mail_preheader(&text.calls(report.calls.total), &money(report, report.cost, text)),
        account: one_line(source.account),
        title: if source.preview { text.mail_title_preview(&name) } else { text.mail_title(&name) },
        about: text.mail_about(&dates, &one_line(&campaign.voicebot.name)),
        open: text.mail_open().to_owned(),
        address: links::Outside::page(source.base_url, source.account_id, &links::campaign_path(&campaign.id)).into(),
        cost_title: text.campaign_cost().to_owned(),
        cost_note: cost_note(source, text),
        cost: cost(report, source.tariffs, text),
        customers: customer_bars(report, text),
        calls: call_bars(report, text),
        codes: code_bars(report, text),
        planned: planned_bars(report, text),
        attached_title: text.mail_attached().to_owned(),
        attached,
        download,
        file_name,
        as_of: text.mail_as_of(
            &as_of,
            &report.timezone,
            &text.calls(report.calls.total),
            &text.customers(customers.total),
        ),
        why: if source.preview { text.mail_why_preview().to_owned() } else { text.mail_why(&short) },
        stop: text.mail_stop().to_owned(),
        plain_link: text.mail_plain_link().to_owned(),
    }
}

/// By which tariffs; and that this may not be the end of it.
fn cost_note(source: &Source<'_>, text: Text) -> String {
    let tariffs = match source.tariffs {
        [] => text.mail_no_tariff().to_owned(),
        tariffs if source.report.cost == domain::Money::ZERO && tariffs.iter().all(Tariff::is_free) => {
            text.no_price_set().to_owned()
        }
        [only] => tariff_name(only, text),
        several => text.mail_tariffs(&several.len().to_string()),
    };
    if source.report.pricing_again { format!("{tariffs}. {}", text.pricing_again()) } else { tariffs }
}

fn money(report: &Report, money: domain::Money, text: Text) -> String {
    format::money(money, &report.currency, text.language())
}

fn cost(report: &Report, tariffs: &[Tariff], text: Text) -> Vec<CostFigure> {
    let language = text.language();
    let answered = text.calls(report.calls.answered);
    let cell = |label: &str, parts: Vec<format::NumberPart>, note: String| {
        let read = |part: format::NumberPart| {
            if part.unit_first { (part.unit, part.number) } else { (part.number, part.unit) }
        };
        let parts = match parts.as_slice() {
            [] => vec![(format::UNDEFINED.to_owned(), String::new())],
            _ => parts.into_iter().map(read).collect(),
        };
        CostFigure { label: label.to_owned(), parts, note }
    };
    let average = report.average_talk_time.map(|mean| format::short_duration_parts(mean, language)).unwrap_or_default();
    let blocks = vec![format::NumberPart::new(format::integer(report.blocks, language), text.block_unit())];
    let each = format::quotient(report.blocks.max(0) as u64, report.calls.answered, 2, language);
    vec![
        cell(text.average_talk_time(), average, text.over_answered(&answered)),
        cell(
            text.total_talk_time(),
            format::total_duration_parts(report.talk_time, language),
            text.mail_from_answer().to_owned(),
        ),
        cell(text.blocks_used(), blocks, text.blocks_per_answered(&each)),
        cell(
            text.total_cost(),
            vec![format::money_part(report.cost, &report.currency, language)],
            vat_name(tariffs, text).to_owned(),
        ),
    ]
}

fn of_whole(lines: Vec<(String, u64, Tone)>, text: Text) -> Vec<Bar> {
    let whole: u64 = lines.iter().map(|line| line.1).sum();
    let bar = |(label, count, tone): (String, u64, Tone)| {
        let share = Rate::new(count, whole);
        Bar {
            code: String::new(),
            label,
            count: text.int(count),
            share: format::rate(share, text.language()),
            length: share.permille().unwrap_or(0),
            tone,
        }
    };
    lines.into_iter().map(bar).collect()
}

fn customer_bars(report: &Report, text: Text) -> Bars {
    let customers = report.customers;
    let mut lines = vec![
        (text.reached().to_owned(), customers.reached, Tone::Success),
        (text.tried().to_owned(), customers.tried, Tone::Neutral),
    ];
    if customers.never_dialled > 0 {
        lines.push((text.never_dialled().to_owned(), customers.never_dialled, Tone::Neutral));
    }
    let note = text.customers(customers.total);
    Bars { title: text.customer_status().to_owned(), note, bars: of_whole(lines, text) }
}

fn call_bars(report: &Report, text: Text) -> Bars {
    let label = |class| match class {
        CallClass::Success => text.success(),
        CallClass::Failed => text.mail_failed(),
        CallClass::Error => text.mail_error(),
    };
    let lines = CallClass::ALL.map(|class| (label(class).to_owned(), report.calls.of(class), Tone::of(class)));
    let note = text.mail_with_redials(&text.calls(report.calls.total));
    Bars { title: text.call_status().to_owned(), note, bars: of_whole(lines.into(), text) }
}

fn planned_bars(report: &Report, text: Text) -> Option<Bars> {
    let planned = report.planned?;
    let line = |label: &str, share: Rate| Bar {
        code: String::new(),
        label: label.to_owned(),
        count: text.int(share.numerator),
        share: format::rate(share, text.language()),
        length: share.permille().unwrap_or(0),
        tone: Tone::Neutral,
    };
    let outside = planned.outside.map(|outside| line(text.planned_outside(), outside.calls));
    let beyond = planned.beyond.map(|beyond| line(text.planned_beyond(), beyond.redials));
    let bars: Vec<Bar> = outside.into_iter().chain(beyond).collect();
    let note = text.share_of(&text.calls(report.calls.total));
    (!bars.is_empty()).then(|| Bars { title: text.planned().to_owned(), note, bars })
}

fn code_bars(report: &Report, text: Text) -> Bars {
    let share = |calls| format::rate(Rate::new(calls, report.calls.total), text.language());
    let largest = report.by_code.iter().map(|row| row.calls).max().unwrap_or(0).max(1);
    let mut rows: Vec<_> = report.by_code.iter().collect();
    rows.sort_by(|a, b| (std::cmp::Reverse(a.calls), &a.code).cmp(&(std::cmp::Reverse(b.calls), &b.code)));
    let rest = if rows.len() > CODES + 1 { rows.split_off(CODES) } else { Vec::new() };
    let length = |calls| Rate::new(calls, largest).permille().unwrap_or(0).min(1_000);
    let bar = |row: &domain::report::CodeCount| {
        let label = text.language().pick(&row.label_vi, &row.label_en);
        Bar {
            code: one_line(row.code.as_str()),
            label: if row.defined { one_line(label) } else { text.undefined_code().to_owned() },
            count: text.int(row.calls),
            share: share(row.calls),
            length: length(row.calls),
            tone: Tone::of(row.class),
        }
    };
    let others = (!rest.is_empty()).then(|| {
        let calls = rest.iter().map(|row| row.calls).sum();
        Bar {
            code: String::new(),
            label: text.more_codes(&text.int(rest.len() as u64)),
            count: text.int(calls),
            share: share(calls),
            length: length(calls),
            tone: Tone::Neutral,
        }
    });
    Bars {
        title: text.mail_by_code().to_owned(),
        note: text.share_of(&text.calls(report.calls.total)),
        bars: rows.into_iter().map(bar).chain(others).collect(),
    }
}
