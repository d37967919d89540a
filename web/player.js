/*
 * The waveform of the player. Peaks come from the server, so nothing is decoded here: two lanes for a recording with a
 * side each (voicebot up, customer down), one for a mono recording.
 */
import WaveSurfer from "wavesurfer.js";
import { onThemeChange, token } from "./theme.js";

/** How much of its colour is left of what is not played yet. */
const UNPLAYED = "34%";

const BARS = { barWidth: 1.5, barGap: 1, barRadius: 0, barMinHeight: 1, interact: true };

/**
 * A lane in `colour`, bars standing on (or hanging from) the line between the lanes. The paler bars are mixed with the
 * ground and not translucent: the waveform draws the played ones through the others, and would make them as pale.
 */
function lane(colour, ground, barAlign) {
  return { waveColor: `color-mix(in srgb, ${colour} ${UNPLAYED}, ${ground})`, progressColor: colour, barAlign };
}

/** Softer than this is silence: line noise of a phone call, not a voice. */
const SILENT = 0.04;
/** A pause that belongs to speaking is not skipped, and a little of every pause stays, seconds. */
const SHORTEST = 1.5;
const LEFT = 0.3;

/** The stretches `[from, to]` in seconds in which no side says anything. */
function silences(peaks, duration) {
  const count = peaks[0]?.length ?? 0;
  const found = [];
  let begin = 0;
  for (let n = 0; n <= count; n++) {
    const isSilent = n < count && peaks.every((lane) => Math.abs(lane[n] ?? 0) < SILENT);
    if (isSilent) continue;
    const [from, to] = [begin, n].map((place) => (place / count) * duration);
    if (to - from >= SHORTEST) found.push([from + LEFT, to - LEFT]);
    begin = n + 1;
  }
  return found;
}

/** Lets the player's button jump over silence while it is pressed; returns how to stop that. */
function skipSilence(container, audio, peaks, duration) {
  const button = container.closest("section")?.querySelector("[data-skip-silence]");
  if (!button) return () => {};
  const found = duration ? silences(peaks, duration) : [];
  const press = () => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  const jump = () => {
    if (button.getAttribute("aria-pressed") !== "true" || audio.paused) return;
    const silence = found.find(([from, to]) => from <= audio.currentTime && audio.currentTime < to);
    if (silence) audio.currentTime = silence[1];
  };
  button.addEventListener("click", press);
  audio.addEventListener("timeupdate", jump);
  return () => {
    button.removeEventListener("click", press);
    audio.removeEventListener("timeupdate", jump);
  };
}

/**
 * Draws `peaks` (one or two channels of values 0..1) of a recording of `duration` seconds into `container` and follows
 * `audio`, which stays the page's own: a click seeks, the page plays and pauses.
 */
export function mount(container, audio, peaks, duration) {
  const target = container.shadowRoot ?? container.attachShadow({ mode: "open" });
  const two = peaks.length > 1;
  const looks = () => {
    const voicebot = token(container, "--accent");
    const customer = token(container, "--neutral-fill");
    const ground = token(container, "--surface");
    const height = (container.clientHeight || 44) / (two ? 2 : 1);
    return {
      height,
      cursorColor: token(container, "--ink"),
      ...(two
        ? { splitChannels: [lane(voicebot, ground, "bottom"), lane(customer, ground, "top")].map((side) => ({ ...side, height })) }
        : lane(voicebot, ground)),
    };
  };
  const box = document.createElement("div");
  target.replaceChildren(box);
  const waveform = WaveSurfer.create({
    container: box,
    media: audio,
    peaks: peaks.slice(0, 2),
    duration,
    cursorWidth: 2,
    normalize: false,
    dragToSeek: true,
    hideScrollbar: true,
    cspNonce: document.querySelector("script[nonce]")?.nonce,
    ...BARS,
    ...looks(),
  });
  const stopSkipping = skipSilence(container, audio, peaks, duration);
  const stopWatchingTheme = onThemeChange(() => waveform.setOptions(looks()));
  return {
    destroy() {
      stopWatchingTheme();
      stopSkipping();
      waveform.destroy();
      box.remove();
    },
  };
}
