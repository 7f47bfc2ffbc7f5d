// What test_book.py asks of a page of the book.
() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  return {
    images: all("img").map((image) => ({
      src: image.src,
      alt: image.alt,
      width: image.naturalWidth,
    })),
    questions: all(".tag_question").length,
    folds: all("article details").length,
    formulas: all(".math").length,
    typeset: all(".math > mjx-container > svg").length,
    errors: all("mjx-merror, [data-mjx-error]").length,
    // Answers, and what a run gave after a question, that are seen unasked.
    told: all("article details > :not(summary)").filter((node) =>
      node.checkVisibility({ contentVisibilityAuto: true }),
    ).length,
  };
};
