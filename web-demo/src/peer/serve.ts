// Commands in, events out: the peer at one end of a message port.
import type { ConnectOptions, Command, PeerEvent } from "./messages.js";
import { Session } from "./session.js";

export interface Port {
  onmessage: ((event: MessageEvent<Command>) => void) | null;
  postMessage(event: PeerEvent): void;
}

export function serve(port: Port, createConnection: (options: ConnectOptions) => RTCPeerConnection): void {
  let session: Session | null = null;
  port.onmessage = ({ data }) => {
    if (data.command !== "connect") {
      session?.do(data);
      return;
    }
    session?.close();
    session = null;
    try {
      const options = { role: data.role, echoes: false };
      session = new Session(createConnection(data), options, (event) => port.postMessage(event));
    } catch (thrown) {
      port.postMessage({ event: "problem", problem: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  };
}
