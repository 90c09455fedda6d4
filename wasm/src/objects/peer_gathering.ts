// How a connection gathers: on sockets that the transport binds, which takes time.
import { core } from "../core.js";
import { messageOf } from "../errors.js";
import { handled, promised } from "../operations.js";
import { Binding, type BindingOwner, type BindOptions } from "./binding.js";
import type { RTCIceCandidate } from "./ice_candidate.js";

export class PeerGathering {
  readonly binding: Binding;
  readonly #owner: BindingOwner;

  constructor(options: BindOptions, owner: BindingOwner) {
    this.binding = new Binding(options, owner);
    this.#owner = owner;
  }

  /** The core gathers on what is bound; where nothing can be, on nothing, if the connection is there still. */
  begin(gather: () => void, isClosed: () => boolean): void {
    const bound = promised(() => Promise.resolve(this.binding.callWithSockets(gather)));
    const settled = bound.catch((error: unknown) => {
      if (isClosed() || core().death) return;
      this.#owner.refused({ message: messageOf(error) });
      this.binding.call(gather);
    });
    void handled(settled);
  }
}

/** Of an offer that was rolled back meanwhile: its peer would take it for one of what came after. */
export function isStale(candidate: RTCIceCandidate | null, gatheringState: string, localSdps: string[]): boolean {
  if (candidate === null) return gatheringState !== "complete";
  return !localSdps.some((sdp) => sdp.includes(`\r\na=ice-ufrag:${candidate.usernameFragment ?? ""}\r\n`));
}
