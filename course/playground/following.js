// Python trains in the page's place: what it is asked for, and how fast it answers.

const QUICK = 100; // milliseconds that an answer takes
const PATIENCE = 2500; // milliseconds until it is said to be busy

export class Following {
  // `by` names its functions, `send` asks it for steps, `event` of the run tells where they
  // lead, and `begins` whether it can begin anew, from what the page shows: another `turn`.
  constructor({ number, by, begins }, event, send, isGone) {
    Object.assign(this, { number, by, begins, event, send, isGone, turn: 0 });
    this.turnTo(event);
  }

  // What was asked for before is no longer wanted.
  turnTo(event) {
    Object.assign(this, { event, asked: [], most: 1, isLate: false, isNew: this.begins });
    this.turn++;
  }

  get isAsked() {
    return this.asked.length >= this.most;
  }

  ask(count, step) {
    this.asked.push({ at: performance.now(), step });
    const { number, turn, isNew } = this;
    this.isNew = false;
    this.send({ number, turn, count, begins: isNew });
  }

  // Whether an answer takes long; true once.
  turnsLate(now) {
    if (this.isLate || now - this.asked[0].at < PATIENCE) return false;
    return (this.isLate = true);
  }

  // An answer has come: the step at which it was asked for. Where pictures come fast, a
  // second one is on its way while the first is drawn: a server may hold each small
  // message back until it has heard something.
  hear() {
    const { at, step } = this.asked.shift();
    this.isLate = false;
    this.most = performance.now() - at < QUICK ? 2 : 1;
    return step;
  }
}
