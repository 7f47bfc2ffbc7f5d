// A run of training: from any step to any other, exactly, changes by hand included.
//
// It is a row of segments, each trained here, so that each step can be made again from the
// moment before it, or placed from outside (`isPlaced`), known at its moments alone. It begins
// at `step`, its first moment, with a `change` of settings or a weight that was `put`, if any;
// it `isBroken` if the update after its `end` broke the network.

import { countNear, featuresOf, makeData } from "./data.js";
import { Net, initialize } from "./network.js";
import { Rng } from "./numbers.js";
import { LIVE, QUIET, activationsOf, defaultsFor } from "./settings.js";

// Between two moments lies an odd number of steps where it can, so that a loss that is high
// and low in turns is seen as such.
const MOST_KEPT = 1500; // moments of a run; beyond, two of three are dropped
const MOST_AGAIN = 1e5; // steps made again; of more, only where they led is taken over

const some = (settings, names) => Object.fromEntries(names.map((name) => [name, settings[name]]));

export class Run {
  constructor(settings = {}) {
    this.settings = { ...defaultsFor(settings.data), ...settings };
    this.begin();
    this.trainTo(this.settings.step);
  }

  get last() {
    return this.segments.at(-1);
  }

  get end() {
    return this.last.end;
  }

  // The step, from 1, whose update broke the network; it is taken back.
  get divergedAt() {
    return this.last.isBroken && this.step === this.end ? this.end + 1 : null;
  }

  get canTrain() {
    return this.divergedAt === null && this.data.train.n > 0;
  }

  // What begins its segments, as Python is told; of a placed one also where it led.
  get events() {
    return this.segments.flatMap(({ step, end, isPlaced, moments, put, change }) => {
      if (isPlaced) return { step, to: end, values: [...moments.at(-1).p] };
      return put || change ? { step, ...put, ...change } : [];
    });
  }

  // All moments, at each step the last.
  get kept() {
    const all = this.segments.flatMap(({ moments }) => moments);
    return all.filter(({ step }, i) => step !== all[i + 1]?.step);
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
    if (step - run.step > MOST_AGAIN) run.place(values, step - run.step);
    run.trainTo(step);
    run.goTo(step); // it may have been looked back
    run.last.isBroken = !!divergedAt;
    return run;
  }

  // The start that the settings tell: data, weights, no step done.
  begin() {
    const settings = (this.first = this.settings);
    const { seed, scheme, features, hidden } = settings;
    this.sizes = [features.length, ...hidden, 1];
    this.data = makeData(settings);
    this.rng = new Rng(seed);
    this.p = initialize(this.sizes, this.rng, scheme, activationsOf(settings)[0]);
    Object.assign(this, { segments: [], step: 0 });
    this.prepare();
    this.turn();
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

  change(values) {
    this.settings = { ...this.settings, ...values };
    const names = Object.keys(values).filter((name) => !QUIET.includes(name));
    if (!names.every((name) => LIVE.includes(name))) return this.begin();
    if (!names.length) return;
    this.cut();
    this.prepare();
    // At the start it is as if it had always been so, except for how the weights were drawn.
    const isStart = !this.step && this.segments.length === 1 && !names.includes("activation");
    if (isStart) Object.assign(this, { first: this.settings, segments: [] });
    this.turn(isStart ? {} : { change: some(values, names) });
  }

  // One parameter, by hand.
  put(i, value) {
    this.cut();
    const { step, put } = this.last;
    if (step === this.step && put?.parameter === i) this.segments.pop(); // dragged on
    this.p[i] = value;
    this.turn({ put: { parameter: i, value } });
  }

  // All parameters, from outside; `count` steps were made there to come to them. The segment,
  // which is another one if they lead on from elsewhere.
  place(values, count = 0) {
    if (count) this.goTo(this.end);
    else this.cut();
    // What else set parameters at this step is forgotten.
    const stays = ({ step, change }, i) => !i || step < this.step || change;
    const at = this.segments.findLastIndex(stays);
    if (!count) this.segments.splice(at, Infinity, { ...this.segments[at] });
    if (!this.last.isPlaced) this.turn({ isPlaced: true });
    const { moments } = this.last;
    if (!count || moments.at(-1).step - moments.at(-2)?.step < this.every) moments.pop();
    this.p = Float64Array.from(values);
    this.last.end = this.step += count;
    this.keep();
    return this.last;
  }

  // From here on another segment.
  turn(what) {
    const { step, settings } = this;
    this.segments.push({ step, end: step, live: some(settings, LIVE), moments: [], ...what });
    this.keep();
  }

  // So many more steps, or fewer if the time is up; after so many of them a moment is kept.
  train(count, milliseconds = Infinity, pace = Infinity) {
    this.cut();
    if (this.last.isPlaced) this.turn();
    const until = performance.now() + milliseconds;
    for (let i = 0; i < count && this.canTrain; i++) {
      const isLate = !Number.isFinite(this.one()); // the update before did it, or a hand
      if (!isLate && this.p.every(Number.isFinite)) this.step++;
      else this.breakAt(isLate ? Math.max(this.step - 1, this.last.step) : this.step);
      this.last.end = this.step;
      if (i % pace === pace - 1) this.keep(this.every);
      if (i % 16 === 15 && performance.now() > until) break;
    }
    this.keep(this.every);
  }

  // Up to a step, with moments for the chart on the way.
  trainTo(step) {
    const pace = Math.ceil(step / 200) | 1;
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

  // Where numbers explode: back to this step, since the update after it broke the network.
  breakAt(step) {
    this.last.end = this.step;
    this.goTo(step);
    this.cut();
    this.last.isBroken = true;
  }

  // Half the squared error over all training data and all test data, without penalties;
  // null if there are none.
  losses() {
    const of = (part) => (part?.Y.length ? part.net.forward(this.p).loss(part.Y) : null);
    return { train: of(this.parts.train), test: of(this.parts.test) };
  }

  // How many steps lie between two moments, at least.
  get every() {
    return Math.floor(this.end / MOST_KEPT) | 1;
  }

  // Remember this moment, unless one is less than so many steps before it.
  keep(least = 0) {
    const { segments, step, p, rng } = this;
    if (step - this.last.moments.at(-1)?.step < least) return;
    const moment = { step, p: p.slice(), rng: rng.copy(), ...this.losses() };
    this.last.moments.push({ ...moment, near: countNear(this.parts.train) });
    const count = segments.reduce((sum, { moments }) => sum + moments.length, 0);
    if (count <= MOST_KEPT) return;
    const stays = (_, i, { length }) => i % 3 === 0 || i === length - 1;
    for (const segment of segments) segment.moments = segment.moments.filter(stays);
  }

  // Exactly as it was: from the moment kept before it the same steps again. Steps that were
  // made outside can't be made again: then that moment.
  goTo(step) {
    const { live, moments, isPlaced, end } = this.segments.findLast((one) => one.step <= step);
    const from = moments.findLast((moment) => moment.step <= step);
    Object.assign(this, { p: from.p.slice(), rng: from.rng.copy(), step: from.step });
    if (LIVE.some((name) => live[name] !== this.settings[name])) {
      this.settings = { ...this.settings, ...live };
      this.prepare();
    }
    for (const to = isPlaced ? 0 : Math.min(step, end); this.step < to; this.step++) this.one();
  }

  // What came after this step is forgotten.
  cut() {
    if (this.step === this.end) return;
    while (this.last.step > this.step) this.segments.pop();
    const segment = this.segments.pop();
    const moments = segment.moments.filter(({ step }) => step <= this.step);
    this.segments.push({ ...segment, moments, end: this.step, isBroken: false });
    this.keep(this.every);
  }
}
