//! The bar at the bottom that plays recordings.

use domain::format::clock_duration;
use leptos::prelude::*;

use super::{
    address::{download_href, peaks_href},
    playback::{SKIP_SECONDS, SPEEDS, use_playback},
};
use crate::{components::Icon, use_text};

/// The id of the audio element, for the waveform.
const AUDIO: &str = "player-audio";

fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1_000.0) as i64
}

/// A whole second, as the player shows it: never ahead of what sounds.
fn shown(seconds: f64) -> String {
    clock_duration(milliseconds(seconds) / 1_000 * 1_000)
}

/// The player. Outside the pages, so that it plays on while they change; empty until something is played, and empty
/// without scripts, where a recording is a link that the browser plays itself.
#[component]
pub fn Player() -> impl IntoView {
    let playback = use_playback();
    #[cfg(feature = "hydrate")]
    super::keys::listen_for_player();
    #[cfg(feature = "hydrate")]
    super::row::listen_for_recordings();
    #[cfg(feature = "hydrate")]
    Effect::new(move || {
        let is_open = playback.track.with(Option::is_some);
        if let Some(body) = document().body() {
            let _ = body.class_list().toggle_with_force("with-player", is_open);
        }
    });
    let is_open = Memo::new(move |_| playback.track.with(Option::is_some));
    let audio = move || playback.audio.get_untracked();
    view! {
        <audio id=AUDIO preload="none" node_ref=playback.audio
            on:play=move |_| playback.is_playing.set(true)
            on:pause=move |_| playback.is_playing.set(false)
            on:timeupdate=move |_| {
                if let Some(seconds) = audio().as_ref().and_then(media::position) {
                    playback.at.set(seconds);
                }
            }
            on:loadedmetadata=move |_| {
                if let Some(audio) = audio() {
                    playback.length_known(media::length(&audio));
                }
            }
            on:ended=move |_| playback.ended()
            on:error=move |_| playback.has_failed.set(playback.track.with_untracked(Option::is_some))
        ></audio>
        <Show when=move || is_open.get()>
            <Bar />
        </Show>
    }
}

/// What is read from the audio element.
mod media {
    use leptos::web_sys::HtmlAudioElement;

    #[cfg(feature = "hydrate")]
    pub fn position(audio: &HtmlAudioElement) -> Option<f64> {
        // Before the length is known the position is 0, wherever playing is to begin.
        (audio.ready_state() > 0).then(|| audio.current_time())
    }

    #[cfg(feature = "hydrate")]
    pub fn length(audio: &HtmlAudioElement) -> f64 {
        audio.duration()
    }

    #[cfg(not(feature = "hydrate"))]
    pub fn position(_: &HtmlAudioElement) -> Option<f64> {
        None
    }

    #[cfg(not(feature = "hydrate"))]
    pub fn length(_: &HtmlAudioElement) -> f64 {
        0.0
    }
}

#[component]
fn Bar() -> impl IntoView {
    let text = use_text();
    let playback = use_playback();
    let track = Memo::new(move |_| playback.track.get());
    let is_playing = playback.is_playing;
    // At its end it is as long as it is, whatever second it has begun.
    let clock = move |at: f64| {
        let length = playback.length.get();
        if length > 0.0 && length - at < 0.1 { clock_duration(milliseconds(length)) } else { shown(at) }
    };
    let now = Memo::new(move |_| clock(playback.at.get()));
    // A screen reader speaks a value that changes: where it was moved to, and from there on not more often than every ten seconds.
    let spoken = Memo::new(move |_| {
        let at = playback.at.get();
        let from = Some(playback.sent_to()).filter(|from| *from <= at).unwrap_or(0.0);
        clock(from + ((at - from) / 10.0).floor() * 10.0)
    });
    let length = Memo::new(move |_| clock_duration(milliseconds(playback.length.get())));
    let who = move || track.with(|track| track.as_ref().map(|track| track.who.clone()).unwrap_or_default());
    let said = move || {
        if playback.has_failed.get() { text.cannot_play().to_owned() } else { text.now_playing(&who()) }
    };
    view! {
        <section class="player group" aria-label=text.player() on:keydown=move |event| {
            #[cfg(feature = "hydrate")]
            super::keys::within_player(&event, playback);
            #[cfg(not(feature = "hydrate"))]
            drop(event);
        }>
            <p class="sr-only" role="status">{said}</p>
            <div class="player-keys">
                <button class="icon-button only-desktop" type="button" aria-label=text.previous_recording()
                    title=text.previous_recording() disabled=move || playback.neighbour(-1).is_none()
                    on:click=move |_| playback.step(-1)>
                    <Icon name="skip-back" />
                </button>
                <button class="icon-button" type="button" aria-label=text.back_10() title=text.back_10()
                    on:click=move |_| playback.skip(-SKIP_SECONDS)>
                    <Icon name="undo" />
                    "10"
                </button>
                <button class="play-button" type="button" data-player-focus
                    aria-label=move || if is_playing.get() { text.pause() } else { text.play() }
                    on:click=move |_| playback.play_or_pause()>
                    <Show when=move || is_playing.get() fallback=|| view! { <Icon name="play" /> }>
                        <Icon name="pause" />
                    </Show>
                </button>
                <button class="icon-button" type="button" aria-label=text.forward_10() title=text.forward_10()
                    on:click=move |_| playback.skip(SKIP_SECONDS)>
                    "10"
                    <Icon name="redo" />
                </button>
                <button class="icon-button" type="button" data-key="n" aria-keyshortcuts="N"
                    aria-label=text.next_recording() title=text.next_recording()
                    disabled=move || !playback.has_next() on:click=move |_| playback.step(1)>
                    <Icon name="skip-forward" />
                </button>
            </div>
            <div class="player-call">
                <b>{who}</b>
                <small>
                    {move || track.get().and_then(|track| track.code).map(|code| {
                        view! { <span class=format!("code-tag {}", code.tone()) title=code.label>{code.code.to_string()}</span> }
                    })}
                    <span class="max-lg:hidden">{move || track.get().map(|track| track.when)}</span>
                </small>
            </div>
            <span class="player-time is-now" aria-hidden="true">{now}</span>
            // Shown by the waveform's own mark once it has drawn two lanes: a mono recording has one.
            <div class="player-lanes hidden! min-[1240px]:group-has-[[data-lanes='2']]:grid!" aria-hidden="true">
                <span>{text.voicebot()}</span>
                <span>{text.customer()}</span>
            </div>
            <div class="player-wave rounded-sm has-focus-visible:outline-2 has-focus-visible:outline-accent">
                <Show
                    when=move || !playback.has_failed.get()
                    fallback=move || view! { <p class="text-note text-error flex items-center gap-2 h-full"><Icon name="warning" />{text.cannot_play()}</p> }
                >
                    <ringside-waveform class="block h-full" aria-hidden="true" data-for=AUDIO
                        data-src=move || track.with(|track| track.as_ref().map(|track| peaks_href(&track.call)))
                        data-duration=move || track.with(|track| track.as_ref().map(|track| (track.length as f64 / 1_000.0).to_string()))
                    ></ringside-waveform>
                    // A slider over the waveform: the pointer, the keyboard and the screen reader use the same one.
                    <input class="absolute inset-0 w-full h-full m-0 opacity-0 cursor-pointer" type="range" min="0" step="0.1"
                        max=move || format!("{:.1}", playback.length.get())
                        prop:value=move || format!("{:.1}", playback.at.get())
                        aria-label=text.position()
                        aria-valuetext=move || text.position_of(&spoken.get(), &length.get())
                        on:input=move |event| {
                            if let Ok(seconds) = event_target_value(&event).parse() {
                                playback.seek(seconds);
                            }
                        } />
                </Show>
            </div>
            <span class="player-time" aria-hidden="true">{length}</span>
            <div class="player-tools">
                <select class="select" aria-label=text.speed() title=text.speed()
                    on:change=move |event| {
                        if let Ok(speed) = event_target_value(&event).parse() {
                            playback.set_speed(speed);
                        }
                    }
                    prop:value=move || playback.speed.get().to_string()>
                    {SPEEDS.map(|speed| {
                        let label = format!("{}×", speed.to_string().replace('.', text.language().pick(",", ".")));
                        view! { <option value=speed.to_string() selected=move || (playback.speed.get() - speed).abs() < 0.01>{label}</option> }
                    }).collect_view()}
                </select>
                <button class="icon-button only-desktop" type="button" aria-label=text.autoplay_next() title=text.autoplay_next()
                    aria-pressed=move || playback.goes_on.get().to_string()
                    on:click=move |_| playback.goes_on.update(|goes_on| *goes_on = !*goes_on)>
                    <Icon name="repeat" />
                </button>
                // Its work is web/player.js's, which knows the peaks.
                <button class="icon-button only-desktop" type="button" data-skip-silence aria-pressed="false"
                    aria-label=text.skip_silence() title=text.skip_silence()>
                    <Icon name="skip-silence" />
                </button>
                <button class="icon-button only-desktop" type="button" aria-label=text.mute() title=text.mute()
                    aria-pressed=move || (playback.volume.get() == 0.0).to_string()
                    on:click=move |_| playback.set_volume(if playback.volume.get_untracked() == 0.0 { 1.0 } else { 0.0 })>
                    <Show when=move || playback.volume.get() == 0.0 fallback=|| view! { <Icon name="volume" /> }>
                        <Icon name="volume-off" />
                    </Show>
                </button>
                <input class="player-volume" type="range" min="0" max="1" step="0.05" aria-label=text.volume()
                    prop:value=move || playback.volume.get().to_string()
                    on:input=move |event| {
                        if let Ok(volume) = event_target_value(&event).parse() {
                            playback.set_volume(volume);
                        }
                    } />
                <a class="icon-button" download aria-label=text.download() title=text.download()
                    href=move || track.with(|track| track.as_ref().map(|track| download_href(&track.call)))>
                    <Icon name="download" />
                </a>
                <button class="icon-button" type="button" aria-label=text.close_player() title=text.close_player()
                    on:click=move |_| playback.close()>
                    <Icon name="x" />
                </button>
            </div>
        </section>
    }
}
