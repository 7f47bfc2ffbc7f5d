// One gradient opened: the sum that it is, the step that it makes, and the measured slope.

import { h, put, select, write } from "./elements.js";
import { timesSlope } from "./network.js";
import { SPEC } from "./settings.js";
import { checkSlopes } from "./slopes.js";
import { fmtSlope, nameOf, signed } from "./words.js";

const MOST_ROWS = 20;
const BUG = "The first layer takes the target y for each of its inputs";

function verdictOf(checks) {
  const count = (name) => checks.filter((check) => check[name]).length;
  const [all, wrong, kinks] = [checks.length, count("isWrong"), count("isKink")];
  if (wrong) return `${wrong} of ${all} gradients are wrong: red, with ✗.`;
  if (kinks) return `${all - kinks} of ${all} gradients agree; at the others a z crosses a corner.`;
  return `All ${all} gradients agree with what is measured.`;
}

export class Gradient {
  constructor(session, weights) {
    Object.assign(this, { session, weights });
    this.menu = select("gradient of", undefined, (i) => session.look({ parameter: +i }));
    this.sample = select("sample", undefined, (s) => session.look({ sample: +s }));
    const change = () => session.change({ gradient: this.bug.checked ? "original" : "right" });
    this.bug = h("input", { type: "checkbox", onchange: change });
    const bug = h("label", { class: "field", title: BUG }, this.bug, "the original notebook's bug");
    const props = { class: "sum", tabindex: 0, role: "region", "aria-label": "sum over samples" };
    this.table = h("table", props);
    [this.all, ...this.lines] = Array.from({ length: 5 }, () => h("p"));
    const words = h("div", { class: "words" }, ...this.lines.toSpliced(1, 0, this.sample));
    const part = { class: "gradient", "data-part": "gradient", role: "group" };
    const head = h("div", { class: "top" }, this.menu, bug, this.all);
    this.element = h("div", { ...part, "aria-label": "gradient" }, head, this.table, words);
  }

  draw() {
    const { session, weights } = this;
    const { run } = session;
    const pairs = weights.all.map(({ name, l, j, k, isBias }, i) => {
      const from = isBias ? "bias of" : `${nameOf(run, [l, j])} →`;
      return [i, `${name}: ${from} ${nameOf(run, [l + 1, k])}`];
    });
    const i = Math.min(session.parameter, pairs.length - 1);
    this.menu.offer(pairs, i);
    this.bug.checked = run.settings.gradient === "original";
    for (const part of [this.table, this.sample]) put(part, "hidden", !run.canTrain);
    const checks = run.canTrain ? checkSlopes(run) : [];
    weights.wrong = checks.map(({ isWrong }) => isWrong);
    weights.opened = i;
    write(this.all, checks.length ? verdictOf(checks) : "No step can be made here.");
    const lines = checks.length ? this.tell(weights.all[i], i, checks) : [];
    this.lines.forEach((line, at) => write(line, lines[at] ?? ""));
  }

  tell({ l, j, k, isBias }, i, checks) {
    const { run, sample = 0 } = this.session;
    const { net, y, p, grads, rows } = run;
    const { n } = net;
    const { learning_rate: rate, l1, l2, gradient } = run.settings;
    const isBug = gradient === "original" && !l && !isBias;
    const input = (s) => (isBias ? 1 : isBug ? y[s] : net.A[l][j * n + s]);
    const terms = Array.from(rows.subarray(0, MOST_ROWS), (row, s) => {
      const [a, dz] = [input(s), net.dZ[l][k * n + s]];
      return [row, ...[a, dz, a * dz].map((value) => fmtSlope(value))];
    });
    const head = ["sample", isBias ? "1" : isBug ? "y, not a" : "a", "dz", "a·dz"];
    const cells = (row, tag) => h("tr", {}, ...row.map((text) => h(tag, {}, text)));
    this.table.replaceChildren(cells(head, "th"), ...terms.map((row) => cells(row, "td")));
    const s = Math.min(sample, n - 1);
    this.sample.offer(
      Array.from(rows, (row, at) => [at, `sample ${row}`]),
      s,
    );
    const { up, down, slope, error, isKink, isWrong } = checks[i];
    const agrees = `The gradient agrees (relative error ${fmtSlope(error)}).`;
    const verdict = isWrong ? "The gradient is wrong." : agrees;
    const pull = isBias ? 0 : l1 * Math.sign(p[i]) + l2 * p[i];
    const penalized = `(${fmtSlope(grads[i])} + ${signed(pull)} of the penalties)`;
    const moved = fmtSlope(p[i] - rate * (grads[i] + pull));
    const difference = `(${up.toFixed(10)} − ${down.toFixed(10)}) / 0.00002`;
    const samples = n === 1 ? "the one sample" : `the ${n} samples`;
    const more = n > MOST_ROWS ? ` (the first ${MOST_ROWS} are shown)` : "";
    return [
      `Gradient: a·dz, summed over ${samples} of the next step${more} = ${fmtSlope(grads[i])}`,
      this.behind(l, k, s),
      `Step: ${fmtSlope(p[i])} − ${rate} · ${pull ? penalized : signed(grads[i])} = ${moved}`,
      `Measured: (L(w + h) − L(w − h)) / 2h = ${difference} = ${fmtSlope(slope)}. ${isKink ? "A z crosses a corner in between: this says nothing." : verdict}`,
    ];
  }

  // The slope at the z of a unit for one sample: a sum over the units behind.
  behind(l, k, s) {
    const { net, y, p } = this.session.run;
    const { n, activations } = net;
    const at = (unit) => unit * n + s;
    const slope = Float64Array.of(1);
    timesSlope(activations[l], [net.Z[l][at(k)]], [net.A[l + 1][at(k)]], slope);
    const next = net.layers[l + 1];
    const dz = (m) => `${signed(p[next.W + k * next.nOut + m])}·${signed(net.dZ[l + 1][at(m)])}`;
    const [words, sum] = next
      ? [
          "(w·dz over the units behind)",
          Array.from({ length: next.nOut }, (_, m) => dz(m)).join(" + "),
        ]
      : ["(ŷ − y) / n", `${fmtSlope(net.output[s])} − ${signed(y[s])}`];
    const f = SPEC.output.options[activations[l]];
    const value = `${fmtSlope(slope[0])} · (${sum})${next ? "" : ` / ${n}`}`;
    return `: dz = slope of ${f} · ${words} = ${value} = ${fmtSlope(net.dZ[l][at(k)])}`;
  }
}
