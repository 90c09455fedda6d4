// An RTCPeerConnection with session descriptions and candidates as signalling. It negotiates as webrtc-pc's example of
// "perfect negotiation" does: when offers meet, that of the side that answers at first gives way.
import {
  type RTCCertificate,
  type RTCDataChannel,
  type RTCIceCandidate,
  type RTCIceCandidateInit,
  RTCPeerConnection,
  type RTCSctpTransport,
  type RTCSessionDescription,
  type RTCSessionDescriptionInit,
} from "../api.js";
import type { ChannelParameters } from "./argument_values.js";
import type { IceArguments } from "./arguments.js";
import { Connection } from "./connection.js";
import { iceOptions } from "./ice_options.js";
import { has, type JsonObject } from "./json.js";
import { fail, problem, toProblem } from "./problem.js";
import { candidateFrom, descriptionFrom } from "./sdp_lines.js";

export interface SdpOptions {
  ice: IceArguments;
  offering: boolean;
  /** Otherwise a description is told when it has all candidates, and none apart from it. */
  trickle: boolean;
  certificate?: RTCCertificate;
}

// RFC 8840 §8.2: where all candidates of a transport are in a description, it says so. One without a transport has none.
function hasAllCandidates({ sdp }: RTCSessionDescription): boolean {
  return sdp.includes("\na=end-of-candidates") || !sdp.includes("\na=ice-ufrag:");
}

export class SdpConnection extends Connection {
  readonly #options: SdpOptions;
  readonly #connection: RTCPeerConnection;
  /** Our own description, which is set and not signalled yet. */
  #unsaid: "offer" | "answer" | undefined;
  /** The transports. */
  #watching = false;
  #makingOffer = false;
  /** A peer's answer is being set. */
  #answerPending = false;
  /** The peer's last offer met ours, which stands. */
  #ignoring = false;
  /** An offer is needed once nothing is unsaid. */
  #offerWaits = false;

  /** Throws what RTCPeerConnection's constructor throws. */
  constructor(options: SdpOptions) {
    super();
    this.#options = options;
    this.#connection = new RTCPeerConnection({
      ...iceOptions(options.ice),
      ...(options.certificate ? { certificates: [options.certificate] } : {}),
    });
  }

  protected override begin(): void {
    const connection = this.#connection;
    connection.onnegotiationneeded = () => this.#onNegotiationNeeded();
    connection.onicecandidate = ({ candidate }) => this.#onCandidate(candidate);
    connection.onicecandidateerror = (event) => this.tellServerTrouble(event);
    connection.onnetworkchange = (change) => this.tellNetworkChange(change);
    connection.onsignalingstatechange = () => this.#watchTransports();
    connection.onicegatheringstatechange = () => {
      this.tellState("gathering", connection.iceGatheringState);
      this.#signal();
    };
    connection.onconnectionstatechange = () => this.tellState("connection", connection.connectionState);
    connection.ondatachannel = ({ channel }) => this.tellChannel(channel);
  }

  // They are there with the first answer that takes the data section, and have told nothing yet.
  #watchTransports(): void {
    const { sctp } = this;
    if (!sctp || this.#watching) return;
    this.#watching = true;
    this.watch(sctp);
  }

  // The connection tells that it failed in a task after that in which its transport did.
  protected override statesTold(): Promise<void> {
    const isFailed = (): boolean => this.#connection.connectionState === "failed";
    const transports = [this.sctp?.transport, this.sctp?.transport.iceTransport];
    if (isFailed() || !transports.some((one) => one?.state === "failed")) return Promise.resolve();
    return reaches(this.#connection, "connectionstatechange", isFailed);
  }

  // ---- Ours

  #onNegotiationNeeded(): void {
    // What the answering side wants before the first offer goes into its answer.
    if (!this.#options.offering && !this.#connection.currentRemoteDescription) return;
    if (this.#unsaid) {
      this.#offerWaits = true;
      return;
    }
    this.#makingOffer = true;
    void this.#describe("offer");
  }

  /** Makes a description of our own, and signals it. */
  async #describe(type: "offer" | "answer"): Promise<void> {
    try {
      await this.#connection.setLocalDescription({ type });
      this.#unsaid = type;
    } catch (thrown) {
      this.tellTrouble(toProblem(thrown));
    } finally {
      if (type === "offer") this.#makingOffer = false;
    }
    this.#signal();
  }

  /** Signals what #describe() has made, as soon as that may be. */
  #signal(): void {
    if (!this.#unsaid || this.isStopping) return;
    const { pendingLocalDescription, currentLocalDescription } = this.#connection;
    const description = this.#unsaid === "offer" ? pendingLocalDescription : currentLocalDescription;
    if (description && !this.#options.trickle && !hasAllCandidates(description)) return;
    this.#unsaid = undefined;
    if (description) this.tellSignal({ ...description.toJSON() }); // else an offer of the peer's rolled it back
    if (!this.#offerWaits) return;
    this.#offerWaits = false;
    this.#onNegotiationNeeded();
  }

  #onCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate && this.#options.trickle) this.tellSignal({ ...candidate.toJSON() });
  }

  // ---- The peer's

  override take(line: JsonObject): void {
    if (has(line, "ortc")) fail("NotSupportedError", "This peer speaks SDP: ORTC's parameters need --ortc.");
    if (has(line, "candidate")) void this.#takeCandidate(candidateFrom(line));
    else void this.#takeDescription(descriptionFrom(line));
  }

  async #takeDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const connection = this.#connection;
    const isOffer = description.type === "offer";
    const isReady = !this.#makingOffer && (connection.signalingState === "stable" || this.#answerPending);
    this.#ignoring = isOffer && !isReady && this.#options.offering;
    if (this.#ignoring) {
      // Later the other side gives way, and nobody has to know. Before the first answer nobody does.
      if (connection.currentRemoteDescription) return;
      const sentence = "Both sides offer: one of the two has to run with --answer.";
      this.tellTrouble(problem("InvalidStateError", sentence));
      return;
    }
    this.#answerPending = description.type === "answer";
    try {
      await connection.setRemoteDescription(description);
    } catch (thrown) {
      this.tellTrouble(toProblem(thrown));
      return;
    } finally {
      this.#answerPending = false;
    }
    if (isOffer) await this.#describe("answer");
  }

  async #takeCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    // Those of an offer that was ignored belong to no description.
    const isStray = this.#ignoring;
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (thrown) {
      if (!isStray) this.tellTrouble(toProblem(thrown));
    }
  }

  // ---- The connection

  override get sctp(): RTCSctpTransport | null {
    return this.#connection.sctp;
  }

  override async restartIce(): Promise<void> {
    if (!this.sctp) fail("InvalidStateError", "ICE has not started: there is nothing to restart.");
    this.#connection.restartIce();
    return Promise.resolve();
  }

  // W3C webrtc-pc §6.1: an id is for negotiated channels, and otherwise of no effect.
  override createDataChannel({ label, ...init }: ChannelParameters): RTCDataChannel {
    return this.#connection.createDataChannel(label, init);
  }

  override async stop(): Promise<void> {
    this.stopping();
    const ice = this.sctp?.transport.iceTransport;
    const hasMoreToTell = ice && ice.state !== "closed";
    this.#connection.close();
    // W3C: a connection that is closed tells nothing any more. Its transports do, and then comes the last state.
    if (hasMoreToTell) await reaches(ice, "statechange", () => ice.state === "closed");
    this.tellState("connection", this.#connection.connectionState);
  }
}

/** After its handlers were told of it. */
function reaches(target: EventTarget, change: string, isThere: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    target.addEventListener(change, () => {
      if (isThere()) resolve();
    });
  });
}
