// The page: controls around the network, the large picture, the loss and all numbers.

import { Chart } from "./chart.js";
import { makeData } from "./data.js";
import { Diagram } from "./diagram.js";
import { button, choices, dial, h, icon, menu, slider, write } from "./elements.js";
import { Formula } from "./formula.js";
import { Net } from "./network.js";
import { Surfaces, fmtLoss, paintPoints } from "./paint.js";
import { featuresOf } from "./data.js";
import { PACES } from "./session.js";
import { DEFAULTS, SPEC } from "./settings.js";
import { Square, titleOf } from "./square.js";
import { Weights } from "./weights.js";

const FINE = 100; // points along each side of the large picture
const COARSE = 50; // while something moves, on a machine that is too slow for the fine one
const TOO_SLOW = 14; // milliseconds for a picture
const READABLE = 60; // milliseconds between numbers: nobody reads them faster
const SPOKEN = 500;

const KINDS = {
  xor: "XOR, four corners",
  sum: "sum, four corners",
  xor_clouds: "XOR in clouds",
  circles: "circles",
  spirals: "spirals",
  gaussians: "two Gaussian clouds",
  plane: "regression: a plane",
  hills: "regression: hills, Gaussian",
  own: "own points: click into the picture",
};
const RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10];
const PENALTIES = { 0: 0, 0.0001: 1e-4, 0.001: 1e-3, 0.01: 1e-2, 0.1: 0.1 };
const BATCHES = { 1: 1, 2: 2, 5: 5, 10: 10, 30: 30, all: 0 };

// One line of numbers, as Playground.line() in Python.
export function lineOf(step, { train, test }) {
  const more = test === null ? "" : `, ${fmtLoss(test)} on the test data`;
  return `step ${step}: loss ${fmtLoss(train)} on the training data${more}`;
}

export class View {
  constructor(session, element) {
    this.session = session;
    this.drawn = 0; // pictures so far
    this.weights = new Weights(session);
    this.diagram = new Diagram(session, this.weights);
    this.square = new Square(session);
    this.chart = new Chart(session);
    this.formula = new Formula(session);
    this.status = h("div", { class: "status", role: "status" });
    this.controls = [];
    this.bar = this.makeBar();
    this.rail = this.makeRail();
    this.root = h("div", { class: "playground course-panel", role: "group" });
    this.root.setAttribute("aria-label", "playground");
    this.root.append(
      h(
        "div",
        { class: "sheet" },
        ...[this.bar, this.rail, this.diagram.element, this.makePictures()],
        h("div", { class: "below" }, this.formula.element, this.weights.element),
        this.status,
      ),
    );
    this.root.view = this; // for tests
    element.append(this.root);
    this.hidePart();
    this.listener = (what) => this.hear(what);
    session.listeners.add(this.listener);
    this.observer = new ResizeObserver(() => {
      this.layout();
      this.draw();
    });
    for (const part of [this.diagram, this.square]) this.observer.observe(part.element);
    this.observer.observe(this.chart.canvas);
    this.hear("settings");
  }

  close() {
    this.session.listeners.delete(this.listener);
    this.observer.disconnect();
    this.root.remove();
  }

  get run() {
    return this.session.run;
  }

  // What a link or Python hides.
  hidePart() {
    for (const part of this.run.settings.hide)
      for (const node of this.root.querySelectorAll(`[data-part="${part}"]`))
        node.hidden = true;
    const visible = (node) => !node.hidden && node.dataset.part;
    this.root.classList.toggle("no-rail", ![...this.rail.children].some(visible));
  }

  hear(what) {
    if (what === "frame") return this.draw();
    if (what === "settings") this.rebuild();
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  // What stands still.

  makeBar() {
    const { session } = this;
    const press = (name, label, action) =>
      button(
        icon(name),
        { class: `round ${name}`, "aria-label": label, title: label },
        action,
      );
    const now = (action) => () => {
      session.play(false);
      session.do(action);
    };
    this.playButton = press("play", "Play", () => session.play());
    this.step = h("output", { class: "at" });
    this.scrub = h("input", {
      type: "range",
      min: 0,
      "aria-label": "step",
      oninput: () => now((run) => run.goTo(+this.scrub.value))(),
    });
    const pace = menu("pace", "pace", keysOf(PACES), () => session.pace, (name) => {
      session.pace = name;
    }); // prettier-ignore
    this.compare = button("Compare", { class: "text", "data-part": "compare" }, () =>
      session.compare(!session.grey),
    );
    this.compare.title = "Keep this run in grey, to compare the next one with";
    this.controls.push(pace);
    return h(
      "div",
      { class: "bar" },
      press(
        "reset",
        "Reset: the very same start",
        now((run) => run.begin()),
      ),
      this.playButton,
      press(
        "step",
        "One step",
        now((run) => run.train(1)),
      ),
      ...[this.step, this.scrub, pace, this.compare, this.weights.toggle()],
    );
  }

  makeRail() {
    const { session } = this;
    const get = (name) => () => this.run.settings[name];
    const set = (name) => (value) => session.change({ [name]: value });
    const both = (name) => [get(name), set(name)];
    const kinds = Object.entries(KINDS).map(([kind, words]) => [words, kind, thumbOf(kind)]); // prettier-ignore
    const brushes = [["add a circle: 0", 0, "● 0"], ["add a square: 1", 1, "■ 1"], ["erase", "erase"]]; // prettier-ignore
    this.brush = choices("a click into the picture", "brush", brushes, () => session.brush, (brush) => {
      session.look({ brush });
      this.brush.show();
    }); // prettier-ignore
    const percent = (x) => `${Math.round(100 * x)} %`;
    const features = SPEC.features.options.map((f) => [f, f, niceName(f)]);
    const toggle = (feature) => {
      const now = this.run.settings.features;
      const all = SPEC.features.options.filter(
        (f) => now.includes(f) !== (f === feature),
      );
      if (all.length) session.change({ features: all });
    };
    const seeds = Array.from({ length: 100 }, (_, i) => i);
    const penalties = h(
      "div",
      { class: "pair", "data-part": "penalties" },
      ...["l1", "l2"].map((name) =>
        menu(name.toUpperCase(), name, PENALTIES, ...both(name)),
      ),
    );
    const fields = [
      choices("data", "data", kinds, get("data"), (kind) => session.chooseData(kind)),
      this.brush,
      slider("noise", "noise", [0, 0.5, 0.05], (x) => x.toFixed(2), ...both("noise")),
      slider("test share", "test", [0, 0.5, 0.1], percent, ...both("test")),
      menu("batch", "batch", BATCHES, ...both("batch")),
      choices("inputs", "features", features, get("features"), toggle),
      dial(
        "learning rate",
        "learning_rate",
        SPEC.learning_rate,
        RATES,
        ...both("learning_rate"),
      ),
      penalties,
      menu("first weights", "scheme", keysOf(SPEC.scheme.options), ...both("scheme")),
      dial("seed", "seed", SPEC.seed, seeds, ...both("seed")),
    ];
    this.controls.push(...fields, ...penalties.children);
    return h("div", { class: "rail" }, ...fields);
  }

  makePictures() {
    const { session, square } = this;
    this.what = h("select", { "aria-label": "the large picture shows" });
    this.what.addEventListener("change", () => {
      const space = this.what.value === "" ? null : +this.what.value;
      session.look({ space, axes: [0, 1] });
      square.layout();
    });
    this.axes = [0, 1].map((i) => {
      const box = h("select", { "aria-label": i ? "unit upwards" : "unit across" });
      box.addEventListener("change", () => {
        const axes = session.axes.map((unit, j) => (j === i ? +box.value : unit));
        session.look({ axes });
      });
      return box;
    });
    const discrete = h("input", {
      type: "checkbox",
      onchange: () => session.look({ discrete: discrete.checked }),
    });
    const classes = h("label", { class: "field", "data-part": "discrete" }, discrete, "classes"); // prettier-ignore
    classes.title = "Discrete: on which side of the line an output is";
    return h(
      "div",
      { class: "pictures" },
      h("div", { class: "head" }, this.what, ...this.axes, classes),
      square.element,
      h("div", { class: "under" }, square.scale, square.readout),
      h(
        "div",
        { class: "loss", "data-part": "loss" },
        h("div", { class: "head" }, h("h3", {}, "Loss"), this.chart.legend),
        this.chart.canvas,
      ),
    );
  }

  // What changes with the settings.
  rebuild() {
    const { run } = this;
    for (const control of this.controls) control.show?.();
    this.brush.hidden = run.settings.data !== "own";
    this.surfaces = {
      [FINE]: new Surfaces(run, FINE),
      [COARSE]: new Surfaces(run, COARSE),
    };
    this.one = new Net(run.sizes, run.activations, 1);
    const key = JSON.stringify([run.sizes, run.settings.features]);
    if (this.key !== key) {
      this.key = key;
      this.weights.rebuild();
      this.diagram.rebuild();
      this.showSpaces();
    }
    this.diagram.showHeads();
    this.hidePart();
    this.layout();
  }

  showSpaces() {
    const { hidden } = this.run.settings;
    const spaces = hidden.map((n, l) => [n, l]).filter(([n]) => n > 1);
    this.what.replaceChildren(
      (this.overInputs = h("option", { value: "" }, "output ŷ")),
      ...spaces.map(([, l]) => h("option", { value: l }, `space of layer ${l}`)),
    );
  }

  layout() {
    const isBig = this.run.p.length > 45 || this.root.clientWidth < 620;
    if (!this.weights.byHand) this.weights.show(this.weights.press, !isBig);
    for (const part of [this.diagram, this.square, this.chart]) part.layout();
    this.isLaidOut = this.square.side > 0;
  }

  // What changes with each step.
  draw() {
    if (!this.isLaidOut) return; // not on the page yet
    const started = performance.now();
    const { run, session } = this;
    const isMoving = session.playing || started - (this.drawnAt ?? 0) < 150;
    if (!isMoving) this.slow = 0; // so many slow pictures in a row
    const surfaces = this.surfaces[this.slow > 5 ? COARSE : FINE];
    surfaces.compute(run);
    const one = session.probe && this.atProbe();
    const losses = run.losses();
    this.diagram.draw(surfaces, one);
    this.square.draw(surfaces, one, this.drawGrey());
    this.chart.draw(losses);
    this.formula.draw(one);
    if (!session.playing || started - (this.numbersAt ?? 0) > READABLE) {
      this.numbersAt = started;
      this.weights.draw();
    }
    this.tell(losses);
    this.drawnAt = performance.now();
    const took = this.drawnAt - started;
    if (surfaces.size === FINE) this.slow = took > TOO_SLOW ? this.slow + 1 : 0;
    clearTimeout(this.refine); // back to the fine one, when all stands still
    if (surfaces.size === COARSE)
      this.refine = setTimeout(() => session.playing || this.hear("look"), 200);
    this.size = surfaces.size;
    this.drawn++;
  }

  atProbe() {
    const { run, one } = this;
    one.activations = run.activations;
    one.forward(
      run.p,
      featuresOf(run.settings.features, Float64Array.from(this.session.probe)),
    );
    return one;
  }

  // The run in grey, at the same step, if it can be seen on this square.
  drawGrey() {
    const { grey } = this.session;
    if (!grey) return null;
    grey.goTo(Math.min(this.run.step, grey.end));
    if (grey.data.high !== this.run.data.high) return null;
    if (this.greyOf !== grey) {
      this.greyOf = grey;
      this.greySurfaces = new Surfaces(grey, COARSE);
    }
    const [layer] = this.session.shown;
    if (layer !== this.run.sizes.length - 1) return null;
    this.greySurfaces.net.activations = grey.activations;
    this.greySurfaces.compute(grey);
    return { surfaces: this.greySurfaces, layer: grey.sizes.length - 1, unit: 0 };
  }

  tell(losses) {
    const { run, session } = this;
    write(this.step, `step ${run.step.toLocaleString("en")}`);
    if (+this.scrub.max !== run.end) this.scrub.max = run.end;
    if (+this.scrub.value !== run.step) this.scrub.value = run.step;
    this.tellLook();
    const time = performance.now();
    if (session.playing && time - (this.told ?? 0) < SPOKEN) return;
    this.told = time;
    const live = session.playing ? "off" : "polite";
    if (this.status.ariaLive !== live) this.status.ariaLive = live;
    write(this.status, this.words(losses));
    this.chart.canvas.ariaLabel = `loss by step: ${lineOf(run.step, losses)}`;
    this.square.surface.ariaLabel = titleOf(run, session.shown);
  }

  words(losses) {
    const { run } = this;
    const at = run.divergedAt;
    if (!run.data.train.n) return "No points yet: click into the picture to add some.";
    const words = `${lineOf(run.step, losses)}.${this.rightOnes()}`;
    const line = words[0].toUpperCase() + words.slice(1);
    if (at === null) return line;
    return `Diverged at step ${at}: its update was too large, and numbers exploded. Lower the learning rate, then Reset. ${line}`; // prettier-ignore
  }

  // How many points are on their side of the line.
  rightOnes() {
    const { data, parts } = this.run;
    if (data.middle === 0) return "";
    const side = (value) => data.levels.filter((level) => value > level).length;
    const count = ({ net, Y }) => {
      const right = net.output.filter((value, i) => side(value) === side(Y[i])).length;
      return `${right} of ${Y.length}`;
    };
    const test = parts.test ? ` and ${count(parts.test)}` : "";
    return ` On the right side of the line: ${count(parts.train)}${test}.`;
  }

  tellLook() {
    const { session, run } = this;
    const name = session.playing ? "pause" : "play";
    if (this.playButton.dataset.is !== name) {
      this.playButton.dataset.is = name;
      this.playButton.replaceChildren(icon(name));
      this.playButton.ariaLabel = this.playButton.title = session.playing
        ? "Pause"
        : "Play";
    }
    const isGrey = String(!!session.grey);
    if (this.compare.ariaPressed !== isGrey) this.compare.ariaPressed = isGrey;
    write(this.overInputs, titleOf(run, session.shown));
    const space = session.space ?? "";
    if (this.what.value !== String(space)) this.what.value = space;
    const key = `${space} ${session.axes}`;
    if (this.axesKey === key) return;
    this.axesKey = key;
    const n = session.space === null ? 0 : run.settings.hidden[session.space];
    this.axes.forEach((box, i) => {
      box.hidden = n < 3;
      const units = Array.from({ length: n }, (_, unit) => unit);
      const arrow = i ? "↑" : "→";
      box.replaceChildren(
        ...units.map((u) => h("option", { value: u }, `${arrow} ${u}`)),
      );
      box.value = session.axes[i];
    });
  }
}

const keysOf = (names) =>
  Object.fromEntries([Array.isArray(names) ? names : Object.keys(names)].flat().map((name) => [name, name])); // prettier-ignore

// A small picture of a kind of data, for its button.
function thumbOf(kind) {
  const canvas = h("canvas", { width: 76, height: 76, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  if (kind === "own") {
    Object.assign(context, { font: "bold 60px sans-serif", fillStyle: "#1b2430" });
    Object.assign(context, { textAlign: "center", textBaseline: "middle" });
    context.fillText("+", 38, 40);
    return canvas;
  }
  const data = makeData({ ...DEFAULTS, data: kind, noise: 0.06, test: 0 });
  const at = (x) => (76 * (x - data.low)) / (data.high - data.low);
  const place = ({ X, n }, i) => [at(X[i]), 76 - at(X[n + i])];
  paintPoints(context, data, data.train.n < 9 ? 11 : 3, place);
  return canvas;
}

const niceName = (feature) =>
  h("span", {}, feature.replace("^2", "²").replace("*", "·"));
