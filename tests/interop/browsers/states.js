// The states of one RTCPeerConnection and of the transports below it, as lines.

export class States {
  #connection;
  #print;
  #watched = new Set();

  constructor(connection, print) {
    this.#connection = connection;
    this.#print = print;
    this.#watch(connection, "connectionstatechange", () => this.#tell("connection", connection.connectionState));
    this.#watch(connection, "iceconnectionstatechange", () => this.#tell("ice", connection.iceConnectionState));
    this.#watch(connection, "icegatheringstatechange", () => this.#tell("gathering", connection.iceGatheringState));
    // The transports are there once a description has asked for them, and may be others after a later one.
    this.#watch(connection, "signalingstatechange", () => this.#watchTransports());
  }

  #tell(of, state) {
    this.#print({ event: "state", of, state });
  }

  #watch(target, type, handler) {
    target.addEventListener(type, handler);
  }

  #watchTransports() {
    const sctp = this.#connection.sctp;
    if (!sctp || this.#watched.has(sctp.transport)) return;
    this.#watched.add(sctp.transport);
    const dtls = sctp.transport;
    const ice = dtls.iceTransport;
    this.#watch(sctp, "statechange", () => this.#tell("sctp", sctp.state));
    this.#watch(dtls, "statechange", () => this.#tell("dtls", dtls.state));
    this.#watch(ice, "selectedcandidatepairchange", () => {
      const pair = ice.getSelectedCandidatePair();
      if (pair) this.#print({ event: "selected", local: pair.local.candidate, remote: pair.remote.candidate });
    });
  }
}
