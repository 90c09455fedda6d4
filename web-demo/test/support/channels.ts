// Two of Portico's peers in this process, for what moves over channels: the page's own code, without the page.
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "./paths.js";

type Portico = typeof import("portico");

export interface Channels {
  /** Made here; it may not be open yet. */
  one: RTCDataChannel;
  /** As the other side sees it, before anything has come to it. */
  other: Promise<RTCDataChannel>;
}

export class Peers {
  readonly #one: RTCPeerConnection;
  readonly #other: RTCPeerConnection;

  private constructor(one: RTCPeerConnection, other: RTCPeerConnection) {
    this.#one = one;
    this.#other = other;
  }

  static async connect(): Promise<Peers> {
    const portico = (await import(pathToFileURL(join(packageRoot, "../wasm/dist/index.js")).href)) as Portico;
    const make = () => new portico.RTCPeerConnection({ bindAddresses: ["127.0.0.1"] }) as unknown as RTCPeerConnection;
    const [one, other] = [make(), make()];
    const first = one.createDataChannel("first");
    const arrived = once(other, "datachannel");
    await other.setRemoteDescription(await described(one));
    await one.setRemoteDescription(await described(other));
    await Promise.all([once(first, "open"), arrived]);
    return new Peers(one, other);
  }

  channel(): Channels {
    const one = this.#one.createDataChannel("file");
    const other = new Promise<RTCDataChannel>((resolve) => {
      this.#other.ondatachannel = ({ channel }) => resolve(channel);
    });
    return { one, other };
  }

  close(): void {
    this.#one.close();
    this.#other.close();
  }
}

/** With all its candidates. */
async function described(connection: RTCPeerConnection): Promise<RTCSessionDescription> {
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== "complete") await once(connection, "icegatheringstatechange");
  if (!connection.localDescription) throw new Error("There is no description.");
  return connection.localDescription;
}

export async function nextText(channel: RTCDataChannel): Promise<unknown> {
  const [event] = (await once(channel, "message")) as [MessageEvent<string>];
  return JSON.parse(event.data);
}
