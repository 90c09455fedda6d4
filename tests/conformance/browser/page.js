// A peer in this page, or in a dedicated worker of it. Frames of the driver, which peer.mjs wrote:
// {"start":{"place","argv"}}, {"line":"…"}, {"line":null} at the end of input; and back {"print"}, {"complain"}, {"exit"}.
import { attachPeer } from "./attach.js";

const driver = new WebSocket(`ws://${location.host}/${location.search}`);
const tell = (frame) => driver.send(JSON.stringify(frame));
let take;

function onStart({ place, argv }) {
  if (place === "page") {
    take = attachPeer("/command/page.js", tell);
  } else if (place === "other" || place === "hiding") {
    take = attachPeer("/other/peer.js", tell);
  } else {
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ({ data }) => tell(data);
    worker.onerror = (event) => tell({ complain: `The worker failed: ${event.message}` });
    take = (frame) => worker.postMessage(frame);
  }
  take({ argv });
}

driver.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  if (frame.start) onStart(frame.start);
  else take(frame);
};
// What nothing caught is an error of the library, and must be seen.
self.addEventListener("error", (event) => tell({ complain: `Uncaught: ${event.message}` }));
self.addEventListener("unhandledrejection", (event) => tell({ complain: `Unhandled: ${event.reason?.stack ?? event.reason}` }));
