// A session: a run, another one in grey, what is looked at, and whether it plays.

import { REACH } from "./data.js";
import { Following } from "./following.js";
import { Hundred } from "./hundred.js";
import { Run } from "./run.js";
import { SPEC, defaultsFor } from "./settings.js";

// For each pace: how many steps, and every how many milliseconds.
export const PACES = SPEC.pace.options;
const SLICE = 25; // milliseconds of a hundred seeds before a picture
const MOST_TIME = 9; // milliseconds of training before a picture
const CALM = 250; // milliseconds between pictures, for users who want less motion
const SAFE = 500; // where the output keeps jumping: flashes may harm, above three a second
const UNSEEN = 31; // frames pass meanwhile while it trains; odd, so that jumps are seen as such
const KEPT = 15; // of their steps, each such one is kept for the curve; odd, too
const GONE = "Python is gone, with its kernel, so the page trains on its own.";
const OTHER = "The network here was changed meanwhile. Run the cell again to follow its steps.";
const CHANGED = "Python's steps know nothing of this change, so the page trains on its own.";
const AGAIN = "Play calls them again.";
export const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

export class Session {
  constructor(run) {
    this.run = run;
    this.grey = null; // a run that was kept to compare with
    this.playing = false;
    this.beside = [this]; // all that one Play moves, side by side
    this.pace = run.settings.pace; // at first: a menu changes it
    this.probe = null; // a point [x0, x1] whose z and a are shown
    this.chosen = null; // [layer, unit], layer 0 being the inputs; null: the output
    this.hovered = null; // the same, for as long as the pointer is there
    this.space = null; // the hidden layer whose space is shown
    this.axes = [0, 1]; // two of its units
    this.discrete = false;
    this.brush = "1"; // what a click does to own points: "0" and "1" add, or "erase"
    this.python = null; // who trains in the page's place: see `follow`
    this.told = ""; // why Python no longer trains
    this.hundred = null; // these settings from a hundred seeds
    this.pane = ""; // what is open below the network
    this.parameter = 0; // whose gradient is opened
    this.jumps = []; // when the output jumped to the other side
    this.views = 0;
    this.listeners = new Set(); // called with "frame", "run", "look", "settings" or "seeds"
  }

  tell(what) {
    for (const listener of this.listeners) listener(what);
  }

  play(on = !this.playing) {
    if (on === this.playing || (on && !this.python && !this.run.canTrain)) return;
    Object.assign(this, { jumps: [], isSlowed: false });
    this.playing = on;
    cancelAnimationFrame(this.next); // else a quick pause and play would leave two loops
    this.due = 0; // when the next steps are
    if (on) this.told = "";
    if (on) this.tick(performance.now());
    this.tell("look");
  }

  tick(now) {
    if (!this.playing) return;
    if (now >= this.due && !document.hidden) this.advance(now);
    this.next = requestAnimationFrame((time) => this.tick(time));
  }

  // The steps of one picture.
  advance(now) {
    const [steps, pause] = PACES[this.pace];
    const { python, reached, lag } = this;
    if (python?.isAsked) return this.wait(now);
    if (this.beside.some((one) => one !== this && one.playing && one.run.step < reached)) return;
    const isSlow = this.isJumping(now);
    this.due = now + Math.max(pause, calm?.matches ? CALM : 0, isSlow ? SAFE : 0);
    if (python) return this.ask(Math.min(steps, lag));
    const count = isSlow && !pause ? UNSEEN * steps : steps;
    const time = lag < Infinity ? Infinity : MOST_TIME;
    this.run.train(Math.min(count, lag), time, isSlow ? KEPT : Infinity);
    this.playing = this.run.canTrain;
    this.tell(this.playing ? "frame" : "run");
  }

  // The step that it comes to once Python has answered.
  get reached() {
    return (this.python?.asked ?? []).reduce((step, { count }) => step + count, this.run.step);
  }

  // How many steps one beside it, the nearest, is ahead.
  get lag() {
    const leads = this.beside.map(({ reached }) => reached - this.reached);
    return Math.min(...leads.filter((lead) => lead > 0));
  }

  // After a Pause: the step that the nearest beside it has come to.
  catchUp() {
    const { python, lag } = this;
    if (lag === Infinity) return;
    const count = Math.min(PACES[this.pace][0], lag);
    if (python) this.ask(count);
    else this.do((run) => run.train(count));
  }

  step() {
    this.play(false);
    this.told = "";
    if (!this.python) this.do((run) => run.train(1));
    else if (this.python.isGone()) this.letGo(GONE);
    else if (this.begins || !this.python.asked.length) this.ask(1);
  }

  // From here on Python trains.
  follow(what, send, isGone = () => false) {
    this.play(false);
    const segment = what.begins ? null : this.run.place(this.run.p);
    this.python = new Following(what, segment, send, isGone);
    this.told = "";
    this.tell("settings");
  }

  // Whether Python starts again with what it is asked next.
  get begins() {
    const { python, run } = this;
    return python.begins && (!python.segment || run.step < run.end);
  }

  ask(count) {
    const { python, run, begins } = this;
    if (python.isGone()) return this.letGo(GONE);
    if (begins) python.segment = run.place(run.p);
    python.ask(count, run.step, begins);
  }

  // If an answer takes long, say so once.
  wait(now) {
    const { python } = this;
    if (python.isGone()) return this.letGo(GONE);
    if (python.turnsLate(now)) this.tell("look");
  }

  // What Python sent: so many steps, where they led, and why no more come.
  answer({ number, count, values, end }) {
    const { python, run } = this;
    if (python?.number !== number || !python.asked.length) return; // to another question
    const asked = python.hear();
    if (asked.segment !== python.segment) return; // it led on from what was changed since
    const { step, settings } = run;
    if (count && values.length !== run.p.length) return this.letGo(OTHER);
    if (count) run.place(values, count);
    if (step < run.end - count && step !== asked.step) run.goTo(step); // looked back meanwhile
    if (end) this.end(end);
    if (this.playing && performance.now() >= this.due) this.advance(performance.now());
    else if (!end && !this.playing && this.beside[1] && count < asked.count)
      this.ask(asked.count - count); // what the one beside it has done
    this.tell(run.settings !== settings ? "settings" : this.playing ? "frame" : "run");
  }

  // No more steps come, but a function can be called again.
  end(words) {
    const { python } = this;
    this.letGo(words);
    if (!python.begins) return;
    python.segment = null;
    Object.assign(this, { python, told: `${words} The functions were ${python.by}. ${AGAIN}` });
  }

  letGo(words) {
    this.play(false);
    Object.assign(this, { python: null, told: words });
    this.tell("look");
  }

  // Python knows nothing of changes made here, unless it can start again.
  mind() {
    const { python, run } = this;
    if (python?.begins && !python.segment) this.told = ""; // how it ended
    if (!python?.segment || run.last === python.segment) return;
    if (python.begins) python.segment = null;
    else this.letGo(CHANGED);
  }

  // These settings from a hundred seeds; or stop that.
  trySeeds(steps) {
    this.play(false);
    cancelAnimationFrame(this.trying); // one loop, as above
    this.hundred = new Hundred(this.run.settings, steps);
    this.isTrying = true;
    const go = () => {
      this.isTrying &&= this.hundred.work(SLICE);
      this.tell("seeds");
      if (this.isTrying) this.trying = requestAnimationFrame(go);
    };
    go();
  }

  stopSeeds() {
    this.isTrying = false;
    this.tell("seeds");
  }

  // One of them, as it ended.
  open(seed) {
    const { settings, steps } = this.hundred;
    this.play(false);
    this.change({ ...settings, hide: this.run.settings.hide, seed });
    this.do((run) => run.trainTo(steps));
  }

  // Whether the output for the training data keeps jumping from side to side.
  isJumping(now) {
    const { run } = this;
    const sides = run.parts.train.net.output.map((value) => value > run.data.middle);
    const moved = sides.filter((side, i) => side !== this.sides?.[i]).length;
    this.sides = sides;
    if (moved > sides.length / 4) this.jumps.push(now);
    this.jumps = this.jumps.filter((time) => now - time < 4 * SAFE);
    return (this.isSlowed = this.jumps.length > 3);
  }

  // Change the run, and tell; at an earlier step other settings may have been in force.
  do(action) {
    const { settings } = this.run;
    action(this.run);
    this.mind();
    this.tell(this.run.settings === settings ? "run" : "settings");
  }

  // Some settings, and what they bring. What was looked at may then be gone.
  change(values) {
    const { sizes } = this.run;
    this.run.change("data" in values ? this.withData(values) : values);
    if (String(sizes) !== String(this.run.sizes))
      Object.assign(this, { chosen: null, hovered: null, space: null, axes: [0, 1] });
    this.mind();
    this.playing &&= !!this.python || this.run.canTrain;
    this.tell("settings");
  }

  // Data have an output that reaches their targets; own points begin with classes shown.
  withData(values) {
    const { settings, data: shown } = this.run;
    const [output, had] = [values, settings].map(({ data }) => defaultsFor(data).output);
    const begins = values.data === "own" && !settings.points.length && had === "sigmoid";
    const points = begins ? shown.points : settings.points;
    return { points, output: output === had ? settings.output : output, ...values };
  }

  // A click into own points: one more, or less.
  dab([x0, x1]) {
    const round = (x) => Math.round(100 * x) / 100;
    const points = [...this.run.settings.points];
    if (this.brush !== "erase") points.push([round(x0), round(x1), Number(this.brush)]);
    else {
      const far = points.map((point) => Math.hypot(point[0] - x0, point[1] - x1));
      const nearest = far.indexOf(Math.min(...far));
      if (far[nearest] < REACH / 10) points.splice(nearest, 1);
    }
    this.change({ points });
  }

  look(values) {
    Object.assign(this, values);
    this.tell("look");
  }

  // What the large picture shows: [layer, unit], as in `chosen`.
  get shown() {
    return this.hovered ?? this.chosen ?? [this.run.net.layers.length, 0];
  }

  // Keep this run in grey and begin another one, or let go of it.
  compare(on) {
    this.grey = on ? this.run : null;
    if (on) this.run = new Run({ ...this.run.settings, step: 0 });
    this.mind();
    this.tell("settings");
  }
}
