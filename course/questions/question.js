// A question on the page: options to choose from, a number to type, or lines to order.
// An answer goes to Python as a message; what Python thinks of it comes back as
// `verdict` and `reply`. See page.py.

const VERDICTS = { right: "Right.", wrong: "Not yet." };
// Keys that JupyterLab may have while the focus is here. All others are ours: its
// letters would insert, cut and delete cells.
const isForLab = (event) =>
  event.ctrlKey || event.metaKey || event.altKey ||
  (event.key === "Enter" && event.shiftKey);

function element(tag, attributes = {}, content = "") {
  const made = Object.assign(document.createElement(tag), attributes);
  made.innerHTML = content;
  return made;
}

function button(content, onclick, className = "") {
  return element("button", { type: "button", onclick, className }, content);
}

// The three kinds. Each fills `place`, and returns what to do when an answer has come.

function choice(place, model, submit) {
  const options = model.get("options").map(([answer, content]) => {
    const option = button(content, () => submit(answer), "option");
    option.dataset.answer = answer;
    place.append(option);
    return option;
  });
  place.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = options.indexOf(event.target);
    if (!steps || at < 0) return;
    event.preventDefault();
    options[(at + steps + options.length) % options.length].focus();
  });
  return () => {
    for (const option of options) {
      const chosen = option.dataset.answer === model.get("answer");
      option.className = `option ${chosen ? model.get("verdict") : ""}`;
      option.setAttribute("aria-pressed", chosen);
    }
  };
}

function number(place, model, submit) {
  const label = element("label", {}, "your number ");
  const box = element("input", { type: "text", size: 12, autocomplete: "off" });
  box.value = model.get("answer");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") submit(box.value);
  });
  label.append(box);
  place.append(label, " ", button("Answer", () => submit(box.value)));
  return () => {};
}

function order(place, model, submit) {
  const list = element("ol");
  const move = (row, steps) => {
    const rows = [...list.children];
    const other = rows[rows.indexOf(row) + steps];
    if (other) other[steps < 0 ? "before" : "after"](row);
  };
  for (const [answer, content] of model.get("options")) {
    const row = element("li");
    row.dataset.answer = answer;
    for (const [sign, name, steps] of [["\u2191", "up", -1], ["\u2193", "down", 1]]) {
      const mover = button(sign, () => { move(row, steps); mover.focus(); });
      mover.title = `Move ${name}`;
      row.append(mover, " ");
    }
    const line = element("pre", {}, content);
    for (const mover of row.querySelectorAll("button"))
      mover.setAttribute("aria-label", `${mover.title}: ${line.textContent.trim()}`);
    row.append(line);
    row.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!steps) return;
      event.preventDefault();
      const focused = document.activeElement;
      move(row, steps);
      focused.focus();
    });
    list.append(row);
  }
  const current = () => [...list.children].map((row) => row.dataset.answer).join(" ");
  place.append(list, button("Check the order", () => submit(current())));
  return () => {};
}

const KINDS = { choice, number, order };

function render({ model, el }) {
  el.classList.add("course-question");
  const place = element("div", { role: "group" });
  const reply = element("div", { className: "reply" });
  reply.setAttribute("role", "status");
  const submit = (answer) => model.send({ answer });
  const mark = KINDS[model.get("kind")](place, model, submit);
  const update = () => {
    const verdict = model.get("verdict");
    const words = VERDICTS[verdict];
    const sign = { right: "\u2713", wrong: "\u2717" }[verdict];
    reply.className = `reply ${verdict}`;
    reply.innerHTML =
      (words ? `<p><strong>${sign} ${words}</strong></p>\n` : "") + model.get("reply");
    mark();
    el.classList.remove("asleep");
  };
  el.append(element("div", {}, model.get("head")), place, reply);
  el.addEventListener("keydown", (event) => {
    if (!isForLab(event)) event.stopPropagation();
  });
  for (const name of ["verdict", "reply", "answer"]) model.on(`change:${name}`, update);
  // ipywidgets tells so that the kernel is gone; nothing here would answer.
  model.on("comm_live_update", () => el.classList.add("asleep"));
  update();
}

export default { render };
