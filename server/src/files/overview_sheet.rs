//! The overview of a campaign in a workbook: the report's figures with native charts beside them.

use std::collections::BTreeMap;

use app::{
    Text,
    cause::{side, title_of},
    day_notes::NotedDays,
    forecast::{self, ForecastBand},
    names::{bin_title, day_and_hour, duration_title, point_title},
    own_values::place_name,
};
use domain::{
    CallClass, CampaignSummary, DateRange, Money, Rate, Report,
    forecast::{CountBand, ForecastBasis, HourBand, MoneyBand},
    format,
    interval::Interval,
    time::{DAY_MS, LocalTime, Zone},
};
use rust_xlsxwriter::{ConditionalFormat2ColorScale, Format, Worksheet, XlsxError};

use super::{
    charts::{self, TablePlaces},
    formats::{Formats, colours, days, serial, units},
};

/// What the sheet shows.
pub struct OverviewSheetInput {
    pub campaign: CampaignSummary,
    /// Its figures over the period.
    pub report: Report,
    /// Whether the period is less than the whole campaign.
    pub in_range: bool,
    /// Whether the account has codes that are goals.
    pub has_goals: bool,
    pub zone: Zone,
    /// What is to be said about the call sheet.
    pub notes: Vec<Note>,
    /// What is noted on the days of the trend.
    pub noted: NotedDays,
}

/// A line under the head of the sheet.
pub struct Note {
    pub text: String,
    /// Whether it must be noticed.
    pub warns: bool,
}

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;
/// Widths of the columns of figures, in characters, and of the gap before the charts.
const WIDTHS: [f64; 9] = [34.0, 14.0, 11.0, 14.0, 11.0, 11.0, 11.0, 14.0, 2.0];
/// The column from which on charts stand.
const CHARTS: u16 = WIDTHS.len() as u16;

pub fn write(sheet: &mut Worksheet, overview: &OverviewSheetInput, text: Text) -> Result<(), XlsxError> {
    let formats = Formats::new(text.language(), &overview.report.currency);
    let mut page = SheetPage { sheet, row: 0, text, formats: &formats, overview, report: &overview.report };
    page.set_up()?;
    page.head()?;
    page.cost()?;
    page.results()?;
    page.customers()?;
    page.rates()?;
    page.planned()?;
    page.forecast()?;
    let codes = page.codes()?;
    page.durations()?;
    page.endings()?;
    let bins = page.histogram()?;
    let attempts = page.attempts()?;
    page.own_dimensions()?;
    let funnel = page.funnel()?;
    page.heatmap()?;
    let trend = page.trend()?;
    page.day_notes()?;
    let places = TablePlaces { codes, bins, attempts, trend, funnel };
    charts::insert(page.sheet, &places, CHARTS, &overview.report, text)
}

/// A rate and its bounds.
fn bounded(rate: Rate, interval: Option<Interval>) -> [SheetValue; 3] {
    let bound = |of: fn(&Interval) -> i32| {
        let millionths = interval.as_ref().map(of).map(|bound| u64::from(bound.max(0).cast_unsigned()));
        millionths.map_or(SheetValue::Undefined, |bound| SheetValue::Rate(Rate::new(bound, 1_000_000)))
    };
    [SheetValue::Rate(rate), bound(|interval| interval.low), bound(|interval| interval.high)]
}

/// A cell of the sheet.
enum SheetValue {
    Text(String),
    Count(u64),
    Integer(i64),
    Duration(i64),
    Seconds(i64),
    Money(domain::Money),
    /// A share of a whole, too.
    Rate(Rate),
    Day(LocalTime),
    Hour(LocalTime),
    /// A cell of the heatmap.
    Cell(Rate),
    /// A text among numbers.
    Right(String),
    Undefined,
}

struct SheetPage<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    text: Text,
    formats: &'a Formats,
    overview: &'a OverviewSheetInput,
    report: &'a Report,
}

impl SheetPage<'_> {
    fn set_up(&mut self) -> Result<(), XlsxError> {
        let sheet = &mut *self.sheet;
        sheet.set_name(self.text.sheet_overview())?.set_screen_gridlines(false);
        // On paper, tables and charts share the width, and the second page begins below the third chart.
        sheet.set_paper_size(9).set_landscape().set_print_scale(50).set_page_breaks(&[charts::ROWS_OF_THREE])?;
        sheet.set_margins(0.4, 0.4, 0.5, 0.5, 0.3, 0.3);
        for (column, width) in WIDTHS.into_iter().enumerate() {
            sheet.set_column_width(column as u16, width)?;
        }
        Ok(())
    }

    fn put(&mut self, column: u16, value: &SheetValue) -> Result<(), XlsxError> {
        let formats = self.formats;
        match value {
            SheetValue::Text(text) if column > 0 => self.words(column, text, &formats.listed),
            SheetValue::Text(text) => self.words(column, text, &formats.text),
            SheetValue::Right(text) => self.words(column, text, &formats.undefined),
            SheetValue::Count(n) => self.number(column, *n as f64, &formats.integer),
            SheetValue::Integer(n) => self.number(column, *n as f64, &formats.integer),
            SheetValue::Duration(ms) => self.number(column, days(*ms), &formats.duration),
            SheetValue::Seconds(ms) => self.number(column, *ms as f64 / 1_000.0, &formats.seconds),
            SheetValue::Money(money) => self.number(column, units(*money), &formats.money),
            SheetValue::Rate(Rate { denominator: 0, .. }) | SheetValue::Undefined => {
                self.words(column, format::UNDEFINED, &formats.undefined)
            }
            SheetValue::Rate(rate) => {
                self.number(column, rate.numerator as f64 / rate.denominator as f64, &formats.percent)
            }
            SheetValue::Day(at) => self.number(column, serial(*at), &formats.day),
            SheetValue::Hour(at) => self.number(column, serial(*at), &formats.moment),
            SheetValue::Cell(rate) => {
                self.number(column, rate.numerator as f64 / rate.denominator.max(1) as f64, &formats.whole_percent)
            }
        }
    }

    /// A text in this row.
    fn words(&mut self, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, column, text, format).map(drop)
    }

    /// A number in this row.
    fn number(&mut self, column: u16, number: f64, format: &Format) -> Result<(), XlsxError> {
        self.sheet.write_number_with_format(self.row, column, number, format).map(drop)
    }

    fn line(&mut self, values: &[SheetValue]) -> Result<(), XlsxError> {
        for (n, value) in values.iter().enumerate() {
            self.put(n as u16, value)?;
        }
        self.row += 1;
        Ok(())
    }

    /// The name of a section and the heads of its columns; `texts` are those that hold no numbers, beside the first.
    fn section(&mut self, name: &str, heads: &[&str], texts: &[u16]) -> Result<(), XlsxError> {
        self.row += 1;
        self.sheet.set_row_height(self.row, 22)?;
        self.sheet.write_string_with_format(self.row, 0, name, &self.formats.section)?;
        self.row += 1;
        for (n, head) in heads.iter().enumerate() {
            let format = match n as u16 {
                0 => &self.formats.head,
                n if texts.contains(&n) => &self.formats.head_listed,
                _ => &self.formats.head_right,
            };
            self.sheet.write_string_with_format(self.row, n as u16, *head, format)?;
        }
        self.row += 1;
        Ok(())
    }

    fn head(&mut self) -> Result<(), XlsxError> {
        let (text, language, report) = (self.text, self.text.language(), self.report);
        let campaign = &self.overview.campaign.campaign;
        self.sheet.set_row_height(0, 26)?;
        self.sheet.write_string_with_format(0, 0, &campaign.name, &self.formats.title)?;
        let mut facts = vec![text.campaign_report().to_owned(), text.state(campaign.state).to_owned()];
        if let Some((from, to)) = report.from.zip(report.to) {
            facts.push(format::range(DateRange { from, to }, language));
        }
        facts.push(campaign.voicebot.name.clone());
        let as_of = self.overview.zone.local(report.as_of);
        let zone = text.workbook_zone(&report.timezone, &format::offset(as_of.offset_minutes));
        let until = text.data_until(&format::moment(as_of, language), &report.timezone);
        let lines = [(facts.join(" · "), false), (format!("{zone} · {until}"), false)];
        let notes = self.overview.notes.iter().map(|note| (note.text.clone(), note.warns));
        for (n, (line, warns)) in lines.into_iter().chain(notes).enumerate() {
            self.row = n as u32 + 1;
            let format = if warns { &self.formats.notice } else { &self.formats.note };
            self.sheet.write_string_with_format(self.row, 0, line, format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Figures with a note each: name, value, note.
    fn cost(&mut self) -> Result<(), XlsxError> {
        let (text, language, report) = (self.text, self.text.language(), self.report);
        let answered = text.calls(report.calls.answered);
        let money = |money| format::money(money, &report.currency, language);
        let average = report.average_talk_time.map_or(SheetValue::Undefined, SheetValue::Seconds);
        let note = text.note_average(&format::seconds(report.talk_time, language), &answered);
        let rows = [
            (text.average_talk_time(), average, note),
            (text.total_talk_time(), SheetValue::Duration(report.talk_time), text.note_talk().to_owned()),
            (text.dial_time(), SheetValue::Duration(report.dial_time), text.note_dial().to_owned()),
            (
                text.ring_time_unanswered(),
                SheetValue::Duration(report.ring_time_unanswered),
                text.note_ring().to_owned(),
            ),
            (text.blocks_used(), SheetValue::Integer(report.blocks), text.note_blocks().to_owned()),
            (
                text.bot_messages(),
                report.bot_messages.map_or(SheetValue::Undefined, SheetValue::Integer),
                text.note_messages().to_owned(),
            ),
            (text.total_cost(), SheetValue::Money(report.cost), text.note_cost().to_owned()),
            (
                text.cost_per_reached(),
                report.cost_per_reached.map_or(SheetValue::Undefined, SheetValue::Money),
                text.note_cost_per_reached(&money(report.cost), &text.customers(report.customers.reached)),
            ),
        ];
        let heads = [text.report_figure(), text.report_value(), text.report_note(), "", "", "", "", ""];
        self.section(text.campaign_cost(), &heads, &[2])?;
        for (name, value, note) in rows {
            self.words(2, &note, &self.formats.note_listed)?;
            self.line(&[SheetValue::Text(name.to_owned()), value])?;
        }
        Ok(())
    }

    fn results(&mut self) -> Result<(), XlsxError> {
        let (text, calls) = (self.text, self.report.calls);
        self.section(text.call_status(), &[text.class_column(), text.calls_column(), text.share_column()], &[])?;
        let names = [text.success_calls(), text.failed_calls(), text.error_calls()];
        for (class, name) in CallClass::ALL.into_iter().zip(names) {
            let share = SheetValue::Rate(Rate::new(calls.of(class), calls.total));
            self.line(&[SheetValue::Text(name.to_owned()), SheetValue::Count(calls.of(class)), share])?;
        }
        self.line(&[SheetValue::Text(text.total_calls().to_owned()), SheetValue::Count(calls.total)])?;
        self.line(&[SheetValue::Text(text.calls_in_progress().to_owned()), SheetValue::Count(calls.in_progress)])
    }

    fn customers(&mut self) -> Result<(), XlsxError> {
        let (text, customers) = (self.text, self.report.customers);
        let parts = [customers.reached, customers.tried, customers.never_dialled];
        self.section(
            text.customer_status(),
            &[text.class_column(), text.customers_column(), text.share_column()],
            &[],
        )?;
        let names = [text.reached(), text.tried(), text.never_dialled()];
        for (name, count) in names.into_iter().zip(parts) {
            let share = SheetValue::Rate(Rate::new(count, customers.total));
            self.line(&[SheetValue::Text(name.to_owned()), SheetValue::Count(count), share])?;
        }
        self.line(&[SheetValue::Text(text.customers_total().to_owned()), SheetValue::Count(customers.total)])
    }

    fn rates(&mut self) -> Result<(), XlsxError> {
        let (text, rates) = (self.text, self.report.rates);
        let heads = [text.report_figure(), text.report_value(), text.report_numerator(), text.report_denominator()];
        self.section(text.report_rates(), &heads, &[])?;
        let mut rows = vec![
            (text.answer_rate(), rates.answer_rate),
            (text.network_effectiveness(), rates.network_effectiveness),
            (text.contact_rate(), rates.contact_rate),
        ];
        if self.overview.has_goals {
            rows.push((text.goal_rate(), rates.goal_rate));
        }
        for (name, rate) in rows {
            let (numerator, denominator) = (SheetValue::Count(rate.numerator), SheetValue::Count(rate.denominator));
            self.line(&[SheetValue::Text(name.to_owned()), SheetValue::Rate(rate), numerator, denominator])?;
        }
        Ok(())
    }

    fn planned(&mut self) -> Result<(), XlsxError> {
        let (text, Some(planned)) = (self.text, self.report.planned) else { return Ok(()) };
        let heads = [text.report_figure(), text.report_value(), text.report_numerator(), text.report_denominator()];
        self.section(text.planned(), &heads, &[])?;
        let share = |rate: Rate| {
            [SheetValue::Rate(rate), SheetValue::Count(rate.numerator), SheetValue::Count(rate.denominator)]
        };
        if let Some(outside) = planned.outside {
            let [rate, numerator, denominator] = share(outside.calls);
            self.line(&[SheetValue::Text(text.planned_outside().to_owned()), rate, numerator, denominator])?;
            let parts = [(text.fact_other_days(), outside.other_days), (text.fact_other_hours(), outside.other_hours)];
            self.counts(&parts)?;
        }
        if let Some(beyond) = planned.beyond {
            let [rate, numerator, denominator] = share(beyond.redials);
            self.line(&[SheetValue::Text(text.planned_beyond().to_owned()), rate, numerator, denominator])?;
            self.counts(&[
                (text.fact_no_rule(), beyond.no_rule),
                (text.fact_too_often(), beyond.too_often),
                (text.fact_too_early(), beyond.too_early),
            ])?;
        }
        if let Some(to_go) = planned.to_go {
            let days = to_go.days_to_go.map_or(SheetValue::Undefined, SheetValue::Count);
            self.line(&[SheetValue::Text(text.planned_days_to_go().to_owned()), days])?;
        }
        Ok(())
    }

    fn forecast(&mut self) -> Result<(), XlsxError> {
        let (text, Some(forecast)) = (self.text, self.report.forecast) else { return Ok(()) };
        let heads = [text.report_figure(), text.forecast_middle(), text.forecast_lower(), text.forecast_upper(), ""];
        self.section(text.forecast(), &heads, &[])?;
        let whole = |name: &str, count| [SheetValue::Text(name.to_owned()), SheetValue::Count(count)];
        self.line(&whole(text.fact_open_customers(), forecast.open_customers))?;
        self.line(&whole(text.fact_most_attempts(), u64::from(forecast.attempts)))?;
        let Some(outlook) = forecast.outlook else {
            let (fewest, days) = (text.int(ForecastBasis::FEWEST_DAYS as u64), text.int(forecast.active_days));
            self.words(2, &text.forecast_too_few(&fewest, &days), &self.formats.note_listed)?;
            return self.line(&[SheetValue::Text(text.forecast_through().to_owned()), SheetValue::Undefined]);
        };
        let HourBand { low, middle, high } = outlook.through;
        let [low, middle, high] = [low, middle, high].map(|at| SheetValue::Right(forecast::hour(at, text)));
        self.line(&[SheetValue::Text(text.forecast_through().to_owned()), middle, low, high])?;
        self.band(text.forecast_calls(), ForecastBand::Count(outlook.open_calls, 0))?;
        self.band(text.forecast_reached(), ForecastBand::Count(outlook.reached, 0))?;
        self.band(text.forecast_cost(), ForecastBand::Money(outlook.cost, Money::ZERO))?;
        let Some(latest) = forecast.latest else { return Ok(()) };
        let day = format::date(latest.day, text.language());
        let heads = [
            text.report_figure(),
            text.forecast_middle(),
            text.forecast_lower(),
            text.forecast_upper(),
            text.forecast_came(),
        ];
        self.section(&text.forecast_latest(&day), &heads, &[])?;
        for line in forecast::latest_lines(&latest, text) {
            let came = match line.foreseen {
                ForecastBand::Count(_, came) => SheetValue::Count(came),
                ForecastBand::Money(_, came) => SheetValue::Money(came),
            };
            self.put(4, &came)?;
            self.band(line.name, line.foreseen)?;
        }
        Ok(())
    }

    /// What is foreseen, with its bounds.
    fn band(&mut self, name: &str, band: ForecastBand) -> Result<(), XlsxError> {
        let [low, middle, high] = match band {
            ForecastBand::Count(CountBand { low, middle, high }, _) => [low, middle, high].map(SheetValue::Count),
            ForecastBand::Money(MoneyBand { low, middle, high }, _) => [low, middle, high].map(SheetValue::Money),
        };
        self.line(&[SheetValue::Text(name.to_owned()), middle, low, high])
    }

    /// Parts of the line above, in its column of numerators.
    fn counts(&mut self, parts: &[(&str, u64)]) -> Result<(), XlsxError> {
        for (name, calls) in parts {
            self.put(2, &SheetValue::Count(*calls))?;
            self.line(&[SheetValue::Text(format!("– {name}"))])?;
        }
        Ok(())
    }

    fn codes(&mut self) -> Result<Option<(u32, u32)>, XlsxError> {
        let (text, language, report) = (self.text, self.text.language(), self.report);
        let heads =
            [text.label_column(), text.code_column(), text.class_column(), text.calls_column(), text.share_column()];
        self.section(text.call_results(), &heads, &[1, 2])?;
        let first = self.row;
        for code in &report.by_code {
            let label = if code.defined {
                language.pick(&code.label_vi, &code.label_en).as_str()
            } else {
                text.undefined_code()
            };
            self.line(&[
                SheetValue::Text(label.to_owned()),
                SheetValue::Text(code.code.to_string()),
                SheetValue::Text(text.class(code.class).to_owned()),
                SheetValue::Count(code.calls),
                SheetValue::Rate(Rate::new(code.calls, report.calls.total)),
            ])?;
        }
        Ok(self.table(first))
    }

    /// The rows from `first` to here; none where there are none.
    fn table(&self, first: u32) -> Option<(u32, u32)> {
        (self.row > first).then(|| (first, self.row - 1))
    }

    fn durations(&mut self) -> Result<(), XlsxError> {
        let (text, report) = (self.text, self.report);
        self.section(text.durations(), &[text.duration_column(), text.calls_column(), text.share_column()], &[])?;
        for class in &report.duration_classes {
            let share = SheetValue::Rate(Rate::new(class.calls, report.calls.answered));
            self.line(&[SheetValue::Text(duration_title(class, text)), SheetValue::Count(class.calls), share])?;
        }
        Ok(())
    }

    fn endings(&mut self) -> Result<(), XlsxError> {
        let (text, report) = (self.text, self.report);
        let heads = [
            text.cause_column(),
            text.hung_up_column(),
            text.calls_column(),
            text.share_column(),
            text.answered_column(),
            text.mean_talk_column(),
            text.talk_time_column(),
        ];
        self.section(text.endings(), &heads, &[1])?;
        for ending in &report.endings {
            self.line(&[
                SheetValue::Text(title_of(ending, text)),
                SheetValue::Text(side(ending.by(), text)),
                SheetValue::Count(ending.calls),
                SheetValue::Rate(Rate::new(ending.calls, report.calls.total)),
                SheetValue::Count(ending.answered),
                ending.average_talk_time.map_or(SheetValue::Undefined, SheetValue::Seconds),
                SheetValue::Duration(ending.talk_time),
            ])?;
        }
        Ok(())
    }

    fn histogram(&mut self) -> Result<Option<(u32, u32)>, XlsxError> {
        let (text, report) = (self.text, self.report);
        let heads = [text.duration_column(), text.calls_column(), text.share_column(), text.bin_end()];
        self.section(text.talk_time_title(), &heads, &[])?;
        let first = self.row;
        for bin in &report.talk_time_histogram {
            let share = SheetValue::Rate(Rate::new(bin.calls, report.calls.answered));
            // The short name of a bin, for the axis of its chart.
            let end = match bin.to {
                Some(to) => SheetValue::Integer(to / 1_000),
                None => SheetValue::Right(format!(">{}", bin.from / 1_000)),
            };
            self.line(&[SheetValue::Text(bin_title(bin, text)), SheetValue::Count(bin.calls), share, end])?;
        }
        Ok(self.table(first))
    }

    fn attempts(&mut self) -> Result<Option<(u32, u32)>, XlsxError> {
        let text = self.text;
        let heads = [
            text.attempt_column(),
            text.success(),
            text.failed(),
            text.error(),
            text.calls_column(),
            text.newly_reached(),
            text.blocks_column(),
            text.cost_column(),
        ];
        self.section(text.by_attempt(), &heads, &[])?;
        let first = self.row;
        for row in &self.report.by_attempt {
            self.line(&[
                SheetValue::Text(text.attempt(&row.attempt.to_string())),
                SheetValue::Count(row.success),
                SheetValue::Count(row.failed),
                SheetValue::Count(row.error),
                SheetValue::Count(row.calls),
                SheetValue::Count(row.newly_reached),
                SheetValue::Integer(row.blocks),
                SheetValue::Money(row.cost),
            ])?;
        }
        Ok(self.table(first))
    }

    /// The account's own dimensions: the counts of each, and its rates with their bounds. Two tables, as charts stand beside them.
    fn own_dimensions(&mut self) -> Result<(), XlsxError> {
        let (text, report, has_goals) = (self.text, self.report, self.overview.has_goals);
        for result in &report.own_dimensions {
            let name = result.dimension.label(text.language());
            let mut heads =
                vec![name, text.calls_column(), text.answered_column(), text.success(), text.newly_reached()];
            heads.extend(has_goals.then(|| text.own_goals()));
            heads.push(text.cost_column());
            self.section(name, &heads, &[])?;
            for value in &result.values {
                let counts = [value.calls, value.answered, value.success, value.newly_reached];
                let mut cells = vec![SheetValue::Text(place_name(value, text))];
                cells.extend(counts.into_iter().chain(has_goals.then_some(value.goals)).map(SheetValue::Count));
                cells.push(SheetValue::Money(value.cost));
                self.line(&cells)?;
            }
            let rates = std::iter::once(text.answer_rate()).chain(has_goals.then(|| text.goal_rate()));
            let mut heads = vec![name];
            heads.extend(rates.flat_map(|rate| [rate, text.own_low(), text.own_high()]));
            self.section(&text.own_rates(name), &heads, &[])?;
            for value in &result.values {
                let mut cells = vec![SheetValue::Text(place_name(value, text))];
                cells.extend(bounded(value.answer_rate, value.answer_interval));
                if has_goals {
                    cells.extend(bounded(value.goal_rate, value.goal_interval));
                }
                self.line(&cells)?;
            }
        }
        Ok(())
    }

    fn funnel(&mut self) -> Result<Option<(u32, u32)>, XlsxError> {
        let (text, funnel) = (self.text, self.report.funnel);
        let first = if self.overview.in_range { text.funnel_dialled_in() } else { text.funnel_customers() };
        let mut steps = vec![(first, funnel.customers)];
        if !self.overview.in_range {
            // In a range its customers are those who were called in it: the second step would repeat the first.
            steps.push((text.funnel_dialled(), funnel.dialled));
        }
        steps.extend([(text.funnel_reached(), funnel.reached), (text.funnel_talked(), funnel.talked_30s)]);
        if self.overview.has_goals {
            steps.push((text.funnel_goal(), funnel.goal));
        }
        self.section(text.funnel(), &[text.step_column(), text.customers_column(), text.share_column()], &[])?;
        let begin = self.row;
        for (name, count) in steps {
            let share = SheetValue::Rate(Rate::new(count, funnel.customers));
            self.line(&[SheetValue::Text(name.to_owned()), SheetValue::Count(count), share])?;
        }
        Ok(self.table(begin))
    }

    /// The answer rate of every hour and weekday, hours in rows; beside it the calls that it is of.
    fn heatmap(&mut self) -> Result<(), XlsxError> {
        let (text, language, report) = (self.text, self.text.language(), self.report);
        let cells: BTreeMap<(u8, u8), Rate> = report
            .heatmap
            .iter()
            .map(|cell| ((cell.hour, cell.weekday), Rate::new(cell.answered, cell.calls)))
            .collect();
        let hours = || report.heatmap.iter().map(|cell| cell.hour);
        let (Some(from), Some(to)) = (hours().min(), hours().max()) else { return Ok(()) };
        for (name, with_rate) in [(text.heatmap(), true), (text.heatmap_calls(), false)] {
            let mut heads = vec![text.filter_hour()];
            heads.extend((1..=7).map(|day| format::weekday(day, language)));
            self.section(name, &heads, &[])?;
            let first = self.row;
            for hour in from..=to {
                self.put(0, &SheetValue::Text(format!("{hour:02}:00–{hour:02}:59")))?;
                for day in 1..=7_u8 {
                    let Some(&rate) = cells.get(&(hour, day)) else { continue };
                    let value = if with_rate { SheetValue::Cell(rate) } else { SheetValue::Count(rate.denominator) };
                    self.put(u16::from(day), &value)?;
                }
                self.row += 1;
            }
            let scale = ConditionalFormat2ColorScale::new()
                .set_minimum_color(colours::HEAT_LOW)
                .set_maximum_color(colours::HEAT_HIGH);
            self.sheet.add_conditional_format(first, 1, self.row - 1, 7, &scale)?;
        }
        Ok(())
    }

    /// What people noted on days, the day first, so that it can be sorted beside those of the trend.
    fn day_notes(&mut self) -> Result<(), XlsxError> {
        let (text, overview) = (self.text, self.overview);
        let mut notes = overview.noted.notes().peekable();
        if notes.peek().is_none() {
            return Ok(());
        }
        self.section(text.day_notes(), &[text.day_note_day(), text.day_note_text()], &[1])?;
        for note in notes {
            let at = LocalTime { wall_ms: i64::from(note.day.0) * DAY_MS, offset_minutes: 0 };
            let written_at = format::date_time(overview.zone.local(note.written_at), text.language());
            let by = text.day_note_by(&note.written_by, &written_at);
            self.line(&[SheetValue::Day(at), SheetValue::Text(format!("{} ({by})", note.text.as_str()))])?;
        }
        Ok(())
    }

    fn trend(&mut self) -> Result<Option<(u32, u32)>, XlsxError> {
        let text = self.text;
        let heads = [
            text.time_column(),
            text.success(),
            text.failed(),
            text.error(),
            text.calls_column(),
            text.talk_time_column(),
            text.blocks_column(),
            text.cost_column(),
        ];
        self.section(text.calls_over_time(), &heads, &[])?;
        let first = self.row;
        for point in &self.report.trend {
            // A day or hour is a date of Excel, so that it can be sorted and grouped.
            let at = match day_and_hour(point) {
                Some((day, hour)) => {
                    let wall_ms = i64::from(day.0) * DAY_MS + i64::from(hour.unwrap_or(0)) * HOUR_MS;
                    let at = LocalTime { wall_ms, offset_minutes: 0 };
                    if hour.is_some() { SheetValue::Hour(at) } else { SheetValue::Day(at) }
                }
                None => SheetValue::Text(point_title(point, text)),
            };
            self.line(&[
                at,
                SheetValue::Count(point.success),
                SheetValue::Count(point.failed),
                SheetValue::Count(point.error),
                SheetValue::Count(point.calls),
                SheetValue::Duration(point.talk_time),
                SheetValue::Integer(point.blocks),
                SheetValue::Money(point.cost),
            ])?;
        }
        Ok(self.table(first))
    }
}
