// RTCDtlsTransport: DTLS over an ICE transport. ORTC §7.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import type { RTCErrorDetailType, RTCErrorEvent } from "../events.js";
import { EventType, type TextGetter } from "../exports.js";
import { defineHandlers, type Handler } from "../target.js";
import { defineInterface } from "../webidl.js";
import { Adopted, refuseFor } from "./adoption.js";
import { RTCCertificate } from "./certificate.js";
import { CoreObject } from "./core_object.js";
import { RTCIceTransport } from "./ice_transport.js";
import { RTCDtlsParameters, type RTCDtlsParametersInit, toJson } from "./parameters.js";

export type RTCDtlsTransportState = "new" | "connecting" | "connected" | "closed" | "failed";

export class RTCDtlsTransport extends CoreObject {
  declare onstatechange: Handler<this>;
  declare onerror: Handler<this, RTCErrorEvent>;

  #iceTransport: RTCIceTransport | null;
  #remoteCertificates: ArrayBuffer[] = [];

  /** Without a certificate a new one is made. At most one, as a value or, as in ORTC and aiortc, in a list. */
  constructor(transport: RTCIceTransport, certificates?: RTCCertificate | readonly RTCCertificate[] | null);
  /** @internal */
  constructor(adopted: Adopted);
  constructor(transport: RTCIceTransport | Adopted, certificates?: RTCCertificate | readonly RTCCertificate[] | null) {
    const adopted = transport instanceof Adopted ? transport : null;
    const below = transport instanceof Adopted ? null : transport;
    super(adopted?.handle ?? create(below, certificates), adopted?.connection);
    this.#iceTransport = below;
  }

  get iceTransport(): RTCIceTransport {
    if (this.#iceTransport) return this.#iceTransport;
    const handle = this._call((transport) => core().exports.portico_dtls_transport_ice_transport(transport));
    this.#iceTransport = this._partOf(handle, (adopted) => new RTCIceTransport(adopted));
    return this.#iceTransport;
  }
  /** ORTC's and aiortc's name of `iceTransport`. */
  get transport(): RTCIceTransport {
    return this.iceTransport;
  }
  get state(): RTCDtlsTransportState {
    return this._text("portico_dtls_transport_state") as RTCDtlsTransportState;
  }
  /** IANA's name of the suite, null before connected. */
  get cipherSuite(): string | null {
    return this._text("portico_dtls_transport_cipher_suite") || null;
  }
  /** The transport's own. */
  getCertificate(): RTCCertificate {
    const handle = this._call((transport) => core().exports.portico_dtls_transport_certificate(transport));
    return new RTCCertificate(handle);
  }
  /** role is "auto" until the handshake decided it. */
  getLocalParameters(): RTCDtlsParameters {
    const parameters = this._json<RTCDtlsParametersInit | null>("portico_dtls_transport_local_parameters");
    return new RTCDtlsParameters(parameters ?? {});
  }
  getRemoteParameters(): RTCDtlsParameters | null {
    const parameters = this._json<RTCDtlsParametersInit | null>("portico_dtls_transport_remote_parameters");
    return parameters && new RTCDtlsParameters(parameters);
  }
  /** DER, the peer's own first; empty before connected. */
  getRemoteCertificates(): ArrayBuffer[] {
    this.#keepRemoteCertificates();
    return this.#remoteCertificates.map((certificate) => certificate.slice(0));
  }
  #keepRemoteCertificates(): void {
    if (this._handle === 0) return;
    const { exports, memory } = core();
    const count = this._call((transport) => exports.portico_dtls_transport_remote_certificate_count(transport));
    this.#remoteCertificates = Array.from({ length: count }, (_, index) => {
      const out = memory.scratch(4);
      const bytes = exports.portico_dtls_transport_remote_certificate(this._handle, index, out);
      return memory.copyOut(memory.view.getUint32(out, true), core().check(bytes));
    });
  }

  /** Waits for ICE, then shakes hands; resolves when connected, rejects when failed. */
  start(remoteParameters: RTCDtlsParametersInit): Promise<void> {
    refuseFor(this._connection, "RTCDtlsTransport");
    const json = toJson(remoteParameters, "RTCDtlsParameters");
    return this._operation((handle, operation) => {
      const [text = 0] = core().texts(json);
      return core().exports.portico_dtls_transport_start(handle, text, operation);
    });
  }

  /** Sends close_notify. Closed at once, also from new; failed stays failed. Idempotent. */
  async stop(): Promise<void> {
    refuseFor(this._connection, "RTCDtlsTransport");
    if (this._handle === 0) return;
    await this._operation((handle, operation) => core().exports.portico_dtls_transport_stop(handle, operation));
    if (this.state === "failed") this._finish();
  }

  /** @internal */
  override _onEvent(type: number, number: number, data: number, bytes: number): void {
    if (type === EventType.stateChange) {
      const state = core().memory.textOf(data, bytes);
      this._review();
      this.dispatchEvent(new Event("statechange"));
      if (state === "closed") this._finish();
    } else if (type === EventType.error) {
      this._dispatchCoreError(number, core().memory.textOf(data, bytes));
    }
  }
  /** @internal */
  override _finish(): void {
    this.#keepRemoteCertificates();
    super._finish();
  }
  /** @internal */
  protected override _getters(): readonly TextGetter[] {
    return [
      "portico_dtls_transport_state",
      "portico_dtls_transport_local_parameters",
      "portico_dtls_transport_remote_parameters",
      "portico_dtls_transport_cipher_suite",
    ];
  }
  /** @internal */
  protected override _isActive(): boolean {
    return ["connecting", "connected"].includes(this.state);
  }
  /** @internal */
  protected override _errorDetail(): RTCErrorDetailType {
    return "dtls-failure";
  }
}
defineHandlers(RTCDtlsTransport, ["statechange", "error"]);
defineInterface(RTCDtlsTransport);

function create(transport: unknown, certificates?: RTCCertificate | readonly RTCCertificate[] | null): number {
  if (!(transport instanceof RTCIceTransport)) {
    throw makeError("TypeError", "An RTCDtlsTransport is made on an RTCIceTransport.");
  }
  const certificate = onlyCertificate(certificates);
  return core().exports.portico_dtls_transport_create(transport._handle, certificate?._handle ?? 0);
}

function onlyCertificate(
  certificates: RTCCertificate | readonly RTCCertificate[] | null | undefined,
): RTCCertificate | undefined {
  const list = certificates instanceof RTCCertificate ? [certificates] : (certificates ?? []);
  if (list.length > 1) throw makeError("NotSupportedError", "An RTCDtlsTransport has one certificate.");
  const [certificate] = list;
  if (certificate !== undefined && !(certificate instanceof RTCCertificate)) {
    throw makeError("TypeError", "That is no RTCCertificate.");
  }
  return certificate;
}
