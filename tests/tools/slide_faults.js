// What test_slides.py asks of the current slide: what is wrong with it, in words. Text has
// to be 28 px high, in tables 24, in code 22. Not counted are what is raised or lowered,
// formulas, and what stands inside of pictures.

// Lines that draw or ask: a class has no use for them.
const DRAWING = /\b(pictures|panels|plt)\.\w+\(|\blesson\.(?!own|file)/;
const DUE = [
  ["pre, code", 22],
  ["table", 24],
  ["*", 28],
]; // pixels of a text

// The slide stands as a reader sees it who has unfolded its answers.
function unfold(slide) {
  for (const answer of slide.querySelectorAll("details")) answer.open = true;
}

const SLACK = 2; // pixels that may come from rounding

function look() {
  const slide = Reveal.getCurrentSlide(),
    scale = Reveal.getScale();
  unfold(slide);
  const frame = document.querySelector(".reveal .slides").getBoundingClientRect();
  const over = { top: 0, right: 0, bottom: 0, left: 0 };
  const others = [],
    small = [];
  let isEmpty = true,
    isFolded = true; // until anything else is seen

  // What is drawn in this rectangle must lie in the slide.
  const measure = (r) => {
    over.top = Math.max(over.top, (frame.top - r.top) / scale);
    over.left = Math.max(over.left, (frame.left - r.left) / scale);
    over.bottom = Math.max(over.bottom, (r.bottom - frame.bottom) / scale);
    over.right = Math.max(over.right, (r.right - frame.right) / scale);
  };
  const needsScrolling = (e, style) =>
    e.clientWidth &&
    ((style.overflowY !== "visible" && e.scrollHeight > e.clientHeight + SLACK) ||
      (style.overflowX !== "visible" && e.scrollWidth > e.clientWidth + SLACK));
  const start = (e, length) => e.textContent.trim().replace(/\s+/g, " ").slice(0, length);

  const title = slide.querySelector(":scope > :is(h1, h2, h3, h4):first-child");
  // What is drawn for a place on slides is shown as it is drawn: its numbers are 24 px high.
  // Any other picture is a half of the slide, alone with the title two thirds; less if it
  // is as wide as the slide.
  const isAlone = slide.querySelectorAll(":scope > .body > *").length <= 1;
  const judgePicture = (image) => {
    if (!image.naturalWidth)
      return others.push(`the picture '${image.alt.slice(0, 30)}' doesn't load`);
    const { width, height } = image.getBoundingClientRect();
    const due = image.dataset.place ? image.naturalHeight : isAlone ? 480 : 360;
    const isWide = !image.dataset.place && width / scale > 1200 - SLACK;
    if (height / scale < due - SLACK && !isWide)
      others.push(`a picture ${(height / scale).toFixed()} px high, less than ${due}`);
  };

  for (const e of slide.querySelectorAll("*")) {
    if (e.closest("aside.notes") || !e.checkVisibility()) continue;
    const isPicture = e.matches("img");
    if (isPicture) judgePicture(e);
    if (isPicture || e.matches("mjx-container > svg")) {
      measure(e.getBoundingClientRect());
      isEmpty &&= Boolean(title?.contains(e));
      isFolded &&= Boolean(title?.contains(e)) || Boolean(e.closest("details"));
    }
    // MathJax draws its letters without texts, and hides a second form of them.
    if (e.closest("mjx-container")) continue;
    const style = getComputedStyle(e);
    if (needsScrolling(e, style))
      others.push(`needs scrolling: ${e.tagName.toLowerCase()} '${start(e, 30)}'`);
    for (const text of e.childNodes) {
      if (text.nodeType !== Node.TEXT_NODE || !text.textContent.trim()) continue;
      isEmpty &&= Boolean(title?.contains(e));
      isFolded &&= Boolean(title?.contains(e) || e.closest("details"));
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const r of range.getClientRects()) if (r.width) measure(r);
      const size = parseFloat(style.fontSize) * scale;
      const due = DUE.find(([where]) => e.closest(where))[1];
      if (size < due && !e.closest("sub, sup"))
        small.push(`text of ${size.toFixed()} px, less than ${due}`);
    }
  }
  const lines = [...slide.querySelectorAll(".highlight")]
    .flatMap((code) => code.textContent.split("\n"))
    .filter((line) => DRAWING.test(line));
  others.push(...small.slice(0, 1), ...lines.map((line) => `shows the line '${line}'`));
  if (isEmpty) others.push("is empty");
  else if (isFolded) others.push("shows nothing until it is unfolded");
  const sides = Object.entries(over).filter(([_, px]) => px > SLACK);
  return {
    slide: {
      title: title ? start(title, 70) : "",
      over,
      problems: [
        ...(title ? [] : ["has no title"]),
        ...sides.map(([side, px]) => `${px.toFixed()} px over the ${side}`),
        ...others,
      ],
      notes: [...slide.querySelectorAll("aside")].map((e) => e.textContent).join("\n"),
      down: Reveal.getIndices().v ?? 0, // how far below the first of its group
    },
    is_last: Reveal.isLastSlide(),
    is_waiting: Boolean(slide.querySelector(".fragment:not(.visible)")),
  };
}

function texts() {
  // of each slide
  return [...document.querySelectorAll("section section")].map((slide) =>
    [...slide.querySelectorAll("p, li, pre, img")]
      .filter((e) => !e.closest("aside"))
      .map((e) => e.alt ?? e.textContent.trim()),
  );
}

function starts() {
  // the first number of each list
  return [...document.querySelectorAll("ol")].map((e) => e.start);
}

function composed() {
  // of each slide: its title, where its first words and its picture stand, what is folded
  return Reveal.getSlides().map((slide) => {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    const words = slide.querySelector(".body p")?.getBoundingClientRect();
    const image = [...slide.querySelectorAll("img")].find((e) => e.checkVisibility());
    const picture = image?.getBoundingClientRect();
    let where = "";
    if (words && picture) where = picture.left >= words.right ? "right" : "not right";
    if (words && picture?.top >= words.bottom) where = "below";
    return {
      title: slide.querySelector(".title").textContent,
      place: image?.dataset.place ?? "",
      bottom: picture?.bottom ?? 0,
      where,
      heading: slide.querySelector(".title").tagName,
      notes: slide.querySelectorAll("aside").length,
      code: parseFloat(getComputedStyle(slide.querySelector("pre") ?? slide).fontSize),
      folded: slide.querySelectorAll("details").length,
      text: [...slide.querySelectorAll(".body p")].map((e) => e.textContent).join(" "),
      size: parseFloat(getComputedStyle(slide.querySelector(".body")).fontSize),
    };
  });
}
