//! What is being listened to. One for the life of the document, so that it goes on while one pages through the list
//! or opens another page.

use domain::{CallId, CampaignId};
use leptos::{html, prelude::*};

use super::{
    address::{CallsAddress, recording_href},
    list::{CallList, CallRow, CodeShown},
    server::call_list,
};

/// The speeds to choose from.
pub const SPEEDS: [f64; 6] = [0.5, 0.75, 1.0, 1.25, 1.5, 2.0];
/// How far ±10 s goes.
pub const SKIP_SECONDS: f64 = 10.0;

/// A recording that can be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub call: CallId,
    pub code: Option<CodeShown>,
    /// Whom it was for; empty where unknown.
    pub who: String,
    /// When it was dialled.
    pub when: String,
    /// Its length in ms, 0 where unknown.
    pub length: i64,
}

impl Track {
    /// The recording of a row, if there is one.
    pub fn of(row: &CallRow) -> Option<Self> {
        Some(Self {
            call: row.id.clone(),
            code: row.code.clone(),
            who: row.who().unwrap_or_default().to_owned(),
            when: format!("{} · {}", row.time, row.day),
            length: row.recording?,
        })
    }

    /// Where the recording is.
    pub fn href(&self) -> String {
        recording_href(&self.call)
    }
}

/// The recordings after a page: the campaign, if it is one's, and the query of the list that begins with them.
pub type Rest = (Option<CampaignId>, String);

/// An order to the audio element.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "on the server nothing sounds, so nothing obeys"))]
enum Order {
    /// Another recording, from this second on.
    Load(String),
    Play,
    Pause,
    Seek(f64),
    Speed(f64),
    Volume(f64),
    /// Lets go of the recording.
    Stop,
}

/// The player's state; [`provide_player`] puts it into the context.
#[derive(Debug, Clone, Copy)]
pub struct Playback {
    /// What is loaded.
    pub track: RwSignal<Option<Track>>,
    pub is_playing: RwSignal<bool>,
    /// Seconds from its beginning.
    pub at: RwSignal<f64>,
    /// Its length in seconds.
    pub length: RwSignal<f64>,
    /// One of [`SPEEDS`].
    pub speed: RwSignal<f64>,
    /// 0 to 1.
    pub volume: RwSignal<f64>,
    /// Whether the next recording follows by itself.
    pub goes_on: RwSignal<bool>,
    /// Whether the recording cannot be played.
    pub has_failed: RwSignal<bool>,
    /// The recordings of the list on the page, in its order.
    queue: RwSignal<Vec<Track>>,
    /// Those of the pages after it, as far as they have been asked for.
    further: RwSignal<Vec<Track>>,
    /// Where still more are.
    rest: RwSignal<Option<Rest>>,
    /// The element that sounds.
    pub audio: NodeRef<html::Audio>,
    /// Where to begin once the length is known.
    begin_at: StoredValue<f64>,
}

/// Puts a silent player into the context.
pub fn provide_player() {
    provide_context(Playback {
        track: RwSignal::new(None),
        is_playing: RwSignal::new(false),
        at: RwSignal::new(0.0),
        length: RwSignal::new(0.0),
        speed: RwSignal::new(1.0),
        volume: RwSignal::new(1.0),
        goes_on: RwSignal::new(false),
        has_failed: RwSignal::new(false),
        queue: RwSignal::new(vec![]),
        further: RwSignal::new(vec![]),
        rest: RwSignal::new(None),
        audio: NodeRef::new(),
        begin_at: StoredValue::new(0.0),
    });
}

/// Where the recordings after a page are; none on the last one, and where only calls without a recording are listed.
pub fn rest_of(list: &CallList) -> Option<Rest> {
    let campaign = &list.head.campaign;
    let mut address = CallsAddress::read(campaign.clone(), &list.query).ok()?;
    address.cursor = Some(list.next.clone()?);
    if address.filter.recorded == Some(false) {
        return None;
    }
    // A cursor is a place in the order, whatever the filter lets through.
    address.filter.recorded = Some(true);
    Some((campaign.clone(), address.list_query()))
}

/// The player of this document.
pub fn use_playback() -> Playback {
    expect_context()
}

impl Playback {
    /// Whether this call's recording is loaded.
    pub fn has(&self, call: &CallId) -> bool {
        self.track.with(|track| track.as_ref().is_some_and(|track| track.call == *call))
    }

    /// Whether this call's recording is sounding.
    pub fn is_playing(&self, call: &CallId) -> bool {
        self.has(call) && self.is_playing.get()
    }

    /// Plays a recording, or pauses it if it is the one that plays.
    #[cfg(feature = "hydrate")]
    pub fn toggle(&self, track: Track) {
        if self.track.with_untracked(|loaded| loaded.as_ref().is_some_and(|loaded| loaded.call == track.call)) {
            self.play_or_pause();
        } else {
            self.play_from(track, 0.0);
        }
    }

    /// Plays a recording from this second on; loads it unless it is loaded.
    pub fn play_from(&self, track: Track, seconds: f64) {
        if self.track.with_untracked(|loaded| loaded.as_ref().is_some_and(|loaded| loaded.call == track.call)) {
            self.seek(seconds);
            self.give(Order::Play);
            return;
        }
        self.has_failed.set(false);
        self.at.set(seconds);
        self.length.set(track.length as f64 / 1_000.0);
        self.begin_at.set_value(seconds);
        let href = track.href();
        self.track.set(Some(track));
        self.give(Order::Load(href));
        self.give(Order::Speed(self.speed.get_untracked()));
        self.give(Order::Play);
    }

    pub fn play_or_pause(&self) {
        self.give(if self.is_playing.get_untracked() { Order::Pause } else { Order::Play });
    }

    /// Goes to this second.
    pub fn seek(&self, seconds: f64) {
        let seconds = seconds.clamp(0.0, self.length.get_untracked().max(0.0));
        // Before the length is known the element forgets where it was sent.
        self.begin_at.set_value(seconds);
        self.at.set(seconds);
        self.give(Order::Seek(seconds));
    }

    /// Where it was sent last, in seconds.
    pub fn sent_to(&self) -> f64 {
        self.begin_at.get_value()
    }

    /// Goes some seconds on or back.
    pub fn skip(&self, seconds: f64) {
        self.seek(self.at.get_untracked() + seconds);
    }

    /// Takes over the recordings of a page. `is_other` says that it is another list, not the same one read again.
    pub fn follow(&self, queue: Vec<Track>, rest: Option<Rest>, is_other: bool) {
        self.queue.set(queue);
        if is_other {
            self.further.set(vec![]);
            self.rest.set(rest);
        }
    }

    /// The recording of a call of the list.
    #[cfg(feature = "hydrate")]
    pub fn find(&self, call: &str) -> Option<Track> {
        self.queue.with_untracked(|queue| queue.iter().find(|track| track.call.as_str() == call).cloned())
    }

    /// Whether there is a recording to go on with.
    pub fn has_next(&self) -> bool {
        self.neighbour(1).is_some() || self.rest.with(Option::is_some)
    }

    /// Plays the next (1) or previous (−1) recording of the list; asks for the next page's where this one has no more.
    pub fn step(&self, by: isize) {
        if let Some(track) = untrack(|| self.neighbour(by)) {
            self.play_from(track, 0.0);
        } else if let Some((campaign, query)) = self.rest.get_untracked().filter(|_| by > 0) {
            let this = *self;
            this.rest.set(None);
            leptos::task::spawn_local(async move {
                // Where it fails there is nothing to go on with; the list itself says what is wrong.
                let Ok(list) = call_list(campaign, query).await else { return };
                this.rest.set(rest_of(&list));
                let found: Vec<Track> = list.rows.iter().filter_map(Track::of).collect();
                let first = found.first().cloned();
                this.further.update(|further| further.extend(found));
                if let Some(track) = first {
                    this.play_from(track, 0.0);
                }
            });
        }
    }

    /// The recording `by` places further in the list; the first one while the list holds another's calls.
    pub fn neighbour(&self, by: isize) -> Option<Track> {
        let loaded = self.track.with(|track| track.as_ref().map(|track| track.call.clone()));
        self.queue.with(|queue| {
            self.further.with(|further| {
                let tracks: Vec<&Track> = queue.iter().chain(further).collect();
                match tracks.iter().position(|track| Some(&track.call) == loaded.as_ref()) {
                    Some(place) => tracks.get(place.checked_add_signed(by)?).copied().cloned(),
                    None if by > 0 => tracks.first().copied().cloned(),
                    None => None,
                }
            })
        })
    }

    pub fn set_speed(&self, speed: f64) {
        self.speed.set(speed);
        self.give(Order::Speed(speed));
    }

    /// The next faster (1) or slower (−1) speed.
    #[cfg(feature = "hydrate")]
    pub fn change_speed(&self, by: isize) {
        let now = self.speed.get_untracked();
        let place = SPEEDS.iter().position(|speed| (speed - now).abs() < 0.01).unwrap_or(2);
        if let Some(speed) = place.checked_add_signed(by).and_then(|place| SPEEDS.get(place)) {
            self.set_speed(*speed);
        }
    }

    pub fn set_volume(&self, volume: f64) {
        self.volume.set(volume.clamp(0.0, 1.0));
        self.give(Order::Volume(volume.clamp(0.0, 1.0)));
    }

    /// Stops and puts the bar away.
    pub fn close(&self) {
        self.give(Order::Stop);
        self.track.set(None);
        self.is_playing.set(false);
    }

    /// The recording came to its end.
    pub fn ended(&self) {
        if self.goes_on.get_untracked() {
            self.step(1);
        }
    }

    /// The element knows the length.
    pub fn length_known(&self, seconds: f64) {
        // What was counted when it came in is more right: the browser guesses where the file does not say.
        if seconds.is_finite() && seconds > 0.0 && self.length.get_untracked() <= 0.0 {
            self.length.set(seconds);
        }
        let begin_at = self.begin_at.get_value();
        if begin_at > 0.0 {
            self.give(Order::Seek(begin_at));
        }
    }

    fn give(&self, order: Order) {
        #[cfg(feature = "hydrate")]
        if let Some(audio) = self.audio.get_untracked() {
            in_browser::follow(&audio, order);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (self.audio, order);
    }
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use js_sys::wasm_bindgen::JsValue;
    use leptos::web_sys::HtmlAudioElement;
    use wasm_bindgen::closure::Closure;

    use super::Order;

    thread_local! {
        // A recording that is put away before it sounds rejects its promise; the error event says what matters.
        static QUIETLY: Closure<dyn FnMut(JsValue)> = Closure::new(|_| {});
    }

    pub fn follow(audio: &HtmlAudioElement, order: Order) {
        match order {
            Order::Load(address) => audio.set_src(&address),
            Order::Play => {
                if let Ok(promise) = audio.play() {
                    QUIETLY.with(|quietly| drop(promise.catch(quietly)));
                }
            }
            Order::Pause => drop(audio.pause()),
            Order::Seek(seconds) => audio.set_current_time(seconds),
            Order::Speed(speed) => {
                // A new source falls back to the default speed.
                audio.set_default_playback_rate(speed);
                audio.set_playback_rate(speed);
            }
            Order::Volume(volume) => audio.set_volume(volume),
            Order::Stop => {
                drop(audio.pause());
                let _ = audio.remove_attribute("src");
                audio.load();
            }
        }
    }
}
