// Lays a deck out in the browser, then starts reveal.js. Measured here, each slide fits
// with whatever fonts this computer has: what is too much flows on to a further slide.

// Pixels of a slide. A picture is as high as its width allows, but for these.
const HEIGHT = 720,
  MOST = 590,
  LEAST = 360;

const allSlides = () => [...document.querySelectorAll(".slides section section")];
const isHeading = (e) => Boolean(e?.matches("h1, h2, h3, h4"));

async function layOut() {
  await MathJax.startup.promise;
  await document.fonts.ready;
  await Promise.allSettled([...document.images].map((image) => image.decode()));
  const all = (selector, change) => document.querySelectorAll(selector).forEach(change);
  all("details", (answer) => (answer.open = true));
  all("mjx-container", shrinkFormula);
  all("mjx-container", keepWithMark);
  all("section img", (picture) => setHeight(picture, MOST));
  joinSlides();
  giveTitles();
  all("section img", (picture) => setHeight(picture, LEAST));
  for (let slide of allSlides())
    while (slide) {
      const rest = cut(slide, bottomOf(slide));
      if (rest) slide.after(rest);
      slide = rest;
    }
  numberTitles();
  allSlides().forEach(growPictures);
  all("details", (answer) => (answer.open = false));
  document.body.classList.remove("is-measured");
}

// 1. Short slides, and titles

// A sub-slide goes on below the one before if both fit together, with large pictures. Not
// after a question: what comes then would answer it.
function joinSlides() {
  for (const slide of allSlides()) {
    const before = slide.previousElementSibling;
    if (before && mayJoin(before, slide)) {
      slide.prepend(...before.children);
      before.remove();
    }
  }
}

function mayJoin(before, slide) {
  const title = startsWithHeading(before) ? 0 : 60,
    padding = 56;
  return (
    !startsWithHeading(slide) &&
    !before.querySelector(".answer") &&
    before.offsetHeight + slide.offsetHeight - padding + title <= HEIGHT
  );
}

const startsWithHeading = (slide) => isHeading(slide.firstElementChild);

// A slide that has no heading gets the nearest one above it.
function giveTitles() {
  let title = null;
  for (const slide of allSlides()) {
    const words = startsWithHeading(slide) ? slide.firstElementChild : title;
    title = [...slide.children].findLast(isHeading) ?? title;
    if (!words) continue;
    const own = words.cloneNode(true);
    own.className = "title";
    if (startsWithHeading(slide)) slide.firstElementChild.remove();
    slide.prepend(own);
  }
  // Each has room for its number.
  for (const own of document.querySelectorAll(".title"))
    own.insertAdjacentHTML("beforeend", "<span> (2)</span>");
}

// Slides with the same title are counted: (2), (3), ...
function numberTitles() {
  let last = "",
    number = 1;
  for (const title of document.querySelectorAll(".title")) {
    const span = title.lastElementChild;
    span.remove();
    number = title.textContent === last ? number + 1 : 1;
    last = title.textContent;
    span.textContent = ` (${number})`;
    if (number > 1) title.append(span);
  }
}

// 2. What is too much for a slide

const HEADS = ".title, aside, summary, thead"; // each part of what is cut has them

const bottomOf = (slide) =>
  slide.getBoundingClientRect().top + HEIGHT - parseFloat(getComputedStyle(slide).paddingBottom);

// Move what lies lower than `limit` into a copy of `node`, and return the copy; null if
// nothing does, or nothing would stay.
function cut(node, limit) {
  const blocks = [...node.children].filter((child) => !child.matches(HEADS));
  const over = blocks.findIndex((b) => b.getBoundingClientRect().bottom > limit);
  if (over < 0) return null;
  const rest = mayBeCut(blocks[over]) && cut(blocks[over], limit);
  let first = rest ? over + 1 : over;
  while (!rest && first > 0 && leadsOn(blocks[first - 1])) first--;
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
  e.matches("ul, ol") || (e.matches("details, table, tbody, .fragment") && e.offsetHeight > MOST);

// Words before a colon stay with what they announce.
const leadsOn = (e) => isHeading(e) || (e.matches("p") && /:$/.test(e.textContent.trim()));

// 3. Formulas and pictures

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

function setHeight(picture, height) {
  const most = (widthOf(picture) * picture.naturalHeight) / picture.naturalWidth;
  if (most) picture.style.height = `${Math.min(height, most)}px`;
}

// They share the height that is left.
function growPictures(slide) {
  const pictures = slide.querySelectorAll("img");
  const blocks = [...slide.children].filter((child) => !child.matches("aside"));
  const lowest = Math.max(...blocks.map((b) => b.getBoundingClientRect().bottom));
  const free = (bottomOf(slide) - lowest) / pictures.length;
  for (const picture of pictures) setHeight(picture, picture.offsetHeight + free);
}

// 4. The show

const A = 65; // the code of the key

// Unfold the next answer of a slide, or fold all if none is left.
function toggleAnswers() {
  const answers = [...Reveal.getCurrentSlide().querySelectorAll("details")];
  const next = answers.find((answer) => !answer.open);
  for (const answer of next ? [next] : answers) answer.open = Boolean(next);
  // The window of notes has a deck of its own. What is unfolded there is unfolded here.
  const key = JSON.stringify({ method: "triggerKey", args: [A] });
  window.parent.opener?.postMessage(key, "*");
}

window.deckIsReady = new Promise((done) => window.addEventListener("load", done))
  .then(layOut)
  .then(() =>
    Reveal.initialize({
      width: 1280,
      height: 720,
      margin: 0,
      center: false,
      transition: "none",
      backgroundTransition: "none",
      controls: false,
      slideNumber: "c/t",
      hash: true,
      navigationMode: "linear",
      plugins: [RevealNotes],
    }),
  )
  .then(() =>
    Reveal.addKeyBinding(
      { keyCode: A, key: "A", description: "Unfold the next answer, or fold them" },
      toggleAnswers,
    ),
  );
