// The network: a picture of each unit, an edge for each weight, and buttons to change it.

import { button, h, write } from "./elements.js";
import { fmt, paint, scaleOf } from "./paint.js";
import { SPEC, activationsOf } from "./settings.js";

const THUMB = 50; // points along each side of a unit's picture
const HEAD = 74; // pixels above the units, for the buttons

export const NAMES = {
  tanh: "tanh",
  sigmoid: "sigmoid",
  relu: "ReLU",
  leaky_relu: "leaky ReLU −0.2",
  identity: "identity",
};

// How a unit is called: in the picture, and in words.
export function unitName(run, layer, unit) {
  const last = run.sizes.length - 1;
  if (layer === last) return ["ŷ", "output ŷ"];
  const feature = run.settings.features[unit];
  if (!layer) return [nice(feature), `input ${nice(feature)}`];
  return ["", `layer ${layer - 1}, unit ${unit}`];
}

export const nice = (feature) =>
  feature.replace("^2", "²").replace("*", "·").replace("sin(x0)", "sin x0").replace("sin(x1)", "sin x1"); // prettier-ignore

export class Diagram {
  constructor(session, weights) {
    this.session = session;
    this.weights = weights;
    this.edges = h("svg:g");
    this.labels = h("svg:g");
    this.drawing = h("svg:svg", { "aria-hidden": "true" }, this.edges, this.labels);
    this.nodes = h("div");
    this.heads = h("div");
    this.element = h("div", { class: "network" }, this.drawing, this.nodes, this.heads);
  }

  get run() {
    return this.session.run;
  }

  rebuild() {
    const { sizes } = this.run;
    this.units = sizes.map((n, layer) =>
      Array.from({ length: n }, (_, unit) => this.unit(layer, unit)),
    );
    this.nodes.replaceChildren(...this.units.flat().map(({ place }) => place));
    const parts = this.weights.all.flatMap(({ edge, grip }) =>
      edge ? [edge, grip] : [],
    );
    this.edges.replaceChildren(...parts);
    this.labels.replaceChildren(...this.weights.all.map(({ label }) => label));
  }

  unit(layer, unit) {
    const { session, weights } = this;
    const [name, words] = unitName(this.run, layer, unit);
    const isOutput = layer === this.run.sizes.length - 1;
    const at = isOutput ? null : [layer, unit];
    const hover = (on) => () => {
      weights.feature(layer, unit, on);
      session.look({ hovered: on ? [layer, unit] : null });
    };
    const choose = () =>
      session.look({ chosen: String(session.chosen) === String(at) ? null : at });
    const canvas = h("canvas");
    const hands = { onpointerenter: hover(true), onpointerleave: hover(false) };
    const node = button(canvas, { class: "unit", "aria-label": `show ${words}`, ...hands }, choose); // prettier-ignore
    node.addEventListener("focus", hover(true));
    node.addEventListener("blur", hover(false));
    const text = h("span", { class: "za" });
    const place = h("div", { class: isOutput ? "place output" : "place" }, node, text);
    if (name) place.append(h("span", { class: "name" }, name));
    return { place, node, canvas, text };
  }

  // Buttons for layers and units, and the activation of each layer.
  showHeads() {
    const { session } = this;
    const { settings } = this.run;
    const { hidden } = settings;
    const activations = activationsOf(settings);
    const hands = (part, words, less, more) => [
      button("−", { class: "small", "data-part": part, "aria-label": `one ${words} less`, disabled: !less }, () => session.change(less)), // prettier-ignore
      button("+", { class: "small", "data-part": part, "aria-label": `one ${words} more`, disabled: !more }, () => session.change(more)), // prettier-ignore
    ];
    const resized = (l, by) => {
      const sizes = hidden.map((n, i) => (i === l ? n + by : n));
      return sizes[l] >= 1 && sizes[l] <= SPEC.hidden.most && { hidden: sizes };
    };
    const head = (title, [less, more], select) =>
      h("div", { class: "heading" }, h("div", {}, less, h("span", {}, title), more), select); // prettier-ignore
    const layers = hands(
      "layers",
      "hidden layer",
      hidden.length && {
        hidden: hidden.slice(0, -1),
        activation: activations.slice(0, -2),
      },
      hidden.length < SPEC.hidden.count && {
        hidden: [...hidden, hidden.at(-1) ?? 4],
        activation: [...activations.slice(0, -1), activations.at(-2) ?? "tanh"],
      },
    );
    const heads = hidden.map((_, l) =>
      head(
        `layer ${l}`,
        hands("units", `unit in layer ${l}`, resized(l, -1), resized(l, 1)),
        this.activationMenu(`activation of layer ${l}`, activations[l], (name) => ({
          activation: activations.slice(0, -1).map((old, i) => (i === l ? name : old)),
        })),
      ),
    );
    const output = this.activationMenu("activation of the output", settings.output, (name) => ({ output: name })); // prettier-ignore
    const all = [
      head("layers", layers, ""),
      ...heads,
      head("output", ["", ""], output),
    ];
    const focused = [...this.heads.querySelectorAll("*")].indexOf(
      document.activeElement,
    );
    this.heads.replaceChildren(...all);
    if (focused >= 0) this.heads.querySelectorAll("*")[focused]?.focus();
  }

  activationMenu(label, now, values) {
    const select = h(
      "select",
      {
        "aria-label": label,
        "data-part": "activation",
        onchange: () => this.session.change(values(select.value)),
      },
      ...SPEC.output.options.map((name) => h("option", { value: name }, NAMES[name])),
    );
    select.value = now;
    return select;
  }

  // Where everything stands.
  layout() {
    const { sizes } = this.run;
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width) return;
    const most = Math.max(...sizes);
    const pitch = (height - HEAD - 6) / most;
    const isRoomy = pitch >= 58;
    const fitting = isRoomy ? pitch - 26 : pitch - 6;
    const size = Math.round(Math.min(fitting, 54, width / sizes.length / 2.1));
    this.element.classList.toggle("compact", !isRoomy);
    const right = width - size / 2 - 22;
    const left = Math.min(size / 2 + 64, width / 4);
    const column = (right - left) / (sizes.length - 1);
    const middle = (HEAD + height - 6) / 2 - (isRoomy ? 9 : 0);
    const x = sizes.map((_, l) => left + column * l);
    const y = sizes.map((n) => {
      const step = (height - HEAD - 6) / Math.max(n, Math.min(most, 3));
      return Array.from({ length: n }, (_, i) => middle + step * (i - (n - 1) / 2));
    });
    this.isWide = column > 150;
    this.units.forEach((units, l) =>
      units.forEach(({ place }, i) => {
        place.style.cssText = `left:${x[l]}px;top:${y[l][i]}px;--size:${size}px`;
      }),
    );
    [...this.heads.children].forEach((head, l) => {
      const wide = Math.min(column - 4, 150);
      const at = Math.max(Math.min(x[l], width - wide / 2), wide / 2);
      head.style.cssText = `left:${at}px;width:${wide}px`;
    });
    this.element.classList.toggle("narrow", column < 118);
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const one of this.weights.all)
      this.place(one, x, y, size, isRoomy ? pitch : size);
  }

  place({ l, j, k, isBias, label, edge, grip }, x, y, size, room) {
    if (isBias) {
      label.setAttribute("x", x[l + 1]);
      label.setAttribute("y", y[l + 1][k] + size / 2 + 16);
      return;
    }
    const n = y[l].length;
    const [from, to] = [x[l] + size / 2, x[l + 1] - size / 2];
    const apart = Math.min(17, (1.02 * room) / n);
    const fits = apart >= 14.5 && to - from > 100;
    const port = y[l + 1][k] + apart * (j - (n - 1) / 2);
    const end = to - (fits ? 54 : 3); // a line ends before its number
    const bend = (from + end) / 2;
    const d = `M${from} ${y[l][j]}C${bend} ${y[l][j]} ${bend} ${port} ${end} ${port}`;
    edge.setAttribute("d", d);
    grip.setAttribute("d", `${d}H${to - 2}`);
    label.setAttribute("x", to - 6);
    label.setAttribute("y", 5 + (fits ? port : y[l + 1][k] + 17 * (j - (n - 1) / 2)));
    label.classList.toggle("tight", !fits);
  }

  // The units of now; `one` is the network at the probe, or null.
  draw(surfaces, one) {
    const { run, session } = this;
    const last = this.units.length - 1;
    const levels = session.discrete ? [0] : null;
    const key = JSON.stringify(session.chosen);
    this.units.forEach((units, l) =>
      units.forEach(({ canvas, text, node }, i) => {
        const values = surfaces.values(l, i);
        const isOutput = l === last;
        const scale = scaleOf(values, run.data, isOutput);
        paint(
          canvas,
          THUMB,
          values,
          scale,
          isOutput && levels ? run.data.levels : levels,
        );
        if (one) this.spot(canvas, session.probe);
        const between = this.isWide && !isOutput ? "  " : "\n";
        const a = one && fmt(one.A[l][i]);
        write(text, !one ? "" : l ? `z ${fmt(one.Z[l - 1][i])}${between}a ${a}` : a);
        if (this.key !== key)
          node.setAttribute(
            "aria-pressed",
            key === JSON.stringify(isOutput ? null : [l, i]),
          );
      }),
    );
    this.key = key;
    if (this.isProbing === !!one) return;
    this.isProbing = !!one;
    this.element.classList.toggle("probing", !!one);
  }

  spot(canvas, probe) {
    const { low, high } = this.run.data;
    const [x, y] = probe.map((c) => (THUMB * (c - low)) / (high - low));
    const { context } = canvas;
    context.fillStyle = "#fff";
    context.fillRect(x - 3, THUMB - y - 3, 6, 6);
    context.fillStyle = "#111";
    context.fillRect(x - 2, THUMB - y - 2, 4, 4);
  }
}
