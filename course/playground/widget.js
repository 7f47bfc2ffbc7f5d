// In a notebook: an anywidget, see widget.py. All views of it show one run.

import { isGone, listen, wholeOf } from "../page/kernel.js";
import { bringIntoSight } from "../page/sight.js";
import { Run } from "./run.js";
import { Session } from "./session.js";
import { View } from "./view.js";

const OFTEN = 250; // milliseconds between two messages to Python
const SELDOM = 1000; // the same, while it plays

export default () => {
  let [model, session] = [null, null];
  const initialize = (given) => ({ model } = given); // it stays, whichever view goes
  const render = ({ el }) => {
    session ??= connected(model);
    const view = new View(session, el);
    if (!model.get("now").first) show(view, el);
    return () => view.close();
  };
  return { initialize, render };
};

// It grows until it is drawn.
async function show(view, el) {
  for (let frame = 0; frame < 60 && !view.drawn; frame++) await new Promise(requestAnimationFrame);
  bringIntoSight(el.closest(".course-side-by-side") ?? el, { orStays: true });
}

// `now` is what the page tells, `given` and `follows` are what Python does, by number.
function connected(model) {
  const now = model.get("now"); // not empty where the page was loaded again
  const session = new Session(now.first ? Run.again(now) : new Run(model.get("settings")));
  const whole = wholeOf(model);
  const send = (content, begins) => {
    if (begins) tell(); // else an older message on its way could come after this one
    model.send(begins ? { ...content, now: model.get("now") } : content);
  };
  const follow = (what) => session.follow(what, send, () => isGone(whole));
  let [seen, timer, due, toldAt] = [now.seen ?? 0, null, Infinity, 0];
  const tell = () => {
    if (isGone(whole)) return;
    const { first, settings, events, step, p, divergedAt } = session.run;
    const run = { first, settings, events, step, values: [...p], divergedAt };
    const { playing, python } = session;
    model.set("now", { ...run, seen, playing, python: python?.number ?? 0 });
    model.save_changes();
    [timer, due, toldAt] = [null, Infinity, performance.now()];
  };
  session.listeners.add((what) => {
    const at = toldAt + (what === "frame" ? SELDOM : OFTEN);
    if (at >= due) return;
    clearTimeout(timer);
    [due, timer] = [at, setTimeout(tell, at - performance.now())];
  });
  const hear = () => {
    const news = [model.get("given"), model.get("follows")].filter(({ number }) => number > seen);
    for (const { number, values, ...what } of news.sort((a, b) => a.number - b.number)) {
      seen = number;
      const fits = values?.length === session.run.p.length; // else it was changed meanwhile
      if (fits) session.do((run) => run.place(values));
      else if (what.by) follow({ number, ...what });
    }
    if (!news.length) return;
    if (news.at(-1).by && session.views) session.play(true); // what appears first waits for Play
    session.tell("run"); // Python hears that it was heard
  };
  if (now.python) session.run.goTo(session.run.end); // Python is there
  if (now.python) follow({ ...model.get("follows"), number: now.python });
  model.on("change:given change:follows", hear);
  model.on("msg:custom", (content) => session.answer(content));
  hear();
  if (now.playing) session.tell("look"); // a page that was left while it played
  listen(whole);
  return session;
}
