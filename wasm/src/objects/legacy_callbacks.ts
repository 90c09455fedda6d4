// The methods of RTCPeerConnection as they were before there were Promises: with two callbacks. W3C webrtc-pc §4.4.3.
import { promised } from "../operations.js";
import { requireArguments, toCallback } from "../webidl.js";

/** Calls back with what `begin` comes to. The Promise is of no use, and resolves at once. */
export function withCallbacks<T>(success: unknown, failure: unknown, begin: () => Promise<T>): Promise<void> {
  const onSuccess = toCallback(success, "The success callback");
  const onFailure = toCallback(failure, "The failure callback");
  void promised(begin).then(
    (value) => report(() => onSuccess(value)),
    (error: unknown) => report(() => onFailure(error)),
  );
  return Promise.resolve();
}

/** Web IDL §3.6: (argument), or (argument, success, failure). */
export function withOptionalCallbacks(args: readonly unknown[], begin: () => Promise<void>): Promise<void> {
  return promised(() => {
    if (args.length < 2) return begin();
    requireArguments(args.length, 3, "The form with callbacks");
    return withCallbacks(args[1], args[2], begin);
  });
}

/** What a callback throws is its own program's to handle: an uncaught exception. */
function report(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
