//! What an opened call shows: when what happened, the customer's other attempts, what was said, what it cost.

use domain::CallId;
use leptos::{ev::MouseEvent, prelude::*};

use super::{
    address::{recording_href, recording_path},
    context::CallsPage,
    list::{Attempt, Charge, Moment, OpenedCall, TranscriptTurn},
    playback::{Track, use_playback},
    tag::code_tag,
};
use crate::{
    components::{FailureView, Icon, Press},
    server_page::part,
    use_text,
};

/// The opened call; grey blocks until it is there, so that the row opens at once.
#[component]
pub fn Opened(call: CallId) -> impl IntoView {
    let page = expect_context::<CallsPage>();
    let text = use_text();
    // The resource still holds the call that was open before until this one has come. A memo, because a running
    // campaign's changes read it anew each time, and what is open mostly stays the same.
    let opened = Memo::new(move |_| {
        let opened = page.opened.get().and_then(Result::transpose);
        opened.filter(|opened| opened.as_ref().map_or(true, |opened| opened.row.id == call))
    });
    move || match opened.get() {
        Some(Ok(opened)) => view! { <Details opened /> }.into_any(),
        Some(Err(error)) => view! { <FailureView error /> }.into_any(),
        None => view! {
            <div class="opened-call" aria-busy="true">
                <div>
                    <h2 class="section-label">{text.timeline()}</h2>
                    <span class="skeleton" style="--h:160px"></span>
                </div>
                <div>
                    <h2 class="section-label">{text.transcript()}</h2>
                    <span class="skeleton" style="--h:160px"></span>
                </div>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn Details(opened: OpenedCall) -> impl IntoView {
    let text = use_text();
    let page = expect_context::<CallsPage>();
    let OpenedCall {
        row,
        campaign,
        moments,
        attempts,
        transcript,
        charge,
        kept_by_sender,
        fetching,
        may_fetch_again,
        notes,
    } = opened;
    let id = row.id.clone();
    let link = {
        let id = id.clone();
        move || {
            page.address.with(|address| {
                address.filtered(|filter| *filter = domain::CallFilter::default()).opened(Some(id.clone())).href()
            })
        }
    };
    let (again_of, again_link) = (id.clone(), link.clone());
    let note = transcript.as_ref().map(|turns| {
        let n = text.int(turns.len() as u64);
        if row.recording.is_some() { text.turns_note(&n) } else { text.turns(&n) }
    });
    let code = row.code.as_ref().map(|code| {
        view! {
            <span class="inline-flex items-center gap-2">
                {text.assigned_code()}
                {code_tag(code)}
                <span class="text-ink">{code.label.clone()}</span>
            </span>
        }
    });
    let (track, call) = (Track::of(&row), id.clone());
    let at = page.address.with_untracked(|address| address.at.filter(|_| address.open.as_ref() == Some(&row.id)));
    #[cfg(feature = "hydrate")]
    if let Some(at) = at
        && page.sent_to.get_value() != Some((id.clone(), at))
    {
        page.sent_to.set_value(Some((id.clone(), at)));
        let (playback, track) = (use_playback(), track.clone());
        // Once the line and the player's element are there.
        Effect::new(move |_| {
            if let Some(line) = document().get_element_by_id("said") {
                line.scroll_into_view();
            }
            if let Some(track) = track.clone() {
                playback.play_from(track, at as f64 / 1_000.0);
            }
        });
    }
    let was_answered = row.code.as_ref().is_none_or(|shown| domain::outcome::is_answered(shown.code.as_str()));
    let no_transcript = if was_answered { text.no_transcript() } else { text.nobody_talked() };
    view! {
        <div class="opened-call">
            <div>
                <h2 class="section-label">{text.timeline()}</h2>
                <Timeline moments />
                <h2 class="section-label mt-4">{text.attempts_of_customer()}</h2>
                <Attempts attempts current=id />
                {part(notes)}
            </div>
            <div>
                <h2 class="section-label">
                    {text.transcript()}
                    <small>{note}</small>
                    <a class="btn btn-ghost ml-auto" href=link data-noscroll data-copied=text.call_link_copied()>
                        <Icon name="link" />
                        {text.call_link()}
                    </a>
                    <a class="icon-button" href=move || page.toggled(&row.id) data-noscroll data-close-call aria-label=text.close()>
                        <Icon name="x" />
                    </a>
                </h2>
                {match transcript {
                    Some(turns) => view! { <Transcript turns track call at /> }.into_any(),
                    None => view! { <p class="text-muted">{no_transcript}</p> }.into_any(),
                }}
                {kept_by_sender.then(|| {
                    let said = fetching.unwrap_or_else(|| text.sender_keeps_recording().to_owned());
                    let again = may_fetch_again.then(|| {
                        let (action, back) = (format!("{}/again", recording_path(&again_of)), again_link.clone());
                        let button = view! {
                            <input type="hidden" name="back" value=back />
                            <button class="btn" type="submit"><Icon name="refresh" />{text.fetch_again()}</button>
                        };
                        Press::new(&action).class("mt-2").view(button.into_any())
                    });
                    view! { <p class="text-muted mt-2">{said}</p>{again} }
                })}
                <div class="call-sum">
                    {campaign.map(|(href, name)| view! { <a class="link" href=href>{name}</a> })}
                    {code}
                    <ChargeLine charge />
                </div>
            </div>
        </div>
    }
}

#[component]
fn Timeline(moments: Vec<Moment>) -> impl IntoView {
    let moments = moments.into_iter().map(|moment| {
        view! {
            <li>
                <Icon name=moment.icon.icon() />
                <b>{moment.what}</b>
                <small>{moment.note}</small>
            </li>
        }
    });
    view! { <ol class="timeline">{moments.collect_view()}</ol> }
}

#[component]
fn Attempts(attempts: Vec<Attempt>, current: CallId) -> impl IntoView {
    let page = expect_context::<CallsPage>();
    let rows = attempts.into_iter().map(|attempt| {
        let is_current = attempt.id == current;
        let id = attempt.id.clone();
        let href = move || page.address.with(|address| address.opened(Some(id.clone())).href());
        let inside = view! {
            <span>{attempt.number}</span>
            <span>{attempt.code.as_ref().map(code_tag)}</span>
            <span>{attempt.when}</span>
            <span>{attempt.talk.unwrap_or_else(|| "–".to_owned())}</span>
        };
        if is_current {
            view! { <li aria-current="true">{inside}</li> }.into_any()
        } else {
            view! { <li><a href=href data-noscroll>{inside}</a></li> }.into_any()
        }
    });
    view! { <ol class="attempts-list">{rows.collect_view()}</ol> }
}

/// What was said. A line seeks the player, and starts it where another call is loaded; without scripts it is a link that
/// the browser plays from that second on.
#[component]
fn Transcript(turns: Vec<TranscriptTurn>, track: Option<Track>, call: CallId, at: Option<i64>) -> impl IntoView {
    let text = use_text();
    let playback = use_playback();
    let begins: Vec<i64> = turns.iter().map(|turn| turn.at).collect();
    // The line being heard: the last one that has begun.
    let heard = Memo::new(move |_| {
        if !playback.has(&call) {
            return None;
        }
        let at = (playback.at.get() * 1_000.0) as i64;
        begins.iter().rposition(|begin| *begin <= at)
    });
    let lines = turns.into_iter().enumerate().map(|(n, turn)| {
        let is_asked_for = at == Some(turn.at);
        let who = if turn.is_bot { text.voicebot() } else { text.customer() };
        let label = text.listen_from(&turn.time);
        let inside = view! {
            <span class="turn-time">{turn.time}</span>
            <span class="turn-who" class:is-bot=turn.is_bot>{who}</span>
            <span class="turn-text">{turn.text}</span>
        };
        let inside = match track.clone() {
            Some(track) => {
                let seconds = turn.at as f64 / 1_000.0;
                let href = format!("{}#t={seconds}", recording_href(&track.call));
                let listen = move |event: MouseEvent| {
                    if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                        event.prevent_default();
                        playback.play_from(track.clone(), seconds);
                    }
                };
                view! { <a href=href rel="external" title=label data-at=turn.at.to_string() on:click=listen>{inside}</a> }.into_any()
            }
            None => view! {
                <div class="grid grid-cols-[44px_minmax(0,1fr)] lg:grid-cols-[44px_72px_minmax(0,72ch)] gap-x-2 px-2 py-1.25">{inside}</div>
            }.into_any(),
        };
        let current = move || (heard.get().map_or(is_asked_for, |heard| heard == n)).then_some("true");
        view! { <li class="turn" id=is_asked_for.then_some("said") aria-current=current>{inside}</li> }
    });
    view! { <ol class="transcript">{lines.collect_view()}</ol> }
}

#[component]
fn ChargeLine(charge: Option<Charge>) -> impl IntoView {
    let text = use_text();
    match charge {
        Some(charge) => view! {
            <span>
                {text.charge()}
                " "
                {charge.steps}
                " = "
                <b>{charge.cost}</b>
                " · "
                {if charge.by_sender { text.blocks_given() } else { text.blocks_by_tariff() }}
            </span>
        }
        .into_any(),
        None => view! { <span>{text.not_charged()}</span> }.into_any(),
    }
}
