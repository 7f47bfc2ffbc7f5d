// Elements of the page, and controls with their labels.

// An element; `svg:path` is one of SVG. A property `onclick` listens.
export function h(tag, props = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(props))
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(name, value === true ? "" : value);
  node.append(...children);
  return node;
}

// Write a text only where it is another one: each write costs the browser.
export function write(node, text) {
  if (node.written === text) return;
  node.written = text;
  node.textContent = text;
}

const ICONS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M7 5.5h3.6v13H7zM13.4 5.5H17v13h-3.6z",
  step: "M6 5.5v13l8.5-6.5zM15.6 5.5H18v13h-2.4z",
  reset: "M12 5a7 7 0 1 1-6.6 4.7l1.9.7A5 5 0 1 0 12 7v3L7.5 6 12 2z",
};

export const icon = (name) =>
  h("svg:svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, h("svg:path", { d: ICONS[name] })); // prettier-ignore

export const button = (text, props, onclick) =>
  h("button", { type: "button", ...props, onclick }, text);

// Controls. Each has `show()`, which brings it in line with what `get` says.

const labelled = (label, part, ...content) =>
  h("label", { class: "field", "data-part": part }, h("span", {}, label), ...content);

// `options`: {what it says: its value}
export function menu(label, part, options, get, set) {
  const names = Object.keys(options);
  const box = h(
    "select",
    { onchange: () => set(options[box.value]) },
    ...names.map((name) => h("option", {}, name)),
  );
  const field = labelled(label, part, box);
  field.show = () => {
    box.value = names.find((name) => options[name] === get()) ?? "";
  };
  return field;
}

export function slider(label, part, [min, max, step], words, get, set) {
  const box = h("input", {
    type: "range",
    min,
    max,
    step,
    oninput: () => set(+box.value),
  });
  const out = h("output");
  const field = labelled(label, part, box, out);
  field.show = () => {
    box.value = get();
    out.textContent = words(get());
  };
  return field;
}

// A box to type a number into, and a slider over the stops; `spec` has least and most.
export function dial(label, part, spec, stops, get, set) {
  const take = () => {
    const value = Number(box.value.replace(",", "."));
    const fits = box.value.trim() && value >= spec.least && value <= spec.most;
    if (fits && (!spec.whole || Number.isInteger(value))) set(value);
    else field.show();
  };
  const box = h("input", { type: "text", inputmode: "decimal", onchange: take });
  const range = h("input", {
    type: "range",
    min: 0,
    max: stops.length - 1,
    "aria-label": label,
    oninput: () => set(stops[+range.value]),
  });
  const field = h("div", { class: "dial", "data-part": part }, labelled(label, null, box), range); // prettier-ignore
  field.show = () => {
    const value = get();
    const beyond = stops.findIndex((stop) => stop >= value);
    box.value = value;
    range.value = beyond < 0 ? stops.length - 1 : beyond;
    range.setAttribute("aria-valuetext", value);
  };
  return field;
}

// Buttons of which one is pressed, or, with `many`, some are. `options` as in a menu; what
// a button shows may be an element.
export function choices(label, part, options, get, set) {
  const buttons = options.map(([name, value, content]) => {
    const made = button(content ?? name, { title: name, "aria-label": name }, () =>
      set(value),
    );
    return [made, value];
  });
  const field = h(
    "div",
    { class: `choices ${part}`, "data-part": part, role: "group", "aria-label": label },
    ...buttons.map(([made]) => made),
  );
  field.show = () => {
    const now = [get()].flat();
    for (const [made, value] of buttons)
      made.setAttribute("aria-pressed", now.includes(value));
  };
  return field;
}
