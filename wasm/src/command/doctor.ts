// `portico doctor`: collects what can be known of this side's connectivity, for the letter that the core makes of it. In
// order, so that no step disturbs another: the bridge, gathering, the NAT. native/command/doctor_session.cc does the same.
import { networkInterfaces } from "node:os";
import {
  BridgeTransport,
  discoverNatBehaviour,
  type RTCIceCandidate,
  RTCIceGatherer,
  type RTCIceGathererOptions,
  type RTCPeerConnectionIceErrorEvent,
} from "../index.js";
import { type DoctorArguments, exitClean, exitFailed } from "./arguments.js";
import { doctorLetter } from "./doctor_letter.js";
import { iceOptions } from "./ice_options.js";
import { toProblem } from "./problem.js";

/** What the last step leaves for the printing. */
const marginMs = 200;

interface BridgeFacts {
  url: string;
  token: boolean;
  connected: boolean;
  error: string;
  refusals: object[];
  [more: string]: unknown;
}

export class Doctor {
  readonly #json: boolean;
  readonly #say: (progress: string) => void;
  readonly #options: RTCIceGathererOptions;
  readonly #deadline: number;
  readonly #abort = new AbortController();
  readonly #bridge: BridgeFacts | null = null;
  readonly #candidates: object[] = [];
  readonly #errors: object[] = [];
  readonly #facts: Record<string, unknown>;
  #complete = false;
  #finish: () => void = () => undefined;
  #begun = performance.now();

  constructor({ ice, json, timeoutSeconds }: DoctorArguments, say: (progress: string) => void) {
    this.#json = json;
    this.#say = say;
    this.#options = iceOptions(ice);
    this.#deadline = performance.now() + timeoutSeconds * 1000;
    if (ice.bridge) {
      const { url, token } = ice.bridge;
      const error = "it did not answer in time";
      this.#bridge = { url, token: token !== undefined, connected: false, error, refusals: [] };
      this.#observe(this.#options.transport as BridgeTransport, this.#bridge);
    }
    this.#facts = {
      via: this.#bridge ? "bridge" : "local",
      relayOnly: ice.relayOnly,
      interfaces: interfaces(),
      bridge: this.#bridge,
      servers: ice.iceServers.flatMap(({ urls }) => urls),
      nat: null,
    };
  }

  /** Rejects where an ICE server is none. */
  async run(): Promise<{ output: string; status: number }> {
    const timeUp = new Promise<void>((resolve) => (this.#finish = resolve));
    const timer = setTimeout(() => this.#finish(), this.#deadline - performance.now());
    const gatherer = new RTCIceGatherer(this.#options);
    try {
      await Promise.race([this.#examine(gatherer), timeUp]);
    } finally {
      clearTimeout(timer);
    }
    const result = await this.#result();
    this.#abort.abort();
    gatherer.close();
    await new Promise(setImmediate); // what closing sends leaves first
    return result;
  }

  /** With what is known now. */
  finish(): void {
    this.#finish();
  }

  async #examine(gatherer: RTCIceGatherer): Promise<void> {
    this.#say(this.#bridge ? "Connecting to the bridge ..." : "Gathering candidates ...");
    this.#begun = performance.now();
    gatherer.onicecandidate = ({ candidate }) => this.#onCandidate(candidate);
    gatherer.onicecandidateerror = (error) => this.#onError(error);
    try {
      await gatherer.gather();
    } catch (thrown) {
      if (this.#bridge && !this.#bridge.connected) return;
      throw thrown;
    }
    this.#complete = true;
    if ((this.#facts["servers"] as string[]).length > 0) await this.#discoverNat(gatherer);
  }

  async #discoverNat(gatherer: RTCIceGatherer): Promise<void> {
    this.#say("Asking the servers how the NAT behaves ...");
    if (this.#bridge) gatherer.close(); // a token may have been good for one socket
    const timeoutMs = Math.max(Math.floor(this.#deadline - performance.now() - marginMs), marginMs);
    try {
      this.#facts["nat"] = await discoverNatBehaviour({ ...this.#options, timeoutMs, signal: this.#abort.signal });
    } catch (thrown) {
      this.#facts["natError"] = toProblem(thrown).message;
    }
  }

  #onCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate === null) return;
    this.#candidates.push({ ...candidate.toJSON(), ...members(candidate), milliseconds: this.#elapsed() });
  }

  #onError({ address, port, url, errorCode, errorText }: RTCPeerConnectionIceErrorEvent): void {
    this.#errors.push({ address: address ?? "", port: port ?? 0, url, errorCode, errorText });
  }

  #observe(transport: BridgeTransport, facts: BridgeFacts): void {
    transport._observer = {
      bound: ({ addresses, largestPayload, bytesPerSecond, packetsPerSecond }) => {
        if (facts.connected) return;
        const bound = addresses.map((one) => ({
          address: one.bound.address,
          port: one.bound.port,
          public: one.public && { address: one.public.address, port: one.public.port },
        }));
        const milliseconds = this.#elapsed();
        Object.assign(facts, { connected: true, milliseconds, error: "", bound, largestPayload });
        Object.assign(facts, { bytesPerSecond, packetsPerSecond });
        this.#say("Gathering candidates ...");
      },
      refused: ({ address, port }, reason) => facts.refusals.push({ address, port, reason }),
      closed: (why) => {
        if (facts.connected) return;
        const status = /response: (\d{3})/.exec(why)?.[1];
        Object.assign(facts, { error: why, status: Number(status ?? 0) });
      },
    };
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#begun);
  }

  async #result(): Promise<{ output: string; status: number }> {
    const gathering = { complete: this.#complete, candidates: this.#candidates, errors: this.#errors };
    const facts = { ...this.#facts, gathering };
    const { healthy, letter, findings } = await doctorLetter(facts);
    const output = this.#json ? `${JSON.stringify({ ...facts, healthy, findings })}\n` : letter;
    return { output, status: healthy ? exitClean : exitFailed };
  }
}

/** Node tells neither temporary nor deprecated addresses apart. */
function interfaces(): object[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map((one) => ({
      name,
      address: one.family === "IPv6" && one.scopeid > 0 ? `${one.address}%${String(one.scopeid)}` : one.address,
      loopback: one.internal,
      temporary: false,
      deprecated: false,
    })),
  );
}

function members(candidate: RTCIceCandidate): object {
  const { foundation, component, priority, address, protocol, port, type, relatedAddress, relatedPort, url } =
    candidate;
  return { foundation, component, priority, address, protocol, port, type, relatedAddress, relatedPort, url };
}
