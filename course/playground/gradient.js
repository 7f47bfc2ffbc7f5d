// One gradient opened: the sum that it is, the step that it makes, and the measured slope.

import { h, put, write } from "../page/elements.js";
import { select } from "./fields.js";
import { timesSlope } from "./network.js";
import { SPEC } from "./settings.js";
import { NUDGE, checkSlopes } from "./slopes.js";
import { fmtSlope, nameOf, signed } from "./words.js";

const MOST_ROWS = 20;
const PYTHON = "Python makes its own steps; this is the page's next one.";
const BUG = "train with the original notebook's bug";

function verdictOf(checks, hasBug) {
  const wrong = checks.filter(({ isWrong }) => isWrong).length;
  const open = checks.filter((one) => !one.isWrong && (one.isKink || one.isSmall)).length;
  const all = checks.length;
  const are = wrong === 1 ? "is wrong: its line is" : "are wrong: their lines are";
  if (wrong) return `${wrong} of ${all} gradients ${are} red and dotted.`;
  if (hasBug) return "The bug does not show on these samples.";
  if (!open) return `All ${all} gradients agree with the measured slopes.`;
  return `${all - open} of ${all} gradients agree; the others can't be measured.`;
}

function sumWords({ net: { n }, settings }, product, sum) {
  const samples = settings.batch ? `the ${n} samples drawn at random for` : `all ${n} samples of`;
  const more = n > MOST_ROWS ? ` (${MOST_ROWS} are shown)` : "";
  return `Gradient: ${product}, summed over ${samples} the next step${more} = ${fmtSlope(sum)}`;
}

function stepWords(run, { isBias }, i) {
  const { learning_rate: rate, l1, l2 } = run.settings;
  const [w, gradient] = [run.p[i], run.grads[i]];
  const pull = isBias ? 0 : l1 * Math.sign(w) + l2 * w;
  const change = rate * (gradient + pull);
  const digits = Math.min(Math.max(3, 2 - Math.floor(Math.log10(Math.abs(change) || 1))), 12);
  const plain = (value) =>
    (Math.abs(value) < 1e4 ? value.toFixed(digits) : fmtSlope(value)).replace("-", "−");
  const penalized = `(${fmtSlope(gradient)} + ${signed(pull)} of the penalties)`;
  const sum = `${plain(w)} − ${rate} · ${pull ? penalized : signed(gradient)}`;
  const breaks = run.divergedAt === null ? "" : " It breaks the network.";
  return `Step: w − learning rate · gradient = ${sum} = ${plain(w - change)}.${breaks}`;
}

function measuredWords({ up, down, slope, error, isKink, isSmall, isWrong }) {
  let verdict = `The gradient ${isWrong ? "is wrong" : "agrees"} (relative error ${fmtSlope(error)}).`;
  if (isKink) verdict = "A z crosses a kink in between, so this says nothing.";
  else if (isSmall && !isWrong)
    verdict = "The slope is too small next to the loss to be measured, so this says nothing.";
  const what = `where L is the loss on these samples and h is ${NUDGE}: (L(w + h) − L(w − h)) / 2h`;
  const numbers = `(${up.toFixed(12)} − ${down.toFixed(12)}) / ${2 * NUDGE}`;
  return `Measured, ${what} = ${numbers} = ${fmtSlope(slope)}. ${verdict}`;
}

export class Gradient {
  constructor(session, weights) {
    Object.assign(this, { session, weights });
    this.menu = select("gradient of", undefined, (i) => session.look({ parameter: +i }));
    this.sample = select("sample", undefined, (s) => this.choose(+s));
    const change = () => session.change({ gradient: this.bug.checked ? "original" : "right" });
    this.bug = h("input", { type: "checkbox", onchange: change });
    const bug = h("label", { class: "field" }, this.bug, BUG);
    const props = { class: "sum", tabindex: 0, role: "region", "aria-label": "sum over samples" };
    this.rows = h("table");
    this.table = h("div", props, this.rows);
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
    const hasData = run.data.train.n > 0;
    for (const part of [this.table, this.sample]) put(part, "hidden", !hasData);
    const checks = hasData ? checkSlopes(run) : [];
    weights.wrong = checks.map(({ isWrong }) => isWrong);
    weights.opened = i;
    const words = hasData ? verdictOf(checks, this.bug.checked) : "There are no points yet.";
    write(this.all, session.python ? `${PYTHON} ${words}` : words);
    const lines = checks.length ? this.tell(weights.all[i], i, checks) : [];
    this.lines.forEach((line, at) => write(line, lines[at] ?? ""));
  }

  // Its point in the large picture as well.
  choose(sample) {
    const { rows, data } = this.session.run;
    const { X, n } = data.train;
    this.session.look({ sample, probe: [X[rows[sample]], X[n + rows[sample]]] });
  }

  // Its sum in the table; in words: the sum, dz of a sample, the step, what is measured.
  tell(one, i, checks) {
    const { run, sample = 0 } = this.session;
    const s = Math.min(sample, run.net.n - 1);
    this.sample.offer(
      Array.from(run.rows, (row, at) => [at, `sample ${row}`]),
      s,
    );
    const product = this.tabulate(one, run.grads[i]);
    return [
      sumWords(run, product, run.grads[i]),
      this.behind(one.l, one.k, s),
      stepWords(run, one, i),
      measuredWords(checks[i]),
    ];
  }

  // The terms of the sum, a row for each sample; what they are products of.
  tabulate({ l, j, k, isBias }, sum) {
    const { net, y, rows, settings } = this.session.run;
    const isBug = settings.gradient === "original" && !l && !isBias;
    const input = (s) => (isBias ? 1 : isBug ? y[s] : net.A[l][j * net.n + s]);
    const terms = Array.from(rows.subarray(0, MOST_ROWS), (row, s) => {
      const [a, dz] = [input(s), net.dZ[l][k * net.n + s]];
      return [row, ...[a, dz, a * dz].map((value) => fmtSlope(value))];
    });
    const [a, product] = isBias ? ["1", "1·dz"] : isBug ? ["y, not a", "y·dz"] : ["a", "a·dz"];
    const cells = (row, tag) => h("tr", {}, ...row.map((text) => h(tag, {}, text)));
    this.rows.replaceChildren(
      cells(["sample", a, "dz", product], "th"),
      ...terms.map((row) => cells(row, "td")),
      cells(["sum", "", "", fmtSlope(sum)], "th"),
    );
    return product;
  }

  // The slope at the z of a unit for one sample: a sum over the units of the next layer.
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
          "(w·dz, summed over the next layer)",
          Array.from({ length: next.nOut }, (_, m) => dz(m)).join(" + "),
        ]
      : ["(ŷ − y) / n", `${fmtSlope(net.output[s])} − ${signed(y[s])}`];
    const f = SPEC.output.options[activations[l]];
    const value = `${fmtSlope(slope[0])} · (${sum})${next ? "" : ` / ${n}`}`;
    return `: dz = slope of ${f} · ${words} = ${value} = ${fmtSlope(net.dZ[l][at(k)])}`;
  }
}
