// Elements of the page, and the controls of settings.

// An element; `svg:path` is one of SVG. A property `onclick` listens.
export function h(tag, props = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(props))
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const button = (content, props, onclick) =>
  h("button", { type: "button", ...props, onclick }, content);

// Set a property only where it is another one: each costs the browser.
export function put(node, name, value) {
  const kept = (node.kept ??= {});
  if (kept[name] !== value) node[name] = kept[name] = value;
}

export const write = (node, text) => put(node, "textContent", text);

const ICONS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M7 5.5h3.6v13H7zM13.4 5.5H17v13h-3.6z",
  step: "M6 5.5v13l8.5-6.5zM15.6 5.5H18v13h-2.4z",
  reset: "M12 5a7 7 0 1 1-6.6 4.7l1.9.7A5 5 0 1 0 12 7v3L7.5 6 12 2z",
};

export function icon(name) {
  const path = h("svg:path", { d: ICONS[name] });
  return h("svg:svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, path);
}

export function select(label, options, set) {
  const box = h("select", { "aria-label": label, onchange: () => set(box.value) });
  box.offer = (pairs) =>
    box.replaceChildren(...pairs.map(([value, words]) => h("option", { value }, words)));
  box.offer(options);
  return box;
}

// Controls: each is an element with `show(value)`, for a setting as settings.json has it.

const field = (name, { label, help: title }, ...content) =>
  h("label", { class: "field", title, "data-part": name }, h("span", {}, label), ...content);

function menu(name, spec, set) {
  const pairs = spec.stops
    ? Object.entries(spec.stops).map(([words, value]) => [value, words])
    : Object.entries(spec.options);
  const values = Object.fromEntries(pairs.map(([value]) => [value, value]));
  const box = select(spec.label, pairs, (value) => set(values[value]));
  const show = (value) => {
    if (!(value in values)) box.append(h("option", { value }, value)); // set by a link
    box.value = value;
  };
  return Object.assign(field(name, spec, box), { show });
}

function slider(name, spec, set) {
  const props = { min: spec.least, max: spec.most, step: 0.05 };
  const box = h("input", { type: "range", ...props, oninput: () => set(+box.value) });
  const out = h("span", { class: "value" });
  const show = (value) => {
    box.value = value;
    out.textContent = value.toFixed(2);
  };
  return Object.assign(field(name, spec, box, out), { show });
}

// A box to type a number into, and a slider over the stops.
function dial(name, spec, set) {
  const { label, least: min, most: max, whole } = spec;
  const stops = spec.stops.length ? spec.stops : [...Array(spec.stops).keys()];
  const typed = () => box.value && box.reportValidity() && set(+box.value);
  const props = { type: "number", min, max, step: whole ? 1 : "any", onchange: typed };
  const box = h("input", props);
  const slide = () => set(stops[+range.value]);
  const more = { max: stops.length - 1, "aria-label": `slider: ${label}`, oninput: slide };
  const range = h("input", { type: "range", min: 0, ...more });
  const show = (value) => {
    box.value = value;
    const at = stops.findIndex((stop) => stop >= value);
    range.value = at < 0 ? stops.length - 1 : at;
    range.setAttribute("aria-valuetext", value);
  };
  const both = h("div", { class: "dial", "data-part": name }, field("", spec, box), range);
  return Object.assign(both, { show });
}

// Buttons of which one is pressed, or several. `content(value)`: what one shows.
export function choices(name, { label, options }, set, content = (value) => options[value]) {
  const buttons = Object.entries(options).map(([value, words]) =>
    button(content(value), { title: words, "aria-label": words, value }, () => set(value)),
  );
  const props = { class: `choices ${name}`, role: "group", "aria-label": label };
  const show = (values) => {
    for (const node of buttons) node.ariaPressed = [values].flat().includes(node.value);
  };
  return Object.assign(h("div", { ...props, "data-part": name }, ...buttons), { show });
}

export const CONTROLS = { menu, slider, dial, choices };
