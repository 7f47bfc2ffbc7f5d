// What the page says: numbers, names, and sentences made of them.

import { NEAR, countNear, countRight } from "./data.js";
import { COUNT, intervalOf } from "./hundred.js";
import { QUIET, SPEC, changed } from "./settings.js";

// Three digits, also of small values.
export function fmtSlope(value) {
  const text = Number.isFinite(value) ? String(Number(value.toPrecision(3))) : fmt(value);
  return text.replaceAll("-", "−").replace("e+", "e");
}

// As a factor or a summand.
export const signed = (value, format = fmtSlope) =>
  value < 0 ? `(${format(value)})` : format(value);

const HINT = "Point at the large picture: each unit shows z and a there; the sum appears here.";

const BUG_WORDS = "The original notebook's bug is on, so the first layer uses y as its input.";
export const LEAST_LOSS = 1e-10; // a loss below is told and drawn as such

// About five characters, and never 0 for what isn't 0.
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
  if (value < LEAST_LOSS) return `below ${LEAST_LOSS}`;
  const isPlain = value >= 1e-3 && value < 1e3;
  return isPlain ? value.toFixed(4) : value.toExponential(1).replace("+", "");
}

export const fmtStep = (step) => step.toLocaleString("en");

// How a unit, [layer, unit], is called.
export function nameOf({ sizes, settings }, [layer, unit]) {
  if (layer === sizes.length - 1) return "output ŷ";
  if (!layer) return `input ${SPEC.features.options[settings.features[unit]]}`;
  return `layer ${layer - 1}, unit ${unit}`;
}

// One line of numbers, as Playground.line() in Python.
export function lineOf(step, { train, test }) {
  if (train === null) return `step ${step}: no data`;
  const more = test === null ? "" : `, ${fmtLoss(test)} on the test data`;
  return `step ${step}: loss ${fmtLoss(train)} on the training data${more}`;
}

// With its line of numbers, unless they are seen elsewhere.
export function statusOf({ run, isSlowed }, losses, isSeen) {
  if (!run.data.train.n) return "No points yet. Click in the picture to add some.";
  const line = `${lineOf(fmtStep(run.step), losses).replace("step", "Step")}. `;
  const bug = run.settings.gradient === "original" ? ` ${BUG_WORDS}` : "";
  const words = `${isSeen ? "" : line}${rightOnes(run, isSeen)}${bug}`;
  if (run.divergedAt === null)
    return isSlowed ? `The output jumps at each step, so only some are shown. ${words}` : words;
  const why = `Diverged at step ${run.divergedAt}. Its update was too large`;
  return `${why}, so the numbers exploded. Lower the learning rate, then Reset. ${words}`;
}

const shareOf = (some, all) => `${some} of ${all} (${Math.round((100 * some) / all)} %)`;

// How many of four corners are solved; if all, since which step, as far as it was looked at.
export function rightSince(run) {
  const { data, parts, step } = run;
  if (!data.isCorners) return "";
  const [count, { n }] = [countNear(parts.train), data.train];
  const words = `${count} of ${n} right`;
  if (count < n) return words;
  const seen = run.kept.filter((moment) => moment.step <= step);
  const since = seen[seen.findLastIndex(({ near }) => near < n) + 1]?.step ?? step;
  return `${words} since about step ${fmtStep(since)}`;
}

// How many points are on their side of the line; of corners, what it means to be right.
function rightOnes(run, isSeen) {
  const { data, parts } = run;
  if (data.isCorners) return `${isSeen ? "Right" : rightSince(run)}: within ${NEAR} of its target.`;
  if (data.isHeight) return "";
  const count = (part) => shareOf(countRight(data, part), part.Y.length);
  const test = parts.test ? `, and ${count(parts.test)} in the test` : "";
  return `Correct: ${count(parts.train)}${test}.`;
}

// The arithmetic of the shown unit at the probe, with its numbers.
export function formulaOf({ run, shown, probe }, one) {
  if (!one) return HINT;
  const [layer, unit] = shown;
  const a = fmt(one.A[layer][unit]);
  if (!layer) {
    const name = SPEC.features.options[run.settings.features[unit]];
    return `${name} ≈ ${a}, where x0 ≈ ${fmt(probe[0])} and x1 ≈ ${fmt(probe[1])}`;
  }
  const { W, b, nOut } = run.net.layers[layer - 1];
  const weight = (j) => signed(run.p[W + j * nOut + unit], fmt);
  const terms = Array.from(
    one.A[layer - 1],
    (x, j) => `${j ? signed(x, fmt) : fmt(x)}·${weight(j)}`,
  );
  const z = fmt(one.Z[layer - 1][unit]);
  const name = SPEC.output.options[run.activations[layer - 1]];
  const f = name === "identity" ? "z" : `${name}(${z})`;
  return `z = ${terms.join(" + ")} + ${signed(run.p[b + unit], fmt)} ≈ ${z},  a = ${f} ≈ ${a}`;
}

// How settings differ from the current ones.
function differences(settings, now, unsaid = []) {
  const names = Object.keys(changed(settings, now));
  const said = names.filter((name) => ![...unsaid, ...QUIET].includes(name));
  const words = (name) => [settings[name]].flat().map((one) => SPEC[name].options?.[one] ?? one);
  const say = (name) => `${SPEC[name].label} ${words(name).join(", ") || "none"}`;
  return said.map((name) => (name === "points" ? "other points" : say(name))).join("; ");
}

// The run in grey: how it differs, where it ended, and its losses.
export function greyWords({ run, grey }) {
  const ended = grey.step < run.step ? `, step ${grey.step}` : "";
  const { train, test } = grey.losses();
  const more = test === null ? "" : `, test\u00a0${fmtLoss(test)}`; // together
  const how = differences(grey.settings, run.settings) || "the same settings";
  return `${how}${ended}: ${fmtLoss(train)}${more}`;
}

const median = (sorted) => (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;

// How the seeds so far ended.
export function hundredWords({ run, hundred, isTrying }) {
  const { done, settings, steps } = hundred;
  if (isTrying || !done.length) return `${done.length} of ${COUNT} seeds trained.`;
  const count = (name) => done.filter((one) => one[name]).length;
  const rate = (name) => {
    const some = count(name);
    const [low, high] = intervalOf(some, done.length).map((end) => Math.round(100 * end));
    return `${some} of ${done.length} (95 % interval: ${low} to ${high} %)`;
  };
  const losses = done.flatMap(({ loss, isBroken }) => (isBroken ? [] : loss)).sort((a, b) => a - b);
  const how = differences(settings, run.settings, ["seed"]);
  return [
    `${how && `With ${how}: `}${done.length} seeds, ${fmtStep(steps)} steps each.`,
    settings.gradient === "original" ? BUG_WORDS : "",
    `Every output within 0.1 of its target (✓): ${rate("isSolved")}.`,
    hundred.like.data.isHeight ? "" : `Every training point on its side (•): ${rate("isRight")}.`,
    count("isBroken") ? `Diverged (∞): ${count("isBroken")}.` : "",
    losses.length &&
      `Loss: ${fmtLoss(losses[0])} to ${fmtLoss(losses.at(-1))}, median ${fmtLoss(median(losses))}.`,
    count("hasDead") ? `With a dead unit: ${count("hasDead")}.` : "",
    "Click one to open it.",
  ]
    .filter(Boolean)
    .join(" ");
}
