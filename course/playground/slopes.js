// Each slope of the next step beside the one that is measured, as mlp_core.gradient_check.

import { Net } from "./network.js";

const NUDGE = 1e-5;
const CLOSE = 1e-5;
const FLOOR = 1e-4; // of slopes, for the relative error

// For each parameter of a run: the loss with it more and less by a NUDGE, the slope that
// these give, the relative error, and whether a z crossed a corner in between, where the
// measured slope says nothing. The samples are those of the next step, see `Run.pass`.
export function checkSlopes(run) {
  run.pass(run.rng.copy());
  const { sizes, activations, p, grads, y } = run;
  const net = new Net(sizes, activations, run.net.A[0]);
  const bent = net.Z.filter((_, l) => activations[l].endsWith("relu"));
  const lossAt = (moved, i, value) => {
    moved[i] = value;
    const loss = net.forward(moved).loss(y);
    return [loss, bent.map((z) => z.map((x) => x >= 0))];
  };
  const floor = FLOOR * Math.max(1, run.net.loss(y));
  const moved = p.slice();
  return Array.from(p, (value, i) => {
    const [up, above] = lossAt(moved, i, value + NUDGE);
    const [down, below] = lossAt(moved, i, value - NUDGE);
    moved[i] = value;
    const slope = (up - down) / (2 * NUDGE);
    const scale = Math.max(Math.abs(slope), Math.abs(grads[i]), floor);
    const error = Math.abs(slope - grads[i]) / scale;
    const isKink = above.some((side, l) => side.some((x, s) => x !== below[l][s]));
    return { up, down, slope, error, isKink, isWrong: !isKink && !(error <= CLOSE) };
  });
}
