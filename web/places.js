/*
 * Back and forward return to the place where one was. The browser goes there before the page's content has come, and the
 * content may come in steps: so it is gone there again until it is reached for good, or somebody scrolls.
 */
const places = new Map();
let going = 0;

addEventListener("scroll", () => going || places.set(location.href, scrollY), { passive: true });
// A row that was opened has given the page another address, and nobody need have scrolled since.
addEventListener("click", () => places.set(location.href, scrollY), { capture: true, passive: true });
for (const event of ["wheel", "keydown", "pointerdown"]) addEventListener(event, () => (going = 0), { passive: true });

addEventListener("popstate", () => {
  const place = places.get(location.href);
  if (!place) return;
  const started = performance.now();
  going = started + 2000;
  requestAnimationFrame(function go(now) {
    if (now > going) return void (going = 0);
    if (scrollY !== place) scrollTo(0, place);
    // As long as the page is too short its content is still to come, however slow the line is; or there is less of it now.
    if (scrollY !== place) going = Math.min(now + 2000, started + 30_000);
    requestAnimationFrame(go);
  });
});
