// One peer's objects in a module, and the signalling between two of them: what a program does, in the fewest calls.
export const Event = {
  operation: 1,
  stateChange: 2,
  iceCandidate: 3,
  iceCandidateError: 4,
  error: 6,
  dataChannel: 7,
  open: 8,
  message: 9,
  close: 12,
};

const decoder = new TextDecoder();
export const textOf = (event) => decoder.decode(event.data);

let lastOperation = 0;

export class Peer {
  constructor(module, address, port) {
    this.module = module;
    this.address = address;
    this.port = port;
    this.gatherer = module.call("portico_ice_gatherer_create", '{"iceServers":[]}');
    this.ice = module.call("portico_ice_transport_create", this.gatherer);
    this.dtls = module.call("portico_dtls_transport_create", this.ice, 0);
    this.sctp = module.call("portico_sctp_transport_create", this.dtls, null);
  }

  /** Resolves when the operation that `start` began is done. */
  async done(start) {
    const number = ++lastOperation;
    start(number);
    const event = await this.module.next((each) => each.type === Event.operation && each.object === number);
    if (event.number !== 0) throw new Error(textOf(event));
  }
  state(object, wanted) {
    return this.module.next((each) => each.type === Event.stateChange && each.object === object && textOf(each) === wanted);
  }

  gather() {
    return this.done((number) => this.module.gather(this.gatherer, number, this.address, this.port));
  }
  connect(other, role) {
    const from = other.module;
    const to = this.module;
    for (const candidate of from.jsonOf("portico_ice_gatherer_local_candidates", other.gatherer)) {
      to.call("portico_ice_transport_add_remote_candidate", this.ice, JSON.stringify(candidate), ++lastOperation);
    }
    to.call("portico_ice_transport_add_remote_candidate", this.ice, null, ++lastOperation);
    const ice = from.textOf("portico_ice_gatherer_local_parameters", other.gatherer);
    const dtls = from.textOf("portico_dtls_transport_local_parameters", other.dtls);
    const sctp = from.textOf("portico_sctp_transport_capabilities");
    return Promise.all([
      this.done((number) => to.call("portico_ice_transport_start", this.ice, ice, role, number)),
      this.done((number) => to.call("portico_dtls_transport_start", this.dtls, dtls, number)),
      this.done((number) => to.call("portico_sctp_transport_start", this.sctp, sctp, 5000, number)),
    ]);
  }
  open(label) {
    return this.module.call("portico_data_channel_create", this.sctp, JSON.stringify({ label }));
  }
  send(channel, message) {
    const text = typeof message === "string";
    const bytes = text ? new TextEncoder().encode(message) : message;
    this.module.call("portico_data_channel_send", channel, bytes, bytes.length, text ? 1 : 0);
  }
  message(channel) {
    return this.module.next((each) => each.type === Event.message && each.object === channel);
  }
  async stop() {
    await this.done((number) => this.module.call("portico_sctp_transport_stop", this.sctp, number));
    await this.done((number) => this.module.call("portico_dtls_transport_stop", this.dtls, number));
    await this.done((number) => this.module.call("portico_ice_transport_stop", this.ice, number));
  }
}

/** Two peers with a connection between them. */
export async function connectedPair(one, other = one) {
  const alice = new Peer(one, "192.0.2.1", 5001);
  const bob = new Peer(other, "192.0.2.2", 5002);
  await Promise.all([alice.gather(), bob.gather()]);
  await Promise.all([alice.connect(bob, "controlling"), bob.connect(alice, "controlled")]);
  return [alice, bob];
}
