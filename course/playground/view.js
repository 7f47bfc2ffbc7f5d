// The page: controls around the network, the large picture, the loss and all numbers.

import { Chart } from "./chart.js";
import { featuresOf, makeData } from "./data.js";
import { Diagram } from "./diagram.js";
import { CONTROLS, button, choices, h, icon, put, select, write } from "./elements.js";
import { Formula } from "./formula.js";
import { Net } from "./network.js";
import { Surfaces, fmtLoss, paintPoints } from "./paint.js";
import { PACES } from "./session.js";
import { DEFAULTS, SPEC } from "./settings.js";
import { Square } from "./square.js";
import { Weights } from "./weights.js";

const FINE = 100; // points along each side of the large picture
const COARSE = 50; // of the run in grey
const READABLE = 60; // milliseconds between numbers: nobody reads them faster
const FEW = 45; // so many numbers have room below the network

// One line of numbers, as Playground.line() in Python.
export function lineOf(step, { train, test }) {
  if (train === null) return `step ${step}: no data`;
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
    this.status = h("div", { class: "status" });
    this.spoken = h("div", { class: "spoken", role: "status" }); // when it stands still
    this.controls = {};
    const sheet = h("div", { class: "sheet" }, this.makeBar(), this.makeRail());
    const below = h("div", { class: "below" }, this.formula.element, this.weights.element);
    sheet.append(this.diagram.element, this.makePictures(), below, this.status, this.spoken);
    const props = { class: "playground", role: "group" };
    this.root = h("div", { ...props, "aria-label": "playground" }, sheet);
    this.root.view = this; // for tests
    element.append(this.root);
    this.listener = (what) => this.hear(what);
    session.listeners.add(this.listener);
    this.observer = new ResizeObserver(() => {
      this.layout();
      this.draw();
    });
    for (const part of [this.diagram.element, this.square.element, this.chart.canvas])
      this.observer.observe(part);
    this.hear("settings");
  }

  close() {
    this.session.listeners.delete(this.listener);
    this.observer.disconnect();
    this.root.remove();
    if (!this.session.listeners.size) this.session.play(false); // nobody looks
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
      button(icon(name), { class: `round ${name}`, "aria-label": label, title: label }, action);
    const now = (action) => () => session.play(false) || session.do(action);
    this.playButton = press("play", "Play", () => session.play());
    this.step = h("span", { class: "at" });
    const goTo = now((run) => run.goTo(+this.scrub.value));
    const range = { type: "range", min: 0, "aria-label": "step" };
    this.scrub = h("input", { ...range, oninput: goTo });
    const paces = Object.keys(PACES).map((name) => [name, name]);
    const pace = select("pace", paces, (name) => (session.pace = name));
    pace.value = session.pace;
    const title = "Keep this run in grey, to compare the next one with";
    const props = { class: "text", title, "data-part": "compare" };
    this.compare = button("Compare", props, () => session.compare(!session.grey));
    this.numbers = button("Numbers", { class: "text", "data-part": "numbers" }, () => {
      this.isByHand = true;
      this.showNumbers(this.weights.element.hidden);
    });
    const [reset, step] = [now((run) => run.begin()), now((run) => run.train(1))];
    const buttons = [press("reset", "Reset: the very same start", reset), this.playButton];
    buttons.push(press("step", "One step", step));
    const scrub = h("div", { class: "scrub", "data-part": "step" }, this.step, this.scrub);
    pace.dataset.part = "pace";
    return h("div", { class: "bar" }, ...buttons, scrub, pace, this.compare, this.numbers);
  }

  makeRail() {
    const { session } = this;
    for (const [name, spec] of Object.entries(SPEC)) {
      if (!spec.control) continue;
      const set = this.setterOf(name);
      const content = name === "data" ? thumbOf : undefined;
      this.controls[name] = CONTROLS[spec.control](name, spec, set, content);
    }
    const options = { 0: "● 0", 1: "■ 1", erase: "erase", clear: "clear all" };
    this.brush = choices("brush", { label: "a click adds", options }, (brush) => {
      if (brush === "clear") return session.change({ points: [] });
      session.brush = brush;
      this.brush.show(brush);
    });
    this.brush.show(session.brush);
    const { data, ...others } = this.controls;
    return (this.rail = h("div", { class: "rail" }, data, this.brush, ...Object.values(others)));
  }

  setterOf(name) {
    const { session } = this;
    if (name === "data") return (kind) => session.chooseData(kind);
    if (name !== "features") return (value) => session.change({ [name]: value });
    return (feature) => {
      const now = this.session.run.settings.features;
      const all = Object.keys(SPEC.features.options);
      const features = all.filter((one) => now.includes(one) !== (one === feature));
      if (features.length) session.change({ features });
    };
  }

  makePictures() {
    const { session, square, chart } = this;
    this.what = select("the large picture shows", [], (name) => {
      const isSpace = name !== "output" && name !== "unit";
      const chosen = name === "output" ? null : session.chosen;
      session.look({ space: isSpace ? +name : null, axes: [0, 1], chosen });
      square.layout();
    });
    this.axes = [0, 1].map((i) =>
      select(i ? "unit upwards" : "unit across", [], (unit) =>
        session.look({ axes: session.axes.map((old, j) => (j === i ? +unit : old)) }),
      ),
    );
    const check = () => session.look({ discrete: box.checked });
    const box = h("input", { type: "checkbox", onchange: check });
    const title = "Discrete: only on which side of the line it is";
    const props = { class: "field", title, "data-part": "discrete" };
    this.discrete = h("label", props, box, "classes");
    const head = h("div", { class: "head" }, this.what, ...this.axes, this.discrete);
    const under = h("div", { class: "under" }, square.scale, square.readout);
    const loss = h("div", { class: "loss", "data-part": "loss" }, chart.legend, chart.canvas);
    return h("div", { class: "pictures" }, head, square.element, under, loss);
  }

  // What changes with the settings.

  rebuild() {
    const { run } = this.session;
    for (const [name, control] of Object.entries(this.controls)) control.show(run.settings[name]);
    const { data } = run.settings;
    this.brush.hidden = data !== "own";
    for (const name of ["noise", "test", "data_seed"])
      this.controls[name].inert = ["xor", "sum", "own"].includes(data); // nothing to draw
    this.surfaces = new Surfaces(run, FINE);
    this.one = new Net(run.sizes, run.activations, 1);
    const key = JSON.stringify([run.sizes, run.settings.features]);
    if (this.key !== key) {
      this.key = key;
      this.weights.rebuild();
      this.diagram.rebuild();
      const spaces = run.settings.hidden.flatMap((n, l) => (n > 1 ? [l] : []));
      const first = [
        ["output", "output ŷ"],
        ["unit", ""],
      ];
      this.what.offer([...first, ...spaces.map((l) => [l, `space of layer ${l}`])]);
      this.what.kept = null;
    }
    this.diagram.showHeads();
    this.hideParts();
    this.layout();
  }

  // What the settings hide.
  hideParts() {
    for (const part of this.session.run.settings.hide)
      for (const node of this.root.querySelectorAll(`[data-part="${part}"]`)) node.hidden = true;
    const isEmpty = [...this.rail.children].every((node) => node.hidden);
    this.root.classList.toggle("no-rail", isEmpty);
  }

  showNumbers(on) {
    this.weights.element.hidden = !on || this.session.run.settings.hide.includes("numbers");
    this.numbers.ariaExpanded = on;
  }

  layout() {
    const isFew = this.session.run.p.length <= FEW && this.root.clientWidth >= 620;
    if (!this.isByHand) this.showNumbers(isFew);
    for (const part of [this.diagram, this.square, this.chart]) part.layout();
  }

  // What changes with each step.

  draw() {
    if (!this.square.side) return; // not on the page yet
    const started = performance.now();
    const { session, surfaces } = this;
    const { run } = session;
    surfaces.net.forward(run.p, surfaces.inputs);
    const one = session.probe && this.atProbe();
    const losses = run.losses();
    this.diagram.draw(surfaces, one);
    this.square.draw(surfaces, one, this.greySurface());
    this.chart.draw(losses);
    this.formula.draw(one);
    if (!session.playing || started - (this.numbersAt ?? 0) > READABLE) {
      this.numbersAt = started;
      this.weights.draw();
    }
    this.tell(losses);
    this.drawn++;
  }

  // z and a of all units at the probe.
  atProbe() {
    const { one, session } = this;
    const { run } = session;
    const X = Float64Array.from(session.probe);
    one.activations = run.activations;
    one.forward(run.p, featuresOf(run.settings.features, X));
    return one;
  }

  // The output of the run in grey at the same step, if this square shows it.
  greySurface() {
    const { grey, shown, run } = this.session;
    if (!grey) return null;
    grey.goTo(Math.min(run.step, grey.end));
    if (grey.settings.data !== run.settings.data || shown[0] !== run.sizes.length - 1) return null;
    if (this.greyOf !== grey) this.greySurfaces = new Surfaces(grey, COARSE);
    this.greyOf = grey;
    this.greySurfaces.net.activations = grey.activations;
    this.greySurfaces.net.forward(grey.p, this.greySurfaces.inputs);
    return this.greySurfaces;
  }

  tell(losses) {
    const { session } = this;
    const { run } = session;
    write(this.step, `step ${run.step.toLocaleString("en")}`);
    put(this.scrub, "max", run.end);
    if (+this.scrub.value !== run.step) this.scrub.value = run.step;
    put(this.compare, "ariaPressed", !!session.grey);
    this.tellLook();
    const words = this.words(losses);
    write(this.status, words);
    this.status.classList.toggle("broken", run.divergedAt !== null);
    put(this.square.readout, "ariaLive", session.playing ? "off" : "polite");
    if (session.playing) return write(this.spoken, "It trains.");
    write(this.spoken, words);
    this.chart.canvas.ariaLabel = `loss by step; ${lineOf(run.step, losses)}`;
  }

  words(losses) {
    const { session } = this;
    const { run } = session;
    if (!run.data.train.n) return "No points yet: click into the picture to add some.";
    const line = lineOf(run.step.toLocaleString("en"), losses).replace("step", "Step");
    const words = `${line}. ${this.rightOnes()}`;
    if (run.divergedAt === null && !session.isSlowed) return words;
    if (run.divergedAt === null) return `The output jumps at each step, so few are shown. ${words}`;
    const why = `Diverged at step ${run.divergedAt}: its update was too large`;
    return `${why}, and the numbers exploded. Lower the learning rate, then Reset. ${words}`;
  }

  // How many points are on their side of the line.
  rightOnes() {
    const { data, parts } = this.session.run;
    if (data.isHeight) return "";
    const side = (value) => data.levels.filter((level) => value > level).length;
    const count = ({ net, Y }) => {
      const right = net.output.filter((value, i) => side(value) === side(Y[i])).length;
      return `${right} of ${Y.length} (${Math.round((100 * right) / Y.length)} %)`;
    };
    const test = parts.test ? `, and ${count(parts.test)} of the test` : "";
    return `Correct: ${count(parts.train)}${test}.`;
  }

  tellLook() {
    const { session } = this;
    const { run } = session;
    const isOutput = session.shown[0] === run.sizes.length - 1;
    write(this.what.options[1], this.diagram.wordsFor(session.shown));
    put(this.what.options[1], "hidden", isOutput);
    put(this.what, "value", session.space ?? (isOutput ? "output" : "unit"));
    const key = [session.playing, session.space, session.axes].join();
    if (this.lookKey === key) return;
    this.lookKey = key;
    const words = session.playing ? "Pause" : "Play";
    this.playButton.replaceChildren(icon(words.toLowerCase()));
    this.playButton.ariaLabel = this.playButton.title = words;
    const n = run.settings.hidden[session.space] ?? 0;
    this.discrete.hidden = n > 2 || run.settings.hide.includes("discrete");
    this.axes.forEach((box, i) => {
      box.hidden = n < 3;
      box.offer(Array.from({ length: n }, (_, unit) => [unit, `${"→↑"[i]} ${unit}`]));
      box.value = session.axes[i];
    });
  }
}

// A small picture of a kind of data, for its button.
function thumbOf(kind) {
  const canvas = h("canvas", { width: 76, height: 76, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  if (kind === "own") {
    context.fillStyle = "#1b2430";
    context.fillRect(34, 14, 8, 48);
    context.fillRect(14, 34, 48, 8);
    return canvas;
  }
  const data = makeData({ ...DEFAULTS, data: kind, noise: 0.06, test: 0 });
  const at = (x) => (76 * (x - data.low)) / (data.high - data.low);
  const place = ({ X, n }, i) => [at(X[i]), 76 - at(X[n + i])];
  paintPoints(context, data, data.train.n < 9 ? 11 : 3, place);
  return canvas;
}
