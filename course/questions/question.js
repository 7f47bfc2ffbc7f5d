// How a question is answered: options to choose from, a number to type, lines to order, or
// the guesses of a class. An answer goes to Python as a message. Python writes the reply
// below, and tells the answer that it is to; once that is locked, nothing more is sent.

import { button, h } from "../page/elements.js";
import { listen, wholeOf } from "../page/kernel.js";

const withHtml = (node, innerHTML) => Object.assign(node, { innerHTML });

// The steps that an arrow key makes, 0 for another key.
function steps(event) {
  const made = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (made) event.preventDefault();
  return made;
}

// The kinds. Each fills `place`, and calls `submit(answer)`; what it returns shows an answer.

function choice(place, options, submit) {
  const all = options.map(([text, content]) => {
    const choosing = () => {
      choose(text);
      submit(text);
    };
    return withHtml(button("", { class: "option", "data-answer": text }, choosing), content);
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
function boxed(name, submit, props) {
  const hands = {
    onkeydown: ({ key }) => key === "Enter" && submit(box.value),
    "ongoes-on": ({ detail: sent }) => box.value.trim() && sent.push(submit(box.value)),
  };
  const box = h("input", { type: "text", size: 12, autocomplete: "off", ...hands, ...props });
  return [h("label", {}, `${name} `, box), box];
}

function number(place, options, submit) {
  const onkeyup = ({ key }) => key === "Enter" && box.select(); // the next number replaces it
  const [label, box] = boxed("your number", submit, { onkeyup });
  const unit = options[0]?.[1] ?? "";
  const answer = button("Answer", {}, () => submit(box.value));
  place.append(label, ` ${unit} `, answer);
  return (text) => (box.value = text);
}

// A box for each of the rounds in which a class guesses.
function votes(place, options, submit) {
  const boxes = options.map(([round, content, placeholder]) => {
    const enter = () => submit(`${round} ${box.value}`);
    const [label, box] = boxed(content, enter, { size: 40, placeholder, onchange: enter });
    place.append(label, h("br"));
    return box;
  });
  return (all) => JSON.parse(all).forEach((typed, i) => (boxes[i].value = typed));
}

function order(place, options, submit) {
  const move = (row, by) => {
    const focused = document.activeElement;
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (by && other) {
      other[by < 0 ? "before" : "after"](row);
      place.classList.add("moved"); // the reply is to another order
    }
    focused.focus(); // a row that moves loses it
  };
  const rows = options.map(([text, content]) => {
    const line = withHtml(h("pre"), content);
    const mover = (arrow, by, way) => {
      const label = `Move ${way}: ${line.textContent.trim()}`;
      return button(arrow, { "aria-label": label }, () => move(row, by));
    };
    const hands = { onkeydown: (event) => move(row, steps(event)) };
    const [up, down] = [mover("\u2191", -1, "up"), mover("\u2193", 1, "down")];
    const row = h("li", { "data-answer": text, ...hands }, up, " ", down, line);
    return row;
  });
  const list = h("ol", {}, ...rows);
  const current = () => [...list.children].map((row) => row.dataset.answer).join(" ");
  const check = button("Check the order", {}, () => submit(current()));
  place.append(list, check);
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
    el.classList.remove("moved");
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
