// RTCCertificate: an ECDSA key with a self-signed certificate.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import { handled } from "../operations.js";
import { RTCDtlsFingerprint, type RTCDtlsFingerprintInit } from "./parameters.js";

/** Certificates are values: no events, so no registry. A collected one's number is released. */
const finalizer = new FinalizationRegistry<number>((handle) => {
  if (!core().death) core().exports.portico_release(handle);
});

export class RTCCertificate {
  readonly #handle: number;

  /** @internal Use generate() or fromPem(). */
  constructor(handle: number) {
    if (typeof handle !== "number") throw makeError("TypeError", "Use RTCCertificate.generate() or .fromPem().");
    this.#handle = core().check(handle);
    finalizer.register(this, this.#handle);
  }

  /** A new P-256 key and a certificate that is valid for 30 days. */
  static generate(): Promise<RTCCertificate> {
    return handled(Promise.resolve().then(() => new RTCCertificate(core().exports.portico_certificate_generate())));
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
    return core().exports.portico_certificate_expires(this.#handle) * 1000;
  }
  /** sha-256, sha-384, sha-512. */
  getFingerprints(): RTCDtlsFingerprint[] {
    const { exports } = core();
    const text = core().text(exports.portico_certificate_fingerprints(this.#handle));
    return (JSON.parse(text) as RTCDtlsFingerprintInit[]).map((one) => new RTCDtlsFingerprint(one));
  }
  getPem(): string {
    return core().text(core().exports.portico_certificate_pem(this.#handle));
  }
  getPrivateKeyPem(): string {
    return core().text(core().exports.portico_certificate_key_pem(this.#handle));
  }
}
