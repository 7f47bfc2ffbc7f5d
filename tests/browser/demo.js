// What test_demo.py asks of a panel.
// All that is looked at or set: the controls, but for the last row, which saves; the
// picture; the words. Their sizes are those on the screen.
(root) => {
  const window = root.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
  const size = (node) => parseFloat(getComputedStyle(node).fontSize) * node.currentCSSZoom;
  const saves = (node) =>
    /^Save /.test(node.textContent) || ["settings", "file"].includes(node.labels?.[0]?.textContent);
  const image = root.querySelector("img"),
    picture = image.getBoundingClientRect();
  const words = [...root.querySelectorAll("[role=status]")];
  const controls = [...root.querySelectorAll("input, select, button, .noUi-handle")].filter(
    (node) => node.checkVisibility() && !saves(node),
  );
  const boxes = [image, ...words, ...controls].map((node) => node.getBoundingClientRect());
  return {
    controls: controls.length,
    hidden: boxes.filter(
      (box) =>
        box.top < window.top ||
        box.bottom > window.bottom ||
        box.left < window.left ||
        box.right > window.right,
    ).length,
    scale: picture.width / image.naturalWidth,
    skew: ((picture.width / picture.height) * image.naturalHeight) / image.naturalWidth,
    words: Math.min(...words.map(size)),
    labels: Math.min(
      ...[...root.querySelectorAll("label, input, select, button")]
        .filter((node) => node.checkVisibility())
        .map(size),
    ),
  };
};
