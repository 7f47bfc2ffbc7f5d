// The loss by step: training, test and the run in grey, on a logarithmic axis.

import { h, write } from "../page/elements.js";
import { pressed } from "./fields.js";
import { GREY, NEGATIVE, POSITIVE, measure, wiped } from "./paint.js";
import { LEAST_LOSS, fmtLoss, fmtStep, greyWords, rightSince } from "./words.js";

const COLORS_OF = { train: POSITIVE, test: NEGATIVE };
const LINE = 16; // pixels between two numbers of an axis
const log = (x) => Math.log10(Math.max(x, LEAST_LOSS));

// 1, 2, 5 times powers of ten; fewer where their numbers would touch.
function ticksBetween(low, high, room) {
  for (let every = 1, [steps, ...fewer] = [[1, 2, 5], [1, 3], [1]]; ;) {
    const ticks = [];
    for (let k = Math.floor(low / every) * every; k <= high; k += every)
      for (const step of steps) {
        const at = Math.log10(step) + k;
        if (at >= low && at <= high) ticks.push(Number(`${step}e${k}`));
      }
    const isApart = (tick, i) => !i || Math.log10(tick / ticks[i - 1]) >= room;
    if (ticks.length < 6 && ticks.every(isApart)) return ticks;
    if (fewer.length) steps = fewer.shift();
    else every *= 2;
  }
}

export class Chart {
  constructor(session) {
    this.session = session;
    const canvas = h("canvas", { class: "chart", role: "img" });
    this.canvas = pressed(canvas, (event) => this.scrub(event));
    const names = ["right", "train", "test", "grey"];
    this.parts = Object.fromEntries(names.map((name) => [name, h("b", { class: name })]));
    const title = h("strong", {}, "Loss");
    this.legend = h("div", { class: "losses" }, title, ...Object.values(this.parts));
  }

  layout() {
    measure(this.canvas);
    const { width, height } = this.canvas.shown;
    this.bounds = { left: 58, right: width - 10, top: 8, bottom: height - 24 };
  }

  // The theme may have changed by now.
  readColors() {
    const { color, backgroundColor, fontFamily } = getComputedStyle(this.canvas);
    Object.assign(this, { ink: color, paper: backgroundColor, font: `15px ${fontFamily}` });
  }

  draw(losses) {
    const { run, grey, playing } = this.session;
    const { left, right, top, bottom } = this.bounds;
    const context = wiped(this.canvas);
    if (!playing || !this.ink) this.readColors();
    const curves = (grey ? [grey, run] : [run]).flatMap((of) => {
      const { kept } = of;
      return ["test", "train"].flatMap((name) => (of.data[name]?.n ? { of, kept, name } : []));
    });
    this.end = Math.max(run.end, grey?.end ?? 0, 1);
    const [low, high] = rangeOf(curves);
    const X = (step) => left + ((right - left) * step) / this.end;
    const Y = (loss) => bottom - ((bottom - top) * (log(loss) - low)) / (high - low);
    const room = (LINE * (high - low)) / (bottom - top);
    this.drawAxes(context, Y, ticksBetween(low, high, room));
    context.fillRect(X(run.step) - 0.5, top, 1, bottom - top);
    for (const { of, kept, name } of curves) {
      const color = of === grey ? GREY : COLORS_OF[name];
      Object.assign(context, { strokeStyle: color, fillStyle: color });
      drawCurve(context, { kept, end: of.end }, name, X, Y);
      if (of === grey || !Number.isFinite(losses[name])) continue;
      context.strokeStyle = this.paper;
      context.beginPath();
      context.arc(X(run.step), Y(losses[name]), 4.5, 0, 7);
      context.fill();
      context.stroke();
    }
    this.tell(losses);
  }

  tell({ train, test }) {
    const { parts, session } = this;
    write(parts.right, rightSince(session.run));
    write(parts.train, train === null ? "" : `training ${fmtLoss(train)}`);
    write(parts.test, test === null ? "" : `test ${fmtLoss(test)}`);
    write(parts.grey, session.grey ? greyWords(session) : "");
  }

  drawAxes(context, Y, ticks) {
    const { width, height } = this.canvas.shown;
    const { left, right } = this.bounds;
    const say = (text, align, x, y) => {
      context.textAlign = align;
      context.fillText(text, x, y);
    };
    Object.assign(context, { font: this.font, fillStyle: this.ink, textBaseline: "middle" });
    for (const value of ticks) {
      context.globalAlpha = 0.25;
      context.fillRect(left, Math.round(Y(value)), right - left, 1);
      context.globalAlpha = 1;
      const isPlain = value >= 0.001 && value < 1e4;
      const text = isPlain ? String(value) : value.toExponential(0).replace("e+", "e");
      say(text.replace("-", "−"), "right", left - 6, Y(value));
    }
    context.textBaseline = "alphabetic";
    say("0", "left", left, height - 4);
    say(fmtStep(this.end), "right", right, height - 4);
    if (width > 240) say("step", "center", (left + right) / 2, height - 4);
  }

  scrub({ buttons, pointerId, offsetX }) {
    if (buttons) this.canvas.setPointerCapture(pointerId);
    const { left, right } = this.bounds;
    const share = Math.min(Math.max((offsetX - left) / (right - left), 0), 1);
    this.session.play(false);
    this.session.do((run) => run.goTo(Math.min(Math.round(share * this.end), run.end)));
  }
}

function drawCurve(context, { kept, end }, name, X, Y) {
  context.beginPath();
  for (const moment of kept) context.lineTo(X(moment.step), Y(moment[name]));
  context.lineTo(X(end), Y(kept.at(-1)[name]));
  Object.assign(context, { lineWidth: 2, lineJoin: "round" });
  context.setLineDash(name === "test" ? [5, 3] : []);
  context.stroke();
  context.setLineDash([]);
}

// Powers of ten between which all curves lie.
function rangeOf(curves) {
  let [low, high] = [Infinity, -Infinity];
  for (const { kept, name } of curves)
    for (const moment of kept) {
      const value = log(moment[name]);
      if (value < low) low = value;
      if (value > high && value < Infinity) high = value;
    }
  return low <= high ? [low - 0.08, Math.max(high + 0.08, low + 0.5)] : [-1, 0];
}
