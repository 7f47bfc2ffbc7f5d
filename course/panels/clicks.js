// Clicks on the picture of a panel go to Python, in pixels of the picture. See clicks.py. A panel
// that was run by hand is brought into sight.

import { bringIntoSight } from "../page/sight.js";

function show(el) {
  const panel = el.closest(".course-panel");
  if (panel) bringIntoSight(panel);
}

function render({ model, el }) {
  if (model.get("chooses")) el.classList.add("chooses"); // for the style of the pointer
  const listen = (event) => {
    const panel = event.target.closest?.(".course-panel");
    if (!event.target.matches?.("img") || !panel?.contains(el)) return;
    const shown = event.target.getBoundingClientRect();
    const scale = event.target.naturalWidth / shown.width; // a narrow page shrinks it
    const at = [event.clientX - shown.left, event.clientY - shown.top];
    model.send({ at: at.map((length) => length * scale) });
  };
  document.addEventListener("click", listen);
  requestAnimationFrame(() => requestAnimationFrame(() => show(el)));
  return () => document.removeEventListener("click", listen);
}

export default { render };
