// Goes before the script of each widget, so that keys pressed in it don't reach
// JupyterLab, whose letters would insert, cut and delete cells. The attribute is its own
// sign for that. Keys with Ctrl or Alt, and Shift+Enter, stay JupyterLab's, except those
// that edit a box: all, copy, paste, cut, undo.

if (!window.courseKeepsKeys) {
  window.courseKeepsKeys = true;
  const OURS = ".course-question, .course-panel, .course-playground, .course-pad";
  const isForLab = ({ ctrlKey, metaKey, altKey, shiftKey, key, target }) =>
    ((ctrlKey || metaKey) && !(target.matches("input") && "acvxz".includes(key))) ||
    altKey ||
    (key === "Enter" && shiftKey);
  // On the window, while the event is on its way down, before JupyterLab sees it.
  window.addEventListener(
    "keydown",
    (event) => {
      if (!event.target.closest?.(OURS)) return;
      event.target.toggleAttribute("data-lm-suppress-shortcuts", !isForLab(event));
      // JupyterLab runs the cell again, so what was typed must be sent first.
      if (event.key === "Enter" && event.shiftKey) event.target.dispatchEvent(new Event("goes-on"));
    },
    true,
  );
}
