// What anywidget doesn't tell of the way to Python.

// The model itself, of which anywidget hands out a part: whoever listens to it is told it.
export function wholeOf(model) {
  let whole = null;
  model.on("change:isHere", (one) => (whole = one));
  model.set("isHere", true);
  return whole;
}

// Whether Python has gone: JupyterLab's way to it ends with its kernel.
export const isGone = (whole) => !whole.comm || !!whole.comm.jsServicesComm?.isDisposed;

// anywidget gives up hearing Python when a slow page takes two seconds to load a script.
// Then what it would inherit hears.
export async function listen(whole) {
  try {
    await whole._handle_comm_msg({ content: { data: {} } });
  } catch {
    const { _handle_comm_msg: handle } = Object.getPrototypeOf(Object.getPrototypeOf(whole));
    whole.comm.on_msg((message) => handle.call(whole, message));
    whole.comm.send({ method: "request_state" });
  }
}
