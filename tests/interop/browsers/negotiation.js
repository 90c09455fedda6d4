// Descriptions and candidates as lines, by W3C's perfect negotiation (webrtc-pc §10.7): the answerer is the polite one.

/** What comes of these changes is a line; `fail` takes what was refused. */
export class Negotiation {
  #connection;
  #offers;
  #trickles;
  #print;
  #fail;
  /** A peer that answers makes no offer of its own accord before it has heard one. */
  #hasBegun;
  #isMakingOffer = false;
  #ignoresOffer = false;
  #isEndTold = false;
  #queue = Promise.resolve();

  constructor(connection, { offers, trickles }, print, fail) {
    this.#connection = connection;
    this.#offers = this.#hasBegun = offers;
    this.#trickles = trickles;
    this.#print = print;
    this.#fail = fail;
    connection.addEventListener("negotiationneeded", () => {
      if (this.#hasBegun) void this.offer();
    });
    connection.addEventListener("icecandidate", ({ candidate }) => this.#onCandidate(candidate));
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "gathering") this.#isEndTold = false;
    });
  }

  async offer() {
    try {
      this.#isMakingOffer = true;
      await this.#connection.setLocalDescription();
      await this.#tellDescription();
    } catch (problem) {
      this.#fail(problem);
    } finally {
      this.#isMakingOffer = false;
    }
  }

  /** A line of the other side's signalling: each is done with before the next is looked at. */
  take(line) {
    const handle = "candidate" in line ? () => this.#onRemoteCandidate(line) : () => this.#onRemoteDescription(line);
    this.#queue = this.#queue.then(handle).catch(this.#fail);
  }

  async #onRemoteDescription({ type, sdp }) {
    const connection = this.#connection;
    const collides = type === "offer" && (this.#isMakingOffer || connection.signalingState !== "stable");
    this.#ignoresOffer = this.#offers && collides;
    if (this.#ignoresOffer) return;
    await connection.setRemoteDescription({ type, sdp });
    this.#hasBegun = true;
    if (type !== "offer") return;
    await connection.setLocalDescription();
    await this.#tellDescription();
  }

  /** Chromium takes the candidate of an offer that it has not seen, and then refuses all checks from its address. */
  async #onRemoteCandidate(line) {
    if (!this.#ignoresOffer) await this.#connection.addIceCandidate(line);
  }

  async #tellDescription() {
    if (!this.#trickles) await this.#isGathered();
    const { type, sdp } = this.#connection.localDescription;
    this.#print({ type, sdp });
  }

  #isGathered() {
    const connection = this.#connection;
    return new Promise((resolve) => {
      const look = () => {
        if (connection.iceGatheringState !== "complete") return;
        connection.removeEventListener("icegatheringstatechange", look);
        resolve();
      };
      connection.addEventListener("icegatheringstatechange", look);
      look();
    });
  }

  /** The end is "" for a section and then null for all in W3C §4.8.1.4; Chromium says null alone. */
  #onCandidate(candidate) {
    if (!this.#trickles || (this.#isEndTold && !candidate?.candidate)) return;
    if (!candidate?.candidate) this.#isEndTold = true;
    if (candidate) this.#print(candidate.toJSON());
    else this.#print({ candidate: "", sdpMid: this.#firstMid(), sdpMLineIndex: 0 });
  }

  #firstMid() {
    return /^a=mid:(.*)$/m.exec(this.#connection.localDescription.sdp)?.[1].trim() ?? null;
  }
}
