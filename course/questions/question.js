// How a question is answered: options to choose from, a number to type, lines to order, or
// the guesses of a class. An answer goes to Python as a message. Python writes the reply
// below, and tells the answer that it is to; once that is locked, nothing more is sent.

import { listen, wholeOf } from "../page/kernel.js";

function button(content, onclick, label) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", onclick, innerHTML: content });
  if (label) made.setAttribute("aria-label", label);
  return made;
}

// The steps that an arrow key makes, 0 for another key.
function steps(event) {
  const made = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (made) event.preventDefault();
  return made;
}

// The kinds. Each fills `place`, and calls `submit(answer)`; what it returns shows an answer.

function choice(place, options, submit) {
  const all = options.map(([text, content]) => {
    const option = button(content, () => {
      choose(text);
      submit(text);
    });
    option.className = "option";
    option.dataset.answer = text;
    return option;
  });
  const choose = (text) => {
    for (const option of all) option.setAttribute("aria-pressed", option.dataset.answer === text);
  };
  choose("");
  place.append(...all);
  place.addEventListener("keydown", (event) => {
    const next = all.indexOf(event.target) + steps(event) + all.length;
    all[next % all.length].focus();
  });
  return choose;
}

// A box to type in, with a name; Enter in it submits, and whoever goes on, see keys.js.
function field(name, submit) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  Object.assign(box, { type: "text", size: 12, autocomplete: "off" });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") submit(box.value);
  });
  box.addEventListener("goes-on", ({ detail: sent }) => {
    if (box.value.trim()) sent.push(submit(box.value));
  });
  label.append(`${name} `, box);
  return [label, box];
}

function number(place, options, submit) {
  const [label, box] = field("your number", submit);
  const unit = options[0]?.[1] ?? "";
  place.append(
    label,
    ` ${unit} `,
    button("Answer", () => submit(box.value)),
  );
  return (text) => (box.value = text);
}

// A box for each of the rounds in which a class guesses.
function votes(place, options, submit) {
  const boxes = options.map(([round, content, example]) => {
    const enter = () => submit(`${round} ${box.value}`);
    const [label, box] = field(content, enter);
    Object.assign(box, { size: 40, placeholder: example, onchange: enter });
    place.append(label, document.createElement("br"));
    return box;
  });
  return (all) => JSON.parse(all).forEach((typed, i) => (boxes[i].value = typed));
}

function order(place, options, submit) {
  const list = document.createElement("ol");
  const move = (row, by) => {
    const focused = document.activeElement;
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (by && other) other[by < 0 ? "before" : "after"](row);
    focused.focus(); // a row that moves loses it
  };
  for (const [text, content] of options) {
    const row = document.createElement("li");
    const line = document.createElement("pre");
    line.innerHTML = content;
    const name = line.textContent.trim();
    row.dataset.answer = text;
    row.append(
      button("\u2191", () => move(row, -1), `Move up: ${name}`),
      " ",
      button("\u2193", () => move(row, 1), `Move down: ${name}`),
      line,
    );
    row.addEventListener("keydown", (event) => move(row, steps(event)));
    list.append(row);
  }
  const current = () => [...list.children].map((row) => row.dataset.answer).join(" ");
  place.append(
    list,
    button("Check the order", () => submit(current())),
  );
}

const KINDS = { choice, number, order, votes };

function render({ model, el }) {
  el.classList.add("answers");
  el.setAttribute("role", "group");
  const kind = model.get("kind");
  let last = null;
  let hasSent = false;
  const waits = []; // what ends each promise below
  // What is sent gives a promise: of this element if the answer is refused.
  const submit = (text) => {
    const { answer, locked } = model.get("told");
    if (locked) return void keep(answer);
    if (text === last) return; // the reply to it is there, or on its way
    last = text;
    hasSent = true;
    el.classList.add("waiting"); // until the reply comes
    model.send({ answer: text });
    return new Promise((end) => waits.push(end));
  };
  const keep = KINDS[kind](el, model.get("options"), submit);
  const hear = () => {
    const { answer, locked } = model.get("told");
    const isRefused = kind === "number" && answer !== last;
    el.classList.remove("waiting");
    for (const end of waits.splice(0)) end(isRefused ? el : null);
    // Given before, or while the cell ran again; the first one, after two quick clicks.
    if (answer && (locked || !hasSent)) {
      last = answer;
      keep?.(answer);
    }
    // Not `disabled`: whoever goes by keys would lose their place.
    for (const each of el.querySelectorAll("button, input")) {
      each.setAttribute("aria-disabled", locked);
      each.readOnly = locked;
    }
  };
  hear();
  model.on("change:told", hear);
  return () => model.off("change:told", hear);
}

const initialize = ({ model }) => void listen(wholeOf(model));

export default { initialize, render };
