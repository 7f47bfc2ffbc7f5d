// What the tests of the playground ask of its modules: node.py puts these behind them.

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b); // to the last digit

const ANSWERS = {
  draws({ seed, normals, limits, uniforms, mixed }) {
    const of = (count, draw) => {
      const rng = new Rng(seed);
      return Array.from({ length: count }, (_, i) => draw(rng, i));
    };
    const take = [
      (rng) => rng.integer(7),
      (rng) => rng.normal(),
      (rng) => rng.random(),
      (rng) => rng.copy().integer(140),
    ];
    return {
      normal: of(normals, (rng) => rng.normal()),
      integers: of(limits.length, (rng, i) => rng.integer(limits[i])),
      uniform: of(uniforms, (rng) => rng.uniform(-2, 2)),
      mixed: of(mixed.length, (rng, i) => take[mixed[i]](rng)),
    };
  },

  data: (settings) => {
    const { train, test } = makeData({ ...DEFAULTS, ...settings });
    return [train, test].map((part) => part && { X: part.X, Y: part.Y });
  },

  features: ({ names, X }) => featuresOf(names, Float64Array.from(X)),

  // One pass over all training data, then `step` steps in one go.
  training: (settings) => {
    const run = new Run({ ...settings, step: 0 });
    const first = run.p.slice();
    const { net, Y } = run.parts.train;
    const grads = new Float64Array(run.p.length);
    net.forward(run.p);
    net.backward(run.p, Y, grads);
    const told = {
      first,
      A: net.A.slice(1).map((a) => a.slice()),
      loss: net.loss(Y),
      grads,
    };
    run.train(settings.step);
    const { p, step, divergedAt } = run;
    return { ...told, p, step, divergedAt, losses: run.losses() };
  },

  // Where it stands after each act, [name, ...arguments].
  acts: ({ settings, acts }) => {
    const run = new Run(settings);
    return acts.map(([name, ...given]) => {
      run[name](...given);
      const { step, end, p, divergedAt, settings, events, kept } = run;
      const gaps = new Set(kept.slice(1).map((moment, i) => moment.step - kept[i].step));
      const copied = { p: p.slice(), events: structuredClone(events) };
      return { step, end, divergedAt, settings, kept: kept.length, gaps: [...gaps], ...copied };
    });
  },

  // Step by step with changes by hand; then to these steps: those that are another.
  travel: ({ settings, steps, changes, visits }) => {
    const run = new Run(settings);
    const seen = [];
    const see = () => (seen[run.step] = [run.p.slice(), run.losses(), run.settings]);
    see();
    while (run.step < steps) {
      for (const [, name, ...given] of changes.filter(([at]) => at === run.step)) {
        run[name](...given);
        see();
      }
      run.train(1);
      see();
    }
    const { length } = run.kept;
    const others = visits.filter((step) => {
      run.goTo(step);
      const now = [run.p, run.losses(), run.settings];
      return !(run.step === step && same(now, seen[step]));
    });
    return { end: run.end, most: MOST_KEPT, length, others };
  },

  // Step by step; then back to these steps: how many corners are right, and since when.
  right: ({ settings, steps, visits }) => {
    const run = new Run(settings);
    while (run.step < steps) run.train(1);
    return visits.map((step) => (run.goTo(step), run.losses(), rightSince(run)));
  },

  // The parameters after these events, made anew from what is told of a run; where it goes
  // to from there, and to each of these steps.
  again: ({ told, more, visits }) => {
    const run = Run.again(told);
    const { p, step, divergedAt, events } = run;
    const here = { p: p.slice(), step, divergedAt, events: [...events] };
    run.train(more);
    const end = run.p.slice();
    const seen = visits.map((to) => [run.goTo(to), run.step, run.p.slice()].slice(1));
    return { ...here, end, seen };
  },

  // A session by a clock of its own: a frame comes each 100 ms, and a look at the clock takes
  // 1. Where it stands after each act: ["frames", count], ["wish"], for less motion, or a
  // method and its arguments.
  session: ({ settings, acts }) => {
    const session = new Session(new Run(settings));
    calm.matches = false;
    const calls = new Map();
    let [now, frame] = [0, 0];
    performance.now = () => now++;
    globalThis.document = { hidden: false };
    globalThis.requestAnimationFrame = (call) => calls.set(++frame, call) && frame;
    globalThis.cancelAnimationFrame = (number) => calls.delete(number);
    const frames = (count) => {
      for (let i = 0; i < count; i++) {
        const due = [...calls.values()];
        calls.clear();
        now = 100 * Math.ceil(now / 100 + 1e-9);
        for (const call of due) call(now);
      }
    };
    return acts.map(([name, ...given]) => {
      if (name === "frames") frames(...given);
      else if (name === "wish") calm.matches = calm.media === "(prefers-reduced-motion: reduce)";
      else session[name](...given);
      const { run, playing } = session;
      const { step, settings } = run;
      return { step, settings, playing };
    });
  },

  // Each gradient of the next step beside the measured slope.
  slopes: (settings) => {
    const run = new Run(settings);
    const checks = checkSlopes(run);
    const { grads, rows } = run;
    const next = run.p.map((value, i) => value - run.settings.learning_rate * grads[i]);
    run.train(1);
    return { checks, grads, rows, p: run.p, next };
  },

  hundred: ({ settings, steps }) => {
    const hundred = new Hundred({ ...new Run(settings).settings }, steps);
    while (hundred.work(1)); // cut into many pieces
    const rates = [hundred.done.filter(({ isSolved }) => isSolved).length, 100];
    return { done: hundred.done, interval: intervalOf(...rates) };
  },

  address: (settings) => {
    const text = toAddress(settings);
    return { text, ...fromAddress(text) };
  },

  fromAddress,
  loss: (value) => fmtLoss(value),
  ticks: (given) => ticksBetween(...given),
  complaint: ([name, value]) => complaint(name, value),
};
