// The same in a dedicated worker.
import { attachPeer } from "./attach.js";

const take = attachPeer("/command/worker.js", (frame) => self.postMessage(frame));
self.onmessage = ({ data }) => take(data);
self.addEventListener("unhandledrejection", (event) =>
  self.postMessage({ complain: `Unhandled: ${event.reason?.stack ?? event.reason}` }),
);
