//! What result codes mean, and which spellings stand for them.

use domain::{CallClass, Code, ResultCode, outcome::SYSTEM_CODES};
use leptos::prelude::*;
use store::{
    Conn,
    result_codes::{self, NextMeaning},
    result_words::{self, ResultWord},
};

use super::forms::{
    CODE, CODE_COLOR, CODE_GOAL, CODE_LABEL_EN, CODE_LABEL_VI, COUNTS_AS, PUT_CODE, PUT_SYSTEM_CODE, PUT_WORDS, SEEN,
    WORDS,
};
use crate::{
    AppError, Text,
    components::{CodeTag, Icon, Press, Side, sheet},
    form::{Filled, Place},
    session::SignedIn,
    text::messages,
};

messages! {
    codes_undefined = "Đã xuất hiện, chưa khai báo", "Undeclared codes";
    codes_undefined_why = "Được tính là thành công cho đến khi bạn nói chúng nghĩa là gì.", "They count as success until you say what they mean.";
    codes_define = "Khai báo", "Declare";
    codes_edit = "Sửa", "Change";
    codes_remove = "Xoá mã này", "Remove this code";
    codes_of(code) = "Mã kết quả {code}", "Result code {code}";
    codes_label = "Nhãn", "Label";
    codes_class = "Tính là", "Counts as";
    codes_is_goal = "Mục tiêu", "Goal";
    codes_fixed = "cố định", "fixed";
    codes_coming(class) = "đang chuyển thành {class}", "becoming {class}";
    codes_coming_why = "Số liệu đổi cùng một lúc khi tính xong; đến lúc đó mọi báo cáo vẫn theo nghĩa cũ.", "All figures change at one moment, when they are worked out; until then every report goes by the old meaning.";
    codes_words = "Cách viết khác của kết quả", "Other spellings of results";
    codes_words_why = "Tổng đài gửi “no answer” hay “BUSY”? Mỗi dòng một cách viết và mã của nó. Cuộc gọi đã lưu giữ nguyên mã.", "A switch sends “no answer” or “BUSY”? A spelling and its code on each line. Stored calls keep their codes.";
    codes_words_none = "chưa có cách viết nào", "no spelling";
    codes_words_known = "Cách viết có sẵn", "Built-in spellings";
}

pub(super) struct CodesPage {
    undefined: Vec<(Code, u64)>,
    codes: Vec<ResultCode>,
    coming: Vec<NextMeaning>,
    words: Vec<ResultWord>,
    /// Defined codes that nothing uses.
    unused: Vec<Code>,
}

pub(super) async fn read(conn: &mut Conn, who: &SignedIn) -> Result<CodesPage, AppError> {
    Ok(CodesPage {
        undefined: result_codes::undefined(conn, &who.scope).await?,
        codes: result_codes::list(conn, &who.scope).await?,
        coming: result_codes::coming(conn, &who.scope).await?,
        words: result_words::list(conn, &who.scope).await?,
        unused: result_codes::unused(conn, &who.scope).await?,
    })
}

/// What is stored of a code, as the form's hidden field and the words for who comes second name it.
pub fn seen(code: Option<&ResultCode>, text: Text) -> String {
    let Some(code) = code else { return text.codes_undefined().to_owned() };
    let goal = if code.is_goal { format!(" · {}", text.codes_is_goal()) } else { String::new() };
    format!("{} · {} · {}{goal}", code.label_vi, code.label_en, text.class(code.counts_as))
}

/// A spelling and its code on each line.
pub fn lines(words: &[ResultWord]) -> String {
    let own = words.iter().filter(|word| !word.is_default);
    own.map(|word| format!("{} = {}", word.word, word.code)).collect::<Vec<_>>().join("\n")
}

fn form(id: &str, code: &Code, stored: Option<&ResultCode>, text: Text) -> AnyView {
    let is_system = SYSTEM_CODES.contains(&code.as_str());
    let class = stored.map_or_else(|| CallClass::unless_changed(code.as_str()), |stored| stored.counts_as);
    let filled = Filled::default()
        .with(&SEEN, seen(stored, text))
        .with(&CODE, code.as_str())
        .with(&CODE_LABEL_VI, stored.map(|code| code.label_vi.clone()).unwrap_or_default())
        .with(&CODE_LABEL_EN, stored.map(|code| code.label_en.clone()).unwrap_or_default())
        .with(&CODE_COLOR, stored.and_then(|code| code.color.clone()).unwrap_or_default())
        .with(&COUNTS_AS, class.word())
        .with(&CODE_GOAL, stored.is_some_and(|code| code.is_goal).to_string());
    let fixed = is_system.then(|| view! { <p class="text-muted">{text.class(class)}" ("{text.codes_fixed()}")"</p> });
    let form = if is_system { PUT_SYSTEM_CODE } else { PUT_CODE };
    let form = form.view(id, "/settings/codes/put".to_owned(), Place::Sheet, &filled);
    view! { {fixed}{form} }.into_any()
}

pub(super) fn view(shown: &CodesPage, text: Text) -> AnyView {
    let undefined = (!shown.undefined.is_empty()).then(|| {
        let rows = shown.undefined.iter().enumerate().map(|(n, (code, calls))| {
            let id = format!("undefined-{n}");
            view! {
                <tr>
                    <td class="key">{code.to_string()}</td>
                    <td>{text.calls(*calls)}</td>
                    <td class="num stick">{button(&id, text.codes_define(), code, form(&format!("{id}-form"), code, None, text), text)}</td>
                </tr>
            }
        });
        view! {
            <section class="panel panel-flush">
                <div class="panel-head"><h2 class="panel-title">{text.codes_undefined()}</h2>
                    <span class="panel-note">{text.codes_undefined_why()}</span></div>
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.codes_undefined()>
                    <table class="data-table stacked"><tbody>{rows.collect_view()}</tbody></table>
                </div>
            </section>
        }
    });
    let rows = shown.codes.iter().enumerate().map(|(n, code)| row(n, code, shown, text)).collect_view();
    let coming = (!shown.coming.is_empty()).then(|| {
        view! { <p class="notice" role="status"><Icon name="clock" /><span>{text.codes_coming_why()}</span></p> }
    });
    view! {
        <div class="stack">
            {coming}
            {undefined}
            <section class="panel panel-flush">
                <div class="table-scroll" tabindex="0" role="region" aria-label=text.settings_codes()>
                    <table class="data-table two-line stacked">
                        <thead><tr>
                            <th scope="col">{text.result_code()}</th>
                            <th scope="col">{text.codes_label()}</th>
                            <th scope="col">{text.codes_class()}</th>
                            <th scope="col">{text.codes_is_goal()}</th>
                            <th scope="col" class="stick"><span class="sr-only">{text.codes_edit()}</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
            {words(shown, text)}
        </div>
    }
    .into_any()
}

fn button(id: &str, words: &'static str, code: &Code, body: AnyView, text: Text) -> AnyView {
    view! {
        <button class="btn" type="button" popovertarget=id.to_owned() aria-label=format!("{words}: {code}")>{words}</button>
        {sheet(id, Side::End, text.codes_of(code.as_str()), body)}
    }
    .into_any()
}

fn row(n: usize, code: &ResultCode, shown: &CodesPage, text: Text) -> AnyView {
    let id = format!("code-{n}");
    let (first, second) = match text.language() {
        domain::Language::Vi => (&code.label_vi, &code.label_en),
        domain::Language::En => (&code.label_en, &code.label_vi),
    };
    let coming = shown.coming.iter().find(|coming| coming.code == code.code);
    let coming = coming.map(|coming| view! { <small>{text.codes_coming(text.class(coming.counts_as))}</small> });
    let edit = form(&format!("{id}-form"), &code.code, Some(code), text);
    let remove = shown.unused.contains(&code.code).then(|| {
        let press = Press::new("/settings/codes/remove").class("sheet-form").with("code", code.code.to_string());
        press.button("btn text-error", text.codes_remove())
    });
    let goal = if code.is_goal {
        let check = view! { <Icon name="check" /><span class="sr-only">{text.codes_is_goal()}</span> };
        view! { <td data-label=text.codes_is_goal()>{check}</td> }.into_any()
    } else {
        view! { <td></td> }.into_any()
    };
    view! {
        <tr>
            <td><CodeTag code=code.code.to_string() class=code.counts_as /></td>
            <td class="key">{first.clone()}<small>{second.clone()}</small></td>
            <td data-label=text.codes_class()>{text.class(code.counts_as)}{coming}</td>
            {goal}
            <td class="num stick">
                {button(&id, text.codes_edit(), &code.code, view! { {edit}{remove} }.into_any(), text)}
            </td>
        </tr>
    }
    .into_any()
}

fn words(shown: &CodesPage, text: Text) -> AnyView {
    let own = lines(&shown.words);
    let filled = Filled::default().with(&SEEN, own.replace('\n', "; ")).with(&WORDS, own);
    let form = PUT_WORDS.view("words-form", "/settings/codes/words".to_owned(), Place::Sheet, &filled);
    let known = shown.words.iter().filter(|word| word.is_default);
    let known = known.map(|word| format!("{} = {}", word.word, word.code)).collect::<Vec<_>>().join(" · ");
    view! {
        <section class="panel settings-panel">
            <h2 class="panel-title">{text.codes_words()}</h2>
            <p class="text-muted">{text.codes_words_why()}</p>
            {form}
            <details class="print-open"><summary class="link">{text.codes_words_known()}</summary><p class="text-muted">{known}</p></details>
        </section>
    }
    .into_any()
}
