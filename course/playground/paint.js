// Numbers and colours, as in the pictures of the course (course/pictures/style.py).

import { featuresOf } from "./data.js";
import { Net } from "./network.js";

// About five characters, and never 0 for what isn't.
export function fmt(value, digits = 2) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  let text = value.toFixed(digits);
  if (Math.abs(value) >= 1000 || (value !== 0 && Number(text) === 0))
    text = value.toExponential(0).replace("e+", "e");
  else if (Math.abs(value) >= 10)
    text = value.toFixed(Math.abs(value) < 100 ? Math.min(digits, 1) : 0);
  return value === 0 ? (0).toFixed(digits) : text.replaceAll("-", "−");
}

export function fmtLoss(value) {
  if (!Number.isFinite(value)) return "not finite";
  if (value === 0) return "0";
  const isPlain = value >= 1e-3 && value < 1e3;
  return isPlain ? value.toFixed(4) : value.toExponential(1).replace("+", "");
}

export const GREY = "#8a94a0";
export const NEGATIVE = "#d55e00";
export const POSITIVE = "#0072b2";
const ENDS = [[213, 94, 0], [255, 255, 255], [0, 114, 178]]; // prettier-ignore
const COLORS = Uint32Array.from({ length: 256 }, (_, i) => {
  const t = i / 127.5;
  const [from, to] = t < 1 ? [ENDS[0], ENDS[1]] : [ENDS[1], ENDS[2]];
  const share = t < 1 ? t : t - 1;
  const [r, g, b] = from.map((c, j) => Math.round(c + (to[j] - c) * share));
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
    this.size = size;
    this.inputs = featuresOf(run.settings.features, X);
    this.net = new Net(run.sizes, run.activations, n);
  }

  // Of a unit, in rows from the top; layer 0 are the inputs.
  values(layer, unit) {
    const { n } = this.net;
    return this.net.A[layer].subarray(unit * n, (unit + 1) * n);
  }
}

// Where white stands and how far it is from there to full colour, for a unit's values. The
// output's stands still, and is pale at its targets, so that points stand out.
export function scaleOf(values, { middle, half }, isOutput) {
  if (isOutput) return { middle, reach: half + 0.3 };
  let most = 1e-6;
  for (let i = 0; i < values.length; i += 7) most = Math.max(most, Math.abs(values[i]));
  return { middle: 0, reach: Math.min(most, 1e6) };
}

// A square of values on a canvas, thinned out to `side` points along an edge.
export function paint(canvas, side, values, { middle, reach }, levels = null) {
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
      if (levels) {
        let above = 0;
        for (const level of levels) if (value > level) above++;
        shade = 40 + (175 * above) / levels.length;
      }
      pixels[i] = COLORS[shade < 0 ? 0 : shade > 255 ? 255 : shade | 0];
    }
  context.putImageData(canvas.image, 0, 0);
}

// Marching squares: a path for the line at a level, in points of the grid.
export function contour(values, level) {
  const path = new Path2D();
  const size = Math.sqrt(values.length);
  const share = (a, b) => (level - a) / (b - a) + 0.5; // where, from the middle of a point
  for (let y = 0; y < size - 1; y++)
    for (let x = 0; x < size - 1; x++) {
      const i = y * size + x;
      const A = values[i] > level;
      const B = values[i + 1] > level;
      const C = values[i + size + 1] > level;
      const D = values[i + size] > level;
      if (A === B && B === C && C === D) continue; // before arrays are made: 10,000 times
      const [a, b] = [values[i], values[i + 1]];
      const [c, d] = [values[i + size + 1], values[i + size]];
      const ends = [];
      if (A !== B) ends.push(x + share(a, b), y + 0.5);
      if (B !== C) ends.push(x + 1.5, y + share(b, c));
      if (C !== D) ends.push(x + share(d, c), y + 1.5);
      if (A !== D) ends.push(x + 0.5, y + share(a, d));
      for (let k = 0; k + 3 < ends.length; k += 4) {
        path.moveTo(ends[k], ends[k + 1]);
        path.lineTo(ends[k + 2], ends[k + 3]);
      }
    }
  return path;
}

// Points of the data, a marker for each class: circle, square, triangle from the lowest
// target on. Test data are hollow; among targets of all heights they have a dark rim.
// `place(part, i)` tells where one stands.
export function paintPoints(context, data, r, place) {
  const { isHeight, middle, half, train, test } = data;
  for (const part of test ? [test, train] : [train])
    for (let i = 0; i < part.n; i++) {
      const t = Math.min(Math.max((part.Y[i] - middle) / half, -1), 1);
      context.beginPath();
      mark(context, isHeight ? 0 : part.Y[i], ...place(part, i), r);
      const isHollow = part === test && !isHeight;
      const isDark = isHeight ? part === test : t === 0; // white on white has a rim
      context.fillStyle = isHollow ? "#fff" : cssColor(t);
      context.strokeStyle = isHollow ? cssColor(t, 0.75) : isDark ? "#1b2430" : "#fff";
      if (isHeight && !isDark) context.strokeStyle = "#8a94a0";
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

// From -1, orange, by white to 1, blue; darker by a factor.
function cssColor(t, factor = 1) {
  const channels = ENDS[1].map((white, j) =>
    Math.round(factor * (white + (ENDS[t < 0 ? 0 : 2][j] - white) * Math.abs(t))),
  );
  return `rgb(${channels})`;
}

// A canvas with the pixels of the screen, wiped; drawn in CSS pixels. Its size is asked for
// once, by `measure`: to ask in each frame has the browser lay out the page in each frame.
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
