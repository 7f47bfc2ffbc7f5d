// What a cell has just shown comes into sight if the cell was run by hand.

const isActive = (cell) => !!cell?.matches(".jp-mod-active");

// After Shift+Enter the next cell is active, which JupyterLab shows before this one has its
// output, and keeps in its place: what has been made may lie out of sight, below or above.
// Of what is too high its top is shown.
export function bringIntoSight(element, { orStays = false } = {}) {
  const cell = element.closest(".jp-Cell");
  if (!isActive(cell?.nextElementSibling) && !(orStays && isActive(cell))) return;
  const { height } = element.getBoundingClientRect(); // clientHeight is before a zoom
  const fits = height < cell.closest(".jp-WindowedPanel-outer")?.clientHeight;
  element.scrollIntoView({ block: fits ? "nearest" : "start" });
}
