// The arithmetic of one unit at the probe, with its numbers.

import { h, write } from "./elements.js";
import { fmt } from "./paint.js";
import { SPEC } from "./settings.js";

const HINT = "Point at the surface: each unit shows its z and a there, and its sum stands here.";

export class Formula {
  constructor(session) {
    this.session = session;
    this.element = h("p", { class: "formula", "data-part": "formula" });
  }

  draw(one) {
    write(this.element, one ? this.words(one) : HINT);
  }

  words(one) {
    const { run, shown, probe } = this.session;
    const [layer, unit] = shown;
    const a = fmt(one.A[layer][unit]);
    if (!layer) {
      const name = SPEC.features.options[run.settings.features[unit]];
      return `${name} ≈ ${a}, where x0 ≈ ${fmt(probe[0])} and x1 ≈ ${fmt(probe[1])}`;
    }
    const { W, b, nOut } = run.net.layers[layer - 1];
    const signed = (value) => (value < 0 ? `(${fmt(value)})` : fmt(value));
    const terms = Array.from(one.A[layer - 1], (x, j) => {
      return `${j ? signed(x) : fmt(x)}·${signed(run.p[W + j * nOut + unit])}`;
    });
    const z = fmt(one.Z[layer - 1][unit]);
    const name = SPEC.output.options[run.activations[layer - 1]];
    const f = name === "identity" ? "z" : `${name}(${z})`;
    return `z = ${terms.join(" + ")} + ${signed(run.p[b + unit])} ≈ ${z},  a = ${f} ≈ ${a}`;
  }
}
