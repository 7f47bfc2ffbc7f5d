// Lays a deck out in the browser. Measured here, each slide fits with whatever fonts this
// computer has: what is too much flows on to a further slide.
//
// A slide is a title, its notes, and a body of blocks, see `compose`.

// Pixels: of a slide, of a block from which on it may be cut, and below the last block.
const HEIGHT = 720,
  MOST = 590,
  MARGIN = 12;
// How much larger text is where there is room, and code alone.
const SCALES = [1.35, 1.25, 1.15, 1.08],
  OF_CODE = [1.6, 1.5];

const allSlides = () => [...document.querySelectorAll(".slides section section")];
const isHeading = (e) => Boolean(e?.matches("h1, h2, h3, h4"));
const isFigure = (e) => e.matches("figure");

async function layOut() {
  await MathJax.startup.promise;
  await document.fonts.ready;
  await Promise.allSettled([...document.images].map((image) => image.decode()));
  const all = (selector, change) => document.querySelectorAll(selector).forEach(change);
  all("details", (answer) => (answer.open = true));
  all("mjx-container", shrinkFormula);
  all("mjx-container", keepWithMark);
  all(".fragment", freeFragment);
  giveTitles();
  partExplanations();
  joinSlides();
  for (let slide of allSlides()) while (slide) slide = takeRest(slide);
  joinSlides(); // what is left of one may go on with the next
  numberTitles();
  allSlides().forEach(finish);
  all("details", (answer) => (answer.open = false));
}

// 1. Titles and bodies; short slides

// The blocks of a cell that appears at the next key are blocks of the slide, too.
function freeFragment(cell, index) {
  for (const block of cell.children) {
    block.classList.add("fragment");
    block.dataset.fragmentIndex = index;
  }
  cell.replaceWith(...cell.children);
}

// A slide that has no heading gets the nearest one above it. The rest is its body.
function giveTitles() {
  let title = null;
  for (const slide of allSlides()) {
    slide.hasOwnTitle = isHeading(slide.firstElementChild);
    const own = slide.hasOwnTitle ? slide.firstElementChild : again(title);
    const blocks = [...slide.children].filter((e) => e !== own && !e.matches("aside"));
    title = blocks.findLast(isHeading) ?? own;
    slide.body = document.createElement("div");
    slide.prepend(slide.body);
    arrange(slide, blocks);
    if (!own) continue;
    own.className = "title";
    slide.prepend(own);
  }
  // Each has room for its number.
  for (const own of document.querySelectorAll(".title"))
    own.insertAdjacentHTML("beforeend", "<span> (2)</span>");
}

// The title for a further slide: that of the first one is smaller there.
function again(title) {
  if (!title) return null;
  const copy = document.createElement("h2");
  copy.className = "title";
  copy.append(...title.cloneNode(true).childNodes);
  return copy;
}

// What explains a run or a task may stand on a slide of its own.
function partExplanations() {
  for (const slide of allSlides()) {
    for (let n = slide.blocks.length - 1; n > 0; n--) {
      const [before, here] = slide.blocks.slice(n - 1, n + 1);
      if ((explains(here) && !leadsOn(before)) || explains(before)) {
        addSlide(slide, slide.blocks.slice(n));
        arrange(slide, slide.blocks.slice(0, n));
      }
    }
  }
}

const explains = (e) => e.matches("details:not(.answer)");

// A sub-slide goes on with the one before if both fit together. Not after a question, which
// it would answer; nor after an explanation: what comes then is new.
function joinSlides() {
  for (const slide of allSlides()) {
    const before = slide.previousElementSibling;
    if (!before || slide.hasOwnTitle || before.querySelector(".answer")) continue;
    const { blocks } = before;
    if (blocks.length && explains(blocks.at(-1))) continue;
    if (compose(before, [...blocks, ...slide.blocks])) {
      const told = notesOf(before).map((note) => note.innerHTML);
      before.append(...notesOf(slide).filter((note) => !told.includes(note.innerHTML)));
      slide.remove();
    } else {
      compose(before, blocks);
      compose(slide, slide.blocks);
    }
  }
}

const notesOf = (slide) => [...slide.querySelectorAll(":scope > aside")];

// Slides with the same title are counted: (2), (3), ...
function numberTitles() {
  let [last, number] = ["", 1];
  for (const title of document.querySelectorAll(".title")) {
    const span = title.lastElementChild;
    span.remove();
    number = title.textContent === last ? number + 1 : 1;
    last = title.textContent;
    span.textContent = ` (${number})`;
    if (number > 1) title.append(span);
  }
}

// 2. Where the blocks of a slide stand

// Place blocks on a slide: words beside their picture where both fit, else above and below
// it. Whether all fits.
function compose(slide, blocks) {
  const words = blocks.filter((e) => !isFigure(e));
  let places = ["beside", "low"];
  if (words.every(explains)) places = ["low"]; // folded, they would leave a white half
  if (!words.length) places = ["tall", "low", "beside"];
  return places.some((place) => arrange(slide, blocks, place) && fits(slide));
}

// Whether all pictures can stand in this place; a single one does beside words.
function arrange(slide, blocks, place = "low") {
  const figures = blocks.filter(isFigure),
    words = blocks.filter((e) => !isFigure(e));
  slide.blocks = blocks;
  const isBeside = place === "beside" && words.length > 0;
  if (isBeside && figures.length !== 1) return false;
  slide.body.className = isBeside ? "body is-beside" : "body";
  slide.body.replaceChildren(...(isBeside ? [together(words), ...figures] : blocks));
  return figures.map((figure) => show(figure, place)).every(Boolean);
}

function together(words) {
  const column = document.createElement("div");
  column.append(...words);
  return column;
}

// Show the form of a picture that is drawn for this place; without one, any.
function show(figure, place) {
  const forms = [...figure.children];
  const form = forms.find((image) => image.dataset.place === place);
  for (const image of forms) image.hidden = image !== (form ?? forms[0]);
  if (forms[0].dataset.place) return Boolean(form);
  // It was not drawn for a deck.
  const height = { low: 360, tall: 580 }[place];
  forms[0].style.height = `${height}px`;
  return Boolean(height);
}

const bottomOf = (slide) =>
  slide.getBoundingClientRect().top + HEIGHT - parseFloat(getComputedStyle(slide).paddingBottom);

function fits(slide) {
  const isNarrow = slide.body.matches(".is-beside") || slide.style.length > 0;
  return (
    slide.body.getBoundingClientRect().bottom <= bottomOf(slide) + MARGIN &&
    !(isNarrow && [...slide.body.querySelectorAll("pre, table, mjx-container")].some(isBroken))
  );
}

// Whether a line of code, a row of a table or a formula has too little width.
function isBroken(e) {
  if (e.matches("pre")) {
    const style = getComputedStyle(e);
    const lines = e.textContent.trimEnd().split("\n").length;
    return e.clientHeight > (lines + 0.5) * parseFloat(style.lineHeight) + 16;
  }
  if (e.matches("table")) return e.rows[0]?.cells.length > 2 && Boolean(e.closest(".is-beside"));
  return (
    e.firstElementChild.getBoundingClientRect().right >
    e.closest(".body, .body > div").getBoundingClientRect().right
  );
}

// 3. What is too much for a slide

const HEADS = "summary, thead"; // each part of what is cut has them

// Move what doesn't fit to a new slide behind this one, and return that; else null.
function takeRest(slide) {
  const { blocks } = slide;
  if (compose(slide, blocks)) return null;
  slide.classList.add("is-tight"); // rather than a slide of two lines
  if (compose(slide, blocks)) return null;
  slide.classList.remove("is-tight");
  for (let n = blocks.length - 1; n > 0 && blocks.some(isFigure); n--)
    if (!leadsOn(blocks[n - 1]) && compose(slide, blocks.slice(0, n)))
      return addSlide(slide, blocks.slice(n));
  arrange(slide, blocks);
  const rest = cut(slide.body, bottomOf(slide));
  if (!rest) return null;
  slide.blocks = [...slide.body.children];
  return addSlide(slide, [...rest.children]);
}

function addSlide(slide, blocks) {
  const copy = slide.cloneNode(false);
  copy.body = document.createElement("div");
  copy.append(copy.body, ...notesOf(slide).map((note) => note.cloneNode(true)));
  const title = again(slide.querySelector(":scope > .title"));
  if (title) copy.prepend(title);
  slide.after(copy);
  arrange(copy, blocks);
  return copy;
}

// Move what lies lower than `limit` into a copy of `node`, and return the copy; null if
// nothing does, or nothing would stay.
function cut(node, limit) {
  const blocks = [...node.children].filter((child) => !child.matches(HEADS));
  const over = blocks.findIndex((b) => b.getBoundingClientRect().bottom > limit);
  if (over < 0) return null;
  const rest = mayBeCut(blocks[over]) && cut(blocks[over], limit);
  let first = rest ? over + 1 : over;
  const isAsked = blocks[over].matches(".question"); // it can do without what leads to it
  while (!rest && !isAsked && first > 0 && leadsOn(blocks[first - 1])) first--;
  if (!first) return null;
  const copy = node.cloneNode(false);
  if (node.matches("ol")) copy.start = node.start + first;
  const heads = [...node.children].filter((child) => child.matches(HEADS));
  copy.append(...heads.map((head) => head.cloneNode(true)));
  copy.append(...(rest ? [rest] : []), ...blocks.slice(first));
  return copy;
}

// A list at each of its items; other blocks only if a slide of their own is too small.
const mayBeCut = (e) =>
  e.matches("ul, ol") || (e.matches("details, table, tbody") && e.offsetHeight > MOST);

// Words before a colon stay with what they announce.
const leadsOn = (e) => isHeading(e) || (e.matches("p") && /:$/.test(e.textContent.trim()));

// 4. Formulas, and what is left of a slide

const widthOf = (e) => e.closest("section").clientWidth - 80;

// A formula is never broken: one that is a little too wide becomes a little smaller.
function shrinkFormula(formula) {
  const part = widthOf(formula) / formula.firstElementChild.clientWidth;
  if (part < 1) formula.style.fontSize = `${100 * Math.max(part, 0.8)}%`;
}

// No line begins with the full stop behind a formula.
function keepWithMark(formula) {
  const next = formula.nextSibling;
  const mark = next?.nodeType === Node.TEXT_NODE && next.data.match(/^[.,;:)]+/);
  if (!mark) return;
  const both = document.createElement("span");
  both.style.whiteSpace = "nowrap";
  formula.replaceWith(both);
  both.append(formula, mark[0]);
  next.data = next.data.slice(mark[0].length);
}

// An explanation that stands first is no answer to be unfolded: the run was on the slide
// before. Text grows as far as there is room, and what is short stands a little lower.
function finish(slide) {
  const [first, ...others] = slide.blocks;
  if (first && explains(first)) {
    const text = document.createElement("div");
    text.append(...first.childNodes);
    const lead = text.querySelector("summary");
    lead.outerHTML = `<p class="lead">${lead.innerHTML}</p>`;
    compose(slide, [text, ...others]);
  }
  slide.blocks[0]?.classList.remove("fragment"); // else the slide would be white
  if (!slide.blocks.every(isFigure)) enlarge(slide);
  const free = bottomOf(slide) - slide.body.getBoundingClientRect().bottom;
  if (free > 0) slide.body.style.marginTop = `${0.25 * free}px`;
}

// All grows together; where lines of code stop that, words and what is printed go on.
function enlarge(slide) {
  const isCode = slide.blocks.every((e) => e.matches("pre, .highlight"));
  const scales = [...(isCode ? OF_CODE : []), ...SCALES];
  for (const name of ["--scale", "--words", "--output"]) {
    const grown = scales.find((scale) => {
      slide.style.setProperty(name, scale);
      return fits(slide);
    });
    if (!grown) slide.style.removeProperty(name);
  }
}
