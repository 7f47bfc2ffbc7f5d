// Python trains in place of the page: what it is asked for, and how fast it answers.

const QUICK = 100; // milliseconds that an answer takes
const PATIENCE = 2500; // milliseconds until it is said to be busy

export class Following {
  // `by` names its functions, `begins` tells whether they can start again, from what the page
  // shows, `send` asks it for steps, and `segment` of the run is theirs, once begun.
  constructor({ number, by, begins }, segment, send, isGone) {
    Object.assign(this, { number, by, begins, segment, send, isGone });
    Object.assign(this, { asked: [], most: 1, isLate: false });
  }

  get isAsked() {
    return this.asked.length >= this.most;
  }

  ask(count, step, begins) {
    this.asked.push({ at: performance.now(), count, step, segment: this.segment });
    this.send({ number: this.number, count }, begins);
  }

  // Whether an answer takes long; true once.
  turnsLate(now) {
    if (this.isLate || now - this.asked[0].at < PATIENCE) return false;
    return (this.isLate = true);
  }

  // An answer has come: its question. Where pictures come fast, a second one is on its way
  // while the first is drawn: a server may hold each small message back until it has heard
  // something.
  hear() {
    const asked = this.asked.shift();
    this.isLate = false;
    this.most = performance.now() - asked.at < QUICK ? 2 : 1;
    return asked;
  }
}
