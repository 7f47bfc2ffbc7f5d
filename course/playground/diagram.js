// The network: a picture of each unit, an edge for each weight, and buttons to change it.

import { button, h, put, select, write } from "./elements.js";
import { fmt, paint, scaleOf } from "./paint.js";
import { SPEC, activationsOf } from "./settings.js";

const THUMB = 50; // points along each side of a unit's picture
const LEAST = 72; // pixels for a layer: many of them scroll to the side on a phone
const HEAD = 74; // pixels above the units, for the buttons

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

  // How a unit, [layer, unit], is called.
  wordsFor([layer, unit]) {
    const { sizes, settings } = this.session.run;
    if (layer === sizes.length - 1) return "output ŷ";
    if (!layer) return `input ${SPEC.features.options[settings.features[unit]]}`;
    return `layer ${layer - 1}, unit ${unit}`;
  }

  rebuild() {
    this.units = this.session.run.sizes.map((n, layer) =>
      Array.from({ length: n }, (_, unit) => this.unit(layer, unit)),
    );
    this.nodes.replaceChildren(...this.units.flat().map(({ place }) => place));
    const parts = this.weights.all.flatMap(({ edge, grip }) => (edge ? [edge, grip] : []));
    this.edges.replaceChildren(...parts);
    this.labels.replaceChildren(...this.weights.all.map(({ label }) => label));
  }

  unit(layer, unit) {
    const { session, weights } = this;
    const isOutput = layer === this.session.run.sizes.length - 1;
    const words = this.wordsFor([layer, unit]);
    const hover = (on) => () => {
      weights.feature(layer, unit, on);
      session.look({ hovered: on ? [layer, unit] : null });
    };
    const hands = { onpointerenter: hover(true), onpointerleave: hover(false) };
    Object.assign(hands, { onfocus: hover(true), onblur: hover(false) });
    const at = isOutput ? null : [layer, unit];
    const choose = () =>
      session.look({ chosen: String(session.chosen) === String(at) ? null : at });
    const canvas = h("canvas");
    const props = { class: "unit", "aria-label": `show ${words}`, ...hands };
    const node = button(canvas, props, choose);
    const text = h("span", { class: "za" });
    const place = h("div", {}, node, text);
    const name = isOutput ? "ŷ" : layer ? "" : words.replace("input ", "");
    if (name) place.append(h("span", { class: "name" }, name));
    return { place, node, canvas, text };
  }

  // Buttons for layers and units, and the activation of each layer.
  showHeads() {
    const { settings } = this.session.run;
    const { hidden, output } = settings;
    const activation = activationsOf(settings).slice(0, -1);
    const [n, last] = [hidden.length, hidden.length - 1];
    const resized = (l, by) => ({
      hidden: hidden.map((units, i) => (i === l ? units + by : units)),
    });
    const fewer = { hidden: hidden.slice(0, -1) };
    if (n > 1) fewer.activation = activation.slice(0, -1);
    const further = {
      hidden: [...hidden, hidden[last] ?? 4],
      activation: [...activation, activation[last] ?? "tanh"],
    };
    const heads = hidden.map((units, l) => {
      const set = (name) => ({ activation: activation.map((a, i) => (i === l ? name : a)) });
      return this.head(
        [`layer ${l}`, "units", `units in layer ${l}`],
        [units > 1 && resized(l, -1), units < SPEC.hidden.most && resized(l, 1)],
        this.activationMenu(`activation of layer ${l}`, activation[l], set),
      );
    });
    const changes = [n && fewer, n < SPEC.hidden.count && further];
    const layers = this.head(["layers", "layers", "hidden layers"], changes, "");
    const set = (name) => ({ output: name });
    const menu = this.activationMenu("activation of the output", output, set);
    const focused = [...this.heads.querySelectorAll("*")].indexOf(document.activeElement);
    this.heads.replaceChildren(layers, ...heads, this.head(["output"], [], menu));
    if (focused >= 0) this.heads.querySelectorAll("*")[focused]?.focus();
  }

  // A title between the buttons for less and more, and what stands below.
  head([title, part, words], changes, below) {
    const [less, more] = changes.map((values, i) => {
      const props = { class: "small", "data-part": part, "aria-label": `${words} ${"−+"[i]}` };
      if (!values) props["aria-disabled"] = true; // not disabled: that would lose the focus
      return button("−+"[i], props, () => values && this.session.change(values));
    });
    const row = h("div", {}, less ?? "", h("span", {}, title), more ?? "");
    return h("div", { class: "heading", "data-part": title }, row, below);
  }

  activationMenu(label, now, values) {
    const pairs = Object.entries(SPEC.output.options);
    const box = select(label, pairs, (name) => this.session.change(values(name)));
    box.dataset.part = "activation";
    box.value = now;
    return box;
  }

  // Where everything stands.
  layout() {
    const { sizes } = this.session.run;
    const { clientWidth, clientHeight: height } = this.element;
    if (!clientWidth) return;
    const width = Math.max(clientWidth, LEAST * sizes.length);
    this.inner.style.width = `${width}px`;
    const most = Math.max(...sizes);
    const pitch = (height - HEAD - 6) / most;
    const isRoomy = pitch >= 58;
    const fitting = isRoomy ? pitch - 26 : pitch - 6;
    const size = Math.round(Math.min(fitting, 54, width / sizes.length / 2.1));
    const left = Math.min(size / 2 + 64, width / 4);
    const column = (width - Math.max(size / 2 + 22, 52) - left) / (sizes.length - 1);
    const middle = (HEAD + height - 6) / 2 - (isRoomy ? 9 : 0);
    const x = sizes.map((_, l) => left + column * l);
    const y = sizes.map((n) => {
      const step = (height - HEAD - 6) / Math.max(n, Math.min(most, 3));
      return Array.from({ length: n }, (_, i) => middle + step * (i - (n - 1) / 2));
    });
    this.element.classList.toggle("compact", !isRoomy);
    this.element.classList.toggle("narrow", column < 118);
    this.units.forEach((units, l) =>
      units.forEach(({ place }, i) => {
        place.style.cssText = `left:${x[l]}px;top:${y[l][i]}px;--size:${size}px`;
      }),
    );
    [...this.heads.children].forEach((head, l) => {
      const wide = Math.min(column - 4, 150, 2 * (width - x[l]), 2 * x[l]);
      head.style.cssText = `left:${x[l]}px;width:${wide}px`;
    });
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const one of this.weights.all) this.place(one, x, y, size, isRoomy ? pitch : size);
  }

  place({ l, j, k, isBias, label, edge, grip }, x, y, size, room) {
    const to = { x: x[l + 1], y: y[l + 1][k] };
    if (isBias) {
      label.setAttribute("x", to.x - size / 2 + 1);
      label.setAttribute("y", to.y + size / 2 + 16);
      return;
    }
    const n = y[l].length;
    const [from, until] = [x[l] + size / 2, to.x - size / 2];
    const apart = Math.min(17, (1.02 * room) / n);
    const fits = apart >= 14.5 && until - from > 84;
    const port = to.y + apart * (j - (n - 1) / 2);
    const end = until - (fits ? 54 : 3); // a line ends before its number
    const bend = (from + end) / 2;
    const d = `M${from} ${y[l][j]}C${bend} ${y[l][j]} ${bend} ${port} ${end} ${port}`;
    edge.setAttribute("d", d);
    grip.setAttribute("d", `${d}H${until - 2}`);
    label.setAttribute("x", until - 6);
    label.setAttribute("y", 5 + (fits ? port : to.y + 17 * (j - (n - 1) / 2)));
    label.classList.toggle("tight", !fits);
  }

  // The units of now; `one` is the network at the probe, or null.
  draw(surfaces, one) {
    const { session } = this;
    const { run } = session;
    const last = this.units.length - 1;
    const chosen = String(session.chosen ?? [last, 0]);
    this.units.forEach((units, l) =>
      units.forEach(({ place, canvas, text, node }, i) => {
        const values = surfaces.values(l, i);
        const isOutput = l === last;
        const levels = isOutput ? run.data.levels : [0];
        const scale = scaleOf(values, run.data, isOutput);
        paint(canvas, THUMB, values, scale, session.discrete ? levels : null);
        if (one) this.spot(canvas, session.probe);
        const activity = l && this.isDead(l, i) ? "dead: 0 for all training points" : "";
        put(node, "ariaDescription", activity);
        put(place, "className", `place${isOutput ? " output" : ""}${activity ? " dead" : ""}`);
        const a = one && fmt(one.A[l][i]);
        write(text, !one ? "" : l ? `z ${fmt(one.Z[l - 1][i])}\na ${a}` : a);
        put(node, "ariaPressed", chosen === String([l, i]));
      }),
    );
    this.element.classList.toggle("probing", !!one);
  }

  // Whether a ReLU unit gives 0 for all training points: no step changes it any more.
  isDead(l, i) {
    const { activations, parts } = this.session.run;
    const { Z, n } = parts.train.net;
    if (activations[l - 1] !== "relu" || !n) return false;
    return Z[l - 1].subarray(i * n, (i + 1) * n).every((z) => z < 0);
  }

  spot(canvas, probe) {
    const { low, high } = this.session.run.data;
    const [x, y] = probe.map((c) => (THUMB * (c - low)) / (high - low));
    for (const [color, r] of [
      ["#fff", 3],
      ["#111", 2],
    ]) {
      canvas.context.fillStyle = color;
      canvas.context.fillRect(x - r, THUMB - y - r, 2 * r, 2 * r);
    }
  }
}
