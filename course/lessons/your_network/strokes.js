// A drawing becomes 64 counts, as a form became the data (digits.txt). Strokes are lists of
// points [x, y], whole numbers from 0 to `AREA`; y goes down.

export const AREA = 1000;
export const SIDE = 8;
const DOTS = 32;
const BLOCK = DOTS / SIDE;
// Half of the pen's width, in dots, and the width of a drawing: measured, so that it has as
// much ink as the data, whose columns 1 and 6 are usually half empty.
const [PEN, WIDE] = [2.75, 20];
const LEAST = 40; // what is lower than this stays low, since a dot isn't a digit of full height

// The strokes in dots: of full height, in the middle, and as narrow as they were drawn.
function fitted(strokes) {
  const [x, y] = [0, 1].map((axis) => {
    const all = strokes.flat().map((point) => point[axis]);
    const [low, high] = [Math.min, Math.max].map((end) => all.reduce((a, b) => end(a, b)));
    return { middle: (low + high) / 2, size: high - low };
  });
  const down = (DOTS - 2 * PEN) / Math.max(y.size, LEAST);
  const across = Math.min(down, (WIDE - 2 * PEN) / x.size);
  const place = (value, { middle }, scale) => DOTS / 2 + scale * (value - middle);
  return strokes.map((stroke) => stroke.map(([a, b]) => [place(a, x, across), place(b, y, down)]));
}

// Ink every dot whose middle the pen covers on its way from one point to the next.
function ink(dots, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy || 1;
  const from = (a, b) => Math.max(0, Math.floor(Math.min(a, b) - PEN));
  const to = (a, b) => Math.min(DOTS, Math.ceil(Math.max(a, b) + PEN));
  for (let row = from(ay, by); row < to(ay, by); row++)
    for (let column = from(ax, bx); column < to(ax, bx); column++) {
      const [px, py] = [column + 0.5 - ax, row + 0.5 - ay];
      const share = Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      if (Math.hypot(px - share * dx, py - share * dy) <= PEN) dots[row * DOTS + column] = 1;
    }
}

// 64 whole numbers from 0 to 16, row by row: the inked dots in each block of 4x4.
export function countsOf(strokes) {
  const [dots, counts] = [new Uint8Array(DOTS * DOTS), Array(SIDE * SIDE).fill(0)];
  if (!strokes.length) return counts;
  for (const points of fitted(strokes))
    points.forEach((point, i) => ink(dots, points[Math.max(i - 1, 0)], point));
  dots.forEach((dot, i) => {
    const [row, column] = [Math.floor(i / DOTS), i % DOTS].map((at) => Math.floor(at / BLOCK));
    counts[row * SIDE + column] += dot;
  });
  return counts;
}
