// Each slope of the next step beside the one that is measured, as mlp_core.gradient_check.

import { Net } from "./network.js";

export const NUDGE = 1e-5;
const CLOSE = 1e-5;
const FLOOR = 1e-4; // of slopes, for the relative error

// For each parameter of a run: the loss with it more and less by a NUDGE, the slope that
// these give, and the relative error. The measured slope says nothing where a z crossed a
// kink in between, and of a gradient that is small beside the loss. The samples are those
// of the next step, see `Run.pass`.
export function checkSlopes(run) {
  run.pass(run.rng.copy());
  const { sizes, activations, p, grads, y } = run;
  const net = new Net(sizes, activations, run.net.A[0]);
  const bent = net.Z.filter((_, l) => activations[l].endsWith("relu"));
  const moved = p.slice();
  const lossAt = (i, value) => {
    moved[i] = value;
    const loss = net.forward(moved).loss(y);
    return [loss, bent.map((z) => z.map((x) => x >= 0))];
  };
  const floor = FLOOR * Math.max(1, run.net.loss(y));
  return Array.from(p, (value, i) => {
    const [up, above] = lossAt(i, value + NUDGE);
    const [down, below] = lossAt(i, value - NUDGE);
    moved[i] = value;
    const slope = (up - down) / (2 * NUDGE);
    const size = Math.max(Math.abs(slope), Math.abs(grads[i]));
    const error = Math.abs(slope - grads[i]) / Math.max(size, floor);
    const isKink = above.some((side, l) => side.some((x, s) => x !== below[l][s]));
    return {
      up,
      down,
      slope,
      error,
      isKink,
      isSmall: size < floor || Number.isNaN(error),
      isWrong: !isKink && error > CLOSE,
    };
  });
}
