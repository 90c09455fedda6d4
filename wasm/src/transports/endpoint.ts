// An address and a port, made once for each remote and found again without allocating.

export interface Endpoint {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  /** Network byte order: 4 or 16. */
  readonly bytes: Uint8Array;
  /** "192.0.2.1:5000", "[2001:db8::1]:5000". */
  readonly text: string;
}

/** Remotes come from the peers of this process, 10,000 on a port perhaps, and from whoever sends to its ports. */
const maxEndpoints = 16_384;

export function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return Uint8Array.from(parts, Number);
}

/** RFC 4291 §2.2, without a zone. */
export function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = halves.map(groupsOf);
  const [head, tail] = groups;
  if (!head || tail === null) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const bytes = new Uint8Array(16);
  [...head, ...Array<number>(missing).fill(0), ...(tail ?? [])].forEach((group, index) => {
    bytes[2 * index] = group >> 8;
    bytes[2 * index + 1] = group & 0xff;
  });
  return bytes;
}

function groupsOf(half: string): number[] | null {
  if (half === "") return [];
  const parts = half.split(":");
  const last = parts.at(-1) ?? "";
  if (last.includes(".")) {
    const v4 = parseIpv4(last);
    if (!v4) return null;
    const word = (index: number) => (((v4[index] ?? 0) << 8) | (v4[index + 1] ?? 0)).toString(16);
    parts.splice(-1, 1, word(0), word(2));
  }
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part)) ? parts.map((part) => parseInt(part, 16)) : null;
}

export function parseIp(text: string): Uint8Array | null {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** RFC 5952. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (best.length < 2) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}

export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

export class EndpointTable {
  readonly #byText = new Map<string, Map<number, Endpoint>>();
  #size = 0;
  #last: Endpoint | null = null;

  /** null for what is no IP literal. */
  ofText(address: string, port: number): Endpoint | null {
    const last = this.#last;
    if (last?.port === port && last.address === address) return last;
    const known = this.#byText.get(address)?.get(port);
    if (known) return (this.#last = known);
    const bytes = parseIp(address);
    if (!bytes) return null;
    return (this.#last = this.#add(address, port, bytes));
  }

  /** `length` is 4 or 16. */
  ofBytes(memory: Uint8Array, offset: number, length: number, port: number): Endpoint {
    const last = this.#last;
    if (last?.port === port && isAt(last.bytes, memory, offset, length)) return last;
    const bytes = memory.slice(offset, offset + length);
    const address = formatIp(bytes);
    const known = this.#byText.get(address)?.get(port);
    return (this.#last = known ?? this.#add(address, port, bytes));
  }

  #add(address: string, port: number, bytes: Uint8Array): Endpoint {
    const family = bytes.length === 4 ? 4 : 6;
    const text = `${family === 4 ? address : `[${address}]`}:${String(port)}`;
    const endpoint = { family, address, port, bytes, text } as const;
    if (this.#size >= maxEndpoints) {
      this.#byText.clear();
      this.#size = 0;
    }
    let ports = this.#byText.get(endpoint.address);
    if (!ports) this.#byText.set(endpoint.address, (ports = new Map<number, Endpoint>()));
    ports.set(endpoint.port, endpoint);
    this.#size++;
    return endpoint;
  }
}

function isAt(bytes: Uint8Array, memory: Uint8Array, offset: number, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== memory[offset + i]) return false;
  return true;
}
