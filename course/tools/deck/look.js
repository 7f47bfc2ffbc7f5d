// What slides.py does to a slide and asks of it, in the browser.

// Formulas, fonts and pictures are there.
async function isReady() {
    await MathJax.startup.promise;
    await document.fonts.ready;
    await Promise.allSettled([...document.images].map(image => image.decode()));
}

// The slide stands as a reader sees it who has unfolded its answers.
function unfold() {
    const slide = Reveal.getCurrentSlide();
    for (const answer of slide.querySelectorAll('details')) answer.open = true;
    return new Promise(done => requestAnimationFrame(() => {
        Reveal.layout();
        requestAnimationFrame(() => done(true));
    }));
}

function look(slack) {
    const slide = Reveal.getCurrentSlide(), scale = Reveal.getScale();
    const frame = document.querySelector('.reveal .slides').getBoundingClientRect();
    const over = {top: 0, right: 0, bottom: 0, left: 0};
    const scrolling = [], broken = [], sizes = [];
    let is_empty = true;

    // What is drawn in this rectangle must lie in the slide.
    const measure = r => {
        is_empty = false;
        over.top = Math.max(over.top, (frame.top - r.top) / scale);
        over.left = Math.max(over.left, (frame.left - r.left) / scale);
        over.bottom = Math.max(over.bottom, (r.bottom - frame.bottom) / scale);
        over.right = Math.max(over.right, (r.right - frame.right) / scale);
    };
    const needsScrolling = (e, style) => e.clientWidth && (
        style.overflowY !== 'visible' && e.scrollHeight > e.clientHeight + slack ||
        style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + slack);
    const start = (e, length) =>
        e.textContent.trim().replace(/\s+/g, ' ').slice(0, length);

    for (const e of slide.querySelectorAll('*')) {
        if (e.closest('aside.notes') || !e.checkVisibility()) continue;
        if (e.matches('img, mjx-container, mjx-math')) measure(e.getBoundingClientRect());
        if (e.matches('img') && !e.naturalWidth) broken.push(e.alt.slice(0, 30));
        // MathJax draws its letters without texts, and hides a second form of them.
        if (e.closest('mjx-container')) continue;
        const style = getComputedStyle(e);
        if (needsScrolling(e, style))
            scrolling.push(`${e.tagName.toLowerCase()} '${start(e, 30)}'`);
        for (const text of e.childNodes) {
            if (text.nodeType !== Node.TEXT_NODE || !text.textContent.trim()) continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            for (const r of range.getClientRects()) if (r.width) measure(r);
            if (!e.closest('sub, sup')) sizes.push(parseFloat(style.fontSize) * scale);
        }
    }
    const at = Reveal.getIndices(), heading = slide.querySelector('h1, h2, h3');
    return {
        slide: {
            title: start(heading ?? slide, 50).replace('¶', ''),
            over: Object.fromEntries(Object.entries(over).filter(([_, px]) => px > slack)),
            scrolling, broken, is_empty,
            smallest: Math.min(...sizes),
            index: [at.h, at.v ?? 0],
        },
        is_last: Reveal.isLastSlide(),
        is_waiting: Boolean(slide.querySelector('.fragment:not(.visible)')),
    };
}
