//! The columns of the call list in files, defined once: the CSV and the workbook cannot name or fill them differently.

use std::collections::HashMap;

use app::cause::{capitalised, title};
use domain::{
    Call, CallClass, CampaignId, Code, CodeMeanings, HangupBy, Language, Money, OwnDimension, ResultCode, ShownPhone,
    Timestamp, call::PricedBy, filter::CustomerStanding,
};
use store::{Conn, Scope, StoreError, campaigns, own_dimensions, result_codes};

/// A column of the call list.
pub struct CallColumn {
    /// The name in a CSV for programs: that of the call record's field, dotted for nesting.
    pub field: &'static str,
    /// The name for people, Vietnamese and English.
    names: [&'static str; 2],
    /// What its cells hold.
    pub kind: CellKind,
    /// The width in the workbook, in characters.
    pub width: u8,
    pub cell: for<'a> fn(&'a Call, &'a Labels) -> Cell<'a>,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Text, whatever it looks like: names, ids, phone numbers.
    Text,
    Number,
    Duration,
    Time,
    Money,
}

/// A cell's value, exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing is known.
    Empty,
    Text(&'a str),
    /// One of a few words, shown in the reader's language.
    Word(Word<'a>),
    Number(i64),
    Duration(i64),
    Time(Timestamp),
    Money(Money),
}

/// A word that programs get as the API writes it and people in their language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word<'a> {
    /// The class of a finished call.
    Class(CallClass),
    /// Who hung up.
    HangupBy(HangupBy),
    /// Why the call ended, said in words.
    Cause(&'a str),
    /// Where blocks and cost came from.
    PricedBy(PricedBy),
    /// The media type of a stored recording; for people: that there is one.
    Recording(&'a str),
    /// A result code, shown by its label.
    Label(&'a ResultCode),
    /// What became of a customer.
    Standing(CustomerStanding),
    /// A value of an own dimension that is not told apart.
    OtherValue,
}

/// What the account calls what its calls name by an id.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    codes: HashMap<Code, ResultCode>,
    campaigns: HashMap<CampaignId, String>,
    /// The account's own dimensions, each a column behind the others.
    pub own: Vec<OwnDimension>,
    /// What the codes mean in the whole file, also when that is changed while it is written.
    pub meanings: CodeMeanings,
}

impl Labels {
    /// Reads those of codes alone.
    pub async fn of_codes(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let codes = result_codes::list(conn, scope).await?;
        Ok(Self {
            meanings: CodeMeanings::of(&codes),
            codes: codes.into_iter().map(|code| (code.code.clone(), code)).collect(),
            campaigns: HashMap::new(),
            own: Vec::new(),
        })
    }

    /// Reads those of the calls of a campaign, or of all.
    pub async fn read(conn: &mut Conn, scope: &Scope, campaign: Option<&CampaignId>) -> Result<Self, StoreError> {
        let campaigns = campaigns::names_of(conn, scope, campaign).await?;
        let own = own_dimensions::list(conn, scope).await?;
        Ok(Self { campaigns, own, ..Self::of_codes(conn, scope).await? })
    }
}

impl Word<'_> {
    /// As people read it.
    pub fn shown(self, language: Language) -> String {
        let text = app::Text(language);
        match self {
            Self::Class(class) => text.class(class).to_owned(),
            Self::HangupBy(who) => capitalised(text.hangup_by(who)),
            Self::Cause(cause) => title(cause, text),
            Self::PricedBy(PricedBy::Tariff) => language.pick("Bảng giá", "Tariff").to_owned(),
            Self::PricedBy(PricedBy::Sender) => language.pick("Bên gửi", "Sender").to_owned(),
            Self::Recording(_) => language.pick("Có", "Yes").to_owned(),
            Self::Label(code) => language.pick(&code.label_vi, &code.label_en).clone(),
            Self::Standing(standing) => text.standing(standing).to_owned(),
            Self::OtherValue => text.own_other().to_owned(),
        }
    }

    /// As programs read it; a label stays in the account's first language.
    pub fn word(self) -> String {
        match self {
            Self::Class(class) => class.word().to_owned(),
            Self::HangupBy(who) => who.word().to_owned(),
            Self::Cause(cause) => title(cause, app::Text(Language::Vi)),
            Self::PricedBy(PricedBy::Tariff) => "tariff".to_owned(),
            Self::PricedBy(PricedBy::Sender) => "sender".to_owned(),
            Self::Recording(media) => media.to_owned(),
            Self::Label(code) => code.label_vi.clone(),
            Self::Standing(standing) => standing.word().unwrap_or_default().to_owned(),
            Self::OtherValue => "other".to_owned(),
        }
    }
}

impl CallColumn {
    /// The heading for people.
    pub fn name(&self, language: Language) -> &'static str {
        language.pick(self.names[0], self.names[1])
    }
}

const fn column(
    field: &'static str,
    vi: &'static str,
    en: &'static str,
    kind: CellKind,
    width: u8,
    cell: for<'a> fn(&'a Call, &'a Labels) -> Cell<'a>,
) -> CallColumn {
    CallColumn { field, names: [vi, en], kind, width, cell }
}

pub(super) fn text(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Empty, Cell::Text)
}

fn time(at: Option<Timestamp>) -> Cell<'static> {
    at.map_or(Cell::Empty, Cell::Time)
}

pub(super) fn label<'a>(call: &'a Call, labels: &'a Labels) -> Cell<'a> {
    let Some(code) = &call.result_code else { return Cell::Empty };
    labels.codes.get(code).map_or(Cell::Empty, |code| Cell::Word(Word::Label(code)))
}

/// The width of the column of an own dimension, in characters.
pub const OWN_WIDTH: f64 = 18.0;

/// What a call has of an own dimension.
pub fn own_cell<'a>(call: &'a Call, dimension: &OwnDimension) -> Cell<'a> {
    let own = call.own.iter().find(|own| own.dimension.number == dimension.number);
    own.map_or(Cell::Empty, |own| own.text.as_deref().map_or(Cell::Word(Word::OtherValue), Cell::Text))
}

/// The columns, in the order in which people look for them.
pub const COLUMNS: [CallColumn; 26] = [
    column("dialed_at", "Thời điểm", "Time", CellKind::Time, 19, |call, _| Cell::Time(call.dialed_at)),
    column("contact.name", "Khách hàng", "Customer", CellKind::Text, 24, |call, _| text(call.contact.name())),
    column("contact.phone", "Số điện thoại", "Phone", CellKind::Text, 15, |call, _| {
        text(call.contact.phone().map(ShownPhone::as_str))
    }),
    column("attempt", "Lần gọi", "Attempt", CellKind::Number, 9, |call, _| Cell::Number(i64::from(call.attempt))),
    column("class", "Trạng thái", "Status", CellKind::Text, 13, |call, labels| {
        // By the meanings of when the file was begun, as its filter.
        let code = call.result_code.as_ref();
        code.map_or(Cell::Empty, |code| Cell::Word(Word::Class(labels.meanings.class_of(code.as_str()))))
    }),
    column("result_code", "Mã kết quả", "Result code", CellKind::Text, 12, |call, _| {
        text(call.result_code.as_ref().map(Code::as_str))
    }),
    column("result_label", "Kết quả", "Result", CellKind::Text, 24, label),
    column("dial_time", "Thời lượng quay số", "Dial time", CellKind::Duration, 12, |call, _| {
        call.dial_time.map_or(Cell::Empty, Cell::Duration)
    }),
    column("talk_time", "Đàm thoại", "Talk time", CellKind::Duration, 12, |call, _| Cell::Duration(call.talk_time)),
    column("bot_messages", "Tin nhắn", "Messages", CellKind::Number, 10, |call, _| {
        call.bot_messages.map_or(Cell::Empty, |n| Cell::Number(i64::from(n)))
    }),
    column("blocks", "Block", "Blocks", CellKind::Number, 9, |call, _| Cell::Number(call.blocks)),
    column("cost", "Chi phí", "Cost", CellKind::Money, 13, |call, _| Cell::Money(call.cost)),
    column("currency", "Tiền tệ", "Currency", CellKind::Text, 9, |call, _| Cell::Text(call.currency.as_str())),
    column("recording", "Ghi âm", "Recording", CellKind::Text, 11, |call, _| {
        call.recording.as_ref().map_or(Cell::Empty, |stored| Cell::Word(Word::Recording(&stored.content_type)))
    }),
    column("answered_at", "Lúc nghe máy", "Answered at", CellKind::Time, 19, |call, _| time(call.answered_at)),
    column("ended_at", "Lúc kết thúc", "Ended at", CellKind::Time, 19, |call, _| time(call.ended_at)),
    column("hangup_by", "Bên gác máy", "Hung up by", CellKind::Text, 13, |call, _| {
        call.hangup_by.map_or(Cell::Empty, |who| Cell::Word(Word::HangupBy(who)))
    }),
    column("cause", "Nguyên nhân", "Cause", CellKind::Text, 13, |call, _| text(call.cause.as_deref())),
    column("cause_label", "Lý do kết thúc", "Why it ended", CellKind::Text, 28, |call, _| {
        call.cause.as_deref().map_or(Cell::Empty, |cause| Cell::Word(Word::Cause(cause)))
    }),
    column("priced_by", "Cước tính theo", "Charged by", CellKind::Text, 14, |call, _| {
        Cell::Word(Word::PricedBy(call.priced_by))
    }),
    column("voicebot", "Voicebot", "Voicebot", CellKind::Text, 16, |call, _| Cell::Text(call.voicebot.as_str())),
    column("recording_url", "Địa chỉ ghi âm", "Recording address", CellKind::Text, 20, |call, _| {
        text(call.recording_url.as_deref())
    }),
    column("contact.id", "Mã khách hàng", "Customer id", CellKind::Text, 16, |call, _| {
        Cell::Text(call.contact.id().as_str())
    }),
    column("id", "Mã cuộc gọi", "Call id", CellKind::Text, 22, |call, _| Cell::Text(call.id.as_str())),
    column("campaign_name", "Chiến dịch", "Campaign", CellKind::Text, 24, |call, labels| {
        text(labels.campaigns.get(&call.campaign).map(String::as_str))
    }),
    column("campaign", "Mã chiến dịch", "Campaign id", CellKind::Text, 18, |call, _| {
        Cell::Text(call.campaign.as_str())
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_of_their_own_in_every_way_to_name_them() {
        let ways: [fn(&CallColumn) -> &'static str; 3] =
            [|column| column.field, |column| column.name(Language::Vi), |column| column.name(Language::En)];
        for way in ways {
            let names: std::collections::BTreeSet<&str> = COLUMNS.iter().map(way).collect();
            assert_eq!(names.len(), COLUMNS.len(), "two columns share a name");
        }
    }
}
