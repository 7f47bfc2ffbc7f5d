// The same settings from a hundred seeds: how often it works.

import { countNear, countRight } from "./data.js";
import { Run } from "./run.js";

export const COUNT = 100; // the seeds 0 to 99

export class Hundred {
  constructor(settings, steps) {
    this.settings = { ...settings, step: 0 };
    this.steps = steps;
    this.done = []; // what came of each seed
  }

  // As much as there is time for.
  work(milliseconds) {
    const until = performance.now() + milliseconds;
    do {
      const run = (this.run ??= this.like = new Run({ ...this.settings, seed: this.done.length }));
      run.train(this.steps - run.step, until - performance.now());
      if (run.canTrain && run.step < this.steps) continue;
      this.done.push(outcomeOf(run));
      this.run = null;
    } while (this.done.length < COUNT && performance.now() < until);
    return this.done.length < COUNT;
  }
}

function outcomeOf(run) {
  const { train } = run.parts;
  const { train: loss } = run.losses();
  const isBroken = run.divergedAt !== null;
  const isNear = countNear(train) === train.Y.length;
  const hasDead =
    !isBroken && run.activations.some((_, l) => train.net.deadUnits(l).includes(true));
  const isRight = !run.data.isHeight && countRight(run.data, train) === train.Y.length;
  return { p: run.p, loss, isBroken, isSolved: isNear && !isBroken, isRight, hasDead };
}

// The interval in which a rate lies with 95 % confidence: Wilson (1927), as
// course.experiments.wilson_interval.
export function intervalOf(successes, trials) {
  const [rate, share] = [successes / trials, 1.96 ** 2 / trials];
  const half = 1.96 * Math.sqrt((rate * (1 - rate) + share / 4) / trials);
  return [-half, half].map((way) => (rate + share / 2 + way) / (1 + share));
}
