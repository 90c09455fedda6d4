// Two peers in one process, over UDP on loopback unless told otherwise.
import {
  RTCDataChannel,
  type RTCDataChannelEvent,
  type RTCDataChannelInit,
  RTCDtlsTransport,
  RTCIceGatherer,
  type RTCIceGathererOptions,
  RTCIceTransport,
  RTCSctpTransport,
} from "portico";

export class Peer {
  readonly gatherer: RTCIceGatherer;
  readonly ice: RTCIceTransport;
  readonly dtls: RTCDtlsTransport;
  readonly sctp: RTCSctpTransport;

  constructor(options: RTCIceGathererOptions = {}) {
    this.gatherer = new RTCIceGatherer({ iceServers: [], bindAddresses: ["127.0.0.1"], ...options });
    this.ice = new RTCIceTransport(this.gatherer);
    this.dtls = new RTCDtlsTransport(this.ice);
    this.sctp = new RTCSctpTransport(this.dtls);
  }

  takeCandidatesOf(other: Peer): void {
    for (const candidate of other.gatherer.getLocalCandidates()) void this.ice.addRemoteCandidate(candidate);
    void this.ice.addRemoteCandidate(null);
  }
  async startTowards(other: Peer): Promise<void> {
    await Promise.all([
      this.ice.start(other.gatherer.getLocalParameters()),
      this.dtls.start(other.dtls.getLocalParameters()),
      this.sctp.start(RTCSctpTransport.getCapabilities()),
    ]);
  }
  async stop(): Promise<void> {
    await this.sctp.stop();
    await this.dtls.stop();
    await this.ice.stop();
  }
}

export function once<EventType extends Event>(target: EventTarget, type: string): Promise<EventType> {
  return new Promise((resolve) => {
    target.addEventListener(type, (event) => resolve(event as EventType), { once: true });
  });
}

/** Resolves when the object is in the state, or was already. */
export async function reached(target: EventTarget & { state: string }, ...states: string[]): Promise<void> {
  while (!states.includes(target.state)) await once(target, "statechange");
}

export async function connect(one: Peer, other: Peer): Promise<void> {
  await Promise.all([one.gatherer.gather(), other.gatherer.gather()]);
  one.takeCandidatesOf(other);
  other.takeCandidatesOf(one);
  await Promise.all([one.startTowards(other), other.startTowards(one)]);
}

export interface ConnectedChannels {
  one: Peer;
  other: Peer;
  /** Made by `one`. */
  channel: RTCDataChannel;
  /** As `other` sees it. */
  remote: RTCDataChannel;
  close: () => Promise<void>;
}

export async function connectedChannels(
  init: RTCDataChannelInit = {},
  options: RTCIceGathererOptions = {},
  label = "test",
): Promise<ConnectedChannels> {
  const one = new Peer(options);
  const other = new Peer(options);
  const channel = one.sctp.createDataChannel(label, init);
  const opened = once(channel, "open");
  const arrived = once<RTCDataChannelEvent>(other.sctp, "datachannel");
  await connect(one, other);
  const remote = (await arrived).channel;
  await opened;
  return {
    one,
    other,
    channel,
    remote,
    async close() {
      await Promise.all([one.stop(), other.stop()]);
    },
  };
}

export function nextMessage(channel: RTCDataChannel): Promise<unknown> {
  return once<MessageEvent<unknown>>(channel, "message").then(({ data }) => data);
}
