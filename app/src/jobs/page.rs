//! What the page of jobs shows.

use domain::{FieldError, format, time::Zone};
use leptos::prelude::*;
use store::{
    Conn,
    jobs::{
        self, BuildExport, BuildLargeExport, ChangeCodes, CheckImport, EraseCustomers, FetchRecordings, FillDimensions,
        IndexCustomers, IndexSaid, Job, JobPage, JobStatus, Payload, PriceAgain, ReadHooks, SendMail, SendNotice,
        StoreImport, TidyAccount, UndoImport, VerifyAccount,
    },
};

use crate::{
    AppError, Text,
    components::{Icon, Press},
    links,
    session::SignedIn,
    text::messages,
    use_text,
};

/// Rows of a page.
const LIMIT: u32 = 50;

messages! {
    jobs_lead = "Những gì hệ thống tự làm sau: gửi email, tạo tệp, đối chiếu số liệu, dọn dẹp.", "What is done later by itself: mails, files, recounts, tidying.";
    job_what = "Tác vụ", "Job";
    job_status = "Trạng thái", "Status";
    job_queued = "Tạo lúc", "Queued";
    job_when = "Chạy lúc", "Run";
    job_tries = "Số lần thử", "Tries";
    job_said = "Kết quả", "Result";
    job_waiting = "Đang chờ", "Waiting";
    job_running = "Đang chạy", "Running";
    job_done = "Hoàn tất", "Done";
    job_failed = "Thất bại", "Failed";
    job_retry = "Thử lại", "Try again";
    job_next(at) = "chạy lúc {at}", "runs {at}";
    job_began(at) = "bắt đầu {at}", "began {at}";
    job_send_mail = "Gửi email báo cáo", "Send a report by mail";
    job_send_notice = "Gửi liên kết hoặc thông báo qua email", "Mail a link or a notice";
    job_build_export = "Tạo tệp Excel", "Make an Excel file";
    job_tidy_account = "Dọn dữ liệu hết hạn", "Delete what has expired";
    job_fetch_recordings = "Tải ghi âm theo địa chỉ", "Fetch recordings by address";
    job_verify_account = "Đối chiếu số liệu với cuộc gọi", "Recount the figures from the calls";
    job_check_import = "Xem trước tệp cuộc gọi", "Look at a file of calls";
    job_store_import = "Nhập tệp cuộc gọi", "Import a file of calls";
    job_undo_import = "Hoàn tác một lần nhập", "Undo an import";
    job_read_hooks = "Đọc webhook", "Read webhooks";
    job_index_customers = "Lập chỉ mục khách hàng để tìm kiếm", "Index customers for searching";
    job_index_said = "Lập chỉ mục lời thoại để tìm kiếm", "Index what was said for searching";
    job_fill_dimensions = "Tính chiều riêng cho cuộc gọi đã lưu", "Count stored calls by own dimensions";
    job_erase_customers = "Xoá dữ liệu khách hàng", "Erase customers";
    job_price_again = "Tính lại giá cuộc gọi đã lưu", "Price stored calls again";
    job_change_codes = "Áp dụng cách tính mới của mã kết quả", "Put changed result codes into force";
    job_recounted(calls) = "{calls} đã đếm lại, mọi số liệu khớp", "{calls} recounted, every figure agrees";
    job_corrected(n) = "đã sửa {n} số liệu lệch", "{n} figures differed and were corrected";
    job_differ(n) = "{n} số liệu lệch", "{n} figures differ";
    job_refused = "không đọc được tệp; trang nhập tệp cho biết lý do", "the file was refused; its import says why";
    job_dropped = "tệp không còn cần nữa", "nobody wants the file any more";
    job_given_back = "máy chủ dừng giữa chừng; tác vụ sẽ làm lại", "the server was stopped meanwhile; it begins again";
    job_exported(calls) = "tệp có {calls}", "a file of {calls}";
    jobs_verify = "Đối chiếu ngay", "Recount now";
    jobs_verify_why = "Đếm lại mọi số liệu từ từng cuộc gọi và sửa nếu có số lệch. Báo cáo vẫn xem được trong lúc đó.", "Counts every figure anew from the calls and corrects what differs. Reports stay available meanwhile.";
    jobs_none = "Không có tác vụ nào", "No jobs";
    jobs_none_so = "Không có tác vụ nào ở trạng thái này", "No jobs in this state";
    jobs_none_why = "Email, tệp và lần đối chiếu sẽ hiện ở đây.", "Mails, files and recounts will show here.";
}

pub(super) struct JobsPage {
    status: Option<JobStatus>,
    page: JobPage,
    zone: Zone,
}

pub(super) async fn read(
    conn: &mut Conn,
    who: &SignedIn,
    status: Option<&str>,
    before: Option<&str>,
) -> Result<JobsPage, AppError> {
    let wrong = |field: &str, reason: &str| AppError::invalid(FieldError::new(field, reason));
    let status = status.filter(|word| !word.is_empty());
    let status = status
        .map(|word| JobStatus::from_word(word).ok_or_else(|| wrong("status", "is not a status of a job")))
        .transpose()?;
    let before = before.filter(|text| !text.is_empty());
    let before =
        before.map(|text| text.parse().map_err(|()| wrong("before", "is not the place of a job"))).transpose()?;
    let page = jobs::list(conn, &who.scope, status, before, LIMIT).await?;
    Ok(JobsPage { status, page, zone: who.account.zone })
}

pub(super) fn page(shown: &JobsPage) -> AnyView {
    let text = use_text();
    let body = if shown.page.jobs.is_empty() { none(shown.status.is_some()) } else { rows(shown) };
    let next = shown.page.next.map(|before| {
        let pairs = status_pair(shown.status).into_iter().chain([("before", before.to_string())]);
        let href = links::with_query("/jobs", pairs);
        view! {
            <div class="table-foot">
                <span></span>
                <nav class="button-group" aria-label=text.pages()>
                    <a class="btn" href=href>{text.next_page()}<Icon name="chevron-right" /></a>
                </nav>
            </div>
        }
    });
    let verify = view! {
        <button class="btn" type="submit" title=text.jobs_verify_why()>
            <Icon name="refresh" />
            {text.jobs_verify()}
        </button>
    };
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{text.jobs_title()}</h1></div>
                <div class="page-meta">
                    <span>{text.jobs_lead()}</span>
                    <span><Icon name="globe" />{shown.zone.name()}</span>
                </div>
            </div>
            {Press::new("/jobs/verify").class("page-actions").view(verify.into_any())}
        </header>
        {statuses(shown, text)}
        {body}
        {next}
    }
    .into_any()
}

fn status_pair(status: Option<JobStatus>) -> Option<(&'static str, String)> {
    status.map(|status| ("status", status.word().to_owned()))
}

fn statuses(shown: &JobsPage, text: Text) -> AnyView {
    let choice = |status: Option<JobStatus>, label: &'static str| {
        let href = links::with_query("/jobs", status_pair(status));
        let current = (shown.status == status).then_some("true");
        view! { <a href=href aria-current=current>{label}</a> }
    };
    let all = choice(None, text.all_states());
    let each = JobStatus::ALL.map(|status| choice(Some(status), named(status, text)));
    view! {
        <div class="flex flex-wrap items-center gap-2">
            <nav class="segmented" aria-label=text.state_filter()>{all}{each.into_iter().collect_view()}</nav>
        </div>
    }
    .into_any()
}

fn named(status: JobStatus, text: Text) -> &'static str {
    match status {
        JobStatus::Waiting => text.job_waiting(),
        JobStatus::Running => text.job_running(),
        JobStatus::Done => text.job_done(),
        JobStatus::Failed => text.job_failed(),
    }
}

fn none(is_filtered: bool) -> AnyView {
    let text = use_text();
    if is_filtered {
        return view! {
            <section class="panel empty">
                <span class="empty-icon"><Icon name="filter" /></span>
                <h2>{text.jobs_none_so()}</h2>
                <div class="empty-actions"><a class="btn" href="/jobs">{text.without_filters()}</a></div>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel empty">
            <span class="empty-icon"><Icon name="clock" /></span>
            <h2>{text.jobs_none()}</h2>
            <p>{text.jobs_none_why()}</p>
        </section>
    }
    .into_any()
}

fn rows(shown: &JobsPage) -> AnyView {
    let text = use_text();
    // A column of buttons only where there is one.
    let is_retried = shown.page.jobs.iter().any(|job| job.may_retry);
    let rows = shown.page.jobs.iter().map(|job| row(job, is_retried, shown.zone, text)).collect_view();
    let retry = is_retried.then(|| {
        view! { <th scope="col" class="stick"><span class="sr-only">{text.job_retry()}</span></th> }
    });
    view! {
        <div class="panel panel-flush">
            <div class="table-scroll" tabindex="0" role="region" aria-label=text.jobs_title()>
            <table class="data-table jobs-table stacked stacked-early">
                <thead>
                    <tr>
                        <th scope="col">{text.job_what()}</th>
                        <th scope="col">{text.job_status()}</th>
                        <th scope="col">{text.job_queued()}</th>
                        <th scope="col">{text.job_when()}</th>
                        <th scope="col" class="num">{text.job_tries()}</th>
                        <th scope="col">{text.job_said()}</th>
                        {retry}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            </div>
        </div>
    }
    .into_any()
}

fn row(job: &Job, has_buttons: bool, zone: Zone, text: Text) -> AnyView {
    let language = text.language();
    let at = |at: domain::Timestamp| format::date_time(zone.local(at), language);
    let when = match (job.due_at, job.finished_at, job.started_at) {
        (Some(due), ..) => text.job_next(&at(due)),
        (None, Some(ended), _) if job.status != JobStatus::Running => at(ended),
        (None, _, Some(began)) => text.job_began(&at(began)),
        _ => String::new(),
    };
    let retry = || Press::new(&format!("/jobs/{}/retry", job.key)).button("btn", text.job_retry());
    let retry = job.may_retry.then(retry);
    let badge = match job.status {
        JobStatus::Waiting => "badge",
        JobStatus::Running => "badge is-accent",
        JobStatus::Done => "badge is-success",
        JobStatus::Failed => "badge is-failed",
    };
    view! {
        <tr>
            <td class="key">{in_words(&job.kind, text).map_or_else(|| job.kind.clone(), str::to_owned)}</td>
            <td><span class=badge>{named(job.status, text)}</span></td>
            <td data-label=text.job_queued()>{at(job.queued_at)}</td>
            {labelled("", text.job_when(), when)}
            <td class="num" data-label=text.job_tries()>{text.int(u64::from(job.attempts))}</td>
            {labelled("wrap", text.job_said(), said(job, text))}
            {has_buttons.then(|| view! { <td class="num stick">{retry}</td> })}
        </tr>
    }
    .into_any()
}

/// A cell with the name of its column for where rows are cards; without one where it says nothing.
fn labelled(class: &'static str, label: &'static str, words: String) -> AnyView {
    let label = (!words.is_empty()).then_some(label);
    view! { <td class=class data-label=label>{words}</td> }.into_any()
}

/// What a kind of job does, in words; none of a kind that this version does not know.
pub fn in_words(kind: &str, text: Text) -> Option<&'static str> {
    Some(match kind {
        SendMail::KIND => text.job_send_mail(),
        SendNotice::KIND => text.job_send_notice(),
        BuildExport::KIND | BuildLargeExport::KIND => text.job_build_export(),
        TidyAccount::KIND => text.job_tidy_account(),
        FetchRecordings::KIND => text.job_fetch_recordings(),
        VerifyAccount::KIND => text.job_verify_account(),
        CheckImport::KIND => text.job_check_import(),
        StoreImport::KIND => text.job_store_import(),
        UndoImport::KIND => text.job_undo_import(),
        ReadHooks::KIND => text.job_read_hooks(),
        ChangeCodes::KIND => text.job_change_codes(),
        PriceAgain::KIND => text.job_price_again(),
        IndexCustomers::KIND => text.job_index_customers(),
        IndexSaid::KIND => text.job_index_said(),
        FillDimensions::KIND => text.job_fill_dimensions(),
        EraseCustomers::KIND => text.job_erase_customers(),
        _ => return None,
    })
}

/// What its last run said. Counts are kept as `name=number` and put into words here; a mail server's words and references
/// stand as they are.
fn said(job: &Job, text: Text) -> String {
    let words = job.last_words.as_deref().unwrap_or_default();
    let count = |name: &str| {
        let pairs = words.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(known, _)| *known == name).find_map(|(_, number)| number.parse::<u64>().ok())
    };
    match (job.kind.as_str(), count("calls"), count("differences")) {
        (VerifyAccount::KIND, Some(calls), Some(0)) => text.job_recounted(&text.calls(calls)),
        (VerifyAccount::KIND, Some(_), Some(n)) if count("corrected") == Some(1) => text.job_corrected(&text.int(n)),
        (VerifyAccount::KIND, Some(_), Some(n)) => text.job_differ(&text.int(n)),
        (BuildExport::KIND | BuildLargeExport::KIND, Some(calls), _) => text.job_exported(&text.calls(calls)),
        (ChangeCodes::KIND | PriceAgain::KIND, ..) if job.status != JobStatus::Failed => String::new(),
        (TidyAccount::KIND, ..) if job.status != JobStatus::Failed && job.attempts == 0 => String::new(),
        (CheckImport::KIND | StoreImport::KIND | UndoImport::KIND, ..) if words == "refused" => {
            text.job_refused().to_owned()
        }
        (CheckImport::KIND, ..) if words == "dropped" => text.job_dropped().to_owned(),
        (..) if words == "the server was stopped" => text.job_given_back().to_owned(),
        _ => words.to_owned(),
    }
}
