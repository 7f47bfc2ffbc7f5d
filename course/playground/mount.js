// On a page of its own: the settings come from the address, and go into it.

import { h, write } from "../page/elements.js";
import { Run } from "./run.js";
import { Session } from "./session.js";
import { SPEC, fromAddress, toAddress } from "./settings.js";
import { View } from "./view.js";
import { fmtStep } from "./words.js";

const WAIT = 300; // milliseconds, since a browser accepts an address only so often

// `start` is also an address: what the page's own one doesn't say.
export function mountPage(element, start = "") {
  const parts = [start, location.hash.slice(1)].map(fromAddress);
  const complaints = parts.flatMap((part) => part.complaints);
  const given = Object.assign({}, ...parts.map(({ settings }) => settings));
  const { session } = new View(new Session(new Run(given)), element);
  if (complaints.length)
    element.prepend(h("p", { class: "complaint" }, `In the address: ${complaints.join("; ")}.`));
  addEventListener("hashchange", () => location.reload()); // another link, in the same tab
  let timer = null;
  const tellAddress = () => {
    timer = null;
    const { settings, step } = session.run;
    const kept = whyLost(session.run) ? 0 : step;
    history.replaceState(null, "", `#${toAddress({ ...settings, step: kept })}`);
  };
  session.listeners.add((what) => {
    if (what !== "frame" && what !== "seeds") timer ??= setTimeout(tellAddress, WAIT);
  });
  const [words, link] = document.querySelectorAll("header > :is(p, button)");
  link.onclick = async () => {
    tellAddress();
    const isCopied = await copy(location.href);
    write(words, `${isCopied ? "Copied" : "Copy this page's address"}: ${keptBy(session.run)}`);
  };
}

// Why a link leads to the start; empty if it doesn't.
function whyLost({ events, step }) {
  if (events.length) return "without what was changed on the way";
  return step > SPEC.step.most ? `since a link holds ${fmtStep(SPEC.step.most)} steps at most` : "";
}

// What a link keeps of a run.
function keptBy(run) {
  const why = whyLost(run);
  return why ? `the start of this run, ${why}.` : `these settings, at step ${fmtStep(run.step)}.`;
}

// Whether the browser allows it.
const copy = (text) =>
  navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
