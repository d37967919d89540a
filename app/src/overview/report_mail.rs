//! The line about the report's mails: to whom it goes or went, what became of it, and what one can do about it. Its buttons
//! open native popovers; its forms are plain ones that come back to this page.

use domain::CampaignState;
use leptos::prelude::*;
use store::outbox::{MailDelivery, MailKind, MailStatus};

use super::{outgoing::Outgoing, panel::OverviewPage, recipients};
use crate::{
    MailSetup, Text,
    components::{CloseButton, Icon, Press},
    form::{Beside, Filled, Place},
    links,
    mail::{ALL, SEND_AGAIN, TO, WHO},
};

/// The most mails that the history shows: it is sent with every change of the page, and one campaign may have 500 recipients.
const HISTORY: usize = 50;

/// The line and what it opens.
pub fn line(page: &OverviewPage) -> AnyView {
    let text = page.text;
    let Some(outgoing) = &page.overview.outgoing else { return ().into_any() };
    let completed = page.overview.head.state == CampaignState::Completed;
    let latest = outgoing.latest();
    let action = |button: AnyView| outgoing.may_send.then_some(button);
    let waits = outgoing.is_under_way().then(|| setup(outgoing.setup, text)).flatten();
    let changed = (completed && outgoing.changed).then(|| {
        view! { <p class="report-mail-note is-failed"><Icon name="warning" small=true />{text.mail_changed()}</p> }
    });
    let open = |target: &'static str, label: &'static str| {
        view! { <button class="link" type="button" popovertarget=target>{label}</button> }.into_any()
    };
    let path = links::campaign_path(&page.overview.head.id);
    let has_recipients = !outgoing.recipients().is_empty();
    let may_go_again = !latest.is_empty() && has_recipients;
    let again = may_go_again.then(|| action(open("report-again", text.mail_again())));
    let complete = (!completed).then(|| action(open("report-complete", text.mail_complete())));
    view! {
        <section class="panel report-mail" id="report-mail" aria-label=text.report_mail()>
            <Icon name="mail" />
            <div class="report-mail-text">
                {standing(page, outgoing, &latest, completed)}{preview(outgoing, text)}{changed}{waits}
            </div>
            <div class="report-mail-actions">
                {again}
                {(!outgoing.deliveries.is_empty()).then(|| open("report-history", text.mail_history()))}
                {action(open("report-recipients", text.mail_recipients()))}
                {action(one_button(&format!("{path}/mail/preview"), None, text.mail_preview(), "link"))}
                {complete}
            </div>
        </section>
        {history(page, outgoing)}
        {may_go_again.then(|| action(ask_again(page, outgoing)))}
        {action(recipients::popover(page, outgoing))}
        {(!completed).then(|| action(confirm(page, outgoing)))}
    }
    .into_any()
}

/// A form of one button.
fn one_button(action: &str, to: Option<String>, label: &'static str, class: &'static str) -> AnyView {
    let press = Press::new(action);
    to.into_iter().fold(press, |press, to| press.with("to", to)).button(class, label)
}

/// Why mails wait, where it is not their turn that they wait for.
fn setup(setup: MailSetup, text: Text) -> Option<AnyView> {
    let why = match setup {
        MailSetup::Ready => return None,
        MailSetup::Unset => text.mail_unset().to_owned(),
        MailSetup::Wrong(vi, en) => text.mail_wrong(text.language().pick(vi, en)),
    };
    Some(view! { <p class="report-mail-note is-failed"><Icon name="warning" small=true />{why}</p> }.into_any())
}

/// `a@b.vn và 3 người khác`.
fn who(addresses: &[&str], text: Text) -> String {
    match addresses {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, _] => text.mail_and_other(first),
        [first, others @ ..] => text.mail_and_others(first, &text.int(others.len() as u64)),
    }
}

/// What became of the latest report, one sentence for each that there is to say.
fn standing(page: &OverviewPage, outgoing: &Outgoing, latest: &[&MailDelivery], completed: bool) -> AnyView {
    let text = page.text;
    if latest.is_empty() {
        let all: Vec<&str> = outgoing.recipients().iter().map(String::as_str).collect();
        let said = match (all.is_empty(), completed) {
            (true, _) => text.mail_nobody().to_owned(),
            (false, true) => text.mail_not_sent().to_owned(),
            (false, false) => text.mail_will_go(&who(&all, text)),
        };
        return view! { <p>{said}</p> }.into_any();
    }
    let of = |status: MailStatus| -> Vec<&MailDelivery> {
        latest.iter().copied().filter(|mail| mail.status == status).collect()
    };
    let names =
        |mails: &[&MailDelivery]| who(&mails.iter().map(|mail| mail.recipient.as_str()).collect::<Vec<_>>(), text);
    let mut lines = Vec::new();
    let sent = of(MailStatus::Sent);
    if let Some(at) = sent.iter().filter_map(|mail| mail.sent_at).max() {
        let at = text.mail_moment(outgoing.zone.local(at));
        lines.push(view! { <p>{text.mail_sent_to(&names(&sent), &at)}</p> }.into_any());
    }
    let sending = of(MailStatus::Sending);
    if !sending.is_empty() {
        lines.push(view! { <p>{text.mail_sending_to(&names(&sending))}</p> }.into_any());
    }
    let waiting = of(MailStatus::Waiting);
    if let Some(first) = waiting.first() {
        lines
            .push(view! { <p>{text.mail_waiting_for(&names(&waiting))}{answer(first, outgoing, text)}</p> }.into_any());
    }
    let failed = of(MailStatus::Failed);
    if let Some(first) = failed.first() {
        let fix = outgoing.may_send.then(|| {
            view! { <button class="link" type="button" popovertarget="report-recipients">{text.mail_fix()}</button> }
        });
        lines.push(
            view! {
                <p class="report-mail-failed">
                    {text.mail_failed_for(&names(&failed))}{answer(first, outgoing, text)}" "{fix}
                </p>
            }
            .into_any(),
        );
    }
    lines.into_any()
}

/// What became of the preview, where that is what was sent last.
fn preview(outgoing: &Outgoing, text: Text) -> Option<AnyView> {
    let mail = outgoing.deliveries.first().filter(|mail| mail.kind == MailKind::Preview)?;
    let who = &mail.recipient;
    let said = match mail.status {
        MailStatus::Waiting => text.mail_preview_waiting(who),
        MailStatus::Sending => text.mail_preview_sending(who),
        MailStatus::Sent => {
            let at = text.mail_moment(outgoing.zone.local(mail.sent_at.unwrap_or(mail.queued_at)));
            text.mail_preview_sent(who, &at)
        }
        MailStatus::Failed => text.mail_preview_failed(who),
        MailStatus::Stopped => return None,
    };
    let answer = (mail.status != MailStatus::Sent).then(|| answer(mail, outgoing, text));
    let class = (mail.status == MailStatus::Failed).then_some("report-mail-failed");
    Some(view! { <p class=class role="status">{said}{answer}</p> }.into_any())
}

/// The mail server's own words, and when it is asked again.
fn answer(mail: &MailDelivery, outgoing: &Outgoing, text: Text) -> AnyView {
    let said = mail.answer.as_ref().map(|words| text.mail_server_said(words));
    let next = mail.next_at.filter(|_| mail.attempts > 0 && outgoing.setup == MailSetup::Ready);
    let next = next.map(|at| text.mail_tried_again(&text.mail_moment(outgoing.zone.local(at))));
    let sentences: Vec<String> = said.into_iter().chain(next).collect();
    if sentences.is_empty() {
        return ().into_any();
    }
    view! { <small>{sentences.join(". ")}</small> }.into_any()
}

/// Every mail, with what became of it.
fn history(page: &OverviewPage, outgoing: &Outgoing) -> AnyView {
    let text = page.text;
    let path = links::campaign_path(&page.overview.head.id);
    let older = outgoing.deliveries.len().saturating_sub(HISTORY);
    let older = (older > 0).then(|| view! { <p class="text-note">{text.mail_older(&text.int(older as u64))}</p> });
    let rows = outgoing
        .deliveries
        .iter()
        .take(HISTORY)
        .map(|mail| {
            let (status, tone) = match mail.status {
                MailStatus::Waiting => (text.mail_status_waiting(), "is-neutral"),
                MailStatus::Sending => (text.mail_status_sending(), "is-neutral"),
                MailStatus::Sent => (text.mail_status_sent(), "is-success"),
                MailStatus::Failed => (text.mail_status_failed(), "is-error"),
                MailStatus::Stopped => (text.mail_status_stopped(), "is-neutral"),
            };
            let kind = match mail.kind {
                MailKind::Completion => text.mail_kind_completion(),
                MailKind::Again => text.mail_kind_again(),
                MailKind::Preview => text.mail_kind_preview(),
            };
            let at = mail.sent_at.or(mail.tried_at).unwrap_or(mail.queued_at);
            let at = text.mail_moment(outgoing.zone.local(at));
            let tries = (mail.attempts > 1).then(|| format!(" · {}", text.mail_tries(&mail.attempts.to_string())));
            let see = mail.composed.then(|| {
                let href = format!("{path}/mail/{}/{}", mail.mailing, mail.no);
                view! { <a class="link" href=href rel="external" target="_blank">{text.mail_view()}</a> }
            });
            let failed = mail.status == MailStatus::Failed && mail.kind != MailKind::Preview;
            let again = (outgoing.may_send && failed && outgoing.receives(&mail.recipient)).then(|| {
                one_button(&format!("{path}/mail/send"), Some(mail.recipient.clone()), text.mail_again(), "link")
            });
            view! {
                <li>
                    <div>
                        <b>{mail.recipient.clone()}</b>
                        <small>{at}" · "{kind}{tries}</small>
                        {answer(mail, outgoing, text)}
                    </div>
                    <span class=format!("badge {tone}")>{status}</span>
                    <div class="report-mail-actions">{see}{again}</div>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="popover report-history" popover id="report-history" role="dialog" aria-labelledby="report-history-title">
            <div class="popover-head">
                <span id="report-history-title">{text.mail_history()}</span>
                <CloseButton target="report-history" />
            </div>
            <ul>{rows}</ul>
            {older}
        </div>
    }
    .into_any()
}

/// To whom the report is sent again: all are named, and nobody is chosen before. A dialog that opens without scripts, too; the
/// first of its buttons, which Enter presses, is not the one that sends to all.
fn ask_again(page: &OverviewPage, outgoing: &Outgoing) -> AnyView {
    let (text, head) = (page.text, &page.overview.head);
    let all = outgoing.recipients();
    let action = format!("{}/mail/send", links::campaign_path(&head.id));
    let cancel = view! {
        <button class="btn" type="button" popovertarget="report-again" popovertargetaction="hide">
            {text.mail_cancel()}
        </button>
    };
    let form = if let [only] = all {
        let asked = view! {
            <p>{text.mail_again_one(only)}</p>
            <div class="dialog-foot">{cancel}<button class="btn btn-primary" type="submit">{text.mail_again()}</button></div>
        };
        Press::new(&action).with(WHO, ALL).view(asked.into_any())
    } else {
        let to_all = text.mail_to_all(&text.int(all.len() as u64));
        let to_all = view! { <button class="btn" type="submit" name=WHO value=ALL>{to_all}</button> };
        let filled = Filled::default().offering(&TO, all.iter().map(|one| (one.clone(), one.clone())).collect());
        let foot = Some((cancel.into_any(), to_all.into_any()));
        let beside = Beside { foot, ..Beside::default() };
        SEND_AGAIN.view_with("report-again-form", action, Place::Sheet, &filled, beside)
    };
    view! {
        <dialog class="popover report-complete" popover id="report-again" aria-labelledby="report-again-title">
            <div class="popover-head">
                <span id="report-again-title">{text.mail_again_question(&head.name)}</span>
                <CloseButton target="report-again" />
            </div>
            {form}
        </dialog>
    }
    .into_any()
}

/// Whether one really means it: it cannot be taken back. A dialog that opens without scripts, too.
fn confirm(page: &OverviewPage, outgoing: &Outgoing) -> AnyView {
    let (text, head) = (page.text, &page.overview.head);
    let all: Vec<&str> = outgoing.recipients().iter().map(String::as_str).collect();
    let why =
        if all.is_empty() { text.mail_complete_nobody().to_owned() } else { text.mail_complete_why(&who(&all, text)) };
    let press = Press::new(&format!("{}/complete", links::campaign_path(&head.id))).class("dialog-foot");
    let buttons = view! {
        <button class="btn" type="button" popovertarget="report-complete" popovertargetaction="hide">
            {text.mail_cancel()}
        </button>
        <button class="btn btn-primary" type="submit">{text.mail_complete()}</button>
    };
    view! {
        <dialog class="popover report-complete" popover id="report-complete" aria-labelledby="report-complete-title">
            <div class="popover-head">
                <span id="report-complete-title">{text.mail_complete_question(&head.name)}</span>
                <CloseButton target="report-complete" />
            </div>
            <p>{why}</p>
            {press.view(buttons.into_any())}
        </dialog>
    }
    .into_any()
}
