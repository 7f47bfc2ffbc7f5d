// The page: controls around the network, the large picture, the loss and all numbers.

import { button, h, put, write } from "../page/elements.js";
import { Chart } from "./chart.js";
import { makeData } from "./data.js";
import { Diagram } from "./diagram.js";
import { CONTROLS, choices, icon, range, select } from "./fields.js";
import { Gradient } from "./gradient.js";
import { Surfaces, paintData } from "./paint.js";
import { Seeds } from "./seeds.js";
import { PACES } from "./session.js";
import { DEFAULTS, SPEC } from "./settings.js";
import { Square } from "./square.js";
import { Weights } from "./weights.js";
import { fmtStep, formulaOf, lineOf, nameOf, statusOf } from "./words.js";

const FINE = 100; // points along each side of the large picture
const COARSE = 50; // of the run in grey
const READABLE = 60; // milliseconds between numbers, since nobody reads faster
const SHARE = 10; // and these take a tenth of the time at most

const BELOW = ["formula", "numbers", "gradient", "seeds"]; // what may be below the network
const PANES = { numbers: "Numbers", gradient: "Gradient", seeds: "100 random starts" };

export class View {
  constructor(session, element) {
    this.session = session;
    this.drawn = 0; // pictures so far
    this.weights = new Weights(session);
    this.diagram = new Diagram(session, this.weights);
    this.gradient = new Gradient(session, this.weights);
    this.seeds = new Seeds(session);
    this.square = new Square(session);
    this.chart = new Chart(session);
    this.formula = h("p", { class: "formula", "data-part": "formula" });
    this.python = h("p", { class: "python", role: "status" }); // which trains here
    this.status = h("div", { class: "status" });
    this.spoken = h("div", { class: "spoken", role: "status" }); // when it stands still
    this.controls = {};
    this.sheet = h("div", { class: "sheet" }, this.makeBar(), this.makeRail());
    this.panes = { numbers: this.weights, gradient: this.gradient, seeds: this.seeds };
    const panes = Object.values(this.panes).map(({ element }) => element);
    this.below = h("div", { class: "below" }, this.formula, ...panes);
    const told = [this.python, this.status, this.spoken];
    this.sheet.append(this.diagram.element, this.makePictures(), this.below, ...told);
    const stop = ({ key }) => key === "Escape" && session.isTrying && session.stopSeeds();
    const props = { class: "playground", role: "group", "aria-label": "playground" };
    this.root = h("div", { ...props, onkeydown: stop }, this.sheet);
    this.root.view = this; // for tests
    element.append(this.root);
    this.listener = (what) => this.hear(what);
    session.listeners.add(this.listener);
    session.views++;
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
    if (--this.session.views) return;
    this.session.play(false); // nobody is looking
    this.session.isTrying = false;
  }

  hear(what) {
    if (what === "frame") return this.draw();
    if (what === "seeds") return this.seeds.draw();
    if (what === "settings") this.rebuild();
    cancelAnimationFrame(this.next); // one picture for everything since the last
    this.next = requestAnimationFrame(() => this.draw());
  }

  // The sessions that the bar moves.
  get sides() {
    const pair = this.root.closest(".course-side-by-side, [data-playgrounds]");
    const roots = pair?.querySelectorAll(".playground") ?? [this.root];
    return [...roots].map(({ view }) => view.session);
  }

  makeBar() {
    const { session } = this;
    const press = (name, label, action) =>
      button(icon(name), { class: `round ${name}`, "aria-label": label, title: label }, action);
    const each = (act) => {
      const all = this.sides;
      for (const one of all) act(Object.assign(one, { beside: all }));
    };
    const now = (action) => each((one) => one.play(false) || one.do(action));
    const pause = () => {
      const playing = this.sides.filter((one) => one.playing);
      each((one) => one.play(false));
      for (const one of playing) one.catchUp();
    };
    const step = () => (session.playing && session.beside[1] ? pause() : each((one) => one.step()));
    const play = () => (session.playing ? pause() : each((one) => one.play(true)));
    this.playButton = press("play", "Play", play);
    this.playButton.append(icon("pause")); // CSS shows one of them
    const goTo = (step) => now((run) => run.goTo(step));
    this.step = h("span", { class: "at" });
    this.scrub = range({ min: 0, "aria-label": "step" }, goTo);
    const title = "Keep this run in grey, to compare with the next one";
    const props = { class: "text", title, "data-part": "compare" };
    const compare = (on) => each((one) => one.compare(on));
    this.compare = button("Compare", props, () => compare(!session.grey));
    this.openers = {};
    for (const [name, label] of Object.entries(PANES)) {
      const open = (pane) => each((one) => one.look({ pane }));
      const toggle = () => open(session.pane === name ? "" : name);
      this.openers[name] = button(label, { class: "text", "data-part": name }, toggle);
    }
    const paces = Object.keys(PACES).map((name) => [name, name]);
    const go = (pace) => each((one) => Object.assign(one, { pace }));
    return h(
      "div",
      { class: "bar" },
      press("reset", "Reset: the very same start", () => now((run) => run.begin())),
      this.playButton,
      press("step", "One step", step),
      h("div", { class: "scrub", "data-part": "step" }, this.step, this.scrub),
      select("pace", "pace", go).offer(paces, session.pace),
      this.compare,
      ...Object.values(this.openers),
    );
  }

  makeRail() {
    const { session } = this;
    const rail = h("div", { class: "rail" });
    for (const [name, spec] of Object.entries(SPEC).filter(([, { control }]) => control)) {
      const set = (value) => session.change({ [name]: value });
      const content = name === "data" ? thumbOf : undefined;
      this.controls[name] = CONTROLS[spec.control](name, spec, set, content);
      if (spec.begins) rail.append(h("section", {}, h("b", {}, spec.begins)));
      rail.lastChild.append(this.controls[name]);
    }
    const options = { 0: "● 0", 1: "■ 1", erase: "erase", clear: "clear all" };
    this.brush = choices("brush", { label: "a click adds", options }, (brush) => {
      if (brush === "clear") return session.change({ points: [] });
      session.brush = brush;
      this.brush.show(brush);
    });
    this.brush.show(session.brush);
    this.controls.data.after(this.brush);
    return rail;
  }

  makePictures() {
    const { session, square, chart } = this;
    this.what = select("the large picture shows", undefined, (name) => {
      const space = ["output", "unit"].includes(name) ? null : +name;
      const chosen = name === "output" ? null : session.chosen;
      session.look({ space, axes: [0, 1], chosen });
      square.layout();
    });
    this.axes = ["unit across", "unit upwards"].map((label, i) =>
      select(label, undefined, (unit) => session.look({ axes: session.axes.with(i, +unit) })),
    );
    const check = () => session.look({ discrete: box.checked });
    const box = h("input", { type: "checkbox", onchange: check });
    const title = "Discrete: one colour for each class";
    const props = { class: "field", title, "data-part": "discrete" };
    const discrete = h("label", props, box, "classes");
    const head = h("div", { class: "head" }, this.what, ...this.axes, discrete);
    const under = h("div", { class: "under" }, square.scale, square.readout);
    this.loss = h("div", { class: "loss", "data-part": "loss" }, chart.legend, chart.canvas);
    const parts = [head, square.element, under, this.loss];
    return (this.pictures = h("div", { class: "pictures" }, ...parts));
  }

  // What changes with the settings.
  rebuild() {
    const { run } = this.session;
    for (const [name, control] of Object.entries(this.controls)) control.show(run.settings[name]);
    this.brush.hidden = run.settings.data !== "own";
    for (const name of ["noise", "test", "data_seed"])
      this.controls[name].inert = !run.data.isDrawn;
    // What may change during a run leaves the data as they are.
    if (this.surfaces?.data !== run.data) this.surfaces = new Surfaces(run, FINE);
    const key = JSON.stringify([run.sizes, run.settings.features]);
    if (this.key !== key) {
      this.key = key;
      this.weights.rebuild();
      this.diagram.rebuild();
    }
    this.diagram.showHeads();
    for (const part of run.settings.hide)
      for (const node of this.root.querySelectorAll(`[data-part="${part}"]`)) node.hidden = true;
    this.layout();
  }

  drawPane() {
    const { weights, gradient, seeds, session } = this;
    const { hide } = session.run.settings;
    for (const [name, { element }] of Object.entries(this.panes)) {
      const isOpen = session.pane === name && !hide.includes(name);
      put(element, "hidden", !isOpen);
      put(this.openers[name], "ariaExpanded", isOpen);
    }
    // If it came and went with the pointer, everything below would jump.
    const isBelow = !hide.includes("formula") && ["", "numbers"].includes(session.pane);
    put(this.formula, "hidden", !isBelow);
    Object.assign(weights, { wrong: [], opened: null });
    if (!gradient.element.hidden) gradient.draw();
    if (!seeds.element.hidden) seeds.draw();
    weights.draw();
  }

  layout() {
    const { settings } = this.session.run;
    const isWide = this.root.clientWidth >= 620; // as in CSS: more than one column
    const isHidden = (part) => settings.hide.includes(part);
    const isShort = BELOW.every(isHidden) && !isHidden("loss");
    const place = isShort && isWide ? this.below : this.pictures;
    if (this.loss.parentElement !== place) place.append(this.loss);
    this.sheet.classList.toggle("short", isShort);
    for (const part of [this.diagram, this.square, this.chart]) part.layout();
  }

  // What changes with each step.
  draw() {
    if (!this.square.side) return; // not on the page yet
    const started = performance.now();
    const { session, surfaces } = this;
    const { run } = session;
    surfaces.compute(run);
    const one = session.probe && run.over(Float64Array.from(session.probe)).forward(run.p);
    const losses = run.losses();
    this.diagram.draw(surfaces, one);
    this.square.draw(surfaces, one, this.greySurface());
    this.chart.draw(losses);
    write(this.formula, formulaOf(session, one));
    if (!session.playing || started > (this.paneDue ?? 0)) {
      const from = performance.now();
      this.drawPane();
      const now = performance.now();
      this.paneDue = now + Math.max(READABLE, SHARE * (now - from));
    }
    this.tell(losses);
    this.drawn++;
  }

  // The output of the run in grey at the same step, if this square shows it.
  greySurface() {
    const { grey, shown, run } = this.session;
    if (!grey) return null;
    grey.goTo(Math.min(run.step, grey.end));
    if (grey.settings.data !== run.settings.data || shown[0] !== run.sizes.length - 1) return null;
    const surfaces = (grey.surfaces ??= new Surfaces(grey, COARSE)); // its sizes stay
    surfaces.compute(grey);
    return surfaces;
  }

  tell(losses) {
    const { session } = this;
    const { run, playing } = session;
    write(this.step, `step ${fmtStep(run.step)}`);
    put(this.scrub, "max", run.end);
    if (+this.scrub.value !== run.step) this.scrub.value = run.step;
    put(this.compare, "ariaPressed", !!session.grey);
    for (const name of ["ariaLabel", "title"])
      put(this.playButton, name, playing ? "Pause" : "Play");
    this.tellLook();
    this.tellPython();
    write(this.status, statusOf(session, losses, !run.settings.hide.includes("loss")));
    this.status.classList.toggle("broken", run.divergedAt !== null);
    put(this.square.readout, "ariaLive", playing ? "off" : "polite");
    write(this.spoken, playing ? "Training." : statusOf(session, losses));
    if (!playing) this.chart.canvas.ariaLabel = `loss by step; ${lineOf(run.step, losses)}`;
  }

  tellPython() {
    const { python, told } = this.session;
    const late = python?.isLate ? " It isn't answering, so it is busy or gone." : "";
    write(this.python, told || (python ? `Python runs: ${python.by}.${late}` : ""));
  }

  // What the large picture shows, and what it may show.
  tellLook() {
    const { run, shown, space, axes } = this.session;
    const { hidden } = run.settings;
    const isOutput = shown[0] === run.sizes.length - 1;
    const spaces = hidden.flatMap((n, l) => (n > 1 ? [[l, `space of layer ${l}`]] : []));
    const unit = isOutput ? [] : [["unit", nameOf(run, shown)]];
    const now = space ?? (isOutput ? "output" : "unit");
    this.what.offer([["output", "output ŷ"], ...unit, ...spaces], now);
    const n = hidden[space] > 2 ? hidden[space] : 0; // CSS hides an empty menu
    this.axes.forEach((box, i) => {
      const units = Array.from({ length: n }, (_, unit) => [unit, `${"→↑"[i]} ${unit}`]);
      box.offer(units, axes[i]);
    });
  }
}

// A small picture of a kind of data, for its button.
function thumbOf(kind) {
  if (kind === "own") return "+";
  const canvas = h("canvas", { width: 76, height: 76, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const data = makeData({ ...DEFAULTS, data: kind, noise: 0.06, test: 0 });
  paintData(context, data, 76, data.train.n < 9 ? 11 : 3);
  return canvas;
}
