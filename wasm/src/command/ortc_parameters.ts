// One side's parameters as they travel: the `{"ortc":…}` line, and the code that people paste.
import type {
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsRole,
  RTCIceCandidate,
  RTCIceParameters,
  RTCSctpCapabilities,
} from "../api.js";
import { candidateOfText } from "../objects/ice_candidate.js";
import { findNumber, findObject, findString, has, isObject, type JsonObject } from "./json.js";
import { fail, type Problem, toProblem } from "./problem.js";

export interface OrtcParameters {
  ice: RTCIceParameters;
  candidates: RTCIceCandidate[];
  dtls: RTCDtlsParameters;
  sctp: RTCSctpCapabilities;
  sctpPort: number;
}

/** What was read, and what of it can't be used: a bad candidate is refused alone (API.md, "Misuse"). */
export interface ReadOrtcParameters {
  parameters: OrtcParameters;
  refused: Problem[];
}

/** More is no peer but an attack: the library takes 128 candidates, and there are four kinds of fingerprint. */
const maxCandidates = 128;
const maxFingerprints = 16;

function wrong(sentence: string): never {
  fail("TypeError", sentence);
}

function iceFromJson(ortc: JsonObject): RTCIceParameters {
  const ice = findObject(ortc, "ice");
  if (!ice) wrong('"ortc" lacks the object "ice".');
  const usernameFragment = findString(ice, "usernameFragment");
  const password = findString(ice, "password");
  if (usernameFragment === undefined || password === undefined) {
    wrong('"ice" lacks "usernameFragment" or "password".');
  }
  return { usernameFragment, password, iceLite: has(ice, "iceLite") && ice["iceLite"] === true };
}

function isRole(name: string): name is RTCDtlsRole {
  return name === "auto" || name === "client" || name === "server";
}

function fingerprintFromJson(value: unknown): RTCDtlsFingerprint {
  const algorithm = findString(value, "algorithm");
  const text = findString(value, "value");
  if (algorithm === undefined || text === undefined) wrong('A fingerprint lacks "algorithm" or "value".');
  return { algorithm, value: text };
}

function dtlsFromJson(ortc: JsonObject): RTCDtlsParameters {
  const dtls = findObject(ortc, "dtls");
  if (!dtls) wrong('"ortc" lacks the object "dtls".');
  const role = findString(dtls, "role") ?? "auto";
  if (!isRole(role)) wrong('The DTLS role is "auto", "client" or "server".');
  const list = has(dtls, "fingerprints") ? dtls["fingerprints"] : undefined;
  if (!Array.isArray(list) || list.length === 0) wrong('"dtls" lacks "fingerprints".');
  if (list.length > maxFingerprints) wrong("There are too many fingerprints.");
  return { role, fingerprints: list.map(fingerprintFromJson) };
}

/** By `candidate` if it is there, by the members otherwise. Throws an OperationError or a TypeError. */
export function candidateFromJson(value: unknown): RTCIceCandidate {
  if (!isObject(value)) wrong("A candidate is an object.");
  const usernameFragment = findString(value, "usernameFragment");
  const candidate = findString(value, "candidate");
  if (candidate !== undefined && candidate !== "") return candidateOfText(candidate, usernameFragment);

  const address = findString(value, "address") ?? findString(value, "ip"); // ORTC's name, which aiortc has kept
  const port = findNumber(value, "port", 65535);
  const type = findString(value, "type");
  if (address === undefined || port === undefined || type === undefined) {
    wrong('A candidate needs "candidate", or "address", "port" and "type".');
  }
  const relatedAddress = findString(value, "relatedAddress");
  const relatedPort = findNumber(value, "relatedPort", 65535);
  const tcpType = findString(value, "tcpType");
  // The text form says it all, and what it can't say is no candidate.
  const words = [
    `candidate:${findString(value, "foundation") ?? "1"}`,
    findNumber(value, "component", 65535) ?? 1,
    findString(value, "protocol") ?? "udp",
    findNumber(value, "priority", 0xffff_ffff) ?? 1,
    address,
    port,
    "typ",
    type,
    ...(relatedAddress !== undefined ? ["raddr", relatedAddress] : []),
    ...(relatedPort !== undefined ? ["rport", relatedPort] : []),
    ...(tcpType !== undefined ? ["tcptype", tcpType] : []),
  ];
  return candidateOfText(words.join(" "), usernameFragment);
}

/** RTCIceCandidate with all its members, and `candidate`. */
function candidateToJson(candidate: RTCIceCandidate): JsonObject {
  return {
    candidate: candidate.candidate,
    component: candidate.component === "rtcp" ? 2 : 1,
    foundation: candidate.foundation,
    address: candidate.address,
    ip: candidate.address,
    port: candidate.port,
    priority: candidate.priority,
    protocol: candidate.protocol,
    type: candidate.type,
    relatedAddress: candidate.relatedAddress ?? null,
    relatedPort: candidate.relatedPort ?? null,
    tcpType: candidate.tcpType ?? null,
  };
}

/** The object under "ortc". */
export function ortcToJson(parameters: OrtcParameters): JsonObject {
  const { ice, dtls, sctp } = parameters;
  return {
    ice: { usernameFragment: ice.usernameFragment, password: ice.password, iceLite: ice.iceLite ?? false },
    candidates: parameters.candidates.map(candidateToJson),
    dtls: {
      role: dtls.role ?? "auto",
      fingerprints: dtls.fingerprints.map(({ algorithm, value }) => ({ algorithm, value })),
    },
    sctp: { maxMessageSize: sctp.maxMessageSize, port: parameters.sctpPort },
  };
}

function candidatesFromJson(ortc: JsonObject, refused: Problem[]): RTCIceCandidate[] {
  const list = has(ortc, "candidates") ? ortc["candidates"] : null;
  if (list === null) return [];
  if (!Array.isArray(list)) wrong('"candidates" is a list.');
  if (list.length > maxCandidates) wrong("There are too many candidates.");
  return list.flatMap((entry) => {
    try {
      return [candidateFromJson(entry)];
    } catch (thrown) {
      refused.push(toProblem(thrown));
      return [];
    }
  });
}

/** Throws a TypeError for a member that is missing or of a wrong type. */
export function ortcFromJson(value: unknown): ReadOrtcParameters {
  if (!isObject(value)) wrong('"ortc" is an object.');
  const refused: Problem[] = [];
  const ice = iceFromJson(value);
  const dtls = dtlsFromJson(value);
  const candidates = candidatesFromJson(value, refused);
  const sctp = findObject(value, "sctp");
  if (!sctp) wrong('"ortc" lacks the object "sctp".');
  return {
    parameters: {
      ice,
      candidates,
      dtls,
      // RFC 8841 §6: 64 KiB where nothing is said.
      sctp: { maxMessageSize: findNumber(sctp, "maxMessageSize") ?? 65_536 },
      sctpPort: findNumber(sctp, "port", 65535) ?? 5000,
    },
    refused,
  };
}
