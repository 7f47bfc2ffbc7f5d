// Each weight and bias: a box in the table, its edge and its label in the drawing. All of
// them can be dragged; a box takes typed numbers and keys.

import { h, write } from "../page/elements.js";
import { fmt } from "./words.js";

const HOW_TO =
  "Drag a number or a line sideways, or type; arrow keys change it, in smaller steps with Shift. W has a row for each input and a column for each unit.";
const OPENS = " A click on a line opens its gradient.";
const TYPED = { type: "text", inputmode: "decimal", autocomplete: "off" };
const KEYS = { ArrowUp: 0.1, ArrowDown: -0.1, PageUp: 1, PageDown: -1 };

export class Weights {
  constructor(session) {
    this.session = session;
    const props = { class: "numbers", role: "group", "aria-label": "weights and biases" };
    this.element = h("div", { ...props, "data-part": "numbers" });
  }

  // For a network of other sizes; all in the order of the parameters.
  rebuild() {
    this.all = [];
    this.wrong = []; // whether the gradient of each is
    this.opened = null; // whose gradient is looked at
    const tables = this.session.run.net.layers.map((layer, l) => this.table(layer, l));
    const { hide } = this.session.run.settings;
    const more = hide.includes("gradient") ? "" : OPENS;
    this.element.replaceChildren(...tables, h("p", {}, HOW_TO + more));
  }

  table({ nIn, nOut }, l) {
    const rows = Array.from({ length: nIn + 1 }, (_, j) => {
      const isBias = j === nIn;
      const head = isBias ? `b[${l}]` : j ? "" : `W[${l}]`;
      const cells = Array.from({ length: nOut }, (_, k) => h("td", {}, this.one(l, j, k, isBias)));
      return h("tr", {}, h("th", {}, head), ...cells);
    });
    return h("table", { role: "presentation" }, ...rows);
  }

  // Its box.
  one(l, j, k, isBias) {
    const i = this.all.length;
    const name = isBias ? `b[${l}][${k}]` : `W[${l}][${j}, ${k}]`;
    const unit = `layer ${l}, unit ${k}`;
    const role = isBias ? `bias of ${unit}` : `from input ${j} of the layer to ${unit}`;
    const hands = {
      onpointerdown: (event) => this.drag(event, i),
      onpointerenter: () => this.heat(i, true),
      onpointerleave: () => this.heat(i, false),
    };
    const keys = {
      oninput: () => (box.isTyped = true),
      onchange: () => this.typed(i),
      onkeydown: (event) => this.key(event, i),
    };
    const words = { "aria-label": name, "aria-description": role };
    const box = h("input", { ...TYPED, ...words, ...hands, ...keys });
    const label = h("svg:text", { class: isBias ? "bias" : "weight", ...hands });
    const edge = isBias ? null : h("svg:path");
    const grip = isBias ? null : h("svg:path", { class: "grip", ...hands });
    this.all.push({ l, j, k, isBias, name, box, label, edge, grip });
    return box;
  }

  draw() {
    const { playing, run } = this.session;
    const { p } = run;
    this.all.forEach(({ isBias, box, label, edge }, i) => {
      const isWrong = !!this.wrong[i];
      const text = fmt(p[i]);
      // A box that is about to be typed into keeps its text, which may be selected.
      const isHeld = box.isTyped || (playing && box === document.activeElement);
      if (!isHeld && box.value !== text) box.value = text;
      const isOpened = i === this.opened;
      const state = `${isWrong}${isOpened}${text}`;
      if (box.is === state) return;
      box.is = state;
      write(label, `${isWrong ? "✗ " : ""}${isBias ? "b " : ""}${text}`);
      const share = 0.42 * Math.min(Math.abs(p[i]) / 3, 1);
      box.style.background = `rgba(${p[i] < 0 ? "213,94,0" : "0,114,178"},${share.toFixed(2)})`;
      edge?.setAttribute("stroke-width", Math.min(0.7 + 2 * Math.abs(p[i]), 8).toFixed(1));
      for (const node of [label, edge]) {
        node?.classList.toggle("neg", p[i] < 0);
        node?.classList.toggle("wrong", isWrong);
        node?.classList.toggle("opened", isOpened);
      }
    });
  }

  // The weights into a unit come forward.
  feature(layer, unit, on) {
    for (const { l, k, label, edge } of this.all)
      if (l === layer - 1 && k === unit)
        for (const node of [label, edge]) node?.classList.toggle("front", on);
  }

  heat(i, on) {
    const { box, label, edge, name } = this.all[i];
    for (const node of [box, label, edge]) node?.classList.toggle("hot", on);
    if (on) box.title = `${name} = ${this.session.run.p[i]}`;
  }

  put(i, value) {
    this.session.do((run) => run.put(i, value));
  }

  // By hand, which is less fine.
  move(i, value) {
    this.put(i, Math.round(value * 1e4) / 1e4);
  }

  // Right or up is more; a press without a move lets you type, or opens the gradient.
  drag(event, i) {
    const node = event.currentTarget;
    const { box } = this.all[i];
    if (event.button || document.activeElement === box) return;
    event.preventDefault();
    const [start, x, y] = [this.session.run.p[i], event.clientX, event.clientY];
    let isMoved = false;
    node.setPointerCapture(event.pointerId);
    node.onpointermove = (now) => {
      const way = now.clientX - x - (now.clientY - y);
      isMoved ||= Math.abs(way) > 3;
      if (isMoved) this.move(i, start + way * (now.shiftKey ? 0.002 : 0.02));
    };
    node.onpointerup = () => isMoved || this.press(i, node);
    node.onlostpointercapture = () => (node.onpointermove = node.onpointerup = null);
  }

  press(i, node) {
    const { session } = this;
    const { box } = this.all[i];
    const opens = node !== box && !session.run.settings.hide.includes("gradient");
    if (opens) return session.look({ parameter: i, pane: "gradient" });
    box.focus({ preventScroll: true });
    box.select();
  }

  typed(i) {
    const { box } = this.all[i];
    if (!box.isTyped) return;
    const value = Number(box.value.replace("−", "-").replace(",", "."));
    const fits = box.value.trim() && Number.isFinite(value);
    box.isTyped = false;
    if (fits) this.put(i, value);
    box.value = fmt(this.session.run.p[i]);
  }

  key(event, i) {
    const { box } = this.all[i];
    if (event.key === "Escape") box.value = "";
    if (["Escape", "Enter"].includes(event.key)) this.typed(i); // JupyterLab keeps Enter
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    this.move(i, this.session.run.p[i] + (event.shiftKey ? by / 10 : by));
  }
}
