// In the book, settings become playgrounds when the reader comes near.

import { Run } from "./run.js";
import { Session, calm } from "./session.js";
import { View } from "./view.js";

const AROUND = "100% 0px"; // a screen away

// Calls `act` with whether the element is seen, now and at each change; it is not where it
// is folded.
function watch(element, rootMargin, act) {
  const tell = (entries, observer) => act(entries.at(-1).isIntersecting, observer);
  new IntersectionObserver(tell, { rootMargin }).observe(element);
}

// Out of sight it pauses. `waits`: it plays when it is seen next.
function playInSight({ session, root }, waits) {
  watch(root, "0px", (isSeen) => {
    if (isSeen && waits) session.play(true);
    waits = !isSeen && (waits || session.playing);
    if (!isSeen) session.play(false);
  });
}

// The page tells its theme late, and a reader may choose another.
function followTheme(view) {
  const redraw = () => {
    view.chart.readColors();
    view.hear("look");
  };
  const theme = { attributeFilter: ["data-theme"] };
  new MutationObserver(redraw).observe(document.documentElement, theme);
}

// CSS hides the still picture when the first is there.
function mountIn(place) {
  const { playgrounds, plays } = place.dataset;
  const waits = plays !== undefined && !calm.matches;
  for (const settings of JSON.parse(playgrounds)) {
    const view = new View(new Session(new Run(settings)), place);
    followTheme(view);
    playInSight(view, waits);
  }
}

function begin() {
  for (const place of document.querySelectorAll("[data-playgrounds]"))
    watch(place, AROUND, (isNear, observer) => {
      if (!isNear) return;
      observer.disconnect();
      mountIn(place);
    });
}

// Not at DOMContentLoaded, which waits for large scripts.
if (document.readyState !== "loading") begin();
else document.addEventListener("readystatechange", begin, { once: true });
