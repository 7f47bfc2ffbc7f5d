// The data: two inputs and a target, drawn by a seed, and the features made of them.
//
// The numbers have three decimals, so they can be read, and are the same in Python, whose
// sine may differ in the last digit.

import { Rng } from "./numbers.js";

export const REACH = 3; // the inputs of drawn data go from -3 to 3, and a little beyond
const N = 200;
const TURN = 2 * Math.PI;
const round = (x) => Math.floor(1000 * x + 0.5) / 1000;

// (class, share of the way, rng) -> a point within 1 of 0
const SHAPES = {
  xor_clouds: (y, share, rng) => {
    const x = [rng.uniform(0.08, 1), rng.uniform(0.08, 1)];
    const side = rng.integer(2) ? 1 : -1;
    return [side * x[0], (y ? -side : side) * x[1]];
  },
  circles: (y, share, rng) => {
    const r = y ? rng.uniform(0, 0.45) : rng.uniform(0.68, 0.98);
    const turn = TURN * rng.random();
    return [r * Math.cos(turn), r * Math.sin(turn)];
  },
  spirals: (y, share) => {
    const turn = 1.44 * TURN * share + (y ? Math.PI : 0);
    const r = 0.06 + 0.92 * share;
    return [r * Math.sin(turn), r * Math.cos(turn)];
  },
  gaussians: (y, share, rng) => {
    const at = y ? 0.45 : -0.45;
    return [at + 0.2 * rng.normal(), at + 0.2 * rng.normal()];
  },
};

const anywhere = (y, share, rng) => [rng.uniform(-1, 1), rng.uniform(-1, 1)];

// (x0, x1) within 1 of 0 -> a target from -1 to 1
const HEIGHTS = {
  plane: (x0, x1) => (x0 + x1) / 2,
  hills: (x0, x1) => {
    let sum = 0;
    for (const i of [-1, 0, 1])
      for (const j of [-1, 1]) {
        const far = (x0 - 0.65 * i) ** 2 + (x1 - 0.45 * j) ** 2;
        sum += (i ? j : -j) * Math.exp(-far / 0.06);
      }
    return sum;
  },
};

// The targets of (0, 0), (0, 1), (1, 0), (1, 1)
const CORNERS = { xor: [0, 1, 1, 0], sum: [0, 1, 1, 2] };

// A table of points [x0, x1, y]: X has all x0, then all x1.
function table(points) {
  const X = [0, 1].flatMap((i) => points.map((point) => point[i]));
  const Y = points.map((point) => point[2]);
  return { n: Y.length, X: Float64Array.from(X), Y: Float64Array.from(Y) };
}

function draw({ data, noise, data_seed }) {
  const rng = new Rng(data_seed);
  const points = [];
  for (let i = 0; i < N; i++) {
    const y = i % 2;
    const x = (SHAPES[data] ?? anywhere)(y, (i - y) / (N - 2), rng);
    const target = data in HEIGHTS ? round(HEIGHTS[data](...x)) : y;
    points.push([...x.map((c) => round(REACH * (c + noise * 0.5 * rng.normal()))), target]);
  }
  for (let i = N - 1; i > 0; i--) {
    const j = rng.integer(i + 1); // shuffle
    [points[i], points[j]] = [points[j], points[i]];
  }
  return points;
}

// Of the targets: the middle, which is white, how far it is to the last, and the levels
// halfway between classes.
const CLASSES = { middle: 0.5, half: 0.5, levels: [0.5] };
const SCALES = {
  sum: { middle: 1, half: 1, levels: [0.5, 1.5] },
  plane: { middle: 0, half: 1, levels: [0], isHeight: true },
  hills: { middle: 0, half: 1, levels: [0], isHeight: true },
};

// All points, training and test data (or null), and the square to show.
export function makeData(settings) {
  const { data } = settings;
  const corners = CORNERS[data]?.map((y, i) => [i >> 1, i & 1, y]);
  const given = corners ?? (data === "own" && settings.points);
  const points = given || draw(settings);
  const cut = points.length - (given ? 0 : Math.floor(N * settings.test + 0.5));
  const [train, test] = [table(points.slice(0, cut)), table(points.slice(cut))];
  const [low, high] = corners ? [-0.5, 1.5] : [-1.15 * REACH, 1.15 * REACH];
  const scale = SCALES[data] ?? CLASSES;
  const kind = { isCorners: !!corners, isDrawn: !given, ...scale };
  return { points, train, test: test.n ? test : null, low, high, ...kind };
}

export const NEAR = 0.1; // mlp_core.TOLERANCE

// How many outputs are near their targets.
export const countNear = ({ net, Y }) =>
  Y.filter((y, i) => Math.abs(net.output[i] - y) < NEAR).length;

// How many outputs are on the side of the line where their targets are.
export function countRight({ levels }, { net, Y }) {
  const side = (value) => levels.filter((level) => value > level).length;
  return net.output.filter((value, i) => side(value) === side(Y[i])).length;
}

// An input -> pixels from the left or from the bottom of a square.
export function pixelsIn({ low, high }, side) {
  return (input) => (side * (input - low)) / (high - low);
}

// (x0, x1) -> the input that a feature makes of them
export const FEATURES = {
  x0: (x0) => x0,
  x1: (x0, x1) => x1,
  "x0^2": (x0) => x0 * x0,
  "x1^2": (x0, x1) => x1 * x1,
  "x0*x1": (x0, x1) => x0 * x1,
  "sin(x0)": (x0) => Math.sin(x0),
  "sin(x1)": (x0, x1) => Math.sin(x1),
};

// The inputs of the network for n points X: n of each feature.
export function featuresOf(names, X) {
  const n = X.length / 2;
  const inputs = new Float64Array(names.length * n);
  names.forEach((name, j) => {
    const feature = FEATURES[name];
    for (let s = 0; s < n; s++) inputs[j * n + s] = feature(X[s], X[n + s]);
  });
  return inputs;
}
