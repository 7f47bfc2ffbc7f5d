// A run of training: from any step to any other, exactly, changes by hand included.

import { featuresOf, makeData } from "./data.js";
import { Net, initialize } from "./network.js";
import { Rng } from "./numbers.js";
import { DEFAULTS, activationsOf } from "./settings.js";

// These may change on the way; what else changes begins a new run.
const LIVE = ["learning_rate", "activation", "output", "batch", "l1", "l2"];
const QUIET = ["step", "hide"]; // these change nothing
const MOST_KEPT = 1500; // moments kept of a run; beyond, every second one is dropped

export class Run {
  constructor(settings = {}) {
    this.settings = { ...DEFAULTS, ...settings };
    this.begin();
    this.trainTo(this.settings.step);
  }

  get sizes() {
    return [this.settings.features.length, ...this.settings.hidden, 1];
  }
  get end() {
    return this.kept.at(-1).step;
  }

  // The start that the settings tell: data, weights, no step done.
  begin() {
    const { settings, sizes } = this;
    this.data = makeData(settings);
    this.rng = new Rng(settings.seed);
    this.p = initialize(sizes, this.rng, settings.scheme, activationsOf(settings)[0]);
    Object.assign(this, { start: settings, step: 0, kept: [], events: [], every: 1 });
    this.divergedAt = null; // the step, from 1, whose update broke it; it is taken back
    this.prepare();
    this.keep(true);
  }

  // The arrays, for the settings of now.
  prepare() {
    const { settings, sizes, data } = this;
    const names = (this.activations = activationsOf(settings));
    const { n } = data.train;
    this.batch = settings.batch ? Math.min(settings.batch, n) : n; // 0: all rows
    this.net = new Net(sizes, names, this.batch);
    this.grads = new Float64Array(this.p.length);
    this.x = new Float64Array(sizes[0] * this.batch);
    this.y = new Float64Array(this.batch);
    const part = ({ n, X, Y }) => ({
      inputs: featuresOf(settings.features, X),
      net: new Net(sizes, names, n),
      Y,
    });
    this.parts = { train: part(data.train), test: data.test && part(data.test) };
  }

  // Some settings.
  change(values) {
    const names = Object.keys(values).filter((name) => !QUIET.includes(name));
    this.settings = { ...this.settings, ...values };
    if (!names.every((name) => LIVE.includes(name))) return this.begin();
    if (!names.length) return;
    this.cut();
    this.events.push({ step: this.step, ...values });
    this.divergedAt = null;
    this.prepare();
    this.keep(true);
  }

  // One parameter, by hand.
  put(i, value) {
    this.cut();
    const last = this.events.at(-1);
    if (last?.step === this.step && last.parameter === i) this.events.pop();
    this.events.push({ step: this.step, parameter: i, value });
    this.divergedAt = null;
    this.p = this.p.slice();
    this.p[i] = value;
    this.keep(true);
  }

  // So many steps more, or fewer if the time is over.
  train(count, milliseconds = Infinity) {
    this.cut();
    const until = performance.now() + milliseconds;
    for (let i = 0; i < count && this.divergedAt === null && this.data.train.n; i++) {
      const last = this.kept.at(-1);
      const isFirst = last.step === this.step && last.must; // after a change by hand
      if (!Number.isFinite(this.one())) this.takeBack(this.step - (isFirst ? 0 : 1));
      else if (this.p.every(Number.isFinite)) this.step++;
      else this.takeBack(this.step);
      if (i % 16 === 15 && performance.now() > until) break;
    }
    this.keep();
  }

  // Up to a step, with moments for the chart on the way.
  trainTo(step) {
    const pace = Math.ceil(step / 200);
    while (this.step < step && this.divergedAt === null && this.data.train.n)
      this.train(Math.min(pace, step - this.step));
  }

  // One step of stochastic gradient descent; the loss of its samples before it.
  one() {
    const { net, x, y, batch, p, grads, settings } = this;
    const { train } = this.parts;
    const { learning_rate, l1, l2 } = settings;
    const { n } = train.net;
    for (let s = 0; s < batch; s++) {
      const row = settings.batch ? this.rng.integer(n) : s;
      for (let at = s, from = row; at < x.length; at += batch, from += n)
        x[at] = train.inputs[from];
      y[s] = train.Y[row];
    }
    net.forward(p, x);
    net.backward(p, y, grads);
    for (const { W, b, end } of net.layers) {
      if (l1 || l2)
        for (let i = W; i < b; i++) grads[i] += l1 * Math.sign(p[i]) + l2 * p[i];
      for (let i = W; i < end; i++) p[i] -= learning_rate * grads[i];
    }
    return net.loss(y);
  }

  // Where numbers explode: back to this step, after which an update broke the network.
  takeBack(step) {
    while (this.end > step) this.kept.pop();
    this.goTo(step, step);
    this.divergedAt = step + 1;
  }

  // Half the squared error over all training data and all test data, without penalties.
  losses() {
    const of = (part) => {
      if (!part) return null;
      part.net.forward(this.p, part.inputs);
      return part.net.loss(part.Y);
    };
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
  keep(always = false) {
    const last = this.kept.at(-1);
    const again = last?.step === this.step;
    if (again) this.kept.pop();
    else if (!always && last && this.step - last.step < this.every) return;
    const { step, settings, events, divergedAt } = this;
    const moment = { step, settings, divergedAt, events: events.length };
    moment.must = always || (again && last.must);
    Object.assign(moment, { p: this.p.slice(), rng: this.rng.copy() });
    this.kept.push({ ...moment, ...this.losses() });
    if (this.kept.length <= MOST_KEPT) return;
    const [from, to] = [this.kept, this.kept.length - 1];
    this.kept = from.filter((k, i) => i % 2 === 0 || k.must || i === to);
    this.every = Math.max(this.every, Math.floor(this.end / MOST_KEPT));
  }

  // Exactly as it was: from the moment kept before it the same steps again.
  goTo(step, end = this.end) {
    const moment = this.kept.findLast((kept) => kept.step <= step) ?? this.kept[0];
    const changed = moment.settings !== this.settings;
    const { p, rng, settings, divergedAt } = moment;
    Object.assign(this, { p: p.slice(), rng: rng.copy(), step: moment.step, settings });
    this.divergedAt = divergedAt;
    if (changed) this.prepare();
    for (const to = Math.min(step, end); this.step < to; this.step++) this.one();
  }

  // What came after this step is forgotten.
  cut() {
    if (this.step >= this.end) return;
    while (this.end > this.step) this.kept.pop();
    this.events.length = this.kept.at(-1).events;
    this.keep();
  }
}
