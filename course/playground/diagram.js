// The network: a picture of each unit, an edge for each weight, and buttons to change it.

import { button, h, put, set, write } from "../page/elements.js";
import { select } from "./fields.js";
import { paint, spot } from "./paint.js";
import { SPEC, activationsOf } from "./settings.js";
import { fmt, nameOf } from "./words.js";

const THUMB = 50; // points along each side of a unit's picture
// Pixels from a layer to the next:
const LEAST = 48; // two buttons; with less, it scrolls to the side
const ROOMY = 112; // a title between two buttons
const FOR_NAME = 58; // "layer 0"
const FOR_BIAS = 76; // a bias below its unit

export class Diagram {
  constructor(session, weights) {
    this.session = session;
    this.weights = weights;
    this.edges = h("svg:g");
    this.labels = h("svg:g");
    this.drawing = h("svg:svg", { "aria-hidden": "true" }, this.edges, this.labels);
    this.nodes = h("div");
    this.heads = h("div");
    this.inner = h("div", { class: "inner" }, this.drawing, this.nodes, this.heads);
    this.element = h("div", { class: "network" }, this.inner);
  }

  rebuild() {
    const { sizes } = this.session.run;
    this.units = sizes.flatMap((n, l) => Array.from({ length: n }, (_, i) => this.unit(l, i)));
    this.nodes.replaceChildren(...this.units.map(({ place }) => place));
    const lines = this.weights.all.filter(({ isBias }) => !isBias);
    this.edges.replaceChildren(...lines.flatMap(({ edge, grip }) => [edge, grip]));
    this.labels.replaceChildren(...this.weights.all.map(({ label }) => label));
  }

  unit(l, i) {
    const { session, weights } = this;
    const isOutput = l === session.run.net.layers.length;
    const words = nameOf(session.run, [l, i]);
    const hover = (on) => () => {
      weights.feature(l, i, on);
      session.look({ hovered: on ? [l, i] : null });
    };
    const [on, off] = [true, false].map(hover);
    const hands = { onpointerenter: on, onpointerleave: off, onfocus: on, onblur: off };
    const at = isOutput ? null : [l, i];
    const choose = () =>
      session.look({ chosen: String(session.chosen) === String(at) ? null : at });
    const canvas = h("canvas");
    const props = { class: "unit", "aria-label": `show ${words}`, ...hands };
    const node = button(canvas, props, choose);
    const text = h("span", { class: "za" });
    const name = isOutput ? "ŷ" : l ? "" : words.replace("input ", "");
    const more = name && h("span", { class: "name" }, name);
    const place = h("div", { class: isOutput ? "place output" : "place" }, node, text, more);
    return { l, i, place, node, canvas, text };
  }

  // Buttons for layers and units, and the activation of each layer.
  showHeads() {
    const { settings } = this.session.run;
    const { hidden } = settings;
    const { most, count } = SPEC.hidden;
    const activation = activationsOf(settings);
    const output = activation.pop();
    const heads = hidden.map((units, l) => {
      const resized = (n) => ({ hidden: hidden.with(l, n) });
      const changes = [units > 1 && resized(units - 1), units < most && resized(units + 1)];
      const to = (name) => ({ activation: activation.with(l, name) });
      const menu = this.menu(`activation of layer ${l}`, activation[l], to);
      return this.head([`layer ${l}`, "units", `units in layer ${l}`], changes, menu);
    });
    const fewer = hidden.length > 0 && { hidden: hidden.slice(0, -1) };
    const further = hidden.length < count && { hidden: [...hidden, hidden.at(-1) ?? 4] };
    const layers = this.head(["layers", "layers", "hidden layers"], [fewer, further], "");
    layers.prepend(h("b", {}, "Network"));
    const menu = this.menu("activation of the output", output, (name) => ({ output: name }));
    const focused = [...this.heads.querySelectorAll("*")].indexOf(document.activeElement);
    this.heads.replaceChildren(layers, ...heads, this.head(["output"], [], menu));
    this.heads.querySelectorAll("*")[focused]?.focus();
  }

  // A title between the buttons for less and more, and what is below.
  head([title, part, label], changes, below) {
    const [less, more] = changes.map((values, i) => {
      const props = { class: "small", "data-part": part, "aria-label": `${label} ${"−+"[i]}` };
      if (!values) props["aria-disabled"] = true; // not disabled: that would lose the focus
      return button("−+"[i], props, () => values && this.session.change(values));
    });
    const [name, number] = title.split(" ");
    const words = number ? [h("i", {}, `${name} `), number] : [name]; // CSS may hide "layer"
    const row = h("div", {}, less ?? "", h("span", {}, ...words), more ?? "");
    return h("div", { class: "heading", "data-part": title }, row, below);
  }

  menu(label, now, values) {
    const choose = (name) => this.session.change(values(name));
    return select(label, "activation", choose).offer(Object.entries(SPEC.output.options), now);
  }

  // Where everything goes.
  layout() {
    const { sizes } = this.session.run;
    const { clientWidth, clientHeight: height } = this.element;
    if (!clientWidth) return;
    const gaps = sizes.length - 1;
    const share = clientWidth / sizes.length;
    const right = Math.min(52, Math.max(36, 0.7 * share)); // beside the middle of ŷ
    const isNarrow = (clientWidth - 91 - right) / gaps < ROOMY;
    this.element.classList.toggle("narrow", isNarrow);
    const head = Math.max(...[...this.heads.children].map((one) => one.offsetHeight)) + 18;
    const most = Math.max(...sizes);
    const room = height - head - 6;
    const pitch = room / most;
    const isRoomy = pitch >= 58;
    const size = Math.round(Math.min(pitch - (isRoomy ? 26 : 6), 54, Math.max(share, LEAST) / 2.1));
    const names = this.units.slice(0, sizes[0]).map(({ place }) => place.lastChild.offsetWidth);
    const left = size / 2 + (isNarrow ? Math.max(...names) + 6 : 64);
    const width = Math.max(clientWidth, left + LEAST * gaps + right);
    const column = (width - left - right) / gaps;
    this.element.classList.toggle("tiny", column < FOR_NAME);
    const middle = head + room / 2 - (isRoomy ? 9 : 0);
    const x = (l) => left + column * l;
    const y = (l, i) => {
      const step = room / Math.max(sizes[l], Math.min(most, 3));
      return middle + step * (i - (sizes[l] - 1) / 2);
    };
    this.inner.style.width = `${width}px`;
    this.element.classList.toggle("compact", !isRoomy);
    for (const { place, l, i } of this.units)
      place.style.cssText = `left:${x(l)}px;top:${y(l, i)}px;--size:${size}px`;
    [...this.heads.children].forEach((head, l) => {
      const half = Math.min(column / 2, 75);
      const from = Math.max(x(l) - half, 0);
      const to = l < gaps ? x(l) + half : width; // that of ŷ has the rest
      head.style.cssText = `left:${from}px;width:${to - from}px`;
    });
    set(this.drawing, { viewBox: `0 0 ${width} ${height}` });
    for (const one of this.weights.all) this.place(one, x, y, size, isRoomy ? pitch : size);
    for (const { isBias, label } of this.weights.all)
      if (isBias) label.classList.toggle("tight", column < FOR_BIAS);
  }

  // A label, and its edge from the unit before to a port of its own; its number, if there
  // is room, stands in a gap of it.
  place({ l, j, k, isBias, label, edge, grip }, x, y, size, room) {
    const n = this.session.run.sizes[l];
    const [until, height] = [x(l + 1) - size / 2, y(l + 1, k)];
    if (isBias) return set(label, { x: x(l + 1), y: height + size / 2 + 16 });
    const from = x(l) + size / 2;
    const apart = Math.min(17, (1.02 * room) / n);
    const fits = apart >= 14.5 && until - from > 84;
    const at = (pitch) => height + pitch * (j - (n - 1) / 2);
    const port = at(Math.min(apart, (size - 12) / n)); // off the unit's round corners
    const [end, turn] = fits ? [until - 56, at(apart)] : [until, port];
    const bend = (from + end) / 2;
    const d = `M${from} ${y(l, j)}C${bend} ${y(l, j)} ${bend} ${turn} ${end} ${turn}`;
    const rest = `${until - 11} ${turn}L${until} ${port}`;
    set(edge, { d: fits ? `${d}M${rest}` : d });
    set(grip, { d: fits ? `${d}L${rest}` : d });
    set(label, { x: until - (fits ? 13 : 2), y: 5 + at(fits ? apart : 17) });
    label.classList.toggle("tight", !fits);
  }

  // The units as they are now; `one` is the network at the probe, or null.
  draw(surfaces, one) {
    const { run, discrete, chosen, probe } = this.session;
    const pressed = String(chosen ?? [run.net.layers.length, 0]);
    const dead = run.activations.map((_, l) => run.parts.train.net.deadUnits(l));
    spot(this.nodes, run.data, probe);
    for (const { l, i, place, canvas, text, node } of this.units) {
      paint(canvas, THUMB, surfaces.picture(l, i), discrete);
      const isDead = !!dead[l - 1]?.[i];
      put(node, "ariaDescription", isDead ? "dead: 0 for all training points" : "");
      place.classList.toggle("dead", isDead);
      const a = one && fmt(one.A[l][i]);
      write(text, !one ? "" : l ? `z ${fmt(one.Z[l - 1][i])}\na ${a}` : a);
      put(node, "ariaPressed", pressed === String([l, i]));
    }
  }
}
