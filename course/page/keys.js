// Goes before the script of each widget, and hears its keys before JupyterLab does.

if (!window.courseKeepsKeys) {
  window.courseKeepsKeys = true;
  const OURS = ".course-question, .course-panel, .course-playground, .course-pad";
  const RUN = '[data-command="notebook:run-cell-and-select-next"]'; // the toolbar's button

  // 1. Keys don't reach JupyterLab, whose letters would insert, cut and delete cells. The
  // attribute is its own sign for that. Keys with Ctrl or Alt, and Shift+Enter, stay
  // JupyterLab's, except those that edit a box: all, copy, paste, cut, undo.

  const isShiftEnter = ({ key, shiftKey }) => key === "Enter" && shiftKey;
  const isForLab = (event) => {
    const { ctrlKey, metaKey, altKey, key, target } = event;
    const edits = target.matches("input") && "acvxz".includes(key);
    return ((ctrlKey || metaKey) && !edits) || altKey || isShiftEnter(event);
  };

  // Where numbers have a point, a box for them drops a comma: 0,5 would become 5.
  const isLost = ({ key, target }) =>
    key === "," && target.type === "number" && (0.5).toLocaleString().includes(".");

  // 2. Whoever has used what stands in an output goes on to the next cell: JupyterLab would
  // run this one again, since a click makes it active, and all in it would begin anew.

  let used = null; // the cell, until another one or its code is turned to

  const turnTo = ({ target }) => {
    const cell = target.closest?.(".jp-Notebook .jp-Cell");
    if (!cell || target === used) return; // after a click JupyterLab focuses the cell itself
    used = target.closest(".jp-Cell-outputWrapper")?.querySelector(OURS) ? cell : null;
  };

  // Makes the next cell active; at the end the footer adds one. What then has the focus, or
  // null if the active cell wasn't used.
  const goOn = (place) => {
    const notebook = used?.closest(".jp-Notebook");
    if (!used?.matches(".jp-mod-active:not(.jp-mod-multiSelected)")) return null;
    if (!notebook.offsetParent || !place(notebook)) return null;
    const cells = [...notebook.querySelectorAll(".jp-Cell")];
    const next = cells.slice(cells.indexOf(used) + 1).find((cell) => cell.offsetParent);
    if (next) next.focus({ preventScroll: true });
    else notebook.querySelector(".jp-Notebook-footer")?.click();
    used = null;
    return next ?? notebook;
  };

  // What was typed as an answer is sent first; whoever is asked back stays in the box.
  // Promises, see question.js: each of the place of an answer that is refused, or of null.
  const send = () => {
    const sent = [];
    for (const box of document.querySelectorAll(".course-question input"))
      box.dispatchEvent(new CustomEvent("goes-on", { detail: sent }));
    return sent.filter(Boolean);
  };
  const goOnAfter = async (sent, target, event) => {
    const late = new Promise((end) => setTimeout(end, 3000, [])); // if no reply comes
    const refused = await Promise.race([Promise.all(sent), late]);
    if (!refused.some((place) => place?.contains(target))) target.dispatchEvent(event);
  };

  // On the window, while an event is on its way down.
  const onWayDown = (type, hear) => window.addEventListener(type, hear, true);
  onWayDown("focusin", turnTo);
  onWayDown("pointerdown", (event) => {
    turnTo(event);
    const button = event.target.closest?.(RUN); // it acts before the click
    if (!button) return;
    send();
    goOn((notebook) => button.closest(".jp-NotebookPanel")?.contains(notebook));
  });
  onWayDown("keydown", (event) => {
    const { target } = event;
    const isOurs = target.closest?.(OURS);
    if (isOurs) target.toggleAttribute("data-lm-suppress-shortcuts", !isForLab(event));
    if (isOurs && isLost(event)) {
      event.preventDefault();
      document.execCommand("insertText", false, ".");
    }
    const isHere = target === document.body || target.closest?.(".jp-Notebook") || isOurs;
    if (!isHere || !isShiftEnter(event)) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const sent = event.isTrusted ? send() : []; // the copy is not
    const copy = new KeyboardEvent(event.type, event);
    const isIn = (notebook) => target === document.body || notebook.contains(target);
    const next = sent.length ? target : goOn(isIn);
    if (!next) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (sent.length) goOnAfter(sent, target, copy);
    else if (next.matches(".jp-Cell")) next.dispatchEvent(copy);
  });
}
