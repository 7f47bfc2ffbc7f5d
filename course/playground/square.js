// The large picture: a unit over the square of inputs, and a point that is looked at.

import { h, write } from "./elements.js";
import { GREY, contour, fmt, measure, paint, paintPoints, scaleOf, wiped } from "./paint.js";
import { Space } from "./space.js";

const HANDS = "surface; arrow keys move a point, Escape lets it go";
const RIM = { strokeStyle: "#fff", fillStyle: "#1b2430", lineWidth: 4, lineJoin: "round" };
const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export class Square {
  constructor(session) {
    this.session = session;
    this.space = new Space(session);
    [this.surface, this.lines, this.points] = [0, 1, 2].map(() => h("canvas"));
    const hands = {
      onpointermove: (event) => this.isPinned || this.look(this.inputAt(event)),
      onpointerleave: () => this.isPinned || this.look(null),
      onpointerdown: (event) => this.press(event),
      onkeydown: (event) => this.key(event),
    };
    const props = { class: "square", tabindex: 0, role: "application", ...hands };
    const canvases = [this.surface, this.lines, this.points];
    this.element = h("div", { ...props, "aria-label": HANDS }, ...canvases);
    [this.low, this.high, this.readout] = [0, 1, 2].map(() => h("span"));
    const bar = [this.low, h("i"), this.high];
    this.scale = h("div", { class: "scale", "aria-hidden": "true" }, ...bar);
  }

  layout() {
    this.side = this.element.clientWidth;
    this.isFresh = false; // the points
    for (const canvas of [this.lines, this.points]) measure(canvas);
    const more = { 0: "adds a circle", 1: "adds a square", erase: "erases the nearest point" };
    const enter = this.isOwn ? `, Enter ${more[this.session.brush]}` : "";
    this.element.ariaLabel = `${HANDS}${enter}`;
  }

  // Where an input stands: pixels from the left or from the bottom.
  pixels(input) {
    const { low, high } = this.session.run.data;
    return (this.side * (input - low)) / (high - low);
  }

  draw(surfaces, one, grey) {
    const { session, side } = this;
    const { run } = session;
    const context = wiped(this.lines);
    if (session.space !== null) {
      this.isFresh = false;
      return this.space.draw(this, context, surfaces, one);
    }
    const [layer, unit] = session.shown;
    const isOutput = layer === run.sizes.length - 1;
    const values = surfaces.values(layer, unit);
    const levels = isOutput ? run.data.levels : [0];
    const scale = scaleOf(values, run.data, isOutput);
    paint(this.surface, surfaces.size, values, scale, session.discrete ? levels : null);
    this.tellScale(scale.middle - scale.reach, scale.middle + scale.reach);
    if (grey) {
      const ofGrey = grey.values(grey.net.A.length - 1, 0);
      this.stroke(context, ofGrey, levels, GREY, 4);
    }
    this.stroke(context, values, levels, "#1b2430", 1.7);
    this.drawPoints();
    this.drawTicks(
      context,
      run.data.high < 2 ? [0, 1] : [-3, 0, 3],
      (x) => this.pixels(x),
      "x0",
      "x1",
    );
    if (!one) return write(this.readout, `line at ${levels.join(" and ")}`);
    const [x, y] = session.probe.map((input) => this.pixels(input));
    context.fillStyle = "rgba(27,36,48,.6)";
    const width = this.isPinned ? 2 : 1; // held, or only pointed at
    context.fillRect(x - width / 2, 0, width, side);
    context.fillRect(0, side - y - width / 2, side, width);
    const at = session.probe.map((input) => fmt(input)).join(", ");
    write(this.readout, `(${at}) → ${fmt(one.A[layer][unit], 3)}`);
  }

  // The axes, within the picture: numbers along two edges, and a name at each end.
  drawTicks(context, ticks, place, across, upwards) {
    const { side } = this;
    const say = (text, x, y, align) => {
      Object.assign(context, RIM, { textAlign: align, font: "15px system-ui, sans-serif" });
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    };
    for (const tick of ticks) {
      const text = String(tick).replace("-", "−");
      say(text, place(tick), side - 5, "center");
      if (tick !== ticks[0]) say(text, 5, side - place(tick) + 5, "left");
    }
    say(`${across} →`, side - 5, side - 24, "right");
    say(`↑ ${upwards}`, 22, 17, "left");
  }

  tellScale(low, high) {
    write(this.low, fmt(low, 1));
    write(this.high, fmt(high, 1));
  }

  stroke(context, values, levels, color, width) {
    const scale = this.side / Math.sqrt(values.length);
    context.save();
    context.scale(scale, scale);
    context.strokeStyle = color;
    context.lineWidth = width / scale;
    for (const level of levels) context.stroke(contour(values, level));
    context.restore();
  }

  // They stand still while a network is trained.
  drawPoints() {
    if (this.isFresh) return;
    this.isFresh = true;
    const { data } = this.session.run;
    paintPoints(wiped(this.points), data, data.train.n < 9 ? 8 : 4, ({ X, n }, i) => [
      this.pixels(X[i]),
      this.side - this.pixels(X[n + i]),
    ]);
  }

  // Hands.

  look(probe) {
    this.session.look({ probe });
  }

  inputAt(event) {
    const box = this.element.getBoundingClientRect();
    const { low, high } = this.session.run.data;
    const x = low + ((high - low) * (event.clientX - box.left)) / box.width;
    return [x, high - ((high - low) * (event.clientY - box.top)) / box.height];
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
