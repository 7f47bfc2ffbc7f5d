// A session: a run, another one in grey, what is looked at, and whether it plays.

import { REACH } from "./data.js";
import { Run } from "./run.js";
import { SPEC, changed } from "./settings.js";

// Of the menu: so many steps, and every how many milliseconds.
export const PACES = {
  "1 step a second": [1, 1000],
  "5 steps a second": [1, 200],
  "1 step a frame": [1, 0],
  "5 steps a frame": [5, 0],
  "25 steps a frame": [25, 0],
  "100 steps a frame": [100, 0],
  "as fast as it goes": [1e6, 0],
};
const MOST_TIME = 9; // milliseconds of training before a picture
const CALM = 250; // milliseconds between pictures, for who wants less motion
const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

const BEYOND_CLASSES = ["sum", "plane", "hills"]; // a sigmoid doesn't reach their targets

export class Session {
  constructor(settings) {
    this.run = new Run(settings);
    this.grey = null; // a run that was kept to compare with
    this.playing = false;
    this.pace = "5 steps a frame";
    this.probe = null; // a point [x0, x1] whose z and a are shown
    this.chosen = null; // [layer, unit], layer 0 being the inputs; null: the output
    this.hovered = null; // the same, for as long as the pointer is there
    this.space = null; // the hidden layer whose space is shown
    this.axes = [0, 1]; // two of its units
    this.discrete = false;
    this.brush = 1; // what a click adds to own points: 0, 1, or "erase"
    this.listeners = new Set(); // called with "frame", "run", "look" or "settings"
  }

  tell(what) {
    for (const listener of this.listeners) listener(what);
  }

  play(on = !this.playing) {
    if (on === this.playing || (on && !this.canTrain)) return;
    this.playing = on;
    cancelAnimationFrame(this.next); // else a quick pause and play would leave two loops
    if (on) this.tick(performance.now(), 0);
    this.tell("look");
  }

  get canTrain() {
    return this.run.divergedAt === null && this.run.data.train.n > 0;
  }

  tick(now, due) {
    if (!this.playing) return;
    const [steps, pause] = PACES[this.pace];
    if (now >= due && !document.hidden) {
      this.run.train(steps, MOST_TIME);
      due = now + (calm?.matches ? Math.max(pause, CALM) : pause);
      this.playing = this.canTrain;
      this.tell(this.playing ? "frame" : "run");
    }
    this.next = requestAnimationFrame((time) => this.tick(time, due));
  }

  // Change the run, and tell.
  do(action, what = "run") {
    action(this.run);
    this.tell(what);
  }

  // Some settings. What is looked at may be gone then.
  change(values) {
    const { sizes } = this.run;
    this.run.change(values);
    if (String(sizes) !== String(this.run.sizes))
      Object.assign(this, { chosen: null, hovered: null, space: null, axes: [0, 1] });
    this.playing &&= this.canTrain;
    this.tell("settings");
  }

  // Data, with an output that reaches its targets; own points begin with those shown.
  chooseData(data) {
    const { run } = this;
    const values = { data };
    const [needs, had] = [data, run.settings.data].map((d) => BEYOND_CLASSES.includes(d));
    if (needs !== had) values.output = needs ? "identity" : "sigmoid";
    if (data === "own") values.points = had || run.data.high < REACH ? [] : this.points();
    this.change(values);
  }

  points() {
    const { train, test } = this.run.data;
    return [train, test].flatMap((part) =>
      Array.from(part?.Y ?? [], (y, i) => [part.X[i], part.X[part.n + i], y]),
    );
  }

  // A click into own points: one more, or less.
  dab([x0, x1]) {
    const round = (x) => Math.round(100 * x) / 100;
    const points = [...this.run.settings.points];
    if (this.brush !== "erase") points.push([round(x0), round(x1), this.brush]);
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
    const output = [this.run.sizes.length - 1, 0];
    return this.hovered ?? this.chosen ?? output;
  }

  // Keep this run in grey, or let go of it.
  compare(on) {
    this.grey = on ? this.run.copy() : null;
    this.tell("run");
  }

  // In what the run in grey differs, in words.
  greyName() {
    const [grey, now] = [this.grey.settings, this.run.settings].map(changed);
    const names = Object.keys({ ...now, ...grey }).filter(
      (name) => JSON.stringify(grey[name]) !== JSON.stringify(now[name]),
    );
    const isSaid = (name) => !["points", "step", "hide"].includes(name);
    const say = (name) => `${SPEC[name].label ?? name} ${this.grey.settings[name]}`;
    return names.filter(isSaid).map(say).join("; ") || "the same settings";
  }
}
