// A multicast group on one interface of this machine, for a socket of Node's.
import type { Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { parseIpv4 } from "./endpoint.js";

/** RFC 6762 §11: nobody forwards it. */
const hops = 255;

export class Membership {
  readonly #group: string;
  /** The interface, as the system calls it. */
  readonly #name: string;
  readonly #address: string;
  readonly #netmask: string;

  /** `address` says which interface. */
  constructor(group: string, address: string) {
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      const own = addresses?.find((one) => one.address === address);
      if (!own) continue;
      this.#group = group;
      this.#name = name;
      this.#address = address;
      this.#netmask = own.netmask;
      return;
    }
    throw new Error(`No network interface has the address ${address} any more.`);
  }

  get #isV6(): boolean {
    return this.#group.includes(":");
  }

  /** The group's: what is sent to this machine alone goes to the program that it is for. Windows can't bind to one. */
  get bindAddress(): string {
    if (process.platform === "win32") return this.#isV6 ? "::" : "0.0.0.0";
    return this.#isV6 ? `${this.#group}%${this.#name}` : this.#group;
  }

  join(socket: Socket): void {
    const self = this.#isV6 ? `::%${this.#name}` : this.#address;
    socket.addMembership(this.#group, self);
    socket.setMulticastInterface(self);
    socket.setMulticastTTL(hops);
    socket.setMulticastLoopback(true);
  }

  /** What any socket of the machine has joined comes to all of them: whether it was sent on this interface. */
  isOnLink(remote: string): boolean {
    if (this.#isV6) return !remote.includes("%") || remote.endsWith(`%${this.#name}`);
    const [theirs, ours, mask] = [remote, this.#address, this.#netmask].map(parseIpv4);
    if (!theirs || !ours || !mask) return false;
    return theirs.every((byte, i) => ((byte ^ (ours[i] ?? 0)) & (mask[i] ?? 0)) === 0);
  }
}
