// What a model hears of Python, by the script of anywidget: that stands above, in `make`.

const { EventEmitter } = require("node:events");

const LATE = 50; // milliseconds that a slow page takes to load a script
const wait = AbortSignal.timeout.bind(AbortSignal);
const pause = (time) => new Promise((end) => setTimeout(end, time));
process.on("unhandledRejection", () => {}); // anywidget gives up

// As far as anywidget uses that of ipywidgets.
class DOMWidgetModel extends EventEmitter {
  constructor(comm, state) {
    super();
    Object.assign(this, { comm, state });
    this.initialize();
    comm.on_msg((message) => this._handle_comm_msg(message));
  }
  get = (name) => this.state[name];
  set(name, value) {
    this.state[name] = value;
    this.emit(`change:${name}`, this, value);
  }
  async _handle_comm_msg({ content: { data } }) {
    if (data.method === "update") this.set("told", data.state.told);
  }
  initialize() {}
  off() {}
  send() {}
  save_changes() {}
}
const { AnyModel } = make({ DOMWidgetModel, DOMWidgetView: class {} });

// Also a widget that listens when it is shown does so here, where it finds no page.
globalThis.window = { courseKeepsKeys: true };
globalThis.matchMedia = (media) => ({ media, matches: false });
const SHOWN = `
export default {
  initialize(given) {
    const one = typeof WIDGET === "function" ? WIDGET() : WIDGET;
    one.initialize?.(given);
    try {
      one.render?.({ ...given, el: null });
    } catch {}
  },
};`;

async function heard([isSlow, state]) {
  AbortSignal.timeout = (time) => wait(time === 2000 && isSlow ? 0 : time);
  const script = state._esm.replace(/^export default/m, "const WIDGET =") + SHOWN;
  const late = isSlow ? `await new Promise((end) => setTimeout(end, ${LATE}));` : "";
  URL.createObjectURL = () => `data:text/javascript,${encodeURIComponent(late + script)}`;
  const [news, sent] = [[], []];
  const comm = { on_msg: (hear) => (comm.hear = hear), send: (data) => sent.push(data.method) };
  const model = new AnyModel(comm, { ...state, _esm: script, _css: "" });
  model.on("change:told", (_, told) => news.push(told));
  for (let i = 0; i < 20 && isSlow && !sent.length; i++) await pause(LATE);
  for (const told of [1, 2])
    comm.hear({ content: { data: { method: "update", state: { told } } } });
  for (let i = 0; i < 20 && news.length < 2; i++) await pause(LATE);
  return { news, sent };
}

(async () => {
  const all = [];
  for (const one of JSON.parse(require("node:fs").readFileSync(0, "utf8")))
    all.push(await heard(one));
  console.log(JSON.stringify(all));
})();
