// The loss by step: training, test and the run in grey, on a logarithmic axis.

import { h, write } from "./elements.js";
import { GREY, NEGATIVE, POSITIVE, fmtLoss, measure, wiped } from "./paint.js";

const ROOM = { left: 58, right: 10, top: 24, bottom: 24 };
const log = (x) => Math.log10(Math.max(x, 1e-30));

// 1, 2, 5 times powers of ten; if those are too many, the powers alone.
function ticksBetween(low, high) {
  for (let every = 1, steps = [1, 2, 5]; ; every *= steps[1] ? 1 : 2, steps = [1]) {
    const ticks = [];
    for (let k = Math.floor(low / every) * every; k <= high; k += every)
      for (const step of steps) {
        const at = Math.log10(step) + k;
        if (at >= low && at <= high) ticks.push(Number(`${step}e${k}`));
      }
    if (ticks.length < 6) return ticks;
  }
}

export class Chart {
  constructor(session) {
    this.session = session;
    this.canvas = h("canvas", {
      class: "chart",
      role: "img",
      onpointerdown: (event) => this.scrub(event),
      onpointermove: (event) => event.buttons && this.scrub(event),
    });
    const names = ["train", "test", "grey"];
    this.parts = Object.fromEntries(names.map((name) => [name, h("b", { class: name })]));
    this.legend = h("div", { class: "losses" }, ...Object.values(this.parts));
  }

  layout() {
    measure(this.canvas);
  }

  // The theme may be another one by now.
  readColors() {
    const { color, backgroundColor, fontFamily } = getComputedStyle(this.canvas);
    Object.assign(this, { ink: color, paper: backgroundColor, font: `15px ${fontFamily}` });
  }

  draw(losses) {
    const { run, grey } = this.session;
    const { width, height } = this.canvas.shown;
    const context = wiped(this.canvas);
    if (!this.session.playing || !this.ink) this.readColors();
    const curves = [
      [run, "test", NEGATIVE, [5, 3]],
      [run, "train", POSITIVE, []],
    ].filter(([{ data }, name]) => data[name]?.n);
    const greys = [
      [grey, "test", GREY, [5, 3]],
      [grey, "train", GREY, []],
    ];
    if (grey) curves.unshift(...greys.filter(([{ data }, name]) => data[name]?.n));
    this.end = Math.max(run.end, grey?.end ?? 0, 1);
    const [left, right] = [ROOM.left, width - ROOM.right];
    const [top, bottom] = [ROOM.top, height - ROOM.bottom];
    const [low, high] = rangeOf(curves);
    const X = (step) => left + ((right - left) * step) / this.end;
    const Y = (loss) => bottom - ((bottom - top) * (log(loss) - low)) / (high - low);
    this.drawAxes(context, Y, ticksBetween(low, high));
    for (const curve of curves) this.drawCurve(context, curve, X, Y);
    context.fillStyle = this.ink;
    context.fillRect(X(run.step) - 0.5, top, 1, bottom - top);
    for (const [of, name, color] of curves)
      if (of === run && Number.isFinite(losses[name])) {
        context.beginPath();
        context.arc(X(run.step), Y(losses[name]), 4.5, 0, 7);
        Object.assign(context, { fillStyle: color, strokeStyle: this.paper });
        context.fill();
        context.stroke();
      }
    this.tell(losses);
  }

  tell(losses) {
    const { grey } = this.session;
    const { parts } = this;
    for (const name of ["train", "test"]) parts[name].hidden = losses[name] === null;
    parts.grey.hidden = !grey;
    write(parts.train, `training ${fmtLoss(losses.train)}`);
    write(parts.test, `test ${fmtLoss(losses.test)}`);
    if (!grey) return;
    const { train, test } = grey.losses();
    const ended = grey.step < this.session.run.step ? `, step ${grey.step}` : "";
    const values = [train, ...(test === null ? [] : [test])].map(fmtLoss).join(", test ");
    write(parts.grey, `${this.session.greyName()}${ended}: ${values}`);
  }

  drawAxes(context, Y, ticks) {
    const { width, height } = this.canvas.shown;
    const [left, right] = [ROOM.left, width - ROOM.right];
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
    say("loss", "right", left - 6, 13);
    say("0", "left", left, height - 4);
    say(this.end.toLocaleString("en"), "right", right, height - 4);
    if (width > 240) say("step", "center", (left + right) / 2, height - 4);
  }

  drawCurve(context, [{ kept, end }, name, color, dash], X, Y) {
    const stride = Math.max(1, Math.floor(kept.length / 600));
    context.beginPath();
    for (let i = 0; i < kept.length; i += stride) context.lineTo(X(kept[i].step), Y(kept[i][name]));
    context.lineTo(X(end), Y(kept.at(-1)[name]));
    Object.assign(context, { strokeStyle: color, lineWidth: 2, lineJoin: "round" });
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  scrub(event) {
    this.canvas.setPointerCapture(event.pointerId);
    const { left, width } = this.canvas.getBoundingClientRect();
    const way = width - ROOM.left - ROOM.right;
    const share = (event.clientX - left - ROOM.left) / way;
    const step = Math.round(Math.min(Math.max(share, 0), 1) * this.end);
    this.session.play(false);
    this.session.do((run) => run.goTo(Math.min(step, run.end)));
  }
}

// Powers of ten between which all curves lie.
function rangeOf(curves) {
  let [low, high] = [Infinity, -Infinity];
  for (const [{ kept }, name] of curves)
    for (const moment of kept) {
      const value = log(moment[name]);
      if (value < low) low = value;
      if (value > high && value < Infinity) high = value;
    }
  return low <= high ? [low - 0.08, Math.max(high + 0.08, low + 0.5)] : [-1, 0];
}
