// A hidden space: the points as a hidden layer sees them. The axes are the activations of
// two of its units; the grid is the square of inputs, folded. Where these two are all of
// the last hidden layer, the ground is what the output makes of each place.

import { write } from "./elements.js";
import { activate } from "./network.js";
import { fmt, paint, paintPoints, scaleOf, wiped } from "./paint.js";

const GROUND = 50; // points along each side
const BOUNDED = ["tanh", "sigmoid"];

export class Space {
  constructor(session) {
    this.session = session;
    this.ground = new Float64Array(GROUND * GROUND);
  }

  draw(square, context, surfaces, one) {
    const { run, axes, space } = this.session;
    const { side } = square;
    const layer = space + 1;
    const all = axes.map((unit) => surfaces.values(layer, unit));
    const isBounded = BOUNDED.includes(run.activations[space]);
    const largest = all.map((values) => scaleOf(values, run.data, false).reach);
    const reach = isBounded ? 1.15 : 1.15 * Math.max(...largest, 1);
    const place = (x, y) => [(side / 2) * (1 + x / reach), (side / 2) * (1 - y / reach)];
    this.paintGround(square.surface, reach);
    this.drawGrid(context, surfaces.size, (i) => place(all[0][i], all[1][i]));
    const { data } = run;
    const r = data.train.n < 9 ? 8 : 4;
    paintPoints(wiped(square.points), data, r, (part, i) => {
      const A = run.parts[part === data.test ? "test" : "train"].net.A[layer];
      return place(...axes.map((unit) => A[unit * part.n + i]));
    });
    const ticks = isBounded ? [-1, 0, 1] : [0];
    const names = axes.map((unit) => `unit ${unit}`);
    square.drawTicks(context, ticks, (x) => place(x, 0)[0], ...names);
    square.tellScale(-reach, reach);
    const at = one && axes.map((unit) => fmt(one.A[layer][unit])).join(", ");
    write(square.readout, one ? `it is at (${at})` : `layer ${space} sees the points so`);
  }

  paintGround(canvas, reach) {
    const { run, axes, space, discrete } = this.session;
    const { W, b, nIn } = run.net.layers.at(-1);
    const isWhole = space === run.settings.hidden.length - 1 && nIn === 2;
    const { ground } = this;
    const [v, w] = axes.map((unit) => run.p[W + unit]);
    const input = (i) => reach * ((2 * i + 1) / GROUND - 1);
    for (let i = 0, row = GROUND - 1; row >= 0; row--)
      for (let column = 0; column < GROUND; column++, i++)
        ground[i] = isWhole ? v * input(column) + w * input(row) + run.p[b] : 0;
    if (!isWhole) return paint(canvas, GROUND, ground, { middle: 0, reach: 1 });
    activate(run.activations.at(-1), ground, ground);
    const levels = discrete ? run.data.levels : null;
    paint(canvas, GROUND, ground, scaleOf(ground, run.data, true), levels);
  }

  drawGrid(context, size, at) {
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
}
