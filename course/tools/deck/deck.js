// Starts reveal.js when layout.js has laid the slides out.

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

async function begin() {
  await new Promise((done) => window.addEventListener("load", done));
  await layOut().catch(console.error);
  document.body.classList.remove("is-measured");
  await Reveal.initialize({
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
  });
  const key = { keyCode: A, key: "A", description: "Unfold the next answer, or fold them all" };
  Reveal.addKeyBinding(key, toggleAnswers);
}

window.deckIsReady = begin();
