// Which of the machine's addresses the demo uses. All its peers are on this machine.
import { networkInterfaces } from "node:os";

export const loopback = "127.0.0.1";

/** As networks of one address each, for the bridge: a browser on this machine sends from any of them. */
export function ownNetworks(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address, family }) => `${address}/${family === "IPv6" ? "128" : "32"}`);
}
