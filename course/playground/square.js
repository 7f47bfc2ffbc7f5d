// The large picture: a unit over the square of inputs, and the point looked at.

import { REACH, pixelsIn } from "./data.js";
import { h, write } from "../page/elements.js";
import { activate } from "./network.js";
import { GREY, INK, measure, paint, paintData, paintPoints, spot, stroke, wiped } from "./paint.js";
import { fmt } from "./words.js";

const HANDS = "surface; arrow keys move a point, Escape lets it go";
const BOUNDED = ["tanh", "sigmoid"];
const SIDE = 50; // points of the ground of a space along each side
const ground = new Float64Array(SIDE * SIDE);
const DABS = { 0: "adds a circle", 1: "adds a square", erase: "erases the nearest point" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Square {
  constructor(session) {
    this.session = session;
    [this.surface, this.lines, this.points] = [0, 1, 2].map(() => h("canvas"));
    this.axes = h("div", { "aria-hidden": "true" });
    const layers = [this.surface, this.lines, this.axes, this.points];
    const hands = {
      onpointermove: (event) => this.isPinned || this.look(this.inputAt(event)),
      onpointerleave: () => this.isPinned || this.look(null),
      onpointerdown: (event) => this.press(event),
      onkeydown: (event) => this.key(event),
    };
    const props = { class: "square", tabindex: 0, role: "application", ...hands };
    this.element = h("div", { ...props, "aria-label": HANDS }, ...layers);
    [this.low, this.high, this.readout] = [0, 1, 2].map(() => h("span"));
    const bar = [this.low, h("i"), this.high];
    this.scale = h("div", { class: "scale", "aria-hidden": "true" }, ...bar);
  }

  layout() {
    this.side = this.element.clientWidth;
    this.isFresh = false; // the points
    for (const canvas of [this.lines, this.points]) measure(canvas);
    this.element.ariaLabel = this.isOwn ? `${HANDS}, Enter ${DABS[this.session.brush]}` : HANDS;
  }

  draw(surfaces, one, grey) {
    const { session, element } = this;
    const isSpace = session.space !== null;
    const draw = isSpace ? this.drawSpace : this.drawSurface;
    write(this.readout, draw.call(this, wiped(this.lines), surfaces, one, grey));
    if (isSpace) this.isFresh = false;
    spot(element, session.run.data, isSpace ? null : session.probe);
    element.classList.toggle("pinned", !!this.isPinned); // held, not only pointed at
  }

  // Returns what to say about it.
  drawSurface(context, surfaces, one, grey) {
    const { run, shown, probe, discrete } = this.session;
    const [layer, unit] = shown;
    const picture = surfaces.picture(layer, unit);
    const { values, levels, line, middle, reach } = picture;
    paint(this.surface, Math.sqrt(values.length), picture, discrete);
    this.tellScale(middle - reach, middle + reach);
    const ofGrey = grey?.picture(grey.net.layers.length, 0).line;
    if (grey) stroke(context, this.side, ofGrey, GREY, 4);
    stroke(context, this.side, line, INK, 1.7);
    this.drawPoints(run.data);
    const ticks = run.data.high < 2 ? [0, 1] : [-REACH, 0, REACH];
    this.showAxes(ticks, pixelsIn(run.data, 1), ["x0", "x1"]);
    if (!one) return `line at ${levels.join(" and ")}`;
    const place = probe.map((input) => fmt(input)).join(", ");
    return `(${place}) → ${fmt(one.A[layer][unit], 3)}`;
  }

  // A hidden space: the points as a hidden layer sees them. The axes are the activations of
  // two of its units; the grid is the square of inputs, folded. Where these two are all of
  // the last hidden layer, the ground is what the output makes of each place.
  drawSpace(context, surfaces, one) {
    const { run, axes, space } = this.session;
    const { side } = this;
    const layer = space + 1;
    const [across, upwards] = axes.map((unit) => surfaces.picture(layer, unit));
    const isBounded = BOUNDED.includes(run.activations[space]);
    const reach = 1.15 * (isBounded ? 1 : Math.max(across.reach, upwards.reach, 1));
    const place = (x, y) => [(side / 2) * (1 + x / reach), (side / 2) * (1 - y / reach)];
    paintGround(this.surface, this.session, surfaces, reach);
    drawGrid(context, (i) => place(across.values[i], upwards.values[i]), across.values.length);
    paintPoints(wiped(this.points), run.data, (part, i) => {
      const A = run.parts[part === run.data.test ? "test" : "train"].net.A[layer];
      return place(...axes.map((unit) => A[unit * part.n + i]));
    });
    const names = axes.map((unit) => `unit ${unit}`);
    this.showAxes(isBounded ? [-1, 0, 1] : [0], (x) => (1 + x / reach) / 2, names);
    this.tellScale(-reach, reach);
    if (!one) return `how layer ${space} sees the points`;
    return `it is at (${axes.map((unit) => fmt(one.A[layer][unit])).join(", ")})`;
  }

  // The axes, within the picture: numbers along two edges, where hardly any points are, and a
  // name before the last.
  showAxes(ticks, share, [across, upwards]) {
    const key = String([ticks.map(share), across, upwards]);
    if (this.shownAxes === key) return;
    this.shownAxes = key;
    const put = (tag, side, at, text) => h(tag, { class: side, style: `--at:${at}` }, text);
    const say = (side) => (tick) => put("span", side, share(tick), `${tick}`.replace("-", "−"));
    const at = ticks.length > 1 ? share((ticks.at(-2) + ticks.at(-1)) / 2) : 0.75;
    this.axes.replaceChildren(
      ...ticks.map(say("across")),
      ...ticks.slice(1).map(say("upwards")),
      put("b", "across", at, `${across} →`),
      put("b", "upwards", at, `${upwards} →`), // CSS turns it
    );
  }

  tellScale(low, high) {
    write(this.low, fmt(low, 1));
    write(this.high, fmt(high, 1));
  }

  // They stand still while a network is trained.
  drawPoints(data) {
    if (this.isFresh) return;
    this.isFresh = true;
    paintData(wiped(this.points), data, this.side);
  }

  look(probe) {
    this.session.look({ probe });
  }

  inputAt({ offsetX, offsetY }) {
    const { low, high } = this.session.run.data;
    return [offsetX, this.side - offsetY].map((at) => low + ((high - low) * at) / this.side);
  }

  get isOwn() {
    return this.session.run.settings.data === "own" && this.session.space === null;
  }

  press(event) {
    const at = this.inputAt(event);
    if (this.isOwn) return this.session.dab(at);
    this.isPinned = !this.isPinned || event.pointerType === "touch";
    this.look(at);
  }

  key(event) {
    const { probe } = this.session;
    const { low, high } = this.session.run.data;
    if (event.key === "Enter" && this.isOwn && probe) return this.session.dab(probe);
    if (event.key === "Escape") this.isPinned = false;
    if (event.key === "Escape") return this.look(null);
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    this.isPinned = true;
    const from = probe ?? [(low + high) / 2, (low + high) / 2];
    const moved = from.map((x, i) => x + (by[i] * (high - low)) / 40);
    this.look(moved.map((x) => Math.min(high, Math.max(low, x))));
  }
}

function paintGround(surface, { run, axes, space, discrete }, surfaces, reach) {
  const { W, b, nIn } = run.net.layers.at(-1);
  const isWhole = space === run.settings.hidden.length - 1 && nIn === 2;
  if (!isWhole) return paint(surface, SIDE, { values: ground.fill(0), middle: 0, reach: 1 });
  const [v, w] = axes.map((unit) => run.p[W + unit]);
  const input = (i) => reach * ((2 * i + 1) / SIDE - 1);
  for (let i = 0, row = SIDE - 1; row >= 0; row--)
    for (let column = 0; column < SIDE; column++, i++)
      ground[i] = v * input(column) + w * input(row) + run.p[b];
  activate(run.activations.at(-1), ground, ground);
  paint(surface, SIDE, { ...surfaces.picture(space + 2, 0), values: ground }, discrete);
}

function drawGrid(context, at, count) {
  const size = Math.sqrt(count);
  context.strokeStyle = "rgba(27,36,48,.35)";
  context.lineWidth = 1;
  context.beginPath();
  for (let line = 0; line <= 9; line++) {
    const from = Math.round((line * (size - 1)) / 9);
    for (let i = 0; i < size; i += 3) context[i ? "lineTo" : "moveTo"](...at(from * size + i));
    for (let i = 0; i < size; i += 3) context[i ? "lineTo" : "moveTo"](...at(i * size + from));
  }
  context.stroke();
}
