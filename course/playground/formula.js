// The arithmetic of one unit at the probe, with its numbers.

import { h, write } from "./elements.js";
import { NAMES, nice, unitName } from "./diagram.js";
import { fmt } from "./paint.js";

const HINT =
  "Point at the surface: each unit shows its z and a there, and its sum stands here.";
const F = { tanh: "tanh", sigmoid: "sigmoid", relu: "ReLU", leaky_relu: "leaky ReLU" };

export class Formula {
  constructor(session) {
    this.session = session;
    this.element = h("p", { class: "formula", "data-part": "formula" });
  }

  draw(one) {
    const { run, shown } = this.session;
    write(
      this.element,
      one ? `${unitName(run, ...shown)[1]}: ${this.words(one)}` : HINT,
    );
  }

  words(one) {
    const { run, shown, probe } = this.session;
    const [layer, unit] = shown;
    const a = fmt(one.A[layer][unit]);
    if (!layer) {
      const [x0, x1] = probe.map((x) => fmt(x));
      return `${nice(run.settings.features[unit])} = ${a} at x0 = ${x0}, x1 = ${x1}`;
    }
    const { W, b, nOut } = run.net.layers[layer - 1];
    const terms = Array.from(one.A[layer - 1], (x, j) => {
      const w = run.p[W + j * nOut + unit];
      return `${fmt(x)}·${inBrackets(w)}`;
    });
    const sum = [...terms, inBrackets(run.p[b + unit])].join(" + ");
    const z = fmt(one.Z[layer - 1][unit]);
    const name = run.activations[layer - 1];
    return `z = ${sum} = ${z},  a = ${F[name] ? `${F[name]}(${z})` : "z"} = ${a}`;
  }
}

const inBrackets = (value) => (value < 0 ? `(${fmt(value)})` : fmt(value));

export const activationName = (name) => NAMES[name];
