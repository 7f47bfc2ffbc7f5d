// A session: a run, another one in grey, what is looked at, and whether it plays.

import { REACH } from "./data.js";
import { Run } from "./run.js";
import { outputFor } from "./settings.js";

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
const SAFE = 500; // where the output keeps jumping: flashes may harm, above three a second
const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

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
    this.brush = "1"; // what a click does to own points: "0" and "1" add, or "erase"
    this.jumps = []; // when the output jumped to the other side
    this.listeners = new Set(); // called with "frame", "run", "look" or "settings"
  }

  tell(what) {
    for (const listener of this.listeners) listener(what);
  }

  play(on = !this.playing) {
    if (on === this.playing || (on && !this.run.canTrain)) return;
    Object.assign(this, { jumps: [], isSlowed: false });
    this.playing = on;
    cancelAnimationFrame(this.next); // else a quick pause and play would leave two loops
    if (on) this.tick(performance.now(), 0);
    this.tell("look");
  }

  tick(now, due) {
    if (!this.playing) return;
    const [steps, pause] = PACES[this.pace];
    if (now >= due && !document.hidden) {
      this.run.train(steps, MOST_TIME);
      due = now + Math.max(pause, calm?.matches ? CALM : 0, this.isJumping(now) ? SAFE : 0);
      this.playing = this.run.canTrain;
      this.tell(this.playing ? "frame" : "run");
    }
    this.next = requestAnimationFrame((time) => this.tick(time, due));
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
    this.tell(this.run.settings === settings ? "run" : "settings");
  }

  // Some settings, and what they bring. What is looked at may be gone then.
  change(values) {
    const { sizes } = this.run;
    this.run.change("data" in values ? this.withData(values) : values);
    if (String(sizes) !== String(this.run.sizes))
      Object.assign(this, { chosen: null, hovered: null, space: null, axes: [0, 1] });
    this.playing &&= this.run.canTrain;
    this.tell("settings");
  }

  // Data have an output that reaches their targets; own points begin with classes shown.
  withData(values) {
    const { settings, data: shown } = this.run;
    const [output, had] = [values, settings].map(({ data }) => outputFor(data));
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
    this.grey = on ? this.run.copy() : null;
    if (on) this.run.begin();
    this.tell("settings");
  }
}
