//! Customers who are forgotten, by their number: what that takes out, and what was taken out.

use domain::time::Zone;
use leptos::prelude::*;
use store::{
    Conn,
    erasure::{self, Erasure, ErasureCounts},
};

use super::{forms::CONFIRMED, texts::at};
use crate::{
    AppError, Text,
    components::{Head, Icon, data_table},
    form::{Field, Filled, Form, Kind, Place},
    session::SignedIn,
    text::messages,
};

/// Erasures of the list at most: the latest.
const LIMIT: u32 = 200;
/// The longest number, in characters, with whatever is written between its digits.
const PHONE_CHARS: usize = 60;

/// The number of the customer.
pub const PHONE: Field =
    Field::new("phone", Text::erasure_phone, Kind::Line { max: PHONE_CHARS }).required().note(Text::erasure_phone_note);
/// Names the customer whose data is to be erased.
pub const ERASE: Form = Form { fields: &[CONFIRMED, PHONE], submit: Text::erasure_look };

messages! {
    erasure_lead = "Xoá mọi dữ liệu cá nhân của một khách hàng theo số điện thoại: tên, số, mã khách hàng, thuộc tính, hội thoại và ghi âm, ở mọi chiến dịch. Cuộc gọi vẫn được giữ ẩn danh nên không số liệu nào đổi.", "Erases all personal data of a customer by their number: name, number, ID, attributes, conversations and recordings, in every campaign. Calls stay without them, so that no figure changes.";
    erasure_files = "Các tệp đã xuất, tệp đính kèm của báo cáo đã gửi và tệp đã nhập đang lưu cũng bị xoá; lần nhập cũ sẽ không hoàn tác được nữa. Nhật ký vẫn giữ mã cuộc gọi và mã khách hàng cũ.", "Exports, workbooks of reports that were sent and imported files go, too; earlier imports cannot be undone any more. The log keeps the former IDs of calls and customers.";
    erasure_phone = "Số điện thoại", "Phone number";
    erasure_phone_note = "Viết thế nào cũng được: 0901 234 567, +84 901234567.", "In any form: 0901 234 567, +84 901234567.";
    erasure_look = "Xem trước", "Preview";
    erasure_do = "Xoá vĩnh viễn", "Erase for good";
    erasure_preview(customers, calls, transcripts, recordings) = "Sẽ ẩn danh {customers} mục trong danh sách gọi và {calls}, xoá {transcripts} hội thoại và {recordings} ghi âm. Không lấy lại được.", "{customers} places on lists and {calls} become anonymous, {transcripts} conversations and {recordings} recordings are erased. This cannot be undone.";
    erasure_nothing = "Không có khách hàng hay cuộc gọi nào với số này.", "There is no customer and no call with this number.";
    erasure_done = "Đã xoá", "Erased";
    erasure_no = "Biên bản", "Certificate";
    erasure_asked = "Yêu cầu lúc", "Asked";
    erasure_ended = "Xong lúc", "Done";
    erasure_under_way = "đang xoá", "under way";
    erasure_customers = "Mục trong danh sách", "Places on lists";
    erasure_calls = "Cuộc gọi", "Calls";
    erasure_transcripts = "Hội thoại", "Conversations";
    erasure_recordings = "Ghi âm", "Recordings";
    erasure_of_files = "Tệp", "Files";
    erasure_none = "Chưa xoá khách hàng nào", "Nobody was erased yet";
}

pub(super) struct ShownErasure {
    erasures: Vec<Erasure>,
    zone: Zone,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<ShownErasure, AppError> {
    Ok(ShownErasure { erasures: erasure::list(conn, &who.scope, LIMIT).await?, zone: who.account.zone })
}

/// What erasing a number takes out, in words.
pub fn words(counts: &ErasureCounts, text: Text) -> String {
    let int = |n| text.int(n);
    text.erasure_preview(
        &int(counts.customers),
        &text.calls(counts.calls),
        &int(counts.transcripts),
        &int(counts.recordings),
    )
}

pub(super) fn view(shown: &ShownErasure, text: Text) -> AnyView {
    let form = ERASE.view("erasure-form", "/settings/erasure/begin".to_owned(), Place::Sheet, &Filled::default());
    let list = if shown.erasures.is_empty() {
        view! { <section class="panel"><p class="text-muted">{text.erasure_none()}</p></section> }.into_any()
    } else {
        table(shown, text)
    };
    view! {
        <div class="stack">
            <section class="panel settings-panel">
                <h2 class="panel-title">{text.settings_erasure()}</h2>
                <p class="text-muted">{text.erasure_lead()}</p>
                <p class="text-muted">{text.erasure_files()}</p>
                {form}
            </section>
            {list}
        </div>
    }
    .into_any()
}

fn table(shown: &ShownErasure, text: Text) -> AnyView {
    let rows = shown.erasures.iter().map(|erasure| {
        let ErasureCounts { customers, calls, transcripts, recordings, files } = erasure.counts;
        let ended = match erasure.ended_at {
            Some(ended) => view! { <span>{at(ended, shown.zone, text)}</span> }.into_any(),
            None => view! { <span class="badge"><Icon name="clock" />{text.erasure_under_way()}</span> }.into_any(),
        };
        let number = |label: &'static str, n: u64| view! { <td class="num" data-label=label>{text.int(n)}</td> };
        view! {
            <tr>
                <td class="key">{format!("#{}", erasure.key)}</td>
                <td class="nowrap" data-label=text.erasure_asked()>{at(erasure.asked_at, shown.zone, text)}</td>
                <td class="nowrap" data-label=text.erasure_ended()>{ended}</td>
                {number(text.erasure_customers(), customers)}
                {number(text.erasure_calls(), calls)}
                {number(text.erasure_transcripts(), transcripts)}
                {number(text.erasure_recordings(), recordings)}
                {number(text.erasure_of_files(), files)}
            </tr>
        }
    });
    let heads = [
        Head::Text(text.erasure_no()),
        Head::Text(text.erasure_asked()),
        Head::Text(text.erasure_ended()),
        Head::Number(text.erasure_customers()),
        Head::Number(text.erasure_calls()),
        Head::Number(text.erasure_transcripts()),
        Head::Number(text.erasure_recordings()),
        Head::Number(text.erasure_of_files()),
    ];
    view! {
        <section class="panel panel-flush">
            <div class="panel-head"><h2 class="panel-title">{text.erasure_done()}</h2></div>
            {data_table(text.erasure_done(), "stacked", &heads, rows.collect_view())}
        </section>
    }
    .into_any()
}
