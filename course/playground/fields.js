// Fields of the playground: menus, sliders, boxes and buttons, and what a hand moves.

import { button, h, set } from "../page/elements.js";

const ICONS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M7 5.5h3.6v13H7zM13.4 5.5H17v13h-3.6z",
  step: "M6 5.5v13l8.5-6.5zM15.6 5.5H18v13h-2.4z",
  reset: "M12 5a7 7 0 1 1-6.6 4.7l1.9.7A5 5 0 1 0 12 7v3L7.5 6 12 2z",
};

export function icon(name) {
  const path = h("svg:path", { d: ICONS[name] });
  return h("svg:svg", { class: name, viewBox: "0 0 24 24", "aria-hidden": "true" }, path);
}

export function select(label, part, choose) {
  const props = { "aria-label": label, "data-part": part };
  const box = h("select", { ...props, onchange: () => choose(box.value) });
  // Pairs of a value and its words, and the current value.
  box.offer = (pairs, now) => {
    if (box.offered !== String(pairs))
      box.replaceChildren(...pairs.map(([value, words]) => h("option", { value }, words)));
    box.offered = String(pairs);
    if (box.value !== String(now)) box.value = now;
    return box;
  };
  return box;
}

const ASIDE = 8; // pixels to the side: then a finger means it, and doesn't scroll the page

function isAside(from, { clientX, clientY }) {
  const [across, along] = [clientX - from.clientX, clientY - from.clientY].map(Math.abs);
  return across > ASIDE && across > along;
}

// Calls `act(event)` where a finger taps or moves to the side, and for each press or move
// with a mouse or a pen. CSS leaves moves up and down to the page (touch-action: pan-y).
export function pressed(node, act) {
  let from = null; // where a finger is down that may yet scroll
  const down = (event) => {
    if (event.pointerType === "touch") from = event;
    else act(event);
  };
  const move = (event) => {
    if (!event.buttons) return;
    if (from && !isAside(from, event)) return;
    from = null;
    act(event);
  };
  const up = (event) => {
    if (from) act(event);
    from = null;
  };
  const cancel = () => (from = null);
  const hands = { onpointerdown: down, onpointermove: move, onpointerup: up };
  return set(node, { ...hands, onpointercancel: cancel });
}

// A slider: what a finger does to it counts when it has moved to the side, or is lifted.
export function range(props, change) {
  let [from, before, isHeld] = [null, null, false];
  const box = h("input", { type: "range", ...props });
  const begin = (event) => {
    isHeld = event.pointerType === "touch";
    [from, before] = [event, box.value];
  };
  const move = (event) => {
    if (!isHeld || !isAside(from, event)) return;
    isHeld = false;
    change(+box.value);
  };
  const end = () => {
    if (isHeld && box.value !== before) change(+box.value);
    isHeld = false;
  };
  const cancel = () => {
    if (isHeld) box.value = before;
    isHeld = false;
  };
  const oninput = () => isHeld || change(+box.value);
  const hands = { onpointerdown: begin, onpointermove: move, onpointerup: end };
  return set(box, { ...hands, onpointercancel: cancel, oninput });
}

// Controls: each is an element with `show(value)`, for a setting as settings.json has it.

const field = (name, { label, help: title }, ...content) =>
  h("label", { class: "field", title, "data-part": name }, h("span", {}, label), ...content);

function menu(name, { stops, options, ...spec }, set) {
  const pairs = stops ? [...stops] : Object.entries(options);
  const box = select(spec.label, undefined, (value) => set(stops ? Number(value) : value));
  const show = (value) => {
    if (!pairs.some(([one]) => one === value)) pairs.push([value, value]); // set by a link
    box.offer(pairs, value);
  };
  return Object.assign(field(name, spec, box), { show });
}

function slider(name, spec, set) {
  const props = { min: spec.least, max: spec.most, step: 0.05 };
  const box = range(props, set);
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
  let shown = null;
  const typed = () => box.value !== shown && box.value && box.reportValidity() && set(+box.value);
  const onkeydown = ({ key }) => key === "Enter" && typed(); // JupyterLab keeps Enter
  const onwheel = () => box.blur(); // else it changes the number where the page should scroll
  const hands = { onchange: typed, onkeydown, onwheel };
  const box = h("input", { type: "number", min, max, step: whole ? 1 : "any", ...hands });
  const more = { max: stops.length - 1, "aria-label": `slider: ${label}` };
  const slide = range({ min: 0, ...more }, (at) => set(stops[at]));
  const show = (value) => {
    box.value = value;
    shown = box.value;
    slide.value = stops.filter((stop) => stop < value).length;
    slide.setAttribute("aria-valuetext", value);
  };
  const both = h("div", { class: "dial", "data-part": name }, field("", spec, box), slide);
  return Object.assign(both, { show });
}

// Buttons of which one is pressed, or several if it is a list, at least one. `content(value)`:
// what one shows.
export function choices(name, spec, set, content = (value) => spec.options[value]) {
  const press = (node) => {
    if (!spec.of) return set(node.value);
    const pressed = buttons.filter((one) => (one.ariaPressed === "true") !== (one === node));
    if (pressed.length) set(pressed.map(({ value }) => value));
  };
  const buttons = Object.entries(spec.options).map(([value, words]) => {
    const props = { title: words, "aria-label": words, value };
    return button(content(value), props, (event) => press(event.currentTarget));
  });
  const props = { class: `choices ${name}`, role: "group", "aria-label": spec.label };
  const show = (values) => {
    for (const node of buttons) node.ariaPressed = [values].flat().includes(node.value);
  };
  return Object.assign(h("div", { ...props, "data-part": name }, ...buttons), { show });
}

export const CONTROLS = { menu, slider, dial, choices };
