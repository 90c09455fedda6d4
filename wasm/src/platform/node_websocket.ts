// A WebSocket in Node: the `ws` package, which says why a handshake was refused and can let the process end; where it is
// missing, Node 22's own.
import type { Socket } from "node:net";
import type { WebSocketLike } from "./platform.js";

export async function openNodeWebSocket(url: string, protocols: string[]): Promise<WebSocketLike> {
  const ws = await import("ws").catch(() => null);
  if (ws === null) return openGlobal(url, protocols);
  const socket = new ws.WebSocket(url, protocols, { perMessageDeflate: false, maxPayload: 1 << 20 });
  socket.binaryType = "nodebuffer";
  let keepAlive = true;
  const apply = () => {
    const { _socket: tcp } = socket as unknown as { _socket: Socket | null };
    if (keepAlive) tcp?.ref();
    else tcp?.unref();
  };
  socket.once("open", apply);
  return Object.assign(socket as unknown as WebSocketLike, {
    setKeepAlive(keep: boolean) {
      keepAlive = keep;
      apply();
    },
  });
}

function openGlobal(url: string, protocols: string[]): WebSocketLike {
  if (typeof WebSocket === "undefined") {
    throw new Error("Node below 22 has no WebSocket of its own: install the `ws` package.");
  }
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  return socket as unknown as WebSocketLike;
}
