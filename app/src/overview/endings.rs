//! How calls end: who hung up, and for each side why.

use domain::{Rate, cause::HangupFilter, format, report::Ending};
use leptos::prelude::*;

use super::{folded, panel::OverviewPage, talk_time::count_link};
use crate::{
    cause::{side, title_of},
    components::{Icon, Info},
    shares::tenths,
    text::messages,
};

/// Causes of a side that stand on the page before the others are asked for.
const SHOWN: usize = 5;

messages! {
    endings = "Cuộc gọi kết thúc thế nào", "How calls end";
    rule_endings = "Cuộc gọi đã kết thúc theo bên gác máy và nguyên nhân mà hệ thống gửi cho biết (mã Q.850, SIP hoặc tên riêng). Điều không được gửi thì ghi là không rõ, không suy đoán. Đàm thoại trung bình chỉ tính trên cuộc nghe máy.", "Finished calls by who hung up and the cause as the sending system says it (Q.850, SIP or its own words). What was not sent is called not known, never guessed. The mean talk is over answered calls alone.";
    endings_other_fact = "nguyên nhân ngoài 200 nguyên nhân đầu tiên của tài khoản, hoặc có thể chứa số điện thoại", "causes beyond the account's first 200, or that may hold a phone number";
    more_causes(n) = "{n} nguyên nhân nữa", "{n} more causes";
    hung_up_column = "Bên gác máy", "Hung up by";
    cause_column = "Nguyên nhân", "Cause";
    mean_talk_column = "Đàm thoại TB", "Mean talk";
    endings_none = "Chưa có cuộc gọi nào kết thúc.", "No call has ended yet.";
}

/// What calls that ended by one side come to.
struct EndingSide<'a> {
    by: HangupFilter,
    endings: Vec<&'a Ending>,
    calls: u64,
    answered: u64,
    talk_time: i64,
}

/// The sides, those with the most calls first.
fn sides(endings: &[Ending]) -> Vec<EndingSide<'_>> {
    let side = |by: HangupFilter| {
        let endings: Vec<&Ending> = endings.iter().filter(|ending| ending.by() == by).collect();
        let sum = |of: fn(&Ending) -> u64| endings.iter().copied().map(of).sum();
        EndingSide {
            by,
            calls: sum(|ending| ending.calls),
            answered: sum(|ending| ending.answered),
            talk_time: endings.iter().map(|ending| ending.talk_time).sum(),
            endings,
        }
    };
    let mut sides: Vec<EndingSide<'_>> =
        HangupFilter::ALL.map(side).into_iter().filter(|side| side.calls > 0).collect();
    sides.sort_by_key(|side| std::cmp::Reverse(side.calls));
    sides
}

/// The sides in two columns of about the same height, in their order: what stands beside each other leaves no blank.
fn columns<'s, 'a>(sides: &'s [EndingSide<'a>]) -> (&'s [EndingSide<'a>], &'s [EndingSide<'a>]) {
    // The side itself and its heads, its causes, and the line that the others wait behind.
    let rows = |sides: &[EndingSide<'_>]| sides.iter().map(|side| 2 + side.endings.len().min(SHOWN + 1)).sum::<usize>();
    let uneven = |at: &usize| rows(&sides[..*at]).abs_diff(rows(&sides[*at..]));
    sides.split_at((1..sides.len()).min_by_key(uneven).unwrap_or(sides.len()))
}

pub fn panel(page: &OverviewPage) -> AnyView {
    let (text, report) = (page.text, page.report);
    let calls = report.calls.total;
    let sides = sides(&report.endings);
    let sums = sides.iter().map(|side| page.int(side.calls)).collect::<Vec<_>>().join(" + ");
    let formula = (calls > 0).then(|| (sums, text.calls(calls)));
    let mut facts = page.without_open();
    if report.endings.iter().any(|ending| ending.is_other) {
        facts.push((text.cause_other(), text.endings_other_fact().to_owned()));
    }
    let more = Some((page.behind.finished(), calls));
    let what = page.explained(text.endings(), text.rule_endings(), formula, facts, more);
    let largest = report.endings.iter().map(|ending| ending.calls).max().unwrap_or(0);
    let empty = sides.is_empty().then(|| view! { <p class="text-muted">{text.endings_none()}</p> });
    let groups = |sides: &[EndingSide<'_>]| sides.iter().map(|side| group(page, side, largest)).collect_view();
    let columns = columns(&sides);
    let columns = [columns.0, columns.1].into_iter().filter(|sides| !sides.is_empty());
    let columns = columns.map(|sides| view! { <div class="stack">{groups(sides)}</div> }).collect_view();
    view! {
        <div class="panel">
            <div class="panel-head">
                <div class="panel-title"><h3>{text.endings()}</h3><Info id="endings" what=what /></div>
                <a class="panel-note figure-link" href=page.behind.finished()>{text.share_of(&text.calls(calls))}</a>
            </div>
            {empty}
            <div class="endings">{columns}</div>
            {table(page)}
        </div>
    }
    .into_any()
}

/// Talk time over the answered calls.
fn mean(talk_time: Option<i64>, page: &OverviewPage) -> String {
    talk_time.map_or_else(|| format::UNDEFINED.to_owned(), |mean| format::short_duration(mean, page.language))
}

fn group(page: &OverviewPage, of: &EndingSide<'_>, largest: u64) -> AnyView {
    let (text, all) = (page.text, page.report.calls.total);
    let share = |calls: u64| format::rate(Rate::new(calls, all), page.language);
    let talked = (of.answered > 0).then(|| {
        let (sum, count) = (i128::from(of.talk_time), i128::from(of.answered));
        ((2 * sum + count) / (2 * count)) as i64
    });
    let row = |ending: &&Ending| {
        let href = page.behind.ended(&[ending.by()], &[ending.cause()]);
        let width = format!("--w:{}%", tenths(ending.calls, largest));
        view! {
            <a class="bar-row" href=href>
                <span class="bar-label">{title_of(ending, text)}</span>
                <span class="bar-track"><span class="bar" style=width></span></span>
                <span class="bar-count">{page.int(ending.calls)}</span>
                <span class="bar-share">{share(ending.calls)}</span>
                <span class="bar-share">{mean(ending.average_talk_time, page)}</span>
                <Icon name="chevron-right" />
            </a>
        }
        .into_any()
    };
    let mut rows: Vec<AnyView> = of.endings.iter().map(row).collect();
    let rest = if rows.len() > SHOWN + 1 { rows.split_off(SHOWN) } else { Vec::new() };
    let calls = of.endings.iter().skip(rows.len()).map(|ending| ending.calls).sum();
    let rest = (!rest.is_empty()).then(|| {
        let summary = text.more_causes(&page.int(rest.len() as u64));
        folded::rows(page, format!("endings-{}", of.by.word()), summary, "bars bars-ended", rest, calls)
    });
    view! {
        <div class="bars bars-ended">
            <div class="bar-heads" aria-hidden="true">
                <span>{text.calls_column()}</span>
                <span>{text.share_column()}</span>
                <span>{text.mean_talk_column()}</span>
            </div>
            <a class="bar-group" href=page.behind.ended(&[of.by], &[])>
                <span><b>{side(of.by, text)}</b></span>
                <span class="bar-count">{page.int(of.calls)}</span>
                <span class="bar-share">{share(of.calls)}</span>
                <span class="bar-share">{mean(talked, page)}</span>
            </a>
            {rows}
            {rest}
        </div>
    }
    .into_any()
}

fn table(page: &OverviewPage) -> AnyView {
    let (text, report, language) = (page.text, page.report, page.language);
    let row = |(n, ending): (usize, &Ending)| {
        let href = page.behind.ended(&[ending.by()], &[ending.cause()]);
        let answered = page.behind.ended_answered(ending.by(), &ending.cause());
        view! {
            <tr>
                <td>{title_of(ending, text)}</td>
                <td>{side(ending.by(), text)}</td>
                <td class="num">{count_link(page.int(ending.calls), href, ending.calls > 0, None, n)}</td>
                <td class="num">{format::rate(Rate::new(ending.calls, report.calls.total), language)}</td>
                <td class="num">{count_link(page.int(ending.answered), answered, ending.answered > 0, None, n)}</td>
                <td class="num">{mean(ending.average_talk_time, page)}</td>
                <td class="num">{format::clock_duration(ending.talk_time)}</td>
            </tr>
        }
    };
    let heads = [
        text.calls_column(),
        text.share_column(),
        text.answered_column(),
        text.mean_talk_column(),
        text.talk_time_column(),
    ];
    view! {
        <details class="as-table">
            <summary>{text.as_table()}</summary>
            <div tabindex="0" role="region" aria-label=text.endings()>
                <table class="data-table">
                    <thead>
                        <tr>
                            <th scope="col">{text.cause_column()}</th>
                            <th scope="col">{text.hung_up_column()}</th>
                            {heads.map(|head| view! { <th scope="col" class="num">{head}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>{report.endings.iter().enumerate().map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// Each way of ending leads to its calls: the causes of a side are those of its filter.
#[cfg(test)]
mod tests {
    use domain::{HangupBy, cause::CauseFilter};

    use super::*;

    #[test]
    fn sides_come_by_their_calls_and_keep_all_of_them() {
        let ending = |by, cause: Option<&str>, calls| Ending {
            hangup_by: by,
            cause: cause.map(str::to_owned),
            is_other: false,
            calls,
            answered: 0,
            talk_time: 0,
            average_talk_time: None,
        };
        let endings = [
            ending(Some(HangupBy::Bot), Some("16"), 5),
            ending(None, None, 4),
            ending(Some(HangupBy::Agent), Some("16"), 3),
            ending(None, Some("17"), 2),
        ];
        let sides = sides(&endings);
        let found: Vec<(HangupFilter, u64, usize)> =
            sides.iter().map(|side| (side.by, side.calls, side.endings.len())).collect();
        let by = HangupFilter::By;
        assert_eq!(found, [(HangupFilter::Unknown, 6, 2), (by(HangupBy::Bot), 5, 1), (by(HangupBy::Agent), 3, 1)]);
        assert_eq!(endings[1].cause(), CauseFilter::Unknown);
        // Five rows, and then three each.
        assert_eq!(columns(&sides).0.len(), 1);
        assert_eq!((columns(&sides[..1]).0.len(), columns(&sides[..1]).1.len()), (1, 0));
        assert_eq!((columns(&sides[..2]).0.len(), columns(&[]).0.len()), (1, 0));
    }
}
