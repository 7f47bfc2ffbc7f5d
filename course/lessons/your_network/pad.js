// The drawing pad, an anywidget: see pad.py. All its views show one drawing.

import { button, h, put, write } from "../../page/elements.js";
import { isGone, listen, wholeOf } from "../../page/kernel.js";
import { AREA, SIDE, countsOf } from "./strokes.js";

const PATIENCE = 1000; // milliseconds until it says that Python is busy
const BUSY = "Python is busy. It will answer when it is free.";
const EXAMPLE = "A stored drawing. Draw your own. ";
const HOW = "Keyboard: arrows move the pen, Space puts it down, Escape clears.";
const NEAR = 5; // of AREA: a point this near to the last one adds nothing
const STEP = 50; // of AREA, by an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export default () => {
  let [model, drawing] = [null, null];
  const initialize = (given) => ({ model } = given); // it stays when a view goes
  const render = ({ el }) => {
    drawing ??= new Drawing(model);
    return show(drawing, el);
  };
  return { initialize, render };
};

// The strokes, and what Python says of them. One question is under way at a time.
class Drawing {
  constructor(model) {
    [this.model, this.whole, this.views] = [model, wholeOf(model), new Set()];
    [this.number, this.isUnderWay, this.isDue, this.answer] = [0, false, false, {}];
    model.on("msg:custom", (answer) => this.take(answer));
    this.whole.on("comm_live_update", () => this.ask()); // the kernel goes, or comes back
    listen(this.whole);
    const kept = model.get("strokes");
    this.change(kept ?? model.get("example"), kept === null);
  }

  change(strokes, isExample = false, cleared = []) {
    Object.assign(this, { strokes, isExample, cleared, counts: countsOf(strokes) });
    this.ask();
    this.tell();
  }

  // For a page that is loaded again.
  keep() {
    if (this.isExample) return;
    this.model.set("strokes", this.strokes);
    if (!isGone(this.whole)) this.model.save_changes();
  }

  become(strokes, cleared = []) {
    this.change(strokes, false, cleared);
    this.keep();
  }

  // Undo brings the strokes back, but not the example.
  clear() {
    if (this.strokes.length) this.become([], this.isExample ? [] : this.strokes);
  }

  undo() {
    this.become(this.strokes.length ? this.strokes.slice(0, -1) : this.cleared);
  }

  begin(point) {
    this.change([...(this.isExample ? [] : this.strokes), [point]]);
  }

  goOn(...points) {
    const stroke = [...(this.strokes.at(-1) ?? [])];
    const known = stroke.length;
    for (const [x, y] of points) {
      const [lastX, lastY] = stroke.at(-1) ?? [];
      if (!(Math.hypot(x - lastX, y - lastY) < NEAR)) stroke.push([x, y]); // NaN: the first
    }
    if (stroke.length > known) this.change([...this.strokes.slice(0, -1), stroke]);
  }

  ask() {
    this.isDue = true;
    if (isGone(this.whole)) return this.say(this.model.get("asleep"));
    if (this.isUnderWay) return;
    [this.isDue, this.isUnderWay] = [false, true];
    const { counts, isExample } = this;
    this.timer = setTimeout(() => this.say(BUSY), PATIENCE);
    this.model.send({ number: ++this.number, counts, isExample });
  }

  take(answer) {
    if (answer.number !== this.number) return; // for a page that was left
    clearTimeout(this.timer);
    [this.isUnderWay, this.answer] = [false, answer];
    if (this.isDue) this.ask();
    this.tell();
  }

  say(words) {
    clearTimeout(this.timer);
    this.answer = { words };
    this.tell();
  }

  tell() {
    for (const view of this.views) view();
  }
}

function show(drawing, el) {
  const area = areaOf(drawing);
  const grid = gridOf();
  const rows = rowsOf();
  const hint = h("p", { class: "hint", role: "status" });
  const says = h("p", { class: "says", role: "status" });
  const undo = button("Undo", { class: "text" }, () => drawing.isExample || drawing.undo());
  const clear = button("Clear", { class: "text" }, () => drawing.clear());
  const head = h("div", { class: "head" }, h("b", {}, "Draw a digit"), undo, clear);
  const parts = h(
    "div",
    { class: "parts" },
    h("div", {}, head, area),
    h("div", {}, h("div", { class: "head" }, h("b", {}, "64 inputs")), grid),
    h("div", {}, h("div", { class: "head" }, h("b", {}, "Certainties")), rows),
    says,
    hint,
  );
  const view = () => {
    const { strokes, cleared, counts, answer, isExample } = drawing;
    for (const part of [area, grid, rows]) part.show({ strokes, counts, ...answer });
    write(says, answer.words ?? "");
    put(says, "ariaBusy", String(area.isHeld)); // read aloud when the stroke has ended
    put(undo, "ariaDisabled", String(isExample || !(strokes.length || cleared.length)));
    write(hint, (isExample ? EXAMPLE : "") + area.hint);
  };
  el.append(h("div", { class: "playground pad" }, parts));
  drawing.views.add(view);
  view();
  return () => drawing.views.delete(view);
}

// Where one draws: with a mouse, a pen or a finger, or with keys.
function areaOf(drawing) {
  const strokes = h("svg:g");
  const cursor = h("svg:circle", { r: 18 });
  const viewBox = `0 0 ${AREA} ${AREA}`;
  const paper = h("svg:svg", { viewBox, "aria-hidden": "true" }, strokes, cursor);
  const props = { class: "area", tabindex: 0, role: "application", "aria-label": "drawing area" };
  const area = h("div", props, paper);
  Object.assign(area, { hint: HOW, isHeld: false });
  area.show = (now) => {
    while (strokes.childElementCount > now.strokes.length) strokes.lastChild.remove();
    while (strokes.childElementCount < now.strokes.length) strokes.append(h("svg:path"));
    now.strokes.forEach((points, i) =>
      strokes.children[i].setAttribute("d", `M${points.join("L")}${points[1] ? "" : "h0"}`),
    );
  };
  byPointer(area, drawing);
  byKeys(area, drawing, cursor);
  return area;
}

const inside = (value) => Math.round(Math.min(AREA, Math.max(0, value)));

function byPointer(area, drawing) {
  let held = null; // the pointer that draws: a second finger doesn't
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = area.firstChild.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height].map((part) => inside(AREA * part));
  };
  area.addEventListener("pointerdown", (event) => {
    if (held !== null || event.button !== 0) return;
    held = event.pointerId;
    area.isHeld = true;
    area.setPointerCapture(held);
    drawing.begin(at(event));
  });
  area.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held) return;
    const all = event.getCoalescedEvents?.() ?? [];
    drawing.goOn(...(all.length ? all : [event]).map(at));
  });
  const end = (event) => {
    if (event.pointerId !== held) return;
    [held, area.isHeld] = [null, false];
    drawing.keep();
    drawing.tell();
  };
  area.addEventListener("pointerup", end);
  area.addEventListener("pointercancel", end);
}

function byKeys(area, drawing, cursor) {
  let [point, isDown] = [[AREA / 2, AREA / 2], false];
  const show = () => {
    const [x, y] = point;
    cursor.setAttribute("cx", x);
    cursor.setAttribute("cy", y);
    cursor.setAttribute("class", isDown ? "down" : "up");
    area.hint = `Pen ${isDown ? "down" : "up"}: ${x / STEP} from the left, ${y / STEP} from the top, of ${AREA / STEP}.`;
    drawing.tell();
  };
  const move = (by) => {
    point = point.map((value, axis) => inside(value + STEP * by[axis]));
    if (isDown) drawing.goOn(point);
  };
  const turn = () => {
    isDown = !isDown;
    if (isDown) drawing.begin(point);
  };
  const clear = () => {
    isDown = false;
    drawing.clear();
  };
  area.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey } = event;
    const act = ARROWS[key] ? () => move(ARROWS[key]) : { " ": turn, Escape: clear }[key];
    if (!act || ctrlKey || metaKey || altKey) return;
    event.preventDefault(); // the page would scroll
    act();
    drawing.keep();
    show();
  });
  const leave = () => {
    isDown = false;
    cursor.setAttribute("class", "");
    area.hint = HOW;
    drawing.tell();
  };
  area.addEventListener("blur", leave);
  area.addEventListener("pointerdown", leave);
}

// The 64 counts as greys.
function gridOf() {
  const canvas = h("canvas", { width: SIDE, height: SIDE });
  const label = "the drawing as 8 rows of 8 greys";
  const grid = h("div", { class: "grid", role: "img", "aria-label": label }, canvas);
  const context = canvas.getContext("2d");
  grid.show = ({ counts }) => {
    const image = context.createImageData(SIDE, SIDE);
    counts.forEach((count, i) => {
      const grey = 255 * (1 - count / 16);
      image.data.set([grey, grey, grey, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
  };
  return grid;
}

// Ten rows: a digit, a bar, its certainty. The largest is bold, and has a mark.
function rowsOf() {
  const all = Array.from({ length: 10 }, (_, digit) => {
    const [bar, share] = [h("i"), h("span", { class: "share" })];
    const track = h("span", { class: "track" }, bar);
    const row = h("div", { role: "listitem" }, h("span", {}, String(digit)), track, share);
    return { bar, share, row };
  });
  const rows = h("div", { class: "rows", role: "list" }, ...all.map(({ row }) => row));
  rows.show = ({ certainties, written }) => {
    const largest = certainties?.indexOf(Math.max(...certainties));
    all.forEach(({ bar, share, row }, i) => {
      bar.style.width = `${100 * (certainties?.[i] ?? 0)}%`;
      write(share, written?.[i] ?? "");
      put(row, "className", i === largest ? "largest" : "");
    });
  };
  return rows;
}
