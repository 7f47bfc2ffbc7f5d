// Colours and pictures, as in the pictures of the course (course/pictures/style.py).

import { pixelsIn } from "./data.js";
import { put } from "../page/elements.js";

export const INK = "#1b2430";
export const GREY = "#8a94a0";
export const NEGATIVE = "#d55e00";
export const POSITIVE = "#0072b2";

// From -1, NEGATIVE, through white to 1, POSITIVE: red, green and blue; darker by a factor.
function channelsAt(t, factor = 1) {
  const end = t < 0 ? [213, 94, 0] : [0, 114, 178];
  return end.map((channel) => Math.round(factor * (255 + (channel - 255) * Math.abs(t))));
}

const cssColor = (t, factor) => `rgb(${channelsAt(t, factor)})`;
const COLORS = Uint32Array.from({ length: 256 }, (_, i) => {
  const [r, g, b] = channelsAt(i / 127.5 - 1);
  return (255 << 24) | (b << 16) | (g << 8) | r;
});

// Every unit over the square of inputs: one forward pass for all of them.
export class Surfaces {
  constructor(run, size) {
    const { low, high } = run.data;
    const n = size * size;
    const at = (i) => low + ((high - low) * (i + 0.5)) / size;
    const X = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) {
      X[i] = at(i % size);
      X[n + i] = at(size - 1 - Math.floor(i / size));
    }
    this.data = run.data;
    this.net = run.over(X);
  }

  // As the run has it now.
  compute(run) {
    this.net.activations = run.activations;
    this.net.forward(run.p);
  }

  // All that a picture of a unit is made of: its values in rows from the top, layer 0 being
  // the inputs; where white stands, and how far it is from there to full colour; the levels
  // of its line, and of what it is the line at which: of z where it is the line of z = 0, since
  // a may be flat beside it. The output's stand still, pale at its targets, so that points
  // stand out.
  picture(layer, unit) {
    const { A, Z, n, activations } = this.net;
    const of = (all) => all.subarray(unit * n, (unit + 1) * n);
    const values = of(A[layer]);
    const isOutput = layer === A.length - 1;
    const { levels, middle, half } = isOutput ? this.data : { levels: [0], middle: 0 };
    const isOfZ = layer && String(levels) === (activations[layer - 1] === "sigmoid" ? "0.5" : "0");
    const line = isOfZ ? [of(Z[layer - 1]), [0]] : [values, levels];
    if (isOutput) return { values, levels, line, middle, reach: half + 0.3 };
    let most = 1e-6;
    for (let i = 0; i < n; i += 7) most = Math.max(most, Math.abs(values[i]));
    return { values, levels, line, middle, reach: Math.min(most, 1e6) };
  }
}

// A square of values on a canvas, thinned out to `side` points along an edge.
export function paint(canvas, side, { values, levels, middle, reach }, isDiscrete) {
  const from = Math.sqrt(values.length);
  const every = from / side;
  const context = (canvas.context ??= canvas.getContext("2d", { alpha: false }));
  if (canvas.image?.width !== side) {
    canvas.width = canvas.height = side;
    canvas.image = context.createImageData(side, side);
    canvas.pixels = new Uint32Array(canvas.image.data.buffer);
  }
  const { pixels } = canvas;
  const scale = 127.5 / reach;
  for (let i = 0, row = 0; row < side; row++)
    for (let column = 0; column < side; column++, i++) {
      const value = values[row * every * from + column * every];
      let shade = (value - middle) * scale + 127.5;
      if (isDiscrete) {
        let above = 0;
        for (const level of levels) if (value > level) above++;
        shade = 40 + (175 * above) / levels.length;
      }
      pixels[i] = COLORS[shade < 0 ? 0 : shade > 255 ? 255 : shade | 0];
    }
  context.putImageData(canvas.image, 0, 0);
}

// Marching squares: a path for the line at a level, in points of the grid.
function contour(values, level) {
  const path = new Path2D();
  const size = Math.sqrt(values.length);
  const parts = (a, b) => a > level !== b > level && Math.abs(a - b) > 1e-12; // less is rounding
  const share = (a, b) => (level - a) / (b - a) + 0.5; // where, from the middle of a point
  for (let y = 0; y < size - 1; y++)
    for (let x = 0; x < size - 1; x++) {
      const i = y * size + x;
      const a = values[i];
      const b = values[i + 1];
      const c = values[i + size + 1];
      const d = values[i + size];
      if (!parts(a, b) && !parts(b, c) && !parts(c, d)) continue; // without an array, since it runs 10,000 times
      const ends = [];
      if (parts(a, b)) ends.push(x + share(a, b), y + 0.5);
      if (parts(b, c)) ends.push(x + 1.5, y + share(b, c));
      if (parts(c, d)) ends.push(x + share(d, c), y + 1.5);
      if (parts(a, d)) ends.push(x + 0.5, y + share(a, d));
      for (let k = 0; k + 3 < ends.length; k += 4) {
        path.moveTo(ends[k], ends[k + 1]);
        path.lineTo(ends[k + 2], ends[k + 3]);
      }
    }
  return path;
}

// Lines of values at levels.
export function stroke(context, side, [values, levels], color, width) {
  const scale = side / Math.sqrt(values.length);
  context.save();
  context.scale(scale, scale);
  context.strokeStyle = color;
  context.lineWidth = width / scale;
  for (const level of levels) context.stroke(contour(values, level));
  context.restore();
}

// Points of the data in a square, where they are.
export function paintData(context, data, side, r) {
  const at = pixelsIn(data, side);
  paintPoints(context, data, ({ X, n }, i) => [at(X[i]), side - at(X[n + i])], r);
}

// A point in the pictures within a node, or none: CSS draws it.
export function spot(node, data, point) {
  const [x, y] = point?.map(pixelsIn(data, 1)) ?? [];
  put(node, "style", point ? `--x:${x};--y:${y}` : "");
}

// Points of the data, a marker for each class: circle, square, triangle from the lowest
// target on. Test data are hollow; among targets of all heights they have a dark rim.
// `place(part, i)` tells where one stands.
export function paintPoints(context, data, place, r = data.train.n < 9 ? 8 : 4) {
  const { isHeight, middle, half, train, test } = data;
  for (const part of test ? [test, train] : [train])
    for (let i = 0; i < part.n; i++) {
      const t = Math.min(Math.max((part.Y[i] - middle) / half, -1), 1);
      context.beginPath();
      mark(context, isHeight ? 0 : part.Y[i], ...place(part, i), r);
      const isHollow = part === test && !isHeight;
      const isDark = isHeight ? part === test : t === 0; // white on white has a rim
      const rim = isDark ? INK : isHeight ? GREY : "#fff";
      context.fillStyle = isHollow ? "#fff" : cssColor(t);
      context.strokeStyle = isHollow ? cssColor(t, 0.75) : rim;
      context.lineWidth = isHollow ? 1.8 : r > 6 ? 2.5 : isHeight ? 0.9 : 1.2;
      context.fill();
      context.stroke();
    }
}

function mark(context, kind, x, y, r) {
  if (kind === 0) context.arc(x, y, r, 0, 7);
  else if (kind === 1) context.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  else {
    context.moveTo(x, y - 1.2 * r);
    context.lineTo(x + 1.1 * r, y + 0.8 * r);
    context.lineTo(x - 1.1 * r, y + 0.8 * r);
    context.closePath();
  }
}

// A canvas with the pixels of the screen, wiped; drawn in CSS pixels. Its size is asked for
// once, by `measure`: asking in each frame makes the browser lay out the page each time.
export function measure(canvas) {
  canvas.shown = { width: canvas.clientWidth, height: canvas.clientHeight };
}

export function wiped(canvas) {
  const ratio = devicePixelRatio || 1;
  const { width, height } = canvas.shown;
  const context = (canvas.context ??= canvas.getContext("2d"));
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
