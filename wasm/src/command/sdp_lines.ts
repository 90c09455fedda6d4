// Session descriptions and candidates that came in a line. Web IDL would make strings and numbers of anything.
import type { RTCIceCandidateInit, RTCSdpType, RTCSessionDescriptionInit } from "../api.js";
import { findNumber, findString, has, type JsonObject } from "./json.js";
import { fail } from "./problem.js";

const types: readonly RTCSdpType[] = ["offer", "pranswer", "answer", "rollback"];

/** Absent and null are the same, as in Web IDL. */
function isThere(line: JsonObject, member: string): boolean {
  return has(line, member) && line[member] !== null;
}

/** A string, or nothing. Throws a TypeError. */
function optionalString(line: JsonObject, member: string): string | null {
  if (!isThere(line, member)) return null;
  return findString(line, member) ?? fail("TypeError", `"${member}" is a string.`);
}

/** Throws a TypeError for a member that is missing or of a wrong type. */
export function descriptionFrom(line: JsonObject): RTCSessionDescriptionInit {
  const name = findString(line, "type");
  const type = types.find((one) => one === name);
  if (type === undefined) fail("TypeError", '"type" is "offer", "answer", "pranswer" or "rollback".');
  return { type, sdp: optionalString(line, "sdp") ?? "" };
}

/** Throws a TypeError for a member that is missing or of a wrong type. */
export function candidateFrom(line: JsonObject): RTCIceCandidateInit {
  const candidate = optionalString(line, "candidate") ?? "";
  const sdpMid = optionalString(line, "sdpMid");
  const usernameFragment = optionalString(line, "usernameFragment");
  const sdpMLineIndex = findNumber(line, "sdpMLineIndex", 65535) ?? null;
  if (sdpMLineIndex === null && isThere(line, "sdpMLineIndex")) {
    fail("TypeError", '"sdpMLineIndex" is a number from 0 to 65535.');
  }
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
