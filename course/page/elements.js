// Elements of the page.

// Attributes of an element; a property `onclick` listens.
export function set(node, props) {
  for (const [name, value] of Object.entries(props))
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  return node;
}

// An element; `svg:path` is one of SVG.
export function h(tag, props = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  set(node, props).append(...children);
  return node;
}

export const button = (content, props, onclick) =>
  h("button", { type: "button", ...props, onclick }, content);

// Set a property only if it has changed, since each costs the browser time.
export function put(node, name, value) {
  const kept = (node.kept ??= {});
  if (kept[name] !== value) node[name] = kept[name] = value;
}

export const write = (node, text) => put(node, "textContent", text);
