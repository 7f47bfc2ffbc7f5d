// A hundred seeds below the network: a small surface for each, and the rate.

import { button, h, put, write } from "../page/elements.js";
import { COUNT } from "./hundred.js";
import { Surfaces, paint } from "./paint.js";
import { fmtLoss, hundredWords } from "./words.js";

const TINY = 24; // points along each side of a surface
const ABOUT =
  "A run starts with random weights, which its seed decides. Train these settings with the seeds 0 to 99 to see how often they work. Escape stops it; a click on a picture opens its run.";

export class Seeds {
  constructor(session) {
    this.session = session;
    const props = { type: "number", min: 1, max: 20000, step: 1, value: 2000, required: "" };
    this.steps = h("input", props);
    const begin = () =>
      !session.isTrying && this.steps.reportValidity() && session.trySeeds(+this.steps.value);
    this.begin = button("Train all 100", { class: "text" }, begin);
    this.stop = button("Stop", { class: "text" }, () => session.stopSeeds());
    const field = h("label", { class: "field" }, h("span", {}, "steps"), this.steps);
    this.words = h("p", { role: "status" });
    this.all = Array.from({ length: COUNT }, (_, seed) => {
      const canvas = h("canvas");
      const label = { class: "seed", "aria-label": `seed ${seed}` };
      return { canvas, node: button(canvas, label, () => session.open(seed)) };
    });
    const strip = h("div", { class: "strip" }, ...this.all.map(({ node }) => node));
    const group = { role: "group", "aria-label": "100 random starts" };
    const part = { class: "seeds", "data-part": "seeds", ...group };
    const head = h("div", { class: "top" }, this.begin, this.stop, field);
    this.element = h("div", part, head, this.words, strip);
  }

  draw() {
    const { hundred, isTrying, run } = this.session;
    put(this.begin, "disabled", !run.data.train.n);
    put(this.begin, "ariaDisabled", !!isTrying); // not disabled: that would lose the focus
    put(this.stop, "disabled", !isTrying);
    put(this.words, "ariaLive", isTrying ? "off" : "polite");
    write(this.words, hundred ? hundredWords(this.session) : ABOUT);
    if (this.hundred !== hundred) Object.assign(this, { hundred, drawn: 0, surfaces: null });
    const done = hundred?.done ?? [];
    for (; this.drawn < done.length; this.drawn++) this.paint(this.drawn, done[this.drawn]);
    const isOne = hundred && run.step === hundred.steps;
    this.all.forEach(({ node }, seed) => {
      put(node, "disabled", seed >= done.length);
      put(node, "ariaPressed", !!isOne && seed === run.settings.seed);
    });
  }

  paint(seed, { p, loss, isBroken, isSolved, isRight }) {
    const { like } = this.hundred;
    this.surfaces ??= new Surfaces(like, TINY);
    this.surfaces.compute({ p, activations: like.activations });
    const { canvas, node } = this.all[seed];
    paint(canvas, TINY, this.surfaces.picture(like.sizes.length - 1, 0));
    let [mark, fate] = ["", ""];
    if (isBroken) [mark, fate] = ["∞", "diverged"];
    else if (isSolved) [mark, fate] = ["✓", "solved"];
    else if (isRight) [mark, fate] = ["•", "all on their side"];
    node.ariaLabel = node.title = `seed ${seed}: loss ${fmtLoss(loss)}${fate && `, ${fate}`}`;
    node.dataset.mark = mark;
  }
}
