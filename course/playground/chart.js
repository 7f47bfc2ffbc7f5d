// The loss by step: training, test and the run in grey, on a logarithmic axis.

import { h, write } from "./elements.js";
import { NEGATIVE, POSITIVE, fmtLoss, measure, wiped } from "./paint.js";

const ROOM = { left: 50, right: 10, top: 8, bottom: 24 };
const log = (x) => Math.log10(Math.max(x, 1e-30));

// 1, 2, 5 times powers of ten; if those are too many, the powers alone.
function ticksBetween(low, high) {
  for (const [steps, every] of [
    [[1, 2, 5], 1],
    [[1], 1],
    [[1], 2],
    [[1], 4],
    [[1], 8],
  ]) {
    const ticks = [];
    for (let k = Math.floor(low / every) * every; k <= high; k += every)
      for (const step of steps) {
        const at = Math.log10(step) + k;
        if (at >= low && at <= high) ticks.push(Number(`${step}e${k}`));
      }
    if (ticks.length < 6) return ticks;
  }
  return [];
}

export class Chart {
  constructor(session) {
    this.session = session;
    const scrub = (event) => this.scrub(event);
    this.canvas = h("canvas", {
      class: "chart",
      role: "img",
      onpointerdown: scrub,
      onpointermove: (event) => event.buttons && scrub(event),
    });
    this.train = h("b", { class: "train" });
    this.test = h("b", { class: "test" });
    this.grey = h("b", { class: "grey" });
    this.legend = h("div", { class: "losses" }, this.train, this.test, this.grey);
  }

  layout() {
    measure(this.canvas);
    const style = getComputedStyle(this.canvas);
    const [ink, line, paper] = ["--soft", "--line", "--paper"].map((name) =>
      style.getPropertyValue(name),
    );
    this.look = { ink, line, paper, font: `15px ${style.fontFamily}` };
  }

  draw(losses) {
    const { run, grey } = this.session;
    const { width, height } = this.canvas.shown;
    const context = wiped(this.canvas);
    const curves = [
      ...(grey ? [[grey, "train", "#8a94a0", []]] : []),
      [run, "test", NEGATIVE, [5, 3]],
      [run, "train", POSITIVE, []],
    ].filter(([of, name]) => Number.isFinite(of.kept[0][name] ?? NaN));
    const [low, high] = this.rangeOf(curves);
    const end = Math.max(run.end, grey?.end ?? 0, 1);
    const [left, right] = [ROOM.left, width - ROOM.right];
    const [top, bottom] = [ROOM.top, height - ROOM.bottom];
    this.X = (step) => left + ((right - left) * step) / end;
    const Y = (v) => bottom - ((bottom - top) * (log(v) - low)) / (high - low);
    this.drawAxes(context, Y, low, high, end);
    context.lineJoin = "round";
    for (const curve of curves) this.drawCurve(context, curve, Y);
    const x = this.X(run.step);
    context.strokeStyle = this.look.ink;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
    for (const [value, color] of [
      [losses.test, NEGATIVE],
      [losses.train, POSITIVE],
    ])
      if (value !== null && Number.isFinite(value))
        this.drawDot(context, x, Y(value), color);
    write(this.train, `training ${fmtLoss(losses.train)}`);
    this.test.hidden = losses.test === null;
    if (losses.test !== null) write(this.test, `test ${fmtLoss(losses.test)}`);
    this.grey.hidden = !grey;
    if (grey)
      write(this.grey, `${this.session.greyName()}: ${fmtLoss(grey.losses().train)}`);
  }

  rangeOf(curves) {
    let [low, high] = [Infinity, -Infinity];
    for (const [{ kept }, name] of curves)
      for (const moment of kept) {
        const value = log(moment[name]);
        if (value < low) low = value;
        if (value > high && value < Infinity) high = value;
      }
    if (low > high) return [-1, 0];
    return [low - 0.08, Math.max(high + 0.08, low + 0.5)];
  }

  drawAxes(context, Y, low, high, end) {
    const { width, height } = this.canvas.shown;
    const { ink, line, font } = this.look;
    Object.assign(context, { font, fillStyle: ink, strokeStyle: line, lineWidth: 1 });
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    for (const value of ticksBetween(low, high)) {
      const y = Math.round(Y(value)) + 0.5;
      context.beginPath();
      context.moveTo(ROOM.left, y);
      context.lineTo(width - ROOM.right, y);
      context.stroke();
      const text = value >= 0.01 && value < 1e4 ? value : value.toExponential(0);
      context.fillText(
        String(text).replace("-", "−").replace("+", ""),
        ROOM.left - 6,
        y,
      );
    }
    context.textBaseline = "alphabetic";
    context.fillText(end.toLocaleString("en"), width - ROOM.right, height - 4);
    context.textAlign = "left";
    context.fillText("0", ROOM.left, height - 4);
    context.textAlign = "center";
    context.fillText("step", (ROOM.left + width) / 2, height - 4);
  }

  drawCurve(context, [run, name, color, dash], Y) {
    const { kept } = run;
    const stride = Math.max(1, Math.floor(kept.length / 600));
    context.beginPath();
    for (let i = 0; i < kept.length; i += stride)
      context.lineTo(this.X(kept[i].step), Y(kept[i][name]));
    context.lineTo(this.X(run.end), Y(kept.at(-1)[name]));
    Object.assign(context, { strokeStyle: color, lineWidth: 2 });
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  drawDot(context, x, y, color) {
    context.beginPath();
    context.arc(x, y, 4.5, 0, 7);
    Object.assign(context, { fillStyle: color, strokeStyle: this.look.paper });
    context.lineWidth = 1.5;
    context.fill();
    context.stroke();
  }

  scrub(event) {
    this.canvas.setPointerCapture(event.pointerId);
    const { left, width } = this.canvas.getBoundingClientRect();
    const way = width - ROOM.left - ROOM.right;
    const share = (event.clientX - left - ROOM.left) / way;
    const { run, grey } = this.session;
    const end = Math.max(run.end, grey?.end ?? 0);
    this.session.play(false);
    const step = Math.round(Math.min(Math.max(share, 0), 1) * end);
    this.session.do(() => run.goTo(Math.min(step, run.end)));
  }
}
