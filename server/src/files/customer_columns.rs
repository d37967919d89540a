//! The columns of the list of customers in files, defined once for CSV and workbook. What is said of a call is said of the latest.

use domain::{Call, Code, Currency, Customer, Language, ShownPhone};

use super::columns::{Cell, CellKind, Labels, Word, label, text};

/// What the cells need beside a customer.
pub struct CustomerLabels {
    /// The codes and what they mean.
    pub labels: Labels,
    /// The currency of the costs.
    pub currency: Currency,
}

pub struct CustomerColumn {
    /// The name in a CSV for programs.
    pub field: &'static str,
    /// The name for people, Vietnamese and English.
    names: [&'static str; 2],
    /// What its cells hold.
    pub kind: CellKind,
    /// The width in the workbook, in characters.
    pub width: u8,
    pub cell: for<'a> fn(&'a Customer, &'a CustomerLabels) -> Cell<'a>,
}

impl CustomerColumn {
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
    cell: for<'a> fn(&'a Customer, &'a CustomerLabels) -> Cell<'a>,
) -> CustomerColumn {
    CustomerColumn { field, names: [vi, en], kind, width, cell }
}

/// A cell of the latest call; empty where there is none.
fn latest<'a>(customer: &'a Customer, cell: impl FnOnce(&'a Call) -> Cell<'a>) -> Cell<'a> {
    customer.latest.as_deref().map_or(Cell::Empty, cell)
}

pub const COLUMNS: [CustomerColumn; 17] = [
    column("id", "Mã khách hàng", "Customer ID", CellKind::Text, 16, |one, _| Cell::Text(one.contact.id().as_str())),
    column("phone", "Số điện thoại", "Phone", CellKind::Text, 15, |one, _| {
        text(one.contact.phone().map(ShownPhone::as_str))
    }),
    column("name", "Tên khách hàng", "Customer name", CellKind::Text, 24, |one, _| text(one.contact.name())),
    column("standing", "Trạng thái", "Standing", CellKind::Text, 15, |one, _| {
        Cell::Word(Word::Standing(one.standing))
    }),
    column("attempts", "Số lần gọi", "Attempts", CellKind::Number, 10, |one, _| {
        Cell::Number(i64::from(one.attempts))
    }),
    column("last_dialed_at", "Cuộc gọi gần nhất", "Latest call", CellKind::Time, 19, |one, _| {
        one.last_dialed_at.map_or(Cell::Empty, Cell::Time)
    }),
    column("calls", "Số cuộc gọi đã kết thúc", "Finished calls", CellKind::Number, 12, |one, _| {
        Cell::Number(i64::from(one.calls))
    }),
    column("cost", "Chi phí đến nay", "Cost so far", CellKind::Money, 14, |one, _| Cell::Money(one.cost)),
    column("currency", "Tiền tệ", "Currency", CellKind::Text, 9, |_, labels| Cell::Text(labels.currency.as_str())),
    column("class", "Nhóm", "Class", CellKind::Text, 13, |one, labels| {
        latest(one, |call| {
            let class = |code: &Code| Cell::Word(Word::Class(labels.labels.meanings.class_of(code.as_str())));
            call.result_code.as_ref().map_or(Cell::Empty, class)
        })
    }),
    column("result_code", "Mã kết quả", "Result code", CellKind::Text, 12, |one, _| {
        latest(one, |call| text(call.result_code.as_ref().map(Code::as_str)))
    }),
    column("result_label", "Kết quả", "Result", CellKind::Text, 24, |one, labels| {
        latest(one, |call| label(call, &labels.labels))
    }),
    column("talk_time", "Đàm thoại", "Talk time", CellKind::Duration, 12, |one, _| {
        latest(one, |call| Cell::Duration(call.talk_time))
    }),
    column("hangup_by", "Bên gác máy", "Hung up by", CellKind::Text, 13, |one, _| {
        latest(one, |call| call.hangup_by.map_or(Cell::Empty, |who| Cell::Word(Word::HangupBy(who))))
    }),
    column("cause", "Nguyên nhân", "Cause", CellKind::Text, 13, |one, _| {
        latest(one, |call| text(call.cause.as_deref()))
    }),
    column("recording", "Ghi âm", "Recording", CellKind::Text, 11, |one, _| {
        latest(one, |call| {
            call.recording.as_ref().map_or(Cell::Empty, |stored| Cell::Word(Word::Recording(&stored.content_type)))
        })
    }),
    column("call", "Mã cuộc gọi gần nhất", "Latest call ID", CellKind::Text, 22, |one, _| {
        latest(one, |call| Cell::Text(call.id.as_str()))
    }),
];
