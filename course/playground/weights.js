// Each weight and bias: a cell of the table, its edge and label in the drawing. All can be
// dragged; a cell can be typed into and moved by keys.

import { button, h, write } from "./elements.js";
import { fmt } from "./paint.js";

export class Weights {
  constructor(session) {
    this.session = session;
    this.element = h("div", {
      class: "numbers",
      role: "group",
      "aria-label": "weights and biases",
      onkeydown: (event) => this.key(event),
    });
    this.all = [];
    this.editing = null;
  }

  get p() {
    return this.session.run.p;
  }

  // For a network of other sizes.
  rebuild() {
    const { layers } = this.session.run.net;
    this.all = layers.flatMap((layer, l) =>
      Array.from({ length: layer.end - layer.W }, (_, at) => this.one(layer, l, at)),
    );
    this.editing = null;
    this.element.replaceChildren(
      ...layers.map((layer, l) => this.matrix(layer, l)),
      h("p", {}, "Drag a number or an edge, or click it and type. Shift is finer."),
    );
    this.all[0].cell.tabIndex = 0;
  }

  one(layer, l, at) {
    const i = layer.W + at;
    const [j, k] = [Math.floor(at / layer.nOut), at % layer.nOut];
    const isBias = i >= layer.b;
    const name = isBias ? `b[${l}][${k}]` : `W[${l}][${j}, ${k}]`;
    const hands = {
      onpointerdown: (event) => this.drag(event, i),
      onpointerenter: () => this.heat(i, true),
      onpointerleave: () => this.heat(i, false),
    };
    const kind = isBias ? "bias" : "weight";
    const cell = h("td", {
      tabindex: -1,
      role: "spinbutton",
      "aria-label": name,
      "data-i": i,
      onfocus: () => this.tellValue(i),
      ...hands,
    });
    const label = h("svg:text", { class: kind, ...hands });
    const edge = isBias ? null : h("svg:path");
    const grip = isBias ? null : h("svg:path", { class: "grip", ...hands });
    return { l, j, k, isBias, name, cell, label, edge, grip };
  }

  matrix({ nIn, nOut }, l) {
    const cells = this.all.filter((one) => one.l === l).map(({ cell }) => cell);
    const rows = Array.from({ length: nIn + 1 }, (_, j) => {
      const head = j === nIn ? `b[${l}]` : j ? "" : `W[${l}]`;
      return h("tr", {}, h("th", {}, head), ...cells.slice(j * nOut, (j + 1) * nOut));
    });
    return h("table", { role: "presentation" }, h("tbody", {}, ...rows));
  }

  draw() {
    const { p } = this;
    const focused = document.activeElement;
    this.all.forEach(({ isBias, cell, label, edge }, i) => {
      const text = fmt(p[i]);
      if (cell === focused) this.tellValue(i);
      if (cell.written !== text && this.editing !== i) {
        const share = 0.42 * Math.min(Math.abs(p[i]) / 3, 1);
        cell.style.background = `rgba(${p[i] < 0 ? "213,94,0" : "0,114,178"},${share.toFixed(2)})`; // prettier-ignore
        write(cell, text);
        write(label, isBias ? `b ${text}` : text);
      }
      const width = Math.min(0.7 + 2 * Math.abs(p[i]), 8).toFixed(1);
      if (edge && edge.width !== width) edge.setAttribute("stroke-width", width);
      if (edge) edge.width = width;
      if (label.isNegative === p[i] < 0) return;
      label.isNegative = p[i] < 0;
      for (const node of [label, edge]) node?.classList.toggle("neg", p[i] < 0);
    });
  }

  // The weights into a unit come forward.
  feature(layer, unit, on) {
    for (const { l, k, label, edge } of this.all)
      if (l === layer - 1 && k === unit)
        for (const node of [label, edge]) node?.classList.toggle("front", on);
  }

  heat(i, on) {
    const { cell, label, edge, name } = this.all[i];
    for (const node of [cell, label, edge]) node?.classList.toggle("hot", on);
    if (on) cell.title = `${name} = ${this.p[i]}`;
  }

  put(i, value) {
    this.session.do((run) => run.put(i, Math.round(value * 1e4) / 1e4));
  }

  // To the right or up is more; a press without a move: type.
  drag(event, i) {
    if (event.button || this.editing !== null) return;
    event.preventDefault();
    const node = event.currentTarget;
    const [start, x, y] = [this.p[i], event.clientX, event.clientY];
    let moved = false;
    node.setPointerCapture(event.pointerId);
    this.focus(i);
    this.heat(i, true);
    const move = (now) => {
      const way = now.clientX - x - (now.clientY - y);
      moved ||= Math.abs(way) > 3;
      if (moved) this.put(i, start + way * (now.shiftKey ? 0.002 : 0.02));
    };
    const end = (last) => {
      node.removeEventListener("pointermove", move);
      this.heat(i, false);
      if (!moved && last.type === "pointerup") this.edit(i);
    };
    node.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"])
      node.addEventListener(name, end, { once: true });
  }

  focus(i) {
    for (const { cell } of this.all) cell.tabIndex = -1;
    const { cell } = this.all[i];
    cell.tabIndex = 0;
    cell.focus({ preventScroll: true });
  }

  tellValue(i) {
    this.all[i].cell.setAttribute("aria-valuenow", this.p[i]);
    this.all[i].cell.setAttribute("aria-valuetext", fmt(this.p[i], 4));
  }

  // Arrows go to another number; plus, minus and Page keys change it; Enter or a digit types.
  key(event) {
    const i = Number(event.target.dataset.i);
    const { key } = event;
    if (!(i >= 0) || event.ctrlKey || event.metaKey || event.altKey) return;
    const { nOut } = this.session.run.net.layers[this.all[i].l];
    const go = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -nOut, ArrowDown: nOut }[key];
    const by = { "+": 0.1, "-": -0.1, _: -0.01, "*": 0.01, PageUp: 1, PageDown: -1 }[
      key
    ];
    const fine = {
      ArrowLeft: -0.01,
      ArrowRight: 0.01,
      ArrowUp: 0.01,
      ArrowDown: -0.01,
    };
    if (event.shiftKey && fine[key]) this.put(i, this.p[i] + fine[key]);
    else if (by) this.put(i, this.p[i] + by);
    else if (go && this.all[i + go]) this.focus(i + go);
    else if (key === "Enter" || key === "F2") this.edit(i);
    else if (/^[0-9.,]$/.test(key)) this.edit(i, key);
    else return;
    event.preventDefault();
  }

  edit(i, text = String(Math.round(this.p[i] * 1e6) / 1e6)) {
    const { cell, name } = this.all[i];
    const done = (keep) => {
      if (this.editing === null) return;
      const value = Number(box.value.replace("−", "-").replace(",", "."));
      this.editing = null;
      const fits = keep && box.value.trim() && Number.isFinite(value);
      cell.written = null;
      cell.replaceChildren();
      this.focus(i);
      if (fits) this.put(i, value);
      else this.session.tell("look");
    };
    const box = h("input", {
      class: "edit",
      inputmode: "decimal",
      "aria-label": name,
      onblur: () => done(true),
      onkeydown: (event) => {
        event.stopPropagation();
        if (event.key === "Enter") done(true);
        if (event.key === "Escape") done(false);
      },
    });
    this.editing = i;
    box.value = text;
    cell.replaceChildren(box);
    box.focus();
    if (text.length > 1) box.select();
  }

  // A large network's numbers are one press away.
  toggle() {
    const press = button("Numbers", { class: "text" }, () => {
      const isOpen = press.getAttribute("aria-expanded") !== "true";
      this.show(press, isOpen);
      this.byHand = true;
    });
    this.press = press;
    return press;
  }

  show(press, isOpen) {
    press.setAttribute("aria-expanded", isOpen);
    this.element.hidden = !isOpen;
  }
}
