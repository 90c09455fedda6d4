// Who is connected to, as far as signalling goes.
import type { NativeEvent, Role, Signal } from "../../shared/signalling.js";

export interface FarSideObserver {
  /** It is there: begin. */
  onRole(role: Role): void;
  onSignal(signal: Signal): void;
  onNativeEvent(event: NativeEvent): void;
  /** It left, or nothing comes of it; why, in a sentence. */
  onEnded(why: string): void;
}

export interface SignallingEnd {
  send(signal: Signal): void;
  /** No call comes any more. */
  close(): void;
}
