// Goes before the script of each widget: keys that are pressed in it are not
// JupyterLab's, whose letters would insert, cut and delete cells. The attribute is its
// own sign for that. What has Ctrl, Alt or Shift+Enter stays JupyterLab's, but for what a
// box is edited by: all, copy, paste, cut, undo.

if (!window.courseKeepsKeys) {
  window.courseKeepsKeys = true;
  const OURS = ".course-question, .course-panel, .course-playground, .course-pad";
  const isForLab = ({ ctrlKey, metaKey, altKey, shiftKey, key, target }) =>
    ((ctrlKey || metaKey) && !(target.matches("input") && "acvxz".includes(key))) ||
    altKey ||
    (key === "Enter" && shiftKey);
  // On the window, while the event is on its way down: before JupyterLab looks at it.
  window.addEventListener(
    "keydown",
    (event) => {
      if (!event.target.closest?.(OURS)) return;
      event.target.toggleAttribute("data-lm-suppress-shortcuts", !isForLab(event));
      // JupyterLab runs the cell anew: what was typed must be told before.
      if (event.key === "Enter" && event.shiftKey) event.target.dispatchEvent(new Event("goes-on"));
    },
    true,
  );
}
