// On a page of its own: the settings come from the address, and go into it.

import { h } from "../page/elements.js";
import { Run } from "./run.js";
import { Session } from "./session.js";
import { SPEC, fromAddress, toAddress } from "./settings.js";
import { View } from "./view.js";

const LOST =
  "The address leads to the start of this run, since it can't hold more than 20,000 steps, or changes made on the way.";
const WAIT = 300; // milliseconds, since a browser accepts an address only so often

// `start` is also an address: what the page's own one doesn't say.
export function mountPage(element, start = "") {
  const parts = [start, location.hash.slice(1)].map(fromAddress);
  const complaints = parts.flatMap((part) => part.complaints);
  const given = Object.assign({}, ...parts.map(({ settings }) => settings));
  const view = new View(new Session(new Run(given)), element);
  if (complaints.length)
    element.prepend(h("p", { class: "complaint" }, `In the address: ${complaints.join("; ")}.`));
  const note = h("p", { class: "complaint", hidden: "" }, LOST);
  element.append(note);
  addEventListener("hashchange", () => location.reload()); // another link, in the same tab
  let timer = null;
  const tellAddress = () => {
    timer = null;
    const { settings, step, events } = view.session.run;
    note.hidden = !events.length && step <= SPEC.step.most;
    const address = toAddress({ ...settings, step: note.hidden ? step : 0 });
    history.replaceState(null, "", `#${address}`);
  };
  view.session.listeners.add((what) => {
    if (what !== "frame" && what !== "seeds") timer ??= setTimeout(tellAddress, WAIT);
  });
  return view;
}
