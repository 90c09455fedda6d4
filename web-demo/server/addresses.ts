// Which of the machine's addresses the demo uses. HTTP and WebSockets are on loopback. UDP is not, if it can be helped:
// Firefox's own peer does not talk to a loopback address. Strangers get nothing there: the STUN server talks to this
// machine's addresses only, the bridge to who has answered it, and the native peer to who has its password.
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";

export const loopback = "127.0.0.1";

function ownAddresses(): NetworkInterfaceInfo[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal, scopeid }) => !internal && !scopeid);
}

/** For UDP: the first that other machines know this one by, if there is one. */
export function udpAddress(): string {
  return ownAddresses().find(({ family }) => family === "IPv4")?.address ?? loopback;
}

/** As networks of one address each, for the bridge. */
export function ownNetworks(): string[] {
  return ownAddresses().map(({ address, family }) => `${address}/${family === "IPv6" ? "128" : "32"}`);
}

export function isOwn(address: string): boolean {
  return address === loopback || ownAddresses().some((own) => own.address === address);
}
