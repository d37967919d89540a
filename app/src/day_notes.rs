//! What people note on a day, where something is shown over time: marks in the chart, a column of its table, the notes themselves and
//! the forms to write them.

use domain::{Day, format, limits::DAY_NOTE_CHARS, report::TrendPoint, time::Zone};
use leptos::prelude::*;
use store::day_notes::DayNote;

use crate::{
    Text,
    charts::{self, ChartNote},
    components::{Icon, Question, Side, sheet},
    form::{Field, Filled, Form, Kind, Place, Words},
    settings::forms::SEEN,
    text::messages,
};

/// Where one goes afterwards: the page with what it asks for.
pub const TO: Field = Field::new("to", Text::back, Kind::Line { max: 2_000 }).hidden();
/// The day that something is noted on.
pub const NOTE_DAY: Field = Field::new("day", Text::day_note_day, Kind::Day).required();
pub const NOTE_TEXT: Field = Field::new("text", Text::day_note_text, Kind::Line { max: DAY_NOTE_CHARS })
    .required()
    .note(Text::day_note_text_note);
/// What it is about, on the page of a campaign.
pub const NOTE_OF: Field = Field::new("of", Text::day_note_of, Kind::Select(OF));
const OF: &[(&str, Words)] = &[("campaign", Text::day_note_of_campaign), (OF_ACCOUNT, Text::day_note_of_account)];
/// About the whole account.
pub const OF_ACCOUNT: &str = "account";
/// Notes something on a day.
pub const ADD_NOTE: Form = Form { fields: &[TO, NOTE_DAY, NOTE_TEXT, NOTE_OF], submit: Text::day_note_save };
/// Has a note say something else.
pub const CHANGE_NOTE: Form = Form { fields: &[SEEN, TO, NOTE_TEXT], submit: Text::setting_save };

messages! {
    day_notes = "Ghi chú theo ngày", "Notes on days";
    day_note_column = "Ghi chú", "Note";
    day_note_add = "Ghi chú một ngày", "Note something on a day";
    day_note_day = "Ngày", "Day";
    day_note_text = "Ghi chú", "Note";
    day_note_text_note = "Ví dụ: kịch bản v4 từ đây. Không ghi số điện thoại của khách hàng.", "Such as: script v4 from here. No phone numbers of customers.";
    day_note_of = "Dùng cho", "About";
    day_note_of_campaign = "Chiến dịch này", "This campaign";
    day_note_of_account = "Cả tài khoản", "The whole account";
    day_note_save = "Lưu ghi chú", "Save the note";
    day_note_change = "Sửa", "Change";
    day_note_change_of(day) = "Sửa ghi chú ngày {day}", "Change the note on {day}";
    day_note_remove = "Bỏ", "Remove";
    day_note_remove_of(day) = "Bỏ ghi chú ngày {day}", "Remove the note on {day}";
    day_note_remove_why(text) = "“{text}” sẽ không còn ở biểu đồ nào.", "“{text}” will be in no chart any more.";
    day_note_by(who, at) = "{who}, {at}", "{who}, {at}";
    day_note_tells_a_number = "Ghi chú không được chứa số điện thoại của khách hàng.", "A note may not hold a customer's phone number.";
    day_notes_too_many(limit) = "Đã đủ {limit} ghi chú. Hãy bỏ bớt.", "There are {limit} notes already. Please remove some.";
}

/// Notes of a trend, each with its place among the points.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotedDays {
    notes: Vec<(DayNote, Option<usize>)>,
}

impl NotedDays {
    /// Those of whoever's trend has the places. One of the account that no point shows is left out: it may be of years before.
    pub fn new(notes: Vec<DayNote>, place: impl Fn(Day) -> Option<usize>) -> Self {
        let placed = notes.into_iter().map(|note| {
            let at = place(note.day);
            (note, at)
        });
        Self { notes: placed.filter(|(note, at)| note.campaign.is_some() || at.is_some()).collect() }
    }

    /// Those of a trend of hours, days, months or years: of the hours of a day, the first is marked.
    pub fn of_trend(notes: Vec<DayNote>, points: &[TrendPoint]) -> Self {
        Self::new(notes, |day| {
            let day = day.to_string();
            points.iter().position(|point| day.starts_with(point.at.get(..10).unwrap_or(&point.at)))
        })
    }

    /// Those alone that a point shows.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { notes: self.notes.into_iter().filter(|(_, at)| at.is_some()).collect() }
    }

    /// All of them, by day.
    pub fn notes(&self) -> impl Iterator<Item = &DayNote> {
        self.notes.iter().map(|(note, _)| note)
    }

    fn at(&self, point: usize) -> impl Iterator<Item = (usize, &DayNote)> {
        let numbered = self.notes.iter().enumerate();
        numbered.filter(move |(_, (_, at))| *at == Some(point)).map(|(n, (note, _))| (n + 1, note))
    }

    /// Whether a point is marked.
    pub fn has_marks(&self) -> bool {
        self.notes.iter().any(|(_, at)| at.is_some())
    }

    /// The chart with its marks: each has the numbers of its notes, and says them.
    pub fn marked(&self, option: String) -> String {
        let mut places: Vec<usize> = self.notes.iter().filter_map(|(_, at)| *at).collect();
        places.sort_unstable();
        places.dedup();
        let marks = places.into_iter().map(|point| ChartNote {
            at: point,
            label: self.at(point).map(|(n, _)| n.to_string()).collect::<Vec<_>>().join(", "),
            texts: self.at(point).map(|(_, note)| note.text.as_str().to_owned()).collect(),
        });
        charts::with_notes(option, &marks.collect::<Vec<_>>())
    }

    /// What is noted at a point, in its row of the table.
    pub fn cell(&self, point: usize) -> String {
        self.at(point).map(|(_, note)| note.text.as_str()).collect::<Vec<_>>().join(" · ")
    }

    /// The head of the column of [`Self::cell`]; none where nothing is marked.
    pub fn head(&self, text: Text) -> Option<AnyView> {
        self.has_marks().then(|| view! { <th scope="col">{text.day_note_column()}</th> }.into_any())
    }

    /// The cell of a point; none where nothing is marked.
    pub fn table_cell(&self, point: usize) -> Option<AnyView> {
        self.has_marks().then(|| view! { <td class="wrap">{self.cell(point)}</td> }.into_any())
    }
}

/// The page that notes stand on.
pub struct NotesOf<'a> {
    pub text: Text,
    pub zone: Zone,
    /// Whether its reader may write.
    pub may_write: bool,
    /// Where a new one is sent.
    pub add: String,
    /// The page itself, with what it asks for.
    pub here: &'a str,
    /// Whether it is of a campaign.
    pub is_of_campaign: bool,
    /// The day that is offered for a new one.
    pub day: Day,
}

/// The notes themselves, each with the number of its mark, and the way to a new one.
pub fn list(noted: &NotedDays, of: &NotesOf<'_>) -> Option<AnyView> {
    if noted.notes.is_empty() && !of.may_write {
        return None;
    }
    let text = of.text;
    let items = noted.notes.iter().map(|(note, _)| item(note, of)).collect_view();
    let items = (!noted.notes.is_empty()).then(|| view! { <ol aria-label=text.day_notes()>{items}</ol> });
    let add = of.may_write.then(|| {
        let filled = Filled::default().with(&TO, of.here).with(&NOTE_DAY, format::date(of.day, domain::Language::Vi));
        let filled = if of.is_of_campaign { filled } else { filled.without(&[NOTE_OF]) };
        let form = ADD_NOTE.view("day-note-form", of.add.clone(), Place::Sheet, &filled);
        view! {
            <div class="screen-only">
                <button class="btn" type="button" popovertarget="day-note"><Icon name="pencil" />{text.day_note_add()}</button>
                {sheet("day-note", Side::Start, text.day_note_add().to_owned(), form)}
            </div>
        }
    });
    Some(view! { <div class="day-notes">{items}{add}</div> }.into_any())
}

fn item(note: &DayNote, of: &NotesOf<'_>) -> AnyView {
    let text = of.text;
    let day = format::date(note.day, text.language());
    let at = format::date_time(of.zone.local(note.written_at), text.language());
    let shared = (of.is_of_campaign && note.campaign.is_none())
        .then(|| view! { " "<span class="badge">{text.day_note_of_account()}</span> });
    view! {
        <li>
            <b class="nowrap">{day.clone()}</b>" "
            <span class="wrap-anywhere">{note.text.as_str().to_owned()}</span>
            {shared}" "
            <small class="text-muted">{text.day_note_by(&note.written_by, &at)}</small>
            {of.may_write.then(|| changing(note, &day, of))}
        </li>
    }
    .into_any()
}

fn changing(note: &DayNote, day: &str, of: &NotesOf<'_>) -> AnyView {
    let text = of.text;
    let said = note.text.as_str();
    let (change_id, remove_id) = (format!("day-note-{}", note.key), format!("day-note-{}-remove", note.key));
    let filled = Filled::default().with(&SEEN, said).with(&TO, of.here).with(&NOTE_TEXT, said);
    let form =
        CHANGE_NOTE.view(&format!("{change_id}-form"), format!("/notes/{}/put", note.key), Place::Sheet, &filled);
    let question = Question {
        id: &remove_id,
        about: text.day_note_remove_of(day),
        why: text.day_note_remove_why(said),
        words: text.day_note_remove(),
        action: format!("/notes/{}/remove", note.key),
        with: Some((TO.name(), of.here.to_owned())),
    };
    view! {
        <span class="screen-only">
            " "
            <button class="link" type="button" popovertarget=change_id.clone() aria-label=text.day_note_change_of(day)>
                {text.day_note_change()}
            </button>
            {sheet(&change_id, Side::Start, text.day_note_change_of(day), form)}
            " "
            <button class="link" type="button" popovertarget=remove_id.clone() aria-label=text.day_note_remove_of(day)>
                {text.day_note_remove()}
            </button>
            {question.sheet(Side::Start)}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::{Sight, Timestamp, sight::ShownText};

    use super::*;
    use crate::sample::report;

    fn note(day: Day, text: &str, campaign: bool) -> DayNote {
        DayNote {
            key: 1,
            campaign: campaign.then(|| "tet".parse().unwrap()),
            day,
            text: ShownText::new(text.to_owned(), Sight::Whole),
            written_by: "Lan".to_owned(),
            written_at: Timestamp(0),
        }
    }

    #[test]
    fn a_note_marks_the_point_that_shows_its_day() {
        let days = report().trend;
        let first: Day = days[0].at.parse().unwrap();
        let written = || {
            vec![
                note(first.plus(-400), "của chiến dịch", true),
                note(first.plus(-400), "chung", false),
                note(first, "v4 <b>", false),
                note(first, "giá mới", true),
            ]
        };
        let noted = NotedDays::of_trend(written(), &days);
        assert_eq!(noted.notes.len(), 3, "what the account noted years before is left out");
        assert_eq!(noted.cell(0), "v4 <b> · giá mới");
        assert_eq!(noted.cell(1), "");
        let option = noted.marked("{\"series\":[{\"type\":\"bar\"}],\"ringside\":{},\"grid\":{\"top\":12}}".to_owned());
        assert!(!option.contains('<'), "{option}");
        let option: serde_json::Value = serde_json::from_str(&option).unwrap();
        assert_eq!(option["series"][0]["markLine"]["data"], serde_json::json!([{"name": "2, 3", "xAxis": 0}]));
        assert_eq!(option["ringside"]["notes"]["0"], serde_json::json!(["v4 <b>", "giá mới"]));
        let at = |at: &str| vec![TrendPoint { at: at.to_owned(), ..days[0].clone() }];
        for point in [format!("{first}T09"), first.to_string()[..7].to_owned(), first.to_string()[..4].to_owned()] {
            assert_eq!(NotedDays::of_trend(written(), &at(&point)).cell(0), "v4 <b> · giá mới", "{point}");
        }
        assert!(!NotedDays::of_trend(written(), &at("2001-01-01")).has_marks());
    }
}
