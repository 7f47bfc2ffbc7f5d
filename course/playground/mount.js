// On a page of its own: the settings come from the address, and go into it.

import { Session } from "./session.js";
import { complaint, fromAddress, toAddress } from "./settings.js";
import { View } from "./view.js";

export function mount(element, settings = {}) {
  const fits = ([name, value]) => !complaint(name, value);
  const good = Object.fromEntries(Object.entries(settings).filter(fits));
  return new View(new Session(good), element);
}

const WAIT = 300; // milliseconds: a browser takes an address so often only

export function mountPage(element, start = {}) {
  const { settings, complaints } = fromAddress(location.hash.slice(1));
  const view = mount(element, { ...start, ...settings });
  const { session } = view;
  if (complaints.length)
    element.prepend(Object.assign(document.createElement("p"), { className: "complaint", textContent: `In the address: ${complaints.join("; ")}.` })); // prettier-ignore
  let timer = null;
  const tellAddress = () => {
    timer = null;
    const { settings: now, step, events } = session.run;
    const address = toAddress({ ...now, step: events.length ? 0 : step });
    history.replaceState(null, "", `#${address}`);
  };
  session.listeners.add((what) => {
    if (what !== "look" && what !== "frame") timer ??= setTimeout(tellAddress, WAIT);
    if (what === "look" && !session.playing) timer ??= setTimeout(tellAddress, WAIT);
  });
  return view;
}
