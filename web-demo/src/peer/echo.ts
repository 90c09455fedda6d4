// Sends back what comes, as `portico peer --echo` does.
import { highWaterBytes } from "./traffic.js";

/** What can't leave at once is not kept: who asks faster than the path answers gets fewer answers. */
export function echo(channel: RTCDataChannel, data: unknown): void {
  if (channel.readyState !== "open" || channel.bufferedAmount > highWaterBytes) return;
  if (typeof data === "string") channel.send(data);
  else if (data instanceof ArrayBuffer) channel.send(data);
}
