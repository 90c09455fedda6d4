// Objects of an RTCPeerConnection: the core made them, and they are shown by the same classes as those that a user makes.
import { makeError } from "../errors.js";
import type { Binding } from "./binding.js";

/** What they need of their connection. They hold it, as W3C webrtc-pc §4.4.4 asks of channels. */
export interface Connection {
  /** @internal The sockets of its gatherer. */
  readonly _binding: Binding;
  /** @internal Whether events may come that no call causes. */
  readonly _isUnderWay: boolean;
  /** @internal Closed, and all was told: the core's objects are let go of. */
  readonly _isOver: boolean;
  /** @internal The one object for a number of the core's. */
  _part<T extends object>(handle: number, make: (adopted: Adopted) => T): T;
}

/** What a class's constructor gets in place of its user's arguments. */
export class Adopted {
  readonly handle: number;
  readonly connection: Connection;

  constructor(handle: number, connection: Connection) {
    this.handle = handle;
    this.connection = connection;
  }
}

/** For the calls of ORTC by which a user would do the connection's work. */
export function refuseFor(connection: Connection | null, what: string): void {
  if (connection === null) return;
  throw makeError("InvalidStateError", `This ${what} belongs to an RTCPeerConnection, which alone controls it.`);
}
