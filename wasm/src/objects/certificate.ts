// RTCCertificate: an ECDSA key with a self-signed certificate. W3C webrtc-pc §4.9.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import { handled, promised } from "../operations.js";
import { defineInterface, toDictionary, toDOMString, toEnforcedRange } from "../webidl.js";
import { RTCDtlsFingerprint, type RTCDtlsFingerprintInit } from "./parameters.js";

/** Web Crypto's AlgorithmIdentifier, of which ECDSA with P-256 is there; and W3C's RTCCertificateExpiration. */
export type RTCCertificateAlgorithm =
  string | { name: string; namedCurve?: string; /** Milliseconds from now; 30 days at most. */ expires?: number };

/** Certificates are values: no events, so no registry. A collected one's number is released. */
const finalizer = new FinalizationRegistry<number>((handle) => {
  if (!core().death) core().exports.portico_release(handle);
});

export class RTCCertificate {
  readonly #handle: number;
  /** When its user wants it to be over, which may be before the certificate says so. */
  readonly #latest: number;

  /** @internal Use RTCPeerConnection.generateCertificate(), generate() or fromPem(). */
  constructor(handle: number, latest = Infinity) {
    if (typeof handle !== "number") throw makeError("TypeError", "Use RTCCertificate.generate() or .fromPem().");
    this.#handle = core().check(handle);
    this.#latest = latest;
    finalizer.register(this, this.#handle);
  }

  /** A new P-256 key and a certificate that is valid for 30 days. */
  static generate(): Promise<RTCCertificate> {
    return handled(Promise.resolve().then(() => generate(Infinity)));
  }
  /** Throws a DataError for what does not parse or not match, a NotSupportedError for RSA. */
  static fromPem(certificate: string, privateKey: string): RTCCertificate {
    const [certificateAt = 0, keyAt = 0] = core().texts(certificate, privateKey);
    return new RTCCertificate(core().exports.portico_certificate_from_pem(certificateAt, keyAt));
  }

  /** @internal */
  get _handle(): number {
    return this.#handle;
  }
  /** Milliseconds since 1970 UTC. */
  get expires(): number {
    return Math.min(this.#latest, core().exports.portico_certificate_expires(this.#handle) * 1000);
  }
  /** sha-256, sha-384, sha-512; the values in lower case, as W3C has it. */
  getFingerprints(): RTCDtlsFingerprint[] {
    const { exports } = core();
    const text = core().text(exports.portico_certificate_fingerprints(this.#handle));
    return (JSON.parse(text) as Required<RTCDtlsFingerprintInit>[]).map(
      ({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value.toLowerCase()),
    );
  }
  getPem(): string {
    return core().text(core().exports.portico_certificate_pem(this.#handle));
  }
  getPrivateKeyPem(): string {
    return core().text(core().exports.portico_certificate_key_pem(this.#handle));
  }
}
defineInterface(RTCCertificate);

function generate(latest: number): RTCCertificate {
  return new RTCCertificate(core().exports.portico_certificate_generate(), latest);
}

/** W3C webrtc-pc §4.9: RTCPeerConnection.generateCertificate(). */
export function generateCertificate(algorithm: unknown): Promise<RTCCertificate> {
  return promised(() => {
    const isObject = typeof algorithm === "object" && algorithm !== null;
    const { expires, name, namedCurve } = isObject ? toDictionary(algorithm, "") : { name: toDOMString(algorithm) };
    const lifetime = expires === undefined ? Infinity : toEnforcedRange(expires, Number.MAX_SAFE_INTEGER, "expires");
    requireEcdsa(name, namedCurve);
    return Promise.resolve().then(() => generate(Date.now() + lifetime));
  });
}

/** Web Crypto §18.4.4: names are compared without regard to case. */
function requireEcdsa(name: unknown, namedCurve: unknown): void {
  if (name === undefined) throw makeError("TypeError", "An algorithm needs a name.");
  const text = toDOMString(name);
  if (text.toUpperCase() !== "ECDSA") {
    throw makeError("NotSupportedError", `There are ECDSA certificates here, and none of ${text}.`);
  }
  if (namedCurve === undefined) throw makeError("TypeError", "ECDSA needs a namedCurve.");
  if (toDOMString(namedCurve) !== "P-256") {
    throw makeError("NotSupportedError", `The curve of a new certificate is P-256, not ${toDOMString(namedCurve)}.`);
  }
}
