// In a notebook: an anywidget, see widget.py. All views of it show one run.

import { Session } from "./session.js";
import { View } from "./view.js";

const SESSIONS = new WeakMap();

function sessionOf(model) {
  if (!SESSIONS.has(model)) SESSIONS.set(model, new Session(model.get("settings")));
  return SESSIONS.get(model);
}

export default {
  render({ model, el }) {
    const view = new View(sessionOf(model), el);
    return () => view.close();
  },
};
