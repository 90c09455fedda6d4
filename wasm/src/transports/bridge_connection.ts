// One WebSocket to the bridge: its UDP port, as a socket for each address family.
import { core } from "../core.js";
import { makeError, messageOf } from "../errors.js";
import type { WebSocketLike } from "../platform/platform.js";
import { endpoints } from "../sockets.js";
import { BridgeContexts } from "./bridge_contexts.js";
import { BridgeSocket } from "./bridge_socket.js";
import { type Bound, type CapsuleHandler, CapsuleWriter, MalformedCapsule, readCapsules } from "./capsules.js";
import type { Endpoint } from "./endpoint.js";
import type { BindRequest, UdpSocket } from "./transport.js";

/** docs/bridge.md, REFUSED; an unknown reason is read as 1. */
const refusals = [
  "",
  "the bridge does not permit it",
  "the bridge limits how often",
  "the bridge has no route to it",
  "the datagram is too large",
] as const;

const limited = 2;

/** Is told what the bridge says, beside those whom it concerns. */
export interface BridgeObserver {
  bound(bound: Bound): void;
  refused(endpoint: Endpoint, reason: number): void;
  /** The WebSocket has ended, or never opened. */
  closed(why: string): void;
}

export class BridgeConnection implements CapsuleHandler {
  readonly #url: string;
  readonly #request: BindRequest;
  readonly #observer: BridgeObserver | null;
  readonly #contexts = new BridgeContexts();
  #socket: WebSocketLike | null = null;
  #sockets: BridgeSocket[] = [];
  #settle: { resolve(sockets: UdpSocket[]): void; reject(error: Error): void } | null = null;
  #lastError = "";
  #answers: CapsuleWriter | null = null;

  constructor(url: string, request: BindRequest, observer: BridgeObserver | null = null) {
    this.#url = url;
    this.#request = request;
    this.#observer = observer;
  }

  /** Resolves when the bridge has told what it bound. */
  open(protocols: string[], timeoutMs: number): Promise<UdpSocket[]> {
    return new Promise<UdpSocket[]>((resolve, reject) => {
      const { signal } = this.#request;
      const late = () => {
        this.#end(makeError("TimeoutError", `The bridge ${this.#url} did not answer in ${String(timeoutMs)} ms.`));
      };
      const timer = setTimeout(late, timeoutMs);
      const abort = () => this.#end(signal.reason as Error);
      signal.addEventListener("abort", abort);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        this.#settle = null;
      };
      this.#settle = {
        resolve: (sockets) => {
          done();
          resolve(sockets);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      if (signal.aborted) abort();
      else void this.#connect(protocols);
    });
  }

  async #connect(protocols: string[]): Promise<void> {
    try {
      const socket = await core().platform.openWebSocket(this.#url, protocols);
      if (this.#settle === null) return closeQuietly(socket);
      this.#socket = socket;
      socket.onmessage = ({ data }) => this.#onMessage(data);
      socket.onerror = ({ message }) => {
        this.#lastError = message ?? "";
      };
      socket.onclose = ({ code, reason }) => this.#onClose(code, reason);
    } catch (error) {
      this.#end(makeError("NetworkError", `Can't connect to the bridge ${this.#url}: ${messageOf(error)}`));
    }
  }

  // From the bridge --------------------------------------------------------------------------------------------------

  #onMessage(data: unknown): void {
    if (this.#socket === null) return;
    try {
      if (!(data instanceof ArrayBuffer) && !(data instanceof Uint8Array)) {
        throw new MalformedCapsule("The bridge sent a text message.");
      }
      readCapsules(data instanceof Uint8Array ? data : new Uint8Array(data), endpoints, this);
    } catch (error) {
      if (!(error instanceof MalformedCapsule)) throw error;
      this.#end(makeError("NetworkError", `The bridge ${this.#url} sent what is no capsule: ${error.message}`), 1002);
      return;
    }
    this.#sendAnswers();
    for (const socket of this.#sockets) socket.deliver();
  }

  bound(bound: Bound): void {
    if (this.#settle === null) return;
    this.#observer?.bound(bound);
    this.#sockets = bound.addresses.map((address) => new BridgeSocket(this, address, bound.largestPayload));
    this.#settle.resolve([...this.#sockets]);
  }

  datagram(context: number, named: Endpoint | null, payload: Uint8Array): void {
    const endpoint = named ?? this.#contexts.endpointOf(context);
    if (endpoint) this.#socketFor(endpoint)?.receive(endpoint, payload);
  }
  #socketFor(endpoint: Endpoint): BridgeSocket | undefined {
    return this.#sockets.find((socket) => socket.family === endpoint.family);
  }

  compressionAssign(context: number, endpoint: Endpoint | null): void {
    if (endpoint === null) return;
    this.#answers ??= new CapsuleWriter(answerBytes);
    if (this.#answers.length + maxAnswer > answerBytes) this.#sendAnswers();
    this.#answers ??= new CapsuleWriter(answerBytes);
    if (this.#contexts.assign(context, endpoint)) this.#answers.compressionAck(context);
    else this.#answers.compressionClose(context);
  }
  compressionAck(): void {
    // None of ours is ever asked for: the bridge assigns one to each remote that answers.
  }
  compressionClose(context: number): void {
    this.#contexts.close(context);
  }
  #sendAnswers(): void {
    const answers = this.#answers;
    this.#answers = null;
    if (answers) this.sendMessage(answers.written);
  }

  refused(endpoint: Endpoint, reason: number): void {
    this.#observer?.refused(endpoint, reason);
    this.#socketFor(endpoint)?.countRefusal();
    // A remote that answers and is sent too much: a drop as UDP has them, and no fault of the candidate.
    if (reason === limited && this.#contexts.contextFor(endpoint) !== 0) return;
    const why = refusals[reason] || refusals[1];
    const { address, port, text } = endpoint;
    this.#request.refused({ address, port, url: this.#url, message: `Nothing is sent to ${text}: ${why}.` });
  }

  // To the bridge ----------------------------------------------------------------------------------------------------

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }
  contextFor(endpoint: Endpoint): number {
    return this.#contexts.contextFor(endpoint);
  }
  sendMessage(message: Uint8Array<ArrayBuffer>): void {
    this.#socket?.send(message);
  }

  // Its end ----------------------------------------------------------------------------------------------------------

  socketClosed(socket: BridgeSocket): void {
    this.#sockets = this.#sockets.filter((one) => one !== socket);
    if (this.#sockets.length > 0) return;
    const websocket = this.#socket;
    this.#socket = null;
    if (websocket) closeQuietly(websocket);
  }

  setKeepAlive(): void {
    this.#socket?.setKeepAlive?.(this.#sockets.some((socket) => socket.keepAlive));
  }

  #onClose(code: number, reason: string): void {
    const why =
      [reason, this.#lastError].filter((text) => text !== "").join("; ") || `WebSocket close code ${String(code)}`;
    this.#observer?.closed(why);
    const message =
      this.#settle === null
        ? `The connection to the bridge ${this.#url} ended: ${why}.`
        : `The bridge ${this.#url} refused the connection or is not there: ${why}. Its log says more.`;
    this.#socket = null;
    this.#end(makeError("NetworkError", message));
  }

  #end(error: Error, code = 1000): void {
    const websocket = this.#socket;
    const sockets = this.#sockets;
    this.#socket = null;
    this.#sockets = [];
    if (websocket) closeQuietly(websocket, code);
    this.#settle?.reject(error);
    for (const socket of sockets) socket.fail(error.message);
  }
}

/** Answers of one message: 1 byte of type, 1 of length, at most 8 of context for each. */
const maxAnswer = 10;
const answerBytes = 4096;

/** No handler runs any more; a browser only takes 1000 and 3000 and above from a script. */
function closeQuietly(socket: WebSocketLike, code = 1000): void {
  socket.onmessage = socket.onclose = socket.onopen = null;
  // ws reports a handshake that is broken off as an error, which nobody may leave unheard.
  socket.onerror = () => undefined;
  try {
    socket.close(code === 1002 ? 3002 : code);
  } catch {
    // It was closed, or closes.
  }
}
