// RTCConfiguration (W3C webrtc-pc §4.2), and what Portico takes beside it: Web IDL's conversion, and the core's JSON.
import { makeError } from "../errors.js";
import { toDictionary, toDOMString, toEnforcedRange, toEnum, toSequence } from "../webidl.js";
import { RTCCertificate } from "./certificate.js";
import {
  coreGatherOptions,
  type LocalGatherOptions,
  type RTCIceTransportPolicy,
  transportPolicies,
} from "./gather_options.js";
import type { RTCIceServerInit } from "./parameters.js";
import type { RTCSctpTransportOptions } from "./sctp_transport.js";

const bundlePolicies = ["balanced", "max-compat", "max-bundle"] as const;
export type RTCBundlePolicy = (typeof bundlePolicies)[number];
const rtcpMuxPolicies = ["require"] as const;
export type RTCRtcpMuxPolicy = (typeof rtcpMuxPolicies)[number];
const maxOctet = 255;

/** Portico's own. They count when the connection is made; setConfiguration() leaves them as they are. */
export interface PorticoConfiguration extends LocalGatherOptions {
  sctp?: RTCSctpTransportOptions;
}

export interface RTCConfiguration extends PorticoConfiguration {
  iceServers?: readonly RTCIceServerInit[];
  iceTransportPolicy?: RTCIceTransportPolicy;
  bundlePolicy?: RTCBundlePolicy;
  rtcpMuxPolicy?: RTCRtcpMuxPolicy;
  certificates?: readonly RTCCertificate[];
  /** 0 to 255. Above 0: candidates are gathered before setLocalDescription(), and told with it. */
  iceCandidatePoolSize?: number;
}

/** W3C's members, all there. */
interface StandardConfiguration {
  iceServers: { urls: string[]; username?: string; credential?: string }[];
  iceTransportPolicy: RTCIceTransportPolicy;
  bundlePolicy: RTCBundlePolicy;
  rtcpMuxPolicy: RTCRtcpMuxPolicy;
  certificates: RTCCertificate[];
  iceCandidatePoolSize: number;
}

export class Configuration {
  readonly #standard: StandardConfiguration;
  readonly #own: PorticoConfiguration;

  private constructor(standard: StandardConfiguration, own: PorticoConfiguration) {
    this.#standard = standard;
    this.#own = own;
  }

  /** Throws what W3C has the constructor of RTCPeerConnection throw; the core looks at the servers' URLs. */
  static from(value: unknown): Configuration {
    const given = toDictionary(value, "RTCConfiguration");
    return new Configuration(toStandard(given), ownOf(given));
  }
  /** With Portico's own members as they are. */
  changedTo(value: unknown): Configuration {
    return new Configuration(toStandard(toDictionary(value, "RTCConfiguration")), this.#own);
  }

  get own(): PorticoConfiguration {
    return this.#own;
  }
  /** For the user: a copy. */
  toInit(): RTCConfiguration {
    const { iceServers, certificates, ...rest } = this.#standard;
    const servers = iceServers.map((server) => ({ ...server, urls: [...server.urls] }));
    return { ...this.#own, ...rest, iceServers: servers, certificates: [...certificates] };
  }
  toCoreJson(): string {
    const { transport, sctp, ...gathering } = this.#own;
    const { certificates, rtcpMuxPolicy: _, ...standard } = this.#standard;
    const numbers = certificates.length > 0 ? certificates.map((one) => one._handle) : undefined;
    return JSON.stringify({
      ...coreGatherOptions({ ...gathering, ...standard }, transport),
      certificates: numbers,
      sctp,
    });
  }
}

function toStandard(given: Record<string, unknown>): StandardConfiguration {
  const { bundlePolicy, certificates, iceCandidatePoolSize, iceServers, iceTransportPolicy, rtcpMuxPolicy } = given;
  return {
    bundlePolicy: bundlePolicy === undefined ? "balanced" : toEnum(bundlePolicy, bundlePolicies, "bundlePolicy"),
    certificates: certificates === undefined ? [] : toSequence(certificates, "certificates").map(toValidCertificate),
    iceCandidatePoolSize:
      iceCandidatePoolSize === undefined ? 0 : toEnforcedRange(iceCandidatePoolSize, maxOctet, "iceCandidatePoolSize"),
    iceServers: iceServers === undefined ? [] : toIceServers(iceServers),
    iceTransportPolicy:
      iceTransportPolicy === undefined ? "all" : toEnum(iceTransportPolicy, transportPolicies, "iceTransportPolicy"),
    rtcpMuxPolicy: rtcpMuxPolicy === undefined ? "require" : toEnum(rtcpMuxPolicy, rtcpMuxPolicies, "rtcpMuxPolicy"),
  };
}

function ownOf(given: Record<string, unknown>): PorticoConfiguration {
  const names = [
    ...["transport", "usernameFragment", "password", "iceLite"],
    ...["bindAddresses", "includeLoopback", "portRange", "networkChangePolicy", "sctp"],
    ...["interfaces", "excludedInterfaces", "mdns"],
  ];
  return Object.fromEntries(names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]));
}

/** W3C webrtc-pc §4.4.1.1: one that has expired is refused. */
function toValidCertificate(value: unknown): RTCCertificate {
  if (!(value instanceof RTCCertificate)) throw makeError("TypeError", "certificates is a list of RTCCertificates.");
  if (value.expires <= Date.now()) {
    throw makeError("InvalidAccessError", "The certificate has expired: make a new one.");
  }
  return value;
}

export function toIceServers(value: unknown): StandardConfiguration["iceServers"] {
  return toSequence(value, "iceServers").map(toIceServer);
}

function toIceServer(value: unknown): StandardConfiguration["iceServers"][number] {
  const { credential, urls, username } = toDictionary(value, "An RTCIceServer");
  if (urls === undefined) throw makeError("TypeError", "An RTCIceServer needs urls.");
  const isList = typeof urls === "object" && urls !== null && Symbol.iterator in urls;
  const list = isList ? toSequence(urls, "urls").map(toDOMString) : [toDOMString(urls)];
  if (list.length === 0) throw makeError("SyntaxError", "The urls of an RTCIceServer are at least one.");
  return {
    urls: list,
    ...(username === undefined ? {} : { username: toDOMString(username) }),
    ...(credential === undefined ? {} : { credential: toDOMString(credential) }),
  };
}
