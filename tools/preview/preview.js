/* Fills the preview's waveform with two made-up voices and tells shoot.mjs when the charts are drawn. */
const speaking = (index, from, to) => (index % 40 >= from && index % 40 < to ? 0.25 + 0.7 * Math.abs(Math.sin(index * 1.7)) : 0.02);
const peaks = [
  Array.from({ length: 300 }, (_, index) => speaking(index, 0, 24)),
  Array.from({ length: 300 }, (_, index) => speaking(index, 27, 36)),
];
document.getElementById("waveform").dataset.src = `data:application/json,${JSON.stringify(peaks)}`;
await import("../../web/elements.js");

const drawn = () => [...document.querySelectorAll("ringside-chart")].every((chart) => chart.shadowRoot?.querySelector("svg"));
const timer = setInterval(() => {
  if (!drawn()) return;
  clearInterval(timer);
  document.body.dataset.drawn = "";
}, 50);
