// How a question is answered: options to choose from, a number to type, lines to order, or
// the guesses of a class. An answer goes to Python as a message, and Python writes the reply
// below, see box.py. After a reply of the class "locked", nothing more is sent.

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

// The three kinds. Each fills `place`, and calls `submit(answer)`.

function choice(place, { options, answer }, submit) {
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
  choose(answer);
  place.append(...all);
  place.addEventListener("keydown", (event) => {
    const next = all.indexOf(event.target) + steps(event) + all.length;
    all[next % all.length].focus();
  });
  return choose;
}

// A box to type in, with a name; Enter in it submits, and whoever goes on, see keys.js.
function field(name, value, submit) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  Object.assign(box, { type: "text", size: 12, autocomplete: "off", value });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") submit(box.value);
  });
  box.addEventListener("goes-on", () => box.value.trim() && submit(box.value));
  label.append(`${name} `, box);
  return [label, box];
}

function number(place, { options, answer }, submit) {
  const [label, box] = field("your number", answer, submit);
  const unit = options[0]?.[1] ?? "";
  place.append(
    label,
    ` ${unit} `,
    button("Answer", () => submit(box.value)),
  );
  return (text) => (box.value = text);
}

// A box for each of the rounds in which a class guesses.
function votes(place, { options, answer }, submit) {
  const boxes = options.map(([round, content, example]) => {
    const enter = () => submit(`${round} ${box.value}`);
    const [label, box] = field(content, "", enter);
    Object.assign(box, { size: 40, placeholder: example, onchange: enter });
    place.append(label, document.createElement("br"));
    return box;
  });
  const type = (all) => JSON.parse(all).forEach((typed, i) => (boxes[i].value = typed));
  if (answer) type(answer);
  return type;
}

function order(place, { options }, submit) {
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
  const state = { options: model.get("options"), answer: model.get("answer") };
  let last = state.answer || null;
  let hasSent = false;
  let locked = null; // the reply that ends it
  const keep = KINDS[model.get("kind")](el, state, (answer) => {
    if (locked) return keep(locked.dataset.answer);
    if (answer === last) return; // the reply to it is there, or on its way
    last = answer;
    hasSent = true;
    el.classList.add("waiting"); // until the reply comes
    model.send({ answer });
  });
  const hear = (reply) => {
    el.classList.remove("waiting");
    locked = reply.querySelector(".locked");
    if (locked) keep(locked.dataset.answer); // the first one, after two quick clicks
    const said = reply.querySelector("[data-answer]")?.dataset.answer;
    if (said && !hasSent) keep?.((last = said)); // given while the cell ran again
    el.classList.toggle("refused", hasSent && model.get("kind") === "number" && said !== last);
    // Not `disabled`: whoever goes by keys would lose their place.
    for (const each of el.querySelectorAll("button, input")) {
      each.setAttribute("aria-disabled", locked !== null);
      each.readOnly = locked !== null;
    }
  };
  const observer = new ResizeObserver(() => {
    // it has come to the page
    const box = el.closest(".course-question");
    if (!box) return;
    observer.disconnect();
    const reply = box.lastElementChild;
    hear(reply);
    new MutationObserver(() => hear(reply)).observe(reply, { childList: true, subtree: true });
  });
  observer.observe(el);
}

export default { render };
