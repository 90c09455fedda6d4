// The addresses of this machine, in Node: those to bind to, and how they change.
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import type { BindRequest, NetworkAddresses } from "./transport.js";

/** As os.networkInterfaces() has them. */
type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** Of the interfaces that are up. The core makes the last choice among them (RFC 8445 §5.1.1.1). */
export function localAddresses(
  request: BindRequest,
  lastResort: boolean,
  listed: Interfaces = networkInterfaces(),
): string[] {
  const { bindAddresses, includeLoopback, interfaces, excludedInterfaces } = request;
  // IPv6 link-local addresses need a scope, which a candidate can't carry.
  const all = Object.entries(listed)
    .filter(([name]) => interfaces.length === 0 || matchesAny(name, interfaces))
    .filter(([name]) => !matchesAny(name, excludedInterfaces))
    .flatMap(([name, addresses]) => (addresses ?? []).map((one) => ({ ...one, named: interfaces.includes(name) })))
    .map((one) => ({ ...one, any: one.family === "IPv6" ? "::" : "0.0.0.0" }))
    .filter((one) => !(one.family === "IPv6" && /^fe[89ab]/i.test(one.address)));
  if (bindAddresses.length > 0) {
    return all
      .filter((one) => bindAddresses.includes(one.address) || bindAddresses.includes(one.any))
      .map((one) => one.address);
  }
  const routable = all.filter((one) => !one.internal || one.named);
  const takesLoopback = includeLoopback || (lastResort && routable.length === 0);
  return (takesLoopback ? all : routable).map((one) => one.address);
}

function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

/** `settled`: of `now`, what was there at the look before as well. */
type Watcher = (now: Interfaces, settled: Interfaces) => void;

/** UdpTransport.watchNetworks(). */
export function watchAddresses(request: BindRequest, onChange: (change: NetworkAddresses) => void): () => void {
  let known = localAddresses(request, false);
  return onEachChange((now, settled) => {
    const there = localAddresses(request, false, now);
    const added = localAddresses(request, false, settled).filter((address) => !known.includes(address));
    const removed = known.filter((address) => !there.includes(address));
    known = known.filter((address) => there.includes(address)).concat(added);
    if (added.length + removed.length > 0) onChange({ added, removed });
  });
}

/** Node has no event for it. A look at the interfaces costs a tenth of a millisecond, for all who watch. */
const lookIntervalMs = 2000;
const watchers = new Set<Watcher>();
let lookTimer: ReturnType<typeof setInterval> | null = null;
let lastLook: Interfaces = {};
let changedBefore = false;

function onEachChange(watcher: Watcher): () => void {
  watchers.add(watcher);
  if (lookTimer === null) {
    lastLook = networkInterfaces();
    changedBefore = false;
    lookTimer = setInterval(look, lookIntervalMs).unref();
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0 || lookTimer === null) return;
    clearInterval(lookTimer);
    lookTimer = null;
  };
}

/**
 * An address is new when two looks have found it: an IPv6 address is listed before it can be bound, while its machine
 * asks whether another has it (RFC 4862 §5.4).
 */
function look(): void {
  let now: Interfaces;
  try {
    now = networkInterfaces();
  } catch {
    return; // the process has no descriptor left to ask with: nothing is known to have changed
  }
  const changed = JSON.stringify(now) !== JSON.stringify(lastLook);
  const before = lastLook;
  lastLook = now;
  if (changed || changedBefore) {
    const settled = Object.fromEntries(
      Object.entries(now).map(([name, addresses]) => [
        name,
        addresses?.filter(({ address }) => before[name]?.some((one) => one.address === address)),
      ]),
    );
    for (const watcher of [...watchers]) watcher(now, settled);
  }
  changedBefore = changed;
}
