// A run of training: from any step to any other, exactly, changes by hand included.

import { featuresOf, makeData } from "./data.js";
import { Net, initialize } from "./network.js";
import { Rng } from "./numbers.js";
import { LIVE, QUIET, activationsOf, defaultsFor } from "./settings.js";

const MOST_KEPT = 1500; // moments kept of a run; beyond, every second one is dropped
const MOST_AGAIN = 1e5; // steps made again; of more, only where they led is taken over

// Whether this event left other parameters at a step.
const sets = (event, step) =>
  (event?.to ?? event?.step) === step && ("values" in event || "parameter" in event);

export class Run {
  constructor(settings = {}) {
    this.settings = { ...defaultsFor(settings.data), ...settings };
    this.begin();
    this.trainTo(this.settings.step);
  }

  // The step, from 1, whose update broke the network; it is taken back.
  get divergedAt() {
    return this.isBroken && this.step === this.end ? this.end + 1 : null;
  }

  get canTrain() {
    return this.divergedAt === null && this.data.train.n > 0;
  }

  // A run as it was told: its first settings, the changes by hand, its step.
  static again({ first, events, step, values, divergedAt }) {
    const run = new Run({ ...first, step: 0 });
    for (const { step: at, ...what } of events) {
      run.trainTo(at);
      if (what.values) run.place(what.values, what.to - at);
      else if ("parameter" in what) run.put(what.parameter, what.value);
      else run.change(what);
    }
    const count = step - run.step;
    if (count > MOST_AGAIN) run.place(values, count);
    else run.trainTo(step);
    if (count < 0) run.goTo(step); // it was looked back
    return Object.assign(run, { isBroken: !!divergedAt });
  }

  // The start that the settings tell: data, weights, no step done.
  begin() {
    const settings = (this.first = this.settings);
    const { seed, scheme, features, hidden } = settings;
    this.sizes = [features.length, ...hidden, 1];
    this.data = makeData(settings);
    this.rng = new Rng(seed);
    this.p = initialize(this.sizes, this.rng, scheme, activationsOf(settings)[0]);
    Object.assign(this, { kept: [], events: [], every: 1 });
    // Where it stands, how far it was trained, and whether the next update breaks it.
    Object.assign(this, { step: 0, end: 0, isBroken: false });
    this.prepare();
    this.keep(true);
  }

  // The arrays, for the current settings.
  prepare() {
    const { batch } = this.settings;
    const { train, test } = this.data;
    const n = batch ? Math.min(batch, train.n) : train.n; // 0: all rows
    this.activations = activationsOf(this.settings);
    this.net = this.over(new Float64Array(2 * n));
    this.y = new Float64Array(n);
    this.rows = new Int32Array(n);
    this.grads = new Float64Array(this.p.length);
    const part = ({ X, Y }) => ({ net: this.over(X), Y });
    this.parts = { train: part(train), test: test && part(test) };
  }

  // The network for points X: first all x0, then all x1.
  over(X) {
    return new Net(this.sizes, this.activations, featuresOf(this.settings.features, X));
  }

  // Some settings.
  change(values) {
    this.settings = { ...this.settings, ...values };
    const names = Object.keys(values).filter((name) => !QUIET.includes(name));
    if (!names.every((name) => LIVE.includes(name))) return this.begin();
    if (!names.length) return;
    this.cut();
    this.prepare();
    // At the start it is as if it had always been so, except for how the weights were drawn.
    const isStart = !this.step && !this.events.length && !names.includes("activation");
    if (!isStart) return this.note(Object.fromEntries(names.map((name) => [name, values[name]])));
    Object.assign(this, { first: this.settings, isBroken: false });
    this.keep(true);
  }

  // One parameter, by hand.
  put(i, value) {
    this.cut();
    const last = this.events.at(-1);
    if (last?.step === this.step && last.parameter === i) this.events.pop();
    this.p[i] = value;
    this.note({ parameter: i, value });
  }

  note(change) {
    this.events.push({ step: this.step, ...change });
    this.isBroken = false;
    this.keep(true);
  }

  // All parameters, from outside; `count` steps were made there to come to them. The event.
  place(values, count = 0) {
    if (count) this.goTo(this.end);
    else this.cut();
    const last = this.events.at(-1);
    const goesOn = count > 0 && last?.to === this.step;
    if (goesOn && this.step > last.step) {
      const [before, moment] = this.kept.slice(-2);
      if (moment.step - before.step < this.every) this.kept.pop();
      else moment.must = false; // the last one alone: from there it may be trained on
    }
    let from = this.step;
    if (!count) while (sets(this.events.at(-1), from)) from = this.events.pop().step; // overridden
    const event = goesOn ? last : { step: from };
    if (!goesOn) this.events.push(event);
    this.p = Float64Array.from(values);
    this.step += count;
    Object.assign(this, { end: this.step, isBroken: false });
    this.keep(true, count > 0);
    return Object.assign(event, { to: this.step, values: [...values] });
  }

  // So many more steps, or fewer if the time is up.
  train(count, milliseconds = Infinity) {
    this.cut();
    const until = performance.now() + milliseconds;
    for (let i = 0; i < count && this.canTrain; i++) {
      const last = this.kept.at(-1);
      const isFirst = last.step === this.step && last.must; // after a change by hand
      if (!Number.isFinite(this.one())) this.takeBack(this.step - (isFirst ? 0 : 1));
      else if (this.p.every(Number.isFinite)) this.step++;
      else this.takeBack(this.step);
      if (i % 16 === 15 && performance.now() > until) break;
    }
    this.end = this.step;
    this.keep();
  }

  // Up to a step, with moments for the chart on the way.
  trainTo(step) {
    const pace = Math.ceil(step / 200);
    while (this.step < step && this.canTrain) this.train(Math.min(pace, step - this.step));
  }

  // The samples of a step, forward and back: from now on in `rows`, `net`, `y` and `grads`.
  pass(rng) {
    const { net, y, rows, settings } = this;
    const { train } = this.parts;
    const [x, inputs] = [net.A[0], train.net.A[0]];
    for (let s = 0; s < net.n; s++) {
      const row = (rows[s] = settings.batch ? rng.integer(train.net.n) : s);
      for (let at = s, from = row; at < x.length; at += net.n, from += train.net.n)
        x[at] = inputs[from];
      y[s] = train.Y[row];
    }
    net.forward(this.p).backward(this.p, y, this.grads, settings.gradient === "original");
  }

  // One step of stochastic gradient descent; the loss of its samples before it.
  one() {
    this.pass(this.rng);
    const { net, y, p, grads } = this;
    const { learning_rate, l1, l2 } = this.settings;
    for (const { W, b, end } of net.layers) {
      if (l1 || l2) for (let i = W; i < b; i++) grads[i] += l1 * Math.sign(p[i]) + l2 * p[i];
      for (let i = W; i < end; i++) p[i] -= learning_rate * grads[i];
    }
    return net.loss(y);
  }

  // Where numbers explode: back to this step, after which an update broke the network.
  takeBack(step) {
    while (this.kept.at(-1).step > step) this.kept.pop();
    this.end = step;
    this.goTo(step);
    this.isBroken = true;
  }

  // Half the squared error over all training data and all test data, without penalties;
  // null if there are none.
  losses() {
    const of = (part) => (part?.Y.length ? part.net.forward(this.p).loss(part.Y) : null);
    return { train: of(this.parts.train), test: of(this.parts.test) };
  }

  // A run of its own, to go on from here or to go back in.
  copy() {
    const { p, rng, kept, events } = this;
    const own = { p: p.slice(), rng: rng.copy(), kept: [...kept], events: [...events] };
    const run = Object.assign(Object.create(Run.prototype), this, own);
    run.prepare();
    return run;
  }

  // Remember this moment.
  keep(always = false, isPlaced = false) {
    const last = this.kept.at(-1);
    const again = last?.step === this.step;
    if (again) this.kept.pop();
    else if (!always && this.step - last.step < this.every) return;
    const { step, settings, p, rng } = this;
    const must = always || (again && last.must);
    isPlaced ||= again && last.isPlaced;
    const now = { step, settings, must, isPlaced, p: p.slice(), rng: rng.copy() };
    this.kept.push({ ...now, ...this.losses(), events: this.events.length });
    const { length } = this.kept;
    if (length <= MOST_KEPT) return;
    this.kept = this.kept.filter((k, i) => i % 2 === 0 || k.must || i === length - 1);
    this.every = Math.max(this.every, Math.floor(this.end / MOST_KEPT));
  }

  // Exactly as it was: from the moment kept before it the same steps again. Steps that were
  // made outside can't be made again: then that moment.
  goTo(step) {
    const at = this.kept.findLastIndex((moment) => moment.step <= step);
    const from = this.kept[at];
    Object.assign(this, { p: from.p.slice(), rng: from.rng.copy() });
    const live = Object.fromEntries(LIVE.map((name) => [name, from.settings[name]]));
    if (LIVE.some((name) => live[name] !== this.settings[name])) {
      this.settings = { ...this.settings, ...live };
      this.prepare();
    }
    const to = this.kept[at + 1]?.isPlaced ? from.step : Math.min(step, this.end);
    for (this.step = from.step; this.step < to; this.step++) this.one();
  }

  // What came after this step is forgotten.
  cut() {
    if (this.step >= this.end) return;
    while (this.kept.at(-1).step > this.step) this.kept.pop();
    Object.assign(this, { end: this.step, isBroken: false });
    this.events.length = Math.min(this.events.length, this.kept.at(-1).events);
    const last = this.events.at(-1);
    if (last?.to > this.step)
      this.events[this.events.length - 1] = { ...last, to: this.step, values: [...this.p] };
    this.keep();
  }
}
