// In a notebook: an anywidget, see widget.py. All views of it show one run.

import { Session } from "./session.js";
import { View } from "./view.js";

export default () => {
  let session;
  const render = ({ model, el }) => {
    session ??= new Session(model.get("settings"));
    const view = new View(session, el);
    return () => view.close();
  };
  return { render };
};
