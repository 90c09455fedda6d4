// The parameter objects of ORTC and W3C. A class for each, since the documented API makes them with `new`; wherever one
// is taken, a plain object with the same members does as well.
import { core } from "../core.js";
import { makeError } from "../errors.js";

export interface RTCIceServerInit {
  /** RFC 7064 and RFC 7065 URIs. */
  urls: string | string[];
  username?: string | null;
  credential?: string | null;
  credentialType?: string;
}

export class RTCIceServer implements RTCIceServerInit {
  urls: string[];
  username?: string | null;
  credential?: string | null;
  credentialType?: string;

  constructor(
    urls: string | string[] | RTCIceServerInit,
    username: string | null = null,
    credential: string | null = null,
    credentialType = "password",
  ) {
    const init =
      typeof urls === "object" && !Array.isArray(urls) ? urls : { urls, username, credential, credentialType };
    if (init.urls === undefined) throw makeError("TypeError", "An RTCIceServer needs urls.");
    this.urls = typeof init.urls === "string" ? [init.urls] : [...init.urls];
    this.username = init.username ?? null;
    this.credential = init.credential ?? null;
    this.credentialType = init.credentialType ?? "password";
  }
}

export interface RTCIceParametersInit {
  usernameFragment?: string;
  password?: string;
  iceLite?: boolean;
}

export class RTCIceParameters implements RTCIceParametersInit {
  usernameFragment: string;
  password: string;
  iceLite: boolean;

  constructor(usernameFragment: string | RTCIceParametersInit = "", password = "", iceLite = false) {
    const init = typeof usernameFragment === "object" ? usernameFragment : { usernameFragment, password, iceLite };
    this.usernameFragment = init.usernameFragment ?? "";
    this.password = init.password ?? "";
    this.iceLite = init.iceLite ?? false;
  }
}

export interface RTCDtlsFingerprintInit {
  algorithm?: string;
  value?: string;
}

export class RTCDtlsFingerprint implements RTCDtlsFingerprintInit {
  algorithm: string;
  value: string;

  constructor(algorithm: string | RTCDtlsFingerprintInit, value = "") {
    const init = typeof algorithm === "object" ? algorithm : { algorithm, value };
    this.algorithm = init.algorithm ?? "";
    this.value = init.value ?? "";
  }
}

export type RTCDtlsRole = "auto" | "client" | "server";

export interface RTCDtlsParametersInit {
  role?: RTCDtlsRole;
  fingerprints?: readonly RTCDtlsFingerprintInit[];
}

export class RTCDtlsParameters implements RTCDtlsParametersInit {
  role: RTCDtlsRole;
  fingerprints: RTCDtlsFingerprint[];

  constructor(role: RTCDtlsRole | RTCDtlsParametersInit = "auto", fingerprints: RTCDtlsFingerprintInit[] = []) {
    const init = typeof role === "object" ? role : { role, fingerprints };
    this.role = init.role ?? "auto";
    this.fingerprints = (init.fingerprints ?? []).map((fingerprint) => new RTCDtlsFingerprint(fingerprint));
  }
}

export interface RTCSctpCapabilitiesInit {
  /** Bytes; 0: any size. */
  maxMessageSize?: number;
}

export class RTCSctpCapabilities implements RTCSctpCapabilitiesInit {
  maxMessageSize: number;

  constructor(maxMessageSize: number | RTCSctpCapabilitiesInit = 262_144) {
    this.maxMessageSize =
      typeof maxMessageSize === "number" ? maxMessageSize : (maxMessageSize.maxMessageSize ?? 65_536);
  }
}

/** Parameters on their way in. */
export function toJson(value: unknown, what: string): string {
  if (typeof value !== "object" || value === null) throw makeError("TypeError", `${what} is missing, or no object.`);
  return JSON.stringify(value);
}

export function defaultIceServers(): RTCIceServer[] {
  const { exports } = core();
  const servers = JSON.parse(core().text(exports.portico_default_ice_servers())) as RTCIceServerInit[];
  return servers.map((server) => new RTCIceServer(server));
}
export function setDefaultIceServers(servers: readonly RTCIceServerInit[]): void {
  const [text = 0] = core().texts(JSON.stringify(servers));
  core().check(core().exports.portico_set_default_ice_servers(text));
}
