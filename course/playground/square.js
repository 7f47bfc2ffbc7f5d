// The large picture: a unit over the square of inputs, or the points in a hidden space.

import { h, write } from "./elements.js";
import { unitName } from "./diagram.js";
import { activate } from "./network.js";
import { contour, fmt, measure, paint, paintPoints, scaleOf, wiped } from "./paint.js";

const SHARE = 0.62; // of the square of a hidden space: where an activation of 1 stands

export class Square {
  constructor(session) {
    this.session = session;
    this.surface = h("canvas");
    this.lines = h("canvas", { class: "over" });
    this.points = h("canvas", { class: "over" });
    const words =
      "arrow keys move a point, Enter adds it to own points, Escape lets it go";
    this.element = h(
      "div",
      {
        class: "square",
        tabindex: 0,
        role: "application",
        "aria-label": `surface; ${words}`,
        onpointermove: (event) => this.isPinned || this.look(this.inputAt(event)),
        onpointerleave: () => this.isPinned || this.look(null),
        onpointerdown: (event) => this.press(event),
        onkeydown: (event) => this.key(event),
      },
      this.surface,
      this.lines,
      this.points,
    );
    this.low = h("span");
    this.high = h("span");
    this.readout = h("span", { class: "readout" });
    this.scale = h("div", { class: "scale", "aria-hidden": "true" }, this.low, h("i"), this.high); // prettier-ignore
  }

  get run() {
    return this.session.run;
  }

  layout() {
    this.side = this.element.clientWidth;
    this.key_ = null;
    for (const canvas of [this.lines, this.points]) measure(canvas);
  }

  // Pixels from the left and from the bottom, and back.
  pixels(value) {
    const { low, high } = this.run.data;
    return (this.side * (value - low)) / (high - low);
  }

  draw(surfaces, one, grey) {
    if (this.session.space !== null) return this.drawSpace(surfaces, one);
    const { run, session } = this;
    const [layer, unit] = session.shown;
    const isOutput = layer === run.sizes.length - 1;
    const values = surfaces.values(layer, unit);
    const levels = isOutput ? run.data.levels : [0];
    const scale = scaleOf(values, run.data, isOutput);
    paint(this.surface, surfaces.size, values, scale, session.discrete ? levels : null);
    write(this.low, fmt(scale.middle - scale.reach, 1));
    write(this.high, fmt(scale.middle + scale.reach, 1));
    const context = wiped(this.lines);
    context.save();
    this.strokeLevels(context, grey, levels, { strokeStyle: "#6b7480", dash: [6, 4] });
    this.strokeLevels(context, { surfaces, layer, unit }, levels, { strokeStyle: "#1b2430" }); // prettier-ignore
    context.restore();
    this.drawPoints();
    if (one) this.drawCross(context);
    const a = one && fmt(one.A[layer][unit], 3);
    const at = one && `(${session.probe.map((x) => fmt(x)).join(", ")}) → ${a}`;
    write(this.readout, one ? at : `line at ${levels.join(" and ")}`);
  }

  strokeLevels(context, of, levels, look) {
    if (!of) return;
    const scale = this.side / of.surfaces.size;
    context.setTransform(context.getTransform().scale(scale, scale));
    context.lineWidth = 1.7 / scale;
    context.strokeStyle = look.strokeStyle;
    context.setLineDash((look.dash ?? []).map((length) => length / scale));
    const values = of.surfaces.values(of.layer, of.unit);
    for (const level of levels) context.stroke(contour(values, level));
    context.setTransform(context.getTransform().scale(1 / scale, 1 / scale));
    context.setLineDash([]);
  }

  // They stand still while a network is trained.
  drawPoints() {
    const { run, side } = this;
    const key = `${side} ${devicePixelRatio}`;
    if (this.key_ === key) return;
    this.key_ = key;
    const place = (part, i) => [
      this.pixels(part.X[i]),
      side - this.pixels(part.X[part.n + i]),
    ];
    paintPoints(wiped(this.points), run.data, run.data.train.n < 9 ? 8 : 4, place);
  }

  drawCross(context) {
    const { side } = this;
    const [x, y] = this.session.probe.map((c) => this.pixels(c));
    context.strokeStyle = "rgba(27,36,48,.6)";
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, side);
    context.moveTo(0, side - y);
    context.lineTo(side, side - y);
    context.stroke();
  }

  // The points as a hidden layer sees them: the activations of two of its units are the
  // axes. The grid is the square of inputs, folded; with two units in the last hidden layer
  // the ground is what the output makes of each place.
  drawSpace(surfaces, one) {
    const { run, session, side } = this;
    const [layer, units] = [session.space + 1, session.axes];
    const all = units.map((unit) => surfaces.values(layer, unit));
    const reach = this.reachOf(run.activations[layer - 1], all);
    const at = (a) => (side / 2) * (1 + a / reach);
    this.paintGround(layer, reach);
    const context = wiped(this.lines);
    context.strokeStyle = "rgba(27,36,48,.35)";
    context.lineWidth = 1;
    context.beginPath();
    const { size } = surfaces;
    const folded = (i, isFirst) =>
      context[isFirst ? "moveTo" : "lineTo"](at(all[0][i]), side - at(all[1][i]));
    for (let line = 0; line < size; line += (size - 1) / 9)
      for (const [each, along] of [
        [size, 1],
        [1, size],
      ])
        for (let i = 0; i < size; i += 3)
          folded(Math.round(line) * each + i * along, !i);
    context.stroke();
    const place = (part, i) => {
      const A = run.parts[part === run.data.test ? "test" : "train"].net.A[layer];
      return [at(A[units[0] * part.n + i]), side - at(A[units[1] * part.n + i])];
    };
    this.key_ = null;
    const r = run.data.train.n < 9 ? 8 : 4;
    paintPoints(wiped(this.points), run.data, r, place);
    write(this.low, fmt(-reach, 1));
    write(this.high, fmt(reach, 1));
    const where = one && units.map((unit) => fmt(one.A[layer][unit])).join(", ");
    const axes = `→ unit ${units[0]}, ↑ unit ${units[1]}`;
    write(this.readout, one ? `seen as (${where})` : axes);
  }

  // From 0 to the edge: the same while it trains, where an activation has bounds.
  reachOf(activation, all) {
    if (["tanh", "sigmoid"].includes(activation)) return 1.15;
    const largest = all.map((values) => scaleOf(values, this.run.data, false).reach);
    return Math.max(...largest, 1) / SHARE / 1.4;
  }

  paintGround(layer, reach) {
    const { run } = this;
    const { W, b, nIn } = run.net.layers.at(-1);
    const isWhole = layer === run.sizes.length - 2 && nIn === 2;
    if (!this.ground || this.ground.length !== 2500)
      this.ground = new Float64Array(2500);
    const { ground } = this;
    const [v, w] = this.session.axes.map((unit) => run.p[W + unit]);
    for (let i = 0; i < 2500; i++) {
      const [x, y] = [i % 50, 49 - Math.floor(i / 50)].map((c) => reach * ((c + 0.5) / 25 - 1)); // prettier-ignore
      ground[i] = isWhole ? v * x + w * y + run.p[b] : 0;
    }
    const scale = { middle: 0, reach: 1 };
    if (!isWhole) return paint(this.surface, 50, ground, scale);
    activate(run.activations.at(-1), ground, ground);
    paint(this.surface, 50, ground, scaleOf(ground, run.data, true), this.session.discrete ? run.data.levels : null); // prettier-ignore
  }

  // Hands.

  look(probe) {
    this.session.look({ probe });
  }

  inputAt(event) {
    const box = this.element.getBoundingClientRect();
    const { low, high } = this.run.data;
    const x = low + ((high - low) * (event.clientX - box.left)) / box.width;
    return [x, high - ((high - low) * (event.clientY - box.top)) / box.height];
  }

  press(event) {
    const at = this.inputAt(event);
    if (this.isOwn) return this.session.dab(at);
    this.isPinned = !this.isPinned || event.pointerType === "touch";
    this.look(at);
  }

  get isOwn() {
    return this.run.settings.data === "own" && this.session.space === null;
  }

  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]; // prettier-ignore
    const { low, high } = this.run.data;
    if (event.key === "Enter" && this.isOwn && this.session.probe)
      return this.session.dab(this.session.probe);
    if (event.key === "Escape") this.isPinned = false;
    if (event.key === "Escape") return this.look(null);
    if (!by) return;
    event.preventDefault();
    this.isPinned = true;
    const from = this.session.probe ?? [(low + high) / 2, (low + high) / 2];
    const moved = from.map((x, i) => x + (by[i] * (high - low)) / 40);
    this.look(moved.map((x) => Math.min(high, Math.max(low, x))));
  }
}

export const titleOf = (run, [layer, unit]) => unitName(run, layer, unit)[1];
